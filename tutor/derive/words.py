"""Sentences with formulas in them: one template, read as plain text, Typst, LaTeX or Markdown."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from types import MappingProxyType
from typing import Final

from tutor.core.expression import Apply, Expression, Variable, nodes
from tutor.core.layout import SCALAR, named_factors
from tutor.derive.index_notation import LETTERS
from tutor.language import printing
from tutor.language.names import indexed_latex, indexed_typst
from tutor.ops import build
from tutor.ops.forms import Identity, Kronecker
from tutor.ops.linear import Transpose
from tutor.ops.reductions import Broadcast

_TRANSPOSED: Final = "ᵀ"
_ENTRY: Final = re.compile(r"\{(\w+):([a-z\d, ]+)\}")
_REASONS: Final = "ijp"
"""The letters that reasons are written with."""


@dataclass(frozen=True)
class Sentence:
    """A template and what its places stand for.

    Attributes:
        template: Text with ``{A}`` for a formula, ``{A:i,j}`` for an entry of it and ``{A:ᵀ}`` for its transpose,
            ``*…*`` for emphasis.
        places: Slot name -> formula.
        readings: Name of a reading that needs other words -> its template.
        turned: The slots whose formula is a column where the template means a row.
    """

    template: str
    places: tuple[tuple[str, Expression], ...] = ()
    readings: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    turned: frozenset[str] = frozenset()

    @cached_property
    def text(self) -> str:
        """As plain Unicode text."""
        filled = {slot: _Text(self._place(slot, formula)) for slot, formula in self.places}
        # Before the places are filled: a power is written with ** too.
        return self.template.replace("*", "").format(**filled)

    @cached_property
    def latex(self) -> str:
        """As LaTeX text with the formulas as mathematics."""
        places = {slot: _Latex(self._place(slot, formula)) for slot, formula in self.places}
        return "".join(
            printing.latex_prose(words) + ("" if slot is None else format(places[slot], how or ""))
            for words, slot, how, _ in Formatter().parse(self.template.replace("*", "")))

    @cached_property
    def markdown(self) -> str:
        """As Markdown with the formulas as LaTeX between dollar signs; asterisks emphasise there too."""
        return self.template.format(**{slot: _Latex(self._place(slot, formula)) for slot, formula in self.places})

    @cached_property
    def typst(self) -> str:
        """As Typst markup with the formulas as mathematics."""
        return self.typst_at({})

    def typst_at(self, entries: Mapping[str, tuple[int, int]]) -> str:
        """As Typst markup, of certain entries.

        Args:
            entries: Name of a variable -> row and column, counted from 0, of the entry the sentence is to speak of.
        """
        numbers = self._numbers(entries)
        filled = {slot: _Typst(self._place(slot, formula), numbers) for slot, formula in self.places}
        return self.template.replace("∘", "$compose$").format(**filled)

    def _place(self, slot: str, formula: Expression) -> _Place:
        return _Place(formula, slot in self.turned)

    def _numbers(self, entries: Mapping[str, tuple[int, int]]) -> dict[str, str]:
        """Letter -> the number it stands for, as far as the entries say."""
        found: dict[str, str] = {}
        places = dict(self.places)
        for slot, letters in _ENTRY.findall(self.template):
            formula = places.get(slot)
            if isinstance(formula, Variable) and formula.name in entries:
                for letter, number in zip(letters.split(","), entries[formula.name], strict=True):
                    found.setdefault(letter.strip(), str(number + 1))
        return found


def entry_indices(formula: Expression, indices: str) -> tuple[str, ...]:
    """The indices an entry needs: a row has only a column, a column only a row, a number none."""
    letters = tuple(i.strip() for i in indices.split(","))
    return tuple(letter for letter, size in zip(letters, formula.shape, strict=True) if size != 1)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a sentence speaks of.

    Attributes:
        formula: What stands in the place.
        turned: Whether it is a column where the template means a row.
    """

    formula: Expression
    turned: bool

    def asked(self, how: str) -> tuple[Expression, tuple[str, ...]]:
        """What a place speaks of, and the indices it needs."""
        formula = self.formula
        if how == _TRANSPOSED:
            turned = isinstance(formula, Apply) and isinstance(formula.operation, Transpose)
            if self.turned:
                return formula, ()
            return (formula.operands[0] if turned and isinstance(formula, Apply) else build.transpose(formula)), ()
        if how and isinstance(formula, Apply) and isinstance(formula.operation, Broadcast):
            (repeated,) = formula.operands
            formula = repeated if repeated.shape == SCALAR else formula  # every entry is the same number
        if how and self.turned:
            how = ",".join(reversed(how.split(",")))
        return formula, entry_indices(formula, how) if how else ()


class _Text:
    """A formula that formats itself as text."""

    def __init__(self, place: _Place) -> None:
        self.place = place

    def __format__(self, how: str) -> str:
        formula, chosen = self.place.asked(how)
        text = printing.text(formula)
        whole = text if isinstance(formula, Variable) else f"({text})"
        return f"{whole}[{', '.join(chosen)}]" if chosen else text


class _Latex:
    """A formula that formats itself as mathematics for LaTeX."""

    def __init__(self, place: _Place) -> None:
        self.place = place

    def __format__(self, how: str) -> str:
        formula, chosen = self.place.asked(how)
        if chosen and isinstance(formula, Variable):
            return f"${indexed_latex(formula.name, chosen)}$"
        source = printing.latex(formula)
        return f"$({source})_{{{' '.join(chosen)}}}$" if chosen else f"${source}$"


class _Typst:
    """A formula that formats itself as mathematics."""

    def __init__(self, place: _Place, numbers: Mapping[str, str]) -> None:
        self.place = place
        self.numbers = numbers

    def __format__(self, how: str) -> str:
        formula, letters = self.place.asked(how)
        chosen = tuple(self.numbers.get(letter, letter) for letter in letters)
        if chosen and isinstance(formula, Variable):
            return f"${indexed_typst(formula.name, chosen)}$"
        source = printing.typst(formula)
        return f"$({source})_({' '.join(chosen)})$" if chosen else f"${source}$"


ROW_BY_ROW: Final = "entries are counted row by row"
"""How the entries of a matrix stand along a Jacobian."""


def blocks(form: Expression) -> Sentence | None:
    """What ⊗ means where a Jacobian is a Kronecker product, said of this very one."""
    if not (isinstance(form, Apply) and isinstance(form.operation, Kronecker)):
        return None
    left, right = form.operands
    places = (("A", left), ("B", right))
    if isinstance(left, Apply) and isinstance(left.operation, Identity):
        return Sentence("{B} once for each row, along the diagonal", places)
    free = free_letters(names_in(form))
    letters = f"{free['i']},{free['j']}"
    place = ", ".join(entry_indices(left, letters))
    return Sentence(f"block {place} is {{A:{letters}}} {{B}}" if place else "each block is {A} {B}", places)


def names_in(formula: Expression) -> frozenset[str]:
    """The names and sizes in a formula."""
    inside = list(nodes(formula))
    return frozenset((*(node.name for node in inside if isinstance(node, Variable)),
                      *(name for node in inside for size in node.shape for name in named_factors(size))))


def free_letters(taken: Collection[str]) -> Mapping[str, str]:
    """For each letter that reasons are written with: itself, or where it is a name already another one."""
    spare = (f"{letter}{count or ''}" for count in range(len(taken) + 1) for letter in LETTERS)
    free = (letter for letter in spare if letter not in taken and letter not in _REASONS)
    return {letter: next(free) if letter in taken else letter for letter in _REASONS}


def filled(
    template: str, places: Mapping[str, Expression], taken: Collection[str] = (),
    readings: Mapping[str, str] = MappingProxyType({}),
) -> Sentence:
    """A sentence from a template and its places.

    Args:
        template: The words of :class:`Sentence`.
        places: What stands in them.
        taken: Names that no letter of an entry may have.
        readings: Other templates for the same, by the reading that needs them.
    """
    free = free_letters(taken)
    return Sentence(relettered(template, free), tuple(places.items()),
                    tuple((reading, relettered(other, free)) for reading, other in readings.items()))


def relettered(template: str, letters: Mapping[str, str]) -> str:
    """A template with other letters for its entries."""

    def renamed(entry: re.Match[str]) -> str:
        named = (letter.strip() for letter in entry[2].split(","))
        return f"{{{entry[1]}:{','.join(letters.get(letter, letter) for letter in named)}}}"

    return _ENTRY.sub(renamed, template)


def letters_in(sentence: Sentence) -> tuple[str, ...]:
    """The letters that a sentence shows, in the order they come."""
    places = dict(sentence.places)
    return tuple(dict.fromkeys(
        letter for slot, letters in _ENTRY.findall(sentence.template) if slot in places
        for letter in _Place(places[slot], slot in sentence.turned).asked(letters)[1]))
