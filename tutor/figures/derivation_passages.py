"""The steps of a derivation in another convention: their rows, and what they open into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.core.layout import numeric_shape, shape_text
from tutor.derive.passages import CHAIN_RULE, Passage
from tutor.derive.step import Link, Step
from tutor.figures.derivation_details import Detail, Details, Proofs, because, in_detail
from tutor.figures.derivation_steps import StepSpec, follow
from tutor.figures.derivation_voice import Voice
from tutor.figures.derivation_words import (
    Equation,
    Maths,
    beside,
    delta,
    equals,
    promise_specs,
    slope,
    slope_in_line,
    sources,
    spoken,
    transposed,
)


@dataclass(frozen=True)
class PassageSteps:
    """Says the steps of a reading.

    Attributes:
        voice: How its formulas are said.
        proofs: SymPy's answers; None while they are on their way.
        dims: The sizes.
        joined: Whether links that the derivation writes as one are shown as one.
    """

    voice: Voice
    proofs: Proofs | None
    dims: Mapping[str, int]
    joined: bool

    def step(self, spec: StepSpec) -> StepSpec:
        """A step as this reading says it, from what is said of it in the usual convention."""
        reading, convention = self.voice.reading, self.voice.reading.convention
        if convention.style == "chain" and convention.vectors == "row" and not convention.spelled:
            if convention.layout == "numerator" and spec.key == self.voice.reading.derivation.wrt:
                # Steps are written in the shape of the variable, the result alone is turned.
                left = delta(spec.key)
                return replace(spec, equation=(left.typst, *spec.equation[1:]), short=f"{left.typst} = dots.h.c",
                               equation_words=f"{left.text} {spec.equation_words.partition(' ')[2]}")
            return spec
        derivation = reading.derivation
        step = derivation.step(spec.key)
        passages = reading.about(spec.key)
        links = tuple(derivation.link(*names) for names in spec.links)
        crossed = [derivation.link(*names) for names in step.through]
        marks = self.voice.pieces_of(None if convention.spelled else crossed)
        found = equals(self.voice.formula(passages[-1].found, marks))
        left = self.voice.left(passages[-1])
        equation: Equation = (left, found)
        if links[0].output == derivation.top and follow(links) and spec.key != derivation.wrt:
            equation = (left, equals(self.voice.slope(passages[-1].found, spec.key, slope_in_line)), found)
        return replace(
            spec,
            equation=sources(equation),
            equation_words=spoken(equation),
            short=f"{left.typst} = dots.h.c",
            shape=self._shape(spec.key),
            certified=spec.certified and all(p.certificate.holds for p in passages),
            elementwise=spec.elementwise and convention.style != "differential",
            details=self._details(step, passages, links, (left, found)),
            promises=promise_specs(passages[-1].promises),
        )

    def _shape(self, name: str) -> str:
        rows, columns = numeric_shape(self.voice.reading.derivation.program.shapes[name], self.dims)
        return shape_text((columns, rows) if name in self.voice.reading.notation.rows else (rows, columns))

    def _details(self, step: Step, passages: Sequence[Passage], links: tuple[Link, ...], equation: Equation
                 ) -> tuple[Detail, ...]:
        told = Details(self.voice.reading.derivation, step, links, self.dims, self.proofs, self.joined)
        worst = max((p.certificate for p in passages), key=lambda c: c.residual)
        *paths, whole = passages
        named = ((title or path.title, why) for path in paths for title, why in path.reasons)
        said = tuple(dict.fromkeys((*named, *whole.reasons)))
        rows = (
            self._rule(passages[-1], links, equation),
            because(said if len(said) > 1 else [("", why) for _, why in said], told.gate()),
            self._inside(step, passages),
            told.sympy(),
            told.checked(worst),
            *(Detail("promise", text=p.text, words=p.words) for p in promise_specs(passages[-1].promises)),
        )
        return tuple(row for row in rows if row.maths or row.text or row.lines)

    def _rule(self, passage: Passage, links: tuple[Link, ...], equation: Equation) -> Detail:
        """What arrives by the slopes of the links; differentials say it line by line."""
        match self.voice.reading.convention.style:
            case "differential":
                return Detail("")
            case "index":
                between = (row for row in passage.rows if row.reasons == (CHAIN_RULE,))
                slopes = [equals(self.voice.formula(row.formulas[0])) for row in between if len(links) == 1]
                equation = (equation[0], *slopes, equation[1])
            case "chain":
                equation = (equation[0], *self._by_jacobian(links), equation[1])
        return Detail("rule", sources(equation), words=spoken(equation))

    def _by_jacobian(self, links: Sequence[Link]) -> Iterator[Maths]:
        """What arrives and the Jacobians, in the order this reading has."""
        program, derivation = self.voice.reading.derivation.program, self.voice.reading.derivation
        names = [links[-1].source, *(link.output for link in links)]
        if not follow(links) or any(1 not in program.shapes[name] for name in names):
            return
        slopes = [slope(link.output, link.source) for link in links if link.output != derivation.top]
        if not slopes:
            return
        first = slope_in_line if links[0].output == derivation.top else None
        arriving = first(derivation.top, links[0].source) if first else delta(links[0].output)
        is_column = all(program.shapes[name][0] != 1 or name in self.voice.reading.notation.rows for name in names)
        is_row = all(program.shapes[name][0] == 1 and name not in self.voice.reading.notation.rows for name in names)
        if is_column:
            yield equals(beside([*map(transposed, reversed(slopes)), arriving]))
        elif is_row:
            yield equals(beside([arriving, *slopes]))

    def _inside(self, step: Step, passages: Sequence[Passage]) -> Detail:
        """The lines that lead to the step, unless the rule above has said them."""
        marks = self.voice.pieces_of([self.voice.reading.derivation.link(*names) for names in step.through])
        rows = [row for passage in passages for row in passage.rows]
        if self.voice.reading.convention.style == "index" and len(rows) == 2:
            rows = []
        return in_detail(rows, lambda formula: self.voice.formula(formula, marks).typst)
