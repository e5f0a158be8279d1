"""Row-wise normalisation: softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from tutor.core.expression import Expression, apply
from tutor.core.layout import Array
from tutor.core.operation import Operation, Slot
from tutor.ops.linear import Hadamard, Subtract
from tutor.ops.reductions import RowSum, spread


class Softmax(Operation):
    """Every row turned into a distribution: eᵃ divided by the row's sum."""

    name = "softmax"
    title = "softmax"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "n", "m")
    latex = r"\operatorname{softmax}(A)"
    because = {
        "A": "Raising {A:i,j} raises its own share {Y:i,j} and, through the common sum, lowers every other share of "
             "the row. So the Jacobian of a row is full: the shares on the diagonal, less the product of every two.",
    }

    @staticmethod
    def value(A: Array) -> Array:
        # Less the largest real part: the same shares without overflow, also for the complex step.
        powers = np.exp(A - A.real.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        n, m = A.shape
        full = np.zeros((n, m, n, m))
        for i, row in enumerate(Softmax.value(A)):
            full[i, :, i, :] = np.diag(row) - np.outer(row, row)
        return {"A": full.reshape(n * m, n * m)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        mean = spread(apply(RowSum(), apply(Hadamard(), G, Y)), A.shape)
        return {"A": apply(Hadamard(), Y, apply(Subtract(), G, mean))}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        import sympy

        return sympy.exp(A[i, j]) / sum(sympy.exp(A[i, k]) for k in range(A.shape[1]))
