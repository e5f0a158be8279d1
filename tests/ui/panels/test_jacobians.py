"""The Jacobians under a person's pointer and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.programs import skips
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive import derive
from tutor.figures.jacobians import RESULT, shared_scale
from tutor.figures.palette import DARK, LIGHT
from tutor.files import library
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui.panel import Spot, View
from tutor.ui.panels.jacobians import HINT, TURNED_HINT, JacobiansPanel
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow

W2_CELL = Spot(("θ", "h"), (1, 2), cells=(("W2", 2, 1),))


def view_of(problem: Problem, joined: bool = False) -> View:
    evaluation, derivation = evaluate(problem), derive(problem.program, problem.wrt)
    return View(problem, evaluation, None, None, derivation, None, False, LIGHT,
                scale=shared_scale(evaluation, derivation), joined=joined)


@pytest.fixture
def show(qtbot: QtBot, look: Look, typesetter: Typesetter) -> Callable[[View], JacobiansPanel]:
    def show_panel(view: View) -> JacobiansPanel:
        panel = JacobiansPanel(typesetter)
        qtbot.addWidget(panel)
        panel.resize(560, 760)
        panel.show_view(view)
        panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        panel.equation.clearFocus()
        return panel

    return show_panel


@pytest.fixture
def panel(show: Callable[[View], JacobiansPanel], problem: Problem) -> JacobiansPanel:
    """The panel on the network of the question; what it points at and pins comes back to it, as in the window."""
    shown = show(view_of(problem))
    shown.pointed.connect(shown.show_spot)
    shown.pinned.connect(shown.show_spot)
    return shown


def middle(panel: JacobiansPanel, key: str, row: int, column: int) -> QPoint:
    return panel.equation.cell_area(key, row, column).center()


def move(panel: JacobiansPanel, at: QPoint) -> None:
    """The pointer comes to a place of the equation."""
    where, view = QPointF(at), panel.equation
    QApplication.sendEvent(view, QMouseEvent(
        QEvent.Type.MouseMove, where, view.mapToGlobal(where), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier))


def hover(panel: JacobiansPanel, key: str, row: int, column: int) -> None:
    move(panel, middle(panel, key, row, column))


def told_by(signal: Any) -> list[object]:
    """Everything a signal says from here on."""
    heard: list[object] = []
    signal.connect(heard.append)
    return heard


def around(image: QImage, panel: JacobiansPanel, key: str, row: int, column: int) -> QImage:
    """A cell and the ring that may be around it."""
    ratio = image.devicePixelRatio()
    area = panel.equation.cell_area(key, row, column).adjusted(-3, -3, 3, 3)
    return image.copy(QRect(round(area.x() * ratio), round(area.y() * ratio), round(area.width() * ratio),
                            round(area.height() * ratio)))


def picture(panel: JacobiansPanel) -> QImage:
    return panel.equation.grab().toImage()


def changed_cells(panel: JacobiansPanel, before: QImage) -> set[tuple[str, int, int]]:
    """The cells that look otherwise than before, the rings of their neighbours left out."""
    after, found = picture(panel), set()
    for item in panel.equation.spec.items:
        for row, column in np.ndindex(*item.shape):
            area = panel.equation.cell_area(item.key, row, column)
            ratio = after.devicePixelRatio()
            inside = QRect(round(area.x() * ratio), round(area.y() * ratio), round(area.width() * ratio),
                           round(area.height() * ratio))
            if after.copy(inside) != before.copy(inside):
                found.add((item.key, row, column))
    return found


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_five_links_and_the_gradient(panel: JacobiansPanel, problem: Problem) -> None:
    items = panel.equation.spec.items
    assert [item.key for item in items] == ["L→ŷ", "ŷ→θ", "θ→h", "h→a", "a→x", RESULT]
    np.testing.assert_allclose(items[-1].values, evaluate(problem).gradients["x"], atol=1e-12)
    assert panel.equation.accessibleName().startswith("∂L by ∂ŷ times ∂ŷ by ∂θ times ")
    assert not panel.path.isVisible(), "there is only one way"


def test_joined_there_are_four(panel: JacobiansPanel, problem: Problem) -> None:
    panel.show_view(view_of(problem, joined=True))
    assert [item.key for item in panel.equation.spec.items] == ["L→θ", "θ→h", "h→a", "a→x", RESULT]


def test_all_have_the_scale_of_the_window(panel: JacobiansPanel, problem: Problem) -> None:
    panel.show_view(replace(view_of(problem), scale=5.0))
    assert {item.colour_scale for item in panel.equation.spec.items} == {5.0}
    assert panel.legend in panel.options()


def test_every_matrix_is_seen_without_scrolling(panel: JacobiansPanel) -> None:
    for width, height in ((560, 760), (420, 900)):
        panel.resize(width, height)
        visible = panel.equation.visibleRegion().boundingRect()
        for item in panel.equation.spec.items:
            rows, columns = item.shape
            for at in ((0, 0), (rows - 1, columns - 1)):
                assert visible.contains(panel.equation.cell_area(item.key, *at)), (item.key, width, height)
        assert not panel.inspector.geometry().intersects(panel.equation.visibleRegion().boundingRect().translated(
            panel.equation.mapTo(panel, QPoint(0, 0))))


# --- looking ---------------------------------------------------------------------------------------------------------


def test_pointing_at_a_cell_tells_link_entry_and_weight(qtbot: QtBot, panel: JacobiansPanel, problem: Problem) -> None:
    assert panel.inspector.accessibleDescription() == HINT
    told = told_by(panel.pointed)
    hover(panel, "θ→h", 1, 2)
    assert told[-1] == W2_CELL
    words = panel.words
    assert words is not None
    weight = f"{problem.numbers['W2'][2, 1]:.2f}"
    assert words.formula == f"(partial theta_2) / (partial h_3) = W_2 [3, 2] = {weight}"
    assert "reaches" in words.because and "Its term in" in words.carries
    spoken = f"∂θ[2] by ∂h[3], {weight}".replace("-", "−")
    assert panel.equation.accessibleDescription() == spoken


def test_looking_away_leaves_the_hint(qtbot: QtBot, panel: JacobiansPanel) -> None:
    hover(panel, "θ→h", 1, 2)
    told = told_by(panel.pointed)
    move(panel, QPoint(1, 1))
    assert told[-1] is None
    assert panel.words is None and panel.inspector.accessibleDescription() == HINT


@pytest.mark.parametrize("key", ["L→ŷ", "ŷ→θ", "θ→h", "h→a", "a→x"])
def test_every_cell_says_its_own_number(qtbot: QtBot, panel: JacobiansPanel, key: str) -> None:
    (item,) = (item for item in panel.equation.spec.items if item.key == key)
    for row, column in np.ndindex(*item.shape):
        hover(panel, key, row, column)
        words = panel.words
        assert words is not None
        number = item.values[row, column]
        found = float(words.formula.split(" = ")[-1].replace(" dot 10^(", "e").rstrip(")"))
        assert found == pytest.approx(number, abs=0.00501)


def test_pointing_at_the_result_explains_the_entry_of_the_gradient(
    qtbot: QtBot, panel: JacobiansPanel, problem: Problem
) -> None:
    before = picture(panel)
    told = told_by(panel.pointed)
    hover(panel, RESULT, 0, 3)
    assert told[-1] == Spot(name="x", entry=(0, 3), cells=(("x", 0, 3),))
    assert panel.words is not None
    assert panel.words.formula.startswith("(partial L) / (partial x_4) = sum_(i) (partial L) / (partial a_i) ")
    assert panel.words.formula.endswith(f"= {evaluate(problem).gradients['x'][0, 3]:.2f}")
    after = picture(panel)  # its column of the last factor is what the row was multiplied by
    assert around(after, panel, "a→x", 2, 3) != around(before, panel, "a→x", 2, 3)
    assert around(after, panel, "a→x", 2, 1) == around(before, panel, "a→x", 2, 1)


def test_the_result_of_a_matrix_at_the_end_is_its_jacobian(show: Callable[[View], JacobiansPanel]) -> None:
    text = "x : (1, n)\nW : (n, m)\na = x W\np = softmax(a)"
    problem = Problem.drawn("Map", read_program(text), "x", {"n": 3, "m": 2})
    panel = show(view_of(problem))
    panel.pointed.connect(panel.show_spot)
    jacobian = evaluate(problem).jacobian("x")
    result = panel.equation.spec.items[-1]
    np.testing.assert_allclose(result.values, jacobian)
    told = told_by(panel.pointed)
    hover(panel, RESULT, 1, 2)
    assert told[-1] == Spot(name="x", entry=(1, 2), cells=(("x", 0, 2),))
    assert panel.words is not None
    assert panel.words.formula.startswith("(partial p_2) / (partial x_3) = sum_(i) (partial p_2) / (partial a_i) ")
    assert panel.words.formula.endswith(f"= {jacobian[1, 2]:.2f}")
    assert panel._spots._result_cell(Spot(name="x", entry=(1, 2))) == (1, 2)
    assert panel._spots._result_cell(Spot(name="x", entry=(2, 2))) is None
    for text, wrt in (("X : (n, m)\nH = X.T\nG = H X", "X"), ("X : (n, n)\nD = diag(diagof(X))\nG = D X", "X"),
                      ("x : (1, n)\nh = tanh(x)", "x")):
        panel = show(view_of(Problem.drawn("Map", read_program(text), wrt, {"n": 3, "m": 2})))
        panel.pointed.connect(panel.show_spot)
        for item in panel.equation.spec.items:
            panel.show_spot(panel._spot(item.key, item.shape[0] - 1, item.shape[1] - 1))
            assert panel.words is not None, (text, item.key)


def test_every_cell_of_every_problem_is_explained(qtbot: QtBot, show: Callable[[View], JacobiansPanel]) -> None:
    panel = None
    for name, *_ in library.ready_made():
        problem = library.problem(name)
        for wrt in {problem.wrt, *problem.program.targets[:2]}:
            view = view_of(problem.with_wrt(wrt))
            panel = panel or show(view)
            panel.show_view(view)
            for item in panel.equation.spec.items:
                spot = panel._spot(item.key, item.shape[0] - 1, item.shape[1] - 1)
                panel.show_spot(spot)
                assert panel.words is not None, (name, wrt, item.key)


def test_a_factor_as_a_whole_is_explained(panel: JacobiansPanel) -> None:
    panel.show_spot(Spot(("θ", "h")))
    assert panel.words is not None
    assert panel.words.formula == "(partial theta) / (partial h) = W_2^top"
    assert panel.words.carries == ("Full: every output reads every input. 5 rows, the entries of $theta$, and 3 "
                                   "columns, those of $h$.")
    panel.show_spot(None)
    assert panel.inspector.accessibleDescription() == HINT


def test_what_is_pinned_looks_pinned(panel: JacobiansPanel) -> None:
    panel.show_spot(W2_CELL)
    free = panel.inspector.grab().toImage()
    assert not panel.inspector.is_pinned
    panel.show_spot(W2_CELL, kept=True)
    assert panel.inspector.is_pinned
    assert panel.inspector.grab().toImage() != free
    panel.show_spot(None)
    assert not panel.inspector.is_pinned


def test_the_whole_equation_is_seen_in_a_small_window(panel: JacobiansPanel) -> None:
    panel.resize(386, 416)  # the dock at 1100×700
    QApplication.processEvents()
    visible = panel.equation.visibleRegion().boundingRect()
    for item in panel.equation.spec.items:
        assert visible.contains(panel.equation.cell_area(item.key, item.shape[0] - 1, item.shape[1] - 1)), item.key


def test_pointing_beside_the_cells_of_a_matrix_is_pointing_at_the_link(qtbot: QtBot, panel: JacobiansPanel) -> None:
    first = panel.equation.cell_area("θ→h", 0, 0)
    told = told_by(panel.pointed)
    move(panel, QPoint(first.center().x(), first.top() - 6))
    assert told[-1] == Spot(("θ", "h"))


def test_the_row_and_the_column_it_meets_are_lit(qtbot: QtBot, panel: JacobiansPanel) -> None:
    before = picture(panel)
    hover(panel, "θ→h", 1, 2)
    after = picture(panel)
    # θ₂ is column 2 of the matrix to the left, h₃ row 3 of the one to the right.
    for key, row, column in (("ŷ→θ", 0, 1), ("ŷ→θ", 4, 1), ("h→a", 2, 0), ("h→a", 2, 2)):
        assert around(after, panel, key, row, column) != around(before, panel, key, row, column)
    for key, row, column in (("ŷ→θ", 0, 3), ("h→a", 0, 0), ("L→ŷ", 0, 1), ("a→x", 1, 1)):
        assert around(after, panel, key, row, column) == around(before, panel, key, row, column)


# --- pinning ---------------------------------------------------------------------------------------------------------


def test_a_click_pins_and_escape_releases(qtbot: QtBot, panel: JacobiansPanel) -> None:
    told = told_by(panel.pinned)
    qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=middle(panel, "θ→h", 1, 2))
    assert told[-1] == W2_CELL
    hover(panel, "a→x", 0, 0)
    assert panel.equation.current_cell == ("θ→h", 1, 2)
    assert panel.words is not None and "W_2 [3, 2]" in panel.words.formula
    told = told_by(panel.pinned)
    qtbot.keyClick(panel.equation, Qt.Key.Key_Escape)
    assert told[-1] is None


def test_a_second_click_releases(qtbot: QtBot, panel: JacobiansPanel) -> None:
    at = middle(panel, "a→x", 2, 4)
    told: list[object] = []
    panel.pinned.connect(told.append)
    qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=at)
    assert told[0] == Spot(("a", "x"), (2, 4), cells=(("W1", 4, 2),))
    assert told[-1] is None and panel.equation.pinned_cell is None


def test_a_click_on_the_title_pins_the_link(qtbot: QtBot, panel: JacobiansPanel) -> None:
    first = panel.equation.cell_area("h→a", 0, 0)
    told = told_by(panel.pinned)
    qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=QPoint(first.center().x(), first.top() - 6))
    assert told[-1] == Spot(("h", "a"))


def test_the_same_by_keyboard(qtbot: QtBot, panel: JacobiansPanel) -> None:
    panel.equation.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(panel.equation, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(panel.equation, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(panel.equation, Qt.Key.Key_Down)
    qtbot.keyClick(panel.equation, Qt.Key.Key_End)
    assert panel.spot == W2_CELL
    assert panel.words is not None and "W_2 [3, 2]" in panel.words.formula
    told = told_by(panel.pinned)
    qtbot.keyClick(panel.equation, Qt.Key.Key_Space)
    assert told[-1] == W2_CELL


# --- from elsewhere ---------------------------------------------------------------------------------------------------


def test_a_weight_pointed_at_elsewhere_marks_its_cell(panel: JacobiansPanel) -> None:
    before = picture(panel)
    panel.show_spot(Spot(cells=(("W2", 2, 1),)))
    after = picture(panel)
    assert around(after, panel, "θ→h", 1, 2) != around(before, panel, "θ→h", 1, 2)
    for row, column in ((4, 0), (3, 0), (4, 1)):
        assert around(after, panel, "θ→h", row, column) == around(before, panel, "θ→h", row, column)
    panel.show_spot(None)
    assert picture(panel) == before


def test_a_link_pointed_at_elsewhere_is_explained_if_it_names_a_cell(panel: JacobiansPanel) -> None:
    panel.show_spot(Spot(("h", "a"), (1, 1)))
    assert panel.words is not None and panel.words.formula.startswith("(partial h_2) / (partial a_2) = ")
    panel.show_spot(Spot(("h", "a")))
    assert panel.words is not None and panel.words.formula.startswith("(partial h) / (partial a) = ")


def test_a_joined_link_is_marked_by_its_parts(panel: JacobiansPanel, problem: Problem) -> None:
    panel.show_view(view_of(problem, joined=True))
    before = picture(panel)
    panel.show_spot(Spot(("ŷ", "θ")))
    assert picture(panel) != before
    assert panel.words is not None and panel.words.formula == "(partial L) / (partial theta) = hat(y) - y"


def test_spots_that_are_not_here_mark_nothing(panel: JacobiansPanel) -> None:
    before = picture(panel)
    for spot in (Spot(("q", "r"), (0, 0)), Spot(cells=(("b1", 0, 0),)), Spot(("θ", "h"), (99, 99)), Spot(name="y")):
        panel.show_spot(spot)
        assert panel.words is None
    panel.show_spot(None)
    assert picture(panel) == before


# --- other problems ---------------------------------------------------------------------------------------------------


def test_other_sizes(qtbot: QtBot, panel: JacobiansPanel, problem: Problem) -> None:
    panel.show_view(view_of(problem.with_dims({"n": 2, "m": 4, "k": 3})))
    assert [item.shape for item in panel.equation.spec.items] == [(1, 3), (3, 3), (3, 4), (4, 4), (4, 2), (1, 2)]
    hover(panel, "θ→h", 2, 3)
    assert panel.words is not None and "W_2 [4, 3]" in panel.words.formula


def test_a_cell_that_is_gone_is_no_longer_explained(panel: JacobiansPanel, problem: Problem) -> None:
    panel.show_spot(Spot(("θ", "h"), (4, 2)))
    assert panel.words is not None
    panel.show_view(view_of(problem.with_dims({"n": 2, "m": 2, "k": 2})))
    assert panel.words is None


def two_ways() -> Problem:
    program = read_program("x : (1, n)\nW : (n, n)\na = x W\nL = sum(a * x)")
    return Problem.drawn("Two ways", program, "x", {"n": 3}, 4)


def remembering(panel: JacobiansPanel) -> JacobiansPanel:
    """The window keeps what a panel chooses, and shows it so."""
    def keep(what: str, choice: object) -> None:
        assert panel.view is not None
        panel.show_view(replace(panel.view, shown=replace(panel.view.shown, **{what: choice})))

    panel.looked_otherwise.connect(keep)
    return panel


def test_another_way_through_the_chain(qtbot: QtBot, show: Callable[[View], JacobiansPanel]) -> None:
    panel = remembering(show(view_of(two_ways())))
    assert panel.path.isVisible() and panel.path.currentText() == "L→a→x", "the one through the most links"
    ways = [panel.path.itemText(i) for i in range(panel.path.count())]
    assert sorted(ways) == ["L→a→x", "L→x"]
    seen = {}
    for _ in ways:
        shown = panel.path.currentText()
        seen[shown] = panel.equation.spec.items
        assert [item.key for item in panel.equation.spec.items[:-1]] == [
            f"{a}→{b}" for a, b in zip(shown.split("→"), shown.split("→")[1:], strict=False)]
        qtbot.keyClick(panel.path, Qt.Key.Key_Up if panel.path.currentIndex() else Qt.Key.Key_Down)
    assert set(seen) == set(ways)
    parts = [items[-1].values for items in seen.values()]
    np.testing.assert_allclose(sum(parts), evaluate(two_ways()).gradients["x"], atol=1e-12)


def test_ways_that_are_not_listed_are_counted(qtbot: QtBot, show: Callable[[View], JacobiansPanel]) -> None:
    panel = show(view_of(Problem.drawn("Many ways", skips(10), "x", {"n": 2}, 4)))
    assert panel.path.count() == 65
    assert panel.path.itemText(64) == "and 25 more paths"
    panel.path.setCurrentIndex(63)
    qtbot.keyClick(panel.path, Qt.Key.Key_Down)
    assert panel.path.currentIndex() == 63, "it cannot be chosen"


def test_the_way_is_kept_while_numbers_change(qtbot: QtBot, show: Callable[[View], JacobiansPanel]) -> None:
    problem = two_ways()
    panel = remembering(show(view_of(problem)))
    usual = panel.path.currentText()
    qtbot.keyClick(panel.path, Qt.Key.Key_Up if panel.path.currentIndex() else Qt.Key.Key_Down)
    chosen = panel.path.currentText()
    assert chosen != usual and panel.view is not None
    panel.show_view(replace(view_of(problem.with_seed(9)), shown=panel.view.shown))
    assert panel.path.currentText() == chosen
    panel.show_view(view_of(problem.with_wrt("W")))
    assert not panel.path.isVisible()


def test_a_matrix_too_large_is_spoken_of_and_not_built(qtbot: QtBot, show: Callable[[View], JacobiansPanel]) -> None:
    program = read_program("X : (N, n)\nW : (n, m)\nA = X W\nH = tanh(A)\nL = sum(H)")
    problem = Problem.drawn("Large", program, "W", {"N": 5, "n": 30, "m": 20}, 4)
    panel = show(view_of(problem))
    panel.pointed.connect(panel.show_spot)
    (item,) = (item for item in panel.equation.spec.items if item.key == "A→W")
    assert item.note == "100 × 600, too large to draw"
    evaluation = panel.view.evaluation if panel.view else None
    assert evaluation is not None
    told = told_by(panel.pointed)
    hover(panel, "A→W", 0, 0)
    assert told[-1] == Spot(("A", "W"))
    assert panel.words is not None and panel.words.carries.startswith("100 rows, the entries of $A$, and 600 columns")
    hover(panel, "H→A", 70, 3)  # its neighbour has one cell only
    picture(panel)
    panel.show_spot(Spot(("A", "W"), (0, 0)))
    assert panel.words is None


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (lambda v: replace(v, derivation=None), "The derivation is on its way."),
        (lambda v: replace(v, derivation=None, refusal=TutorError("L is a 1×5 matrix.")), "L is a 1×5 matrix."),
    ],
    ids=["waiting", "refused"],
)
def test_where_there_is_nothing_it_says_why(
    panel: JacobiansPanel, problem: Problem, view: Callable[[View], View], said: str
) -> None:
    panel.show_view(view(view_of(problem)))
    assert panel.equation.spec.items == ()
    assert panel.inspector.accessibleDescription() == said
    panel.show_view(view_of(problem))
    assert panel.inspector.accessibleDescription() == HINT


def test_a_variable_that_plays_no_part(panel: JacobiansPanel) -> None:
    program = read_program("x : (1, n)\nz : (1, n)\nL = sum(x)")
    panel.show_view(view_of(Problem.drawn("Idle", program, "z", {"n": 3})))
    assert panel.inspector.accessibleDescription() == (
        "z does not reach the output: every entry of its gradient is 0.")


def test_while_a_derivation_is_on_its_way_the_old_one_stays(panel: JacobiansPanel, problem: Problem) -> None:
    shown = panel.equation.spec
    panel.show_view(replace(view_of(problem.with_wrt("W2")), derivation=derive(problem.program, "x"), stale=True))
    assert panel.equation.spec is shown


def test_other_colours_and_sizes(panel: JacobiansPanel, problem: Problem) -> None:
    light = picture(panel)
    panel.show_view(replace(view_of(problem), theme=DARK))
    assert picture(panel) != light
    narrow = panel.equation.cell_area("θ→h", 0, 0).width()
    panel.resize(1100, 1500)
    panel.show_view(replace(view_of(problem), zoom=2.0))
    assert panel.equation.cell_area("θ→h", 0, 0).width() > 1.5 * narrow


# --- in the window ---------------------------------------------------------------------------------------------------


def in_window(window: MainWindow) -> JacobiansPanel:
    (found,) = (p for p in window.docks.panels if isinstance(p, JacobiansPanel))
    return found


def test_in_the_window_every_panel_hears_of_it(qtbot: QtBot, window: MainWindow) -> None:
    panel = in_window(window)
    hover(panel, "θ→h", 1, 2)
    assert {p.spot for p in window.docks.panels} == {W2_CELL}
    move(panel, QPoint(1, 1))
    assert {p.spot for p in window.docks.panels} == {None}


def test_in_the_window_a_pinned_cell_follows_its_number(qtbot: QtBot, window: MainWindow) -> None:
    panel = in_window(window)
    qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=middle(panel, "θ→h", 1, 2))
    W2 = window.store.problem.numbers["W2"].copy()
    W2[2, 1] = 0.77
    window.store.edit("change W2", window.store.problem.with_numbers("W2", W2))
    assert panel.words is not None and panel.words.formula.endswith("= W_2 [3, 2] = 0.77")
    qtbot.keyClick(panel.equation, Qt.Key.Key_Escape)
    move(panel, QPoint(1, 1))
    assert {p.spot for p in window.docks.panels} == {None}


def test_in_the_window_escape_elsewhere_releases_the_cell_too(qtbot: QtBot, window: MainWindow) -> None:
    panel = in_window(window)
    qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=middle(panel, "θ→h", 1, 2))
    assert panel.equation.pinned_cell is not None
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert {p.spot for p in window.docks.panels} == {None}
    assert panel.equation.pinned_cell is None
    hover(panel, "a→x", 1, 1)
    assert panel.spot == Spot(("a", "x"), (1, 1), cells=(("W1", 1, 1),))


@pytest.mark.parametrize("whole", [False, True], ids=["cell", "matrix"])
def test_in_the_window_a_pin_goes_with_its_matrix(qtbot: QtBot, window: MainWindow, whole: bool) -> None:
    panel = in_window(window)
    cell = panel.equation.cell_area("θ→h", 0, 2)
    at = QPoint(cell.center().x(), cell.top() - 6) if whole else cell.center()
    qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=at)
    assert panel.spot is not None and panel.spot.link == ("θ", "h")
    if whole:
        window.ask("W2")  # no chain to it goes through h
    else:
        window.store.edit("sizes", window.store.problem.with_dims({"n": 2, "m": 2, "k": 2}))
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    assert panel.equation.pinned_cell is None
    assert {p.spot for p in window.docks.panels} == {None}
    panel.pointed.emit(Spot(name="b1"))
    assert {p.spot for p in window.docks.panels} == {Spot(name="b1")}, "pointing works again"


def test_in_the_window_the_cell_is_explained_again_when_it_is_unpinned(qtbot: QtBot, window: MainWindow) -> None:
    panel = in_window(window)
    hover(panel, "θ→h", 1, 2)
    for _ in range(2):
        qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=middle(panel, "θ→h", 1, 2))
    assert panel.equation.pinned_cell is None
    assert panel.words is not None and {p.spot for p in window.docks.panels} == {W2_CELL}


def test_the_inspector_speaks_words(panel: JacobiansPanel, problem: Problem) -> None:
    hover(panel, "θ→h", 1, 2)
    said = panel.inspector.accessibleDescription()
    weight = f"{problem.numbers['W2'][2, 1]:.2f}".replace("-", "−")
    assert said.startswith(f"∂θ[2] by ∂h[3] = W2[3, 2] = {weight}. h[p] reaches θ[j] only through W2[p, j]")
    assert not any(sign in said for sign in ("$", "partial", "delta_", "_(")), "no Typst"


def test_escape_lets_go_of_everything(qtbot: QtBot, panel: JacobiansPanel) -> None:
    view = panel.equation
    clean = view.grab().toImage()
    hover(panel, "θ→h", 1, 2)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(panel, "θ→h", 1, 2))
    assert view.hasFocus() and view.pinned_cell == ("θ→h", 1, 2)
    assert view.grab().toImage() != clean
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert panel.words is None
    assert view.grab().toImage() == clean, "a ring, a tint or a name was left behind"
    hover(panel, "h→a", 0, 0)
    assert view.looked_at() == {(3, (0, 0))}


def test_while_something_is_pinned_elsewhere_no_other_cell_is_ringed(
    show: Callable[[View], JacobiansPanel], problem: Problem
) -> None:
    panel = show(view_of(problem))
    panel.show_spot(Spot(("θ", "h")), kept=True)
    view = panel.equation
    before = view.grab().toImage()
    hover(panel, "a→x", 0, 0)
    assert view.grab().toImage() == before
    panel.show_spot(None)
    assert not view.looked_at()
    hover(panel, "a→x", 0, 1)
    assert view.looked_at()


@pytest.mark.parametrize(("wrt", "size"), [("x", (542, 572)), ("W1", (542, 572)), ("W2", (542, 572)),
                                           ("W2", (542, 533)), ("W1", (542, 533))])
def test_the_result_shows_its_numbers_whatever_the_size_of_the_others(
    show: Callable[[View], JacobiansPanel], problem: Problem, wrt: str, size: tuple[int, int]
) -> None:
    panel = show(view_of(problem.with_wrt(wrt)))
    panel.resize(*size)
    last = len(panel.equation.spec.items) - 1
    assert panel.equation.prints(last) and panel.equation.prints(0)
    assert panel.equation.heightForWidth(size[0]) + panel.inspector.sizeHint().height() <= size[1]


def test_in_the_smallest_window_every_cell_has_its_number_and_says_its_slope_whole(
    show: Callable[[View], JacobiansPanel], problem: Problem
) -> None:
    panel = show(view_of(problem))
    panel.resize(386, 416)
    panel.pointed.connect(panel.show_spot)
    assert all(panel.equation.prints(index) for index in range(6))
    strip = panel.inspector.sizeHint().height()
    for item in panel.equation.spec.items:
        for row, column in np.ndindex(item.shape):
            panel._look_at_cell(item.key, row, column)
            assert panel.words is not None
            bare, *_ = panel.inspector.needs([panel.words], 386)
            assert bare <= strip == panel.inspector.sizeHint().height(), (item.key, row, column)


@pytest.mark.parametrize("dims", [(5, 4, 5), (2, 7, 4)])
@pytest.mark.parametrize(("size", "zoom"), [((542, 572), 1.0), ((530, 559), 1.1)])
def test_numbers_are_printed_where_there_is_room(
    show: Callable[[View], JacobiansPanel], problem: Problem, dims: tuple[int, int, int], size: tuple[int, int],
    zoom: float
) -> None:
    panel = show(replace(view_of(problem.with_dims(dict(zip("nmk", dims, strict=True)))), zoom=zoom))
    panel.resize(*size)
    QApplication.processEvents()
    visible = panel.equation.visibleRegion().boundingRect()
    for index, item in enumerate(panel.equation.spec.items):
        assert panel.equation.prints(index), item.key
        assert visible.contains(panel.equation.cell_area(item.key, item.shape[0] - 1, item.shape[1] - 1)), item.key


@pytest.mark.parametrize("size", [(386, 416), (542, 572)])
def test_a_used_panel_looks_like_a_new_one(
    show: Callable[[View], JacobiansPanel], problem: Problem, size: tuple[int, int]
) -> None:
    """Whatever was typed, pointed at and resized before: where everything stands is decided by what is there."""
    long = problem.with_numbers("W2", -4321.5 + problem.numbers["W2"]).with_numbers("x", 12.5 * problem.numbers["x"])
    used = show(view_of(long))
    used.pointed.connect(used.show_spot)
    used.resize(386, 300)
    QApplication.processEvents()
    used.resize(*size)
    for key in ("L→ŷ", "θ→h", RESULT):
        hover(used, key, 0, 2)
    for changed in (long, problem, problem.with_seed(8)):
        used.show_view(view_of(changed))
        new = show(view_of(changed))
        new.resize(*size)
        hover(new, "h→a", 1, 1)
        hover(used, "h→a", 1, 1)
        move(used, QPoint(1, 1))
        new.show_spot(None)
        for _ in range(3):
            QApplication.processEvents()
        assert used.equation.plan == new.equation.plan
        assert used.equation.size() == new.equation.size() and used.inspector.height() == new.inspector.height()


def test_a_notice_takes_no_row_of_any_matrix(show: Callable[[View], JacobiansPanel], problem: Problem) -> None:
    """A notice makes the panels lower for as long as it is there; the words give way, and come back."""
    panel = show(view_of(problem))
    seen = []
    for height in (416, 383, 416):
        panel.resize(386, height)
        panel._look_at_cell("a→x", 2, 1)
        QApplication.processEvents()
        room = panel._scroll.viewport().rect()
        for item in panel.equation.spec.items:
            last = panel.equation.cell_area(item.key, item.shape[0] - 1, item.shape[1] - 1)
            assert room.contains(last.translated(panel.equation.pos())), (item.key, height)
        seen.append((panel.inspector.height(), panel.equation.plan))
    assert seen[0] == seen[2] != seen[1]


def test_words_take_no_more_than_they_need_from_a_picture_that_is_scrolled(
    show: Callable[[View], JacobiansPanel], problem: Problem
) -> None:
    panel = show(view_of(problem.with_wrt("W2")))
    panel.resize(386, 240)
    assert panel.equation.heightForWidth(386) > 240
    _, least, whole, _ = panel._needs(386)
    assert panel.inspector.sizeHint().height() == min(ceil(least), 144) < whole


def test_enlarged_the_picture_grows(show: Callable[[View], JacobiansPanel], problem: Problem) -> None:
    panel = show(view_of(problem))
    usual = panel.equation.cell_area(RESULT, 0, 0).height()
    panel.resize(1430, 780)
    assert panel.equation.zoom > 1.0
    assert panel.equation.cell_area(RESULT, 0, 0).height() > 1.2 * usual
    assert panel.equation.heightForWidth(1430) + panel.inspector.sizeHint().height() <= 780
    panel.resize(560, 760)
    assert panel.equation.zoom == 1.0


# --- products and scales ---------------------------------------------------------------------------------------------


def read_from(qtbot: QtBot, panel: JacobiansPanel, words: str) -> None:
    """Chooses what is multiplied, by keyboard."""
    panel.reading.setFocus()
    while panel.reading.currentText() != words:
        before = panel.reading.currentIndex()
        ahead = panel.reading.findText(words) > before
        qtbot.keyClick(panel.reading, Qt.Key.Key_Down if ahead else Qt.Key.Key_Up)
        assert panel.reading.currentIndex() != before


def test_products_from_the_left_and_from_the_right(qtbot: QtBot, panel: JacobiansPanel) -> None:
    read_from(qtbot, panel, "from the left")
    assert [item.key for item in panel.equation.spec.items] == ["L→ŷ", "L→θ", "L→h", "L→a", RESULT]
    heard = told_by(panel.pointed)
    hover(panel, "L→h", 0, 1)
    assert heard[-1] == Spot(name="h", entry=(0, 1))
    assert panel.words is not None and panel.words.carries.startswith("Row times column")
    read_from(qtbot, panel, "from the right")
    assert [item.key for item in panel.equation.spec.items] == ["a→x", "h→x", "θ→x", "ŷ→x", RESULT]
    read_from(qtbot, panel, "local")
    assert [item.key for item in panel.equation.spec.items] == ["L→ŷ", "ŷ→θ", "θ→h", "h→a", "a→x", RESULT]


def test_what_is_multiplied_is_kept_while_numbers_change(
    qtbot: QtBot, panel: JacobiansPanel, problem: Problem
) -> None:
    read_from(qtbot, panel, "from the left")
    panel.show_view(view_of(problem.with_numbers("x", np.ones((1, 5)))))
    (shown,) = (item for item in panel.equation.spec.items if item.key == "L→θ")
    evaluation = evaluate(problem.with_numbers("x", np.ones((1, 5))))
    np.testing.assert_allclose(shown.values, evaluation.gradients["θ"], atol=1e-12)


def test_a_pinned_product_follows_its_number(qtbot: QtBot, panel: JacobiansPanel, problem: Problem) -> None:
    read_from(qtbot, panel, "from the right")
    qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=middle(panel, "θ→x", 1, 2))
    assert panel.words is not None
    before = panel.words.formula
    panel.show_view(view_of(problem.with_numbers("W2", 2 * problem.numbers["W2"])))
    assert panel.equation.pinned_cell == ("θ→x", 1, 2)
    assert panel.words is not None and panel.words.formula != before


def test_a_click_on_the_legend_gives_each_matrix_its_own_scale(qtbot: QtBot, panel: JacobiansPanel) -> None:
    qtbot.mouseClick(panel.legend, Qt.MouseButton.LeftButton)
    assert panel.legend.own and panel.legend.labels[0][1] == "−most"
    scales = {item.key: item.colour_scale for item in panel.equation.spec.items}
    assert len(set(scales.values())) > 1
    hover(panel, "h→a", 1, 1)
    assert panel.legend.scale == scales["h→a"]
    assert panel.legend.accessibleName() == f"Colour scale of this matrix, to {scales['h→a']:g}"
    panel.legend.setFocus()
    qtbot.keyClick(panel.legend, Qt.Key.Key_Space)
    assert not panel.legend.own
    assert panel.view is not None and panel.legend.scale == panel.view.scale
    assert {item.colour_scale for item in panel.equation.spec.items} == {panel.view.scale}


def test_the_cell_is_measured_beside_its_formula(qtbot: QtBot, panel: JacobiansPanel, problem: Problem) -> None:
    hover(panel, "θ→h", 1, 2)
    assert panel.words is not None
    value = problem.numbers["W2"][2, 1]
    assert panel.words.measured == f"finite difference {value:.7f}".replace("-", "−")
    assert panel.inspector.facts_place is not None
    assert panel.words.measured.capitalize() in panel.inspector.accessibleDescription()


def test_in_the_window_every_panel_hears_of_products_too(qtbot: QtBot, window: MainWindow) -> None:
    (panel,) = (p for p in window.docks.panels if isinstance(p, JacobiansPanel))
    for words, key in (("from the left", "L→h"), ("from the right", "θ→x")):
        read_from(qtbot, panel, words)
        hover(panel, key, 0, 1)
        assert all(other.spot == panel.spot and other.spot is not None for other in window.docks.panels)
        qtbot.mouseClick(panel.equation, Qt.MouseButton.LeftButton, pos=middle(panel, key, 0, 1))
        numbers = window.store.problem.numbers["W1"].copy()
        numbers[0, 0] += 0.5
        window.store.edit("change W1", window.store.problem.with_numbers("W1", numbers))
        assert panel.equation.pinned_cell == (key, 0, 1)
        qtbot.keyClick(panel.equation, Qt.Key.Key_Escape)


# --- vectors as columns ----------------------------------------------------------------------------------------------


def in_columns(problem: Problem, reading: str = "column chain gradient") -> View:
    return replace(view_of(problem), reading=reading)


def test_with_vectors_as_columns_everything_stands_transposed(panel: JacobiansPanel, problem: Problem) -> None:
    rows = {item.key: item for item in panel.equation.spec.items}
    panel.show_view(in_columns(problem))
    items = panel.equation.spec.items
    assert [item.key for item in items] == ["a→x", "h→a", "θ→h", "ŷ→θ", "L→ŷ", RESULT]
    for item in items:
        np.testing.assert_array_equal(item.values, rows[item.key].values.T)
        assert item.row_names == rows[item.key].column_names
    # What is multiplied gives what stands behind the sign, as it is shown.
    np.testing.assert_allclose(np.linalg.multi_dot([item.values for item in items[:-1]]), items[-1].values)
    assert (items[0].matrix_form, items[2].matrix_form) == ("W_1", "W_2")
    assert items[1].matrix_form == rows["h→a"].matrix_form and items[3].matrix_form != rows["ŷ→θ"].matrix_form
    assert items[2].title == "(partial theta slash partial h)^top" and "^top" not in items[4].title
    assert panel.note() == "rows: inputs, columns: outputs"
    assert panel.inspector.accessibleDescription() == TURNED_HINT
    panel.show_view(view_of(problem))
    assert panel.equation.spec.items[0].key == "L→ŷ" and panel.inspector.accessibleDescription() == HINT


def test_a_transposed_cell_says_and_lights_the_same(panel: JacobiansPanel, problem: Problem) -> None:
    hover(panel, "θ→h", 1, 2)
    words = panel.words
    panel.show_view(in_columns(problem))
    clean = picture(panel)
    told = told_by(panel.pointed)
    hover(panel, "θ→h", 2, 1)
    assert told[-1] == W2_CELL and panel.words == words
    after = picture(panel)
    for key, row, column in (("ŷ→θ", 1, 0), ("ŷ→θ", 1, 4), ("h→a", 0, 2), ("h→a", 2, 2)):
        assert around(after, panel, key, row, column) != around(clean, panel, key, row, column)
    for key, row, column in (("ŷ→θ", 3, 0), ("h→a", 0, 0), ("L→ŷ", 1, 0), ("a→x", 1, 1)):
        assert around(after, panel, key, row, column) == around(clean, panel, key, row, column)
    hover(panel, RESULT, 3, 0)
    assert told[-1] == Spot(name="x", entry=(0, 3), cells=(("x", 0, 3),))


@pytest.mark.parametrize(("reading", "shape", "first"), [
    ("column chain gradient", (5, 3), "a→W1"), ("row chain numerator", (3, 5), "a→W1"),
    ("column chain numerator", (3, 5), "L→ŷ"), ("row chain gradient", (5, 3), "L→ŷ"),
])
def test_the_gradient_by_a_matrix_has_the_shape_of_its_layout(
    panel: JacobiansPanel, problem: Problem, reading: str, shape: tuple[int, int], first: str
) -> None:
    panel.show_view(in_columns(problem.with_wrt("W1"), reading))
    items = panel.equation.spec.items
    assert (items[0].key, items[-1].shape) == (first, shape)
    told = told_by(panel.pointed)
    hover(panel, RESULT, shape[0] - 1, 0)
    assert told[-1] == Spot(name="W1", entry=(0, 12 if shape == (5, 3) else 2),
                            cells=(("W1", 4, 0) if shape == (5, 3) else ("W1", 0, 2),))


def test_products_in_columns_are_named_by_their_end_of_the_equation(
    qtbot: QtBot, panel: JacobiansPanel, problem: Problem
) -> None:
    panel.show_view(in_columns(problem))
    read_from(qtbot, panel, "from the right")
    items = panel.equation.spec.items
    assert [item.key for item in items] == ["L→ŷ", "L→θ", "L→h", "L→a", RESULT]
    assert items[1].shape == (5, 1)
    assert items[1].matrix_form == "(partial hat(y) slash partial theta)^top dot partial L slash partial hat(y)"
    told = told_by(panel.pointed)
    hover(panel, "L→h", 1, 0)
    assert told[-1] == Spot(name="h", entry=(0, 1))
    read_from(qtbot, panel, "local")


def test_what_ends_in_a_matrix_is_not_transposed(show: Callable[[View], JacobiansPanel]) -> None:
    problem = Problem.drawn("Map", read_program("x : (1, n)\nW : (n, m)\na = x W\np = softmax(a)"), "x",
                            {"n": 3, "m": 2})
    panel = show(in_columns(problem))
    assert [item.key for item in panel.equation.spec.items] == ["p→a", "a→x", RESULT]
    assert panel.equation.spec.items[1].shape == (2, 3)
