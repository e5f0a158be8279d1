"""The derivation in other conventions, and copied: by the gestures of a person."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tutor.core.problem import Problem
from tutor.language.reader import read_program
from tutor.ui.panel import Spot
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow

Opened = Callable[[Problem], MainWindow]


def panel_of(window: MainWindow) -> DerivationPanel:
    found = window.findChild(DerivationPanel)
    assert isinstance(found, DerivationPanel)
    return found


@pytest.fixture
def panel(window: MainWindow) -> DerivationPanel:
    window.activateWindow()
    return panel_of(window)


def choose_style(panel: DerivationPanel, steps: int) -> None:
    """With the keyboard: so many styles further down."""
    panel.choice.style.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(abs(steps)):
        QTest.keyClick(panel.choice.style, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    settle(panel)


def settle(panel: DerivationPanel) -> None:
    """What is read anew is prepared in the background."""
    QApplication.processEvents()
    while panel.window().busy:
        QTest.qWait(1)


def choose_form(panel: DerivationPanel, words: str) -> None:
    """With the keyboard: open the menu, go down to an entry, take it."""
    panel.choice.form.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(panel.choice.form, Qt.Key.Key_Down)
    menu = panel.choice.form.menu
    assert menu.isVisible()
    entry = next(action for action in menu.actions() if action.text().startswith(words))
    menu.setActiveAction(entry)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    panel.window().activateWindow()  # a screen does that when a menu closes
    settle(panel)


def result(panel: DerivationPanel) -> str:
    return panel.page.block.line.view.accessibleName()


def test_the_styles_are_a_choice_in_the_head(panel: DerivationPanel) -> None:
    derivation = panel.view.derivation if panel.view else None
    choose_style(panel, 1)
    assert panel.choice.style.currentText() == "differentials"
    assert "dL" in panel.page.block.lines.view.accessibleName()
    assert not panel.page.block.chain.isVisible()
    assert "A : B is the sum" in panel.page.block.notes
    choose_style(panel, 1)
    assert result(panel).startswith("in one line: ∂L/∂x[i] = Σ_j")
    assert not panel.page.block.lines.isVisible()
    assert panel.view is not None and panel.view.derivation is derivation, "it was derived again"
    assert all(card.row.holds for card in panel.page.cards)


def test_the_form_is_a_menu_in_the_head(panel: DerivationPanel) -> None:
    choose_form(panel, "Vectors as columns")
    assert panel.choice.form.text() == "columns"
    assert result(panel) == "in one line: ∂L/∂x = W1 ((W2 (ŷ − y)) ∘ h ∘ (1 − h))"
    choose_form(panel, "Steps spelled out")
    assert panel.choice.form.accessibleDescription() == "columns, spelled out"
    assert "∂L/∂x = W1 ((W2" in panel.page.cards[-1].row.accessibleName()
    choose_form(panel, "Numerator")
    assert result(panel).endswith("(W1 ((W2 (ŷ − y)) ∘ h ∘ (1 − h)))ᵀ")
    choose_form(panel, "Vectors as rows")
    choose_form(panel, "Gradient")
    choose_form(panel, "Steps abbreviated")
    assert panel.choice.form.text() == "rows"
    assert result(panel) == "in one line: ∂L/∂x = (((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)) W1ᵀ"


def test_what_was_chosen_is_chosen_at_the_next_start(
    window: MainWindow, open_window: Opened, problem: Problem, settings: QSettings, look: Look
) -> None:
    choose_form(panel_of(window), "Vectors as columns")
    choose_style(panel_of(window), 1)
    window.close()
    again = panel_of(open_window(problem))
    assert (again.choice.style.currentText(), again.choice.form.text()) == ("differentials", "columns")
    assert again.page.block.lines.isVisible()


def test_factors_of_the_turned_chain_are_linked(window: MainWindow, panel: DerivationPanel) -> None:
    choose_form(panel, "Vectors as columns")
    told: list[Spot | None] = []
    panel.pointed.connect(told.append)
    chain = panel.page.block.chain.view
    chain.setFocus(Qt.FocusReason.TabFocusReason)
    assert told[-1] == Spot(link=("a", "x"))
    QTest.keyClick(chain, Qt.Key.Key_Right)
    assert told[-1] == Spot(link=("h", "a"))
    assert [card.key for card in panel.page.cards if card.row.linked] == ["a"]
    panel.show_spot(Spot(link=("θ", "h")))
    assert [card.key for card in panel.page.cards if card.row.linked] == ["h"]


def test_a_jacobian_keeps_its_view_and_says_why(open_window: Opened) -> None:
    program = read_program("x : (1, n)\nW : (n, m)\nV : (m, k)\nh = x W\no = h V")
    panel = panel_of(open_window(Problem.drawn("", program, "x", {"n": 2, "m": 3, "k": 4}, 1)))
    before = result(panel)
    choose_style(panel, 1)
    assert panel.message.isVisible() and "o is a 1×k matrix" in panel.message.text()
    assert result(panel) == before
    choose_style(panel, -1)
    assert not panel.message.isVisible()


def test_sizes_too_large_for_a_style_keep_the_view_and_say_why(open_window: Opened) -> None:
    program = read_program("x : (1, 40)\nW : (40, 40)\nh = tanh(x W)\nL = sum(h)")
    panel = panel_of(open_window(Problem.drawn("", program, "x", {}, 1)))
    choose_form(panel, "Vectors as columns")
    before = result(panel)
    choose_style(panel, 1)
    assert "Give the sizes names" in panel.message.text() and panel.message.isVisible()
    assert result(panel) == before, "the view before was not kept"


def test_a_changed_number_leaves_the_reading_alone(window: MainWindow, panel: DerivationPanel) -> None:
    choose_style(panel, 1)
    spec = panel.spec
    problem = window.store.problem
    window.store.edit("change x", problem.with_numbers("x", problem.numbers["x"] + 1))
    assert panel.spec is spec


def test_in_a_narrow_head_the_switches_keep_their_words(window: MainWindow, panel: DerivationPanel) -> None:
    window.resize(1100, 700)
    QTest.qWait(50)
    assert panel.join.text() == "join" and panel.join.accessibleName() == "join softmax with cross-entropy"
    for control in (panel.choice.style, panel.choice.form):
        assert control.width() >= control.sizeHint().width(), "it is cut short"


def test_ctrl_wheel_zooms_over_the_page(panel: DerivationPanel) -> None:
    assert panel.view is not None
    before = panel.view.zoom
    view = panel.page.viewport()  # formulas and rows leave the wheel to it
    place = QPointF(10, 10)
    event = QWheelEvent(place, view.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(view, event)
    assert panel.view.zoom > before


# --- copying ---------------------------------------------------------------------------------------------------------


def copied() -> str:
    return QGuiApplication.clipboard().text()


def press(panel: DerivationPanel, keys: str) -> None:
    QTest.keySequence(QApplication.focusWidget() or panel, keys)


def test_keys_copy_what_the_keyboard_is_on(panel: DerivationPanel) -> None:
    choose_form(panel, "Vectors as columns")
    panel.page.block.line.view.setFocus(Qt.FocusReason.TabFocusReason)
    press(panel, "Ctrl+Alt+C")
    assert copied() == "∂L/∂x = W1 ((W2 (ŷ − y)) ∘ h ∘ (1 − h))\n"
    card = next(card for card in panel.page.cards if card.key == "h")
    card.row.setFocus(Qt.FocusReason.TabFocusReason)
    press(panel, "Ctrl+Shift+C")
    assert r"\delta_h &= W_2 \delta_{\theta}" in copied()
    assert panel.page.accessibleDescription() == "the step θ → h copied as LaTeX"
    panel.choice.form.setFocus(Qt.FocusReason.TabFocusReason)
    panel.page.block.chain.view.setFocus(Qt.FocusReason.TabFocusReason)
    press(panel, "Ctrl+Alt+M")
    assert copied().startswith("# Network") and "## Steps" in copied()


def test_a_picture_has_two_dots_a_px_and_no_marks(panel: DerivationPanel) -> None:
    card = next(card for card in panel.page.cards if card.key == "h")
    card.row.setFocus(Qt.FocusReason.TabFocusReason)
    told: list[object] = []
    panel.pointed.connect(told.append)
    press(panel, "Ctrl+C")
    image = QGuiApplication.clipboard().image()
    assert image.size() == card.size() * 2
    assert card.row.hasFocus() and not told, "copying is no gesture"
    view = panel.view
    assert view is not None
    accent = QColor(view.theme.accent).rgb()
    dots = {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(image.height())}
    assert accent not in dots and len(dots) > 2
    assert QGuiApplication.clipboard().mimeData().hasFormat("image/png")


def test_the_menu_copies_a_step_or_everything(panel: DerivationPanel, qtbot: QtBot) -> None:
    card = next(card for card in panel.page.cards if card.key == "h")
    place = card.row.mapTo(panel, QPoint(40, 10))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, panel.mapToGlobal(place))
    QApplication.sendEvent(panel, event)
    menu = next(m for m in panel.findChildren(QMenu) if m.isVisible() and m is not panel.choice.form.menu)
    entries = [action.text() for action in menu.actions() if action.text()]
    formats = ["Copy as picture", "Copy as LaTeX", "Copy as text", "Copy as Markdown"]
    code = ["Copy as NumPy code", "Copy as PyTorch code", "Copy as JAX code"]
    assert entries == ["The step θ → h", *formats, "The whole derivation", *formats, *code]
    menu.setActiveAction(next(action for action in menu.actions() if action.text() == "Copy as text"))
    QTest.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: copied().startswith("θ → h"))
    assert "a → x" not in copied()


def test_code_is_of_the_whole_and_runs_alone(panel: DerivationPanel) -> None:
    card = next(card for card in panel.page.cards if card.key == "h")
    card.row.setFocus(Qt.FocusReason.TabFocusReason)
    press(panel, "Ctrl+Alt+N")
    assert panel.page.accessibleDescription() == "the whole derivation copied as NumPy code"
    assert panel.view is not None
    made: dict[str, Any] = {}
    exec(copied(), made)  # the program's own output
    numbers = panel.view.evaluation
    given = {name: numbers.values[name] for name in signature(made["gradient"]).parameters}
    assert np.allclose(made["gradient"](**given), numbers.gradients["x"], rtol=1e-12)


def test_the_edit_menu_copies_the_derivation_that_is_shown(window: MainWindow) -> None:
    edit = next(menu for menu in window.menus.findChildren(QMenu) if menu.title() == "Edit")
    copies = next(action.menu() for action in edit.actions() if action.text() == "Copy the derivation as")
    copies.popup(QPoint(0, 0))
    assert [action.text() for action in copies.actions()] == [
        "picture", "LaTeX", "text", "Markdown", "NumPy code", "PyTorch code", "JAX code"]
    copies.setActiveAction(copies.actions()[5])
    QTest.keyClick(copies, Qt.Key.Key_Return)
    assert copied().startswith("# This uses that y is a distribution") and "import torch" in copied()
    panel_of(window).parentWidget().hide()
    copies.popup(QPoint(0, 0))
    assert [action.isEnabled() for action in copies.actions()] == [False], "it may be of what was before"
    copies.close()


def test_the_menu_key_is_about_what_the_keyboard_is_on(panel: DerivationPanel) -> None:
    panel.page.block.line.view.setFocus(Qt.FocusReason.TabFocusReason)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), panel.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(panel, event)
    menu = next(m for m in panel.findChildren(QMenu) if m.isVisible())
    assert menu.actions()[0].text() == "The result"
    menu.close()
