"""Printed modules: they run on NumPy alone and give the gradient, whatever the names are."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.programs import TooMuchWorkError, bounded_work, dimensions, measured, network, programs, regression, residual
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.derive import derive
from tutor.derive.code import gradient_module, hessian_module
from tutor.derive.curvature import curvature
from tutor.language.reader import read_program


def namespace(source: str) -> dict[str, Any]:
    """What a printed module defines, where there is nothing but Python."""
    found: dict[str, Any] = {"__builtins__": builtins}
    exec(compile(source, "printed", "exec"), found)
    return found


def gradient(problem: Problem) -> Any:
    source = gradient_module(derive(problem.program, problem.wrt))
    return namespace(source)["gradient"](*problem.numbers.values())


def drawn(text: str, wrt: str, dims: Mapping[str, int], seed: int = 2) -> Problem:
    return Problem.drawn("", read_program(text), wrt, dims, seed)


def agree(problem: Problem) -> None:
    wanted = measured(problem, problem.wrt)
    np.testing.assert_allclose(np.asarray(gradient(problem)).reshape(wanted.shape), wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("text", "wrt"),
    [
        ("gradient : scalar\nx : (1, n)\nL = sum(tanh(x * gradient))", "x"),
        ("np : scalar\nx : (1, n)\nL = sum(tanh(x * np))", "np"),
        ("float : (1, n)\nx : (1, n)\nL = sum(tanh(x * float))", "x"),
        ("lambda : scalar\nclass : (1, n)\nL = sum(tanh(class * lambda))", "class"),
        ("the_h : (1, n)\ntheh : (1, n)\nL = sum(the_h * the_h * theh)", "the_h"),
        ("ñ : (1, n)\nw : (1, n)\nL = sum(w * ñ * w)", "w"),
        ("result : (m, n)\nshape : (1, n)\nA = result + shape\nL = sum(A * A) / m", "shape"),
        ("A : (m, n)\npowers : (1, n)\np = softmax(A + powers)\nL = sum(p * A)", "A"),
    ],
)
def test_names_of_python_do_no_harm(text: str, wrt: str) -> None:
    agree(drawn(text, wrt, {"n": 3, "m": 2} if "m" in read_program(text).dimensions else {"n": 3}))


def test_a_name_of_what_only_jacobians_call_does_no_harm() -> None:
    problem = drawn("commutation : (n, n)\nA = commutationᵀ commutation", "commutation", {"n": 3})
    np.testing.assert_allclose(gradient(problem), evaluate(problem).jacobian("commutation"))


def test_sizes_come_from_the_arguments() -> None:
    problem = drawn("X : (N, n)\nW : (n, k)\nP = X W\nL = sum(P * P) / (N * n)", "W", {"N": 4, "n": 3, "k": 2})
    source = gradient_module(derive(problem.program, "W"))
    assert "N = X.shape[0]" in source
    agree(problem)
    # The same module at other sizes.
    other = problem.with_dims({"N": 2, "n": 5, "k": 1})
    found = namespace(source)["gradient"](*other.numbers.values())
    np.testing.assert_allclose(found, measured(other, "W"), rtol=1e-6, atol=1e-8)


def test_numbers_go_in_and_come_out_as_numbers() -> None:
    problem = drawn("s : scalar\nx : (1, n)\nL = s * s * sum(x * x)", "s", {"n": 3})
    run = namespace(gradient_module(derive(problem.program, "s")))["gradient"]
    found = run(2.0, problem.numbers["x"])
    assert isinstance(found, float)
    assert found == pytest.approx(4 * (problem.numbers["x"] ** 2).sum())


def test_lists_and_whole_numbers_go_in_and_are_left_alone() -> None:
    program = read_program("x : (1, n)\nW : (n, n)\nL = sum(x W * x)")
    run = namespace(gradient_module(derive(program, "x")))["gradient"]
    x: Array = np.array([[1, 2]])
    W = [[1, 0], [3, 1]]
    np.testing.assert_array_equal(run(x, W), x @ (np.array(W) + np.array(W).T))
    assert x.dtype == np.int64 and W == [[1, 0], [3, 1]]


def test_only_what_is_needed_is_computed() -> None:
    source = gradient_module(derive(network("onehot"), "b2"))
    assert "W1" in source and "delta_a" not in source and "delta_yhat" not in source
    body = source.split("def gradient")[1]
    assert body.count("softmax(") == 1 and "delta_h" not in body
    assert "softmax" not in gradient_module(derive(residual(1), "x"))


def test_every_function_is_defined_once_and_before_use() -> None:
    tree = ast.parse(gradient_module(derive(network("onehot"), "x")))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert names[-1] == "gradient" and len(set(names)) == len(names)
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert called <= {*names, "ValueError"}


def test_arguments_of_other_shapes_are_refused() -> None:
    run = namespace(gradient_module(derive(regression(), "x")))["gradient"]
    A, x, b = np.ones((3, 2)), np.ones((2, 1)), np.ones((3, 1))
    assert run(A, x, b).shape == (2, 1)
    for wrong in ((A, x.T, b), (A, x, b[:2]), (A, x.reshape(-1), b), (A.T, x, b)):
        with pytest.raises((ValueError, IndexError)):
            run(*wrong)


def test_arguments_are_the_declared_variables_in_order() -> None:
    tree = ast.parse(gradient_module(derive(network("onehot"), "W2")))
    (function,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "gradient")
    assert [a.arg for a in function.args.args] == ["x", "W1", "b1", "W2", "b2", "y"]
    assert ast.get_docstring(function) == "The gradient of L by W2."


@pytest.mark.parametrize("name", ["a", "h", "θ", "ŷ"])
def test_by_an_intermediate(name: str) -> None:
    program = network("onehot")
    problem = Problem.drawn("", program, name, {"n": 4, "m": 3, "k": 2}, 8)
    np.testing.assert_allclose(gradient(problem), evaluate(problem).gradients[name], rtol=1e-9, atol=1e-12)


JACOBIANS = {
    "a Jacobian with a form": ("x : (1, n)\nW : (n, m)\np = softmax(x W)", "x"),
    "a commutation matrix": ("X : (n, m)\nG = X.T X", "X"),
    "without a form, row by row": ("X : (n, n)\nD = diag(diagof(X))\nG = D X", "X"),
    "a number at these sizes": ("x : (1, n)\nW : (n, m)\ns : scalar\ny = s * x W", "s"),
    "no path": ("x : (1, n)\nz : (2, m)\ny = x * x", "z"),
    "names that clash": ("é : (1, n)\ne : (1, n)\ny = é * e * é", "é"),
}


@pytest.mark.parametrize("key", list(JACOBIANS))
def test_a_matrix_at_the_end_gives_the_jacobian(key: str) -> None:
    problem = drawn(*JACOBIANS[key], {"n": 3, "m": 2})
    found = gradient(problem)
    wanted = evaluate(problem).jacobian(problem.wrt)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)
    assert ("_rows" in gradient_module(derive(problem.program, problem.wrt))) == (key == "without a form, row by row")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(program=programs(3), dims=dimensions(), data=st.data())
def test_jacobians_of_random_programs(program: Program, dims: dict[str, int], data: st.DataObject) -> None:
    program = Program(program.declarations, program.statements[:-1])
    wrt = data.draw(st.sampled_from([d.name for d in program.declarations]))
    problem = Problem.drawn("", program, wrt, dims, 1)
    evaluation = evaluate(problem)
    if program.output.shape == (1, 1) or any(not np.abs(v).max() < 1e6 for v in evaluation.values.values()):
        reject()
    try:
        with bounded_work(60_000):
            source = gradient_module(derive(program, wrt))
    except (TooMuchWorkError, TutorError):
        reject()
    with np.errstate(all="ignore"):
        found = namespace(source)["gradient"](*problem.numbers.values())
    wanted = evaluation.jacobian(wrt)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-8 * (1 + np.abs(wanted).max()))


@pytest.mark.parametrize(("text", "wrt"), [
    ("A : (m, n)\nx : (n, 1)\nb : (m, 1)\nr = A x - b\nL = r.T r", "x"),
    ("x : (1, n)\nW : (n, m)\nL = sum(softmax(x W)**2)", "W"),
    ("X : (n, n)\nD = diag(diagof(X))\nL = sum(tanh(D X))", "X"),
    ("s : scalar\nx : (1, n)\nL = s**3 * sum(x)", "s"),
    ("s : scalar\nx : (1, n)\na = s x\nb = a / (1 + sum(a)**2)\nL = sum(sin(b) * a + b**3)", "s"),
])
def test_the_hessian_and_the_hessian_times_a_direction(text: str, wrt: str) -> None:
    problem = drawn(text, wrt, {"n": 3, "m": 2} if "m" in read_program(text).dimensions else {"n": 3})
    source = hessian_module(curvature(problem.program, wrt))
    run = namespace(source)
    hessian = np.asarray(run["hessian"](*problem.numbers.values()))
    size = problem.numbers[wrt].size
    step = 1e-5 * np.eye(size).reshape(size, *problem.numbers[wrt].shape)
    slopes = [[evaluate(problem.with_numbers(wrt, problem.numbers[wrt] + sign * s)).gradients[wrt] for sign in (1, -1)]
              for s in step]
    wanted = np.stack([((up - down) / 2e-5).reshape(-1) for up, down in slopes], axis=1)
    np.testing.assert_allclose(hessian.reshape(wanted.shape), wanted, rtol=1e-5, atol=1e-6)
    direction = np.random.default_rng(0).standard_normal(problem.numbers[wrt].shape)
    times = np.asarray(run["hessian_vector"](*problem.numbers.values(), direction))
    np.testing.assert_allclose(times.reshape(-1), wanted @ direction.reshape(-1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("output", [
    "exp(-3 a) / (2 + 5 exp(-3 a))", "exp(-3 a) / (1 - 5 exp(-3 a))", "exp(-a**2) / (1 + 5 exp(-a**2))",
    "log(3 + exp(-3 a))", "log(1 - exp(-a))**2", "exp(2 a) / (5 + 3 exp(2 a))",
])
def test_where_an_exponential_is_too_large_the_gradient_is_still_a_number(output: str) -> None:
    """Whatever is finite going back through the program is so in the formula: 1 / ∞ is 0, and ∞ / ∞ is nothing."""
    program = read_program(f"a : (1, 4)\nL = sum({output})")
    module = namespace(gradient_module(derive(program, "a")))
    tested = 0
    with np.errstate(all="ignore"):
        for at in (400.0, -400.0, 20.0, -20.0):
            problem = Problem.drawn("", program, "a", {}).with_numbers("a", np.array([[0.7, 1.0, 2.0, at]]))
            wanted = evaluate(problem).gradients["a"]
            if np.isfinite(wanted).all():
                np.testing.assert_allclose(module["gradient"](*problem.numbers.values()), wanted, rtol=1e-9, atol=1e-15)
                tested += abs(at) == 400
    assert tested


@pytest.mark.parametrize("output", ["log(3 + exp(-3 a))", "exp(-3 a) / (1 + 5 exp(-3 a))"])
def test_where_an_exponential_is_too_large_the_hessian_is_still_a_number(output: str) -> None:
    found = curvature(read_program(f"a : scalar\nL = {output}"), "a")
    with np.errstate(all="ignore"):
        assert namespace(hessian_module(found))["hessian"](400.0) == 0


@settings(max_examples=80, deadline=None, derandomize=True)
@given(program=programs(3), dims=dimensions(), seed=st.integers(0, 5), data=st.data())
def test_random_programs(program: Program, dims: dict[str, int], seed: int, data: st.DataObject) -> None:
    wrt = data.draw(st.sampled_from([d.name for d in program.declarations]))
    problem = Problem.drawn("", program, wrt, dims, seed)
    evaluation = evaluate(problem)
    wanted = evaluation.gradients.get(wrt, np.zeros(evaluation.values[wrt].shape))
    if max(np.abs(v).max() for v in (*evaluation.values.values(), wanted)) > 1e6:
        reject()
    try:
        with bounded_work(60_000):
            derivation = derive(program, wrt)
    except TooMuchWorkError:
        reject()
    try:
        source = gradient_module(derivation)
    except TutorError:
        reject()  # an operation that says it cannot be printed
    with np.errstate(all="ignore"):
        found = namespace(source)["gradient"](*problem.numbers.values())
    np.testing.assert_allclose(np.asarray(found).reshape(wanted.shape), wanted, rtol=1e-7, atol=1e-8)
