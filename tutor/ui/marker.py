"""Marking a person's formula in the background: while it is typed, and again when the problem is another."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.ui.jobs import Job

if TYPE_CHECKING:
    from tutor.marking import Marking

PAUSE: Final = 150
"""Milliseconds without a change after which a formula is marked."""


class Marker(QObject):
    """Keeps the marking of the formula that was asked for last; a search that nobody waits for any more ends.

    Signals:
        changed (): There is a marking to show.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked: tuple[Problem, str] | None = None
        self._found: tuple[Problem, str, Marking | None] | None = None
        self._numbers = count(1)
        self._newest = 0
        self._job = Job(self)
        self._job.answered.connect(self._take)
        self._job.refused.connect(self._refuse)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._ask)

    @property
    def busy(self) -> bool:
        """Whether a marking is on its way."""
        return self._pause.isActive() or self._job.busy

    def marking_of(self, problem: Problem, text: str) -> Marking | None:
        """The marking of a formula; where it is not there yet it is asked for, and None until it comes.

        While only numbers of the problem move, the last one stays: what it says is about formulas.
        """
        if not text.strip():
            self._asked = None
            self._newest = next(self._numbers)
            self._pause.stop()
            return None
        if self._asked is None or self._asked[0] is not problem or self._asked[1] != text:
            self._asked = problem, text
            self._newest = next(self._numbers)  # what runs is dropped
            self._pause.start()
        if self._found is None:
            return None
        of, said, marking = self._found
        same = said == text and of.wrt == problem.wrt and of.program.says(problem.program)
        return marking if same else None

    def close(self) -> None:
        """Mark nothing more."""
        self._newest = next(self._numbers)
        self._pause.stop()
        self._job.close()

    def _ask(self) -> None:
        from tutor.marking import mark

        if self._asked is not None:
            problem, text = self._asked
            number = self._newest
            self._job.ask(partial(_marked, mark, problem, text, lambda: number == self._newest))

    def _take(self, found: tuple[Problem, str, Marking]) -> None:
        self._found = found
        self.changed.emit()

    def _refuse(self, error: TutorError) -> None:
        if self._asked is not None:
            self._found = (*self._asked, _refused(error))
            self.changed.emit()


def _marked(mark: object, problem: Problem, text: str, wanted: object) -> tuple[Problem, str, Marking]:
    return problem, text, mark(problem, problem.wrt, text, wanted=wanted)  # type: ignore[operator]


def _refused(error: TutorError) -> Marking:
    from tutor.marking import Marking

    return Marking("unreadable", "syntax", error.sentence)
