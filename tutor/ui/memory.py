"""What one session leaves for the next: which problem, which variable, and a copy of work that was cut off."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QLockFile, QObject, QSaveFile, QSettings, QTimer, Signal

from tutor.core.errors import TutorError, UnreadableError
from tutor.core.problem import Problem
from tutor.files import library
from tutor.files.document import Shown, document_text, load_document
from tutor.ui.limits import showable
from tutor.ui.store import Document, Store

PAUSE: Final = 2000
"""Milliseconds of work that a crash can cost at most."""
_SLOTS: Final = 8
"""So many windows have a copy each; further ones go without."""
_NAME: Final = "# Opened from: "
"""How the first line of a copy begins: a remark, as the copy is a problem like any other."""


class Opened(NamedTuple):
    """What a session begins with.

    Attributes:
        problem: The problem.
        document: The ready-made problem's name, or the file.
        notice: Why it is not what was open at last; nothing where it is.
        shown: How it was looked at when it was saved; None where the last session knows better.
        draft: The program as it was being typed; nothing where it is the problem's.
        digest: Tells what the file held.
    """

    problem: Problem
    document: str
    notice: str = ""
    shown: Shown | None = None
    draft: str = ""
    digest: str = ""


def open_named(name_or_path: str) -> Opened:
    """The problem that was asked for.

    Raises:
        TutorError: there is none of that name, it cannot be used, or it is too large for the window.
    """
    found = library.document(name_or_path)
    path = Path(name_or_path).expanduser()
    name = name_or_path if library.is_ready_made(name_or_path) else str(path.absolute())
    return Opened(showable(found.problem), name, shown=found.shown, draft=found.draft, digest=found.digest)


def recall(settings: QSettings) -> Opened:
    """What was open when the window was closed at last, with the variable that was chosen.

    Raises:
        TutorError: the problem that everything starts with is damaged.
    """
    document = str(settings.value("document", "")) or library.FIRST
    try:
        opened = open_named(document)
    except (TutorError, OSError) as error:
        if document == library.FIRST:
            raise
        sentence = error.sentence if isinstance(error, TutorError) else f"{error}."
        notice = f"What was open last time cannot be opened any more. {sentence}"
        return open_named(library.FIRST)._replace(notice=notice)
    problem, wrt = opened.problem, str(settings.value("wrt", ""))
    if wrt in problem.program.targets:
        problem = problem.with_wrt(wrt)
    return opened._replace(problem=problem, shown=None)


def remember(settings: QSettings, document: Document) -> None:
    """Note what is open, for the next session."""
    settings.setValue("document", document.name)
    settings.setValue("wrt", document.problem.wrt)


class Rescue(QObject):
    """Keeps a copy of work that is in no file, as long as it is; to save it, or to end well, takes the copy away.

    Where a copy cannot be written, it is tried again until it can.

    Args:
        folder: Where copies lie.
        store: What is worked on.

    Signals:
        troubled (str): Why no copy can be kept, once for each reason; nothing when one is kept again.
    """

    troubled = Signal(str)

    def __init__(self, folder: Path, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._store = store
        self._slot: int | None = None
        self._lock: QLockFile | None = None
        self._offered: Path | None = None
        self._is_kept = False
        self._trouble = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._soon.timeout.connect(self._try)
        store.changed.connect(self._change)

    def begin(self) -> Document | None:
        """Take a place for the copy. What an earlier session left there, if it did not end well, is given back.

        It lies there until :meth:`drop`, so that it is offered again where it was not answered, also after another
        session that did not end well: then the later one is offered first.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None  # a disk that cannot be written is no reason not to start
        for slot in range(_SLOTS):
            lock = QLockFile(str(self._folder / f"session-{slot}.lock"))
            lock.setStaleLockTime(0)  # only a process that lives holds it
            if lock.tryLock(0):
                self._slot, self._lock = slot, lock
                return self._left()
        return None

    def save(self) -> None:
        """Write the copy.

        Raises:
            UnreadableError: it cannot be written.
        """
        self._soon.stop()
        if self._slot is None:
            raise UnreadableError("There is no place for a copy.")
        saving = QSaveFile(str(self._copy))
        problem, name, draft = self._store.document
        text = f"{_NAME}{json.dumps(name)}\n{document_text(problem, Shown(), draft)}".encode()
        if not (saving.open(QSaveFile.OpenModeFlag.WriteOnly) and saving.write(text) == len(text) and saving.commit()):
            raise UnreadableError(f"{self._copy} cannot be written: {saving.errorString()}.")

    def keep(self) -> None:
        """Write the copy, and leave it when the session ends: something went wrong."""
        self.save()
        self._is_kept = True

    def forget(self) -> None:
        """What is worked on is in a file now; a copy that was left because something went wrong stays."""
        self._soon.stop()
        if self._slot is not None and not self._is_kept:
            self._copy.unlink(missing_ok=True)

    def drop(self) -> None:
        """What was given back of an earlier session is not needed any more."""
        if self._offered is not None:
            self._offered.unlink(missing_ok=True)

    def close(self) -> None:
        """The session ends well."""
        self.forget()
        if self._lock is not None:
            self._lock.unlock()
            self._slot = self._lock = None

    @property
    def _copy(self) -> Path:
        return self._folder / f"session-{self._slot}.toml"

    def _earlier(self) -> list[Path]:
        """What earlier sessions left, the latest first."""
        return sorted(self._folder.glob(f"earlier-{self._slot}-*.toml"), reverse=True)

    def _left(self) -> Document | None:
        try:
            if self._copy.exists():  # this session's own copy must not be written over it
                self._copy.replace(self._folder / f"earlier-{self._slot}-{time.time_ns():020}.toml")
        except OSError:
            return None
        for path in self._earlier():
            try:
                left = load_document(path)
                found = Document(showable(left.problem), _name_in(path), left.draft)
            except (TutorError, OSError):
                continue  # nothing that could be opened; it stays where it is
            self._offered = path
            return found
        return None

    def _try(self) -> None:
        """Write the copy, or say why not and try again; the same is not said twice."""
        trouble = ""
        try:
            if self._store.modified:
                self.save()
            else:
                self.forget()
        except UnreadableError as error:
            trouble = f"No copy of your work can be kept. {error.sentence}"
            self._soon.start()
        if trouble != self._trouble:
            self._trouble = trouble
            self.troubled.emit(trouble)

    def _change(self) -> None:
        if self._slot is not None and not self._soon.isActive():
            self._soon.start()


def _name_in(copy: Path) -> str:
    """What a copied problem was opened from; nothing where the copy does not say."""
    with copy.open(encoding="utf-8") as lines:
        first = lines.readline()
    try:
        name = json.loads(first.removeprefix(_NAME)) if first.startswith(_NAME) else ""
    except ValueError:
        return ""
    return name if isinstance(name, str) else ""
