"""What a session finds that the one before has left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.files import library
from tutor.files.document import Shown, document_text, load_document
from tutor.files.problem_file import to_toml
from tutor.ui import memory
from tutor.ui.memory import Rescue, open_named, recall, remember
from tutor.ui.store import Document, Store, same_document
from tutor.ui.widgets.notice_bar import NoticeBar
from tutor.ui.window import MainWindow


class TestRecall:
    def test_the_first_time_it_is_the_problem_of_the_question(self, settings: QSettings) -> None:
        opened = recall(settings)
        assert (opened.document, opened.notice) == (library.FIRST, "")

    def test_a_ready_made_problem_and_its_variable(self, settings: QSettings) -> None:
        remember(settings, Document(library.problem("logistic-regression").with_wrt("b"), "logistic-regression"))
        opened = recall(settings)
        assert (opened.document, opened.problem.title, opened.problem.wrt) == (
            "logistic-regression", "Logistic regression", "b",
        )

    def test_a_file(
        self, settings: QSettings, tmp_path: Path, problem: Problem, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "mine.toml").write_text(to_toml(problem), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        named = open_named("mine.toml")
        remember(settings, Document(named.problem, named.document))
        monkeypatch.chdir("/")
        assert same_document(recall(settings).problem, problem)

    def test_a_saved_document_as_it_was_looked_at_and_typed(
        self, settings: QSettings, tmp_path: Path, problem: Problem
    ) -> None:
        file = tmp_path / "mine.toml"
        file.write_text(document_text(problem, Shown(True, "column"), "x : ("), encoding="utf-8")
        named = open_named(str(file))
        assert (named.shown, named.draft) == (Shown(True, "column"), "x : (")
        assert named.digest == load_document(file).digest
        remember(settings, Document(named.problem.with_wrt("b1"), named.document))
        again = recall(settings)
        assert (again.shown, again.draft, again.problem.wrt) == (None, "x : (", "b1"), "the session looked at it last"

    @pytest.mark.parametrize("text", [None, "no problem at all", "large"])
    def test_what_is_gone_damaged_or_too_large_is_said(
        self, settings: QSettings, tmp_path: Path, problem: Problem, text: str | None
    ) -> None:
        file = tmp_path / "mine.toml"
        if text is not None:
            large = to_toml(problem.with_dims({"n": 65, "m": 3, "k": 5}))
            file.write_text(large if text == "large" else text, encoding="utf-8")
        remember(settings, Document(problem.with_wrt("b2"), str(file)))
        opened = recall(settings)
        assert (opened.document, opened.problem.wrt) == (library.FIRST, "x")
        assert opened.notice.startswith("What was open last time cannot be opened any more. ")

    def test_a_variable_that_is_not_there_is_passed_over(self, settings: QSettings) -> None:
        settings.setValue("wrt", "Q")
        assert recall(settings).problem.wrt == "x"

    def test_what_is_named_and_cannot_be_shown_is_refused(self, tmp_path: Path, problem: Problem) -> None:
        file = tmp_path / "large.toml"
        file.write_text(to_toml(problem.with_dims({"n": 65, "m": 3, "k": 5})), encoding="utf-8")
        with pytest.raises(TutorError, match="the window shows sizes up to 64, the command line up to 512"):
            open_named(str(file))


def edited(problem: Problem, number: float) -> Problem:
    return problem.with_numbers("x", np.full((1, 5), number))


class TestRescue:
    @pytest.fixture(autouse=True)
    def soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(memory, "PAUSE", 200)

    def test_work_that_was_cut_off_is_given_back(self, qtbot: QtBot, tmp_path: Path, problem: Problem) -> None:
        store = Store(problem, name="/a/b\n.toml")
        cut_off = Rescue(tmp_path, store)
        assert cut_off.begin() is None
        store.edit("change x", edited(problem, 7))
        qtbot.waitUntil(lambda: (tmp_path / "session-0.toml").exists())
        (tmp_path / "session-0.lock").unlink()  # as if its process were gone
        later = Rescue(tmp_path, Store(problem))
        left = later.begin()
        assert left is not None and same_document(left.problem, edited(problem, 7))
        assert left.name == "/a/b\n.toml"

    def test_it_is_offered_until_it_is_answered(self, qtbot: QtBot, tmp_path: Path, problem: Problem) -> None:
        store = Store(edited(problem, 7))
        first = Rescue(tmp_path, store)
        first.begin()
        first.keep()
        first.close()
        for _ in range(2):
            again = Rescue(tmp_path, Store(problem))
            assert again.begin() is not None
            again.close()
        again.begin()
        again.drop()
        again.close()
        assert Rescue(tmp_path, Store(problem)).begin() is None

    def test_what_was_not_answered_outlives_another_crash(
        self, qtbot: QtBot, tmp_path: Path, problem: Problem
    ) -> None:
        """The later work is offered first, and the earlier once that is answered."""
        for number in (7, 8):
            crashed = Rescue(tmp_path, Store(edited(problem, number)))
            crashed.begin()
            crashed.keep()
            crashed.close()
        for number in (8, 7):
            later = Rescue(tmp_path, Store(problem))
            left = later.begin()
            assert left is not None and left.problem.numbers["x"][0, 0] == number
            later.drop()
            later.close()
        assert list(tmp_path.iterdir()) == []

    def test_a_session_that_ends_well_leaves_nothing(self, qtbot: QtBot, tmp_path: Path, problem: Problem) -> None:
        rescue = Rescue(tmp_path, Store(problem))
        rescue.begin()
        rescue.save()
        rescue.close()
        assert list(tmp_path.iterdir()) == []

    def test_what_is_saved_needs_no_copy(self, qtbot: QtBot, tmp_path: Path, problem: Problem) -> None:
        store = Store(problem)
        rescue = Rescue(tmp_path, store)
        rescue.begin()
        copy = tmp_path / "session-0.toml"
        store.edit("change x", edited(problem, 7))
        qtbot.waitUntil(copy.exists)
        store.keep("/a/b.toml")
        rescue.forget()
        assert not copy.exists()
        store.edit("change x", edited(problem, 8))
        qtbot.waitUntil(copy.exists)
        store.undo()
        qtbot.waitUntil(lambda: not copy.exists())
        rescue.close()

    def test_what_was_being_typed_is_given_back(self, qtbot: QtBot, tmp_path: Path, problem: Problem) -> None:
        store = Store(problem)
        cut_off = Rescue(tmp_path, store)
        cut_off.begin()
        store.edit("type", problem, draft="x : (1,\n'''")
        cut_off.save()
        (tmp_path / "session-0.lock").unlink()  # as if its process were gone
        left = Rescue(tmp_path, Store(problem)).begin()
        assert left is not None and left.draft == "x : (1,\n'''"

    def test_two_windows_do_not_take_each_others_copy(self, qtbot: QtBot, tmp_path: Path, problem: Problem) -> None:
        one, two = (Rescue(tmp_path, Store(edited(problem, number))) for number in (1, 2))
        assert one.begin() is None and two.begin() is None
        one.keep()
        two.keep()
        one.close()
        two.close()
        lefts = [Rescue(tmp_path, Store(problem)) for _ in range(2)]
        for rescue, number in zip(lefts, (1, 2), strict=True):
            left = rescue.begin()
            assert left is not None and left.problem.numbers["x"][0, 0] == number

    def test_a_copy_that_cannot_be_read_stops_nobody(self, qtbot: QtBot, tmp_path: Path, problem: Problem) -> None:
        (tmp_path / "session-0.toml").write_text("half a line", encoding="utf-8")
        assert Rescue(tmp_path, Store(problem)).begin() is None

    def test_without_a_place_nothing_is_claimed(self, qtbot: QtBot, tmp_path: Path, problem: Problem) -> None:
        (tmp_path / "file").write_text("in the way")
        rescue = Rescue(tmp_path / "file", Store(problem))
        assert rescue.begin() is None
        with pytest.raises(TutorError):
            rescue.keep()

    def test_a_copy_that_cannot_be_written_is_said_once_and_tried_again(
        self, qtbot: QtBot, tmp_path: Path, problem: Problem, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(memory, "PAUSE", 5)
        folder, gone = tmp_path / "copies", tmp_path / "gone"
        store = Store(problem)
        rescue = Rescue(folder, store)
        said: list[str] = []
        rescue.troubled.connect(said.append)
        rescue.begin()
        folder.rename(gone)
        with capture_exceptions() as caught:
            store.edit("change x", edited(problem, 7))
            qtbot.waitUntil(lambda: bool(said))
            qtbot.wait(50)  # several tries
        assert not caught
        (sentence,) = said
        assert sentence.startswith(f"No copy of your work can be kept. {folder / 'session-0.toml'} cannot be written: ")
        gone.rename(folder)
        qtbot.waitUntil((folder / "session-0.toml").exists)
        assert said == [sentence, ""]
        rescue.close()


def test_the_window_does_not_offer_what_is_open(
    open_window: Callable[[Problem], MainWindow], problem: Problem
) -> None:
    window = open_window(problem)
    answered: list[str] = []
    same = edited(problem, 1).with_numbers("x", problem.numbers["x"])
    window.documents.offer_copy(Document(same), lambda: answered.append("answered"))
    assert answered and not window.findChildren(NoticeBar)[0].isVisible()


@pytest.mark.parametrize("answer", ["Open the copy", "Close this notice"])
def test_the_window_offers_it(
    qtbot: QtBot, open_window: Callable[[Problem], MainWindow], problem: Problem, answer: str
) -> None:
    window = open_window(problem)
    answered: list[str] = []
    window.documents.offer_copy(Document(edited(problem, 7), "mine"), lambda: answered.append("answered"))
    (bar,) = window.findChildren(NoticeBar)
    assert bar.sentence == "A copy of the last session's work was kept."
    button = next(b for b in (*bar.findChildren(QPushButton), *bar.findChildren(QToolButton))
                  if answer in (b.accessibleName(), b.text()))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert answered == ["answered"]
    assert bool(window.store.problem.numbers["x"][0, 0] == 7) is (answer == "Open the copy")
    assert (window.store.document.name == "mine") is (answer == "Open the copy")
    window.undo()
    assert window.store.problem is problem


def test_the_window_says_that_no_copy_can_be_kept_until_one_can(
    open_window: Callable[[Problem], MainWindow], problem: Problem
) -> None:
    window = open_window(problem)
    (bar,) = window.findChildren(NoticeBar)
    window.documents.tell_of_copies("No copy.")
    assert bar.isVisible() and bar.sentence == "No copy."
    window.documents.tell_of_copies("")
    assert not bar.isVisible()
    window.documents.tell_of_copies("No copy.")
    window.notice("Something else.")
    window.documents.tell_of_copies("")
    assert bar.isVisible() and bar.sentence == "Something else."
