"""What is painted when something goes wrong, and what is not painted again."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tutor.core.evaluate import evaluate
from tutor.ui.panel import View
from tutor.ui.window import MainWindow

ROOT = Path(__file__).resolve().parents[2]

FAILING = """
import importlib, os, shiboken6, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QWidget
from tutor.files.library import problem
from tutor.ui.session import application, make_window
app = application()
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
settings.setValue("theme", "light")
window = make_window(app, problem("backprop-5-3-5"), settings)
window.show()
window.derive()
seen, left = [], sys.argv[2:]
sys.excepthook = lambda *error: seen.append(error)  # and with it every frame, as who writes a report does

def fail(*_):
    raise ZeroDivisionError

def spoil():
    if window.busy:
        QTimer.singleShot(20, spoil)
    elif left:
        module, name, method = left.pop(0).split(":")
        owner = getattr(importlib.import_module(f"tutor.ui.widgets.{module}"), name)
        known = getattr(owner, method)
        before = len(seen)
        QTimer.singleShot(150, lambda: mend(owner, method, known, before))
        setattr(owner, method, fail)
        for widget in window.findChildren(QWidget):
            widget.update()
        try:
            app.sendPostedEvents()
            app.processEvents()
        except ZeroDivisionError as error:
            seen.append(error)
    else:
        window.close()
        shiboken6.delete(window)  # what an open painter still paints on cannot be destroyed
        print("survived")
        sys.stdout.flush()
        os._exit(0)

def mend(owner, method, known, before):
    setattr(owner, method, known)
    print(owner.__name__, len(seen) > before)
    QTimer.singleShot(0, spoil)

QTimer.singleShot(0, spoil)
app.exec()
"""

PLACES = ("table_painter:TablePainter:paint", "equation_painter:EquationPainter:paint",
          "comparison_view:ComparisonView:_paint_words", "sweep_view:_SweepBrush:paint",
          "listing:Listing:_paint_words", "listing:Listing:paint_numbers")


def test_an_error_while_painting_does_not_end_the_process(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FAILING, str(tmp_path / "settings.ini"), *PLACES], cwd=ROOT,
                          capture_output=True, text=True, timeout=60)
    *said, last = done.stdout.splitlines() or [""]
    assert last == "survived", done.stderr[-600:]
    assert said == [f"{place.split(':')[1]} True" for place in PLACES], "each of them did fail"
    assert done.returncode == 0
    assert "being painted" not in done.stderr, "a painter is still open"


class Paints(QObject):
    """Counts what is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.seen[f"{type(watched).__name__} {watched.objectName() or watched.accessibleName()}"] += 1
        return False


@pytest.fixture
def paints(qapp: QApplication) -> Iterator[Paints]:
    counted = Paints()
    yield counted
    qapp.removeEventFilter(counted)


@pytest.fixture
def painted_by(
    qtbot: QtBot, qapp: QApplication, paints: Paints, window: MainWindow
) -> Callable[[Callable[[View], View]], Counter[str]]:
    """Shows every panel another view and says what was painted for it."""

    def show(change: Callable[[View], View]) -> Counter[str]:
        view = window.docks.panels[0].view
        assert view is not None
        for _ in range(5):
            qapp.processEvents()
        qapp.installEventFilter(paints)
        paints.seen.clear()
        window.docks.show_view(change(view))
        window.tool_bar.show_view(change(view), window.documents.place, "")
        for _ in range(5):
            qapp.processEvents()
        return paints.seen

    return show


def test_a_view_that_is_shown_again_paints_nothing(
    painted_by: Callable[[Callable[[View], View]], Counter[str]]
) -> None:
    assert painted_by(lambda view: view) == Counter()


def test_equal_numbers_paint_nothing(painted_by: Callable[[Callable[[View], View]], Counter[str]]) -> None:
    assert painted_by(lambda view: replace(view, evaluation=evaluate(view.problem))) == Counter()


def test_other_numbers_paint_what_shows_them(painted_by: Callable[[Callable[[View], View]], Counter[str]]) -> None:
    def edit(view: View) -> View:
        problem = view.problem.with_numbers("b2", np.full((1, 5), 0.25))
        return replace(view, problem=problem, evaluation=evaluate(problem))

    painted = painted_by(edit)
    assert any(name.startswith("MatrixTable Numbers of b2") for name in painted)
    assert not any(name.startswith(("MatrixTable Numbers of W1", "Segmented", "Phrase", "SizeBox", "StepRow"))
                   for name in painted)
