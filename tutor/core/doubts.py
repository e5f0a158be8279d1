"""Doubts about a measured slope: when an entry that seems to differ cannot be told."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final

import numpy as np

from tutor.core.comparison import Method
from tutor.core.evaluate import Evaluation
from tutor.core.expression import Apply, nodes
from tutor.core.layout import Array
from tutor.core.program import Program
from tutor.core.schedule import at_once, schedule

_ROUNDING: Final = 4e-15
"""What rounding does to a difference of two outputs, relative to the output: some units in the last place."""

_EXCUSED: Final = 25.0
"""How many times as large as the difference of two measurements a difference may be that these excuse."""

LOST: Final = 0.5
"""How far two measurements may be apart, relatively, before neither need be near the slope."""


def excuses(
    evaluation: Evaluation, name: str, method: Method, step: float, limit: float, floor: float,
    rounding: Rounding, row: int, analytic: Array, first: Array, numeric: Array, finer: Array, doubtful: Array,
) -> dict[int, str]:
    """Why slopes of one entry of the output that seem to differ cannot be told, where that is so: entry -> reason.

    Where a second measurement is further apart from the first than the limit, the step is to blame, or rounding, and
    not the gradient; but only for a difference as small as theirs, unless the two have nothing in common
    and rounding cannot be why.

    Args:
        evaluation: The numbers.
        name: What was varied.
        method: How the slopes were measured.
        step: With which step.
        limit: The relative error that still agrees.
        floor: The smallest number errors are relative to.
        rounding: What rounding is measured by at these numbers.
        row: Which entry of the output.
        analytic: Its derived slopes by the entries of the name, (nm,).
        first: The measured ones, (nm,).
        numeric: The same with what the step's size does taken off, where that can be, (nm,).
        finer: The same with a quarter of the step, (nm,).
        doubtful: (k,) the entries of the name in doubt.
    """
    with np.errstate(all="ignore"):
        gap, between = np.abs(analytic - numeric), np.abs(numeric - finer)
        apart = relative_errors(numeric, finer, floor)
        unsteady = (gap <= _EXCUSED * between) & (apart > limit / 4)
        share = 0.0 if method == "complex" else _ROUNDING / step
        # An output that does not move at all tells nothing either, where what it is computed from is large.
        height, largest = rounding.height(row), rounding.largest
        still = (numeric == 0) & (finer == 0) & (gap <= share * max(1.0, largest))
        drowned = (gap <= share * height) | still
        # With a quarter of the step rounding makes four times as much: more than that is a step over a pole or a wave.
        lost = (apart > LOST) & (between > 4 * share * max(height, largest))
    reasons, missing = {}, ""
    for place, crosses in zip(doubtful.tolist(), _crosses(evaluation, name, doubtful, step), strict=True):
        if crosses:
            reasons[place] = "it lies within one step of a corner"
        elif not np.isfinite(numeric[place]) or not np.isfinite(analytic[place]):
            missing = missing or _without_value(evaluation)
            reasons[place] = missing
        elif drowned[place]:
            reasons[place] = "it drowns in the rounding of the output; a larger step tells more"
        elif unsteady[place] or lost[place]:
            closer = abs(finer[place] - analytic[place]) < abs(first[place] - analytic[place])
            reasons[place] = ("the output curves within one step; a smaller step tells more"
                              if closer or lost[place]
                              else "the step is so small that rounding decides; a larger one tells more")
    return reasons


def _without_value(evaluation: Evaluation) -> str:
    """Which operation is the first without a finite value, where the output has none."""
    program, flat = evaluation.program, schedule(evaluation.program)
    finite = [bool(np.isfinite(array).all()) for array in evaluation.registers]
    for statement in program.statements:
        for node in nodes(statement.expression):
            if isinstance(node, Apply) and not finite[flat.place(statement.name, node)]:
                operands = (flat.place(statement.name, operand) for operand in node.operands)
                if all(finite[operand] for operand in operands):
                    operation = node.operation
                    said = operation.name if operation.called else f"the {operation.title}"
                    return f"{said} in {statement.name} has no finite value here"
    return "there is no finite value to compare"


class Rounding:
    """What rounding is measured by at some numbers, each found once, when it is asked for."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._heights: dict[int, float] = {}

    @cached_property
    def largest(self) -> float:
        """The largest finite number met on the way."""
        arrays = self._evaluation.registers
        return max(float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) for a in arrays)

    def height(self, row: int) -> float:
        """What the rounding of an entry of the output is a share of: it, and what each name's rounding makes of it."""
        if row not in self._heights:
            self._heights[row] = self._height(row)
        return self._heights[row]

    def _height(self, row: int) -> float:
        evaluation = self._evaluation
        slopes: Iterable[tuple[str, Array]] = evaluation.gradients.items()
        if not evaluation.gradients:
            names = evaluation.program.depends(evaluation.program.output.name)
            slopes = ((name, evaluation.jacobian(name)[row].reshape(evaluation.values[name].shape)) for name in names)
        parts = (float(np.abs(evaluation.values[name] * slope).sum()) for name, slope in slopes)
        return max(part for part in (0.0, *parts) if np.isfinite(part))


def relative_errors(one: Array, other: Array, floor: float) -> Array:
    """Relative errors, |a − d| / max(|a|, |d|, floor)."""
    with np.errstate(all="ignore"):
        larger = np.maximum(np.abs(one), np.abs(other))
        return np.asarray(np.abs(one - other) / np.maximum(larger, floor))


def _crosses(evaluation: Evaluation, name: str, places: Array, step: float) -> Array:
    """For each of some entries: whether moving it by a step, up or down, meets a corner anywhere in the program.

    ``places`` are (k,) entries, row by row; the answer is (k,) of bool.
    """
    program, value = evaluation.program, evaluation.values[name]
    flat, cornered = schedule(program), _cornered(program)
    crosses = np.zeros(len(places), dtype=bool)
    chunk = at_once(evaluation.program)
    for first in range(0, len(places) if cornered else 0, chunk):
        part = slice(first, first + chunk)
        rows, columns = np.unravel_index(places[part], value.shape)
        stack = np.repeat(value[None], 2 * len(rows), axis=0)
        with np.errstate(all="ignore"):  # infinity less infinity
            widths = step * np.maximum(1.0, np.abs(value[rows, columns]))
            stack[np.arange(len(rows)), rows, columns] += widths
            stack[np.arange(len(rows), 2 * len(rows)), rows, columns] -= widths
            registers = flat.rerun(evaluation.registers, name, stack)
            for place in cornered:
                if registers[place].ndim == 3:
                    # As far as the corner is away, also where what has it, a length, never changes its sign.
                    here = evaluation.registers[place]
                    gap = np.abs(registers[place] - here)
                    moved = (gap >= np.abs(here)) & (gap > 0)  # what is not a number lies at no corner
                    crosses[part] |= moved.reshape(2, len(rows), -1).any(axis=(0, 2))
    return crosses


@lru_cache(maxsize=64)
def _cornered(program: Program) -> tuple[int, ...]:
    """The registers whose sign changes at a corner of some operation."""
    flat = schedule(program)
    return tuple(flat.place(statement.name, (*node.operands, node)[index]) for statement in program.statements
                 for node in nodes(statement.expression) if isinstance(node, Apply)
                 for index in node.operation.corners)
