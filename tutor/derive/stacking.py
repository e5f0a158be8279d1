"""Matrices that only Jacobians write: the entries of a matrix in one column, and what a transpose does to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from tutor.core.errors import TutorError
from tutor.core.expression import Expression
from tutor.core.layout import Array, Shape, product_size
from tutor.core.operation import Operation, Slot


class Stacked(Operation):
    """All entries of a matrix in one column, row by row."""

    name = "vec"
    title = "stacking"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "nm", 1)
    latex = r"\operatorname{vec}(A)"
    numpy = "np.reshape({}, (-1, 1))"
    because: ClassVar[Mapping[str, str]] = {"A": "Every entry of {A} only gets another place."}

    def shape(self, *shapes: Shape) -> Shape:
        """As many rows as there are entries."""
        ((rows, columns),) = shapes
        return (product_size(rows, columns), 1)

    @staticmethod
    def value(A: Array) -> Array:
        """Row by row."""
        return A.reshape(*A.shape[:-2], -1, 1)

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        """Nothing changes its place along vec."""
        return {"A": np.eye(A.size)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        """Never asked for."""
        raise TutorError("vec(…) stands in Jacobians, and is not differentiated itself.")

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        """The entry at a place along vec."""
        return A[i]


class Commutation(Operation):
    """The permutation K with vec(Y) = K vec(Yᵀ); it depends on the shape of Y alone."""

    name = "commutation"
    title = "commutation matrix"
    inputs = (Slot("Y", "n", "m"),)
    output = Slot("K", "nm", "nm")
    latex = r"K_{Y}"
    because: ClassVar[Mapping[str, str]] = {"Y": "It depends on the shape of {Y} alone, so the slope is 0."}

    def shape(self, *shapes: Shape) -> Shape:
        """A row and a column for each entry."""
        ((rows, columns),) = shapes
        return (product_size(rows, columns), product_size(rows, columns))

    @staticmethod
    def value(Y: Array) -> Array:
        """A single 1 in every row."""
        n, m = Y.shape[-2:]
        places = np.arange(n * m).reshape(m, n).T.reshape(-1)
        return np.broadcast_to(np.eye(n * m)[places], (*Y.shape[:-2], n * m, n * m))

    @staticmethod
    def jacobian(Y: Array) -> dict[str, Array]:
        """Zero everywhere."""
        return {"Y": np.zeros((Y.size**2, Y.size))}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        """Never asked for."""
        raise TutorError("K stands in Jacobians, and is not differentiated itself.")

    @staticmethod
    def entry(i: int, j: int, Y: Any) -> Any:
        """1 where entry i of Y is entry j of its transpose."""
        n, m = Y.shape
        return int((i % m) * n + i // m == j)
