"""Sums over rows, columns or all entries: what is constant along the axis goes out, what is known is put in."""

from __future__ import annotations

from tutor.core.expression import Variable
from tutor.core.layout import SCALAR, Shape
from tutor.core.operation import Operation
from tutor.derive.nodes import Atom, Call, Chain, Filled, Node, Plus, Times, common_size, is_zero
from tutor.derive.terms import ONE, Rewrite, TermAlgebra
from tutor.ops import reductions


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
            if any(not (isinstance(p, Call) and _is_reduction(p)) for _, part in parts for _, p in self.terms(part)):
                return self.plus(parts, shape)
            content = common_size(node)
            if content != 1:
                return self.scaled(content, self.reduce(Plus(tuple((c / content, t) for c, t in node.terms),
                                                             node.shape), shape))
            return self._reduction(node, shape)
        if isinstance(node, Filled):
            return self.times([(self.size(a), ONE) for a, b in zip(node.shape, shape, strict=True) if a != b], shape)
        if isinstance(node, Times):
            return self._reduced_product(node, shape)
        if isinstance(node, Chain) and node.shape[1] == 1 and shape == SCALAR and node.factors[0].shape[1] == 1:
            return self._reduction(node, shape)
        if isinstance(node, Atom) and isinstance(node.expression, Variable):
            return self._summed_atom(node, node.expression.name, shape)
        if isinstance(node, Call) and isinstance(node.operation, reductions.RowSum | reductions.ColSum):
            return self.reduce(node.operands[0], shape)
        return self._reduction(node, shape)

    def _summed_atom(self, atom: Atom, name: str, shape: Shape) -> Node:
        """The sum of a name's entries: known for the rows of a distribution."""
        if name in self.facts.distributions and shape[1] == 1:
            each = self.spread(self.number(ONE), shape)
            after = self.size(atom.shape[0]) if shape == SCALAR else each
            self.log.append(Rewrite("distribution", (self._reduction(atom, shape),), after, name))
            return after
        return self._reduction(atom, shape)

    def _reduced_product(self, node: Times, shape: Shape) -> Node:
        """A sum of a product: what is the same along the axis goes out of it."""
        axes = [a for a in (0, 1) if node.shape[a] != shape[a]]
        outside = [(b, p) for b, p in node.factors
                   if not isinstance(b, Filled) and all(b.shape[a] == 1 for a in axes)]
        inside = tuple(f for f in node.factors if f not in outside)
        if not outside and node.coefficient == 1:
            return self._reduction(node, shape)
        rest = self._times(ONE, inside, node.shape)
        summed = self.reduce(rest, shape)
        number = self.number(node.coefficient)
        return self.times([(number, ONE), *outside, (summed, ONE)], shape)

    def _reduction(self, node: Node, shape: Shape) -> Node:
        """A sum that stays a sum."""
        operation: Operation
        if shape == SCALAR:
            operation = reductions.Sum()
        else:
            operation = reductions.RowSum() if shape[1] == 1 else reductions.ColSum()
        return Call(operation, (node,), shape)


def _is_reduction(call: Call) -> bool:
    return isinstance(call.operation, reductions.Sum | reductions.RowSum | reductions.ColSum)
