"""Lines of text with their numbers at the left and a word of their own at the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from tutor.figures.palette import Theme
from tutor.ui.theme import CAPTION, TEXT, interface_font, mono_font
from tutor.ui.widgets.fault import Fault, Place
from tutor.ui.widgets.frames import paint_focus
from tutor.ui.widgets.line_colours import LineColours, Pieces, units

LINE: Final = 20
LINE_TIGHT: Final = 18
"""The pitch of lines, and the one for small windows."""
_GUTTER, _PADDING, _GAP = 28, 16, 8
_FURTHER = 4
"""How many signs further in the rest of a long line begins."""
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_KEEP = QTextCursor.MoveMode.KeepAnchor
_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Listing(QTextEdit):
    """Mono text, one statement a line; it is read, selected and copied.

    What is longer than the panel goes on under its line, a little further in.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.setUndoRedoEnabled(False)  # the window's undo is the only one
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCursorWidth(0)  # a caret would promise that one can write
        self.setProperty("ground", "sheet")
        self.document().setDocumentMargin(0)
        self._words: dict[int, str] = {}
        self._fault: Fault | None = None
        self._marked: tuple[Place, ...] = ()
        self._theme: Theme | None = None
        self._zoom = 1.0
        self._pitch = LINE
        self._colours = LineColours(self.document())
        self._gutter = _Gutter(self)
        self._ring = _Ring(self)
        self.verticalScrollBar().valueChanged.connect(self._gutter.update)

    @property
    def words(self) -> Mapping[int, str]:
        """What stands at the right of each line."""
        return dict(self._words)

    @property
    def fault(self) -> Fault | None:
        """What is shown to be wrong."""
        return self._fault

    @property
    def marked(self) -> tuple[Place, ...]:
        """The places that are tinted."""
        return self._marked

    def colour(self, pieces: Pieces) -> None:
        """Colour the pieces of every line from here on."""
        self._colours.take(pieces)

    def show_text(
        self, text: str, words: Mapping[int, str], theme: Theme, zoom: float, fault: Fault | None = None
    ) -> None:
        """Show a text.

        Args:
            text: The lines.
            words: What stands at the right of a line, counted from 0.
            theme: The colours.
            zoom: The size.
            fault: What is wrong with a place of the text; its sentence stands under the line.
        """
        look_stays = (theme, zoom) == (self._theme, self._zoom)
        if look_stays and self.toPlainText() == text and self._words == words and self._fault == fault:
            return
        self._words, self._theme, self._zoom, self._fault = dict(words), theme, zoom, fault
        self.mark(())  # its places and colours were those of the text before
        if not look_stays:
            self._take_font()
            self.setViewportMargins(self._px(_GUTTER), 0, self._px(_PADDING), 0)
            self._colours.dress(theme)
        self.replace(text)
        self._lay_out()

    def _take_font(self) -> None:
        font = mono_font(TEXT, self._zoom)
        self.setFont(font)
        self.document().setDefaultFont(font)

    def replace(self, text: str) -> int:
        """Put another text in the place of this one; what is equal at both ends is not touched, nor the caret there.

        Returns:
            How many signs stand before the end of what is different; -1 where nothing is.
        """
        before = self.toPlainText()
        if before == text:
            return -1
        least = min(len(before), len(text))
        start = next((i for i in range(least) if before[i] != text[i]), least)
        alike = next((i for i in range(least - start) if before[-1 - i] != text[-1 - i]), least - start)
        cursor = QTextCursor(self.document())
        cursor.setPosition(units(before[:start]))
        cursor.setPosition(units(before[: len(before) - alike]), _KEEP)
        cursor.insertText(text[start : len(text) - alike])
        return len(text) - alike

    def fit(self, height: int) -> None:
        """Take the tight pitch where the lines would not fit a height otherwise."""
        pitch = LINE if self._tall(LINE) <= height else LINE_TIGHT
        if pitch != self._pitch:
            self._pitch = pitch
            self._lay_out()

    def mark(self, marked: Iterable[Place]) -> None:
        """Tint places of the text."""
        found = tuple(marked)
        if self._theme is None or found == self._marked:
            return
        self._marked = found
        selections = []
        for place in found:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = self._span(place)
            selection.format.setBackground(QColor(self._theme.tint))
            selection.format.setForeground(QColor(self._theme.accent))
            selections.append(selection)
        self.setExtraSelections(selections)

    def _lay_out(self) -> None:
        """Bring every line to its pitch, and keep it clear of its word and of a sentence under it."""
        if self._theme is None:
            return
        blocked = self.blockSignals(True)  # where lines stand is no change of the text
        captions = QFontMetricsF(mono_font(CAPTION, self._zoom))
        further = _FURTHER * QFontMetricsF(self.font()).horizontalAdvance("0")
        for block in self._blocks():
            word = self._words.get(block.blockNumber(), "")
            spacing = QTextBlockFormat()
            spacing.setLineHeight(self._px(self._pitch), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
            spacing.setBottomMargin(self._sentence_height() if self._is_faulty(block) else 0)
            spacing.setLeftMargin(further)
            spacing.setTextIndent(-further)
            spacing.setRightMargin(captions.horizontalAdvance(word) + self._px(_GAP) if word else 0)
            if block.blockFormat() != spacing:
                QTextCursor(block).setBlockFormat(spacing)
        self.blockSignals(blocked)
        self._place_gutter()
        self._gutter.update()
        self.viewport().update()
        self.updateGeometry()

    def _is_faulty(self, block: QTextBlock) -> bool:
        """Whether the sentence on what is wrong stands under a line: its own, or the last if that is gone."""
        if self._fault is None:
            return False
        return block.blockNumber() == min(self._fault.place.line, self.document().blockCount() - 1)

    def _sentence_height(self) -> int:
        """How tall the sentence on what is wrong is; it has as many lines as it takes."""
        if self._fault is None:
            return 0
        room = QRect(0, 0, max(40, self.viewport().width()), 1000)
        metrics = QFontMetrics(interface_font(CAPTION, self._zoom))
        return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self._fault.sentence).height() + self._px(5)

    def _span(self, place: Place) -> QTextCursor:
        block = self.document().findBlockByNumber(place.line)
        cursor = QTextCursor(block)
        text = block.text()
        cursor.setPosition(block.position() + units(text[: place.column]))
        cursor.setPosition(block.position() + units(text[: place.column + place.length]), _KEEP)
        return cursor

    def _px(self, size: float) -> int:
        return round(size * self._zoom)

    def _top(self, block: QTextBlock) -> float:
        """Where a line begins, seen from the viewport."""
        layout = self.document().documentLayout()
        # The text of a line of fixed height stands a little under its middle, and what is beside it likewise.
        return layout.blockBoundingRect(block).y() - self.verticalScrollBar().value() + 1.5 * self._zoom

    def _place_gutter(self) -> None:
        inner = self.viewport().geometry()
        self._gutter.setGeometry(0, inner.y(), inner.x(), inner.height())

    def paint_numbers(self, painter: QPainter, width: int) -> None:
        """Paint the line numbers into the gutter, which calls this."""
        if self._theme is not None:
            painter.setFont(mono_font(CAPTION, self._zoom))
            painter.setPen(QColor(self._theme.ink3))
            for block in self._blocks():
                area = QRectF(0, self._top(block), width - self._px(8), self._px(self._pitch))
                painter.drawText(area, _AT_RIGHT, str(block.blockNumber() + 1))

    def _tall(self, pitch: int) -> int:
        """How tall all lines are, with the rests of long ones and the sentence on what is wrong."""
        lines = sum(max(1, block.layout().lineCount()) for block in self._blocks())
        return lines * self._px(pitch) + self._sentence_height()

    def _paint_words(self, painter: QPainter, theme: Theme) -> None:
        """Each line's own word, at the right; the text keeps clear of it."""
        painter.setFont(mono_font(CAPTION, self._zoom))
        painter.setPen(QColor(theme.ink2))
        for block in self._blocks():
            word = self._words.get(block.blockNumber())
            if word:
                area = QRectF(0, self._top(block), self.viewport().width(), self._px(self._pitch))
                painter.drawText(area, _AT_RIGHT, word)

    def _blocks(self) -> Iterator[QTextBlock]:
        """Every line."""
        block = self.document().begin()
        while block.isValid():
            yield block
            block = block.next()

    def _paint_fault(self, painter: QPainter, fault: Fault, theme: Theme) -> None:
        """A wave under the place, the sentence under the line."""
        block = next(block for block in self._blocks() if self._is_faulty(block))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.wrong), 1.4 * self._zoom))
        if fault.place.length:
            self._paint_wave(painter, block, fault.place)
        foot = self._top(block) + max(1, block.layout().lineCount()) * self._px(self._pitch)
        painter.setFont(interface_font(CAPTION, self._zoom))
        area = QRectF(0, foot, self.viewport().width(), self._sentence_height())
        painter.drawText(area, Qt.TextFlag.TextWordWrap, fault.sentence)

    def _paint_wave(self, painter: QPainter, block: QTextBlock, place: Place) -> None:
        text, step = block.text(), 2.0 * self._zoom
        column = units(text[: place.column])
        line = block.layout().lineForTextPosition(column)
        found = line.cursorToX(column) if line.isValid() else 0.0
        # PySide gives the place of the cursor and the sign it is at; the place is that in the block.
        start = float(found[0] if isinstance(found, tuple) else 0.0)
        advance = self.fontMetrics().horizontalAdvance(text[place.column : place.column + place.length] or "0")
        end = min(start + advance, self.viewport().width())
        number = max(0, line.lineNumber()) if line.isValid() else 0
        base = self._top(block) + number * self._px(self._pitch) + self._px(self._pitch - 2)
        count = int((end - start) / step) + 1
        painter.drawPolyline([QPointF(start + i * step, base + (step if i % 2 else -step) / 2) for i in range(count)])

    def sizeHint(self) -> QSize:
        return QSize(self._px(300), self._tall(LINE) + self._px(8))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px(200), self._px(3 * LINE_TIGHT))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # A style sheet that was set while the listing was hidden takes its font away, when or after it is shown.
        if (event.type() == QEvent.Type.FontChange and self._theme is not None
                and self.font().families() != mono_font(TEXT, self._zoom).families()):
            self._take_font()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()
        self._ring.setGeometry(self.rect())
        self._ring.raise_()
        if self._fault is not None:
            self._lay_out()  # the sentence has other lines

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # For who comes by key: who clicks into a text sees where that was.
        self._ring.setVisible(event.reason() in _BY_KEY)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._theme is not None:
            with QPainter(self.viewport()) as painter:
                self._paint_words(painter, self._theme)
                if self._fault is not None:
                    self._paint_fault(painter, self._fault, self._theme)


class _Ring(QWidget):
    """The mark of the keyboard, over text, numbers and scroll bars."""

    def __init__(self, listing: Listing) -> None:
        super().__init__(listing)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_focus(painter, QRectF(self.rect()), self.palette().color(QPalette.ColorRole.Accent), 1.0)


class _Gutter(QWidget):
    """The column of line numbers, which scrolls with the text."""

    def __init__(self, listing: Listing) -> None:
        super().__init__(listing)
        self._listing = listing
        self.setProperty("ground", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._listing.paint_numbers(painter, self.width())
