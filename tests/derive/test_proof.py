from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programs import (
    Writing,
    add,
    exp,
    is_zero,
    log,
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
from tutor.core.expression import Number, Variable
from tutor.core.program import Program
from tutor.derive import Link, derive
from tutor.derive.entrywise import Entrywise, entries, symbols
from tutor.derive.proof import proof_sizes, prove
from tutor.derive.zero import MOST_PRODUCTS, Zero
from tutor.language.reader import read_program
from tutor.ops import FUNCTIONS, build


def links(program: Program) -> list[Link]:
    """Every link of a program once."""
    found = {}
    for declaration in program.declarations:
        for link in derive(program, declaration.name).links:
            found[link.output, link.source] = link
    return list(found.values())


def mixed() -> Program:
    w = Writing()
    X, r, s = w.given("X", "n", "m"), w.given("r", 1, "m"), w.given("s", 1, 1)
    u = w.let("u", build.divide(add(X, r), add(exp(X), Number(Fraction(1)))))
    q = w.let("q", FUNCTIONS["rowsum"](multiply(s, u)))
    d = w.let("d", product(FUNCTIONS["diag"](r), transpose(u)))
    w.let("L", add(total(relu(d)), product(transpose(q), q)))
    return w.program()


def one_line() -> Program:
    w = Writing()
    y, x, W = w.given("y", 1, "k"), w.given("x", 1, "n"), w.given("W", "n", "k")
    w.let("L", build.negate(total(multiply(y, log(softmax(product(x, W)))))))
    return w.program()


PROGRAMS = {"network": network("onehot"), "batch": network(rows="N"), "tanh": network(activation=tanh),
            "relu": network(activation=relu), "regression": regression(), "skips": residual(1), "mixed": mixed(),
            "one line": one_line(), "gate": read_program("x : (1, n)\nW : (n, m)\nh = relu(x W)\nL = sum(h)"),
            "size of a gate": read_program("x : (1, n)\nL = sum(abs(relu(x)))")}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=list(PROGRAMS))
def test_every_link_is_proved_exactly(program: Program) -> None:
    for link in links(program):
        found = prove(program, link)
        assert found.exact, (link.output, link.source, found.sentence)
        assert found.sentence == f"Exact in all {found.entries} entries."


def test_the_proof_is_at_the_users_sizes_while_these_are_small() -> None:
    program = network("onehot")
    link = derive(program, "x").link("a", "x")
    assert prove(program, link, {"n": 5, "m": 3, "k": 4}).sizes == {"n": 5, "m": 3, "k": 4}
    assert prove(program, link, {"n": 5, "m": 3, "k": 4}).entries == 15
    assert proof_sizes(program, link, {"n": 50, "m": 3, "k": 4}) == {"n": 2, "m": 3, "k": 2}


def test_the_derivatives_are_those_of_the_entries() -> None:
    program = network("onehot")
    found = Entrywise(program, derive(program, "x").link("a", "x"), {"n": 2, "m": 3, "k": 2})
    W1 = symbols("W1", (2, 3))
    assert [list(row) for row in found.derivatives] == W1.T.tolist()


def test_what_is_too_large_to_prove_is_said() -> None:
    w = Writing()
    w.let("L", total(sigmoid(product(w.given("x", 1, 6), w.given("W", 6, 180)))))
    found = prove(w.program(), derive(w.program(), "W").link("L", "W"))
    assert (found.exact, found.entries, found.equations) == (None, 0, ())
    assert found.sentence == "Checked numerically only: there are too many entries to prove one by one."


WITH_FACTS = {
    "distribution": ("x : (1, n)", "W : (n, k)", "y : (1, k) distribution", "L = xent(y, softmax(x W))"),
    "sum of a distribution": ("x : (1, n)", "y : (1, k) distribution", "L = sum(y) * sum(x)"),
    "sum of a softmax": ("x : (1, n)", "t : (1, k)", "p = softmax(t)", "L = sum(p) * sum(x * x)"),
    "its own transpose": ("X : (m, n)", "A : (n, n)", "Xt = X.T", "S = Xt X", "L = sum(S * A)"),
    "a name twice": ("a : (1, n)", "h = sigmoid(a)", "L = sum(h * (1 - sigmoid(a)))"),
    "a name for a part": ("x : (1, n)", "W : (n, k)", "θ = x W", "p = softmax(θ)", "L = sum(p * (x W))"),
    "one-hot": ("z : (1, n)", "y : (1, n) onehot", "p = softmax(z)", "L = -log(p y.T)"),
    "one-hot rows": ("Z : (N, n)", "Y : (N, n) onehot", "P = softmax(Z)", "L = -sum(log(rowsum(P * Y)))"),
    "symmetric": ("x : (1, n)", "S : (n, n) symmetric", "L = x S.T S x.T"),
    "positive": ("p : (1, n) positive", "q : (1, n) positive", "L = 1 - sum(sqrt(p * q))"),
    "positive below": ("p : (1, n) positive", "q : (1, n) positive", "L = sum(sqrt(p / q))"),
    "what is left over, squared": ("c : (n, 1)", "X : (N, n)", "y : (N, 1)", "b = inv(X.T @ X) @ X.T @ y",
                                   "r = y - X @ b", "L = (c.T @ X.T @ r)**2"),
    "one column": ("x : (1, n)", "y : (n, 1) distribution", "L = sum(y * x.T)"),
}


@pytest.mark.parametrize("lines", WITH_FACTS.values(), ids=list(WITH_FACTS))
def test_a_proof_knows_what_is_declared_and_what_names_stand_for(lines: tuple[str, ...]) -> None:
    program = read_program("\n".join(lines))
    for link in links(program):
        found = prove(program, link)
        assert found.exact, (link.output, link.source, found.sentence)


def test_without_the_fact_the_same_formula_is_wrong() -> None:
    lines = WITH_FACTS["distribution"]
    claimed = derive(read_program("\n".join(lines)), "x").link("L", "x")
    found = prove(read_program("\n".join(lines).replace(" distribution", "")), claimed)
    assert found.exact is False and found.sentence == "2 of 2 entries are wrong."


def test_what_holds_of_what_is_positive_is_not_proved_without_that() -> None:
    lines = "\n".join(WITH_FACTS["positive"])
    claimed = derive(read_program(lines), "p").link("L", "p")
    assert prove(read_program(lines), claimed).exact
    assert not prove(read_program(lines.replace("positive", "")), claimed).exact


def test_what_holds_of_one_hot_rows_is_wrong_of_other_distributions() -> None:
    lines = "\n".join(WITH_FACTS["one-hot"])
    claimed = derive(read_program(lines), "z").link("L", "p")
    assert prove(read_program(lines.replace(" onehot", " distribution")), claimed).exact is False


@settings(max_examples=150, deadline=None, derandomize=True)
@given(program=programs(), place=st.integers(0, 5), facts=st.booleans())
def test_what_is_certified_is_never_called_wrong(program: Program, place: int, facts: bool) -> None:
    if facts:
        promised = {"S": "symmetric", "x": "distribution", "c": "positive"}
        program = Program(tuple(replace(d, facts=frozenset({promised[d.name]} if d.name in promised else ()))
                                for d in program.declarations), program.statements)
    derivation = derive(program, program.declarations[place].name)
    certified = {names for step in derivation.steps if step.certified for names in step.through}
    for link in derivation.links:
        if (link.output, link.source) in certified:
            assert prove(program, link).exact is not False, (link, program)


LONG = {
    "powers of powers": ("x : (1, n)", "y : (1, n)", "L = sum(((x+y)**90+1)**91 * (x-y)**2)"),
    "of a product with itself": ("X : (N, n)", "L = sum(softmax(X X.T / sqrt(n)) X)"),
    "all in one": ("x : (1, n)", "W : (n, k)", "y : (1, k)", "L = xent(y, softmax(sigmoid(x W) W.T W)) + sum(x*x)"),
}


@pytest.mark.parametrize("lines", LONG.values(), ids=list(LONG))
def test_work_is_bounded_before_it_is_done(lines: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    for way in ("expand", "simplify", "cancel", "together", "factor"):
        monkeypatch.setattr(sympy, way, None)
    program = read_program("\n".join(lines))
    for link in links(program):
        assert prove(program, link, {"n": 3, "k": 3, "N": 3}).exact is not False


def test_what_is_no_number_has_no_proof() -> None:
    program = read_program("x : (1, n)\nL = 1/(n-2) * sum(x)")
    found = prove(program, derive(program, "x").link("L", "x"), {"n": 2})
    assert (found.exact, found.sentence) == (None, "There is no proof: at these sizes some entries are not numbers.")


WRONG = {
    "no transpose": (("θ", "h"), lambda δ, v: product(δ, v("W2"))),
    "half the slope": (("h", "a"), lambda δ, v: multiply(δ, v("h"))),
    "sign": (("h", "a"), lambda δ, v: multiply(multiply(δ, v("h")), subtract(v("h"), Number(Fraction(1))))),
    "diagonal": (("ŷ", "θ"), lambda δ, v: multiply(δ, v("ŷ"))),
    "not linear": (("ŷ", "θ"), lambda δ, v: multiply(v("ŷ"), subtract(δ, product(δ, transpose(δ))))),
    "factor": (("a", "b1"), lambda δ, v: multiply(Number(Fraction(2)), δ)),
    "almost": (("a", "b1"), lambda δ, v: multiply(Number(Fraction(1_000_001, 1_000_000)), δ)),
    "other name": (("a", "x"), lambda δ, v: product(δ, transpose(v("W2")))),
}


@pytest.mark.parametrize(("link", "wrong"), WRONG.values(), ids=list(WRONG))
def test_a_wrong_link_is_not_proved(link: tuple[str, str], wrong) -> None:
    # All sizes equal: so that nothing is found by its shape.
    program = network(sizes=(2, 2, 2))
    right = derive(program, link[1]).link(*link)
    made = wrong(Variable(f"δ{link[0]}", program.shapes[link[0]]), program.variable)
    found = prove(program, replace(right, adjoint=made))
    assert not found.exact
    assert "are wrong" in found.sentence or "is wrong" in found.sentence


def test_a_link_with_something_added_is_not_proved() -> None:
    program = network()
    right = derive(program, "x").link("a", "x")
    assert not prove(program, replace(right, adjoint=add(right.adjoint, program.variable("x")))).exact


def test_a_variable_may_be_called_g() -> None:
    w = Writing()
    a = w.let("a", product(w.given("G", 1, "n"), w.given("W", "n", "m")))
    w.let("L", total(multiply(a, a)))
    for name in ("G", "W"):
        assert all(prove(w.program(), link).exact for link in derive(w.program(), name).links)


def test_entries_follow_the_definitions() -> None:
    a, y = sympy.Matrix([[sympy.Symbol("p"), sympy.Symbol("q")]]), sympy.Matrix([[1, 0]])
    A, Y = Variable("a", (1, 2)), Variable("y", (1, 2))
    (loss,) = entries(xent(Y, softmax(A)), {"a": a, "y": y})
    p, q = a
    assert loss.subs({p: 0, q: 0}) == sympy.log(2)
    assert is_zero(loss.diff(p) + 1 / (1 + sympy.exp(p - q)))
    assert list(entries(sigmoid(A), {"a": a})) == [1 / (1 + sympy.exp(-p)), 1 / (1 + sympy.exp(-q))]


@pytest.mark.parametrize(
    ("difference", "zero"),
    [
        (lambda x, y: (x + y) ** 2 - x**2 - 2 * x * y - y**2, True),
        (lambda x, y: sympy.exp(x) / (1 + sympy.exp(x)) - 1 / (1 + sympy.exp(-x)), True),
        (lambda x, y: 1 - sympy.tanh(x) ** 2 - 4 / (sympy.exp(x) + sympy.exp(-x)) ** 2, True),
        (lambda x, y: x * y - y * x * sympy.Rational(1_000_001, 1_000_000), False),
        (lambda x, y: sympy.exp(x + y) - sympy.exp(x) * sympy.exp(y), True),
        (lambda x, y: sympy.exp(x * y) - sympy.exp(x) * sympy.exp(y), False),
    ],
)
def test_zero_is_zero_and_nothing_else(difference, zero: bool) -> None:
    x, y = sympy.symbols("x y", real=True)
    assert is_zero(difference(x, y)) == zero


@pytest.mark.parametrize("zero", [
    lambda x, y: 1 / (1 - 1 / (1 + sympy.exp(x))) - (1 + sympy.exp(-x)),
    lambda x, y: sympy.sqrt(x * x + y * y) ** 3 / (x * x + y * y) - sympy.sqrt(x * x + y * y),
    lambda x, y: (x - y) * (x + y) ** 1000 / (x * x - y * y) - (x + y) ** 999,
    lambda x, y: sympy.Abs(x) / x - x / sympy.Abs(x),
    lambda x, y: sympy.Piecewise((x, x > 0), (0, True)) - x * sympy.Piecewise((1, x > 0), (0, True)),
    lambda x, y: sympy.log(x * (x + y)) - sympy.log(x * x + x * y),
])
def test_exact_arithmetic_knows_fractions_roots_and_cases(zero) -> None:
    x, y = sympy.symbols("x y", real=True)
    assert is_zero(zero(x, y))
    assert not is_zero(zero(x, y) + x / 1_000_003)


def test_exact_arithmetic_gives_up_in_time() -> None:
    x, y = sympy.symbols("x y", real=True)
    long = (x + y + 1) ** 30 - sympy.expand((x + y + 1) ** 30)
    assert Zero(MOST_PRODUCTS).proves(long)
    assert not Zero(1000).proves(long)
    assert not Zero().proves(x / 0 * y - sympy.zoo)


def test_symbols_are_named_by_row_and_column_where_there_are_several() -> None:
    assert [str(s) for s in symbols("x", (1, 2))] == ["x_{1}", "x_{2}"]
    assert [str(s) for s in symbols("W", (2, 2))] == ["W_{1,1}", "W_{1,2}", "W_{2,1}", "W_{2,2}"]
    assert [str(s) for s in symbols("s", (1, 1))] == ["s"]


@pytest.mark.parametrize("statements", [
    "S = inv(X.T @ C @ X)\nL = trace(S @ A)",
    "S = X.T C X\nL = logdet(S) + trace(inv(S) A)",
    "L = trace(inv(X.T @ C @ X) A)",
    "S = X.T C X\nT = inv(S + A)\nL = sum(T T)",
])
def test_determinants_of_sums_are_not_multiplied_out(statements: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SymPy multiplies the entries of a determinant out while it computes it, which took a minute here."""
    def refuse(self: sympy.Expr, *args: object, **more: object) -> None:
        raise AssertionError("a formula is multiplied out by SymPy")

    program = read_program(f"X : (n, m)\nC : (n, n) spd\nA : (m, m) symmetric\n{statements}")
    monkeypatch.setattr(sympy.Expr, "expand", refuse)
    for link in links(program):
        found = prove(program, link, {"n": 5, "m": 3})
        assert found.exact is not False, found.sentence


def test_the_inverse_of_numbers_is_computed_once() -> None:
    program = read_program("C : (8, 8) spd\nx : (8, 1)\nS = inv(C)\nL = x.T S x")
    found = prove(program, derive(program, "S").link("L", "S"), {})
    assert found.exact


@pytest.mark.parametrize("formula", ["logdet(Xᵀ X)", "trace(inv(Xᵀ X))", "logdet(X Xᵀ + inv(X Xᵀ))"])
def test_at_sizes_where_a_matrix_is_singular_nothing_is_called_wrong(formula: str) -> None:
    for order in ("(N, n)", "(n, N)"):
        program = read_program(f"a : (n, 1)\nX : {order}\nL = {formula} + sum(a)")
        for link in links(program):
            found = prove(program, link, {"N": 6, "n": 6})
            assert found.exact is not False, found.sentence
