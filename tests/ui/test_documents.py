"""Opening and saving, as a person does it in the window."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.what_is_seen import panel_of
from tutor.core.problem import Problem
from tutor.files.document import Shown, document_text, load_document
from tutor.files.problem_file import to_toml
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui.documents import Ready
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.panels.jacobians import JacobiansPanel
from tutor.ui.prover import Prover
from tutor.ui.questions import Answer, Dialogs
from tutor.ui.recent import RecentFiles, RecentMenu
from tutor.ui.theme import Look
from tutor.ui.widgets.notice_bar import NoticeBar
from tutor.ui.window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Person:
    """Answers what the window asks, and notes it."""

    def __init__(self) -> None:
        self.file: Path | None = None
        self.answer = Answer.CANCEL
        self.asked: list[str] = []

    def __call__(self, _window: QWidget) -> Person:
        return self

    def to_open(self, folder: str) -> Path | None:
        self.asked.append(f"open from {folder}")
        return self.file

    def to_save(self, suggested: Path) -> Path | None:
        self.asked.append(f"save as {suggested.name}")
        return self.file

    def changes(self, title: str) -> Answer:
        self.asked.append(f"changes to {title}")
        return self.answer


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def window(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem, typesetter: Typesetter, prover: Prover,
    person: Person,
) -> Iterator[MainWindow]:
    ready = [Ready("Network", lambda: problem, "network"), Ready("Small", lambda: small(problem), "small")]
    window = MainWindow(problem, look, settings, ready, typesetter=typesetter, prover=prover, document="network",
                        questions=person)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.derive()
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    yield window
    person.answer = Answer.DISCARD
    window.close()


def small(problem: Problem) -> Problem:
    return problem.with_dims({"n": 2, "m": 2, "k": 2})


def edit(window: MainWindow, number: float = 7) -> None:
    window.store.edit("change x", window.store.problem.with_numbers("x", np.full((1, 5), number)))


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
    qtbot.keyClick(window, key, modifiers)


def notice(window: MainWindow) -> NoticeBar:
    (bar,) = window.findChildren(NoticeBar)
    return bar


class TestSaving:
    def test_a_ready_made_problem_is_saved_in_a_file_of_ones_own(
        self, qtbot: QtBot, window: MainWindow, person: Person, tmp_path: Path
    ) -> None:
        person.file = tmp_path / "mine.toml"
        edit(window, 1 / 3)
        press(qtbot, window, Qt.Key.Key_S)
        assert person.asked == ["save as network.toml"]
        saved = load_document(person.file).problem
        for name, numbers in window.store.problem.numbers.items():
            assert saved.numbers[name].tobytes() == numbers.tobytes()
        edit(window, 0.1)
        press(qtbot, window, Qt.Key.Key_S)
        assert person.asked == ["save as network.toml"], "from now on it is known where"
        assert load_document(person.file).problem.numbers["x"][0, 0] == 0.1
        assert window.documents.place == -1

    def test_save_as_goes_on_in_the_other_file(
        self, qtbot: QtBot, window: MainWindow, person: Person, tmp_path: Path
    ) -> None:
        person.file = tmp_path / "one.toml"
        window.documents.save()
        panel_of(window, DerivationPanel).joining_wanted.emit(True)
        panel_of(window, DerivationPanel).looked_otherwise.emit("step", "a")
        shown = window._answers.shown
        person.file = tmp_path / "two.toml"
        press(qtbot, window, Qt.Key.Key_S, CTRL | SHIFT)
        edit(window)
        window.documents.save()
        assert load_document(tmp_path / "one.toml").problem.numbers["x"][0, 0] != 7
        assert load_document(tmp_path / "two.toml").problem.numbers["x"][0, 0] == 7
        assert window._answers.shown == shown, "it is the same document, looked at in the same way"
        assert person.asked == ["save as network.toml", "save as one.toml"]

    def test_not_to_choose_a_file_saves_nothing(self, window: MainWindow, person: Person) -> None:
        edit(window)
        assert not window.documents.save()
        assert window.isWindowModified()

    def test_the_title_says_what_is_open_and_whether_it_is_saved(
        self, window: MainWindow, person: Person, tmp_path: Path
    ) -> None:
        assert (window.windowTitle(), window.isWindowModified()) == ("Network[*] – Chain Rule Tutor", False)
        edit(window)
        assert window.isWindowModified()
        person.file = tmp_path / "mine.toml"
        window.documents.save()
        assert (window.windowTitle(), window.isWindowModified()) == ("mine.toml[*] – Chain Rule Tutor", False)
        assert window.windowFilePath() == str(person.file)
        window.undo()
        assert (window.windowTitle(), window.isWindowModified()) == ("mine.toml[*] – Chain Rule Tutor", True)
        window.redo()
        assert not window.isWindowModified()
        window.ask("W1")
        assert not window.isWindowModified(), "to look elsewhere is no work"

    def test_another_program_is_not_called_what_the_ready_made_one_is(self, window: MainWindow) -> None:
        choice, problem = window.tool_bar.findChild(QComboBox), window.store.problem
        assert choice is not None and choice.currentText() == problem.title
        window.store.edit("change n", problem.with_dims({**problem.dims, "n": 2}))
        assert choice.currentText() == problem.title, "other numbers are still its numbers"
        window.store.edit("typing", problem.with_program(read_program("x : (1, n)\nL = sum(x)")))
        assert (choice.currentIndex(), choice.placeholderText()) == (-1, f"{problem.title}, changed")
        assert window.windowTitle().startswith(f"{problem.title}, changed[*]")
        assert window.documents.path is None
        window.undo()
        assert choice.currentText() == problem.title

    def test_view_and_draft_are_in_the_file(
        self, qtbot: QtBot, window: MainWindow, person: Person, tmp_path: Path
    ) -> None:
        panel = next(p for p in window.docks.panels if isinstance(p, DerivationPanel))
        panel.joining_wanted.emit(True)
        panel.reading_wanted.emit("column differential gradient")
        window.ask("W2")
        window.store.edit("type", window.store.problem, draft="x : (1,")
        jacobians = next(p for p in window.docks.panels if isinstance(p, JacobiansPanel))
        jacobians.reading.setCurrentIndex(1)
        jacobians.reading.activated.emit(1)
        QTest.keyClick(jacobians.legend, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: not window.busy)
        step = panel.page.cards[-1].key
        panel.page._turn(step)
        person.file = tmp_path / "mine.toml"
        assert window.documents.save()
        found = load_document(person.file)
        assert (found.problem.wrt, found.draft) == ("W2", "x : (1,")
        assert found.shown == Shown(True, "column differential gradient", "left", True, step)
        window.documents.open_ready(1)
        panel.reading_wanted.emit("row chain gradient")
        assert panel.view is not None and not panel.view.joined
        window.documents.open_file(person.file)
        assert window.store.document.draft == "x : (1,"
        assert panel.view.joined and panel.view.problem.wrt == "W2"
        assert window._answers.shown == found.shown
        qtbot.waitUntil(lambda: not window.busy)
        assert panel.page.open_step == step
        # The products that start at the loss: in columns the loss stands at the right end.
        assert (jacobians.reading.currentText(), jacobians.legend.own) == ("from the right", True)

    def test_a_step_that_was_opened_is_forgotten_with_its_program(
        self, qtbot: QtBot, window: MainWindow, person: Person
    ) -> None:
        panel = next(p for p in window.docks.panels if isinstance(p, DerivationPanel))
        qtbot.waitUntil(lambda: not window.busy and panel.spec is not None)
        assert panel.page.open_step != "h"
        panel.page._turn("h")
        assert panel.page.open_step == "h"
        text = "x : (1, n)\nW : (n, m)\nh = tanh(x W)\nb = h ∘ h\nL = sum(b)"
        window.store.edit("type", window.store.problem.with_program(read_program(text)))
        qtbot.waitUntil(lambda: not window.busy)
        assert panel.spec is not None and panel.page.open_step == panel.spec.first_open != "h"
        assert window.documents.shown().step is None


class TestWhatIsInTheWay:
    @pytest.fixture
    def file(self, window: MainWindow, person: Person, tmp_path: Path) -> Path:
        person.file = tmp_path / "mine.toml"
        assert window.documents.save()
        return person.file

    def test_a_file_changed_by_another_program_is_not_silently_overwritten(
        self, qtbot: QtBot, window: MainWindow, file: Path
    ) -> None:
        file.write_text("by another program")
        edit(window)
        for _ in range(2):
            press(qtbot, window, Qt.Key.Key_S)
            assert notice(window).sentence == (
                "mine.toml was changed by another program since it was opened here. "
                "Nothing is saved yet; Save as… keeps both.")
            assert file.read_text() == "by another program" and window.isWindowModified()
        (button,) = (b for b in notice(window).findChildren(QPushButton) if b.text() == "Write over it")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert load_document(file).problem.numbers["x"][0, 0] == 7
        assert not window.isWindowModified() and not notice(window).isVisible()

    def test_another_document_is_never_written_over_it(self, window: MainWindow, person: Person, file: Path) -> None:
        file.write_text("by another program")
        edit(window)
        assert not window.documents.save() and notice(window).isVisible()
        person.answer = Answer.DISCARD
        window.documents.open_ready(1)
        assert window.documents.title != file.name
        assert not notice(window).isVisible(), "what is offered is to write this document over that file"

    def test_a_full_disk_loses_nothing(
        self, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        before = file.read_bytes()
        edit(window)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            assert not window.documents.save()
        assert notice(window).sentence == (
            f"{file} cannot be written: No space left on device. Nothing is lost: your work is still open here.")
        assert file.read_bytes() == before and window.isWindowModified()
        assert window.documents.save()
        assert not notice(window).isVisible()

    def test_a_window_whose_work_cannot_be_saved_stays_open(
        self, window: MainWindow, person: Person, file: Path
    ) -> None:
        edit(window)
        file.write_text("by another program")
        person.answer = Answer.SAVE
        assert not window.close()
        assert window.isVisible() and notice(window).isVisible()


class TestOpening:
    @pytest.fixture
    def file(self, problem: Problem, tmp_path: Path) -> Path:
        file = tmp_path / "a & b.toml"
        file.write_text(document_text(small(problem), Shown()), encoding="utf-8")
        return file

    def test_by_the_menu(self, qtbot: QtBot, window: MainWindow, person: Person, file: Path) -> None:
        person.file = file
        press(qtbot, window, Qt.Key.Key_O)
        assert dict(window.store.problem.dims) == {"n": 2, "m": 2, "k": 2}
        assert window.windowTitle().startswith("a & b.toml") and not window.isWindowModified()
        window.undo()
        assert window.store.document.name == "network"

    def test_what_cannot_be_read_says_where_and_why_and_leaves_what_is_open(
        self, window: MainWindow, person: Person, file: Path, problem: Problem
    ) -> None:
        file.write_text(to_toml(problem).replace("sigmoid(a)", "sigmoid(z)"), encoding="utf-8")
        edit(window)
        before = window.store.document
        window.documents.open_file(file)
        assert notice(window).sentence == "a & b.toml, line 12, column 13: `z` is not known here. Did you mean a?"
        assert window.store.document is before and person.asked == []
        window.documents.open_file(file.with_name("none.toml"))
        assert "none.toml cannot be read: No such file" in notice(window).sentence
        assert window.store.document is before

    def test_a_file_that_is_too_large_for_the_window(self, window: MainWindow, file: Path, problem: Problem) -> None:
        file.write_text(to_toml(problem.with_dims({"n": 65, "m": 3, "k": 5})), encoding="utf-8")
        window.documents.open_file(file)
        assert notice(window).sentence.startswith("x is 1×65; the window shows sizes up to 64")
        assert window.store.document.name == "network"

    @pytest.mark.parametrize("answer", Answer)
    def test_changes_are_asked_for_before_another_document_is_opened(
        self, window: MainWindow, person: Person, file: Path, tmp_path: Path, answer: Answer
    ) -> None:
        edit(window)
        person.answer, person.file = answer, tmp_path / "mine.toml"
        window.documents.open_file(file)
        assert person.asked[0] == "changes to Network"
        assert (window.documents.path == file) is (answer is not Answer.CANCEL)
        assert person.file.exists() is (answer is Answer.SAVE)
        assert person.asked[1:] == (["save as network.toml"] if answer is Answer.SAVE else [])

    def test_the_gallery_asks_too_and_names_what_stays(self, window: MainWindow, person: Person) -> None:
        edit(window)
        window.tool_bar.problem_chosen.emit(1)
        assert person.asked == ["changes to Network"]
        assert window.documents.place == 0
        person.answer = Answer.DISCARD
        window.tool_bar.problem_chosen.emit(1)
        assert window.documents.place == 1 and not window.isWindowModified()
        window.undo()
        assert window.store.problem.numbers["x"][0, 0] == 7 and window.isWindowModified()

    def test_new_opens_the_list_of_the_gallery(self, qtbot: QtBot, window: MainWindow) -> None:
        press(qtbot, window, Qt.Key.Key_N)
        popup = QApplication.activePopupWidget()
        assert popup is not None
        popup.close()

    def test_a_file_is_dropped_on_the_window_or_on_any_part_of_it(
        self, qtbot: QtBot, window: MainWindow, file: Path
    ) -> None:
        editors = [e.viewport() for e in window.findChildren(QTextEdit)]
        assert editors
        before = window.store.problem.program.text
        for target in (window, *editors):
            window.documents.open_ready(0)
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(file))])
            data.setText(file.as_uri())
            assert drop(target, data)
            qtbot.waitUntil(lambda: window.documents.path == file)
            window.undo()
            assert (window.store.problem.program.text, window.store.document.draft) == (before, "")

    def test_what_is_no_file_is_not_taken(self, window: MainWindow, file: Path) -> None:
        several, page, text = QMimeData(), QMimeData(), QMimeData()
        several.setUrls([QUrl.fromLocalFile(str(file))] * 2)
        page.setUrls([QUrl("https://example.org/a.toml")])
        text.setText("x")
        assert not any(drop(window, data) for data in (several, page, text))


def drop(target: QWidget, data: QMimeData) -> bool:
    """Drag something over a widget and let it fall; whether it was taken."""
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    entered = QDragEnterEvent(QPoint(5, 5), actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entered.ignore()
    QApplication.sendEvent(target, entered)
    if not entered.isAccepted():
        return False
    assert entered.dropAction() == Qt.DropAction.CopyAction, "nobody may think it was moved"
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), actions, data, Qt.MouseButton.LeftButton,
                                              Qt.KeyboardModifier.NoModifier))
    return True


class TestClosing:
    def test_nothing_is_asked_where_nothing_would_be_lost(self, window: MainWindow, person: Person) -> None:
        window.ask("W1")
        assert window.close()
        assert person.asked == []

    @pytest.mark.parametrize("answer", Answer)
    def test_changes_are_asked_for(
        self, window: MainWindow, person: Person, tmp_path: Path, answer: Answer
    ) -> None:
        edit(window)
        person.answer, person.file = answer, tmp_path / "mine.toml"
        assert window.close() is (answer is not Answer.CANCEL)
        assert window.isVisible() is (answer is Answer.CANCEL)
        assert person.file.exists() is (answer is Answer.SAVE)

    def test_quit_asks_too(self, qtbot: QtBot, window: MainWindow, person: Person) -> None:
        edit(window)
        press(qtbot, window, Qt.Key.Key_Q)
        assert person.asked == ["changes to Network"] and window.isVisible()


class TestRecent:
    def test_the_menu_opens_them_again(self, window: MainWindow, person: Person, tmp_path: Path) -> None:
        for name in ("one.toml", "two.toml"):
            person.file = tmp_path / name
            window.documents.save_as()
        assert said(window) == ["two.toml", "one.toml", "", "Clear the list"]
        recent_menu(window).actions()[1].trigger()
        assert window.documents.path == tmp_path / "one.toml"
        assert said(window)[:2] == ["one.toml", "two.toml"]

    def test_two_of_one_name_are_told_apart(self, window: MainWindow, person: Person, tmp_path: Path) -> None:
        for folder in ("a", "b"):
            (tmp_path / folder).mkdir()
            person.file = tmp_path / folder / "one & two.toml"
            window.documents.save_as()
        assert said(window)[:2] == [str(tmp_path / f / "one && two.toml") for f in "ba"]

    def test_one_that_is_gone_leaves_the_list(self, window: MainWindow, person: Person, tmp_path: Path) -> None:
        person.file = tmp_path / "one.toml"
        window.documents.save_as()
        window.documents.open_ready(0)
        person.file.unlink()
        said(window)
        recent_menu(window).actions()[0].trigger()
        assert "cannot be read" in notice(window).sentence
        assert said(window) == ["", "No file was open yet"]

    def test_it_is_short_kept_and_can_be_cleared(self, window: MainWindow, settings: QSettings) -> None:
        files = RecentFiles(settings)
        for place in range(30):
            files.add(f"/a/{place}.toml")
        settings.sync()
        again = RecentFiles(QSettings(settings.fileName(), QSettings.Format.IniFormat))
        assert again.paths == tuple(f"/a/{place}.toml" for place in range(29, 19, -1))
        assert said(window)[-1] == "Clear the list"
        recent_menu(window).actions()[-1].trigger()
        assert said(window) == ["", "No file was open yet"]
        files.add("/a/one, two.toml")
        settings.sync()
        again = RecentFiles(QSettings(settings.fileName(), QSettings.Format.IniFormat))
        assert again.paths == ("/a/one, two.toml",)


def recent_menu(window: MainWindow) -> QMenu:
    (menu,) = window.findChildren(RecentMenu)
    return menu


def said(window: MainWindow) -> list[str]:
    menu = recent_menu(window)
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions()]


class TestDialogs:
    """The real ones."""

    @pytest.mark.parametrize(("button", "answer"), [
        (QMessageBox.StandardButton.Save, Answer.SAVE),
        (QMessageBox.StandardButton.Discard, Answer.DISCARD),
        (QMessageBox.StandardButton.Cancel, Answer.CANCEL),
        (None, Answer.CANCEL),
    ])
    def test_save_changes(
        self, qtbot: QtBot, button: QMessageBox.StandardButton | None, answer: Answer
    ) -> None:
        parent = QWidget()
        qtbot.addWidget(parent)
        words: list[str] = []

        def choose() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QMessageBox)
            words.append(box.text())
            if button is None:
                qtbot.keyClick(box, Qt.Key.Key_Escape)
            else:
                qtbot.mouseClick(box.button(button), Qt.MouseButton.LeftButton)

        QTimer.singleShot(0, choose)
        assert Dialogs(parent).changes("mine.toml") is answer
        assert words == ["Save the changes to mine.toml?"]

    def test_save_as_adds_the_ending(self, qtbot: QtBot, tmp_path: Path) -> None:
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
        parent = QWidget()
        qtbot.addWidget(parent)

        def choose() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QFileDialog)
            name = dialog.findChild(QLineEdit)
            assert name is not None and name.text() == "suggested.toml"
            name.setText("mine")
            qtbot.keyClick(name, Qt.Key.Key_Return)

        QTimer.singleShot(100, choose)
        try:
            assert Dialogs(parent).to_save(tmp_path / "suggested.toml") == tmp_path / "mine.toml"
        finally:
            QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, False)

