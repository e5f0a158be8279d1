"""From a correct formula to the one a textbook prints: try the identities, keep what is shorter.

At every node the candidates are: as it is, common factors taken out, one product distributed over a sum, all of them
distributed. The cheapest by :func:`cost` stays; its identities are logged, those of the others are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from tutor.derive.algebra import ONE, Algebra, Rewrite
from tutor.derive.axes import Factors, averaged
from tutor.derive.collecting import Way, ways
from tutor.derive.multiplying_out import multiplied_out
from tutor.derive.nodes import Call, Chain, Filled, Flip, Node, Plus, Times, common_size
from tutor.derive.rewrites import REWRITES
from tutor.derive.terms import is_number
from tutor.derive.tried import Form, Trial

ROUNDS: Final = 4
"""How often the whole formula is gone over; two are enough for everything seen so far."""

MOST_COLLECTS: Final = 50
"""How many sums inside sums one pass looks into; the longest textbook formula seen needs 30."""

DEEPEST: Final = 6
"""How deep inside one another such sums may lie."""

_POWER: Final = 1.05
"""A power counts a little more than a product: people write h ∘ (1 − h), not h − h²."""


_UNITS: Final = ((1, 1), (-1, 1))


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
    parts = sum(cost(b) + _POWER * (not _is_unit(p)) for b, p in shown)
    size = not _is_unit(coefficient)
    lone = bool(shown) and not size and all(p < 0 for _, p in shown)
    return parts + max(0, len(shown) - 1) + (size and bool(shown)) + lone + 0.01 * (not shown)


def _term_cost(coefficient: Fraction, term: Node) -> float:
    """The cost of a term of a sum with its coefficient; a sign is free."""
    if _is_unit(coefficient) or is_number(term):
        return cost(term)
    if isinstance(term, Plus):
        return cost(term) + 1
    return _product_cost(*averaged(coefficient, term.factors if isinstance(term, Times) else ((term, ONE),)))


def _is_unit(number: Fraction) -> bool:
    """Whether a number is 1 or −1."""
    return number.as_integer_ratio() in _UNITS


def simplify(algebra: Algebra, node: Node) -> Node:
    """The shortest form found, its identities added to the algebra's log."""
    algebra.tried.start(algebra.facts, algebra.names, algebra.meanings)
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
    done = search.done.get(node)
    if done is not None:
        return done
    if node in algebra.tried.settled:
        return node
    inside = rebuilt(algebra, node, lambda member: _pass(algebra, member, search))
    best, least = inside, cost(inside)
    log: Sequence[Rewrite] = ()
    for candidate, used in _candidates(algebra, inside, search):
        # Of two as short the one with a name is preferred: what has the same name meets.
        preferred = 1e-9 if used[0].identity == "own name" and best is inside else -1e-9
        if (length := cost(candidate)) < least + preferred:
            best, least, log = candidate, length, used
    algebra.log.extend(log)
    search.done[node] = best
    if best is node and search.collects and not search.depth:
        algebra.tried.settled.add(node)
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


def _candidates(algebra: Algebra, node: Node, search: _Search) -> Iterator[Form]:
    """Other forms of a node, each with the identities that lead to it."""
    key, trials = (node.exact, node), algebra.tried.trials
    trial = trials.get(key)
    if trial is None:
        trial = trials[key] = _trial(algebra, node)
    yield from trial.rewritten
    yield from _collected(algebra, trial.ways, search)
    for (spread, log), after in zip(trial.spread, trial.ways_after, strict=True):
        yield spread, log
        for again, more in _collected(algebra, after, search):
            yield again, (*log, *more)


def _trial(algebra: Algebra, node: Node) -> Trial:
    """What depends on nothing but the node."""
    spread = tuple(multiplied_out(algebra, node))
    is_product = isinstance(node, Times | Chain)
    return Trial(tuple(_rewritten(algebra, node)), _ways(algebra, node), spread,
                 tuple(_ways(algebra, after) if is_product else () for after, _ in spread))


def _ways(algebra: Algebra, node: Node) -> tuple[Way, ...]:
    """The common factors of a node that is a sum."""
    if not isinstance(node, Plus):
        return ()
    key, known = (node.exact, node), algebra.tried.ways
    if key not in known:
        known[key] = tuple(ways(algebra, node))
    return known[key]


def _rewritten(algebra: Algebra, node: Node) -> Iterator[Form]:
    """The forms of a node by one identity."""
    for identity, rewriting in REWRITES.items():
        if isinstance(node, rewriting.kinds):
            fork = algebra.fork()
            after = rewriting.other(fork, node)
            if after is not None:
                said = fork.log and (fork.log[-1].identity, fork.log[-1].before) == (identity, (node,))
                yield after, (*(() if said else (Rewrite(identity, (node,), after),)), *fork.log)


def _collected(algebra: Algebra, ways: tuple[Way, ...], search: _Search) -> Iterator[Form]:
    """A sum with one common factor taken out of the terms that have it, and what is left made short."""
    for way in ways:
        if not isinstance(way.inner, Plus) or search.collects <= 0 or search.depth >= DEEPEST:
            yield way.taken_out(algebra, way.inner)
            continue
        search.collects -= 1
        search.depth += 1
        fork = algebra.fork()
        inner = _pass(fork, way.inner, search)
        search.depth -= 1
        yield way.taken_out(algebra, inner, fork.log)
