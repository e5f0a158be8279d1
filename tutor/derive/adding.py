"""Sums of entries as matrix products, as one sum, and along a diagonal."""

from __future__ import annotations

from tutor.core.expression import Dimension
from tutor.core.layout import SCALAR, Shape
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, Unit
from tutor.derive.terms import is_number
from tutor.ops import determinants, forms, reductions


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
            return algebra.reduce(algebra.times([(algebra.chain(rest), ONE), (named, ONE)], named.shape), node.shape)
    return None


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
