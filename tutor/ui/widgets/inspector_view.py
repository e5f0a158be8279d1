"""One cell explained: its slope in letters and numbers, why, and what it carries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import Protocol

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
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
_BESIDE = 12.0
_FOOT = 4.0

RELEASE = "Esc releases"
_PIN, _PIN_TOP = 12.0, 5.0

LEAST_HEIGHT = 56.0
"""The height at which a hint of two lines has room."""


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

    @property
    def measured(self) -> str:
        """The same entry as a finite difference; plain text, may be empty."""


class InspectorView(QWidget):
    """Always as high, so that nothing moves when the pointer does.

    Where room is short the slope is set on a line, and what a cell carries is left to where there is more; why it is
    what it is always stands there whole, and if it should need more room than was expected, it takes it.
    """

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._words: Explained | None = None
        self._hint = ""
        self._pinned = False
        self._theme = LIGHT
        self._zoom = 1.0
        self._height = self._most = _HEIGHT
        self._gaps = _TOP, _GAP
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

    def set_room(self, height: float, most: float = _HEIGHT) -> None:
        """Takes a height, in px at 100 % zoom.

        Args:
            height: What it is to have.
            most: What it may take where a reason needs more.
        """
        wanted = max(LEAST_HEIGHT, height)
        if (wanted, most) != (self._height, self._most):
            self._height, self._most = wanted, max(wanted, most)
            self._set()
            self.updateGeometry()
            self.update()

    def needs(self, said: Sequence[Explained], width: float) -> tuple[float, float, float]:
        """How high it has to be in a width for the tallest of several words, in px at 100 % zoom.

        Returns:
            Without what they carry; with all of it; and with all of it and the slope as a fraction.
        """
        reasons, carried = (self._heights(texts, width) for texts in ([words.because for words in said],
                                                                      [words.carries for words in said]))
        lines = self._formulas([words.line for words in said], False)
        slopes = self._formulas([words.formula for words in said], True)
        least = [_total(blocks, _TIGHT, _TIGHT) for blocks in zip(lines, reasons, strict=True)]
        whole = [_total(blocks, _TIGHT, _TIGHT) for blocks in zip(lines, reasons, carried, strict=True)]
        roomy = [_total(blocks, _TOP, _GAP) for blocks in zip(slopes, reasons, carried, strict=True)]
        # Whole steps: from cell to cell a line is higher or lower by a part of a px.
        first, second, third = (2.0 * ceil(max([LEAST_HEIGHT, *heights]) / 2) for heights in (least, whole, roomy))
        return first, second, third

    def _formulas(self, sources: Sequence[str], display: bool) -> list[float]:
        made = self._typesetter.formulas(sources, _FORMULA_PX, display)
        return [formula.height if isinstance(formula, Formula) else 0.0 for formula in made]

    def _heights(self, texts: Sequence[str], width: float) -> list[float]:
        wanted = list(dict.fromkeys(text for text in texts if text))
        made = self._typesetter.paragraphs(wanted, self._words_in(width), _TEXT_PX)
        known = {text: block.height for text, block in zip(wanted, made, strict=True) if isinstance(block, Formula)}
        return [known.get(text, 0.0) for text in texts]

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
            self._gaps = (_TOP, _GAP) if _fits(self._blocks, (_TOP, _GAP), self._height) else (_TIGHT, _TIGHT)
            self.setAccessibleDescription(self._hint)
            return
        for blocks, gaps in self._ways(self._words, width):
            self._blocks, self._gaps = blocks, gaps
            if _fits(blocks, gaps, self._height):
                break
        needed = min(_total([block.height for block in self._blocks], *self._gaps), self._most)
        if needed > self._height:
            self._height = needed
            self.updateGeometry()
        self.setAccessibleDescription(self._words.words)

    def _ways(self, words: Explained, width: float) -> Iterator[tuple[list[Formula], tuple[float, float]]]:
        """The blocks with their gaps, from what is wanted to what takes the least room."""
        slope = _set_only(self._typesetter.formulas([words.formula], _FORMULA_PX))
        texts = [text for text in (words.because, words.carries) if text]
        paragraphs = _set_only(self._typesetter.paragraphs(texts, width, _TEXT_PX))
        yield [*slope, *paragraphs], (_TOP, _GAP)
        line = _set_only(self._typesetter.formulas([words.line], _FORMULA_PX, False))
        yield [*line, *paragraphs], (_TIGHT, _TIGHT)
        yield [*line, *paragraphs[:1]], (_TIGHT, _TIGHT)

    def _room(self) -> float:
        """The width for words."""
        return self._words_in(self.width() / self._zoom)

    @staticmethod
    def _words_in(width: float) -> float:
        """The width for words in a width, in steps: dragging an edge must not typeset for every pixel."""
        return max(80.0, (width - 2 * _MARGIN) // _STEP * _STEP)

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
            top, gap = self._gaps
            for place, block in enumerate(self._blocks):
                quiet = self._words is None or place == 2
                ink = QColor(theme.ink3 if self._words is None else theme.ink2) if quiet else None
                paint_formula(painter, block, QPointF(_MARGIN * zoom, top * zoom), colours, zoom=zoom, ink=ink)
                top += block.height + gap
            if self._words is not None and self._words.measured and self._blocks:
                self._paint_measured(painter, self._words.measured)
            if self.is_pinned:
                self._paint_pin(painter)

    @property
    def measured_place(self) -> QRect | None:
        """Where the difference stands: beside the slope; None where there is none or no room."""
        if self._words is None or not self._words.measured or not self._blocks:
            return None
        metrics, slope, zoom = QFontMetrics(interface_font(CAPTION, self._zoom)), self._blocks[0], self._zoom
        left = round((_MARGIN + slope.width + _BESIDE) * zoom)
        top = round((self._gaps[0] + slope.baseline) * zoom) - metrics.ascent()
        place = QRect(left, top, metrics.horizontalAdvance(self._words.measured) + 1, metrics.height())
        beside_pin = self.is_pinned and place.top() < self._pin_place("").bottom()
        end = self._pin_place("").left() if beside_pin else self.width() - round(_MARGIN * zoom)
        return place if place.right() < end else None

    def _paint_measured(self, painter: QPainter, words: str) -> None:
        place = self.measured_place
        if place is not None:
            painter.setFont(interface_font(CAPTION, self._zoom))
            painter.setPen(QColor(self._theme.ink3))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)

    def _pin_place(self, words: str) -> QRect:
        """Where the pin stands, with what is said beside it."""
        zoom, metrics = self._zoom, QFontMetrics(interface_font(CAPTION, self._zoom))
        right = self.width() - round(_MARGIN * zoom)
        width = round(_PIN * zoom) + (metrics.horizontalAdvance(words) + round(5 * zoom) if words else 0)
        return QRect(right - width, round(_PIN_TOP * zoom), width + 1, metrics.height())

    def _paint_pin(self, painter: QPainter) -> None:
        """A pin in the corner, and how to let go, if that covers nothing."""
        theme, zoom = self._theme, self._zoom
        place, measured = self._pin_place(RELEASE), self.measured_place
        slope = QRect(0, round(self._gaps[0] * zoom), round((_MARGIN + self._blocks[0].width) * zoom),
                      round(self._blocks[0].height * zoom)) if self._blocks else QRect()
        covers = place.adjusted(-4, 0, 0, 0).intersects(slope) or (measured is not None and place.intersects(measured))
        words = "" if covers else RELEASE
        place = self._pin_place(words)
        sign = pixmap("pin", theme.accent, zoom, self.devicePixelRatioF(), size=_PIN)
        painter.fillRect(place.adjusted(-4, 0, 0, 0), QColor(theme.sheet))
        painter.drawPixmap(place.left(), place.top() + round((place.height() - _PIN * zoom) / 2), sign)
        painter.setFont(interface_font(CAPTION, zoom))
        painter.setPen(QColor(theme.ink3))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)


def _total(heights: Iterable[float], top: float, gap: float) -> float:
    """How high blocks under each other are."""
    tall = [height for height in heights if height]
    return top + sum(tall) + gap * (len(tall) - 1) + _FOOT


def _fits(blocks: Sequence[Formula], gaps: tuple[float, float], height: float) -> bool:
    return _total([block.height for block in blocks], *gaps) <= height


def _set_only(found: Sequence[Formula | TypesetError]) -> list[Formula]:
    """What could be typeset; what could not is a fault of ours that must not take the rest with it."""
    return [formula for formula in found if isinstance(formula, Formula)]
