"""Functions that act on every entry alone: their Jacobians are diagonal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Self

import numpy as np

from tutor.core.evaluate import value_of
from tutor.core.expression import Expression, Number, Variable, apply
from tutor.core.layout import Array, Size, vec
from tutor.core.operation import Operation, Slot, away_from_zero
from tutor.ops.linear import Divide, Hadamard, Negate, Scale, Subtract
from tutor.ops.reductions import spread


class Elementwise(Operation, abstract=True):
    """A function of one number, applied to every entry.

    A subclass declares ``value``, the SymPy ``scalar`` and the ``slope`` as people write it: a formula in the
    operand, or in the result where that is shorter. Jacobian, adjoint and entries follow, and so does the ``latex``
    where mathematics writes the function by its name.

    Attributes:
        scalar: (SymPy symbol) -> SymPy expression.
        slope: (operand, result) -> formula of the derivative, entry by entry.
    """

    scalar: ClassVar[Callable[..., Any]]
    slope: ClassVar[Callable[..., Expression]]

    title = "elementwise function"
    inputs = (Slot("A", "n", "m"),)
    output = Slot("Y", "n", "m")
    because: ClassVar[Mapping[str, str]] = {
        "A": "The function acts on each entry by itself: {Y:i,j} depends on {A:i,j} alone. So the Jacobian is zero off "
             "its diagonal, and to multiply by a diagonal matrix is to multiply *entry by entry*. That is where ∘ "
             "comes from.",
    }
    because_in = {
        "differential": {"A": "The function acts on each entry by itself, so each entry's change is multiplied by the "
                              "slope there: that is where ∘ comes from. In P : (Q ∘ R) three entries at a time are "
                              "multiplied and all is added, so a factor of ∘ may change sides as it is."},
        "index": {"A": "The function acts on each entry by itself: {Y:i,j} depends on {A:i,j} alone."},
    }
    value: ClassVar[Callable[..., Array]]
    latex: ClassVar[str]

    def __init_subclass__(cls, abstract: bool = False) -> None:
        """Say at import what a declaration lacks."""
        if not abstract and hasattr(cls, "name") and not hasattr(cls, "latex"):
            cls.latex = rf"\operatorname{{{cls.name}}}(A)"
        super().__init_subclass__(abstract=abstract)
        missing = [name for name in ("scalar", "slope") if not abstract and not hasattr(cls, name)]
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")

    def jacobian(self, A: Array) -> dict[str, Array]:
        """The slopes on the diagonal."""
        operand, result = Variable("A", A.shape), Variable("Y", A.shape)
        return {"A": np.diag(vec(value_of(self.slope(operand, result), {"A": A, "Y": self.value(A)})))}

    def adjoint(self, G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        """The cotangent times the slope, entry by entry."""
        return {"A": apply(Hadamard(), G, self.slope(A, Y))}

    def entry(self, i: int, j: int, A: Any) -> Any:
        """The function of the one entry."""
        return self.scalar(A[i, j])


def number(value: int | Fraction, like: Expression) -> Expression:
    """A number in every entry of a matrix shaped like another."""
    return spread(Number(Fraction(value)), like.shape)


class Exp(Elementwise):
    """The exponential of every entry."""

    name = "exp"
    latex = r"\exp(A)"
    numpy = "np.exp({})"

    @staticmethod
    def value(A: Array) -> Array:
        return np.exp(A)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.exp(a)

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return Y


class Log(Elementwise):
    """The natural logarithm of every entry."""

    name = "log"
    aliases = ("ln",)
    latex = r"\log(A)"
    numpy = "np.log({})"

    @staticmethod
    def value(A: Array) -> Array:
        return np.log(A)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.log(a)

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Divide(), number(1, A), A)

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Positive numbers."""
        return rng.uniform(0.2, 3.0, shape)


class Sqrt(Elementwise):
    """The square root of every entry."""

    name = "sqrt"
    latex = r"\sqrt{A}"
    numpy = "np.sqrt({})"

    @staticmethod
    def value(A: Array) -> Array:
        return np.sqrt(A)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.sqrt(a)

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Divide(), number(1, Y), apply(Scale(), Number(Fraction(2)), Y))

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Positive numbers."""
        return rng.uniform(0.2, 3.0, shape)


class Sigmoid(Elementwise):
    """The logistic function 1 / (1 + e⁻ᵃ) of every entry."""

    name = "sigmoid"
    aliases = ("σ",)
    latex = r"\sigma(A)"
    cancels = True

    @staticmethod
    def value(A: Array) -> Array:
        # The exponential of what is negative: no overflow and no cancellation on either side, also for complex numbers.
        right = A.real >= 0
        e = np.exp(np.where(right, -A, A))
        return np.asarray(np.where(right, 1.0, e) / (1 + e))

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return 1 / (1 + sympy.exp(-a))

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Hadamard(), Y, apply(Subtract(), number(1, Y), Y))


class Tanh(Elementwise):
    """The hyperbolic tangent of every entry."""

    name = "tanh"
    latex = r"\tanh(A)"
    numpy = "np.tanh({})"
    cancels = True

    @staticmethod
    def value(A: Array) -> Array:
        return np.tanh(A)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.tanh(a)

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Subtract(), number(1, Y), apply(Power(Fraction(2)), Y))


class Abs(Elementwise):
    """The size of every entry, without its sign; at the corner 0 the slope is taken as 0."""

    name = "abs"
    latex = r"\lvert A \rvert"
    numpy = "np.abs({})"
    analytic = False
    corners = (0,)

    @staticmethod
    def value(A: Array) -> Array:
        return np.abs(A)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.Piecewise((a, a > 0), (-a, a < 0), (0, True))

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Sign(), A)

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Away from the corner."""
        return away_from_zero(rng, shape)


class Sign(Elementwise):
    """1 where an entry is positive, −1 where it is negative, 0 at 0."""

    name = "sign"
    numpy = "np.sign({})"
    analytic = False
    corners = (0,)

    @staticmethod
    def value(A: Array) -> Array:
        return np.sign(A)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.Piecewise((1, a > 0), (-1, a < 0), (0, True))

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return number(0, A)

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Away from the jump."""
        return away_from_zero(rng, shape)


class Sin(Elementwise):
    """The sine of every entry."""

    name = "sin"
    latex = r"\sin(A)"
    numpy = "np.sin({})"

    @staticmethod
    def value(A: Array) -> Array:
        return np.sin(A)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.sin(a)

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Cos(), A)


class Cos(Elementwise):
    """The cosine of every entry."""

    name = "cos"
    latex = r"\cos(A)"
    numpy = "np.cos({})"

    @staticmethod
    def value(A: Array) -> Array:
        return np.cos(A)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.cos(a)

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Negate(), apply(Sin(), A))


@dataclass(frozen=True)
class Power(Elementwise):
    """Every entry to a fixed power."""

    exponent: Fraction

    name = "power"
    title = "power"
    latex = r"A^{p}"
    called = False

    @classmethod
    def examples(cls, rows: Size, columns: Size) -> tuple[Self, ...]:
        """Whole and broken exponents, with either sign."""
        return tuple(cls(Fraction(p)) for p in ("2", "3", "1", "0", "-1", "-2", "1/2", "3/2"))

    def value(self, A: Array) -> Array:
        if self.exponent.denominator == 1 and abs(self.exponent) <= 64:
            return np.asarray(A**self.exponent.numerator) if self.exponent > 0 else 1 / A ** -self.exponent.numerator
        return np.asarray(A ** float(self.exponent))

    def scalar(self, a: Any) -> Any:
        import sympy

        return a ** sympy.Rational(self.exponent.numerator, self.exponent.denominator)

    def slope(self, A: Expression, Y: Expression) -> Expression:
        if self.exponent in (0, 1):
            return number(self.exponent, A)
        lower = A if self.exponent == 2 else apply(Power(self.exponent - 1), A)
        return apply(Scale(), Number(self.exponent), lower)

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Positive for roots, away from 0 for negative powers."""
        if self.exponent.denominator != 1:
            return rng.uniform(0.2, 3.0, shape)
        return away_from_zero(rng, shape)
