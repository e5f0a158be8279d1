"""Roots that meet: one root for two, and s² as what stands under the root that s is."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from tutor.core.layout import SCALAR
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.growing import is_exponential
from tutor.derive.nodes import Atom, Call, Node, Plus, Times
from tutor.derive.terms import Rewrite, is_number
from tutor.ops import elementwise


def roots_squared(algebra: Algebra, node: Node) -> Node | None:
    """Sums in which s² is what stands under the root that s is, as in 1 − x² / s² with s = √(1 + x²): 1 / s²."""
    assert isinstance(node, Plus)
    for root, under in _roots(algebra).items():
        for over in (Fraction(0), Fraction(2)):
            if not any(_power(term, root) == (-over or 2) for _, term in node.terms):
                continue
            terms = []
            for c, term in node.terms:
                raised = algebra.times([(term, ONE), (root, over)], node.shape)
                if _power(raised, root) == 2:
                    rest = algebra.times([(raised, ONE), (root, Fraction(-2))], node.shape)
                    terms += [(c * d, part) for d, part in algebra.times_each([(rest, ONE)], under, node.shape)]
                else:
                    terms.append((c, raised))
            total = algebra.plus(terms, node.shape)
            algebra.log.clear()
            if len(algebra.terms(total)) < len(node.terms):
                return algebra.times([(total, ONE), (root, -over)], node.shape)
    return None


def _roots(algebra: Algebra) -> Mapping[Node, Node]:
    """The names of roots, each with what stands under it."""
    found: dict[Node, Node] = {}
    for meant, name in algebra.meanings.items():
        match name:
            case Times(coefficient=1, factors=((Atom() as root, 2),)) if isinstance(meant, Plus):
                found.setdefault(root, meant)
    return found


def _power(node: Node, base: Node) -> Fraction:
    """The power that a base has in a product."""
    if node == base:
        return ONE
    return dict(node.factors).get(base, Fraction(0)) if isinstance(node, Times) else Fraction(0)


def one_root(algebra: Algebra, node: Node) -> Node | None:
    """√q / √p as √(q / p), √p √q as √(p q); and of what is positive q / √(p q) as √(q / p)."""
    assert isinstance(node, Times)
    roots = [(base, power) for base, power in node.factors if isinstance(base, Call) and isinstance(
        base.operation, elementwise.Sqrt) and abs(power) == 1]
    powers = dict(node.factors)
    for base, power in roots:
        (under,) = base.members
        if not isinstance(under, Times):
            continue
        for inner, exponent in under.factors:
            beside = powers.get(inner, Fraction(0))
            after = exponent + 2 * beside * power
            if beside.denominator != 1 or not beside or abs(after) > abs(exponent) or not (
                    algebra.facts.positive_name(inner) or is_exponential(inner)):
                continue
            whole = [(algebra.number(under.coefficient), ONE),
                     *((b, p) for b, p in under.factors if b != inner), (inner, after)]
            kept = [factor for factor in node.factors if factor[0] not in (base, inner)]
            joined = _with_root(algebra, node, kept, whole, power)
            promised = algebra.facts.positive_name(inner)
            algebra.log.append(Rewrite("one root", (node,), joined, positive=(promised,) if promised else ()))
            return joined
    for i, (one, power) in enumerate(roots):
        for other, exponent in roots[i + 1 :]:
            if one.shape == other.shape:
                kept = [factor for factor in node.factors if factor[0] not in (one, other)]
                whole = [(one.members[0], ONE), (other.members[0], ONE if power == exponent else -ONE)]
                return _with_root(algebra, node, kept, whole, power)
    return None


def _with_root(algebra: Algebra, node: Times, kept: list[tuple[Node, Fraction]], whole: list[tuple[Node, Fraction]],
               power: Fraction) -> Node:
    """A product with the root of another among its factors, upside down where that spares a fraction."""
    if power < 0 and any(exponent < 0 for _, exponent in whole):
        whole, power = [(base, -exponent) for base, exponent in whole], -power
    if power > 0 and all(exponent < 0 or is_number(base) for base, exponent in whole):
        whole, power = [(base, -exponent) for base, exponent in whole], -power
    shapes = {base.shape for base, _ in whole if base.shape != SCALAR} or {SCALAR}
    under = algebra.times(whole, shapes.pop() if len(shapes) == 1 else node.shape)
    root = algebra.build(elementwise.Sqrt(), [under], under.shape)
    return algebra.times([(algebra.number(node.coefficient), ONE), *kept, (root, power)], node.shape)
