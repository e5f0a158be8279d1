"""Formulas from infix notation: the builders choose the operation and make every broadcast visible."""

from __future__ import annotations

from fractions import Fraction

from tutor.core.errors import Position, ShapeError, TutorError
from tutor.core.expression import Expression, apply
from tutor.core.layout import SCALAR, Shape, Size, shape_text
from tutor.ops.elementwise import Elementwise, Power
from tutor.ops.forms import Identity, Ones, Zeros
from tutor.ops.linear import Add, Divide, Frobenius, Hadamard, MatMul, Negate, Scale, Subtract, Transpose
from tutor.ops.reductions import spread


def common_shape(a: Expression, b: Expression, sign: str) -> Shape:
    """The shape both operands broadcast to.

    Raises:
        ShapeError: a size differs and neither is 1.
    """

    def common(p: Size, q: Size) -> Size:
        if p == q or q == 1:
            return p
        if p == 1:
            return q
        raise ShapeError(f"the two sides of {sign} have different shapes: {_shown(a.shape)} and {_shown(b.shape)}")

    return (common(a.shape[0], b.shape[0]), common(a.shape[1], b.shape[1]))


def _shown(shape: Shape) -> str:
    return f"{shape[0]}×{shape[1]}"


def add(a: Expression, b: Expression, position: Position | None = None) -> Expression:
    """A + b, broadcast to one shape."""
    shape = common_shape(a, b, "+")
    return apply(Add(), spread(a, shape), spread(b, shape), position=position)


def subtract(a: Expression, b: Expression, position: Position | None = None) -> Expression:
    """A − b, broadcast to one shape."""
    shape = common_shape(a, b, "−")
    return apply(Subtract(), spread(a, shape), spread(b, shape), position=position)


def negate(a: Expression, position: Position | None = None) -> Expression:
    """−a."""
    return apply(Negate(), a, position=position)


def multiply(a: Expression, b: Expression, position: Position | None = None) -> Expression:
    """The elementwise product a ∘ b, broadcast to one shape; a number times a matrix is a scalar multiple."""
    if a.shape == SCALAR or b.shape == SCALAR:
        return _scaled(a, b, position)
    shape = common_shape(a, b, "∘")
    return apply(Hadamard(), spread(a, shape), spread(b, shape), position=position)


def frobenius(a: Expression, b: Expression, position: Position | None = None) -> Expression:
    """The Frobenius product a : b, of two matrices of one shape."""
    return apply(Frobenius(), a, b, position=position)


def divide(a: Expression, b: Expression, position: Position | None = None) -> Expression:
    """The elementwise quotient a / b, broadcast to one shape."""
    shape = common_shape(a, b, "/")
    return apply(Divide(), spread(a, shape), spread(b, shape), position=position)


def product(a: Expression, b: Expression, position: Position | None = None) -> Expression:
    """The matrix product a b; a scalar multiple where one side is a number."""
    if a.shape == SCALAR or b.shape == SCALAR:
        return _scaled(a, b, position)
    if a.shape[1] != b.shape[0]:
        raise ShapeError(f"{shape_text(a.shape)} times {shape_text(b.shape)}; a product needs {a.shape[1]} rows "
                         "on the right")
    return apply(MatMul(), a, b, position=position)


def _scaled(a: Expression, b: Expression, position: Position | None) -> Expression:
    """A number times a matrix; the number stands first."""
    s, matrix = (a, b) if a.shape == SCALAR else (b, a)
    return apply(Scale(), s, matrix, position=position)


def transpose(a: Expression, position: Position | None = None) -> Expression:
    """aᵀ."""
    return apply(Transpose(), a, position=position)


def power(a: Expression, exponent: Fraction, position: Position | None = None) -> Expression:
    """Every entry to a fixed power."""
    return apply(Power(exponent), a, position=position)


def matrix_power(a: Expression, exponent: int, position: Position | None = None) -> Expression:
    """A a … a, as matrix products.

    Raises:
        ShapeError: a is not square.
        TutorError: the exponent is not positive, or too large to write out.
    """
    if a.shape[0] != a.shape[1]:
        raise ShapeError(f"Only a square matrix has a matrix power; this is {shape_text(a.shape)}.", position)
    if not 1 <= exponent <= 16:
        raise TutorError("A matrix power is between 1 and 16 here.", position)
    result = a
    for _ in range(exponent - 1):
        result = product(result, a, position)
    return result


def derivative(function: Elementwise, a: Expression, position: Position | None = None) -> Expression:
    """f′(a), entry by entry, spelled out as the operation declares its slope."""
    return function.slope(a, apply(function, a, position=position))


def ones(rows: Size, columns: Size, position: Position | None = None) -> Expression:
    """A matrix of ones."""
    return apply(Ones((rows, columns)), position=position)


def zeros(rows: Size, columns: Size, position: Position | None = None) -> Expression:
    """A matrix of zeros."""
    return apply(Zeros((rows, columns)), position=position)


def eye(size: Size, position: Position | None = None) -> Expression:
    """The identity matrix."""
    return apply(Identity((size, size)), position=position)
