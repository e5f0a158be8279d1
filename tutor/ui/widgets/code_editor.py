"""An editor of lines: what is typed is told as it is typed, how a word may go on is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from PySide6.QtCore import QElapsedTimer, QEvent, QMimeData, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from tutor.figures.palette import Theme
from tutor.ui.gestures import new_gesture
from tutor.ui.widgets.announcing import describe
from tutor.ui.widgets.fault import Fault
from tutor.ui.widgets.line_colours import units
from tutor.ui.widgets.listing import Listing
from tutor.ui.widgets.size_box import of_undo

if TYPE_CHECKING:
    from tutor.ui.widgets.suggestions import Suggestions

STEP: Final = 1000
"""Milliseconds without typing after which it is another step of undo."""
PATIENCE: Final = 400
"""Milliseconds without typing after which something is said to be wrong: a word is wrong until it is whole."""
LETTERS: Final = 2
"""With so many letters of a word, ways to go on are offered."""

Completing: TypeAlias = Callable[[str, int], tuple[int, Sequence[tuple[str, str]]]]
"""Of a text and a place in it: how much of a word is there, and how it may go on, with a word on each."""

_ABOUT: Final = "Ctrl+Space completes a word, Tab leaves the editor."
_OFF: Final = (-1, -1)
_SEPARATOR: Final = "\u2028"
"""What word processors put between the lines of a paragraph."""


class CodeEditor(Listing):
    """A listing one can write in; undo is left to the window.

    Signals:
        typed (str, int, int): The text, the gesture it belongs to, the line it was typed in. Typing is one gesture for
            each line, until a pause; so is what is pasted or cut.
        hovered (int, int): The line and column under the pointer; -1 where there is no text.
    """

    typed = Signal(str, int, int)
    hovered = Signal(int, int)

    def __init__(self, completing: Completing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._completing = completing
        self._suggestions: Suggestions | None = None
        self._told = ""  # what was told, or shown
        self._gesture = new_gesture()
        self._line = -1
        self._clock = QElapsedTimer()
        self._wanted: Fault | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PATIENCE)
        self._pause.timeout.connect(self._say_fault)
        self._over = _OFF
        self.setReadOnly(False)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setMouseTracking(True)
        self.setAccessibleDescription(_ABOUT)
        self.textChanged.connect(self._tell)
        self.cursorPositionChanged.connect(self._follow_caret)

    @property
    def suggestions(self) -> Sequence[str]:
        """How the word at the caret may go on; nothing while that is not offered."""
        shown = self._suggestions
        return [shown.item(row).text() for row in range(shown.count())] if shown and shown.isVisible() else []

    # ---- what is shown ----------------------------------------------------------------------------------------

    def show_text(
        self, text: str, words: Mapping[int, str], theme: Theme, zoom: float, fault: Fault | None = None
    ) -> None:
        """Show a text; a fault in what is being typed is told in the first pause."""
        if text != self.toPlainText():
            self._close_suggestions()
            self.end_gesture()
        self._wanted = fault
        if zoom != self._zoom or self._theme is None:
            self.setCursorWidth(max(1, round(zoom)))
        early = self.fault is None and self._pause.isActive()
        self.blockSignals(True)  # nobody types
        super().show_text(text, words, theme, zoom, None if early else fault)
        self.blockSignals(False)
        self._told = text
        self._describe()

    def replace(self, text: str) -> int:
        """Put another text in the place of this one; who is in the editor finds the caret where it is different."""
        place, scrolled = self.textCursor().position(), self.verticalScrollBar().value()
        end = super().replace(text)
        if end >= 0:
            cursor = self.textCursor()
            if self.hasFocus() and self._told:
                cursor.setPosition(units(text[: end - 1 if text[:end].endswith("\n") else end]))
                self.setTextCursor(cursor)
            else:
                cursor.setPosition(min(place, units(text)))
                self.setTextCursor(cursor)
                self.verticalScrollBar().setValue(scrolled)
        return end

    def _say_fault(self) -> None:
        self._pause.stop()
        if self._wanted != self.fault and self._theme is not None:
            super().show_text(self.toPlainText(), self.words, self._theme, self._zoom, self._wanted)
            self._describe()
            if self.hasFocus() and self.fault is not None:
                block = self.document().findBlockByNumber(self.fault.place.line)
                foot = self.document().documentLayout().blockBoundingRect(block).bottom() + self._sentence_height()
                bar = self.verticalScrollBar()
                bar.setValue(max(bar.value(), round(foot) - self.viewport().height()))  # the sentence can be read

    def _describe(self) -> None:
        fault = self.fault
        describe(self, f"Line {fault.place.line + 1}: {fault.sentence}" if fault is not None else _ABOUT)

    # ---- typing -----------------------------------------------------------------------------------------------

    def end_gesture(self) -> None:
        """What is typed from here on is another step of undo."""
        self._line = -1

    def _tell(self) -> None:
        text = self.toPlainText()
        if text == self._told or self._theme is None:
            return
        line = self.textCursor().blockNumber()
        if line != self._line or self._clock.elapsed() > STEP:
            self._gesture = new_gesture()
        self._line = line
        self._clock.start()
        self._told = text
        self._pause.start()
        self.typed.emit(text, self._gesture, line)
        if self.toPlainText() == text:
            self._lay_out()  # a new line has the format of the one it was parted from
            self._offer(LETTERS)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.end_gesture()
        self.insertPlainText(source.text().replace(_SEPARATOR, "\n"))
        self.end_gesture()
        self._close_suggestions()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not source.hasUrls()  # a file that is dropped is opened, not read as its name

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and of_undo(event):
            event.ignore()  # the text would keep it for an undo of its own
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if of_undo(event):
            event.ignore()
        elif self.suggestions and self._answer(event):
            event.accept()
        elif event.key() == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._offer(0)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()  # the window lets go of what is pinned
        elif event.matches(QKeySequence.StandardKey.InsertLineSeparator):
            self.insertPlainText("\n")  # Qt would keep both lines as one, which is read as two
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.end_gesture()
            super().keyPressEvent(event)
            self.end_gesture()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        for action in menu.actions()[:3]:
            menu.removeAction(action)  # undo, redo and the line behind them: the window's are in its own menu
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    # ---- how a word may go on ---------------------------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab takes a suggestion while there are any."""
        if self.suggestions and forward:
            self._take(max(0, self._list.currentRow()))
            return True
        return super().focusNextPrevChild(forward)

    def _answer(self, event: QKeyEvent) -> bool:
        """What a key does while there are suggestions; False for one that has nothing to do with them."""
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._list.step(1 if key == Qt.Key.Key_Down else -1)
            describe(self, self._list.currentItem().data(Qt.ItemDataRole.AccessibleTextRole))
        elif key == Qt.Key.Key_Tab:
            self._take(max(0, self._list.currentRow()))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._list.currentRow() >= 0:
            self._take(self._list.currentRow())
        elif key == Qt.Key.Key_Escape:
            self._close_suggestions()
        else:
            return False
        return True

    @property
    def _list(self) -> Suggestions:
        if self._suggestions is None:
            from tutor.ui.widgets.suggestions import Suggestions  # it would be a fortieth of the start

            self._suggestions = Suggestions(self.window())
            self._suggestions.chosen.connect(self._take)
        return self._suggestions

    def _offer(self, letters: int) -> None:
        """Offer ways to go on, if so many letters are there; with none asked for, the first is chosen already."""
        cursor = self.textCursor()
        place = len(self.toPlainText()) if cursor.atEnd() else self._place(cursor)
        typed, candidates = (0, ()) if cursor.hasSelection() else self._completing(self.toPlainText(), place)
        if typed < letters or not candidates or self._theme is None:
            self._close_suggestions()
            return
        if self._suggestions is not None and self._suggestions.parentWidget() is not self.window():
            self._suggestions.setParent(self.window())  # the dock has become a window of its own, or no longer is
        word = self.cursorRect()
        word.moveLeft(word.left() - round(typed * self.fontMetrics().horizontalAdvance("0")))
        at = self.viewport().mapTo(self.window(), word.topLeft())
        self._list.offer(candidates, QRect(at, word.size()), self._theme, self._zoom,
                         selected=not letters)

    def _place(self, cursor: QTextCursor) -> int:
        """How many signs stand before a caret."""
        before = QTextCursor(self.document())
        before.setPosition(cursor.position(), QTextCursor.MoveMode.KeepAnchor)
        return len(before.selectedText())

    def _take(self, row: int) -> None:
        cursor = self.textCursor()
        place = self._place(cursor)
        typed, candidates = self._completing(self.toPlainText(), place)
        self._close_suggestions()
        if row < len(candidates):
            chosen, following = candidates[row][0], self.toPlainText()[place : place + 1]
            if following == "(":
                chosen = chosen.rstrip("(")
            cursor.setPosition(cursor.position() - typed, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(chosen)
            self.setTextCursor(cursor)
            self._close_suggestions()

    def _close_suggestions(self) -> None:
        if self._suggestions is not None:
            self._suggestions.hide()

    def _follow_caret(self) -> None:
        """Suggestions belong to the word that is typed: elsewhere they go."""
        if self.toPlainText() == self._told:
            self._close_suggestions()

    # ---- the pointer and the keyboard leave -------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            self._point(self._sign_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(_OFF)

    def _point(self, over: tuple[int, int]) -> None:
        if over != self._over:
            self._over = over
            self.hovered.emit(*over)

    def _sign_at(self, point: QPointF) -> tuple[int, int]:
        """The line and column of the sign under a point of the viewport."""
        scrolled = point + QPointF(0, self.verticalScrollBar().value())
        place = self.document().documentLayout().hitTest(scrolled, Qt.HitTestAccuracy.ExactHit)
        if place < 0:
            return _OFF
        block = self.document().findBlock(place)
        return block.blockNumber(), min(place - block.position(), len(block.text()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.end_gesture()
        self._close_suggestions()
        self._say_fault()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._close_suggestions()
        self._say_fault()
