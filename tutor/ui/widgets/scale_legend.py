"""The colour scale: which colour is which number."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.figures.cells import CELL_PX, tick_text
from tutor.figures.inter import text_width
from tutor.figures.palette import cell_colours, legend_ticks
from tutor.figures.places import Rect
from tutor.ui.widgets.cell_painter import Pixels
from tutor.ui.widgets.dressed import Dressed
from tutor.ui.widgets.inks import inks
from tutor.ui.widgets.number_glyphs import number_font

_BAR_WIDTH, _BAR_HEIGHT = 140.0, 7.0
_BASELINE = 14.0
_TOP = 2.0


class ScaleLegend(Dressed):
    """Shows the colours from the most negative to the most positive number, with five numbers under them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Starts with a scale from -1 to 1."""
        super().__init__(parent)
        self._scale = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_scale(1.0)

    @property
    def scale(self) -> float:
        """The end of the scale."""
        return self._scale

    def set_scale(self, scale: float) -> None:
        """Shows another scale."""
        if scale == self._scale:
            return
        resized = len(tick_text(scale)) != len(tick_text(self._scale))
        self._scale = scale
        self.setAccessibleName(f"Colour scale from {tick_text(-scale)}, blue, over 0 to {tick_text(scale)}, orange")
        if resized:
            self.updateGeometry()
        self.update()

    def _overhang(self) -> float:
        """How far the first and the last number reach beyond the bar."""
        return text_width(tick_text(-self._scale), CELL_PX) / 2 + 1

    def sizeHint(self) -> QSize:
        height = _TOP + _BAR_HEIGHT + _BASELINE + 4
        return QSize(round((_BAR_WIDTH + 2 * self._overhang()) * self._zoom), round(height * self._zoom))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.scale(1 / ratio, 1 / ratio)
            pixels = Pixels(self._zoom * ratio)
            bar = Rect(self._overhang(), _TOP, _BAR_WIDTH, _BAR_HEIGHT)
            target = pixels.rect(bar)
            positions = [2 * (x + 0.5) / target.width() - 1 for x in range(target.width())]
            shades = cell_colours(self._theme, [abs(p) * p for p in positions], 1.0)
            strip = QImage(target.width(), 1, QImage.Format.Format_RGB32)
            for x, shade in enumerate(shades.tolist()):
                strip.setPixelColor(x, 0, QColor(*shade))
            painter.drawImage(target, strip)
            px = CELL_PX * pixels.scale
            ticks = [tick_text(tick) for tick in legend_ticks(self._scale)]
            numbers = []
            for index, text in enumerate(ticks):
                middle = bar.left + bar.width * index / (len(ticks) - 1)
                at = pixels.point(middle + text_width(text, CELL_PX) / 2, bar.bottom + _BASELINE)
                numbers.append((text, at.x(), float(round(at.y()))))
            run = number_font().run(numbers, px)
            if run is not None:
                painter.setPen(inks(self._theme).ink3)
                painter.drawGlyphRun(QPointF(), run)
