"""Quotients of exponentials that stay numbers where an exponential is too large to be one."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from tutor.core.layout import Shape
from tutor.derive.axes import AxisAlgebra
from tutor.derive.nodes import Call, Filled, Node, Plus, Times
from tutor.derive.terms import ONE, Rewrite, is_one
from tutor.ops.elementwise import Exp


class GrowthAlgebra(AxisAlgebra):
    """Elementwise products in which only an exponential that the program computes is above and below the line.

    A number over c exp(a) + d is 0 where exp(a) is too large to be a number, but exp(a) over its square is ∞ / ∞ there.
    A program that computes exp(−a) has 0 there, and so has exp(−a) / (c + d exp(−a))², which is the same.
    """

    def times(self, factors: Iterable[tuple[Node, Fraction]], shape: Shape) -> Node:
        """An elementwise product; what was turned round to be below the line alone is turned back where it is not."""
        product = super().times(factors, shape)
        return self._turned_back(product) if self.facts.exponentials and isinstance(product, Times) else product

    def _turned_back(self, product: Times) -> Node:
        powers = dict(product.factors)
        inside = {base: exponentials(base) for base in powers}
        for other in dict.fromkeys(found for each in inside.values() for found in each):
            own = self.opposite_exponential(other)
            if own not in self.facts.exponentials:
                continue
            sums = {base: parts for base, power in product.factors if power.denominator == 1 and (
                parts := number_and_exponential(base)) is not None and parts[2] == other}
            is_above = any(powers.get(base, 0) > 0 for base in (other, *sums))
            if not (is_above and any(powers[base] < 0 for base in sums)) and not (
                    (sums or other in powers) and any(own in each and other not in each for each in inside.values())):
                continue
            left = powers.get(other, Fraction(0)) + sum(powers[base] for base in sums)
            named, one = self.names.get(own, own), self.spread(self.number(ONE), other.shape)
            totals = [(self.plus([(c, named), (d, one)], other.shape), powers[base])
                      for base, (c, d, _) in sums.items()]
            kept = [(base, power) for base, power in product.factors if base != other and base not in sums]
            after = self.times([(self.number(product.coefficient), ONE), *kept, (named, -left), *totals], product.shape)
            self.log.append(Rewrite("one exponential", (product,), after))
            return after
        return product

    def opposite_exponential(self, node: Node) -> Node:
        """exp(−a) of exp(a)."""
        (inner,) = node.members
        return Call(Exp(), (self.scaled(-ONE, inner),), node.shape)


def exponentials(node: Node) -> tuple[Node, ...]:
    """The exponentials that a node is, or that it adds up."""
    parts = [term for _, term in node.terms] if isinstance(node, Plus) else [node]
    return tuple(part for part in parts if is_exponential(part))


def number_and_exponential(node: Node) -> tuple[Fraction, Fraction, Node] | None:
    """c, d and exp(a) of c + d exp(a)."""
    if not isinstance(node, Plus) or len(node.terms) != 2:
        return None
    (c, first), (d, second) = sorted(node.terms, key=lambda term: not is_ones(term[1]))
    return (c, d, second) if is_ones(first) and is_exponential(second) else None


def is_exponential(node: Node) -> bool:
    """Whether a node is exp(a)."""
    return isinstance(node, Call) and isinstance(node.operation, Exp)


def is_ones(node: Node) -> bool:
    """Whether a node is 1 in every entry."""
    return isinstance(node, Filled) or is_one(node)
