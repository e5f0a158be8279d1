"""The way from a rule to the formula a textbook prints, one equality a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tutor.core.expression import Apply, Expression, Variable, apply
from tutor.derive.algebra import Algebra, Rewrite
from tutor.derive.nodes import Node
from tutor.derive.simplify import rebuilt
from tutor.derive.step import Certificate, Line
from tutor.derive.words import Sentence

Said = tuple[Expression, tuple[Sentence, ...]]
"""A formula, and what turned the one before into it."""


@dataclass(frozen=True)
class Way:
    """How formulas are written and checked on the way.

    Attributes:
        algebra: In which they were made short.
        shown: A node as a formula.
        named: What a reader calls an identity where it is used.
        checked: A formula against what all lines are equal to.
    """

    algebra: Algebra
    shown: Callable[[Node], Expression]
    named: Callable[[Rewrite], Sentence]
    checked: Callable[[Expression], Certificate]

    def lines(self, said: Sequence[Said], start: Node, log: Sequence[Rewrite], after: Expression) -> tuple[Line, ...]:
        """The lines from what is said first over the identities to the end; none where nothing lies between.

        A line that cannot be certified is left out, and what led to it is said at the next.

        Args:
            said: The first formulas, each with its reasons.
            start: The last of them, before it was made short.
            log: The identities that made it short.
            after: What it became.
        """
        found: list[Line] = []
        waiting: tuple[Sentence, ...] = ()
        for formula, reasons in (*said, *self._made_short(start, log), (after, ())):
            waiting = tuple(dict.fromkeys((*waiting, *reasons)))
            if found and found[-1].formula == formula:
                found[-1] = Line(formula, tuple(dict.fromkeys((*found[-1].reasons, *waiting))), found[-1].certificate)
            elif (certificate := self.checked(formula)).holds:
                found.append(Line(formula, waiting, certificate))
            else:
                continue
            waiting = ()
        return tuple(found) if len(found) > 1 else ()

    def _made_short(self, node: Node, log: Sequence[Rewrite]) -> Iterator[Said]:
        """The whole formula after each identity that can be found in it; the others are said with the one before."""
        reasons: tuple[Sentence, ...] = ()
        for rewrite in log:
            reasons = (*reasons, self.named(rewrite))
            after = _replaced(self.algebra.fork(), node, rewrite) if len(rewrite.before) == 1 else node
            if after != node:
                yield self.shown(node), reasons[:-1]
                node, reasons = after, reasons[-1:]
        yield self.shown(node), reasons


def written_out(formula: Expression, symbol: Variable, meaning: Expression) -> Expression:
    """A formula with what a symbol stands for in its place."""
    if formula == symbol:
        return meaning
    if not isinstance(formula, Apply):
        return formula
    return apply(formula.operation, *(written_out(operand, symbol, meaning) for operand in formula.operands))


def _replaced(algebra: Algebra, node: Node, rewrite: Rewrite) -> Node:
    """A formula with one of its parts rewritten wherever it stands."""
    if node == rewrite.before[0]:
        return rewrite.after
    return rebuilt(algebra, node, lambda member: _replaced(algebra, member, rewrite))
