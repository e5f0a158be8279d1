"""The gradient check: the derived gradient beside the measured one, and a verdict in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from tutor.core.differences import AGREES, DIFFERS, Check, Method
from tutor.figures.cells import error_text, tick_text
from tutor.figures.checks import comparison, step_sweep
from tutor.figures.verdict import verdict
from tutor.language.names import name_typst
from tutor.typeset import Typesetter
from tutor.ui.panel import Area, Panel, View
from tutor.ui.widgets.check_list import CheckList, CheckRow
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.comparison_view import ComparisonView
from tutor.ui.widgets.remark import Remark
from tutor.ui.widgets.sweep_view import SweepView

METHODS: Final[tuple[tuple[Method, str], ...]] = (
    ("central", "central differences"), ("forward", "forward differences"), ("complex", "complex step"),
)
"""The ways to measure, as the head of the panel names them."""

STEPS: Final = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10)
"""Steps to choose from, besides the one the method works best with."""

NO_NUMBER: Final = "A gradient check needs a program that ends in a number."

_WIDE_FROM, _SWEEP_FROM = 900, 620
"""Widths of the panel from which the list of variables, and the curve, have room."""


class CheckPanel(Panel):
    """Verdict and variables, the two gradients entry by entry, the error against the step."""

    key = "check"
    title = "Gradient check"
    area = Area.BOTTOM

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
        self.sweep = SweepView(self.typeset)
        self._left = QWidget()
        self._left_column = QVBoxLayout(self._left)
        self._left_column.setSpacing(2)
        for widget in (self.verdict, self.remark, self.list):
            self._left_column.addWidget(widget)
        self._left_column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setProperty("ground", "sheet")
        self._scroll.setWidget(self.comparison)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._left)
        self._row.addWidget(self._scroll, 1)
        self._row.addWidget(self.sweep)
        self._wrt = ""
        self._chosen = ""

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
        self.comparison.setVisible(found is not None)
        if found is None:
            self.list.hide()
            self.sweep.hide()
            self.verdict.say("There is nothing to compare", None, view.theme, view.zoom, view.ratio)
            self.remark.setText(view.check_refusal.sentence if view.check_refusal else NO_NUMBER)
            return
        self.method.setCurrentIndex([method for method, _ in METHODS].index(found.method))
        if view.problem.wrt != self._wrt:
            self._wrt = self._chosen = view.problem.wrt
        if self._chosen not in found.variables:
            self._chosen = view.problem.wrt if view.problem.wrt in found.variables else next(iter(found.variables), "")
        self._offer_steps(found)
        words = verdict(found)
        self.verdict.say(words.headline, words.right, view.theme, view.zoom, view.ratio)
        self.remark.setText(words.remark)
        self._show_list(view, found)
        self._show_chosen(view, found)
        self._fit()
        if self._chosen and self.sweep.isVisibleTo(self):
            curve = step_sweep(view.evaluation, found, self._chosen)
            # In little room the curve and its axes say enough.
            self.sweep.set_spec(curve if self._is_wide(view) else replace(curve, caption="", slopes=(None, None)))

    def _dress(self, view: View) -> None:
        for choice in (self.method, self.step):
            choice.set_zoom(view.zoom)
        self.comparison.set_theme(view.theme)
        self.comparison.set_zoom(view.zoom)
        self.sweep.set_theme(view.theme)
        self.sweep.set_zoom(view.zoom)
        wide = self._is_wide(view)
        self._row.setContentsMargins(view.px(16), 0, view.px(16), view.px(6))
        self._row.setSpacing(view.px(24 if wide else 12))
        self._left_column.setContentsMargins(0, 0, 0, 0)
        self._left.setFixedWidth(view.px(368 if wide else 226))
        self.sweep.setFixedWidth(view.px(276 if wide else 176))

    def _is_wide(self, view: View) -> bool:
        return self.width() >= view.px(_WIDE_FROM)

    # ---- what is shown ------------------------------------------------------------------------------------------

    def _show_list(self, view: View, found: Check) -> None:
        names = list(found.variables)
        formulas = self.typeset([name_typst(name) for name in names], 15.0)
        columns: tuple[list[CheckRow], list[CheckRow]] = ([], [])
        for (name, compared), formula in zip(found.variables.items(), formulas, strict=True):
            right = {AGREES: True, DIFFERS: False}.get(compared.verdict)
            place = 0 if view.problem.program.declaration(name) is not None else 1
            columns[place].append(CheckRow(name, formula, str(compared.analytic.size), error_text(compared.max_rel),
                                           right))
        self.list.show_rows(columns, self._chosen, view.theme, view.zoom)

    def _show_chosen(self, view: View, found: Check) -> None:
        if not self._chosen:
            return
        self.comparison.set_spec(comparison(view.evaluation.program, found.variables[self._chosen], view.scale))

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

    # ---- room ---------------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """What yields where room is short: the list of variables, and the curve where a matrix needs its place."""
        view = self.view
        if view is None:
            return
        width, height = self.width(), self.height() - view.px(6)
        wide = self._is_wide(view)
        left = self._left.width()
        words = self.verdict.sizeHint().height() + self.remark.heightForWidth(left) + 2 * self._left_column.spacing()
        self.list.setVisible(wide and height - words >= self.list.sizeHint().height())
        room = width - left - 2 * self._row.spacing() - self._row.contentsMargins().left() * 2
        beside = room - self.sweep.maximumWidth()
        crowded = self.comparison.heightForWidth(beside) > height
        helps = self.comparison.heightForWidth(room) < self.comparison.heightForWidth(beside)
        self.sweep.setVisible(width >= view.px(_SWEEP_FROM) and not (crowded and helps))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.view is not None and self.isVisible():
            self.draw(self.view)


