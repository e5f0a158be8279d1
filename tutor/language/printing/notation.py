"""Where brackets stand: one table of precedence, and the walk over an expression that all printers share.

A printer supplies signs and pieces (:class:`Notation`); which operand needs brackets is decided here, once, so that
an expression has the same brackets as text, in Typst, in LaTeX and in NumPy. Brackets stand where the grammar needs
them, and where a textbook has them: a matrix product inside ∘ is bracketed although it binds tighter.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import ClassVar, Final, NamedTuple, TypeAlias

from tutor.core.errors import TutorError
from tutor.core.expression import Apply, Dimension, Expression, Number, Variable
from tutor.core.layout import SCALAR, Shape
from tutor.core.operation import Operation
from tutor.ops import build
from tutor.ops.determinants import Inverse
from tutor.ops.elementwise import Power
from tutor.ops.forms import Constant
from tutor.ops.linear import Transpose
from tutor.ops.reductions import Broadcast

_DIGITS: Final = re.compile("[0-9.]+")

Path: TypeAlias = tuple[int, ...]
"""Which operand of which operand … a sub-expression is, from the whole inwards."""

PartOf: TypeAlias = Callable[[Expression, Path], str | None]
"""Says under which id a sub-expression can be pointed at, if it can."""


class Level(IntEnum):
    """How tightly a piece of a formula holds together, loosest first."""

    SUM = 1
    SIGN = 2
    FROBENIUS = 3
    TIMES = 4
    CHAIN = 5
    FRACTION = 6
    BEHIND = 7
    ATOM = 8


class Infix(NamedTuple):
    """How an operation between two operands is printed.

    Attributes:
        level: How tightly the whole holds together.
        left: The loosest left operand that needs no brackets.
        right: The loosest right operand that needs no brackets.
        chains: Whether the same operation needs no brackets on the left: A B C.
        build: What the reader calls for it.
    """

    level: Level
    left: Level
    right: Level
    chains: bool
    build: Callable[[Expression, Expression], Expression] | None = None


INFIX: Final[Mapping[str, Infix]] = {
    "add": Infix(Level.SUM, Level.SUM, Level.FROBENIUS, True, build.add),
    "subtract": Infix(Level.SUM, Level.SUM, Level.FROBENIUS, True, build.subtract),
    "frobenius": Infix(Level.FROBENIUS, Level.TIMES, Level.TIMES, False),
    "hadamard": Infix(Level.TIMES, Level.FRACTION, Level.FRACTION, True, build.multiply),
    "divide": Infix(Level.TIMES, Level.CHAIN, Level.BEHIND, False, build.divide),
    "matmul": Infix(Level.CHAIN, Level.FRACTION, Level.FRACTION, True, build.product),
    "scale": Infix(Level.CHAIN, Level.FRACTION, Level.FRACTION, True, build.product),
}
"""The operations that are printed between their operands, by name."""


class Written(NamedTuple):
    """A printed piece."""

    source: str
    level: Level = Level.ATOM


class Notation(ABC):
    """What a format has to say of itself.

    Attributes:
        signs: What stands between the operands of each operation of :data:`INFIX`.
        minus: What stands before a negative.
        transpose: What stands behind a transpose.
        inverse_transpose: What stands behind the transpose of an inverse, where both are written as one.
    """

    signs: ClassVar[Mapping[str, str]]
    minus: ClassVar[str] = "-"
    transpose: ClassVar[str]
    inverse_transpose: ClassVar[str] = ""

    @abstractmethod
    def name(self, name: str) -> str:
        """A variable or a size."""

    @abstractmethod
    def number(self, value: Fraction) -> Written:
        """A number."""

    @abstractmethod
    def raised(self, source: str, exponent: Fraction, shape: Shape) -> Written:
        """A power of every entry of a matrix of that shape."""

    @abstractmethod
    def constant(self, name: str, shape: Shape) -> str:
        """A matrix of ones, of zeros, or the identity (``eye``)."""

    @abstractmethod
    def function(self, operation: Operation, operands: Sequence[Written]) -> Written:
        """Any other operation."""

    def brackets(self, source: str) -> str:
        """A piece in brackets."""
        return f"({source})"

    def transposed(self, source: str) -> str:
        """The transpose of a piece that needs no brackets, unless it is a number, which alone has no transpose."""
        return (self.brackets(source) if _DIGITS.fullmatch(source) else source) + self.transpose

    def quotient(self, above: Written, below: Written) -> Written | None:
        """A fraction with a bar; None where the format or the operands want a slash."""
        return None

    def joined(self, operation: str, left: str, right: str) -> str:
        """Two operands with the sign of the operation between them."""
        return left + self.signs[operation] + right

    def marked(self, part: str, source: str) -> str:
        """A piece that can be pointed at."""
        return source

    def negated(self, operand: Expression, written: Written) -> Written:
        """A minus in front of an operand."""
        loose = written.level < Level.FROBENIUS
        return Written(self.minus + (self.brackets(written.source) if loose else written.source), Level.SIGN)

    def needs_brackets(self, operation: str, side: int, operand: Expression, written: Written) -> bool:
        """Whether an operand of an infix operation needs brackets."""
        rule = INFIX[operation]
        if rule.chains and isinstance(operand, Apply):
            inner = operand.operation.name
            # 2 A B is 2 (A B): the matrix product on the right of a number reads on, to the end of the factors.
            if side == 1 and operation == "scale" and inner == "matmul":
                return False
            if side == 0 and inner == operation:
                return operation == "scale" and _is_product(operand.operands[1])
        if side == 1 and rule.build is build.product and isinstance(operand, Number):
            # Among factors side by side a number stands first.
            return True
        return written.level < (rule.left if side == 0 else rule.right)


@dataclass
class Printer:
    """Walks over an expression and prints it.

    Attributes:
        notation: The format.
        part_of: Which sub-expressions can be pointed at.
    """

    notation: Notation
    part_of: PartOf | None = None

    def write(self, expression: Expression, path: Path = ()) -> Written:
        """The expression in the format of the notation."""
        part = self.part_of(expression, path) if self.part_of else None
        match expression:
            case Variable(name=name) | Dimension(name=name):
                written = Written(self.notation.name(name))
            case Number(value=value):
                written = self.notation.number(value)
            case Apply(operation=operation) if operation.name in INFIX:
                written = self._infix(expression, path)
            case Apply(operation=Transpose(), operands=(Apply(operation=Inverse(), operands=(inner,)),)) if (
                self.notation.inverse_transpose
            ):
                turned = self._closed(self.write(inner, (*path, 0, 0)))
                written = Written(turned + self.notation.inverse_transpose, Level.BEHIND)
            case Apply(operation=Constant() as operation):
                written = Written(self.notation.constant(operation.name, operation.target))
            case Apply(operation=Broadcast(), operands=(operand,)):
                written = self._repeated(expression.shape, operand, self.write(operand, (*path, 0)))
            case Apply():
                operands = [self.write(operand, (*path, i)) for i, operand in enumerate(expression.operands)]
                written = self._applied(expression, operands)
        return Written(self.notation.marked(part, written.source), written.level) if part else written

    def _applied(self, expression: Apply, operands: list[Written]) -> Written:
        """An operation whose operands are printed already."""
        operation = expression.operation
        if operation.name == "negate":
            return self.notation.negated(expression.operands[0], operands[0])
        if operation.name == "transpose":
            return Written(self.notation.transposed(self._closed(operands[0])), Level.BEHIND)
        if isinstance(operation, Power):
            return self.notation.raised(self._closed(operands[0]), operation.exponent, expression.shape)
        return self.notation.function(operation.written(*(o.shape for o in expression.operands)), operands)

    def _closed(self, written: Written) -> str:
        """A piece that something can stand behind."""
        return written.source if written.level == Level.ATOM else self.notation.brackets(written.source)

    def _infix(self, expression: Apply, path: Path) -> Written:
        name = expression.operation.name
        shown = self._shown(expression)
        paths = [(*path, i) if kept is whole else (*path, i, 0)
                 for i, (kept, whole) in enumerate(zip(shown, expression.operands, strict=True))]
        parts = [self._operand(expression, operand, other, place)
                 for operand, other, place in zip(shown, reversed(shown), paths, strict=True)]
        if name == "divide" and (fraction := self.notation.quotient(*parts)):
            return fraction
        left, right = (
            self.notation.brackets(part.source) if self.notation.needs_brackets(name, side, operand, part)
            else part.source
            for side, (operand, part) in enumerate(zip(shown, parts, strict=True))
        )
        return Written(self.notation.joined(name, left, right), INFIX[name].level)

    def _operand(self, expression: Apply, shown: Expression, other: Expression, path: Path) -> Written:
        """One of the two operands of an operation with a sign between them."""
        return self.write(shown, path)

    def _shown(self, expression: Apply) -> tuple[Expression, ...]:
        """The operands without the broadcasts that the reader puts in again."""
        rebuilt = INFIX[expression.operation.name].build
        a, b = expression.operands
        inner_a, inner_b = unrepeated(a), unrepeated(b)
        if rebuilt is None or (inner_a is a and inner_b is b):
            return (a, b)
        for pair in ((inner_a, inner_b), (inner_a, b), (a, inner_b)):
            try:
                if rebuilt(*pair) == expression:
                    return pair
            except TutorError:
                continue
        return (a, b)

    def _repeated(self, target: Shape, operand: Expression, written: Written) -> Written:
        """A broadcast that has to be written: ones that repeat a row, a column or a number."""
        if operand == Number(Fraction(1)):
            return Written(self.notation.constant("ones", target))
        if operand.shape == SCALAR:
            ones, pair = Written(self.notation.constant("ones", target)), ("scale", 0)
        elif operand.shape[0] == 1:
            ones, pair = Written(self.notation.constant("ones", (target[0], 1))), ("matmul", 1)
        else:
            ones, pair = Written(self.notation.constant("ones", (1, target[1]))), ("matmul", 0)
        name, side = pair
        source = written.source
        if self.notation.needs_brackets(name, side, operand, written):
            source = self.notation.brackets(source)
        left, right = (source, ones.source) if side == 0 else (ones.source, source)
        return Written(self.notation.joined(name, left, right), Level.CHAIN)


def _is_product(expression: Expression) -> bool:
    return isinstance(expression, Apply) and expression.operation.name == "matmul"


def unrepeated(operand: Expression) -> Expression:
    """What a broadcast repeats; anything else as it is."""
    if isinstance(operand, Apply) and isinstance(operand.operation, Broadcast):
        return operand.operands[0]
    return operand


def decimal(value: Fraction, longest: int = 12) -> str | None:
    """A number that has a short decimal form, in that form; None otherwise."""
    for places in range(longest + 1):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
            return f"-{text}" if value < 0 else text
    return None
