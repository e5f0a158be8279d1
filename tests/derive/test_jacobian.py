from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.programs import (
    TooMuchWorkError,
    Writing,
    add,
    bounded_work,
    dimensions,
    multiply,
    network,
    product,
    programs,
    regression,
    residual,
    sigmoid,
    subtract,
    tanh,
    total,
    transpose,
)
from tutor.core.evaluate import Evaluation, evaluate, value_of
from tutor.core.expression import Apply, Number, Variable, apply, nodes
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.core.program import Program, resolve
from tutor.derive import Link, derive
from tutor.language.printing import text
from tutor.ops import FUNCTIONS, build
from tutor.ops.forms import Identity, Kronecker


def links(program: Program) -> dict[tuple[str, str], Link]:
    """Every link of a program."""
    return {(ln.output, ln.source): ln for d in program.declarations for ln in derive(program, d.name).links}


def form_value(evaluation: Evaluation, link: Link) -> Array:
    """The numbers of a link's form."""
    return value_of(resolve(link.form, evaluation.problem.dims), evaluation.values)


def compare(evaluation: Evaluation, link: Link) -> None:
    """A link's form and its numbers."""
    assert link.form is not None
    if any(isinstance(node, Apply) and "·" in str(node.shape) and isinstance(node.operation, Identity)
           for node in nodes(link.form)):
        return  # see test_the_form_of_a_matrix_that_passes_through_has_numbers
    wanted = evaluation.link_jacobian(link.output, link.source)
    found = form_value(evaluation, link)
    if wanted.shape[0] == 1:
        # The slope of a number by a matrix is written in the matrix's shape; its rows stacked are the Jacobian.
        found = found.reshape(1, -1)
    assert found.shape == wanted.shape, (link.output, link.source)
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-11 * (1 + np.abs(wanted).max()))


def columns() -> Program:
    """The network on columns, as the published answer has it."""
    w = Writing()
    x, W, b = w.given("x", "n", 1), w.given("W", "m", "n"), w.given("b", "m", 1)
    a = w.let("a", add(product(W, x), b))
    h = w.let("h", sigmoid(a))
    w.let("L", total(build.power(subtract(h, w.given("y", "m", 1)), Fraction(2))))
    return w.program()


PROGRAMS = {"network": network("onehot"), "free label": network(), "batch": network(rows="N"),
            "tanh": network(activation=tanh), "regression": regression(), "skips": residual(2), "columns": columns(),
            "fixed sizes": network(sizes=(3, 2, 4))}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=list(PROGRAMS))
def test_forms_are_the_jacobians(program: Program) -> None:
    for sizes in ((4, 3, 2, 5), (2, 2, 2, 2), (1, 3, 1, 2), (3, 1, 2, 1)):
        dims = dict(zip(program.dimensions, sizes, strict=False))
        evaluation = evaluate(Problem.drawn("", program, "x", dims, 1))
        for link in links(program).values():
            if link.form is not None:
                compare(evaluation, link)


@pytest.mark.parametrize("key", ["network", "free label", "regression", "columns", "fixed sizes"])
def test_vectors_and_their_weights_all_have_a_form(key: str) -> None:
    assert all(link.form is not None for link in links(PROGRAMS[key]).values())


@settings(max_examples=35, deadline=None, derandomize=True)
@given(program=programs(), dims=dimensions(), seed=st.integers(0, 3))
def test_forms_of_random_programs_are_the_jacobians(program: Program, dims: dict[str, int], seed: int) -> None:
    evaluation = evaluate(Problem.drawn("", program, "x", dims, seed))
    try:
        with bounded_work(60_000):
            found = links(program)
    except TooMuchWorkError:
        reject()
    for link in found.values():
        usable = np.abs(evaluation.values[link.output]).max() < 1e4
        if link.form is not None and usable:
            compare(evaluation, link)


def test_the_links_of_the_question_read_as_in_a_textbook() -> None:
    found = links(network("onehot"))
    W1, W2 = Variable("W1", ("n", "m")), Variable("W2", ("m", "k"))
    h, p, y, x = (Variable("h", (1, "m")), Variable("ŷ", (1, "k")), Variable("y", (1, "k")), Variable("x", (1, "n")))
    one = build.spread(Number(Fraction(1)), (1, "m"))
    diag = FUNCTIONS["diag"]
    assert found["a", "x"].form == transpose(W1)
    assert found["θ", "h"].form == transpose(W2)
    assert found["h", "a"].form == diag(multiply(h, subtract(one, h)))
    assert found["ŷ", "θ"].form == subtract(diag(p), product(transpose(p), p))
    assert found["L", "ŷ"].form == build.negate(build.divide(y, p))
    assert found["a", "W1"].form == apply(Kronecker(), x, apply(Identity(("m", "m"))))
    assert found["a", "b1"].form == apply(Identity(("m", "m")))


@pytest.mark.parametrize(
    ("function", "form"),
    [("sqrt", "diag(1 / (2 h))"), ("softplus", "diag(σ(x))"), ("square", "2 diag(x)"), ("inverse", "−diag(1 / x**2)")],
)
def test_numbers_of_a_slope_stand_where_a_book_has_them(function: str, form: str) -> None:
    w = Writing()
    x = w.given("x", 1, "n")
    powers = {"square": Fraction(2), "inverse": Fraction(-1)}
    w.let("h", build.power(x, powers[function]) if function in powers else FUNCTIONS[function](x))
    w.let("L", total(Variable("h", (1, "n"))))
    found = links(w.program())["h", "x"].form
    assert found is not None and text(found) == form


def test_the_form_of_a_matrix_that_passes_through_has_numbers() -> None:
    w = Writing()
    S = w.given("S", "n", "m")
    t = w.let("t", add(S, S))
    w.let("L", total(multiply(t, t)))
    evaluation = evaluate(Problem.drawn("", w.program(), "S", {"n": 2, "m": 3}))
    np.testing.assert_array_equal(form_value(evaluation, links(w.program())["t", "S"]), 2 * np.eye(6))


def test_a_form_has_its_meaning_beside_it() -> None:
    found = links(network("onehot"))
    assert found["h", "a"].note == "diagonal: it acts as ∘"
    assert found["a", "b1"].note == "identity: it changes nothing"
    assert found["a", "W1"].note == "block i, j is $x_j$ $I_(m)$; entries count row by row"
    assert found["a", "x"].note == ""


def test_what_has_no_short_form_has_none() -> None:
    w = Writing()
    X = w.given("X", "n", "m")
    h = w.let("h", sigmoid(X))
    w.let("L", total(multiply(h, h)))
    assert links(w.program())["h", "X"].form is None
