"""What the Derivation panel says of a derivation in another convention: columns, differentials, indices, spelled out.

The steps, links and proofs are those of the derivation; only the formulas are the reading's. Every one that is shown
was checked at the numbers that certified the derivation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tutor.derive.conventions import Standing
from tutor.derive.names import cotangent
from tutor.derive.readings import Reading
from tutor.derive.views import Factor, factors
from tutor.figures.derivation import (
    MOST_CHAINS,
    ChainSpec,
    DerivationSpec,
    FactorSpec,
    as_factor,
    derivation_spec,
    explained,
    stands_in,
)
from tutor.figures.derivation_details import Equality, Proofs
from tutor.figures.derivation_passages import PassageSteps
from tutor.figures.derivation_voice import Voice
from tutor.figures.derivation_words import EMPTY, Maths, beside, delta, slope, slope_in_line, standing_so


def reading_spec(
    reading: Reading, proofs: Proofs | None, dims: Mapping[str, int], joined: bool = False
) -> DerivationSpec:
    """What a derivation says in a reading.

    Args:
        reading: The derivation in a convention, made with the same ``joined``.
        proofs: SymPy's answers by link; None while they are on their way.
        dims: A number for each named size.
        joined: Whether links that the derivation writes as one are shown as one.
    """
    base = derivation_spec(reading.derivation, proofs, dims, joined)
    steps = PassageSteps(Voice(reading), proofs, dims, joined)
    # Where no links can be taken together the chain is shown apart, and a step may still write another out.
    read = (step for step in base.steps if reading.about(step.key))
    return replace(_Head(Voice(reading), base).spec(), steps=tuple(map(steps.step, read)))


@dataclass(frozen=True)
class _Head:
    """All but the steps.

    Attributes:
        voice: How the reading's formulas are said.
        base: What is said of its derivation in the usual convention.
    """

    voice: Voice
    base: DerivationSpec

    def spec(self) -> DerivationSpec:
        """What is said, with the steps as they are."""
        voice, base, reading = self.voice, self.base, self.voice.reading
        style = reading.convention.style
        result = voice.formula(reading.result, voice.pieces_of())
        blocks = self._blocks() if style == "chain" else ("", "")
        return replace(
            base,
            chains=tuple(self._chains()) if style == "chain" else (),
            more=base.more if style == "chain" else "",
            blocks=blocks[0],
            blocks_words=blocks[1],
            gradient=result.typst,
            gradient_words=result.text,
            meanings=tuple(self._meanings()),
            apart=EMPTY if self._stands(base.wrt) == "as it is" else slope(base.output, base.wrt),
            left=voice.slope(reading.result, base.wrt, slope_in_line if style == "differential" else slope),
            lines=tuple(self._page()) if style == "differential" else (),
            notes=tuple(Maths(n.typst, n.text) for n in (*reading.notes, *([reading.back] if reading.back else []))),
        )

    def _stands(self, name: str) -> Standing:
        return stands_in(self.voice.reading.derivation, name, self.voice.reading.convention)

    def _meanings(self) -> Iterator[Maths]:
        """The cotangents that stand by name in the result, as the base has them."""
        named = {meaning.text.partition(" = ")[0] for meaning in self.base.meanings}
        for found in self.voice.reading.derivation.cotangents:
            if found.symbol.name in named:
                meant = self.voice.formula(self.voice.written(found.expression, found.of))
                yield Maths(f"{delta(found.of).typst} = {meant.typst}", f"{delta(found.of).text} = {meant.text}")

    # --- the chain -------------------------------------------------------------------------------------------------

    def _chains(self) -> Iterator[ChainSpec]:
        """The chains; where vectors are columns, and in numerator layout of rows, the variable's factor comes first."""
        derivation, turned = self.voice.reading.derivation, self.voice.reading.convention.turned
        for path, chain in zip(derivation.paths[:MOST_CHAINS], self.base.chains, strict=True):
            along = factors(derivation, path, self.base.joined)
            columns = [self._factor(*pair, len(along) == 1) for pair in zip(along, chain.factors, strict=True)]
            columns = columns[::-1] if turned else columns
            product = " times ".join(column.words for column in columns)
            result = standing_so(slope(path[0], path[-1]), self._stands(path[-1]), turned)
            said = f"{result.text} = {product}" if chain.result else f"plus {product}"
            yield replace(chain, result=chain.result and result.typst, factors=tuple(columns),
                          shape=self._swapped(chain.shape), words=said)

    def _factor(self, factor: Factor, column: FactorSpec, alone: bool) -> FactorSpec:
        """A factor, transposed where the product is; a slope of the output alone is written as the gradient it is."""
        derivation, turned = self.voice.reading.derivation, self.voice.reading.convention.turned
        top = factor.output == derivation.top
        written = self.voice.form(factor)
        name, shape = slope(factor.output, factor.source), self._swapped(column.shape)
        stands: Standing = self._stands(factor.source) if top else "transposed" if turned else "as it is"
        name = standing_so(name, stands, turned)
        form = self.voice.formula(written) if written is not None else self._action(factor)
        if written is not None and stands == "vec":
            form, written = standing_so(form, stands, turned), None
        return FactorSpec(factor.key, column.links, name.typst, as_factor(written, form.typst, alone), shape,
                          f"{name.text}, {form.text}, {shape}")

    def _blocks(self) -> tuple[str, str]:
        """What ⊗ means where it stands in the chain."""
        derivation = self.voice.reading.derivation
        chains = (factors(derivation, path, self.base.joined) for path in derivation.paths[:MOST_CHAINS])
        return explained(derivation, (self.voice.form(factor) for chain in chains for factor in chain))

    def _action(self, factor: Factor) -> Maths:
        """What a link without a short matrix does to the cotangent that arrives."""
        derivation = self.voice.reading.derivation
        adjoint = derivation.link(factor.output, factor.source).adjoint
        arriving = cotangent(factor.output, derivation.program.shapes[factor.output])
        parts = [self.voice.formula(self.voice.written(arriving, factor.output)),
                 self.voice.formula(self.voice.written(adjoint, factor.source))]
        return beside(parts, "|->", "↦")

    def _swapped(self, shape: str) -> str:
        return "×".join(reversed(shape.split("×"))) if self.voice.reading.convention.turned else shape

    # --- differentials as on the page of a book --------------------------------------------------------------------

    def _page(self) -> Iterator[Equality]:
        """All the way from dL to the variable's differential, where there is one way only."""
        derivation = self.voice.reading.derivation
        passages = self.voice.reading.passages
        if len(derivation.paths) == 1:
            for place, passage in enumerate(passages):
                yield from self.voice.page(passage, goes_on=place > 0)
