"""Products, sums and transposes: operations that are linear in each operand."""

from __future__ import annotations

from typing import Any

import numpy as np

from tutor.core.expression import Expression, apply
from tutor.core.layout import SCALAR, Array, vec
from tutor.core.operation import Operation, Slot, away_from_zero
from tutor.ops.reductions import Sum


class MatMul(Operation):
    """The matrix product Y = A B: entry (i, j) adds A[i, k] B[k, j] over k."""

    name = "matmul"
    title = "matrix product"
    inputs = (Slot("A", "n", "m"), Slot("B", "m", "k"))
    output = Slot("Y", "n", "k")
    latex = r"A B"
    called = False
    because = {
        "A": "{A:i,p} reaches {Y:i,j} only through {B:p,j}, so that is the slope. A Jacobian has outputs as rows and "
             "inputs as columns: row and column of {B} change places, so it stands there *transposed*: {B:ᵀ}.",
        "B": "{B:p,j} reaches {Y:i,j} with weight {A:i,p}. Going back, every output that used it sends its part, and "
             "adding the parts is a product with {A:ᵀ} from the left.",
    }
    because_in = {
        "column": {
            "A": "{A:i,p} reaches {Y:i,j} only through {B:p,j}, so that is the slope. A Jacobian has outputs as rows "
                 "and inputs as columns, so it is {B:ᵀ}; and a column goes back through the *transpose* of the "
                 "Jacobian, from the left: through {B}.",
            "B": "{B:p,j} reaches {Y:i,j} with weight {A:i,p}. Going back, {B:p,j} gets what arrives at {Y:i,j} times "
                 "that weight: all these products together are the column {A} times what arrives, *transposed*.",
        },
        "differential": {
            slot: "A product is linear in each factor, so its differential has that of the factor in its place. P : Q "
                  f"is a trace, and in a trace factors go round in a circle: {{{other}}} moves to the other side of "
                  "the :, *transposed*." for slot, other in ("AB", "BA")
        },
        "index": {
            "A": "{A:i,p} reaches {Y:i,j} only through {B:p,j}, so that is the slope.",
            "B": "{B:p,j} reaches {Y:i,j} with weight {A:i,p}, so that is the slope.",
        },
    }

    @staticmethod
    def value(A: Array, B: Array) -> Array:
        return np.asarray(np.matmul(A, B))

    @staticmethod
    def jacobian(A: Array, B: Array) -> dict[str, Array]:
        return {"A": np.kron(np.eye(len(A)), B.T), "B": np.kron(A, np.eye(B.shape[1]))}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        return {"A": apply(MatMul(), G, apply(Transpose(), B)), "B": apply(MatMul(), apply(Transpose(), A), G)}

    @staticmethod
    def entry(i: int, j: int, A: Any, B: Any) -> Any:
        return sum(A[i, k] * B[k, j] for k in range(A.shape[1]))


class Transpose(Operation):
    """The transpose Y = Aᵀ: rows become columns."""

    name = "transpose"
    title = "transpose"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "m", "n")
    latex = r"A^{\top}"
    called = False
    because = {"A": "Every entry only moves: {A:i,j} becomes {Y:j,i}. Going back it moves to where it came from."}

    @staticmethod
    def value(A: Array) -> Array:
        return A.swapaxes(-1, -2)

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        n, m = A.shape
        return {"A": np.eye(n * m).reshape(n, m, n * m).transpose(1, 0, 2).reshape(n * m, n * m)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": apply(Transpose(), G)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return A[j, i]


class Add(Operation):
    """The sum Y = A + B, entry by entry."""

    name = "add"
    title = "sum"
    inputs = (Slot("A", "n", "m"), Slot("B", "n", "m"))
    output = Slot("Y", "n", "m")
    latex = r"A + B"
    called = False
    because = {
        "A": "A change of {A:i,j} changes {Y:i,j} by the same amount, so the slope is 1.",
        "B": "A change of {B:i,j} changes {Y:i,j} by the same amount, so the slope is 1.",
    }

    @staticmethod
    def value(A: Array, B: Array) -> Array:
        return A + B

    @staticmethod
    def jacobian(A: Array, B: Array) -> dict[str, Array]:
        return {"A": np.eye(A.size), "B": np.eye(B.size)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        return {"A": G, "B": G}

    @staticmethod
    def entry(i: int, j: int, A: Any, B: Any) -> Any:
        return A[i, j] + B[i, j]


class Subtract(Operation):
    """The difference Y = A − B, entry by entry."""

    name = "subtract"
    title = "difference"
    inputs = (Slot("A", "n", "m"), Slot("B", "n", "m"))
    output = Slot("Y", "n", "m")
    latex = r"A - B"
    called = False
    because = {
        "A": "A change of {A:i,j} changes {Y:i,j} by the same amount, so the slope is 1.",
        "B": "A change of {B:i,j} changes {Y:i,j} by as much the other way, so the slope is −1.",
    }

    @staticmethod
    def value(A: Array, B: Array) -> Array:
        return A - B

    @staticmethod
    def jacobian(A: Array, B: Array) -> dict[str, Array]:
        return {"A": np.eye(A.size), "B": -np.eye(B.size)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        return {"A": G, "B": apply(Negate(), G)}

    @staticmethod
    def entry(i: int, j: int, A: Any, B: Any) -> Any:
        return A[i, j] - B[i, j]


class Negate(Operation):
    """The negative Y = −A."""

    name = "negate"
    title = "sign"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "n", "m")
    latex = r"-A"
    called = False
    because = {"A": "Every entry only changes its sign, so the slope is −1."}

    @staticmethod
    def value(A: Array) -> Array:
        return -A

    @staticmethod
    def jacobian(A: Array) -> dict[str, Array]:
        return {"A": -np.eye(A.size)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": apply(Negate(), G)}

    @staticmethod
    def entry(i: int, j: int, A: Any) -> Any:
        return -A[i, j]


class Scale(Operation):
    """The scalar multiple Y = s A: one number times every entry."""

    name = "scale"
    title = "scalar multiple"
    inputs = (Slot("s", 1, 1), Slot("A", "n", "m"))
    output = Slot("Y", "n", "m")
    latex = r"s A"
    called = False
    because = {
        "s": "The number {s} reaches every entry of {Y}, each with weight {A:i,j}: going back they all add up.",
        "A": "Every entry of {A} is multiplied by the same number, so the slope is {s} everywhere.",
    }

    @staticmethod
    def value(s: Array, A: Array) -> Array:
        return s * A

    @staticmethod
    def jacobian(s: Array, A: Array) -> dict[str, Array]:
        return {"s": A.reshape(-1, 1), "A": s.item() * np.eye(A.size)}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, s: Expression, A: Expression) -> dict[str, Expression]:
        by_s = apply(Sum(), apply(Hadamard(), G, A)) if A.shape != SCALAR else apply(Scale(), G, A)
        return {"s": by_s, "A": apply(Scale(), s, G)}

    @staticmethod
    def entry(i: int, j: int, s: Any, A: Any) -> Any:
        return s[0, 0] * A[i, j]


class Hadamard(Operation):
    """The elementwise product Y = A ∘ B."""

    name = "hadamard"
    title = "elementwise product"
    inputs = (Slot("A", "n", "m"), Slot("B", "n", "m"))
    output = Slot("Y", "n", "m")
    latex = r"A \circ B"
    called = False
    because = {
        "A": "{Y:i,j} reads {A:i,j} alone, with weight {B:i,j}: the Jacobian is diagonal, and so it acts "
             "*entry by entry*.",
        "B": "{Y:i,j} reads {B:i,j} alone, with weight {A:i,j}: the Jacobian is diagonal, and so it acts "
             "*entry by entry*.",
    }
    because_in = {
        "differential": {slot: "Each entry's change is multiplied by its own weight. In P : (Q ∘ R) three entries at a "
                               "time are multiplied and all is added, so a factor of ∘ may change sides as it is."
                         for slot in "AB"},
        "index": {slot: f"{{Y:i,j}} reads {{{slot}:i,j}} alone, with weight {{{other}:i,j}}."
                  for slot, other in ("AB", "BA")},
    }

    @staticmethod
    def value(A: Array, B: Array) -> Array:
        return A * B

    @staticmethod
    def jacobian(A: Array, B: Array) -> dict[str, Array]:
        return {"A": np.diag(vec(B)), "B": np.diag(vec(A))}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        return {"A": apply(Hadamard(), G, B), "B": apply(Hadamard(), G, A)}

    @staticmethod
    def entry(i: int, j: int, A: Any, B: Any) -> Any:
        return A[i, j] * B[i, j]


class Frobenius(Operation):
    """The Frobenius product A : B = tr(Aᵀ B), a number: entries multiplied and added."""

    name = "frobenius"
    title = "Frobenius product"
    inputs = (Slot("A", "n", "m"), Slot("B", "n", "m"))
    output = Slot("Y", 1, 1)
    latex = r"A : B"
    numpy = "np.sum(np.multiply({}, {}), keepdims=True)"
    because = {
        "A": "{A:i,j} reaches {Y} with weight {B:i,j}.",
        "B": "{B:i,j} reaches {Y} with weight {A:i,j}.",
    }

    @staticmethod
    def value(A: Array, B: Array) -> Array:
        return np.asarray(np.add.reduce(A * B, axis=(-2, -1), keepdims=True))

    @staticmethod
    def jacobian(A: Array, B: Array) -> dict[str, Array]:
        return {"A": vec(B)[None, :], "B": vec(A)[None, :]}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        return {"A": apply(Scale(), G, B), "B": apply(Scale(), G, A)}

    @staticmethod
    def entry(i: int, j: int, A: Any, B: Any) -> Any:
        return sum(a * b for a, b in zip(A, B, strict=True))


class Divide(Operation):
    """The elementwise quotient Y = A / B."""

    name = "divide"
    title = "elementwise quotient"
    inputs = (Slot("A", "n", "m"), Slot("B", "n", "m"))
    output = Slot("Y", "n", "m")
    latex = r"A / B"
    called = False
    because = {
        "A": "{Y:i,j} reads {A:i,j} alone, with slope one over {B:i,j}.",
        "B": "{Y:i,j} reads {B:i,j} alone, and the slope of a quotient by its divisor is minus the dividend over the "
             "divisor squared.",
    }

    @staticmethod
    def value(A: Array, B: Array) -> Array:
        return A / B

    @staticmethod
    def jacobian(A: Array, B: Array) -> dict[str, Array]:
        return {"A": np.diag(vec(1 / B)), "B": np.diag(vec(-A / B**2))}

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        by_b = apply(Divide(), apply(Hadamard(), G, A), apply(Hadamard(), B, B))
        return {"A": apply(Divide(), G, B), "B": apply(Negate(), by_b)}

    @staticmethod
    def entry(i: int, j: int, A: Any, B: Any) -> Any:
        return A[i, j] / B[i, j]

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Divisors away from 0."""
        return away_from_zero(rng, shape) if slot == "B" else rng.standard_normal(shape)
