"""Sentences with formulas in them: one template, read as plain text, Typst, LaTeX or Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter
from typing import Final

from tutor.core.expression import Apply, Expression, Variable
from tutor.language import printing
from tutor.language.names import indexed_latex, indexed_typst
from tutor.ops.forms import Identity, Kronecker


@dataclass(frozen=True)
class Sentence:
    """A template and what its places stand for.

    Attributes:
        template: Text with ``{A}`` for a formula and ``{A:i,j}`` for an entry of it, ``*…*`` for emphasis.
        places: Slot name -> formula.
    """

    template: str
    places: tuple[tuple[str, Expression], ...] = ()

    @cached_property
    def text(self) -> str:
        """As plain Unicode text."""
        filled = {slot: _Text(formula) for slot, formula in self.places}
        # Before the places are filled: a power is written with ** too.
        return self.template.replace("*", "").format(**filled)

    @cached_property
    def latex(self) -> str:
        """As LaTeX text with the formulas as mathematics."""
        places = dict(self.places)
        return "".join(
            printing.latex_prose(words) + ("" if slot is None else format(_Latex(places[slot]), how or ""))
            for words, slot, how, _ in Formatter().parse(self.template.replace("*", "")))

    @cached_property
    def markdown(self) -> str:
        """As Markdown with the formulas as LaTeX between dollar signs; asterisks emphasise there too."""
        return self.template.format(**{slot: _Latex(formula) for slot, formula in self.places})

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
        filled = {slot: _Typst(formula, numbers) for slot, formula in self.places}
        return self.template.replace("∘", "$compose$").format(**filled)

    def _numbers(self, entries: Mapping[str, tuple[int, int]]) -> dict[str, str]:
        """Letter -> the number it stands for, as far as the entries say."""
        found: dict[str, str] = {}
        places = dict(self.places)
        for slot, letters in re.findall(r"\{(\w+):([\w, ]+)\}", self.template):
            formula = places.get(slot)
            if isinstance(formula, Variable) and formula.name in entries:
                for letter, number in zip(letters.split(","), entries[formula.name], strict=True):
                    found.setdefault(letter.strip(), str(number + 1))
        return found


def entry_indices(formula: Expression, indices: str) -> tuple[str, ...]:
    """The indices an entry needs: a row has only a column, a column only a row, a number none."""
    letters = tuple(i.strip() for i in indices.split(","))
    return tuple(letter for letter, size in zip(letters, formula.shape, strict=True) if size != 1)


class _Text:
    """A formula that formats itself as text."""

    def __init__(self, formula: Expression) -> None:
        self.formula = formula

    def __format__(self, indices: str) -> str:
        text = printing.text(self.formula)
        if not indices:
            return text
        chosen = entry_indices(self.formula, indices)
        whole = text if isinstance(self.formula, Variable) else f"({text})"
        return f"{whole}[{', '.join(chosen)}]" if chosen else text


class _Latex:
    """A formula that formats itself as mathematics for LaTeX."""

    def __init__(self, formula: Expression) -> None:
        self.formula = formula

    def __format__(self, indices: str) -> str:
        chosen = entry_indices(self.formula, indices) if indices else ()
        if chosen and isinstance(self.formula, Variable):
            return f"${indexed_latex(self.formula.name, chosen)}$"
        source = printing.latex(self.formula)
        return f"$({source})_{{{' '.join(chosen)}}}$" if chosen else f"${source}$"


class _Typst:
    """A formula that formats itself as mathematics."""

    def __init__(self, formula: Expression, numbers: Mapping[str, str]) -> None:
        self.formula = formula
        self.numbers = numbers

    def __format__(self, indices: str) -> str:
        letters = entry_indices(self.formula, indices) if indices else ()
        chosen = tuple(self.numbers.get(letter, letter) for letter in letters)
        if chosen and isinstance(self.formula, Variable):
            return f"${indexed_typst(self.formula.name, chosen)}$"
        source = printing.typst(self.formula)
        return f"$({source})_({' '.join(chosen)})$" if chosen else f"${source}$"


ROW_BY_ROW: Final = "entries count row by row"
"""How the entries of a matrix stand along a Jacobian."""


def blocks(form: Expression) -> Sentence | None:
    """What ⊗ means where a Jacobian is a Kronecker product, said of this very one."""
    if not (isinstance(form, Apply) and isinstance(form.operation, Kronecker)):
        return None
    left, right = form.operands
    places = (("A", left), ("B", right))
    if isinstance(left, Apply) and isinstance(left.operation, Identity):
        return Sentence("{B} once for each row, along the diagonal", places)
    place = ", ".join(entry_indices(left, "i,j"))
    return Sentence(f"block {place} is {{A:i,j}} {{B}}" if place else "each block is {A} {B}", places)


def filled(template: str, places: Mapping[str, Expression]) -> Sentence:
    """A sentence from a template and its places."""
    return Sentence(template, tuple(places.items()))
