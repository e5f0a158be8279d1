"""The chain as a product of Jacobians: what each factor is, and that together they are the gradient."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from tests.programs import Writing, network, product, regression, relu, residual, softmax, subtract, tanh, total
from tutor.core.evaluate import evaluate, value_of
from tutor.core.problem import Problem
from tutor.core.program import Program, resolve
from tutor.derive import derive
from tutor.derive.step import Derivation
from tutor.derive.views import Factor, can_join, factor_jacobian, factors, jacobian_shape


def rows_once() -> Program:
    """A softmax that feeds two things."""
    w = Writing()
    p = w.let("p", softmax(w.given("x", 1, "n")))
    q = w.let("q", product(p, w.given("A", "n", "n")))
    w.let("L", total(subtract(q, p)))
    return w.program()


PROGRAMS = {"network": network("onehot"), "free label": network(), "batch": network("distribution", rows="N"),
            "tanh": network(activation=tanh), "relu": network(activation=relu), "regression": regression(),
            "skips": residual(2), "twice": rows_once()}


def drawn(program: Program, wrt: str) -> Problem:
    dims = {name: i + 2 for i, name in enumerate(program.dimensions)}
    return Problem.drawn("", program, wrt, dims, 5)


CASES = [(key, d.name) for key, program in PROGRAMS.items() for d in program.declarations
         if d.name in program.depends(program.output.name)]


@pytest.mark.parametrize("joined", [False, True], ids=["apart", "joined"])
@pytest.mark.parametrize(("key", "wrt"), CASES)
def test_the_products_of_all_paths_add_up_to_the_gradient(key: str, wrt: str, joined: bool) -> None:
    problem = drawn(PROGRAMS[key], wrt)
    evaluation, derivation = evaluate(problem), derive(problem.program, wrt)
    whole = np.zeros((1, evaluation.values[wrt].size))
    for path in derivation.paths:
        chain = factors(derivation, path, joined)
        assert (chain[0].output, chain[-1].source) == (path[0], wrt)
        assert all(before.source == after.output for before, after in pairwise(chain))
        assert [name for f in chain for name in (f.output, *f.through)] == list(path[:-1])
        arrays = [factor_jacobian(evaluation, factor) for factor in chain]
        assert [a.shape for a in arrays] == [jacobian_shape(derivation, f, problem.dims) for f in chain]
        whole += reduce(np.matmul, arrays)
    measured = evaluation.gradients[wrt].reshape(1, -1)
    np.testing.assert_allclose(whole, measured, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("key", "wrt"), CASES)
def test_a_form_is_what_its_factor_is(key: str, wrt: str) -> None:
    problem = drawn(PROGRAMS[key], wrt)
    evaluation, derivation = evaluate(problem), derive(problem.program, wrt)
    for path in derivation.paths:
        for factor in factors(derivation, path, joined=True):
            if factor.form is not None:
                found = value_of(resolve(factor.form, problem.dims), evaluation.values)
                wanted = factor_jacobian(evaluation, factor)
                if wanted.shape[0] == 1:
                    found = found.reshape(1, -1)
                np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-11)


def test_the_chain_of_the_question_has_five_links_and_four_when_joined() -> None:
    derivation = derive(network("onehot"), "x")
    (path,) = derivation.paths
    assert [f.key for f in factors(derivation, path)] == ["L→ŷ", "ŷ→θ", "θ→h", "h→a", "a→x"]
    joined = factors(derivation, path, joined=True)
    assert [f.key for f in joined] == ["L→θ", "θ→h", "h→a", "a→x"]
    assert joined[0].through == ("ŷ",) and joined[1].through == ()
    assert "diagonal" in joined[2].note


@pytest.mark.parametrize(
    ("key", "wrt", "expected"),
    [("network", "x", True), ("network", "b2", True), ("batch", "W1", True), ("relu", "x", True),
     ("regression", "x", False), ("twice", "x", False), ("skips", "x", False)],
)
def test_what_can_be_joined(key: str, wrt: str, expected: bool) -> None:
    derivation = derive(PROGRAMS[key], wrt)
    assert can_join(derivation) is expected
    chains = [factors(derivation, path, joined) for path in derivation.paths for joined in (False, True)]
    assert (len({len(chain) for chain in chains[:2]}) > 1) is expected


def test_the_label_is_reached_before_anything_is_joined() -> None:
    derivation = derive(network(), "y")
    assert not can_join(derivation)
    assert [f.key for f in factors(derivation, derivation.paths[0], joined=True)] == ["L→y"]


def test_what_does_not_reach_the_output_has_no_chain() -> None:
    w = Writing()
    x = w.given("x", 1, "n")
    w.given("z", 1, "n")
    w.let("L", total(x))
    derivation: Derivation = derive(w.program(), "z")
    assert derivation.paths == () and not can_join(derivation)


def test_a_factor_by_name() -> None:
    assert Factor("θ", "h", None).key == "θ→h"
