"""A certificate has to fail when a step is wrong."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from tests.programs import (
    Writing,
    add,
    log,
    measured,
    multiply,
    network,
    product,
    residual,
    sigmoid,
    softmax,
    subtract,
    tanh,
    total,
    transpose,
    xent,
)
from tutor.core.evaluate import evaluate
from tutor.core.expression import Expression, Number, Variable, apply
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.derive import derive
from tutor.derive.arriving import declared_jacobians
from tutor.derive.certify import Draw
from tutor.derive.derivation import drawn
from tutor.derive.step import LIMIT
from tutor.language.reader import read_program
from tutor.ops import build
from tutor.ops.elementwise import Sigmoid
from tutor.ops.linear import Hadamard, MatMul, Transpose
from tutor.ops.normalising import Softmax


class ForgetsTheTranspose(MatMul):
    """A matrix product that sends G B back where G Bᵀ belongs; shapes fit when B is square."""

    name = "forgetful"

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        return {"A": apply(MatMul(), G, B), "B": apply(MatMul(), apply(Transpose(), A), G)}


class ForgetsTheMean(Softmax):
    """A softmax whose Jacobian is taken to be diagonal."""

    name = "diagonal softmax"

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression) -> dict[str, Expression]:
        return {"A": apply(Hadamard(), G, Y)}


class WrongSlope(Sigmoid):
    """A logistic function with the slope of the exponential."""

    name = "wrong slope"

    @staticmethod
    def slope(A: Expression, Y: Expression) -> Expression:
        return Y


def forgetful(compound: bool = False, twice: bool = False) -> Program:
    w = Writing()
    x, W, V = w.given("x", 1, "n"), w.given("W", "n", "n"), w.given("V", "n", "n")
    wrong = apply(ForgetsTheTranspose(), x, W)
    a = w.let("a", tanh(add(wrong, product(x, V))) if compound else wrong)
    h = w.let("h", product(multiply(a, x), V) if twice else product(a, V))
    w.let("L", total(multiply(h, h)))
    return w.program()


def test_every_step_of_the_network_is_certified_far_below_the_limit() -> None:
    for name in ("x", "W1", "b1", "W2", "b2"):
        d = derive(network("onehot"), name)
        assert d.certified
        assert all(s.certificate.residual < LIMIT / 1000 for s in d.steps)


def test_a_certificate_is_drawn_at_different_sizes() -> None:
    certificate = derive(network("onehot"), "x").steps[0].certificate
    assert set(certificate.sizes) == {"n", "m", "k"}
    assert all(a != b for a, b in combinations(certificate.sizes.values(), 2))
    assert min(certificate.sizes.values()) > 1


@pytest.mark.parametrize("program", [forgetful(), forgetful(compound=True), forgetful(twice=True)],
                         ids=["alone", "inside a statement", "on one of two paths"])
def test_a_forgotten_transpose_is_not_certified(program: Program) -> None:
    d = derive(program, "x")
    assert not d.certified
    assert [s.of for s in d.steps if not s.certified] == ["x"]
    assert derive(program, "W").certified
    assert d.steps[-1].certificate.residual > 1e-2


def test_a_wrong_jacobian_of_softmax_is_not_certified() -> None:
    w = Writing()
    p = w.let("p", apply(ForgetsTheMean(), w.given("a", 1, "n")))
    w.let("L", xent(w.given("y", 1, "n"), p))
    assert not derive(w.program(), "a").certified


def test_a_wrong_slope_is_not_certified() -> None:
    w = Writing()
    h = w.let("h", apply(WrongSlope(), w.given("a", 1, "n")))
    w.let("L", total(multiply(h, h)))
    problem = Problem.drawn("", w.program(), "a", {"n": 3})
    assert np.abs(evaluate(problem).gradients["a"] - measured(problem, "a")).max() > 1e-2
    assert not derive(w.program(), "a").certified


def test_the_wrong_rule_inside_a_statement_is_the_one_without_a_certificate() -> None:
    inside = derive(forgetful(compound=True), "x").steps[-1].substeps
    assert [s.rule for s in inside if not s.certified] == ["forgetful"]


def test_the_wrong_path_is_the_one_without_a_certificate() -> None:
    parts = [s for s in derive(forgetful(twice=True), "x").steps[-1].substeps if s.through]
    assert [s.through for s in parts if not s.certified] == [(("a", "x"),)]


def test_a_draw_tells_right_from_wrong() -> None:
    draw = Draw(network("onehot"), {})
    p, y, W2, dh = (Variable("ŷ", (1, "k")), Variable("y", (1, "k")), Variable("W2", ("m", "k")),
                    Variable("δh", (1, "m")))
    right = product(subtract(p, y), transpose(W2))
    assert draw.against("h", right).holds
    assert draw.certificate(right, dh).holds
    assert not draw.against("h", product(subtract(y, p), transpose(W2))).holds
    nearly = multiply(right, Variable("L", (1, 1)))
    assert not draw.certificate(nearly, right).holds
    assert draw.certificate(right, transpose(right)).residual == float("inf")


def test_numbers_fit_the_facts_and_the_domain() -> None:
    w = Writing()
    y = w.given("y", 1, "k", "onehot")
    x = w.given("x", 1, "k")
    w.let("L", total(multiply(y, log(x))))
    draw = Draw(w.program(), {})
    np.testing.assert_array_equal(draw.arrays["y"].sum(), 1)
    assert all(np.isfinite(a).all() for a in draw.arrays.values())
    assert (draw.arrays["x"] > 0).all()
    assert derive(w.program(), "x").certified


def test_numbers_are_drawn_as_the_problem_says_but_never_too_special() -> None:
    w = Writing()
    w.let("L", total(sigmoid(w.given("x", 1, "k"))))
    assert (Draw(w.program(), {"x": "positive"}).arrays["x"] >= 0.5).all()
    for kind in ("pm1", "zeros", "ones", "onehot"):
        drawn = Draw(w.program(), {"x": kind}).arrays["x"]
        assert len(set(drawn.reshape(-1))) == drawn.size, "each entry another number"


@pytest.mark.parametrize("program", [network(rows="N"), residual(2)], ids=["batch", "skips"])
def test_the_other_side_comes_from_products_of_jacobians(program: Program) -> None:
    dims = {name: i + 2 for i, name in enumerate(program.dimensions)}
    evaluation = evaluate(Problem.drawn("", program, "x", dims, 3))
    found = declared_jacobians(evaluation)
    assert set(found) == set(evaluation.gradients)
    for name, array in found.items():
        np.testing.assert_allclose(array, evaluation.gradients[name].reshape(1, -1), rtol=1e-9, atol=1e-12)


def test_softmax_is_certified_on_rows_and_columns_of_one() -> None:
    w = Writing()
    p = w.let("p", softmax(w.given("x", "n", 1)))
    w.let("L", total(multiply(p, w.given("c", "n", 1))))
    problem = Problem.drawn("", w.program(), "x", {"n": 3})
    np.testing.assert_allclose(measured(problem, "x"), 0, atol=1e-9)


def test_a_cotangent_that_cancels_to_nothing_is_certified_as_zero() -> None:
    M = "((A ∘ B + norm2(diag(square(B)))) exp(0.3 u))"
    program = read_program(f"A : (3, 3)\nB : (3, 1)\nx : (1, 3)\nu = softmax(B + x)\nL = trace({M}ᵀ {M})")
    assert derive(program, "B").certified


@pytest.mark.parametrize("text", [
    "x : (1, n)\nA : (n, n)\nL = 1e20 sum(A) + sum(x**2)",
    "x : (1, n)\nL = 1e-20 sum(x**2)",
    "x : (1, n)\nh = 1e-20 x\nL = 1e20 sum(h**2)",
])
def test_what_is_large_or_small_elsewhere_excuses_no_wrong_formula(text: str) -> None:
    program = read_program(text)
    draw, right = drawn(program), derive(program, "x").gradient
    assert draw.against("x", right).holds
    for wrong in (0, 3):
        assert not draw.against("x", build.multiply(Number(Fraction(wrong)), right)).holds


LEAST_SQUARES = "X : (N, n)\ny : (N, 1)\nb = inv(X.T @ X) @ X.T @ y\nr = y - X @ b\n"
CENTRED = "X : (N, n)\nt : scalar\nC = X - colmean(X)\n"


@pytest.mark.parametrize(("text", "wrt"), [
    (f"{CENTRED}L = t * sum(C)", "t"),
    (f"{CENTRED}L = t * sum(C)**2 + t", "X"),
    (f"{CENTRED}L = t * sum(1000000 * C) + sin(mean(C))", "X"),
    ("x : (1, n)\nL = mean(x - mean(x))**2", "x"),
    ("v : (1, n) positive\nx : (1, n)\nm = sum(v*x) / sum(v)\nL = sum(v * (x - m))**2", "v"),
    (f"{LEAST_SQUARES}L = norm2(X.T @ r)**2", "y"),
    ("P : (20, 25)\nC = P - colmean(P)\nL = sum(C)**2", "P"),
])
def test_what_cancels_on_the_way_forwards_is_certified_as_zero(text: str, wrt: str) -> None:
    d = derive(read_program(text), wrt)
    assert not np.any(drawn(d.program).value(d.gradient)) and d.certified


@pytest.mark.parametrize(("text", "wrt"), [
    (f"{CENTRED}L = t * sum(C)**2 + 0.000000001 * sum(C**2)", "X"),
    ("x : (1, n)\na = x - mean(x) + 0.000000001 x\nL = sum(a)**2", "x"),
    ("x : (1, n)\na = x - mean(x)\nL = sum(a) * sum(x**3) + 0.000000001 * sum(x**2)", "x"),
    (f"{LEAST_SQUARES}L = norm2(X.T @ r)**2 + 0.00000001 * norm2(r)**2", "y"),
    ("x : (1, n)\nu : (1, n)\na = 100000000 + exp(u)\nL = sum(a * x - 100000000 x)", "x"),
], ids=["weak", "nearly centred", "beside a product", "weak residual", "cancelling"])
def test_what_is_small_beside_what_cancels_is_not_taken_for_rounding(text: str, wrt: str) -> None:
    d = derive(read_program(text), wrt)
    draw, right = drawn(d.program), d.gradient
    assert d.certified and draw.against(wrt, right).holds
    for wrong in (Fraction(0), Fraction(-1), Fraction(3), Fraction(1001, 1000)):
        assert not draw.against(wrt, build.multiply(Number(wrong), right)).holds


@pytest.mark.parametrize("output", [
    "norm2(X.T @ r)", "norm2(X.T @ r)**2 / norm2(X.T @ r)", "sum(abs(X.T @ r))", "sum(relu(X.T @ r))",
    "sum(log(square(X.T @ r)))",
])
def test_where_rounding_decides_on_the_slope_no_formula_is_certified(output: str) -> None:
    program = read_program(f"{LEAST_SQUARES}L = {output}")
    assert not derive(program, "r").certified
    draw = drawn(program)
    X, ones = program.variable("X"), Variable("y", ("N", 1))
    for formula in (ones, product(X, Variable("b", ("n", 1))), multiply(Number(Fraction(0)), ones)):
        assert not draw.against("r", formula).holds


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("rounding", [None, 0.0, 1e-9])
def test_what_is_no_number_is_equal_to_nothing(bad: float, rounding: float | None) -> None:
    draw = drawn(read_program("x : (1, n)\nL = sum(x)"))
    for place in range(3):
        broken = np.ones((1, 3))
        broken[0, place] = bad
        for pair in ((broken, np.ones((1, 3))), (np.ones((1, 3)), broken), (broken, broken)):
            assert not draw.compared(*pair, rounding).holds


def test_numbers_without_end_are_drawn_in_silence() -> None:
    program = read_program("x : (1, n)\nh = exp(1e9 x**2)\nL = sum(h)")
    assert not drawn(program).against("x", derive(program, "x").gradient).holds


def test_a_formula_that_is_off_by_little_is_not() -> None:
    program = read_program("x : (1, n)\nW : (n, m)\nL = sum(tanh(x W))")
    draw = drawn(program)
    right = derive(program, "x").gradient
    for share in (1e-6, 1e-8):
        off = build.multiply(Number(Fraction(1) + Fraction(share)), right)
        assert draw.against("x", right).holds and not draw.against("x", off).holds
