"""Other forms of one formula: identities that are tried, and kept where they make it shorter.

Each gives another form of a node, or None where it does not apply; what else it uses is in the algebra's log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tutor.derive.adding import centred, collected, diagonal_entries, inner_product, moved_factor, one_sum
from tutor.derive.algebra import Algebra
from tutor.derive.dividing import one_fraction, one_hot
from tutor.derive.exponentials import hyperbolic, logistic, one_exponential, softmax
from tutor.derive.known import normal_equations
from tutor.derive.naming import by_name
from tutor.derive.nodes import Call, Chain, Flip, Node, Plus, Times
from tutor.derive.polynomials import divided, multiplied_out
from tutor.derive.roots import one_root, roots_squared
from tutor.ops import determinants


def inverse_of_product(algebra: Algebra, node: Node) -> Node | None:
    """A product with inverses of products of square matrices taken apart, so that parts may meet their inverse."""
    if not isinstance(node, Chain):
        return None
    factors = [_inverses_apart(algebra, factor) for factor in node.factors]
    return None if all(a is b for a, b in zip(factors, node.factors, strict=True)) else algebra.chain(factors)


def _inverses_apart(algebra: Algebra, node: Node) -> Node:
    match node:
        case Flip(inner=Call(operation=determinants.Inverse()) as inner):
            apart = _inverses_apart(algebra, inner)
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
    "inner product": Rewriting((Call, Chain, Times), inner_product),
    "logistic": Rewriting((Times, Plus), logistic),
    "hyperbolic": Rewriting((Times, Plus), hyperbolic),
    "one fraction": Rewriting((Plus, Times), one_fraction),
    "distribute": Rewriting((Plus,), multiplied_out),
    "divided": Rewriting((Times,), divided),
    "root": Rewriting((Plus,), roots_squared),
    "one root": Rewriting((Times,), one_root),
    "one-hot": Rewriting((Times,), one_hot),
    "one exponential": Rewriting((Times,), one_exponential),
    "projection": Rewriting((Plus,), normal_equations),
    "collect": Rewriting((Plus,), collected),
    "centred": Rewriting((Chain,), centred),
    "inverse of a product": Rewriting((Chain,), inverse_of_product),
    "entries of the diagonal": Rewriting((Call,), diagonal_entries),
})
"""By the identity's key in :data:`tutor.derive.identities.IDENTITIES`."""
