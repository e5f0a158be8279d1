"""From a problem to everything that is shown of it: numbers at once, symbols in the background."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from tutor.core.comparison import Check, Method
from tutor.core.differences import check, checked_names
from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation, evaluate
from tutor.core.problem import Problem
from tutor.figures.palette import Theme, largest_size, nice_scale
from tutor.ui.jobs import Job
from tutor.ui.panel import View
from tutor.ui.store import same_structure

if TYPE_CHECKING:
    from tutor.derive import Derivation


class Answers(QObject):
    """The current problem's numbers and its derivation.

    Numbers depend on weights and are there when :meth:`take` returns. Symbols depend on structure alone; they are
    asked for in the background, and only when the structure changes. Of the first problem there are values and
    gradients at once; their check, and the symbols, wait for :meth:`begin`, because loading takes time.

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
        self._begun = False
        self._derivation: Derivation | None = None
        self._refusal: TutorError | None = None
        self._cancelled = False
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
        if not self._begun:
            self._problem, self._evaluation = problem, evaluate(problem)
            self.changed.emit()
            return
        structure_stays = same_structure(self._problem, problem)
        self._problem = problem
        self._evaluation = evaluate(problem)
        self._measure()
        if not structure_stays:
            self.derive()
        self.changed.emit()

    def begin(self) -> None:
        """Check the gradients, and ask for the first derivation."""
        self._begun = True
        self._measure()
        self.derive()

    def derive(self) -> None:
        """Ask for the derivation of the current structure."""
        from tutor.derive import derive

        self._refusal, self._cancelled = None, False
        problem = self._problem
        self._job.ask(partial(derive, problem.program, problem.wrt, problem.kinds))

    def cancel(self) -> None:
        """Stop waiting for the derivation; the old one stays, marked as old, until it is asked for again."""
        if self._job.busy:
            self._job.cancel()
            self._cancelled = True
            self.changed.emit()

    def ask_again(self) -> None:
        """Ask once more for what was cancelled; else nothing."""
        if self._cancelled:
            self.derive()
            self.changed.emit()

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
            joined=joined,
            cancelled=self._cancelled,
        )

    def _scale(self, derivation: Derivation | None) -> float:
        if derivation is None:
            return scale_of_numbers(self._evaluation)
        from tutor.figures.jacobians import shared_scale

        return shared_scale(self._evaluation, derivation)

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


def scale_of_numbers(evaluation: Evaluation) -> float:
    """The end of the colour scale while there are no Jacobians to show: what ``shared_scale`` is without them."""
    program = evaluation.program
    shown = [evaluation.values[declaration.name] for declaration in program.declarations]
    if evaluation.gradients:
        shown += [evaluation.gradients[name] for name in checked_names(program)]
    return nice_scale(largest_size(*(np.where(np.isfinite(a), a, 0.0) for a in shown)))
