"""A formula as it was typed: every bracket kept, no shape known yet.

Reading goes text -> tokens -> these trees -> expressions. What stands here knows where it stood in the text, so every
later error can point.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal, NamedTuple, TypeAlias

from tutor.language.source import Span

DEEPEST: Final = 100
"""Levels a formula may have: brackets in brackets, or terms one after another."""

OUTER: Final = "outer"
"""A call of it is the product of two vectors as column and row, whichever way they lie; only code has it."""
ROWS: Final = "rows of"
COLUMNS: Final = "columns of"
"""Calls of them are the size of a name; only code asks for that."""


class Name(NamedTuple):
    """A variable or a size, by its one name."""

    name: str
    span: Span
    depth: int = 1


class Constant(NamedTuple):
    """A number."""

    value: Fraction
    span: Span
    depth: int = 1


class Group(NamedTuple):
    """Something in brackets."""

    inner: Syntax
    span: Span
    depth: int


class Infix(NamedTuple):
    """Two operands and the sign between them; ``sign`` is the span of that sign."""

    operation: Operator
    left: Syntax
    right: Syntax
    sign: Span
    span: Span
    depth: int


Operator: TypeAlias = Literal["add", "subtract", "multiply", "divide", "product", "frobenius", "kron"]


class Chain(NamedTuple):
    """Factors written side by side."""

    factors: tuple[Syntax, ...]
    span: Span
    depth: int


class Minus(NamedTuple):
    """A minus in front."""

    inner: Syntax
    sign: Span
    span: Span
    depth: int


class Turned(NamedTuple):
    """A transpose."""

    inner: Syntax
    sign: Span
    span: Span
    depth: int


class Raised(NamedTuple):
    """A power; ``entrywise`` when it was written ``**``, which is never a matrix power."""

    base: Syntax
    exponent: Syntax
    entrywise: bool
    sign: Span
    span: Span
    depth: int


class Call(NamedTuple):
    """A function of arguments; ``primed`` for its derivative, ``bare`` when written without brackets."""

    function: str
    arguments: tuple[Syntax, ...]
    primed: bool
    bare: bool
    sign: Span
    span: Span
    depth: int


Syntax: TypeAlias = Name | Constant | Group | Infix | Chain | Minus | Turned | Raised | Call


class Word(NamedTuple):
    """A single word of a declaration with its place: a name, a size, a fact."""

    text: str
    span: Span


class DeclarationLine(NamedTuple):
    """``name : (rows, columns) facts``, or one word for the sizes: ``scalar``."""

    name: Word
    sizes: tuple[Word, ...]
    facts: tuple[Word, ...]


class StatementLine(NamedTuple):
    """``name = formula``."""

    name: Word
    formula: Syntax


Line: TypeAlias = DeclarationLine | StatementLine
