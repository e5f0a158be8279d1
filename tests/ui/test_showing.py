"""How a view comes to the panels: numbers at once, the rest when it is prepared."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.what_is_seen import panel_of
from tutor.core.problem import Problem
from tutor.ui.panel import View
from tutor.ui.panels.check import CheckPanel
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.panels.jacobians import JacobiansPanel
from tutor.ui.panels.numbers import NumbersPanel
from tutor.ui.panels.program import ProgramPanel
from tutor.ui.window import MainWindow


def resized(problem: Problem, n: int) -> Problem:
    return problem.with_dims({**problem.dims, "n": n})


def shown(window: MainWindow) -> dict[str, Problem | None]:
    return {panel.key: panel.view.problem if panel.view is not None else None for panel in window.docks.panels}


def test_a_number_is_shown_everywhere_at_once(window: MainWindow) -> None:
    window.redraw()
    assert set(map(id, shown(window).values())) == {id(window.store.problem)}


def test_another_size_leaves_the_last_picture_until_the_next_is_prepared(qtbot: QtBot, window: MainWindow) -> None:
    before = window.store.problem
    items = panel_of(window, JacobiansPanel).equation.spec.items
    window.store.edit("change n", resized(before, 6))
    after = window.store.problem
    assert window.busy
    assert shown(window) == {"program": after, "numbers": after, "derivation": before, "jacobians": before,
                             "check": before, "formula": after}
    assert panel_of(window, JacobiansPanel).equation.spec.items is items
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    assert set(map(id, shown(window).values())) == {id(after)}
    assert panel_of(window, JacobiansPanel).equation.spec.items[-1].shape == (1, 6)


def test_of_several_sizes_and_numbers_the_last_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    for n in (6, 7, 8):
        window.store.edit("change n", resized(window.store.problem, n))
    window.redraw()
    window.choose_theme("dark")
    assert {panel.view.theme.name for panel in window.docks.panels if panel.view is not None} == {"dark"}
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    assert set(map(id, shown(window).values())) == {id(window.store.problem)}
    assert panel_of(window, JacobiansPanel).equation.spec.items[-1].shape == (1, 8)
    window.choose_theme("light")


def test_what_is_prepared_is_what_is_shown_without(
    qtbot: QtBot, window: MainWindow, open_window: Callable[[Problem], MainWindow]
) -> None:
    window.store.edit("change n", resized(window.store.problem, 2))
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    fresh = open_window(window.store.problem)
    assert panel_of(window, DerivationPanel).spec == panel_of(fresh, DerivationPanel).spec


def test_a_panel_that_meets_a_bug_keeps_the_next_picture_from_nobody(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: DerivationPanel, _view: View, _found: object) -> None:
        raise ValueError("a bug")

    with qtbot.captureExceptions() as errors:
        monkeypatch.setattr(DerivationPanel, "show_prepared", fail)
        panel_of(window, DerivationPanel).joining_wanted.emit(True)
        qtbot.waitUntil(lambda: bool(errors) and not window.busy, timeout=20_000)
    monkeypatch.undo()
    assert [str(error) for _, error, _ in errors] == ["a bug"]
    view = panel_of(window, JacobiansPanel).view
    assert view is not None and view.joined
    panel_of(window, DerivationPanel).joining_wanted.emit(False)
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    assert not panel_of(window, DerivationPanel).view.joined


def test_a_window_that_closes_while_something_is_prepared(window: MainWindow) -> None:
    window.store.edit("change n", resized(window.store.problem, 6))
    window.close()
    assert not window.busy


def test_esc_lets_go_of_what_the_check_has_pinned(qtbot: QtBot, window: MainWindow) -> None:
    comparison = panel_of(window, CheckPanel).comparison
    qtbot.mouseClick(comparison, Qt.MouseButton.LeftButton, pos=comparison.cell_area("numeric", 0, 1).center())
    assert comparison.pinned_cell == ("numeric", 0, 1)
    panel_of(window, NumbersPanel).take_keyboard()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert comparison.pinned_cell is None


def test_the_program_keeps_its_letters_while_it_is_hidden(window: MainWindow) -> None:
    listing = panel_of(window, ProgramPanel).listing
    letters = listing.font().families()
    dock = window.docks.dock("program")
    assert dock is not None
    dock.hide()
    window.choose_theme("dark")
    window.choose_theme("light")
    dock.show()
    assert listing.font().families() == letters == listing.document().defaultFont().families()


def test_the_program_keeps_its_letters_where_it_is_put_back(window: MainWindow) -> None:
    listing = panel_of(window, ProgramPanel).listing
    letters = listing.font().families()
    dock = window.docks.dock("program")
    assert dock is not None
    window.docks.head("program").float_wanted.emit()
    toggle = dock.toggleViewAction()
    zoom_out, zoom_in = window._actions["zoom-out"], window._actions["zoom-in"]
    for action in (zoom_out, toggle, toggle, zoom_out, zoom_in, toggle):
        action.trigger()
        QApplication.processEvents()
    window._actions["panels-back"].trigger()
    QApplication.processEvents()
    assert listing.isVisible()
    assert listing.font().families() == letters == listing.document().defaultFont().families()
