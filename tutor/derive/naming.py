"""Formulas, and parts of products, that the program has a name for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from tutor.core.layout import SCALAR
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.nodes import Call, Chain, Node, Plus, Times
from tutor.ops import reductions

MOST_NAMES: Final = 6
"""How many parts of one product are named."""


def by_name(algebra: Algebra, node: Node) -> Node | None:
    """A formula, or parts of a product, that the program has a name for."""
    if node in algebra.meanings:
        return algebra.meanings[node]
    if isinstance(node, Plus):
        turned = algebra.meanings.get(algebra.scaled(-ONE, node))
        return None if turned is None else algebra.scaled(-ONE, turned)
    if isinstance(node, Call) and isinstance(node.operation, reductions.Sum):
        return _sum_beside(algebra, node)
    found: Node | None = None
    for _ in range(MOST_NAMES):
        after = _part_named(algebra, found or node)
        if after is None:
            break
        found = after
    return found


def _part_named(algebra: Algebra, node: Node) -> Node | None:
    """A product with one part of it named: factors of its own, or some that a sum beside them can take in."""
    if isinstance(node, Chain):
        return _chain_named(algebra, node)
    if not isinstance(node, Times):
        return None
    powers = dict(node.factors)
    number = (algebra.number(node.coefficient), ONE)
    for meant, name in algebra.meanings.items():
        given = meant.factors if isinstance(meant, Times) else ((meant, ONE),)
        if not any(base in powers for base, _ in given):
            continue
        if len(given) == 1 and isinstance(meant, Times) and (found := _root_named(algebra, node, given[0], name)):
            return found
        factors = dict(given)
        if all(_reaches(powers.get(base, Fraction(0)), power) for base, power in factors.items()):
            kept = [(base, power - factors.get(base, Fraction(0))) for base, power in node.factors]
            return algebra.times([number, *kept, (name, ONE)], node.shape)
        scales = {base: power for base, power in factors.items() if base.shape != meant.shape}
        rest = {base: power for base, power in factors.items() if base.shape == meant.shape}
        if not scales or not all(_reaches(powers.get(base, Fraction(0)), power) for base, power in scales.items()):
            continue
        for summed, power in node.factors:
            if summed in scales:
                continue  # it is there once, and that is spent
            product = _taken_in(algebra, summed, rest, name) if power == 1 else None
            if product is not None:
                kept = [(base, p - scales.get(base, Fraction(0))) for base, p in node.factors if base != summed]
                return algebra.times([number, *kept, (product, ONE)], node.shape)
            inner = summed.operands[0] if isinstance(summed, Call) and isinstance(
                summed.operation, reductions.Sum | reductions.RowSum | reductions.ColSum) else None
            if power != 1 or not isinstance(inner, Times) or inner.shape != meant.shape:
                continue
            inside = dict(inner.factors)
            along = [a for a in (0, 1) if inner.shape[a] != summed.shape[a]]
            if all(inside.get(base) == p for base, p in rest.items()) and all(
                    base.shape[a] == 1 for base in scales for a in along):
                named = algebra.times([*((b, p) for b, p in inner.factors if b not in rest), (name, ONE)], inner.shape)
                kept = [(base, p - scales.get(base, Fraction(0))) for base, p in node.factors if base != summed]
                return algebra.times([number, *kept, (algebra.reduce(named, summed.shape), ONE)], node.shape)
    return None


def _sum_beside(algebra: Algebra, node: Call) -> Node | None:
    """Σ q ∘ (r + 1) as L + Σ q, where L is Σ q ∘ r."""
    others, total = _weights_and_sum(algebra, node)
    if total is None:
        return None
    for meant, name in algebra.meanings.items():
        if not isinstance(meant, Call) or meant.operation != node.operation:
            continue
        weights, known = _weights_and_sum(algebra, meant)
        if known is None or weights != others:
            continue
        rest = algebra.plus([(ONE, total), (-ONE, known)], total.shape)
        if len(algebra.terms(rest)) < len(total.terms):
            left = algebra.reduce(algebra.times([(others, ONE), (rest, ONE)], total.shape), SCALAR)
            return algebra.plus([(ONE, name), (ONE, left)], SCALAR)
    return None


def _weights_and_sum(algebra: Algebra, node: Call) -> tuple[Node, Plus | None]:
    """The factors q and r of Σ q ∘ r, where r is a sum."""
    (inner,) = node.operands
    for base, power in inner.factors if isinstance(inner, Times) else ():
        if isinstance(base, Plus) and power == 1 and base.shape == inner.shape:
            return algebra.fork().times([(inner, ONE), (base, -ONE)], inner.shape), base
    return inner, None


def _root_named(algebra: Algebra, node: Times, given: tuple[Node, Fraction], name: Node) -> Node | None:
    """A product with s^(−2/3) in it as 1 / f², where f is s^(1/3)."""
    base, power = given
    here = dict(node.factors)[base]
    if power.denominator == 1 or (here / power).denominator != 1:
        return None
    kept = [factor for factor in node.factors if factor[0] != base]
    return algebra.times([(algebra.number(node.coefficient), ONE), *kept, (name, here / power)], node.shape)


def _taken_in(algebra: Algebra, product: Node, rest: Mapping[Node, Fraction], name: Node) -> Node | None:
    """A number uᵀ v in which v, over what is beside the number, has a name: uᵀ v / s is uᵀ z for z = v / s."""
    (member, power), *more = rest.items() if rest else ((None, ONE),)
    if not isinstance(product, Chain) or product.shape != SCALAR or member is None or power != 1 or more:
        return None
    for known, named in ((member, name), (algebra.flip(member), algebra.flip(name))):
        if known in product.factors:
            at = product.factors.index(known)
            chain = algebra.chain([*product.factors[:at], named, *product.factors[at + 1 :]])
            return algebra.meanings.get(chain, chain)
    return None


def _chain_named(algebra: Algebra, node: Chain) -> Node | None:
    """A matrix product with neighbours in it named, or named by their transpose."""
    for meant, name in algebra.meanings.items():
        if not isinstance(meant, Chain):
            continue
        for product, known in ((meant, name), (algebra.flip(meant), algebra.flip(name))):
            members = product.factors if isinstance(product, Chain) else ()
            for at in range(len(node.factors) - len(members) + 1) if members else ():
                if node.factors[at : at + len(members)] == members:
                    return algebra.chain([*node.factors[:at], known, *node.factors[at + len(members) :]])
    return None


def _reaches(power: Fraction, wanted: Fraction) -> bool:
    """Whether a power holds another: x³ holds x², and 1/x² holds 1/x."""
    return power * wanted > 0 and abs(power) >= abs(wanted)
