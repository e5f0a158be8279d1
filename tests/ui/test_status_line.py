"""What the status line says of a check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tutor.core.comparison import AGREES, CANNOT_TELL, DIFFERS, Check, Comparison
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.figures.palette import LIGHT
from tutor.ui.panel import View
from tutor.ui.status_line import agreement


def checked(verdicts: list[str], unmeasured: int = 0) -> Check:
    row = np.array([verdicts + [CANNOT_TELL] * unmeasured])
    reasons = {(0, i): "a kink" for i, verdict in enumerate(verdicts) if verdict == CANNOT_TELL}
    zero = np.zeros(row.shape)
    return Check("central", 1e-5, 1e-6, {"x": Comparison("x", zero, zero, zero, row, reasons, len(verdicts))})


@pytest.mark.parametrize(("check", "words", "right"), [
    (checked([AGREES] * 4), "gradient agrees in 4 of 4 entries", True),
    (checked([AGREES] * 4, 9), "gradient agrees in all 4 entries that were measured", True),
    (checked([AGREES] * 3 + [CANNOT_TELL]), "gradient agrees in 3 of 4 entries; the others cannot be told", None),
    (checked([AGREES, DIFFERS, CANNOT_TELL], 7), "gradient differs in 1 of 3 entries", False),
    (checked([CANNOT_TELL] * 2), "gradient cannot be told at this point", None),
])  # fmt: skip
def test_only_measured_entries_count(problem: Problem, check: Check, words: str, right: bool | None) -> None:
    view = View(problem, evaluate(problem), check, None, None, None, True, LIGHT)
    assert agreement(view) == (words, right)
    assert agreement(replace(view, check=None)) == ("checking", None)
