"""Formulas as values: variables, numbers, sizes, and operations applied to formulas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from tutor.core.errors import Position
from tutor.core.layout import SCALAR, Shape
from tutor.core.operation import Operation, check_count


@dataclass(frozen=True, slots=True)
class Variable:
    """A name with a shape: declared, or the target of a statement, or a cotangent."""

    name: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number; decimals are read as the fractions they stand for."""

    value: Fraction

    @property
    def shape(self) -> Shape:
        """A number is 1×1."""
        return SCALAR


@dataclass(frozen=True, slots=True)
class Dimension:
    """A named size used as a number, as in ``sum(X) / N``."""

    name: str

    @property
    def shape(self) -> Shape:
        """A size used as a number is 1×1."""
        return SCALAR


@dataclass(frozen=True, slots=True, eq=False)
class Apply:
    """An operation on operands, in the order they were written.

    Build it with :func:`apply`, which asks the operation for the shape. Two are equal when operation and operands
    are; where it stood in a text (``position``) makes no difference.
    """

    operation: Operation
    operands: tuple[Expression, ...]
    shape: Shape
    position: Position | None = None
    _hash: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        """Remember the hash: deep trees are looked up often."""
        object.__setattr__(self, "_hash", hash((self.operation, self.operands)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Apply)
            and self._hash == other._hash
            and self.operation == other.operation
            and self.operands == other.operands
        )


Expression: TypeAlias = Variable | Number | Dimension | Apply


def apply(operation: Operation, *operands: Expression, position: Position | None = None) -> Apply:
    """The operation applied to the operands.

    Raises:
        ShapeError: the operands do not fit the operation, by number or by shape.
    """
    check_count(operation.name, operation.inputs, len(operands))
    return Apply(operation, operands, operation.shape(*(o.shape for o in operands)), position)


def operands_of(expression: Expression) -> tuple[Expression, ...]:
    """The operands of an application; nothing for a name or a number."""
    return expression.operands if isinstance(expression, Apply) else ()


def nodes(expression: Expression) -> Iterator[Expression]:
    """Every different sub-expression once, operands before what uses them."""
    seen: set[Expression] = set()
    stack: list[tuple[Expression, bool]] = [(expression, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(operands_of(node)))


def variables(expression: Expression) -> tuple[Variable, ...]:
    """The different variables of a formula, in the order they are written."""
    return tuple(node for node in nodes(expression) if isinstance(node, Variable))
