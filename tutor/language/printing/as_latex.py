r"""Expressions in LaTeX: ``((\hat{y} - y)\, W_2^{\top}) \circ h``."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar, Final

from tutor.core.expression import Expression
from tutor.core.layout import Shape
from tutor.core.operation import Operation
from tutor.language.names import GREEK, name_latex, parts
from tutor.language.printing.display import display_number, marked_exponent, side_by_side
from tutor.language.printing.notation import Level, Notation, Printer, Written
from tutor.language.printing.templates import latex_function


def latex(expression: Expression, inline: bool = False) -> str:
    """The expression in LaTeX, for maths mode.

    Args:
        expression: The formula.
        inline: Whether quotients are written with a slash, for a line of text.
    """
    return Printer(Latex(inline)).write(expression).source


def latex_prose(words: str) -> str:
    r"""Words for LaTeX's text mode, in plain letters: a sign of mathematics becomes mathematics, ``$\circ$``."""
    return "".join(_PROSE.get(sign) or (f"${name_latex(sign)}$" if parts(sign).accent else sign)
                   for sign in unicodedata.normalize("NFC", words))


_PROSE: Final[Mapping[str, str]] = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"}, "\\": r"\textbackslash{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "“": "``", "”": "''", "’": "'", "…": r"\dots{}",
    "\u2013": "--",
    **{letter: f"$\\{word}$" for word, letter in GREEK.items()},
    **{sign: f"${source}$" for sign, source in {
        "−": "-", "×": r"\times", "·": r"\cdot", "∘": r"\circ", "⊗": r"\otimes", "∂": r"\partial", "→": r"\to",
        "↦": r"\mapsto", "≤": r"\le", "≥": r"\ge", "<": "<", ">": ">", "|": "|", "ᵀ": r"^{\top}", "²": "^2",
        "⁻": "^{-}", "¹": "^1", "√": r"\surd",
    }.items()},
}
"""What stands otherwise in LaTeX's text mode."""


class Latex(Notation):
    """LaTeX maths."""

    signs: ClassVar[Mapping[str, str]] = {
        "add": " + ", "subtract": " - ", "frobenius": " : ", "hadamard": r" \circ ", "divide": " / ", "matmul": " ",
        "scale": " ",
    }
    transpose = r"^{\top}"
    inverse_transpose = r"^{-\top}"

    def __init__(self, inline: bool = False) -> None:
        self.inline = inline

    def name(self, name: str) -> str:
        """A variable: ``W_1``."""
        return name_latex(name)

    def number(self, value: Fraction) -> Written:
        """A number, small fractions with a bar."""
        return display_number(value, r"\frac{{{}}}{{{}}}", r"{} \cdot ", "10^{{{}}}")

    def brackets(self, source: str) -> str:
        """Brackets that grow where there is a bar."""
        return rf"\left({source}\right)" if r"\frac" in source else f"({source})"

    def raised(self, source: str, exponent: Fraction, shape: Shape) -> Written:
        r"""A power; ``\\circ`` in it where it could be taken for a matrix power."""
        above = marked_exponent(exponent, shape, r"\circ ")
        return Written(f"{source}^{{{above}}}", Level.BEHIND)

    def constant(self, name: str, shape: Shape) -> str:
        """Bold digits with their sizes, or I."""
        if name == "eye":
            return f"I_{{{self._size(shape[0])}}}"
        digit = "1" if name == "ones" else "0"
        return rf"\mathbf{{{digit}}}_{{{self._size(shape[0])} \times {self._size(shape[1])}}}"

    def _size(self, size: int | str) -> str:
        return r" \cdot ".join(f if f.isdigit() else name_latex(f) for f in str(size).split("·"))

    def function(self, operation: Operation, operands: Sequence[Written]) -> Written:
        """The operation's own LaTeX."""
        return latex_function(operation, operands, self.brackets)

    def quotient(self, above: Written, below: Written) -> Written | None:
        """A bar, unless there is one inside already or the line is one of text."""
        if self.inline or r"\frac" in above.source or r"\frac" in below.source:
            return None
        return Written(rf"\frac{{{above.source}}}{{{below.source}}}", Level.FRACTION)

    def joined(self, operation: str, left: str, right: str) -> str:
        """A thin space behind a bracket."""
        if operation in ("matmul", "scale"):
            return side_by_side(left, right, r"\, ")
        return super().joined(operation, left, right)
