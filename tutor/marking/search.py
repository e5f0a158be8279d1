"""The smallest edits that make a wrong formula right.

From the leaves up, each piece of the formula gets the list of what it becomes with one edit inside, and with two: an
edit of its own, or one of its parts edited. What a piece is made of is computed once, so that of a formula with ten
pieces a few thousand variants cost some tens of milliseconds. A variant whose value at one point is the answer is then
tried at all points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from tutor.core.errors import TutorError
from tutor.core.expression import Expression
from tutor.marking.edit import Edit
from tutor.marking.edits import LIKELY, edits
from tutor.marking.points import Point
from tutor.marking.stock import Stock
from tutor.marking.trees import Tree, fingerprint, make, near

MOST_SHOWN: Final = 8
"""Repairs of one size that are told."""

MOST_VARIANTS: Final = 30_000
"""Variants after which a search ends: they take a tenth of a second or two."""

_LARGEST: Final = 150
"""Pieces of a formula that are searched; a longer one is judged, and no edit is looked for."""


class Found(NamedTuple):
    """A repair.

    Attributes:
        edits: One or two.
        formula: The formula with them made.
        turned: Whether it gives the answer transposed.
    """

    edits: tuple[Edit, ...]
    formula: Expression
    turned: bool


class _Variant(NamedTuple):
    tree: Tree
    edits: tuple[Edit, ...]


class Search:
    """One search; ``wanted`` is asked now and then whether anybody still waits for it.

    Args:
        stock: What may be put in, at the point of the search.
        points: All points; the first is that of the search.
        wanted: False when the text has changed.
    """

    def __init__(self, stock: Stock, points: Sequence[Point], wanted: Callable[[], bool] = lambda: True) -> None:
        self._stock, self._points, self._wanted = stock, points, wanted
        self._brief = replace(stock, brief=True)
        self._one: dict[int, list[_Variant]] = {}
        self._each: dict[int, list[_Variant]] = {}
        right = points[0].right
        self._aims = tuple(fingerprint(np.ascontiguousarray(aim)) for aim in (right, right.T))
        self._whole: Tree | None = None
        self._count = 0

    def run(self, tree: Tree) -> tuple[Found, ...]:
        """The smallest repairs, the likeliest first; nothing where none of two edits is enough."""
        if sum(1 for _ in tree.pieces()) > _LARGEST:
            return ()
        self._whole = tree
        found = self._right(self._with_one(tree))
        if found or not self._wanted():
            return found
        return self._right(self._with_two(tree))

    # --- variants ------------------------------------------------------------------------------------------------

    def _with_one(self, tree: Tree) -> list[_Variant]:
        """The piece with one edit in it."""
        known = self._one.get(id(tree))
        if known is None:
            known = [] if self._over() else [
                _Variant(edit.after, (edit,)) for edit in edits(tree, self._stock, tree is self._whole)]
            for place, part in enumerate(tree.parts):
                inside = self._with_one(part)
                known += [_Variant(tree.with_part(place, v.tree), v.edits) for v in inside if not self._over()]
                self._count += len(inside)
            self._count += len(known)
            self._one[id(tree)] = known
        return known

    def _with_one_each(self, tree: Tree) -> list[_Variant]:
        """What is tried together with another edit: the likely ones, of equal values one."""
        known = self._each.get(id(tree))
        if known is None:
            best: dict[object, _Variant] = {}
            likely = (v for v in self._with_one(tree) if not v.edits[0].unlikely)
            for v in sorted(likely, key=_rank):
                best.setdefault((v.tree.print and (*v.tree.print[:2], round(v.tree.print[2], 9))) or id(v), v)
            known = self._each[id(tree)] = list(best.values())
        return known

    def _with_two(self, tree: Tree) -> list[_Variant]:
        """The piece with two edits in it, as far as it then has a value; of equal values the first."""
        whole = tree is self._whole
        best: dict[tuple[int, int, int], _Variant] = {}
        hits: list[_Variant] = []

        def take(changed: Tree, made: tuple[Edit, ...]) -> None:
            self._count += 1
            if changed.print is not None:
                rows, columns, number = changed.print
                if whole:
                    if self._hits(changed):
                        hits.append(_Variant(changed, made))
                elif number == number and abs(number) < 1e12:
                    best.setdefault((rows, columns, round(number * 1e9)), _Variant(changed, made))

        for place, part in enumerate(tree.parts):
            for v in self._with_two(part):
                take(tree.with_part(place, v.tree), v.edits)
            for other in range(place):
                for first in self._with_one_each(tree.parts[other]):
                    for second in self._with_one_each(part):
                        parts = list(tree.parts)
                        parts[other], parts[place] = first.tree, second.tree
                        take(make(tree.kind, tuple(parts), tree.operation), first.edits + second.edits)
                    if self._over():
                        break
        for v in self._with_one_each(tree):
            for edit in edits(v.tree, self._brief, whole):
                if not edit.unlikely:
                    take(edit.after, (*v.edits, edit))
            if self._over():
                break
        return hits if whole else list(best.values())

    def _over(self) -> bool:
        """Whether enough was tried, or nobody waits any more."""
        return self._count > MOST_VARIANTS or not self._wanted()

    # --- which of them are right ---------------------------------------------------------------------------------

    def _hits(self, tree: Tree) -> bool:
        """Whether a formula may be the answer, or the answer turned."""
        return tree.print is not None and any(near(tree.print, aim, self._points[0].scale) for aim in self._aims)

    def _right(self, variants: Sequence[_Variant]) -> tuple[Found, ...]:
        told: dict[Expression, Found] = {}
        for v in sorted(filter(lambda v: self._hits(v.tree), variants), key=_rank):
            try:
                formula = v.tree.formula()
            except TutorError:
                continue
            if formula in told:
                continue
            for is_turned in (False, True):
                if all(p.equal(p.value(formula), p.right.T if is_turned else p.right) for p in self._points):
                    told[formula] = Found(v.edits, formula, is_turned)
                    break
            if len(told) >= MOST_SHOWN:
                break
        straight = [found for found in told.values() if not found.turned]
        return tuple(straight or told.values())


def _rank(variant: _Variant) -> tuple[int, ...]:
    """The likelier a slip is, and the less of the formula it changes, the earlier it is told."""
    kinds = sum(LIKELY.index(edit.kind) + 4 * edit.unlikely for edit in variant.edits)
    changed = sum(sum(1 for _ in edit.after.pieces()) for edit in variant.edits)
    return kinds, changed
