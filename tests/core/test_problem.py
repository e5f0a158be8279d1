from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from tests.programs import network
from tutor.core.errors import NameUnknownError, ShapeError, UnusableNumbersError
from tutor.core.problem import Problem

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
