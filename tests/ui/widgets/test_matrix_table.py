from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tutor.figures.heatmap import HeatmapSpec, Marks
from tutor.figures.palette import DARK, LIGHT, cell_colour
from tutor.figures.places import TABLE_SMALL
from tutor.typeset.formula import Formula, Rule
from tutor.ui.theme import load_fonts
from tutor.ui.widgets.matrix_table import MatrixTable

VALUES = np.array([[1.0, -0.5, 0.25], [0.0, 2.0, -1.75]])
NONE, SHIFT, ALT, CTRL = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
                          Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier)


def boxes(sources: Sequence[str], px: float, /) -> list[Formula]:
    box = Rule(0.0, 0.2 * px, 10.0, 0.6 * px, None)
    return [Formula(10.0, px, 0.75 * px, (), (box,), (), source) for source in sources]


def spec(values: NDArray[np.float64] = VALUES) -> HeatmapSpec:
    rows, columns = np.shape(values)
    return HeatmapSpec("W", values, tuple(f"r_{i}" for i in range(rows)), tuple(f"c_{j}" for j in range(columns)), "W",
                       scale=2.0, description="Numbers of W")


class Recorder:
    """What a table said."""

    def __init__(self, table: MatrixTable) -> None:
        self.edits: list[tuple[NDArray[np.float64], int]] = []
        self.refused: list[str] = []
        table.edited.connect(lambda values, gesture: self.edits.append((values, gesture)))
        table.refused.connect(self.refused.append)

    @property
    def last(self) -> list[list[float]]:
        return self.edits[-1][0].tolist()

    @property
    def gestures(self) -> list[int]:
        return [gesture for _, gesture in self.edits]


@pytest.fixture
def table(qtbot: QtBot, qapp: QApplication) -> MatrixTable:
    load_fonts()
    shown = MatrixTable(boxes)
    qtbot.addWidget(shown)
    shown.set_spec(spec())
    shown.resize(shown.sizeHint())
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    shown.setFocus()
    return shown


@pytest.fixture
def said(table: MatrixTable) -> Recorder:
    return Recorder(table)


def middle(table: MatrixTable, row: int, column: int) -> QPoint:
    return table.cell_area(row, column).center()


def click(qtbot: QtBot, table: MatrixTable, row: int, column: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    qtbot.mouseClick(table, Qt.MouseButton.LeftButton, modifiers, middle(table, row, column))


def type_text(widget: QWidget, text: str) -> None:
    """Types letters of any keyboard; qtbot knows those of ASCII only."""
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, 0, NONE, letter))


def mouse(table: MatrixTable, kind: QEvent.Type, at: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    moving = kind == QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if moving else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    where = QPointF(at)
    QApplication.sendEvent(table, QMouseEvent(kind, where, table.mapToGlobal(where), button, held, modifiers))


def drag(table: MatrixTable, row: int, column: int, *ups: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Presses a cell, moves up by so many px one after the other, and lets go."""
    start = middle(table, row, column)
    mouse(table, QEvent.Type.MouseButtonPress, start)
    for up in ups:
        mouse(table, QEvent.Type.MouseMove, start - QPoint(0, up), modifiers)
    mouse(table, QEvent.Type.MouseButtonRelease, start - QPoint(0, ups[-1]))


def wheel(table: MatrixTable, at: QPoint, turn: int, modifiers: Qt.KeyboardModifier = NONE) -> bool:
    event = QWheelEvent(QPointF(at), table.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
                        modifiers, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(table, event)
    return event.isAccepted()


def editor(table: MatrixTable) -> QLineEdit:
    return table.editor


def picture(table: MatrixTable) -> QImage:
    return table.grab().toImage()


def test_cells_have_the_colours_of_their_numbers(table: MatrixTable) -> None:
    table.clearFocus()
    for theme in (LIGHT, DARK):
        table.set_theme(theme)
        image = picture(table)
        for (row, column), value in np.ndenumerate(VALUES):
            corner = table.cell_area(row, column).topLeft() + QPoint(1, 1)
            assert image.pixelColor(corner).name().upper() == cell_colour(theme, float(value), 2.0)


def test_sizes_are_those_of_the_design(table: MatrixTable) -> None:
    assert table.cell_area(0, 0).getRect() == (30, 20, 49, 21)
    table.set_cell(TABLE_SMALL)
    assert table.cell_area(1, 1).getRect() == (72, 38, 41, 17)
    table.set_zoom(2.0)
    assert table.cell_area(0, 0).size().width() == 82


def test_showing_numbers_says_nothing(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    table.set_values(VALUES * 2)
    table.set_spec(spec(VALUES * 3))
    assert said.edits == []
    assert table.values.tolist() == (VALUES * 3).tolist()
    with pytest.raises(ValueError, match="shape"):
        table.set_values(np.zeros((1, 1)))


def test_typing_replaces_a_number(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    click(qtbot, table, 0, 1)
    qtbot.keyClicks(table, "7")
    assert editor(table).isVisible()
    qtbot.keyClicks(editor(table), ".5")
    qtbot.keyClick(editor(table), Qt.Key.Key_Return)
    assert said.last == [[1.0, 7.5, 0.25], [0.0, 2.0, -1.75]]
    assert not editor(table).isVisible()
    assert table.hasFocus()
    assert table.values[0, 1] == 7.5


@pytest.mark.parametrize(("typed", "value"), [("-0.5", -0.5), ("−2", -2.0), ("0,5", 0.5), ("1e-3", 1e-3), ("+4", 4.0)])
def test_numbers_as_people_type_them(
    qtbot: QtBot, table: MatrixTable, said: Recorder, typed: str, value: float
) -> None:
    type_text(table, typed[0])
    type_text(editor(table), typed[1:])
    qtbot.keyClick(editor(table), Qt.Key.Key_Enter)
    assert said.last[0][0] == value


def test_tab_takes_the_number_and_goes_on(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    click(qtbot, table, 0, 1)
    for number in "345":
        qtbot.keyClicks(table, number)
        qtbot.keyClick(editor(table), Qt.Key.Key_Tab)
    assert said.last == [[1.0, 3.0, 4.0], [5.0, 2.0, -1.75]]
    assert table.current_cell == (1, 1)
    assert len(set(said.gestures)) == 3
    qtbot.keyClicks(table, "6")
    qtbot.keyClick(editor(table), Qt.Key.Key_Backtab)
    assert table.current_cell == (1, 0)


def test_escape_leaves_the_number(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    qtbot.keyClicks(table, "9")
    qtbot.keyClick(editor(table), Qt.Key.Key_Escape)
    assert said.edits == []
    assert table.values[0, 0] == 1.0
    assert table.hasFocus()


@pytest.mark.parametrize("way", ["return", "f2", "double"])
def test_opening_a_cell_shows_all_its_digits(qtbot: QtBot, table: MatrixTable, said: Recorder, way: str) -> None:
    table.set_values(VALUES / -3)
    click(qtbot, table, 1, 1)
    if way == "double":
        qtbot.mouseDClick(table, Qt.MouseButton.LeftButton, pos=middle(table, 1, 1))
    else:
        qtbot.keyClick(table, Qt.Key.Key_Return if way == "return" else Qt.Key.Key_F2)
    assert editor(table).text() == "−0.6666666666666666"
    assert editor(table).selectedText() == editor(table).text()
    qtbot.keyClick(editor(table), Qt.Key.Key_Return)
    assert said.edits == []  # the same number is no edit


def test_a_text_that_is_no_number_stays_with_a_sentence(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    click(qtbot, table, 0, 2)
    qtbot.keyClicks(table, "1")
    qtbot.keyClicks(editor(table), ",234")
    qtbot.keyClick(editor(table), Qt.Key.Key_Return)
    assert editor(table).isVisible()
    assert said.edits == []
    assert len(said.refused) == 1
    assert "two ways" in said.refused[0]
    assert editor(table).accessibleDescription() == said.refused[0]
    assert LIGHT.wrong in editor(table).styleSheet()
    qtbot.keyClick(editor(table), Qt.Key.Key_Backspace)
    assert editor(table).accessibleDescription() == ""
    qtbot.keyClick(editor(table), Qt.Key.Key_Escape)
    assert table.values[0, 2] == 0.25


def test_going_elsewhere_takes_a_number_and_drops_the_rest(qtbot: QtBot, said: Recorder, table: MatrixTable) -> None:
    qtbot.keyClicks(table, "8")
    click(qtbot, table, 1, 1)
    assert said.last[0][0] == 8.0
    qtbot.keyClicks(table, "-")
    click(qtbot, table, 0, 0)
    assert len(said.edits) == 1
    assert len(said.refused) == 1
    assert not editor(table).isVisible()
    assert table.values[1, 1] == 2.0


def test_keys_walk_and_choose(qtbot: QtBot, table: MatrixTable) -> None:
    click(qtbot, table, 0, 0)
    for key, cell in ((Qt.Key.Key_Right, (0, 1)), (Qt.Key.Key_Down, (1, 1)), (Qt.Key.Key_Down, (1, 1)),
                      (Qt.Key.Key_Home, (1, 0)), (Qt.Key.Key_End, (1, 2))):
        qtbot.keyClick(table, key)
        assert table.current_cell == cell
    qtbot.keyClick(table, Qt.Key.Key_Up, SHIFT)
    qtbot.keyClick(table, Qt.Key.Key_Left, SHIFT)
    assert table.selected_cells == {(0, 1), (0, 2), (1, 1), (1, 2)}
    qtbot.keyClick(table, Qt.Key.Key_Home, CTRL)
    assert table.selected_cells == {(0, 0)}
    click(qtbot, table, 1, 1, SHIFT)
    assert table.selected_cells == {(0, 0), (0, 1), (1, 0), (1, 1)}
    qtbot.keyClick(table, Qt.Key.Key_A, CTRL)
    assert len(table.selected_cells) == 6


@pytest.mark.parametrize(("modifiers", "step"), [(ALT, 0.1), (ALT | SHIFT, 1.0), (ALT | CTRL, 0.01)])
def test_alt_with_up_and_down_steps(
    qtbot: QtBot, table: MatrixTable, said: Recorder, modifiers: Qt.KeyboardModifier, step: float
) -> None:
    click(qtbot, table, 0, 1)
    qtbot.keyClick(table, Qt.Key.Key_Up, modifiers)
    assert said.last[0][1] == float(f"{-0.5 + step:.6g}")
    qtbot.keyClick(table, Qt.Key.Key_Down, modifiers)
    qtbot.keyClick(table, Qt.Key.Key_Down, modifiers)
    assert said.last[0][1] == float(f"{-0.5 - step:.6g}")
    assert len(set(said.gestures)) == 3


def test_steps_leave_no_dust(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    click(qtbot, table, 1, 0)
    for _ in range(3):
        qtbot.keyClick(table, Qt.Key.Key_Up, ALT)
    assert said.last[1][0] == 0.3


def test_del_makes_all_chosen_cells_zero_at_once(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    click(qtbot, table, 0, 1)
    click(qtbot, table, 1, 2, SHIFT)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert said.last == [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert len(said.edits) == 1
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(said.edits) == 1  # nothing changed


def test_dragging_up_is_one_gesture(table: MatrixTable, said: Recorder) -> None:
    drag(table, 0, 0, 6, 20, 40)
    assert len(said.edits) >= 2
    assert len(set(said.gestures)) == 1
    assert said.last[0][0] > 1.0
    assert all(round(values[0, 0], 1) == values[0, 0] for values, _ in said.edits)
    drag(table, 0, 0, -10, -30)
    assert len(set(said.gestures)) == 2


def test_dragging_to_the_right_makes_it_more_and_to_the_left_less(table: MatrixTable, said: Recorder) -> None:
    start, first = middle(table, 0, 0), float(VALUES[0, 0])
    for ways, more in (((6, 40), True), ((-6, -40), False)):
        table.set_values(VALUES)
        mouse(table, QEvent.Type.MouseButtonPress, start)
        for way in ways:
            mouse(table, QEvent.Type.MouseMove, start + QPoint(way, 2))
        mouse(table, QEvent.Type.MouseButtonRelease, start + QPoint(ways[-1], 2))
        assert (said.last[0][0] > first) is more
    assert len(set(said.gestures)) == 2


def test_a_drag_is_as_coarse_as_its_keys_say(table: MatrixTable, said: Recorder) -> None:
    drag(table, 0, 0, 5, 25, modifiers=SHIFT)
    assert float(said.last[0][0]).is_integer()
    table.set_values(VALUES)
    drag(table, 0, 0, 5, 25, modifiers=CTRL)
    assert 1.0 < said.last[0][0] < 1.1


def test_a_click_that_trembles_is_no_drag(table: MatrixTable, said: Recorder) -> None:
    drag(table, 0, 0, 2, 3)
    assert said.edits == []


def test_a_drag_ends_with_its_table(table: MatrixTable, said: Recorder) -> None:
    start = middle(table, 1, 2)
    mouse(table, QEvent.Type.MouseButtonPress, start)
    table.set_spec(spec(VALUES[:1, :2]))
    mouse(table, QEvent.Type.MouseMove, start - QPoint(0, 10))
    mouse(table, QEvent.Type.MouseMove, start - QPoint(0, 40))
    mouse(table, QEvent.Type.MouseButtonRelease, start)
    assert said.edits == []


def test_escape_takes_a_drag_back(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    start = middle(table, 0, 0)
    mouse(table, QEvent.Type.MouseButtonPress, start)
    mouse(table, QEvent.Type.MouseMove, start - QPoint(0, 10))
    mouse(table, QEvent.Type.MouseMove, start - QPoint(0, 40))
    assert table.values[0, 0] != 1.0
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert table.values[0, 0] == 1.0
    assert len(set(said.gestures)) == 1
    mouse(table, QEvent.Type.MouseMove, start - QPoint(0, 60))
    mouse(table, QEvent.Type.MouseButtonRelease, start)
    assert table.values[0, 0] == 1.0


def test_the_wheel_turns_the_cell_with_the_keyboard_only(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    click(qtbot, table, 0, 0)
    assert wheel(table, middle(table, 0, 0), 120)
    assert wheel(table, middle(table, 0, 0), 120)
    assert said.last[0][0] == 1.2
    assert len(set(said.gestures)) == 1
    assert not wheel(table, middle(table, 1, 1), 120)
    assert not wheel(table, middle(table, 0, 0), 120, CTRL)  # that zooms the window
    assert wheel(table, middle(table, 0, 0), -120, SHIFT)
    assert said.last[0][0] == 0.2
    assert wheel(table, middle(table, 0, 0), 120, ALT)
    assert said.last[0][0] == 0.21


def test_half_a_notch_of_the_wheel_adds_up(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    click(qtbot, table, 0, 0)
    wheel(table, middle(table, 0, 0), 60)
    assert said.edits == []
    wheel(table, middle(table, 0, 0), 60)
    assert said.last[0][0] == 1.1


def test_every_edit_is_a_new_array_and_a_new_gesture(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    qtbot.keyClick(table, Qt.Key.Key_Up, ALT)
    qtbot.keyClick(table, Qt.Key.Key_Up, ALT)
    (one, first), (two, second) = said.edits
    assert one is not two
    assert one[0, 0] == 1.1
    assert first != second
    one[0, 0] = 99.0
    assert table.values[0, 0] == 1.2


def test_two_tables_never_share_a_gesture(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    other = MatrixTable(boxes)
    qtbot.addWidget(other)
    other.set_spec(spec())
    other_said = Recorder(other)
    qtbot.keyClick(table, Qt.Key.Key_Up, ALT)
    qtbot.keyClick(other, Qt.Key.Key_Up, ALT)
    assert said.gestures != other_said.gestures


def test_copying_and_pasting_speaks_to_spreadsheets(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    click(qtbot, table, 0, 1)
    click(qtbot, table, 1, 2, SHIFT)
    qtbot.keyClick(table, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "-0.5\t0.25\n2\t-1.75"
    click(qtbot, table, 0, 0)
    qtbot.keyClick(table, Qt.Key.Key_V, CTRL)
    assert said.last == [[-0.5, 0.25, 0.25], [2.0, -1.75, -1.75]]
    assert len(said.edits) == 1


@pytest.mark.parametrize(
    "text", ["3 4\n5 6", "3;4\n5;6\n", "[[3., 4.],\n [5., 6.]]", "[[3, 4], [5, 6]]", "3,0\t4\n5\t6"]
)
def test_tables_as_other_programs_write_them(qtbot: QtBot, table: MatrixTable, said: Recorder, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    click(qtbot, table, 0, 0)
    qtbot.keyClick(table, Qt.Key.Key_V, CTRL)
    assert said.last == [[3.0, 4.0, 0.25], [5.0, 6.0, -1.75]]


def test_a_table_with_decimal_commas_has_only_those(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    QGuiApplication.clipboard().setText("1,234\t0,5\n−2,5\t3")
    click(qtbot, table, 0, 0)
    qtbot.keyClick(table, Qt.Key.Key_V, CTRL)
    assert said.last == [[1.234, 0.5, 0.25], [-2.5, 3.0, -1.75]]


@pytest.mark.parametrize("text", ["1,234\t2", "1,234\t0.5", "1,234\t0,5\t2.5"])
def test_commas_that_could_part_thousands_are_refused(
    qtbot: QtBot, table: MatrixTable, said: Recorder, text: str
) -> None:
    QGuiApplication.clipboard().setText(text)
    click(qtbot, table, 0, 0)
    qtbot.keyClick(table, Qt.Key.Key_V, CTRL)
    assert said.edits == []
    assert "can be read in two ways" in said.refused[0]


def test_one_number_fills_what_is_chosen(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    QGuiApplication.clipboard().setText("−3")
    qtbot.keyClick(table, Qt.Key.Key_A, CTRL)
    qtbot.keyClick(table, Qt.Key.Key_V, CTRL)
    assert said.last == [[-3.0] * 3] * 2


@pytest.mark.parametrize(("text", "why"), [
    ("1\t2\t3\t4", "room for 2×3"), ("1\tx", "Row 1, column 2"), ("1\t2\n3", "differ in length"), ("", "no numbers"),
])
def test_what_does_not_fit_is_refused_whole(
    qtbot: QtBot, table: MatrixTable, said: Recorder, text: str, why: str
) -> None:
    QGuiApplication.clipboard().setText(text)
    click(qtbot, table, 0, 0)
    qtbot.keyClick(table, Qt.Key.Key_V, CTRL)
    assert said.edits == []
    assert len(said.refused) == 1
    assert why in said.refused[0]


def test_keys_for_the_cell_go_before_those_of_the_window(qtbot: QtBot, qapp: QApplication) -> None:
    load_fonts()
    window = QWidget()
    qtbot.addWidget(window)
    table = MatrixTable(boxes)
    QVBoxLayout(window).addWidget(table)
    table.set_spec(spec())
    taken: list[str] = []
    from PySide6.QtGui import QAction

    action = QAction(window)
    action.setShortcut("Ctrl+C")
    action.triggered.connect(lambda: taken.append("window"))
    window.addAction(action)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    table.setFocus()
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(table, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "1"
    assert taken == []


def test_looking_at_a_cell_is_said(qtbot: QtBot, table: MatrixTable) -> None:
    seen: list[tuple[int, int]] = []
    table.cell_hovered.connect(lambda *cell: seen.append(cell))
    table.clearFocus()
    at = middle(table, 1, 2)
    QApplication.sendEvent(table, QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), table.mapToGlobal(QPointF(at)), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, NONE))
    assert seen == [(1, 2)]
    assert table.accessibleDescription() == "row 2, column 3, −1.75"
    with qtbot.waitSignal(table.cell_left):
        QApplication.sendEvent(table, QEvent(QEvent.Type.Leave))


def test_the_cell_being_typed_stays_the_one_looked_at(qtbot: QtBot, table: MatrixTable) -> None:
    click(qtbot, table, 0, 1)
    with qtbot.assertNotEmitted(table.cell_left):
        qtbot.keyClicks(table, "5")
        qtbot.keyClick(editor(table), Qt.Key.Key_Return)


def test_what_is_linked_is_lit_and_what_is_chosen_is_ringed(qtbot: QtBot, table: MatrixTable) -> None:
    table.clearFocus()
    calm = picture(table)
    table.set_highlight(Marks(whole=True, cells=frozenset({(0, 1)}), rows=frozenset({0}), columns=frozenset({1})))
    area = table.cell_area(0, 1)
    image = picture(table)
    ring = QPoint(area.center().x(), area.top() - 3)
    assert image.pixelColor(ring) == QColor(LIGHT.accent)
    assert calm.pixelColor(ring) != QColor(LIGHT.accent)
    table.set_highlight(Marks())
    assert picture(table) == calm
    table.setFocus()
    assert picture(table) != calm


def test_a_cell_that_breaks_a_promise_has_a_wave_and_a_sentence(table: MatrixTable) -> None:
    table.set_faults({(0, 0): "The row sums to 1.7."})
    image, area = picture(table), table.cell_area(0, 0)
    reds = sum(image.pixelColor(x, y).red() - image.pixelColor(x, y).green() > 110
               for x in range(area.left(), area.right()) for y in range(area.bottom() - 5, area.bottom() + 1))
    assert reds > 10
    table.setFocus()
    assert "The row sums to 1.7." in table.accessibleDescription()
    QApplication.sendEvent(table, QHelpEvent(QEvent.Type.ToolTip, area.center(), table.mapToGlobal(area.center())))
    assert QToolTip.text() == "The row sums to 1.7."
    QToolTip.hideText()
    table.set_faults({})
    assert "1.7" not in table.accessibleDescription()


def test_another_matrix_keeps_the_keyboard_inside(qtbot: QtBot, table: MatrixTable) -> None:
    click(qtbot, table, 1, 2)
    table.set_spec(HeatmapSpec("x", np.array([[1.0, 2.0]]), (), (), "x"))
    assert table.current_cell == (0, 1)
    assert table.selected_cells == {(0, 1)}
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert table.current_cell == (0, 1)


def test_what_is_being_typed_ends_with_its_matrix(qtbot: QtBot, table: MatrixTable, said: Recorder) -> None:
    qtbot.keyClicks(table, "5")
    table.set_values(VALUES * 2)
    assert editor(table).isVisible()
    table.set_spec(HeatmapSpec("x", np.array([[1.0, 2.0]]), (), (), "x"))
    assert not editor(table).isVisible()
    assert said.edits == []


def test_many_columns_are_small_and_without_numbers(qtbot: QtBot, table: MatrixTable) -> None:
    table.set_spec(spec(np.ones((3, 40))))
    assert table.cell_area(0, 0).width() == 11
    table.resize(table.sizeHint())
    click(qtbot, table, 2, 39)
    qtbot.keyClicks(table, "4")
    assert editor(table).width() >= 60
    qtbot.keyClick(editor(table), Qt.Key.Key_Return)
    assert table.values[2, 39] == 4.0


def test_who_comes_back_to_another_place_leaves_no_line_open(
    qtbot: QtBot, table: MatrixTable, said: Recorder
) -> None:
    beside = QLineEdit(table)
    beside.show()
    click(qtbot, table, 0, 0)
    qtbot.keyClicks(table, "7")
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    assert table.editor.is_open and not said.edits, "who looks at another program finds it as it was"
    beside.setFocus()
    table.activateWindow()
    qtbot.waitUntil(table.isActiveWindow)
    assert not table.editor.is_open and said.last[0][0] == 7.0
