from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programs import (
    Writing,
    add,
    dimensions,
    log,
    multiply,
    network,
    product,
    programs,
    regression,
    relu,
    relu_loss,
    tanh,
    total,
)
from tutor.core import differences
from tutor.core.comparison import AGREES, CANNOT_TELL, DIFFERS, METHODS, Method
from tutor.core.differences import LIMIT, check, checked_names, default_step, numeric_jacobian, sweep
from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation, evaluate
from tutor.core.expression import Expression, Number, Variable, apply
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.language.reader import read_program
from tutor.ops import FUNCTIONS, build
from tutor.ops.linear import MatMul, Transpose


def evaluated(program: Program, seed: int = 33, numbers: dict[str, Array] | None = None, **dims: int) -> Evaluation:
    given_numbers = numbers or {}
    return evaluate(Problem.drawn("", program, program.declarations[0].name, dims, seed, given=given_numbers))


@pytest.fixture
def network_numbers() -> Evaluation:
    return evaluated(network("onehot"), n=5, m=3, k=5)


def test_a_check_goes_over_variables_and_then_intermediates_from_the_output() -> None:
    assert checked_names(network("onehot")) == ("x", "W1", "b1", "W2", "b2", "ŷ", "θ", "h", "a")
    assert "y" in checked_names(network())


@pytest.mark.parametrize("method", METHODS)
def test_every_entry_of_a_right_gradient_agrees(network_numbers: Evaluation, method: str) -> None:
    found = check(network_numbers, method)
    assert found.total == found.count(AGREES) == 5 + 15 + 3 + 15 + 5 + 5 + 5 + 3 + 3
    assert found.worst.max_rel < LIMIT[method]
    assert found.step == default_step(method)


def test_methods_rank_as_theory_says(network_numbers: Evaluation) -> None:
    forward, central, complex_ = (check(network_numbers, m).worst.max_rel for m in ("forward", "central", "complex"))
    assert forward > 10 * central > 1000 * complex_
    assert complex_ < 1e-12


@settings(max_examples=20, deadline=None, derandomize=True)
@given(program=programs(), dims=dimensions(), seed=st.integers(0, 5))
def test_the_stacked_differences_are_those_of_one_entry_at_a_time(
    program: Program, dims: dict[str, int], seed: int
) -> None:
    evaluation = evaluated(program, seed, **dims)
    for name in ("x", "B", "s"):
        array = evaluation.values[name]
        wanted = np.zeros(array.shape)
        for place in np.ndindex(*array.shape):
            ends = []
            for sign in (1, -1):
                moved = array.copy()
                moved[place] += sign * 1e-5 * max(1.0, abs(array[place]))
                ends.append((moved[place], evaluate(evaluation.problem.with_numbers(name, moved)).values["L"].item()))
            wanted[place] = (ends[0][1] - ends[1][1]) / (ends[0][0] - ends[1][0])
        scale = np.abs(wanted).max() + np.abs(evaluation.values["L"]).max()
        measured = numeric_jacobian(evaluation, name, "central", 1e-5).reshape(wanted.shape)
        np.testing.assert_allclose(measured, wanted, rtol=1e-9, atol=1e-10 * (1 + scale))


class WrongProduct(MatMul):
    """A matrix product whose adjoint forgets a transpose."""

    name = "wrong"

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        return {"A": apply(MatMul(), G, B), "B": apply(MatMul(), apply(Transpose(), A), G)}


def test_a_wrong_link_is_found_and_named() -> None:
    w = Writing()
    x, W, V = w.given("x", 1, "n"), w.given("W", "n", "n"), w.given("V", "n", "n")
    a = w.let("a", apply(WrongProduct(), x, W))
    h = w.let("h", product(a, V))
    w.let("L", total(multiply(h, h)))
    found = check(evaluated(w.program(), n=4))
    assert [name for name, c in found.variables.items() if c.count(DIFFERS)] == ["x"]
    assert found.worst.name == "x"
    assert found.worst.count(DIFFERS) == 4


def test_the_worst_entry_is_the_one_that_is_off(network_numbers: Evaluation) -> None:
    wrong = {**network_numbers.gradients, "W1": network_numbers.gradients["W1"].copy()}
    wrong["W1"][3, 1] *= 1.25
    mistaken = replace(network_numbers, gradients=wrong)
    found = check(mistaken)
    assert found.worst.name == "W1"
    assert found.worst.worst == (3, 1)
    assert found.worst.max_rel == pytest.approx(0.2, rel=1e-4)
    assert found.worst.max_abs == pytest.approx(abs(wrong["W1"][3, 1]) * 0.2, rel=1e-4)
    assert found.count(DIFFERS) == 1
    assert found.worst.verdicts[3, 1] == DIFFERS


def test_at_a_corner_it_cannot_be_told() -> None:
    evaluation = evaluated(relu_loss(), numbers={"x": np.array([[1.0, 0.0, -1.0, 4e-6]])}, n=4)
    found = check(evaluation).variables["x"]
    assert found.verdicts.tolist() == [[AGREES, CANNOT_TELL, AGREES, CANNOT_TELL]]
    assert found.reasons == dict.fromkeys(((0, 1), (0, 3)), "it lies within one step of a corner")
    assert found.max_rel < 1e-9
    assert found.worst in {(0, 0), (0, 2)}


def test_a_length_within_one_step_of_nothing_cannot_be_told() -> None:
    program = read_program("x : (1, 3)\nL = norm2(x)")
    found = check(evaluated(program, numbers={"x": np.array([[1e-8, 0.0, -1e-12]])})).variables["x"]
    assert found.count(DIFFERS) == 0
    assert found.reasons[0, 0] == found.reasons[0, 2] == "it lies within one step of a corner"


def test_what_is_too_large_to_build_is_said_before_it_is_measured() -> None:
    program = read_program("x : (n, 1)\nL = x xᵀ")
    with pytest.raises(TutorError, match="described, not built"):
        check(evaluated(program, n=3000))


def test_a_corner_that_a_step_does_not_reach_is_no_excuse() -> None:
    evaluation = evaluated(relu_loss(), numbers={"x": np.array([[1.0, -1.0]])}, n=2)
    wrong = replace(evaluation, gradients={**evaluation.gradients, "x": np.array([[0.5, 0.0]])})
    assert check(wrong).variables["x"].verdicts.tolist() == [[DIFFERS, AGREES]]


def test_a_corner_met_further_on_counts_for_what_leads_there() -> None:
    w = Writing()
    x = w.given("x", 1, 2)
    a = w.let("a", product(x, w.given("W", 2, 1)))
    w.let("L", total(relu(a)))
    numbers = {"x": np.array([[1.0, 2.0]]), "W": np.array([[2.0], [-1.0]])}
    found = check(evaluated(w.program(), numbers=numbers))
    assert {name: c.count(CANNOT_TELL) for name, c in found.variables.items()} == {"x": 2, "W": 2, "a": 1}


def test_where_nothing_can_be_told_there_is_no_error() -> None:
    found = check(evaluated(relu_loss(), numbers={"x": np.zeros((1, 3))}, n=3)).variables["x"]
    assert found.count(CANNOT_TELL) == 3
    assert np.isnan(found.max_rel) and np.isnan(found.max_abs)


def test_what_is_not_a_number_cannot_be_compared() -> None:
    w = Writing()
    w.let("L", total(log(w.given("x", 1, "n"))))
    found = check(evaluated(w.program(), numbers={"x": np.array([[-1.0, 2.0]])}, n=2)).variables["x"]
    assert found.count(CANNOT_TELL) == 2
    assert set(found.reasons.values()) == {"log in L has no finite value here"}


def test_of_what_has_no_value_the_first_is_named() -> None:
    w = Writing()
    x = w.given("x", 1, "n")
    h = w.let("h", build.divide(Number(Fraction(1)), x))
    w.let("L", total(log(h)))
    root = read_program("x : (1, n)\nL = sum(sqrt(x))")
    zero, negative, steep = (check(evaluated(program, numbers={"x": np.array([[at, 2.0]])}, n=2)).variables["x"]
                             for program, at in ((w.program(), 0.0), (w.program(), -1.0), (root, 0.0)))
    assert zero.reasons[0, 1] == "the elementwise quotient in h has no finite value here"
    assert negative.reasons[0, 1] == "log in L has no finite value here"
    assert steep.reasons == {(0, 0): "there is no finite value to compare"}, "the output has one, its slope has not"


def test_a_sweep_has_no_error_where_a_step_leads_out_of_the_domain() -> None:
    w = Writing()
    w.let("L", total(log(w.given("x", 1, "n"))))
    steps, errors = sweep(evaluated(w.program(), numbers={"x": np.array([[0.01, 2.0]])}, n=2), "x")
    assert np.isnan(errors[steps > 0.01]).all(), "the other entry's error is not that of the gradient"
    assert np.isfinite(errors[steps < 0.009]).all()


def test_a_gradient_of_zero_agrees_with_a_measured_zero() -> None:
    w = Writing()
    x = w.given("x", 1, "n")
    w.given("z", 1, "n")
    w.let("L", total(add(x, x)))
    found = check(evaluated(w.program(), n=3), names=["x", "z"])
    assert found.count(AGREES) == 6
    assert not found.variables["z"].numeric.any()


def test_the_complex_step_refuses_corners_and_says_which() -> None:
    with pytest.raises(TutorError, match="relu in h has one"):
        check(evaluated(relu_loss(), n=3), "complex")


@pytest.mark.parametrize("step", [0.0, -1e-5, np.nan, np.inf])
def test_a_step_is_a_positive_number(network_numbers: Evaluation, step: float) -> None:
    with pytest.raises(TutorError, match="positive number"):
        check(network_numbers, step=step)


def test_where_nothing_moves_the_output_there_is_nothing_to_check() -> None:
    w = Writing()
    w.given("x", 1, 1)
    w.let("L", Number(Fraction(3)))
    with pytest.raises(TutorError, match="L depends on no variable to differentiate by"):
        check(evaluated(w.program()))


@pytest.mark.parametrize("method", METHODS)
def test_where_the_output_is_no_number_no_step_and_no_corner_is_to_blame(method: Method) -> None:
    w = Writing()
    x = w.given("x", 1, 3)
    w.let("L", total(log(x) if method == "complex" else relu(log(x))))
    evaluation = evaluated(w.program(), numbers={"x": np.array([[-1.0, 2.0, 3.0]])})
    found = check(evaluation, method).variables["x"]
    assert set(found.reasons.values()) == {"log in L has no finite value here"} and len(found.reasons) == 3


@pytest.mark.parametrize("method", ["central", "forward"])
def test_a_step_over_a_pole_blames_no_gradient(method: Method) -> None:
    w = Writing()
    w.let("L", build.divide(Number(Fraction(1)), w.given("x", 1, 1)))
    found = check(evaluated(w.program(), numbers={"x": np.array([[3e-8]])}), method).variables["x"]
    assert found.reasons == {(0, 0): "the output curves within one step; a smaller step tells more"}


def test_rounding_excuses_no_gradient_that_is_far_off() -> None:
    w = Writing()
    shares = FUNCTIONS["softmax"](w.given("x", 1, 4))
    w.let("L", total(multiply(Number(Fraction(10**6)), shares)))  # flat, but for the rounding
    evaluation = evaluated(w.program())
    wrong = replace(evaluation, gradients={**evaluation.gradients, "x": evaluation.gradients["x"] + 0.1})
    assert check(wrong).variables["x"].count(DIFFERS) == 4


def test_numbers_without_end_are_checked_in_silence() -> None:
    w = Writing()
    w.let("a", log(w.given("x", 1, 1)))
    w.let("L", total(relu(Variable("a", (1, 1)))))
    with np.errstate(all="raise"):
        found = check(evaluated(w.program(), numbers={"x": np.zeros((1, 1))}))
    assert found.count(CANNOT_TELL) == 2


def test_the_verdict_on_a_name_does_not_depend_on_what_else_is_checked() -> None:
    w = Writing()
    x, z = w.given("x", 1, 2), w.given("z", 1, 2)
    w.let("L", add(total(x), multiply(Number(Fraction(1, 10**11)), total(z))))
    evaluation = evaluated(w.program())
    alone, among = check(evaluation, names=["z"]).variables["z"], check(evaluation).variables["z"]
    assert alone.verdict == among.verdict and np.array_equal(alone.relative, among.relative)
    _, errors = sweep(evaluation, "z", steps=[default_step("central")])
    assert errors[0] == pytest.approx(among.max_rel, rel=1e-3)


def test_many_doubtful_entries_are_looked_at_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    w = Writing()
    w.let("L", total(relu(w.given("x", 1, "n"))))
    numbers = np.where(np.arange(12) % 3, 1.0, 0.0)[None]
    whole = check(evaluated(w.program(), numbers={"x": numbers}, n=12)).variables["x"]
    monkeypatch.setattr("tutor.core.schedule._STACKED", 30)
    parts = check(evaluated(w.program(), numbers={"x": numbers}, n=12)).variables["x"]
    assert whole.reasons == parts.reasons == {(0, i): "it lies within one step of a corner" for i in range(0, 12, 3)}


@pytest.mark.parametrize("method", METHODS)
def test_of_a_matrix_every_entry_of_the_jacobian_is_compared(method: Method) -> None:
    program = read_program("X : (2, 3)\nW : (3, 2)\nc : scalar\nH = sigmoid(X W)\nP = softmax(c H)")
    evaluation = evaluate(Problem.drawn("", program, "X", {}, 3))
    found = check(evaluation, method)
    assert {name: c.analytic.shape for name, c in found.variables.items()} == {
        "X": (4, 6), "W": (4, 6), "c": (4, 1), "H": (4, 4)}
    for name, compared in found.variables.items():
        assert compared.verdict == AGREES
        np.testing.assert_array_equal(compared.analytic, evaluation.jacobian(name))
        assert compared.ends == ("P", (2, 2), evaluation.values[name].shape)
    assert found.total == 68


def test_the_jacobian_at_a_corner_cannot_be_told_where_it_lies_on_one() -> None:
    program = read_program("x : (1, 2)\ny = relu(x)")
    found = check(evaluate(Problem.drawn("", program, "x", {}, given={"x": np.array([[0.0, 1.0]])}))).variables["x"]
    assert found.verdicts.tolist() == [[CANNOT_TELL, AGREES], [AGREES, AGREES]]
    assert found.reasons == {(0, 0): "it lies within one step of a corner"}


def test_a_wrong_jacobian_differs() -> None:
    w = Writing()
    x, W = w.given("x", 1, 3), w.given("W", 3, 3)
    w.let("y", apply(WrongProduct(), x, W))
    found = check(evaluate(Problem.drawn("", w.program(), "x", {}, 2)))
    assert found.variables["W"].verdict == AGREES
    assert found.variables["x"].count(DIFFERS)


def test_a_chosen_step_is_used(network_numbers: Evaluation) -> None:
    coarse = check(network_numbers, "central", 1e-1, ["x"])
    assert coarse.step == 1e-1
    assert coarse.variables["x"].relative.max() > 1e-5
    assert coarse.variables["x"].verdict == CANNOT_TELL  # it is the step that is wrong, and not the gradient
    assert set(coarse.variables) == {"x"}


def test_large_matrices_are_measured_in_part_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    original = differences._slopes

    def counted(evaluation: Evaluation, name: str, method: Method, which: Array, widths: Array) -> Array:
        tried.append(len(which))
        return original(evaluation, name, method, which, widths)

    monkeypatch.setattr(differences, "_slopes", counted)
    w = Writing()
    A = w.given("A", "n", "m")
    w.let("L", total(A))
    found = check(evaluated(w.program(), n=200, m=150)).variables["A"]
    assert sum(tried) == found.measured == 4000, "and where nothing differs, once"
    assert found.count(AGREES) == 4000
    assert found.count(CANNOT_TELL) == 30_000 - 4000
    assert np.isfinite(found.numeric).sum() == 4000


def slope(steps: Array, errors: Array, low: float, high: float) -> float:
    """The slope of the curve in a range of steps, both axes logarithmic."""
    inside = (steps >= low) & (steps <= high)
    return float(np.polyfit(np.log10(steps[inside]), np.log10(errors[inside]), 1)[0])


def test_the_sweep_is_a_v_with_slopes_minus_one_and_two() -> None:
    steps, errors = sweep(evaluated(network("onehot"), n=5, m=3, k=5), "W1")
    assert slope(steps, errors, 1e-11, 1e-7) == pytest.approx(-1, abs=0.25)
    assert slope(steps, errors, 1e-3, 1e-1) == pytest.approx(2, abs=0.1)
    assert 1e-7 < steps[np.nanargmin(errors)] < 1e-4


def test_the_right_side_of_a_forward_sweep_has_slope_one() -> None:
    steps, errors = sweep(evaluated(regression(), n=4, m=3), "x", "forward")
    assert slope(steps, errors, 1e-5, 1e-2) == pytest.approx(1, abs=0.1)


def test_a_complex_sweep_has_no_left_side() -> None:
    evaluation = evaluated(network("onehot"), n=5, m=3, k=5)
    _, errors = sweep(evaluation, "W1", "complex", [1e-200, 1e-30, 1e-12])
    assert errors.max() < 1e-10


@pytest.mark.parametrize("method", ["central", "forward", "complex"])
@pytest.mark.parametrize("offset", [0.0, 1e3, 1e5])
@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e-12])
def test_a_gradient_that_is_twice_too_large_never_agrees(method: Method, offset: float, scale: float) -> None:
    w = Writing()
    x = w.given("x", 1, "n")
    tall, flat = Number(Fraction(offset)), Number(Fraction(scale))
    w.let("L", add(tall, multiply(flat, total(tanh(x)))))
    evaluation = evaluated(w.program(), n=4)
    wrong = replace(evaluation, gradients={**evaluation.gradients, "x": 2 * evaluation.gradients["x"]})
    right, found = (check(e, method).variables["x"] for e in (evaluation, wrong))
    assert right.count(DIFFERS) == 0
    assert found.count(AGREES) == 0
    noise = {"central": 1e-10, "forward": 1e-8, "complex": 0.0}[method]
    if offset * noise <= scale:  # the slope stands out of the rounding of the output
        assert found.count(DIFFERS) == 4


def test_where_the_output_curves_the_measured_number_is_shown_and_a_smaller_step_is_advised() -> None:
    program = read_program("p : (1, 2)\nL = sum(log(p))")
    asked = evaluated(program, numbers={"p": np.array([[4e-5, 0.5]])})
    found = check(asked).variables["p"]
    assert found.reasons == {(0, 0): "the output curves within one step; a smaller step tells more"}
    assert found.numeric[0, 0] == numeric_jacobian(asked, "p", "central", default_step("central"))[0, 0]
    assert check(asked, step=1e-8).variables["p"].verdicts[0, 0] == AGREES
