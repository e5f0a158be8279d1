"""What stands under a step in a textbook: the equalities that lead to its formula, and the reason of every rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from tutor.core.expression import Apply, Expression, Number, Variable, apply, variables
from tutor.core.layout import SCALAR
from tutor.derive.rows import Left, Row
from tutor.derive.step import Derivation, Line, Step
from tutor.derive.words import Sentence
from tutor.language import printing
from tutor.ops.linear import Negate


def left_of(derivation: Derivation, name: str) -> Left:
    """``δθ =``, or ``∂L/∂x =`` of what the derivation is by."""
    variable = derivation.program.variable(name)
    if name == derivation.wrt and not derivation.ends_in_matrix:
        return Left(variable, "gradient", derivation.program.output.name)
    return Left(variable)


def told(derivation: Derivation, joined: bool) -> frozenset[str]:
    """The names whose steps are shown; ``joined`` without those that a later step writes out and absorbs."""
    return frozenset(s.of for s in (derivation.shown_steps() if joined else derivation.steps) if s.of)


def working(derivation: Derivation, step: Step, joined: bool = True) -> tuple[Row, ...]:
    """The lines under a step, those of the steps that it writes out before its own; none where it says it all."""
    rows = whole_working(derivation, step, joined)
    said_above = rows[-1].formulas == (step.after,) and rows[-1].reasons == (Sentence(step.title),)
    return rows[:-1] if said_above else rows


def whole_working(derivation: Derivation, step: Step, joined: bool = True) -> tuple[Row, ...]:
    """The lines under a step, those of the steps that it writes out before its own; the last ends in its formula.

    Args:
        derivation: Which it is a step of.
        step: The step; or what one of several paths brings.
        joined: Whether steps that a later one writes out are shown there, and not as their own.
    """
    return tuple(_rows(derivation, step, told(derivation, joined)))


def own_working(derivation: Derivation, step: Step) -> tuple[Row, ...]:
    """The lines under a step, without those of other steps; one at least, and the last ends in its formula."""
    return whole_working(derivation, step, joined=False)


def _rows(derivation: Derivation, step: Step, said: Collection[str]) -> Iterator[Row]:
    """The lines of a step; of the steps it writes out, those that are not said elsewhere come first."""
    assert step.of is not None
    left = left_of(derivation, step.of)
    paths = paths_of(step)
    before: list[str] = []
    for part in paths or (step,):
        absorbed = part.through[-1][0]
        if len(part.through) > 1 and absorbed not in (*said, *before):
            before.append(absorbed)
            yield from _rows(derivation, derivation.step(absorbed), said)
        yield from _part(part, replace(left, along=part.through[-1]) if paths else left)
    if paths:
        lines = step.lines or (Line(step.before, (Sentence(step.title),), step.certificate),)
        yield from _chain(left, lines)
        if lines[-1].formula != step.after:
            yield Row(None, left, (step.after,), (), step.certificate.holds)


def paths_of(step: Step) -> tuple[Step, ...]:
    """What each of several paths brings; nothing where there is one only."""
    return tuple(part for part in step.substeps if part.through)


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
        here = left if reached else Left(rule.inner)
        if ways > 1:  # each is only a part of what arrives
            here = replace(here, way=f"way {inside[: place + 1].count(rule.inner)} of {ways}")
        yield Row(here, here, _equal(rule), (Sentence(rule.title),), rule.certificate.holds)
    if several:
        first, *others = lines or (Line(part.after, (), part.certificate),)
        yield from _chain(left, (Line(first.formula, (Sentence("all ways added"),), first.certificate), *others))
    elif reached and lines and rules[-1].after == lines[0].formula:
        yield from _chain(left, lines[1:], goes_on=True)
    elif lines:
        yield from _chain(left, lines)
    elif not reached:
        title = "the rest has slope 1" if rules else part.title
        yield Row(left, left, (part.after,), (Sentence(title),), part.certificate.holds)


def _chain(left: Left, lines: Sequence[Line], goes_on: bool = False) -> Iterator[Row]:
    for place, line in enumerate(lines):
        yield Row(None if place or goes_on else left, left, (line.formula,), line.reasons, line.certificate.holds)


def _rules(part: Step) -> tuple[Step, ...]:
    """The rules inside a statement of several operations, from the outermost inwards."""
    return tuple(rule for rule in part.substeps if rule.inner is not None)


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


def reasons(derivation: Derivation, step: Step, joined: bool = True) -> tuple[tuple[str, Sentence], ...]:
    """Why: the name of each rule of a step with its reason, in the order of the working; each said once.

    What is said without the name of a rule, as of a sum of paths, comes with none.
    """
    once: dict[tuple[str, str], Sentence] = {}
    for title, why in _reasons(derivation, step, told(derivation, joined)):
        once.setdefault((title, why.template), why)
    # Of a product of equals both sides have the same reason.
    found = tuple({(title, why.text): (title, why) for (title, _), why in once.items()}.values())
    return (("", found[0][1]),) if len(found) == 1 else found


def _reasons(derivation: Derivation, step: Step, said: Collection[str]) -> Iterator[tuple[str, Sentence]]:
    paths = paths_of(step)
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
