"""One derivation, read in several ways: by Jacobians, by differentials, by indices; rows or columns; either layout.

Nothing is derived again. A reading writes the same cotangents in another language, and every line of it is checked at
the numbers that certified the derivation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tutor.core.errors import TutorError
from tutor.core.expression import Expression, Variable, apply
from tutor.core.layout import shape_text
from tutor.derive.certify import SMALL
from tutor.derive.conventions import Convention, Notation
from tutor.derive.derivation import drawn
from tutor.derive.differentials import differential
from tutor.derive.names import cotangent
from tutor.derive.passages import Passage, Passages
from tutor.derive.reading_checks import Checks
from tutor.derive.rows import Formula
from tutor.derive.step import Certificate, Derivation
from tutor.derive.wording import Wording
from tutor.derive.words import Sentence
from tutor.language.names import differential_name
from tutor.ops import build
from tutor.ops.determinants import Trace
from tutor.ops.linear import Frobenius

__all__ = ["Formula", "Passage", "Reading", "read"]

_A, _B, _X = (Variable(name, ("n", "m")) for name in "ABX")
_D, _DX = Variable("D", ("m", "n")), Variable(differential_name("X"), ("n", "m"))
_PAIRING: Final = (("AB", apply(Frobenius(), _A, _B)),
                   ("trace", apply(Trace(), build.product(build.transpose(_A), _B))))
_NUMERATOR: Final = (("D", _D), ("X", _X), ("trace", apply(Trace(), build.product(_D, _DX))))


@dataclass(frozen=True, slots=True)
class Reading:
    """A derivation in one convention.

    Attributes:
        wording: What is read, and how.
        checks: The numbers it was checked at.
        passages: Its steps.
        result: The derivative by the variable, nothing abbreviated.
        certificate: The check of the result.
    """

    wording: Wording
    checks: Checks
    passages: tuple[Passage, ...]
    result: Formula
    certificate: Certificate

    @property
    def derivation(self) -> Derivation:
        """What is read."""
        return self.wording.derivation

    @property
    def convention(self) -> Convention:
        """How it is read."""
        return self.wording.convention

    @property
    def notation(self) -> Notation:
        """How its formulas are written."""
        return self.wording.notation

    @property
    def notes(self) -> tuple[Sentence, ...]:
        """What a reader has to know of a convention that is not the usual one."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[Sentence]:
        convention, output = self.convention, self.derivation.program.output
        change = ("dL", differential(output.name, output.shape))
        if convention.vectors == "column":
            same = " The entries are the same." if convention.style == "index" else ""
            yield Sentence(f"Vectors are columns here: what the program writes as a row stands transposed.{same}")
        if convention.style == "differential":
            yield Sentence("{AB} is the sum of the products of entries, {trace}. What stands before the : and a name's "
                           "differential in {dL} is the gradient by that name.", (*_PAIRING, change))
        if convention.layout == "numerator" and convention.style == "index":
            yield Sentence("Index notation names each entry, so the layout makes no difference.")
        elif convention.layout == "numerator":
            yield Sentence("Numerator layout: the derivative {D} by {X} is the one with {dL} = {trace}, so it has the "
                           "transposed shape of {X}.", (*_NUMERATOR, change))

    @property
    def back(self) -> Sentence | None:
        """What a result for columns is in the rows of the program, or how a layout turns it; None where nothing is."""
        derivation, convention = self.derivation, self.convention
        if convention.style == "index":
            return None
        variable = derivation.program.variable(derivation.wrt)
        if convention.layout == "numerator":
            if not self.passages or variable.shape == (1, 1):
                return None
            turned = self.wording.written(cotangent(derivation.wrt, variable.shape), derivation.wrt, turned=True)
            return Sentence("A cotangent has the shape of its name. In this layout the derivative by {x} is {turned}.",
                            (("x", variable), ("turned", turned)))
        if derivation.wrt not in self.notation.rows or self.result == derivation.gradient:
            return None
        return Sentence("As a row again, as the program has {x}, the gradient is {g}.",
                        (("x", variable), ("g", derivation.gradient)))

    def jacobian(self, form: Expression, flipped: bool) -> Expression | None:
        """A Jacobian, or its transpose, as this reading writes it; None where that does not stand the test."""
        found = self.notation.jacobian(form, flipped)
        return found if self.checks.rewritten(form, flipped, found, found) else None

    def about(self, name: str) -> tuple[Passage, ...]:
        """The passages that give the cotangent of a name: one, or one for each path and their sum."""
        return tuple(p for p in self.passages if p.of == name)

    @property
    def certified(self) -> bool:
        """Whether every line holds."""
        return self.certificate.holds and all(p.certificate.holds for p in self.passages)


def read(
    derivation: Derivation, convention: Convention, kinds: Mapping[str, str] | None = None, joined: bool = True
) -> Reading:
    """A derivation in a convention, certified anew.

    Args:
        derivation: Of a program that ends in a number.
        convention: How it is to be read.
        kinds: How the certificates' numbers are drawn, as in :func:`tutor.derive.derive`.
        joined: Without the steps that a later one writes out and absorbs.

    Raises:
        TutorError: the program ends in a matrix, or the declared sizes are too large to check differentials or
            indices one by one.
    """
    output = derivation.program.output
    if derivation.ends_in_matrix:
        raise TutorError(f"A reading is of a gradient, and {output.name} is a {shape_text(output.shape)} matrix: what "
                         f"is derived is a Jacobian.")
    draw = drawn(derivation.program, kinds)
    if convention.style != "chain" and max(array.size for array in draw.arrays.values()) > SMALL:
        raise TutorError("Differentials and indices are checked entry by entry, and the declared sizes are too large "
                         "for that. Give the sizes names.")
    steps = derivation.shown_steps() if joined else derivation.steps
    wording = Wording(derivation, convention)
    checks = Checks(derivation, wording.notation, draw)
    # An entry is an entry: index notation has no layout.
    turned = convention.layout == "numerator" and convention.style != "index"
    gradient = wording.written(derivation.gradient, derivation.wrt, turned)
    result = wording.formula(gradient)
    # What plays no part has no cotangent to compare with: its zeros were certified as they are.
    certificate = (checks.certificate(derivation.wrt, gradient, result, turned) if derivation.steps
                   else derivation.certificate)
    passages = Passages(wording, checks, joined)
    return Reading(wording, checks, tuple(p for step in steps for p in passages.of(step)), result, certificate)
