"""Formulas as the search for a repair has them: every piece with its number, misfits included.

An :class:`~tutor.core.expression.Expression` knows the shapes of a program's sizes and refuses what does not fit. The
search tries thousands of formulas, most of which do not fit; it works on numbers at one point, where all sizes are
different, so that what has a value fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

import numpy as np

from tutor.core.errors import ShapeError, TutorError
from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, apply, nodes
from tutor.core.layout import Array
from tutor.core.operation import Operation
from tutor.core.schedule import Schedule
from tutor.marking.points import Point
from tutor.ops import build, linear
from tutor.ops.elementwise import Elementwise, Power
from tutor.ops.forms import Constant
from tutor.ops.reductions import Broadcast

PRODUCT, HADAMARD, ADD, SUBTRACT, DIVIDE, FROBENIUS = "product", "hadamard", "add", "subtract", "divide", "frobenius"
TRANSPOSE, NEGATE, LEAF, CALL, SLOPE = "transpose", "negate", "leaf", "call", "slope"

BETWEEN: Final = frozenset({PRODUCT, HADAMARD, ADD, SUBTRACT, DIVIDE})
"""What stands between two operands and can be moved past another."""

_BUILD: Final[Mapping[str, Callable[..., Expression]]] = {
    PRODUCT: build.product, HADAMARD: build.multiply, ADD: build.add, SUBTRACT: build.subtract,
    DIVIDE: build.divide, FROBENIUS: build.frobenius, TRANSPOSE: build.transpose, NEGATE: build.negate,
}
_PRINTED: Final[Mapping[str, Operation]] = {
    PRODUCT: linear.MatMul(), HADAMARD: linear.Hadamard(), ADD: linear.Add(), SUBTRACT: linear.Subtract(),
    DIVIDE: linear.Divide(), FROBENIUS: linear.Frobenius(), TRANSPOSE: linear.Transpose(), NEGATE: linear.Negate(),
}
_SLOPED: Final = frozenset({"hadamard", "subtract"})
"""What the slopes of functions are written with: σ(a) ∘ (1 − σ(a)), 1 − tanh(a)**2."""
_KINDS: Final[Mapping[str, str]] = {
    "matmul": PRODUCT, "scale": PRODUCT, "hadamard": HADAMARD, "add": ADD, "subtract": SUBTRACT, "divide": DIVIDE,
    "frobenius": FROBENIUS, "transpose": TRANSPOSE, "negate": NEGATE,
}


class Tree:
    """A piece of a formula with its value at the point of the search.

    Attributes:
        kind: What it is, one of the words above.
        parts: What it is made of.
        value: Its number, (n, m); None where shapes do not fit or there is none.
        operation: Of a call.
        leaf: Of a leaf, what stands there.
        print: A number that two trees of equal value share.
    """

    __slots__ = ("kind", "leaf", "operation", "parts", "print", "value")

    def __init__(self, kind: str, parts: tuple[Tree, ...], value: Array | None, operation: Operation | None = None,
                 leaf: Expression | None = None) -> None:
        self.kind, self.parts, self.value, self.operation, self.leaf = kind, parts, value, operation, leaf
        self.print = None if value is None else fingerprint(value)

    def with_part(self, place: int, part: Tree) -> Tree:
        """The same with another part."""
        parts = (*self.parts[:place], part, *self.parts[place + 1 :])
        return make(self.kind, parts, self.operation)

    @property
    def name(self) -> str:
        """The variable that stands here; empty where there is none."""
        return self.leaf.name if isinstance(self.leaf, Variable) else ""

    def pieces(self) -> Iterator[Tree]:
        """It and all it is made of."""
        yield self
        for part in self.parts:
            yield from part.pieces()

    def formula(self) -> Expression:
        """The expression.

        Raises:
            ShapeError: at the program's sizes something does not fit.
        """
        if self.leaf is not None:
            return self.leaf
        parts = [part.formula() for part in self.parts]
        if self.kind == SLOPE:
            return build.derivative(self.operation, *parts)  # type: ignore[arg-type]
        if self.operation is not None:
            return apply(self.operation, *parts)
        return _BUILD[self.kind](*parts)


    def written(self) -> Expression:
        """The expression to be printed, also where something does not fit."""
        if self.leaf is not None:
            return self.leaf
        parts = tuple(part.written() for part in self.parts)
        if self.kind == SLOPE:
            return build.derivative(self.operation, *parts)  # type: ignore[arg-type]
        try:
            return apply(self.operation, *parts) if self.operation is not None else _BUILD[self.kind](*parts)
        except ShapeError:
            operation = self.operation or _PRINTED[self.kind]
            return Apply(operation, parts, (parts[0].shape[0], parts[-1].shape[1]))


@lru_cache(maxsize=256)
def _weights(rows: int, columns: int) -> Array:
    return np.random.default_rng((rows, columns)).standard_normal(rows * columns)


def fingerprint(value: Array) -> tuple[int, int, float]:
    """The shape, and one number that hardly two arrays share."""
    rows, columns = value.shape
    return rows, columns, float(value.ravel() @ _weights(rows, columns))


def near(one: tuple[int, int, float], other: tuple[int, int, float], scale: float) -> bool:
    """Whether two fingerprints may be those of one value, where its entries are about as large as ``scale``."""
    return one[:2] == other[:2] and abs(one[2] - other[2]) <= 1e-7 * scale * (1 + one[0] * one[1])


def make(kind: str, parts: tuple[Tree, ...], operation: Operation | None = None) -> Tree:
    """A piece made of others, with its value."""
    values = [part.value for part in parts]
    if any(value is None for value in values):
        return Tree(kind, parts, None, operation)
    return Tree(kind, parts, _value(kind, values, operation), operation)  # type: ignore[arg-type]


def leaf(expression: Expression, point: Point) -> Tree:
    """A name, a number or a constant."""
    return Tree(LEAF, (), point.value(expression), leaf=expression)


def _value(kind: str, values: list[Array], operation: Operation | None) -> Array | None:
    if kind == TRANSPOSE:
        return values[0].T
    if kind == NEGATE:
        return -values[0]
    if kind == PRODUCT:
        a, b = values
        if a.shape[1] == b.shape[0]:
            return np.asarray(a @ b)
        return np.asarray(a * b) if a.shape == (1, 1) or b.shape == (1, 1) else None
    if kind == CALL:
        return _called(operation, values)
    if kind == SLOPE:
        return _slope(operation, values[0].shape).run([values[0]])[-1]
    a, b = values
    if not _fit(a.shape, b.shape):
        return None
    if kind == HADAMARD:
        return np.asarray(a * b)
    if kind == ADD:
        return np.asarray(a + b)
    if kind == SUBTRACT:
        return np.asarray(a - b)
    if kind == DIVIDE:
        return np.asarray(a / b)
    return np.array([[float((a * b).sum())]]) if a.shape == b.shape else None


def _fit(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether one of two is repeated to the shape of the other; never both."""
    if one == other:
        return True
    for small, large in ((one, other), (other, one)):
        if all(s in (1, big) for s, big in zip(small, large, strict=True)):
            return True
    return False


def _called(operation: Operation | None, values: list[Array]) -> Array | None:
    assert operation is not None
    try:
        operation.shape(*((int(value.shape[0]), int(value.shape[1])) for value in values))
        return np.asarray(operation.value(*values))
    except (TutorError, ValueError, np.linalg.LinAlgError):
        return None


@lru_cache(maxsize=128)
def _slope(function: Elementwise, shape: tuple[int, int]) -> Schedule:
    return Schedule(["A"], [("", build.derivative(function, Variable("A", shape)))])


def _primed(expression: Expression) -> tuple[Elementwise, Expression] | None:
    """Whose slope a formula is, and where, if it is written as that: σ(a) ∘ (1 − σ(a)) is σ′(a)."""
    inside = next((node for node in nodes(expression) if isinstance(node, Apply)
                   and isinstance(node.operation, Elementwise) and not isinstance(node.operation, Power)), None)
    if not isinstance(inside, Apply) or inside is expression or not isinstance(inside.operation, Elementwise):
        return None
    primed = build.derivative(inside.operation, inside.operands[0])
    return (inside.operation, inside.operands[0]) if primed == expression else None


def tree_of(expression: Expression, point: Point) -> Tree:
    """The tree of a formula; misfits have no value."""
    match expression:
        case Apply(operation=Constant()):
            return leaf(expression, point)
        case Apply(operation=Broadcast(), operands=(inner,)):
            return tree_of(inner, point)
        case Apply(operation=operation, operands=operands):
            if operation.name in _SLOPED and (primed := _primed(expression)) is not None:
                return make(SLOPE, (tree_of(primed[1], point),), primed[0])
            parts = tuple(tree_of(operand, point) for operand in operands)
            kind = _KINDS.get(operation.name)
            if kind is not None:
                return make(kind, parts)
            return make(CALL, parts, operation)
        case Variable() | Number() | Dimension():
            return leaf(expression, point)
    raise TypeError(expression)

