"""Which document is open: ready-made ones to choose from, a file, a copy from an earlier session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QSettings, Qt

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.ui.limits import showable
from tutor.ui.memory import remember
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


class Documents:
    """Opens documents in a store, and says why one cannot be opened.

    Args:
        gallery: The ready-made problems.
        store: Where they are opened.
        notice: Where it is said.
    """

    def __init__(self, gallery: Sequence[Ready], store: Store, notice: NoticeBar) -> None:
        self._gallery = tuple(gallery)
        self._store = store
        self._notice = notice
        self._uncopied = ""

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

    def open_ready(self, place: int) -> None:
        """Open a ready-made problem; where that cannot be, what is open stays."""
        try:
            ready = self._gallery[place]
            problem = showable(ready.load())
        except (TutorError, OSError) as error:
            self._notice.notice(error.sentence if isinstance(error, TutorError) else f"{error}.")
        else:
            self._store.open(problem, ready.name)

    def offer_copy(self, copy: Document, answered: Callable[[], object]) -> None:
        """Offer work that an earlier session could not finish; ``answered`` is called when it is taken or declined."""
        if same_document(copy.problem, self._store.problem):
            answered()  # nothing would be gained
            return

        def take() -> None:
            self._store.open(*copy)
            answered()

        self._notice.offer("A copy of the last session's work was kept.", "Open the copy", take)
        self._notice.declined.connect(answered, Qt.ConnectionType.SingleShotConnection)

    def tell_of_copies(self, sentence: str) -> None:
        """Say that no copy of the work can be kept, and why; an empty sentence takes that back."""
        self._notice.withdraw(self._uncopied)
        self._uncopied = sentence
        if sentence:
            self._notice.notice(sentence, wrong=False)

    def remember(self, settings: QSettings) -> None:
        """Note what is open, for the next session."""
        remember(settings, self._store.document)
