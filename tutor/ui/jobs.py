"""Long work in the background, of which only the newest answer counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from queue import SimpleQueue
from threading import Thread

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from tutor.core.errors import TutorError

PATIENCE = 300
"""Milliseconds before work in the background is worth telling about."""

MOMENT = 500
"""Milliseconds for which closing waits for work that still runs; then that is left behind."""

Work = Callable[[], object]


class Job(QObject):
    """One kind of question, asked again whenever the problem changes; late answers are dropped.

    The questions of one job run one after the other in a thread of its own, because typesetters and caches belong to
    their thread. A question begins once the window has shown what it can show already: both would slow each other down.
    One that has not begun when the next one is asked never begins. Where one is cancelled while it runs, the next gets
    another thread: the old one works on unheard, and does not keep the program from ending.

    Signals:
        answered (object): What the newest question gave.
        refused (TutorError): The newest question has no answer, and the reason to show.
        failed (): The newest question met a bug, which is raised on the event loop.
        waited (bool): True when an answer takes long enough to say so, False when it has come.
    """

    answered = Signal(object)
    refused = Signal(object)
    failed = Signal()
    waited = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker: _Worker | None = None
        self._numbers = count(1)
        self._current = 0
        self._relay = _Relay()  # without a parent: a thread that was left behind may outlive the window
        self._relay.done.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._work: Work | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._begin)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._lose_patience)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._current != 0

    def ask(self, work: Work) -> None:
        """Run ``work`` in the background; an older question is forgotten."""
        self._current, self._work = next(self._numbers), work
        if not self._patience.isActive():
            self._patience.start()
        self._soon.start(0)

    def cancel(self) -> None:
        """Forget the question; whatever still runs is left to itself."""
        if self.busy:
            self._leave()
        self._settle()

    def close(self) -> None:
        """Cancel, and give what still runs a moment to end."""
        worker = self._leave()
        self._settle()
        if worker is not None:
            worker.join(MOMENT / 1000)

    def _begin(self) -> None:
        """Hand the newest question over."""
        work, self._work = self._work, None
        if work is not None:
            self._worker = self._worker or _Worker(self._relay)
            self._worker.ask(self._current, work)

    def _leave(self) -> _Worker | None:
        """Want nothing more of the thread: it ends after what it is at."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.leave()
        return worker

    def _settle(self) -> None:
        self._current, self._work = 0, None
        self._soon.stop()
        self._patience.stop()
        self.waited.emit(False)

    def _lose_patience(self) -> None:
        if self.busy:
            self.waited.emit(True)

    def _take(self, number: int, result: object, error: BaseException | None) -> None:
        if number != self._current:
            return
        self._settle()
        if isinstance(error, TutorError):
            self.refused.emit(error)
        elif error is not None:
            self.failed.emit()
            raise error  # here, on the event loop, where bugs are noticed
        else:
            self.answered.emit(result)


class _Relay(QObject):
    """Carries an answer from the working thread to the event loop."""

    done = Signal(int, object, object)


class _Worker(Thread):
    """One question at a time; of those that wait, only the newest."""

    def __init__(self, relay: _Relay) -> None:
        super().__init__(daemon=True)
        self._questions: SimpleQueue[tuple[int, Work] | None] = SimpleQueue()
        self._relay = relay
        self.start()

    def ask(self, number: int, work: Work) -> None:
        """Work on a question when the one before is done."""
        self._questions.put((number, work))

    def leave(self) -> None:
        """End after the question it is at."""
        self._questions.put(None)

    def run(self) -> None:
        while (question := self._newest()) is not None:
            self._answer(*question)

    def _newest(self) -> tuple[int, Work] | None:
        question = self._questions.get()
        while question is not None and not self._questions.empty():
            question = self._questions.get()
        return question

    def _answer(self, number: int, work: Work) -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:
            failure = error
        self._relay.done.emit(number, result, failure)
