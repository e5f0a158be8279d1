"""What rows and columns of a weight stand for."""

from __future__ import annotations

import pytest

from tutor.figures.axes import axis_names
from tutor.files.library import problem
from tutor.language.reader import read_program


@pytest.mark.parametrize(("name", "expected"), [("W1", ("x", "a")), ("W2", ("h", "θ")), ("x", (None, None)),
                                                ("b1", (None, None)), ("y", (None, None))])
def test_the_network_of_the_question(name: str, expected: tuple[str | None, str | None]) -> None:
    assert axis_names(problem("backprop-5-3-5").program, name) == expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("a = x W", ("x", "a")),
        ("a = sigmoid(x W + b)", ("x", "a")),
        ("a = softmax(b - 2 * (x W))", ("x", "a")),
        ("a = -(x W) / 3", ("x", "a")),
        ("a = x (W)", ("x", "a")),
        ("a = c^T W", ("c", "a")),
        ("a = x W'^T", ("x", "a")),
    ],
)
def test_a_product_names_both_axes(statements: str, expected: tuple[str, str]) -> None:
    program = read_program(f"x : (1, n)\nc : (n, 1)\nW : (n, m)\nb : (1, m)\n{statements}\nL = sum(a)")
    assert axis_names(program, "W") == expected


def test_columns_read_the_other_way() -> None:
    program = read_program("x : (n, 1)\nW : (m, n)\na = W x\nL = sum(a)")
    assert axis_names(program, "W") == ("a", "x")


def test_a_transposed_weight_is_turned() -> None:
    program = read_program("x : (1, n)\nW : (m, n)\na = x W^T\nL = sum(a)")
    assert axis_names(program, "W") == ("a", "x")
    twice = read_program("x : (1, n)\nW : (n, m)\na = x (W^T)^T\nL = sum(a)")
    assert axis_names(twice, "W") == ("x", "a")


@pytest.mark.parametrize(
    "statements",
    [
        "L = sum(W)",  # no product
        "a = x (W * W)\nL = sum(a)",  # the weight itself is no factor
        "X2 = X W\nL = sum(X2)",  # rows of a batch: no vector on either side
    ],
)
def test_where_nothing_names_them(statements: str) -> None:
    program = read_program(f"x : (1, n)\nX : (N, n)\nW : (n, m)\n{statements}")
    assert axis_names(program, "W") == (None, None)


def test_one_axis_may_have_a_name_and_the_other_none() -> None:
    # Entry k of the product ends up nowhere: it is summed away.
    program = read_program("x : (1, n)\nW : (n, m)\nL = sum(x W)")
    assert axis_names(program, "W") == ("x", None)
    # The left factor has no name.
    program = read_program("x : (1, n)\nW : (n, m)\na = (x + x) W\nL = sum(a)")
    assert axis_names(program, "W") == (None, "a")


def test_the_first_product_that_names_an_axis_names_it() -> None:
    program = read_program("x : (1, n)\nz : (1, n)\nW : (n, m)\na = x W\nc = z W\nL = sum(a * c)")
    assert axis_names(program, "W") == ("x", "a")


def test_both_sides_of_a_bilinear_form() -> None:
    program = read_program("x : (1, n)\nW : (n, m)\nv : (m, 1)\nL = x W v")
    assert axis_names(program, "W")[0] == "x"
