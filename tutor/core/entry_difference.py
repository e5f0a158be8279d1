"""One entry of a Jacobian, measured: what one entry of a name does to one entry of another, along one path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from tutor.core.differences import STEP
from tutor.core.evaluate import Evaluation, value_of
from tutor.core.expression import variables

_CORNER: Final = 1e-3
"""How far, as a share, the slopes to both sides of a smooth place may be apart."""


def measured_entry(evaluation: Evaluation, path: Sequence[str], row: int, column: int) -> float:
    """The slope of one entry by another as a central difference, all that is not on the path held still.

    Args:
        evaluation: The numbers.
        path: Names, output first, each statement reading the next name: one link, or several.
        row: The entry of the first name, counted from 0 row by row.
        column: The entry of the last name, likewise.

    Returns:
        NaN where the slopes to both sides are different, as at a corner of relu, or where there is no number.
    """
    statements = {statement.name: statement.expression for statement in evaluation.program.statements}
    start = evaluation.values[path[-1]]
    width = STEP * max(1.0, abs(float(start.reshape(-1)[column])))
    moved = np.repeat(start[None], 2, axis=0)
    flat = moved.reshape(2, -1)
    flat[:, column] += (width, -width)
    gap = float(flat[0, column] - flat[1, column])
    for name, reads in reversed(list(pairwise(path))):
        arrays = {v.name: evaluation.values[v.name] for v in variables(statements[name])}
        moved = value_of(statements[name], {**arrays, reads: moved})
    with np.errstate(all="ignore"):
        ends = np.broadcast_to(moved, (2, *evaluation.values[path[0]].shape)).reshape(2, -1)[:, row]
        up, down, here = float(ends[0]), float(ends[1]), float(evaluation.values[path[0]].reshape(-1)[row])
        slope, sides = (up - down) / gap, (2 * (up - here) / gap, 2 * (here - down) / gap)
    rough = 1e-9 * max(1.0, abs(here)) / gap  # what rounding alone makes of it
    apart = abs(sides[0] - sides[1])
    if not math.isfinite(slope) or apart > _CORNER * max(map(abs, sides)) + rough:
        return math.nan
    return slope
