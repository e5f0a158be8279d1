"""A formula as it was typed: every bracket kept, no shape known yet.

Reading goes text -> tokens -> these trees -> expressions. What stands here knows where it stood in the text, so every
later error can point.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from tutor.language.source import Span

DEEPEST: Final = 100
"""Levels a formula may have: brackets in brackets, or terms one after another."""


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or a size, by its one name."""

    name: str
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Constant:
    """A number."""

    value: Fraction
    span: Span
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Something in brackets."""

    inner: Syntax
    span: Span
    depth: int


@dataclass(frozen=True, slots=True)
class Infix:
    """Two operands and the sign between them; ``sign`` is the span of that sign."""

    operation: Operator
    left: Syntax
    right: Syntax
    sign: Span
    span: Span
    depth: int


Operator: TypeAlias = Literal["add", "subtract", "multiply", "divide", "product", "frobenius", "kron"]


@dataclass(frozen=True, slots=True)
class Chain:
    """Factors written side by side."""

    factors: tuple[Syntax, ...]
    span: Span
    depth: int


@dataclass(frozen=True, slots=True)
class Minus:
    """A minus in front."""

    inner: Syntax
    sign: Span
    span: Span
    depth: int


@dataclass(frozen=True, slots=True)
class Turned:
    """A transpose."""

    inner: Syntax
    sign: Span
    span: Span
    depth: int


@dataclass(frozen=True, slots=True)
class Raised:
    """A power; ``entrywise`` when it was written ``**``, which is never a matrix power."""

    base: Syntax
    exponent: Syntax
    entrywise: bool
    sign: Span
    span: Span
    depth: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of arguments; ``primed`` for its derivative, ``bare`` when written without brackets."""

    function: str
    arguments: tuple[Syntax, ...]
    primed: bool
    bare: bool
    sign: Span
    span: Span
    depth: int


Syntax: TypeAlias = Name | Constant | Group | Infix | Chain | Minus | Turned | Raised | Call


@dataclass(frozen=True, slots=True)
class Word:
    """A single word of a declaration with its place: a name, a size, a fact."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class DeclarationLine:
    """``name : (rows, columns) facts``; no sizes for a scalar."""

    name: Word
    sizes: tuple[Word, ...]
    facts: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """``name = formula``."""

    name: Word
    formula: Syntax


Line: TypeAlias = DeclarationLine | StatementLine
