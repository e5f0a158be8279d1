"""What tests of the window start from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tutor.core.problem import Problem
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui.prover import Prover
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow

NETWORK = """\
x  : (1, n)
W1 : (n, m)
b1 : (1, m)
W2 : (m, k)
b2 : (1, k)
y  : (1, k) distribution  # the label

a = x W1 + b1
h = sigmoid(a)
θ = h W2 + b2
ŷ = softmax(θ)
L = xent(y, ŷ)"""


@pytest.fixture(scope="session")
def problem() -> Problem:
    """The network of the question, 5-3-5: one for all tests, so that it is derived once."""
    return Problem.drawn("Network", read_program(NETWORK), "x", {"n": 5, "m": 3, "k": 5}, 33)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Settings nobody else has; light and 100 %, whatever the machine prefers."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("theme", "light")
    settings.setValue("zoom", 1.0)
    return settings


@pytest.fixture
def look(qapp: QApplication, settings: QSettings) -> Look:
    """The look of the window."""
    return Look(qapp, settings)


class SharedProver(Prover):
    """One process for all windows of the tests: a window that closes wants nothing more of it, and leaves it alone.

    It does not wait for further questions: hardly a test has any.
    """

    def close(self) -> None:
        self.forget()


@pytest.fixture(scope="session")
def prover(qapp: QApplication) -> Iterator[Prover]:
    """Proves for every window of the session."""
    shared = SharedProver(calm=0)
    yield shared
    Prover.close(shared)


@pytest.fixture(scope="session")
def typesetter() -> Typesetter:
    """Typesets for every window and panel of the session; as at a later start of the program, most is known."""
    return Typesetter()


@pytest.fixture
def open_window(
    qtbot: QtBot, look: Look, settings: QSettings, prover: Prover, typesetter: Typesetter
) -> Iterator[Callable[[Problem], MainWindow]]:
    """Opens a window on a problem and waits until its derivation is there."""
    windows: list[MainWindow] = []

    def open_on(problem: Problem) -> MainWindow:
        window = MainWindow(problem, look, settings, typesetter=typesetter, prover=prover)
        windows.append(window)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        window.derive()
        qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
        return window

    yield open_on
    for window in windows:
        window.close()
        QApplication.processEvents()
        assert not window.busy, "the window left work behind"
        timers = [timer for timer in window.findChildren(QTimer) if timer.isActive()]
        assert not timers, f"timers still run: {[timer.parent() for timer in timers]}"


@pytest.fixture
def window(open_window: Callable[[Problem], MainWindow], problem: Problem) -> MainWindow:
    """A window on the network of the question."""
    return open_window(problem)
