"""Expressions as Unicode text that reads back to the same expression: ``((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar, Final

from tutor.core.expression import Expression, Number
from tutor.core.layout import Shape
from tutor.core.operation import Operation
from tutor.core.program import Program
from tutor.language.names import DIFFERENTIAL
from tutor.language.printing.notation import Level, Notation, Printer, Written, decimal

_PLAIN: Final = re.compile("[0-9.]+")


def text(expression: Expression) -> str:
    """The expression as Unicode text; reading it gives an equal expression."""
    return Printer(Text()).write(expression).source


def program_text(program: Program) -> str:
    """A program as text, from its declarations and statements; its own layout and comments are not kept."""
    width = max((len(d.name) for d in program.declarations), default=0)
    lines = []
    for d in program.declarations:
        shape = "scalar" if d.shape == (1, 1) else f"({d.shape[0]}, {d.shape[1]})"
        lines.append(" ".join([f"{d.name:<{width}} : {shape}", *sorted(d.facts)]))
    if lines:
        lines.append("")
    lines.extend(f"{s.name} = {text(s.expression)}" for s in program.statements)
    return "\n".join(lines) + "\n"


class Text(Notation):
    """Unicode text."""

    signs: ClassVar[Mapping[str, str]] = {
        "add": " + ", "subtract": " − ", "frobenius": " : ", "hadamard": " ∘ ", "divide": " / ", "matmul": " ",
        "scale": " ",
    }
    minus = "−"
    transpose = "ᵀ"

    def name(self, name: str) -> str:
        """The name itself; a differential with a plain d."""
        return name.replace(DIFFERENTIAL, "d")

    def number(self, value: Fraction) -> Written:
        """A decimal where it is short, else a quotient."""
        short = decimal(value)
        source = (short or f"{value.numerator}/{value.denominator}").replace("-", "−")
        if value < 0:
            return Written(source, Level.SIGN)
        return Written(source, Level.ATOM if short else Level.TIMES)

    def raised(self, source: str, exponent: Fraction, shape: Shape) -> Written:
        """A power with ``**``, which never is a matrix power."""
        short = decimal(exponent)
        return Written(f"{source}**{short or f'({exponent})'}", Level.BEHIND)

    def constant(self, name: str, shape: Shape) -> str:
        """As it is typed."""
        return f"eye({shape[0]})" if name == "eye" else f"{name}({shape[0]}, {shape[1]})"

    def function(self, operation: Operation, operands: Sequence[Written]) -> Written:
        """As it is typed; by the sign of the function where it has one, as σ."""
        name = next((alias for alias in operation.aliases if not alias.isascii()), operation.name)
        return Written(f"{name}({', '.join(operand.source for operand in operands)})")

    def negated(self, operand: Expression, written: Written) -> Written:
        """A minus that is not taken for the sign of a number."""
        if isinstance(operand, Number) and operand.value >= 0:
            return Written(f"−({written.source})", Level.SIGN)
        return super().negated(operand, written)

    def joined(self, operation: str, left: str, right: str) -> str:
        """The sign between, a divisor in brackets where two numbers would be read as one."""
        if operation == "divide" and _PLAIN.fullmatch(left) and _PLAIN.fullmatch(right):
            right = f"({right})"
        return super().joined(operation, left, right)
