"""Numbers as glyphs: all numbers of a matrix are one run of glyphs, painted with one call.

Laying out a text costs a hundred times as much as painting it, and while a cell is dragged every number of every
matrix is a new text. Figures are tabular, so a number is laid out by counting.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QGlyphRun, QRawFont, QTextLayout

from tutor.typeset.fonts import INTER

REGULAR: Final = 400
SEMIBOLD: Final = 600
_SAMPLE_PX: Final = 64
_MOST_TEXTS: Final = 8192
_MOST_SIZES: Final = 16


def said_font(px: float, weight: int = REGULAR) -> QFont:
    """Inter with tabular figures.

    Args:
        px: Size in px of the painter.
        weight: 400 to 600. Set as an axis of the variable font: not every platform maps a weight to it.
    """
    font = QFont(INTER)
    font.setPixelSize(max(1, round(px)))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("tnum"), 1)
    if weight != REGULAR:
        font.setWeight(QFont.Weight(weight))
        font.setVariableAxis(QFont.Tag("wght"), weight)
    return font


class NumberFont:
    """The glyphs of the letters numbers are made of, in one weight."""

    def __init__(self, weight: int = REGULAR) -> None:
        """Looks up nothing yet; each letter is looked up when it is first met."""
        self._font = said_font(_SAMPLE_PX, weight)
        self._raw: QRawFont | None = None
        self._glyphs: dict[str, tuple[int, float]] = {}
        self._sizes: dict[float, QRawFont] = {}
        self._texts: dict[str, tuple[list[int], list[float]]] = {}

    def run(self, numbers: Iterable[tuple[str, float, float]], px: float) -> QGlyphRun | None:
        """The glyphs of several numbers.

        Args:
            numbers: Texts, each with its right edge and the line it stands on, in px of the painter.
            px: Size in px of the painter; need not be whole.

        Returns:
            A run to be painted at the origin, or None where there is nothing to paint.
        """
        indexes: list[int] = []
        points: list[QPointF] = []
        known = self._texts
        for text, right, baseline in numbers:
            glyphs, offsets = known.get(text) or self._set(text)
            indexes += glyphs
            points += [QPointF(right - offset * px, baseline) for offset in offsets]
        if not indexes or self._raw is None:
            return None
        run = QGlyphRun()
        run.setRawFont(self._sized(self._raw, px))
        run.setGlyphIndexes(indexes)
        run.setPositions(points)
        return run

    def _sized(self, raw: QRawFont, px: float) -> QRawFont:
        """The font in a size; made once, for making one costs as much as a line of numbers."""
        if px not in self._sizes:
            if len(self._sizes) >= _MOST_SIZES:
                self._sizes.clear()
            self._sizes[px] = QRawFont(raw)
            self._sizes[px].setPixelSize(px)
        return self._sizes[px]

    def _set(self, text: str) -> tuple[list[int], list[float]]:
        """The glyphs of a text, and how far each begins before its right edge, in em."""
        if len(self._texts) >= _MOST_TEXTS:
            self._texts.clear()
        found = [self._glyphs.get(letter) or self._look_up(letter) for letter in text]
        left = sum(advance for _, advance in found)
        offsets = []
        for _, advance in found:
            offsets.append(left)
            left -= advance
        self._texts[text] = [index for index, _ in found], offsets
        return self._texts[text]

    def _look_up(self, letter: str) -> tuple[int, float]:
        layout = QTextLayout(letter, self._font)
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        found = layout.glyphRuns()[0]
        if self._raw is None:
            self._raw = found.rawFont()
        [index] = found.glyphIndexes()
        [advance] = found.rawFont().advancesForGlyphIndexes([index])
        self._glyphs[letter] = index, advance.x() / _SAMPLE_PX
        return self._glyphs[letter]


@lru_cache(maxsize=4)
def number_font(weight: int = REGULAR) -> NumberFont:
    """The one font for numbers in a weight. To be asked when something is painted: then the fonts are loaded."""
    return NumberFont(weight)
