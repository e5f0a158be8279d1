"""Products with the sums in them multiplied out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from tutor.derive.algebra import ONE, Algebra, Rewrite
from tutor.derive.naming import by_name
from tutor.derive.nodes import Call, Chain, Node, Plus, Times
from tutor.derive.tried import Form
from tutor.ops.reductions import ColSum, RowSum, Sum

MOST_TERMS: Final = 6
"""Sums with more terms are not multiplied out."""

MOST_PRODUCTS: Final = 36
"""Terms that multiplying out may give: sums beside each other, each short, give as many as their lengths multiplied."""


def multiplied_out(algebra: Algebra, node: Node) -> Iterator[Form]:
    """Forms of a node with products multiplied out: its own, or those among its terms or inside its sum."""
    if isinstance(node, Plus):
        yield from _terms(algebra, node)
    elif isinstance(node, Times | Chain):
        for spots in _choices(node):
            fork = algebra.fork()
            spread = _distributed(fork, node, spots)
            yield spread, (Rewrite("distribute", (node,), spread), *fork.log)
    elif isinstance(node, Call) and isinstance(node.operation, Sum | RowSum | ColSum):
        yield from _taken_apart(algebra, node)


def _taken_apart(algebra: Algebra, node: Call) -> Iterator[Form]:
    """A sum of entries with the product inside multiplied out, so that parts of it may be known."""
    (inner,) = node.operands
    if not isinstance(inner, Times):
        return
    for spots in _choices(inner):
        fork = algebra.fork()
        spread = _distributed(fork, inner, spots)
        after = fork.reduce(spread, node.shape)
        named = [(c, term if (name := by_name(fork, term)) is None else name) for c, term in fork.terms(after)]
        after = fork.plus(named, node.shape)
        whole = by_name(fork, after) if isinstance(after, Plus) else None
        after = after if whole is None else whole
        yield after, (Rewrite("distribute", (node,), after), *fork.log)


def _terms(algebra: Algebra, node: Plus) -> Iterator[Form]:
    """A sum with all the products among its terms multiplied out, so that terms can meet and cancel."""
    fork = algebra.fork()
    terms = []
    left = MOST_PRODUCTS
    for c, term in node.terms:
        spots = max(_choices(term, left), key=len, default=()) if isinstance(term, Times | Chain) else ()
        left -= _products(term, spots) if spots and isinstance(term, Times | Chain) else 0
        terms.append((c, _distributed(fork, term, spots) if spots and isinstance(term, Times | Chain) else term))
    if all(new is old for (_, new), (_, old) in zip(terms, node.terms, strict=True)):
        return
    total = fork.plus(terms, node.shape)
    yield total, (Rewrite("distribute", (node,), total), *fork.log)


def _choices(node: Times | Chain, most: int = MOST_PRODUCTS) -> Iterator[tuple[int, ...]]:
    """Which sums inside a product to multiply out: each alone, then all, as long as that gives few terms."""
    members = [b if p == 1 else None for b, p in node.factors] if isinstance(node, Times) else list(node.factors)
    spots = tuple(i for i, m in enumerate(members) if isinstance(m, Plus) and len(m.terms) <= MOST_TERMS)
    found = [(i,) for i in spots] + ([spots] if len(spots) > 1 else [])
    yield from (choice for choice in found if _products(node, choice) <= most)


def _products(node: Times | Chain, spots: tuple[int, ...]) -> int:
    """How many terms a product gives with the sums at some places multiplied out."""
    members = (node.factors[i][0] if isinstance(node, Times) else node.factors[i] for i in spots)
    return math.prod(len(member.terms) for member in members if isinstance(member, Plus))


def _distributed(algebra: Algebra, node: Times | Chain, spots: tuple[int, ...]) -> Node:
    """A product with the sums at some places multiplied out."""
    products: list[tuple[Fraction, dict[int, Node]]] = [(ONE, {})]
    for spot in spots:
        member = node.factors[spot][0] if isinstance(node, Times) else node.factors[spot]
        assert isinstance(member, Plus)
        products = [(c * d, {**chosen, spot: term}) for c, chosen in products for d, term in member.terms]
    terms = []
    for c, chosen in products:
        if isinstance(node, Times):
            factors = [(chosen.get(i, base), p) for i, (base, p) in enumerate(node.factors)]
            terms.append((c * node.coefficient, algebra.times(factors, node.shape)))
        else:
            terms.append((c, algebra.chain([chosen.get(i, f) for i, f in enumerate(node.factors)])))
    return algebra.plus(terms, node.shape)
