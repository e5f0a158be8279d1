from __future__ import annotations

from fractions import Fraction

import pytest

from tests.programs import add, product, sigmoid, transpose
from tutor.core.errors import Position, ShapeError
from tutor.core.expression import Apply, Dimension, Number, Variable, apply, nodes, variables
from tutor.ops.linear import Add, Hadamard, MatMul
from tutor.ops.reductions import Broadcast

X, W, B = Variable("x", (1, "n")), Variable("W", ("n", "m")), Variable("b", (1, "m"))


def test_the_shape_comes_from_the_operation() -> None:
    assert apply(MatMul(), X, W).shape == (1, "m")
    assert Number(Fraction(1, 3)).shape == Dimension("n").shape == (1, 1)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"matmul.*n×m and 1×n"):
        apply(MatMul(), W, X)
    with pytest.raises(ShapeError, match="takes 2 operands, not 1"):
        apply(MatMul(), W)


def test_equality_is_by_meaning_and_not_by_place() -> None:
    one = apply(Add(), B, B, position=Position(1, 1))
    other = apply(Add(), B, B, position=Position(7, 3))
    assert one == other
    assert hash(one) == hash(other)
    assert one != apply(Hadamard(), B, B)
    assert apply(MatMul(), W, transpose(W)) != apply(MatMul(), transpose(W), W)
    assert apply(Broadcast(("N", "m")), B) != apply(Broadcast(("K", "m")), B)


def test_the_written_order_is_kept() -> None:
    a, b = Variable("a", (1, 1)), Variable("b", (1, 1))
    assert add(a, b) != add(b, a)


def test_nodes_come_once_and_after_their_operands() -> None:
    h = sigmoid(add(product(X, W), B))
    whole = product(h, transpose(h))
    order = list(nodes(whole))
    assert len(order) == len(set(order))
    assert order[-1] == whole
    for node in order:
        if isinstance(node, Apply):
            assert all(order.index(o) < order.index(node) for o in node.operands)


def test_variables_are_listed_as_they_are_written() -> None:
    assert [v.name for v in variables(add(product(X, W), B))] == ["x", "W", "b"]


def test_a_deep_formula_needs_no_recursion_to_be_walked() -> None:
    formula = B
    for _ in range(5000):
        formula = sigmoid(formula)
    assert len(list(nodes(formula))) == 5001
