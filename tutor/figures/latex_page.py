r"""The derivation as LaTeX for a paper or lecture notes: displays and sentences, to be put in with ``\input``."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.core.layout import SCALAR
from tutor.derive.report import Report
from tutor.derive.step import Step
from tutor.derive.views import Factor, factors, jacobian_shape, path_count
from tutor.figures.derivation import MOST_CHAINS
from tutor.language import printing
from tutor.language.names import name_latex


def latex_page(given: Report, panel: str) -> str:
    """The chain, and with the whole derivation its steps too; what has to be said stands at the end.

    Args:
        given: The derivation with its proofs.
        panel: ``chain`` or ``derivation``.
    """
    parts = [_aligned(list(_chain(given)))]
    if panel == "derivation":
        parts += [_step(given, step) for step in given.derivation.shown_steps()]
    parts += [rf"\medskip\noindent {sentence.latex}" for sentence in given.sentences]
    return "\n\n".join(parts) + "\n"


def _chain(given: Report) -> Iterator[str]:
    """The product of Jacobians, what each of them is, and what they give."""
    derivation, dims = given.derivation, given.problem.dims
    shown = derivation.paths[:MOST_CHAINS]
    slopes, rows = [], []
    for path in shown:
        chain = factors(derivation, path)
        slopes.append(r" \cdot ".join(_slope(factor) for factor in chain))
        rows += [f"{_slope(factor)} &= {_form(given, factor)} && {_shape(jacobian_shape(derivation, factor, dims))}"
                 for factor in chain]
    more = path_count(derivation) - len(shown)
    rows = list(dict.fromkeys(rows))
    if slopes:
        (output, *_, wrt), *_ = shown
        whole = Factor(output, wrt, None)
        rest = rf" + \dots && \text{{and {more} more}}" if more > 0 else ""
        shape = "" if rest else f" && {_shape(jacobian_shape(derivation, whole, dims))}"
        yield f"{_slope(whole)} &= " + " \\\\\n  &\\quad + ".join(slopes) + rest + shape
    yield from rows
    yield from (f"{name_latex(v.name)} &= {printing.latex(meaning)}" for v, meaning in given.definitions)
    if given.result is not None:
        yield f"{given.slope_latex} &= {printing.latex(given.result)}"
    elif given.pullback is not None:
        symbol, action = given.pullback
        yield rf"{name_latex(symbol.name)} &\mapsto {printing.latex(action)}"


def _step(given: Report, step: Step) -> str:
    """The rule, the formula, and why; one paragraph, for an empty line before a display leaves a hole."""
    derivation = given.derivation
    cotangent = derivation.cotangent(step.of or derivation.wrt)
    last = cotangent.of == derivation.wrt and not derivation.ends_in_matrix
    name = given.slope_latex if last else name_latex(cotangent.symbol.name)
    links = dict.fromkeys(step.through)
    way = ", ".join(rf"${name_latex(output)} \to {name_latex(source)}$" for output, source in links)
    tick = "" if given.holds(step) else r" \textbf{(NOT CERTIFIED)}"
    return "\n".join((
        rf"\medskip\noindent\textbf{{{printing.latex_prose(step.title)}}} ({way}){tick}",
        _aligned([f"{name} &= {printing.latex(given.meant(step.after))}"]),
        step.because.latex,
    ))


def _aligned(rows: list[str]) -> str:
    return "\\begin{align*}\n" + " \\\\\n".join(f"  {row}" for row in rows) + "\n\\end{align*}"


def _slope(factor: Factor) -> str:
    return rf"\frac{{\partial {name_latex(factor.output)}}}{{\partial {name_latex(factor.source)}}}"


def _form(given: Report, factor: Factor) -> str:
    """The matrix, or where no short one says it what becomes of a cotangent."""
    if factor.form is not None:
        return printing.latex(factor.form)
    derivation = given.derivation
    link = derivation.link(factor.output, factor.source)
    arriving = name_latex(f"δ{factor.output}")
    if derivation.program.shapes[factor.output] == SCALAR:
        return printing.latex(link.adjoint)
    return rf"\left({arriving} \mapsto {printing.latex(link.adjoint)}\right)"


def _shape(shape: tuple[int, int]) -> str:
    return rf"({shape[0]} \times {shape[1]})"
