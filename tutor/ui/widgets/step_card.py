"""A step: its row, what it opens into, and a warning that is seen whether it is open or not."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEasingCurve, QVariantAnimation, Signal
from PySide6.QtWidgets import QStyle, QVBoxLayout, QWidget

from tutor.figures.derivation import Detail, StepSpec
from tutor.figures.derivation_layout import PADDING, detail_row, gutter
from tutor.typeset import Typesetter
from tutor.ui.widgets.formula_strip import FormulaStrip
from tutor.ui.widgets.formula_view import PADDING_X, PADDING_Y, FormulaView
from tutor.ui.widgets.step_row import Look, StepRow

_ROW_GAP: Final = 6.0
_OPENING: Final = 100
"""Milliseconds an opening takes."""
_ANY_HEIGHT: Final = (1 << 24) - 1


class StepCard(QWidget):
    """One step of a derivation.

    Attributes:
        row: Its row.

    Signals:
        turned (str): The step of this key is to be opened, or closed.
        opened (str): The step has opened before one's eyes, and has its full height.
        looked_at (str, bool): The pointer or the keyboard is on the step's row, or no longer.
        pinned (str): The step is to be kept marked.
        part_hovered (str): This part of it is pointed at.
        part_clicked (str): This part of it was clicked.
    """

    turned = Signal(str)
    opened = Signal(str)
    looked_at = Signal(str, bool)
    pinned = Signal(str)
    part_hovered = Signal(str)
    part_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = StepRow()
        self._warning = FormulaStrip()
        self._body = QWidget()
        self._strips: list[FormulaStrip] = []
        self._details: tuple[Detail, ...] = ()
        self._lit: frozenset[str] = frozenset()
        self._open = False
        self._motion = QVariantAnimation(self)
        self._motion.setDuration(_OPENING)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._move)
        self.row.clicked.connect(self._turn_wanted)
        self.row.looked_at.connect(self._look_at)
        self.row.pinned.connect(self._pin)
        self._listen(self.row.equation)
        self._inside = QVBoxLayout(self._body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.row)
        self._around = QVBoxLayout()
        self._around.addWidget(self._warning)
        column.addLayout(self._around)
        column.addWidget(self._body)
        self._warning.hide()
        self._body.hide()

    @property
    def key(self) -> str:
        """The key of its step."""
        return self.row.step.key if self.row.step is not None else ""

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._open

    @property
    def has_keyboard(self) -> bool:
        """Whether the keyboard is on its row, or on something it opened into."""
        return self.row.hasFocus() or any(strip.view.hasFocus() for strip in self._strips)

    @property
    def strips(self) -> tuple[FormulaStrip, ...]:
        """The rows it is opened into; none while it is closed."""
        return tuple(self._strips[: len(self._details)]) if self._open else ()

    @property
    def warning(self) -> str:
        """What it warns of; empty where there is nothing to warn of."""
        return self._warning.view.accessibleName() if not self._warning.isHidden() else ""

    def show_step(
        self,
        step: StepSpec,
        broken: frozenset[tuple[str, str]],
        opened: bool,
        typesetter: Typesetter,
        look: Look,
        moving: bool = False,
        silent: frozenset[str] = frozenset(),
    ) -> None:
        """Show a step.

        Args:
            step: What.
            broken: The (name, fact) of promises that the numbers break.
            opened: Whether it is open.
            typesetter: Sets the formulas.
            look: Colours and sizes.
            moving: Whether it opens before one's eyes, with a short movement.
            silent: Parts of its equation that have no heatmap.
        """
        warnings = [p for p in step.promises if (p.name, p.fact) in broken]
        self.row.show_step(step, bool(warnings), typesetter, look, silent)
        self.row.set_open(opened)
        left = gutter(look.width)
        width = look.width - 2 * PADDING
        if warnings:
            warning = Detail("", text=" ".join(p.warning for p in warnings),
                             words=" ".join(p.warning_words for p in warnings))
            formula = detail_row(typesetter, warning, width, left)
            self._warning.show_formula(formula, warning.words, look.warning, look.zoom)
        edge = round((PADDING - PADDING_X) * look.zoom)
        self._around.setContentsMargins(edge, 0, edge, round(6 * look.zoom) if warnings else 0)
        self._warning.setVisible(bool(warnings))
        self._details = step.details if opened else ()
        self._fill(typesetter, look, width, left)
        if opened != self._open:
            self._open = opened
            self._unfold(moving)

    def _fill(self, typesetter: Typesetter, look: Look, width: float, left: float) -> None:
        """The rows inside, in as many strips as there are rows."""
        while len(self._strips) < len(self._details):
            strip = FormulaStrip()
            self._listen(strip.view)
            self._strips.append(strip)
            self._inside.addWidget(strip)
        zoom = look.zoom
        edge = round((PADDING - PADDING_X) * zoom)
        self._inside.setContentsMargins(edge, 0, edge, round(8 * zoom))
        self._inside.setSpacing(round((_ROW_GAP - 2 * PADDING_Y) * zoom))
        for i, strip in enumerate(self._strips):
            strip.setVisible(i < len(self._details))
            if i < len(self._details):
                detail = self._details[i]
                colours = look.warning if detail.wrong else look.colours
                words = f"{detail.caption}: {detail.words}" if detail.caption else detail.words
                strip.show_formula(detail_row(typesetter, detail, width, left), words, colours, zoom)
                strip.view.set_highlight(self._lit)

    def dress(self, look: Look) -> None:
        """Take other colours; nothing is typeset again."""
        self.row.dress(look)
        self._warning.view.set_colours(look.warning)
        for strip, detail in zip(self._strips, self._details, strict=False):
            strip.view.set_colours(look.warning if detail.wrong else look.colours)

    def set_linked(self, linked: bool, parts: frozenset[str]) -> None:
        """Mark the row and the parts that belong to what is pointed at."""
        self._lit = parts
        self.row.set_linked(linked, parts)
        for strip in self._strips:
            strip.view.set_highlight(parts)

    # --- passing on ------------------------------------------------------------------------------------------------

    def _listen(self, view: FormulaView) -> None:
        view.part_hovered.connect(self._hover_part)
        view.part_clicked.connect(self.part_clicked)

    def _turn_wanted(self) -> None:
        self.turned.emit(self.key)

    def _look_at(self, looking: bool) -> None:
        self.looked_at.emit(self.key, looking)

    def _pin(self) -> None:
        self.pinned.emit(self.key)

    def _hover_part(self, part: str) -> None:
        if part:
            self.part_hovered.emit(part)
        else:  # what is pointed at now is the row again, or nothing
            self._look_at(self.row.underMouse() or self.row.hasFocus())

    # --- opening ---------------------------------------------------------------------------------------------------

    def _unfold(self, moving: bool) -> None:
        """Open or close."""
        self._motion.stop()
        self._body.setVisible(self._open)
        has_motions = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
        if moving and self._open and self.isVisible() and has_motions:
            self._body.setMaximumHeight(0)
            self._motion.setStartValue(0)
            self._motion.setEndValue(self._body.sizeHint().height())
            self._motion.start()
        else:
            self._body.setMaximumHeight(_ANY_HEIGHT)

    def _move(self, height: int) -> None:
        if height != self._motion.endValue():
            self._body.setMaximumHeight(height)
            return
        self._body.setMaximumHeight(_ANY_HEIGHT)
        self.opened.emit(self.key)
