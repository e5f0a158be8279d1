from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from pytestqt.qtbot import QtBot

from tutor.figures.palette import LIGHT
from tutor.ui.theme import Look
from tutor.ui.widgets.code_editor import CodeEditor
from tutor.ui.widgets.fault import Fault, Place


def complete(text: str, place: int) -> tuple[int, list[tuple[str, str]]]:
    """Words of two letters and more go on as alpha or alphabet."""
    begun = text[:place].split()[-1] if text[:place].split() and not text[:place].endswith(" ") else ""
    return len(begun), [(word, "letter") for word in ("alpha", "alphabet") if word.startswith(begun)]


@pytest.fixture
def editor(qtbot: QtBot, look: Look) -> CodeEditor:
    made = CodeEditor(complete)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show_text("one\ntwo", {}, LIGHT, 1.0)
    made.show()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


@pytest.fixture
def told(editor: CodeEditor) -> list[tuple[str, int, int]]:
    heard: list[tuple[str, int, int]] = []
    editor.typed.connect(lambda *what: heard.append(what))
    return heard


def test_showing_is_not_typing(editor: CodeEditor, told: list[tuple[str, int, int]]) -> None:
    editor.show_text("three", {0: "1×1"}, LIGHT, 1.5, Fault(Place(0, 0), "Wrong."))
    assert told == []
    assert editor.textCursor().position() == 0 or editor.hasFocus()


def test_a_line_is_a_gesture(qtbot: QtBot, editor: CodeEditor, told: list[tuple[str, int, int]]) -> None:
    qtbot.keyClicks(editor, "ab")
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    qtbot.keyClicks(editor, "c")
    gestures = [gesture for _, gesture, _ in told]
    assert [line for _, _, line in told] == [0, 0, 1]
    assert gestures[0] == gestures[1] != gestures[2]


def test_what_is_pasted_is_a_gesture(qtbot: QtBot, editor: CodeEditor, told: list[tuple[str, int, int]]) -> None:
    qtbot.keyClicks(editor, "a")
    pasted = QMimeData()
    pasted.setText("b")
    editor.insertFromMimeData(pasted)
    qtbot.keyClicks(editor, "c")
    assert len({gesture for _, gesture, _ in told}) == 3


def test_every_line_is_a_line_of_its_own(qtbot: QtBot, editor: CodeEditor) -> None:
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    pasted = QMimeData()
    pasted.setText("b\u2028c\n")
    editor.insertFromMimeData(pasted)
    assert editor.toPlainText() == "\nb\nc\none\ntwo"
    assert editor.document().blockCount() == 5, "their shapes and numbers stand beside the lines that are read"


def test_leaving_ends_a_gesture(qtbot: QtBot, editor: CodeEditor, told: list[tuple[str, int, int]]) -> None:
    qtbot.keyClicks(editor, "a")
    editor.clearFocus()
    editor.setFocus()
    qtbot.keyClicks(editor, "b")
    assert told[0][1] != told[1][1]


def test_files_are_not_taken_for_text(editor: CodeEditor) -> None:
    file = QMimeData()
    file.setUrls([QUrl.fromLocalFile("/tmp/problem.toml")])
    assert not editor.canInsertFromMimeData(file)
    words = QMimeData()
    words.setText("h W2")
    assert editor.canInsertFromMimeData(words)


def test_a_fault_waits_for_a_pause(qtbot: QtBot, editor: CodeEditor) -> None:
    fault = Fault(Place(0, 0), "Wrong.")
    editor.typed.connect(lambda text, *_: editor.show_text(text, {}, LIGHT, 1.0, fault))
    qtbot.keyClicks(editor, "a")
    assert editor.fault is None
    qtbot.waitUntil(lambda: editor.fault == fault)
    assert editor.accessibleDescription() == "Line 1: Wrong."


def test_who_leaves_is_told_at_once(qtbot: QtBot, editor: CodeEditor) -> None:
    fault = Fault(Place(0, 0), "Wrong.")
    editor.typed.connect(lambda text, *_: editor.show_text(text, {}, LIGHT, 1.0, fault))
    qtbot.keyClicks(editor, "a")
    editor.clearFocus()
    assert editor.fault == fault


def test_the_first_is_chosen_when_completions_are_asked_for(qtbot: QtBot, editor: CodeEditor) -> None:
    qtbot.keyClick(editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert list(editor.suggestions) == ["alpha", "alphabet"]
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.toPlainText() == "alphaone\ntwo"


def test_suggestions_stay_inside_the_window(qtbot: QtBot, editor: CodeEditor) -> None:
    editor.resize(150, 90)
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    qtbot.keyClicks(editor, " alp")
    (shown,) = [child for child in editor.children() if type(child).__name__ == "Suggestions"]
    assert editor.suggestions
    assert shown.geometry().left() >= 0 and shown.geometry().right() <= max(149, shown.width())  # type: ignore[attr-defined]
