"""One cell explained: its slope in letters and numbers, why, and what it carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.figures.palette import LIGHT, Theme
from tutor.typeset import Formula, TypesetError, Typesetter
from tutor.typeset.source import escape
from tutor.ui.icons import pixmap
from tutor.ui.theme import CAPTION, interface_font
from tutor.ui.widgets.formula_paint import FormulaColours, paint_formula
from tutor.ui.widgets.inspector_blocks import FACTS_BASE, Block, Facts, height_of, stacked

_FORMULA_PX, _TEXT_PX = 17.0, 13.0
_LONG_PX = 14.4
"""The size of text in which mathematics is as large as a formula."""
_MARGIN, _TOP, _GAP, _TIGHT = 16.0, 10.0, 6.0, 3.0
_HEIGHT = 156.0
_STEP = 8.0
_BESIDE = 12.0

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
    def facts(self) -> tuple[str, str]:
        """What is known of it besides, on one line: words, and Typst mathematics behind them; both may be empty."""


class InspectorView(QWidget):
    """Always as high, so that nothing moves when the pointer does.

    Where room is short the slope is set on a line, and the reason, which the derivation gives too, is left to where
    there is more. What is said stands there whole: it takes more room than was expected if it has to and there is
    some, and gives it back. What is known besides stands beside the slope, or under it where that is long.
    """

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typesetter = typesetter
        self._words: Explained | None = None
        self._hint = ""
        self._pinned = False
        self._theme = LIGHT
        self._zoom = 1.0
        self._height = self._wanted = self._most = _HEIGHT
        self._blocks: list[Block | Facts] = []
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
            most: What it may take where what is said needs more.
        """
        wanted = max(LEAST_HEIGHT, height)
        if (wanted, most) != (self._wanted, self._most):
            self._wanted, self._most = wanted, max(wanted, most)
            self._set()
            self.update()

    def needs(self, said: Sequence[Explained], width: float) -> tuple[float, ...]:
        """How high it has to be in a width for the tallest of several words, in px at 100 % zoom.

        Returns:
            With the slope alone; with the reason or what they carry; with both; and with the slope as a fraction.
        """
        room = self._words_in(width)
        # All at once; each is then found typeset.
        self._texts([text for words in said for text in (words.because, words.carries)], room)
        self._typesetter.formulas([words.facts[1] for words in said if words.facts[1]], _TEXT_PX, False)
        for sources, display in (([words.line for words in said], False), ([words.formula for words in said], True)):
            self._typesetter.formulas(sources, _FORMULA_PX, display)
        ways = [[height_of(blocks) for blocks in self._ways(words, room)] for words in said]
        # Whole steps: from cell to cell a line is higher or lower by a part of a px.
        return tuple(2.0 * ceil(max([LEAST_HEIGHT, *(heights[way] for heights in ways)]) / 2) for way in (3, 2, 1, 0))

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
            hint = self._texts([escape(self._hint)], width)
            for top in (_TOP, _TIGHT):
                self._blocks = stacked([], hint, top, _GAP, "hint")
                if height_of(self._blocks) <= self._wanted:
                    break
            self._take_height(self._wanted)
            self.setAccessibleDescription(self._hint)
            return
        *ways, slope = self._ways(self._words, width)
        found = next((blocks for blocks in ways if height_of(blocks) <= self._wanted), ways[-1])
        self._blocks = found if height_of(found) <= self._most else slope
        self._take_height(min(max(height_of(self._blocks), self._wanted), self._most))
        self.setAccessibleDescription(self._words.words)

    def _take_height(self, height: float) -> None:
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def _ways(self, words: Explained, width: float) -> Iterator[list[Block | Facts]]:
        """The blocks, from what is wanted to what takes the least room."""
        reason, carried = self._texts([words.because], width), self._texts([words.carries], width)
        for display, top, gap in ((True, _TOP, _GAP), (False, _TIGHT, _TIGHT)):
            head = self._head(words, width, display, top)
            yield stacked(stacked(head, reason, top, gap), carried, top, gap, "second")
        yield stacked(head, carried, top, gap, "second") if carried else stacked(head, reason, top, gap)
        yield head
        yield head[:1]

    def _head(self, words: Explained, width: float, display: bool, top: float) -> list[Block | Facts]:
        """The slope, and what is known besides: beside it, or under it. A slope too long for a line is broken."""
        free = width - _PIN - _TIGHT
        source = words.formula if display else words.line
        slope = _set_only(self._typesetter.formulas([source], _FORMULA_PX, display))
        if not slope or slope[0].width > free:
            slope = self._texts([f"${words.line}$"], free, _LONG_PX) or slope
        head = stacked([], slope, top, _TIGHT)
        said, maths = words.facts
        if not said and not maths:
            return head
        letters = _set_only(self._typesetter.formulas([maths], _TEXT_PX, False)) if maths else []
        facts = Facts(said, letters[0] if letters else None)
        if slope:
            beside = facts._replace(x=slope[0].width + _BESIDE, baseline=top + slope[0].baseline)
            if beside.right <= free:
                return [*head, beside]
        under = facts._replace(baseline=max((block.bottom for block in head), default=top) + FACTS_BASE)
        return [*head, under]

    def _texts(self, texts: Sequence[str], width: float, px: float = _TEXT_PX) -> list[Formula]:
        """Running text; what is empty is left out."""
        wanted = list(dict.fromkeys(text for text in texts if text))
        return _set_only(self._typesetter.paragraphs(wanted, width, px))

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
            inks = {"first": None, "second": QColor(theme.ink2), "hint": QColor(theme.ink3)}
            for block in self._blocks:
                if isinstance(block, Facts):
                    self._paint_facts(painter, block, colours)
                else:
                    paint_formula(painter, block.formula, QPointF(_MARGIN * zoom, block.y * zoom), colours, zoom=zoom,
                                  ink=inks[block.voice])
            if self.is_pinned:
                self._paint_pin(painter)

    @property
    def facts_place(self) -> QRect | None:
        """Where what is known besides stands; None where there is nothing."""
        facts = next((block for block in self._blocks if isinstance(block, Facts)), None)
        return None if facts is None else self._place(facts.x, facts.baseline - FACTS_BASE, facts.right, facts.bottom)

    def _place(self, left: float, top: float, right: float, bottom: float) -> QRect:
        """A place at this zoom."""
        zoom = self._zoom
        start = QPoint(round((_MARGIN + left) * zoom), round(top * zoom))
        return QRect(start, QPoint(ceil((_MARGIN + right) * zoom), ceil(bottom * zoom)))

    def _paint_facts(self, painter: QPainter, facts: Facts, colours: FormulaColours) -> None:
        zoom, ink = self._zoom, QColor(self._theme.ink2)
        painter.setFont(interface_font(CAPTION, zoom, tabular=True))  # so that letters stay where they are
        painter.setPen(ink)
        painter.drawText(QPointF((_MARGIN + facts.x) * zoom, facts.baseline * zoom), facts.words)
        if facts.letters is not None:
            at = QPointF((_MARGIN + facts.after) * zoom, (facts.baseline - facts.letters.baseline) * zoom)
            paint_formula(painter, facts.letters, at, colours, zoom=zoom, ink=ink)

    def _pin_place(self, words: str) -> QRect:
        """Where the pin stands, with what is said beside it."""
        zoom, metrics = self._zoom, QFontMetrics(interface_font(CAPTION, self._zoom))
        right = self.width() - round(_MARGIN * zoom)
        width = round(_PIN * zoom) + (metrics.horizontalAdvance(words) + round(5 * zoom) if words else 0)
        return QRect(right - width, round(_PIN_TOP * zoom), width + 1, metrics.height())

    def _paint_pin(self, painter: QPainter) -> None:
        """A pin in the corner, and how to let go, if that covers nothing."""
        theme, zoom = self._theme, self._zoom
        place = self._pin_place(RELEASE)
        covers = any(place.adjusted(-4, 0, 0, 0).intersects(
            self._place(block.x, block.baseline - FACTS_BASE, block.right, block.bottom) if isinstance(block, Facts)
            else self._place(0.0, block.y, block.formula.width, block.bottom)) for block in self._blocks)
        words = "" if covers else RELEASE
        place = self._pin_place(words)
        sign = pixmap("pin", theme.accent, zoom, self.devicePixelRatioF(), size=_PIN)
        painter.fillRect(place.adjusted(-4, 0, 0, 0), QColor(theme.sheet))
        painter.drawPixmap(place.left(), place.top() + round((place.height() - _PIN * zoom) / 2), sign)
        painter.setFont(interface_font(CAPTION, zoom))
        painter.setPen(QColor(theme.ink3))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)


def _set_only(found: Sequence[Formula | TypesetError]) -> list[Formula]:
    """What could be typeset; what could not is a fault of ours that must not take the rest with it."""
    return [formula for formula in found if isinstance(formula, Formula)]
