"""Finite differences: the slope measured, entry by entry, and how well it agrees with the derived one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation, schedule
from tutor.core.expression import Apply, nodes
from tutor.core.layout import Array
from tutor.core.program import Program

Method = Literal["central", "forward", "complex"]
METHODS: Final[tuple[Method, ...]] = ("central", "forward", "complex")

STEP: Final = 1e-5
"""The step of the central difference, times max(1, |x|): near the bottom of the V for float64."""

LIMIT: Final[Mapping[Method, float]] = {"central": 1e-5, "forward": 1e-3, "complex": 1e-9}
"""The largest relative error that still counts as agreement."""

FLOOR: Final = 1e-6
"""Times max(1, 10 |L|) for an output L: smaller numbers are compared as if they were this large, because rounding in
the output makes about 1e-16 |L| / step of error, several times over where it is a sum of many terms."""

AGREES, DIFFERS, CANNOT_TELL = "agrees", "differs", "cannot tell"

_CHUNK: Final = 2_000_000
_SAMPLE: Final = 4_000


@dataclass(frozen=True, eq=False)
class Comparison:
    """The two gradients of one name, side by side.

    Attributes:
        name: The variable or intermediate.
        analytic: (n, m) from the derivation.
        numeric: (n, m) from differences; NaN where an entry was not measured.
        relative: (n, m) relative errors, |a − d| / max(|a|, |d|, floor).
        verdicts: (n, m) of :data:`AGREES`, :data:`DIFFERS`, :data:`CANNOT_TELL`.
        reasons: (row, column) -> why it cannot be told, for measured entries.
        measured: How many entries were measured; all of them unless the matrix is very large.
    """

    name: str
    analytic: Array
    numeric: Array
    relative: Array
    verdicts: Array
    reasons: Mapping[tuple[int, int], str]
    measured: int

    @property
    def worst(self) -> tuple[int, int]:
        """The entry with the largest relative error among those that can be told."""
        told = np.where((self.verdicts == CANNOT_TELL) | np.isnan(self.relative), -1.0, self.relative)
        row, column = np.unravel_index(int(np.argmax(told)), told.shape)
        return int(row), int(column)

    @property
    def max_rel(self) -> float:
        """The largest relative error among the entries that can be told; 0 where none can."""
        row, column = self.worst
        told = self.verdicts[row, column] != CANNOT_TELL
        return float(self.relative[row, column]) if told else 0.0

    @property
    def max_abs(self) -> float:
        """The largest absolute difference among the measured entries."""
        with np.errstate(invalid="ignore"):  # infinity less infinity, at entries that cannot be told
            gaps = np.abs(self.analytic - self.numeric)[self.verdicts != CANNOT_TELL]
        return float(gaps.max()) if gaps.size else 0.0

    @property
    def verdict(self) -> str:
        """The verdict on the whole: differs if any entry does, agrees if any can be told and none differs."""
        if self.count(DIFFERS):
            return DIFFERS
        return AGREES if self.count(AGREES) else CANNOT_TELL

    def count(self, verdict: str) -> int:
        """How many entries have a verdict."""
        return int((self.verdicts == verdict).sum())


@dataclass(frozen=True, eq=False)
class Check:
    """The gradient check of a problem: every variable and every intermediate.

    Attributes:
        method: How the slope was measured.
        step: The step before it is scaled with max(1, |x|).
        limit: The relative error up to which an entry agrees.
        variables: One comparison a name, declared variables first.
    """

    method: Method
    step: float
    limit: float
    variables: Mapping[str, Comparison]

    def count(self, verdict: str) -> int:
        """How many entries of all variables have a verdict."""
        return sum(c.count(verdict) for c in self.variables.values())

    @property
    def total(self) -> int:
        """How many entries were measured."""
        return sum(c.measured for c in self.variables.values())

    @property
    def worst(self) -> Comparison | None:
        """The comparison with the largest relative error."""
        return max(self.variables.values(), key=lambda c: c.max_rel, default=None)


def checked_names(program: Program) -> tuple[str, ...]:
    """What a check goes over: the variables one differentiates by, then the intermediates, last first."""
    output = program.output.name
    reached = program.depends(output)
    inner = [s.name for s in program.statements if s.name in reached and s.name != output]
    return (*program.targets, *reversed(inner))


def default_step(method: Method) -> float:
    """The step a method works best with in float64."""
    return {"central": STEP, "forward": 1e-7, "complex": 1e-30}[method]


def check(
    evaluation: Evaluation,
    method: Method = "central",
    step: float | None = None,
    names: Sequence[str] | None = None,
) -> Check:
    """Compare the derived gradients with differences of the output, entry by entry.

    Raises:
        TutorError: the output is not a number, the step is not positive, or the complex step meets a corner.
    """
    program = evaluation.program
    if program.output.shape != (1, 1):
        raise TutorError(f"{program.output.name} is a matrix. A gradient check needs a program that ends in a number.")
    size = default_step(method) if step is None else step
    if not size > 0 or not np.isfinite(size):
        raise TutorError("A step is a positive number.")
    if method == "complex":
        _refuse_corners(program)
    chosen = checked_names(program) if names is None else tuple(program.variable(name).name for name in names)
    limit = LIMIT[method]
    return Check(method, size, limit,
                 {name: _compare(evaluation, name, method, size, limit) for name in chosen})


def numeric_gradient(evaluation: Evaluation, name: str, method: Method, step: float) -> Array:
    """Differences of the output by every entry of a name; NaN for entries a very large matrix leaves out."""
    return np.asarray(numeric_gradients(evaluation, name, method, np.array([step]))[0])


def numeric_gradients(evaluation: Evaluation, name: str, method: Method, steps: Array) -> Array:
    """The same for many steps, (k,), all stacked into as few evaluations as memory allows: (k, n, m)."""
    value = evaluation.values[name]
    entries = _entries(value.size)
    which = np.tile(entries, len(steps))
    widths = np.repeat(steps, len(entries)) * np.maximum(1.0, np.abs(value.reshape(-1)[which]))
    slopes = np.empty(len(which))
    chunk = max(1, _CHUNK // value.size)
    with np.errstate(all="ignore"):  # infinity less infinity, where the output has a pole
        for start in range(0, len(which), chunk):
            part = slice(start, start + chunk)
            slopes[part] = _slopes(evaluation, name, method, which[part], widths[part])
    gradients = np.full((len(steps), value.size), np.nan)
    gradients[:, entries] = slopes.reshape(len(steps), len(entries))
    return gradients.reshape(len(steps), *value.shape)


def _entries(size: int) -> Array:
    """All entries, or a fixed random choice where there are very many."""
    if size <= _SAMPLE * 5:
        return np.arange(size)
    return np.sort(np.random.default_rng(0).choice(size, _SAMPLE, replace=False))


def _slopes(evaluation: Evaluation, name: str, method: Method, which: Array, widths: Array) -> Array:
    """The difference quotients by some entries, (k,), each moved by its width, (k,), as one stacked evaluation."""
    flat, value = schedule(evaluation.program), evaluation.values[name]
    output = flat.registers[evaluation.program.output.name]
    count, rows = len(which), np.arange(len(which))

    def outputs(stack: Array) -> Array:
        found = flat.rerun(evaluation.registers, name, stack.reshape(len(stack), *value.shape))[output]
        return np.broadcast_to(found, (len(stack), 1, 1)).reshape(len(stack))

    sides = 2 if method == "central" else 1
    dtype = np.complex128 if method == "complex" else np.float64
    stack: Array = np.repeat(value.reshape(1, -1).astype(dtype), sides * count, axis=0)
    before = stack[rows, which].real
    moves: Array = 1j * widths if method == "complex" else widths
    stack[rows, which] += moves
    if method == "complex":
        return np.asarray(outputs(stack).imag / widths)
    if method == "forward":
        return np.asarray((outputs(stack) - evaluation.registers[output].item()) / (stack[rows, which] - before))
    # One stack for both sides: entries up, then entries down.
    stack[rows + count, which] -= widths
    up, down = outputs(stack).reshape(2, count)
    return np.asarray((up - down) / (stack[rows, which] - stack[rows + count, which]))


def _compare(evaluation: Evaluation, name: str, method: Method, step: float, limit: float) -> Comparison:
    """One name's two gradients and what they say."""
    analytic = evaluation.gradients.get(name, np.zeros(evaluation.values[name].shape))
    numeric = numeric_gradient(evaluation, name, method, step)
    relative = _relative(evaluation, analytic, numeric)
    measured = _measured(numeric)
    verdicts = np.where(relative <= limit, AGREES, DIFFERS).astype(object)
    verdicts[~measured] = CANNOT_TELL
    reasons: dict[tuple[int, int], str] = {}
    doubtful = np.argwhere(measured & ~(relative <= limit))
    for (row, column), crosses in zip(doubtful, _crosses(evaluation, name, doubtful, step), strict=True):
        place = (int(row), int(column))
        if not np.isfinite(numeric[place]) or not np.isfinite(analytic[place]):
            reasons[place] = "there is no finite value to compare"
        elif crosses:
            reasons[place] = "it lies within one step of a corner"
    for place in reasons:
        verdicts[place] = CANNOT_TELL
    return Comparison(name, analytic, numeric, relative, verdicts, reasons, int(measured.sum()))


def floor_of(evaluation: Evaluation) -> float:
    """The size below which slopes are compared as if they had it: it grows with the output, as its rounding does."""
    height = abs(float(evaluation.values[evaluation.program.output.name].item()))
    return FLOOR * max(1.0, 10 * height) if np.isfinite(height) else FLOOR


def _relative(evaluation: Evaluation, analytic: Array, numeric: Array) -> Array:
    """Relative errors, |a − d| / max(|a|, |d|, floor)."""
    with np.errstate(all="ignore"):
        larger = np.maximum(np.abs(analytic), np.abs(numeric))
        return np.asarray(np.abs(analytic - numeric) / np.maximum(larger, floor_of(evaluation)))


def _measured(numeric: Array) -> Array:
    flags = np.zeros(numeric.size, dtype=bool)
    flags[_entries(numeric.size)] = True
    return flags.reshape(numeric.shape)


def _crosses(evaluation: Evaluation, name: str, places: Array, step: float) -> Array:
    """For each of some entries: whether moving it by a step, up or down, meets a corner anywhere in the program.

    ``places`` are (k, 2) rows and columns; the answer is (k,) of bool.
    """
    program, value = evaluation.program, evaluation.values[name]
    flat = schedule(program)
    cornered = [flat.place(statement.name, node.operands[index]) for statement in program.statements
                for node in nodes(statement.expression) if isinstance(node, Apply)
                for index in node.operation.corners]
    crosses = np.zeros(len(places), dtype=bool)
    if not cornered or not len(places):
        return crosses
    stack = np.repeat(value[None], 2 * len(places), axis=0)
    rows, columns = places.T
    widths = step * np.maximum(1.0, np.abs(value[rows, columns]))
    count = np.arange(len(places))
    stack[count, rows, columns] += widths
    stack[count + len(places), rows, columns] -= widths
    registers = flat.rerun(evaluation.registers, name, stack)
    for place in cornered:
        operand, here = registers[place], np.sign(evaluation.registers[place])
        if operand.ndim == 3:
            up, down = np.sign(operand[: len(places)]), np.sign(operand[len(places) :])
            crosses |= ((up != here) | (down != here)).any(axis=(1, 2))
    return crosses


def _refuse_corners(program: Program) -> None:
    for statement in program.statements:
        for node in nodes(statement.expression):
            if isinstance(node, Apply) and not node.operation.analytic:
                raise TutorError(f"The complex step needs functions without corners, and {node.operation.name} "
                                 f"in {statement.name} has one. Use central differences.")


def sweep(evaluation: Evaluation, name: str, method: Method = "central", steps: Sequence[float] | None = None
          ) -> tuple[Array, Array]:
    """The largest relative error of one name for many steps: the V-curve.

    Returns:
        (k,) steps and (k,) errors.

    Raises:
        TutorError: the output does not depend on the name, or is a matrix.
    """
    chosen = np.logspace(-12, 0, 37) if steps is None else np.asarray(steps)
    if name not in evaluation.gradients:
        raise TutorError(f"There is no gradient by {name} to compare with.")
    numeric = numeric_gradients(evaluation, name, method, chosen)
    analytic = evaluation.gradients[name]
    errors = _relative(evaluation, analytic, numeric).reshape(len(chosen), -1)
    worst = np.where(np.isnan(errors), -1.0, errors).max(axis=1)
    return chosen, np.where(worst < 0, np.nan, worst)
