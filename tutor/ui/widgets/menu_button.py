"""A flat button that says what is chosen of a menu, as in the heads of panels."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from tutor.ui.theme import text_zoom
from tutor.ui.widgets.frames import paint_chevron, paint_focus

_CARET = 22.0
_LEFT = 6.0


class MenuButton(QAbstractButton):
    """Opens its menu with a click, Space, Enter or Down; several things can be chosen there.

    Attributes:
        menu: What it opens.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.menu = QMenu(self)
        self._zoom = 1.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(self._open)

    def say(self, words: str) -> None:
        """Say what is chosen."""
        if words == self.text():
            return
        self.setText(words)
        self.setAccessibleDescription(words)
        self.updateGeometry()
        self.update()

    def set_zoom(self, zoom: float) -> None:
        """Draw at another size."""
        zoom = text_zoom(zoom)
        if zoom != self._zoom:
            self._zoom = zoom
            self.updateGeometry()
            self.update()

    def _open(self) -> None:
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) + (_LEFT + _CARET) * self._zoom
        return QSize(round(width), round(24 * self._zoom))

    def minimumSizeHint(self) -> QSize:
        whole = self.sizeHint()  # a short word is never cut short
        return QSize(min(whole.width(), round(64 * self._zoom)), whole.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            area, zoom, colours = QRectF(self.rect()), self._zoom, self.palette()
            if self.hasFocus():
                paint_focus(painter, area, colours.color(QPalette.ColorRole.Accent), zoom)
            elif self.underMouse():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours.color(QPalette.ColorRole.Midlight))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.drawRoundedRect(area, 4 * zoom, 4 * zoom)
            ink = colours.color(QPalette.ColorRole.Text)
            painter.setPen(ink)
            room = area.adjusted(_LEFT * zoom, 0, -_CARET * zoom + 2, 0)
            words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
            caret = QRectF(area.right() - 16 * zoom, 0, 12 * zoom, area.height())
            paint_chevron(painter, caret, ink, zoom=zoom)
