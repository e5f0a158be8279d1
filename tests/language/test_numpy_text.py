"""Formulas pasted from NumPy code."""

from __future__ import annotations

import pytest

from tutor.core.errors import TutorError, UnreadableError
from tutor.language.reader import read_formula, read_loosely

SHAPES = {"x": (1, "n"), "X": ("N", "n"), "W": ("n", "m"), "a": (1, "m"), "h": (1, "m"), "ŷ": (1, "m"), "S": ("n", "n")}


@pytest.mark.parametrize(("code", "meant"), [
    ("np.dot(x, W)", "x W"),
    ("np.matmul(X, W) @ h.T", "(X W) hᵀ"),
    ("np.multiply(h, 1 - h)", "h ∘ (1 - h)"),
    ("h * (1 - h) / np.sqrt(a)", "h ∘ (1 - h) / sqrt(a)"),
    ("np.sum(X, axis=0, keepdims=True)", "colsum(X)"),
    ("X.sum(axis=1)", "rowsum(X)"),
    ("X.sum(-1)", "rowsum(X)"),
    ("np.mean(X @ W, 0)", "colmean(X W)"),
    ("X.mean()", "mean(X)"),
    ("np.outer(x, a)", "xᵀ a"),
    ("np.outer(x.T, a.T)", "xᵀ (aᵀ)ᵀ"),
    ("np.linalg.inv(S) @ x.T", "inv(S) xᵀ"),
    ("np.transpose(W)", "Wᵀ"),
    ("(a > 0) * h", "step(a) ∘ h"),
    ("np.where(a > 0, 1, 0)", "step(a)"),
    ("(a > 0).astype(float)", "step(a)"),
    ("np.maximum(a, 0)", "relu(a)"),
    ("X.T @ X / X.shape[0]", "Xᵀ X / N"),
    ("X / len(X)", "X / N"),
    ("np.exp(-a) / (1 + np.exp(-a))**2", "exp(-a) / (1 + exp(-a))**2"),
    ("-x @ W + np.tanh(a)", "(-x) W + tanh(a)"),
    ("dx = np.dot(a, W.T)", "a Wᵀ"),
    ("y_hat - np.diag(h).T @ a.T * 0", "ŷ - (diag(h)ᵀ aᵀ) * 0"),
    ("np.power(a, 2) + np.square(h)", "a**2 + h**2"),
    ("np.ones((1, 3)) * 2", "ones(1, 3) * 2"),
    ("np.sum(\n  X @ W,\n  axis=0,\n)", "colsum(X W)"),
])
def test_code_is_read_as_the_formula_it_computes(code: str, meant: str) -> None:
    try:
        wanted = read_formula(meant, SHAPES)
    except TutorError:
        wanted = read_loosely(meant, SHAPES).expression
        assert read_loosely(code, SHAPES).expression == wanted
    else:
        assert read_formula(code, SHAPES) == wanted


@pytest.mark.parametrize(("code", "message"), [
    ("np.einsum('ij->ji', W)", "line 1, column 1: `einsum` cannot be read here as it is called."),
    ("x + np.exp(a[0])", "line 1, column 12: `a[0]` cannot be read as a formula."),
    ("X.sum(axis=2)", "line 1, column 12: An axis is 0, the sum over the rows, or 1; not `2`."),
    ("np.sum(X", "line 1, column 1: This cannot be read as a line of NumPy."),
    ("np.exp(q)", "line 1, column 8: `q` is not in the program. Did you mean ŷ?"),
    ("x @ W @ np.exp(x)", "line 1, column 6: `x @ W` is 1×m and `np.exp(x)` is 1×n; a product needs m rows on the "
                          "right."),
    ("np.log(" * 150 + "x" + ")" * 150, "line 1, column 351: This is nested more than 100 levels deep."),
    ("np.exp((lambda: x)())", "line 1, column 8: `lambda: x` cannot be called."),
    ("np.exp(1e400 * x)", "line 1, column 8: This number is too long to be read exactly."),
    ("np.exp(" + "9" * 50 + " * x)", "line 1, column 8: This number is too long to be read exactly."),
    ("np.load('file')", "line 1, column 1: `load` cannot be read here as it is called."),
    ("np.__import__('os').system('x')", "line 1, column 1: `system` cannot be read here as it is called."),
])
def test_what_no_formula_stands_for_is_refused_with_its_place(code: str, message: str) -> None:
    with pytest.raises(TutorError) as error:
        read_formula(code, SHAPES)
    assert str(error.value) == message


def test_garbage_of_any_size_is_refused() -> None:
    for text in ("np." + "(" * 5000, "np." + "-" * 10_000 + "x", "np.x" + ".T" * 5000, "np.\0", "np.'" * 4000):
        with pytest.raises(UnreadableError):
            read_formula(text, SHAPES)
