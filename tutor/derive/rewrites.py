"""Other forms of one formula: identities that are tried, and kept where they make it shorter.

Each gives another form of a node, or None where it does not apply; what else it uses is in the algebra's log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tutor.core.layout import SCALAR
from tutor.derive.adding import diagonal_entries, inner_product, moved_factor, one_sum
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.exponentials import hyperbolic, logistic, softmax
from tutor.derive.naming import by_name
from tutor.derive.nodes import Call, Chain, Flip, Node, Plus, Times
from tutor.ops import determinants


def one_fraction(algebra: Algebra, node: Node) -> Node | None:
    """Terms put over the sum that divides one of them; and n (1 + q/n) below a fraction as n + q."""
    if isinstance(node, Times):
        return _without_inner_fraction(algebra, node)
    assert isinstance(node, Plus)
    for divisor in dict.fromkeys(base for _, term in node.terms if isinstance(term, Times)
                                 for base, power in term.factors if power == -1 and isinstance(base, Plus)):
        above = [(c, _multiplied_out(algebra, _times_sum(algebra, term, divisor))) for c, term in node.terms]
        return algebra.times([(algebra.plus(above, node.shape), ONE), (divisor, -ONE)], node.shape)
    return None


def _multiplied_out(algebra: Algebra, node: Node) -> Node:
    """A product with one short sum in it as a sum of products."""
    sums = [base for base, power in node.factors if isinstance(base, Plus) and power == 1] if isinstance(
        node, Times) else []
    if len(sums) != 1 or len(sums[0].terms) > 2:
        return node
    rest = algebra.times([(node, ONE), (sums[0], -ONE)], node.shape)
    return algebra.plus([(c, algebra.times([(rest, ONE), (part, ONE)], node.shape)) for c, part in sums[0].terms],
                        node.shape)


def _times_sum(algebra: Algebra, term: Node, total: Plus) -> Node:
    """A term times a sum, multiplied out where nothing is divided by the sum."""
    product = algebra.times([(term, ONE), (total, ONE)], term.shape)
    if isinstance(product, Times) and dict(product.factors).get(total) == 1:
        return algebra.plus([(c, algebra.times([(term, ONE), (part, ONE)], term.shape)) for c, part in total.terms],
                            term.shape)
    return product


def _without_inner_fraction(algebra: Algebra, node: Times) -> Node | None:
    for total, power in node.factors:
        if power != -1 or not isinstance(total, Plus):
            continue
        for base, other in node.factors:
            if other <= -1 and base.shape in (SCALAR, total.shape) and any(
                    dict(term.factors).get(base, ONE) < 0 for _, term in total.terms if isinstance(term, Times)):
                kept = [(b, p + 1 if b == base else p) for b, p in node.factors if b != total]
                inner = algebra.plus([(c, algebra.times([(term, ONE), (base, ONE)], term.shape))
                                      for c, term in total.terms], total.shape)
                return algebra.times([(algebra.number(node.coefficient), ONE), *kept, (inner, -ONE)], node.shape)
    return None


def inverse_of_product(algebra: Algebra, node: Node) -> Node | None:
    """A product with inverses of products of square matrices taken apart, so that parts may meet their inverse."""
    if not isinstance(node, Chain):
        return None
    factors = [_apart(algebra, factor) for factor in node.factors]
    return None if all(a is b for a, b in zip(factors, node.factors, strict=True)) else algebra.chain(factors)


def _apart(algebra: Algebra, node: Node) -> Node:
    match node:
        case Flip(inner=Call(operation=determinants.Inverse()) as inner):
            apart = _apart(algebra, inner)
            return node if apart is inner else algebra.flip(apart)
        case Call(operation=determinants.Inverse(), operands=(Chain(factors=factors),)) if all(
                factor.shape[0] == factor.shape[1] for factor in factors):
            return algebra.chain([algebra.inverse(factor) for factor in reversed(factors)])
    return node


@dataclass(frozen=True, slots=True)
class Rewriting:
    """One identity read from left to right.

    Attributes:
        kinds: What it is tried on.
        other: Another form of a node; None where the identity does not apply.
    """

    kinds: tuple[type[Node], ...]
    other: Callable[[Algebra, Node], Node | None]


REWRITES: Final[Mapping[str, Rewriting]] = MappingProxyType({
    "own name": Rewriting((Times, Plus, Chain, Call), by_name),
    "moved factor": Rewriting((Call,), moved_factor),
    "one sum": Rewriting((Plus,), one_sum),
    "softmax": Rewriting((Times,), softmax),
    "inner product": Rewriting((Call, Chain), inner_product),
    "logistic": Rewriting((Times, Plus), logistic),
    "hyperbolic": Rewriting((Times, Plus), hyperbolic),
    "one fraction": Rewriting((Plus, Times), one_fraction),
    "inverse of a product": Rewriting((Chain,), inverse_of_product),
    "entries of the diagonal": Rewriting((Call,), diagonal_entries),
})
"""By the identity's key in :data:`tutor.derive.identities.IDENTITIES`."""
