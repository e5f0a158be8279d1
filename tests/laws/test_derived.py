"""Every function of the language inside a program: derived, certified, and equal to the measured slope."""

from __future__ import annotations

import numpy as np
import pytest

from tests.programs import formula_value, measured
from tutor.core.comparison import CANNOT_TELL
from tutor.core.differences import check
from tutor.core.errors import UnusableNumbersError
from tutor.core.evaluate import evaluate
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.derive import derive
from tutor.derive.code import gradient_module
from tutor.derive.proof import Proof, prove
from tutor.language.reader import read_program

GIVEN = """
X : (n, m)
S : (n, n) spd
r : (1, m)
c : (n, 1)
s : scalar positive
p : (n, m)
"""
DIMS = {"n": 3, "m": 2}
SMOOTH = "normcdf", "normpdf", "gelu", "silu", "sin", "cos", "softplus", "tanh", "sigmoid", "exp", "square"


@pytest.mark.parametrize(
    "formula",
    [
        *(f"sum({name}(X) ∘ p)" for name in (*SMOOTH, "abs", "sign", "relu", "log_softmax", "softmax")),
        *(f"sum({name}(X) ∘ c)" for name in ("rowmean", "rowsum", "logsumexp")),
        *(f"sum({name}(X) ∘ r)" for name in ("colmean", "colsum")),
        *(f"s {name}(X + p)" for name in ("mean", "norm1", "norm2", "sum")),
        *(f"s {name}(S + X Xᵀ)" for name in ("trace", "det", "logdet")),
        "mse(X, p ∘ r)", "bce(sigmoid(X), sigmoid(p))", "X : p ∘ X", "xent(softmax(X), softmax(p + c))",
        "cᵀ inv(S + X Xᵀ) c", "cᵀ S^-1 X rᵀ", "cᵀ diag(c) X rᵀ", "sum(diagof(S + X Xᵀ) ∘ c)",
        "sum(kron(X, p))", "trace(kron(X, r) kron(X, r)ᵀ)", "kron(X, S) : kron(p, S S)", "mean(kron(c, X))",
        "sum((c + r) ∘ X)", "sum((c − r) / (2 + X**2))", "sum(c ∘ r ∘ X)", "sum(c / (s + r**2))", "sum(s / (2 + X**2))",
        "sum(gelu(c + r))", "logdet(S + (c + cᵀ)**2)", "norm2(r − colmean(X))**2", "mse(X, c + r)", "X : (c r)",
        "trace(S^2)", "cᵀ S^3 c", "trace((X Xᵀ)^5)", "sum(S**3)", "sum((c cᵀ)^2 ∘ S)", "s^3 trace((S + X Xᵀ)^-2)",
    ],
)
def test_the_gradient_is_the_measured_slope(formula: str) -> None:
    program = read_program(f"{GIVEN}L = {formula}")
    for name in "XScrsp":
        problem = Problem.drawn("", program, name, DIMS, 4)
        d = derive(program, name)
        slope = measured(problem, name)
        scale = 1 + np.abs(slope).max()
        assert d.certified
        np.testing.assert_allclose(formula_value(d.gradient, problem), slope, atol=2e-6 * scale)
        space: dict[str, object] = {}
        exec(gradient_module(d), space)
        found = space["gradient"](*problem.numbers.values())  # type: ignore[operator]
        np.testing.assert_allclose(np.reshape(found, slope.shape), slope, atol=2e-6 * scale)


def test_the_inverse_of_a_symmetric_matrix_needs_no_transpose() -> None:
    d = derive(read_program("S : (n, n) symmetric\nL = logdet(S) + trace(S)"), "S")
    assert d.certified
    assert "ᵀ" not in str(d.gradient)


def proofs(formula: str, **dims: int) -> list[Proof]:
    """The proofs of a formula by the name it ends with."""
    d = derive(read_program(f"A : (n, n)\nB : (4, 4)\nL = {formula}"), formula[-2])
    return [prove(d.program, link, dims) for link in d.links]


@pytest.mark.parametrize("name", ["det", "logdet"])
def test_large_determinants_are_proved_at_small_sizes(name: str) -> None:
    (asked,), (large,) = proofs(f"{name}(A)", n=3), proofs(f"{name}(A)", n=40)
    assert asked.exact and asked.sizes == {"n": 3}
    assert large.exact and large.sizes == {"n": 2}


@pytest.mark.parametrize("formula", ["det(B)", "logdet(B)", "mean(B^-1 + B)", "norm2(B)"])
def test_what_is_too_long_to_prove_is_not_tried(formula: str) -> None:
    (proof,) = proofs(formula, n=2)
    assert proof.exact is (True if formula == "norm2(B)" else None)


# --- numbers without a value or without a slope ---------------------------------------------------------------------


def problem(statements: str, **given: Array) -> Problem:
    shapes = "\n".join(f"{name} : {array.shape}" for name, array in given.items())
    return Problem.drawn("", read_program(f"{shapes}\n{statements}"), next(iter(given)), {}, given=given)


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        ("L = sum(inv(A))", "A is singular: it has no inverse."),
        ("B = A A\nL = logdet(B)", "B is singular: it has no inverse."),
        ("L = det(A Aᵀ)", "What L takes det of is singular: it has no inverse."),
        ("M = inv(A)\nL = sum(M) + logdet(A)", "A is singular: it has no inverse."),
    ],
)
def test_a_check_at_a_singular_matrix_is_refused_with_the_reason(statements: str, says: str) -> None:
    evaluation = evaluate(problem(statements, A=np.array([[1.0, 2.0], [2.0, 4.0]])))
    assert evaluation.faults == (says,)
    with pytest.raises(UnusableNumbersError) as caught:
        check(evaluation)
    assert caught.value.sentence == says


def test_what_the_output_does_not_read_may_be_singular() -> None:
    evaluation = evaluate(problem("M = inv(A)\nL = trace(A)", A=np.ones((2, 2))))
    assert not evaluation.faults
    assert check(evaluation, names=["A"]).variables["A"].verdict == "agrees"


def test_a_length_has_a_corner_where_all_is_zero_and_only_there() -> None:
    zero = check(evaluate(problem("L = norm2(x)", x=np.zeros((2, 1))))).variables["x"]
    assert zero.verdicts.tolist() == [[CANNOT_TELL], [CANNOT_TELL]]
    assert set(zero.reasons.values()) == {"it lies within one step of a corner"}
    axis = check(evaluate(problem("L = norm2(x)", x=np.array([[0.0], [3.0]])))).variables["x"]
    assert axis.verdict == "agrees"


@pytest.mark.parametrize("formula", ["norm1(x)", "sum(abs(x))"])
def test_sizes_have_a_corner_at_zero(formula: str) -> None:
    found = check(evaluate(problem(f"L = {formula}", x=np.array([[4e-6], [3.0]])))).variables["x"]
    assert found.verdicts.tolist() == [[CANNOT_TELL], ["agrees"]]
    assert found.reasons == {(0, 0): "it lies within one step of a corner"}
