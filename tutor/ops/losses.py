"""Losses: from predictions to a number."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from tutor.core.expression import Expression, Number, apply
from tutor.core.layout import Array, vec
from tutor.core.operation import Operation, Slot
from tutor.ops.elementwise import Log, number
from tutor.ops.linear import Divide, Negate, Scale, Subtract
from tutor.ops.measures import shared


class CrossEntropy(Operation):
    """The cross-entropy −Σ y log p of labels and predictions, added over all rows."""

    name = "xent"
    title = "cross-entropy"
    inputs = (Slot("y", "n", "m"), Slot("p", "n", "m"))
    output = Slot("L", 1, 1)
    latex = r"\operatorname{xent}(y, p)"
    because = {
        "y": "{y:i,j} multiplies minus the logarithm of its own prediction, so that is the slope.",
        "p": "{p:i,j} stands in one term of the loss, minus {y:i,j} times its logarithm. The slope of a logarithm is "
             "one over its argument, so the slope is minus {y:i,j} over {p:i,j}.",
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


class BinaryCrossEntropy(Operation):
    """The binary cross-entropy −Σ (y log p + (1 − y) log(1 − p)), added over all entries as xent is."""

    name = "bce"
    title = "binary cross-entropy"
    inputs = (Slot("y", "n", "m"), Slot("p", "n", "m"))
    output = Slot("L", 1, 1)
    latex = r"\operatorname{bce}(y, p)"
    cancels = True
    because = {
        "y": "{y:i,j} multiplies minus the logarithm of its prediction, and 1 − {y:i,j} minus that of 1 less the "
             "prediction: as {y:i,j} grows, the first is added and the second taken away.",
        "p": "Minus {y:i,j} times the logarithm of {p:i,j} has the slope minus {y:i,j} over {p:i,j}. In the other term "
             "1 − {p:i,j} falls as {p:i,j} grows, so its slope is plus: 1 − {y:i,j} over 1 − {p:i,j}.",
    }

    @staticmethod
    def value(y: Array, p: Array) -> Array:
        # A case the label excludes costs nothing, even where its prediction is 0.
        with np.errstate(divide="ignore", invalid="ignore"):
            yes = np.where(y == 0, 0.0, y * np.log(p))
            no = np.where(y == 1, 0.0, (1 - y) * np.log1p(-p))
        return np.asarray(-np.sum(yes + no, axis=(-2, -1), keepdims=True))

    @staticmethod
    def jacobian(y: Array, p: Array) -> dict[str, Array]:
        return {"y": vec(np.log1p(-p) - np.log(p))[None, :], "p": vec((1 - y) / (1 - p) - y / p)[None, :]}

    @staticmethod
    def adjoint(G: Expression, L: Expression, y: Expression, p: Expression) -> dict[str, Expression]:
        one = number(1, y)
        no_y, no_p = apply(Subtract(), one, y), apply(Subtract(), one, p)
        by_y = apply(Subtract(), apply(Log(), no_p), apply(Log(), p))
        by_p = apply(Subtract(), apply(Divide(), no_y, no_p), apply(Divide(), y, p))
        return {"y": apply(Scale(), G, by_y), "p": apply(Scale(), G, by_p)}

    @staticmethod
    def entry(i: int, j: int, y: Any, p: Any) -> Any:
        import sympy

        return -sum(a * sympy.log(b) + (1 - a) * sympy.log(1 - b) for a, b in zip(y, p, strict=True))

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Labels and predictions between 0 and 1."""
        return rng.uniform(0.1, 0.9, shape)


class MeanSquaredError(Operation):
    """The mean squared error: the squares (a − b)² of all differences, added and divided by their number."""

    name = "mse"
    title = "mean squared error"
    inputs = (Slot("A", "n", "m"), Slot("B", "n", "m"))
    output = Slot("L", 1, 1)
    latex = r"\operatorname{mse}(A, B)"
    numpy = "np.mean(np.square(np.subtract({}, {})), keepdims=True)"
    cancels = True
    because = {
        "A": "The slope of a square is twice what is squared, and the mean divides by the number of entries.",
        "B": "The slope of a square is twice what is squared, with a minus as {B} is taken off, and the mean divides "
             "by the number of entries.",
    }

    @staticmethod
    def value(A: Array, B: Array) -> Array:
        return np.asarray(np.mean(np.square(A - B), axis=(-2, -1), keepdims=True))

    @staticmethod
    def jacobian(A: Array, B: Array) -> dict[str, Array]:
        slopes = 2 * vec(A - B)[None, :] / A.size
        return {"A": slopes, "B": -slopes}

    @staticmethod
    def adjoint(G: Expression, L: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        weight = shared(apply(Scale(), Number(Fraction(2)), G), A.shape)
        by_a = apply(Scale(), weight, apply(Subtract(), A, B))
        return {"A": by_a, "B": apply(Negate(), by_a)}

    @staticmethod
    def entry(i: int, j: int, A: Any, B: Any) -> Any:
        return sum((a - b) ** 2 for a, b in zip(A, B, strict=True)) / (A.shape[0] * A.shape[1])
