"""Formulas, and parts of products, that the program has a name for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from tutor.core.expression import Dimension
from tutor.core.layout import SCALAR, Shape
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.nodes import Atom, Call, Chain, Node, Plus, Times, walk
from tutor.derive.terms import Rewrite
from tutor.ops import reductions

MOST_NAMES: Final = 6
"""How many parts of one product are named."""


def by_name(algebra: Algebra, node: Node) -> Node | None:
    """A formula, or parts of a product, that the program has a name for."""
    if node in algebra.meanings:
        return algebra.meanings[node]
    if isinstance(node, Plus):
        turned = algebra.meanings.get(algebra.scaled(-ONE, node))
        return _among_terms(algebra, node) if turned is None else algebra.scaled(-ONE, turned)
    if isinstance(node, Call) and isinstance(node.operation, reductions.Sum):
        return _sum_beside(algebra, node) or _but_scales(algebra, node)
    found: Node | None = None
    for _ in range(MOST_NAMES):
        after = _part_named(algebra, found or node)
        if after is None:
            break
        found = after
    return found or _but_scales(algebra, node)


def _among_terms(algebra: Algebra, node: Plus) -> Node | None:
    """A sum with terms among its own that together have a name."""
    here = {_row_product(algebra, term): (c, term) for c, term in node.terms}
    for meant, name in algebra.meanings.items():
        if not isinstance(meant, Plus) or len(meant.terms) >= len(node.terms) or meant.shape != node.shape:
            continue
        wanted = {_row_product(algebra, term): c for c, term in meant.terms}
        if not wanted.keys() <= here.keys():
            continue
        ratios = {here[term][0] / c for term, c in wanted.items()}
        if len(ratios) == 1:
            rest = [t for t in node.terms if _row_product(algebra, t[1]) not in wanted]
            return algebra.plus([*rest, (ratios.pop(), name)], node.shape)
    return None


def row_products(algebra: Algebra, node: Node) -> Iterator[Node]:
    """The same number with Σ u ∘ v of two rows as u vᵀ, and the other way round; Σ x² as x xᵀ, or xᵀ x of a column."""
    for change in (_row_product, _row_sum):
        if (changed := change(algebra, node)) != node:
            yield changed


def _row_product(algebra: Algebra, node: Node) -> Node:
    """Σ u ∘ v of two rows as u vᵀ."""
    match node:
        case Call(operation=reductions.Sum(), operands=(Times(coefficient=1, factors=((left, 1), (right, 1))),)) if (
                left.shape == right.shape and left.shape[0] == 1):
            return algebra.chain([left, algebra.flip(right)])
        case Call(operation=reductions.Sum(), operands=(Times(coefficient=1, factors=((base, 2),)),)) if (
                1 in base.shape):
            return algebra.chain([base, algebra.flip(base)][:: 1 if base.shape[0] == 1 else -1])
        case Times(coefficient=1, factors=factors) if node.shape == SCALAR and any(
                isinstance(base, Call) and isinstance(base.operation, reductions.Sum) for base, _ in factors):
            return algebra.times([(_row_product(algebra, base), power) for base, power in factors], SCALAR)
    return node


def _row_sum(algebra: Algebra, node: Node) -> Node:
    """Of two rows u vᵀ as Σ u ∘ v."""
    match node:
        case Chain(factors=(left, right), shape=(1, 1)):
            product = algebra.times([(left, ONE), (algebra.flip(right), ONE)], left.shape)
            is_square = left == algebra.flip(right)
            return algebra.sum_of(product if left.shape[0] == 1 else algebra.flip(product), SCALAR) if (
                is_square or left.shape[0] == 1) else node
        case Times(coefficient=1, factors=factors) if node.shape == SCALAR and any(
                isinstance(base, Chain) for base, _ in factors):
            return algebra.times([(_row_sum(algebra, base), power) for base, power in factors], SCALAR)
    return node


def _but_scales(algebra: Algebra, node: Node) -> Node | None:
    """A formula by a name of which it lacks scales: of f = n / Σ x⁻¹ is 1 / Σ x⁻¹ f / n, of r = a / b is r b a.

    Nothing is divided by what might be 0: sizes, what is declared positive, and what is divided by already.
    """
    factors = node.factors if isinstance(node, Times) else ((node, ONE),)
    powers = dict(factors)
    for meant, name in algebra.meanings.items():
        if not isinstance(meant, Times) or not isinstance(name, Atom) or meant.shape not in (SCALAR, node.shape):
            continue
        given = dict(meant.factors)
        here = [base for base, power in given.items() if powers.get(base, Fraction(0)) * power > 0]
        lacked = [base for base, power in given.items() if not (base in here and _reaches(powers[base], power))
                  and power > 0 and not _is_size(base)]
        positive = tuple(filter(None, map(algebra.facts.positive_name, lacked)))
        if any(isinstance(base, Call | Chain | Plus) for base in here) and len(positive) == len(lacked):
            after = algebra.fork().times([(node, ONE), (name, ONE), (meant, -ONE)], node.shape)
            if positive:
                algebra.log.append(Rewrite("own name", (node,), after, positive=positive))
            return after
        exponent = powers.get(name, Fraction(0))
        if exponent and any(powers.get(base, Fraction(0)) * power * exponent < 0 for base, power in given.items()):
            after = algebra.fork().times([(node, ONE), (name, -exponent), (meant, exponent)], node.shape)
            if _length(after) < _length(node):
                return after
    return None


def _length(node: Node) -> int:
    """How many operations a product has, more or less."""
    factors = node.factors if isinstance(node, Times) else ((node, ONE),)
    inside = sum(not isinstance(inner, Atom) for base, _ in factors for inner in walk(base))
    return len(factors) - 1 + sum(abs(power) != 1 for _, power in factors) + inside


def _is_size(node: Node) -> bool:
    return isinstance(node, Atom) and isinstance(node.expression, Dimension)


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
            shapes = {base.shape for base in scales}
            product = _taken_in(algebra, summed, rest, name, shapes.pop()) if power == 1 and len(shapes) == 1 else None
            if product is not None:
                kept = [(base, p - scales.get(base, Fraction(0))) for base, p in node.factors if base != summed]
                return algebra.times([number, *kept, (product, ONE)], node.shape)
            inner = summed.operands[0] if isinstance(summed, Call) and isinstance(
                summed.operation, reductions.Sum | reductions.RowSum | reductions.ColSum) else None
            if power != 1 or not isinstance(inner, Times) or inner.shape != meant.shape:
                continue
            inside = dict(inner.factors)
            along = [a for a in (0, 1) if inner.shape[a] != summed.shape[a]]
            if all(_reaches(inside.get(base, Fraction(0)), p) for base, p in rest.items()) and all(
                    base.shape[a] == 1 for base in scales for a in along):
                named = algebra.times([(algebra.number(inner.coefficient), ONE), (name, ONE), *(
                    (b, p - rest.get(b, Fraction(0))) for b, p in inner.factors)], inner.shape)
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


def _taken_in(algebra: Algebra, product: Node, rest: Mapping[Node, Fraction], name: Node, along: Shape) -> Node | None:
    """A factor in which v, over what is beside the factor, has a name: uᵀ v / s is uᵀ z for z = v / s.

    Args:
        algebra: In which it is written.
        product: The factor.
        rest: v.
        name: z.
        along: The shape of what is beside it: a number, or one for each row or each column.
    """
    (member, power), *more = rest.items() if rest else ((None, ONE),)
    if member is None or power != 1 or more or product == member:
        return None
    found = _with_one(algebra, product, member, name, along)
    return None if found is None else algebra.meanings.get(found, found)


def _with_one(algebra: Algebra, node: Node, member: Node, name: Node, along: Shape) -> Node | None:
    """A formula with one of its parts by name, in a place where numbers beside it may be moved to."""
    if node == member:
        return name
    if along == SCALAR and node == algebra.flip(member):
        return algebra.flip(name)
    match node:
        case Call(operation=reductions.Sum() | reductions.RowSum() | reductions.ColSum(), operands=(inner,)):
            if all(size == 1 or size == kept for size, kept in zip(along, node.shape, strict=True)):
                found = _with_one(algebra, inner, member, name, along)
                return None if found is None else algebra.reduce(found, node.shape)
        case Times(coefficient=c, factors=factors):
            for i, (base, power) in enumerate(factors):
                found = _with_one(algebra, base, member, name, along) if power == 1 else None
                if found is not None:
                    return algebra.times([(algebra.number(c), ONE), *factors[:i], (found, ONE), *factors[i + 1 :]],
                                         node.shape)
        case Chain(factors=factors):
            places = range(len(factors)) if along == SCALAR else (0,) if along[1] == 1 else (len(factors) - 1,)
            for i in places:
                found = _with_one(algebra, factors[i], member, name, along)
                if found is not None:
                    return algebra.chain([*factors[:i], found, *factors[i + 1 :]])
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
