"""Means and norms: numbers that say how large entries are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from tutor.core.expression import Dimension, Expression, Number, apply
from tutor.core.layout import Array, Shape, vec
from tutor.core.operation import Operation, Slot, away_from_zero
from tutor.ops.elementwise import Sign
from tutor.ops.linear import Divide, Scale
from tutor.ops.reductions import spread


class Mean(Operation):
    """The mean of all entries, a number."""

    name = "mean"
    title = "mean of all entries"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", 1, 1)
    latex = r"\operatorname{mean}(A)"
    numpy = "np.mean({}, keepdims=True)"
    because = {"A": "Every entry of {A} has the same weight in {Y}, one over the number of entries."}

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.mean(A, axis=(-2, -1), keepdims=True))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        return {"A": np.full((1, A.size), 1 / A.size)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": spread(shared(G, A.shape), A.shape)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return sum(A) / (A.shape[0] * A.shape[1])


class RowMean(Operation):
    """The mean of each row, as a column."""

    name = "rowmean"
    title = "mean of each row"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "n", 1)
    latex = r"\operatorname{rowmean}(A)"
    numpy = "np.mean({}, axis=1, keepdims=True)"
    because = {"A": "Every entry has the same weight in its mean, one over the number of entries in that."}

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.mean(A, axis=-1, keepdims=True))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        n, m = A.shape
        return {"A": np.kron(np.eye(n), np.full((1, m), 1 / m))}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": spread(shared(G, (1, A.shape[1])), A.shape)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return sum(A[i, :]) / A.shape[1]


class ColMean(Operation):
    """The mean of each column, as a row."""

    name = "colmean"
    title = "mean of each column"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", 1, "m")
    latex = r"\operatorname{colmean}(A)"
    numpy = "np.mean({}, axis=0, keepdims=True)"
    because = {"A": "Every entry has the same weight in its mean, one over the number of entries in that."}

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.mean(A, axis=-2, keepdims=True))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        n, m = A.shape
        return {"A": np.kron(np.full((1, n), 1 / n), np.eye(m))}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": spread(shared(G, (A.shape[0], 1)), A.shape)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return sum(A[:, j]) / A.shape[0]


class Norm1(Operation):
    """The sum of the sizes of all entries, Σ |a|; at a corner, where an entry is 0, its slope is taken as 0."""

    name = "norm1"
    title = "sum of sizes"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", 1, 1)
    latex = r"\lVert A \rVert_{1}"
    numpy = "np.sum(np.abs({}), keepdims=True)"
    analytic = False
    corners = (0,)
    because = {"A": "{Y} grows with {A:i,j} where that is positive and shrinks where it is negative, at the same rate: "
                    "the slope is the sign."}

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.add.reduce(np.abs(A), axis=(-2, -1), keepdims=True))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        return {"A": vec(np.sign(A))[None, :]}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": apply(Scale(), G, apply(Sign(), A))}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        import sympy

        return sum(sympy.Piecewise((a, a > 0), (-a, a < 0), (0, True)) for a in A)

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Away from the corners."""
        return away_from_zero(rng, shape)


class Norm2(Operation):
    """The length √(Σ a²) of a vector, of a matrix its Frobenius norm; it has a corner where all entries are 0."""

    name = "norm2"
    title = "length"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", 1, 1)
    latex = r"\lVert A \rVert_{F}"
    numpy = "np.linalg.norm({}, keepdims=True)"
    corners = (-1,)
    because = {"A": "Under the root the slope by {A:i,j} is 2 {A:i,j}, and the root divides it by 2 {Y}: all together "
                    "the slope is {A} made to length 1."}

    @staticmethod
    def value(A: Array) -> Array:
        # The squares themselves and not those of absolute values: the complex step passes through.
        return np.asarray(np.sqrt(np.add.reduce(A * A, axis=(-2, -1), keepdims=True)))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        return {"A": vec(A / Norm2.value(A))[None, :]}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": apply(Scale(), apply(Divide(), G, Y), A)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        import sympy

        # As it stands: of one entry SymPy makes |a|, and of its slope a function of its own.
        return sympy.Pow(sum(a**2 for a in A), sympy.S.Half, evaluate=False)

    def written(self, *shapes: Shape) -> Operation:
        """Without the F where there is but one length, that of a row or a column."""
        return VectorNorm() if 1 in shapes[0] else self

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Away from the corner."""
        return away_from_zero(rng, shape)


class VectorNorm(Norm2):
    """The length of a row or a column, as it is written."""

    latex = r"\lVert A \rVert"


def shared(expression: Expression, shape: Shape) -> Expression:
    """The expression divided by the number of entries of a shape."""
    for factor in (factor for size in shape for factor in str(size).split("·") if factor != "1"):
        number = Number(Fraction(factor)) if factor.isdigit() else Dimension(factor)
        expression = apply(Divide(), expression, spread(number, expression.shape))
    return expression
