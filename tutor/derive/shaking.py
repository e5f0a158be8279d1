"""A program's values moved a little, to see how much of the rounding in them arrives elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tutor.core.evaluate import Evaluation
from tutor.core.expression import Apply, Expression
from tutor.core.layout import Array
from tutor.core.schedule import schedule
from tutor.derive.values import Values

SHAKE: Final = 1e-7
"""The share of itself by which a value is moved at most: far more than rounding, so that this is nothing beside it."""


def shaken(evaluation: Evaluation, rng: np.random.Generator) -> Evaluation:
    """The same evaluation with every value on the way moved by a random share of itself, and no gradients."""
    program, registers = evaluation.program, evaluation.registers
    flat = schedule(program)
    places = [flat.registers[d.name] for d in program.declarations] + [place for place, *_ in flat.work]
    with np.errstate(all="ignore"):
        moves = {place: _move(registers[place], rng)[None] for place in places}
    again = [array[0] if array.ndim > 2 else array for array in flat.moved(registers, moves)]
    values = {name: again[flat.registers[name]] for name in evaluation.values}
    return Evaluation(evaluation.problem, program, values, {}, again)


@dataclass(frozen=True, eq=False)
class Shaken(Values):
    """The values of formulas, with that of every operation in them moved a little.

    Attributes:
        rng: By how much.
    """

    rng: np.random.Generator = field(kw_only=True)

    def _value(self, node: Expression, found: Mapping[Expression, Array]) -> Array:
        value = super()._value(node, found)
        return value + _move(value, self.rng) if isinstance(node, Apply) else value


def _move(array: Array, rng: np.random.Generator) -> Array:
    return np.asarray(SHAKE * rng.uniform(-1, 1, array.shape) * array)
