"""Definitions and hard numbers: what a value is where the plain formula would lose it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tutor.core.evaluate import value_of
from tutor.core.expression import Variable, apply
from tutor.core.layout import Array
from tutor.core.operation import Operation
from tutor.ops import ELEMENTWISE, FUNCTIONS, OPERATIONS
from tutor.ops.activations import Gelu, NormalShare
from tutor.ops.determinants import Det, Inverse, Invertible, LogDet
from tutor.ops.elementwise import Elementwise
from tutor.ops.losses import BinaryCrossEntropy
from tutor.ops.normalising import LogSoftmax, LogSumExp

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
RNG = np.random.default_rng(5)
A, B = RNG.uniform(0.1, 0.9, (2, 3, 4))
S = RNG.standard_normal((3, 3)) + 4 * np.eye(3)
INVERTIBLE = [kind for kind in OPERATIONS if issubclass(kind, Invertible)]


@pytest.mark.parametrize(
    ("name", "operands", "wanted"),
    [
        ("mean", [A], A.sum() / 12),
        ("rowmean", [A], A.sum(1)[:, None] / 4),
        ("colmean", [A], A.sum(0)[None] / 3),
        ("norm1", [-A], A.sum()),
        ("norm2", [A], math.sqrt((A**2).sum())),
        ("mse", [A, B], ((A - B) ** 2).sum() / 12),
        ("xent", [A, B], -(A * np.log(B)).sum()),
        ("bce", [A, B], -(A * np.log(B) + (1 - A) * np.log(1 - B)).sum()),
        ("frobenius", [A, B], np.trace(A.T @ B)),
        ("square", [A], A * A),
        ("silu", [A], A / (1 + np.exp(-A))),
        ("gelu", [A], A * (1 + np.vectorize(math.erf)(A / math.sqrt(2))) / 2),
        ("logsumexp", [A], np.log(np.exp(A).sum(1))[:, None]),
        ("log_softmax", [A], np.log(np.exp(A) / np.exp(A).sum(1)[:, None])),
        ("logdet", [S], math.log(np.linalg.det(S))),
        ("kron", [A, B], np.kron(A, B)),
        ("diagof", [S], np.array([[S[0, 0]], [S[1, 1]], [S[2, 2]]])),
    ],
)
def test_definitions(name: str, operands: list[Array], wanted: Array | float) -> None:
    names = {f"v{i}": operand for i, operand in enumerate(operands)}
    formula = FUNCTIONS[name](*(Variable(n, o.shape) for n, o in names.items()))
    np.testing.assert_allclose(value_of(formula, names), np.broadcast_to(wanted, formula.shape), rtol=1e-13)


@pytest.mark.parametrize("function", ELEMENTWISE.values(), ids=list(ELEMENTWISE))
def test_what_is_no_number_stays_none(function: Elementwise) -> None:
    assert np.isnan(function.value(np.array([[np.nan]]))).all()


def test_the_normal_share_is_exact_in_both_tails() -> None:
    x = np.concatenate([np.linspace(-30, 8, 1001), [0.0, 1e-300, -1e-12, 8.4852, 8.4853, -8.4853]])[None]
    wanted = np.vectorize(lambda a: math.erfc(-a / math.sqrt(2)) / 2)(x)
    np.testing.assert_allclose(NormalShare.value(x), wanted, rtol=3e-14)
    np.testing.assert_allclose(Gelu.value(x), x * wanted, rtol=3e-14)


def test_large_numbers_do_not_overflow() -> None:
    x = np.array([[1000.0, 1000.0], [-1000.0, -1001.0]])
    np.testing.assert_allclose(LogSumExp.value(x), [[1000 + math.log(2)], [-1000 + math.log1p(math.exp(-1))]])
    assert np.isfinite(LogSoftmax.value(x)).all()
    huge = np.eye(200) * 1e9
    np.testing.assert_allclose(LogDet.value(huge), [[200 * math.log(1e9)]])
    assert np.isinf(np.linalg.det(huge))


def test_a_certain_label_costs_nothing_where_it_is_right() -> None:
    y = np.array([[0.0, 1.0]])
    assert BinaryCrossEntropy.value(y, y).item() == 0
    assert BinaryCrossEntropy.value(y, 1 - y).item() == np.inf


@pytest.mark.parametrize("kind", OPERATIONS, ids=lambda k: k.name)
def test_samples_have_no_fault(kind: type[Operation]) -> None:
    operation = kind.examples(3, 3)[0]
    assert not operation.fault(*(operation.sample(RNG, slot.name, (3, 3)) for slot in operation.inputs))


def hilbert(size: int) -> Array:
    return np.asarray(1 / (np.arange(size)[:, None] + np.arange(size) + 1.0))


@pytest.mark.parametrize("kind", INVERTIBLE, ids=lambda k: k.name)
@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        (np.ones((3, 3)), "is singular: it has no inverse."),
        (np.zeros((1, 1)), "is singular: it has no inverse."),
        (hilbert(12), "is singular to working precision: its condition number is 4e16."),
    ],
)
def test_a_singular_matrix_is_refused_and_its_slope_is_no_wild_guess(
    kind: type[Invertible], matrix: Array, says: str
) -> None:
    assert kind().fault(matrix) == says
    variable = Variable("A", matrix.shape)
    result = kind.value(matrix)
    adjoint = kind.adjoint(Variable("G", result.shape), Variable("Y", result.shape), variable)["A"]
    assert not np.isfinite(value_of(adjoint, {"G": np.ones(result.shape), "Y": result, "A": matrix})).any()


def test_a_matrix_that_can_be_inverted_with_a_few_digits_is_not_refused() -> None:
    for kind in INVERTIBLE:
        assert kind().fault(hilbert(8)) == ""
        assert np.isfinite(kind.value(hilbert(8))).all()


def test_one_singular_matrix_of_many_does_not_spoil_the_others() -> None:
    stack = np.stack([2 * np.eye(2), np.ones((2, 2)), 4 * np.eye(2)])
    found = Inverse.value(stack)
    np.testing.assert_array_equal(found[0], np.eye(2) / 2)
    assert np.isnan(found[1]).all()
    np.testing.assert_array_equal(found[2], np.eye(2) / 4)


def test_a_negative_determinant_has_no_logarithm() -> None:
    mirror = np.diag([1.0, -2.0])
    assert LogDet().fault(mirror) == "has a negative determinant, and only a positive one has a logarithm."
    assert np.isnan(LogDet.value(mirror)).all()
    assert Det().fault(mirror) == Inverse().fault(mirror) == ""


def test_a_vector_has_its_own_sign_of_length() -> None:
    norm = apply(FUNCTIONS["norm2"](Variable("x", (1, 3))).operation, Variable("x", (1, 3)))  # type: ignore[union-attr]
    assert norm.operation.written((1, 3)).latex == norm.operation.written(("n", 1)).latex == r"\lVert A \rVert"
    assert norm.operation.written((2, 3)) == norm.operation
