"""Row-wise normalisation: softmax and its logarithm."""

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
    cancels = True
    because = {
        "A": "Raising {A:i,j} raises its own share {Y:i,j} and, through the common sum, lowers every other share of "
             "the row. So the Jacobian of a row is full: every entry is minus the product of two shares, and on the "
             "diagonal the share itself is added.",
    }
    because_in = {
        "column": {
            "A": "Raising {A:i,j} raises its own share {Y:i,j} and, through the common sum, lowers every other share. "
                 "So the Jacobian is full: every entry is minus the product of two shares, and on the diagonal the "
                 "share itself is added.",
        },
        "differential": {
            "A": "A share changes by itself times the change of its own entry less the mean of all changes, each "
                 "weighted with its share. The Jacobian is symmetric, so across the : stands the same map.",
        },
        "index": {
            "A": "Raising {A:i,j} raises its own share {Y:i,j} and, through the common sum, lowers every other share: "
                 "each slope is minus the product of the two shares, and for its own share that share is added.",
        },
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


class LogSumExp(Operation):
    """The logarithm of the sum of the exponentials of each row, as a column."""

    name = "logsumexp"
    title = "log-sum-exp"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "n", 1)
    latex = r"\operatorname{logsumexp}(A)"
    because = {"A": "The logarithm divides the exponential of {A:i,j} by the sum it stands in: the slope is its share "
                    "of that sum, the softmax."}

    @staticmethod
    def value(A: Array) -> Array:
        # The largest real part taken out: no overflow, also for the complex step.
        largest = A.real.max(axis=-1, keepdims=True)
        return np.asarray(largest + np.log(np.sum(np.exp(A - largest), axis=-1, keepdims=True)))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        n, m = A.shape
        return {"A": (np.eye(n)[:, :, None] * Softmax.value(A)).reshape(n, n * m)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": apply(Hadamard(), spread(G, A.shape), apply(Softmax(), A))}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        import sympy

        return sympy.log(sum(sympy.exp(a) for a in A[i, :]))


class LogSoftmax(Operation):
    """The logarithm of the softmax of each row: a less the log-sum-exp of its row."""

    name = "log_softmax"
    title = "log-softmax"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "n", "m")
    latex = r"\operatorname{log\_softmax}(A)"
    cancels = True
    because = {
        "A": "Raising {A:i,j} raises {Y:i,j} at the same rate and, through the common sum, lowers all that share the "
             "sum by its share. So each entry gets what arrives at it, minus its share of all that arrives.",
    }

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(A - LogSumExp.value(A))

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        n, m = A.shape
        return {"A": np.eye(n * m) - np.repeat(LogSumExp.jacobian(A)["A"], m, axis=0)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        lowered = apply(Hadamard(), apply(Softmax(), A), spread(apply(RowSum(), G), A.shape))
        return {"A": apply(Subtract(), G, lowered)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return A[i, j] - LogSumExp.entry(i, 0, A)
