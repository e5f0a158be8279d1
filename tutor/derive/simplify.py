"""From a correct formula to the one a textbook prints: try the identities, keep what is shorter.

At every node the candidates are: as it is, common factors taken out, one product distributed over a sum, all of them
distributed. The cheapest by :func:`cost` stays; its identities are logged, those of the others are not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from tutor.derive.algebra import ONE, Algebra, Rewrite
from tutor.derive.axes import Factors, averaged
from tutor.derive.naming import by_name
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, Unit, common_size
from tutor.derive.rewrites import REWRITES
from tutor.derive.terms import is_number
from tutor.ops.forms import Kronecker
from tutor.ops.reductions import ColSum, RowSum, Sum

ROUNDS: Final = 4
"""How often the whole formula is gone over; two are enough for everything seen so far."""

MOST_TERMS: Final = 6
"""Sums with more terms are not multiplied out."""

MOST_PRODUCTS: Final = 36
"""Terms that multiplying out may give: sums beside each other, each short, give as many as their lengths multiplied."""

MOST_COLLECTS: Final = 50
"""How many sums inside sums one pass looks into; the longest textbook formula seen needs 30."""

DEEPEST: Final = 6
"""How deep inside one another such sums may lie."""

MOST_FACTORS: Final = 24
"""Different common factors of one sum that are tried."""


_POWER: Final = 1.05
"""A power counts a little more than a product: people write h ∘ (1 − h), not h − h²."""


def cost(node: Node) -> float:
    """Printed operations, and a hundredth for every name, so that of two equals the one with fewer names wins."""
    if node.cost is None:
        node.cost = _cost(node)
    return node.cost


def _cost(node: Node) -> float:
    match node:
        case Plus(terms=terms):
            signs = max(0, len(terms) - 1)
            if common_size(node) != 1:
                return sum(cost(term) for _, term in terms) + signs + 1
            return sum(_term_cost(c, term) for c, term in terms) + signs
        case Times(coefficient=c, factors=factors):
            return _product_cost(*averaged(c, factors))
        case Chain(factors=factors):
            return sum(cost(f) for f in factors) + len(factors) - 1
        case Flip(inner=inner):
            return 1 + cost(inner)
        case Call(operands=operands):
            return 1 + sum(cost(o) for o in operands)
    return 0.01


def _product_cost(coefficient: Fraction, factors: Factors) -> float:
    """The cost of an elementwise product."""
    shown = [(b, p) for b, p in factors if not isinstance(b, Filled)]
    parts = sum(cost(b) + _POWER * (abs(p) != 1) for b, p in shown)
    size = abs(coefficient) != 1
    lone = bool(shown) and all(p < 0 for _, p in shown) and not size
    return parts + max(0, len(shown) - 1) + (size and bool(shown)) + lone + 0.01 * (not shown)


def _term_cost(coefficient: Fraction, term: Node) -> float:
    """The cost of a term of a sum with its coefficient; a sign is free."""
    if is_number(term):
        return cost(term)
    if isinstance(term, Plus):
        return cost(term) + (abs(coefficient) != 1)
    return _product_cost(*averaged(coefficient, term.factors if isinstance(term, Times) else ((term, ONE),)))


def simplify(algebra: Algebra, node: Node) -> Node:
    """The shortest form found, its identities added to the algebra's log."""
    for _ in range(ROUNDS):
        better = _pass(algebra, node, _Search())
        if better == node:
            break
        node = better
    return node


@dataclass
class _Search:
    """What one pass has found so far, and how much it may still try.

    Attributes:
        done: Node -> its best form: a formula with many equal parts has few different ones.
        collects: How many more sums, left over when a factor is taken out, may be looked into themselves.
        depth: How deep inside such sums it is.
    """

    done: dict[Node, Node] = field(default_factory=dict)
    collects: int = MOST_COLLECTS
    depth: int = 0


def _pass(algebra: Algebra, node: Node, search: _Search) -> Node:
    """One pass from the inside outwards."""
    if node in search.done:
        return search.done[node]
    if node in algebra.settled:
        return node
    inside = rebuilt(algebra, node, lambda member: _pass(algebra, member, search))
    best, log = inside, list[Rewrite]()
    for candidate, used in _candidates(algebra, inside, search):
        # Of two as short the one with a name is preferred: what has the same name meets.
        preferred = 1e-9 if used[0].identity == "own name" and best is inside else -1e-9
        if cost(candidate) < cost(best) + preferred:
            best, log = candidate, used
    algebra.log.extend(log)
    search.done[node] = best
    if best is node and search.collects and not search.depth:
        algebra.settled.add(node)
    return best


def rebuilt(algebra: Algebra, node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each of its members changed."""
    match node:
        case Plus(terms=terms):
            inner = [(c, change(term)) for c, term in terms]
            return node if _same(inner, terms) else algebra.plus(inner, node.shape)
        case Times(coefficient=c, factors=factors):
            powers = [(change(base), p) for base, p in factors]
            if all(new is old for (new, _), (old, _) in zip(powers, factors, strict=True)):
                return node
            return algebra.times([(algebra.number(c), ONE), *powers], node.shape)
        case Chain(factors=factors):
            members = [change(f) for f in factors]
            return node if all(a is b for a, b in zip(members, factors, strict=True)) else algebra.chain(members)
        case Call(operation=operation, operands=operands):
            members = [change(o) for o in operands]
            if all(a is b for a, b in zip(members, operands, strict=True)):
                return node
            return algebra.build(operation, members, node.shape)
    return node


def _same(new: list[tuple[Fraction, Node]], old: tuple[tuple[Fraction, Node], ...]) -> bool:
    return all(a is b for (_, a), (_, b) in zip(new, old, strict=True))


def _candidates(algebra: Algebra, node: Node, search: _Search) -> Iterator[tuple[Node, list[Rewrite]]]:
    """Other forms of a node, each with the identities that lead to it."""
    for identity, rewriting in REWRITES.items():
        if not isinstance(node, rewriting.kinds):
            continue
        fork = algebra.fork()
        after = rewriting.other(fork, node)
        if after is not None:
            yield after, [Rewrite(identity, (node,), after), *fork.log]
    if isinstance(node, Call) and isinstance(node.operation, Sum | RowSum | ColSum):
        yield from _taken_apart(algebra, node)
    if isinstance(node, Plus):
        yield from _collected(algebra, node, search)
        yield from _multiplied_out(algebra, node)
    elif isinstance(node, Times | Chain):
        for spots in _choices(node):
            fork = algebra.fork()
            spread = _distributed(fork, node, spots)
            log = [Rewrite("distribute", (node,), spread), *fork.log]
            yield spread, log
            if isinstance(spread, Plus):
                for again, more in _collected(algebra, spread, search):
                    yield again, log + more


def _taken_apart(algebra: Algebra, node: Call) -> Iterator[tuple[Node, list[Rewrite]]]:
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
        yield after, [Rewrite("distribute", (node,), after), *fork.log]


def _multiplied_out(algebra: Algebra, node: Plus) -> Iterator[tuple[Node, list[Rewrite]]]:
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
    yield total, [Rewrite("distribute", (node,), total), *fork.log]


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


def _collected(algebra: Algebra, node: Plus, search: _Search) -> Iterator[tuple[Node, list[Rewrite]]]:
    """A sum with one common factor taken out of the terms that have it."""
    found: dict[tuple[str, Node], list[int]] = {}
    for i, (_, term) in enumerate(node.terms):
        for taken in dict.fromkeys((*_takeable(term), *(() if algebra.joins_diagonals else _of_jacobian(term)))):
            found.setdefault(taken, []).append(i)
    shared = [(*taken, places) for taken, places in found.items() if len(places) > 1]
    for side, factor, places in shared[:MOST_FACTORS]:
        fork = algebra.fork()
        rest = [(c, _without(fork, term, side, factor)) for i, (c, term) in enumerate(node.terms) if i in places]
        shapes = {part.shape for _, part in rest}
        if len(shapes) > 1:
            if "⊗" in side:
                continue
            rest = [(c, fork.spread(part, node.shape)) for c, part in rest]
        inner = fork.plus(rest, rest[0][1].shape)
        if isinstance(inner, Plus) and search.collects > 0 and search.depth < DEEPEST:
            search.collects -= 1
            search.depth += 1
            inner = _pass(fork, inner, search)
            search.depth -= 1
        match side:
            case "left":
                joined = fork.chain([factor, inner])
            case "right":
                joined = fork.chain([inner, factor])
            case "⊗ left":
                joined = fork.kronecker(factor, inner)
            case "⊗ right":
                joined = fork.kronecker(inner, factor)
            case _:
                joined = fork.times([(factor, ONE), (inner, ONE)], node.shape)
        others = [t for i, t in enumerate(node.terms) if i not in places]
        result = fork.plus([*others, (ONE, joined)], node.shape) if others else joined
        yield result, [Rewrite("collect", (node,), result), *fork.log]


def _takeable(term: Node) -> Iterable[tuple[str, Node]]:
    """The factors a term could give away: outermost members of a chain, members of a product, itself."""
    if isinstance(term, Chain):
        yield ("left", term.factors[0])
        yield ("right", term.factors[-1])
    elif isinstance(term, Times):
        for base, power in term.factors:
            if not isinstance(base, Filled):
                yield ("times", base if power == 1 else Times(ONE, ((base, power),), base.shape))
                if power > 1:
                    yield ("times", base)
                if power < -1:
                    yield ("times", Times(ONE, ((base, -ONE),), base.shape))
        chain = _giving_chain(term)
        if chain is not None:
            yield ("left", chain.factors[0])
            yield ("right", chain.factors[-1])
    elif not isinstance(term, Filled):
        yield ("times", term)


def _of_jacobian(term: Node) -> Iterable[tuple[str, Node]]:
    """What only a term of a Jacobian gives away: a factor of A ⊗ B; or itself, as D − D K is D (I − K)."""
    if isinstance(term, Call) and isinstance(term.operation, Kronecker):
        yield ("⊗ left", term.operands[0])
        yield ("⊗ right", term.operands[1])
    if isinstance(term, Atom | Flip | Call) and term.shape[0] == term.shape[1] != 1:
        yield ("left", term)
        yield ("right", term)


def _giving_chain(term: Times) -> Chain | None:
    """The one matrix product among numbers only, whose ends can be taken out of the term."""
    matrices = [(base, power) for base, power in term.factors if base.shape != (1, 1)]
    if len(matrices) == 1 and matrices[0][1] == 1 and isinstance(matrices[0][0], Chain):
        return matrices[0][0]
    return None


def _without(algebra: Algebra, term: Node, side: str, factor: Node) -> Node:
    """What is left of a term when a factor is taken out."""
    if side == "times":
        rest = algebra.times([(term, ONE), (factor, -ONE)], term.shape)
        algebra.log.clear()
        return rest
    if "⊗" in side:
        assert isinstance(term, Call)
        return term.operands[1 if side == "⊗ left" else 0]
    if term == factor:
        return Unit(term.shape)
    if isinstance(term, Chain):
        return algebra.chain(term.factors[1:] if side == "left" else term.factors[:-1])
    assert isinstance(term, Times)
    chain = _giving_chain(term)
    assert chain is not None
    scalars = [(b, p) for b, p in term.factors if b is not chain]
    inner = algebra.chain(chain.factors[1:] if side == "left" else chain.factors[:-1])
    return algebra.times([(algebra.number(term.coefficient), ONE), *scalars, (inner, ONE)], inner.shape)
