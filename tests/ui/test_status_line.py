"""What the status line says of a check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tutor.core.comparison import AGREES, CANNOT_TELL, DIFFERS, Check, Comparison
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive import derive
from tutor.derive.proof import Proof
from tutor.figures.palette import LIGHT
from tutor.language.reader import read_program
from tutor.ui.panel import View
from tutor.ui.status_line import agreement, certified


def checked(verdicts: list[str], unmeasured: int = 0) -> Check:
    row = np.array([verdicts + [CANNOT_TELL] * unmeasured])
    reasons = {(0, i): "a kink" for i, verdict in enumerate(verdicts) if verdict == CANNOT_TELL}
    zero = np.zeros(row.shape)
    return Check("central", 1e-5, 1e-6, {"x": Comparison("x", zero, zero, zero, row, reasons, len(verdicts))})


@pytest.mark.parametrize(("check", "words", "right"), [
    (checked([AGREES] * 4), "gradient agrees in 4 of 4 entries", True),
    (checked([AGREES] * 4, 9), "gradient agrees in all 4 entries that were measured", True),
    (checked([AGREES] * 3 + [CANNOT_TELL]), "gradient agrees in 3 of 4 entries, 1 cannot be told", None),
    (checked([AGREES, DIFFERS, CANNOT_TELL], 7), "gradient differs in 1 of 3 entries", False),
    (checked([CANNOT_TELL] * 2), "gradient cannot be told at this point", None),
])
def test_only_measured_entries_count(problem: Problem, check: Check, words: str, right: bool | None) -> None:
    view = View(problem, evaluate(problem), check, None, None, None, True, LIGHT)
    assert agreement(view) == (words, right)
    assert agreement(replace(view, check=None)) == ("checking", None)


@pytest.mark.parametrize("joined", [False, True])
def test_what_sympy_refutes_is_not_certified(problem: Problem, joined: bool) -> None:
    derivation = derive(problem.program, problem.wrt)
    view = View(problem, evaluate(problem), None, None, derivation, None, False, LIGHT, joined=joined)
    count = len(derivation.shown_steps() if joined else derivation.steps)
    assert certified(view) == (f"{count} of {count} steps certified", True)
    open_ = {(link.output, link.source): Proof(None, 0, {}, (), "") for link in derivation.links}
    assert certified(replace(view, proofs=open_)) == (f"{count} of {count} steps certified", True)
    wrong = open_ | {("a", "x"): Proof(False, 1, {}, (), "")}
    assert certified(replace(view, proofs=wrong)) == (f"{count - 1} of {count} steps certified", False)


def test_without_a_step_nothing_is_counted() -> None:
    problem = Problem.drawn("Apart", read_program("x : (1, 2)\nz : (1, 2)\nL = sum(x)"), "z", {})
    derivation = derive(problem.program, "z")
    view = View(problem, evaluate(problem), None, None, derivation, None, False, LIGHT)
    assert certified(view) == ("z does not reach L: every entry is 0", True)


def test_only_the_formula_that_is_shown_rests_on_a_broken_promise(problem: Problem) -> None:
    broken = problem.with_numbers("y", problem.numbers["y"] + 0.25)
    view = View(broken, evaluate(broken), checked([AGREES]), None, derive(problem.program, "x"), None, False, LIGHT)
    assert agreement(view)[0] == "backward pass agrees in 1 of 1 entries"
    assert agreement(replace(view, stale=True))[0] == "gradient agrees in 1 of 1 entries"
