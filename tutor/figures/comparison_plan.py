"""Where the three matrices of a comparison stand: rows under each other, matrices side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tutor.figures.comparison import ComparisonSpec
from tutor.figures.equation_plan import Measures
from tutor.figures.heatmap import Cell
from tutor.figures.places import (
    COMPARISON,
    COMPARISON_NARROW,
    MOST_NAMED_COLUMNS,
    NAMES_HEIGHT,
    CellSize,
    MatrixPlace,
    Rect,
    Size,
    fitting_cell,
    place_matrix,
    prints_numbers,
    room_for_names,
)

LABEL_PX: Final = 13
CAPTION_PX: Final = 11

_TITLE_HEIGHT: Final = 20.0
_LABEL_WIDTH: Final = 76.0
_LABEL_HEIGHT: Final = 20.0
_LABEL_GAP: Final = 4.0
_ROW_GAP: Final = 2.0
_SIDE_GAP: Final = 28.0
_STACK_GAP: Final = 12.0
# The pitches to try, the best first: wider where numbers are long, narrower where room is short.
_ROW_SIZES: Final = (COMPARISON, CellSize(62, 24), CellSize(66, 24), COMPARISON_NARROW)
_MATRIX_SIZES: Final = (CellSize(62, 24), CellSize(66, 24), COMPARISON, COMPARISON_NARROW)
_UNPRINTED: Final = CellSize(24, 18)

_Part = TypeVar("_Part")


@dataclass(frozen=True)
class ComparisonPlan:
    """Where a comparison stands.

    Attributes:
        size: The whole.
        title: The line of the title and the caption behind it; no height where there is neither.
        matrices: The three matrices.
        labels: The place of the word for each: left of a row, above a matrix.
        stacked: Whether they stand under each other, the words at their left.
    """

    size: Size
    title: Rect
    matrices: tuple[MatrixPlace, MatrixPlace, MatrixPlace]
    labels: tuple[Rect, Rect, Rect]
    stacked: bool

    def cell_at(self, x: float, y: float) -> tuple[int, Cell] | None:
        """The number of the matrix and its cell under a point."""
        for index, matrix in enumerate(self.matrices):
            cell = matrix.cell_at(x, y)
            if cell is not None:
                return index, cell
        return None


def plan_comparison(
    spec: ComparisonSpec, width: float, measures: Sequence[Measures], *, numbers_first: bool = True
) -> ComparisonPlan:
    """Puts the three matrices of a comparison in a given width.

    Args:
        spec: The comparison.
        width: Room from left to right; what cannot become narrower goes beyond it.
        measures: What was measured of each of the three.
        numbers_first: What yields where three matrices with numbers do not fit side by side: their order, so that
            they stand on several lines, or the numbers.
    """
    title = Rect(0.0, 0.0, width, _TITLE_HEIGHT if spec.title or spec.caption else 0.0)
    if spec.shape[0] == 1:
        return _plan_rows(spec, width, measures, title)
    return _plan_matrices(spec, width, measures, title, numbers_first)


def _plan_rows(spec: ComparisonSpec, width: float, measures: Sequence[Measures], title: Rect) -> ComparisonPlan:
    cell = _fitting(spec, width - _LABEL_WIDTH, _ROW_SIZES)
    y = title.bottom + (NAMES_HEIGHT if spec.column_names else 0.0)
    matrices, labels = [], []
    for index, measured in enumerate(measures):
        names = measured.column_names if index == 0 else 0.0
        matrix = place_matrix(spec.shape, cell, _LABEL_WIDTH, y, column_names=names)
        matrices.append(matrix)
        labels.append(Rect(0.0, y, _LABEL_WIDTH, cell.height - matrix.gap))
        y += cell.height + _ROW_GAP
    size = Size(matrices[0].cells.right, y - _ROW_GAP)
    return ComparisonPlan(size, title, _three(matrices), _three(labels), stacked=True)


def _plan_matrices(
    spec: ComparisonSpec, width: float, measures: Sequence[Measures], title: Rect, numbers_first: bool
) -> ComparisonPlan:
    names = room_for_names(measures[0].row_names)
    above = _LABEL_HEIGHT + _LABEL_GAP + (NAMES_HEIGHT if spec.column_names else 0.0)
    third = (width - 2 * _SIDE_GAP) / 3 - names
    cell = _fitting(spec, third, _MATRIX_SIZES)
    if numbers_first and not prints_numbers(spec.tables[0], cell):
        printed = _fitting(spec, width - names, _MATRIX_SIZES)
        cell = printed if prints_numbers(spec.tables[0], printed) else cell
    side = names + spec.shape[1] * cell.width
    beside = max(1, min(3, int((width + _SIDE_GAP) // (side + _SIDE_GAP))))
    matrices, labels = [], []
    for index, measured in enumerate(measures):
        line, place = divmod(index, beside)
        left = place * (side + _SIDE_GAP) + names
        top = title.bottom + above + line * (above + spec.shape[0] * cell.height + _STACK_GAP)
        matrix = place_matrix(spec.shape, cell, left, top, row_names=measured.row_names,
                              column_names=measured.column_names)
        matrices.append(matrix)
        labels.append(Rect(left, top - above, matrix.cells.width - matrix.gap, _LABEL_HEIGHT))
    size = Size(max(matrix.cells.right for matrix in matrices), matrices[-1].cells.bottom)
    return ComparisonPlan(size, title, _three(matrices), _three(labels), stacked=False)


def _fitting(spec: ComparisonSpec, room: float, wanted: Sequence[CellSize]) -> CellSize:
    """The first of the wanted pitches that fits and prints all three; else one without numbers."""
    columns = spec.shape[1]
    if max(spec.shape) <= MOST_NAMED_COLUMNS:
        for size in wanted:
            printed = all(prints_numbers(table, size) for table in spec.tables)
            if printed and columns * size.width <= room:
                return size
    return fitting_cell(spec.shape, max(room, 1.0), _UNPRINTED)


def _three(items: Sequence[_Part]) -> tuple[_Part, _Part, _Part]:
    one, two, three = items
    return one, two, three
