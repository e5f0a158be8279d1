from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tutor.core.errors import Position, TutorError
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.figures.palette import DARK, LIGHT, Theme
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui.panel import Spot, View
from tutor.ui.panels.program import ProgramPanel, line_fault, line_shapes, places
from tutor.ui.showing import BEHIND
from tutor.ui.theme import Look
from tutor.ui.widgets.code_editor import CodeEditor
from tutor.ui.widgets.fault import Place
from tutor.ui.window import MainWindow


def view_of(problem: Problem, theme: Theme = LIGHT, refusal: TutorError | None = None) -> View:
    return View(problem, evaluate(problem), None, None, None, refusal, False, theme)


@pytest.fixture
def show(qtbot: QtBot, look: Look) -> Callable[[View], ProgramPanel]:
    def show_panel(view: View) -> ProgramPanel:
        panel = ProgramPanel(Typesetter())
        qtbot.addWidget(panel)
        panel.resize(300, 300)
        panel.show_view(view)
        panel.show()
        return panel

    return show_panel


def test_every_line_says_its_shape(problem: Problem) -> None:
    shapes = line_shapes(problem)
    assert shapes == {0: "1×5", 1: "5×3", 2: "1×3", 3: "3×5", 4: "1×5", 5: "1×5", 7: "1×3", 8: "1×3", 9: "1×5",
                      10: "1×5", 11: "number"}


def test_shapes_follow_the_sizes(show: Callable[[View], ProgramPanel], problem: Problem) -> None:
    panel = show(view_of(problem))
    panel.show_view(view_of(problem.with_dims({"n": 2, "m": 4, "k": 3})))
    assert panel.listing.words[1] == "2×4"
    assert panel.listing.toPlainText() == problem.program.text.rstrip()


def test_a_link_marks_where_its_weight_is_read(problem: Problem) -> None:
    spot = Spot(link=("θ", "h"), entry=(1, 2), cells=(("W2", 2, 1),))
    assert places(problem, spot) == (Place(9, 6, 2),)


def test_a_name_is_not_found_inside_a_longer_one(problem: Problem) -> None:
    # b1 also has a 1, and W1 and b1 share no place; x is not the x of softmax.
    assert places(problem, Spot(name="x")) == (Place(7, 4, 1),)
    assert places(problem, Spot(name="θ")) == (Place(10, 12, 1),)


def test_a_name_is_found_however_it_is_spelled() -> None:
    text = "W_1 : (2, 2)\nx : (2, 1)\nyhat = W_1 x; z = W1 W_{1} x  # W_1\nL = sum(yhat + z)"
    problem = Problem.drawn("Spelled", read_program(text), "x", {})
    assert places(problem, Spot(name="W1")) == (Place(2, 7, 3), Place(2, 18, 2), Place(2, 21, 5))
    assert places(problem, Spot(("z", "W1"))) == ()
    assert places(problem, Spot(("z", "x"), cells=(("W1", 0, 0),))) == (Place(2, 18, 2), Place(2, 21, 5))
    assert places(problem, Spot(name="ŷ")) == (Place(3, 8, 4),)


def test_an_error_stands_at_its_place(show: Callable[[View], ProgramPanel], problem: Problem) -> None:
    error = TutorError("W1 is 5×3 and h is 1×3; a product needs 3 rows on the right.", Position(10, 7, 2))
    panel = show(view_of(problem, refusal=error))
    fault = panel.listing.fault
    assert fault == line_fault(error)
    assert fault is not None and fault.place == Place(9, 6, 2)
    roomy = panel.listing.sizeHint().height()
    panel.show_view(view_of(problem))
    assert panel.listing.fault is None
    assert panel.listing.sizeHint().height() < roomy


def test_other_colours(show: Callable[[View], ProgramPanel], problem: Problem, look: Look) -> None:
    panel = show(view_of(problem))
    look.choose("dark")
    panel.show_view(view_of(problem, DARK))
    picture = panel.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, picture.height() - 30).name().upper() == DARK.sheet


def test_a_long_line_is_read_to_its_end(show: Callable[[View], ProgramPanel]) -> None:
    text = "y : (1, k)\np : (1, k)\n\nL = 0.5 * sum((p - y) * (p - y)) + 0.5 * sum((p - y) * (p - y))"
    panel = show(view_of(Problem.drawn("Long", read_program(text), "p", {"k": 3})))
    QApplication.processEvents()
    listing = panel.listing
    line = listing.document().findBlockByNumber(3)
    assert line.layout().lineCount() > 1 and listing.horizontalScrollBar().maximum() == 0
    parts = [line.layout().lineAt(i) for i in range(line.layout().lineCount())]
    word = listing.fontMetrics().horizontalAdvance("number")
    assert all(p.naturalTextRect().right() < listing.viewport().width() - 0.8 * word for p in parts)
    long = listing.sizeHint().height()
    panel.resize(900, 300)
    QApplication.processEvents()
    assert line.layout().lineCount() == 1 and listing.sizeHint().height() < long


# ---- writing, in the window ---------------------------------------------------------------------------------------


def editor_of(window: MainWindow) -> CodeEditor:
    panel = next(p for p in window.docks.panels if isinstance(p, ProgramPanel))
    panel.listing.setFocus()
    return panel.listing


def caret(editor: CodeEditor, line: int, column: int) -> None:
    """Put the caret behind so many signs of a line, both counted from 0."""
    block = editor.document().findBlockByNumber(line)
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + column)
    editor.setTextCursor(cursor)


def written(window: MainWindow) -> str:
    return window.store.problem.program.text.rstrip("\n")


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def test_what_is_typed_is_the_program_as_soon_as_it_can_be_read(qtbot: QtBot, window: MainWindow) -> None:
    editor = editor_of(window)
    caret(editor, 9, 8)
    qtbot.keyClicks(editor, " - h W2")
    settle(qtbot, window)
    assert "θ = h W2 - h W2 + b2" in written(window)
    view = window.docks.panels[2].view
    assert view is not None and view.derivation is not None and view.derivation.program is window.store.problem.program


def test_while_a_line_is_broken_everything_else_stays(qtbot: QtBot, window: MainWindow, problem: Problem) -> None:
    editor = editor_of(window)
    caret(editor, 9, 8)
    qtbot.keyClicks(editor, " W")
    assert window.store.problem.program.says(problem.program) and not window.busy
    assert editor.toPlainText().splitlines()[9] == "θ = h W2 W + b2"
    assert 9 not in editor.words and editor.words[10] == "1×5", "a line that is changed has no shape yet"
    qtbot.waitUntil(lambda: editor.fault is not None)
    assert editor.fault is not None and editor.fault.place == Place(9, 9, 1)
    status, head = window.status, window.docks.head("derivation")
    assert (status.certified.words, status.certified.right) == ("shown: the last program that could be read", None)
    assert not status.agreement.isVisible() and head._note.text() == BEHIND
    assert "Did you mean" in editor.fault.sentence and "Did you mean" in editor.accessibleDescription()
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.fault is None and editor.words[9] == "1×5", "what is right again is so at once"
    assert status.certified.right is True and status.agreement.isVisible() and not head._note.text()


def test_typing_in_a_line_is_one_step_of_undo(qtbot: QtBot, window: MainWindow, problem: Problem) -> None:
    editor = editor_of(window)
    caret(editor, 9, 8)
    qtbot.keyClicks(editor, " - h W2")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "# more")
    assert editor.toPlainText().splitlines()[9:11] == ["θ = h W2 - h W2", "# more + b2"]
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText().splitlines()[9] == "θ = h W2 - h W2 + b2"
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == problem.program.text and window.store.problem is problem
    assert not window.can_undo
    qtbot.keyClick(editor, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText().splitlines()[9] == "θ = h W2 - h W2 + b2"
    assert (editor.textCursor().blockNumber(), editor.textCursor().positionInBlock()) == (9, 16)
    settle(qtbot, window)


def test_a_draft_stays_while_other_things_are_changed_and_taken_back(qtbot: QtBot, window: MainWindow) -> None:
    editor = editor_of(window)
    caret(editor, 11, 14)
    qtbot.keyClicks(editor, " +")
    draft = editor.toPlainText()
    window.store.edit("change n", window.store.problem.with_dims({**window.store.problem.dims, "n": 3}))
    assert editor.toPlainText() == draft and editor.words[0] == "1×3"
    window.undo()
    assert editor.toPlainText() == draft and editor.words[0] == "1×5"
    window.store.edit("drop the promise on y", window.store.problem.without_fact("y", "distribution"))
    assert editor.toPlainText() == draft.replace(" distribution", "")
    window.undo()
    window.undo()
    assert editor.toPlainText() == written(window), "undo brings back the text before the draft"
    window.redo()
    assert editor.toPlainText() == draft
    settle(qtbot, window)


def test_numbers_are_kept_through_what_is_typed_on_the_way(qtbot: QtBot, window: MainWindow) -> None:
    numbers = window.store.problem.numbers["W1"] + 1.0
    window.store.edit("change W1", window.store.problem.with_numbers("W1", numbers))
    editor = editor_of(window)
    caret(editor, 1, 10)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    qtbot.keyClicks(editor, "m")
    assert np.array_equal(window.store.problem.numbers["W1"], numbers)
    caret(editor, 5, 8)
    qtbot.keyClicks(editor, "1")  # k1, a new size: b2 and the label no longer fit, and then they do
    assert editor.toPlainText().splitlines()[5].startswith("y  : (1,")
    settle(qtbot, window)


def test_a_remark_derives_nothing_anew(qtbot: QtBot, window: MainWindow) -> None:
    derived = window.docks.panels[2].view
    editor = editor_of(window)
    caret(editor, 6, 0)
    qtbot.keyClicks(editor, "# the forward pass")
    view = window.docks.panels[2].view
    assert derived is not None and view is not None and view.derivation is derived.derivation
    assert not view.stale and "# the forward pass" in written(window)


def test_words_are_completed_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    editor = editor_of(window)
    caret(editor, 11, 14)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "M = L + s")
    assert not editor.suggestions, "one letter is not enough"
    qtbot.keyClicks(editor, "q")
    assert list(editor.suggestions) == ["sqrt(", "square("]
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "L)")
    assert written(window).splitlines()[-1] == "M = L + square(L)"
    qtbot.keyClicks(editor, " + yh")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.toPlainText().splitlines()[-1] == "M = L + square(L) + ŷ" and editor.hasFocus()
    assert not editor.suggestions
    settle(qtbot, window)


def test_completion_is_never_in_the_way(qtbot: QtBot, window: MainWindow) -> None:
    editor = editor_of(window)
    caret(editor, 11, 14)
    qtbot.keyClicks(editor, " + su")
    assert editor.suggestions
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.suggestions and editor.hasFocus()
    qtbot.keyClicks(editor, "m")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.toPlainText().split("\n")[11:] == ["L = xent(y, ŷ) + sum", ""]
    assert not editor.suggestions, "Enter is a new line while nothing is chosen"
    for _ in range(2):
        qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    editor.clearFocus()
    editor.setFocus()
    assert not editor.suggestions
    qtbot.keyClick(editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert list(editor.suggestions) == ["sum("]
    editor.clearFocus()
    assert not editor.suggestions


def test_tab_leaves_the_editor(qtbot: QtBot, window: MainWindow) -> None:
    editor = editor_of(window)
    text = editor.toPlainText()
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert not editor.hasFocus() and editor.toPlainText() == text


def test_a_name_under_the_pointer_is_linked(qtbot: QtBot, window: MainWindow) -> None:
    editor = editor_of(window)
    panel = window.docks.panels[0]
    line = editor.document().findBlockByNumber(1)
    cursor = QTextCursor(line)
    at = editor.cursorRect(cursor).center() + QPoint(4, 0)
    qtbot.mouseMove(editor.viewport(), at + QPoint(0, 60))
    qtbot.mouseMove(editor.viewport(), at)
    assert panel.spot == Spot(name="W1")
    assert editor.marked == (Place(7, 6, 2),)
    qtbot.mouseMove(editor.viewport(), QPoint(editor.viewport().width() - 2, editor.viewport().height() - 2))
    assert panel.spot is None and editor.marked == ()


@pytest.mark.parametrize("line", ["x : (1, 999999999)", "K = sum(kron(W1, kron(W1, kron(W1, kron(W1, W1)))))"])
def test_what_is_too_large_is_said_and_not_computed(qtbot: QtBot, window: MainWindow, line: str) -> None:
    problem, editor = window.store.problem, editor_of(window)
    caret(editor, 0 if line.startswith("x") else 11, 0)
    editor.textCursor().insertText("z" * line.startswith("x") + line + "\n")
    assert window.store.problem is problem
    qtbot.waitUntil(lambda: editor.fault is not None)
    assert editor.fault is not None and "the window" in editor.fault.sentence


def test_a_draft_that_can_be_read_at_other_sizes_is_taken(qtbot: QtBot, window: MainWindow) -> None:
    window.store.edit("change n", window.store.problem.with_dims({**window.store.problem.dims, "n": 60}))
    editor = editor_of(window)
    caret(editor, 11, 0)
    editor.textCursor().insertText("Q = kron(W1, W1)\n")
    assert "Q" not in window.store.problem.program.shapes
    window.store.edit("change n", window.store.problem.with_dims({**window.store.problem.dims, "n": 4}))
    qtbot.waitUntil(lambda: "Q" in window.store.problem.program.shapes)
    settle(qtbot, window)
