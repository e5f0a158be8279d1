"""A box for a whole number: a size, a seed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QSpinBox, QWidget

from tutor.ui.gestures import new_gesture
from tutor.ui.theme import text_zoom
from tutor.ui.widgets.frames import paint_chevron, paint_field

_MOST_DIGITS = 6
"""More than these nobody types in earnest."""


class SizeBox(QSpinBox):
    """A spin box that says what was one movement of the hand.

    Holding an arrow, or turning the wheel, is one gesture; each press and each typed number is another. Whatever is
    typed can be typed to its end; what then is no number in range is refused, and the box says which ones there are.
    Undo is left to the window.

    Signals:
        edited (int, int): The number, and the gesture it belongs to.
        refused (str): Which numbers there are, as a sentence, when something else was typed; empty when typing goes on.
    """

    edited = Signal(int, int)
    refused = Signal(str)

    def __init__(
        self, least: int, most: int, digits: int = 2, what: str = "size", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._what = what
        self._most = most
        self._digits = digits
        self._zoom = 1.0
        self._gesture = new_gesture()
        self.setRange(least, most)
        self.setKeyboardTracking(False)  # 12 is not first 1
        self.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToPreviousValue)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._tell)
        self.lineEdit().textEdited.connect(self._retype)

    def show_number(self, number: int) -> None:
        """Show a number without calling it an edit, be it larger than those that can be typed."""
        if number != self.value():
            before = self.sizeHint()
            self.blockSignals(True)
            self.setMaximum(max(self._most, number))
            self.setValue(number)
            self.blockSignals(False)
            if self.sizeHint() != before:
                self.updateGeometry()

    def set_zoom(self, zoom: float) -> None:
        """Draw at another size."""
        zoom = text_zoom(zoom)
        if zoom != self._zoom:
            self._zoom = zoom
            self.updateGeometry()
            self.update()

    def _tell(self, number: int) -> None:
        self.edited.emit(number, self._gesture)

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Let anything be typed to its end: 2.5 must not become 25 because its point was not taken."""
        whole = text.isdecimal() and len(text) <= _MOST_DIGITS
        within = whole and self.minimum() <= int(text) <= self.maximum()
        return QValidator.State.Acceptable if within else QValidator.State.Intermediate, text, pos

    def fixup(self, text: str) -> str:
        """Called when something is finished that is not acceptable; the number before comes back."""
        if text.strip():
            self.refused.emit(f"A {self._what} is a whole number from {self.minimum()} to {self.maximum()}.")
        return text

    def _retype(self, _text: str) -> None:
        self.refused.emit("")

    def sizeHint(self) -> QSize:
        digits = self.fontMetrics().horizontalAdvance("0" * max(self._digits, len(str(self.value()))))
        return QSize(round(digits + 28 * self._zoom), round(24 * self._zoom))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._gesture = new_gesture()
        super().mousePressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and of_undo(event):
            event.ignore()  # the line of text inside would keep it for an undo of its own
            return False
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # scrolling past it must not change it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if of_undo(event):
            event.ignore()
            return
        if not event.isAutoRepeat():
            self._gesture = new_gesture()
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._gesture = new_gesture()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._gesture = new_gesture()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_field(painter, self, QRectF(self.rect()), self._zoom, QPalette.ColorRole.Dark)
            beside = self.lineEdit().geometry().right() + 1
            half = self.height() / 2
            for up, able in ((True, self.value() < self.maximum()), (False, self.value() > self.minimum())):
                button = QRectF(beside, 0 if up else half, self.width() - beside, half)
                group = QPalette.ColorGroup.Active if able else QPalette.ColorGroup.Disabled
                middle = button.translated(0, (1.5 if up else -1.5) * self._zoom)
                paint_chevron(painter, middle, self.palette().color(group, QPalette.ColorRole.Text), up=up,
                              zoom=self._zoom * 0.8)


def of_undo(event: QKeyEvent) -> bool:
    """Whether keys undo or redo something."""
    if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
        return True
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return control and event.key() in (Qt.Key.Key_Z, Qt.Key.Key_Y)
