"""Where panels stand, as a person moves them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QDockWidget, QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.what_is_seen import at_first
from tutor.ui.dock_frame import into
from tutor.ui.theme import Look
from tutor.ui.widgets.dock_head import DockHead
from tutor.ui.window import MainWindow


def press(qtbot: QtBot, head: DockHead, words: str) -> None:
    button = next(b for b in head.findChildren(QToolButton) if b.accessibleName().startswith(words))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_panel_is_taken_out_and_put_back(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.docks.dock("numbers")
    assert dock is not None
    head = window.docks.head("numbers")
    press(qtbot, head, "Take Numbers")
    assert dock.isFloating()
    press(qtbot, head, "Take Numbers")
    assert not dock.isFloating()


def test_a_panel_is_hidden_and_comes_back_by_the_menu(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.docks.dock("numbers")
    assert dock is not None
    press(qtbot, window.docks.head("numbers"), "Hide Numbers")
    assert not dock.isVisible()
    view = next(action.menu() for action in window.menus.actions() if action.text() == "View")
    back = next(action for action in view.actions() if action.text() == "Numbers")
    assert not back.isChecked()
    back.trigger()
    assert dock.isVisible()


def test_everything_can_be_put_back(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.docks.dock("numbers")
    assert dock is not None
    dock.setFloating(True)
    window.docks.dock("program").hide()  # type: ignore[union-attr]
    window.reset_panels()
    assert dock.isVisible() and not dock.isFloating()
    assert all(panel.isVisible() for panel in at_first(window))


def test_a_panel_among_tabs_bears_its_name_once(qtbot: QtBot, window: MainWindow) -> None:
    program, numbers = window.docks.dock("program"), window.docks.dock("numbers")
    assert program is not None and numbers is not None
    window.tabifyDockWidget(program, numbers)
    qtbot.waitUntil(lambda: window.docks.head("program").height() == 0 or not program.isVisible())
    # Program has nothing but its name, Numbers has the seed.
    assert window.docks.head("program").maximumHeight() == 0
    assert window.docks.head("numbers").maximumHeight() > 0
    window.reset_panels()
    assert window.docks.head("program").maximumHeight() > 0


def test_the_left_side_is_wider_in_a_wide_window(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.docks.dock("numbers")
    assert dock is not None
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: dock.width() > 290)
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: dock.width() < 280)


def test_on_a_large_screen_both_large_panels_grow(qtbot: QtBot, window: MainWindow) -> None:
    jacobians, derivation = window.docks.dock("jacobians"), window.centralWidget()
    assert jacobians is not None and derivation is not None
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: 500 < jacobians.width() < 600)
    before = derivation.width()
    window.resize(2560, 1440)
    qtbot.waitUntil(lambda: jacobians.width() > 950)
    assert derivation.width() > 1.5 * before


def drag_border(qtbot: QtBot, window: MainWindow, key: str, by: int) -> None:
    """Take the border at the right of a dock with the mouse."""
    dock = window.docks.dock(key)
    assert dock is not None
    QApplication.processEvents()
    border = QPoint(dock.geometry().right() + 2, dock.geometry().center().y())
    qtbot.mouseMove(window, border)
    qtbot.mousePress(window, Qt.MouseButton.LeftButton, pos=border)
    qtbot.mouseMove(window, border + QPoint(by, 0))
    qtbot.wait(20)
    qtbot.mouseRelease(window, Qt.MouseButton.LeftButton, pos=border + QPoint(by, 0))


def test_borders_that_were_moved_stay(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.docks.dock("numbers")
    assert dock is not None
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: dock.width() < 280)
    drag_border(qtbot, window, "numbers", 120)
    assert dock.width() > 360 and window.docks.moved
    window.resize(1440, 900)
    qtbot.wait(20)
    assert dock.width() > 360
    window.reset_panels()
    assert dock.width() < 320 and not window.docks.moved


def widths(window: MainWindow) -> dict[str, QSize]:
    for _ in range(5):
        QApplication.processEvents()
    return {panel.key: panel.size() for panel in window.docks.panels}


def test_panels_grow_back_with_the_window(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1440, 900)
    before = widths(window)
    window.resize(1100, 700)
    assert widths(window) != before
    window.resize(1440, 900)
    assert widths(window) == before


def test_zooming_and_back_leaves_everything_where_it_was(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1440, 900)
    before = widths(window)
    for _ in range(20):
        window.zoom(1)
    assert widths(window) != before
    window.zoom(0)
    qtbot.waitUntil(lambda: widths(window) == before)


def enlarge(window: MainWindow, key: str) -> QDockWidget:
    dock = window.docks.dock(key)
    assert dock is not None
    next(panel for panel in window.docks.panels if panel.key == key).take_keyboard()
    window.enlarge_panel()
    assert window.is_enlarged()
    return dock


def test_hiding_an_enlarged_panel_brings_the_others_back(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    dock = enlarge(window, "numbers")
    window.docks.head("numbers").close_wanted.emit()
    assert not window.is_enlarged() and not dock.isVisible()
    assert all(panel.isVisible() for panel in at_first(window) if panel.key != "numbers")


def test_taking_an_enlarged_panel_out_brings_the_others_back(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    dock = enlarge(window, "numbers")
    window.docks.head("numbers").float_wanted.emit()
    assert not window.is_enlarged() and dock.isFloating()
    assert all(panel.isVisible() for panel in at_first(window))


def test_the_menu_hides_an_enlarged_panel(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    dock = enlarge(window, "numbers")
    dock.toggleViewAction().trigger()
    assert not window.is_enlarged() and not dock.isVisible()
    assert all(panel.isVisible() for panel in at_first(window) if panel.key != "numbers")


def test_a_floating_panel_has_an_edge_and_lies_on_the_screen(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.docks.dock("check")
    assert dock is not None
    press(qtbot, window.docks.head("check"), "Take Gradient check")
    assert dock.screen().availableGeometry().contains(dock.geometry())
    picture, edge = dock.grab().toImage(), dock.palette().color(QPalette.ColorRole.Dark)
    right, bottom, across, down = dock.width() - 1, dock.height() - 1, dock.width() // 2, dock.height() // 2
    for x, y in ((0, down), (right, down), (across, 0), (across, bottom)):
        assert picture.pixelColor(x, y) == edge, (x, y)


def test_a_rectangle_is_brought_into_a_room() -> None:
    room = QRect(10, 20, 800, 600)
    for place in (QRect(-50, 0, 100, 100), QRect(900, 700, 100, 100), QRect(0, 0, 2000, 50), QRect(400, 300, 9, 9)):
        assert room.contains(into(place, room))
    assert into(QRect(400, 300, 9, 9), room) == QRect(400, 300, 9, 9)


def test_a_panel_in_a_window_of_its_own_is_enlarged_in_this_one(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.docks.dock("jacobians")
    assert dock is not None
    press(qtbot, window.docks.head("jacobians"), "Take Jacobians")
    panel = next(panel for panel in window.docks.panels if panel.key == "jacobians")
    window.docks.enlarge(panel)
    assert panel.window() is window and panel.isVisible()
    window.enlarge_panel()
    assert dock.isFloating()
    assert all(other.isVisible() for other in at_first(window))


def sizes_at(qtbot: QtBot, window: MainWindow, look: Look, zoom: float) -> dict[str, QSize]:
    """How large the docks are at a zoom, once nothing moves any more."""
    look.zoom_to(zoom)
    qtbot.waitUntil(lambda: not window.docks._soon.isActive())
    return window.docks._sizes()


def test_zooming_there_and_back_moves_no_border(qtbot: QtBot, window: MainWindow, look: Look) -> None:
    window.resize(1440, 900)
    usual = sizes_at(qtbot, window, look, 1.0)
    assert sizes_at(qtbot, window, look, 0.75) != usual
    assert sizes_at(qtbot, window, look, 1.0) == usual
    drag_border(qtbot, window, "numbers", 40)
    chosen = sizes_at(qtbot, window, look, 1.0)
    assert chosen != usual and sizes_at(qtbot, window, look, 3.0) != chosen
    assert sizes_at(qtbot, window, look, 1.0) == chosen, "where a person has put them"
