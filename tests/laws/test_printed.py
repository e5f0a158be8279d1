"""Programs with bends: every printed module runs in every library that is there, and gives the gradient."""

from __future__ import annotations

import builtins
import importlib.util
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.programs import (
    TooMuchWorkError,
    Writing,
    add,
    bounded_work,
    half,
    multiply,
    product,
    relu,
    subtract,
    total,
    transpose,
)
from tutor.core.evaluate import evaluate
from tutor.core.expression import Expression
from tutor.core.layout import SCALAR
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.derive import derive
from tutor.derive.code import gradient_module
from tutor.language.printing import LIBRARIES, NUMPY, Library
from tutor.language.reader import read_program
from tutor.ops import FUNCTIONS, build

HERE = [library for library in LIBRARIES.values()
        if library is NUMPY or importlib.util.find_spec(library.name) is not None]
DIMS = {"N": 3, "n": 2}


def run(source: str, problem: Problem) -> Any:
    space: dict[str, Any] = {"__builtins__": builtins}
    exec(compile(source, "printed", "exec"), space)
    return space["gradient"](*(array.tolist() for array in problem.numbers.values()))


def agrees(problem: Problem, library: Library) -> None:
    derivation = derive(problem.program, problem.wrt)
    source = gradient_module(derivation, library)
    evaluation = evaluate(problem)
    wanted = (evaluation.jacobian(problem.wrt) if derivation.ends_in_matrix
              else evaluation.gradients.get(problem.wrt, np.zeros(problem.shape(problem.wrt))))
    found = np.asarray(run(source, problem))
    assert found.dtype == np.float64, source
    np.testing.assert_allclose(found.reshape(wanted.shape), wanted, rtol=1e-9, atol=1e-9, err_msg=source)


@st.composite
def bends(draw: st.DrawFn) -> Program:
    """A program of a few products, sums, signs and functions with a bend or a jump."""
    w = Writing()
    pool: list[Expression] = [w.given("x", "N", "n"), w.given("p", "N", "n"), w.given("r", 1, "n"),
                              w.given("c", "N", 1), w.given("s", 1, 1)]
    for i in range(draw(st.integers(1, 4))):
        made = draw(st.sampled_from(pool[-3:]))
        for _ in range(draw(st.integers(1, 3))):
            other = draw(st.sampled_from(pool))
            match draw(st.sampled_from([
                "relu", "abs", "step", "minus", "times", "less", "plus", "shares", "matmul", "scale"])):
                case "relu" | "abs" | "step" as name:
                    made = FUNCTIONS[name](made)
                case "minus":
                    made = build.negate(made)
                case "shares":
                    made = subtract(multiply(other, made), made)
                case "scale":
                    made = half(made)
                case "matmul" if other.shape != SCALAR != made.shape:
                    made = product(product(made, transpose(made)), other) if (
                        made.shape[0] == other.shape[0]) else made
                case "times" | "less" | "plus" as name:
                    made = {"times": multiply, "less": subtract, "plus": add}[name](made, other)
        pool.append(w.let(f"t{i}", made))
    if draw(st.booleans()):
        w.let("L", total(draw(st.sampled_from([pool[-1], multiply(relu(pool[-1]), pool[-1])]))))
    return w.program()


@settings(max_examples=120, deadline=None, derandomize=True)
@given(program=bends(), data=st.data())
def test_programs_with_bends(program: Program, data: st.DataObject) -> None:
    problem = Problem.drawn("", program, data.draw(st.sampled_from(["x", "p", "r", "c", "s"])), DIMS, 3)
    try:
        with bounded_work(60_000):
            derive(program, problem.wrt)
    except TooMuchWorkError:
        reject()
    for library in HERE:
        agrees(problem, library)


@pytest.mark.parametrize("library", HERE, ids=lambda library: library.name)
@pytest.mark.parametrize(("text", "wrt"), [
    ("X : (N, n)\nw : (n, 1)\ny : (N, 1)\nh = relu(-y*(X@w))\nL = sum(h)", "y"),
    ("w : (N, 1)\ny : (N, 1)\nh = relu(w*y - y)\nL = sum(h)", "y"),
    ("b : scalar\nx : (1, n)\nL = relu(b*x - x)", "x"),
    ("p : (N, 1)\nq : (N, 1)\nL = relu(sum((q - p)**2) - 1)", "q"),
    ("p : (N, 1)\nq : (N, 1)\nL = sum(relu(p) * step(q) * step(p) * step(q + p))", "p"),
    ("W : (N, N)\np : (N, n)\nh = relu(p)\nL = sum(W (step(h) * -p))", "p"),
])
def test_what_is_true_is_never_negated_alone(text: str, wrt: str, library: Library) -> None:
    agrees(Problem.drawn("", read_program(text), wrt, DIMS, 3), library)
