"""Differences of a program's output, which vouch for a cotangent."""

from __future__ import annotations

from typing import Final

import numpy as np

from tutor.core.evaluate import Evaluation
from tutor.core.layout import Array
from tutor.core.schedule import schedule
from tutor.derive.shaking import SHAKE, shaken

FLOOR: Final = 1e-6
"""Smaller numbers are compared as if they were this large, where nothing is known of the rounding in them."""

_SHAKES: Final = 4
_STEP: Final = 1e-6
_AGREEMENT: Final = 1e-5


def agrees(evaluation: Evaluation, name: str, cotangent: Array, seed: int, arriving: Array) -> bool:
    """Whether a cotangent agrees with differences of the output, weighted by what arrives, in two random directions.

    The directions move all entries alike; where that is too coarse, as for a share of 1e−10, each by its own size.
    Where the output is what is left of large numbers, it is measured how large they are.
    """
    value = evaluation.values[name]
    directions = np.random.default_rng(seed).standard_normal((2, *value.shape))
    height = float(np.abs(evaluation.values[evaluation.program.output.name] * arriving).sum())
    asked = (evaluation, name, cotangent, arriving)
    if _agrees_along(*asked, directions, height):
        return True
    if bool(value.all()) and _agrees_along(*asked, directions * np.abs(value), height):
        return True
    return _agrees_along(*asked, directions, _cancelled(evaluation, arriving, seed))


def _cancelled(evaluation: Evaluation, arriving: Array, seed: int) -> float:
    """How large the numbers are of which the output is what is left."""
    rng, output = np.random.default_rng(seed), evaluation.program.output.name
    with np.errstate(all="ignore"):
        moved = [shaken(evaluation, rng).values[output] - evaluation.values[output] for _ in range(_SHAKES)]
        return max(float(np.abs(change * arriving).sum()) for change in moved) / SHAKE


def _agrees_along(evaluation: Evaluation, name: str, cotangent: Array, arriving: Array, directions: Array,
                  height: float) -> bool:
    flat, value = schedule(evaluation.program), evaluation.values[name]
    output = evaluation.program.output.name
    with np.errstate(all="ignore"):  # numbers may be infinite
        stack = np.concatenate([value + _STEP * directions, value - _STEP * directions])
        registers = flat.rerun(evaluation.registers, name, stack)
        outputs = np.broadcast_to((registers[flat.registers[output]] * arriving).sum(axis=(-2, -1)), 4).reshape(2, 2)
        measured = (outputs[0] - outputs[1]) / (2 * _STEP)
        derived = (directions * cotangent).sum(axis=(1, 2))
        size = np.sqrt(((directions * cotangent) ** 2).sum(axis=(1, 2)))
        # What rounding in the output alone can do to a difference quotient.
        rounding = 1e-15 * max(1.0, height) / _STEP
        least = _AGREEMENT * np.maximum(size, FLOOR) + rounding
        return bool(np.isfinite(rounding) and np.all(np.abs(measured - derived) <= least))
