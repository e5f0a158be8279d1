"""The head of a derivation: the chain as a grid, the gradient in one line, and what has to be said of them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpacerItem, QVBoxLayout, QWidget

from tutor.figures.chain_layout import chain_picture
from tutor.figures.derivation import DerivationSpec, Detail
from tutor.figures.derivation_layout import PADDING, PATH, WHERE, detail_row, gutter, is_narrow, one_line
from tutor.typeset import Typesetter
from tutor.ui.widgets.formula_strip import FormulaStrip
from tutor.ui.widgets.formula_view import PADDING_X
from tutor.ui.widgets.step_row import Look

_AROUND: Final = (2.0, 6.0)
"""White above the chain, and under all of it."""

_AFTER_LINES: Final = 6.0
"""White between the formulas of differentials and what they end with."""


class ChainBlock(QWidget):
    """Chain and gradient; each column and each factor is a part.

    Attributes:
        chain: The grid.
        lines: In differentials, from the first formula to the last.
        line: The gradient in one line.

    Signals:
        part_hovered (str): A part is pointed at, by pointer or keyboard; empty when there is none.
        part_clicked (str): A part was clicked.
    """

    part_hovered = Signal(str)
    part_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chain, self.line = FormulaStrip(), FormulaStrip()
        self.lines, self._more, self._blocks, self._where, self._notes, self._warning = (
            FormulaStrip() for _ in range(6))
        self._column = QVBoxLayout(self)
        self._gap = QSpacerItem(0, 0)
        for strip in (self.chain, self.lines, self._more, self._blocks, self.line, self._where, self._notes,
                      self._warning):
            self._column.addWidget(strip)
            if strip is self.lines:
                self._column.addItem(self._gap)
            strip.view.part_hovered.connect(self.part_hovered)
            strip.view.part_clicked.connect(self.part_clicked)

    @property
    def meanings(self) -> str:
        """What it says of the names in the line; empty where none is abbreviated."""
        return self._where.view.accessibleName() if not self._where.isHidden() else ""

    @property
    def notes(self) -> str:
        """What it says of the convention and of promises; empty where there is nothing to say."""
        return self._notes.view.accessibleName() if not self._notes.isHidden() else ""

    @property
    def warning(self) -> str:
        """What it warns of; empty where there is nothing to warn of."""
        return self._warning.view.accessibleName() if not self._warning.isHidden() else ""

    def show_spec(
        self, spec: DerivationSpec, broken: frozenset[tuple[str, str]], typesetter: Typesetter, look: Look
    ) -> None:
        """Show the head of a derivation.

        Args:
            spec: What is said.
            broken: The (name, fact) of promises that the numbers break.
            typesetter: Sets the formulas.
            look: Colours and sizes.
        """
        width = look.width - 2 * PADDING
        left = 0.0 if is_narrow(look.width) else gutter(look.width)
        colours, zoom, names = look.colours, look.zoom, dict(spec.part_words)
        picture = None
        if spec.chains:
            picture = chain_picture(typesetter, spec.chains, width, left)
            self.chain.show_formula(picture.formula, " ".join(c.words for c in spec.chains), colours, zoom, names)
        self.chain.setVisible(bool(spec.chains))
        said = "; ".join(line.words for line in spec.lines)
        self._say(self.lines, Detail(PATH, lines=spec.lines, words=f"{PATH}: {said}"), look, typesetter, left)
        self._gap.changeSize(0, round(_AFTER_LINES * zoom) if spec.lines else 0)
        formula = one_line(typesetter, spec.equation, width, left, picture)
        of = (spec.apart if spec.chains else spec.left).text or f"∂{spec.output}/∂{spec.wrt}"
        words = f"in one line: {of} = {spec.gradient_words}"
        self.line.show_formula(formula, words, colours, zoom, names)
        self._say(self._more, Detail("", text=spec.more, words=spec.more), look, typesetter, left)
        blocks = Detail("", text=spec.blocks, words=spec.blocks_words, quiet=True)
        self._say(self._blocks, blocks, look, typesetter, left)
        meanings = tuple(meaning.typst for meaning in spec.meanings)
        said = f"{WHERE} {'; '.join(meaning.text for meaning in spec.meanings)}"
        self._say(self._where, Detail(WHERE, meanings, words=said), look, typesetter, left)
        remarks = spec.remarks(broken)
        text, said = " ".join(r.typst for r in remarks), " ".join(r.text for r in remarks)
        self._say(self._notes, Detail("", text=text, words=said, quiet=True), look, typesetter, left)
        warnings = spec.warnings(broken)
        text, said = " ".join(p.warning for p in warnings), " ".join(p.warning_words for p in warnings)
        self._say(self._warning, Detail("", text=text, words=said), look, typesetter, left)
        self.dress(look)
        edge = round((PADDING - PADDING_X) * zoom)
        self._column.setContentsMargins(edge, round(_AROUND[0] * zoom), edge, round(_AROUND[1] * zoom))
        self._column.setSpacing(0)

    def _say(self, strip: FormulaStrip, detail: Detail, look: Look, typesetter: Typesetter, left: float) -> None:
        """A sentence or some formulas, or nothing."""
        is_said = bool(detail.text or detail.maths or detail.lines)
        if is_said:
            row = detail_row(typesetter, detail, look.width - 2 * PADDING, left)
            strip.show_formula(row, detail.words, look.colours, look.zoom)
        strip.setVisible(is_said)

    def dress(self, look: Look) -> None:
        """Take other colours; nothing is typeset again."""
        for strip in (self.chain, self.lines, self.line, self._more, self._blocks, self._where, self._notes):
            strip.view.set_colours(look.colours)
        self._warning.view.set_colours(look.warning)

    def set_linked(self, parts: frozenset[str]) -> None:
        """Mark the parts that belong to what is pointed at."""
        self.chain.view.set_highlight(parts)
        self.line.view.set_highlight(parts)
