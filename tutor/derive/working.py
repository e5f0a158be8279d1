"""What stands under a step in a textbook: the equalities that lead to its formula, and the reason of every rule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tutor.core.expression import Apply, Expression, Number, Variable, apply, variables
from tutor.core.layout import SCALAR
from tutor.derive.names import cotangent_name
from tutor.derive.step import Derivation, Line, Step
from tutor.derive.words import Sentence
from tutor.language import printing
from tutor.language.names import name_latex
from tutor.ops.linear import Negate


@dataclass(frozen=True, slots=True)
class Left:
    """What a line speaks of, with the sign before its formulas.

    Attributes:
        text: As plain text; empty where the line goes on with the one above.
        latex: As LaTeX.
    """

    text: str
    latex: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the working.

    Attributes:
        left: What it speaks of.
        formulas: What that is; where there are several they are equal.
        reasons: What a reader calls the rules and identities it comes by.
        certified: Whether it was checked.
    """

    left: Left
    formulas: tuple[Expression, ...]
    reasons: tuple[Sentence, ...]
    certified: bool

    def text(self, meant: Callable[[Expression], Expression]) -> str:
        """As plain text; ``meant`` says what stands for a formula."""
        equal = " = ".join(printing.text(meant(formula)) for formula in self.formulas)
        return f"{self.left.text or _GOES_ON.text} {equal}{_bracketed(', '.join(self._said))}"

    def latex(self, meant: Callable[[Expression], Expression]) -> str:
        """The equation in LaTeX, without its reasons."""
        equal = " = ".join(printing.latex(meant(formula)) for formula in self.formulas)
        return f"{self.left.latex or _GOES_ON.latex} {equal}"

    @property
    def _said(self) -> Iterator[str]:
        yield from (reason.text for reason in self.reasons)
        if not self.certified:
            yield NOT_CERTIFIED


NOT_CERTIFIED: Final = "NOT CERTIFIED"
"""What is said of a line that could not be checked."""

_SAME: Final = Left("", "")
_GOES_ON: Final = Left("=", "=")


def _bracketed(words: str) -> str:
    return f"    [{words}]" if words else ""


def gradient_left(derivation: Derivation, step: Step) -> Left:
    """``δθ =``, or ``∂L/∂x =`` where a step gives the gradient itself."""
    assert step.of is not None
    if step.of == derivation.wrt and not derivation.ends_in_matrix:
        output, wrt = derivation.program.output.name, derivation.wrt
        return Left(f"∂{output}/∂{wrt} =", rf"\frac{{\partial {name_latex(output)}}}{{\partial {name_latex(wrt)}}} =")
    return Left(f"{cotangent_name(step.of)} =", f"{name_latex(cotangent_name(step.of))} =")


def working(derivation: Derivation, step: Step) -> tuple[Row, ...]:
    """The lines under a step, those of the steps that it writes out before its own; none where it says it all."""
    shown = {s.of for s in derivation.shown_steps() if s.of}
    rows = tuple(_rows(derivation, step, shown))
    said_above = rows[-1].formulas == (step.after,) and rows[-1].reasons == (Sentence(step.title),)
    return rows[:-1] if said_above else rows


def own_working(derivation: Derivation, step: Step) -> tuple[Row, ...]:
    """The lines under a step, without those of other steps; one at least, and the last ends in its formula."""
    return tuple(_rows(derivation, step, {s.of for s in derivation.steps if s.of}))


def _rows(derivation: Derivation, step: Step, said: Collection[str]) -> Iterator[Row]:
    """The lines of a step; of the steps it writes out, those that are not said elsewhere come first."""
    left = gradient_left(derivation, step)
    paths = _paths(step)
    before: list[str] = []
    for part in paths or (step,):
        absorbed = part.through[-1][0]
        if len(part.through) > 1 and absorbed not in (*said, *before):
            before.append(absorbed)
            yield from _rows(derivation, derivation.step(absorbed), said)
        yield from _part(part, _path_left(part) if paths else left)
    if paths:
        lines = step.lines or (Line(step.before, (Sentence(step.title),), step.certificate),)
        yield from _chain(left, lines)
        if lines[-1].formula != step.after:
            yield Row(_SAME, (step.after,), (), step.certificate.holds)


def _paths(step: Step) -> tuple[Step, ...]:
    """What each of several paths brings."""
    return tuple(part for part in step.substeps if part.through)


def _path_left(part: Step) -> Left:
    output, source = part.through[-1]
    return Left(f"{output} → {source}:", rf"{name_latex(output)} \to {name_latex(source)}:\;")


def _way_left(left: Left, way: str) -> Left:
    text, latex = left.text.rstrip(" =:"), left.latex.removesuffix(r":\;").removesuffix(" =")
    return Left(f"{text}, {way}:", rf"{latex},\ \text{{{way}}}:\;")


def _part(part: Step, left: Left) -> Iterator[Row]:
    """What one statement sends back: from rule to rule, and then what was made short."""
    joined, lines = len(part.through) > 1, part.lines
    rules = () if joined and lines else _rules(part)
    inside = [rule.inner for rule in rules]
    several = len(set(inside)) < len(inside)
    reached = False
    for place, rule in enumerate(rules):
        assert rule.inner is not None
        ways = inside.count(rule.inner)
        reached = isinstance(rule.inner, Variable) and rule.inner.name == part.of
        here = left if reached else _inner_left(rule.inner)
        if ways > 1:  # each is only a part of what arrives
            here = _way_left(here, f"way {inside[: place + 1].count(rule.inner)} of {ways}")
        yield Row(here, _equal(rule), (Sentence(rule.title),), rule.certificate.holds)
    if several:
        first, *others = lines or (Line(part.after, (), part.certificate),)
        yield from _chain(left, (Line(first.formula, (Sentence("all ways added"),), first.certificate), *others))
    elif reached and lines and rules[-1].after == lines[0].formula:
        yield from _chain(_SAME, lines[1:])
    elif lines:
        yield from _chain(left, lines)
    elif not reached:
        title = "the rest has slope 1" if rules else part.title
        yield Row(left, (part.after,), (Sentence(title),), part.certificate.holds)


def _chain(left: Left, lines: Sequence[Line]) -> Iterator[Row]:
    for place, line in enumerate(lines):
        yield Row(_SAME if place else left, (line.formula,), line.reasons, line.certificate.holds)


def _rules(part: Step) -> tuple[Step, ...]:
    """The rules inside a statement of several operations, from the outermost inwards."""
    return tuple(rule for rule in part.substeps if rule.inner is not None)


def _inner_left(inner: Expression) -> Left:
    """What arrives at a formula inside a statement."""
    if isinstance(inner, Variable):
        return Left(f"{cotangent_name(inner.name)} =", f"{name_latex(cotangent_name(inner.name))} =")
    return Left(f"δ[{printing.text(inner)}] =", rf"\delta_{{[{printing.latex(inner)}]}} =")


def _equal(rule: Step) -> tuple[Expression, ...]:
    """What a rule gives as it is declared, and made short; numbers alone are only computed."""
    declared, short = _with_signs(rule.before), _with_signs(rule.after)
    is_number = declared.shape == SCALAR and not any(variables(declared))
    is_same = printing.text(declared) == printing.text(short)
    return (short,) if is_number or is_same else (declared, short)


def _with_signs(formula: Expression) -> Expression:
    """A formula with −1 for the negative of 1."""
    if not isinstance(formula, Apply):
        return formula
    operands = tuple(map(_with_signs, formula.operands))
    if isinstance(formula.operation, Negate) and isinstance(operands[0], Number):
        return Number(-operands[0].value)
    return apply(formula.operation, *operands)


# --- reasons ---------------------------------------------------------------------------------------------------------


def reasons(derivation: Derivation, step: Step) -> tuple[tuple[str, Sentence], ...]:
    """Why: the name of each rule of a step with its reason, in the order of the working; each said once.

    What is said without the name of a rule, as of a sum of paths, comes with none.
    """
    shown = {s.of for s in derivation.shown_steps() if s.of}
    once: dict[tuple[str, str], Sentence] = {}
    for title, why in _reasons(derivation, step, shown):
        once.setdefault((title, why.template), why)
    # Of a product of equals both sides have the same reason.
    found = tuple({(title, why.text): (title, why) for (title, _), why in once.items()}.values())
    return (("", found[0][1]),) if len(found) == 1 else found


def _reasons(derivation: Derivation, step: Step, said: Collection[str]) -> Iterator[tuple[str, Sentence]]:
    paths = _paths(step)
    if paths:
        yield "", step.because
    for part in paths or (step,):
        output, source = part.through[-1]
        if len(part.through) > 1 and output not in said:
            yield from _reasons(derivation, derivation.step(output), said)
        rules = _rules(part)
        yield from ((rule.title, rule.because) for rule in rules)
        if not rules:
            yield derivation.link(output, source).title, part.because
