"""Diagonal matrices in code: the same numbers without the zeros."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.core.evaluate import value_of
from tutor.core.expression import Expression
from tutor.core.program import resolve
from tutor.derive.weighting import without_diagonals
from tutor.language.printing import numpy
from tutor.language.reader import read_formula

SHAPES = {"A": (2, 3), "B": (3, 4), "C": (4, 2), "r": (1, 3), "c": (3, 1), "s": (1, 1)}


def read(text: str) -> Expression:
    return read_formula(text, SHAPES)


@pytest.mark.parametrize(("formula", "written"), [
    ("diag(c) B", "c * B"),
    ("A diag(r)", "A * r"),
    ("A diag(c) B", "A @ (c * B)"),
    ("A diag(r) B", "(A * r) @ B"),
    ("A diag(c)", "A * c.T"),
    ("diag(r) B", "r.T * B"),
    ("diag(c) diag(r) B", "c * r.T * B"),
    ("A diag(c) diag(r)", "A * (c * r.T).T"),
    ("diag(1 / exp(c)) B", "B / np.exp(c)"),
    ("A (B C)", "A @ (B @ C)"),
    ("A (diag(c) B C)", "A @ ((c * B) @ C)"),
    ("Bᵀ diag(1 − c^2) B / 2", "B.T @ ((1 - c**2) * B) / 2"),
    ("diag(r) + eye(3)", "diag(r) + np.eye(3)"),
    ("exp(A diag(r)) B", "np.exp(A * r) @ B"),
])
def test_a_neighbour_is_weighted(formula: str, written: str) -> None:
    before = resolve(read(formula), {})
    after = without_diagonals(before)
    assert numpy(after) == written
    rng = np.random.default_rng(0)
    arrays = {name: rng.standard_normal(shape) for name, shape in SHAPES.items()}
    np.testing.assert_allclose(value_of(after, arrays), value_of(before, arrays), rtol=1e-13)
