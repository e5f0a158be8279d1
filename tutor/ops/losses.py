"""Losses: from predictions to a number."""

from __future__ import annotations

from typing import Any

import numpy as np

from tutor.core.expression import Expression, apply
from tutor.core.layout import Array, vec
from tutor.core.operation import Operation, Slot
from tutor.ops.elementwise import Log
from tutor.ops.linear import Divide, Negate, Scale


class CrossEntropy(Operation):
    """The cross-entropy −Σ y log p of labels and predictions, added over all rows."""

    name = "xent"
    title = "cross-entropy"
    inputs = (Slot("y", "n", "m"), Slot("p", "n", "m"))
    output = Slot("L", 1, 1)
    latex = r"\operatorname{xent}(y, p)"
    because = {
        "y": "{y:i,j} multiplies the logarithm of its own prediction, so the slope is minus that logarithm.",
        "p": "{p:i,j} stands in one logarithm, weighted by {y:i,j}, and the slope of a logarithm is one over its "
             "argument.",
    }

    @staticmethod
    def value(y: Array, p: Array) -> Array:
        # A class the label does not name costs nothing, even where its prediction is 0.
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(y == 0, 0.0, y * np.log(p))
        return np.asarray(-np.sum(terms, axis=(-2, -1), keepdims=True))

    @staticmethod
    def jacobian(y: Array, p: Array) -> dict[str, Array]:
        return {"y": -vec(np.log(p))[None, :], "p": -vec(y / p)[None, :]}

    @staticmethod
    def adjoint(G: Expression, L: Expression, y: Expression, p: Expression) -> dict[str, Expression]:
        by_y, by_p = apply(Log(), p), apply(Divide(), y, p)
        return {"y": apply(Negate(), apply(Scale(), G, by_y)), "p": apply(Negate(), apply(Scale(), G, by_p))}

    @staticmethod
    def entry(i: int, j: int, y: Any, p: Any) -> Any:
        import sympy

        return -sum(a * sympy.log(b) for a, b in zip(y, p, strict=True))

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Positive numbers; they need not sum to one."""
        return rng.uniform(0.2, 1.5, shape)
