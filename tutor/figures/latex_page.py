r"""The derivation as LaTeX for a paper or lecture notes: displays and sentences, to be put in with ``\input``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tutor.core.expression import Expression
from tutor.core.layout import SCALAR
from tutor.derive.conventions import Convention, Standing
from tutor.derive.reading_export import passage_formula, result_latex
from tutor.derive.readings import Passage, Reading
from tutor.derive.report import Report
from tutor.derive.rows import NOT_CERTIFIED
from tutor.derive.step import Step
from tutor.derive.views import Factor, factors, jacobian_shape, path_count
from tutor.derive.words import Sentence
from tutor.derive.working import reasons, working
from tutor.figures.derivation import MOST_CHAINS, stands_in
from tutor.figures.derivation_voice import Voice
from tutor.language import printing
from tutor.language.names import name_latex


def latex_page(given: Report, panel: str, reading: Reading | None, joined: bool) -> str:
    """The chain, and with the whole derivation its steps too; what has to be said stands at the end.

    Args:
        given: The derivation with its proofs.
        panel: ``chain`` or ``derivation``.
        reading: The derivation in another convention; None for the usual one.
        joined: Whether links, and steps, that a later one writes as one are shown as one; a reading was made so.
    """
    page = _Page(given, None if reading is None else Voice(reading), joined)
    parts = [_aligned(list(page.head())), *map(_paragraph, reading.notes if reading else ())]
    if panel == "derivation":
        parts += page.steps()
    last = (reading.back,) if reading and reading.back else ()
    return "\n\n".join([*parts, *map(_paragraph, (*last, *given.sentences))]) + "\n"


class _Page:
    """What stands on the page.

    Args:
        given: The derivation with its proofs.
        voice: How the formulas of another convention are said; None for the usual one.
        joined: Whether links, and steps, that a later one writes as one are shown as one.
    """

    def __init__(self, given: Report, voice: Voice | None, joined: bool) -> None:
        self.given, self.voice, self.joined = given, voice, joined

    # --- the chain -------------------------------------------------------------------------------------------------

    def head(self) -> Iterator[str]:
        """The product of Jacobians, what each of them is, and what they give."""
        given, voice = self.given, self.voice
        if voice is None or voice.reading.convention.style == "chain":
            yield from self._chain()
        if voice is not None:
            yield result_latex(voice.reading).replace(" = ", " &= ", 1)
            return
        yield from (f"{name_latex(v.name)} &= {printing.latex(meaning)}" for v, meaning in given.definitions)
        if given.result is not None:
            yield f"{given.slope_latex} &= {printing.latex(given.result)}"
        elif given.pullback is not None:
            symbol, action = given.pullback
            yield rf"{name_latex(symbol.name)} &\mapsto {printing.latex(action)}"

    @property
    def _turned(self) -> bool:
        return self.voice is not None and self.voice.reading.convention.turned

    def _stands(self, factor: Factor) -> Standing:
        derivation = self.given.derivation
        if factor.output == derivation.top:
            convention = Convention() if self.voice is None else self.voice.reading.convention
            return stands_in(derivation, factor.source, convention)
        return "transposed" if self._turned else "as it is"

    def _standing(self, piece: str, stands: Standing) -> str:
        """A piece as it stands in the product."""
        if stands == "vec":
            return rf"\operatorname{{vec}}\left({piece}\right)" + ("" if self._turned else r"^{\top}")
        return rf"\left({piece}\right)^{{\top}}" if stands == "transposed" else piece

    def _chain(self) -> Iterator[str]:
        derivation, dims = self.given.derivation, self.given.problem.dims
        shown = derivation.paths[:MOST_CHAINS]
        slopes, rows = [], []
        for path in shown:
            chain = factors(derivation, path, self.joined)
            chain = chain[::-1] if self._turned else chain
            slopes.append(r" \cdot ".join(map(self._slope, chain)))
            rows += [f"{self._slope(factor)} &= {self._form(factor)} && "
                     f"{self._shape(jacobian_shape(derivation, factor, dims))}" for factor in chain]
        more = path_count(derivation) - len(shown)
        if slopes:
            (output, *_, wrt), *_ = shown
            whole = Factor(output, wrt, None)
            rest = rf" + \dots && \text{{and {more} more}}" if more > 0 else ""
            shape = "" if rest else f" && {self._shape(jacobian_shape(derivation, whole, dims))}"
            yield f"{self._slope(whole)} &= " + " \\\\\n  &\\quad + ".join(slopes) + rest + shape
        yield from dict.fromkeys(rows)

    def _slope(self, factor: Factor) -> str:
        """A slope; the Jacobian stands turned where the product is, but for the gradient of the output."""
        return self._standing(_slope(factor), self._stands(factor))

    def _form(self, factor: Factor) -> str:
        """The matrix, or where no short one says it what becomes of a cotangent."""
        form = factor.form if self.voice is None else self.voice.form(factor)
        if form is not None:
            stands = self._stands(factor)
            return self._standing(printing.latex(form), stands) if stands == "vec" else printing.latex(form)
        derivation = self.given.derivation
        if factor.through:
            return self._written(derivation.cotangent(factor.source).expression, factor.source)
        adjoint = self._written(derivation.link(factor.output, factor.source).adjoint, factor.source)
        if derivation.program.shapes[factor.output] == SCALAR:
            return adjoint
        return rf"\left({name_latex(f'δ{factor.output}')} \mapsto {adjoint}\right)"

    def _written(self, formula: Expression, of: str) -> str:
        return printing.latex(formula if self.voice is None else self.voice.written(formula, of))

    def _shape(self, shape: tuple[int, int]) -> str:
        rows, columns = reversed(shape) if self._turned else shape
        return rf"({rows} \times {columns})"

    # --- the steps -------------------------------------------------------------------------------------------------

    def steps(self) -> list[str]:
        """Every step: the rule, the formula, the lines that lead to it, and why."""
        if self.voice is not None:
            return [self._passage(passage) for passage in self.voice.reading.passages]
        derivation = self.given.derivation
        return [self._step(step) for step in (derivation.shown_steps() if self.joined else derivation.steps)]

    def _step(self, step: Step) -> str:
        given, derivation = self.given, self.given.derivation
        cotangent = derivation.cotangent(step.of or derivation.wrt)
        last = cotangent.of == derivation.wrt and not derivation.ends_in_matrix
        name = given.slope_latex if last else name_latex(cotangent.symbol.name)
        rows = working(derivation, step, self.joined)
        formula = f"{name} &= {printing.latex(given.meant(step.after))}"
        return _told((step.title, step.through, given.holds(step)), formula,
                     [row.aligned(given.meant) for row in rows], reasons(derivation, step, self.joined))

    def _passage(self, passage: Passage) -> str:
        assert self.voice is not None
        sign = "=" if passage.whole else r"\leftarrow"
        formula = passage_formula(self.voice.reading, passage).replace(f" {sign} ", f" &{sign} ", 1)
        return _told((passage.title, passage.through, passage.certificate.holds), formula,
                     [row.aligned() for row in passage.rows], passage.reasons)


def _told(
    head: tuple[str, Iterable[tuple[str, str]], bool], formula: str, rows: Sequence[str],
    reasons: Sequence[tuple[str, Sentence]],
) -> str:
    """A step; one paragraph, for an empty line before a display leaves a hole."""
    title, through, holds = head
    way = ", ".join(rf"${name_latex(output)} \to {name_latex(source)}$" for output, source in dict.fromkeys(through))
    tick = "" if holds else rf" \textbf{{({NOT_CERTIFIED})}}"
    why = [rf"\emph{{{printing.latex_prose(name[:1].upper() + name[1:])}.}} {said.latex}" if name else said.latex
           for name, said in reasons]
    return "\n".join((rf"\medskip\noindent\textbf{{{printing.latex_prose(title)}}} ({way}){tick}",
                      _aligned([formula, *rows]), "\n".join(why)))


def _paragraph(sentence: Sentence) -> str:
    return rf"\medskip\noindent {sentence.latex}"


def _aligned(rows: list[str]) -> str:
    return "\\begin{align*}\n" + " \\\\\n".join(f"  {row}" for row in rows) + "\n\\end{align*}"


def _slope(factor: Factor) -> str:
    return rf"\frac{{\partial {name_latex(factor.output)}}}{{\partial {name_latex(factor.source)}}}"
