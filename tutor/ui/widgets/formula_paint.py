"""Painting formulas.

The display list of `tutor.typeset` says where each outline stands; here it gets ink. A formula is recoloured,
highlighted or zoomed without being typeset again.
"""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QTransform

from tutor.typeset.cache import Recent
from tutor.typeset.formula import Box, Formula, Glyph, Outline, Rule, belongs

RADIUS = 3.0
"""Corner radius of a tint, in px at 100 %."""

NOTHING: frozenset[str] = frozenset()
"""No part is highlighted."""

_TINT_X, _TINT_Y = 2.5, 1.5  # how far a tint reaches beyond the box of its part
_PATHS: Recent[int, tuple[Outline, QPainterPath]] = Recent(4096)


class FormulaColours(NamedTuple):
    """The colours of a formula.

    Attributes:
        ink: Letters, signs and lines.
        accent: The same where they are highlighted; the focus frame.
        tint: The ground behind what is highlighted.
        muted: What the source says quietly.
    """

    ink: QColor
    accent: QColor
    tint: QColor
    muted: QColor

    @classmethod
    def from_palette(cls, palette: QPalette) -> "FormulaColours":
        """Colours that fit a palette: the tint is its base with a little accent in it."""
        accent, base = palette.color(QPalette.ColorRole.Accent), palette.color(QPalette.ColorRole.Base)
        share = 0.14 if base.lightnessF() > 0.5 else 0.25
        channels = zip(_channels(accent), _channels(base), strict=True)
        tint = QColor.fromRgbF(*(a * share + b * (1 - share) for a, b in channels))
        ink = palette.color(QPalette.ColorRole.WindowText)
        return cls(ink=ink, accent=accent, tint=tint, muted=palette.color(QPalette.ColorRole.PlaceholderText))


def _channels(colour: QColor) -> tuple[float, float, float]:
    """Red, green and blue, from 0 to 1."""
    return colour.redF(), colour.greenF(), colour.blueF()


def paint_formula(
    painter: QPainter,
    formula: Formula,
    origin: QPointF,
    colours: FormulaColours,
    highlight: frozenset[str] = NOTHING,
    zoom: float = 1.0,
    ink: QColor | None = None,
) -> None:
    """Paints a formula.

    The baseline, the lines and the tints come to stand on whole device pixels, so that all formulas of a row agree
    and fraction bars are sharp.

    Args:
        painter: Where to; its state is kept.
        formula: What.
        origin: The formula's top left corner in the painter's coordinates.
        colours: The inks.
        highlight: Ids of the parts that stand on the tint, in accent.
        zoom: Size, 1 being 100 %.
        ink: Used instead of `colours.ink` and `colours.muted`, as for a line in the second voice.
    """

    def colour(piece: Glyph | Rule) -> QColor:
        if highlight and belongs(piece, highlight):
            return colours.accent
        if ink is not None:
            return ink
        return colours.muted if piece.role == "muted" else colours.ink

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    enter_formula(painter, formula, origin, zoom)
    if highlight:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.tint)
        for box in formula.boxes:
            if box.part in highlight:
                painter.drawRoundedRect(tint_area(painter, box), RADIUS, RADIUS)
    for rule in formula.rules:
        _paint_rule(painter, rule, colour(rule))
    for glyph in formula.glyphs:
        painter.translate(glyph.x, glyph.y)
        painter.fillPath(_painter_path(glyph), colour(glyph))
        painter.translate(-glyph.x, -glyph.y)
    painter.restore()


def enter_formula(painter: QPainter, formula: Formula, origin: QPointF, zoom: float) -> None:
    """Makes the formula's coordinates the painter's, its left edge and baseline on whole device pixels."""
    transform = painter.deviceTransform()
    drop = QPointF(0.0, formula.baseline * zoom)
    if _is_straight(transform):
        place = transform.map(origin + drop)
        origin = transform.inverted()[0].map(QPointF(round(place.x()), round(place.y()))) - drop
    painter.translate(origin)
    painter.scale(zoom, zoom)


def tint_area(painter: QPainter, box: Box) -> QRectF:
    """The ground of a part, on whole device pixels, in a painter that `enter_formula` prepared."""
    area = QRectF(box.x - _TINT_X, box.y - _TINT_Y, box.w + 2 * _TINT_X, box.h + 2 * _TINT_Y)
    transform = painter.deviceTransform()
    if not _is_straight(transform):
        return area
    device = transform.mapRect(area)
    left, top = round(device.left()), round(device.top())
    device = QRectF(left, top, round(device.right()) - left, round(device.bottom()) - top)
    return transform.inverted()[0].mapRect(device)


def _paint_rule(painter: QPainter, rule: Rule, colour: QColor) -> None:
    """Paints a line; across, it gets a whole number of device pixels, at least one."""
    area, transform = QRectF(rule.x, rule.y, rule.w, rule.h), painter.deviceTransform()
    if not _is_straight(transform):
        painter.fillRect(area, colour)
        return
    device = transform.mapRect(area)
    if rule.w >= rule.h:
        across = max(1, round(device.height()))
        device = QRectF(device.x(), round(device.center().y() - across / 2), device.width(), across)
    else:
        across = max(1, round(device.width()))
        device = QRectF(round(device.center().x() - across / 2), device.y(), across, device.height())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # the way there and back loses the last digits
    painter.fillRect(transform.inverted()[0].mapRect(device), colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _is_straight(transform: QTransform) -> bool:
    """Whether level lines stay level: nothing is turned or slanted."""
    return not transform.isRotating()


def _painter_path(glyph: Glyph) -> QPainterPath:
    """The outline as Qt wants it; made once for all glyphs that share it."""
    known = _PATHS.get(id(glyph.path))
    if known is not None:
        return known[1]
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for command in glyph.path:
        match command:
            case ("M", x, y):
                path.moveTo(x, y)
            case ("L", x, y):
                path.lineTo(x, y)
            case ("C", a, b, c, d, x, y):
                path.cubicTo(a, b, c, d, x, y)
            case _:
                path.closeSubpath()
    if glyph.joined:
        path = path.simplified()  # where pieces overlap, a half covered pixel would count twice: a nick
    # Kept together with the outline: as long as both are here, no other object has this id.
    _PATHS.put(id(glyph.path), (glyph.path, path))
    return path
