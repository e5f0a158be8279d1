"""Lines of text with their numbers at the left and a word of their own at the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from tutor.figures.palette import Theme
from tutor.ui.theme import CAPTION, TEXT, interface_font, mono_font
from tutor.ui.widgets.frames import paint_focus

LINE: Final = 20
LINE_TIGHT: Final = 18
"""The pitch of lines, and the one for small windows."""
_GUTTER, _PADDING, _GAP = 28, 16, 8
_FURTHER = 4
"""How many signs further in the rest of a long line begins."""
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_KEEP = QTextCursor.MoveMode.KeepAnchor
_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Place(NamedTuple):
    """Some signs of a line; line and column count from 0."""

    line: int
    column: int
    length: int = 1


class Fault(NamedTuple):
    """What is wrong at a place, as a sentence."""

    place: Place
    sentence: str


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
        before = (self.toPlainText(), self._theme, self._zoom, self._fault)
        words_before = self._words
        self._words, self._theme, self._zoom, self._fault = dict(words), theme, zoom, fault
        if (text, theme, zoom, fault) != before or self._words != words_before:
            self._set(text, theme)
            self._gutter.update()
            self.viewport().update()

    def fit(self, height: int) -> None:
        """Take the tight pitch where the lines would not fit a height otherwise."""
        pitch = LINE if self._count() * self._px(LINE) <= height else LINE_TIGHT
        if pitch != self._pitch:
            self._pitch = pitch
            if self._theme is not None:
                self._set(self.toPlainText(), self._theme)

    def mark(self, marked: Iterable[Place]) -> None:
        """Tint places of the text."""
        if self._theme is None:
            return
        found = tuple(marked)
        if found == self._marked:
            return
        self._marked = found
        selections = []
        for place in found:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = self._span(place.line, place.column, place.column + place.length)
            selection.format.setBackground(QColor(self._theme.tint))
            selection.format.setForeground(QColor(self._theme.accent))
            selections.append(selection)
        self.setExtraSelections(selections)

    def _set(self, text: str, theme: Theme) -> None:
        self._marked = ()
        self.setExtraSelections([])  # their places and colours were those of the text before
        font = mono_font(TEXT, self._zoom)
        self.setFont(font)
        self.document().setDefaultFont(font)
        if self.toPlainText() != text:
            self.setPlainText(text)
        comment, code = QTextCharFormat(), QTextCharFormat()
        comment.setForeground(QColor(theme.ink3))
        code.setForeground(QColor(theme.ink))
        captions = QFontMetricsF(mono_font(CAPTION, self._zoom))
        further = _FURTHER * QFontMetricsF(font).horizontalAdvance("0")
        for number, line in enumerate(text.split("\n")):
            spacing = QTextBlockFormat()
            spacing.setLineHeight(self._px(self._pitch), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
            faulty = self._fault is not None and self._fault.place.line == number
            spacing.setBottomMargin(self._px(self._pitch) if faulty else 0)
            spacing.setLeftMargin(further)
            spacing.setTextIndent(-further)
            word = self._words.get(number, "")
            spacing.setRightMargin(captions.horizontalAdvance(word) + self._px(_GAP) if word else 0)
            end = len(line.partition("#")[0])
            self._span(number, 0, end).setBlockFormat(spacing)
            self._span(number, 0, end).setCharFormat(code)
            self._span(number, end, len(line)).setCharFormat(comment)
        self.setViewportMargins(self._px(_GUTTER), 0, self._px(_PADDING), 0)
        self._place_gutter()
        self.updateGeometry()

    def _span(self, line: int, start: int, end: int) -> QTextCursor:
        block = self.document().findBlockByNumber(line)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + start)
        cursor.setPosition(block.position() + min(end, len(block.text())), _KEEP)
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
            for block, top in self._lines():
                area = QRectF(0, top, width - self._px(8), self._px(self._pitch))
                painter.drawText(area, _AT_RIGHT, str(block.blockNumber() + 1))

    def _count(self) -> int:
        """How many lines are seen, with the rests of long ones and the sentence on what is wrong."""
        blocks = (block for block, _ in self._lines())
        return sum(max(1, block.layout().lineCount()) for block in blocks) + (1 if self._fault is not None else 0)

    def _paint_words(self, painter: QPainter, theme: Theme) -> None:
        """Each line's own word, at the right; the text keeps clear of it."""
        painter.setFont(mono_font(CAPTION, self._zoom))
        painter.setPen(QColor(theme.ink2))
        for block, top in self._lines():
            word = self._words.get(block.blockNumber())
            if word:
                area = QRectF(0, top, self.viewport().width(), self._px(self._pitch))
                painter.drawText(area, _AT_RIGHT, word)

    def _lines(self) -> Iterator[tuple[QTextBlock, float]]:
        """Every line and where it begins, seen from the viewport."""
        block = self.document().begin()
        while block.isValid():
            yield block, self._top(block)
            block = block.next()

    def _paint_fault(self, painter: QPainter, fault: Fault, theme: Theme) -> None:
        """A wave under the place, the sentence under the line."""
        block = self.document().findBlockByNumber(fault.place.line)
        metrics, step = self.fontMetrics(), 2.0 * self._zoom
        line = block.layout().lineForTextPosition(min(fault.place.column, len(block.text())))
        found = line.cursorToX(fault.place.column) if line.isValid() else 0.0
        # PySide gives the place of the cursor and the sign it is at; the place is that in the block.
        start = float(found[0] if isinstance(found, tuple) else 0.0)
        end = start + max(1, fault.place.length) * metrics.horizontalAdvance("0")
        number = max(0, line.lineNumber()) if line.isValid() else 0
        base = self._top(block) + number * self._px(self._pitch) + self._px(self._pitch - 2)
        foot = self._top(block) + max(1, block.layout().lineCount()) * self._px(self._pitch)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.wrong), 1.4 * self._zoom))
        count = int((end - start) / step) + 1
        painter.drawPolyline([QPointF(start + i * step, base + (step if i % 2 else -step) / 2) for i in range(count)])
        painter.setFont(interface_font(CAPTION, self._zoom))
        area = QRectF(0, foot, self.viewport().width(), self._px(self._pitch))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, fault.sentence)

    def sizeHint(self) -> QSize:
        return QSize(self._px(300), self._count() * self._px(LINE) + self._px(8))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px(200), self._px(3 * LINE_TIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()
        self._ring.setGeometry(self.rect())
        self._ring.raise_()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # For who comes by key: who clicks into a text that is only read sees where that was.
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
