"""Which document is open: ready-made ones to choose from, a file, a copy from an earlier session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSettings, Qt

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.ui.limits import showable
from tutor.ui.memory import remember
from tutor.ui.store import Store, same_document
from tutor.ui.widgets.notice_bar import NoticeBar


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready-made problem of the gallery.

    Attributes:
        title: What the list says.
        load: Reads it.
        name: What settings and the command line call it.
    """

    title: str
    load: Callable[[], Problem]
    name: str = ""


class Documents:
    """Opens documents in a store, and says why one cannot be opened.

    Args:
        gallery: The ready-made problems.
        store: Where they are opened.
        notice: Where it is said.
        document: The file, or the name of the ready-made problem, that is open at first.
    """

    def __init__(self, gallery: Sequence[Ready], store: Store, notice: NoticeBar, document: str = "") -> None:
        self._gallery = tuple(gallery)
        self._store = store
        self._notice = notice
        # By title, because undo brings back a document as well.
        self._names = {ready.title: ready.name for ready in gallery}
        if document:
            self._names[store.problem.title] = document

    @property
    def titles(self) -> tuple[str, ...]:
        """What there is to choose from."""
        return tuple(ready.title for ready in self._gallery)

    def open_ready(self, place: int) -> None:
        """Open a ready-made problem; where that cannot be, what is open stays."""
        try:
            problem = showable(self._gallery[place].load())
        except (TutorError, OSError) as error:
            self._notice.notice(error.sentence if isinstance(error, TutorError) else f"{error}.")
        else:
            self._store.open(problem)

    def offer_copy(self, problem: Problem, answered: Callable[[], object]) -> None:
        """Offer work that an earlier session could not finish; ``answered`` is called when it is taken or declined."""
        if same_document(problem, self._store.problem):
            answered()  # nothing would be gained
            return

        def take() -> None:
            self._store.open(problem)
            answered()

        self._notice.offer("A copy of the last session's work was kept.", "Open the copy", take)
        self._notice.declined.connect(answered, Qt.ConnectionType.SingleShotConnection)

    def remember(self, settings: QSettings) -> None:
        """Note what is open, for the next session."""
        problem = self._store.problem
        remember(settings, self._names.get(problem.title, ""), problem)
