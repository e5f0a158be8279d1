"""One cell explained: its slope in letters and numbers, why, and what it carries."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Protocol

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.figures.palette import LIGHT, Theme
from tutor.typeset import Formula, TypesetError, Typesetter
from tutor.typeset.source import escape
from tutor.ui.icons import pixmap
from tutor.ui.theme import CAPTION, interface_font
from tutor.ui.widgets.formula_paint import FormulaColours, paint_formula

_FORMULA_PX, _TEXT_PX = 17.0, 13.0
_MARGIN, _TOP, _GAP, _TIGHT = 16.0, 10.0, 6.0, 4.0
_HEIGHT = 156.0
_STEP = 8.0
_LINE = 20.0

RELEASE = "Esc releases"
_PIN, _PIN_TOP = 12.0, 5.0

LEAST_HEIGHT = 100.0
"""The height at which the slope and three lines of words have room."""

_ROOMY = 150.0
"""The height from which the slope is set as a fraction."""


class Explained(Protocol):
    """What can be explained: Typst mathematics, and two pieces of Typst markup."""

    @property
    def formula(self) -> str:
        """The slope and its number."""

    @property
    def line(self) -> str:
        """The same, no higher than a line of text."""

    @property
    def words(self) -> str:
        """All of it in plain words, for people who do not see it."""

    @property
    def because(self) -> str:
        """Why."""

    @property
    def carries(self) -> str:
        """What it passes on."""


class InspectorView(QWidget):
    """Always as high, so that nothing moves when the pointer does; what does not fit is left out from the end."""

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._words: Explained | None = None
        self._hint = ""
        self._pinned = False
        self._theme = LIGHT
        self._zoom = 1.0
        self._height = _HEIGHT
        self._blocks: list[Formula] = []
        self._set_width = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What the cell says")

    @property
    def words(self) -> Explained | None:
        """What is said of a cell; None while there is only the hint."""
        return self._words

    @property
    def is_pinned(self) -> bool:
        """Whether it shows that what it says stays."""
        return self._pinned and self._words is not None

    def set_look(self, theme: Theme, zoom: float) -> None:
        """Takes colours and size."""
        if (theme, zoom) == (self._theme, self._zoom):
            return
        self._theme = theme
        if zoom != self._zoom:
            self._zoom = zoom
            self.updateGeometry()
            self._set()
        self.update()

    def set_room(self, height: float) -> None:
        """Takes as much of the height there is as it needs, in px at 100 % zoom."""
        wanted = min(_HEIGHT, max(LEAST_HEIGHT, height))
        if wanted != self._height:
            self._height = wanted
            self._set()
            self.updateGeometry()
            self.update()

    def say(self, words: Explained | None, hint: str = "", pinned: bool = False) -> None:
        """Says something of a cell, ``pinned`` if it stays when the pointer goes; or gives a hint."""
        if pinned != self._pinned:
            self._pinned = pinned
            self.update()
        if words == self._words and hint == self._hint:
            return
        self._words, self._hint = words, hint
        self._set()
        self.update()

    def _set(self) -> None:
        """Typeset what is said for the present width."""
        width = self._set_width = self._room()
        if self._words is None:
            self._blocks = _set_only(self._typesetter.paragraphs([escape(self._hint)], width, _TEXT_PX))
            self.setAccessibleDescription(self._hint)
            return
        paragraphs = [text for text in (self._words.because, self._words.carries) if text]
        self._blocks = [
            *_set_only(self._typesetter.formulas([self._words.formula], _FORMULA_PX) if self._height >= _ROOMY else
                       self._typesetter.formulas([self._words.line], _FORMULA_PX, False)),
            *_set_only(self._typesetter.paragraphs(paragraphs, width, _TEXT_PX)),
        ]
        self.setAccessibleDescription(self._words.words)

    def _room(self) -> float:
        """The width for words, in steps: dragging an edge must not typeset for every pixel."""
        return max(80.0, (self.width() / self._zoom - 2 * _MARGIN) // _STEP * _STEP)

    def sizeHint(self) -> QSize:
        return QSize(round(320 * self._zoom), ceil(self._height * self._zoom))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(160 * self._zoom), ceil(self._height * self._zoom))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._room() != self._set_width:
            self._set()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, zoom = self._theme, self._zoom
        colours = FormulaColours(QColor(theme.ink), QColor(theme.accent), QColor(theme.tint), QColor(theme.ink3))
        with QPainter(self) as painter:
            painter.setPen(QPen(QColor(theme.line), 1))
            left, right = round(_MARGIN * zoom), self.width() - round(_MARGIN * zoom)
            painter.drawLine(left, 0, right, 0)
            roomy = self._height >= _ROOMY
            top, gap = (_TOP, _GAP) if roomy else (_TIGHT, _TIGHT)
            for place, block in enumerate(self._blocks):
                room = self._height - top
                if block.height > room:
                    # Whole lines only; the rest is read where there is more room, and is always spoken.
                    painter.setClipRect(0, 0, self.width(), round((top + room // _LINE * _LINE) * zoom))
                quiet = self._words is None or place == 2
                ink = QColor(theme.ink3 if self._words is None else theme.ink2) if quiet else None
                paint_formula(painter, block, QPointF(_MARGIN * zoom, top * zoom), colours, zoom=zoom, ink=ink)
                top += block.height + gap
            painter.setClipping(False)
            if self.is_pinned:
                self._paint_pin(painter, right)

    def _paint_pin(self, painter: QPainter, right: int) -> None:
        """A pin in the corner, and how to let go."""
        theme, zoom = self._theme, self._zoom
        painter.setFont(interface_font(CAPTION, zoom))
        width = painter.fontMetrics().horizontalAdvance(RELEASE)
        height = painter.fontMetrics().height()
        place = QRect(right - width, round(_PIN_TOP * zoom), width + 1, height)
        sign = pixmap("pin", theme.accent, zoom, self.devicePixelRatioF(), size=_PIN)
        left = place.left() - round((_PIN + 5) * zoom)
        # A long formula may reach under it.
        painter.fillRect(QRect(left - 4, place.top(), right - left + 4, height), QColor(theme.sheet))
        painter.drawPixmap(left, place.top() + round((height - _PIN * zoom) / 2), sign)
        painter.setPen(QColor(theme.ink3))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, RELEASE)


def _set_only(found: Sequence[Formula | TypesetError]) -> list[Formula]:
    """What could be typeset; what could not is a fault of ours that must not take the rest with it."""
    return [formula for formula in found if isinstance(formula, Formula)]
