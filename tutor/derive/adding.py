"""Sums of entries as matrix products, as one sum, and along a diagonal."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from tutor.core.expression import Dimension
from tutor.core.layout import SCALAR, Shape
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, Unit, is_zero, plainer
from tutor.derive.terms import is_number
from tutor.ops import determinants, forms, reductions


def inner_product(algebra: Algebra, node: Node) -> Node | None:
    """The sum of the products of two rows, as a row times a column; or a row times a column, where they cancel."""
    match node:
        case Chain(factors=(left, right), shape=(1, 1)):
            product = algebra.times([(left, ONE), (algebra.flip(right), ONE)], left.shape)
            met = isinstance(product, Filled) or is_number(product) or (
                isinstance(product, Times) and len(product.factors) == 1 and product.factors[0][1] > 2)
            return algebra.reduce(plainer(product, algebra.flip(product)), SCALAR) if met else None
        case Times(factors=factors):
            return _meeting(algebra, node, [base for base, _ in factors if isinstance(base, Chain)])
        case Call(operation=reductions.Sum(), operands=(Times(coefficient=1, factors=((left, 1), (right, 1))),)) if (
                left.shape == right.shape and left.shape[0] == 1):
            product = algebra.chain([left, algebra.flip(right)])
            return algebra.meanings.get(product, product)
        case Call(operation=reductions.Sum(), operands=(Times(coefficient=1, factors=((left, 1), (right, 1))),)) if (
                left.shape == right.shape and 1 not in left.shape):
            return _traced(algebra, left, right)
        case Call(operation=reductions.RowSum() | reductions.ColSum(), operands=(Times() as entries,)):
            return _weighted(algebra, entries, node.shape)
    return None


def _meeting(algebra: Algebra, node: Times, chains: list[Chain]) -> Node | None:
    """A product with u vᵀ among its factors, and with Σ u ∘ v inside another, which is u vᵀ as well."""
    for chain in chains:
        if chain.shape != SCALAR or len(chain.factors) != 2 or chain.factors[0].shape[0] != 1:
            continue
        left, right = chain.factors
        summed = algebra.fork().sum_of(algebra.times([(left, ONE), (algebra.flip(right), ONE)], left.shape), SCALAR)
        for base, power in node.factors:
            if not isinstance(base, Plus) or power != 1:
                continue
            terms = [(c, algebra.times([(b, p) if b != summed else (chain, p) for b, p in term.factors], term.shape)
                      if isinstance(term, Times) and term.coefficient == 1 else chain if term == summed else term)
                     for c, term in base.terms]
            if any(new != old for (_, new), (_, old) in zip(terms, base.terms, strict=True)):
                kept = [factor for factor in node.factors if factor[0] != base]
                # Term by term, so that they meet.
                return algebra.plus([(c * node.coefficient, algebra.times([*kept, (term, ONE)], node.shape))
                                     for c, term in terms], node.shape)
    return None


def collected(algebra: Algebra, node: Node) -> Node | None:
    """Terms with the same number in front of a bracket; and B − B A as B (I − A), where B is long to write."""
    assert isinstance(node, Plus)
    sizes = Counter(abs(c) for c, _ in node.terms if abs(c) != 1)
    for size, times in sizes.items():
        if 1 < times < len(node.terms):
            inner = Plus(tuple((c / size, term) for c, term in node.terms if abs(c) == size), node.shape)
            others = tuple(t for t in node.terms if abs(t[0]) != size)
            return Plus((*others, (size, inner)), node.shape)
    if (shared := _shared_sum(algebra, node)) is not None:
        return shared
    for c, whole in node.terms:
        if node.shape[0] != node.shape[1] or not (
                (isinstance(whole, Flip) and isinstance(whole.inner, Call)) or isinstance(whole, Call)):
            continue
        for at in (0, -1):
            beside = [(d, term) for d, term in node.terms if isinstance(term, Chain) and term.factors[at] == whole]
            if len(beside) != len(node.terms) - 1:
                continue
            rest = [(d, algebra.chain(term.factors[1:] if at == 0 else term.factors[:-1])) for d, term in beside]
            left = algebra.plus([(c, Unit(node.shape)), *rest], node.shape)
            return algebra.chain([whole, left] if at == 0 else [left, whole])
    return None


def _shared_sum(algebra: Algebra, node: Plus) -> Node | None:
    """A sum and a multiple of it, a + b − p (a + b), as (1 − p) (a + b)."""
    here = {term: c for c, term in node.terms}
    for c, term in node.terms:
        for base, power in term.factors if isinstance(term, Times) else ():
            if power != 1 or not isinstance(base, Plus) or base.shape != node.shape or not (
                    base.terms and all(part in here for _, part in base.terms)):
                continue
            ratios = {here[part] / d for d, part in base.terms}
            if len(ratios) == 1:
                beside = algebra.fork().times([(term, ONE), (base, -ONE)], node.shape)
                one = algebra.spread(algebra.number(ratios.pop()), node.shape)
                inner = algebra.plus([(ONE, one), (c, beside)], node.shape)
                parts = {part for _, part in base.terms} | {term}
                others = [t for t in node.terms if t[1] not in parts]
                return algebra.plus([*others, (ONE, algebra.times([(base, ONE), (inner, ONE)], node.shape))],
                                    node.shape)
    return None


def centred(algebra: Algebra, node: Node) -> Node | None:
    """Weights that add up to 0 times rows less the same row: p ∘ (y − p y) times X − x is p ∘ (y − p y) times X."""
    assert isinstance(node, Chain)
    for at, factor in enumerate(node.factors):
        for side, axis in ((at - 1, 0), (at + 1, 1)):
            if not isinstance(factor, Plus) or not 0 <= side < len(node.factors):
                continue
            repeated = [(c, term) for c, term in factor.terms if isinstance(term, Times) and any(
                isinstance(base, Filled) for base, _ in term.factors) and all(
                base.shape[axis] == 1 for base, _ in term.factors if not isinstance(base, Filled))]
            weights = node.factors[side]
            shape = (weights.shape[0], 1) if axis == 0 else (1, weights.shape[1])
            if repeated and len(repeated) < len(factor.terms) and is_zero(_sums_by_name(algebra, weights, shape)):
                rest = algebra.plus([term for term in factor.terms if term not in repeated], factor.shape)
                return algebra.chain([*node.factors[:at], rest, *node.factors[at + 1 :]])
    return None


def _sums_by_name(algebra: Algebra, node: Node, shape: Shape) -> Node:
    """The sums of a product with a sum among its factors, multiplied out and by their names."""
    sums = [base for base, power in node.factors if isinstance(base, Plus) and power == 1] if isinstance(
        node, Times) else []
    if len(sums) != 1:
        return algebra.reduce(node, shape)
    terms: list[tuple[Fraction, Node]] = []
    rest = algebra.fork().times([(node, ONE), (sums[0], -ONE)], node.shape)
    for c, product in algebra.times_each([(rest, ONE)], sums[0], node.shape):
        total = algebra.reduce(product, shape)
        made = inner_product(algebra, total)
        terms.append((c, total if made is None else made))
    return algebra.plus([(c, algebra.meanings.get(term, term)) for c, term in terms], shape)


def _traced(algebra: Algebra, left: Node, right: Node) -> Node | None:
    """Σ A ∘ B as the trace of A Bᵀ, where a matrix meets its inverse there."""
    turned = algebra.flip(right)
    for ends in ((left, turned), (turned, left)):
        met = algebra.fork().chain(ends)
        if isinstance(met, Unit):
            algebra.chain(ends)
            return algebra.size(met.shape[0])
        if _factors_of(met) < sum(map(_factors_of, ends)) and not isinstance(met, Plus | Times):
            return algebra.build(determinants.Trace(), [algebra.chain(ends)], SCALAR)
    return None


def _factors_of(node: Node) -> int:
    return len(node.factors) if isinstance(node, Chain) else 1


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
    if not isinstance(node, Call) or not isinstance(
            node.operation, reductions.Sum | reductions.RowSum | reductions.ColSum):
        return None
    (product,) = node.operands
    if not isinstance(product, Times):
        return None
    if isinstance(node.operation, reductions.Sum):
        return _moved_in_whole(algebra, product)
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
        elif isinstance(last, Flip) and not (isinstance(other, Unit) or _is_distribution(algebra, other)):
            named = met  # beside a softmax the difference of the two is 0 where it is certain, and stays so
        if named is not None:
            return algebra.reduce(algebra.times([(algebra.chain(rest), ONE), (named, ONE)], named.shape), node.shape)
    return None


def _is_distribution(algebra: Algebra, node: Node) -> bool:
    return isinstance(node, Atom) and node.expression.name in algebra.facts.distributions


def _moved_in_whole(algebra: Algebra, product: Times) -> Node | None:
    """The sum of all entries of (G Hᵀ) ∘ A as that of G ∘ (A H), where that saves a transpose or meets a name."""
    for moving, power in product.factors:
        if power != 1 or not isinstance(moving, Chain):
            continue
        other = algebra.fork().times([(product, ONE), (moving, -ONE)], product.shape)
        for end, rest, is_last in ((moving.factors[-1], moving.factors[:-1], True),
                                   (moving.factors[0], moving.factors[1:], False)):
            met = algebra.chain([other, algebra.flip(end)] if is_last else [algebra.flip(end), other])
            named = algebra.names.get(met, met)
            if isinstance(end, Flip) or named is not met:
                return algebra.reduce(algebra.times([(algebra.chain(rest), ONE), (named, ONE)], met.shape), SCALAR)
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
        case determinants.Trace(), (Filled() as ones,):
            return algebra.size(ones.shape[0])
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
