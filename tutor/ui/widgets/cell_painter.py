"""Painting the cells of a matrix on whole device pixels, and the rings and tints that say what belongs together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QGlyphRun, QImage, QPainter, QPen

from tutor.figures.cells import CELL_PX, NOT_COMPUTED
from tutor.figures.heatmap import Cell, HeatmapSpec, Marks, pooled, ring_blocks
from tutor.figures.inter import HALF_DIGIT
from tutor.figures.palette import Theme, cell_colours
from tutor.figures.places import MatrixPlace, Printed, Rect, printed
from tutor.ui.widgets.inks import Inks, inks
from tutor.ui.widgets.number_glyphs import REGULAR, SEMIBOLD, number_font

_RADIUS: Final = 3.0


class Pixels(NamedTuple):
    """From px of the layout to device pixels.

    Attributes:
        scale: Device pixels in a px of the layout: zoom times the ratio of the screen.
        left: Device pixels before the layout begins.
        top: Device pixels above it.
    """

    scale: float
    left: float = 0.0
    top: float = 0.0

    def x(self, at: float) -> int:
        """A place from left to right, on a whole pixel."""
        return round(self.left + at * self.scale)

    def y(self, at: float) -> int:
        """A place from top to bottom, on a whole pixel."""
        return round(self.top + at * self.scale)

    def rect(self, place: Rect) -> QRect:
        """A rectangle with its edges on whole pixels, so that gaps stay even at 125 %."""
        left, top = self.x(place.left), self.y(place.top)
        return QRect(left, top, self.x(place.right) - left, self.y(place.bottom) - top)

    def gap(self, place: MatrixPlace) -> int:
        """The free pixels between two cells: the same everywhere, however the edges of the cells are rounded."""
        return self.width(place.gap) if place.gap else 0

    def cell(self, place: MatrixPlace, row: int, column: int) -> QRect:
        """The painted part of a cell."""
        return self.block(place, (row, column, row, column))

    def block(self, place: MatrixPlace, block: tuple[int, int, int, int]) -> QRect:
        """The painted part of a block of cells: first row, first column, last row, last column."""
        left, top = self.x(place.left + block[1] * place.cell.width), self.y(place.top + block[0] * place.cell.height)
        right = self.x(place.left + (block[3] + 1) * place.cell.width) - self.gap(place)
        bottom = self.y(place.top + (block[2] + 1) * place.cell.height) - self.gap(place)
        return QRect(left, top, right - left, bottom - top)

    def point(self, x: float, y: float) -> QPointF:
        """A point, not rounded."""
        return QPointF(self.left + x * self.scale, self.top + y * self.scale)

    def width(self, px: float) -> int:
        """The width of a line: at least one pixel."""
        return max(1, round(px * self.scale))


def same_cells(one: HeatmapSpec, other: HeatmapSpec) -> bool:
    """Whether the cells of two matrices look the same: nothing has to be painted again."""
    return one is other or (
        (one.scale, one.decimals, one.as_difference) == (other.scale, other.decimals, other.as_difference)
        and np.array_equal(one.shown, other.shown, equal_nan=True)
        and (one.computed is other.computed or np.array_equal(one.computed, other.computed))  # type: ignore[arg-type]
    )


class MatrixPainter:
    """Paints one matrix. What can be made once, the picture of its cells and its glyphs, is made once and kept."""

    def __init__(self) -> None:
        """Shows nothing yet."""
        self._spec: HeatmapSpec | None = None
        self._theme: Theme | None = None
        self._cells: tuple[object, _Picture] | None = None
        self._runs: tuple[object, list[tuple[QGlyphRun, QColor]]] | None = None

    def show(self, spec: HeatmapSpec, theme: Theme) -> None:
        """Takes other numbers or colours."""
        same = self._spec is not None and theme is self._theme and same_cells(spec, self._spec)
        if not same:
            self._spec, self._theme = spec, theme
            self._cells = self._runs = None

    def paint(
        self, painter: QPainter, place: MatrixPlace, pixels: Pixels, visible: QRect, bold: frozenset[Cell] = frozenset()
    ) -> None:
        """Paints the cells and their numbers.

        Args:
            painter: A painter in device pixels.
            place: Where the matrix stands.
            pixels: How px become device pixels.
            visible: What has to be painted, in device pixels.
            bold: Cells whose numbers are semibold.
        """
        spec, theme = self._spec, self._theme
        if spec is None or theme is None:
            return
        rows, columns = _visible_cells(place, pixels, visible)
        if not rows or not columns:
            return
        where = place, pixels, rows, columns
        if self._cells is None or self._cells[0] != where:
            self._cells = where, _picture(spec, theme, *where)
        picture = self._cells[1]
        painter.drawImage(picture.left, picture.top, picture.image)
        numbers = printed(spec, place.cell)
        if numbers is not None:
            key = (*where, bold)
            if self._runs is None or self._runs[0] != key:
                self._runs = key, _number_runs(numbers, *where, bold, inks(theme))
            for run, ink in self._runs[1]:
                painter.setPen(ink)
                painter.drawGlyphRun(QPointF(), run)


class _Picture(NamedTuple):
    """The cells as an image, one dot a device pixel, and the memory it lies in."""

    left: int
    top: int
    image: QImage
    memory: NDArray[np.uint32]


def _picture(
    spec: HeatmapSpec, theme: Theme, place: MatrixPlace, pixels: Pixels, rows: range, columns: range
) -> _Picture:
    """The visible cells as an image: one call instead of one for each cell."""
    gap = pixels.gap(place)
    left, across = _dots(pixels.left, place.left, place.cell.width, gap, pixels.scale, columns)
    top, down = _dots(pixels.top, place.top, place.cell.height, gap, pixels.scale, rows)
    values = spec.shown[rows.start : rows.stop, columns.start : columns.stop]
    if len(across) < len(columns) or len(down) < len(rows):  # less than a dot a cell: the largest in it is shown
        values = pooled(values, len(down), len(across))
        across = np.arange(len(across)) * values.shape[1] // len(across)
        down = np.arange(len(down)) * values.shape[0] // len(down)
    shades = cell_colours(theme, values, spec.colour_scale).astype(np.uint32)
    colours = np.full((values.shape[0] + 1, values.shape[1] + 1), QColor(theme.sheet).rgb(), dtype=np.uint32)
    colours[:-1, :-1] = 0xFF000000 | shades[..., 0] << 16 | shades[..., 1] << 8 | shades[..., 2]
    dots = np.ascontiguousarray(colours.take(down, axis=0).take(across, axis=1))
    image = QImage(dots.data, len(across), len(down), 4 * len(across), QImage.Format.Format_RGB32)
    return _Picture(left, top, image, dots)


@lru_cache(maxsize=512)  # the same from one set of numbers to the next
def _dots(
    margin: float, start: float, pitch: float, gap: int, scale: float, cells: range
) -> tuple[int, NDArray[np.intp]]:
    """Which cell each device pixel of a line belongs to: its number among ``cells``, -1 in a gap.

    Returns:
        The first pixel, and the numbers from there to the last pixel of the last cell.
    """
    edges = margin + (start + np.arange(cells.start, cells.stop + 1) * pitch) * scale
    first = np.rint(edges[:-1]).astype(np.intp)
    last = np.rint(edges[1:]).astype(np.intp) - gap
    dots = np.full(max(1, last[-1] - first[0]), -1, dtype=np.intp)
    widths = np.maximum(last - first, 0)
    numbers = np.repeat(np.arange(len(cells)), widths)
    offsets = np.arange(widths.sum()) - np.repeat(np.cumsum(widths) - widths, widths)
    dots[np.minimum(np.repeat(first, widths) - first[0] + offsets, len(dots) - 1)] = numbers
    dots.setflags(write=False)
    return int(first[0]), dots


def _number_runs(
    numbers: Printed, place: MatrixPlace, pixels: Pixels, rows: range, columns: range, bold: frozenset[Cell],
    colours: Inks,
) -> list[tuple[QGlyphRun, QColor]]:
    """The numbers as glyphs: those in ink, those in the third ink, those in semibold."""
    plain: list[tuple[str, float, float]] = []
    quiet: list[tuple[str, float, float]] = []
    strong: list[tuple[str, float, float]] = []
    inset = numbers.inset * pixels.scale
    drop, gap = HALF_DIGIT * CELL_PX * pixels.scale, pixels.gap(place)
    for row in rows:
        middle = place.top + (row + 0.5) * place.cell.height - place.gap / 2
        # Whole pixels: a line of figures half way between two pixels looks blurred.
        baseline = float(round(pixels.top + middle * pixels.scale + drop))
        texts = numbers.texts[row]
        for column in columns:
            right = pixels.x(place.left + (column + 1) * place.cell.width) - gap - inset
            text = texts[column]
            kind = strong if (row, column) in bold else quiet if text in ("0", NOT_COMPUTED) else plain
            kind.append((text, right, baseline))
    px = CELL_PX * pixels.scale
    found = ((number_font(weight).run(numbers, px), ink)
             for numbers, weight, ink in ((plain, REGULAR, colours.ink), (quiet, REGULAR, colours.ink3),
                                          (strong, SEMIBOLD, colours.ink)))
    return [(run, ink) for run, ink in found if run is not None]


def _visible_cells(place: MatrixPlace, pixels: Pixels, visible: QRect) -> tuple[range, range]:
    """The rows and columns of which something is to be seen."""
    width, height = place.cell.width * pixels.scale, place.cell.height * pixels.scale
    left, top = pixels.left + place.left * pixels.scale, pixels.top + place.top * pixels.scale
    rows = range(max(0, int((visible.top() - top) // height)),
                 min(place.rows, int((visible.bottom() + 1 - top) // height) + 1))
    columns = range(max(0, int((visible.left() - left) // width)),
                    min(place.columns, int((visible.right() + 1 - left) // width) + 1))
    return rows, columns


def paint_block_lines(
    painter: QPainter, place: MatrixPlace, pixels: Pixels, blocks: tuple[int, int], colours: Inks
) -> None:
    """Paints lines between the blocks of a matrix, in the gaps between its cells."""
    for line in place.block_lines(blocks):
        rect = pixels.rect(line)
        painter.fillRect(rect.left(), rect.top(), max(1, rect.width()), max(1, rect.height()), colours.edge)


def paint_rings(
    painter: QPainter, place: MatrixPlace, pixels: Pixels, marks: Marks, colours: Inks, ring: QColor | None = None
) -> None:
    """Paints the rings of a matrix, over its cells and its neighbours.

    Args:
        painter: A painter in device pixels.
        place: Where the matrix stands.
        pixels: How px become device pixels.
        marks: Which cells are ringed.
        colours: The colours.
        ring: Another colour than accent for the strong rings.
    """
    for block in ring_blocks(_inside(marks.linked - marks.cells, place)):
        _paint_thin_ring(painter, pixels.block(place, block), pixels, colours)
    for cell in _inside(marks.cells, place):
        paint_ring(painter, pixels.cell(place, *cell), pixels, colours.sheet, ring or colours.accent)


def paint_ring(painter: QPainter, rect: QRect, pixels: Pixels, sheet: QColor, ring: QColor) -> None:
    """Paints a strong ring: 1 px of sheet, then 2 px of colour."""
    paint_frame(painter, rect, 0, pixels.width(1), sheet)
    paint_frame(painter, rect, pixels.width(1), pixels.width(2), ring)


def _inside(cells: Iterable[Cell], place: MatrixPlace) -> list[Cell]:
    """Marks may be older than the matrix: what lies outside is not shown."""
    return [(row, column) for row, column in cells if 0 <= row < place.rows and 0 <= column < place.columns]


def _paint_thin_ring(painter: QPainter, rect: QRect, pixels: Pixels, colours: Inks) -> None:
    sheet, line = pixels.width(1), 1.5 * pixels.scale
    paint_frame(painter, rect, 0, sheet, colours.sheet)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.accent, line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    out = 0.5 * sheet + line / 2
    area = QRectF(rect).adjusted(-out, -out, out, out)
    painter.drawRoundedRect(area, 2 * pixels.scale, 2 * pixels.scale)
    painter.restore()


def paint_frame(painter: QPainter, rect: QRect, out: int, width: int, colour: QColor) -> None:
    """Paints a frame of a width round a rectangle, ``out`` pixels away from it, with sharp corners."""
    outer = rect.adjusted(-out - width, -out - width, out + width, out + width)
    inner_height = outer.height() - 2 * width
    painter.fillRect(outer.left(), outer.top(), outer.width(), width, colour)
    painter.fillRect(outer.left(), outer.bottom() + 1 - width, outer.width(), width, colour)
    painter.fillRect(outer.left(), outer.top() + width, width, inner_height, colour)
    painter.fillRect(outer.right() + 1 - width, outer.top() + width, width, inner_height, colour)


def paint_tint(painter: QPainter, rect: QRect, pixels: Pixels, colours: Inks) -> None:
    """Paints the tint behind a name or a title."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.tint)
    painter.drawRoundedRect(QRectF(rect), _RADIUS * pixels.scale, _RADIUS * pixels.scale)
    painter.restore()
