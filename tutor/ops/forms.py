"""Matrices that Jacobians are written with: constants, diagonal matrices, Kronecker products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from tutor.core.errors import ShapeError
from tutor.core.expression import Expression, apply
from tutor.core.layout import LARGEST_SIZE, Array, Shape, Size, numeric_shape, product_size, shape_text
from tutor.core.operation import Operation, Slot
from tutor.ops.linear import Hadamard, MatMul
from tutor.ops.reductions import ColSum, RowSum

MOST_FACTORS: Final = 16
"""Named sizes that the rows or columns of a Kronecker product may be a product of."""


@dataclass(frozen=True)
class Constant(Operation, abstract=True):
    """A matrix that depends on its sizes alone, and is written as a function of them."""

    target: Shape

    title = "constant"
    inputs = ()
    output = Slot("Y", "n", "m")
    because = {}
    called = False

    @classmethod
    def examples(cls, rows: Size, columns: Size) -> tuple[Self, ...]:
        """A matrix, a column and a row."""
        return (cls((rows, columns)), cls((rows, 1)), cls((1, columns)))

    def shape(self, *shapes: Shape) -> Shape:
        """The target."""
        return self.target

    def jacobian(self) -> dict[str, Array]:
        """Nothing to differentiate by."""
        return {}

    def adjoint(self, G: Expression, Y: Expression) -> dict[str, Expression]:
        """Nothing to differentiate by."""
        return {}

    def resolved(self, dims: Mapping[str, int]) -> Constant:
        """The same with numbers for named sizes."""
        return type(self)(numeric_shape(self.target, dims))


class Ones(Constant):
    """1 in every entry."""

    name = "ones"
    latex = r"\mathbf{1}"

    def value(self) -> Array:
        return np.ones(numeric_shape(self.target, {}))

    def entry(self, i: int, j: int) -> Any:
        return 1


class Zeros(Constant):
    """0 in every entry."""

    name = "zeros"
    latex = r"\mathbf{0}"

    def value(self) -> Array:
        return np.zeros(numeric_shape(self.target, {}))

    def entry(self, i: int, j: int) -> Any:
        return 0


class Identity(Constant):
    """The identity matrix: 1 on the diagonal."""

    name = "eye"
    latex = r"I"

    @classmethod
    def examples(cls, rows: Size, columns: Size) -> tuple[Self, ...]:
        """Of two sizes."""
        return (cls((rows, rows)), cls((columns, columns)))

    def shape(self, *shapes: Shape) -> Shape:
        """The target, which is square."""
        if self.target[0] != self.target[1]:
            raise ShapeError(f"The identity is square; {shape_text(self.target)} is not.")
        return self.target

    def value(self) -> Array:
        return np.eye(numeric_shape(self.target, {})[0])

    def entry(self, i: int, j: int) -> Any:
        return int(i == j)


class Diag(Operation):
    """The diagonal matrix of a row or a column."""

    name = "diag"
    title = "diagonal matrix"
    inputs = (Slot("v", "n", "m"),)
    output = Slot("Y", "k", "k")
    latex = r"\operatorname{diag}(v)"
    because = {"v": "Each entry of {v} stands at one place of the diagonal, so going back only the diagonal counts."}

    def shape(self, *shapes: Shape) -> Shape:
        """Square, of the vector's length."""
        (v,) = shapes
        if 1 not in v:
            raise ShapeError(f"diag makes a matrix of a row or a column, and this is {shape_text(v)}.")
        length = v[1] if v[0] == 1 else v[0]
        return (length, length)

    @staticmethod
    def value(v: Array) -> Array:
        flat = v.reshape(*v.shape[:-2], -1)
        return flat[..., None, :] * np.eye(flat.shape[-1])

    @staticmethod
    def jacobian(v: Array) -> dict[str, Array]:
        k = v.size
        full = np.zeros((k, k, k))
        full[np.arange(k), np.arange(k), np.arange(k)] = 1
        return {"v": full.reshape(k * k, k)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, v: Expression) -> dict[str, Expression]:
        on_diagonal = apply(Hadamard(), G, apply(Identity(Y.shape)))
        return {"v": apply(ColSum(), on_diagonal) if v.shape[0] == 1 else apply(RowSum(), on_diagonal)}

    @staticmethod
    def entry(i: int, j: int, v: Any) -> Any:
        return v[i] if i == j else 0


class DiagOf(Operation):
    """The diagonal of a square matrix, as a column."""

    name = "diagof"
    title = "diagonal"
    inputs = (Slot("A", "n", "n"),)
    output = Slot("y", "n", 1)
    latex = r"\operatorname{diagof}(A)"
    numpy = "np.diag({}).reshape(-1, 1)"
    because = {"A": "Only the diagonal of {A} is read. Going back, what arrives stands on the diagonal, beside it 0."}

    @staticmethod
    def value(A: Array) -> Array:
        return np.diagonal(A, axis1=-2, axis2=-1)[..., None]

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        return {"A": Diag.jacobian(A[0])["v"].T}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": apply(Diag(), G)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return A[i, i]


class Kronecker(Operation):
    """The Kronecker product A ⊗ B: every entry of A times the whole of B, laid out in blocks."""

    name = "kron"
    title = "Kronecker product"
    inputs = (Slot("A", "n", "m"), Slot("B", "p", "q"))
    output = Slot("Y", "np", "mq")
    latex = r"A \otimes B"
    numpy = "np.kron({}, {})"
    because = {
        "A": "{A:i,j} multiplies a whole block, so going back the block is compared with {B} entry by entry.",
        "B": "{B} stands in every block, so going back all blocks add up, each weighted by its entry of {A}.",
    }

    def shape(self, *shapes: Shape) -> Shape:
        """The sizes multiply."""
        (n, m), (p, q) = shapes
        target = (product_size(n, p), product_size(m, q))
        for size in target:
            number, *names = size.split("·") if isinstance(size, str) else [size]
            if isinstance(number, int) or number.isdigit():
                if int(number) > LARGEST_SIZE:
                    raise ShapeError("This Kronecker product is too large: it would have more than "
                                     f"{LARGEST_SIZE:,} rows or columns.")
            if len(names) >= MOST_FACTORS:
                raise ShapeError("This Kronecker product is too large: its rows or columns would be a product of more "
                                 f"than {MOST_FACTORS} sizes.")
        return target

    @staticmethod
    def value(A: Array, B: Array) -> Array:
        blocks = A[..., :, None, :, None] * B[..., None, :, None, :]
        return blocks.reshape(*blocks.shape[:-4], A.shape[-2] * B.shape[-2], A.shape[-1] * B.shape[-1])

    @staticmethod
    def jacobian(A: Array, B: Array) -> dict[str, Array]:
        (n, m), (p, q) = A.shape, B.shape
        by_a = np.einsum("ia,jb,kl->ikjlab", np.eye(n), np.eye(m), B).reshape(n * p * m * q, n * m)
        by_b = np.einsum("ij,ka,lb->ikjlab", A, np.eye(p), np.eye(q)).reshape(n * p * m * q, p * q)
        return {"A": by_a, "B": by_b}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        (n, m), (p, q) = A.shape, B.shape

        def blocks(weighted: Expression, left: tuple[Expression, Expression], right: tuple[Expression, Expression]
                   ) -> Expression:
            inner = apply(Hadamard(), G, weighted)
            return apply(MatMul(), apply(MatMul(), apply(Kronecker(), *left), inner), apply(Kronecker(), *right))

        # Every block, or every entry of the same place in its block, added up.
        return {
            "A": blocks(apply(Kronecker(), _ones(n, m), B), (_eye(n), _ones(1, p)), (_eye(m), _ones(q, 1))),
            "B": blocks(apply(Kronecker(), A, _ones(p, q)), (_ones(1, n), _eye(p)), (_ones(m, 1), _eye(q))),
        }

    @staticmethod
    def entry(i: int, j: int, A: Any, B: Any) -> Any:
        p, q = B.shape
        return A[i // p, j // q] * B[i % p, j % q]


def _ones(rows: Size, columns: Size) -> Expression:
    return apply(Ones((rows, columns)))


def _eye(size: Size) -> Expression:
    return apply(Identity((size, size)))
