"""Activations with a bend: relu, its smooth kin, and what their slopes are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from tutor.core.expression import Expression, apply
from tutor.core.layout import Array
from tutor.core.operation import away_from_zero
from tutor.ops.elementwise import Elementwise, Sigmoid, number
from tutor.ops.linear import Add, Hadamard, Negate, Subtract


class Step(Elementwise):
    """1 where an entry is positive, 0 elsewhere; written [a > 0]."""

    name = "step"
    latex = r"[A > 0]"
    analytic = False
    corners = (0,)

    @staticmethod
    def value(A: Array) -> Array:
        return np.heaviside(A, 0.0)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.Piecewise((1, a > 0), (0, True))

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return number(0, A)

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Away from the jump."""
        return away_from_zero(rng, shape)


class Relu(Elementwise):
    """The positive part of every entry; at the corner 0 the slope is taken as 0."""

    name = "relu"
    numpy = "np.maximum({}, 0)"
    analytic = False
    corners = (0,)

    @staticmethod
    def value(A: Array) -> Array:
        return np.maximum(A, 0.0)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.Piecewise((a, a > 0), (0, True))

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Step(), A)

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Away from the corner."""
        return away_from_zero(rng, shape)


class Softplus(Elementwise):
    """The smooth positive part log(1 + eᵃ) of every entry."""

    name = "softplus"
    numpy = "np.logaddexp({}, 0)"

    @staticmethod
    def value(A: Array) -> Array:
        # The exponential of what is negative: no overflow on either side, also for complex numbers.
        right = A.real >= 0
        return np.where(right, A, 0) + np.log1p(np.exp(np.where(right, -A, A)))

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.log(1 + sympy.exp(a))

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Sigmoid(), A)


class Silu(Elementwise):
    """The smooth gate a σ(a) of every entry, also called swish."""

    name = "silu"
    cancels = True

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(A * Sigmoid.value(A))

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return a / (1 + sympy.exp(-a))

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        share = apply(Sigmoid(), A)
        return apply(Add(), share, apply(Hadamard(), Y, apply(Subtract(), number(1, A), share)))


class NormalShare(Elementwise):
    """The share Φ(a) of a standard normal variable below every entry.

    The part above |a| is half of erfc(|a|/√2), by the trapezoidal rule with nodes (k + ½)/2: thirteen terms are exact
    to the last places of a float64, in both tails and for complex numbers near the real line (Matta and Reichel,
    Mathematics of Computation 25 (1971), 339-344).
    """

    name = "normcdf"
    latex = r"\Phi(A)"

    @staticmethod
    def value(A: Array) -> Array:
        above = A.real >= 0
        z = np.where(above, A, -A) / 2**0.5
        nodes = np.square(np.linspace(0.25, 6.25, 13))
        terms = np.sum(np.exp(-nodes) / (nodes + (z * z)[..., None]), axis=-1)
        # The poles at ±i z lie between the line of the nodes and where the rule's error ends only while z is small.
        poles = np.where(z.real < 6, 1 / (1 + np.exp(4 * np.pi * np.where(z.real < 6, z, 6))), 0)
        tail = np.asarray(z * np.exp(-z * z) * terms / (2 * np.pi) + poles)
        return np.where(above, 1 - tail, tail)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return (1 + sympy.erf(a / sympy.sqrt(2))) / 2

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(NormalDensity(), A)


class NormalDensity(Elementwise):
    """The bell curve φ(a) = exp(−a²/2) / √(2π) of every entry: the slope of Φ."""

    name = "normpdf"
    latex = r"\phi(A)"
    cancels = True

    @staticmethod
    def value(A: Array) -> Array:
        return np.asarray(np.exp(-A * A / 2) / (2 * np.pi) ** 0.5)

    @staticmethod
    def scalar(a: Any) -> Any:
        import sympy

        return sympy.exp(-(a**2) / 2) / sympy.sqrt(2 * sympy.pi)

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Negate(), apply(Hadamard(), A, Y))


class Gelu(Elementwise):
    """The smooth gate a Φ(a) of every entry, with the exact share Φ of a normal variable; not its tanh form."""

    name = "gelu"
    cancels = True

    @staticmethod
    def value(A: Array) -> Array:
        return A * NormalShare.value(A)

    @staticmethod
    def scalar(a: Any) -> Any:
        return a * NormalShare.scalar(a)

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return apply(Add(), apply(NormalShare(), A), apply(Hadamard(), A, apply(NormalDensity(), A)))
