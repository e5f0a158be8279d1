"""Constructors that keep formulas canonical, and say which identities they used.

The identities are those of the Matrix Cookbook. Each one that a reader should see is logged by name with both sides.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, nodes
from tutor.core.layout import SCALAR, Shape
from tutor.core.operation import Operation
from tutor.derive.blocks import BlockAlgebra, factors_of_kronecker, unstacked
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, Unit, is_zero, plainer
from tutor.derive.terms import ONE, Facts, Rewrite, is_one
from tutor.ops import activations, determinants, elementwise, forms, linear, measures, reductions

__all__ = ["ONE", "Algebra", "Facts", "Rewrite", "is_inverse"]


class Algebra(BlockAlgebra):
    """Builds canonical nodes of every kind: from formulas, from operations, matrix products, transposes."""

    def fork(self, joins_diagonals: bool | None = None) -> Algebra:
        """The same algebra with an empty log, to try something."""
        joins = self.joins_diagonals if joins_diagonals is None else joins_diagonals
        tried = self.tried if joins == self.joins_diagonals else None
        return Algebra(self.facts, self.names, joins, self.meanings, tried)

    # --- from formulas -------------------------------------------------------------------------------------------

    def read(self, expression: Expression, known: Mapping[Expression, Node] | None = None) -> Node:
        """The canonical form of a formula; ``known`` gives some of its parts."""
        done: dict[Expression, Node] = dict(known or {})
        for node in nodes(expression):
            if node in done:
                continue
            match node:
                case Variable() | Dimension():
                    done[node] = Atom(node)
                case Number(value):
                    done[node] = self.number(value)
                case Apply():
                    built = self.build(node.operation, [done[o] for o in node.operands], node.shape)
                    done[node] = self.names.get(built, built)
        return done[expression]

    def build(self, operation: Operation, operands: Sequence[Node], shape: Shape) -> Node:
        """The canonical form of one operation on canonical operands."""
        match operation:
            case linear.Add():
                return self.plus([(ONE, operands[0]), (ONE, operands[1])], shape)
            case linear.Subtract():
                return self.plus([(ONE, operands[0]), (-ONE, operands[1])], shape)
            case linear.Negate():
                return self.scaled(-ONE, operands[0])
            case linear.Scale() | linear.Hadamard():
                return self.times([(operands[0], ONE), (operands[1], ONE)], shape)
            case linear.Divide():
                return self.times([(operands[0], ONE), (operands[1], -ONE)], shape)
            case elementwise.Power(exponent):
                return self.times([(operands[0], exponent)], shape)
            case linear.MatMul():
                return self.chain(operands)
            case linear.Transpose():
                return self.flip(operands[0])
            case reductions.Broadcast():
                return self.spread(operands[0], shape)
            case reductions.Sum():
                # The sum of all entries does not see a transpose.
                return self.reduce(plainer(operands[0], self.fork().flip(operands[0])), SCALAR)
            case reductions.RowSum() | reductions.ColSum():
                return self.reduce(operands[0], shape)
            case linear.Frobenius():
                return self.reduce(self.times([(operands[0], ONE), (operands[1], ONE)], operands[0].shape), SCALAR)
            case measures.Mean() | measures.RowMean() | measures.ColMean():
                added = [(self.size(n), -ONE) for n, kept in zip(operands[0].shape, shape, strict=True) if n != kept]
                return self.times([(self.reduce(operands[0], shape), ONE), *added], shape)
            case forms.Kronecker():
                return self.kronecker(*operands)
            case forms.Diag():
                return self.diagonal(operands[0])
            case forms.Ones():
                return Filled(shape) if shape != SCALAR else self.number(ONE)
            case forms.Zeros():
                return Plus((), shape)
            case forms.Identity():
                return Unit(shape) if shape != SCALAR else self.number(ONE)
            case determinants.Trace() | forms.DiagOf():
                return Call(operation, (plainer(operands[0], self.fork().flip(operands[0])),), shape)
            case determinants.Inverse():
                return self.inverse(operands[0])
            case measures.Norm2() if is_zero(operands[0]):
                return Plus((), shape)
            case activations.Step():
                return self.gate(operands[0])
        return Call(operation, tuple(operands), shape)

    # --- inverses ------------------------------------------------------------------------------------------------

    def inverse(self, node: Node) -> Node:
        """The inverse matrix; that of an inverse, a diagonal or a transpose is known, and numbers go in front."""
        if node.shape == SCALAR:
            return self.times([(node, -ONE)], SCALAR)
        numbers, rest = self._numbers(node)
        if numbers:
            return self.times([(number, -power) for number, power in numbers] + [(self.inverse(rest), ONE)], node.shape)
        match node:
            case Unit():
                return node
            case Flip(inner=inner):
                return self.flip(self.inverse(inner))
            case Call(operation=determinants.Inverse(), operands=(inner,)):
                return inner
            case Call(operation=forms.Diag(), operands=(vector,)):
                return self.diagonal(self.times([(vector, -ONE)], vector.shape))
            case Call(operation=forms.Kronecker(), operands=(left, right)) if (
                    left.shape[0] == left.shape[1] and right.shape[0] == right.shape[1]):
                return self.kronecker(self.inverse(left), self.inverse(right))
        return Call(determinants.Inverse(), (node,), node.shape)

    def _undone(self, factors: list[Node]) -> Node | None:
        """A matrix product in which a matrix stands beside its inverse, without the two."""
        for i, factor in enumerate(factors):
            undone = self.inverse(factor) if is_inverse(factor) else None
            members = list(undone.factors) if isinstance(undone, Chain) else [undone]
            for start in (i + 1, i - len(members)):
                if undone is not None and start >= 0 and factors[start : start + len(members)] == members:
                    begin, end = min(i, start), max(i + 1, start + len(members))
                    unit = Unit((factor.shape[0], factor.shape[0]))
                    self.log.append(Rewrite("inverse", (Chain(tuple(factors[begin:end]), unit.shape),), unit))
                    return self.chain([*factors[:begin], unit, *factors[end:]])
            if len(members) > 1 and all(m is not None and m.shape == factor.shape for m in members):
                # Of (A B)⁻¹ = B⁻¹ A⁻¹ one end is enough.
                for beside, met, rest in ((i + 1, members[0], members[1:]), (i - 1, members[-1], members[:-1])):
                    if 0 <= beside < len(factors) and factors[beside] == met:
                        left = self.inverse(self.chain([m for m in rest if m is not None]))
                        first, last = min(i, beside), max(i, beside) + 1
                        before = (Chain(tuple(factors[first:last]), factor.shape),)
                        self.log.append(Rewrite("inverse of a product", before, left))
                        return self.chain([*factors[:first], left, *factors[last:]])
        return None

    # --- matrix products -----------------------------------------------------------------------------------------

    def chain(self, factors: Iterable[Node]) -> Node:
        """A matrix product: nested ones opened, numbers in front, ones turned into sums, diagonals into ∘."""
        flat: list[Node] = []
        for factor in factors:
            flat.extend(factor.factors if isinstance(factor, Chain) else (factor,))
        shape = (flat[0].shape[0], flat[-1].shape[1])
        if any(is_zero(f) for f in flat):
            return Plus((), shape)
        outside: list[tuple[Node, Fraction]] = []
        kept: list[Node] = []
        for factor in flat:
            numbers, rest = self._numbers(factor)
            outside.extend(numbers)
            if isinstance(rest, Unit) or (rest.shape == SCALAR and len(flat) > 1 and is_one(rest)):
                continue
            kept.extend(rest.factors if isinstance(rest, Chain) else (rest,))
        product = self._product(kept, shape) if kept else (Unit(shape) if shape != SCALAR else self.number(ONE))
        return self.times([*outside, (product, ONE)], shape) if outside else product

    def _product(self, factors: list[Node], shape: Shape) -> Node:
        """A product of at least one matrix, after numbers and identities are gone."""
        if len(factors) == 1:
            return factors[0]
        if (undone := self._undone(factors)) is not None:
            return undone
        if (known := self.meet_known(factors)) is not None:
            return known
        for i in range(len(factors) - 2):
            if (summed := self.meet_sums(*factors[i : i + 3])) is not None:
                return self.chain([*factors[:i], summed, *factors[i + 3 :]])
        for i, (left, right) in enumerate(itertools.pairwise(factors)):
            met = self._meet(left, right)
            if met is not None:
                return self.chain([*factors[:i], met, *factors[i + 2 :]])
        inner = self._scalar_part(factors)
        if inner is not None:
            i, j = inner
            number = Chain(tuple(factors[i : j + 1]), SCALAR)
            rest = self.chain([*factors[:i], *factors[j + 1 :]])
            return self.times([(number, ONE), (rest, ONE)], shape)
        if shape == SCALAR:
            if len(factors) == 2 and _cancels(self.flip(factors[0]), factors[1]):
                both = self.times([(self.flip(factors[0]), ONE), (factors[1], ONE)], factors[1].shape)
                return self.reduce(both, SCALAR)
            # A 1×1 chain equals its transpose.
            return plainer(Chain(tuple(factors), shape), Chain(tuple(map(self.flip, reversed(factors))), shape))
        return Chain(tuple(factors), shape)

    def _meet(self, left: Node, right: Node) -> Node | None:
        """What two neighbours in a chain become together, where an identity joins them."""
        shape = (left.shape[0], right.shape[1])
        for ones, other, kept, thin in ((right, left, (left.shape[0], 1), (1, shape[1])),
                                        (left, right, (1, right.shape[1]), (shape[0], 1))):
            if isinstance(ones, Filled):
                summed = self.reduce(other, kept)
                if self.joins_diagonals or thin == SCALAR or isinstance(summed, Filled):
                    return self.spread(summed, shape)
                # In a Jacobian nothing is repeated silently: a column times a row of ones.
                if summed == other and ones.shape == thin:
                    return None
                return self.chain([summed, Filled(thin)] if ones is right else [Filled(thin), summed])
        if self.joins_diagonals and (met := self._meet_repeated(left, right)) is not None:
            return met
        both = bool(factors_of_kronecker(left) and factors_of_kronecker(right))
        if (met := self.meet_stacked(left, right)) is not None:
            return met
        if (both or not self.joins_diagonals) and (met := self.meet_blocks(left, right)) is not None:
            return met
        for diagonal, other, row in ((right, left, True), (left, right, False)):
            if not (isinstance(diagonal, Call) and isinstance(diagonal.operation, forms.Diag)):
                continue
            vector = diagonal.operands[0]
            if (vector.shape[0] == 1) != row:
                vector = self.flip(vector)
            if isinstance(other, Call) and isinstance(other.operation, forms.Diag):
                inner = other.operands[0]
                inner = inner if inner.shape == vector.shape else self.flip(inner)
                if (a := unstacked(inner)) and (b := unstacked(vector)) and a.shape == b.shape:
                    return self.diagonal(self.stacked(self.times([(a, ONE), (b, ONE)], a.shape)))
                return self.diagonal(self.times([(inner, ONE), (vector, ONE)], vector.shape))
            if self.joins_diagonals:
                after = self.times([(other, ONE), (vector, ONE)], other.shape)
                self.log.append(Rewrite("diagonal", (left, right), after))
                return after
        return None

    def _meet_repeated(self, left: Node, right: Node) -> Node | None:
        """A times a row repeated in every row is the row sums of A times that row; a repeated column the same way."""
        for repeated, axis in ((right, 0), (left, 1)):
            if not isinstance(repeated, Times) or repeated.shape[axis] == 1 or repeated.shape[1 - axis] == 1:
                continue
            kept = [f for f in repeated.factors if not isinstance(f[0], Filled)]
            if not kept or any(base.shape[axis] != 1 for base, _ in kept):
                continue
            thin = (1, repeated.shape[1]) if axis == 0 else (repeated.shape[0], 1)
            alone = self.times([(self.number(repeated.coefficient), ONE), *kept], thin)
            if axis == 0:
                return self.chain([self.reduce(left, (left.shape[0], 1)), alone])
            return self.chain([alone, self.reduce(right, (1, right.shape[1]))])
        return None

    def reduce(self, node: Node, shape: Shape) -> Node:
        """Sums along axes, those of diagonal matrices and of Kronecker products read off."""
        match node:
            case Unit() if shape != node.shape:
                return Filled(shape) if shape != SCALAR else self.size(node.shape[0])
            case Call(operation=forms.Diag(), operands=(vector,)) if shape != node.shape:
                summed = vector if shape in (SCALAR, vector.shape) else self.flip(vector)
                return super().reduce(summed, SCALAR) if shape == SCALAR else summed
            case Call(operation=forms.Kronecker(), operands=(left, right)) if (
                    shape != node.shape and not self.joins_diagonals):
                parts = ((part, tuple(1 if size == 1 else own for size, own in zip(shape, part.shape, strict=True)))
                         for part in (left, right))
                return self.kronecker(*(self.reduce(part, (rows, columns)) for part, (rows, columns) in parts))
        return super().reduce(node, shape)

    def inner_product(self, node: Times) -> Node:
        """The sum of a product's entries; that of two columns is uᵀ v."""
        match node.factors:
            case ((left, 1), (right, 1)) if left.shape == right.shape and left.shape[1] == 1:
                return self.chain([self.flip(left), right])
        return super().inner_product(node)

    @staticmethod
    def _scalar_part(factors: list[Node]) -> tuple[int, int] | None:
        """Where a chain holds a product that is a number, and more beside it."""
        for i, first in enumerate(factors):
            if first.shape[0] == 1:
                for j in range(i + 1, len(factors)):
                    if factors[j].shape[1] == 1 and (i, j) != (0, len(factors) - 1):
                        return (i, j)
        return None

    # --- transposes ----------------------------------------------------------------------------------------------

    def flip(self, node: Node) -> Node:
        """The transpose, pushed to the leaves."""
        shape = (node.shape[1], node.shape[0])
        if node.shape == SCALAR:
            return node
        match node:
            case Flip():
                return node.inner
            case Atom():
                name = node.expression.name if isinstance(node.expression, Variable) else ""
                if name in self.facts.skew:
                    return self.scaled(-ONE, node)
                return node if name in self.facts.symmetric else Flip(node)
            case Plus():
                return Plus(tuple((c, self.flip(term)) for c, term in node.terms), shape)
            case Times():
                return self._times(node.coefficient, tuple((self.flip(b), p) for b, p in node.factors), shape)
            case Chain():
                return Chain(tuple(self.flip(f) for f in reversed(node.factors)), shape)
            case Filled():
                return Filled(shape)
            case Unit():
                return node
            case Call() if isinstance(node.operation, forms.Diag):
                return node
            case Call() if isinstance(node.operation, forms.Kronecker):
                return self.kronecker(*map(self.flip, node.operands))
            case Call() if isinstance(node.operation, determinants.Inverse):
                return node if self.flip(node.operands[0]) == node.operands[0] else Flip(node)
            case Call() if isinstance(node.operation, reductions.RowSum | reductions.ColSum):
                return self.reduce(self.flip(node.operands[0]), shape)
            case Call() if isinstance(node.operation, elementwise.Elementwise):
                turned = Call(node.operation, (self.flip(node.operands[0]),), shape)
                return self.names.get(turned, self.flip(self.names[node]) if node in self.names else turned)
        return Flip(node)


def _cancels(one: Node, other: Node) -> bool:
    """Whether two columns of fractions have a factor of one below the line of the other."""
    powers = [dict(node.factors) if isinstance(node, Times) else {node: ONE} for node in (one, other)]
    return any(powers[0][base] * powers[1][base] < 0 for base in powers[0].keys() & powers[1].keys())


def is_inverse(node: Node) -> bool:
    """Whether a node is an inverse, or the transpose of one."""
    inner = node.inner if isinstance(node, Flip) else node
    return isinstance(inner, Call) and isinstance(inner.operation, determinants.Inverse)
