"""Where the cells and names of a matrix stand. The Qt painter and the matplotlib drawing both ask here.

All lengths are px at 100 % zoom, x to the right and y down; painters scale them and round to their own pixels.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from tutor.figures.cells import CELL_PX
from tutor.figures.heatmap import Cell, HeatmapSpec
from tutor.figures.inter import text_width


class Size(NamedTuple):
    """A width and a height."""

    width: float
    height: float


NO_SIZE: Final = Size(0.0, 0.0)


class Rect(NamedTuple):
    """An upright rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return self.left + self.width / 2, self.top + self.height / 2

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.left <= x < self.right and self.top <= y < self.bottom


class CellSize(NamedTuple):
    """The pitch of cells: from one left edge to the next, from one upper edge to the next."""

    width: float
    height: float


HEAT: Final = CellSize(38, 24)
HEAT_SHORT: Final = CellSize(38, 20)
"""Where what does not fit is scrolled."""
HEAT_BRIEF: Final = CellSize(29, 24)
"""As narrow as usual numbers with fewer digits can be."""
HEAT_SMALL: Final = CellSize(24, 18)
HEAT_LEAST: Final = CellSize(17, 18)
"""Where forms and notes that are wider than their matrix give way too."""
TABLE: Final = CellSize(50, 22)
TABLE_SMALL: Final = CellSize(42, 18)
COMPARISON: Final = CellSize(58, 24)
COMPARISON_NARROW: Final = CellSize(54, 22)

NAME_PX: Final = 13
NAMES_WIDTH: Final = 26.0
NAMES_HEIGHT: Final = 20.0
NAMES_GAP: Final = 5.0
COLUMN_NAMES_GAP: Final = 4.0
NAMES_APART: Final = 3.0
"""Names of columns are never nearer to each other."""

SMALLEST_PRINTED: Final = CellSize(14, 15)
MOST_NAMED_COLUMNS: Final = 24
SMALLEST_WITH_GAP: Final = 8.0
LARGEST_UNPRINTED: Final = 12
TALLEST_UNPRINTED: Final = 480.0
_PADDING: Final = 3.0
_BRIEF_PADDING: Final = 2.0
_USUAL_BRIEF: Final = text_width("\u2212.88", CELL_PX)


class MatrixPlace(NamedTuple):
    """Where one matrix stands.

    Attributes:
        rows: How many rows of cells.
        columns: How many columns.
        cell: The pitch.
        left: Left edge of the cells.
        top: Upper edge of the cells.
        names_width: Room for the names of rows, left of the cells; 0 for none.
        names_gap: The part of it next to the cells that stays free.
        column_names: Whether names stand above the columns.
        row_step: Every how many rows a name stands.
        column_step: Every how many columns a name stands.
        blocks: After how many rows, and columns, another row of a matrix begins; names that are thinned stand there.
    """

    rows: int
    columns: int
    cell: CellSize
    left: float
    top: float
    names_width: float = 0.0
    names_gap: float = NAMES_GAP
    column_names: bool = False
    row_step: int = 1
    column_step: int = 1
    blocks: tuple[int, int] = (0, 0)

    @property
    def cells(self) -> Rect:
        """All cells together."""
        return Rect(self.left, self.top, self.columns * self.cell.width, self.rows * self.cell.height)

    @property
    def gap(self) -> float:
        """What stays free between two cells: 1, or nothing where cells are tiny."""
        return 1.0 if min(self.cell) >= SMALLEST_WITH_GAP else 0.0

    @property
    def outer(self) -> Rect:
        """Cells and names together."""
        above = NAMES_HEIGHT if self.column_names else 0.0
        return Rect(self.left - self.names_width, self.top - above, self.names_width + self.cells.width,
                    above + self.cells.height)

    def block_lines(self, blocks: tuple[int, int]) -> list[Rect]:
        """The lines between blocks of so many rows and columns, in the gaps between cells; 0 for none."""
        cells, width = self.cells, self.gap or 1.0
        rows, columns = blocks
        return [
            *(Rect(cells.left, cells.top + at * self.cell.height - width, cells.width - self.gap, width)
              for at in (range(rows, self.rows, rows) if rows else ())),
            *(Rect(cells.left + at * self.cell.width - width, cells.top, width, cells.height - self.gap)
              for at in (range(columns, self.columns, columns) if columns else ())),
        ]

    def cell_rect(self, row: int, column: int) -> Rect:
        """The painted part of a cell."""
        return Rect(self.left + column * self.cell.width, self.top + row * self.cell.height,
                    self.cell.width - self.gap, self.cell.height - self.gap)

    def row_name_rect(self, row: int) -> Rect:
        """The place of a row's name, as far as the tint goes."""
        cell = self.cell_rect(row, 0)
        return Rect(self.left - self.names_width, cell.top, self.names_width - self.names_gap, cell.height)

    def column_name_rect(self, column: int) -> Rect:
        """The place of a column's name, as far as the tint goes."""
        cell = self.cell_rect(0, column)
        return Rect(cell.left, self.top - NAMES_HEIGHT, cell.width, NAMES_HEIGHT - COLUMN_NAMES_GAP)

    def names_row(self, row: int) -> bool:
        """Whether this row's name stands there."""
        return self.names_width > 0 and _named(row, self.row_step, self.blocks[0])

    def names_column(self, column: int) -> bool:
        """Whether this column's name stands there."""
        return self.column_names and _named(column, self.column_step, self.blocks[1])

    def cell_at(self, x: float, y: float) -> Cell | None:
        """The cell under a point; the gap belongs to the cell before it."""
        if not self.cells.contains(x, y):
            return None
        row = min(int((y - self.top) // self.cell.height), self.rows - 1)
        return row, min(int((x - self.left) // self.cell.width), self.columns - 1)


def _named(index: int, step: int, block: int) -> bool:
    if block and step > 1:
        return index % step == 0
    return step == 1 or index == 0 or index % step == step - 1


def name_step(count: int, pitch: float, room: float, most: int = MOST_NAMED_COLUMNS, block: int = 0) -> int:
    """Every how many cells a name stands: each, or every 5th, 10th … where they are many or small.

    Args:
        count: How many cells in the direction of the names.
        pitch: Their pitch.
        room: What the largest name takes in this direction.
        most: Up to so many cells each may have its name.
        block: After how many cells another row of a matrix begins: then every row, every 2nd … has one; 0 for none.
    """
    if count <= most and pitch >= SMALLEST_WITH_GAP and room <= pitch:
        return 1
    step = block or 5
    while (step - (0 if block else 1)) * pitch < room and step < count:
        step *= 2
    return step


def place_matrix(
    shape: tuple[int, int],
    cell: CellSize,
    left: float,
    top: float,
    *,
    row_names: float = 0.0,
    column_names: float = 0.0,
    names_width: float = NAMES_WIDTH,
    names_gap: float = NAMES_GAP,
    blocks: tuple[int, int] = (0, 0),
) -> MatrixPlace:
    """Puts a matrix where its cells begin at (left, top).

    Args:
        shape: Rows and columns.
        cell: The pitch.
        left: Left edge of the cells.
        top: Upper edge of the cells.
        row_names: Width of the widest name of a row; 0 for no names.
        column_names: Width of the widest name of a column; 0 for no names.
        names_width: The least room for names of rows.
        names_gap: What of it stays free next to the cells.
        blocks: After how many rows, and columns, another row of a matrix begins; 0 for none.
    """
    return MatrixPlace(
        *shape, cell, left, top,
        names_width=room_for_names(row_names, names_width, names_gap),
        names_gap=names_gap,
        column_names=column_names > 0,
        row_step=name_step(shape[0], cell.height, NAME_PX + 2, block=blocks[0]),
        column_step=name_step(shape[1], cell.width, column_names + NAMES_APART, block=blocks[1]),
        blocks=blocks,
    )


def room_for_names(row_names: float, least: float = NAMES_WIDTH, gap: float = NAMES_GAP) -> float:
    """The room left of the cells, for names of the given width; 0 where there are no names."""
    return max(least, math.ceil(row_names) + 4 + gap) if row_names > 0 else 0.0


def fitting_cell(shape: tuple[int, int], width: float, base: CellSize) -> CellSize:
    """The pitch for a matrix in a given width: ``base`` where that fits, else smaller, at last without numbers.

    Each matrix shrinks for itself: one large Jacobian must not take the numbers from the small ones beside it.

    Args:
        shape: Rows and columns.
        width: Room for the cells.
        base: The pitch that is wanted.
    """
    rows, columns = shape
    for size in (base, HEAT_BRIEF, HEAT_SMALL):
        if columns * size.width <= width and max(shape) <= MOST_NAMED_COLUMNS and size.width <= base.width:
            return CellSize(size.width, min(size.height, base.height))
    return CellSize(_fitting_pitch(columns, width), _fitting_pitch(rows, TALLEST_UNPRINTED))


def _fitting_pitch(count: int, room: float) -> float:
    pitch = min(room / max(count, 1), LARGEST_UNPRINTED)
    return math.floor(pitch) if pitch >= 1 else max(pitch, 1e-3)


class Printed(NamedTuple):
    """What the cells of a matrix print, and where.

    Attributes:
        texts: A row of texts for each row.
        inset: How far from the right edge of a cell its number ends.
    """

    texts: tuple[tuple[str, ...], ...]
    inset: float


def printed(spec: HeatmapSpec, cell: CellSize) -> Printed | None:
    """What the cells of a matrix print at this pitch: all its numbers, with fewer digits where room is short, or none.

    They are printed where a cell is at least 14×15, there are at most 24 columns and the widest number fits.
    """
    if min(cell.width - SMALLEST_PRINTED.width, cell.height - SMALLEST_PRINTED.height) < 0:
        return None
    if spec.shape[1] > MOST_NAMED_COLUMNS:
        return None
    if spec.widest_text + _PADDING <= cell.width - 1:
        return Printed(spec.texts, number_inset(cell, spec.decimals))
    if spec.widest_brief_text + _BRIEF_PADDING <= cell.width - 1:
        usual = max(_USUAL_BRIEF, spec.widest_brief_text)
        return Printed(spec.brief_texts, max(_BRIEF_PADDING, math.floor((cell.width - 1 - usual) / 2)))
    return None


def prints_numbers(spec: HeatmapSpec, cell: CellSize) -> bool:
    """Whether the numbers of a matrix are printed at this pitch: all of them or none."""
    return printed(spec, cell) is not None


def number_inset(cell: CellSize, decimals: int = 2) -> float:
    """How far from the right edge of a cell its number ends.

    Three px where the cell is narrow; in a wide one a usual negative number stands in the middle, and all others end
    where it ends, so that the points align and do not move when a number changes.
    """
    usual = text_width("\u22120." + "8" * decimals, CELL_PX)
    return max(_PADDING, math.ceil((cell.width - 1 - usual) / 2))
