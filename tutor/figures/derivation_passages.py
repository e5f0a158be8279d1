"""The steps of a derivation in another convention: their rows, and what they open into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.core.layout import numeric_shape, shape_text
from tutor.derive.differentials import differential
from tutor.derive.index_notation import LETTERS
from tutor.derive.names import cotangent_name
from tutor.derive.readings import Passage
from tutor.derive.step import Link, Step
from tutor.figures.derivation_details import Detail, Details, Equality, Proofs, equality
from tutor.figures.derivation_steps import StepSpec, follow
from tutor.figures.derivation_voice import Voice, letters_of
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
from tutor.language.names import indexed_typst
from tutor.typeset import source


@dataclass(frozen=True)
class PassageSteps:
    """Says the steps of a reading.

    Attributes:
        voice: How its formulas are said.
        proofs: SymPy's answers; None while they are on their way.
        dims: The sizes.
    """

    voice: Voice
    proofs: Proofs | None
    dims: Mapping[str, int]

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
        told = Details(self.voice.reading.derivation, step, links, self.dims, self.proofs)
        worst = max((p.certificate for p in passages), key=lambda c: c.residual)
        rows = (
            self._rule(passages[-1], links, equation),
            told.because(),
            self._inside(step, passages),
            told.sympy(),
            told.checked(worst),
            *(Detail("promise", text=p.text, words=p.words) for p in promise_specs(passages[-1].promises)),
        )
        return tuple(row for row in rows if row.maths or row.text or row.lines)

    def _rule(self, passage: Passage, links: tuple[Link, ...], equation: Equation) -> Detail:
        """What arrives by the slopes of the links; in differentials, the statement's own."""
        match self.voice.reading.convention.style:
            case "differential":
                equation = self._change(passage)
            case "index":
                equation = (equation[0], *self._by_entries(passage, links), equation[1])
            case "chain":
                equation = (equation[0], *self._by_jacobian(links), equation[1])
        return Detail("rule", sources(equation), words=spoken(equation))

    def _change(self, passage: Passage) -> Equation:
        """The statement's differential."""
        if passage.change is None:
            return ()
        output = passage.through[-1][0]
        shape = self.voice.reading.derivation.program.shapes[output]
        return (self.voice.formula(self.voice.written(differential(output, shape), output)),
                equals(self.voice.formula(passage.change)))

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

    def _by_entries(self, passage: Passage, links: Sequence[Link]) -> Iterator[Maths]:
        """δ of an entry: the slopes of everything that reads it, each times what arrives there."""
        derivation = self.voice.reading.derivation
        if len(links) != 1 or links[0].output == derivation.top:
            return
        output, here = links[0].output, letters_of(passage.found)
        free = (letter for letter in LETTERS if letter not in here)
        sides = [side for side in derivation.program.shapes[output] if side != 1]
        there = [next(free) for _ in sides]
        total = "".join(f"sum_({letter}) " for letter in there)
        over, under = indexed_typst(output, there), indexed_typst(links[0].source, here)
        said = "".join(f"Σ_{letter} " for letter in there)
        yield equals(Maths(
            f"{total}{indexed_typst(cotangent_name(output), there)} thin "
            + source.fraction(f"partial {over}", f"partial {under}"),
            f"{said}{_entry(cotangent_name(output), there)} ∂{_entry(output, there)}/∂{_entry(links[0].source, here)}"))

    def _inside(self, step: Step, passages: Sequence[Passage]) -> Detail:
        """In differentials the formulas that are equal; else the lines of the derivation, written anew."""
        lines: list[Equality] = []
        match self.voice.reading.convention.style:
            case "differential":
                several = (passage for passage in passages if len(passage.chain) > 1)
                lines = [line for passage in several for line in self.voice.lines(passage, passage.title)]
            case "chain":
                lines = list(self._rewritten(step))
        return Detail("in detail", lines=tuple(lines), words="; ".join(line.words for line in lines))

    def _rewritten(self, step: Step) -> Iterator[Equality]:
        assert step.of is not None
        marks = self.voice.pieces_of([self.voice.reading.derivation.link(*names) for names in step.through])
        began = False
        for line in step.lines:
            formula = self.voice.reading.rewritten(line.formula, step.of)
            if formula is not None:
                reasons = (", ".join(r.typst for r in line.reasons), ", ".join(r.text for r in line.reasons))
                yield equality(delta(step.of), self.voice.formula(formula, marks), reasons, go_on=began)
                began = True


def _entry(name: str, letters: Sequence[str]) -> str:
    return f"{name}[{', '.join(letters)}]" if letters else name
