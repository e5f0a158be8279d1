"""Pieces of a derivation to paste: the whole, the result, a step; in a reading, or where there is none."""

from __future__ import annotations

from typing import get_args

import pytest

from tutor.core.problem import Problem
from tutor.derive import derive
from tutor.derive.conventions import Convention
from tutor.derive.excerpt import RESULT, Format, excerpt
from tutor.derive.readings import read
from tutor.derive.report import Report
from tutor.files import library
from tutor.language.reader import read_program

COLUMNS = Convention("column", "differential")


def of(problem: Problem, what: str, format: Format, convention: Convention | None = COLUMNS) -> str:
    derivation = derive(problem.program, problem.wrt, problem.kinds)
    reading = None if convention is None else read(derivation, convention, problem.kinds)
    return excerpt(Report(problem, derivation, {}, ()), reading, what, format)


@pytest.fixture
def question() -> Problem:
    return library.problem(library.FIRST).with_wrt("x")


def test_the_result_is_what_the_reading_ends_with(question: Problem) -> None:
    assert of(question, RESULT, "text") == "∂L/∂x = W1 ((W2 (ŷ − y)) ∘ h ∘ (1 − h))\n"
    assert of(question, RESULT, "latex").startswith(r"\frac{\partial L}{\partial x} = W_1 ((W_2")
    assert of(question, RESULT, "markdown").startswith("$$\n\\frac{")


def test_a_step_is_that_step_alone(question: Problem) -> None:
    text = of(question, "h", "text")
    assert "δθ : W2ᵀ dh" in text and "dx" not in text
    latex = of(question, "h", "latex")
    assert latex.startswith(r"\begin{align*}") and latex.rstrip().endswith(r"\end{align*}")
    assert r"W_2 \delta_{\theta} : \mathrm{d}h" in latex and r"\delta_{a}" not in latex
    assert not latex.splitlines()[-2].endswith(r"\\")
    assert of(question, "h", "markdown").startswith("**matrix product** · $\\theta \\to h$ · certified")


@pytest.mark.parametrize("format", get_args(Format))
def test_the_whole_has_steps_result_and_what_is_to_be_known(question: Problem, format: Format) -> None:
    text = of(question, "", format)
    assert "Vectors are columns here" in text and "distribution, as declared" in text
    assert "matrix product" in text


@pytest.mark.parametrize("format", get_args(Format))
def test_a_broken_promise_is_copied_with_it(question: Problem, format: Format) -> None:
    broken = question.with_numbers("y", question.numbers["y"] * 2)
    assert "break the promise distribution" in of(broken, "", format)
    assert "break" not in of(question, "", format)


@pytest.mark.parametrize("what", ["", RESULT, "h"])
@pytest.mark.parametrize("format", get_args(Format))
def test_a_jacobian_can_be_copied_too(what: str, format: Format) -> None:
    program = read_program("x : (1, n)\nW : (n, m)\nV : (m, k)\nh = x W\no = h V")
    problem = Problem.drawn("", program, "x", {"n": 2, "m": 3, "k": 2}, 1)
    assert "V" in of(problem, what, format, None)
