"""From a problem to everything that is shown of it: numbers at once, symbols in the background."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from tutor.core.differences import Check, Method, check
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive import Derivation, derive
from tutor.figures.jacobians import shared_scale
from tutor.figures.palette import Theme
from tutor.ui.jobs import Job
from tutor.ui.panel import View
from tutor.ui.store import same_structure


class Answers(QObject):
    """The current problem's numbers and its derivation.

    Numbers depend on weights and are there when :meth:`take` returns. Symbols depend on structure alone; they are
    asked for in the background, and only when the structure changes.

    Signals:
        changed (): There is something new to show.
        waited (bool): The derivation takes long enough to say so; or no longer does.
    """

    changed = Signal()
    waited = Signal(bool)

    def __init__(self, problem: Problem, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problem = problem
        self._check: Check | None = None
        self._check_refusal: TutorError | None = None
        self._method: Method = "central"
        self._step: float | None = None
        self._evaluation = evaluate(problem)
        self._measure()
        self._derivation: Derivation | None = None
        self._refusal: TutorError | None = None
        self._job = Job(self)
        self._job.answered.connect(self._derived)
        self._job.refused.connect(self._refused)
        self._job.waited.connect(self.waited)

    @property
    def busy(self) -> bool:
        """Whether a derivation is on its way."""
        return self._job.busy

    def take(self, problem: Problem) -> None:
        """Work on another problem."""
        structure_stays = same_structure(self._problem, problem)
        self._problem = problem
        self._evaluation = evaluate(problem)
        self._measure()
        if not structure_stays:
            self.derive()
        self.changed.emit()

    def derive(self) -> None:
        """Ask for the derivation of the current structure."""
        self._refusal = None
        problem = self._problem
        self._job.ask(partial(derive, problem.program, problem.wrt, problem.kinds))

    def cancel(self) -> None:
        """Stop waiting for the derivation; the old one stays, marked as old."""
        self._job.cancel()

    def close(self) -> None:
        """Stop, and wait until nothing runs."""
        self._job.close()

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

    def view(self, theme: Theme, zoom: float, ratio: float, joined: bool = False) -> View:
        """Everything there is to show at this moment."""
        stale = self._job.busy or not self._is_current
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
            scale=shared_scale(self._evaluation, None if stale else self._derivation),
            joined=joined,
        )

    @property
    def _is_current(self) -> bool:
        """Whether the derivation, if there is one, is that of the problem; after Cancel it is not."""
        found, problem = self._derivation, self._problem
        return found is None or (found.program is problem.program and found.wrt == problem.wrt)

    def _derived(self, derivation: Derivation) -> None:
        self._derivation = derivation
        self.changed.emit()

    def _refused(self, error: TutorError) -> None:
        self._derivation, self._refusal = None, error
        self.changed.emit()
