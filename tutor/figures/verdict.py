"""What a gradient check says, in words: a verdict of one line, and a sentence on the worst entry."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.comparison import AGREES, DIFFERS, Check, Comparison
from tutor.figures.cells import error_text, tick_text


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a check in words.

    Attributes:
        right: Whether nothing differs and something could be told.
        headline: One line without a full stop.
        remark: A sentence more.
        worst: The name with the largest relative error, or None.
    """

    right: bool
    headline: str
    remark: str
    worst: str | None


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
        return Verdict(False, "Cannot tell at this point", _unclear(check), None)
    assert worst is not None
    remark = f"Worst relative error {error_text(worst.max_rel)}, in {worst.name}; {limit}."
    if agree < total:
        agrees = "agree" if agree > 1 else "agrees"
        headline = f"{agree} of {total} {measured}entries {agrees}, the rest cannot be told"
        return Verdict(True, headline, _unclear(check), worst.name)
    if partly:
        return Verdict(True, f"All {total} entries that were measured agree", _unclear(check), worst.name)
    headline = f"All {total} entries agree" if total > 1 else "The one entry agrees"
    return Verdict(True, headline, remark, worst.name)


def told_text(error: float) -> str:
    """An error, or a dash where nothing could be compared."""
    return "–" if error != error else error_text(error)


def entry_text(comparison: Comparison) -> str:
    """The worst entry by name: ``W1[2, 3]``, ``x[4]``, ``s``."""
    return place_text(comparison.name, comparison.worst, comparison.analytic.shape)


def place_text(name: str, place: tuple[int, int], shape: tuple[int, ...]) -> str:
    """An entry of a matrix, row or column, counted from 1."""
    indices = [str(k + 1) for k, size in zip(place, shape, strict=True) if size > 1]
    return f"{name}[{', '.join(indices)}]" if indices else name


def _unclear(check: Check) -> str:
    """Why some entries cannot be told, by the first of them."""
    for comparison in check.variables.values():
        for place, reason in comparison.reasons.items():
            return f"Cannot tell at {place_text(comparison.name, place, comparison.analytic.shape)}: {reason}."
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
