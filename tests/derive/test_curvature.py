"""Second derivatives: the Hessian in matrix form, and times a direction, against differences of the gradient."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.programs import bounded_work, dimensions, lstm, network, programs
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate, value_of
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.core.program import Program, resolve
from tutor.derive.curvature import Curvature, curvature
from tutor.language.printing import text
from tutor.language.reader import read_program

DIMS = {"n": 3, "m": 4, "k": 2, "N": 5}


def drawn(program: Program, name: str, seed: int = 3) -> Problem:
    return Problem.drawn("", program, name, {size: DIMS[size] for size in program.dimensions}, seed)


def measured_hessian(problem: Problem, name: str, width: float = 1e-5) -> Array:
    """Central differences of the gradient that runs backwards through the operations."""
    numbers = problem.numbers[name]
    columns = []
    for place in np.ndindex(*numbers.shape):
        ends = []
        for sign in (1, -1):
            moved = numbers.copy()
            moved[place] += sign * width
            gradients = evaluate(problem.with_numbers(name, moved)).gradients
            ends.append(gradients.get(name, np.zeros(numbers.shape)).reshape(-1))
        columns.append((ends[0] - ends[1]) / (2 * width))
    return np.stack(columns, axis=1)


def agree(found: Curvature, problem: Problem, name: str) -> None:
    """Both forms of a second derivative against differences."""
    wanted = measured_hessian(problem, name)
    scale = 1 + np.abs(wanted).max()
    evaluation = evaluate(Problem.drawn("", found.second.program, name, problem.dims, problem.seed, problem.kinds))
    direction = np.random.default_rng(1).standard_normal(problem.numbers[name].shape)
    known = {**evaluation.values, found.direction.name: direction}
    for c in found.second.abbreviated:
        known[c.symbol.name] = value_of(resolve(found.by_direction(c.spelled), problem.dims), known)
    times = value_of(resolve(found.product, problem.dims), known)
    assert times.shape == direction.shape
    np.testing.assert_allclose(times.reshape(-1), wanted @ direction.reshape(-1), rtol=1e-5, atol=1e-6 * scale)
    if found.hessian is not None:
        hessian = value_of(resolve(found.hessian, problem.dims), known)
        np.testing.assert_allclose(hessian, wanted, rtol=1e-5, atol=1e-6 * scale)


HESSIANS = {
    "A : (n, m)\nx : (m, 1)\nb : (n, 1)\nr = A x - b\nL = r.T r": {
        "x": "2 Aᵀ A", "b": "2 eye(n)", "A": "2 kron(eye(n), x xᵀ)"},
    "A : (n, n)\nx : (n, 1)\nL = x.T A x": {"x": "A + Aᵀ", "A": "zeros(n·n, n·n)"},
    "A : (n, n) symmetric\nx : (n, 1)\nL = x.T A x": {"x": "2 A"},
    "X : (N, n)\nw : (n, 1)\ny : (N, 1)\np = sigmoid(X w)\nL = bce(y, p)": {"w": "Xᵀ diag(p ∘ (1 − p)) X"},
    "x : (1, n)\ny : (1, n) distribution\np = softmax(x)\nL = xent(y, p)": {"x": "diag(p) − pᵀ p"},
    "x : (1, n)\nL = sum(exp(x))": {"x": "diag(exp(x))"},
    "x : (n, 1)\nL = exp(-x.T x / 2)": {"x": "L (x xᵀ − eye(n))"},
    "x : (n, 1)\ns = sqrt(1 + x**2)\nL = sum(s)": {"x": "diag(1 / s**3)"},
    "q : scalar\nv : scalar positive\nL = q / v": {"v": "2 L / v**2"},
    "s : scalar\nL = s**3": {"s": "6 s"},
    "x : (1, n)\nL = sum(x)": {"x": "zeros(n, n)"},
}


@pytest.mark.parametrize(("program", "name", "form"),
                         [(p, n, f) for p, forms in HESSIANS.items() for n, f in forms.items()])
def test_the_hessian_in_matrix_form(program: str, name: str, form: str) -> None:
    problem = drawn(read_program(program), name)
    found = curvature(problem.program, name)
    assert found.certified
    assert found.hessian is not None and text(found.hessian) == form
    agree(found, problem, name)


@pytest.mark.parametrize("name", ["x", "W1", "b1", "W2", "b2"])
def test_the_network_of_the_question(name: str) -> None:
    problem = drawn(network("onehot"), name)
    found = curvature(problem.program, name)
    assert found.certified and found.hessian is not None
    assert [(p.name, p.fact) for p in found.promises] == [("y", "onehot")]
    agree(found, problem, name)
    if name == "x":
        D, S = "diag(h ∘ (1 − h))", "(diag(ŷ) − ŷᵀ ŷ)"
        assert text(found.hessian) == f"W1 (diag(((ŷ − y) W2ᵀ) ∘ (1 − 2 h)) + {D} W2 {S} W2ᵀ) {D} W1ᵀ"


@pytest.mark.parametrize(("program", "name"), [
    # Sᵀ is S here and not beside it: the gradient 2 Sᵀ moves against S.
    ("S : (n, n) symmetric\nL = sum(S * S.T)", "S"),
    ("S : (n, n) spd\nL = logdet(S)", "S"),
    ("y : (1, n) distribution\nx : (1, n)\nL = sum(y)**2 * sum(y * x)", "y"),
    ("y : (1, n) onehot\nx : (1, n)\nL = sum(y)**3 * sum(x)", "y"),
])
def test_a_fact_about_the_variable_itself_is_not_differentiated(program: str, name: str) -> None:
    problem = drawn(read_program(program), name)
    found = curvature(problem.program, name)
    assert found.certified
    agree(found, problem, name)


def test_a_long_gradient_is_differentiated_by_its_named_parts() -> None:
    problem = drawn(lstm(2), "h")
    found = curvature(problem.program, "h")
    assert len(found.slopes) > 1 and found.slopes[-1].name == "g_h"
    assert found.certified
    agree(found, problem, "h")


def test_names_that_are_taken_are_left_alone() -> None:
    problem = drawn(read_program("v : (1, n)\ng_v : (1, n)\nL = sum(v * v * v * g_v)"), "v")
    found = curvature(problem.program, "v")
    assert found.direction.name == "v2" and found.slopes[-1].name == "g_v2"
    agree(found, problem, "v")


@pytest.mark.parametrize(("name", "says"), [("L", "L is computed"), ("h", "h is computed"), ("nope", "nope is not in")])
def test_what_has_no_hessian_here_is_refused(name: str, says: str) -> None:
    with pytest.raises(TutorError, match=says):
        curvature(network(), name)


def test_a_matrix_has_no_hessian() -> None:
    with pytest.raises(TutorError, match=r"Y is a 1×n matrix\. A Hessian needs a program that ends in a number"):
        curvature(read_program("x : (1, n)\nY = tanh(x)"), "x")


@settings(max_examples=30, deadline=None, derandomize=True)
@given(program=programs(2), dims=dimensions(), seed=st.integers(0, 3), name=st.sampled_from("xAs"))
def test_random_programs(program: Program, dims: dict[str, int], seed: int, name: str) -> None:
    problem = Problem.drawn("", program, name, dims, seed)
    if any(not np.isfinite(v).all() or np.abs(v).max() > 20 for v in evaluate(problem).values.values()):
        reject()
    if np.abs(measured_hessian(problem, name) - measured_hessian(problem, name, 1e-4)).max() > 1e-4:
        reject()  # near a corner or a pole differences say nothing
    try:
        with bounded_work(300_000):
            found = curvature(program, name)
    except TutorError:
        reject()  # an operation that cannot be differentiated twice
    agree(found, problem, name)
