"""SymPy's proofs for the window, from a process that is started when the first one is wanted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTimer, Signal

import tutor

if TYPE_CHECKING:
    from tutor.derive import Derivation, Link
    from tutor.derive.proof import Proof

LinkNames = tuple[str, str]

CALM: Final = 150
"""Milliseconds without another question before SymPy is asked: sizes are often changed several at a time."""

PATIENCE: Final = 3000
"""Milliseconds before a proof is long work: it is told, and can be cancelled."""

GRACE: Final = 1000
"""Milliseconds for which work that nobody wants any more may hold up the next question; then it is ended."""

COMMAND: Final = ("-m", "tutor.derive.proving")

STOPPED: Final = "SymPy was stopped. Choose {wrt} again to let it go on."
ENDED: Final = "SymPy's process ended, so there is no proof. Choose {wrt} again to try once more."


@dataclass(frozen=True, eq=False)
class Question:
    """Every link of a derivation, at sizes. One is like no other, so that late answers are told apart."""

    derivation: Derivation
    kinds: Mapping[str, str]
    dims: Mapping[str, int]


class Prover(QObject):
    """Proves one derivation at a time, the one asked for last, link by link, in a process of its own.

    The process starts with the first question and is kept. Its input ends with this process, however that ends, and
    then it ends too. When it ends by itself, it is started once more for the same question.

    Args:
        parent: Whose it is.
        calm: How many milliseconds without another question SymPy is asked after.

    Signals:
        answered (Question, Mapping, bool): SymPy's proof of every link, by (output, source), and whether SymPy got
            round to all of them; where it did not, the proof says why. A link that cannot be said to SymPy has none.
        waited (bool): A proof takes long enough to offer to cancel it; or no longer does.
    """

    answered = Signal(object, object, bool)
    waited = Signal(bool)

    def __init__(self, parent: QObject | None = None, calm: int = CALM) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._is_ready = False
        self._asked: tuple[Question, Link] | None = None  # what the process works on
        self._question: Question | None = None
        self._left: list[Link] = []
        self._found: dict[LinkNames, Proof] = {}
        self._may_restart = False
        self._calm = self._timer(calm, self._go_on)
        self._grace = self._timer(GRACE, self._replace)
        self._patience = self._timer(PATIENCE, self._lose_patience)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    def _timer(self, interval: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(then)
        return timer

    @property
    def busy(self) -> bool:
        """Whether a proof is on its way."""
        return self._question is not None

    def ask(self, question: Question) -> None:
        """Prove every link of a derivation; an older question is forgotten."""
        self.forget()
        self._question = question
        self._left, self._found = list(question.derivation.links), {}
        self._may_restart = True
        self._calm.start()
        self._patience.start()

    def forget(self) -> None:
        """Want no answer any more. What the process works on it may end, as long as nobody waits."""
        self._question = None
        for timer in (self._calm, self._grace, self._patience):
            timer.stop()
        self.waited.emit(False)

    def cancel(self) -> None:
        """Stop the proof; what was found until now is the answer."""
        self._end()
        self._give_up(STOPPED)

    def close(self) -> None:
        """Want nothing, and leave no process behind."""
        self.forget()
        self._end()

    # --- link by link ----------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Ask for the next link, as soon as there is somebody to ask."""
        question = self._question
        if question is None or self._calm.isActive():
            return
        if not self._left:
            self._finish(question, whole=True)
        elif self._process is None:
            self._start()
        elif self._asked is not None:
            self._grace.start()
        elif self._is_ready:
            from tutor.derive import proving

            link = self._left.pop(0)
            self._asked = question, link
            self._process.write(proving.question(question.derivation, link, question.kinds, question.dims))

    def _read(self) -> None:
        """Take what the process said."""
        from tutor.derive import proving

        while self._process is not None and self._process.canReadLine():
            line = bytes(self._process.readLine().data())
            if self._asked is None:
                self._is_ready |= line == proving.READY
                continue
            (question, link), self._asked = self._asked, None
            self._grace.stop()
            if question is not self._question:
                continue
            try:
                proof = proving.proof_of(line)
            except Exception:
                self._left.insert(0, link)
                self._end()
                self._give_up(ENDED)
                raise  # here, on the event loop, where bugs are noticed
            if proof is not None:
                self._found[link.output, link.source] = proof
        self._go_on()

    def _finish(self, question: Question, whole: bool) -> None:
        self.forget()
        self.answered.emit(question, self._found, whole)

    def _give_up(self, why: str) -> None:
        """Answer with what there is; for the other links say why there is nothing."""
        from tutor.derive.proof import Proof

        question = self._question
        if question is not None:
            missing = Proof(None, 0, {}, (), why.format(wrt=question.derivation.wrt))
            self._found |= {(link.output, link.source): missing for link in self._left}
            self._finish(question, whole=False)

    def _lose_patience(self) -> None:
        self.waited.emit(True)

    # --- the process -----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        process = QProcess(self)
        process.setProgram(sys.executable)
        process.setArguments(COMMAND)
        # Python looks for modules where a process starts; so it finds this very tutor, installed or not.
        process.setWorkingDirectory(str(Path(tutor.__file__).resolve().parents[1]))
        process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._restart)
        process.errorOccurred.connect(self._fail)
        self._process, self._is_ready = process, False
        process.start()

    def _end(self) -> None:
        """End the process, whatever it is at; that is still to be asked."""
        if self._asked is not None and self._asked[0] is self._question:
            self._left.insert(0, self._asked[1])
        self._asked = None
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(GRACE)
            process.deleteLater()

    def _replace(self) -> None:
        """The process is still at what nobody wants: take a new one."""
        self._end()
        self._go_on()

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._restart()

    def _restart(self) -> None:
        """The process ended by itself; another one starts when it is needed, but only once for a question."""
        self._end()
        if self._may_restart:
            self._may_restart = False
            self._go_on()
        else:
            self._give_up(ENDED)
