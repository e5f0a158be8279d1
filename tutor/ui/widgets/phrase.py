"""Words and formulas on one line, with one baseline."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.typeset.formula import Formula
from tutor.ui.widgets.formula_paint import FormulaColours, paint_formula


class Phrase(QWidget):
    """A short sentence that has a formula or two in it.

    Words take the widget's font and colour; formulas stand in ink.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces: tuple[str | Formula, ...] = ()
        self._colours: FormulaColours | None = None
        self._zoom = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, pieces: Sequence[str | Formula], spoken: str, colours: FormulaColours, zoom: float) -> None:
        """Show words and formulas.

        Args:
            pieces: In order; a space between two of them is part of the words.
            spoken: The whole for a screen reader.
            colours: The colours of the formulas.
            zoom: Size of the formulas; words have the size of the widget's font.
        """
        said = tuple(pieces), colours, zoom
        self.setAccessibleName(spoken)
        if said == (self._pieces, self._colours, self._zoom):
            return
        self._pieces, self._colours, self._zoom = said
        self.updateGeometry()
        self.update()

    def _width(self, piece: str | Formula) -> float:
        if isinstance(piece, Formula):
            return piece.width * self._zoom
        return QFontMetricsF(self.font()).horizontalAdvance(piece)

    def _extents(self) -> tuple[float, float]:
        """How far the line reaches above and below its baseline."""
        metrics = QFontMetricsF(self.font())
        above, below = metrics.ascent(), metrics.descent()
        for piece in self._pieces:
            if isinstance(piece, Formula):
                above = max(above, piece.baseline * self._zoom)
                below = max(below, (piece.height - piece.baseline) * self._zoom)
        return above, below

    def sizeHint(self) -> QSize:
        return QSize(ceil(sum(map(self._width, self._pieces))), ceil(sum(self._extents())))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._colours is None:
            return
        with QPainter(self) as painter:
            above, below = self._extents()
            x, baseline = 0.0, round((self.height() - above - below) / 2 + above)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            for piece in self._pieces:
                if isinstance(piece, Formula):
                    origin = QPointF(x, baseline - piece.baseline * self._zoom)
                    paint_formula(painter, piece, origin, self._colours, zoom=self._zoom)
                else:
                    painter.drawText(QPointF(x, baseline), piece)
                x += self._width(piece)
