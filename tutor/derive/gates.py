"""Functions that are known by their squares: gates [a > 0], the slopes of relu, signs, and square roots."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from tutor.core.layout import SCALAR, Shape
from tutor.derive.growing import GrowthAlgebra
from tutor.derive.nodes import Atom, Call, Flip, Node, Times
from tutor.derive.terms import ONE, Rewrite
from tutor.ops import activations, elementwise

_KNOWN_BY_SQUARE: Final = frozenset({activations.Step, elementwise.Abs, elementwise.Sign, elementwise.Sqrt})
"""What a product has to have in it for any of its factors to meet here."""


class GateAlgebra(GrowthAlgebra):
    """Elementwise products in which a gate stands once, not at all beside relu(a), and no root or |a| is squared."""

    def times(self, factors: Iterable[tuple[Node, Fraction]], shape: Shape) -> Node:
        """An elementwise product; gates among its factors meet, and a root squared is what stands under it."""
        product = super().times(factors, shape)
        if not isinstance(product, Times):
            return product
        if self.facts.onehot and (chosen := self._chosen(product)) is not None:
            return chosen
        if _KNOWN_BY_SQUARE.isdisjoint(type(base.operation) for base, _ in product.factors if isinstance(base, Call)):
            return product
        roots = [base for base, power in product.factors if _is_root(base) and power.numerator % 2 == 0]
        if roots:
            return self._unrooted(product, roots)
        return self._with_root(product) or self._signed(product) or self._gated(product)

    def _chosen(self, product: Times) -> Node | None:
        """A product in which p stands beside a one-hot row y, and Σ y ∘ p has a name: that number times y."""
        powers = dict(product.factors)
        for chosen, power in product.factors:
            if power < 1 or (promised := self.chooses(chosen)) is None:
                continue
            rows = (chosen.shape[0], 1) if 1 not in chosen.shape else SCALAR
            for base, exponent in product.factors:
                if base is chosen or base.shape != chosen.shape or not isinstance(base, Atom | Flip):
                    continue
                ends = [base, chosen] if rows == SCALAR and base.shape[0] == 1 else []
                name = self.names.get(self.sum_of(self._times(ONE, ((base, ONE), (chosen, ONE)), base.shape), rows)
                                      ) or (self.names.get(self.row_product(*ends)) if ends else None)
                if name is not None and name not in powers:
                    kept = [factor for factor in product.factors if factor[0] is not base]
                    after = self.times([(self.number(product.coefficient), ONE), *kept, (name, exponent)],
                                       product.shape)
                    self.log.append(Rewrite("one-hot", (product,), after, promised))
                    return after
        return None

    def chooses(self, node: Node) -> str | None:
        """The name of a matrix whose rows each choose one of several entries, or of one such row, turned or not.

        The rows of a turned matrix are none of them, and a column has nothing to choose from in any row.
        """
        inner = node.members[0] if isinstance(node, Flip) else node
        if not isinstance(inner, Atom) or inner.expression.name not in self.facts.onehot:
            return None
        fits = inner.shape[0] == 1 if isinstance(node, Flip) else inner.shape[1] != 1
        return inner.expression.name if fits else None

    @abstractmethod
    def row_product(self, left: Node, right: Node) -> Node:
        """Two rows as u vᵀ."""

    def _unrooted(self, product: Times, roots: list[Node]) -> Node:
        """A product with what stands under its squared roots."""
        factors = [(base.members[0], power / 2) if base in roots else (base, power) for base, power in product.factors]
        after = self.times([(self.number(product.coefficient), ONE), *factors], product.shape)
        self.log.append(Rewrite("root", (product,), after))
        return after

    def _with_root(self, product: Times) -> Node | None:
        """A product in which √a takes in the a beside it: a / √a is √a."""
        powers = dict(product.factors)
        for root, power in product.factors:
            if not _is_root(root):
                continue
            (under,) = root.members
            beside = powers.get(under, Fraction(0))
            if beside.denominator == 1 and beside and abs(power + 2 * beside) == 1:
                kept = [(base, p) for base, p in product.factors if base not in (root, under)]
                after = self.times([(self.number(product.coefficient), ONE), *kept, (root, power + 2 * beside)],
                                   product.shape)
                self.log.append(Rewrite("root", (product,), after))
                return after
        return None

    def _signed(self, product: Times) -> Node | None:
        """A product in which |a| squared is a², |a| beside the sign of a is a, and a beside it |a|."""
        powers = dict(product.factors)
        for base, power in product.factors:
            of_size = isinstance(base, Call) and isinstance(base.operation, elementwise.Abs)
            of_sign = isinstance(base, Call) and isinstance(base.operation, elementwise.Sign)
            if not (of_size or of_sign) or power.denominator != 1 or power < 1:
                continue
            (inner,) = base.members
            size = Call(elementwise.Abs(), (inner,), inner.shape)
            sign = Call(elementwise.Sign(), (inner,), inner.shape)
            taken: dict[Node, Fraction]
            if of_size and power.numerator % 2 == 0:
                taken = {size: power, inner: -power}
            elif of_size and powers.get(sign) == 1:
                taken = {size: ONE, sign: ONE, inner: -ONE}
            elif of_sign and power == 1 and powers.get(inner, Fraction(0)) >= 1:
                taken = {sign: ONE, inner: ONE, size: -ONE}
            else:
                continue
            left = [(b, p) for b, p in product.factors if b not in taken]
            changed = [(b, powers.get(b, Fraction(0)) - p) for b, p in taken.items()]
            after = self.times([(self.number(product.coefficient), ONE), *left, *(f for f in changed if f[1])],
                               product.shape)
            self.log.append(Rewrite("absolute value", (product,), after))
            return after
        return None

    def gate(self, node: Node) -> Node:
        """[a > 0]; where h = relu(a) has a name and a has none, [h > 0]."""
        named = None if isinstance(node, Atom) else self.names.get(Call(activations.Relu(), (node,), node.shape))
        return Call(activations.Step(), (named or node,), node.shape)

    def _gated(self, product: Times) -> Node:
        """A product in which a gate [a > 0] stands once, and not at all beside relu(a)."""
        gates: dict[Node, Node] = {base: base.operands[0] for base, power in product.factors
                 if isinstance(base, Call) and isinstance(base.operation, activations.Step) and power > 0}
        if not gates:
            return product
        bases = {base for base, power in product.factors if power > 0}
        kept = []
        for base, power in product.factors:
            if base in gates:
                inner = gates[base]
                relu = Call(activations.Relu(), (inner,), inner.shape)
                if {relu, self.names.get(relu), inner if self._is_relu(inner) else None} & bases:
                    continue
                power = ONE
            kept.append((base, power))
        if tuple(kept) == product.factors:
            return product
        after = self._times(product.coefficient, tuple(kept), product.shape)
        self.log.append(Rewrite("gate", (product,), after))
        return after

    def _is_relu(self, node: Node) -> bool:
        """Whether a name stands for relu of something."""
        return any(isinstance(meaning, Call) and isinstance(meaning.operation, activations.Relu)
                   for meaning, name in self.names.items() if name == node)


def _is_root(node: Node) -> bool:
    return isinstance(node, Call) and isinstance(node.operation, elementwise.Sqrt)
