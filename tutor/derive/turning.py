"""Where one transpose around a formula is shorter than those inside it."""

from __future__ import annotations

from tutor.core.layout import SCALAR
from tutor.derive.nodes import Call, Chain, Filled, Flip, Node, Plus, Times, Unit, walk
from tutor.derive.simplify import cost
from tutor.ops import elementwise, forms, reductions

_ROUNDING = 0.5
"""Names count a hundredth each; only whole operations are compared."""


def turned(node: Node) -> Node | None:
    """The transpose of a formula, where it has so many fewer transposes that it is written in its stead.

    A sum or a product is turned round when that saves two operations, as in (B A X)ᵀ; Aᵀ Bᵀ stays as it is. A product
    that is a vector, cᵀ Yᵀ, one of equal factors, Xᵀ Xᵀ, a sum of names, Aᵀ + Bᵀ, and an elementwise product are turned
    when that saves one. A product with diagonal matrices is a chain of Jacobians, and keeps its order.
    """
    if SCALAR == node.shape or not isinstance(node, Chain | Plus | Times):
        return None
    if not any(isinstance(inner, Flip) for inner in walk(node)):
        return None
    least = 2
    if isinstance(node, Times):
        if sum(base.shape != SCALAR and not isinstance(base, Filled) for base, _ in node.factors) < 2:
            return None
        least = 1
    elif isinstance(node, Chain) and any(isinstance(f, Call) and isinstance(f.operation, forms.Diag)
                                         for f in node.factors):
        return None
    elif (isinstance(node, Chain) and (1 in node.shape or len(set(node.factors)) == 1)) or (
            isinstance(node, Plus) and all(_is_flip(term) for _, term in node.terms)):
        least = 1
    other = opposite(node)
    return other if cost(node) - cost(other) - 1 > least - _ROUNDING else None


def turned_vector(node: Chain) -> Chain | None:
    """A product in which neighbours, Aᵀ xᵀ, are one vector in brackets, (x A)ᵀ."""
    for at in range(len(node.factors)):
        for end in range(len(node.factors), at + 1, -1):
            run = node.factors[at:end]
            if len(run) < len(node.factors) and all(isinstance(factor, Flip) for factor in run) and (
                    1 in (run[0].shape[0], run[-1].shape[1])):
                part = Chain(run, (run[0].shape[0], run[-1].shape[1]))
                return Chain((*node.factors[:at], part, *node.factors[end:]), node.shape)
    return None


def _is_flip(node: Node) -> bool:
    """Whether a node is a transposed name, or a multiple of one."""
    parts = [base for base, _ in node.factors if base.shape != SCALAR] if isinstance(node, Times) else [node]
    return len(parts) == 1 and isinstance(parts[0], Flip)


def opposite(node: Node) -> Node:
    """The transpose, pushed to the names; without regard to facts about them."""
    if node.shape == SCALAR:
        return node
    shape = (node.shape[1], node.shape[0])
    match node:
        case Flip(inner=inner):
            return inner
        case Chain(factors=factors):
            return Chain(tuple(opposite(factor) for factor in reversed(factors)), shape)
        case Plus(terms=terms):
            return Plus(tuple((c, opposite(term)) for c, term in terms), shape)
        case Times(coefficient=c, factors=factors):
            return Times(c, tuple((opposite(base), power) for base, power in factors), shape)
        case Filled():
            return Filled(shape)
        case Unit() | Call(operation=forms.Diag()):
            return node
        case Call(operation=elementwise.Elementwise() as operation, operands=(inner,)):
            return Call(operation, (opposite(inner),), shape)
        case Call(operation=reductions.RowSum(), operands=(inner,)):
            return Call(reductions.ColSum(), (opposite(inner),), shape)
        case Call(operation=reductions.ColSum(), operands=(inner,)):
            return Call(reductions.RowSum(), (opposite(inner),), shape)
        case Call(operation=forms.Kronecker() as operation, operands=(left, right)):
            return Call(operation, (opposite(left), opposite(right)), shape)
    return Flip(node)
