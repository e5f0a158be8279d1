"""Which document is open: ready-made ones to choose from, files, a copy from an earlier session; and its saving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.files.document import Shown, document_text, load_document
from tutor.ui.answers import Answers
from tutor.ui.limits import showable
from tutor.ui.memory import remember
from tutor.ui.questions import ENDING, Answer, Questions
from tutor.ui.recent import RecentFiles, RecentMenu
from tutor.ui.store import Document, Store, same_document
from tutor.ui.widgets.notice_bar import NoticeBar


class Ready(NamedTuple):
    """A ready-made problem of the gallery.

    Attributes:
        title: What the list says.
        load: Reads it.
        name: What settings and the command line call it.
    """

    title: str
    load: Callable[[], Problem]
    name: str


class Documents(QObject):
    """Opens and saves documents, and says why one cannot be opened or saved: then all stays as it is.

    Args:
        gallery: The ready-made problems.
        store: Where documents are opened.
        notice: Where it is said.
        recent: The files that were open at last.
        answers: Knows how the document is looked at.
        questions: Who is asked which file, and before changes are lost; without anybody they are.

    Signals:
        opened (Shown): Another document was opened, and is to be looked at so.
        saved (): Nothing would be lost any more.
    """

    opened = Signal(object)
    saved = Signal()

    def __init__(
        self, gallery: Sequence[Ready], store: Store, notice: NoticeBar, recent: RecentFiles,
        answers: Answers, questions: Questions | None = None,
    ) -> None:
        super().__init__(store)
        self._gallery = tuple(gallery)
        self._store = store
        self._notice = notice
        self.recent = recent
        self._answers = answers
        self._questions = questions
        self._digests: dict[str, str] = {}
        self._uncopied = ""
        self._unwritten = ""
        store.changed.connect(self._forget_unwritten)

    @property
    def titles(self) -> tuple[str, ...]:
        """What there is to choose from."""
        return tuple(ready.title for ready in self._gallery)

    @property
    def place(self) -> int:
        """Which of them is open; -1 for none, a file."""
        names = [ready.name for ready in self._gallery]
        name = self._store.document.name
        return names.index(name) if name in names else -1

    @property
    def shown_place(self) -> int:
        """The same while its program is the ready-made one: another program is not what the list calls so."""
        return -1 if self._store.rewritten else self.place

    @property
    def path(self) -> Path | None:
        """The file that is open; None for a ready-made problem, and for one that was never saved."""
        name = self._store.document.name
        return Path(name) if name and self.place < 0 else None

    @property
    def title(self) -> str:
        """What the document is called: by its file where it has one."""
        return self.path.name if self.path is not None else self.problem_title

    @property
    def problem_title(self) -> str:
        """What its problem is called; with another program it is no longer quite that."""
        title = self._store.problem.title
        return f"{title}, changed" if title and self.path is None and self._store.rewritten else title

    def name_on(self, window: QWidget) -> None:
        """Keep it written on a window what is open, and whether it is saved."""
        def write() -> None:
            window.setWindowTitle(f"{self.title.replace('[*]', '')}[*] – Chain Rule Tutor")
            window.setWindowFilePath(str(self.path or ""))
            window.setWindowModified(self._store.modified)

        self._store.changed.connect(write)
        write()

    # ---- opening ----------------------------------------------------------------------------------------------

    def open_named(self, name: str, wrt: str, formula: str) -> None:
        """Open a ready-made problem by its name, asked by a variable, with a formula to be marked."""
        if self._store.document.name != name or self._store.rewritten:
            place = next((place for place, ready in enumerate(self._gallery) if ready.name == name), None)
            if place is not None:
                self.open_ready(place)
        if self._store.document.name == name:  # else the changes of another were not given up
            self._store.edit(f"gradient by {wrt}", self._store.problem.with_wrt(wrt))
            self.opened.emit(replace(self.shown(), formula=formula))

    def open_ready(self, place: int) -> None:
        """Open a ready-made problem; where that cannot be, what is open stays."""
        ready = self._gallery[place]
        try:
            problem = showable(ready.load())
        except (TutorError, OSError) as error:
            self._notice.notice(error.sentence if isinstance(error, TutorError) else f"{error}.")
            return
        if self.may_leave():
            self._store.open(problem, ready.name)
            self.opened.emit(Shown())

    def open_new(self, problem: Problem) -> bool:
        """Open a problem that is in no file yet; False where the changes of the present one are not given up."""
        if not self.may_leave():
            return False
        self._store.open(problem)
        self.opened.emit(Shown())
        return True

    def open(self) -> None:
        """Ask for a file, and open it."""
        if self._questions is not None and (path := self._questions.to_open(str(self._folder))) is not None:
            self.open_file(path)

    def open_file(self, path: Path | str) -> None:
        """Open a file; where it cannot be read, say where and why, and leave what is open."""
        path = Path(path).absolute()
        try:
            found = load_document(path)
            problem = showable(found.problem)
        except TutorError as error:
            self.recent.remove(str(path))
            self._notice.notice(_told(error, path))
            return
        if self.may_leave():
            self.know(str(path), found.digest)
            self._store.open(problem, str(path), found.draft)
            self.opened.emit(found.shown)

    def know(self, name: str, digest: str) -> None:
        """Note what a file held when it was opened, so that nothing else in it is written over."""
        self._digests[name] = digest
        self.recent.add(name)

    def recent_menu(self, parent: QWidget) -> RecentMenu:
        """A menu of the files that were open at last."""
        menu = RecentMenu(self.recent, parent)
        menu.chosen.connect(self.open_file)
        return menu

    def offer_copy(self, copy: Document, answered: Callable[[], object]) -> None:
        """Offer work that an earlier session could not finish; ``answered`` is called when it is taken or declined."""
        if same_document(copy.problem, self._store.problem) and copy.draft == self._store.document.draft:
            answered()  # nothing would be gained
            return

        def take() -> None:
            if self.may_leave():
                self._store.take_over(copy)
                answered()

        self._notice.offer("A copy of the last session's work was kept.", "Open the copy", take, answered)

    # ---- saving -----------------------------------------------------------------------------------------------

    def may_leave(self) -> bool:
        """Whether another document may be opened, or the window closed: changes are saved, given up, or there are none.

        The only question that stops everything else.
        """
        if not self._store.modified or self._questions is None:
            return True
        answer = self._questions.changes(self.title)
        return self.save() if answer is Answer.SAVE else answer is Answer.DISCARD

    def save(self) -> bool:
        """Save the document in its file; one that has none, in a file that is asked for.

        Returns:
            Whether it is saved.
        """
        path = self.path
        return self.save_as() if path is None else self._write(path, self._digests.get(str(path), ""))

    def save_as(self) -> bool:
        """Ask for a file, and save the document there.

        Returns:
            Whether it is saved.
        """
        if self._questions is None:
            return False
        name = self._store.document.name or "problem"
        path = self._questions.to_save(self.path or self._folder / f"{name}{ENDING}")
        return path is not None and self._write(path.absolute(), None)

    def now(self) -> tuple[Document, bool]:
        """The document, and whether there is work in it that is in no file."""
        return self._store.document, self._store.modified

    def shown(self) -> Shown:
        """How the document is looked at."""
        return self._answers.shown

    def place_for(self, file: Path) -> Path | None:
        """Ask for a file to save something else in, a figure; where nothing better is known, beside the document."""
        if self._questions is None:
            return None
        return self._questions.to_save(file if file.is_absolute() else self._folder / file)

    def _write(self, path: Path, over: str | None) -> bool:
        from tutor.files.writing import ChangedOnDiskError, write_whole

        self._notice.withdraw(self._notice.sentence)
        problem, _, draft = self._store.document
        try:
            digest = write_whole(path, document_text(problem, self._answers.shown, draft).encode(), over)
        except ChangedOnDiskError as error:
            self._notice.offer(f"{error.sentence} Nothing is saved yet; Save as… keeps both.", "Write over it",
                               partial(self._write, path, None))
            self._unwritten = self._notice.sentence
            return False
        except TutorError as error:
            self._notice.notice(f"{error.sentence} Nothing is lost: your work is still open here.")
            return False
        self.know(str(path), digest)
        self._store.keep(str(path))
        self.saved.emit()
        return True

    def _forget_unwritten(self, old: Document, new: Document) -> None:
        """To write over a file is offered for the document that is of that file, and for no other."""
        if old.name != new.name and self._unwritten:
            self._notice.withdraw(self._unwritten)
            self._unwritten = ""

    @property
    def _folder(self) -> Path:
        """Where files lie: beside the one that was open at last."""
        recent = self.recent.paths
        return Path(recent[0]).parent if recent else Path.home()

    # ---- from session to session ------------------------------------------------------------------------------

    def tell_of_copies(self, sentence: str) -> None:
        """Say that no copy of the work can be kept, and why; an empty sentence takes that back."""
        self._notice.withdraw(self._uncopied)
        self._uncopied = sentence
        if sentence:
            self._notice.notice(sentence, wrong=False)

    def remember(self, settings: QSettings) -> None:
        """Note what is open, for the next session."""
        remember(settings, self._store.document)


def _told(error: TutorError, path: Path) -> str:
    """Why a file was not opened, and where in it."""
    if error.position is None:
        return error.sentence
    place = f"line {error.position.line}, column {error.position.column}"
    return f"{path.name}, {place}: {error.sentence.removeprefix(f'{path.name}: ')}"
