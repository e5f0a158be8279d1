"""How a table of numbers looks: its place, its names and its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from tutor.figures.equation_plan import FORM_PX
from tutor.figures.heatmap import Cell, HeatmapSpec, Marks
from tutor.figures.lettering import ItemLetters, Typeset, baseline_in, letter_matrices
from tutor.figures.palette import LIGHT, Theme
from tutor.figures.places import (
    MOST_NAMED_COLUMNS,
    NAMES_HEIGHT,
    TABLE,
    CellSize,
    MatrixPlace,
    Rect,
    Size,
    place_matrix,
    room_for_names,
)
from tutor.ui.widgets.cell_painter import MatrixPainter, Pixels, paint_rings
from tutor.ui.widgets.formula_paint import paint_formula
from tutor.ui.widgets.inks import inks
from tutor.ui.widgets.letter_painter import paint_lit_names, paint_names

NAMES_WIDTH = 30.0
_NAMES_GAP = 4.0
_RING = 3.0
_MANY = CellSize(12, 12)
_WAVE = 1.4
_CORNER = 8.0
_MOST_KEPT = 4_000_000  # device pixels of the kept names


class TablePainter:
    """Paints one table, and knows where its cells are.

    Attributes:
        spec: Its numbers and names.
        theme: Its colours.
        cell: The pitch of cells that is wanted.
    """

    def __init__(self, typeset: Typeset) -> None:
        """Starts with a single zero.

        Args:
            typeset: Turns Typst mathematics into formulas.
        """
        self.spec = HeatmapSpec("", np.zeros((1, 1)))
        self.theme: Theme = LIGHT
        self.cell = TABLE
        self._typeset = typeset
        self._letters = ItemLetters(None, None, (), (), (), 0.0)
        self._ground: tuple[object, QPixmap] | None = None
        self._cells = MatrixPainter()

    def show(self, spec: HeatmapSpec) -> bool:
        """Takes another table; says whether more than its numbers changed."""
        changed = spec.frame != self.spec.frame
        self.spec = spec
        if changed:
            (self._letters,) = letter_matrices([spec], self._typeset)
            self._ground = None
        return changed

    @property
    def names_width(self) -> float:
        """The room left of the cells that its own names need."""
        name = self._letters.title.width + 8 if self._letters.title is not None else 0.0
        return max(NAMES_WIDTH, name, room_for_names(self._letters.measures.row_names, NAMES_WIDTH, _NAMES_GAP))

    @property
    def place(self) -> MatrixPlace:
        """Where cells and names stand, in px of the layout."""
        measures = self._letters.measures
        left = self.names_width
        # The name of a column of numbers stands above the names of its rows.
        head = NAMES_HEIGHT if measures.column_names or measures.row_names else _RING
        return place_matrix(
            self.spec.shape, self.cell if self.spec.shape[1] <= MOST_NAMED_COLUMNS else _MANY,
            left, head, row_names=measures.row_names, column_names=measures.column_names, names_width=left,
            names_gap=_NAMES_GAP,
        )

    @property
    def name_place(self) -> Rect:
        """Where the name of the matrix stands; nowhere while it has none."""
        title, place = self._letters.title, self.place
        if title is None:
            return Rect(0.0, 0.0, 0.0, 0.0)
        width = max(NAMES_WIDTH, title.width) - _NAMES_GAP
        if place.top < NAMES_HEIGHT:
            return Rect(0.0, place.top, width, place.cell.height - place.gap)
        return Rect(0.0, 0.0, width, NAMES_HEIGHT - 4.0)

    @property
    def size(self) -> Size:
        """The whole, rings included."""
        cells = self.place.cells
        return Size(cells.right + _RING, cells.bottom + _RING)

    def paint(
        self,
        painter: QPainter,
        pixels: Pixels,
        visible: QRect,
        marks: Marks,
        faults: Mapping[Cell, str],
        pinned: Iterable[Cell] = (),
    ) -> None:
        """Paints the table on the sheet.

        Args:
            painter: A painter in device pixels.
            pixels: How px become device pixels.
            visible: What has to be painted, in device pixels.
            marks: What is lit.
            faults: Cells that break a promise: a red wave stands under them.
            pinned: Cells that a click keeps lit: they have a corner.
        """
        colours, place = inks(self.theme), self.place
        painter.fillRect(visible, colours.sheet)
        self._paint_ground(painter, place, pixels, visible, marks.whole)
        paint_lit_names(painter, self._letters, place, pixels, marks, colours)
        self._cells.show(self.spec, self.theme)
        self._cells.paint(painter, place, pixels, visible, marks.cells)
        painter.setPen(QPen(colours.wrong, _WAVE * pixels.scale))
        for row, column in faults:
            if row < place.rows and column < place.columns:
                _paint_wave(painter, pixels.cell(place, row, column), pixels.scale)
        paint_rings(painter, place, pixels, marks, colours)
        for row, column in pinned:
            if row < place.rows and column < place.columns:
                _paint_corner(painter, pixels.cell(place, row, column), pixels.scale, colours.accent)

    def _paint_ground(
        self, painter: QPainter, place: MatrixPlace, pixels: Pixels, visible: QRect, lit: bool
    ) -> None:
        """The names. They are kept as a picture, because they stay while numbers change."""
        right, bottom = pixels.x(place.cells.right), pixels.y(place.cells.bottom)
        if not 0 < right * bottom <= _MOST_KEPT:
            self._paint_letters(painter, place, pixels, lit)
            return
        key = place, pixels, self.theme.name, lit
        if self._ground is None or self._ground[0] != key:
            picture = QPixmap(right, bottom)
            picture.fill(inks(self.theme).sheet)
            with QPainter(picture) as brush:
                self._paint_letters(brush, place, pixels, lit)
            self._ground = key, picture
        picture = self._ground[1]
        part = visible.intersected(picture.rect())
        painter.drawPixmap(part.topLeft(), picture, part)

    def _paint_letters(self, painter: QPainter, place: MatrixPlace, pixels: Pixels, lit: bool) -> None:
        colours, title = inks(self.theme), self._letters.title
        if title is not None:
            top = baseline_in(self.name_place, title, FORM_PX) - title.baseline
            voice = colours.lit if lit else colours.first
            paint_formula(painter, title, pixels.point(0.0, top), voice, zoom=pixels.scale)
        paint_names(painter, self._letters, place, pixels, colours)


def _paint_corner(painter: QPainter, cell: QRect, scale: float, colour: QColor) -> None:
    """A filled corner at the upper left of a cell."""
    side = _CORNER * scale
    corner = QPointF(cell.left(), cell.top())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([corner, corner + QPointF(side, 0), corner + QPointF(0, side)]))
    painter.restore()


def _paint_wave(painter: QPainter, cell: QRect, scale: float) -> None:
    """A wave along the lower edge of a cell."""
    step = 2.0 * scale
    count = max(2, int((cell.width() - 4 * scale) / step))
    left, foot = cell.left() + 2 * scale, cell.bottom() - 1.5 * scale
    points = [QPointF(left + index * step, foot - (index % 2) * step) for index in range(count + 1)]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
    painter.restore()
