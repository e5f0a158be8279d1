"""Differences of a program's output, which vouch for a cotangent."""

from __future__ import annotations

from typing import Final

import numpy as np

from tutor.core.evaluate import Evaluation
from tutor.core.layout import Array
from tutor.core.schedule import schedule

FLOOR: Final = 1e-6
"""Smaller numbers are compared as if they were this large, where nothing is known of the rounding in them."""

_STEP: Final = 1e-6
_AGREEMENT: Final = 1e-5


def agrees(evaluation: Evaluation, name: str, cotangent: Array, seed: int, arriving: Array) -> bool:
    """Whether a cotangent agrees with differences of the output, weighted by what arrives, in two random directions.

    The directions move all entries alike; where that is too coarse, as for a share of 1e−10, each by its own size.
    """
    value = evaluation.values[name]
    directions = np.random.default_rng(seed).standard_normal((2, *value.shape))
    if _agrees_along(evaluation, name, cotangent, directions, arriving):
        return True
    return bool(value.all()) and _agrees_along(evaluation, name, cotangent, directions * np.abs(value), arriving)


def _agrees_along(evaluation: Evaluation, name: str, cotangent: Array, directions: Array, arriving: Array) -> bool:
    flat, value = schedule(evaluation.program), evaluation.values[name]
    output = evaluation.program.output.name
    with np.errstate(all="ignore"):  # numbers may be infinite
        stack = np.concatenate([value + _STEP * directions, value - _STEP * directions])
        registers = flat.rerun(evaluation.registers, name, stack)
        outputs = np.broadcast_to((registers[flat.registers[output]] * arriving).sum(axis=(-2, -1)), 4).reshape(2, 2)
        height = float(np.abs(evaluation.values[output] * arriving).sum())
        measured = (outputs[0] - outputs[1]) / (2 * _STEP)
        derived = (directions * cotangent).sum(axis=(1, 2))
        size = np.sqrt(((directions * cotangent) ** 2).sum(axis=(1, 2)))
        # What rounding in the output alone can do to a difference quotient.
        rounding = 1e-15 * max(1.0, height) / _STEP
        return bool(np.all(np.abs(measured - derived) <= _AGREEMENT * np.maximum(size, FLOOR) + rounding))
