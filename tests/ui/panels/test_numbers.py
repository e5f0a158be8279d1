"""Sizes, seed and tables as a person turns them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMenu,
    QPushButton,
    QScrollBar,
    QStyle,
    QStyleOptionSpinBox,
    QToolButton,
    QToolTip,
)
from pytestqt.qtbot import QtBot

from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.figures.palette import DARK, LIGHT
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui import limits
from tutor.ui.panel import Spot, View
from tutor.ui.panels.numbers import NumbersPanel
from tutor.ui.theme import Look
from tutor.ui.variable_table import table_spec
from tutor.ui.widgets.size_box import SizeBox
from tutor.ui.window import MainWindow


def view_of(problem: Problem) -> View:
    return View(problem, evaluate(problem), None, None, None, None, False, LIGHT, scale=2.0)


@pytest.fixture
def panel(qtbot: QtBot, look: Look, problem: Problem) -> NumbersPanel:
    """A panel that shows each edit at once, as the window makes it do."""
    panel = NumbersPanel(Typesetter())
    qtbot.addWidget(panel)
    panel.edited.connect(lambda _text, changed, _gesture: panel.show_view(view_of(changed)))
    panel.resize(310, 700)
    panel.show_view(view_of(problem))
    panel.show()
    return panel


def step(qtbot: QtBot, box: SizeBox, part: QStyle.SubControl) -> None:
    option = QStyleOptionSpinBox()
    box.initStyleOption(option)
    place = box.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, part, box).center()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=place)


UP, DOWN = QStyle.SubControl.SC_SpinBoxUp, QStyle.SubControl.SC_SpinBoxDown


def shown(panel: NumbersPanel) -> Problem:
    assert panel.view is not None
    return panel.view.problem


def test_a_box_for_each_size_and_a_table_for_each_variable(panel: NumbersPanel) -> None:
    assert panel.sizes.numbers == {"n": 5, "m": 3, "k": 5}
    assert panel.table("W1").table.values.shape == (5, 3)
    assert panel.seed.value() == 33


def test_rows_and_columns_carry_what_they_stand_for(problem: Problem) -> None:
    spec = table_spec(view_of(problem), "W2")
    assert spec.row_names == ("h_1", "h_2", "h_3")
    assert [name.startswith("theta_") for name in spec.column_names] == [True] * 5
    assert table_spec(view_of(problem), "x").column_names == ()


def test_a_matrix_nothing_names_counts_its_rows_and_columns() -> None:
    program = read_program("A : (n, n)\nL = sum(A)")
    spec = table_spec(view_of(Problem.drawn("Sum", program, "A", {"n": 2})), "A")
    assert (spec.row_names, spec.column_names) == (("1", "2"), ("1", "2"))


def test_cells_are_spoken(problem: Problem) -> None:
    assert table_spec(view_of(problem), "W2").cell_words(2, 1).startswith("W2[3, 2], ")


def test_stepping_a_size(qtbot: QtBot, panel: NumbersPanel) -> None:
    with qtbot.waitSignal(panel.edited) as edit:
        step(qtbot, panel.sizes.box("m"), UP)
    text, problem, _ = edit.args
    assert (text, problem.dims["m"]) == ("change m", 4)
    assert panel.table("W1").table.values.shape == (5, 4)
    assert panel.table("b1").table.values.shape == (1, 4)


def test_sizes_grow_without_drawing_the_rest_anew(qtbot: QtBot, panel: NumbersPanel, problem: Problem) -> None:
    step(qtbot, panel.sizes.box("m"), UP)
    assert np.array_equal(panel.table("W1").table.values[:, :3], problem.numbers["W1"])


def test_typing_the_seed_and_drawing_the_next(qtbot: QtBot, panel: NumbersPanel, problem: Problem) -> None:
    panel.seed.selectAll()
    qtbot.keyClicks(panel.seed, "7")
    qtbot.keyClick(panel.seed, Qt.Key.Key_Return)
    assert shown(panel).seed == 7
    redraw = next(o for o in panel.options() if isinstance(o, QToolButton))
    qtbot.mouseClick(redraw, Qt.MouseButton.LeftButton)
    assert shown(panel).seed == 8
    assert panel.seed.value() == 8


def test_typing_a_number(qtbot: QtBot, panel: NumbersPanel) -> None:
    table = panel.table("W1").table
    table.setFocus()
    qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=table.cell_area(1, 2).center())
    qtbot.keyClick(table, Qt.Key.Key_F2)
    table.editor.selectAll()
    qtbot.keyClicks(table.editor, "-0.5")
    with qtbot.waitSignal(panel.edited) as edit:
        qtbot.keyClick(table.editor, Qt.Key.Key_Return)
    assert edit.args[0] == "change W1"
    assert shown(panel).numbers["W1"][1, 2] == -0.5


def test_dragging_a_number_is_one_gesture(qtbot: QtBot, panel: NumbersPanel) -> None:
    gestures: list[object] = []
    panel.edited.connect(lambda _text, _problem, gesture: gestures.append(gesture))
    table = panel.table("W1").table
    start = table.cell_area(0, 0).center()
    qtbot.mousePress(table, Qt.MouseButton.LeftButton, pos=start)
    for up in (6, 12, 24):
        qtbot.mouseMove(table, start - QPoint(0, up))
    qtbot.mouseRelease(table, Qt.MouseButton.LeftButton, pos=start - QPoint(0, 24))
    assert len(gestures) > 1
    assert len(set(gestures)) == 1


def menu_of(panel: NumbersPanel, name: str) -> dict[str, QAction]:
    """What the menu of a table offers, that of its submenu too; a click on the name opens it."""
    table = panel.table(name)
    QTest.mouseClick(table.table, Qt.MouseButton.LeftButton, pos=table.table.name_area.center())
    menu = next(menu for menu in reversed(table.findChildren(QMenu)) if menu.isVisible())
    entries = {action.text(): action for action in menu.actions() if not action.isSeparator()}
    entries |= {action.text(): action for sub in menu.findChildren(QMenu) for action in sub.actions()}
    menu.hide()
    return entries


def choose_block(panel: NumbersPanel, name: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    table = panel.table(name).table
    for cell, keys in ((first, Qt.KeyboardModifier.NoModifier), (last, Qt.KeyboardModifier.ShiftModifier)):
        QTest.mouseClick(table, Qt.MouseButton.LeftButton, keys, table.cell_area(*cell).center())


def test_filling_from_the_menu(panel: NumbersPanel) -> None:
    said: list[object] = []
    panel.edited.connect(lambda text, _problem, gesture: said.append((text, gesture)))
    offered = menu_of(panel, "W1")
    assert "Zeros" in offered and "Identity" not in offered
    offered["Zeros"].trigger()
    assert not shown(panel).numbers["W1"].any()
    assert said == [("fill W1 with zeros", None)]


def test_the_menu_key_opens_the_menu_too(panel: NumbersPanel) -> None:
    table = panel.table("W1").table
    QApplication.sendEvent(table, QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, QPoint(4, 4), table.mapToGlobal(QPoint(4, 4))))
    menu = next(menu for menu in panel.findChildren(QMenu) if menu.isVisible())
    assert menu.actions()[0].text() == "All numbers of W1"
    menu.close()


def test_random_numbers_say_the_seed_they_come_from(panel: NumbersPanel, problem: Problem) -> None:
    menu_of(panel, "W1")["Random numbers, seed 34"].trigger()
    np.testing.assert_array_equal(shown(panel).numbers["W1"], problem.with_seed(34).numbers["W1"])
    np.testing.assert_array_equal(shown(panel).numbers["W2"], problem.numbers["W2"])
    menu_of(panel, "W1")["Random numbers, seed 35"].trigger()
    np.testing.assert_array_equal(shown(panel).numbers["W1"], problem.with_seed(35).numbers["W1"])
    assert "Random numbers, seed 34" in menu_of(panel, "W2")
    panel.show_view(view_of(shown(panel).with_seed(7)))
    assert "Random numbers, seed 8" in menu_of(panel, "W1")


def test_random_numbers_keep_what_was_declared(panel: NumbersPanel) -> None:
    menu_of(panel, "y")["Random numbers, seed 34"].trigger()
    assert not shown(panel).broken


def test_a_chosen_block_is_filled_alone(panel: NumbersPanel, problem: Problem) -> None:
    choose_block(panel, "W1", (1, 0), (2, 1))
    offered = menu_of(panel, "W1")
    assert "4 chosen numbers of W1" in offered
    offered["Identity"].trigger()
    expected = problem.numbers["W1"].copy()
    expected[1:3, 0:2] = np.eye(2)
    np.testing.assert_array_equal(shown(panel).numbers["W1"], expected)
    menu_of(panel, "W1")["Random numbers, seed 34"].trigger()
    expected[1:3, 0:2] = problem.with_seed(34).numbers["W1"][1:3, 0:2]
    np.testing.assert_array_equal(shown(panel).numbers["W1"], expected)


def test_numbers_are_multiplied(qtbot: QtBot, panel: NumbersPanel, problem: Problem) -> None:
    menu_of(panel, "W1")["0.5"].trigger()
    np.testing.assert_array_equal(shown(panel).numbers["W1"], problem.numbers["W1"] / 2)
    choose_block(panel, "W2", (0, 0), (0, 4))
    menu_of(panel, "W2")["Another factor…"].trigger()
    editor = panel.table("W2").table.editor
    assert editor.is_open and editor.accessibleName() == "Factor for 5 numbers of W2"
    qtbot.keyClicks(editor, "-3")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    expected = problem.numbers["W2"].copy()
    expected[0] *= -3
    np.testing.assert_array_equal(shown(panel).numbers["W2"], expected)


def test_a_factor_that_is_too_large_is_refused(qtbot: QtBot, panel: NumbersPanel, problem: Problem) -> None:
    menu_of(panel, "W1")["Another factor…"].trigger()
    editor = panel.table("W1").table.editor
    qtbot.keyClicks(editor, "1e308")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    np.testing.assert_array_equal(shown(panel).numbers["W1"], problem.numbers["W1"])
    assert panel.refusal == "A number has to be finite."


def test_one_variable_or_all_are_reset(panel: NumbersPanel, problem: Problem) -> None:
    zeroed = problem.with_numbers("W1", np.zeros((5, 3))).with_numbers("b1", np.zeros((1, 3)))
    panel.show_view(view_of(zeroed))
    menu_of(panel, "W1")["Reset W1 to seed 33"].trigger()
    np.testing.assert_array_equal(shown(panel).numbers["W1"], problem.numbers["W1"])
    assert not shown(panel).numbers["b1"].any()
    menu_of(panel, "W1")["Reset all numbers to seed 33"].trigger()
    np.testing.assert_array_equal(shown(panel).numbers["b1"], problem.numbers["b1"])


def test_the_menu_copies_and_pastes(panel: NumbersPanel) -> None:
    choose_block(panel, "W1", (0, 0), (1, 0))
    menu_of(panel, "W1")["Copy"].trigger()
    choose_block(panel, "W1", (3, 2), (3, 2))
    menu_of(panel, "W1")["Paste"].trigger()
    numbers = shown(panel).numbers["W1"]
    np.testing.assert_array_equal(numbers[3:5, 2], numbers[0:2, 0])


def test_in_the_window_a_fill_is_one_step_of_undo(window: MainWindow, problem: Problem) -> None:
    (numbers,) = (p for p in window.docks.panels if isinstance(p, NumbersPanel))
    menu_of(numbers, "W1")["Zeros"].trigger()
    assert window.store.undo_text == "fill W1 with zeros"
    window.undo()
    np.testing.assert_array_equal(window.store.problem.numbers["W1"], problem.numbers["W1"])


def test_a_sum_that_is_nearly_1_is_said_with_the_digits_that_tell(panel: NumbersPanel, problem: Problem) -> None:
    panel.show_view(view_of(problem.with_numbers("y", np.array([[0, 0, 1, 0, 2e-7]]))))
    assert panel.table("y").broken == ("It sums to 1.0000002, not to 1. y is declared a distribution.",)


def test_a_broken_promise_is_said_and_can_be_dropped(qtbot: QtBot, panel: NumbersPanel, problem: Problem) -> None:
    assert panel.table("y").broken == ()
    panel.show_view(view_of(problem.with_numbers("y", np.full((1, 5), 0.34))))
    (sentence,) = panel.table("y").broken
    assert sentence == "It sums to 1.7, not to 1. y is declared a distribution."
    (drop,) = panel.table("y").findChildren(QPushButton)
    with qtbot.waitSignal(panel.edited) as edit:
        qtbot.mouseClick(drop, Qt.MouseButton.LeftButton)
    assert edit.args[0] == "drop the promise on y"
    assert panel.table("y").broken == ()
    assert not shown(panel).program.declaration("y").facts  # type: ignore[union-attr]


def test_a_size_that_cannot_be_had_says_why_in_place(qtbot: QtBot, look: Look) -> None:
    program = read_program("A : (n, m)\nL = sum(A)")
    problem = Problem.drawn("Eye", program, "A", {"n": 3, "m": 3}, kinds={"A": "eye"})
    panel = NumbersPanel(Typesetter())
    qtbot.addWidget(panel)
    panel.show_view(view_of(problem))
    panel.show()
    with qtbot.assertNotEmitted(panel.edited):
        step(qtbot, panel.sizes.box("m"), UP)
    assert "square" in panel.refusal
    assert panel.sizes.numbers["m"] == 3
    panel.show_view(view_of(problem))
    assert panel.refusal, "it stays while nothing was edited"
    panel.show_view(view_of(problem.with_seed(34)))
    assert panel.refusal == ""


@pytest.mark.parametrize("typed", ["0", "65", "x", "2.5", "1e3"])
def test_what_a_size_cannot_be_is_said_under_the_sizes_until_another_is_typed(
    qtbot: QtBot, panel: NumbersPanel, problem: Problem, typed: str
) -> None:
    box = panel.sizes.box("m")
    box.setFocus()
    box.selectAll()
    with qtbot.assertNotEmitted(panel.edited):
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert panel.refusal == "A size is a whole number from 1 to 64."
    (said,) = (label for label in panel.findChildren(QLabel) if label.text() == panel.refusal)
    assert said.isVisible() and said.mapTo(panel, QPoint()).y() >= box.mapTo(panel, box.rect().bottomLeft()).y()
    box.selectAll()
    qtbot.keyClicks(box, "4")
    assert panel.refusal == ""
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert shown(panel).dims["m"] == 4


def test_sizes_that_make_something_too_large_to_show_are_refused(
    qtbot: QtBot, panel: NumbersPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LARGEST_SIZE", 5)
    with qtbot.assertNotEmitted(panel.edited):
        step(qtbot, panel.sizes.box("n"), UP)
    assert panel.refusal == "x is 1×6; the window shows sizes up to 5, the command line up to 512."
    assert panel.sizes.numbers["n"] == 5


def test_esc_lets_a_cell_go_and_keeps_its_frame(qtbot: QtBot, panel: NumbersPanel) -> None:
    told: list[Spot | None] = []
    panel.pointed.connect(told.append)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    table = panel.table("W1").table
    bare = table.grab().toImage()
    table.setFocus()
    linked = table.grab().toImage()
    assert told[-1] == Spot(cells=(("W1", 0, 0),))
    qtbot.keyClick(table, Qt.Key.Key_F2)
    qtbot.keyClick(table.editor, Qt.Key.Key_Escape)
    assert told[-1] is None and table.hasFocus()
    framed = table.grab().toImage()
    assert framed != linked and framed != bare
    qtbot.keyClick(table, Qt.Key.Key_Right)
    assert told[-1] == Spot(cells=(("W1", 0, 1),))
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert told[-1] is None


def test_what_is_pinned_looks_pinned(panel: NumbersPanel) -> None:
    spot = Spot(cells=(("W2", 1, 1),))
    panel.show_spot(spot)
    passing = panel.grab().toImage()
    panel.show_spot(spot, kept=True)
    pinned = panel.grab().toImage()
    assert pinned != passing
    panel.show_spot(spot)
    assert panel.grab().toImage() == passing


def test_pointing_at_a_cell_is_told_and_marks_come_back(qtbot: QtBot, panel: NumbersPanel) -> None:
    table = panel.table("W2").table
    with qtbot.waitSignal(panel.pointed) as told:
        qtbot.mouseMove(table, table.cell_area(2, 1).center())
    assert told.args == [Spot(cells=(("W2", 2, 1),))]
    before = panel.grab().toImage()
    qtbot.mouseMove(table, QPoint(1, 1))
    panel.show_spot(Spot(link=("θ", "h"), entry=(1, 2), cells=(("b1", 0, 1),)))
    assert panel.grab().toImage() != before


def test_large_problems_keep_their_size(qtbot: QtBot, panel: NumbersPanel, problem: Problem) -> None:
    panel.show_view(view_of(problem.with_dims({"n": 24, "m": 3, "k": 5})))
    assert panel.sizes.numbers["n"] == 24


def test_other_colours(panel: NumbersPanel, problem: Problem, look: Look) -> None:
    light = panel.grab().toImage()
    look.choose("dark")
    panel.show_view(replace(view_of(problem), theme=DARK))
    assert panel.grab().toImage() != light


def test_in_the_window_an_edit_reaches_the_store_and_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    (panel,) = (p for p in window.docks.panels if isinstance(p, NumbersPanel))
    step(qtbot, panel.sizes.box("k"), DOWN)
    assert window.store.problem.dims["k"] == 4
    assert window.status.numbers == "5-3-4, seed 33"
    assert window.status.certified.words != "deriving"  # sizes are numbers: no derivation is asked for
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.store.problem.dims["k"] == 5
    assert panel.sizes.numbers["k"] == 5


def test_a_program_of_other_variables_gets_other_tables(
    panel: NumbersPanel, open_window: Callable[[Problem], MainWindow]
) -> None:
    program = read_program("A : (n, n)\nb : (n, 1)\nL = sum(A b)")
    panel.show_view(view_of(Problem.drawn("Other", program, "A", {"n": 2})))
    assert panel.table("b").table.values.shape == (2, 1)
    with pytest.raises(KeyError):
        panel.table("W1")


def test_what_is_no_number_is_said_under_its_table_until_the_next_edit(
    qtbot: QtBot, panel: NumbersPanel, problem: Problem
) -> None:
    holder = panel.table("W1")
    table = holder.table
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_F2)
    table.editor.setText("abc")
    with qtbot.assertNotEmitted(panel.edited):
        panel.table("x").table.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not table.editor.is_open
    assert holder.refusal == "abc is not a number. Type one, for example 0.5."
    assert np.array_equal(table.values, problem.numbers["W1"])
    panel.show_view(view_of(problem))
    assert holder.refusal, "it stays while nothing was edited"
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert holder.refusal == ""
    QGuiApplication.clipboard().setText("1\tx")
    qtbot.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "x is not a number" in holder.refusal


def test_an_edit_of_the_problem_before_is_dropped(qtbot: QtBot, panel: NumbersPanel) -> None:
    old = panel.table("W1")
    qtbot.keyClick(old.table, Qt.Key.Key_F2)
    old.table.editor.setText("7")
    box = panel.sizes.box("m")
    program = read_program("A : (n, n)\nb : (n, 1)\nL = sum(A b)")
    with qtbot.assertNotEmitted(panel.edited):
        panel.show_view(view_of(Problem.drawn("Other", program, "A", {"n": 2})))
        old.numbers_edited.emit("W1", np.zeros((5, 3)), 1)
        old.promise_dropped.emit("y", "distribution")
        box.edited.emit(4, 1)
    assert panel.refusal == ""


def test_a_seed_beyond_those_that_are_counted_through_is_shown_whole(panel: NumbersPanel, problem: Problem) -> None:
    narrow = panel.seed.sizeHint().width()
    panel.show_view(view_of(problem.with_seed(123_456)))
    assert panel.seed.text() == "123456" and panel.seed.sizeHint().width() > narrow
    panel.show_view(view_of(problem.with_seed(7)))
    assert (panel.seed.maximum(), panel.seed.sizeHint().width()) == (9999, narrow)


def test_after_the_last_seed_comes_the_first(qtbot: QtBot, panel: NumbersPanel, problem: Problem) -> None:
    panel.show_view(view_of(problem.with_seed(9999)))
    redraw = next(o for o in panel.options() if isinstance(o, QToolButton))
    qtbot.mouseClick(redraw, Qt.MouseButton.LeftButton)
    assert shown(panel).seed == panel.seed.value() == 0


def test_many_columns_fit_and_the_sizes_stay(qtbot: QtBot, panel: NumbersPanel, problem: Problem) -> None:
    panel.resize(304, 500)
    panel.show_view(view_of(problem.with_dims({"n": 2, "m": 7, "k": 3})))
    QApplication.processEvents()
    for name in ("W1", "b1"):
        table = panel.table(name).table
        last = table.cell_area(0, 6).translated(table.mapTo(panel, QPoint()))
        assert panel.rect().contains(last), name
    panel.show_view(view_of(problem.with_dims({"n": 2, "m": 12, "k": 3})))
    (bar,) = [b for b in panel.findChildren(QScrollBar) if b.orientation() == Qt.Orientation.Horizontal]
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    box = panel.sizes.box("n")
    assert panel.rect().contains(box.rect().translated(box.mapTo(panel, QPoint())))
    assert not box.visibleRegion().isEmpty()


def test_what_a_cell_cannot_be_is_said_once(qtbot: QtBot, panel: NumbersPanel) -> None:
    table = panel.table("x").table
    table.open_editor("abc")
    qtbot.keyClick(table.editor, Qt.Key.Key_Return)
    assert panel.table("x").refusal == "abc is not a number. Type one, for example 0.5."
    assert not QToolTip.isVisible()
