"""One run of the window: the only place where its parts are put together."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSaveFile, QSettings, QStandardPaths, Qt, QTimer
from PySide6.QtWidgets import QApplication

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.files import library
from tutor.typeset import Typesetter, shelf
from tutor.ui.dock_frame import keep_within
from tutor.ui.documents import Ready
from tutor.ui.memory import Opened, Rescue, open_named, recall
from tutor.ui.notices import Notices
from tutor.ui.questions import Dialogs
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow

NAME = "Chain Rule Tutor"
STYLE = ("-style", "Fusion")
"""Qt's arguments for the style that our own colours are made for: naming it later takes ten milliseconds more."""

SETTLED_MS = 3000
"""When everything is there after the first painting, but for proofs that take long."""


def run(arguments: Sequence[str]) -> int:
    """Show the window until it is closed.

    Returns:
        The exit status: 2 if the named document cannot be read or is too large to show.
    """
    app = application()
    settings = QSettings()
    try:
        opened = open_named(arguments[0]) if arguments else recall(settings)
    except (TutorError, OSError) as error:
        print(f"chain-rule-tutor: {error}", file=sys.stderr)
        return 2
    notices = Notices(parent=app)
    cache = _folder(QStandardPaths.StandardLocation.CacheLocation)
    kept, later = cache / "formulas.json", cache / "derivation.json"
    typesetter = Typesetter(shelf=shelf.read(kept))
    window = make_window(app, opened.problem, settings, typesetter, opened)
    if opened.digest and window.documents.path is not None:
        window.documents.know(opened.document, opened.digest)
    notices.noticed.connect(window.notice)
    if opened.notice:
        window.notice(opened.notice, wrong=False)
    data = _folder(QStandardPaths.StandardLocation.AppDataLocation)
    notices.install(data / "crash.log")
    rescue = Rescue(data, window.store, app)
    notices.rescue = rescue.keep
    rescue.troubled.connect(window.documents.tell_of_copies)
    window.documents.saved.connect(rescue.forget)
    # Background work hands over to the window five times as often as Python's own 5 ms would have it.
    sys.setswitchinterval(0.001)
    window.painted.connect(gc.enable)
    # Symbols take a moment, and so do formulas kept of them; the window is painted and can be used before that.
    window.painted.connect(partial(_change_shelf, typesetter, kept, later), Qt.ConnectionType.QueuedConnection)
    window.painted.connect(partial(begin, window), Qt.ConnectionType.QueuedConnection)
    window.painted.connect(partial(_begin_rescue, window, rescue), Qt.ConnectionType.QueuedConnection)
    window.painted.connect(partial(QTimer.singleShot, SETTLED_MS, window, partial(_settle, typesetter, later)))
    keep = partial(_keep_on_screen, window)
    keep()
    window.painted.connect(keep, Qt.ConnectionType.QueuedConnection)  # now its frame is known
    window.show()
    try:
        return app.exec()
    finally:
        rescue.close()
        notices.uninstall()


def application() -> QApplication:
    """The one application object of the process."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([NAME, *STYLE])
    app.setApplicationName(NAME)
    app.setOrganizationName(NAME)
    app.setDesktopFileName("chain-rule-tutor")
    return app


def make_window(
    app: QApplication,
    problem: Problem,
    settings: QSettings,
    typesetter: Typesetter | None = None,
    opened: Opened | None = None,
) -> MainWindow:
    """A window on a problem, with the ready-made problems to choose from."""
    gallery = [Ready(title, partial(library.problem, name), name) for name, title, *_ in library.ready_made()]
    document, shown, draft = (opened.document, opened.shown, opened.draft) if opened is not None else ("", None, "")
    return MainWindow(problem, Look(app, settings, app), settings, gallery, typesetter=typesetter, document=document,
                      shown=shown, draft=draft, questions=Dialogs)


def begin(window: MainWindow) -> None:
    """What follows the first painting: the other panels and the symbols; at the first start, a tour of all of them."""
    window.derive()
    QTimer.singleShot(0, window, window.tour.begin_once)  # then they can be seen


def _settle(typesetter: Typesetter, later: Path) -> None:
    """Everything is there: keep it for the next start, and never look through it for rubbish, which takes 50 ms."""
    keep_formulas(typesetter, later)
    gc.freeze()


def _keep_on_screen(window: MainWindow) -> None:
    """The window is never larger than the screen it opens on, nor beside it."""
    keep_within(window, window.screen().availableGeometry())


def _begin_rescue(window: MainWindow, rescue: Rescue) -> None:
    """Offer what an earlier session left, and keep a copy from here on."""
    left = rescue.begin()
    if left is not None:
        window.documents.offer_copy(left, rescue.drop)


def _change_shelf(typesetter: Typesetter, kept: Path, later: Path) -> None:
    """Keep what the first painting needed, and go on with what an earlier run needed after it."""
    keep_formulas(typesetter, kept)
    typesetter.shelf = shelf.read(later)


def keep_formulas(typesetter: Typesetter, file: Path) -> None:
    """Keep the formulas that were asked for up to now for the next start, if they are not kept already."""
    if typesetter.asked.keys() <= typesetter.shelf.keys():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # they are set anew next time
    saving = QSaveFile(str(file))
    if saving.open(QSaveFile.OpenModeFlag.WriteOnly):
        saving.write(shelf.packed(typesetter.asked).encode())
        saving.commit()


def _folder(kind: QStandardPaths.StandardLocation) -> Path:
    return Path(QStandardPaths.writableLocation(kind))
