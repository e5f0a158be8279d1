"""Finite differences: the slope measured, entry by entry, and how well it agrees with the derived one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from tutor.core.comparison import (
    AGREES,
    CANNOT_TELL,
    DIFFERS,
    FLOOR,
    Check,
    Comparison,
    Ends,
    Method,
)
from tutor.core.doubts import LOST, Rounding, excuses, relative_errors
from tutor.core.errors import TutorError, UnusableNumbersError
from tutor.core.evaluate import Evaluation
from tutor.core.expression import Apply, nodes
from tutor.core.layout import Array
from tutor.core.program import Program
from tutor.core.schedule import at_once, schedule

STEP: Final = 1e-5
"""The step of the central difference, times max(1, |x|): near the bottom of the V for float64."""

LIMIT: Final[Mapping[Method, float]] = {"central": 1e-5, "forward": 1e-3, "complex": 1e-9}
"""The largest relative error that still counts as agreement."""

_TOGETHER: Final = 128
"""Entries of several names that are varied in one evaluation; a name of more is cheaper by itself."""
_SAMPLE: Final = 4_000


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
    """Compare the derived gradients, or of a matrix the Jacobians, with differences of the output, entry by entry.

    Raises:
        TutorError: the output depends on nothing, the step is not positive, or the complex step meets a corner.
        UnusableNumbersError: an operation has no value or no slope at these numbers, as at a singular matrix; or a
            Jacobian is too large to build.
    """
    program = evaluation.program
    if evaluation.faults:
        raise UnusableNumbersError(" ".join(evaluation.faults))
    size = default_step(method) if step is None else step
    if not size > 0 or not np.isfinite(size):
        raise TutorError("A step is a positive number.")
    if method == "complex":
        _refuse_corners(program)
    chosen = checked_names(program) if names is None else tuple(program.variable(name).name for name in names)
    if not chosen:
        raise TutorError(f"{program.output.name} depends on no variable to differentiate by.")
    limit = LIMIT[method]
    analytic = {name: _derived(evaluation, name) for name in chosen}  # first: it says what is too large to measure
    sizes = {name: evaluation.values[name].size for name in chosen}
    entries = {name: _entries(sizes[name]) for name in chosen}
    numeric = _measured_slopes(evaluation, entries, method, size)
    places = _places(sizes)
    derived, differences = (np.concatenate([J[name] for name in chosen], axis=1) for J in (analytic, numeric))
    floor = _floor(derived if names is None else evaluation)
    relative = relative_errors(derived, differences, floor)
    doubtful = ~(relative <= limit)
    columns = {name: doubtful[:, place].any(axis=0) for name, place in places.items()} if doubtful.any() else {}
    # Measured again, and closer, is only what was measured and does not agree.
    in_doubt = {name: np.intersect1d(entries[name], np.flatnonzero(doubts), assume_unique=True)
                for name, doubts in columns.items() if doubts.any()}
    finer = _measured_slopes(evaluation, in_doubt, method, size / 4)
    rounding = Rounding(evaluation)
    comparisons = {}
    agreeing = np.full(relative.shape, AGREES, object)
    for name, place in places.items():
        if name in in_doubt:
            comparisons[name] = _compare(
                evaluation, name, method, size, limit, floor, numeric[name], finer[name], rounding
            )
        else:
            shape, ends = _compared_shape(evaluation, name), _ends(evaluation, name)
            arrays = (analytic[name], numeric[name], relative[:, place], agreeing[:, place])
            derived, measured, errors, agrees = (array.reshape(shape) for array in arrays)
            comparisons[name] = Comparison(name, derived, measured, errors, agrees, {}, agrees.size, ends)
    return Check(method, size, limit, comparisons)


def _compared_shape(evaluation: Evaluation, name: str) -> tuple[int, int]:
    """A number has a gradient in the shape of the name; a matrix a Jacobian, a row for each of its entries."""
    ends = _ends(evaluation, name)
    rows, columns = evaluation.values[name].shape if ends is None else map(math.prod, (ends.outputs, ends.inputs))
    return rows, columns


def _places(counts: Mapping[str, int]) -> dict[str, slice]:
    """Where each name's entries stand when the entries of all of them stand one after the other."""
    places, start = {}, 0
    for name, count in counts.items():
        places[name] = slice(start, start + count)
        start += count
    return places


def _ends(evaluation: Evaluation, name: str) -> Ends | None:
    """What the rows and columns of the Jacobian by a name are; None for a gradient."""
    output = evaluation.program.output.name
    shape = evaluation.values[output].shape
    return None if shape == (1, 1) else Ends(output, shape, evaluation.values[name].shape)


def _derived(evaluation: Evaluation, name: str) -> Array:
    """The derived Jacobian of the output by a name, zero where it does not depend on it."""
    if evaluation.program.output.shape != (1, 1):
        return evaluation.jacobian(name)
    found = evaluation.gradients.get(name)
    return np.zeros((1, evaluation.values[name].size)) if found is None else found.reshape(1, -1)


def _measured_slopes(
    evaluation: Evaluation, wanted: Mapping[str, Array], method: Method, step: float
) -> dict[str, Array]:
    """The Jacobian of the output by some entries of some names, by differences; NaN in the other columns.

    Few entries are varied together.
    """
    together: dict[str, Array] = {}
    room = min(_TOGETHER, at_once(evaluation.program) // 2) if method == "central" else 0
    for name, entries in sorted(wanted.items(), key=lambda item: len(item[1])):
        room -= len(entries)
        if room < 0:
            break
        together[name] = entries
    slopes = _together(evaluation, together, step) if together else {}
    return {name: slopes[name] if name in slopes else numeric_jacobian(evaluation, name, method, step, entries)
            for name, entries in wanted.items()}


def _together(evaluation: Evaluation, wanted: Mapping[str, Array], step: float) -> dict[str, Array]:
    """Central differences of the output by entries of several names, all as one stacked evaluation.

    Experiment i moves entry i of all these entries up; as many experiments more move them down.
    """
    flat = schedule(evaluation.program)
    values = {name: evaluation.values[name] for name in wanted}
    entries = np.concatenate([values[name].reshape(-1)[which] for name, which in wanted.items()])
    widths = step * np.maximum(1.0, np.abs(entries))
    total = len(entries)
    moves = np.zeros((2, total, total))
    moves.reshape(2, -1)[:, :: total + 1] = widths, -widths
    flat_moves = moves.reshape(2 * total, total)
    places = _places({name: len(which) for name, which in wanted.items()})
    moved = {}
    for name, place in places.items():
        own = _filled(flat_moves[:, place], wanted[name], values[name].size)
        moved[flat.registers[name]] = own.reshape(-1, *values[name].shape)
    found = flat.moved(evaluation.registers, moved)[flat.registers[evaluation.program.output.name]]
    with np.errstate(all="ignore"):  # infinity less infinity, where the output has a pole
        if found.ndim == 2:  # nothing is moved that the output depends on
            found = np.broadcast_to(found, (2 * total, *found.shape))
        up, down = found.reshape(2, total, found.shape[-2] * found.shape[-1])
        slopes = (up - down).T / ((entries + widths) - (entries - widths))
    return {name: _filled(slopes[:, place], wanted[name], values[name].size, np.nan) for name, place in places.items()}


def _filled(columns: Array, which: Array, size: int, rest: float = 0.0) -> Array:
    """Columns at their places among ``size``, with a number in the others."""
    if len(which) == size:
        return columns
    whole = np.full((len(columns), size), rest)
    whole[:, which] = columns
    return whole


def numeric_jacobian(
    evaluation: Evaluation, name: str, method: Method, step: float, entries: Array | None = None
) -> Array:
    """The Jacobian of the output by a name, by differences; NaN in columns that are left out.

    Those are the ones not among ``entries`` or, without that, what a fixed choice leaves out of a very large matrix.
    """
    return np.asarray(numeric_jacobians(evaluation, name, method, np.array([step]), entries)[0])


def numeric_jacobians(
    evaluation: Evaluation, name: str, method: Method, steps: Array, entries: Array | None = None
) -> Array:
    """The same for many steps, (k,), stacked into as few evaluations as memory allows: (k, outputs, entries)."""
    value = evaluation.values[name]
    entries = _entries(value.size) if entries is None else entries
    which = np.tile(entries, len(steps))
    widths = np.repeat(steps, len(entries)) * np.maximum(1.0, np.abs(value.reshape(-1)[which]))
    slopes = np.empty((len(which), evaluation.values[evaluation.program.output.name].size))
    chunk = at_once(evaluation.program)
    with np.errstate(all="ignore"):  # infinity less infinity, where the output has a pole
        for start in range(0, len(which), chunk):
            part = slice(start, start + chunk)
            slopes[part] = _slopes(evaluation, name, method, which[part], widths[part])
    jacobians = np.full((len(steps), slopes.shape[1], value.size), np.nan)
    jacobians[:, :, entries] = slopes.reshape(len(steps), len(entries), slopes.shape[1]).transpose(0, 2, 1)
    return jacobians


def _entries(size: int) -> Array:
    """All entries, or a fixed random choice where there are very many."""
    if size <= _SAMPLE * 5:
        return np.arange(size)
    return np.sort(np.random.default_rng(0).choice(size, _SAMPLE, replace=False))


def _slopes(evaluation: Evaluation, name: str, method: Method, which: Array, widths: Array) -> Array:
    """The difference quotients by some entries, (k,), each moved by its width, (k,), all at once: (k, outputs)."""
    flat, value = schedule(evaluation.program), evaluation.values[name]
    output = flat.registers[evaluation.program.output.name]
    count, rows = len(which), np.arange(len(which))

    def outputs(stack: Array) -> Array:
        found = flat.rerun(evaluation.registers, name, stack.reshape(len(stack), *value.shape))[output]
        return np.broadcast_to(found, (len(stack), *found.shape[-2:])).reshape(len(stack), -1)

    sides = 2 if method == "central" else 1
    dtype = np.complex128 if method == "complex" else np.float64
    stack: Array = np.repeat(value.reshape(1, -1).astype(dtype), sides * count, axis=0)
    before = stack[rows, which].real
    moves: Array = 1j * widths if method == "complex" else widths
    stack[rows, which] += moves
    if method == "complex":
        # Complex numbers have a logarithm and a root where real ones have none.
        exists = np.isfinite(evaluation.registers[output]).reshape(-1)
        return np.where(exists, outputs(stack).imag / widths[:, None], np.nan)
    if method == "forward":
        here = evaluation.registers[output].reshape(-1)
        return np.asarray((outputs(stack) - here) / (stack[rows, which] - before)[:, None])
    # One stack for both sides: entries up, then entries down.
    stack[rows + count, which] -= widths
    up, down = outputs(stack).reshape(2, count, -1)
    return np.asarray((up - down) / (stack[rows, which] - stack[rows + count, which])[:, None])


def _compare(
    evaluation: Evaluation, name: str, method: Method, step: float, limit: float, floor: float, numeric: Array,
    finer: Array, rounding: Rounding,
) -> Comparison:
    """One name's two Jacobians and what they say."""
    analytic, shape = _derived(evaluation, name), _compared_shape(evaluation, name)
    relative = relative_errors(analytic, numeric, floor)
    measured, better = _measured(numeric), numeric
    if method == "central" and step == STEP:
        better = _extrapolated(numeric, finer, limit, floor)
        relative = relative_errors(analytic, better, floor)
    doubtful = measured & ~(relative <= limit)
    verdicts = np.where(relative <= limit, AGREES, DIFFERS).astype(object)
    verdicts[~measured] = CANNOT_TELL
    reasons: dict[tuple[int, int], str] = {}
    if doubtful.any():
        places = list(np.ndindex(shape))
        for row in np.flatnonzero(doubtful.any(axis=1)):
            found = excuses(evaluation, name, method, step, limit, floor, rounding, int(row), analytic[row],
                            numeric[row], better[row], finer[row], np.flatnonzero(doubtful[row]))
            reasons |= {places[row * analytic.shape[1] + column]: reason for column, reason in found.items()}
    # Where not even the better number agrees, what is shown is what was measured with the step that is named.
    numeric = np.where(doubtful, numeric, better)
    relative = np.where(doubtful, relative_errors(analytic, numeric, floor), relative)
    verdicts = verdicts.reshape(shape)
    for place in reasons:
        verdicts[place] = CANNOT_TELL
    return Comparison(name, analytic.reshape(shape), numeric.reshape(shape), relative.reshape(shape), verdicts,
                      reasons, int(measured.sum()), _ends(evaluation, name))


def _extrapolated(numeric: Array, finer: Array, limit: float, floor: float) -> Array:
    """Central differences where the output curves within one step: from two steps, their error of order h² removed.

    Richardson's extrapolation with steps h and h/4; only for entries that the two measure differently, and yet so
    much alike that the error can be of that order.
    """
    apart = relative_errors(numeric, finer, floor)
    with np.errstate(all="ignore"):
        return np.where((apart > limit / 4) & (apart <= LOST), (16 * finer - numeric) / 15, numeric)


def _floor(slopes: Array | Evaluation) -> float:
    """Smaller numbers are compared as if they were as large: :data:`FLOOR`, or that share of slopes all small.

    It goes by all names, so that the verdict on one does not depend on which others are checked with it.
    """
    if isinstance(slopes, Evaluation):
        slopes = np.concatenate([_derived(slopes, name) for name in checked_names(slopes.program)], axis=1)
    scale = float(np.abs(slopes).max(initial=0.0))
    return FLOOR * min(1.0, scale) if np.isfinite(scale) and scale else FLOOR


def _measured(numeric: Array) -> Array:
    flags = np.zeros(numeric.shape, dtype=bool)
    flags[:, _entries(numeric.shape[1])] = True
    return flags


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
        (k,) steps and (k,) errors; no number where a step leads to where the output has none.

    Raises:
        TutorError: the output does not depend on the name.
    """
    chosen = np.logspace(-12, 0, 37) if steps is None else np.asarray(steps)
    output = evaluation.program.output.name
    if name not in evaluation.program.depends(output) or name == output:
        raise TutorError(f"There is no gradient by {name} to compare with.")
    numeric = numeric_jacobians(evaluation, name, method, chosen)
    analytic = _derived(evaluation, name)
    errors = relative_errors(analytic, numeric, _floor(evaluation)).reshape(len(chosen), -1)
    told = errors[:, np.isfinite(analytic).ravel()]
    return chosen, told.max(axis=1) if told.size else np.full(len(chosen), np.nan)
