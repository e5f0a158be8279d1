"""Sums over entries, rows or columns, and the broadcast that undoes their shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from tutor.core.errors import ShapeError
from tutor.core.expression import Expression, apply
from tutor.core.layout import SCALAR, Array, Shape, Size, numeric_shape, shape_text
from tutor.core.operation import Operation, Slot


class Sum(Operation):
    """The sum of all entries, a number."""

    name = "sum"
    title = "sum of all entries"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", 1, 1)
    latex = r"\operatorname{sum}(A)"
    numpy = "np.sum({}, keepdims=True)"
    because = {"A": "Every entry of {A} is added with weight 1, so each gets the whole of what arrives at the sum."}

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.add.reduce(A, axis=(-2, -1), keepdims=True))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        return {"A": np.ones((1, A.size))}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": spread(G, A.shape)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return sum(A)


class RowSum(Operation):
    """The sum of each row, as a column."""

    name = "rowsum"
    title = "sum of each row"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "n", 1)
    latex = r"\operatorname{rowsum}(A)"
    numpy = "np.sum({}, axis=1, keepdims=True)"
    because = {"A": "Every entry is added to one sum with weight 1, so it gets the whole of what arrives at that sum."}

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.add.reduce(A, axis=-1, keepdims=True))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        n, m = A.shape
        return {"A": np.kron(np.eye(n), np.ones((1, m)))}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": spread(G, A.shape)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return sum(A[i, :])


class ColSum(Operation):
    """The sum of each column, as a row."""

    name = "colsum"
    title = "sum of each column"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", 1, "m")
    latex = r"\operatorname{colsum}(A)"
    numpy = "np.sum({}, axis=0, keepdims=True)"
    because = {"A": "Every entry is added to one sum with weight 1, so it gets the whole of what arrives at that sum."}

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.add.reduce(A, axis=-2, keepdims=True))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        n, m = A.shape
        return {"A": np.kron(np.ones((1, n)), np.eye(m))}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": spread(G, A.shape)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return sum(A[:, j])


@dataclass(frozen=True)
class Broadcast(Operation):
    """One row, column or number repeated until it has a shape, as NumPy does silently."""

    target: Shape

    name = "broadcast"
    title = "broadcast"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "N", "M")
    latex = r"A \;\text{repeated}"
    called = False
    because = {"A": "One entry of {A} serves several places. Each use sends its part back, and the parts add up."}

    @classmethod
    def examples(cls, rows: Size, columns: Size) -> tuple[Self, ...]:
        """To a matrix, a column and a row."""
        return (cls((rows, columns)), cls((rows, 1)), cls((1, columns)))

    def shape(self, *shapes: Shape) -> Shape:
        """The target, where each size of the operand is 1 or already the target's."""
        (operand,) = shapes
        if any(size not in (1, wanted) for size, wanted in zip(operand, self.target, strict=True)):
            raise ShapeError(f"{shape_text(operand)} cannot be repeated to {shape_text(self.target)}.")
        return self.target

    def value(self, A: Array) -> Array:
        repeated = np.empty((*A.shape[:-2], *self._sizes()), A.dtype)  # a tenth of the time of np.broadcast_to
        repeated[...] = A
        return repeated

    def jacobian(self, A: Array) -> dict[str, Array]:
        (n, m), (rows, columns) = A.shape, self._sizes()
        by_row = np.eye(n) if n == rows else np.ones((rows, 1))
        by_column = np.eye(m) if m == columns else np.ones((columns, 1))
        return {"A": np.kron(by_row, by_column)}

    def adjoint(self, G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        if A.shape == self.target:
            return {"A": G}
        if A.shape == SCALAR:
            return {"A": apply(Sum(), G)}
        return {"A": apply(ColSum() if A.shape[0] != self.target[0] else RowSum(), G)}

    def entry(self, i: int, j: int, A: Any) -> Any:
        return A[i if A.shape[0] > 1 else 0, j if A.shape[1] > 1 else 0]

    def resolved(self, dims: Mapping[str, int]) -> Broadcast:
        """The same with numbers for named sizes."""
        return Broadcast(numeric_shape(self.target, dims))

    def _sizes(self) -> tuple[int, int]:
        return numeric_shape(self.target, {})


def spread(expression: Expression, shape: Shape) -> Expression:
    """The expression, broadcast to a shape where it has not got it already."""
    return expression if expression.shape == shape else apply(Broadcast(shape), expression)
