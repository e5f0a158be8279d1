"""Quotients of exponentials that have a name: σ, tanh and softmax."""

from __future__ import annotations

from fractions import Fraction

from tutor.core.layout import SCALAR
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.growing import is_exponential, is_ones, number_and_exponential
from tutor.derive.nodes import Call, Node, Plus, Times
from tutor.ops import elementwise, normalising


def logistic(algebra: Algebra, node: Node) -> Node | None:
    """Exponentials over 1 + exp(a): σ(a), and σ(−a); and 1 − σ(−a)."""
    if isinstance(node, Plus):
        return _complement(algebra, node)
    if not isinstance(node, Times):
        return None
    for base, power in node.factors:
        if power == 1 and (turned := _with_its_digits(algebra, node, base)) is not None:
            kept = [factor for factor in node.factors if factor[0] != base]
            return algebra.times([(algebra.number(node.coefficient), ONE), *kept, (turned, ONE)], node.shape)
        if power == -1 and (of_two := _share(algebra, node, base)) is not None:
            return of_two
        found = number_and_exponential(base)
        if found is None or found[:2] != (ONE, ONE) or power.denominator != 1 or power > 0:
            continue
        exponential = found[2]
        (inner,) = exponential.members
        above = dict(node.factors).get(exponential, Fraction(0))
        taken = min(-power, max(above, Fraction(0)))
        kept = [(b, p - taken if b == exponential else p) for b, p in node.factors if b != base]
        sides = _sigmoid(algebra, inner), _sigmoid(algebra, algebra.scaled(-ONE, inner))
        return algebra.times([(algebra.number(node.coefficient), ONE), *((b, p) for b, p in kept if p),
                              (sides[0], taken), (sides[1], -power - taken)], node.shape)
    return None


def _share(algebra: Algebra, node: Times, below: Node) -> Node | None:
    """exp(a) / (exp(a) + exp(b)) = σ(a − b)."""
    found = _two_exponents(below)
    if found is None or found[1] != found[3]:
        return None
    powers = dict(node.factors)
    for inner, other in ((found[0], found[2]), (found[2], found[0])):
        above = Call(elementwise.Exp(), (inner,), inner.shape)
        if powers.get(above) == 1:
            difference = algebra.plus([(ONE, inner), (-ONE, other)], node.shape)
            kept = [(base, power) for base, power in node.factors if base not in (above, below)]
            number = algebra.number(node.coefficient / found[1])
            return algebra.times([(number, ONE), *kept, (_sigmoid(algebra, difference), ONE)], node.shape)
    return None


def one_exponential(algebra: Algebra, node: Node) -> Node | None:
    """exp(−a) / (c + d exp(−a)) as 1 / (c exp(a) + d), which is a number wherever exp(a) is one or is too large."""
    assert isinstance(node, Times)
    for above, power in node.factors:
        if power != 1 or not is_exponential(above):
            continue
        (inner,) = above.members
        if not isinstance(inner, Times) or inner.coefficient > 0:
            continue
        for below, exponent in node.factors:
            found = number_and_exponential(below)
            if exponent != -1 or found is None or found[2] != above:
                continue
            c, d, _ = found
            one = algebra.spread(algebra.number(ONE), below.shape)
            total = algebra.plus([(c, algebra.opposite_exponential(above)), (d, one)], below.shape)
            kept = [factor for factor in node.factors if factor[0] not in (above, below)]
            return algebra.times([(algebra.number(node.coefficient), ONE), *kept, (total, -ONE)], node.shape)
    return None


def _sigmoid(algebra: Algebra, inner: Node) -> Node:
    """σ(a), by its name where it has one; as 1 − σ(−a) where that has one."""
    operation = elementwise.Sigmoid()
    here, turned = (Call(operation, (node,), inner.shape) for node in (inner, algebra.scaled(-ONE, inner)))
    if here not in algebra.names and turned in algebra.names:
        one = algebra.spread(algebra.number(ONE), inner.shape)
        return algebra.plus([(ONE, one), (-ONE, algebra.names[turned])], inner.shape)
    return algebra.names.get(here, here)


def _with_its_digits(algebra: Algebra, node: Times, base: Node) -> Node | None:
    """σ(−a) of 1 − σ(a), where σ(a) has no name and stands nowhere else: it keeps its digits where σ(a) is nearly 1."""
    if not isinstance(base, Plus) or len(base.terms) != 2:
        return None
    (c, one), (d, second) = sorted(base.terms, key=lambda term: not is_ones(term[1]))
    match second:
        case Call(operation=elementwise.Sigmoid(), operands=(inner,)) if (
                (c, d) == (ONE, -ONE) and is_ones(one) and second not in dict(node.factors)):
            return _sigmoid(algebra, algebra.scaled(-ONE, inner))
    return None


def _complement(algebra: Algebra, node: Plus) -> Node | None:
    """1 − σ(−a) = σ(a)."""
    if len(node.terms) != 2:
        return None
    (c, one), (d, second) = sorted(node.terms, key=lambda term: not is_ones(term[1]))
    match second:
        case Call(operation=elementwise.Sigmoid(), operands=(Times(coefficient=number) as inner,)) if (
                c == -d and is_ones(one) and number < 0):
            pass
        case _:
            return None
    return algebra.scaled(c, algebra.build(elementwise.Sigmoid(), [algebra.scaled(-ONE, inner)], node.shape))


def hyperbolic(algebra: Algebra, node: Node) -> Node | None:
    """(exp(a) − exp(b)) / (exp(a) + exp(b)) = tanh((a − b) / 2), and σ(a) − σ(−a) = tanh(a / 2)."""
    if isinstance(node, Plus):
        return _two_sides(algebra, node)
    assert isinstance(node, Times)
    sums = {base: _two_exponents(base) for base, power in node.factors if abs(power) == 1}
    powers = dict(node.factors)
    for below, (first, c, second, d) in ((base, found) for base, found in sums.items() if found is not None):
        if powers[below] != -1 or c != d:
            continue
        for above, difference in sums.items():
            if difference is None or powers[above] != 1 or difference[1] != -difference[3]:
                continue
            if {first, second} != {difference[0], difference[2]}:
                continue
            halves = [algebra.scaled(sign / 2, algebra.plus([(ONE, difference[0]), (-ONE, difference[2])],
                                                            node.shape)) for sign in (ONE, -ONE)]
            turned = isinstance(halves[0], Times) and halves[0].coefficient < 0
            tanh = algebra.build(elementwise.Tanh(), [halves[turned]], node.shape)
            kept = [(base, power) for base, power in node.factors if base not in (above, below)]
            number = algebra.number((-1) ** turned * node.coefficient * difference[1] / c)
            return algebra.times([(number, ONE), *kept, (tanh, ONE)], node.shape)
    return None


def _two_sides(algebra: Algebra, node: Plus) -> Node | None:
    """Among the terms of a sum σ(a) − σ(−a) as tanh(a / 2)."""
    sides = {term.operands[0]: (c, term) for c, term in node.terms
             if isinstance(term, Call) and isinstance(term.operation, elementwise.Sigmoid)}
    for inner, (c, term) in sides.items():
        d, other = sides.get(algebra.scaled(-ONE, inner), (c, term))
        if c == -d and not (isinstance(inner, Times) and inner.coefficient < 0):
            tanh = algebra.build(elementwise.Tanh(), [algebra.scaled(Fraction(1, 2), inner)], node.shape)
            return algebra.plus([*(t for t in node.terms if t[1] not in (term, other)), (c, tanh)], node.shape)
    return None


def _two_exponents(node: Node) -> tuple[Node, Fraction, Node, Fraction] | None:
    """a, c, b and d of c exp(a) + d exp(b)."""
    if not isinstance(node, Plus) or len(node.terms) != 2:
        return None
    (c, first), (d, second) = node.terms
    if not (is_exponential(first) and is_exponential(second)):
        return None
    return first.members[0], c, second.members[0], d


def softmax(algebra: Algebra, node: Node) -> Node | None:
    """exp(z) over the sum of its row."""
    assert isinstance(node, Times)
    powers = dict(node.factors)
    for above, power in node.factors:
        if power != 1 or not is_exponential(above):
            continue
        (inner,) = above.members
        for turned in (False, True) if 1 in inner.shape else (False,):
            row = algebra.flip(inner) if turned else inner
            below = algebra.sum_of(above, SCALAR if row.shape[0] == 1 else (row.shape[0], 1))
            if powers.get(below) == -1:
                made = Call(normalising.Softmax(), (row,), row.shape)
                made_here = algebra.names.get(made, made)
                kept = [f for f in node.factors if f[0] not in (above, below)]
                return algebra.times([(algebra.number(node.coefficient), ONE), *kept,
                                      (algebra.flip(made_here) if turned else made_here, ONE)], node.shape)
    return None
