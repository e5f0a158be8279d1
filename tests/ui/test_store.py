from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tutor.core.problem import Problem
from tutor.language.reader import read_program
from tutor.ui.store import STEPS, Document, Step, Store, carried


@pytest.fixture
def store(qtbot: QtBot, problem: Problem) -> Store:
    return Store(problem)


def sized(problem: Problem, n: int) -> Problem:
    return problem.with_dims({**problem.dims, "n": n})


def test_edit_undo_redo(store: Store, problem: Problem) -> None:
    store.edit("change n", sized(problem, 4))
    assert store.problem.dims["n"] == 4
    assert store.undo_text == "change n"
    store.undo()
    assert store.problem is problem
    store.redo()
    assert store.problem.dims["n"] == 4


def test_changed_tells_before_and_after(store: Store, problem: Problem) -> None:
    told: list[tuple[Document, Document]] = []
    store.changed.connect(lambda old, new: told.append((old, new)))
    store.edit("change n", sized(problem, 4))
    store.undo()
    assert [(old.problem.dims["n"], new.problem.dims["n"]) for old, new in told] == [(5, 4), (4, 5)]


def test_a_gesture_is_one_step_of_undo(store: Store, problem: Problem) -> None:
    for n in (6, 7, 8):
        store.edit("change n", sized(store.problem, n), gesture=1)
    store.edit("change n", sized(store.problem, 9), gesture=2)
    store.undo()
    assert store.problem.dims["n"] == 8
    store.undo()
    assert store.problem is problem and store.undo_text is None


def test_what_a_gesture_passes_by_is_not_kept(store: Store, problem: Problem) -> None:
    for n in range(6, 26):
        store.edit("change n", sized(store.problem, n), gesture=1)
    gc.collect()
    kept = [thing for thing in gc.get_objects() if isinstance(thing, Problem) and 6 <= thing.dims.get("n", 0) < 25]
    assert not kept


def test_a_store_that_nobody_holds_goes_with_its_steps(qtbot: QtBot, problem: Problem) -> None:
    """With Qt's own stack of commands this took the process down, and not every time: each was freed twice."""
    edited = sized(problem, 7)
    store = Store(problem)
    store.edit("change n", edited)
    store.edit("change n", sized(edited, 8), gesture=1)
    store.edit("change n", sized(edited, 9), gesture=1)
    store.undo()
    gone = weakref.ref(store)
    del store
    gc.collect()
    assert gone() is None
    assert not [step for step in gc.get_objects() if isinstance(step, Step) and step.old.problem is edited]


def test_a_new_edit_forgets_what_was_taken_back(store: Store, problem: Problem) -> None:
    store.edit("change n", sized(problem, 7))
    store.undo()
    assert (store.undo_text, store.redo_text) == (None, "change n")
    store.edit("change n", sized(problem, 8))
    assert (store.undo_text, store.redo_text) == ("change n", None)
    store.redo()
    assert store.problem.dims["n"] == 8


def test_a_gesture_does_not_lead_on_what_was_taken_back(store: Store, problem: Problem) -> None:
    store.edit("change n", sized(problem, 7), gesture=1)
    store.edit("change n", sized(problem, 8), gesture=2)
    store.undo()
    store.edit("change n", sized(problem, 9), gesture=1)
    store.undo()
    assert store.problem.dims["n"] == 7


def test_edits_without_a_gesture_stay_apart(store: Store) -> None:
    for n in (6, 7):
        store.edit("change n", sized(store.problem, n))
    store.undo()
    assert store.problem.dims["n"] == 6


def test_a_gesture_back_to_its_start_leaves_nothing_to_undo(store: Store, problem: Problem) -> None:
    for n in (6, 7, 5):
        store.edit("change n", sized(store.problem, n), gesture=1)
    assert store.problem.dims["n"] == 5
    assert store.undo_text is None


def test_an_edit_that_changes_nothing_is_none(store: Store, problem: Problem) -> None:
    store.edit("change x", problem.with_numbers("x", np.array(problem.numbers["x"])))
    assert store.undo_text is None


def test_opening_can_be_undone(store: Store, problem: Problem) -> None:
    edited = sized(problem, 4)
    store.edit("change n", edited)
    other = sized(problem, 2)
    store.open(other)
    assert store.problem is other
    assert store.undo_text == "open Network"
    store.undo()
    assert store.problem is edited
    store.undo()
    assert store.problem is problem


def test_opening_what_is_open_is_none(store: Store, problem: Problem) -> None:
    store.open(sized(problem, 5))
    assert store.undo_text is None


def test_the_name_goes_with_the_document(store: Store, problem: Problem) -> None:
    store.open(problem, "ready-made")
    store.edit("change n", sized(problem, 4))
    assert store.document == Document(store.problem, "ready-made")
    for name in ("ready-made", ""):
        store.undo()
        assert store.document == Document(problem, name)
    store.redo()
    assert store.document.name == "ready-made"


class TestModified:
    def test_an_edit_and_its_undoing(self, store: Store, problem: Problem) -> None:
        assert not store.modified
        store.edit("change n", sized(problem, 4))
        assert store.modified
        store.undo()
        assert not store.modified

    def test_typing_the_old_number_again_is_no_change(self, store: Store, problem: Problem) -> None:
        store.edit("change x", problem.with_numbers("x", np.zeros((1, 5))))
        store.edit("change x", store.problem.with_numbers("x", problem.numbers["x"]))
        assert not store.modified

    def test_to_ask_for_another_gradient_is_no_change(self, store: Store, problem: Problem) -> None:
        store.edit("gradient by W1", problem.with_wrt("W1"))
        assert not store.modified

    def test_what_is_being_typed_is_a_change(self, store: Store, problem: Problem) -> None:
        store.edit("type", problem, draft="x : (1,")
        assert store.modified

    def test_another_text_of_the_same_program_is_a_change(self, store: Store, problem: Problem) -> None:
        text = problem.program.text.replace("# the label", "# what is right")
        store.edit("type", problem.with_program(read_program(text)))
        assert store.modified

    def test_what_is_saved_is_none_until_it_is_edited_or_undone(self, store: Store, problem: Problem) -> None:
        store.edit("change n", sized(problem, 4))
        store.keep("/a/b.toml")
        assert store.document.name == "/a/b.toml" and not store.modified
        store.undo()
        assert store.document.name == "/a/b.toml", "an edit taken back is taken back in the file"
        assert store.modified
        store.redo()
        assert not store.modified

    def test_each_document_has_its_own(self, store: Store, problem: Problem) -> None:
        store.edit("change n", sized(problem, 4))
        store.open(sized(problem, 2), "other")
        assert not store.modified
        store.undo()
        assert store.modified
        store.undo()
        assert not store.modified

    def test_what_has_no_name_was_never_saved(self, store: Store, problem: Problem) -> None:
        store.open(problem, "ready-made")
        store.open(sized(problem, 2))
        assert store.modified

    def test_work_taken_over_is_in_no_file(self, store: Store, problem: Problem) -> None:
        store.open(problem, "/a/b.toml")
        store.take_over(Document(sized(problem, 2), "/a/b.toml"))
        assert store.modified
        store.take_over(Document(sized(problem, 2), "/a/c.toml"))
        assert store.modified


def test_a_draft_is_a_step_of_undo_and_stays_through_other_edits(store: Store, problem: Problem) -> None:
    store.edit("typing", problem, gesture=1, draft="a =")
    store.edit("typing", problem, gesture=1, draft="a = (")
    assert store.document.draft == "a = ("
    store.edit("change n", sized(problem, 4))
    assert store.document.draft == "a = ("
    store.undo()
    assert (store.problem, store.document.draft) == (problem, "a = (")
    store.undo()
    assert store.document.draft == "" and store.undo_text is None


def test_a_draft_taken_back_by_hand_leaves_nothing_to_undo(store: Store, problem: Problem) -> None:
    for draft in ("a =", ""):
        store.edit("typing", problem, gesture=1, draft=draft)
    assert store.undo_text is None


def test_a_draft_follows_what_other_edits_change() -> None:
    before, after = "x : (1, n)\ny : (1, k) onehot\nL = x", "x : (1, n)\ny : (1, k)\nL = x"
    assert carried("new\ny : (1, k) onehot\nL = (", before, after) == "new\ny : (1, k)\nL = ("
    assert carried("y : (1, k) one", before, after) == "y : (1, k) one"
    assert carried("", before, after) == ""


def test_no_more_steps_are_kept_than_a_long_session_can_bear(store: Store) -> None:
    for seed in range(STEPS + 10):
        store.edit("change the seed", store.problem.with_seed(seed + 100))
    for _ in range(STEPS):
        store.undo()
    assert store.undo_text is None and store.problem.seed == 109
