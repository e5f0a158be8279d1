"""What a repair may put into a formula: the pieces that gradients of a program are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final, NamedTuple

from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, nodes
from tutor.core.operation import Operation
from tutor.core.program import Program, cotangent_name
from tutor.derive.step import Derivation
from tutor.marking.points import Point
from tutor.marking.trees import ADD, DIVIDE, HADAMARD, NEGATE, PRODUCT, SUBTRACT, Tree, make, tree_of
from tutor.ops import build

_MOST_NUMBERS: Final = 4
"""Numbers of a program that are tried in front of a formula."""


class Slope(NamedTuple):
    """The slope of an elementwise link, as in h ∘ (1 − h) for h = σ(a)."""

    output: str
    source: str
    tree: Tree


@dataclass(frozen=True, eq=False)
class Stock:
    """What a repair may put in: the pieces that gradients of this program are made of.

    Attributes:
        point: Where the search is.
        program: The forward pass.
        derivation: The right answer.
        brief: Only what is tried together with another edit: what is likely.
    """

    point: Point
    program: Program
    derivation: Derivation
    brief: bool = False

    @cached_property
    def names(self) -> tuple[Tree, ...]:
        """Every name of the program but the output."""
        return tuple(self._tree(Variable(name, shape)) for name, shape in self.program.shapes.items()
                     if name != self.program.output.name)

    @cached_property
    def cotangents(self) -> Mapping[str, Tree]:
        """The cotangent of every statement on the way, by its name, but for what is asked for."""
        shapes = self.program.shapes
        found = {s.name: Variable(cotangent_name(s.name), shapes[s.name]) for s in self.program.statements
                 if s.name not in (self.derivation.wrt, self.program.output.name)}
        return {name: self._tree(v) for name, v in found.items() if v.name in self.point.values}

    @cached_property
    def slopes(self) -> tuple[Slope, ...]:
        """The slopes of the elementwise links on the way."""
        found = []
        for link in self.derivation.links:
            arriving = Variable(cotangent_name(link.output), self.program.shapes[link.output])
            slope = _factor_beside(link.adjoint, arriving)
            if slope is not None:
                found.append(Slope(link.output, link.source, self._tree(slope)))
        return tuple(found)

    @cached_property
    def functions(self) -> frozenset[Operation]:
        """The operations of the program."""
        return frozenset(node.operation for statement in self.program.statements
                         for node in nodes(statement.expression) if isinstance(node, Apply))

    @cached_property
    def parts(self) -> tuple[Tree, ...]:
        """What each way contributes to a gradient that several ways add to, and the terms of the answer."""
        links = self.derivation.links
        several = {link.source for link in links if sum(other.source == link.source for other in links) > 1}
        found = [self._tree(link.adjoint) for link in links if link.source in several]
        return (*found, *_terms(self._tree(self.derivation.gradient)))

    @cached_property
    def numbers(self) -> tuple[tuple[Tree, bool], ...]:
        """Numbers a gradient may lack or have too many of; whether to divide by it."""
        sizes: list[Expression] = [Dimension(size) for size in self.program.dimensions]
        scalars: list[Expression] = [Variable(d.name, d.shape) for d in self.program.declarations if d.shape == (1, 1)]
        written = {node for statement in self.program.statements for node in nodes(statement.expression)
                   if isinstance(node, Number) and abs(node.value) not in (0, 1, 2)}
        whole: list[Expression] = [Number(Fraction(2)), *sizes, *scalars,
                                   *sorted(written, key=lambda node: node.value)[:_MOST_NUMBERS]]
        return tuple((self._tree(number), divides) for number in whole for divides in (False, True))

    def _tree(self, expression: Expression) -> Tree:
        return tree_of(expression, self.point)


def _terms(tree: Tree) -> tuple[Tree, ...]:
    """The terms of a sum, multiplied out where a sum is a factor; nothing of what is no sum."""
    if tree.kind in (ADD, SUBTRACT):
        left, right = tree.parts
        last = right if tree.kind == ADD else make(NEGATE, (right,))
        return (*(_terms(left) or (left,)), last)
    for place, part in enumerate(tree.parts if tree.kind in (PRODUCT, HADAMARD, DIVIDE) else ()):
        if terms := _terms(part):
            return tuple(tree.with_part(place, term) for term in terms)
    return ()


def _factor_beside(adjoint: Expression, arriving: Variable) -> Expression | None:
    """What stands entry by entry beside the cotangent that arrives: of δ ∘ h ∘ (1 − h) the slope h ∘ (1 − h)."""
    if not (isinstance(adjoint, Apply) and adjoint.operation.name == "hadamard"):
        return None
    left, right = adjoint.operands
    if left == arriving:
        return right
    if right == arriving:
        return left
    inner = _factor_beside(left, arriving)
    return build.multiply(inner, right) if inner is not None and arriving not in set(nodes(right)) else None
