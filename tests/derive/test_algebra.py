"""The canonical form: what must meet does, what must not does not, and no value ever changes."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations

import numpy as np
import pytest

from tests.programs import (
    Writing,
    add,
    log,
    multiply,
    product,
    sigmoid,
    softmax,
    subtract,
    total,
    transpose,
)
from tutor.core.evaluate import value_of
from tutor.core.expression import Dimension, Expression, Number, Variable, apply
from tutor.core.layout import Array
from tutor.core.program import resolve
from tutor.derive.adjoint import algebra_of
from tutor.derive.algebra import ONE, Algebra, Facts
from tutor.derive.display import shown
from tutor.derive.nodes import Atom, Call, Chain, Filled, Plus, Times, Unit, walk
from tutor.language.printing import text
from tutor.ops import FUNCTIONS, build
from tutor.ops.forms import Identity, Ones, Zeros
from tutor.ops.reductions import ColSum, RowSum

DIMS = {"n": 4, "m": 3, "k": 2}
SHAPES = {
    "x": (1, "n"), "z": (1, "n"), "u": ("n", 1), "v": ("n", 1), "r": (1, "m"), "s": (1, 1), "t": (1, 1),
    "A": ("n", "m"), "B": ("n", "m"), "C": ("m", "k"), "D": ("k", "n"), "Q": ("n", "n"), "S": ("n", "n"),
    "y": (1, "n"), "Y": ("m", "n"), "P": ("n", "m"), "positive": ("n", "m"),
}
x, z, u, v, r, s, t, A, B, C, D, Q, S, y, Y, P, positive = (Variable(name, shape) for name, shape in SHAPES.items())
FACTS = Facts(frozenset({"y", "Y"}), frozenset({"S"}))
rowsum, colsum, diag = FUNCTIONS["rowsum"], FUNCTIONS["colsum"], FUNCTIONS["diag"]


def num(value: int | str) -> Number:
    return Number(Fraction(value))


def power(a: Expression, p: int | str) -> Expression:
    return build.power(a, Fraction(p))


def arrays(seed: int) -> dict[str, Array]:
    """Numbers that keep the facts."""
    rng = np.random.default_rng(seed)
    found = {name: rng.standard_normal([DIMS.get(k, k) for k in shape]) for name, shape in SHAPES.items()}
    found["S"] = found["S"] + found["S"].T
    found["positive"] = np.abs(found["positive"]) + 0.1
    for name in ("y", "Y"):
        weights = np.abs(found[name]) + 0.1
        found[name] = weights / weights.sum(axis=1, keepdims=True)
    return found


def value(formula: Expression, seed: int) -> Array:
    return value_of(resolve(formula, DIMS), arrays(seed))


ONES = apply(Ones(("n", "m")))
EYE = apply(Identity(("n", "n")))

IDENTITIES: dict[str, tuple[Expression, ...]] = {
    "sums commute": (add(A, B), add(B, A)),
    "sums associate": (add(add(A, B), P), add(A, add(B, P)), add(P, add(B, A))),
    "like terms meet": (add(add(A, A), A), multiply(num(3), A), subtract(multiply(num(5), A), add(A, A))),
    "terms cancel": (subtract(add(A, B), A), B),
    "nothing is left": (subtract(A, A), apply(Zeros(("n", "m"))), multiply(num(0), A)),
    "two minuses": (build.negate(build.negate(A)), A, subtract(B, subtract(B, A))),
    "products commute": (multiply(A, B), multiply(B, A)),
    "products associate": (multiply(multiply(A, B), P), multiply(A, multiply(P, B))),
    "powers meet": (multiply(A, multiply(A, A)), power(A, 3), multiply(power(A, 2), A)),
    "powers of powers": (power(power(A, 2), 3), power(A, 6)),
    "dividing undoes multiplying": (build.divide(multiply(A, B), B), A),
    "by itself": (build.divide(A, A), ONES, multiply(ONES, num(1))),
    "negative power": (build.divide(A, B), multiply(A, power(B, -1))),
    "quotient of quotient": (build.divide(build.divide(A, B), P), build.divide(A, multiply(P, B))),
    "root of a positive matrix": (multiply(power(positive, "1/2"), power(positive, "1/2")), positive),
    "numbers in front": (multiply(num("1/2"), multiply(num(6), A)), multiply(num(3), A)),
    "matrix products associate": (product(product(A, C), D), product(A, product(C, D))),
    "numbers leave a product": (product(multiply(s, A), C), multiply(s, product(A, C)),
                                product(A, multiply(C, s))),
    "signs leave a product": (product(build.negate(A), C), build.negate(product(A, C)),
                              product(A, build.negate(C))),
    "identity": (product(EYE, A), A, product(product(EYE, EYE), A)),
    "transposed twice": (transpose(transpose(A)), A),
    "transpose of a product": (transpose(product(A, C)), product(transpose(C), transpose(A))),
    "transpose of a sum": (transpose(add(A, B)), add(transpose(B), transpose(A))),
    "transpose of an elementwise product": (transpose(multiply(A, B)), multiply(transpose(A), transpose(B))),
    "transpose of a function": (transpose(sigmoid(A)), sigmoid(transpose(A))),
    "transpose of the identity": (transpose(EYE), EYE),
    "transpose of ones": (transpose(ONES), apply(Ones(("m", "n")))),
    "a single one": (apply(Ones((1, 1))), num(1)),
    "a symmetric matrix": (transpose(S), S),
    "a diagonal matrix": (transpose(diag(x)), diag(x)),
    "a number is its transpose": (product(product(x, Q), u), product(product(transpose(u), transpose(Q)),
                                                                    transpose(x))),
    "a number all terms share leaves a product": (product(add(multiply(num(2), A), multiply(num(2), B)), C),
                                                  multiply(num(2), product(add(A, B), C))),
    "two rows": (product(x, transpose(z)), product(z, transpose(x))),
    "a sum turned": (total(multiply(Q, transpose(S))), total(multiply(transpose(Q), S))),
    "the same number": (product(x, u), product(transpose(u), transpose(x))),
    "a number inside a product": (product(product(u, x), v), multiply(product(x, v), u)),
    "diagonal from the right": (product(transpose(A), diag(x)), multiply(transpose(A), x)),
    "diagonal from the left": (product(diag(x), A), multiply(A, transpose(x)), product(diag(transpose(x)), A)),
    "diagonal of a column": (product(diag(u), A), multiply(u, A)),
    "two diagonals": (product(diag(x), diag(z)), diag(multiply(x, z)), diag(multiply(z, x))),
    "row times diagonal": (product(x, diag(z)), multiply(x, z)),
    "row sums": (product(A, apply(Ones(("m", 1)))), rowsum(A)),
    "column sums": (product(apply(Ones((1, "n"))), A), colsum(A)),
    "all": (total(A), total(rowsum(A)), total(colsum(A)), rowsum(colsum(A)),
            product(product(apply(Ones((1, "n"))), A), apply(Ones(("m", 1))))),
    "sum of a multiple": (total(multiply(s, A)), multiply(s, total(A))),
    "a column leaves a row sum": (rowsum(multiply(A, u)), multiply(u, rowsum(A))),
    "a row leaves a column sum": (colsum(multiply(A, r)), multiply(colsum(A), r)),
    "sums turned": (transpose(rowsum(A)), colsum(transpose(A))),
    "sum of ones": (total(ONES), multiply(Dimension("n"), Dimension("m"))),
    "sum of what is repeated": (colsum(build.spread(r, ("n", "m"))), multiply(Dimension("n"), r)),
    "repeated in a sum": (add(A, r), add(r, A), add(A, build.spread(r, ("n", "m")))),
    "a distribution": (total(y), num(1), rowsum(y)),
    "rows of distributions": (rowsum(Y), apply(Ones(("m", 1)))),
    "all rows of distributions": (total(Y), Dimension("m")),
    "columns of distributions": (colsum(Y), product(apply(Ones((1, "m"))), Y)),
    "a function of the same": (sigmoid(add(A, B)), sigmoid(add(B, A))),
}

PAIRS = [pytest.param(one, other, id=f"{name} {i}") for name, sides in IDENTITIES.items()
         for i, (one, other) in enumerate(pairwise(sides))]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_both_sides_of_an_identity_are_one_node_and_one_value(one: Expression, other: Expression) -> None:
    algebra = Algebra(FACTS)
    assert algebra.read(one) == algebra.read(other)
    for seed in range(3):
        np.testing.assert_allclose(value(one, seed), value(other, seed), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("formula", [side for sides in IDENTITIES.values() for side in sides])
def test_the_canonical_form_has_the_value_and_the_shape_of_what_was_read(formula: Expression) -> None:
    node = Algebra(FACTS).read(formula)
    back = shown(node)
    assert node.shape == back.shape == formula.shape
    for seed in range(3):
        np.testing.assert_allclose(value(back, seed), value(formula, seed), rtol=1e-10, atol=1e-12)


DIFFERENT: dict[str, tuple[Expression, Expression]] = {
    "matrix products do not commute": (product(Q, S), product(S, Q)),
    "∘ does not go through a matrix product": (multiply(product(transpose(x), x), Q),
                                               product(transpose(x), product(x, Q))),
    "the root of a square is no longer signed": (power(power(x, 2), "1/2"), x),
    "a quotient is not its inverse": (build.divide(A, B), build.divide(B, A)),
    "the other transpose": (product(x, transpose(Q)), product(x, Q)),
    "only a declared matrix is symmetric": (transpose(Q), Q),
    "only a declared row sums to one": (total(x), num(1)),
    "a column of a distribution does not sum to one": (colsum(Y), apply(Ones((1, "n")))),
    "inner and outer products": (multiply(product(x, u), EYE), product(u, x)),
    "softmax goes by rows": (transpose(softmax(Q)), softmax(transpose(Q))),
    "a function of a sum": (sigmoid(add(x, z)), add(sigmoid(x), sigmoid(z))),
    "rows and columns": (diag(rowsum(Q)), diag(colsum(Q))),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=list(DIFFERENT))
def test_what_differs_stays_apart(one: Expression, other: Expression) -> None:
    assert np.abs(value(one, 1) - value(other, 1)).max() > 1e-3
    algebra = Algebra(FACTS)
    assert algebra.read(one) != algebra.read(other)


@pytest.mark.parametrize("formula", [power(multiply(x, z), "1/2"), power(build.divide(x, z), "1/2")],
                         ids=["product", "quotient"])
def test_a_root_of_a_product_keeps_its_value_where_the_factors_are_negative(formula: Expression) -> None:
    numbers = {"x": -np.array([[1.0, 2.0, 3.0, 4.0]]), "z": -np.array([[4.0, 3.0, 2.0, 1.0]])}
    back = shown(Algebra(FACTS).read(formula))
    np.testing.assert_allclose(value_of(resolve(back, DIMS), numbers), value_of(resolve(formula, DIMS), numbers))


def test_of_two_equal_forms_it_is_always_the_same_one() -> None:
    kept = [Algebra(FACTS).read(product(z, transpose(x))) for _ in range(20)]
    assert {text(shown(node)) for node in kept} == {"x zᵀ"}
    W = Variable("W", ("n", "n"))
    assert text(shown(Algebra(FACTS).read(total(multiply(transpose(Q), W))))) == "sum(Q ∘ Wᵀ)"


def test_long_formulas_are_told_apart() -> None:
    squares = [Variable(f"{'W' * 60}{i}", ("n", "n")) for i in range(3)]
    one, other = (Algebra(FACTS).read(product(squares[0], last)) for last in squares[1:])
    assert one.order != other.order


def test_the_order_of_terms_and_factors_makes_no_difference() -> None:
    algebra = Algebra(FACTS)
    parts = (A, multiply(A, B), build.negate(P), multiply(num(2), sigmoid(A)))
    sums = {algebra.read(add(add(add(a, b), c), d)) for a, b, c, d in permutations(parts)}
    products = {algebra.read(multiply(multiply(multiply(a, b), c), d)) for a, b, c, d in permutations(parts)}
    assert len(sums) == len(products) == 1


def test_numbers_stand_in_front_of_everything() -> None:
    algebra = Algebra(FACTS)
    node = algebra.read(product(multiply(num(2), A), product(multiply(s, C), multiply(num("3/4"), D))))
    assert isinstance(node, Times)
    assert node.coefficient == Fraction(3, 2)
    assert not any(isinstance(inner, Times) for base, _ in node.factors for inner in walk(base))


def test_chains_and_sums_are_flat() -> None:
    algebra = Algebra(FACTS)
    for node in walk(algebra.read(add(product(product(A, C), product(D, add(A, add(B, P)))), add(A, B)))):
        assert not isinstance(node, Chain) or not any(isinstance(f, Chain) for f in node.factors)
        assert not isinstance(node, Plus) or not any(isinstance(term, Plus) for _, term in node.terms)


def test_a_name_stands_for_its_formula() -> None:
    algebra = Algebra(FACTS)
    algebra.names[algebra.read(sigmoid(A))] = Atom(Variable("h", A.shape))
    assert algebra.read(multiply(sigmoid(A), B)) == algebra.read(multiply(Variable("h", A.shape), B))
    assert algebra.read(transpose(sigmoid(A))) == algebra.read(transpose(Variable("h", A.shape)))


def test_what_it_does_not_look_into_is_kept_as_written() -> None:
    node = Algebra(FACTS).read(log(A))
    assert isinstance(node, Call)
    assert shown(node) == log(A)


def test_reductions_say_which() -> None:
    algebra = Algebra(FACTS)
    assert shown(algebra.read(apply(RowSum(), A))) == rowsum(A)
    assert shown(algebra.read(apply(ColSum(), A))) == colsum(A)


def test_facts_are_logged_with_the_name_they_are_about() -> None:
    algebra = Algebra(FACTS)
    algebra.read(multiply(total(y), x))
    (used,) = [r for r in algebra.log if r.identity == "distribution"]
    assert used.about == "y"
    assert shown(used.after) == num(1)


@pytest.mark.parametrize("formula", [rowsum(Y), total(y), product(A, diag(r)), build.divide(A, A),
                                     build.divide(multiply(A, r), r), build.divide(r, r), product(diag(u), A),
                                     build.divide(add(A, r), add(r, A))])
def test_every_logged_identity_is_true(formula: Expression) -> None:
    algebra = Algebra(FACTS)
    algebra.read(formula)
    assert algebra.log
    for used in algebra.log:
        join = build.product if used.identity == "diagonal" else build.multiply
        before = shown(used.before[0])
        for node in used.before[1:]:
            before = join(before, shown(node))
        assert before.shape == used.after.shape
        np.testing.assert_allclose(value(before, 0), value(shown(used.after), 0), rtol=1e-10, atol=1e-12)


def test_no_fact_is_used_in_silence() -> None:
    algebra = Algebra(FACTS)
    assert algebra.read(total(Y)) == algebra.read(Dimension("m"))
    assert [used.about for used in algebra.log] == ["Y"]


def test_a_fork_starts_with_an_empty_log() -> None:
    algebra = Algebra(FACTS)
    algebra.read(total(y))
    assert algebra.log and not algebra.fork().log
    assert algebra.fork().facts == FACTS


def test_a_program_names_its_statements() -> None:
    w = Writing()
    a = w.let("a", product(w.given("x", 1, "n"), w.given("Q", "n", "n")))
    p = w.let("p", softmax(a))
    w.let("L", total(multiply(p, p)))
    algebra = algebra_of(w.program())
    assert algebra.read(product(x, Q)) == Atom(Variable("a", (1, "n")))
    assert algebra.facts.distributions == {"p"}
    assert shown(algebra.read(total(p))) == num(1)


# --- Jacobians -----------------------------------------------------------------------------------------------------


def test_kronecker_products_and_stacked_matrices_meet_in_jacobians() -> None:
    algebra = Algebra(Facts(), joins_diagonals=False)
    A, B, C, D = (Atom(Variable(name, shape)) for name, shape in (
        ("A", ("n", "m")), ("B", ("p", "q")), ("C", ("m", "k")), ("D", ("q", "n"))))
    x, M = Atom(Variable("x", (1, "m"))), Atom(Variable("M", ("k", "p")))
    kron = algebra.kronecker
    assert algebra.chain([kron(A, B), kron(C, D)]) == kron(algebra.chain([A, C]), algebra.chain([B, D]))
    assert algebra.chain([M, kron(x, B)]) == kron(x, algebra.chain([M, B]))
    assert algebra.chain([kron(A, algebra.flip(x)), C]) == kron(algebra.chain([A, C]), algebra.flip(x))
    assert kron(Unit(("n", "n")), Unit((1, 1))) == Unit(("n", "n"))
    assert algebra.flip(kron(A, B)) == kron(algebra.flip(A), algebra.flip(B))
    V = Atom(Variable("V", ("n", "m")))
    both = algebra.chain([algebra.diagonal(algebra.stacked(A)), algebra.diagonal(algebra.stacked(V))])
    assert both == algebra.diagonal(algebra.stacked(algebra.times([(A, ONE), (V, ONE)], A.shape)))


def test_sums_of_diagonal_matrices_are_read_off() -> None:
    algebra = Algebra(Facts())
    v = Atom(Variable("v", (1, "n")))
    diagonal = algebra.diagonal(v)
    assert algebra.reduce(diagonal, ("n", "n")) == diagonal
    assert algebra.reduce(diagonal, (1, "n")) == v
    assert algebra.reduce(diagonal, ("n", 1)) == algebra.flip(v)
    assert algebra.reduce(diagonal, (1, 1)) == algebra.reduce(v, (1, 1))
    assert algebra.reduce(Unit(("n", "n")), (1, 1)) == Atom(Dimension("n"))


def test_a_jacobian_repeats_nothing_silently() -> None:
    algebra = Algebra(Facts(), joins_diagonals=False)
    c, r = Atom(Variable("c", ("n", 1))), Atom(Variable("r", (1, "m")))
    for chain in ([c, Filled((1, "m"))], [Filled(("n", 1)), r]):
        assert algebra.chain(chain) == Chain(tuple(chain), ("n", "m"))
    assert text(shown(algebra.chain([c, Filled((1, "m"))]))) == "c ones(1, m)"
