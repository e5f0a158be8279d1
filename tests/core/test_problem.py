from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from tests.programs import network
from tutor.core.errors import NameUnknownError, ShapeError, UnusableNumbersError
from tutor.core.problem import Problem
from tutor.language.reader import read_program

DIMS = {"n": 5, "m": 3, "k": 4}


@pytest.fixture
def problem() -> Problem:
    return Problem.drawn("Backpropagation", network("onehot"), "x", DIMS, seed=33, kinds={"b1": "small"},
                         look_for="Look.")


def test_a_problem_is_frozen_to_the_numbers(problem: Problem) -> None:
    with pytest.raises(FrozenInstanceError):
        problem.seed = 2
    with pytest.raises(TypeError):
        problem.numbers["x"] = np.zeros((1, 5))
    with pytest.raises(TypeError):
        problem.dims["n"] = 2
    with pytest.raises(ValueError, match="read-only"):
        problem.numbers["x"][0, 0] = 1


def test_changes_give_a_new_problem(problem: Problem) -> None:
    before = {name: array.copy() for name, array in problem.numbers.items()}
    mine = np.ones((1, 5))
    changed = problem.with_numbers("x", mine)
    mine[0, 0] = 9
    assert changed.numbers["x"].tolist() == [[1] * 5]
    assert changed is not problem
    for name, array in before.items():
        np.testing.assert_array_equal(problem.numbers[name], array)
        if name != "x":
            np.testing.assert_array_equal(changed.numbers[name], array)


def test_given_numbers_are_used_and_others_drawn(problem: Problem) -> None:
    given = Problem.drawn("", problem.program, "x", DIMS, seed=33, given={"x": np.full((1, 5), 2.0)})
    assert given.numbers["x"].tolist() == [[2.0] * 5]
    np.testing.assert_array_equal(given.numbers["W1"], problem.numbers["W1"])


def test_a_draw_does_not_depend_on_what_else_the_program_declares(problem: Problem) -> None:
    assert set(np.unique(problem.numbers["y"])) == {0.0, 1.0}
    assert np.abs(problem.numbers["b1"]).max() < 0.5
    other = Problem.drawn("", network("distribution"), "x", {**DIMS, "k": 2}, seed=33)
    np.testing.assert_array_equal(other.numbers["W1"], problem.numbers["W1"])


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda p: p.with_numbers("x", np.zeros((1, 4))), ShapeError, "x is 1×5"),
        (lambda p: p.with_numbers("x", np.array([[1, 2, np.nan, 4, 5]])), UnusableNumbersError, "has to be finite"),
        (lambda p: p.with_numbers("x", np.array([[1, 2, np.inf, 4, 5]])), UnusableNumbersError, "has to be finite"),
        (lambda p: p.with_dims({"n": 5, "m": 3}), ShapeError, "size k has no number"),
        (lambda p: p.with_dims({**DIMS, "k": 0}), ShapeError, "a size is at least 1"),
        (lambda p: p.with_wrt("W3"), NameUnknownError, "W3 is not in the program"),
        (lambda p: p.drawn_numbers("h"), NameUnknownError, "h is not declared"),
        (lambda p: Problem.drawn("", p.program, "z", DIMS), NameUnknownError, "z is not in the program"),
        (lambda p: Problem.drawn("", p.program, "x", DIMS, kinds={"h": "ones"}), NameUnknownError, "h is not declared"),
        (lambda p: Problem.drawn("", p.program, "x", DIMS, given={"x": np.zeros((5, 1))}), ShapeError,
         "numbers of x are 5 × 1; it is declared 1×5"),
    ],
)
def test_what_cannot_be_is_refused(problem: Problem, change, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        change(problem)


@pytest.mark.parametrize("other", [{"n": 8}, {"n": 2}, {"m": 1}, {"k": 7}, {"n": 1, "m": 6, "k": 1}])
def test_there_and_back_again_gives_the_same_numbers(problem: Problem, other: dict[str, int]) -> None:
    back = problem.with_dims({**DIMS, **other}).with_dims(DIMS)
    assert back.dims == DIMS
    for name, array in problem.numbers.items():
        np.testing.assert_array_equal(back.numbers[name], array, err_msg=name)


def test_other_sizes_keep_the_numbers_that_overlap(problem: Problem) -> None:
    larger = problem.with_dims({**DIMS, "n": 7})
    np.testing.assert_array_equal(larger.numbers["x"][:, :5], problem.numbers["x"])
    np.testing.assert_array_equal(larger.numbers["W1"][:5], problem.numbers["W1"])
    assert larger.numbers["W1"].shape == (7, 3)
    assert (larger.title, larger.look_for, larger.seed, larger.wrt) == ("Backpropagation", "Look.", 33, "x")


def test_a_cell_edited_by_hand_survives_other_sizes(problem: Problem) -> None:
    mine = problem.numbers["W1"].copy()
    mine[1, 2] = 42.0
    edited = problem.with_numbers("W1", mine)
    for dims in ({**DIMS, "n": 9}, {**DIMS, "n": 2}, {**DIMS, "m": 6}):
        resized = edited.with_dims(dims)
        assert resized.numbers["W1"][1, 2] == 42.0
        untouched = resized.numbers["W1"] != 42.0
        np.testing.assert_array_equal(resized.numbers["W1"][untouched], resized.drawn_numbers("W1")[untouched])
        np.testing.assert_array_equal(resized.with_dims(DIMS).numbers["W1"], mine)


def test_another_seed_draws_everything_anew(problem: Problem) -> None:
    edited = problem.with_numbers("x", np.ones((1, 5)))
    other = edited.with_seed(34)
    assert all((other.numbers[n] != problem.numbers[n]).any() for n in ("x", "W1", "W2"))
    assert other.kinds == {"b1": "small"}
    np.testing.assert_array_equal(other.with_seed(33).numbers["x"], problem.numbers["x"])


def test_broken_promises_are_found_where_they_are(problem: Problem) -> None:
    assert problem.broken == ()
    mine = np.array([[1.0, 0.7, 0.0, 0.0]])
    (broken,) = problem.with_numbers("y", mine).broken
    assert (broken.name, broken.fact) == ("y", "onehot")
    assert "1.7" in broken.sentence
    assert broken.cells == ((0, 0), (0, 1), (0, 2), (0, 3))


def test_a_promise_can_be_dropped_without_touching_the_numbers(problem: Problem) -> None:
    mine = np.array([[1.0, 0.7, 0.0, 0.0]])
    free = problem.with_numbers("y", mine).without_fact("y", "onehot")
    assert free.broken == ()
    assert not free.program.declaration("y").facts
    np.testing.assert_array_equal(free.numbers["y"], mine)
    # What the seed gives stays a label, so that a reset does not turn it into something else.
    np.testing.assert_array_equal(problem.without_fact("y", "onehot").drawn_numbers("y"), problem.numbers["y"])


def test_asking_by_another_variable_leaves_the_rest(problem: Problem) -> None:
    asked = problem.with_wrt("W2")
    assert asked.wrt == "W2"
    assert asked.numbers is problem.numbers
    assert problem.with_wrt("h").wrt == "h"


TEXT = "x : (1, n)\nW : (n, k)\ny : (1, k) onehot\np = softmax(x W)\nL = xent(y, p)"


@pytest.fixture
def small() -> Problem:
    return Problem.drawn("Small", read_program(TEXT), "W", {"n": 4, "k": 3}, seed=5)


def test_another_program_keeps_what_keeps_its_name(small: Problem) -> None:
    edited = small.with_numbers("W", small.numbers["W"] + 1.0)
    changed = edited.with_program(read_program("b : (1, k)\n" + TEXT.replace("x W", "tanh(x W + b)")))
    assert changed.dims == edited.dims and changed.wrt == "W"
    np.testing.assert_array_equal(changed.numbers["W"], edited.numbers["W"])
    np.testing.assert_array_equal(changed.numbers["b"], changed.drawn_numbers("b"))


def test_a_new_size_is_none_that_hides_mistakes(small: Problem) -> None:
    changed = small.with_program(read_program("V : (m, l)\n" + TEXT))
    assert len({*changed.dims.values()}) == 4 and {*changed.dims} == {"m", "l", "n", "k"}
    back = changed.with_program(read_program(TEXT))
    assert back.dims == small.dims


def test_a_variable_of_another_shape_keeps_the_cells_set_by_hand(small: Problem) -> None:
    numbers = small.numbers["W"].copy()
    numbers[0, 0] = 9.0
    changed = small.with_numbers("W", numbers).with_program(
        read_program(TEXT.replace("(n, k)", "(n, 2)").replace("(1, k)", "(1, 2)")))
    assert changed.shape("W") == (4, 2) and changed.numbers["W"][0, 0] == 9.0
    assert changed.numbers["W"][0, 1] == small.numbers["W"][0, 1]


def test_the_question_goes_on_to_the_first_variable_where_its_own_is_gone(small: Problem) -> None:
    assert small.with_program(read_program("z : (1, n)\nL = sum(z)")).wrt == "z"
    assert small.with_program(read_program("W : (n, k)\nW1 = 2 W\nL = sum(W1)")).wrt == "W"
    assert small.with_program(read_program("L = 1 + 1")).wrt == "L"


def test_a_new_promise_draws_numbers_that_keep_it_unless_they_are_edited(small: Problem) -> None:
    promised = read_program(TEXT.replace("W : (n, k)", "W : (n, k) positive"))
    assert not small.with_program(promised).broken
    edited = small.with_numbers("W", small.numbers["W"] - 10.0)
    assert [broken.name for broken in edited.with_program(promised).broken] == ["W"]


def test_a_way_to_draw_goes_where_it_does_not_fit(small: Problem) -> None:
    square = Problem.drawn("Square", read_program("A : (n, n)\nL = trace(A)"), "A", {"n": 3}, kinds={"A": "eye"})
    assert square.with_program(read_program("A : (n, 2)\nL = sum(A)")).kinds == {}
    assert square.with_program(read_program("A : (n, n)\nL = sum(A)")).kinds == {"A": "eye"}


def test_a_name_given_to_something_else_is_drawn_as_the_facts_say() -> None:
    text = "x : (1, n)\ny : (1, k) distribution\nL = sum(x) * sum(y)"
    labelled = Problem.drawn("", read_program(text), "x", {"n": 2, "k": 3}, seed=4, kinds={"y": "onehot"})
    target = labelled.with_program(read_program("y : (4, k)\nL = sum(y**2)"))
    assert "y" not in target.kinds
    np.testing.assert_array_equal(target.numbers["y"], target.drawn_numbers("y"))
    assert not np.isin(target.numbers["y"], (0.0, 1.0)).any()
    less = labelled.with_program(read_program(text.replace(" distribution", "")))
    np.testing.assert_array_equal(less.numbers["y"], labelled.numbers["y"])
