from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad, jacobian

from tests.programs import (
    Writing,
    add,
    deep,
    half,
    measured,
    multiply,
    network,
    product,
    regression,
    relu,
    sigmoid,
    softmax,
    subtract,
    tanh,
    total,
    transpose,
)
from tutor.core.errors import UnusableNumbersError
from tutor.core.evaluate import LARGEST_JACOBIAN, evaluate, value_of
from tutor.core.expression import Dimension, Number, Variable
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.core.schedule import Schedule
from tutor.ops import FUNCTIONS, build
from tutor.ops.linear import MatMul


def drawn(program: Program, seed: int = 0, wrt: str | None = None, **dims: int) -> Problem:
    return Problem.drawn("", program, wrt or program.declarations[0].name, dims, seed)


def by_autograd(loss, numbers: Mapping[str, Array]) -> dict[str, Array]:
    """Gradients of ``loss(**numbers)`` by all its arguments."""
    names = list(numbers)
    slopes = grad(lambda *arrays: loss(**dict(zip(names, arrays, strict=True))), argnum=tuple(range(len(names))))
    return dict(zip(names, slopes(*(np.array(numbers[n]) for n in names)), strict=True))


def network_loss(x, W1, b1, W2, b2, y, activation=lambda a: 1 / (1 + anp.exp(-a))):
    θ = activation(x @ W1 + b1) @ W2 + b2
    θ = θ - anp.max(θ, axis=1, keepdims=True)
    return -anp.sum(y * (θ - anp.log(anp.sum(anp.exp(θ), axis=1, keepdims=True))))


SIZES = [(5, 3, 5), (1, 1, 1), (4, 4, 4), (1, 3, 2), (2, 1, 3), (3, 2, 1), (12, 10, 12)]


@pytest.mark.parametrize("seed", [0, 33])
@pytest.mark.parametrize(("n", "m", "k"), SIZES)
@pytest.mark.parametrize("rows", [1, 3])
def test_the_network_agrees_with_autograd(n: int, m: int, k: int, seed: int, rows: int) -> None:
    evaluation = evaluate(drawn(network("onehot", rows=rows), seed, n=n, m=m, k=k))
    numbers = evaluation.problem.numbers
    assert evaluation.values["L"].item() == pytest.approx(network_loss(**numbers), rel=1e-12)
    for name, slope in by_autograd(network_loss, numbers).items():
        np.testing.assert_allclose(evaluation.gradients[name], slope, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize(("activation", "function"), [(relu, lambda a: anp.maximum(a, 0)), (tanh, anp.tanh)])
def test_other_activations_agree_with_autograd(activation, function) -> None:
    evaluation = evaluate(drawn(network(activation=activation), 5, n=5, m=4, k=3))
    numbers = {**evaluation.problem.numbers}
    slopes = by_autograd(lambda **arrays: network_loss(**arrays, activation=function), numbers)
    for name, slope in slopes.items():
        np.testing.assert_allclose(evaluation.gradients[name], slope, rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_regression_agrees_with_autograd() -> None:
    evaluation = evaluate(drawn(regression(), 2, n=4, m=3))
    slopes = by_autograd(lambda A, x, b: anp.sum((A @ x - b) ** 2), evaluation.problem.numbers)
    for name, slope in slopes.items():
        np.testing.assert_allclose(evaluation.gradients[name], slope, rtol=1e-10, err_msg=name)


def test_a_deep_network_agrees_with_autograd() -> None:
    evaluation = evaluate(drawn(deep(5), 4, n=3))

    def loss(x, y, **weights):
        for i in range(1, 6):
            x = anp.tanh(x @ weights[f"W{i}"])
        return anp.sum((x - y) ** 2)

    for name, slope in by_autograd(loss, evaluation.problem.numbers).items():
        np.testing.assert_allclose(evaluation.gradients[name], slope, rtol=1e-9, atol=1e-13, err_msg=name)


def kitchen_sink() -> Program:
    """Every kind of broadcast, reduction and quotient in one loss."""
    w = Writing()
    X, r, c, s = w.given("X", "n", "m"), w.given("r", 1, "m"), w.given("c", "n", 1), w.given("s", 1, 1)
    u = w.let("u", multiply(add(X, r), subtract(X, c)))
    v = w.let("v", build.divide(u, add(build.power(X, Fraction(2)), Number(Fraction(3)))))
    q = w.let("q", FUNCTIONS["rowsum"](multiply(s, v)))
    p = w.let("p", FUNCTIONS["colsum"](tanh(v)))
    d = w.let("d", product(FUNCTIONS["diag"](q), softmax(X)))
    w.let("L", add(half(total(build.power(d, Fraction(2)))), product(p, transpose(r))))
    return w.program()


@pytest.mark.parametrize(("n", "m"), [(3, 4), (1, 4), (3, 1), (1, 1)])
def test_broadcasts_and_reductions_agree_with_autograd(n: int, m: int) -> None:
    evaluation = evaluate(drawn(kitchen_sink(), 6, n=n, m=m))

    def loss(X, r, c, s):
        v = (X + r) * (X - c) / (X**2 + 3)
        q = anp.sum(s * v, axis=1, keepdims=True)
        powers = anp.exp(X)
        d = q * (powers / anp.sum(powers, axis=1, keepdims=True))
        return 0.5 * anp.sum(d**2) + anp.sum(anp.sum(anp.tanh(v), axis=0, keepdims=True) * r)

    for name, slope in by_autograd(loss, evaluation.problem.numbers).items():
        np.testing.assert_allclose(evaluation.gradients[name], slope, rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_gradient_by_an_intermediate_is_the_slope_when_it_alone_moves() -> None:
    evaluation = evaluate(drawn(network(), 3, n=5, m=3, k=4))
    W2, b2, y = (evaluation.values[n] for n in ("W2", "b2", "y"))

    def rest(h):
        θ = h @ W2 + b2
        return -anp.sum(y * (θ - anp.log(anp.sum(anp.exp(θ)))))

    np.testing.assert_allclose(evaluation.gradients["h"], grad(rest)(evaluation.values["h"]), rtol=1e-9)
    assert evaluation.gradients["L"].tolist() == [[1.0]]


def test_a_name_the_output_does_not_read_has_no_gradient() -> None:
    w = Writing()
    x, z = w.given("x", 1, "n"), w.given("z", 1, "n")
    w.let("side", multiply(z, z))
    w.let("L", total(x))
    assert set(evaluate(drawn(w.program(), n=3)).gradients) == {"x", "L"}


# --- intermediates that share a value ------------------------------------------------------------------------------


def twice_written() -> Program:
    """h = σ(a) and L = sum(h ∘ σ(a)): the second σ(a) is not h."""
    w = Writing()
    a = w.given("a", 1, "n")
    h = w.let("h", sigmoid(a))
    w.let("L", total(multiply(h, sigmoid(a))))
    return w.program()


def copied() -> Program:
    """b = a and L = sum(a ∘ b): b is a name of its own."""
    w = Writing()
    a = w.given("a", 1, "n")
    b = w.let("b", a)
    w.let("L", total(multiply(a, b)))
    return w.program()


@pytest.mark.parametrize(("program", "name"), [(twice_written(), "h"), (copied(), "b")], ids=["twice", "copy"])
def test_equal_formulas_under_two_names_have_two_gradients(program: Program, name: str) -> None:
    evaluation = evaluate(drawn(program, 1, n=3))
    np.testing.assert_allclose(evaluation.gradients[name], evaluation.values[name], rtol=1e-12)


@pytest.mark.parametrize(("program", "name"), [(twice_written(), "h"), (copied(), "b")], ids=["twice", "copy"])
def test_their_variable_still_gets_both_paths(program: Program, name: str) -> None:
    problem = drawn(program, 1, n=3)
    np.testing.assert_allclose(evaluate(problem).gradients["a"], measured(problem, "a"), rtol=1e-7)


# --- Jacobians -----------------------------------------------------------------------------------------------------


def test_link_jacobians_are_those_of_autograd() -> None:
    evaluation = evaluate(drawn(network(rows=2), 3, n=3, m=2, k=4))
    v = evaluation.values
    steps = {
        ("a", "x"): lambda x: x @ v["W1"] + v["b1"],
        ("a", "W1"): lambda W1: v["x"] @ W1 + v["b1"],
        ("a", "b1"): lambda b1: v["x"] @ v["W1"] + b1,
        ("h", "a"): lambda a: 1 / (1 + anp.exp(-a)),
        ("ŷ", "θ"): lambda θ: anp.exp(θ) / anp.sum(anp.exp(θ), axis=1, keepdims=True),
        ("L", "ŷ"): lambda p: -anp.sum(v["y"] * anp.log(p)).reshape(1, 1),
    }
    for (output, source), step in steps.items():
        wanted = jacobian(step)(np.array(v[source])).reshape(v[output].size, v[source].size)
        np.testing.assert_allclose(evaluation.link_jacobian(output, source), wanted, rtol=1e-9, atol=1e-13)


def test_a_jacobian_that_is_too_large_is_refused_before_it_is_built() -> None:
    evaluation = evaluate(drawn(network(), 0, n=500, m=300, k=500))
    assert 8 * 300 * 150_000 > LARGEST_JACOBIAN
    with pytest.raises(UnusableNumbersError, match="300 × 150000 entries; it is described, not built"):
        evaluation.link_jacobian("a", "W1")
    assert evaluation.gradients["W1"].shape == (500, 300)


def test_what_is_pulled_back_for_a_jacobian_counts_as_well() -> None:
    w = Writing()
    w.let("Y", build.product(w.given("s", 1, 1), w.given("X", "n", "n")))
    evaluation = evaluate(drawn(w.program(), 0, n=200))
    with pytest.raises(UnusableNumbersError, match="40000 × 1 entries"):
        evaluation.link_jacobian("Y", "s")


def test_a_jacobian_in_parts_is_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = evaluate(drawn(network(), 0, n=5, m=3, k=4)).link_jacobian("a", "W1")
    monkeypatch.setattr("tutor.core.schedule._STACKED", 40)
    assert np.array_equal(evaluate(drawn(network(), 0, n=5, m=3, k=4)).link_jacobian("a", "W1"), whole)


class Counting(MatMul):
    """A matrix product that remembers how large the Jacobians were that it was asked to build."""

    largest = 0

    @staticmethod
    def jacobian(A: Array, B: Array) -> dict[str, Array]:
        found = MatMul.jacobian(A, B)
        Counting.largest = max(Counting.largest, *(j.nbytes for j in found.values()))
        return found


@pytest.mark.parametrize("compound", [True, False])
def test_nothing_larger_is_built_on_the_way(compound: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.core.evaluate.LARGEST_JACOBIAN", 20_000)
    monkeypatch.setattr(Counting, "largest", 0)
    w = Writing()
    X, W = w.given("X", "N", "n"), w.given("W", "n", "m")
    made = build.apply(Counting(), X, W)
    w.let("L", total(made) if compound else made)
    sizes = {"N": 9, "n": 8, "m": 7} if compound else {"N": 1, "n": 20, "m": 19}
    evaluation = evaluate(drawn(w.program(), 0, **sizes))
    evaluation.link_jacobian("L", "X")  # 1 × 72, or 19 × 20
    assert Counting.largest <= 20_000


# --- schedules -----------------------------------------------------------------------------------------------------


def test_a_formula_runs_on_stacks() -> None:
    x, W = Variable("x", (1, 3)), Variable("W", (3, 2))
    rng = np.random.default_rng(0)
    stack, weights = rng.standard_normal((4, 1, 3)), rng.standard_normal((3, 2))
    found = value_of(tanh(product(x, W)), {"x": stack, "W": weights})
    np.testing.assert_allclose(found, np.tanh(stack @ weights))


def test_rerunning_is_running_with_the_other_number() -> None:
    problem = drawn(network(), 1, n=3, m=2, k=3)
    evaluation = evaluate(problem)
    flat = Schedule(["x"], [("y", tanh(Variable("x", (1, 3))))])
    moved = flat.rerun(flat.run([np.zeros((1, 3))]), "x", np.ones((1, 3)))
    np.testing.assert_allclose(moved[flat.registers["y"]], np.tanh(np.ones((1, 3))))
    other = np.ones((1, 3))
    np.testing.assert_allclose(evaluate(problem.with_numbers("x", other)).values["L"],
                               network_loss(**{**problem.numbers, "x": other}), rtol=1e-12)
    np.testing.assert_allclose(evaluation.values["L"], network_loss(**problem.numbers), rtol=1e-12)


def test_a_size_without_a_number_has_no_value() -> None:
    with pytest.raises(UnusableNumbersError, match="size N has no number"):
        value_of(Dimension("N"), {})


def test_a_program_without_variables_has_a_value() -> None:
    w = Writing()
    w.let("L", total(build.ones("n", 2)))
    problem = Problem.drawn("", Program((), tuple(w.statements)), "L", {"n": 3})
    assert evaluate(problem).values["L"].tolist() == [[6.0]]


def test_numbers_without_a_value_travel_and_do_not_raise() -> None:
    w = Writing()
    w.let("L", total(FUNCTIONS["log"](w.given("x", 1, "n"))))
    problem = drawn(w.program(), n=2).with_numbers("x", np.array([[0.0, -1.0]]))
    evaluation = evaluate(problem)
    assert np.isnan(evaluation.values["L"].item())
    assert evaluation.gradients["x"].tolist() == [[np.inf, -1.0]]


def test_extreme_numbers_do_not_overflow() -> None:
    evaluation = evaluate(drawn(network(), n=2, m=2, k=2).with_numbers("b2", np.array([[1000.0, -1000.0]]))
                          .with_numbers("b1", np.array([[-1e4, 1e4]])))
    assert np.isfinite(evaluation.values["ŷ"]).all()
    np.testing.assert_array_equal(evaluation.values["h"], [[0.0, 1.0]])


def test_a_label_of_zero_costs_nothing_where_the_prediction_is_zero() -> None:
    p, y = Variable("p", (1, 2)), Variable("y", (1, 2))
    loss = value_of(FUNCTIONS["xent"](y, p), {"y": np.array([[1.0, 0.0]]), "p": np.array([[1.0, 0.0]])})
    assert loss.item() == 0.0
