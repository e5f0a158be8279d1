"""The lines that stand under a step: what a line speaks of, the formulas that are equal, and what they come by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tutor.core.expression import Apply, Expression, Variable, apply
from tutor.core.program import cotangent_name
from tutor.derive.index_notation import Index, Term
from tutor.derive.index_printing import LATEX, TEXT, TYPST
from tutor.derive.words import Sentence
from tutor.language import printing
from tutor.language.names import differential_name, indexed_latex, indexed_typst, name_latex, name_typst

Formula = Expression | tuple[Term, tuple[Index, Index]]
"""A matrix formula; or one of its entries, with the letters of its row and column."""

NOT_CERTIFIED: Final = "NOT CERTIFIED"
"""What is said of a line that could not be checked."""

_LONGEST_INDEX: Final = 14
"""Signs of a formula that may stand as an index."""
_HIDDEN: Final = ("Ξ71", "Ξ72", "Ξ73")
"""Names nobody uses, for what dots stand for."""


def formula_text(formula: Formula) -> str:
    """A formula as plain text."""
    return TEXT.write(formula[0]) if isinstance(formula, tuple) else printing.text(formula)


def formula_latex(formula: Formula) -> str:
    """A formula in LaTeX."""
    return LATEX.write(formula[0]) if isinstance(formula, tuple) else printing.latex(formula)


def formula_typst(formula: Formula) -> str:
    """A formula in Typst mathematics."""
    return TYPST.write(formula[0]) if isinstance(formula, tuple) else printing.typst(formula)


def letters_of(formula: Formula) -> tuple[str, ...]:
    """The indices an entry has; none of a matrix."""
    places: tuple[Index, Index] = formula[1] if isinstance(formula, tuple) else (None, None)
    return tuple(letter for letter in places if letter is not None)


def named_entry(name: str, letters: tuple[str, ...]) -> str:
    """A name, or its entry, as plain text."""
    return f"{name}[{', '.join(letters)}]" if letters else name


@dataclass(frozen=True, slots=True)
class Left:
    """What a line speaks of.

    Attributes:
        of: A name, or a formula inside a statement.
        kind: Whether it is the slope δ by that, the gradient, or the differential d of it.
        output: For a gradient: what is differentiated.
        along: Of a slope or a differential that is only a part, the names it comes along.
        way: Which of several ways inside a statement it comes.
        letters: The indices of its entry.
    """

    of: Expression
    kind: Literal["slope", "gradient", "change"] = "slope"
    output: str = ""
    along: tuple[str, ...] = ()
    way: str = ""
    letters: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As plain text, with the sign."""
        if self.along and self.kind != "change":
            return f"{' → '.join(self.along)}:"
        return f"{self.text_bare}, {self.way}:" if self.way else f"{self.text_bare} ="

    @property
    def text_bare(self) -> str:
        """As plain text, without a sign."""
        along = f" along {' → '.join(self.along)}" if self.along else ""
        match self.of, self.kind:
            case Variable(name), "gradient":
                return f"∂{self.output}/∂{named_entry(name, self.letters)}"
            case Variable(name), "change":
                return f"d{name}{along}"
            case Variable(name), _:
                return f"{named_entry(cotangent_name(name), self.letters)}{along}"
        sign = "d" if self.kind == "change" else "δ"
        return f"{sign}[{printing.text(self.of)}]{named_entry('', self.letters)}"

    @property
    def words(self) -> str:
        """As plain text, without a sign, and with the way."""
        along = f" along {' → '.join(self.along)}" if self.along and self.kind == "gradient" else ""
        return f"{self.text_bare}{along}{f', {self.way}' if self.way else ''}"

    @property
    def latex(self) -> str:
        """As LaTeX, with the sign."""
        arrow = r" \to ".join(map(name_latex, self.along))
        if self.along and self.kind != "change":
            return rf"{arrow}:\;"
        along = rf"\big|_{{{arrow}}}" if self.along else ""
        bare = f"{self._latex}{along}"
        return rf"{bare},\ \text{{{self.way}}}:\;" if self.way else f"{bare} ="

    @property
    def _latex(self) -> str:
        match self.of, self.kind:
            case Variable(name), "gradient":
                return rf"\frac{{\partial {name_latex(self.output)}}}{{\partial {indexed_latex(name, self.letters)}}}"
            case Variable(name), "change":
                return name_latex(differential_name(name))
            case Variable(name), _:
                return indexed_latex(cotangent_name(name), self.letters)
        inside = rf"[{printing.latex(self.of)}]"
        if self.kind == "change":
            return rf"\mathrm{{d}}{inside}"
        return rf"\delta_{{{inside}{self._places}}}"

    @property
    def typst(self) -> str:
        """As Typst mathematics, without a sign."""
        along = f' "along" {" arrow.r ".join(map(name_typst, self.along))}' if self.along else ""
        match self.of, self.kind:
            case Variable(name), "gradient":
                bare = f"partial {name_typst(self.output)} slash partial {indexed_typst(name, self.letters)}"
            case Variable(name), "change":
                bare = name_typst(differential_name(name))
            case Variable(name), _:
                bare = indexed_typst(cotangent_name(name), self.letters)
            case _:
                inside = _outline(self.of)
                bare = f"dif [{inside}]" if self.kind == "change" else f"delta_({inside}{self._places})"
        way = f'", {self.way}"' if self.way else ""
        return f"{bare}{along}{way}"

    @property
    def _places(self) -> str:
        return f", {' '.join(self.letters)}" if self.letters else ""


def _outline(formula: Expression) -> str:
    """A formula as an index in Typst mathematics; of a long one only the outermost operation is named."""
    text, typst = printing.text(formula), printing.typst(formula, inline=True)
    if len(text) > _LONGEST_INDEX and isinstance(formula, Apply):
        hidden = tuple(Variable(name, o.shape) for name, o in zip(_HIDDEN, formula.operands, strict=False))
        typst = printing.typst(apply(formula.operation, *hidden), inline=True)
        for variable in hidden:
            typst = typst.replace(name_typst(variable.name), "dots.h")
    return typst


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the working.

    Attributes:
        left: What it speaks of; None where the line goes on with the one above.
        about: That of the line it goes on with.
        formulas: What that is; where there are several they are equal.
        reasons: What a reader calls the rules and identities it comes by.
        certified: Whether it was checked.
    """

    left: Left | None
    about: Left
    formulas: tuple[Formula, ...]
    reasons: tuple[Sentence, ...]
    certified: bool

    @property
    def left_text(self) -> str:
        """What it speaks of with its sign, as plain text; empty where it goes on."""
        return self.left.text if self.left else ""

    def text(self, meant: Callable[[Expression], Expression] | None = None) -> str:
        """As plain text; ``meant`` says what stands for a formula."""
        equal = " = ".join(formula_text(_meant(formula, meant)) for formula in self.formulas)
        return f"{self.left_text or '='} {equal}{_bracketed(', '.join(self._said))}"

    def latex(self, meant: Callable[[Expression], Expression] | None = None) -> str:
        """The equation in LaTeX, without its reasons."""
        return f"{self.left.latex if self.left else '='} {self._right_latex(meant)}"

    def aligned(self, meant: Callable[[Expression], Expression] | None = None, left: str | None = None,
                certified: bool = True) -> str:
        """As a row of an aligned display in LaTeX, with its reasons beside it.

        Args:
            meant: What stands for a formula.
            left: What it speaks of, where that is to be said otherwise.
            certified: Whether all else it rests on was.
        """
        left = left if left is not None else self.left.latex if self.left else ""
        sign = "=" if left.endswith("=") or not left else ""
        said = [reason.latex for reason in self.reasons]
        said += [] if self.certified and certified else [NOT_CERTIFIED]
        aside = rf" && \text{{{'; '.join(said)}}}" if said else ""
        return f"{left.removesuffix('=')}&{sign} {self._right_latex(meant)}{aside}"

    def _right_latex(self, meant: Callable[[Expression], Expression] | None) -> str:
        return " = ".join(formula_latex(_meant(formula, meant)) for formula in self.formulas)

    @property
    def _said(self) -> Iterator[str]:
        yield from (reason.text for reason in self.reasons)
        if not self.certified:
            yield NOT_CERTIFIED


def _meant(formula: Formula, meant: Callable[[Expression], Expression] | None) -> Formula:
    return formula if meant is None or isinstance(formula, tuple) else meant(formula)


def _bracketed(words: str) -> str:
    return f"    [{words}]" if words else ""
