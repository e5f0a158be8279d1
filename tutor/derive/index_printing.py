"""Terms of index notation as Unicode text, in LaTeX and in Typst."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntEnum
from fractions import Fraction
from typing import Final

from tutor.core.expression import Variable
from tutor.derive.index_notation import (
    Applied,
    Constant,
    Entry,
    Over,
    Product,
    Quotient,
    Raised,
    Same,
    Slope,
    Term,
    Total,
)
from tutor.language import printing
from tutor.language.names import indexed_latex, indexed_typst, name_latex, name_typst
from tutor.typeset.source import fraction


class _Level(IntEnum):
    """How tightly a written term holds together."""

    SUM = 1
    OVER = 2
    PRODUCT = 3
    ATOM = 4


Written = tuple[str, _Level]


class Printer(ABC):
    """One format: what the signs are; where brackets stand is the same in all."""

    times: str
    minus: str

    def write(self, term: Term) -> str:
        """A term as source."""
        return self._written(term)[0]

    def _written(self, term: Term) -> Written:
        match term:
            case Entry():
                return self.entry(term), _Level.ATOM
            case Constant(value=value):
                return self.constant(value)
            case Same(one=one, other=other):
                return self.same(one, other), _Level.ATOM
            case Total(terms=terms):
                return self._total(terms), _Level.SUM
            case Product(factors=factors):
                # A sum over an index reaches to the end, so only the last factor may be one without brackets.
                pieces = [self._closed(f, _Level.PRODUCT) for f in factors[:-1]]
                return self.times.join([*pieces, self._closed(factors[-1], _Level.OVER)]), _Level.PRODUCT
            case Quotient(above=above, below=below):
                return self.quotient(above, below)
            case Raised(base=base, exponent=exponent):
                return self.raised(self._closed(base, _Level.ATOM), exponent), _Level.ATOM
            case Applied(operation=operation, argument=argument):
                return self.applied(operation.name, operation.latex, self.write(argument)), _Level.ATOM
            case Slope(output=output, source=source):
                return self.slope(output, source), _Level.ATOM
            case Over(letter=letter, body=body):
                return self.over(letter) + self._closed(body, _Level.OVER), _Level.OVER

    def _closed(self, term: Term, least: _Level) -> str:
        source, level = self._written(term)
        return source if level >= least else self.brackets(source)

    def _total(self, terms: tuple[tuple[bool, Term], ...]) -> str:
        source = ""
        for place, (minus, term) in enumerate(terms):
            piece = self._closed(term, _Level.OVER)
            sign = f" {self.minus} " if minus else " + "
            source += sign + piece if place else (self.minus if minus else "") + piece
        return source

    def brackets(self, source: str) -> str:
        """A piece in brackets."""
        return f"({source})"

    @abstractmethod
    def entry(self, entry: Entry) -> str:
        """An entry of a matrix."""

    @abstractmethod
    def constant(self, value: Fraction | str) -> Written:
        """A number or a size."""

    @abstractmethod
    def same(self, one: str, other: str) -> str:
        """Kronecker's delta."""

    @abstractmethod
    def quotient(self, above: Term, below: Term) -> Written:
        """A fraction."""

    @abstractmethod
    def raised(self, base: str, exponent: Fraction) -> str:
        """A power of a closed piece."""

    @abstractmethod
    def applied(self, name: str, latex: str, argument: str) -> str:
        """A function of one number."""

    @abstractmethod
    def slope(self, output: Entry, source: Entry) -> str:
        """The derivative of one entry by another."""

    @abstractmethod
    def over(self, letter: str) -> str:
        """The sign of a sum over an index."""


class _Text(Printer):
    times = " "
    minus = "−"

    def entry(self, entry: Entry) -> str:
        source = printing.text(entry.of)
        closed = source if isinstance(entry.of, Variable) else f"({source})"
        return f"{closed}[{', '.join(entry.indices)}]" if entry.indices else source

    def constant(self, value: Fraction | str) -> Written:
        source = str(value).replace("-", "−")
        return source, _Level.SUM if source.startswith("−") else _Level.OVER if "/" in source else _Level.ATOM

    def same(self, one: str, other: str) -> str:
        return f"[{one} = {other}]"

    def quotient(self, above: Term, below: Term) -> Written:
        # As the last factor of a product it needs no brackets; before another one 1 / N y would be read as 1 / (N y).
        return f"{self._closed(above, _Level.PRODUCT)} / {self._closed(below, _Level.ATOM)}", _Level.OVER

    def raised(self, base: str, exponent: Fraction) -> str:
        shown = str(exponent).replace("-", "−")
        return f"{base}^{shown}" if shown.isdigit() else f"{base}^({shown})"

    def applied(self, name: str, latex: str, argument: str) -> str:
        return f"{name}({argument})"

    def slope(self, output: Entry, source: Entry) -> str:
        return f"∂{self.entry(output)}/∂{self.entry(source)}"

    def over(self, letter: str) -> str:
        return f"Σ_{letter} "


class _Latex(Printer):
    times = r" \, "
    minus = "-"

    def brackets(self, source: str) -> str:
        return rf"\left({source}\right)"

    def entry(self, entry: Entry) -> str:
        if isinstance(entry.of, Variable):
            return indexed_latex(entry.of.name, entry.indices)
        source = printing.latex(entry.of)
        return rf"\left({source}\right)_{{{' '.join(entry.indices)}}}" if entry.indices else source

    def constant(self, value: Fraction | str) -> Written:
        if isinstance(value, str):
            return name_latex(value), _Level.ATOM
        if value.denominator == 1:
            return str(value), _Level.SUM if value < 0 else _Level.ATOM
        sign = "-" if value < 0 else ""
        return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}", _Level.SUM if sign else _Level.ATOM

    def same(self, one: str, other: str) -> str:
        return rf"\left[{one} = {other}\right]"

    def quotient(self, above: Term, below: Term) -> Written:
        return rf"\frac{{{self.write(above)}}}{{{self.write(below)}}}", _Level.ATOM

    def raised(self, base: str, exponent: Fraction) -> str:
        return f"{base}^{{{exponent}}}"

    def applied(self, name: str, latex: str, argument: str) -> str:
        return _put_in(latex, argument)

    def slope(self, output: Entry, source: Entry) -> str:
        return rf"\frac{{\partial {self.entry(output)}}}{{\partial {self.entry(source)}}}"

    def over(self, letter: str) -> str:
        return rf"\sum_{{{letter}}} "


class _Typst(Printer):
    times = " "
    minus = "-"

    def entry(self, entry: Entry) -> str:
        if isinstance(entry.of, Variable):
            return indexed_typst(entry.of.name, entry.indices)
        source = printing.typst(entry.of)
        return f"({source})_({' '.join(entry.indices)})" if entry.indices else source

    def constant(self, value: Fraction | str) -> Written:
        if isinstance(value, str):
            return name_typst(value), _Level.ATOM
        if value.denominator == 1:
            return str(value), _Level.SUM if value < 0 else _Level.ATOM
        sign = "-" if value < 0 else ""
        return f"{sign}frac({abs(value.numerator)}, {value.denominator})", _Level.SUM if sign else _Level.ATOM

    def same(self, one: str, other: str) -> str:
        return f"[{one} = {other}]"

    def quotient(self, above: Term, below: Term) -> Written:
        return f"frac({self.write(above)}, {self.write(below)})", _Level.ATOM

    def raised(self, base: str, exponent: Fraction) -> str:
        return f"{base}^({exponent})"

    def applied(self, name: str, latex: str, argument: str) -> str:
        return f'op("{name}")({argument})'

    def slope(self, output: Entry, source: Entry) -> str:
        return fraction(f"partial {self.entry(output)}", f"partial {self.entry(source)}")

    def over(self, letter: str) -> str:
        return f"sum_({letter}) "


def _put_in(latex: str, argument: str) -> str:
    """An operation's own LaTeX with an argument for its slot A."""
    before, slot, behind = latex.rpartition("A")
    return before + argument + behind if slot else argument


TEXT: Final[Printer] = _Text()
LATEX: Final[Printer] = _Latex()
TYPST: Final[Printer] = _Typst()
