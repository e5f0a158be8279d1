from __future__ import annotations

from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.programs import (
    add,
    bounded_work,
    dimensions,
    formulas,
    multiply,
    product,
    sigmoid,
    subtract,
    transpose,
)
from tutor.core.evaluate import value_of
from tutor.core.expression import Expression, Number, Variable
from tutor.core.layout import Array
from tutor.core.program import resolve
from tutor.derive.algebra import Algebra, Facts
from tutor.derive.display import shown
from tutor.derive.simplify import cost, simplify
from tutor.ops import build

POOL = (Variable("x", (1, "n")), Variable("A", ("n", "m")), Variable("B", ("m", "n")), Variable("c", ("n", 1)),
        Variable("s", (1, 1)), Variable("S", ("n", "n")), Variable("C", ("n", "m")))
X, A, B, c, s, S, C = POOL
FACTS = Facts(symmetric=frozenset({"S"}))


def numbers(dims: dict[str, int], seed: int) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    found = {v.name: rng.standard_normal([dims.get(k, k) for k in v.shape]) for v in POOL}
    found["S"] = found["S"] + found["S"].T
    return found


@settings(max_examples=250, deadline=None, derandomize=True)
@given(formula=formulas(POOL, 7), dims=dimensions(), seed=st.integers(0, 20))
def test_neither_reading_nor_simplifying_changes_a_value(formula: Expression, dims: dict[str, int], seed: int) -> None:
    algebra = Algebra(FACTS)
    node = algebra.read(formula)
    short = simplify(algebra, node)
    assert node.shape == short.shape == formula.shape
    assert cost(short) <= cost(node) + 1e-9
    arrays = numbers(dims, seed)
    wanted = value_of(resolve(formula, dims), arrays)
    assume(np.isfinite(wanted).all() and np.abs(wanted).max() < 1e6)
    for found in (shown(node), shown(short), shown(short, {v.name for v in POOL})):
        assert found.shape == formula.shape
        np.testing.assert_allclose(value_of(resolve(found, dims), arrays), wanted, rtol=1e-7, atol=1e-8)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(formula=formulas(POOL, 6), dims=dimensions(2), seed=st.integers(0, 20))
def test_every_identity_it_logs_is_true(formula: Expression, dims: dict[str, int], seed: int) -> None:
    algebra = Algebra(FACTS)
    simplify(algebra, algebra.read(formula))
    arrays = numbers(dims, seed)
    for used in algebra.log:
        join = build.product if used.identity == "diagonal" else build.multiply
        before = shown(used.before[0])
        for node in used.before[1:]:
            before = join(before, shown(node))
        one, other = (value_of(resolve(f, dims), arrays) for f in (before, shown(used.after)))
        if np.isfinite(one).all() and np.isfinite(other).all() and np.abs(one).max() < 1e6:
            np.testing.assert_allclose(np.broadcast_to(one, other.shape), other, rtol=1e-7, atol=1e-8)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(formula=formulas(POOL, 5))
def test_reading_what_was_shown_gives_the_same_node(formula: Expression) -> None:
    algebra = Algebra(FACTS)
    node = algebra.read(formula)
    assert algebra.read(shown(node)) == node


@settings(max_examples=60, deadline=None, derandomize=True)
@given(formula=formulas(POOL, 5))
def test_simplifying_twice_is_simplifying_once(formula: Expression) -> None:
    algebra = Algebra(FACTS)
    short = simplify(algebra, algebra.read(formula))
    assert simplify(algebra, short) == short


h = Variable("h", (1, "n"))
ONE = Number(Fraction(1))


@pytest.mark.parametrize(
    ("written", "textbook"),
    [
        pytest.param(multiply(h, subtract(ONE, h)), multiply(h, subtract(ONE, h)), id="h ∘ (1 − h) stays factored"),
        pytest.param(add(product(A, B), product(C, B)), product(add(A, C), B), id="a right factor"),
        pytest.param(add(product(B, A), product(B, C)), product(B, add(A, C)), id="a left factor"),
        pytest.param(add(multiply(s, A), multiply(s, C)), multiply(s, add(A, C)), id="a number"),
        pytest.param(add(product(A, B), transpose(product(transpose(B), transpose(A)))),
                     multiply(Number(Fraction(2)), product(A, B)), id="two equal paths"),
        pytest.param(add(product(X, S), product(X, transpose(S))), multiply(Number(Fraction(2)), product(X, S)),
                     id="symmetric"),
    ],
)
def test_the_textbook_form_is_found(written: Expression, textbook: Expression) -> None:
    algebra = Algebra(FACTS)
    assert simplify(algebra, algebra.read(written)) == algebra.read(textbook)


def test_a_sum_is_not_multiplied_out_for_nothing() -> None:
    algebra = Algebra(FACTS)
    node = algebra.read(product(add(A, C), B))
    assert simplify(algebra, node) == node
    assert not [r for r in algebra.log if r.identity == "distribute"]


def test_the_log_tells_what_was_done() -> None:
    algebra = Algebra(FACTS)
    simplify(algebra, algebra.read(add(product(A, B), product(C, B))))
    assert [used.identity for used in algebra.log] == ["collect"]


def test_cost_prefers_what_people_print() -> None:
    algebra = Algebra(FACTS)
    read = algebra.read
    assert cost(read(multiply(h, subtract(ONE, h)))) < cost(read(subtract(h, multiply(h, h))))
    assert cost(read(product(add(A, C), B))) < cost(read(add(product(A, B), product(C, B))))
    assert cost(read(sigmoid(A))) < cost(read(sigmoid(add(A, C))))


@pytest.mark.parametrize("sums", [3, 5, 7])
def test_sums_beside_each_other_are_not_multiplied_out_into_thousands_of_terms(sums: int) -> None:
    parts = [reduce(add, [Variable(f"{letter}{i}", (1, "n")) for letter in "abcdef"]) for i in range(sums)]
    algebra = Algebra(FACTS)
    node = algebra.read(reduce(multiply, parts))
    with bounded_work(40_000):
        assert simplify(algebra, node) == node


def test_what_was_tried_is_not_tried_again_and_keeps_its_log() -> None:
    algebra, written = Algebra(FACTS), add(product(A, B), product(C, B))
    first, second = algebra.fork(), algebra.fork()
    short = simplify(first, first.read(written))
    tried = dict(algebra.tried.trials)
    algebra.tried.settled.clear()
    assert simplify(second, second.read(written)) == short
    assert second.log == first.log != []
    assert algebra.tried.trials.keys() == tried.keys()


def test_equal_sums_in_another_order_are_kept_apart() -> None:
    algebra = Algebra(FACTS)
    one, other = algebra.read(add(A, C)), algebra.read(add(C, A))
    assert one == other and hash(one) == hash(other) and one.exact != other.exact
    assert one.exact == algebra.read(add(A, C)).exact
    for node in (one, other):
        assert shown(simplify(algebra.fork(), node)) == shown(node)


def test_what_is_learnt_of_the_names_is_used_where_something_was_tried_before() -> None:
    algebra, written = Algebra(FACTS), product(A, product(B, C))
    assert simplify(algebra.fork(), algebra.read(written)) == algebra.read(written)
    for letter in "DE":  # the second takes the place of the first
        name = algebra.read(Variable(letter, ("n", "n")))
        algebra.meanings[algebra.read(product(A, B))] = name
        assert simplify(algebra.fork(), algebra.read(written)) == algebra.chain([name, algebra.read(C)])
