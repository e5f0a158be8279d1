"""What a gradient check says, in words: a verdict of one line, and a sentence on the worst entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tutor.core.comparison import AGREES, DIFFERS, FLOOR, Check, Comparison
from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation, value_of
from tutor.core.problem import Problem
from tutor.core.program import resolve
from tutor.figures.cells import error_text, relative_error_text, tick_text

if TYPE_CHECKING:
    from tutor.derive import Derivation


_SEEN = 1e-9
"""Relative errors below this come from rounding."""


class Verdict(NamedTuple):
    """The result of a check in words.

    Attributes:
        right: Whether all agree; None where some cannot be told, and no other differs.
        headline: One line without a full stop.
        remark: A sentence more.
        worst: The name with the largest relative error, or None.
        brief: The sentence in fewer words, for where room is short; empty where there are none.
    """

    right: bool | None
    headline: str
    remark: str
    worst: str | None
    brief: str = ""


def verdict(check: Check) -> Verdict:
    """The words for a whole check."""
    agree, differ, total = check.count(AGREES), check.count(DIFFERS), check.total
    partly = total < sum(comparison.analytic.size for comparison in check.variables.values())
    measured = "measured " if partly else ""
    limit = f"the limit is {tick_text(check.limit)}"
    worst = check.worst
    if differ:
        assert worst is not None
        remark = f"The worst is {entry_text(worst)}, off by {error_text(worst.max_rel)}; {limit}."
        return Verdict(False, f"{differ} of {total} {measured}{'entries' if total > 1 else 'entry'} "
                              f"{'differ' if differ > 1 else 'differs'}", remark, worst.name)
    if not agree:
        return Verdict(None, "Cannot tell at this point", _unclear(check), None)
    assert worst is not None
    remark = f"Worst relative error {error_text(worst.max_rel)}, in {worst.name}; {limit}."
    if agree < total:
        headline = f"{agree} of {total} {'agree' if agree > 1 else 'agrees'}, {total - agree} cannot be told"
        return Verdict(None, headline, _unclear(check), worst.name)
    if partly:
        return Verdict(True, f"All {total} entries that were measured agree", _unclear(check), worst.name)
    headline = f"All {total} entries agree" if total > 1 else "The one entry agrees"
    brief = f"Worst {error_text(worst.max_rel)} in {worst.name}; limit {tick_text(check.limit)}."
    return Verdict(True, headline, remark, worst.name, brief)


def rests_on_broken(derivation: Derivation | None, problem: Problem) -> bool:
    """Whether the derived formula uses a promise that the numbers break."""
    broken = {(promise.name, promise.fact) for promise in problem.broken}
    return derivation is not None and any((promise.name, promise.fact) in broken for promise in derivation.promises)


def about_formula(derivation: Derivation, evaluation: Evaluation) -> tuple[str, bool]:
    """What a broken promise does to the derived formula; the check is about the backward pass, which uses none.

    Returns:
        A sentence, and whether the formula is right all the same.
    """
    said = "The check is of the backward pass, which uses no promise; the formula uses a broken one"
    right = evaluation.gradients.get(derivation.wrt)
    try:
        found = value_of(resolve(derivation.gradient, evaluation.problem.dims), evaluation.values)
    except (TutorError, KeyError, np.linalg.LinAlgError):
        return f"{said}.", False  # it is long and names cotangents on the way, or has no value here
    if right is None or found.shape != right.shape:
        return f"{said}.", False
    gaps = np.abs(found - right)
    row, column = (int(place) for place in np.unravel_index(int(np.argmax(gaps)), gaps.shape))
    if gaps[row, column] <= _SEEN * max(float(np.abs(right).max()), FLOOR):
        return f"{said}, but is right all the same.", True
    slope = place_text(derivation.wrt, (row, column), right.shape)
    return f"{said}: at {slope} it is off by {relative_error_text(float(gaps[row, column]))}.", False


def told_text(error: float) -> str:
    """An error, or a dash where nothing could be compared."""
    return "–" if error != error else error_text(error)


def entry_text(comparison: Comparison) -> str:
    """The worst entry by name: ``W1[2, 3]``, ``x[4]``, ``s``; of a Jacobian ``∂y[2]/∂x[4]``."""
    return _slope_text(comparison, comparison.worst)


def _slope_text(comparison: Comparison, place: tuple[int, int]) -> str:
    ends = comparison.ends
    if ends is None:
        return place_text(comparison.name, place, comparison.analytic.shape)
    row, column = (divmod(at, shape[1]) for at, shape in zip(place, (ends.outputs, ends.inputs), strict=True))
    return f"∂{place_text(ends.output, row, ends.outputs)}/∂{place_text(comparison.name, column, ends.inputs)}"


def place_text(name: str, place: tuple[int, int], shape: tuple[int, ...]) -> str:
    """An entry of a matrix, row or column, counted from 1."""
    indices = [str(k + 1) for k, size in zip(place, shape, strict=True) if size > 1]
    return f"{name}[{', '.join(indices)}]" if indices else name


def _unclear(check: Check) -> str:
    """Why some entries cannot be told, by the first of them."""
    for comparison in check.variables.values():
        for place, reason in comparison.reasons.items():
            return f"Cannot tell at {_slope_text(comparison, place)}: {reason}."
        if comparison.measured < comparison.analytic.size:
            return (f"{comparison.name} is very large; {comparison.measured} of its "
                    f"{comparison.analytic.size} entries were measured.")
    return ""


def table(check: Check) -> list[str]:
    """The check as lines of text: one a name, then the verdict."""
    rows = [("", "entries", "max abs", "max rel", "worst", "")]
    rows += [
        (name, str(c.analytic.size), told_text(c.max_abs), told_text(c.max_rel), entry_text(c), c.verdict)
        for name, c in check.variables.items()
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    aligned = [
        "  ".join(t.rjust(w) if 0 < i < 4 else t.ljust(w) for i, (t, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    words = verdict(check)
    return [*(line.rstrip() for line in aligned), "", f"{words.headline}. {words.remark}"]
