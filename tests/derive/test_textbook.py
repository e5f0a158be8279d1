"""Gradients in the form of a book: equal to it, and no longer."""

from __future__ import annotations

import ast
from functools import cache

import numpy as np
import pytest

from tests.textbook import CASES
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive import Derivation, derive
from tutor.derive.code import gradient_module
from tutor.language import printing
from tutor.language.reader import read_program


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def softmax(a: np.ndarray) -> np.ndarray:
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


FUNCTIONS = {"np": np, "inv": np.linalg.inv, "norm2": np.linalg.norm, "sigmoid": sigmoid, "softmax": softmax,
             "relu": lambda a: np.maximum(a, 0)}


def operations(source: str) -> int:
    """Binary operations, minus signs, calls and transposes; comparisons are free, and so is a new shape."""
    found = 0
    for node in ast.walk(ast.parse(source.replace(".reshape(1, 1)", ""))):
        is_minus = isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant)
        is_transpose = isinstance(node, ast.Attribute) and node.attr == "T"
        found += isinstance(node, ast.BinOp | ast.Call) or is_minus or is_transpose
    return found


@cache
def derived(place: int) -> Derivation:
    case = CASES[place]
    return derive(read_program(case.program), case.wrt, case.kinds)


EVERY_CASE = pytest.mark.parametrize("place", range(len(CASES)), ids=[case.name for case in CASES])


@EVERY_CASE
def test_the_gradient_is_that_of_the_book(place: int) -> None:
    case, found = CASES[place], derived(place)
    program = found.program
    assert found.certified
    module: dict[str, object] = {}
    exec(gradient_module(found), module)
    for seed in range(3):
        evaluation = evaluate(Problem.drawn("", program, case.wrt, {}, seed, case.kinds))
        numbers = dict(evaluation.problem.numbers)
        wanted = eval(case.formula, {**FUNCTIONS, **evaluation.values})
        got = module["gradient"](*numbers.values())  # type: ignore[operator]
        np.testing.assert_allclose(np.reshape(got, np.shape(wanted)), wanted, rtol=1e-9, atol=1e-12)
        assert np.shape(got) == (() if program.shapes[case.wrt] == (1, 1) else program.shapes[case.wrt])


@EVERY_CASE
def test_it_is_no_longer_than_in_the_book(place: int) -> None:
    case, found = CASES[place], derived(place)
    assert operations(printing.numpy(found.gradient)) <= operations(case.formula), printing.text(found.gradient)
