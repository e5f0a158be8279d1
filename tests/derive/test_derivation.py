from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.programs import (
    Writing,
    add,
    bounded_work,
    deep,
    dimensions,
    exp,
    formula_value,
    half,
    log,
    lstm,
    measured,
    multiply,
    network,
    product,
    programs,
    regression,
    relu,
    residual,
    sigmoid,
    softmax,
    subtract,
    tanh,
    total,
    transpose,
    xent,
)
from tutor.core.errors import NameUnknownError, TutorError
from tutor.core.evaluate import evaluate, value_of
from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, apply, nodes, variables
from tutor.core.problem import Problem
from tutor.core.program import Program, resolve
from tutor.derive import Certificate, Derivation, derive
from tutor.derive.algebra import Algebra, Facts
from tutor.derive.certify import Draw
from tutor.derive.derivation import paths
from tutor.derive.proof import prove
from tutor.language.reader import read_program
from tutor.ops import FUNCTIONS, build
from tutor.ops.forms import Zeros
from tutor.ops.linear import Subtract

NETWORK, LABELLED, ONEHOT = network(), network("distribution"), network("onehot")
BATCH = network("distribution", rows="N")
SIZES = [(5, 3, 5), (4, 4, 4), (1, 1, 1), (1, 3, 2), (3, 1, 2), (2, 3, 1)]


def network_loss(x, W1, b1, W2, b2, y, activation=lambda a: 1 / (1 + anp.exp(-a))):
    θ = activation(x @ W1 + b1) @ W2 + b2
    return -anp.sum(y * (θ - anp.log(anp.sum(anp.exp(θ), axis=1, keepdims=True))))


def oracle(loss, problem: Problem, name: str):
    """The gradient of ``loss(**numbers)`` by one of its arguments."""
    others = {k: np.array(v) for k, v in problem.numbers.items() if k != name}
    return grad(lambda a: loss(**others, **{name: a}))(np.array(problem.numbers[name]))


def check(program: Program, name: str, wanted, problem: Problem) -> None:
    """A derived gradient against its oracle, and the same result with everything spelled out."""
    found = derive(program, name)
    assert found.certified
    assert found.gradient.shape == program.shapes[name]
    np.testing.assert_allclose(formula_value(found.gradient, problem), wanted, rtol=1e-8, atol=1e-11)


# --- the network of the question -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x", "W1", "b1", "W2", "b2"])
@pytest.mark.parametrize("program", [NETWORK, LABELLED, ONEHOT], ids=["free label", "distribution", "one-hot"])
def test_the_five_gradients_are_those_of_autograd(program: Program, name: str) -> None:
    for seed, (n, m, k) in enumerate(SIZES):
        problem = Problem.drawn("", program, name, {"n": n, "m": m, "k": k}, seed)
        check(program, name, oracle(network_loss, problem, name), problem)


@pytest.mark.parametrize("name", ["x", "W1", "b1", "W2", "b2"])
def test_a_batch_with_a_broadcast_bias_agrees_with_autograd(name: str) -> None:
    for seed, (n, m, k) in enumerate(SIZES):
        problem = Problem.drawn("", BATCH, name, {"n": n, "m": m, "k": k, "N": 3 if seed % 2 else 1}, seed)
        check(BATCH, name, oracle(network_loss, problem, name), problem)


def test_the_label_that_promises_nothing_keeps_its_sum() -> None:
    d = derive(NETWORK, "x")
    shown = next(c for c in d.cotangents if c.of == "θ").expression
    y, p = Variable("y", (1, "k")), Variable("ŷ", (1, "k"))
    assert shown == subtract(multiply(total(y), p), y)
    assert not d.promises


@pytest.mark.parametrize(("text", "wrt", "used"), [
    ("p : (1, n) positive\nq : (1, n) positive\nL = 1 - sum(sqrt(p * q))", "p", {("q", "positive")}),
    ("x : (1, n) positive\na : scalar positive\nf = a / sum(1 / x)\nL = f", "x", {("a", "positive")}),
    ("p : (1, n) positive\ny : (1, n) onehot\nL = -log(sum(y * p))", "p", {("y", "onehot"), ("p", "positive")}),
    ("p : (1, n) positive\nq : (1, n) positive\nL = sum(sqrt(p)) + sum(log(q))", "p", set()),
    ("x : (1, n)\na : scalar positive\nr = a * sum(x)\nL = r**2 * sum(x)", "x", set()),
])
def test_a_rewriting_that_needs_something_positive_says_so(text: str, wrt: str, used: set[tuple[str, str]]) -> None:
    d = derive(read_program(text), wrt)
    assert d.certified and {(p.name, p.fact) for p in d.promises} == used
    assert {(p.name, p.fact) for link in d.links for p in link.promises} == used


@pytest.mark.parametrize(("program", "fact"), [(LABELLED, "distribution"), (ONEHOT, "onehot")])
def test_the_label_that_is_a_distribution_gives_the_difference(program: Program, fact: str) -> None:
    d = derive(program, "x")
    shown = next(c for c in d.cotangents if c.of == "θ").expression
    assert shown == subtract(Variable("ŷ", (1, "k")), Variable("y", (1, "k")))
    assert [(p.name, p.fact) for p in d.promises] == [("y", fact)]
    assert [s.of for s in d.steps if s.promises] == ["θ"]


def test_a_broken_promise_makes_the_formula_wrong_and_the_free_one_right() -> None:
    problem = Problem.drawn("", LABELLED, "x", {"n": 5, "m": 3, "k": 5}, 1)
    problem = problem.with_numbers("y", 1.7 * problem.numbers["y"])
    right = measured(problem, "x")
    assert np.abs(formula_value(derive(LABELLED, "x").gradient, problem) - right).max() > 1e-3
    np.testing.assert_allclose(formula_value(derive(NETWORK, "x").gradient, problem), right, rtol=1e-6)


def test_the_textbook_form_of_the_question() -> None:
    d = derive(ONEHOT, "x")
    h, p, y = Variable("h", (1, "m")), Variable("ŷ", (1, "k")), Variable("y", (1, "k"))
    W1, W2 = Variable("W1", ("n", "m")), Variable("W2", ("m", "k"))
    one = build.spread(Number(Fraction(1)), (1, "m"))
    back = product(subtract(p, y), transpose(W2))
    assert d.gradient == product(multiply(multiply(back, h), apply(Subtract(), one, h)), transpose(W1))
    assert [(ln.output, ln.source) for ln in d.links] == [("L", "ŷ"), ("ŷ", "θ"), ("θ", "h"), ("h", "a"), ("a", "x")]
    assert d.paths == (("L", "ŷ", "θ", "h", "a", "x"),)
    assert [s.of for s in d.shown_steps()] == ["θ", "h", "a", "x"]
    assert d.steps[1].through == (("L", "ŷ"), ("ŷ", "θ"))


def test_what_was_written_out_is_not_abbreviated() -> None:
    d = derive(ONEHOT, "W1")
    names = set(ONEHOT.shapes)
    assert {v.name for v in variables(d.gradient)} <= names
    assert all({v.name for v in variables(c.spelled)} <= names for c in d.cotangents)
    assert d.cotangents[-1].spelled == d.gradient
    last = d.cotangents[-1].expression
    assert {v.name for v in variables(last)} == {"x", "δa"}


@pytest.mark.parametrize("name", ["x", "W1", "θ"])
def test_cotangents_in_terms_of_earlier_ones_have_the_numbers_of_the_walk(name: str) -> None:
    problem = Problem.drawn("", NETWORK, "x", {"n": 4, "m": 3, "k": 2}, 5)
    evaluation = evaluate(problem)
    known = {**evaluation.values, **{f"δ{n}": g for n, g in evaluation.gradients.items()}}
    for c in derive(NETWORK, name).cotangents:
        for formula in (c.expression, c.spelled):
            np.testing.assert_allclose(value_of(resolve(formula, problem.dims), known), evaluation.gradients[c.of],
                                       rtol=1e-9, atol=1e-12)


# --- other programs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("activation", "function"), [(relu, lambda a: anp.maximum(a, 0)), (tanh, anp.tanh)])
@pytest.mark.parametrize("name", ["x", "W1", "b1"])
def test_other_activations_agree_with_autograd(activation, function, name: str) -> None:
    program = network("distribution", activation=activation)
    problem = Problem.drawn("", program, name, {"n": 5, "m": 4, "k": 3}, 7)
    wanted = oracle(lambda **arrays: network_loss(**arrays, activation=function), problem, name)
    check(program, name, wanted, problem)


def test_least_squares_has_its_textbook_gradient() -> None:
    program = regression()
    A, r = Variable("A", ("n", "m")), Variable("r", ("n", 1))
    assert derive(program, "x").gradient == multiply(Number(Fraction(2)), product(transpose(A), r))
    problem = Problem.drawn("", program, "x", {"n": 4, "m": 3}, 2)
    for name in ("A", "x", "b"):
        check(program, name, oracle(lambda A, x, b: anp.sum((A @ x - b) ** 2), problem, name), problem)


def test_a_squared_error_with_a_half_has_no_two() -> None:
    w = Writing()
    x, y = w.given("x", 1, "n"), w.given("y", 1, "m")
    p = w.let("p", product(x, w.given("W", "n", "m")))
    w.let("L", half(total(build.power(subtract(p, y), Fraction(2)))))
    d = derive(w.program(), "W")
    assert d.certified
    assert d.cotangents[0].expression == subtract(p, y)
    assert d.gradient == product(transpose(x), subtract(p, y))


def skipping() -> Program:
    """A residual connection: x is read by a and again by h."""
    w = Writing()
    x = w.given("x", 1, "n")
    a = w.let("a", product(x, w.given("W", "n", "n")))
    h = w.let("h", add(tanh(a), x))
    w.let("L", total(build.power(h, Fraction(3))))
    return w.program()


def test_a_name_used_twice_sums_its_paths() -> None:
    program = skipping()
    problem = Problem.drawn("", program, "x", {"n": 3}, 4)
    d = derive(program, "x")
    check(program, "x", oracle(lambda x, W: anp.sum((anp.tanh(x @ W) + x) ** 3), problem, "x"), problem)
    last = d.steps[-1]
    assert last.rule == "paths"
    assert [s.through for s in last.substeps[:2]] == [(("h", "x"),), (("a", "x"),)]
    assert set(d.paths) == {("L", "h", "x"), ("L", "h", "a", "x")}
    assert [(ln.output, ln.source) for ln in d.links] == [("L", "h"), ("h", "a"), ("h", "x"), ("a", "x")]


def test_a_name_used_twice_in_one_statement_sums_too() -> None:
    w = Writing()
    x, A = w.given("x", "n", 1), w.given("A", "n", "n")
    w.let("L", product(product(transpose(x), A), x))
    d = derive(w.program(), "x")
    problem = Problem.drawn("", w.program(), "x", {"n": 3}, 4)
    check(w.program(), "x", oracle(lambda x, A: (x.T @ A @ x)[0, 0], problem, "x"), problem)
    read = Algebra(Facts()).read
    assert read(d.gradient) == read(product(add(A, transpose(A)), x))


def test_a_symmetric_matrix_gives_the_shorter_form() -> None:
    w = Writing()
    x, S = w.given("x", "n", 1), w.given("S", "n", "n", "symmetric")
    w.let("L", product(product(transpose(x), S), x))
    d = derive(w.program(), "x", {"S": "sym"})
    assert d.certified
    assert d.gradient == multiply(Number(Fraction(2)), product(S, x))


def test_statements_of_many_operations_have_their_rules_inside() -> None:
    w = Writing()
    x, W, b = w.given("x", 1, "n"), w.given("W", "n", "m"), w.given("b", 1, "m")
    w.let("L", total(log(add(exp(tanh(add(product(x, W), b))), Number(Fraction(1))))))
    program = w.program()
    problem = Problem.drawn("", program, "x", {"n": 4, "m": 3}, 3)
    for name in ("x", "W", "b"):
        wanted = oracle(lambda x, W, b: anp.sum(anp.log(anp.exp(anp.tanh(x @ W + b)) + 1)), problem, name)
        check(program, name, wanted, problem)
    rules = [s.rule for s in derive(program, "x").steps[-1].substeps]
    assert [r for r in rules if r in FUNCTIONS] == ["sum", "log", "exp", "tanh"]
    assert rules.index("tanh") < rules.index("matmul")


def test_an_equal_formula_written_twice_is_still_differentiated_twice() -> None:
    w = Writing()
    a = w.given("a", 1, "n")
    h = w.let("h", sigmoid(a))
    w.let("L", total(multiply(h, sigmoid(a))))
    problem = Problem.drawn("", w.program(), "a", {"n": 3}, 3)
    check(w.program(), "a", oracle(lambda a: anp.sum((1 / (1 + anp.exp(-a))) ** 2), problem, "a"), problem)


def test_a_copy_is_a_link_that_changes_nothing() -> None:
    w = Writing()
    a = w.given("a", 1, "n")
    b = w.let("b", a)
    w.let("L", total(multiply(a, b)))
    problem = Problem.drawn("", w.program(), "a", {"n": 3}, 3)
    check(w.program(), "a", 2 * problem.numbers["a"], problem)


def test_numbers_are_one_by_one_matrices() -> None:
    w = Writing()
    s, t = w.given("s", 1, 1), w.given("t", 1, 1)
    u = w.let("u", multiply(s, t))
    w.let("L", add(build.divide(u, add(multiply(s, s), Number(Fraction(1)))), sigmoid(t)))
    problem = Problem.drawn("", w.program(), "s", {}, 3)
    for name in ("s", "t"):
        wanted = oracle(lambda s, t: (s * t / (s * s + 1) + 1 / (1 + anp.exp(-t)))[0, 0], problem, name)
        check(w.program(), name, wanted, problem)


def test_what_the_output_does_not_read_has_gradient_zero() -> None:
    w = Writing()
    x = w.given("x", 1, "n")
    w.given("z", 2, "m")
    w.let("L", total(x))
    d = derive(w.program(), "z")
    assert d.gradient == apply(Zeros((2, "m")))
    assert d.certified and not d.steps


def test_a_size_only_a_constant_has_is_drawn_too() -> None:
    w = Writing()
    x = w.given("x", 1, "n")
    w.let("L", total(product(x, build.ones("n", "p"))))
    check(w.program(), "x", np.full((1, 3), 4.0), Problem.drawn("", w.program(), "x", {"n": 3, "p": 4}))


@pytest.mark.parametrize(
    ("program", "name", "error", "says"),
    [
        (NETWORK, "L", TutorError, "L is the output itself"),
        (NETWORK, "V", NameUnknownError, "V is not in the program"),
    ],
)
def test_what_cannot_be_asked_is_refused(program: Program, name: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        derive(program, name)


def test_a_matrix_by_itself_is_refused() -> None:
    with pytest.raises(TutorError, match="Y is the output itself; its Jacobian by itself is the identity"):
        derive(read_program("x : (1, n)\nY = tanh(x)"), "Y")


# --- promises that a matrix is symmetric -----------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "name", "steps"), [
    ("S : (n, n) symmetric\nx : (n, 1)\nL = x.T S x", "x", ["x"]),
    ("S : (n, n) symmetric\nx : (n, 1)\nL = x.T S x", "S", []),
    ("S : (n, n) spd\nL = logdet(S)", "S", ["S"]),
    ("S : (n, n) spd\nx : (n, 1)\nL = log(x.T S x)", "x", ["x"]),
    ("S : (n, n) spd\nx : (n, 1)\nL = log(x.T S x)", "S", []),
    ("S : (n, n) symmetric\nA : (n, n)\nL = trace(S A)", "S", []),
    ("S : (n, n) symmetric\nA : (n, n)\nL = trace(S A)", "A", ["A"]),
    ("S : (n, n) symmetric\nx : (n, 1)\nL = x.T S.T.T S.T x", "S", []),
    ("S : (n, n) symmetric\nx : (n, 1)\nL = x.T S S x", "S", ["S"]),
    # The transposes cancel: sum(Sᵀ) is sum(S).
    ("S : (n, n) symmetric\nx : (n, 1)\nL = sum(S.T) + sum(x)", "x", []),
    ("S : (n, n) symmetric\nx : (n, 1)\na = S x\nh = tanh(a)\nL = sum(h)", "x", ["x"]),
    ("S : (n, n)\nx : (n, 1)\nL = x.T S x", "x", []),
])
def test_a_step_says_that_it_rests_on_symmetry_exactly_where_it_does(text: str, name: str, steps: list[str]) -> None:
    d = derive(read_program(text), name)
    fact = "spd" if "spd" in text else "symmetric"
    assert d.certified
    assert [s.of for s in d.steps if s.promises] == steps
    assert {(p.name, p.fact) for p in d.promises} == ({("S", fact)} if steps else set())
    assert bool([link for link in d.links if link.promises]) == bool(steps)


@pytest.mark.parametrize("fact", ["symmetric", "spd"])
def test_without_the_promise_the_formula_does_without_it(fact: str) -> None:
    program = read_program(f"S : (n, n) {fact}\nx : (n, 1)\nL = x.T S x")
    free = derive(program.without_fact("S", fact), "x", {"S": "sym"})
    S, x = Variable("S", ("n", "n")), Variable("x", ("n", 1))
    assert free.gradient == product(add(S, transpose(S)), x)
    assert free.promises == ()


def test_numbers_that_happen_to_be_symmetric_promise_nothing() -> None:
    """Certificates of a matrix drawn symmetric, and not declared so, are taken at one that is not."""
    program = read_program("S : (n, n)\nx : (n, 1)\nL = x.T S x")
    for kind in ("sym", "spd"):
        drawn = Draw(program, {"S": kind}).arrays["S"]
        assert np.abs(drawn - drawn.T).max() > 0.1


def test_a_result_that_alone_rests_on_a_promise_says_so() -> None:
    program = read_program("y : (1, n) distribution\nx : (1, n)\nL = sum(x) * sum(y)")
    d = derive(program, "x")
    assert [(p.name, p.fact) for p in d.promises] == [("y", "distribution")]


# --- random programs -----------------------------------------------------------------------------------------------


def derived(program: Program, name: str) -> Derivation:
    """The derivation, which must not take for ever."""
    with bounded_work(60_000):
        return derive(program, name)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(program=programs(), dims=dimensions(), seed=st.integers(0, 9), name=st.sampled_from("xABcsS"))
def test_random_programs_have_the_measured_gradient(
    program: Program, dims: dict[str, int], seed: int, name: str
) -> None:
    problem = Problem.drawn("", program, name, dims, seed)
    values = evaluate(problem).values
    assume(all(np.isfinite(v).all() and np.abs(v).max() < 100 for v in values.values()))
    d = derived(program, name)
    slopes = measured(problem, name)
    scale = 1 + np.abs(slopes).max()
    found = formula_value(d.gradient, problem)
    np.testing.assert_allclose(found, slopes, rtol=1e-5, atol=1e-5 * scale)
    np.testing.assert_allclose(evaluate(problem).gradients.get(name, 0 * found), found, rtol=1e-9, atol=1e-9 * scale)
    assert d.gradient.shape == program.shapes[name]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(program=programs())
def test_random_programs_are_certified_step_by_step(program: Program) -> None:
    for name in "xAs":
        d = derived(program, name)
        for step in d.steps:
            draw = step.certificate
            problem = Problem.drawn("", program, "x", draw.sizes, draw.seed)
            if np.abs(evaluate(problem).gradients[step.of]).max() > 1e-6:
                assert step.certificate.holds, (name, step.of, step.certificate)
            assert all(s.certificate.residual < 1e-2 for s in step.substeps)


def test_a_gradient_of_zero_is_certified() -> None:
    w = Writing()
    p = w.let("p", softmax(w.given("x", "n", "m")))
    w.let("L", total(p))
    d = derive(w.program(), "x")
    assert d.gradient == apply(Zeros(("n", "m")))
    assert d.certified


# --- size ----------------------------------------------------------------------------------------------------------


def written_size(expression: Expression) -> int:
    """How many operations and names are printed."""
    return 1 + sum(map(written_size, expression.operands)) if isinstance(expression, Apply) else 1


def test_ten_layers_stay_small() -> None:
    d = derive(deep(10), "x")
    assert d.certified
    assert len(d.steps) == 12
    assert max(written_size(c.expression) for c in d.cotangents) <= 20
    assert written_size(d.gradient) <= 20 * 12
    one, two = (written_size(derive(deep(n), "W1").gradient) for n in (4, 8))
    assert two <= 2.2 * one


def test_a_network_with_skips_is_right() -> None:
    program = residual(3)
    problem = Problem.drawn("", program, "x", {"n": 3}, 1)
    d = derive(program, "x")
    assert d.certified
    np.testing.assert_allclose(formula_value(d.gradient, problem), measured(problem, "x"), rtol=1e-5)


@pytest.mark.parametrize(("program", "name"), [(residual(10), "x"), (lstm(2), "Ui")], ids=["residual", "lstm"])
def test_work_does_not_grow_exponentially_where_paths_multiply(program: Program, name: str) -> None:
    with bounded_work(250_000):
        assert derive(program, name).certified


def test_paths_are_listed_up_to_a_limit() -> None:
    w = Writing()
    h = w.given("x", 1, "n")
    for i in range(8):
        a = w.let(f"a{i}", tanh(h))
        h = w.let(f"h{i}", multiply(a, h))
    w.let("L", total(h))
    assert len(paths(w.program(), "x")) == 64


def test_programs_with_numbers_for_sizes_are_derived_too() -> None:
    program = network("onehot", sizes=(5, 3, 4))
    problem = Problem.drawn("", program, "x", {}, 1)
    check(program, "x", oracle(network_loss, problem, "x"), problem)
    assert not [n for n in nodes(derive(program, "W1").gradient) if any(isinstance(s, str) for s in n.shape)]


def test_declared_sizes_may_be_large() -> None:
    assert derive(network("onehot", sizes=(500, 300, 500)), "x").certified


def test_a_variable_cannot_be_called_as_a_cotangent_is() -> None:
    w = Writing()
    x, d = w.given("x", 1, "n"), w.given("δa", 1, "n")
    a = w.let("a", multiply(x, d))
    w.let("L", total(multiply(a, a)))
    with pytest.raises(TutorError, match="δa is what the cotangent of a is called"):
        w.program()


def test_a_promise_of_many_rows_is_reported() -> None:
    w = Writing()
    s, y = w.given("s", 1, 1), w.given("y", "N", "k", "distribution")
    w.let("L", total(multiply(s, y)))
    d = derive(w.program(), "s")
    assert d.gradient == Dimension("N")
    assert [(p.name, p.fact) for p in d.promises] == [("y", "distribution")]


def test_softmax_rows_sum_to_one_without_a_promise() -> None:
    w = Writing()
    x, s = w.given("x", 1, "n"), w.given("s", 1, 1)
    p = w.let("p", softmax(x))
    w.let("L", total(multiply(s, p)))
    d = derive(w.program(), "s")
    assert d.certified and not d.promises
    assert d.gradient == Number(Fraction(1))


def test_a_label_that_is_asked_for_is_a_variable_like_any_other() -> None:
    problem = Problem.drawn("", NETWORK, "y", {"n": 3, "m": 2, "k": 4}, 1)
    check(NETWORK, "y", oracle(network_loss, problem, "y"), problem)


def test_binary_losses_work_on_rows() -> None:
    w = Writing()
    X, W, y = w.given("X", "N", "n"), w.given("W", "n", 1), w.given("y", "N", 1)
    p = w.let("p", sigmoid(product(X, W)))
    one = Number(Fraction(1))
    w.let("L", add(xent(y, p), xent(subtract(one, y), subtract(one, p))))
    problem = Problem.drawn("", w.program(), "W", {"N": 4, "n": 3}, 1, kinds={"y": "binary"})

    def loss(X, W, y):
        q = 1 / (1 + anp.exp(-X @ W))
        return -anp.sum(y * anp.log(q) + (1 - y) * anp.log(1 - q))

    for name in ("X", "W"):
        check(w.program(), name, oracle(loss, problem, name), problem)


@pytest.mark.parametrize("text", [
    "A : (n, n)\nx : (n, 1)\nL = (xᵀ A x) / (xᵀ x)",
    "A : (n, n)\nx : (n, 1)\nL = (xᵀ A x)**2 + xᵀ A A x",
    "A : (m, n)\nb : (n, 1)\nx : (n, 1)\nL = sum(tanh((bᵀ b) * (A b) + A x))",
    "x : scalar\nb : scalar positive\nL = (x / b) / (1 + exp(b) * b * x)",
    "S : (n, n) symmetric\nx : (n, 1)\nL = xᵀ S x",
    "x : (1, n)\nL = 1**(1/2) * sum(x)",
], ids=["Rayleigh", "two chains", "a number times a chain", "a minus in a sum", "symmetric", "a root of one"])
def test_formulas_that_once_went_wrong(text: str) -> None:
    program = read_program(text)
    for name in program.targets:
        found = derive(program, name)
        assert found.certified, name
        assert all(prove(program, link).exact is not False for link in found.links), name


def test_the_headline_gradient_has_a_certificate_of_its_own() -> None:
    found = derive(network("onehot"), "x")
    assert found.certificate.holds
    assert not replace(found, certificate=Certificate(1.0, {}, 0)).certified


def test_a_long_program_is_derived_or_refused_with_a_sentence() -> None:
    lines = "".join(f"a{i} = a{i - 1} * x\n" for i in range(1, 150))
    assert derive(read_program(f"x : (1, n)\na0 = x\n{lines}L = sum(a149)"), "x").certified


def test_dead_code_costs_nothing() -> None:
    dead = "".join(f"u{i} = u{i - 1} + v{i - 1}\nv{i} = u{i - 1} * v{i - 1}\n" for i in range(1, 40))
    found = derive(read_program(f"x : (1, n)\nu0 = x\nv0 = x\n{dead}L = sum(x)"), "x")
    assert found.paths == (("L", "x"),)


def test_what_has_no_value_rests_on_no_promise() -> None:
    found = derive(read_program("y : (1, n) onehot\nx : (1, n)\nL = sum(x / y)"), "x")
    assert not found.certified and found.promises == ()


@pytest.mark.parametrize("text", [
    "b : (n, 1)\ny : (n, 1)\nh = (bᵀ y) b\nL = sum(exp(h))",
    "b : (1, n)\ny : (1, n)\nh = sum(b ∘ y) b\nL = sum(relu(h) ∘ y)",
])
def test_a_factor_that_makes_a_name_is_not_used_up_twice(text: str) -> None:
    assert derive(read_program(text), "b").certified


@pytest.mark.parametrize(("text", "name"), [
    ("P : (k, N)\nY : (N, k) onehot\nL = sum(rowsum(P * Y.T)**2)", "P"),
    ("P : (N, k)\nY : (N, k) onehot\nL = sum(colsum(P * Y)**3)", "P"),
    ("P : (N, k)\nY : (N, k) onehot\nL = sum(rowsum(P * Y)**3)", "P"),
    ("A : (n, n)\nS : (n, n) onehot\nL = sum(rowsum(A * S.T)**2)", "A"),
    ("p : (n, 1)\ny : (n, 1) onehot\nL = -log(y.T (p * p))", "p"),
], ids=["turned", "columns", "rows", "square", "a column"])
def test_only_the_rows_of_a_one_hot_matrix_choose(text: str, name: str) -> None:
    program = read_program(text)
    found = derive(program, name)
    labels = program.declarations[1].name
    sizes = {size for shape in program.shapes.values() for size in shape if isinstance(size, str)}
    problem = Problem.drawn("", program, name, dict.fromkeys(sizes, 4), 5)
    alike = np.ones((4, 1)) if program.shapes[labels][1] == 1 else np.eye(4)[[1, 1, 3, 0]]
    problem = problem.with_numbers(labels, alike)
    assert found.certified
    np.testing.assert_allclose(formula_value(found.gradient, problem), measured(problem, name), rtol=1e-6, atol=1e-6)


def test_a_share_that_may_be_zero_is_not_divided_by() -> None:
    program = read_program("p : (1, 3) distribution\ny : (1, 3) onehot\nL = -log(p y.T)")
    problem = Problem.drawn("", program, "p", {}, 1)
    problem = problem.with_numbers("p", np.array([[0.5, 0.5, 0.0]])).with_numbers("y", np.array([[1.0, 0.0, 0.0]]))
    assert np.array_equal(formula_value(derive(program, "p").gradient, problem), [[-2.0, 0.0, 0.0]])


@pytest.mark.parametrize("text", ["L = 1/(1 + s) + s/(1 + s)", "L = 1/(1 - s) - 1 - s/(1 - s)"])
def test_fractions_that_add_up_to_a_number_have_no_slope(text: str) -> None:
    found = derive(read_program(f"s : scalar\n{text}"), "s")
    assert found.gradient == Number(Fraction(0)) and found.certified


def test_a_root_that_nothing_depends_on_changes_nothing() -> None:
    program = read_program("x : scalar\nw : scalar\ns = sqrt(x w - 1)\nL = (x w - 1)**2")
    found = derive(program, "w")
    assert found.certified and "s" not in {v.name for v in variables(found.gradient)}
