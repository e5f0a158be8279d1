"""A short list beside the caret: how a word may go on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tutor.figures.palette import LIGHT, Theme
from tutor.ui.theme import CAPTION, TEXT, interface_font, mono_font

_ROW, _PADDING, _GAP = 22, 8, 20
_SEEN = 7
"""Rows that are seen at once."""
_ABOUT = Qt.ItemDataRole.UserRole


class Suggestions(QListWidget):
    """Lies over the window and never has the keyboard: who types goes on typing.

    Signals:
        chosen (int): A row was clicked.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._zoom = 1.0
        self.setAccessibleName("Completions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Rows(self))
        self.setUniformItemSizes(True)
        self.itemClicked.connect(lambda item: self.chosen.emit(self.row(item)))
        self.hide()

    def offer(
        self, suggestions: Sequence[tuple[str, str]], word: QRect, theme: Theme, zoom: float, selected: bool
    ) -> None:
        """Show suggestions under a word, or over it where there is more room.

        Args:
            suggestions: What there is to choose from, at least one: a way to go on, and what it is.
            word: Where the word stands, seen from the parent.
            theme: The colours.
            zoom: The size.
            selected: Whether the first one is chosen already.
        """
        self._zoom = zoom
        if theme is not self._theme or not self.styleSheet():
            self._theme = theme
            self.setStyleSheet(f"QListWidget {{ background: {theme.sheet}; border: 1px solid {theme.edge2}; }}")
        self.clear()
        for text, about in suggestions:
            item = QListWidgetItem(text, self)
            item.setData(_ABOUT, about)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{text} {about}".strip())
        self.setCurrentRow(0 if selected else -1)
        mono, words = (QFontMetrics(font) for font in (mono_font(TEXT, zoom), interface_font(CAPTION, zoom)))
        width = max(mono.horizontalAdvance(text) + words.horizontalAdvance(about) for text, about in suggestions)
        bar = 10 if len(suggestions) > _SEEN else 0
        size = QSize(width + self._px(2 * _PADDING + _GAP + bar) + 2,
                     min(len(suggestions), _SEEN) * self._px(_ROW) + 2)
        room = self.window().rect()
        place = QPoint(min(word.left(), max(0, room.right() - size.width())), word.bottom() + self._px(2))
        if place.y() + size.height() > room.bottom() and word.top() > size.height():
            place.setY(word.top() - size.height() - self._px(2))
        self.setGeometry(QRect(place, size))
        self.show()
        self.raise_()
        self.scrollToTop()

    def step(self, step: int) -> None:
        """Choose the next row or the one before; behind the last comes the first."""
        row = self.currentRow()
        self.setCurrentRow((row + step) % self.count() if row >= 0 else (0 if step > 0 else self.count() - 1))

    def row_size(self) -> QSize:
        """How large a row is."""
        return QSize(0, self._px(_ROW))

    def paint_row(self, painter: QPainter, area: QRect, index: QModelIndex | QPersistentModelIndex, on: bool) -> None:
        """Paint a row: the word, and what it is at the right."""
        theme, inner = self._theme, QRectF(area).adjusted(self._px(_PADDING), 0, -self._px(_PADDING), 0)
        if on:
            painter.fillRect(area, QColor(theme.tint))
        painter.setPen(QColor(theme.ink))
        painter.setFont(mono_font(TEXT, self._zoom))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, str(index.data(Qt.ItemDataRole.DisplayRole)))
        painter.setPen(QColor(theme.ink2))
        painter.setFont(interface_font(CAPTION, self._zoom))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(index.data(_ABOUT)))

    def _px(self, size: float) -> int:
        return round(size * self._zoom)


class _Rows(QStyledItemDelegate):
    """Paints the rows of the list, which it belongs to."""

    def __init__(self, listed: Suggestions) -> None:
        super().__init__(listed)
        self._list = listed

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self._list.row_size()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        on = bool(option.state & QStyle.StateFlag.State_Selected)
        self._list.paint_row(painter, option.rect, index, on)
