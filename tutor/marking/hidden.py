"""What the present numbers and sizes hide of a wrong formula, and the numbers that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate
from tutor.core.expression import Expression
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.core.program import cotangent_name
from tutor.marking.points import Point
from tutor.marking.trees import tree_of

_EQUAL: Final = 4
"""The size at which every shape fits that can."""


class Compared(NamedTuple):
    """A formula beside the right answer, in numbers.

    Attributes:
        mine: The value of the formula, (n, m).
        right: The gradient, (n, m).
        sizes: The sizes of it as people say them, 5-3-5.
        present: Whether those are the present numbers; else all sizes are made equal, and the numbers drawn.
        differ: How many entries differ.
    """

    mine: Array
    right: Array
    sizes: str
    present: bool
    differ: int


def with_names(point: Point, named: Mapping[str, Expression]) -> Point:
    """A point at which further names have their values, too."""
    values: dict[str, Array] = dict(point.values)
    for name, formula in named.items():
        value = point.value(formula)
        values[name] = np.full((1, 1), np.nan) if value is None else value
    return replace(point, values=values)


def compared(problem: Problem, wrt: str, formula: Expression, named: Mapping[str, Expression]) -> Compared | None:
    """A formula's numbers beside the right ones: at the present numbers, or else where all sizes are equal.

    Returns:
        None where it has a value of the right shape at neither.
    """
    for present in (True, False):
        try:
            at = problem if present else Problem.drawn(
                "", problem.program, wrt, dict.fromkeys(problem.program.dimensions, _EQUAL), problem.seed,
                problem.kinds)
            with np.errstate(all="ignore"):
                evaluation = evaluate(at)
        except (TutorError, np.linalg.LinAlgError):
            continue
        right = evaluation.gradients.get(wrt)
        if right is None:
            return None
        slopes = {cotangent_name(name): slope for name, slope in evaluation.gradients.items()}
        point = with_names(Point(at.dims, {**slopes, **evaluation.values}, right, evaluation), named)
        with np.errstate(all="ignore"):
            value = tree_of(formula, point).value
        if value is not None and value.shape == right.shape:
            near = np.abs(value - right) <= 1e-6 * point.scale
            sizes = "-".join(str(size) for size in at.dims.values())
            return Compared(value, right, sizes, present, int((~near).sum()))
    return None


def notes(found: Compared | None, misfits: bool) -> tuple[str, ...]:
    """What there is to say of them."""
    if found is None or not found.present:
        return ()
    if not found.differ:
        return ("At the present numbers it gives the right answer all the same: they cannot tell.",)
    return (f"At sizes {found.sizes} every shape fits by accident; fitting shapes prove nothing.",) if misfits else ()
