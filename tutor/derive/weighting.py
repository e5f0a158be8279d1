"""Products with diagonal matrices as a program computes them: entry by entry, without the zeros."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from tutor.core.expression import Apply, Expression, Number, apply, nodes
from tutor.ops import build
from tutor.ops.forms import Diag
from tutor.ops.linear import Divide, MatMul
from tutor.ops.reductions import Broadcast


def without_diagonals(expression: Expression) -> Expression:
    """The formula with diag(v) A as v ∘ A and A diag(v) as A ∘ v: equal, and n times less work.

    A diagonal matrix that stands alone stays one.
    """
    changed: dict[Expression, Expression] = {}
    for node in nodes(expression):
        if not isinstance(node, Apply):
            changed[node] = node
        elif isinstance(node.operation, MatMul):
            # The factors as they stand, so that diag(u) A diag(v) B is (u ∘ A) (v ∘ B).
            factors = [changed[factor] for factor in _factors(node)]
            changed[node] = reduce(build.product, _weighted(factors))
        else:
            operands = tuple(changed[operand] for operand in node.operands)
            changed[node] = node if operands == node.operands else apply(node.operation, *operands)
    return changed[expression]


def _factors(node: Expression) -> list[Expression]:
    """The factors of a product as it is computed, from the left; a product in brackets is one factor."""
    factors = []
    while isinstance(node, Apply) and isinstance(node.operation, MatMul):
        node, last = node.operands
        factors.append(last)
    return [node, *reversed(factors)]


def _weighted(factors: list[Expression]) -> list[Expression]:
    """The factors, each diagonal matrix as weights of a neighbour: of that which its vector's shape fits, if it can."""
    found: list[Expression] = []
    for factor in factors:
        if found and (one := _vector(found[-1])) is not None and (other := _vector(factor)) is not None:
            turned = other if other.shape == one.shape else build.transpose(other)
            found[-1] = apply(Diag(), build.multiply(one, turned))
        else:
            found.append(factor)
    for place in range(len(found) - 1, -1, -1):
        vector = _vector(found[place])
        if len(found) == 1 or vector is None:
            continue
        is_row = vector.shape[0] == 1
        if place + 1 < len(found) and not (is_row and place > 0):
            weights = build.transpose(vector) if is_row else vector
            found[place : place + 2] = [_scaled(weights, found[place + 1])]
        else:
            weights = vector if is_row else build.transpose(vector)
            found[place - 1 : place + 1] = [build.multiply(found[place - 1], weights)]
    return found


def _scaled(weights: Expression, matrix: Expression) -> Expression:
    """The rows of a matrix, each times its weight; divided, where the weights are 1 / v."""
    if isinstance(weights, Apply) and isinstance(weights.operation, Divide):
        above, below = weights.operands
        while isinstance(above, Apply) and isinstance(above.operation, Broadcast):
            (above,) = above.operands
        if above == Number(Fraction(1)):
            return build.divide(matrix, below)
    return build.multiply(weights, matrix)


def _vector(factor: Expression) -> Expression | None:
    """The vector of a diagonal matrix."""
    return factor.operands[0] if isinstance(factor, Apply) and isinstance(factor.operation, Diag) else None
