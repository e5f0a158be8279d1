"""The icons: line drawings of 16 px in the colour of the text beside them."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from tutor.core.resources import resources
from tutor.figures.palette import Theme

SIZE = 16


def icon(name: str, theme: Theme, zoom: float, ratio: float = 1.0) -> QIcon:
    """An icon in ink, pale where it is disabled.

    Args:
        name: The file's name without its ending.
        theme: Gives the colours.
        zoom: 16 px are multiplied by this.
        ratio: Device pixels a px, so that lines stay sharp.
    """
    result = QIcon()
    result.addPixmap(pixmap(name, theme.ink, zoom, ratio))
    result.addPixmap(pixmap(name, theme.off, zoom, ratio), QIcon.Mode.Disabled)
    return result


@cache
def pixmap(name: str, colour: str, zoom: float = 1.0, ratio: float = 1.0, size: float = SIZE) -> QPixmap:
    """An icon in one colour."""
    side = round(size * zoom * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    drawing = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))
    with QPainter(image) as painter:
        drawing.render(painter, QRectF(0, 0, side, side))
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


@cache
def _drawing(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
