from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.programs import (
    Writing,
    add,
    bounded_work,
    dimensions,
    formula_value,
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
from tutor.derive.certify import Draw
from tutor.derive.stacking import Commutation, Stacked
from tutor.language.printing import text
from tutor.language.reader import read_program
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
    with bounded_work(60_000):
        found = links(program)
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
    [("sqrt", "diag(1 / (2 h))"), ("softplus", "diag(σ(x))"), ("square", "2 diag(x)"), ("inverse", "−diag(h**2)")],
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
    assert found["h", "a"].note == "diagonal: $sigma$ acts on each entry alone"
    assert found["a", "b1"].note == "identity: it changes nothing"
    assert found["a", "W1"].note == "block j is $x_j$ $I_(m)$; entries are counted row by row"
    assert found["a", "x"].note == "full: every output reads every input"


def test_what_has_no_short_form_has_none() -> None:
    w = Writing()
    X = w.given("X", "n", "n")
    D = w.let("D", FUNCTIONS["diag"](FUNCTIONS["diagof"](X)))
    w.let("L", total(multiply(D, D)))
    assert links(w.program())["D", "X"].form is None


@pytest.mark.parametrize(("statement", "form"), [
    ("σ(X)", "diag(vec(Y ∘ (1 − Y)))"),
    ("softmax(X)", "diag(vec(Y)) − diag(vec(Y)) kron(eye(n), ones(m, m)) diag(vec(Y))"),
    ("X * r", "kron(eye(n), diag(r))"),
    ("X / c", "kron(diag(1 / c), eye(m))"),
    ("exp(X) W", "kron(eye(n), Wᵀ) diag(vec(exp(X)))"),
    ("rowsum(X)", "kron(eye(n), ones(1, m))"),
    ("colsum(X * X)", "2 kron(ones(1, n), eye(m)) diag(vec(X))"),
    ("X.T", "commutation(Y)"),
    ("sum(X) * X", "sum(X) eye(m·n) + vec(X) ones(1, m·n)"),
    ("W W.T X", "kron(W Wᵀ, eye(m))"),
])
def test_links_between_matrices_have_a_form(statement: str, form: str) -> None:
    wide = "W : (n, n)" if statement.startswith("W") else "W : (m, m)"
    program = read_program(f"X : (n, m)\n{wide}\nr : (1, m)\nc : (n, 1)\nY = {statement}\nL = sum(Y * Y)")
    link = links(program)["Y", "X"]
    assert link.form is not None and text(link.form) == form
    compare(evaluate(Problem.drawn("", program, "X", {"n": 3, "m": 4}, 5)), link)


def test_stacking_and_commutation_do_what_their_jacobians_say() -> None:
    X = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(Stacked.value(X), X.reshape(-1, 1))
    np.testing.assert_array_equal(Commutation.value(X) @ Stacked.value(X.T), Stacked.value(X))
    np.testing.assert_array_equal(Stacked.value(np.stack([X, 2 * X]))[1], 2 * X.reshape(-1, 1))
    np.testing.assert_array_equal(Commutation.value(np.stack([X, X]))[1], Commutation.value(X))
    symbols = sympy.Matrix(2, 3, list(sympy.symbols("x:6")))
    K = sympy.Matrix(6, 6, lambda i, j: Commutation.entry(int(i), int(j), symbols))
    stacked, turned = (sympy.Matrix([Stacked.entry(i, 0, A) for i in range(6)]) for A in (symbols, symbols.T))
    assert stacked == K * turned


# --- programs that end in a matrix ---------------------------------------------------------------------------------



WHOLE = {
    "A : (3, 4)\nx : (4, 1)\ny = A @ x": {"x": "A", "A": "kron(eye(3), xᵀ)"},
    "x : (1, 5)\nW : (5, 3)\na = x @ W": {"x": "Wᵀ", "W": "kron(x, eye(3))"},
    "A : (2, 3)\nX : (3, 4)\nB : (4, 2)\nY = A @ X @ B": {"X": "kron(A, Bᵀ)"},
    "a : (1, 4)\nh = sigmoid(a)": {"a": "diag(h ∘ (1 − h))"},
    "t : (1, 5)\np = softmax(t)": {"t": "diag(p) − pᵀ p"},
    "X : (2, 3)\nY = X.T": {"X": "commutation(Y)"},
    "A : (3, 4)\nx : (4, 1)\nz : (3, 1)\ny = (A @ x) * z": {
        "x": "diag(z) A", "z": "diag(A x)", "A": "kron(diag(z), xᵀ)"},
    "x : (1, n)\nW1 : (n, m)\nb1 : (1, m)\nW2 : (m, k)\na = x W1 + b1\nh = sigmoid(a)\nθ = h W2\nŷ = softmax(θ)": {
        "x": "(diag(ŷ) − ŷᵀ ŷ) W2ᵀ diag(h ∘ (1 − h)) W1ᵀ",
        "W1": "kron(x, (diag(ŷ) − ŷᵀ ŷ) W2ᵀ diag(h ∘ (1 − h)))",
        "b1": "(diag(ŷ) − ŷᵀ ŷ) W2ᵀ diag(h ∘ (1 − h))",
        "W2": "kron(h, diag(ŷ) − ŷᵀ ŷ)",
        "a": "(diag(ŷ) − ŷᵀ ŷ) W2ᵀ diag(h ∘ (1 − h))",
    },
    "X : (N, n)\nW : (n, k)\nP = softmax(X W)": {
        "X": "diag(vec(P)) (eye(N·k) − kron(eye(N), ones(k, k)) diag(vec(P))) kron(eye(N), Wᵀ)"},
    "x : (1, n)\nl = log(softmax(x))": {"x": "eye(n) − ones(n, 1) softmax(x)"},
    "X : (n, m)\nG = X.T X": {"X": "(eye(m·m) + commutation(G)) kron(Xᵀ, eye(m))"},
    "X : (n, n)\nG = inv(X)": {"X": "−kron(G, Gᵀ)"},
    "s : scalar\nX : (n, m)\nY = s * X": {"s": "vec(X)", "X": "s eye(m·n)"},
    "x : (1, n)\nz : (2, 3)\nY = x.T x": {"z": "zeros(n·n, 6)"},
}
"""Program -> variable -> its Jacobian as a matrix formula."""


@pytest.mark.parametrize(("program", "name", "form"),
                         [(p, n, f) for p, forms in WHOLE.items() for n, f in forms.items()])
def test_a_program_that_ends_in_a_matrix_has_a_jacobian(program: str, name: str, form: str) -> None:
    problem = Problem.drawn("", read_program(program), name, {"n": 3, "m": 4, "k": 2, "N": 3}, 2)
    found = derive(problem.program, name)
    assert found.certified and found.ends_in_matrix
    assert found.jacobian is not None and text(found.jacobian) == form
    slopes = measured_jacobian(problem, name)
    np.testing.assert_allclose(formula_value(found.jacobian, problem), slopes, rtol=1e-6, atol=1e-8)
    # What becomes of a cotangent is its row times the Jacobian.
    shape = evaluate(problem).values[problem.program.output.name].shape
    arriving = np.random.default_rng(1).standard_normal(shape)
    known = {**evaluate(problem).values, f"δ{problem.program.output.name}": arriving}
    pulled = value_of(resolve(found.gradient, problem.dims), known)
    np.testing.assert_allclose(pulled.reshape(1, -1), arriving.reshape(1, -1) @ slopes, rtol=1e-6, atol=1e-8)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(program=programs(), dims=dimensions(), seed=st.integers(0, 3))
def test_jacobians_of_random_programs_are_the_measured_ones(program: Program, dims: dict[str, int], seed: int) -> None:
    *inner, _ = program.statements
    program = Program(program.declarations, tuple(inner))
    if program.output.shape == (1, 1):
        reject()
    problem = Problem.drawn("", program, "x", dims, seed)
    if any(not np.isfinite(v).all() or np.abs(v).max() > 100 for v in evaluate(problem).values.values()):
        reject()
    for name in ("x", "A", "s"):
        with bounded_work(60_000):
            found = derive(program, name)
        if found.jacobian is not None:
            slopes = measured_jacobian(problem, name)
            scale = 1 + np.abs(slopes).max()
            np.testing.assert_allclose(formula_value(found.jacobian, problem), slopes, rtol=1e-5, atol=1e-5 * scale)


def test_a_jacobian_at_large_declared_sizes_is_compared_or_left_out() -> None:
    x = "x : (1, 500)\nW : (500, 300)\nh = tanh(x W)"
    assert text(derive(read_program(x), "x").jacobian) == "diag(1 − h**2) Wᵀ"
    assert text(derive(read_program(x), "W").jacobian) == "kron(x, diag(1 − h**2))"
    turned = derive(read_program("X : (60, 50)\nY = X.T"), "X")
    assert turned.jacobian is None and turned.links[0].form is None, "K is too large to compare"


def test_a_wrong_link_at_large_declared_sizes_is_not_shown() -> None:
    draw = Draw(read_program("x : (1, 500)\nW : (500, 300)\na = x W\nL = sum(a)"), {})
    x, W, unit = Variable("x", (1, 500)), Variable("W", (500, 300)), build.eye(300)
    assert draw.is_jacobian("a", "x", transpose(W))
    assert draw.is_jacobian("a", "W", apply(Kronecker(), x, unit))
    assert draw.is_jacobian("L", "a", build.ones(1, 300))
    two = Number(Fraction(2))
    assert not draw.is_jacobian("a", "x", build.multiply(two, transpose(W)))
    assert not draw.is_jacobian("a", "W", apply(Kronecker(), build.multiply(two, x), unit))
    assert not draw.is_jacobian("L", "a", build.multiply(two, build.ones(1, 300)))


def test_a_deep_network_has_its_product_of_jacobians() -> None:
    layers = "".join(f"h{i} = tanh(h{i - 1} W{i})\n" for i in range(1, 7))
    weights = "".join(f"W{i} : (n, n)\n" for i in range(1, 7))
    found = derive(read_program(f"h0 : (1, n)\n{weights}{layers}"), "h0")
    assert found.certified
    assert text(found.jacobian) == " ".join(f"diag(1 − h{i}**2) W{i}ᵀ" for i in range(6, 0, -1))


def test_a_wrong_jacobian_is_not_shown() -> None:
    draw = Draw(read_program("x : (1, n)\nW : (n, m)\na = x W"), {})
    W = Variable("W", ("n", "m"))
    assert draw.is_whole_jacobian("x", transpose(W))
    assert not draw.is_whole_jacobian("x", build.multiply(Number(Fraction(2)), transpose(W)))
    assert not draw.is_whole_jacobian("x", W)


def measured_jacobian(problem: Problem, name: str, width: float = 1e-6) -> Array:
    """Central differences of every output entry, a column an input entry."""
    numbers, output = problem.numbers.get(name), problem.program.output.name
    if numbers is None:
        return evaluate(problem).jacobian(name)
    columns = []
    for place in np.ndindex(*numbers.shape):
        ends = []
        for sign in (1, -1):
            moved = numbers.copy()
            moved[place] += sign * width
            ends.append(evaluate(problem.with_numbers(name, moved)).values[output].reshape(-1))
        columns.append((ends[0] - ends[1]) / (2 * width))
    return np.stack(columns, axis=1)
