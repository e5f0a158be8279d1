"""What a person without a mouse, or without eyes on the screen, finds in the window: asked of Qt's own interface."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tutor.figures.cells import spoken
from tutor.ui.actions import COMMANDS, KEYS_IN_PLACE
from tutor.ui.keys import KeyList
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.panels.jacobians import JacobiansPanel
from tutor.ui.widgets.matrix_table import MatrixTable
from tutor.ui.window import MainWindow

NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description


def said(widget: QWidget, what: QAccessible.Text) -> str:
    """What Qt tells a screen reader of a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return interface.text(what)


def with_keyboard() -> QWidget:
    """The widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_every_control_has_a_name(window: MainWindow) -> None:
    window.tour.begin()
    controls = [widget for widget in window.findChildren(QWidget) if widget.isVisible() and widget.focusProxy() is None
                and widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(controls) > 35
    for control in controls:
        assert said(control, NAME).strip(), control
        if isinstance(control, QComboBox):  # on Linux its name is what is chosen
            assert said(control, DESCRIPTION).startswith(control.accessibleName()), control
            assert control.accessibleName()


def test_at_the_start_a_key_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    before = window.store.document
    for key in (Qt.Key.Key_A, Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Up):
        qtbot.keyClick(with_keyboard(), key)
    assert window.store.document == before and not window.can_undo


def test_f6_leads_to_numbers_and_each_tells_its_place(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for _ in range(2):
        qtbot.keyClick(with_keyboard(), Qt.Key.Key_F6)
    table = with_keyboard()
    assert isinstance(table, MatrixTable), "not in a box for a size"
    values = window.store.problem.numbers["x"]
    assert said(table, NAME) == "Numbers of x, 1 row, 5 columns"
    assert said(table, DESCRIPTION) == f"x[1], {spoken(values[0, 0])}"
    qtbot.keyClick(table, Qt.Key.Key_Right)
    assert said(table, DESCRIPTION) == f"x[2], {spoken(values[0, 1])}"
    qtbot.keyClick(table, Qt.Key.Key_Tab)
    weight = window.store.problem.numbers["W1"][0, 0]
    assert said(with_keyboard(), DESCRIPTION) == f"W1[1, 1], row x[1], column a[1], {spoken(weight)}"


def test_every_cell_of_a_jacobian_can_be_read_by_key(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    panel = next(panel for panel in window.docks.panels if isinstance(panel, JacobiansPanel))
    view = panel.equation
    view.setFocus(Qt.FocusReason.TabFocusReason)
    item = view.spec.items[1]
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    heard = []
    for row in range(item.shape[0]):
        qtbot.keyClick(view, Qt.Key.Key_Home)
        for column in range(item.shape[1]):
            heard.append(said(view, DESCRIPTION))
            assert heard[-1] == f"∂ŷ[{row + 1}] by ∂θ[{column + 1}], {spoken(float(item.values[row, column]))}"
            qtbot.keyClick(view, Qt.Key.Key_Right)
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert len(set(heard)) == item.values.size
    assert said(panel.inspector, DESCRIPTION).startswith("∂ŷ[5] by ∂θ[5] = ")


def test_f1_lists_every_key(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    keys = next(child for child in window.findChildren(KeyList) if child.isVisible())
    shown = "\n".join(label.text() for label in keys.findChildren(QLabel))
    for command in COMMANDS:
        for shortcut in command.shortcuts:
            assert shortcut in shown or (command.id.startswith("by-") and "Alt+1 … Alt+9" in shown), command
    assert all(text in shown for row in KEYS_IN_PLACE for text in row)


def test_a_copy_is_confirmed_where_it_is_seen(qtbot: QtBot, window: MainWindow) -> None:
    panel = next(panel for panel in window.docks.panels if isinstance(panel, DerivationPanel))
    panel.actions()[-1].trigger()
    assert window.status.done.startswith("the whole derivation copied as ")
    assert not window.status.certified.isVisible()
    window.status.tell("")
    assert window.status.certified.isVisible() and window.status.done == ""
