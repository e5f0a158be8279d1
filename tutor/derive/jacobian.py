"""The Jacobian of a link as a matrix formula, read off its adjoint.

A cotangent goes back through a link as a row times the Jacobian. So where the adjoint can be written as
``G M``, with ``G`` the row of the output's cotangent, ``M`` is the Jacobian, rows = outputs. For matrices, ``L G R``
with rows stacked is a row times ``Lᵀ ⊗ R`` (Matrix Cookbook eq. 520, there for stacked columns).
"""

from __future__ import annotations

from tutor.core.layout import SCALAR
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, Unit, walk
from tutor.ops import forms, reductions


def jacobian_form(algebra: Algebra, adjoint: Node, symbol: Atom) -> Node | None:
    """The matrix M with ``adjoint = symbol · M`` on stacked rows, or None where there is no short one."""
    algebra = algebra.fork(joins_diagonals=False)
    if symbol.shape == SCALAR:
        return _by_number(algebra, adjoint, symbol)
    is_row = symbol.shape[0] == 1
    if 1 in symbol.shape and 1 in adjoint.shape:
        target: Node = symbol if is_row else Flip(symbol)
        row = adjoint if adjoint.shape[0] == 1 else algebra.flip(adjoint)
        return _right_factor(algebra, row, target)
    return _kronecker(algebra, adjoint, symbol)


def _by_number(algebra: Algebra, adjoint: Node, symbol: Atom) -> Node | None:
    """The derivative of a number: what multiplies its cotangent, as a row where it is a vector."""
    slope = algebra.times([(adjoint, ONE), (symbol, -ONE)], adjoint.shape)
    if symbol in set(walk(slope)):
        slope = algebra.plus([(c, algebra.times([(t, ONE), (symbol, -ONE)], adjoint.shape))
                              for c, t in algebra.terms(adjoint)], adjoint.shape)
    if symbol in set(walk(slope)):
        return None
    return algebra.flip(slope) if slope.shape[1] == 1 else slope


def _right_factor(algebra: Algebra, row: Node, target: Node) -> Node | None:
    """M with ``row = target M``; ``row`` is (1, q) or 1×1, ``target`` (1, p), M (p, q)."""
    length = target.shape[1]
    if row == target:
        return Unit((length, length))
    match row:
        case Plus(terms=terms):
            parts = [(c, _right_factor(algebra, term, target)) for c, term in terms]
            whole = [(c, part) for c, part in parts if part is not None]
            return algebra.plus(whole, (length, row.shape[1])) if len(whole) == len(parts) else None
        case Chain(factors=factors):
            first = _right_factor(algebra, factors[0], target)
            if first is None or any(target in set(walk(f)) for f in factors[1:]):
                return None
            return algebra.chain([first, *factors[1:]])
        case Call(operation=reductions.Sum(), operands=(inner,)) if inner.shape[0] == 1:
            of_row = _right_factor(algebra, inner, target)
            return None if of_row is None else _columns_added(algebra, of_row)
        case Times():
            return _product(algebra, row, target)
    return None


def _columns_added(algebra: Algebra, matrix: Node) -> Node:
    """M times a column of ones."""
    if isinstance(matrix, Call) and isinstance(matrix.operation, forms.Diag):
        vector = matrix.operands[0]
        return algebra.flip(vector) if vector.shape[0] == 1 else vector
    return algebra.reduce(matrix, (matrix.shape[0], 1))


def _product(algebra: Algebra, row: Times, target: Node) -> Node | None:
    """M for an elementwise product in which one factor holds the target."""
    holding = [(b, p) for b, p in row.factors if target in set(walk(b))]
    if len(holding) != 1 or holding[0][1] != 1:
        return None
    factor = holding[0][0]
    others = [(algebra.number(row.coefficient), ONE), *(f for f in row.factors if f[0] is not factor)]
    inner = _right_factor(algebra, factor, target)
    if inner is None:
        return None
    if factor.shape == row.shape:
        weights = algebra.times(others, row.shape)
        if row.shape == SCALAR:
            return algebra.times([(weights, ONE), (inner, ONE)], inner.shape)
        terms = [(c, _weighted(algebra, term, weights)) for c, term in algebra.terms(inner)]
        return algebra.plus(terms, inner.shape)
    # A number that holds the target, times a row: an outer product.
    return _spread_over(algebra, inner, algebra.times(others, row.shape))


def _weighted(algebra: Algebra, matrix: Node, weights: Node) -> Node:
    """M diag(weights): a column repeated along the row becomes an outer product."""
    if isinstance(matrix, Times) and all(isinstance(b, Filled) or b.shape[1] == 1 for b, _ in matrix.factors):
        columns = [f for f in matrix.factors if not isinstance(f[0], Filled)]
        column = algebra.times([(algebra.number(matrix.coefficient), ONE), *columns], (matrix.shape[0], 1))
        return algebra.chain([column, weights])
    return algebra.chain([matrix, algebra.diagonal(weights)])


def _spread_over(algebra: Algebra, inner: Node, row: Node) -> Node:
    """Every term of an inner column times a row, numbers in front."""
    terms = [(c, algebra.chain([column, row])) for c, column in algebra.terms(inner)]
    return algebra.plus(terms, (inner.shape[0], row.shape[1]))


def _kronecker(algebra: Algebra, adjoint: Node, symbol: Atom) -> Node | None:
    """``Lᵀ ⊗ R`` for an adjoint ``L G R``; the identity for ``G`` itself; sums of such."""
    if adjoint == symbol:
        return _kron(algebra, Unit((symbol.shape[0], symbol.shape[0])), Unit((symbol.shape[1], symbol.shape[1])))
    if isinstance(adjoint, Plus):
        parts = [(c, _kronecker(algebra, term, symbol)) for c, term in adjoint.terms]
        whole = [(c, part) for c, part in parts if part is not None]
        return algebra.plus(whole, whole[0][1].shape) if whole and len(whole) == len(parts) else None
    if isinstance(adjoint, Times):
        scalars = [(b, p) for b, p in adjoint.factors if b.shape == SCALAR]
        rest = [b for b, p in adjoint.factors if b.shape != SCALAR and p == 1 and not isinstance(b, Filled)]
        if len(rest) != 1 or len(scalars) + 1 != len(adjoint.factors):
            return None
        inner = _kronecker(algebra, rest[0], symbol)
        number = algebra.number(adjoint.coefficient)
        return None if inner is None else algebra.times([(number, ONE), *scalars, (inner, ONE)], inner.shape)
    if isinstance(adjoint, Chain) and adjoint.factors.count(symbol) == 1:
        at = adjoint.factors.index(symbol)
        left, right = adjoint.factors[:at], adjoint.factors[at + 1 :]
        if any(symbol in set(walk(f)) for f in (*left, *right)):
            return None
        (p, q) = symbol.shape
        before = algebra.flip(algebra.chain(left)) if left else Unit((p, p))
        after = algebra.chain(right) if right else Unit((q, q))
        return _kron(algebra, before, after)
    return None


def _kron(algebra: Algebra, left: Node, right: Node) -> Node:
    """A ⊗ B, left out where one of them is the number 1."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Unit) and one.shape == SCALAR:
            return other
    operation = forms.Kronecker()
    if isinstance(left, Unit) and isinstance(right, Unit):
        return Unit(operation.shape(left.shape, right.shape))
    return algebra.build(operation, [left, right], operation.shape(left.shape, right.shape))
