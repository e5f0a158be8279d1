"""My formula: a gradient that a person types or pastes, shown back, judged, and repaired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tutor.figures.comparison import ComparisonSpec
from tutor.figures.derivation import Detail
from tutor.figures.derivation_layout import PADDING, detail_row, gutter, named_row
from tutor.figures.echo import MISFIT, echo
from tutor.figures.jacobians import slope_typst
from tutor.language import printing
from tutor.marking import Marking, Repair
from tutor.marking.claims import claims
from tutor.marking.points import DRAWS
from tutor.typeset import Formula, Typesetter, source
from tutor.typeset.fonts import MONO
from tutor.ui.panel import Area, Panel, View
from tutor.ui.theme import text_zoom
from tutor.ui.widgets.announcing import describe
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.comparison_view import ComparisonView
from tutor.ui.widgets.formula_paint import FormulaColours
from tutor.ui.widgets.formula_strip import FormulaStrip
from tutor.ui.widgets.formula_view import PADDING_X, FormulaView
from tutor.ui.widgets.page_scroll import PageScroll
from tutor.ui.widgets.remark import Remark

_HINT: Final = "((ŷ − y) W2ᵀ) ∘ …   as the program is written, in LaTeX, or in NumPy"
_HEADS: Final = {"wrong": "Wrong. ", "unreadable": "Not readable. "}
_WIDE_FROM: Final = 900
_BESIDE: Final = 400.0
_MOST_ENTRIES: Final = 64
"""Entries that are compared in the panel."""
_MOST_ROWS: Final = 5
REPAIRED: Final = "repaired"
CHANGED: Final = "changed"
"""The parts of a repaired formula that are new."""
_MOST_OTHERS: Final = 3
"""Further repairs of the same size that are told."""


class FormulaPanel(Panel):
    """A line to type in, and what is said of the formula."""

    key = "formula"
    title = "My formula"
    area = Area.BOTTOM
    share = 1.7

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, parent)
        self.left = FormulaView(self)
        self.line = QLineEdit()
        self.line.setPlaceholderText(_HINT)
        self.line.setAccessibleName("My formula")
        self.line.setMaxLength(20_000)
        self.line.textEdited.connect(self._type)
        self.use = QPushButton("Use it")
        self.use.setToolTip("Put the repaired formula into the line (Ctrl+Enter)")
        self.use.clicked.connect(self.use_repair)
        self.verdict = Remark("verdict")
        self.claims = Choice(flat=True, parent=self)
        self.claims.setAccessibleName("Published formulas")
        self.claims.setToolTip("Formulas that people give, most of them wrong: see each one marked and repaired")
        self.claims.setPlaceholderText("published formulas")
        for place, claim in enumerate(claims()):
            self.claims.addItem(claim.title)
            self.claims.setItemData(place, claim.where, Qt.ItemDataRole.ToolTipRole)
        self.claims.setCurrentIndex(-1)
        self.claims.activated.connect(self._choose_claim)
        self._row = QHBoxLayout()
        for widget in (self.left, self.line, self.use, self.claims):
            self._row.addWidget(widget, 1 if widget is self.line else 0)
        self._page = QWidget()
        self._echo = FormulaStrip()
        self._rows = [FormulaStrip() for _ in range(_MOST_ROWS + _MOST_OTHERS)]
        inside = QVBoxLayout(self._page)
        inside.setSpacing(2)
        self._inside = inside
        for piece in (self._echo, self.verdict, *self._rows):
            inside.addWidget(piece)
        inside.addStretch(1)
        self._scroll = PageScroll(self._page)
        self._scroll.setProperty("ground", "sheet")
        self.comparison = ComparisonView(self.typeset)
        self._about = Remark("verdict")
        self._beside = QWidget()
        beside = QVBoxLayout(self._beside)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(4)
        beside.addWidget(self._about)
        beside.addWidget(self.comparison)
        beside.addStretch(1)
        self._across = QHBoxLayout()
        self._across.addWidget(self._scroll, 1)
        self._side = PageScroll(self._beside)
        self._side.setProperty("ground", "sheet")
        self._across.addWidget(self._side)
        column = QVBoxLayout(self)
        column.addLayout(self._row)
        column.addLayout(self._across, 1)
        self._column = column

    @property
    def words(self) -> str:
        """Everything it says."""
        said = [self.verdict.words, *(strip.view.accessibleName() for strip in (self._echo, *self._rows)
                                      if not strip.isHidden())]
        return " ".join(filter(None, said))

    def first_stop(self) -> QWidget | None:
        """The line."""
        return self.line

    def draw(self, view: View) -> None:
        """Bring line and answer up to date."""
        px, edge = view.px, view.px(PADDING)
        self._column.setContentsMargins(0, 0, 0, px(6))
        self._row.setContentsMargins(edge, px(2), edge, px(4))
        self._row.setSpacing(px(8))
        self._inside.setContentsMargins(view.px(PADDING - PADDING_X), 0, view.px(PADDING - PADDING_X), 0)
        if self.line.text() != view.shown.formula:
            self.line.setText(view.shown.formula)
        self.claims.set_zoom(view.zoom)
        self.claims.setCurrentIndex(next((place for place, claim in enumerate(claims())
                                          if claim.formula == view.shown.formula), -1))
        font = self.line.font()
        font.setFamily(MONO)
        font.setPixelSize(round(13 * text_zoom(view.zoom)))
        self.line.setFont(font)
        output = view.problem.program.output.name
        [name] = self.typeset([f"{slope_typst(output, view.problem.wrt)} ="], 15.0)
        colours = self._colours(view)
        self.left.set_zoom(view.zoom)
        self.left.set_colours(colours)
        self.left.set_formula(name, f"∂{output}/∂{view.problem.wrt} =")
        self.left.setFixedSize(self.left.sizeHint())
        self._answer(view)

    def _colours(self, view: View) -> FormulaColours:
        theme = view.theme
        return FormulaColours(QColor(theme.ink), QColor(theme.wrong), QColor(theme.wrong_tint), QColor(theme.ink3))

    def _answer(self, view: View) -> None:
        marking = view.marking
        self.use.setVisible(marking is not None and bool(marking.repairs))
        self.verdict.setVisible(marking is not None)
        if marking is None:
            self._side.hide()
            self._echo.hide()
            for strip in self._rows:
                strip.hide()
            describe(self.line, "")
            return
        wide = self._compare(view, marking)
        width = max(200.0, self.width() / view.zoom - 2 * PADDING - wide)
        left = gutter(width)
        colours = self._colours(view)
        theme = view.theme
        fresh = FormulaColours(QColor(theme.ink), QColor(theme.accent), QColor(theme.tint), QColor(theme.ink3))
        right = {"wrong": False, "unreadable": None}.get(marking.verdict, True)
        self.verdict.say(_HEADS.get(marking.verdict, "") + marking.message, right, view.theme, view.zoom, view.ratio)
        self.verdict.setContentsMargins(view.px(PADDING_X + left), 0, view.px(PADDING_X), view.px(2))
        describe(self.line, self.verdict.words)
        read = self._read(view, marking, width - left)
        self._echo.setVisible(read is not None)
        if read is not None:
            row = named_row(self.typesetter, "read as", read, left)
            self._echo.show_formula(row, f"read as {marking.read_as}", colours, view.zoom)
            self._echo.view.set_highlight(frozenset({MISFIT}))
        details = list(_details(marking))
        for strip, detail in zip(self._rows, details, strict=False):
            row = detail_row(self.typesetter, detail, width, left)
            new = detail.caption == REPAIRED
            strip.show_formula(row, f"{detail.caption} {detail.words}".strip(), fresh if new else colours, view.zoom)
            strip.view.set_highlight(frozenset({CHANGED}) if new else frozenset())
        for number, strip in enumerate(self._rows):
            strip.setVisible(number < len(details))

    def _compare(self, view: View, marking: Marking) -> float:
        """Show the numbers beside the right ones, where there is room; says how wide they are."""
        numbers = marking.numbers
        seen = numbers is not None and self.width() >= view.px(_WIDE_FROM) and numbers.mine.size <= _MOST_ENTRIES
        self._side.setVisible(seen)
        if numbers is None or not seen:
            return 0.0
        total = numbers.mine.size
        where = "At the present numbers" if numbers.present else f"At {numbers.sizes} every shape would fit"
        worst = np.unravel_index(int(np.argmax(np.abs(numbers.mine - numbers.right))), numbers.mine.shape)
        right = None if not numbers.differ else False
        said = f"{where}{',' if numbers.present else ', and'} {numbers.differ} of {total} entries differ"
        self._about.say(said, right, view.theme, view.zoom, view.ratio)
        self._side.setFixedWidth(view.px(_BESIDE))
        self._across.setContentsMargins(0, 0, view.px(PADDING), 0)
        self.comparison.set_theme(view.theme)
        self.comparison.set_zoom(view.zoom)
        self.comparison.set_room(max(60, self.height() - view.px(80)))
        self.comparison.set_spec(ComparisonSpec(
            numbers.mine, numbers.right, numbers.mine - numbers.right, labels=("mine", "right", "difference"),
            differs=(int(worst[0]), int(worst[1])) if numbers.differ else None, name="my formula"))
        return _BESIDE + PADDING

    def _read(self, view: View, marking: Marking, room: float) -> Formula | None:
        if marking.expression is None:
            return None
        return echo(self.typesetter, marking.expression, view.problem.dims, marking.misfit, room)

    # ---- what a person does -------------------------------------------------------------------------------------

    def _type(self, text: str) -> None:
        self.looked_otherwise.emit("formula", text)

    def _choose_claim(self, place: int) -> None:
        claim = claims()[place]
        self.problem_wanted.emit(claim.problem, claim.wrt, claim.formula)

    def use_repair(self) -> None:
        """Put the smallest repair into the line."""
        marking = self.view.marking if self.view is not None else None
        if marking is not None and marking.repairs:
            self.line.setText(marking.repairs[0].formula)
            self._type(self.line.text())
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.use_repair()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.view is not None and event.size().width() != event.oldSize().width():
            self._answer(self.view)


def _details(marking: Marking) -> Iterator[Detail]:
    """What is said under the verdict, a row each."""
    if marking.repairs:
        first = marking.repairs[0]
        yield _edits("right if", first)
        yield _text("because", " ".join(dict.fromkeys(edit.why for edit in first.edits)))
        new = set(first.changed) - {first.expression}
        marked = printing.typst(first.expression, part_of=lambda piece, _: CHANGED if piece in new else None)
        yield Detail(REPAIRED, (marked,), words=first.formula)
        layout = ", in the other layout" if first.turned else ""
        yield _text("checked", f"Equal to the derivation at {DRAWS} random draws{layout}.")
        for other in marking.repairs[1 : 1 + _MOST_OTHERS]:
            yield _edits("or if", other)
    if marking.notes:
        yield _text("note", " ".join(marking.notes))


def _edits(caption: str, repair: Repair) -> Detail:
    """What to do, with its formulas."""
    return Detail(caption, text=f"you {', and '.join(edit.typst for edit in repair.edits)}",
                  words=f"you {', and '.join(edit.text for edit in repair.edits)}")


def _text(caption: str, words: str) -> Detail:
    return Detail(caption, text=source.escape(words).replace("∘", "$compose$"), words=words)
