"""A box for a whole number: a size, a seed."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QSpinBox, QStyle, QStyleOptionSpinBox, QWidget

from tutor.ui.widgets.frames import paint_chevron, paint_field

_gestures = count(1)


def new_gesture() -> int:
    """A number no other gesture has: equal ones make one step of undo."""
    return next(_gestures)


class SizeBox(QSpinBox):
    """A spin box that says what was one movement of the hand.

    Holding an arrow, or turning the wheel, is one gesture; each press and each typed number is another.

    Signals:
        edited (int, int): The number, and the gesture it belongs to.
    """

    edited = Signal(int, int)

    def __init__(self, least: int, most: int, digits: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._digits = digits
        self._zoom = 1.0
        self._gesture = new_gesture()
        self.setRange(least, most)
        self.setKeyboardTracking(False)  # 12 is not first 1
        self.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._tell)

    def show_number(self, number: int) -> None:
        """Show a number without calling it an edit."""
        if number != self.value():
            self.blockSignals(True)
            self.setValue(number)
            self.blockSignals(False)

    def set_zoom(self, zoom: float) -> None:
        """Draw at another size."""
        if zoom != self._zoom:
            self._zoom = zoom
            self.updateGeometry()
            self.update()

    def _tell(self, number: int) -> None:
        self.edited.emit(number, self._gesture)

    def sizeHint(self) -> QSize:
        digits = self.fontMetrics().horizontalAdvance("0" * self._digits)
        return QSize(round(digits + 28 * self._zoom), round(24 * self._zoom))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._gesture = new_gesture()
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
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
        painter = QPainter(self)
        paint_field(painter, self, QRectF(self.rect()), self._zoom, QPalette.ColorRole.Dark)
        option = QStyleOptionSpinBox()
        self.initStyleOption(option)
        control = QStyle.SubControl
        for part, up, able in (
            (control.SC_SpinBoxUp, True, self.value() < self.maximum()),
            (control.SC_SpinBoxDown, False, self.value() > self.minimum()),
        ):
            place = self.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, part, self)
            group = QPalette.ColorGroup.Active if able else QPalette.ColorGroup.Disabled
            middle = QRectF(place).translated(0, (1.5 if up else -1.5) * self._zoom)
            paint_chevron(painter, middle, self.palette().color(group, QPalette.ColorRole.Text), up=up,
                          zoom=self._zoom * 0.8)
