"""The colour scale: which colour is which number."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.figures.cells import CELL_PX, MINUS, legend_labels, tick_text
from tutor.figures.inter import text_width
from tutor.figures.palette import cell_colour, cell_colours
from tutor.figures.places import Rect
from tutor.ui.widgets.cell_painter import Pixels
from tutor.ui.widgets.dressed import Dressed
from tutor.ui.widgets.frames import paint_focus
from tutor.ui.widgets.inks import inks
from tutor.ui.widgets.number_glyphs import number_font

_BAR_WIDTH, _LEAST_BAR, _BAR_HEIGHT = 140.0, 100.0, 7.0
_BASELINE = 14.0
_TOP = 2.0
_ARROW = 6.0
_EXPLAINED = ("Blue is negative, orange is positive, the colour between is 0.\n"
              "Colours go with the square root of a number: at a quarter of the scale\n"
              "half of the colour is reached, so that small numbers are seen too.")
_MOST = f"{MINUS}most"
_APART = "a scale of its own for each matrix. Small numbers show,\nand colours can no longer be compared."
_SHARED = "one scale for all, so that equal colour means equal number."


class ScaleLegend(Dressed):
    """Shows the colours from the most negative to the most positive number, with five numbers under them.

    A click, or Space, asks for a scale of its own for each picture, or for one scale again.

    Signals:
        own_wanted (bool): Each picture is to have a scale of its own, or all are to have one.
    """

    own_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Starts with a scale from -1 to 1."""
        super().__init__(parent)
        self._scale = 0.0
        self._beyond = False
        self._own = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_scale(1.0)

    @property
    def scale(self) -> float:
        """The end of the scale; 0 where each picture has its own and none is looked at."""
        return self._scale

    @property
    def own(self) -> bool:
        """Whether each picture has a scale of its own."""
        return self._own

    def set_own(self, scale: float = 0.0) -> None:
        """Shows that each picture has a scale of its own: that of the one that is looked at, 0 for none."""
        if (self._own, self._scale) != (True, scale):
            self._own, self._scale, self._beyond = True, scale, False
            self._say(f"Colour scale of this matrix, to {tick_text(scale)}" if scale else
                      "Colour scale, each matrix its own")
            self.update()

    def _say(self, name: str) -> None:
        """The name for people who do not see it, and what a click does."""
        self.setAccessibleName(name)
        click = _SHARED if self._own else _APART
        self.setToolTip(f"{_EXPLAINED}\n\nA click: {click}")
        self.setAccessibleDescription(f"{_EXPLAINED} Space: {click}".replace("\n", " "))

    def set_scale(self, scale: float, beyond: bool = False) -> None:
        """Shows another scale, ``beyond`` if there are larger numbers, all in the colours of its ends."""
        if (self._own, scale, beyond) == (False, self._scale, self._beyond):
            return
        before = self.sizeHint()
        self._own, self._scale, self._beyond = False, scale, beyond
        self._say(f"Colour scale from {tick_text(-scale)}, blue, over 0 to {tick_text(scale)}, orange"
                               f"{'; larger numbers have the colours of the ends' if beyond else ''}")
        if self.sizeHint() != before:
            self.updateGeometry()
        self.update()

    @property
    def labels(self) -> tuple[tuple[float, str], ...]:
        """The numbers under the bar, and where they stand, 0 to 1."""
        if self._own and not self._scale:
            return (0.0, _MOST), (0.5, "0"), (1.0, "most")
        return legend_labels(self._scale, self._bar_width, self._beyond)

    @property
    def _bar_width(self) -> float:
        """As wide as in the design where there is room."""
        return min(_BAR_WIDTH, max(_LEAST_BAR, self.width() / self._zoom - 2 * self._overhang()))

    def _overhang(self) -> float:
        """How far the first and the last number, and the arrows, reach beyond the bar."""
        none = self._own and not self._scale
        first = _MOST if none else legend_labels(self._scale, _BAR_WIDTH, self._beyond)[0][1]
        return max(text_width(first, CELL_PX) / 2 + 1, _ARROW)

    def sizeHint(self) -> QSize:
        return self._size(_BAR_WIDTH)

    def minimumSizeHint(self) -> QSize:
        return self._size(_LEAST_BAR)

    def _size(self, bar: float) -> QSize:
        height = _TOP + _BAR_HEIGHT + _BASELINE + 4
        return QSize(round((bar + 2 * self._overhang()) * self._zoom), round(height * self._zoom))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.own_wanted.emit(not self._own)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.own_wanted.emit(not self._own)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.scale(1 / ratio, 1 / ratio)
            pixels = Pixels(self._zoom * ratio)
            bar = Rect(self._overhang(), _TOP, self._bar_width, _BAR_HEIGHT)
            target = pixels.rect(bar)
            positions = [2 * (x + 0.5) / target.width() - 1 for x in range(target.width())]
            shades = cell_colours(self._theme, [abs(p) * p for p in positions], 1.0)
            strip = QImage(target.width(), 1, QImage.Format.Format_RGB32)
            for x, shade in enumerate(shades.tolist()):
                strip.setPixelColor(x, 0, QColor(*shade))
            painter.drawImage(target, strip)
            if self._beyond:
                self._paint_arrows(painter, pixels, target)
            px = CELL_PX * pixels.scale
            numbers = []
            for share, text in self.labels:
                middle = bar.left + bar.width * share
                at = pixels.point(middle + text_width(text, CELL_PX) / 2, bar.bottom + _BASELINE)
                numbers.append((text, at.x(), float(round(at.y()))))
            run = number_font().run(numbers, px)
            if run is not None:
                painter.setPen(inks(self._theme).ink3)
                painter.drawGlyphRun(QPointF(), run)
        if self.hasFocus():
            with QPainter(self) as painter:
                paint_focus(painter, QRectF(self.rect()), QColor(self._theme.accent), self._zoom)

    def _paint_arrows(self, painter: QPainter, pixels: Pixels, bar: QRect) -> None:
        """The ends point outwards: the colours go on for larger numbers."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        top, bottom, out = bar.top(), bar.top() + bar.height(), _ARROW * pixels.scale
        for x, tip, sign in ((bar.left(), bar.left() - out, -1.0), (bar.left() + bar.width(),
                                                                    bar.left() + bar.width() + out, 1.0)):
            painter.setBrush(QColor(cell_colour(self._theme, sign, 1.0)))
            painter.drawPolygon(QPolygonF([QPointF(x, top), QPointF(tip, (top + bottom) / 2), QPointF(x, bottom)]))
