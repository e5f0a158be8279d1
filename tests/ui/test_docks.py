"""Where panels stand, as a person moves them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

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
    assert all(panel.isVisible() for panel in window.docks.panels)


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


def test_borders_that_were_moved_stay(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.docks.dock("numbers")
    assert dock is not None
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: dock.width() < 280)
    window.resizeDocks([dock], [400], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: dock.width() > 380)
    window.resize(1440, 900)
    qtbot.wait(1)
    assert dock.width() > 380
