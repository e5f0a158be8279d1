"""One derivation, read in several ways: by Jacobians, by differentials, by indices; rows or columns; either layout.

Nothing is derived again. A reading writes the same cotangents in another language, and every line of it is checked at
the numbers that certified the derivation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tutor.core.errors import TutorError
from tutor.core.evaluate import value_of
from tutor.core.expression import Expression, Variable, apply, variables
from tutor.core.layout import SCALAR, Array, numeric_shape, shape_text, vec
from tutor.core.program import cotangent_name, resolve
from tutor.derive.certify import SMALL, Draw
from tutor.derive.conventions import Convention, Notation
from tutor.derive.derivation import drawn
from tutor.derive.differentials import differential, tangent
from tutor.derive.equalities import written_out
from tutor.derive.index_notation import Index, Term, entry_of, value
from tutor.derive.names import cotangent
from tutor.derive.step import Certificate, Derivation, Promise, Step
from tutor.derive.words import Sentence
from tutor.language.names import differential_name
from tutor.ops.linear import Frobenius

Formula = Expression | tuple[Term, tuple[Index, Index]]
"""A matrix formula; or one of its entries, with the letters of its row and column."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One step of a reading.

    Attributes:
        of: The name whose cotangent it gives.
        through: The links it crosses, as (output, source).
        title: What a reader calls the rule.
        because: Why, for a student.
        chain: Formulas that are equal one after the other; in differentials: δo : do, then with do written out, then
            with everything on the left of : but the differential.
        change: In differentials: do in terms of ds; None elsewhere.
        found: The cotangent that was found; of one of several paths, its part of the cotangent.
        whole: Whether ``found`` is all of the cotangent.
        promises: The declared facts it rests on.
        certificate: The check of all these formulas at random numbers.
    """

    of: str
    through: tuple[tuple[str, str], ...]
    title: str
    because: Sentence
    chain: tuple[Expression, ...]
    change: Expression | None
    found: Formula
    whole: bool
    promises: tuple[Promise, ...]
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Reading:
    """A derivation in one convention.

    Attributes:
        derivation: What is read.
        convention: How.
        passages: Its steps.
        result: The derivative by the variable, nothing abbreviated.
        certificate: The check of the result.
        draw: The numbers it was checked at.
    """

    derivation: Derivation
    convention: Convention
    passages: tuple[Passage, ...]
    result: Formula
    certificate: Certificate
    draw: Draw

    @property
    def notation(self) -> Notation:
        """How its formulas are written."""
        return Notation(self.derivation.program, self.convention.vectors)

    def jacobian(self, form: Expression, flipped: bool) -> Expression | None:
        """A Jacobian, or its transpose, as this reading writes it; None where that does not stand the test."""
        return self._tested(form, self.notation.jacobian(form, flipped), flipped)

    def rewritten(self, formula: Expression, of: str) -> Expression | None:
        """A formula for something in the shape of a name as this reading writes it; None where it fails the test."""
        flipped = of in self.notation.rows
        return self._tested(formula, self.notation.written(formula, flipped), flipped)

    def _tested(self, formula: Expression, found: Expression, flipped: bool) -> Expression | None:
        draw, rows = self.draw, self.notation.rows
        wanted = value_of(resolve(formula, draw.sizes), draw.arrays)
        arrays = {name: array.T if name in rows else array for name, array in draw.arrays.items()}
        value_here = value_of(resolve(found, draw.sizes), arrays)
        return found if draw.compared(wanted.T if flipped else wanted, value_here).holds else None

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
    return _Reader(derivation, convention, draw, steps).reading()


@dataclass(frozen=True)
class _Reader:
    """Rewrites formulas into a convention, and checks them there."""

    derivation: Derivation
    convention: Convention
    draw: Draw
    steps: tuple[Step, ...]

    def reading(self) -> Reading:
        """All passages and the result."""
        derivation = self.derivation
        passages = tuple(p for step in self.steps for p in self._passages(step))
        # An entry is an entry: index notation has no layout.
        turned = self.convention.layout == "numerator" and self.convention.style != "index"
        gradient = self._written(derivation.gradient, derivation.wrt, turned)
        result = self._formula(gradient)
        # What plays no part has no cotangent to compare with: its zeros were certified as they are.
        certificate = (self._certificate(derivation.wrt, gradient, result, turned) if derivation.steps
                       else derivation.certificate)
        return Reading(derivation, self.convention, passages, result, certificate, self.draw)

    # --- steps ---------------------------------------------------------------------------------------------------

    def _passages(self, step: Step) -> Iterator[Passage]:
        """What a step becomes; with differentials each of several paths is a passage of its own."""
        step = self._spelled(step)
        paths = [self._spelled(s) for s in step.substeps if s.through] if step.rule == "paths" else [step]
        if self.convention.style != "differential":
            yield self._passage(step)
            return
        for path in paths:
            yield self._with_differentials(path, whole=len(paths) == 1)
        if len(paths) > 1:
            yield self._passage(step)

    def _passage(self, step: Step) -> Passage:
        assert step.of is not None
        written = self._written(step.after, step.of)
        found = self._formula(written)
        return Passage(step.of, step.through, step.title, step.because, (), None, found, True, step.promises,
                       self._certificate(step.of, written, found))

    def _with_differentials(self, step: Step, whole: bool) -> Passage:
        """δo : do, the differential of the statement put in, and what stands before the change of the name."""
        output, source = step.through[-1]
        of = step.of or source
        program = self.derivation.program
        link = self.derivation.link(output, source)
        symbol = cotangent(output, program.shapes[output])
        ends = output == program.output.name
        arriving: Expression = symbol
        if not ends and (len(step.through) > 1 and output not in {s.of for s in self.steps}):
            arriving = self.derivation.cotangent(output).expression
        if not ends and self.convention.spelled:
            arriving = self._meanings[symbol]
        change = tangent(program, link, symbol)
        row_change = self._written(change, output)
        here = differential(source, program.shapes[source])
        found = self._written(step.after, of)
        pairs: list[tuple[Expression, Expression]] = []
        if not ends:
            before = self._written(arriving, output)
            moved = self._written(differential(output, program.shapes[output]), output)
            pairs = [(before, moved), (before, row_change)]
        pairs.append((found, self._written(here, of)))
        chain: tuple[Expression, ...] = tuple(apply(Frobenius(), *pair) for pair in pairs)
        if ends:
            chain = (row_change, *chain)
        certificate = self._pairing(output, source, step, chain, row_change, whole)
        if found.shape == SCALAR:
            chain = chain[:1] if ends else ()
        return Passage(of, step.through, step.title, step.because, chain, row_change, found, whole, step.promises,
                       certificate)

    # --- formulas ------------------------------------------------------------------------------------------------

    @cached_property
    def _notation(self) -> Notation:
        return Notation(self.derivation.program, self.convention.vectors)

    def _written(self, formula: Expression, of: str, turned: bool = False) -> Expression:
        """A formula for something in the shape of a name, with this convention's vectors."""
        return self._notation.written(formula, (of in self._notation.rows) != turned)

    @cached_property
    def _meanings(self) -> Mapping[Variable, Expression]:
        return {c.symbol: c.spelled for c in self.derivation.cotangents}

    def _spelled(self, step: Step) -> Step:
        """A step with nothing abbreviated, if that is wanted; it rests on what those before it rest on."""
        if not self.convention.spelled:
            return step
        after = step.after
        for symbol in variables(after):
            if symbol in self._meanings:
                after = written_out(after, symbol, self._meanings[symbol])
        derivation = self.derivation
        before = (p for s in derivation.steps if s.of is not None and step.of in derivation.program.depends(s.of)
                  for p in s.promises)
        return replace(step, after=after, promises=tuple(dict.fromkeys((*before, *step.promises))))

    def _formula(self, written: Expression) -> Formula:
        return entry_of(written) if self.convention.style == "index" else written

    # --- certificates --------------------------------------------------------------------------------------------

    @cached_property
    def _arrays(self) -> dict[str, Array]:
        """The draw's numbers in this convention, and random changes of every name."""
        program = self.derivation.program
        rng = np.random.default_rng(self.draw.seed)
        arrays = dict(self.draw.arrays)
        arrays |= {differential_name(name): rng.standard_normal(arrays[name].shape) for name in program.shapes}
        return {name: array.T if name in self._notation.rows else array for name, array in arrays.items()}

    def _value(self, formula: Expression) -> Array:
        return value_of(resolve(formula, self.draw.sizes), self._arrays)

    def _certificate(self, of: str, written: Expression, found: Formula, turned: bool = False) -> Certificate:
        """A formula against the cotangent of a name."""
        wanted = self.draw.arrays[cotangent_name(of)] if of in self.draw.trusted else None
        if wanted is not None and (of in self._notation.rows) != turned:
            wanted = wanted.T
        if isinstance(found, tuple):
            term, letters = found
            shape = numeric_shape(written.shape, self.draw.sizes)
            return self.draw.compared(wanted, value(term, letters, shape, self._arrays, self.draw.sizes))
        return self.draw.compared(wanted, self._value(written))

    def _pairing(
        self, output: str, source: str, step: Step, chain: Sequence[Expression], turned: Expression, whole: bool
    ) -> Certificate:
        """A statement's differential, and all members of a chain, against what a change of the source does here.

        The change of the statement itself is the link's declared Jacobian times the change of the source, so that
        δo : do is not made from the formula it is compared with.
        """
        program = self.derivation.program
        change = self._arrays[differential_name(source)]
        change = change.T if source in self._notation.rows else change
        moved = (self.draw.local_jacobian(output, source) @ vec(change)).reshape(self.draw.arrays[output].shape)
        arriving = np.ones((1, 1)) if output == program.output.name else self.draw.arrays[cotangent_name(output)]
        wanted = np.array([[float((arriving * moved).sum())]])
        here = moved.T if output in self._notation.rows else moved
        arrays = {**self._arrays, differential_name(output): here}
        worst = self.draw.compared(here, self._value(turned))
        for member in chain:
            certificate = self.draw.compared(wanted, value_of(resolve(member, self.draw.sizes), arrays))
            worst = max(worst, certificate, key=lambda c: c.residual)
        if whole and step.of is not None:
            found = self._written(step.after, step.of)
            worst = max(worst, self._certificate(step.of, found, found), key=lambda c: c.residual)
        return worst


