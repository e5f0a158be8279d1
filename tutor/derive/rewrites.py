"""Other forms of one formula: identities that are tried, and kept where they make it shorter.

Each gives another form of a node, or None where it does not apply; what else it uses is in the algebra's log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from tutor.core.expression import Dimension
from tutor.core.layout import SCALAR, Shape
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, Unit
from tutor.derive.terms import is_number, is_one
from tutor.ops import determinants, elementwise, forms, normalising, reductions

MOST_NAMES: Final = 6
"""How many parts of one product are named."""


def by_name(algebra: Algebra, node: Node) -> Node | None:
    """A formula, or parts of a product, that the program has a name for."""
    if node in algebra.meanings:
        return algebra.meanings[node]
    if isinstance(node, Plus):
        turned = algebra.meanings.get(algebra.scaled(-ONE, node))
        return None if turned is None else algebra.scaled(-ONE, turned)
    found: Node | None = None
    for _ in range(MOST_NAMES):
        after = _part_named(algebra, found or node)
        if after is None:
            break
        found = after
    return found


def _part_named(algebra: Algebra, node: Node) -> Node | None:
    """A product with one part of it named: factors of its own, or some that a sum beside them can take in."""
    if isinstance(node, Chain):
        return _chain_named(algebra, node)
    if not isinstance(node, Times):
        return None
    powers = dict(node.factors)
    number = (algebra.number(node.coefficient), ONE)
    for meant, name in algebra.meanings.items():
        given = meant.factors if isinstance(meant, Times) else ((meant, ONE),)
        if not any(base in powers for base, _ in given):
            continue
        if len(given) == 1 and isinstance(meant, Times) and (found := _root_named(algebra, node, given[0], name)):
            return found
        factors = dict(given)
        if all(_reaches(powers.get(base, Fraction(0)), power) for base, power in factors.items()):
            kept = [(base, power - factors.get(base, Fraction(0))) for base, power in node.factors]
            return algebra.times([number, *kept, (name, ONE)], node.shape)
        scales = {base: power for base, power in factors.items() if base.shape != meant.shape}
        rest = {base: power for base, power in factors.items() if base.shape == meant.shape}
        if not scales or not all(_reaches(powers.get(base, Fraction(0)), power) for base, power in scales.items()):
            continue
        for summed, power in node.factors:
            if summed in scales:
                continue  # it is there once, and that is spent
            product = _taken_in(algebra, summed, rest, name) if power == 1 else None
            if product is not None:
                kept = [(base, p - scales.get(base, Fraction(0))) for base, p in node.factors if base != summed]
                return algebra.times([number, *kept, (product, ONE)], node.shape)
            inner = summed.operands[0] if isinstance(summed, Call) and isinstance(
                summed.operation, reductions.Sum | reductions.RowSum | reductions.ColSum) else None
            if power != 1 or not isinstance(inner, Times) or inner.shape != meant.shape:
                continue
            inside = dict(inner.factors)
            along = [a for a in (0, 1) if inner.shape[a] != summed.shape[a]]
            if all(inside.get(base) == p for base, p in rest.items()) and all(
                    base.shape[a] == 1 for base in scales for a in along):
                named = algebra.times([*((b, p) for b, p in inner.factors if b not in rest), (name, ONE)], inner.shape)
                kept = [(base, p - scales.get(base, Fraction(0))) for base, p in node.factors if base != summed]
                return algebra.times([number, *kept, (algebra.reduce(named, summed.shape), ONE)], node.shape)
    return None


def _root_named(algebra: Algebra, node: Times, given: tuple[Node, Fraction], name: Node) -> Node | None:
    """A product with s^(−2/3) in it as 1 / f², where f is s^(1/3)."""
    base, power = given
    here = dict(node.factors)[base]
    if power.denominator == 1 or (here / power).denominator != 1:
        return None
    kept = [factor for factor in node.factors if factor[0] != base]
    return algebra.times([(algebra.number(node.coefficient), ONE), *kept, (name, here / power)], node.shape)


def _taken_in(algebra: Algebra, product: Node, rest: Mapping[Node, Fraction], name: Node) -> Node | None:
    """A number uᵀ v in which v, over what is beside the number, has a name: uᵀ v / s is uᵀ z for z = v / s."""
    (member, power), *more = rest.items() if rest else ((None, ONE),)
    if not isinstance(product, Chain) or product.shape != SCALAR or member is None or power != 1 or more:
        return None
    for known, named in ((member, name), (algebra.flip(member), algebra.flip(name))):
        if known in product.factors:
            at = product.factors.index(known)
            chain = algebra.chain([*product.factors[:at], named, *product.factors[at + 1 :]])
            return algebra.meanings.get(chain, chain)
    return None


def _chain_named(algebra: Algebra, node: Chain) -> Node | None:
    """A matrix product with neighbours in it named, or named by their transpose."""
    for meant, name in algebra.meanings.items():
        if not isinstance(meant, Chain):
            continue
        for product, known in ((meant, name), (algebra.flip(meant), algebra.flip(name))):
            members = product.factors if isinstance(product, Chain) else ()
            for at in range(len(node.factors) - len(members) + 1) if members else ():
                if node.factors[at : at + len(members)] == members:
                    return algebra.chain([*node.factors[:at], known, *node.factors[at + len(members) :]])
    return None


def inner_product(algebra: Algebra, node: Node) -> Node | None:
    """The sum of the products of two rows, as a row times a column; or a row times a column, where they cancel."""
    match node:
        case Chain(factors=(left, right), shape=(1, 1)):
            product = algebra.times([(left, ONE), (algebra.flip(right), ONE)], left.shape)
            return algebra.reduce(product, SCALAR) if isinstance(product, Filled) or is_number(product) else None
        case Call(operation=reductions.Sum(), operands=(Times(coefficient=1, factors=((left, 1), (right, 1))),)) if (
                left.shape == right.shape and left.shape[0] == 1):
            product = algebra.chain([left, algebra.flip(right)])
            return algebra.meanings.get(product, product)
        case Call(operation=reductions.RowSum() | reductions.ColSum(), operands=(Times() as entries,)):
            return _weighted(algebra, entries, node.shape)
    return None


def _weighted(algebra: Algebra, entries: Times, shape: Shape) -> Node | None:
    """Rows added up with weights: the column sums of u ∘ A are uᵀ A, the row sums of A ∘ v are A vᵀ."""
    axis = 0 if shape[0] == 1 else 1
    thin = [f for f in entries.factors if f[0].shape[1 - axis] == 1 and f[0].shape != SCALAR]
    full = [f for f in entries.factors if f not in thin]
    if not thin or not any(base.shape == entries.shape for base, _ in full):
        return None
    weights = algebra.times(thin, thin[0][0].shape)
    rest = algebra.times([(algebra.number(entries.coefficient), ONE), *full], entries.shape)
    return algebra.chain([algebra.flip(weights), rest] if axis == 0 else [rest, algebra.flip(weights)])


def moved_factor(algebra: Algebra, node: Node) -> Node | None:
    """Sums over rows of (G Vᵀ) ∘ A as those of G ∘ O, where O = A V has a name; sums over columns the same way."""
    if not isinstance(node, Call) or not isinstance(node.operation, reductions.RowSum | reductions.ColSum):
        return None
    (product,) = node.operands
    if not isinstance(product, Times):
        return None
    over_rows = isinstance(node.operation, reductions.RowSum)
    for moving, power in product.factors:
        if power != 1 or not isinstance(moving, Chain):
            continue
        other = algebra.fork().times([(product, ONE), (moving, -ONE)], product.shape)
        last, rest = (moving.factors[-1], moving.factors[:-1]) if over_rows else (moving.factors[0], moving.factors[1:])
        met = algebra.chain([other, algebra.flip(last)] if over_rows else [algebra.flip(last), other])
        named = algebra.names.get(met) or algebra.names.get(algebra.flip(met))
        if named is not None:
            named = named if met in algebra.names else algebra.flip(named)
            return algebra.reduce(algebra.times([(algebra.chain(rest), ONE), (named, ONE)], named.shape), node.shape)
    return None


def one_sum(algebra: Algebra, node: Node) -> Node | None:
    """Σ u − Σ v, and n u − Σ v of n entries v, as Σ (u − v)."""
    assert isinstance(node, Plus)
    sums = [(c, total) for c, total in node.terms if isinstance(total, Call) and isinstance(
        total.operation, reductions.Sum | reductions.RowSum | reductions.ColSum)]
    for i, (c, one) in enumerate(sums):
        for d, other in sums[i + 1 :]:
            if abs(c) == abs(d) and one.operands[0].shape == other.operands[0].shape:
                inner = algebra.plus([(c, one.operands[0]), (d, other.operands[0])], one.operands[0].shape)
                others = [t for t in node.terms if t[1] not in (one, other)]
                return algebra.plus([*others, (ONE, algebra.sum_of(inner, node.shape))], node.shape)
    if node.shape != SCALAR:
        return None
    for c, total in node.terms:
        if not (isinstance(total, Call) and isinstance(total.operation, reductions.Sum)):
            continue
        (inner,) = total.operands
        if 1 not in inner.shape:
            continue
        size = algebra.reduce(Filled(inner.shape), SCALAR)
        if algebra.times([(total, ONE), (size, -ONE)], SCALAR) in algebra.meanings:
            continue  # the mean has a name, and meets it
        for d, term in node.terms:
            alone = algebra.times([(algebra.number(d), ONE), (term, ONE), (size, -ONE)], SCALAR)
            ((e, each),) = algebra.terms(alone) if not isinstance(alone, Plus) else ((d, alone),)
            counted = isinstance(each, Times) and any(isinstance(base, Atom) and power < 0 and isinstance(
                base.expression, Dimension) for base, power in each.factors)
            if term == total or abs(e) != abs(c) or counted or isinstance(alone, Plus):
                continue
            joined = algebra.plus([(c, inner), (ONE, algebra.spread(alone, inner.shape))], inner.shape)
            others = [t for t in node.terms if t[1] not in (total, term)]
            return algebra.plus([*others, (ONE, algebra.sum_of(joined, SCALAR))], SCALAR)
    return None


def softmax(algebra: Algebra, node: Node) -> Node | None:
    """exp(z) over the sum of its row."""
    assert isinstance(node, Times)
    powers = dict(node.factors)
    for above, power in node.factors:
        if power != 1 or not isinstance(above, Call) or not isinstance(above.operation, elementwise.Exp):
            continue
        (inner,) = above.operands
        for turned in (False, True) if 1 in inner.shape else (False,):
            row = algebra.flip(inner) if turned else inner
            below = algebra.sum_of(above, SCALAR if row.shape[0] == 1 else (row.shape[0], 1))
            if powers.get(below) == -1:
                made = Call(normalising.Softmax(), (row,), row.shape)
                made_here = algebra.names.get(made, made)
                kept = [f for f in node.factors if f[0] not in (above, below)]
                return algebra.times([(algebra.number(node.coefficient), ONE), *kept,
                                      (algebra.flip(made_here) if turned else made_here, ONE)], node.shape)
    return None


def _reaches(power: Fraction, wanted: Fraction) -> bool:
    """Whether a power holds another: x³ holds x², and 1/x² holds 1/x."""
    return power * wanted > 0 and abs(power) >= abs(wanted)


def logistic(algebra: Algebra, node: Node) -> Node | None:
    """Exponentials over 1 + exp(a): σ(a), and σ(−a); and 1 − σ(−a)."""
    if isinstance(node, Plus):
        return _complement(algebra, node)
    if not isinstance(node, Times):
        return None
    for base, power in node.factors:
        if power == -1 and (of_two := _share(algebra, node, base)) is not None:
            return of_two
        found = _one_and_exponential(base)
        if found is None or power.denominator != 1 or power > 0:
            continue
        exponential, inner = found
        above = dict(node.factors).get(exponential, Fraction(0))
        taken = min(-power, max(above, Fraction(0)))
        kept = [(b, p - taken if b == exponential else p) for b, p in node.factors if b != base]
        sides = _sigmoid(algebra, inner), _sigmoid(algebra, algebra.scaled(-ONE, inner))
        return algebra.times([(algebra.number(node.coefficient), ONE), *((b, p) for b, p in kept if p),
                              (sides[0], taken), (sides[1], -power - taken)], node.shape)
    return None


def _share(algebra: Algebra, node: Times, below: Node) -> Node | None:
    """exp(a) / (exp(a) + exp(b)) = σ(a − b)."""
    found = _two_exponents(below)
    if found is None or found[1] != found[3]:
        return None
    powers = dict(node.factors)
    for inner, other in ((found[0], found[2]), (found[2], found[0])):
        above = Call(elementwise.Exp(), (inner,), inner.shape)
        if powers.get(above) == 1:
            difference = algebra.plus([(ONE, inner), (-ONE, other)], node.shape)
            kept = [(base, power) for base, power in node.factors if base not in (above, below)]
            number = algebra.number(node.coefficient / found[1])
            return algebra.times([(number, ONE), *kept, (_sigmoid(algebra, difference), ONE)], node.shape)
    return None


def _one_and_exponential(node: Node) -> tuple[Node, Node] | None:
    """exp(a) and a, of 1 + exp(a)."""
    if not isinstance(node, Plus) or len(node.terms) != 2:
        return None
    (c, first), (d, second) = sorted(node.terms, key=lambda term: not _is_ones(term[1]))
    if (c, d) == (ONE, ONE) and _is_ones(first) and isinstance(second, Call) and isinstance(
            second.operation, elementwise.Exp):
        return second, second.operands[0]
    return None


def _is_ones(node: Node) -> bool:
    return isinstance(node, Filled) or is_one(node)


def _sigmoid(algebra: Algebra, inner: Node) -> Node:
    """σ(a), by its name where it has one; as 1 − σ(−a) where that has one."""
    operation = elementwise.Sigmoid()
    here, turned = (Call(operation, (node,), inner.shape) for node in (inner, algebra.scaled(-ONE, inner)))
    if here not in algebra.names and turned in algebra.names:
        one = algebra.spread(algebra.number(ONE), inner.shape)
        return algebra.plus([(ONE, one), (-ONE, algebra.names[turned])], inner.shape)
    return algebra.names.get(here, here)


def _complement(algebra: Algebra, node: Plus) -> Node | None:
    """1 − σ(−a) = σ(a)."""
    if len(node.terms) != 2:
        return None
    (c, one), (d, second) = sorted(node.terms, key=lambda term: not _is_ones(term[1]))
    match second:
        case Call(operation=elementwise.Sigmoid(), operands=(Times(coefficient=number) as inner,)) if (
                c == -d and _is_ones(one) and number < 0):
            pass
        case _:
            return None
    return algebra.scaled(c, algebra.build(elementwise.Sigmoid(), [algebra.scaled(-ONE, inner)], node.shape))


def hyperbolic(algebra: Algebra, node: Node) -> Node | None:
    """(exp(a) − exp(b)) / (exp(a) + exp(b)) = tanh((a − b) / 2), and σ(a) − σ(−a) = tanh(a / 2)."""
    if isinstance(node, Plus):
        return _two_sides(algebra, node)
    assert isinstance(node, Times)
    sums = {base: _two_exponents(base) for base, power in node.factors if abs(power) == 1}
    powers = dict(node.factors)
    for below, (first, c, second, d) in ((base, found) for base, found in sums.items() if found is not None):
        if powers[below] != -1 or c != d:
            continue
        for above, difference in sums.items():
            if difference is None or powers[above] != 1 or difference[1] != -difference[3]:
                continue
            if {first, second} != {difference[0], difference[2]}:
                continue
            halves = [algebra.scaled(sign / 2, algebra.plus([(ONE, difference[0]), (-ONE, difference[2])],
                                                            node.shape)) for sign in (ONE, -ONE)]
            turned = isinstance(halves[0], Times) and halves[0].coefficient < 0
            tanh = algebra.build(elementwise.Tanh(), [halves[turned]], node.shape)
            kept = [(base, power) for base, power in node.factors if base not in (above, below)]
            number = algebra.number((-1) ** turned * node.coefficient * difference[1] / c)
            return algebra.times([(number, ONE), *kept, (tanh, ONE)], node.shape)
    return None


def _two_sides(algebra: Algebra, node: Plus) -> Node | None:
    """Among the terms of a sum σ(a) − σ(−a) as tanh(a / 2)."""
    sides = {term.operands[0]: (c, term) for c, term in node.terms
             if isinstance(term, Call) and isinstance(term.operation, elementwise.Sigmoid)}
    for inner, (c, term) in sides.items():
        d, other = sides.get(algebra.scaled(-ONE, inner), (c, term))
        if c == -d and not (isinstance(inner, Times) and inner.coefficient < 0):
            tanh = algebra.build(elementwise.Tanh(), [algebra.scaled(Fraction(1, 2), inner)], node.shape)
            return algebra.plus([*(t for t in node.terms if t[1] not in (term, other)), (c, tanh)], node.shape)
    return None


def _two_exponents(node: Node) -> tuple[Node, Fraction, Node, Fraction] | None:
    """a, c, b and d of c exp(a) + d exp(b)."""
    if not isinstance(node, Plus) or len(node.terms) != 2:
        return None
    (c, first), (d, second) = node.terms
    if not isinstance(first, Call) or not isinstance(second, Call) or not isinstance(
            first.operation, elementwise.Exp) or not isinstance(second.operation, elementwise.Exp):
        return None
    return first.operands[0], c, second.operands[0], d


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


def diagonal_entries(algebra: Algebra, node: Node) -> Node | None:
    """Sums of I ∘ M: the trace of M, and its diagonal; of an outer product u v these are v u and u ∘ vᵀ."""
    if not isinstance(node, Call):
        return None
    match node.operation, node.operands:
        case (reductions.Sum() | reductions.RowSum() | reductions.ColSum(), (Times() as product,)):
            units = [base for base, power in product.factors if isinstance(base, Unit) and power > 0]
            if not units:
                return None
            rest = algebra.times([(algebra.number(product.coefficient), ONE),
                                  *(f for f in product.factors if f[0] not in units)], product.shape)
            return _on_diagonal(algebra, rest, node.shape)
        case determinants.Trace(), (Chain() as product,):
            return _on_diagonal(algebra, product, SCALAR)
    return None


def _on_diagonal(algebra: Algebra, matrix: Node, shape: tuple[int | str, int | str]) -> Node | None:
    if isinstance(matrix, Chain):
        for at in range(1, len(matrix.factors)):
            left, right = algebra.chain(matrix.factors[:at]), algebra.chain(matrix.factors[at:])
            if left.shape[1] == 1:
                if shape == SCALAR:
                    return algebra.chain([right, left])
                column = algebra.times([(left, ONE), (algebra.flip(right), ONE)], left.shape)
                return column if shape == column.shape else algebra.flip(column)
    if shape == SCALAR:
        return None if isinstance(matrix, Chain) else algebra.build(determinants.Trace(), [matrix], SCALAR)
    column = algebra.build(forms.DiagOf(), [matrix], (matrix.shape[0], 1))
    return column if shape == column.shape else algebra.flip(column)


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
