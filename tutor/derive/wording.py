"""The formulas and the sentences of a derivation as a convention writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from tutor.core.expression import Expression, Variable, variables
from tutor.derive.conventions import Convention, Notation
from tutor.derive.equalities import written_out
from tutor.derive.index_notation import LETTERS, entry_of
from tutor.derive.rows import Formula
from tutor.derive.step import Derivation, Step
from tutor.derive.words import Sentence, letters_in, relettered
from tutor.derive.working import paths_of, reasons


@dataclass(frozen=True)
class Wording:
    """Writes the formulas and the reasons of a derivation in a convention.

    Attributes:
        derivation: Whose they are.
        convention: How they are to be read.
    """

    derivation: Derivation
    convention: Convention

    @cached_property
    def notation(self) -> Notation:
        """How formulas are written."""
        return Notation(self.derivation.program, self.convention.vectors)

    @cached_property
    def taken(self) -> frozenset[str]:
        """Names that no letter of an index may have."""
        return frozenset((*self.derivation.program.shapes, *self.derivation.program.dimensions))

    # --- formulas ----------------------------------------------------------------------------------------------------

    def written(self, formula: Expression, of: str, turned: bool = False) -> Expression:
        """A formula for something in the shape of a name, with this convention's vectors."""
        return self.notation.written(formula, (of in self.notation.rows) != turned)

    def line(self, formula: Expression) -> Expression:
        """A formula on the way, operation by operation; a row as a column, where this convention has columns."""
        return self.notation.jacobian(formula, self.notation.is_turned(formula))

    def formula(self, written: Expression) -> Formula:
        """A formula as it stands in this style."""
        return entry_of(written, self.taken) if self.convention.style == "index" else written

    def meaning(self, name: str) -> Expression:
        """What the cotangent of a name is."""
        found = self.derivation.cotangent(name)
        return found.spelled if self.convention.spelled else found.expression

    def meant(self, formula: Expression) -> Expression:
        """A formula with nothing abbreviated, if that is wanted."""
        if self.convention.spelled:
            for symbol in variables(formula):
                if symbol in self._meanings:
                    formula = written_out(formula, symbol, self._meanings[symbol])
        return formula

    @cached_property
    def _meanings(self) -> Mapping[Variable, Expression]:
        return {c.symbol: c.spelled for c in self.derivation.cotangents}

    def spelled(self, step: Step) -> Step:
        """A step with nothing abbreviated, if that is wanted; it rests on what those before it rest on."""
        if not self.convention.spelled:
            return step
        derivation = self.derivation
        before = (p for s in derivation.steps if s.of is not None and step.of in derivation.program.depends(s.of)
                  for p in s.promises)
        return replace(step, after=self.meant(step.after), promises=tuple(dict.fromkeys((*before, *step.promises))))

    # --- reasons -----------------------------------------------------------------------------------------------------

    def reasons(self, step: Step, joined: bool) -> tuple[tuple[str, Sentence], ...]:
        """Why, in the words of this reading; of the sum of what comes by differentials, only that."""
        if self.convention.style == "differential" and paths_of(step):
            template = step.because.template.partition(". ")[0]
            said = replace(step.because, template=f"{template}. What changes along each of them *adds*.")
            return (("", said),)
        found = ((title, self.worded(why)) for title, why in reasons(self.derivation, step, joined))
        return tuple({(title, said.text): (title, said) for title, said in found}.values())

    def worded(self, sentence: Sentence) -> Sentence:
        """A reason in the words of this reading."""
        notation, other = self.notation, dict(sentence.readings)
        turned = frozenset(slot for slot, e in sentence.places if notation.is_turned(e))
        first = sentence.places[0][0] if sentence.places else ""
        template = sentence.template
        if self.convention.style in other:
            template = other[self.convention.style]
        elif first in turned and "column" in other:
            template = other["column"]
        places = tuple((slot, notation.jacobian(e, slot in turned)) for slot, e in sentence.places)
        found = replace(sentence, template=template, places=places, turned=turned)
        if self.convention.style == "index":
            shown = letters_in(found)
            free = [letter for letter in LETTERS if letter not in self.taken]
            found = replace(found, template=relettered(template, dict(zip(shown, free, strict=False))))
        return found
