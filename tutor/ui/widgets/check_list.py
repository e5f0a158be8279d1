"""A list of names with a count, an error and a tick or a cross: one line of a gradient check each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.figures.inter import text_width
from tutor.figures.palette import LIGHT, Theme
from tutor.typeset import Formula
from tutor.ui.icons import pixmap
from tutor.ui.theme import CAPTION, interface_font, text_zoom
from tutor.ui.widgets.announcing import describe
from tutor.ui.widgets.formula_paint import FormulaColours, paint_formula
from tutor.ui.widgets.frames import paint_focus
from tutor.ui.widgets.inks import inks

_PITCH, _LEAST_PITCH = 19.0, 15.0
_NAME, _SIGN_GAP, _SIGN = 8.0, 7.0, 12.0
_FROM_EDGE = 5.0
_APART = 8.0
_TEXT = 13


@dataclass(frozen=True)
class CheckRow:
    """One line.

    Attributes:
        name: What it is called; signals carry it.
        formula: The name as mathematics.
        count: How many entries.
        error: The largest relative error, in words.
        right: Tick, cross, or a dash where some entries cannot be told.
    """

    name: str
    formula: Formula
    count: str
    error: str
    right: bool | None


class _Stops(NamedTuple):
    """Where the words of a line end, in a column of lines; what is said above them.

    Attributes:
        counts: Right edge of the counts; 0 where it is left out.
        error: Right edge of the errors.
        gap: Between two columns.
        head: The height of what is said above them; without it nothing is.
    """

    counts: float
    error: float
    gap: float
    head: float

    @property
    def width(self) -> float:
        """Of a column."""
        return self.error + _SIGN_GAP + _SIGN + _FROM_EDGE

    def beside(self, rows: Sequence[CheckRow]) -> _Stops:
        """The same with room for the names before the counts."""
        counted = ((row.formula.width, text_width(row.count, _TEXT)) for row in rows)
        needed = max((_NAME + name + _APART + count for name, count in counted), default=0.0)
        more = max(0.0, ceil(needed) - self.counts) if self.counts else 0.0
        return self._replace(counts=self.counts + more, error=self.error + more)


_WHOLE = _Stops(72.0, 150.0, 20.0, 18.0)
_BRIEF = _Stops(0.0, 86.0, 6.0, 0.0)
_BRIEF_NAME = 24.0
"""The widest name before an error in a brief line."""


class CheckList(QWidget):
    """Lines in one or two columns; one of them is chosen, by click or by arrow keys.

    Signals:
        chosen (str): The name of the line that was chosen.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[tuple[CheckRow, ...], ...] = ()
        self._current = ""
        self._theme = LIGHT
        self._zoom = 1.0
        self._letters = 1.0
        self._pitch = _PITCH
        self._stops = _WHOLE
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Variables of the gradient check")

    @property
    def rows(self) -> tuple[CheckRow, ...]:
        """Every line, column by column."""
        return tuple(row for column in self._columns for row in column)

    @property
    def current(self) -> str:
        """The name of the chosen line."""
        return self._current

    @staticmethod
    def can_be_brief(rows: Sequence[CheckRow]) -> bool:
        """Whether the names leave room for the errors where lines are brief."""
        return all(row.formula.width <= _BRIEF_NAME for row in rows)

    def show_rows(self, columns: Sequence[Sequence[CheckRow]], current: str, theme: Theme, zoom: float,
                  brief: bool = False) -> None:
        """Show lines, one of them chosen; brief ones are without the count, and nothing is said above them."""
        shown = tuple(tuple(column) for column in columns if column)
        zoom, self._letters = text_zoom(zoom, CAPTION), text_zoom(zoom)
        stops = _BRIEF if brief else _WHOLE.beside([row for column in shown for row in column])
        before = self._columns, self._current, self._theme, self._zoom, self._stops
        if (shown, current, theme, zoom, stops) == before:
            return
        resized = (zoom, stops) != (self._zoom, self._stops) or [len(c) for c in shown] != [len(c) for c in before[0]]
        self._columns, self._current, self._theme, self._zoom, self._stops = shown, current, theme, zoom, stops
        if resized:
            self.updateGeometry()
        self._describe()
        self.update()

    @property
    def least_height(self) -> int:
        """How low it can be, its lines close together."""
        return ceil((self._stops.head + self._lines * _LEAST_PITCH) * self._zoom)

    def fit(self, height: int) -> None:
        """Take the pitch of lines that a height has room for."""
        room = (height / self._zoom - self._stops.head) / max(1, self._lines)
        pitch = min(_PITCH, max(_LEAST_PITCH, floor(2 * room) / 2))
        if pitch != self._pitch:
            self._pitch = pitch
            self.updateGeometry()
            self.update()

    @property
    def _lines(self) -> int:
        return max((len(column) for column in self._columns), default=0)

    def row_area(self, name: str) -> QRectF:
        """Where a line is seen in the widget."""
        for place, column in enumerate(self._columns):
            for line, row in enumerate(column):
                if row.name == name:
                    left = place * (self._stops.width + self._stops.gap)
                    return QRectF(left * self._zoom, (self._stops.head + line * self._pitch) * self._zoom,
                                  self._stops.width * self._zoom, self._pitch * self._zoom)
        return QRectF()

    def _choose(self, name: str) -> None:
        if name and name != self._current:
            self._current = name
            self._describe()
            self.update()
            self.chosen.emit(name)

    def _describe(self) -> None:
        row = next((r for r in self.rows if r.name == self._current), None)
        if row is not None:
            verdict = {True: "agrees", False: "differs", None: "cannot tell"}[row.right]
            words = f"{row.name}, {row.count} entries, worst relative error {row.error}, {verdict}"
            describe(self, words)

    def sizeHint(self) -> QSize:
        columns = max(1, len(self._columns))
        width = columns * self._stops.width + (columns - 1) * self._stops.gap
        return QSize(ceil(width * self._zoom), ceil((self._stops.head + self._lines * self._pitch) * self._zoom))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width(), 0)  # where it does not fit it is hidden; it must not hold the window open

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for row in self.rows:
            if self.row_area(row.name).contains(event.position()):
                self._choose(row.name)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        names = [row.name for row in self.rows]
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step and names and not event.modifiers():
            here = names.index(self._current) if self._current in names else 0
            self._choose(names[min(max(here + step, 0), len(names) - 1)])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, zoom, stops = self._theme, self._zoom, self._stops
        with QPainter(self) as painter:
            caption = interface_font(11, zoom)
            painter.setFont(caption)
            painter.setPen(QColor(theme.ink3))
            for place in range(len(self._columns) if stops.head else 0):
                left = place * (stops.width + stops.gap)
                for right, words in ((stops.counts, "entries"), (stops.error, "worst relative")):
                    area = QRectF(0, 0, (left + right) * zoom, (stops.head - 3) * zoom)
                    painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
            painter.setFont(interface_font(_TEXT, self._letters, tabular=True))
            voices = inks(theme)
            for row in self.rows:
                chosen = row.name == self._current
                self._paint_row(painter, row, voices.lit if chosen else voices.first)

    def _paint_row(self, painter: QPainter, row: CheckRow, colours: FormulaColours) -> None:
        theme, zoom, area = self._theme, self._zoom, self.row_area(row.name)
        chosen = row.name == self._current
        if chosen:
            painter.fillRect(area, QColor(theme.tint))
            if self.hasFocus():
                paint_focus(painter, area, QColor(theme.accent), zoom)
        metrics = QFontMetricsF(painter.font())
        baseline = area.center().y() + metrics.capHeight() / 2
        top = baseline - row.formula.baseline * self._letters
        paint_formula(painter, row.formula, QPointF(area.left() + _NAME * zoom, top), colours, zoom=self._letters)
        painter.setPen(QColor(theme.accent if chosen else theme.ink2))
        for right, words in ((self._stops.counts, row.count), (self._stops.error, row.error)):
            if not right:
                continue
            x = area.left() + right * zoom - metrics.horizontalAdvance(words)
            painter.drawText(QPointF(x, baseline), words)
        signs = {True: ("tick", theme.ok), False: ("cross", theme.wrong), None: ("unsure", theme.ink3)}
        name, colour = signs[row.right]
        sign = pixmap(name, colour, zoom, self.devicePixelRatioF(), size=round(_SIGN))
        side = _SIGN * zoom
        left = area.left() + (self._stops.error + _SIGN_GAP) * zoom
        painter.drawPixmap(QPointF(left, area.center().y() - side / 2), sign)
