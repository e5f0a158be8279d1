"""One derivation, read in several ways: by Jacobians, by differentials, by indices; rows or columns; either layout.

Nothing is derived again. A reading writes the same cotangents in another language, and every line of it is checked at
the numbers that certified the derivation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from tutor.core.errors import TutorError
from tutor.core.evaluate import value_of
from tutor.core.expression import Expression, Variable, apply, variables
from tutor.core.layout import SCALAR, Array, numeric_shape, vec
from tutor.core.program import cotangent_name, resolve
from tutor.derive.algebra import Algebra, Facts
from tutor.derive.certify import SMALL, Draw
from tutor.derive.derivation import drawn
from tutor.derive.differentials import differential, tangent
from tutor.derive.display import shown
from tutor.derive.index_notation import Index, Term, entry_of, value
from tutor.derive.names import cotangent
from tutor.derive.nodes import Atom, Flip, Node
from tutor.derive.step import Certificate, Derivation, Promise, Step
from tutor.derive.words import Sentence
from tutor.language.names import differential_name
from tutor.ops.linear import Frobenius

Style = Literal["chain", "differential", "index"]
Vectors = Literal["row", "column"]
Layout = Literal["gradient", "numerator"]
STYLES: Final[tuple[Style, ...]] = ("chain", "differential", "index")
VECTORS: Final[tuple[Vectors, ...]] = ("row", "column")
LAYOUTS: Final[tuple[Layout, ...]] = ("gradient", "numerator")

Formula = Expression | tuple[Term, tuple[Index, Index]]
"""A matrix formula; or one of its entries, with the letters of its row and column."""


@dataclass(frozen=True, slots=True)
class Convention:
    """How a derivation is read.

    Attributes:
        vectors: Whether what the program declares as rows is written as rows or as columns.
        style: Jacobian products, differentials with the Frobenius product, or index notation.
        layout: The derivative in the variable's shape; or transposed, as numerator layout has it.
    """

    vectors: Vectors = "row"
    style: Style = "chain"
    layout: Layout = "gradient"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know of a convention that is not the usual one."""
        found = []
        if self.vectors == "column":
            found.append("Vectors are columns here: what the program writes as a row stands transposed.")
        if self.style == "differential":
            found.append("A : B is the sum of the products of entries, tr(Aᵀ B). What stands before the : and a "
                         "name's differential is the gradient by that name.")
        if self.layout == "numerator" and self.style == "index":
            found.append("Index notation names each entry, so the layout makes no difference.")
        elif self.layout == "numerator":
            found.append("Numerator layout: the derivative D by X is the one with tr(D dX), so it has the transposed "
                         "shape of X.")
        return tuple(found)


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
    """

    derivation: Derivation
    convention: Convention
    passages: tuple[Passage, ...]
    result: Formula
    certificate: Certificate

    @property
    def certified(self) -> bool:
        """Whether every line holds."""
        return self.certificate.holds and all(p.certificate.holds for p in self.passages)


def read(derivation: Derivation, convention: Convention, kinds: Mapping[str, str] | None = None) -> Reading:
    """A derivation in a convention, certified anew.

    Args:
        derivation: Of a program that ends in a number.
        convention: How it is to be read.
        kinds: How the certificates' numbers are drawn, as in :func:`tutor.derive.derive`.

    Raises:
        TutorError: the declared sizes are too large to check differentials or indices one by one.
    """
    draw = drawn(derivation.program, kinds)
    if convention.style != "chain" and max(array.size for array in draw.arrays.values()) > SMALL:
        raise TutorError("Differentials and indices are checked entry by entry, and the declared sizes are too large "
                         "for that. Give the sizes names.")
    return _Reader(derivation, convention, draw).reading()


@dataclass(frozen=True)
class _Reader:
    """Rewrites formulas into a convention, and checks them there."""

    derivation: Derivation
    convention: Convention
    draw: Draw

    def reading(self) -> Reading:
        """All passages and the result."""
        derivation = self.derivation
        passages = tuple(p for step in derivation.shown_steps() for p in self._passages(step))
        # An entry is an entry: index notation has no layout.
        turned = self.convention.layout == "numerator" and self.convention.style != "index"
        gradient = self._written(derivation.gradient, derivation.wrt, turned)
        result = self._formula(gradient)
        # What plays no part has no cotangent to compare with: its zeros were certified as they are.
        certificate = (self._certificate(derivation.wrt, gradient, result, turned) if derivation.steps
                       else derivation.certificate)
        return Reading(derivation, self.convention, passages, result, certificate)

    # --- steps ---------------------------------------------------------------------------------------------------

    def _passages(self, step: Step) -> Iterator[Passage]:
        """What a step becomes; with differentials each of several paths is a passage of its own."""
        paths = [s for s in step.substeps if s.through] if step.rule == "paths" else [step]
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
        arriving = self.derivation.cotangent(output).expression if len(step.through) > 1 else symbol
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
    def _given(self) -> frozenset[str]:
        return frozenset(d.name for d in self.derivation.program.declarations)

    @cached_property
    def _rows(self) -> frozenset[str]:
        """The names that are rows and are written as columns, with their cotangents and differentials."""
        shapes = self.derivation.program.shapes if self.convention.vectors == "column" else {}
        return frozenset(said for name, (rows, columns) in shapes.items() if rows == 1 and columns != 1
                         for said in (name, cotangent_name(name), differential_name(name)))

    def _written(self, formula: Expression, of: str, turned: bool = False) -> Expression:
        """A formula for something in the shape of a name, with this convention's vectors."""
        flips = (of in self._rows) != turned
        known: dict[Expression, Node] = {v: Flip(Atom(Variable(v.name, (v.shape[1], v.shape[0]))))
                                         for v in variables(formula) if v.name in self._rows}
        if not flips and not known:
            return formula
        algebra = Algebra(Facts(), joins_diagonals=True)
        node = algebra.read(formula, known)
        return shown(algebra.flip(node) if flips else node, self._given)

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
        return {name: array.T if name in self._rows else array for name, array in arrays.items()}

    def _value(self, formula: Expression) -> Array:
        return value_of(resolve(formula, self.draw.sizes), self._arrays)

    def _certificate(self, of: str, written: Expression, found: Formula, turned: bool = False) -> Certificate:
        """A formula against the cotangent of a name."""
        wanted = self.draw.arrays[cotangent_name(of)] if of in self.draw.trusted else None
        if wanted is not None and (of in self._rows) != turned:
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
        change = change.T if source in self._rows else change
        moved = (self.draw.local_jacobian(output, source) @ vec(change)).reshape(self.draw.arrays[output].shape)
        arriving = np.ones((1, 1)) if output == program.output.name else self.draw.arrays[cotangent_name(output)]
        wanted = np.array([[float((arriving * moved).sum())]])
        here = moved.T if output in self._rows else moved
        arrays = {**self._arrays, differential_name(output): here}
        worst = self.draw.compared(here, self._value(turned))
        for member in chain:
            certificate = self.draw.compared(wanted, value_of(resolve(member, self.draw.sizes), arrays))
            worst = max(worst, certificate, key=lambda c: c.residual)
        if whole and step.of is not None:
            found = self._written(step.after, step.of)
            worst = max(worst, self._certificate(step.of, found, found), key=lambda c: c.residual)
        return worst


