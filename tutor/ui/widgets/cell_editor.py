"""The line that opens over a cell to type a number into it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from tutor.figures.cells import CELL_PX, NumberTextError, number_from_text
from tutor.figures.palette import Theme
from tutor.ui.widgets.number_glyphs import said_font

_LEAST_WIDTH = 66


class CellEditor(QLineEdit):
    """Takes one number. A text that is none stays, framed in red, with a sentence that says why.

    Signals:
        entered (float, int): A number was typed; then how many cells to go on, 1 after Tab, -1 after Shift+Tab.
        refused (str): What was typed is no number; the sentence says why and what to do.
        left (): The editor closes.
        given_up (): It was closed with Esc.
    """

    entered = Signal(float, int)
    refused = Signal(str)
    left = Signal()
    given_up = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Starts hidden."""
        super().__init__(parent)
        self._owner = parent
        self._theme: Theme | None = None
        self._open = False
        self._wrong = ""
        self.setFrame(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.textEdited.connect(lambda _: self._show_wrong(""))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether it takes a number now."""
        return self._open

    @property
    def wrong(self) -> str:
        """The sentence on what was typed; empty while nothing is wrong."""
        return self._wrong

    def open(self, cell: QRect, text: str, chosen: bool, theme: Theme, zoom: float, words: str) -> None:
        """Opens over a cell.

        Args:
            cell: Where the cell is seen.
            text: What stands in the line at first.
            chosen: Whether it is selected, so that typing replaces it.
            theme: The colours.
            zoom: The size.
            words: What the cell is, for people who do not see it.
        """
        self._theme = theme
        self._open = True
        self.setFont(said_font(CELL_PX * zoom))
        around = round(3 * zoom)
        needed = self.fontMetrics().horizontalAdvance(text) + 2 * around + round(4 * zoom)
        width = max(cell.width(), min(max(needed, round(_LEAST_WIDTH * zoom)), self._owner.width() - 2 * around))
        left = min(max(0, cell.right() + 1 - width), max(0, self._owner.width() - width))
        self.setGeometry(QRect(left, cell.top(), width, cell.height()).adjusted(-around, -around, around, around))
        self.setAccessibleName(words)
        self.setText(text)
        self.setPlaceholderText("")
        self._show_wrong("")
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if chosen:
            self.setSelection(len(text), -len(text))  # where it has no room for all digits, the first are seen

    def cancel(self) -> None:
        """Closes it; the number stays what it was."""
        if self._open:
            self._close()

    def _enter(self, onward: int) -> None:
        try:
            value = number_from_text(self.text())
        except NumberTextError as error:
            self._show_wrong(str(error))
            self.refused.emit(str(error))
            return
        self._close()
        self.entered.emit(value, onward)

    def _close(self) -> None:
        self._open = False
        self._show_wrong("")
        if self.hasFocus():
            # Before it hides: a hidden widget hands the keyboard to whatever comes next.
            self._owner.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.left.emit()

    def _show_wrong(self, sentence: str) -> None:
        self._wrong = sentence
        self.setAccessibleDescription(sentence)
        if self._theme is not None:
            frame = self._theme.wrong if sentence else self._theme.accent
            ground = self._theme.wrong_tint if sentence else self._theme.field
            # Said in full: the window's own style for inputs has corners and paddings no cell has room for.
            self.setStyleSheet(
                f"CellEditor {{ border: 2px solid {frame}; border-radius: 0; background: {ground};"
                f" color: {self._theme.ink}; padding: 0 2px; margin: 0; min-height: 0; }}"
            )

    def event(self, event: QEvent) -> bool:
        # Tab would otherwise be taken for going to the next widget before it is a key press.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Tab:
                self._enter(1)
                return True
            if event.key() == Qt.Key.Key_Backtab:
                self._enter(-1)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(0)
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:  # who looks at another program comes back
            self._leave()

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Somebody came back, and not to this line."""
        if new is not None and new is not self and not isinstance(new.window(), QDialog):
            self._leave()

    def _leave(self) -> None:
        """Take what was typed, the keyboard being elsewhere; what is no number is let go."""
        if not self._open:
            return
        try:
            value = number_from_text(self.text())
        except NumberTextError as error:
            self._close()
            self.refused.emit(str(error))  # after it said that it closed: what was refused is said from here on
            return
        self._close()
        self.entered.emit(value, 0)
