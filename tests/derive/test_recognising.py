"""What is known of a program's names: every form of them, and every product that is known, is what it is said to be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.textbook import CASES, Case
from tutor.core.evaluate import evaluate, value_of
from tutor.core.problem import Problem
from tutor.core.program import resolve
from tutor.derive.adjoint import algebra_of
from tutor.derive.display import shown
from tutor.derive.nodes import Node
from tutor.language import printing
from tutor.language.reader import read_program

PROGRAMS = (
    Case("weighted", "X : (N, n)\ny : (N, 1)\nW : (N, N) spd\nb = inv(X.T @ W @ X) @ X.T @ W @ y\nr = y - X @ b\n"
         "L = r.T @ W @ r", "y", "", {}),
    Case("ridge", "X : (N, n)\ny : (N, 1)\nc : scalar positive\nK = X.T @ X + c * eye(n)\nb = inv(K) @ X.T @ y\n"
         "r = y - X @ b\nL = r.T @ r", "y", "", {}),
    Case("annihilator", "X : (N, n)\ny : (N, 1)\nQ = eye(N) - X @ inv(X.T @ X) @ X.T\nr = Q @ y\nL = norm2(r)**2", "y",
         "", {}),
    Case("lengths", "x : (1, n)\nX : (N, n)\na = x - mean(x)\nq = sum(a**2)\ns = sqrt(q / n)\nz = a / s\n"
         "Z = X / sqrt(rowmean(X**2))\nL = sum(z) + sum(Z)", "x", "", {}),
    Case("roots of squares", "s : scalar\nx : (1, n)\nt = norm2(s)\nu = sqrt(s**2)\nv = sqrt(x**2)\nw = sqrt(1 / u)\n"
         "L = t + u + sum(v) + w", "s", "", {}),
)


NAMED = frozenset("""
    triplet contrast contrast_V bias_corr elastic invquad_x named_gram named_solution pooling weighted temperature
    smoothed student_rows standard_column least_squares_y least_squares_X ridge_value projected kron_length unit_rows
    interval truncated hellinger chosen skewness smoother variation harmonic entropy_bonus inverse_gaussian_link
""".split())
"""Cases of the textbook in which statements stand for something that is met again under another form."""


def sides(case: Case) -> Iterator[tuple[Node, Node]]:
    algebra = algebra_of(read_program(case.program))
    yield from algebra.names.items()
    yield from algebra.meanings.items()
    yield from ((node, known.value) for node, known in algebra.facts.products.items())


@pytest.mark.parametrize("case", [*(c for c in CASES if c.name in NAMED), *PROGRAMS], ids=lambda case: case.name)
def test_both_sides_are_equal_at_random_numbers(case: Case) -> None:
    program = read_program(case.program)
    dims = dict(zip(program.dimensions, (5, 3), strict=False))
    evaluation = evaluate(Problem.drawn("", program, case.wrt, dims, 7, case.kinds))
    for node, known in sides(case):
        one, other = (value_of(resolve(shown(side), evaluation.problem.dims), evaluation.values)
                      for side in (node, known))
        scale = max(1.0, *(float(np.abs(values).max()) for values in evaluation.values.values()))
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11 * scale**2)


def test_every_case_that_is_named_is_there() -> None:
    assert {case.name for case in CASES} >= NAMED


def products(program: str) -> set[str]:
    facts = algebra_of(read_program(program)).facts
    return {f"{printing.text(shown(node))} = {printing.text(shown(known.value))}"
            for node, known in facts.products.items()}


def test_what_least_squares_leaves_over_is_known() -> None:
    assert {"Xᵀ W r = zeros(n, 1)", "rᵀ W X = zeros(1, n)"} <= products(PROGRAMS[0].program)
    assert {"Xᵀ r = c b", "rᵀ X = c bᵀ"} <= products(PROGRAMS[1].program)
    assert {"Q Q = Q", "Q r = r", "Q X = zeros(N, n)"} <= products(PROGRAMS[2].program)


def test_what_is_over_its_length_has_squares_that_are_known() -> None:
    found = products(PROGRAMS[3].program)
    assert {"sum(z**2) = n", "z zᵀ = n"} < found and {said for said in found if said.startswith("rowsum(Z**2) = n")}


@pytest.mark.parametrize("program", [
    "X : (N, n)\ny : (N, 1)\nb = inv(X.T @ X) @ X.T @ y\nr = y - 2 * X @ b\nL = norm2(r)",
    "x : (1, n)\nr = 1 + norm2(x)\nu = x / r\nL = sum(u)",
    "x : (1, n)\nr = sqrt(sum(x**2) + 1)\nu = x / r\nL = sum(u)",
], ids=["twice", "shifted", "with epsilon"])
def test_what_only_looks_like_it_is_not(program: str) -> None:
    assert not products(program)
