"""The tour of the window, as a person takes it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.ui.what_is_seen import panel_of
from tutor.core.problem import Problem
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui.panels.numbers import NumbersPanel
from tutor.ui.prover import Prover
from tutor.ui.session import begin
from tutor.ui.theme import Look
from tutor.ui.tour import CALLOUTS, Tour
from tutor.ui.widgets.matrix_table import MatrixTable
from tutor.ui.window import MainWindow


def test_six_notes_each_beside_its_panel_and_then_it_is_over(
    qtbot: QtBot, window: MainWindow, settings: QSettings
) -> None:
    window.resize(1100, 700)
    assert not window.findChildren(Tour), "it does not begin by itself where nobody asked"
    window._actions["tour"].trigger()
    tour = window.tour
    shown = []
    while (callout := tour.callout) is not None:
        shown.append(callout)
        about = next((p for p in window.docks.panels if p.key == callout.key), window.tool_bar)
        assert tour.ring.geometry().contains(QRect(about.mapTo(window, QPoint()), about.size()))
        assert window.rect().contains(tour.geometry())
        assert not tour.geometry().intersects(tour.ring.geometry())
        go_on = tour._next
        assert go_on.width() >= go_on.fontMetrics().horizontalAdvance(go_on.text()) + 4, "its frame cuts no letter"
        assert f"{len(shown)} of {len(CALLOUTS)}: {callout.title}" in tour.accessibleName()
        assert tour.accessibleDescription().startswith(callout.words)
        assert len(callout.words) <= 120
        qtbot.keyClick(tour, Qt.Key.Key_Return if len(shown) % 2 else Qt.Key.Key_Right)
    assert shown == list(CALLOUTS) and len(shown) == 6
    assert not tour.ring.isVisible()
    assert settings.value("tour") == "seen"
    tour.begin_once()
    assert tour.callout is None, "it was seen"
    tour.begin()
    assert tour.callout == CALLOUTS[0], "and can be seen again"


def test_it_is_skipped_and_gone_back_in_and_stops_nobody(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    numbers = next(panel for panel in window.docks.panels if panel.key == "numbers")
    numbers.take_keyboard()
    before, tour = QApplication.focusWidget(), window.tour
    tour.begin_once()
    assert tour.hasFocus()
    qtbot.keyClick(tour, Qt.Key.Key_Right)
    qtbot.keyClick(tour, Qt.Key.Key_Left)
    assert tour.callout == CALLOUTS[0]
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert window.store.problem.wrt == "W1", "the window goes on working"
    qtbot.keyClick(tour, Qt.Key.Key_Tab)
    stop = window.focusWidget()
    assert isinstance(stop, QPushButton) and stop.text() == "Skip the tour"
    qtbot.keyClick(stop, Qt.Key.Key_Return)
    assert tour.callout is None and QApplication.focusWidget() is before
    tour.begin()
    qtbot.keyClick(tour, Qt.Key.Key_Escape)
    assert tour.callout is None


def test_it_ends_well_where_the_keyboard_was_in_a_table_that_is_gone(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    numbers = panel_of(window, NumbersPanel)
    table = numbers.findChildren(MatrixTable)[-1]
    table.setFocus()
    assert table.hasFocus()
    window.tour.begin()
    window.store.edit("typing", window.store.problem.with_program(read_program("x : (1, n)\nL = sum(x)")))
    qtbot.waitUntil(lambda: not isValid(table))
    window.tour.end()
    assert window.tour.callout is None and window.focusWidget() is not None
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def test_what_is_hidden_is_left_out(window: MainWindow) -> None:
    dock = window.docks.dock("numbers")
    assert dock is not None
    dock.hide()
    window.tour.begin()
    assert [callout.key for callout in window.tour._callouts] == ["program", "by", "derivation", "jacobians", "check"]
    program = window.docks.dock("program")
    assert program is not None
    program.hide()
    QApplication.processEvents()
    window.resize(1200, 800)
    QApplication.processEvents()
    assert window.tour.callout is None or window.tour.callout.key != "program"


def test_the_first_start_has_all_six(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem, typesetter: Typesetter, prover: Prover
) -> None:
    window = MainWindow(problem, look, settings, typesetter=typesetter, prover=prover)
    qtbot.addWidget(window)
    window.painted.connect(lambda: begin(window), Qt.ConnectionType.QueuedConnection)
    window.show()
    qtbot.waitUntil(lambda: "tour" in window.__dict__ and window.tour.callout is not None, timeout=20_000)
    assert window.tour._count.text() == "1 of 6"
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    for _ in CALLOUTS[1:]:
        qtbot.keyClick(window.tour, Qt.Key.Key_Right)
    assert window.tour.callout == CALLOUTS[-1]
    window.close()
