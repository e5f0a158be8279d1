"""A combo box in the two looks of the window: framed in the tool bar, flat in the heads of panels."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from tutor.ui.theme import text_zoom
from tutor.ui.widgets.frames import paint_chevron, paint_field, paint_focus

_CARET = 22.0

BRIEF: Final = Qt.ItemDataRole.UserRole + 1
"""What is said of an item where there is no room for all of it; for this there always is."""

_SHORT: Final = 64.0


class Choice(QComboBox):
    """Choose one of a few.

    Args:
        flat: Without frame and ground, as in the heads of panels.
    """

    def __init__(self, flat: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flat = flat
        self._zoom = 1.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Qt's own way to be as wide as the contents builds the list that opens, which mostly nobody opens.
        model = self.model()
        for changed in (self.currentIndexChanged, model.rowsInserted, model.rowsRemoved, model.dataChanged):
            changed.connect(self.updateGeometry)

    def _describe(self) -> None:
        """What is chosen here; on Linux Qt gives what is chosen for a name, and the name nowhere."""
        self.setAccessibleDescription(". ".join(filter(None, (self.accessibleName(), self.toolTip()))))

    def set_zoom(self, zoom: float) -> None:
        """Draw at another size."""
        zoom = text_zoom(zoom)
        if zoom != self._zoom:
            self._zoom = zoom
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        said = self.currentText() or self.placeholderText()
        shown = [said] if self._flat else [self.itemText(i) for i in range(self.count())]
        widest = max((self.fontMetrics().horizontalAdvance(text) for text in shown), default=0)
        left = 6 if self._flat else 10
        return QSize(round(widest + (left + _CARET) * self._zoom), round((24 if self._flat else 28) * self._zoom))

    def minimumSizeHint(self) -> QSize:
        whole = self.sizeHint()
        if whole.width() <= _SHORT * self._zoom:
            return whole  # a short word is never cut short
        brief = self.fontMetrics().horizontalAdvance(self.currentData(BRIEF) or "") + (6 + _CARET) * self._zoom
        return QSize(round(max(48 * self._zoom, brief)), whole.height())

    def setAccessibleName(self, name: str) -> None:  # Qt's name; where Qt calls it by what is chosen, this stays
        super().setAccessibleName(name)
        self._describe()

    def setToolTip(self, tip: str) -> None:
        super().setToolTip(tip)
        self._describe()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling a page must not change what is under the pointer

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            area, zoom, colours = QRectF(self.rect()), self._zoom, self.palette()
            if not self._flat:
                paint_field(painter, self, area, zoom, QPalette.ColorRole.Mid)
            elif self.hasFocus():
                paint_focus(painter, area, colours.color(QPalette.ColorRole.Accent), zoom)
            elif self.underMouse():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours.color(QPalette.ColorRole.Midlight))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.drawRoundedRect(area, 4 * zoom, 4 * zoom)
            ink = colours.color(QPalette.ColorRole.Text)
            painter.setPen(ink)
            left = (6 if self._flat else 10) * zoom
            room = area.adjusted(left, 0, -_CARET * zoom + 2, 0)
            said = self.currentText() or self.placeholderText()
            metrics = self.fontMetrics()
            if metrics.horizontalAdvance(said) > room.width():
                said = self.currentData(BRIEF) or said
            words = metrics.elidedText(said, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
            middle = 10 if self._flat else 14
            caret = QRectF(area.right() - (middle + 6) * zoom, 0, 12 * zoom, area.height())
            paint_chevron(painter, caret, ink, zoom=zoom)
