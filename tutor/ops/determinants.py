"""Square matrices: trace, determinant, inverse."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from tutor.core.expression import Expression, apply
from tutor.core.layout import Array, vec
from tutor.core.operation import Operation, Slot
from tutor.ops.forms import Identity
from tutor.ops.linear import MatMul, Negate, Scale, Transpose


class Trace(Operation):
    """The sum of the diagonal."""

    name = "trace"
    aliases = ("tr", "Tr")
    title = "trace"
    inputs = (Slot("A", "n", "n"),)
    output = Slot("Y", 1, 1)
    latex = r"\operatorname{tr}(A)"
    numpy = "np.trace({}).reshape(1, 1)"
    because = {"A": "Only the diagonal of {A} is added, each entry with weight 1: the slope is the identity matrix."}

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.trace(A, axis1=-2, axis2=-1)[..., None, None])

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        return {"A": vec(np.eye(len(A)))[None, :]}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": apply(Scale(), G, apply(Identity(A.shape)))}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return A.trace()


class Invertible(Operation, abstract=True):
    """An operation whose slope is made of the inverse of its one operand."""

    longest = 3

    def fault(self, *operands: Array) -> str:
        """Whether the operand is singular."""
        (A,) = operands
        condition = np.linalg.cond(A, 1)
        if condition <= 1 / np.finfo(np.float64).eps:
            return ""
        if not np.isfinite(condition):
            return "is singular: it has no inverse."
        return f"is singular to working precision: its condition number is {condition:.0e}.".replace("e+", "e")

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Far from singular, and with a positive determinant."""
        return np.asarray(rng.standard_normal(shape) + 2 * np.sqrt(shape[0]) * np.eye(shape[0]))


def determinant(A: Any) -> Any:
    """The determinant of a SymPy matrix; of a small one as it is defined, with nothing multiplied out.

    SymPy multiplies the entries out on its way, which takes minutes where they are sums.
    """
    size = A.rows
    if size > Invertible.longest:
        return A.det()
    if size == 1:
        return A[0, 0]
    if size == 2:
        return A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
    return sum(A[0, j] * A[1, (j + 1) % 3] * A[2, (j + 2) % 3] - A[0, j] * A[1, (j + 2) % 3] * A[2, (j + 1) % 3]
               for j in range(3))


def _cofactor(A: Any, i: int, j: int) -> Any:
    """The signed determinant of a SymPy matrix without a row and a column."""
    return (-1) ** (i + j) * (determinant(A.minor_submatrix(i, j)) if A.rows > 1 else 1)


@lru_cache(maxsize=1)
def _inverse(A: Any) -> Any:
    """The inverse of a SymPy matrix of numbers, once for all its entries; of a singular one there are none."""
    import sympy

    try:
        return A.inv()
    except ValueError:
        return sympy.ones(A.rows) * sympy.nan


class Inverse(Invertible):
    """The inverse A⁻¹ of a square matrix: A⁻¹ A = I."""

    name = "inv"
    title = "inverse"
    inputs = (Slot("A", "n", "n"),)
    output = Slot("Y", "n", "n")
    latex = r"A^{-1}"
    numpy = "np.linalg.inv({})"
    cancels = True
    because = {
        "A": "{A} times its inverse stays the identity. So a change of {A} changes the inverse by minus {Y} times that "
             "change times {Y}; going back, both stand *transposed*.",
    }

    @staticmethod
    def value(A: Array) -> Array:
        try:
            inverse = np.linalg.inv(A)
        except np.linalg.LinAlgError:
            # One of many is enough for that; the others have their inverse.
            return np.stack([Inverse.value(a) for a in A]) if A.ndim > 2 else np.full_like(A, np.nan)
        condition = np.prod([np.abs(a).sum(axis=-2).max(axis=-1) for a in (A, inverse)], axis=0)
        return np.where(condition[..., None, None] <= 1 / np.finfo(np.float64).eps, inverse, np.nan)

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        inverse = Inverse.value(A)
        return {"A": np.kron(-inverse, inverse.T)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        turned = apply(Transpose(), Y)
        return {"A": apply(Negate(), apply(MatMul(), apply(MatMul(), turned, G), turned))}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        if A.rows > Invertible.longest:  # numbers: symbols are not written out at such sizes
            return _inverse(A.as_immutable())[i, j]
        return _cofactor(A, j, i) / determinant(A)


class Det(Invertible):
    """The determinant of a square matrix."""

    name = "det"
    title = "determinant"
    inputs = (Slot("A", "n", "n"),)
    output = Slot("Y", 1, 1)
    latex = r"\det(A)"
    numpy = "np.linalg.det({}).reshape(1, 1)"
    cancels = True
    because = {
        "A": "Expanded along its row, the determinant is linear in {A:i,j}, with the cofactor as slope. The cofactors "
             "together are {Y} times the inverse, *transposed*.",
    }

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.linalg.det(A)[..., None, None])

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        return {"A": np.linalg.det(A) * vec(Inverse.value(A).T)[None, :]}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        turned = apply(Transpose(), apply(Inverse(), A))
        return {"A": apply(Scale(), apply(Scale(), G, Y), turned)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return determinant(A)


class LogDet(Invertible):
    """The logarithm of the determinant of a square matrix; a determinant that is not positive has none."""

    name = "logdet"
    title = "log-determinant"
    inputs = (Slot("A", "n", "n"),)
    output = Slot("Y", 1, 1)
    latex = r"\log\det(A)"
    cancels = True
    because = {
        "A": "The slope of the determinant is itself times the inverse, *transposed*, and the logarithm divides by the "
             "determinant: only the inverse of {A} is left.",
    }

    @staticmethod
    def value(A: Array) -> Array:
        # From the factors of the determinant: it may be too large or too small for a float64 when its log is not.
        sign, size = np.linalg.slogdet(A)
        return np.asarray((np.log(sign) + size)[..., None, None])

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        return {"A": vec(Inverse.value(A).T)[None, :]}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": apply(Scale(), G, apply(Transpose(), apply(Inverse(), A)))}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        import sympy

        return sympy.log(determinant(A))

    def fault(self, *operands: Array) -> str:
        """Whether the determinant is not positive, or the operand is singular."""
        if np.linalg.slogdet(operands[0]).sign < 0:
            return "has a negative determinant, and only a positive one has a logarithm."
        return super().fault(*operands)
