"""The frame all inputs share, and the mark of the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

RADIUS = 4.0
FOCUS = 2.0


def paint_field(painter: QPainter, widget: QWidget, area: QRectF, zoom: float, edge: QPalette.ColorRole) -> None:
    """The ground and the frame of an input: 1 px at rest, 2 px of accent inside while it has the keyboard."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colours = widget.palette()
    focused = widget.hasFocus()
    width = FOCUS if focused else 1.0
    painter.setPen(QPen(colours.color(QPalette.ColorRole.Accent if focused else edge), width))
    painter.setBrush(QBrush(colours.color(QPalette.ColorRole.Base)))
    half = width / 2
    painter.drawRoundedRect(area.adjusted(half, half, -half, -half), RADIUS * zoom, RADIUS * zoom)


def paint_focus(painter: QPainter, area: QRectF, colour: QColor, zoom: float) -> None:
    """Two px inside the edge of what has the keyboard."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, FOCUS))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS * zoom, RADIUS * zoom)


def paint_chevron(painter: QPainter, area: QRectF, colour: QColor, *, up: bool = False, zoom: float = 1.0) -> None:
    """A small angle in the middle of an area: there is more to choose from."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, 1.5 * zoom)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    centre, across, tall = area.center(), 3.0 * zoom, (-1.5 if up else 1.5) * zoom
    sides = ((-across, -tall), (0.0, tall), (across, -tall))
    painter.drawPolyline([centre + QPointF(x, y) for x, y in sides])
