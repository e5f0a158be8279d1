"""The gradient check as pictures: one variable's two gradients side by side, and the error against the step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from tutor.core.comparison import DIFFERS, Check, Comparison, Method
from tutor.core.differences import sweep
from tutor.core.evaluate import Evaluation
from tutor.core.program import Program
from tutor.figures.axes import axis_entry_names, entry_names
from tutor.figures.comparison import ROUNDING, TRUNCATION, ComparisonSpec, Slope, SweepSpec
from tutor.figures.jacobians import slope_typst

SLOPES: Final[Mapping[Method, tuple[Slope | None, Slope | None]]] = {
    "central": (ROUNDING, TRUNCATION),
    "forward": (ROUNDING, Slope(1, "truncation")),
    "complex": (None, TRUNCATION),
}
"""How each method's error grows: the complex step subtracts nothing, so nothing is lost to rounding."""


def comparison(
    program: Program, compared: Comparison, scale: float | None = None, caption: str = "entry by entry"
) -> ComparisonSpec:
    """One variable's analytic and numeric gradient, or Jacobian, and their difference.

    Args:
        program: With numbers for sizes.
        compared: What the check found.
        scale: The end of the colour scale; None for that of the two gradients.
        caption: A word beside the title.
    """
    name, output = compared.name, program.output.name
    if compared.ends is not None:
        rows, columns = entry_names(program, output), entry_names(program, name)
    elif 1 in compared.analytic.shape:
        names = entry_names(program, name)
        rows, columns = ((), names) if compared.analytic.shape[0] == 1 else (names, ())
    else:
        rows, columns = axis_entry_names(program, name)
    differs = compared.worst if compared.count(DIFFERS) else None
    with np.errstate(invalid="ignore"):  # infinity less infinity
        difference = compared.analytic - compared.numeric
    return ComparisonSpec(
        compared.analytic, compared.numeric, difference, rows, columns,
        slope_typst(output, name), caption, scale=scale, differs=differs, name=f"∂{output} by ∂{name}",
    )


def step_sweep(evaluation: Evaluation, check: Check, name: str) -> SweepSpec:
    """How one variable's largest relative error goes with the step: rounding falls, truncation rises.

    Raises:
        TutorError: the output does not depend on the variable.
    """
    steps, errors = sweep(evaluation, name, check.method)
    return SweepSpec(steps, errors, check.step, SLOPES[check.method])
