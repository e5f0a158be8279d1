"""The list of a gradient check: what it says, and how a line is chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tutor.figures.inter import text_width
from tutor.figures.palette import DARK, LIGHT, Theme
from tutor.typeset.formula import Formula, Rule
from tutor.ui.theme import load_fonts
from tutor.ui.widgets.check_list import CheckList, CheckRow

NAMED = Formula(10.0, 15.0, 11.0, (), (Rule(0.0, 3.0, 10.0, 9.0, None),), (), "x")

COLUMNS = (
    (CheckRow("x", NAMED, "5", "3.7e−9", True), CheckRow("W1", NAMED, "15", "5.5e−1", False),
     CheckRow("b1", NAMED, "3", "0", None)),
    (CheckRow("θ", NAMED, "5", "1.5e−10", True), CheckRow("h", NAMED, "3", "1.8e−10", True)),
)


@pytest.fixture
def make(qtbot: QtBot, qapp: QApplication) -> Callable[..., CheckList]:
    load_fonts()

    def make_list(columns: object = COLUMNS, current: str = "x", theme: Theme = LIGHT, zoom: float = 1.0) -> CheckList:
        shown = CheckList()
        qtbot.addWidget(shown)
        shown.show_rows(columns, current, theme, zoom)  # type: ignore[arg-type]
        shown.resize(shown.sizeHint())
        shown.show()
        shown.activateWindow()
        qtbot.waitUntil(shown.isActiveWindow)
        return shown

    return make_list


def picture(shown: CheckList) -> QImage:
    return shown.grab().toImage()


def middle(shown: CheckList, name: str) -> QPoint:
    return shown.row_area(name).center().toPoint()


def colours(image: QImage, shown: CheckList, name: str) -> set[str]:
    area = shown.row_area(name).toRect()
    return {image.pixelColor(x, y).name().upper() for x in range(area.left(), area.right())
            for y in range(area.top() + 1, area.bottom())}


def test_a_click_chooses_a_line(qtbot: QtBot, make: Callable[..., CheckList]) -> None:
    shown = make()
    for name in ("W1", "h", "x"):
        with qtbot.waitSignal(shown.chosen) as told:
            qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=middle(shown, name))
        assert told.args == [name] and shown.current == name


def test_a_click_beside_the_lines_or_on_the_chosen_one_changes_nothing(
    qtbot: QtBot, make: Callable[..., CheckList]
) -> None:
    shown = make()
    with qtbot.assertNotEmitted(shown.chosen):
        qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
        qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=middle(shown, "x"))
    assert shown.current == "x"


def test_arrow_keys_go_through_both_columns_and_stop_at_the_ends(
    qtbot: QtBot, make: Callable[..., CheckList]
) -> None:
    shown = make()
    shown.setFocus()
    told: list[str] = []
    shown.chosen.connect(told.append)
    for _ in range(6):
        qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert told == ["W1", "b1", "θ", "h"]
    for _ in range(6):
        qtbot.keyClick(shown, Qt.Key.Key_Up)
    assert told[4:] == ["θ", "b1", "W1", "x"]
    qtbot.keyClick(shown, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert shown.current == "x"


def test_other_keys_are_left_to_the_window(qtbot: QtBot, make: Callable[..., CheckList]) -> None:
    shown = make()
    shown.setFocus()
    with qtbot.assertNotEmitted(shown.chosen):
        for key in (Qt.Key.Key_Left, Qt.Key.Key_A, Qt.Key.Key_Escape):
            qtbot.keyClick(shown, key)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x", "x, 5 entries, worst relative error 3.7e−9, agrees"),
        ("W1", "W1, 15 entries, worst relative error 5.5e−1, differs"),
        ("b1", "b1, 3 entries, worst relative error 0, cannot tell"),
    ],
)
def test_the_chosen_line_is_said(qtbot: QtBot, make: Callable[..., CheckList], name: str, words: str) -> None:
    shown = make(current="h")
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=middle(shown, name))
    assert shown.accessibleDescription() == words
    assert shown.accessibleName() == "Variables of the gradient check"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_signs_stand_where_they_belong(make: Callable[..., CheckList], theme: Theme, zoom: float) -> None:
    shown = make(current="θ", theme=theme, zoom=zoom)
    image = picture(shown)
    ok, wrong = QColor(theme.ok).name().upper(), QColor(theme.wrong).name().upper()
    assert ok in colours(image, shown, "x") and wrong not in colours(image, shown, "x")
    assert wrong in colours(image, shown, "W1") and ok not in colours(image, shown, "W1")
    assert not {ok, wrong} & colours(image, shown, "b1")


def test_the_chosen_line_stands_on_the_tint(make: Callable[..., CheckList]) -> None:
    shown = make(current="W1")
    image = picture(shown)
    assert LIGHT.tint in colours(image, shown, "W1")
    assert LIGHT.tint not in colours(image, shown, "x")


def test_the_keyboard_is_seen(make: Callable[..., CheckList]) -> None:
    shown = make()
    shown.clearFocus()
    without = picture(shown)
    shown.setFocus()
    assert picture(shown) != without


def test_lines_lie_inside_and_do_not_overlap(make: Callable[..., CheckList]) -> None:
    for zoom in (1.0, 1.25, 2.0):
        shown = make(zoom=zoom)
        areas = [shown.row_area(row.name) for row in shown.rows]
        assert all(shown.rect().contains(area.toAlignedRect()) for area in areas)
        assert not any(a.intersects(b) for i, a in enumerate(areas) for b in areas[:i])


def test_its_size_follows_its_lines(make: Callable[..., CheckList]) -> None:
    shown = make()
    two = shown.sizeHint()
    shown.show_rows((COLUMNS[0], ()), "x", LIGHT, 1.0)
    assert shown.sizeHint().width() < two.width() and shown.sizeHint().height() == two.height()
    shown.show_rows(COLUMNS[1:], "h", LIGHT, 1.0)
    assert shown.sizeHint().height() < two.height()
    assert [row.name for row in shown.rows] == ["θ", "h"]
    assert shown.row_area("x").isEmpty()


def test_without_lines_nothing_happens(qtbot: QtBot, make: Callable[..., CheckList]) -> None:
    shown = make(((), ()), "")
    shown.setFocus()
    with qtbot.assertNotEmitted(shown.chosen):
        qtbot.keyClick(shown, Qt.Key.Key_Down)
        qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    picture(shown)


def test_a_long_name_moves_the_counts(make: Callable[..., CheckList]) -> None:
    long = NAMED._replace(width=70.0)
    rows = (CheckRow("features", long, "4", "2.0e−10", True), CheckRow("weights", long, "12", "8.1e−10", True))
    usual, moved = make((COLUMNS[0],)), make((rows,), current="features")
    needed = 8.0 + long.width + text_width("12", 13.0)
    assert moved.row_area("features").width() >= usual.row_area("x").width() + needed - 72.0
    assert moved.sizeHint().width() == moved.row_area("features").width()
