"""The points at which formulas are compared: random numbers at sizes that hide as little as can be."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation, cotangents, evaluate, value_of
from tutor.core.expression import Expression
from tutor.core.layout import Array, Shape, numeric_shape
from tutor.core.problem import Problem
from tutor.core.program import Program, cotangent_name, resolve
from tutor.core.schedule import schedule

DRAWS: Final = 5
"""Points at which a formula has to be right."""

TOLERANCE: Final = 1e-6
"""Relative to the largest entry; equal formulas differ by rounding, wrong ones by much more."""

_SIZES: Final = ((4, 3, 5, 6, 7, 8, 9, 10), (6, 5, 4, 3, 7, 8, 9, 10), (3, 5, 6, 4, 8, 7, 10, 9))
"""Sizes for the names of a program in their order, all different: what fits by accident elsewhere does not here.

Of two entries that sum to 1 each is 1 less the other: no size is 2.
"""

_FIRST_SEED: Final = 20_011


@dataclass(frozen=True, eq=False)
class Point:
    """One draw.

    Attributes:
        dims: A number for each named size.
        values: The (n, m) value of every name of the program, and of every cotangent by its own name.
        right: The answer, (n, m): the gradient, or of an output that is a matrix its Jacobian.
        evaluation: Where they come from.
    """

    dims: Mapping[str, int]
    values: Mapping[str, Array]
    right: Array
    evaluation: Evaluation

    @cached_property
    def scale(self) -> float:
        """What a difference is measured by."""
        return max(float(np.abs(self.right).max(initial=0.0)), 1e-12)

    def value(self, formula: Expression) -> Array | None:
        """The value of a formula; None where it has none here."""
        try:
            with np.errstate(all="ignore"):
                return value_of(resolve(formula, dict(self.dims)), self.values)
        except (TutorError, KeyError, ValueError, np.linalg.LinAlgError):
            return None

    def carried(self, name: str, value: Array, wrt: str) -> Point:
        """The same where somebody goes on with another cotangent of a name: what follows from it follows from that.

        Args:
            name: Whose cotangent.
            value: What somebody has for it, in the shape of the name.
            wrt: The variable of the answer.
        """
        evaluation = self.evaluation
        flat = schedule(evaluation.program)
        shift = value - self.values[cotangent_name(name)]
        found = cotangents(flat, evaluation.registers, flat.registers[name], shift)
        values = dict(self.values)
        for other in evaluation.program.shapes:
            slope = cotangent_name(other)
            if slope in values and (more := found.get(flat.registers[other])) is not None:
                values[slope] = values[slope] + more
        right = found.get(flat.registers[wrt])
        return replace(self, values=values, right=self.right if right is None else self.right + right)

    def equal(self, found: Array | None, wanted: Array | None = None) -> bool:
        """Whether a value is the answer, or another one that is wanted."""
        wanted, scale = (self.right, self.scale) if wanted is None else (wanted, _scale(wanted))
        return (found is not None and found.shape == wanted.shape
                and bool((np.abs(found - wanted) <= TOLERANCE * scale).all()))


def _scale(array: Array) -> float:
    return max(float(np.abs(array).max(initial=0.0)), 1e-12)


def scope(program: Program) -> dict[str, Shape]:
    """The shape of every name a formula may use: the program's, and those of cotangents."""
    reached = program.depends(program.output.name) if program.output.shape == (1, 1) else ()
    named = {cotangent_name(name): shape for name, shape in program.shapes.items() if name in reached}
    return {**named, **program.shapes}


def points(problem: Problem, wrt: str, count: int = DRAWS) -> tuple[Point, ...]:
    """Points of a program, at sizes of their own and with numbers of the kinds its variables have.

    Raises:
        TutorError: at no such point the answer is a number.
    """
    found = tuple(itertools.islice(_points(problem, wrt), count))
    if len(found) < count:
        raise TutorError(f"The gradient by {wrt} has no finite value at random numbers.")
    return found


def _points(problem: Problem, wrt: str) -> Iterator[Point]:
    program = problem.program
    usable = [dims for dims in _sizes(program) if _point(problem, wrt, dims, _FIRST_SEED) is not None]
    seeds = itertools.count(_FIRST_SEED)
    for number, seed in enumerate(itertools.islice(seeds, 8 * DRAWS)):
        if usable:
            point = _point(problem, wrt, usable[number % len(usable)], seed)
            if point is not None:
                yield point


def _sizes(program: Program) -> Iterator[dict[str, int]]:
    # Sizes that the program fixes are taken: a named one that is equal could be mistaken for it.
    fixed = {size for shape in program.shapes.values() for size in shape if isinstance(size, int)}
    for sizes in _SIZES:
        yield dict(zip(program.dimensions, (s for s in itertools.chain(sizes, itertools.count(10)) if s not in fixed),
                       strict=False))


def _point(problem: Problem, wrt: str, dims: Mapping[str, int], seed: int) -> Point | None:
    program = problem.program
    try:
        drawn = Problem.drawn("", program, wrt, dims, seed, problem.kinds)
        with np.errstate(all="ignore"):
            evaluation = evaluate(drawn)
            values = dict(evaluation.values)
            values |= {cotangent_name(name): slope for name, slope in evaluation.gradients.items()
                       if cotangent_name(name) not in program.shapes}
            right = evaluation.gradients.get(wrt)
            if right is None and program.output.shape != (1, 1):
                right = evaluation.jacobian(wrt)
            elif right is None:
                right = np.zeros(numeric_shape(program.shapes[wrt], dims))
    except (TutorError, np.linalg.LinAlgError):
        return None
    return Point(dims, values, right, evaluation) if np.isfinite(right).all() else None
