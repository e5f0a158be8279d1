"""From a problem to everything that is shown of it: numbers at once, symbols in the background, proofs elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from tutor.core.comparison import Check, Method
from tutor.core.differences import check
from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation, evaluate
from tutor.core.problem import Problem
from tutor.figures.palette import Theme, nice_scale, usual_size
from tutor.files.document import Shown
from tutor.ui.jobs import Job
from tutor.ui.marker import Marker
from tutor.ui.panel import View
from tutor.ui.prover import LinkNames, Prover, Question
from tutor.ui.store import same_structure

if TYPE_CHECKING:
    from tutor.derive import Derivation
    from tutor.derive.proof import Proof

QUIET: Final = 1000
"""Milliseconds after a derivation before another reading of it is prepared: first it is shown itself."""


class Answers(QObject):
    """The current problem's numbers, its derivation, and SymPy's proofs of that.

    Numbers depend on weights and are there when :meth:`take` returns. Symbols depend on structure alone; they are
    asked for in the background, and only when the structure changes. Of the first problem there are values and
    gradients at once; their check, and the symbols, wait for :meth:`begin`, because loading takes time. Proofs depend
    on the sizes too, and are asked for when the derivation is there.

    Args:
        problem: The first one.
        prover: Proves links; a new one where there is none to share.

    Signals:
        changed (): There is something new to show.
        waited (bool, bool): Whether the derivation, and whether its proofs, take long enough to say so.
    """

    changed = Signal()
    waited = Signal(bool, bool)

    def __init__(self, problem: Problem, parent: QObject | None = None, prover: Prover | None = None) -> None:
        super().__init__(parent)
        self._problem = problem
        self._check: Check | None = None
        self._check_refusal: TutorError | None = None
        self._method: Method = "central"
        self._step: float | None = None
        self._evaluation = evaluate(problem)
        self._begun = False
        self._derivation: Derivation | None = None
        self._refusal: TutorError | None = None
        self._cancelled = False
        self._job = Job(self)
        self._job.answered.connect(self._derived)
        self._job.refused.connect(self._refused)
        self._job.failed.connect(self._stop)
        self._job.waited.connect(self._wait)
        self._ahead = Job(self)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET)
        self._quiet.timeout.connect(self._look_ahead)
        self._prover = prover or Prover(self)
        self._prover.answered.connect(self._proved)
        self._prover.waited.connect(self._wait_for_proofs)
        self._question: Question | None = None
        self._proofs: Mapping[LinkNames, Proof] | None = None
        self._unproved = False
        self._waiting = (False, False)
        self._shown = Shown()
        self._marker = Marker(self)
        self._marker.changed.connect(self.changed)

    @property
    def shown(self) -> Shown:
        """How it is looked at, as far as a document keeps that."""
        return self._shown

    def look_as(self, shown: Shown) -> None:
        """Look at it so; where nothing is said of how to read it, the reading stays."""
        self._shown = replace(shown, reading=shown.reading or self._shown.reading)
        self.changed.emit()

    def look_at(self, what: str, choice: Any) -> None:
        """Keep a choice that a panel has made of itself, and shows already; what follows is told from it."""
        self._shown = replace(self._shown, **{what: choice})
        self.changed.emit()

    def join(self, joined: bool) -> None:
        """Show links that the derivation writes as one as one factor, or apart."""
        self._shown = replace(self._shown, joined=joined)
        self.changed.emit()

    def read_as(self, reading: str) -> None:
        """Read the derivation in another convention; nothing is derived again."""
        self._shown = replace(self._shown, reading=reading)
        self.changed.emit()

    @property
    def busy(self) -> bool:
        """Whether a derivation, a proof or a marking is on its way."""
        return self._job.busy or self._prover.busy or self._marker.busy

    def take(self, problem: Problem, other: bool = False) -> None:
        """Work on another problem; of an ``other`` document, not one of the same edited, nothing was joined yet."""
        if problem is self._problem:
            self.changed.emit()  # what is typed of it is another, or the file it is in
            return
        if other:
            self._shown = replace(self._shown, joined=False, step=None, path="")
        if not self._begun:
            self._problem, self._evaluation = problem, evaluate(problem)
            self.changed.emit()
            return
        if not problem.program.says(self._problem.program):
            self._shown = replace(self._shown, step=None)  # a remark that is written leaves the step open
        structure_stays, sizes_stay = same_structure(self._problem, problem), self._problem.dims == problem.dims
        self._problem = problem
        self._evaluation = evaluate(problem)
        self._measure()
        if not structure_stays:
            self.derive()
        elif not sizes_stay and not self._job.busy and self._is_current:
            self._prove()
        self.changed.emit()

    def begin(self) -> None:
        """Check the gradients, and ask for the first derivation."""
        self._begun = True
        self._measure()
        self.derive()

    def derive(self) -> None:
        """Ask for the derivation of the current structure."""
        from tutor.derive import derive
        from tutor.derive.differentials import prepare

        self._refusal, self._cancelled = None, False
        self._quiet.stop()
        self._prover.forget()
        problem = self._problem
        work = partial(derive, problem.program, problem.wrt, problem.kinds)
        self._job.ask((lambda: prepare(work())) if "differential" in self._shown.reading.split() else work)

    def cancel(self) -> None:
        """Stop waiting for the derivation; the old one stays, marked as old, until it is asked for again.

        Where it is there, the proofs are what is stopped.
        """
        if self._job.busy:
            self._job.cancel()
            self._stop()
        elif self._prover.busy:
            self._prover.cancel()

    def ask_again(self) -> None:
        """Ask once more for what was cancelled or failed; else nothing."""
        if self._cancelled:
            self.derive()
            self.changed.emit()
        elif self._unproved and self._is_current:
            self._prove()
            self.changed.emit()

    def close(self) -> None:
        """Stop, and wait until nothing runs."""
        self._job.close()
        self._quiet.stop()
        self._ahead.close()
        self._marker.close()
        self._prover.close()

    def measure(self, method: Method, step: float | None) -> None:
        """Check the gradients in another way; None is the step the method works best with."""
        self._method, self._step = method, step
        self._measure()
        self.changed.emit()

    def _measure(self) -> None:
        self._check, self._check_refusal = None, None
        try:
            self._check = check(self._evaluation, self._method, self._step)
        except TutorError as error:
            self._check_refusal = error

    def view(self, theme: Theme, zoom: float, ratio: float, draft: str = "") -> View:
        """Everything there is to show at this moment."""
        stale = self._job.busy or self._cancelled or not self._is_current
        return View(
            problem=self._problem,
            evaluation=self._evaluation,
            check=self._check,
            check_refusal=self._check_refusal,
            derivation=self._derivation,
            refusal=self._refusal,
            stale=stale,
            theme=theme,
            zoom=zoom,
            ratio=ratio,
            scale=self._scale(None if stale else self._derivation),
            joined=self._shown.joined,
            cancelled=self._cancelled,
            proofs=self._proofs,
            draft=draft,
            reading=self._shown.reading,
            shown=self._shown,
            marking=self._marker.marking_of(self._problem, self._shown.formula),
        )

    def _scale(self, derivation: Derivation | None) -> float:
        if derivation is None:
            return scale_of_numbers(self._evaluation)
        from tutor.figures.jacobians import shared_scale

        return shared_scale(self._evaluation, derivation, self._shown.joined)

    @property
    def _is_current(self) -> bool:
        """Whether the derivation, if there is one, is that of the problem; after Cancel it is not."""
        found, problem = self._derivation, self._problem
        return found is None or (found.wrt == problem.wrt and found.program.says(problem.program))

    def _derived(self, derivation: Derivation) -> None:
        self._derivation = derivation
        self._prove()
        self.changed.emit()
        self._quiet.start()

    def _look_ahead(self) -> None:
        """Prepare another reading, so that nobody waits for that either."""
        from tutor.derive.differentials import prepare

        if self._derivation is not None:
            self._ahead.ask(partial(prepare, self._derivation))

    def _refused(self, error: TutorError) -> None:
        self._derivation, self._refusal = None, error
        self.changed.emit()

    def _stop(self) -> None:
        """There is no derivation until it is asked for again."""
        self._cancelled = True
        self.changed.emit()

    def _wait(self, waiting: bool) -> None:
        self._tell_waiting(waiting, self._waiting[1])

    def _wait_for_proofs(self, waiting: bool) -> None:
        self._tell_waiting(self._waiting[0], waiting)

    def _tell_waiting(self, derivation: bool, proofs: bool) -> None:
        """Tell both together: who forgets the proofs may still be waiting for the derivation."""
        if (derivation, proofs) != self._waiting:
            self._waiting = derivation, proofs
            self.waited.emit(derivation, proofs)

    def _prove(self) -> None:
        """Ask SymPy about the derivation that is there."""
        if self._derivation is not None:
            self._proofs, self._unproved = None, False
            self._question = Question(self._derivation, self._problem.kinds, self._problem.dims)
            self._prover.ask(self._question)

    def _proved(self, question: Question, proofs: Mapping[LinkNames, Proof], whole: bool) -> None:
        if question is self._question:
            self._proofs, self._unproved = proofs, not whole
            self.changed.emit()


def scale_of_numbers(evaluation: Evaluation) -> float:
    """The end of the colour scale while there are no Jacobians to show: what ``shared_scale`` is without them."""
    shown = [evaluation.values[declaration.name] for declaration in evaluation.program.declarations]
    wrt = evaluation.problem.wrt
    shown += [evaluation.gradients[wrt]] if wrt in evaluation.gradients else []
    return nice_scale(usual_size(*shown))
