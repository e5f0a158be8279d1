from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tutor.core.problem import Problem
from tutor.ui.store import Document, Store


@pytest.fixture
def store(qtbot: QtBot, problem: Problem) -> Store:
    return Store(problem)


def sized(problem: Problem, n: int) -> Problem:
    return problem.with_dims({**problem.dims, "n": n})


def test_edit_undo_redo(store: Store, problem: Problem) -> None:
    store.edit("change n", sized(problem, 4))
    assert store.problem.dims["n"] == 4
    assert store.stack.undoText() == "change n"
    store.stack.undo()
    assert store.problem is problem
    store.stack.redo()
    assert store.problem.dims["n"] == 4


def test_changed_tells_before_and_after(store: Store, problem: Problem) -> None:
    told: list[tuple[Document, Document]] = []
    store.changed.connect(lambda old, new: told.append((old, new)))
    store.edit("change n", sized(problem, 4))
    store.stack.undo()
    assert [(old.problem.dims["n"], new.problem.dims["n"]) for old, new in told] == [(5, 4), (4, 5)]


def test_a_gesture_is_one_step_of_undo(store: Store, problem: Problem) -> None:
    for n in (6, 7, 8):
        store.edit("change n", sized(store.problem, n), gesture=1)
    store.edit("change n", sized(store.problem, 9), gesture=2)
    assert store.stack.count() == 2
    store.stack.undo()
    assert store.problem.dims["n"] == 8
    store.stack.undo()
    assert store.problem is problem


def test_edits_without_a_gesture_stay_apart(store: Store) -> None:
    for n in (6, 7):
        store.edit("change n", sized(store.problem, n))
    assert store.stack.count() == 2


def test_a_gesture_back_to_its_start_leaves_nothing_to_undo(store: Store, problem: Problem) -> None:
    for n in (6, 7, 5):
        store.edit("change n", sized(store.problem, n), gesture=1)
    assert store.problem.dims["n"] == 5
    assert not store.stack.canUndo()


def test_an_edit_that_changes_nothing_is_none(store: Store, problem: Problem) -> None:
    store.edit("change x", problem.with_numbers("x", np.array(problem.numbers["x"])))
    assert not store.stack.canUndo()


def test_opening_can_be_undone(store: Store, problem: Problem) -> None:
    edited = sized(problem, 4)
    store.edit("change n", edited)
    other = sized(problem, 2)
    store.open(other)
    assert store.problem is other
    assert store.stack.undoText() == "open Network"
    store.stack.undo()
    assert store.problem is edited
    store.stack.undo()
    assert store.problem is problem


def test_opening_what_is_open_is_none(store: Store, problem: Problem) -> None:
    store.open(sized(problem, 5))
    assert not store.stack.canUndo()


def test_the_name_goes_with_the_document(store: Store, problem: Problem) -> None:
    store.open(problem, "ready-made")
    store.edit("change n", sized(problem, 4))
    assert store.document == (store.problem, "ready-made")
    for name in ("ready-made", ""):
        store.stack.undo()
        assert store.document == (problem, name)
    store.stack.redo()
    assert store.document.name == "ready-made"
