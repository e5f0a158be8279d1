"""A row times a matrix formula that may be too large to build: factor by factor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tutor.core.expression import Apply, Expression, nodes
from tutor.core.layout import Array, numeric_shape, vec
from tutor.ops.forms import Diag, Identity, Kronecker
from tutor.ops.linear import MatMul

LARGEST_FORM: Final = 4_000_000
"""Entries of a factor of a Jacobian's form up to which, at sizes the program fixes, it is built to be checked."""


def row_times(row: Array, form: Expression, value: Callable[[Expression], Array | None],
              sizes: Mapping[str, int]) -> Array | None:
    """A row times a matrix formula; None where a factor is too large to build.

    Args:
        row: The row.
        form: The matrix.
        value: The value of a formula.
        sizes: The number each named size has.
    """

    def built(formula: Expression) -> Array | None:
        within = (n * m for n, m in (numeric_shape(node.shape, sizes) for node in nodes(formula)))
        return value(formula) if max(within) <= LARGEST_FORM else None

    match form:
        case Apply(operation=MatMul(), operands=(left, right)):
            passed = row_times(row, left, value, sizes)
            return None if passed is None else row_times(passed, right, value, sizes)
        case Apply(operation=Diag(), operands=(vector,)):
            weights = built(vector)
            return None if weights is None else row * weights.reshape(1, -1)
        case Apply(operation=Kronecker(), operands=(left, right)):
            # The entries of R, row by row, times A ⊗ B are those of Aᵀ R B.
            matrices = {factor: built(factor) for factor in (left, right) if not _is_identity(factor)}
            if any(matrix is None for matrix in matrices.values()):
                return None
            entries = row.reshape(*(numeric_shape(factor.shape, sizes)[0] for factor in (left, right)))
            if (A := matrices.get(left)) is not None:
                entries = A.T @ entries
            if (B := matrices.get(right)) is not None:
                entries = entries @ B
            return vec(entries)[None]
    matrix = built(form)
    return None if matrix is None else row @ matrix


def _is_identity(form: Expression) -> bool:
    """Whether a formula is an identity matrix, which a product at a large size can do without."""
    return isinstance(form, Apply) and isinstance(form.operation, Identity)
