"""Gates: [a > 0], the slope of relu, and what it does beside what it was made from."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from tutor.core.layout import Shape
from tutor.derive.axes import AxisAlgebra
from tutor.derive.nodes import Atom, Call, Node, Times
from tutor.derive.terms import ONE, Rewrite
from tutor.ops import activations


class GateAlgebra(AxisAlgebra):
    """Elementwise products in which a gate stands once, and not at all beside relu(a)."""

    def times(self, factors: Iterable[tuple[Node, Fraction]], shape: Shape) -> Node:
        """An elementwise product; gates among its factors meet."""
        product = super().times(factors, shape)
        return self._gated(product) if isinstance(product, Times) else product

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
