"""The gradient check: the derived gradient beside the measured one, and a verdict in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from tutor.core.comparison import AGREES, DIFFERS, Check, Method
from tutor.core.evaluate import Evaluation
from tutor.figures.cells import tick_text
from tutor.figures.checks import comparison, step_sweep
from tutor.figures.comparison import SweepSpec
from tutor.figures.palette import largest_size, nice_scale
from tutor.figures.places import COMPARISON_NARROW
from tutor.figures.verdict import about_formula, rests_on_broken, told_text, verdict
from tutor.language.names import name_typst
from tutor.typeset import Typesetter
from tutor.ui.panel import Area, Panel, View
from tutor.ui.widgets.check_list import CheckList, CheckRow
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.comparison_view import ComparisonView
from tutor.ui.widgets.page_scroll import PageScroll
from tutor.ui.widgets.remark import Remark
from tutor.ui.widgets.sweep_view import SweepView

METHODS: Final[tuple[tuple[Method, str], ...]] = (
    ("central", "central differences"), ("forward", "forward differences"), ("complex", "complex step"),
)
"""The ways to measure, as the head of the panel names them."""

STEPS: Final = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10)
"""Steps to choose from, besides the one the method works best with."""

_WIDE_FROM, _SWEEP_FROM = 900, 620
"""Widths of the panel from which the list of variables, and the curve, have room."""
_LIST, _WORDS = 368, 226
"""The width of the words with the whole list under them, and with a part of it."""
_ANY_WIDTH: Final = 16_777_215
"""Qt's own width of a widget that is not held."""
_LEAST_LIST = 48
"""The height from which a part of the list is shown: its head and two lines."""


class CheckPanel(Panel):
    """Verdict and variables, the two gradients entry by entry, the error against the step."""

    key = "check"
    title = "Gradient check"
    area = Area.BOTTOM
    waits = True

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, parent)
        self.method = Choice(flat=True, parent=self)
        self.method.setAccessibleName("Method of the gradient check")
        self.method.addItems([words for _, words in METHODS])
        self.method.activated.connect(self._choose_method)
        self.step = Choice(flat=True, parent=self)
        self.step.setAccessibleName("Step of the gradient check")
        self.step.activated.connect(self._choose_step)
        self.verdict = Remark("verdict")
        self.remark = QLabel()
        self.remark.setProperty("voice", "second")
        self.remark.setWordWrap(True)
        self.list = CheckList()
        self.list.chosen.connect(self._choose)
        self.comparison = ComparisonView(self.typeset)
        self.sweep = SweepView()
        self._lines = PageScroll(self.list)
        self._lines.setMinimumHeight(1)  # it must not hold the window open
        self._left = QWidget()
        self._left_column = QVBoxLayout(self._left)
        self._left_column.setSpacing(2)
        self._left_column.addWidget(self.verdict)
        self._left_column.addWidget(self.remark)
        self._left_column.addWidget(self._lines, 1)
        self._left_column.addItem(QSpacerItem(0, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding))
        self._scroll = PageScroll(self.comparison)
        self._scroll.setProperty("ground", "sheet")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._left)
        self._row.addWidget(self._scroll, 1)
        self._row.addWidget(self.sweep)
        self._rows: list[CheckRow] = []
        self._sentences = "", ""
        self._wrt = ""
        self._chosen = ""
        self._measured: tuple[tuple[Evaluation, str, Method], SweepSpec] | None = None

    def options(self) -> Sequence[QWidget]:
        """How it is measured."""
        return (self.method, self.step)

    @property
    def words(self) -> str:
        """The verdict, and the sentence under it."""
        return f"{self.verdict.words}. {self.remark.text()}".lstrip(". ")

    def draw(self, view: View) -> None:
        """Bring verdict, gradients and curve up to date."""
        self._dress(view)
        found = view.check
        for widget in (self._scroll, self.step):  # with its area, so that no bar of it stays
            widget.setVisible(found is not None)
        if found is None:
            self._lines.hide()
            self.sweep.hide()
            self._left.setMinimumWidth(0)
            self._left.setMaximumWidth(_ANY_WIDTH)  # the sentence has all the room
            self.verdict.say("There is nothing to compare", None, view.theme, view.zoom, view.ratio)
            self._say(view.check_refusal.sentence if view.check_refusal is not None else "")
            return
        self.method.setCurrentIndex([method for method, _ in METHODS].index(found.method))
        if view.problem.wrt != self._wrt:
            self._wrt = self._chosen = view.problem.wrt
        if self._chosen not in found.variables:
            self._chosen = view.problem.wrt if view.problem.wrt in found.variables else next(iter(found.variables), "")
        self._offer_steps(found)
        words = verdict(found)
        remark, brief, right = words.remark, words.brief, words.right
        if view.derivation is not None and not view.stale and rests_on_broken(view.derivation, view.problem):
            (remark, holds), brief = about_formula(view.derivation, view.evaluation), ""
            right = right if holds else None  # no tick above a formula that is not what was checked
        self.verdict.say(words.headline, right, view.theme, view.zoom, view.ratio)
        self._sentences = remark, brief or remark
        self._rows = self._rows_of(found)
        self._show_chosen(view, found)
        self._fit()

    def _dress(self, view: View) -> None:
        for choice in (self.method, self.step):
            choice.set_zoom(view.zoom)
        self.comparison.set_theme(view.theme)
        self.comparison.set_zoom(view.zoom)
        self.sweep.set_theme(view.theme)
        self.sweep.set_zoom(view.zoom)
        self._row.setContentsMargins(view.px(16), 0, view.px(16), view.px(6))
        self._left_column.setContentsMargins(0, 0, 0, 0)

    # ---- what is shown ------------------------------------------------------------------------------------------

    def _say(self, sentence: str) -> None:
        if sentence != self.remark.text():
            self.remark.setText(sentence)

    def _rows_of(self, found: Check) -> list[CheckRow]:
        names = list(found.variables)
        formulas = self.typeset([name_typst(name) for name in names], 15.0)
        return [
            CheckRow(name, formula, str(compared.analytic.size), told_text(compared.max_rel),
                     {AGREES: True, DIFFERS: False}.get(compared.verdict))
            for (name, compared), formula in zip(found.variables.items(), formulas, strict=True)
        ]

    def _show_list(self, view: View, whole: bool) -> None:
        """Show the list in two columns, brief ones where room is short, or in one of which a part is seen."""
        # Declared variables come first; two columns of one height are lower than one of each kind.
        brief = not whole and self.list.can_be_brief(self._rows)
        half = (len(self._rows) + 1) // 2 if whole or brief else len(self._rows)
        self.list.show_rows((self._rows[:half], self._rows[half:]), self._chosen, view.theme, view.zoom, brief)

    def _show_chosen(self, view: View, found: Check) -> None:
        if not self._chosen:
            return
        compared = found.variables[self._chosen]
        # The scale is that of what the window shows; another variable's gradient may reach beyond it.
        scale = max(view.scale, nice_scale(largest_size(compared.analytic)))
        self.comparison.set_spec(comparison(view.evaluation.program, compared, scale))

    def _offer_steps(self, found: Check) -> None:
        steps = sorted({*STEPS, found.step}, reverse=True)
        names = [f"step {tick_text(step)}" for step in steps]
        if [self.step.itemText(i) for i in range(self.step.count())] != names:
            self.step.clear()
            for step, name in zip(steps, names, strict=True):
                self.step.addItem(name, step)
        self.step.setCurrentIndex(steps.index(found.step))

    # ---- what a person chooses ----------------------------------------------------------------------------------

    def _choose(self, name: str) -> None:
        self._chosen = name
        self._again()

    def _choose_method(self, place: int) -> None:
        self.check_wanted.emit(METHODS[place][0], None)

    def _choose_step(self, place: int) -> None:
        self.check_wanted.emit(METHODS[self.method.currentIndex()][0], self.step.itemData(place))

    def _again(self) -> None:
        if self.view is not None:
            self.show_view(self.view)

    def let_go(self) -> bool:
        """Let go of the cell that is pinned."""
        return self.comparison.pinned_cell is not None and self.comparison.let_go()

    # ---- room ---------------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """What yields where room is short: first the width of the curve, then the list, of which a part stays.

        All three matrices are seen together if that can be; if not they are scrolled, and keep their numbers.
        """
        view = self.view
        if view is None or view.check is None:
            return
        high = self.height() - view.px(6)
        self.comparison.set_room(high)
        whole, brief = self._sentences
        self._say(whole)
        self._show_list(view, whole=True)
        wide = self._left_width(view, listed=True)
        listed = self.width() >= view.px(_WIDE_FROM) and high >= self._words_height(wide) + self.list.least_height
        choices = [a for a in _ARRANGEMENTS if (listed or not a.listed)
                   and (not a.curve or self.width() >= view.px(_SWEEP_FROM))]
        chosen = self._best(view, choices)
        self._say(whole if chosen.listed else brief)
        self._arrange(view, chosen)
        self._show_lines(view, chosen, high)
        self._show_sweep(view, view.check, chosen)

    def _best(self, view: View, choices: Sequence[_Arrangement]) -> _Arrangement:
        """The first with the numbers of all three seen at once; else that in which least has to be scrolled.

        The whole list says more than all digits do, and all digits more than the curve.
        """
        rooms = {a: self._room(view, a) for a in choices}
        printed = [a for a in choices if self.comparison.prints_in(rooms[a])]
        seen = [a for a in printed or choices if self.comparison.fits_in(rooms[a])]
        if not printed:
            return max([a for a in seen if a.listed] or seen or list(choices),
                       key=lambda a: (a.curve > 0, self.comparison.cell_in(rooms[a])))
        if not seen:
            return min(printed, key=lambda a: self._hidden(rooms[a]))
        return min(seen, key=lambda a: (not a.listed, self.comparison.cell_in(rooms[a]) < COMPARISON_NARROW.width))

    def _hidden(self, room: int) -> tuple[int, int]:
        """How much of the comparison is out of sight in a width: at the right, and below."""
        size = self.comparison.size_in(room)
        return max(0, size.width() - room), size.height()

    def _words_height(self, width: int) -> int:
        """How high verdict and sentence are in a width, above the list."""
        words = self.verdict.heightForWidth(width) + self.remark.heightForWidth(width)
        return words + 2 * self._left_column.spacing()

    def _left_width(self, view: View, listed: bool) -> int:
        """The width of the words; the whole list is never smaller than its letters let it be."""
        return max(view.px(_LIST), self.list.sizeHint().width()) if listed else view.px(_WORDS)

    def _show_lines(self, view: View, chosen: _Arrangement, high: int) -> None:
        """Give the list what the words leave, and bring the chosen line into sight."""
        self._show_list(view, chosen.listed)
        room = high - self._words_height(self._left_width(view, chosen.listed))
        self.list.fit(room)
        whole = self.list.sizeHint().height()
        self.list.setMinimumHeight(whole)
        self._lines.setMaximumHeight(max(1, min(room, whole)))
        self._lines.setVisible(chosen.listed or room >= view.px(_LEAST_LIST))
        self._left_column.activate()
        self._lines.settle()
        line = self.list.row_area(self._chosen)
        self._lines.ensureVisible(0, round(line.center().y()), 0, round(line.height() / 2))

    def _arrange(self, view: View, chosen: _Arrangement) -> None:
        gap = view.px(chosen.gap)
        if self._row.spacing() != gap:
            self._row.setSpacing(gap)
        self._left.setFixedWidth(self._left_width(view, chosen.listed))
        room = self._room(view, chosen)
        wide = self.comparison.size_in(room).width()
        self.comparison.setMinimumWidth(wide if wide > room else 0)
        self._scroll.setHorizontalScrollBarPolicy(_SCROLLED if wide > room else _WHOLE)
        self.sweep.setFixedWidth(view.px(chosen.curve))
        self.sweep.setVisible(chosen.curve > 0)

    def _room(self, view: View, arrangement: _Arrangement) -> int:
        """The width that an arrangement leaves for the comparison."""
        gap, curve = view.px(arrangement.gap), view.px(arrangement.curve)
        taken = 2 * view.px(16) + self._left_width(view, arrangement.listed) + gap + (gap + curve if curve else 0)
        return max(1, self.width() - taken)

    def _show_sweep(self, view: View, found: Check, chosen: _Arrangement) -> None:
        """Bring the curve up to date where it is seen; it is measured anew only for other numbers or another line."""
        if not (self._chosen and chosen.curve):
            return
        measured = view.evaluation, self._chosen, found.method
        if self._measured is None or self._measured[0] != measured:
            self._measured = measured, step_sweep(view.evaluation, found, self._chosen)
        curve = replace(self._measured[1], used_step=found.step)
        # In little room the curve and its axes say enough.
        curve = curve if chosen.curve >= _WORDED else replace(curve, caption="", slopes=(None, None))
        if not _same_curve(curve, self.sweep.spec):
            self.sweep.set_spec(curve)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self._fit()


@dataclass(frozen=True, slots=True)
class _Arrangement:
    """What stands beside the comparison.

    Attributes:
        listed: The whole list of variables is there, and the words are as wide as it.
        curve: The width of the curve; 0 where it is not there.
    """

    listed: bool
    curve: int

    @property
    def gap(self) -> int:
        """The room between."""
        return 24 if self.listed else 12


_SCROLLED, _WHOLE = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff

_WORDED: Final = 276
"""A curve this wide has room for its words."""

_ARRANGEMENTS: Final = (
    _Arrangement(True, 276), _Arrangement(True, 176), _Arrangement(True, 0), _Arrangement(False, 176),
    _Arrangement(False, 0),
)
"""The best first."""


def _same_curve(one: SweepSpec, other: SweepSpec | None) -> bool:
    return other is not None and (
        (one.used_step, one.caption, one.slopes) == (other.used_step, other.caption, other.slopes)
        and np.array_equal(one.steps, other.steps) and np.array_equal(one.errors, other.errors, equal_nan=True)
    )
