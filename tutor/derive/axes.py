"""Sums over rows, columns or all entries: what is constant along the axis goes out, what is known is put in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from tutor.core.expression import Dimension, Variable
from tutor.core.layout import SCALAR, Shape, named_factors
from tutor.core.operation import Operation
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, common_size, is_zero
from tutor.derive.terms import ONE, Rewrite, TermAlgebra
from tutor.ops import measures, normalising, reductions

MEANS: Final[Mapping[type[Operation], Operation]] = MappingProxyType({
    reductions.Sum: measures.Mean(), reductions.RowSum: measures.RowMean(), reductions.ColSum: measures.ColMean(),
})
"""What each sum is, divided by how many entries it adds up."""


Factors = tuple[tuple[Node, Fraction], ...]
"""Bases of an elementwise product, with their powers."""


class AxisAlgebra(TermAlgebra):
    """Adds canonical nodes up along their axes."""

    def reduce(self, node: Node, shape: Shape) -> Node:
        """The entries added until the shape is left: (1, 1) all, (n, 1) each row, (1, m) each column."""
        if node.shape == shape:
            return node
        if is_zero(node):
            return Plus((), shape)
        if isinstance(node, Plus):
            parts = [(c, self.reduce(term, shape)) for c, term in node.terms]
            total = self.plus(parts, shape)
            # Sums that are known, or that meet, are taken apart; others are one sum of everything.
            if len(self.terms(total)) < len(node.terms) or is_zero(total) or any(
                    not (isinstance(p, Call) and _is_reduction(p)) for _, part in parts for _, p in self.terms(part)):
                return total
            content = common_size(node)
            if content != 1:
                return self.scaled(content, self.reduce(Plus(tuple((c / content, t) for c, t in node.terms),
                                                             node.shape), shape))
            return self.sum_of(node, shape)
        if isinstance(node, Filled):
            return self.times([(self.size(a), ONE) for a, b in zip(node.shape, shape, strict=True) if a != b], shape)
        if isinstance(node, Times):
            return self._reduced_product(node, shape)
        if isinstance(node, Chain) and self._ends_in_nothing(node, shape):
            return Plus((), shape)
        if isinstance(node, Chain) and node.shape[1] == 1 and shape == SCALAR and node.factors[0].shape[1] == 1:
            return self.sum_of(node, shape)
        if isinstance(node, Flip) and shape == SCALAR:
            return self.reduce(node.inner, shape)
        if isinstance(node, Atom) and isinstance(node.expression, Variable):
            return self._summed_atom(node, node.expression.name, shape)
        if isinstance(node, Call) and isinstance(node.operation, reductions.RowSum | reductions.ColSum):
            return self.reduce(node.operands[0], shape)
        turned = isinstance(node, Flip)
        inner = node.inner if isinstance(node, Flip) else node
        is_softmax = isinstance(inner, Call) and isinstance(inner.operation, normalising.Softmax)
        if is_softmax and shape[0 if turned else 1] == 1:
            after = self.size(inner.shape[0]) if shape == SCALAR else self.spread(self.number(ONE), shape)
            self.log.append(Rewrite("shares", (self.sum_of(node, shape),), after))
            return after
        return self.sum_of(node, shape)

    def _ends_in_nothing(self, chain: Chain, shape: Shape) -> bool:
        """Whether a product adds up to 0 because its first factor does down each column, or its last along each row."""
        first, last = chain.factors[0], chain.factors[-1]
        return (shape[0] == 1 != chain.shape[0] and is_zero(self.reduce(first, (1, first.shape[1])))) or (
            shape[1] == 1 != chain.shape[1] and is_zero(self.reduce(last, (last.shape[0], 1))))

    def _summed_atom(self, atom: Atom, name: str, shape: Shape) -> Node:
        """The sum of a name's entries: known for the rows of a distribution."""
        if name in self.facts.distributions and shape[1] == 1:
            each = self.spread(self.number(ONE), shape)
            after = self.size(atom.shape[0]) if shape == SCALAR else each
            self.log.append(Rewrite("distribution", (self.sum_of(atom, shape),), after, name))
            return after
        summed = self.sum_of(atom, shape)
        if summed in self.meanings and is_zero(self.meanings[summed]):
            self.log.append(Rewrite("centred", (summed,), self.meanings[summed]))
            return self.meanings[summed]
        return summed

    def _reduced_product(self, node: Times, shape: Shape) -> Node:
        """A sum of a product: what is the same along the axis goes out of it."""
        axes = [a for a in (0, 1) if node.shape[a] != shape[a]]
        if (thin := self._repeated(node)) is not None:
            # What is repeated is added up once, and counted.
            rows, columns = (1 if a in axes else thin.shape[a] for a in (0, 1))
            counts = [(self.size(node.shape[a]), ONE) for a in axes if thin.shape[a] == 1]
            total = self.reduce(thin, (rows, columns))
            return self.spread(self.times([(total, ONE), *counts], total.shape), shape)
        outside = [(b, p) for b, p in node.factors
                   if not isinstance(b, Filled) and all(b.shape[a] == 1 for a in axes)]
        inside = tuple(f for f in node.factors if f not in outside)
        if not outside and node.coefficient == 1:
            known = self._known_sum(node, shape) if self.facts.products else None
            if known is not None:
                return known
            return self.inner_product(node) if shape == SCALAR else self.sum_of(node, shape)
        rest = self._times(ONE, inside, node.shape)
        summed = self.reduce(rest, shape)
        number = self.number(node.coefficient)
        return self.times([(number, ONE), *outside, (summed, ONE)], shape)

    def _repeated(self, node: Times) -> Node | None:
        """The row or column that a product repeats in every row or column."""
        kept = tuple(factor for factor in node.factors if not isinstance(factor[0], Filled))
        if len(kept) == len(node.factors) or 1 in node.shape:
            return None
        rows, columns = ([base.shape[a] for base, _ in kept if base.shape[a] != 1] for a in (0, 1))
        return self._times(node.coefficient, kept, (rows[0] if rows else 1, columns[0] if columns else 1))

    def _known_sum(self, node: Times, shape: Shape) -> Node | None:
        """A sum that is known; or one of several, where one of them is."""
        summed = self.sum_of(node, shape)
        if summed in self.facts.products:
            return self.known(summed)
        for base, power in node.factors:
            if not isinstance(base, Plus) or power != 1 or base.shape != node.shape:
                continue
            rest = tuple(factor for factor in node.factors if factor[0] is not base)
            parts = self.times_each(rest, base, node.shape)
            if any(self.sum_of(part, shape) in self.facts.products for _, part in parts):
                after = self.plus([(c, self.reduce(part, shape)) for c, part in parts], shape)
                self.log.append(Rewrite("distribute", (summed,), after))
                return after
        return None

    def known(self, product: Node) -> Node | None:
        """What a product or a sum is, where the program makes that known."""
        known = self.facts.products.get(product)
        if known is None:
            return None
        self.log.append(Rewrite(known.identity, (product,), known.value))
        return known.value

    def inner_product(self, node: Times) -> Node:
        """The sum of a product's entries; that of two columns is uᵀ v."""
        return self.sum_of(node, SCALAR)

    def sum_of(self, node: Node, shape: Shape) -> Node:
        """A sum that stays a sum."""
        operation: Operation
        if shape == SCALAR:
            operation = reductions.Sum()
        else:
            operation = reductions.RowSum() if shape[1] == 1 else reductions.ColSum()
        return Call(operation, (node,), shape)


def averaged(number: Fraction, factors: Factors) -> tuple[Fraction, Factors]:
    """A number times a product, in which the sum of n entries over n is their mean.

    For reading only: the algebra itself knows sums, and no means.
    """
    for place, (base, power) in enumerate(factors):
        for summed in (base, *(base.factors if isinstance(base, Chain) else ())) if power == 1 else ():
            if not (isinstance(summed, Call) and type(summed.operation) in MEANS):
                continue
            (inner,) = summed.operands
            added = [size for size, kept in zip(inner.shape, summed.shape, strict=True) if size != kept]
            count = math.prod(size for size in added if isinstance(size, int))
            below = [(Atom(Dimension(name)), -ONE) for size in added if isinstance(size, str)
                     for name in named_factors(size)]
            if number.denominator % count == 0 and all(factors.count(size) >= below.count(size) for size in below):
                mean: Node = Call(MEANS[type(summed.operation)], (inner,), summed.shape)
                if isinstance(base, Chain):
                    at = base.factors.index(summed)
                    mean = Chain((*base.factors[:at], mean, *base.factors[at + 1 :]), base.shape)
                others = list(factors[:place] + factors[place + 1 :])
                for size in below:
                    others.remove(size)
                return number * count, _grouped((*others[:place], (mean, ONE), *others[place:]))
    return number, _grouped(factors)


def _grouped(factors: Factors) -> Factors:
    """Factors with the same power under one: o² / e² as (o / e)², and Σ x³ / s³ as Σ (x / s)³."""
    raised = [factor for factor in factors if abs(factor[1]) > 1 and factor[1].denominator == 1]
    for i, (base, power) in enumerate(raised):
        for other, exponent in raised[i + 1 :]:
            if abs(power) == abs(exponent):
                above = max(power, exponent)
                shape = (base if base.shape != SCALAR else other).shape
                if not {base.shape, other.shape} <= {shape, SCALAR}:
                    continue
                one = Times(ONE, ((base, power / above), (other, exponent / above)), shape)
                kept = [factor for factor in factors if factor[0] not in (base, other)]
                at = factors.index((base, power))
                return _grouped((*kept[:at], (one, above), *kept[at:]))
    for base, power in raised:
        for place, (summed, once) in enumerate(factors):
            entries = _raised_entries(summed) if once == 1 and base.shape == SCALAR else None
            if entries is None or abs(power) != entries[1]:
                continue
            inner, exponent, mean = entries
            one = Times(ONE, ((inner, ONE), (base, power / exponent)), inner.shape)
            after = Call(mean, (Times(ONE, ((one, exponent),), inner.shape),), summed.shape)
            kept = [factor for factor in factors if factor[0] not in (base, summed)]
            return _grouped((*kept[:place], (after, ONE), *kept[place:]))
    return factors


def _raised_entries(node: Node) -> tuple[Node, Fraction, Operation] | None:
    """x, the power and the operation of a sum or a mean of powers of x."""
    if isinstance(node, Call) and isinstance(node.operation, (*MEANS, *map(type, MEANS.values()))):
        match node.operands:
            case (Times(coefficient=1, factors=((inner, power),)),) if power > 1 and power.denominator == 1:
                return inner, power, node.operation
    return None


def _is_reduction(call: Call) -> bool:
    return isinstance(call.operation, reductions.Sum | reductions.RowSum | reductions.ColSum)
