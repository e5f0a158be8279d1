"""Sums of products as polynomials in what they are made of: multiplied out, and divided by one another."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from tutor.core.layout import Shape
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.nodes import Call, Filled, Node, Plus, Times
from tutor.ops import elementwise

MOST_TERMS: Final = 24
"""Terms of a sum, multiplied out, that is divided by another."""

LONGEST_QUOTIENT: Final = 6
"""Terms of a quotient that is still shorter than a fraction."""

Monomial: TypeAlias = tuple[int, ...]
"""The power of every base."""

Polynomial: TypeAlias = dict[Monomial, Fraction]
"""Products of bases and their numbers."""


def multiplied_out(algebra: Algebra, node: Node) -> Node | None:
    """A sum as a sum of products of powers, with sums inside sums and squares of sums multiplied out."""
    assert isinstance(node, Plus)
    bases: dict[Node, int] = {}
    found = polynomial(node, bases)
    if found is None or len(found) > LONGEST_QUOTIENT:
        return None
    return from_polynomial(algebra, found, list(bases), node.shape)


def from_polynomial(algebra: Algebra, polynomial: Polynomial, bases: Sequence[Node], shape: Shape) -> Node:
    """The sum that a polynomial stands for."""
    return algebra.plus([(c, algebra.times([(bases[i], Fraction(p)) for i, p in enumerate(powers) if p], shape))
                         for powers, c in polynomial.items()], shape)


def divided(algebra: Algebra, node: Node) -> Node | None:
    """A sum over another that it is a multiple of: (p² − q²) / (p − q) is p + q."""
    assert isinstance(node, Times)
    below = [(base, power) for base, power in node.factors if power <= -1 and isinstance(base, Plus)]
    above = [base for base, power in node.factors if power == 1 and isinstance(base, Plus)]
    for divisor, power in below:
        for dividend in above:
            bases: dict[Node, int] = {}
            one, other = polynomial(dividend, bases), polynomial(divisor, bases)
            quotient = None if one is None or other is None else _quotient(one, other, len(bases))
            if quotient is None or len(quotient) > LONGEST_QUOTIENT:
                continue
            kept = [factor for factor in node.factors if factor[0] not in (dividend, divisor)]
            return algebra.times([(algebra.number(node.coefficient), ONE), *kept, (divisor, power + 1),
                                  (from_polynomial(algebra, quotient, list(bases), dividend.shape), ONE)], node.shape)
    return None


def polynomial(node: Node, bases: dict[Node, int]) -> Polynomial | None:
    """A node as products of bases, multiplied out; None where a power is no whole number."""
    if isinstance(node, Filled):
        return {(): ONE}
    if isinstance(node, Plus):
        total: Polynomial = {}
        for c, term in node.terms:
            inside = polynomial(term, bases)
            if inside is None:
                return None
            for powers, d in inside.items():
                total[powers] = total.get(powers, Fraction(0)) + c * d
        return {powers: c for powers, c in total.items() if c} if len(total) <= MOST_TERMS else None
    factors = node.factors if isinstance(node, Times) else ((node, ONE),)
    product: Polynomial = {(): node.coefficient if isinstance(node, Times) else ONE}
    for base, power in factors:
        if power.denominator != 1:
            return None
        part: Polynomial | None
        if isinstance(base, Filled) or (isinstance(base, Plus) and power > 0):
            part = polynomial(base, bases)
        elif power > 0 and (opposite := _opposite(base)) is not None:
            place = bases.setdefault(opposite, len(bases))
            part = {(): ONE, (0,) * place + (1,): -ONE}
        else:
            place = bases.setdefault(base, len(bases))
            part = {(0,) * place + (power.numerator,): ONE}
            power = ONE
        for _ in range(power.numerator):
            if part is None or len(product) * len(part) > MOST_TERMS:
                return None
            product = _product(product, part)
    return product


def _opposite(node: Node) -> Node | None:
    """σ(a) of σ(−a), which is 1 − σ(a)."""
    match node:
        case Call(operation=elementwise.Sigmoid() as operation, operands=(Times(coefficient=c, factors=factors),)) if (
                c < 0):
            lone = c == -1 and len(factors) == 1 and factors[0][1] == 1
            return Call(operation, (factors[0][0] if lone else Times(-c, factors, node.shape),), node.shape)
    return None


def _product(one: Polynomial, other: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for a, c in one.items():
        for b, d in other.items():
            powers = _trimmed(tuple(x + y for x, y in zip(_long(a, len(b)), _long(b, len(a)), strict=True)))
            total[powers] = total.get(powers, Fraction(0)) + c * d
    return {powers: c for powers, c in total.items() if c}


def _long(powers: Monomial, length: int) -> Monomial:
    return powers + (0,) * (length - len(powers))


def _trimmed(powers: Monomial) -> Monomial:
    while powers and not powers[-1]:
        powers = powers[:-1]
    return powers


def _quotient(dividend: Polynomial, divisor: Polynomial, length: int) -> Polynomial | None:
    """How often one sum goes into another, where nothing is left over."""
    rest = {_long(powers, length): c for powers, c in dividend.items()}
    below = {_long(powers, length): c for powers, c in divisor.items()}
    if not rest or len(below) < 2 or any(power < 0 for powers in (*rest, *below) for power in powers):
        return None
    leading = max(below)
    found: Polynomial = {}
    while rest:
        largest = max(rest)
        powers = tuple(a - b for a, b in zip(largest, leading, strict=True))
        if min(powers) < 0 or len(found) > LONGEST_QUOTIENT:
            return None
        factor = found[powers] = rest[largest] / below[leading]
        for other, c in below.items():
            at = tuple(a + b for a, b in zip(other, powers, strict=True))
            rest[at] = rest.get(at, Fraction(0)) - factor * c
        rest = {at: c for at, c in rest.items() if c}
    return found
