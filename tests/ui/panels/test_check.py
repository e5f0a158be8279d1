"""The gradient check as a person reads it and asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollBar
from pytestqt.qtbot import QtBot

from tutor.core.comparison import Method
from tutor.core.differences import check
from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation, evaluate, value_of
from tutor.core.problem import Problem
from tutor.core.program import resolve
from tutor.derive import derive
from tutor.figures.checks import step_sweep
from tutor.figures.comparison import LABELS
from tutor.figures.comparison_plan import LABEL_PX
from tutor.figures.inter import text_width
from tutor.figures.palette import DARK, LIGHT
from tutor.files import library
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui.panel import View
from tutor.ui.panels.check import CheckPanel
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow

WIDE = (1400, 260)
BROKEN = "The check is of the backward pass, which uses no promise; the formula uses a broken one"


def view_of(problem: Problem, method: Method = "central", step: float | None = None,
            evaluation: Evaluation | None = None) -> View:
    """What the window shows for a problem, checked in a way."""
    numbers = evaluation or evaluate(problem)
    found, refusal = None, None
    try:
        found = check(numbers, method, step)
    except TutorError as error:
        refusal = error
    return View(problem, numbers, found, refusal, None, None, False, LIGHT, scale=2.0)


def spoilt(problem: Problem, name: str, place: tuple[int, int]) -> Evaluation:
    """The numbers with a mistake in one entry of one gradient."""
    evaluation = evaluate(problem)
    wrong = evaluation.gradients[name].copy()
    wrong[place] += 0.5
    return replace(evaluation, gradients={**evaluation.gradients, name: wrong})


@pytest.fixture
def show(qtbot: QtBot, look: Look, typesetter: Typesetter) -> Callable[..., CheckPanel]:
    def show_panel(view: View, size: tuple[int, int] = WIDE) -> CheckPanel:
        panel = CheckPanel(typesetter)
        qtbot.addWidget(panel)
        # As the window does: another way to measure comes back as another view.
        panel.check_wanted.connect(lambda method, step: panel.show_view(view_of(view.problem, method, step)))
        panel.resize(*size)
        panel.show_view(view)
        panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        return panel

    return show_panel


@pytest.fixture
def panel(show: Callable[..., CheckPanel], problem: Problem) -> CheckPanel:
    return show(view_of(problem))


def choose(qtbot: QtBot, box: object, text: str) -> None:
    """Goes through a box with the arrow keys until it says something."""
    texts = [box.itemText(i) for i in range(box.count())]  # type: ignore[attr-defined]
    by = texts.index(text) - box.currentIndex()  # type: ignore[attr-defined]
    for _ in range(abs(by)):
        qtbot.keyClick(box, Qt.Key.Key_Down if by > 0 else Qt.Key.Key_Up)


# --- what it says -----------------------------------------------------------------------------------------------------


def test_all_agree_and_it_says_how_well(panel: CheckPanel) -> None:
    assert panel.verdict.words == "All 59 entries agree" and panel.verdict.right is True
    assert panel.verdict.accessibleName() == "right: All 59 entries agree"
    assert panel.remark.text().startswith("Worst relative error ")
    assert panel.words.startswith("All 59 entries agree. Worst relative error ")


def test_a_line_for_each_variable_and_intermediate(panel: CheckPanel) -> None:
    assert [row.name for row in panel.list.rows] == ["x", "W1", "b1", "W2", "b2", "ŷ", "θ", "h", "a"]
    assert [row.count for row in panel.list.rows] == ["5", "15", "3", "15", "5", "5", "5", "3", "3"]
    assert all(row.right is True for row in panel.list.rows)
    assert panel.list.isVisible() and panel.list.current == "x"


def test_both_gradients_of_what_is_asked_for(panel: CheckPanel, problem: Problem) -> None:
    spec = panel.comparison.spec
    np.testing.assert_array_equal(spec.analytic, evaluate(problem).gradients["x"])
    np.testing.assert_allclose(spec.numeric, spec.analytic, rtol=1e-5)
    assert spec.scale == 2.0 and spec.name == "∂L by ∂x" and spec.differs is None


def test_a_wrong_gradient_is_shown_and_named(show: Callable[..., CheckPanel], problem: Problem) -> None:
    panel = show(view_of(problem, evaluation=spoilt(problem, "W2", (2, 1))))
    assert panel.verdict.words == "1 of 59 entries differs" and panel.verdict.right is False
    assert panel.verdict.accessibleName().startswith("wrong: ")
    assert panel.remark.text().startswith("The worst is W2[3, 2], off by ")
    assert {row.name: row.right for row in panel.list.rows}["W2"] is False
    assert sum(row.right is True for row in panel.list.rows) == 8


def test_the_wrong_entry_is_ringed_when_its_line_is_chosen(
    qtbot: QtBot, show: Callable[..., CheckPanel], problem: Problem
) -> None:
    panel = show(view_of(problem, evaluation=spoilt(problem, "W2", (2, 1))))
    assert panel.comparison.spec.differs is None
    qtbot.mouseClick(panel.list, Qt.MouseButton.LeftButton, pos=panel.list.row_area("W2").center().toPoint())
    assert panel.comparison.spec.differs == (2, 1)
    assert panel.comparison.spec.difference[2, 1] == pytest.approx(0.5, abs=1e-6)


def test_at_a_corner_it_cannot_tell(show: Callable[..., CheckPanel]) -> None:
    program = read_program("x : (1, 3)\nL = sum(relu(x))")
    problem = Problem.drawn("Corner", program, "x", {}, given={"x": np.array([[0.0, 0.0, 0.0]])})
    panel = show(view_of(problem))
    assert panel.verdict.words == "Cannot tell at this point"
    assert panel.remark.text() == "Cannot tell at x[1]: it lies within one step of a corner."
    assert panel.list.rows[0].right is None


def test_of_a_matrix_at_the_end_the_jacobian_is_checked(panel: CheckPanel) -> None:
    program = read_program("x : (1, 2)\nW : (2, 3)\nY = tanh(x W)")
    problem = Problem.drawn("Matrix", program, "x", {}, 4)
    panel.show_view(view_of(problem))
    assert panel.verdict.words == "All 24 entries agree"
    spec = panel.comparison.spec
    assert spec is not None and spec.shape == (3, 2)
    assert (spec.row_names, spec.column_names) == (("Y_1", "Y_2", "Y_3"), ("x_1", "x_2"))
    np.testing.assert_allclose(spec.analytic, evaluate(problem).jacobian("x"))


def test_what_depends_on_nothing_cannot_be_checked(panel: CheckPanel) -> None:
    program = read_program("x : (1, 2)\nL = ones(1, 2)")
    panel.show_view(view_of(Problem.drawn("Matrix", program, "x", {})))
    assert not any(w.isVisible() for w in (panel.list, panel.comparison, panel.sweep, panel.step))


# --- which line ------------------------------------------------------------------------------------------------------


def test_a_click_shows_another_variable(qtbot: QtBot, panel: CheckPanel, problem: Problem) -> None:
    for name in ("W1", "θ", "b2"):
        qtbot.mouseClick(panel.list, Qt.MouseButton.LeftButton, pos=panel.list.row_area(name).center().toPoint())
        assert panel.list.current == name
        assert panel.comparison.spec.name == f"∂L by ∂{name}"
        np.testing.assert_array_equal(panel.comparison.spec.analytic, evaluate(problem).gradients[name])


def test_arrow_keys_show_another_variable(qtbot: QtBot, panel: CheckPanel) -> None:
    panel.list.setFocus()
    seen = []
    for _ in range(4):
        qtbot.keyClick(panel.list, Qt.Key.Key_Down)
        seen.append(panel.comparison.spec.name)
    assert seen == [f"∂L by ∂{name}" for name in ("W1", "b1", "W2", "b2")]
    qtbot.keyClick(panel.list, Qt.Key.Key_Up)
    assert panel.comparison.spec.name == "∂L by ∂W2"


def test_the_line_stays_while_numbers_change_and_follows_the_question(
    qtbot: QtBot, panel: CheckPanel, problem: Problem
) -> None:
    qtbot.mouseClick(panel.list, Qt.MouseButton.LeftButton, pos=panel.list.row_area("h").center().toPoint())
    panel.show_view(view_of(problem.with_seed(4)))
    assert panel.list.current == "h"
    panel.show_view(view_of(problem.with_wrt("W2")))
    assert panel.list.current == "W2" and panel.comparison.spec.name == "∂L by ∂W2"


def test_a_line_that_is_gone_gives_way(qtbot: QtBot, panel: CheckPanel) -> None:
    qtbot.mouseClick(panel.list, Qt.MouseButton.LeftButton, pos=panel.list.row_area("h").center().toPoint())
    program = read_program("x : (1, n)\nL = sum(x * x)")
    panel.show_view(view_of(Problem.drawn("Other", program, "x", {"n": 2})))
    assert panel.list.current == "x" and panel.comparison.spec.shape == (1, 2)


def test_asking_by_the_label_shows_a_variable_that_is_checked(panel: CheckPanel, problem: Problem) -> None:
    panel.show_view(view_of(problem.with_wrt("y")))
    assert panel.list.current == "x"


def test_other_sizes(panel: CheckPanel, problem: Problem) -> None:
    panel.show_view(view_of(problem.with_dims({"n": 2, "m": 4, "k": 3})))
    assert panel.comparison.spec.shape == (1, 2)
    assert panel.verdict.words == "All 43 entries agree"


# --- how it is measured -----------------------------------------------------------------------------------------------


def test_another_method(qtbot: QtBot, panel: CheckPanel) -> None:
    assert panel.method.currentText() == "central differences"
    choose(qtbot, panel.method, "complex step")
    assert panel.remark.text().endswith("the limit is 1e−9.")
    assert panel.step.currentText() == "step 1e−30"
    assert panel.sweep.spec.slopes[0] is None
    choose(qtbot, panel.method, "forward differences")
    assert panel.remark.text().endswith("the limit is 0.001.")
    assert panel.step.currentText() == "step 1e−7"


def test_another_step(qtbot: QtBot, panel: CheckPanel) -> None:
    assert panel.step.currentText() == "step 1e−5"
    good = panel.comparison.spec.difference
    choose(qtbot, panel.step, "step 0.01")
    assert np.abs(panel.comparison.spec.difference).max() > 10 * np.abs(good).max()
    assert "cannot be told" in panel.verdict.words, "a step this large says little"
    assert panel.sweep.spec.used_step == 0.01
    choose(qtbot, panel.step, "step 1e−6")
    assert panel.verdict.right is True and panel.sweep.spec.used_step == 1e-6


def test_a_refusal_is_as_wide_whatever_stood_there_before(show: Callable[..., CheckPanel], problem: Problem) -> None:
    corner = Problem.drawn("", read_program("x : (1, n)\nL = sum(relu(x))"), "x", {"n": 3})
    refused = view_of(corner, "complex")
    assert refused.check is None
    new, used = show(refused, (900, 180)), show(view_of(problem), (600, 180))
    used.resize(900, 180)
    used.show_view(refused)
    QApplication.processEvents()
    assert used.remark.text() == new.remark.text() and used.remark.size() == new.remark.size()


def test_a_refusal_leaves_no_bar_of_a_comparison_that_was_scrolled(show: Callable[..., CheckPanel]) -> None:
    large = Problem.drawn("", read_program("X : (n, n)\nL = sum(relu(X))"), "X", {"n": 12})
    panel = show(view_of(large), (620, 150))
    bars = [bar for bar in panel.findChildren(QScrollBar) if bar.isVisible()]
    assert bars, "the comparison has more than is seen"
    panel.show_view(view_of(large, "complex"))
    QApplication.processEvents()
    assert panel.verdict.words == "There is nothing to compare"
    assert not [bar for bar in panel.findChildren(QScrollBar) if bar.isVisible()]


def test_a_method_that_refuses_says_why_and_can_be_left(qtbot: QtBot, show: Callable[..., CheckPanel]) -> None:
    program = read_program("x : (1, n)\nh = relu(x)\nL = sum(h)")
    panel = show(view_of(Problem.drawn("Relu", program, "x", {"n": 3}, 2)))
    choose(qtbot, panel.method, "complex step")
    assert "relu" in panel.words and "Use central differences." in panel.words
    assert not panel.comparison.isVisible()
    choose(qtbot, panel.method, "central differences")
    assert panel.verdict.right is True and panel.comparison.isVisible()


def narrow(panel: CheckPanel, width: int) -> None:
    """Resizes until the layout has followed: what is hidden by one size makes room for the next."""
    for _ in range(3):
        panel.resize(width, WIDE[1])
        QApplication.processEvents()


# --- room and look ----------------------------------------------------------------------------------------------------


def test_where_room_is_short_list_and_curve_yield_before_the_numbers(panel: CheckPanel) -> None:
    assert panel.list.isVisible() and panel.sweep.isVisible()
    two_columns = panel.list.sizeHint().width()
    narrow(panel, 700)
    assert panel.list.isVisible() and panel.list.sizeHint().width() < two_columns
    # Narrower by and by, as an edge is dragged: what yields stays away.
    for width in (600, 500, 420):
        narrow(panel, width)
        assert not panel.sweep.isVisible() and panel.width() == width
    assert panel.comparison.isVisible() and panel.verdict.isVisible()
    narrow(panel, WIDE[0])
    assert panel.list.isVisible() and panel.sweep.isVisible()


def test_nothing_lies_on_anything_else(panel: CheckPanel, problem: Problem) -> None:
    for size in (WIDE, (1000, 230), (760, 200), (500, 300)):
        panel.resize(*size)
        for wrt in ("x", "W2"):
            panel.show_view(view_of(problem.with_wrt(wrt)))
            areas = [w.geometry().translated(w.parentWidget().mapTo(panel, w.parentWidget().rect().topLeft()))
                     for w in (panel.verdict, panel.remark, panel.list, panel.sweep) if w.isVisible()
                     if w.parentWidget() is not None]
            assert not any(a.intersects(b) for i, a in enumerate(areas) for b in areas[:i]), size


def test_other_colours_and_sizes(panel: CheckPanel, problem: Problem) -> None:
    light = panel.grab().toImage()
    panel.show_view(replace(view_of(problem), theme=DARK))
    assert panel.grab().toImage() != light
    pitch = panel.comparison.cell_area("analytic", 0, 0).height()
    panel.resize(2800, 520)
    panel.show_view(replace(view_of(problem), zoom=2.0))
    assert panel.comparison.cell_area("analytic", 0, 0).height() > 1.5 * pitch


@pytest.mark.parametrize(("wrt", "size"), [("W2", (1130, 168)), ("W1", (1130, 168)), ("W1", (832, 124)),
                                           ("x", (832, 124))])
def test_the_numbers_of_all_three_are_seen_together_beside_the_list(
    panel: CheckPanel, problem: Problem, wrt: str, size: tuple[int, int]
) -> None:
    panel.resize(*size)
    panel.show_view(view_of(problem.with_wrt(wrt)))
    QApplication.processEvents()
    seen = panel.comparison.visibleRegion().boundingRect()
    rows, columns = panel.comparison.spec.shape
    assert all(seen.contains(panel.comparison.cell_area(key, rows - 1, columns - 1)) for key in LABELS)
    assert panel.comparison.prints(0) and panel.comparison.prints(2) and panel.list.isVisible()
    line = panel.list.row_area(wrt).toRect()
    assert panel.list.visibleRegion().boundingRect().contains(line.center()), "the chosen line is in sight"


def test_what_does_not_fit_is_scrolled_to_and_keeps_its_numbers(panel: CheckPanel, problem: Problem) -> None:
    panel.resize(832, 124)
    view = view_of(problem.with_dims({"n": 8, "m": 8, "k": 8}).with_wrt("W1"))
    panel.show_view(view)
    QApplication.processEvents()
    assert all(panel.comparison.prints(index) for index in range(3))
    room = panel.comparison.parentWidget()
    assert room is not None and panel.comparison.height() > room.height() and panel.comparison.width() == room.width()
    bar = next(bar for bar in panel.comparison.window().findChildren(QScrollBar)
               if bar.isVisible() and bar.maximum() == panel.comparison.height() - room.height())
    bar.setValue(bar.maximum())
    last = panel.comparison.cell_area("difference", 7, 7)
    assert panel.comparison.visibleRegion().boundingRect().contains(last)


@pytest.mark.parametrize("name", ["relu-network", "tanh-4-4-4", "backprop-5-3-5", "logistic-regression"])
def test_the_list_stays_in_a_usual_window(show: Callable[..., CheckPanel], name: str) -> None:
    asked = library.problem(name)
    for wrt in asked.program.targets:
        panel = show(view_of(asked.with_wrt(wrt)), (1130, 168))
        assert panel.list.isVisible(), wrt
    panel.setMinimumSize(1, 1)  # as a dock lets it be
    panel.resize(1130, 70)
    QApplication.processEvents()
    assert panel.height() == 70 and not panel.list.isVisible()


def test_what_cannot_be_told_is_no_tick_and_is_read_whole(show: Callable[..., CheckPanel]) -> None:
    asked = library.problem("relu-network")
    panel = show(view_of(asked.with_dims(dict.fromkeys(asked.dims, 32))), (810, 160))
    assert panel.verdict.right is None and panel.verdict.words.endswith(" cannot be told")
    needed = panel.verdict.heightForWidth(panel.verdict.width())
    assert panel.verdict.height() >= needed


def test_a_broken_promise_says_what_was_checked(show: Callable[..., CheckPanel], problem: Problem) -> None:
    label = problem.numbers["y"].copy()
    label[0, 1] += 0.5
    broken = problem.with_numbers("y", label)
    derivation = derive(problem.program, problem.wrt)
    panel = show(replace(view_of(broken), derivation=derivation))
    assert panel.remark.text().startswith(f"{BROKEN}: at x[")
    given = value_of(resolve(derivation.gradient, problem.dims), evaluate(broken).values)
    worst = np.abs(given - evaluate(broken).gradients["x"]).max()
    assert panel.remark.text().endswith(f"it is off by {worst:.2f}.")
    panel.show_view(replace(view_of(problem), derivation=derivation))
    assert panel.remark.text().startswith("Worst relative error ")


def test_a_formula_that_names_cotangents_is_not_computed(show: Callable[..., CheckPanel], problem: Problem) -> None:
    label = problem.numbers["y"].copy()
    label[0, 1] += 0.5
    derivation = derive(problem.program, problem.wrt)
    named = replace(derivation, gradient=derivation.cotangents[0].symbol)
    panel = show(replace(view_of(problem.with_numbers("y", label)), derivation=named))
    assert panel.remark.text() == f"{BROKEN}."


# --- in the window ----------------------------------------------------------------------------------------------------


def in_window(window: MainWindow) -> CheckPanel:
    (found,) = (p for p in window.docks.panels if isinstance(p, CheckPanel))
    return found


def test_in_the_window_the_method_is_that_of_the_whole_window(qtbot: QtBot, window: MainWindow) -> None:
    panel = in_window(window)
    choose(qtbot, panel.method, "complex step")
    assert panel.remark.text().endswith("the limit is 1e−9.")
    assert all(p.view is not None and p.view.check is not None and p.view.check.method == "complex"
               for p in window.docks.panels)
    window.redraw()
    assert panel.method.currentText() == "complex step"
    assert panel.remark.text().endswith("the limit is 1e−9.")


def test_in_the_window_the_head_says_method_and_step_whole(qtbot: QtBot, window: MainWindow) -> None:
    panel = in_window(window)
    for method in ("forward differences", "complex step", "central differences"):
        choose(qtbot, panel.method, method)
        qtbot.waitUntil(lambda: all(box.width() >= box.sizeHint().width() for box in (panel.method, panel.step)))


@pytest.mark.parametrize("wrt", ["W1", "W2", "x"])
def test_in_the_smallest_room_every_word_is_whole(
    qtbot: QtBot, look: Look, open_window: Callable[[Problem], MainWindow], problem: Problem, wrt: str
) -> None:
    look.zoom_to(1.5)
    window = open_window(problem.with_wrt(wrt))
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: window.width() == 1100)
    for _ in range(20):
        QApplication.processEvents()
    view = in_window(window).comparison
    plan, seen, ends = view.plan, view.visibleRegion().boundingRect(), list[tuple[float, float, float]]()
    for label, word in zip(plan.labels, LABELS, strict=True):
        width = text_width(word, LABEL_PX)
        left = label.left if plan.stacked else label.centre[0] - width / 2
        ends.append((label.top, *((view.margin_x + end) * view.zoom for end in (left, left + width))))
    assert all(seen.left() <= left and right <= seen.right() + 1 for _, left, right in ends)
    assert all(one[2] <= other[1] for one, other in pairwise(ends) if one[0] == other[0])


def test_in_the_window_the_numbers_are_live(window: MainWindow) -> None:
    panel = in_window(window)
    before = panel.comparison.spec.analytic
    window.redraw()
    assert not np.array_equal(panel.comparison.spec.analytic, before)
    np.testing.assert_array_equal(panel.comparison.spec.analytic, evaluate(window.store.problem).gradients["x"])
    assert panel.verdict.right is True


def test_a_resize_measures_nothing(panel: CheckPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[object] = []

    def noted(*arguments: object) -> object:
        measured.append(arguments)
        return step_sweep(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("tutor.ui.panels.check.step_sweep", noted)
    view = panel.view
    assert view is not None
    for width in (1300, 950, 880, 700, 400, 1400):
        narrow(panel, width)
    panel.show_view(replace(view, theme=DARK))
    panel.show_view(view_of(view.problem, step=1e-3, evaluation=view.evaluation))
    assert measured == [] and panel.sweep.spec is not None and panel.sweep.spec.used_step == 1e-3
    panel.show_view(view_of(view.problem.with_seed(5)))
    assert len(measured) == 1


@pytest.mark.parametrize("zoom", [1.0, 1.25, 1.5])
def test_list_and_curve_yield_before_the_numbers_go(panel: CheckPanel, problem: Problem, zoom: float) -> None:
    panel.show_view(replace(view_of(problem), zoom=zoom))
    seen = []
    for width in range(round(1500 * zoom), round(620 * zoom), -25):
        narrow(panel, width)
        whole = panel.list.sizeHint().width() > 300 * zoom
        if (whole, panel.sweep.isVisible()) not in seen[-1:]:
            seen.append((whole, panel.sweep.isVisible()))
        assert panel.comparison.prints(0) and panel.list.isVisible(), width
    assert seen == [(True, True), (True, False), (False, True), (False, False)]


def test_a_curve_without_a_caption_has_a_name(panel: CheckPanel) -> None:
    narrow(panel, 860)
    assert panel.sweep.isVisible() and panel.sweep.spec is not None and panel.sweep.spec.caption == ""
    assert panel.sweep.accessibleName() == "largest relative error against the step"


def test_where_room_is_short_every_variable_still_has_its_line(show: Callable[..., CheckPanel], problem: Problem
                                                               ) -> None:
    panel = show(view_of(problem), (826, 152))
    assert panel.list.rows[-1].name == "a"
    for row in panel.list.rows:
        assert panel.list.rect().contains(panel.list.row_area(row.name).toAlignedRect().adjusted(1, 1, -1, -1))
    assert panel.list.visibleRegion().boundingRect() == panel.list.rect(), "all of it is seen"
    assert panel.remark.text().startswith("Worst ") and panel.remark.height() < 20
    wide = show(view_of(problem), WIDE)
    assert wide.remark.text().startswith("Worst relative error ")


def test_long_names_have_room_before_their_errors(show: Callable[..., CheckPanel]) -> None:
    named = Problem.drawn("", read_program("features : (1, n)\nlogits = 2 features\nL = sum(logits)"), "features",
                          {"n": 3})
    panel = show(view_of(named), (826, 152))
    assert not panel.list.can_be_brief(panel.list.rows)
    assert {panel.list.row_area(row.name).left() for row in panel.list.rows} == {0.0}, "one column, with its counts"
