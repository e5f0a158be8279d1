"""Long work in the background, of which only the newest answer counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal

from tutor.core.errors import TutorError

PATIENCE = 300
"""Milliseconds before work in the background is worth telling about."""


class Job(QObject):
    """One kind of question, asked again whenever the problem changes; late answers are dropped.

    The questions of one job run one after the other in a thread of its own. A question that has not begun when the
    next one is asked never begins.

    Signals:
        answered (object): What the newest question gave.
        refused (TutorError): The newest question has no answer, and the reason to show.
        waited (bool): True when an answer takes long enough to say so, False when it has come.
    """

    answered = Signal(object)
    refused = Signal(object)
    waited = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setExpiryTimeout(-1)  # typesetters and caches belong to their thread, so the thread stays
        self._numbers = count(1)
        self._current = 0
        self._relay = _Relay(self)
        self._relay.done.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._lose_patience)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._current != 0

    def ask(self, work: Callable[[], object]) -> None:
        """Run ``work`` in the background; an older question is forgotten."""
        self._pool.clear()
        self._current = next(self._numbers)
        if not self._patience.isActive():
            self._patience.start()
        self._pool.start(_Run(self._current, work, self._relay))

    def cancel(self) -> None:
        """Forget the question; whatever still runs is not listened to."""
        self._pool.clear()
        self._settle()

    def close(self) -> None:
        """Cancel, and wait until the thread rests: nothing may outlive the window."""
        self.cancel()
        self._pool.waitForDone()

    def _settle(self) -> None:
        self._current = 0
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
            raise error  # here, on the event loop, where bugs are noticed
        else:
            self.answered.emit(result)


class _Relay(QObject):
    """Carries an answer from the working thread to the event loop."""

    done = Signal(int, object, object)


class _Run(QRunnable):
    """One question on its way."""

    def __init__(self, number: int, work: Callable[[], object], relay: _Relay) -> None:
        super().__init__()
        self._number = number
        self._work = work
        self._relay = relay

    def run(self) -> None:
        try:
            result = self._work()
        except Exception as error:
            self._relay.done.emit(self._number, None, error)
        else:
            self._relay.done.emit(self._number, result, None)
