"""Expressions in Typst maths: ``((hat(y) - y) thin W_2^top) compose h``, with parts that can be pointed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

from tutor.core.expression import Apply, Expression, Variable
from tutor.core.layout import Shape
from tutor.core.operation import Operation
from tutor.language.names import name_typst
from tutor.language.printing.display import display_number, marked_exponent, side_by_side
from tutor.language.printing.notation import Level, Notation, PartOf, Path, Printer, Written
from tutor.language.printing.templates import typst_function
from tutor.typeset import source as typeset


def typst(expression: Expression, parts: bool = False, part_of: PartOf | None = None, inline: bool = False) -> str:
    """The expression in Typst maths, as it stands between two dollar signs.

    Args:
        expression: The formula.
        parts: Make every variable, with its transpose, a part that can be pointed at. Its id is its name and the
            number of its place, ``W2.T#3`` for the third.
        part_of: The id of a sub-expression and its path, None for no part; instead of ``parts``.
        inline: No higher than a line of text: quotients with a slash.
    """
    chosen = part_of or (FactorIds() if parts else None)
    return Printer(InlineTypst() if inline else Typst(), chosen).write(expression).source


class FactorIds:
    """Ids for the factors of one formula, in the order they are written: ŷ#1, y#2, W2.T#3."""

    def __init__(self) -> None:
        self._count = 0
        self._turned: set[Path] = set()

    def __call__(self, expression: Expression, path: Path) -> str | None:
        """The id of a variable or a transposed variable."""
        match expression:
            case Apply(operands=(Variable(name=name),)) if expression.operation.name == "transpose":
                self._turned.add(path)
                return self._numbered(f"{name}.T")
            case Variable(name=name) if path[:-1] not in self._turned:
                return self._numbered(name)
        return None

    def _numbered(self, name: str) -> str:
        self._count += 1
        return f"{name}#{self._count}"


class Typst(Notation):
    """Typst maths."""

    signs: ClassVar[Mapping[str, str]] = {
        "add": " + ", "subtract": " - ", "frobenius": " : ", "hadamard": " compose ", "divide": " slash ",
        "matmul": " ", "scale": " ",
    }
    transpose = "^top"
    inverse_transpose = "^(-top)"

    def name(self, name: str) -> str:
        """A variable: ``W_1``."""
        return name_typst(name)

    def number(self, value: Fraction) -> Written:
        """A number, small fractions with a bar."""
        return display_number(value, "frac({}, {})", "{} dot ", "10^({})")

    def raised(self, source: str, exponent: Fraction, shape: Shape) -> Written:
        """A power; ``compose`` in it where it could be taken for a matrix power."""
        above = marked_exponent(exponent, shape, "compose ")
        return Written(f"{source}^{above}" if above.isdigit() else f"{source}^({above})", Level.BEHIND)

    def constant(self, name: str, shape: Shape) -> str:
        """Bold digits with their sizes, or I."""
        rows, columns = (" dot ".join(f if f.isdigit() else name_typst(f) for f in str(size).split("·"))
                         for size in shape)
        if name == "eye":
            return f"I_({rows})"
        return f"bold({1 if name == 'ones' else 0})_({rows} times {columns})"

    def function(self, operation: Operation, operands: Sequence[Written]) -> Written:
        """The operation's own LaTeX, translated."""
        return typst_function(operation, operands, self.brackets, typeset.operator)

    def quotient(self, above: Written, below: Written) -> Written | None:
        """A bar, unless there is one inside already."""
        if "frac(" in above.source or "frac(" in below.source:
            return None
        return Written(f"frac({above.source}, {below.source})", Level.FRACTION)

    def joined(self, operation: str, left: str, right: str) -> str:
        """A thin space behind a bracket."""
        if operation in ("matmul", "scale"):
            return side_by_side(left, right, " thin ")
        return super().joined(operation, left, right)

    def marked(self, part: str, source: str) -> str:
        """A part."""
        return typeset.part(part, source)


class InlineTypst(Typst):
    """Typst maths that stays within a line of text."""

    def quotient(self, above: Written, below: Written) -> Written | None:
        """Never a bar."""
        return None
