"""What is there at the first paint, and what comes after it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.figures.jacobians import shared_scale
from tutor.typeset import Typesetter
from tutor.ui.answers import scale_of_numbers
from tutor.ui.panel import Later
from tutor.ui.panels import PANELS
from tutor.ui.prover import Prover
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow

LATER = [panel for panel in PANELS if isinstance(panel, Later)]


@pytest.mark.parametrize("later", LATER, ids=lambda later: later.key)
def test_what_is_said_of_a_panel_before_it_is_there_is_so(later: Later) -> None:
    panel = later.load()
    assert (panel.key, panel.title, panel.area) == (later.key, later.title, later.area)


def test_docks_and_menu_are_there_before_their_panels(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem, typesetter: Typesetter, prover: Prover
) -> None:
    window = MainWindow(problem, look, settings, typesetter=typesetter, prover=prover)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.painted):
        window.show()
    assert [panel.key for panel in window.docks.panels] == ["program", "numbers"]
    assert [action.text() for action in window.docks.toggles()] == ["Program", "Numbers", "Jacobians", "Gradient check",
                                                                     "My formula"]
    assert window.busy
    assert (window.status.certified.words, window.status.agreement.words) == ("deriving", "checking")
    docks = [window.docks.dock(key) for key in ("program", "numbers", "jacobians", "check")]
    before = [dock.geometry() for dock in docks if dock is not None]
    window.derive()
    assert [panel.key for panel in window.docks.panels] == [panel.key for panel in PANELS]
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    assert [dock.geometry() for dock in docks if dock is not None] == before, "no border moves"
    window.close()


def test_an_edit_before_the_panels_are_there(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem, typesetter: Typesetter, prover: Prover
) -> None:
    window = MainWindow(problem, look, settings, typesetter=typesetter, prover=prover)
    qtbot.addWidget(window)
    window.show()
    window.ask("W1")
    window.derive()
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    for panel in window.docks.panels:
        assert panel.view is not None and panel.view.derivation is not None
        assert panel.view.derivation.wrt == "W1"
    window.close()


def test_the_first_colours_are_those_of_the_shared_scale(problem: Problem) -> None:
    evaluation = evaluate(problem)
    assert scale_of_numbers(evaluation) == shared_scale(evaluation)


def test_what_the_first_paint_does_without() -> None:
    code = "import sys, tutor.ui.session; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    late = {"sympy", "matplotlib", "tutor.derive.derivation", "tutor.figures.derivation",
            *(later.module for later in LATER)}
    assert not loaded & late


def test_what_needs_no_qt_is_loaded_before_it() -> None:
    code = """if True:
        import sys
        from importlib import import_module
        from tutor.ui.app import BEFORE_QT
        for module in BEFORE_QT:
            import_module(module)
        before = set(sys.modules)
        import tutor.ui.session
        print(*(name for name in before if name.startswith("PySide6")))
        print(*(name for name in set(sys.modules) - before if name.startswith(("tutor.", "numpy"))))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    too_early, after = done.stdout.split("\n")[:2]
    assert not too_early
    assert [name for name in after.split() if not name.startswith("tutor.ui")] == []
