"""One run of the window: the only place where its parts are put together."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSaveFile, QSettings, QStandardPaths, Qt
from PySide6.QtWidgets import QApplication

from tutor.core.errors import ShapeError, TutorError
from tutor.core.problem import Problem
from tutor.files import library
from tutor.typeset import Typesetter, shelf
from tutor.ui.notices import Notices
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow, Ready

NAME = "Chain Rule Tutor"
LARGEST_SIZE = 64
"""Rows and columns of a matrix; with more of them the tables are no longer read, and the window stands still."""


def run(arguments: Sequence[str]) -> int:
    """Show the window until it is closed.

    Returns:
        The exit status: 2 if the named document cannot be read or is too large to show.
    """
    try:
        problem = _showable(library.problem(arguments[0] if arguments else library.FIRST))
    except (TutorError, OSError) as error:
        print(f"chain-rule-tutor: {error}", file=sys.stderr)
        return 2
    app = application()
    notices = Notices(parent=app)
    kept = _folder(QStandardPaths.StandardLocation.CacheLocation) / "formulas.json"
    typesetter = Typesetter(shelf=shelf.read(kept))
    window = make_window(app, problem, QSettings(), typesetter)
    notices.noticed.connect(window.notice)
    notices.install(_folder(QStandardPaths.StandardLocation.AppDataLocation) / "crash.log")
    # Background work hands over to the window five times as often as Python's own 5 ms would have it.
    sys.setswitchinterval(0.001)
    # Symbols take a moment; the window is painted and can be used before that.
    window.painted.connect(window.derive, Qt.ConnectionType.QueuedConnection)
    window.painted.connect(gc.enable)
    window.painted.connect(partial(_keep, typesetter, kept))
    window.show()
    try:
        return app.exec()
    finally:
        notices.uninstall()


def application() -> QApplication:
    """The one application object of the process."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([NAME])
    app.setApplicationName(NAME)
    app.setOrganizationName(NAME)
    app.setDesktopFileName("chain-rule-tutor")
    return app


def make_window(
    app: QApplication, problem: Problem, settings: QSettings, typesetter: Typesetter | None = None
) -> MainWindow:
    """A window on a problem, with the ready-made problems to choose from."""
    gallery = [Ready(title, partial(library.problem, name)) for name, title, *_ in library.ready_made()]
    return MainWindow(problem, Look(app, settings, app), settings, gallery, typesetter=typesetter)


def _showable(problem: Problem) -> Problem:
    """The problem itself.

    Raises:
        ShapeError: something in it is too large for the window.
    """
    for name in problem.program.shapes:
        rows, columns = problem.shape(name)
        if max(rows, columns) > LARGEST_SIZE:
            raise ShapeError(f"{name} is {rows}×{columns}; the window shows sizes up to {LARGEST_SIZE}.")
    return problem


def _keep(typesetter: Typesetter, file: Path) -> None:
    """Keep the formulas of the first painting for the next start, if they are not those kept already."""
    if typesetter.asked.keys() == typesetter.shelf.keys():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    saving = QSaveFile(str(file))
    if saving.open(QSaveFile.OpenModeFlag.WriteOnly):
        saving.write(shelf.packed(typesetter.asked).encode())
        saving.commit()


def _folder(kind: QStandardPaths.StandardLocation) -> Path:
    return Path(QStandardPaths.writableLocation(kind))
