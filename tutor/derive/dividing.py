"""Quotients: terms over one divisor, fractions inside fractions, and a choice by a one-hot row."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from tutor.core.layout import SCALAR
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.nodes import Call, Chain, Filled, Flip, Node, Plus, Times
from tutor.derive.polynomials import from_polynomial, polynomial
from tutor.derive.terms import Rewrite, is_number
from tutor.ops import elementwise, normalising, reductions

_POSITIVE: Final = (normalising.Softmax, elementwise.Exp, elementwise.Sigmoid)


def one_fraction(algebra: Algebra, node: Node) -> Node | None:
    """Terms put over the sum that divides one of them; and n (1 + q/n) below a fraction as n + q."""
    if isinstance(node, Times):
        return _without_inner_fraction(algebra, node)
    assert isinstance(node, Plus)
    if (partly := _numbers_joined(algebra, node) or _over_both(algebra, node)) is not None:
        return partly
    for divisor in dict.fromkeys(base for _, term in node.terms if isinstance(term, Times)
                                 for base, power in term.factors if power == -1 and isinstance(base, Plus)):
        above = [(c, _multiplied_out(algebra, _times_sum(algebra, term, divisor))) for c, term in node.terms]
        total = _shared_out(algebra, algebra.plus(above, node.shape))
        return algebra.times([(total, ONE), (divisor, -ONE)], node.shape)
    return None


def _shared_out(algebra: Algebra, node: Node) -> Node:
    """A sum with what all its terms have as factors in front of it."""
    if not isinstance(node, Plus) or not node.terms:
        return node
    factors = [dict(term.factors) if isinstance(term, Times) else {term: ONE} for _, term in node.terms]
    shared = [(base, min(power[base] for power in factors)) for base, first in factors[0].items() if all(
        power.get(base, Fraction(0)) * first > 0 for power in factors) and first > 0 and not isinstance(base, Filled)]
    fork = algebra.fork()
    rest = [(c, fork.times([(term, ONE), *((base, -power) for base, power in shared)], node.shape))
            for c, term in node.terms]
    return algebra.times([*shared, (algebra.plus(rest, node.shape), ONE)], node.shape) if shared else node


def _multiplied_out(algebra: Algebra, node: Node) -> Node:
    """A product with one short sum in it as a sum of products."""
    sums = [base for base, power in node.factors if isinstance(base, Plus) and power == 1] if isinstance(
        node, Times) else []
    if len(sums) != 1 or len(sums[0].terms) > 2:
        return node
    rest = algebra.fork().times([(node, ONE), (sums[0], -ONE)], node.shape)
    return algebra.plus(algebra.times_each([(rest, ONE)], sums[0], node.shape), node.shape)


def _times_sum(algebra: Algebra, term: Node, total: Plus) -> Node:
    """A term times a sum, multiplied out where nothing is divided by the sum."""
    product = algebra.times([(term, ONE), (total, ONE)], term.shape)
    if isinstance(product, Times) and dict(product.factors).get(total) == 1:
        return algebra.plus(algebra.times_each([(term, ONE)], total, term.shape), term.shape)
    return product


def _without_inner_fraction(algebra: Algebra, node: Times) -> Node | None:
    for summed, power in node.factors:
        if power != 1 or not isinstance(summed, Call) or not isinstance(summed.operation, reductions.Sum):
            continue
        (inner,) = summed.operands
        for base, exponent in node.factors:
            if exponent >= 0 or base.shape != SCALAR or not isinstance(inner, Times):
                continue
            taken = algebra.times([(inner, ONE), (base, exponent)], inner.shape)
            joined = _without_inner_fraction(algebra, taken) if isinstance(taken, Times) else None
            if joined is not None and base not in dict(joined.factors if isinstance(joined, Times) else ()):
                kept = [factor for factor in node.factors if factor[0] not in (summed, base)]
                return algebra.times([(algebra.number(node.coefficient), ONE), *kept,
                                      (algebra.reduce(joined, SCALAR), ONE)], node.shape)
    for total, power in node.factors:
        if power == 1 and isinstance(total, Plus) and len(total.terms) == 2 and (
                joined := one_fraction(algebra, total)) is not None:
            kept = [factor for factor in node.factors if factor[0] != total]
            return algebra.times([(algebra.number(node.coefficient), ONE), *kept, (joined, ONE)], node.shape)
    for total, power in node.factors:
        if power != -1 or not isinstance(total, Plus):
            continue
        for base, other in node.factors:
            if other <= -1 and base.shape in (SCALAR, total.shape) and any(
                    dict(term.factors).get(base, ONE) < 0 for _, term in total.terms if isinstance(term, Times)):
                kept = [(b, p + 1 if b == base else p) for b, p in node.factors if b != total]
                inner = algebra.plus([(c, algebra.times([(term, ONE), (base, ONE)], term.shape))
                                      for c, term in total.terms], total.shape)
                return algebra.times([(algebra.number(node.coefficient), ONE), *kept, (inner, -ONE)], node.shape)
    return None


def _numbers_joined(algebra: Algebra, node: Plus) -> Node | None:
    """A number among the terms put over the divisor of another, where that leaves a single one above: e/(1 − e) + 1."""
    numbers = [(c, term) for c, term in node.terms if isinstance(term, Filled) or is_number(term)]
    if len(numbers) != 1 or len(node.terms) < 3:
        return None
    for c, term in node.terms:
        for base, power in term.factors if isinstance(term, Times) else ():
            if power == -1 and isinstance(base, Plus):
                pair = (numbers[0], (c, term))
                above = algebra.plus([(d, _multiplied_out(algebra, _times_sum(algebra, part, base)))
                                      for d, part in pair], node.shape)
                if len(algebra.terms(above)) == 1:
                    joined = algebra.times([(above, ONE), (base, -ONE)], node.shape)
                    return algebra.plus([*(t for t in node.terms if t not in pair), (ONE, joined)], node.shape)
    return None


def _over_both(algebra: Algebra, node: Plus) -> Node | None:
    """Two terms over the product of their divisors, where one thing is left above: 1 / (1 − r) + 1 / (1 + r)."""
    divided = [(c, term, base) for c, term in node.terms if isinstance(term, Times)
               for base, power in term.factors if power == -1 and isinstance(base, Plus)]
    for i, (c, one, below) in enumerate(divided):
        for d, two, other in divided[i + 1 :]:
            if below == other or one == two or below.shape != other.shape:
                continue
            terms = [*_over(algebra, c, one, below, other), *_over(algebra, d, two, other, below)]
            above = algebra.plus(terms, node.shape)
            if len(algebra.terms(above)) == 1:
                bases: dict[Node, int] = {}
                product = polynomial(algebra.times([(below, ONE), (other, ONE)], below.shape), bases)
                divisors: list[tuple[Node, Fraction]] = [(below, -ONE), (other, -ONE)]
                if product is not None and len(product) == 2:
                    divisors = [(from_polynomial(algebra, product, list(bases), below.shape), -ONE)]
                others = [t for t in node.terms if t[1] not in (one, two)]
                return algebra.plus([*others, (ONE, algebra.times([(above, ONE), *divisors], node.shape))], node.shape)
    return None


def _over(algebra: Algebra, number: Fraction, term: Node, below: Node, other: Plus) -> list[tuple[Fraction, Node]]:
    """What a term over one divisor is above the product of that and another, multiplied out."""
    rest = algebra.times([(term, ONE), (below, ONE)], term.shape)
    return [(number * c, product) for c, product in algebra.times_each([(rest, ONE)], other, term.shape)]


def one_hot(algebra: Algebra, node: Node) -> Node | None:
    """Beside a one-hot row y the number Σ y ∘ p is p: y is 0 in every other place.

    Below a fraction only where p is 0 nowhere, or is above it as well: else 0 / 0 stands where y is 0.
    """
    assert isinstance(node, Times)
    powers = dict(node.factors)
    for chosen, power in node.factors:
        if power < 1 or (name := algebra.chooses(chosen)) is None:
            continue
        for total, exponent in node.factors:
            among = _chosen_from(algebra, total, chosen)
            if among is None or among.shape != chosen.shape:
                continue
            divides = powers.get(among, Fraction(0)) + exponent < 0 and not _is_never_zero(algebra, among)
            positive = algebra.facts.positive_name(among) if divides else ""
            if divides and not positive:
                continue
            kept = [factor for factor in node.factors if factor[0] != total]
            after = algebra.times([(algebra.number(node.coefficient), ONE), *kept, (among, exponent)], node.shape)
            algebra.log.append(Rewrite("one-hot", (node,), after, name, (positive,) if positive else ()))
            return after
    return None


def _is_never_zero(algebra: Algebra, node: Node) -> bool:
    """Whether no entry of a node can be 0: of a softmax, an exponential, or what has the name of one."""
    inner = node.inner if isinstance(node, Flip) else node
    meant = [inner, *(formula for formula, name in algebra.names.items() if name == inner)]
    return any(isinstance(formula, Call) and isinstance(formula.operation, _POSITIVE) for formula in meant)


def _chosen_from(algebra: Algebra, total: Node, chosen: Node) -> Node | None:
    """What y chooses from, p of the sum of y ∘ p, in the shape of y."""
    match total:
        case Chain(factors=(left, right)) if total.shape == SCALAR and 1 in chosen.shape:
            for one, other in ((left, right), (right, left)):
                for turned in (one, algebra.flip(one)):
                    if turned == chosen:
                        return other if other.shape == chosen.shape else algebra.flip(other)
        case Call(operation=reductions.Sum() | reductions.RowSum(), operands=(Times() as entries,)):
            along_rows = isinstance(total.operation, reductions.RowSum) or chosen.shape[0] == 1
            if dict(entries.factors).get(chosen) == 1 and entries.shape == chosen.shape and along_rows:
                return algebra.fork().times([(entries, ONE), (chosen, -ONE)], entries.shape)
    return None
