"""Where the three matrices of a comparison stand: rows under each other, matrices side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tutor.figures.comparison import LABELS, ComparisonSpec
from tutor.figures.equation_plan import Measures
from tutor.figures.heatmap import Cell
from tutor.figures.inter import text_width
from tutor.figures.places import (
    COMPARISON,
    COMPARISON_NARROW,
    LARGEST_UNPRINTED,
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
_LEAST_LINE: Final = 16.0
_WORD: Final = max(text_width(label, LABEL_PX) for label in LABELS)
"""So wide is the longest word above a matrix, however narrow that is."""
_SIDE_GAP: Final = 28.0
_NARROW_GAP: Final = 18.0
"""The same where the names of the rows stand at the first matrix alone."""
_WORD_GAP: Final = 8.0
_STACK_GAP: Final = 12.0
# The pitches to try, the best first: wider where numbers are long, narrower and lower where room is short.
_ROW_SIZES: Final = (COMPARISON, CellSize(62, 24), CellSize(66, 24), COMPARISON_NARROW, CellSize(54, 18))
_MATRIX_SIZES: Final = (
    CellSize(62, 24), CellSize(66, 24), COMPARISON, COMPARISON_NARROW, CellSize(62, 18), CellSize(54, 18),
    CellSize(54, 16),
)
_UNPRINTED: Final = tuple(CellSize(side, min(side, 18)) for side in (24, 18, 15, 12, 10, 8, 6, 4, 3, 2))

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
    spec: ComparisonSpec, width: float, measures: Sequence[Measures], height: float = math.inf
) -> ComparisonPlan:
    """Puts the three matrices of a comparison in a given room, so that all three are seen together if that can be.

    Where room is short cells get lower, then they lose their numbers, and only then the whole is higher than the room.

    Args:
        spec: The comparison.
        width: Room from left to right; what cannot become narrower goes beyond it.
        measures: What was measured of each of the three.
        height: Room from top to bottom.
    """
    plans = _row_plans if spec.shape[0] == 1 else _matrix_plans
    scrolled = None
    for plan in plans(spec, width, measures):
        if plan.size.width <= width:
            if plan.size.height <= height:
                return plan
            scrolled = scrolled or plan
    return scrolled or plan


def _titles(spec: ComparisonSpec, width: float) -> tuple[Rect, ...]:
    """The line of the title; it goes where room is short."""
    titled = (Rect(0.0, 0.0, width, _TITLE_HEIGHT),) if spec.title or spec.caption else ()
    return *titled, Rect(0.0, 0.0, width, 0.0)


def _row_plans(spec: ComparisonSpec, width: float, measures: Sequence[Measures]) -> Iterator[ComparisonPlan]:
    """Rows under each other, the best first."""
    least = fitting_cell(spec.shape, max(width - _LABEL_WIDTH, 1.0), _UNPRINTED[0])
    for cells in (_printed(spec, _ROW_SIZES), (*_unprinted(spec), least)):
        for title in _titles(spec, width):
            for cell in cells:
                yield _plan_rows(spec, cell, measures, title)


def _matrix_plans(spec: ComparisonSpec, width: float, measures: Sequence[Measures]) -> Iterator[ComparisonPlan]:
    """Matrices side by side, the best first."""
    printed = _printed(spec, _MATRIX_SIZES)
    third = (width - 2 * _SIDE_GAP) / 3 - room_for_names(measures[0].row_names)
    least = fitting_cell(spec.shape, max(third, 1.0), _UNPRINTED[0])
    for cells, ways in ((printed, ((3, False), (3, True), (2, False), (1, False))),
                        ((*_unprinted(spec), least), ((3, False),))):
        for beside, named_once in ways:
            for title in _titles(spec, width):
                for cell in cells:
                    yield _plan_matrices(spec, cell, measures, title, beside, named_once)


def _plan_rows(spec: ComparisonSpec, cell: CellSize, measures: Sequence[Measures], title: Rect) -> ComparisonPlan:
    y = title.bottom + (NAMES_HEIGHT if spec.column_names else 0.0)
    matrices, labels = [], []
    for index, measured in enumerate(measures):
        names = measured.column_names if index == 0 else 0.0
        matrix = place_matrix(spec.shape, cell, _LABEL_WIDTH, y, column_names=names)
        matrices.append(matrix)
        labels.append(Rect(0.0, y, _LABEL_WIDTH, cell.height - matrix.gap))
        y += max(cell.height, _LEAST_LINE) + _ROW_GAP
    size = Size(matrices[0].cells.right, y - _ROW_GAP)
    return ComparisonPlan(size, title, _three(matrices), _three(labels), stacked=True)


def _plan_matrices(
    spec: ComparisonSpec, cell: CellSize, measures: Sequence[Measures], title: Rect, beside: int, named_once: bool
) -> ComparisonPlan:
    """Matrices side by side; where room is short the names of the rows stand at the first alone."""
    wide = spec.shape[1] * cell.width
    beyond = max(0.0, (_WORD - wide) / 2)
    names = room_for_names(measures[0].row_names)
    pitch = max((wide + _NARROW_GAP) if named_once else (names + wide + _SIDE_GAP), _WORD + _WORD_GAP)
    above = _LABEL_HEIGHT + _LABEL_GAP + (NAMES_HEIGHT if spec.column_names else 0.0)
    matrices, labels = [], []
    for index, measured in enumerate(measures):
        line, place = divmod(index, beside)
        left = max(names, beyond) + place * pitch
        top = title.bottom + above + line * (above + spec.shape[0] * cell.height + _STACK_GAP)
        row_names = 0.0 if named_once and index else measured.row_names
        matrix = place_matrix(spec.shape, cell, left, top, row_names=row_names,
                              column_names=measured.column_names)
        matrices.append(matrix)
        labels.append(Rect(left - beyond, top - above, matrix.cells.width - matrix.gap + 2 * beyond, _LABEL_HEIGHT))
    size = Size(max(matrix.cells.right for matrix in matrices) + beyond, matrices[-1].cells.bottom)
    return ComparisonPlan(size, title, _three(matrices), _three(labels), stacked=False)


def _printed(spec: ComparisonSpec, wanted: Sequence[CellSize]) -> tuple[CellSize, ...]:
    """The wanted pitches that print all three."""
    if max(spec.shape) > MOST_NAMED_COLUMNS:
        return ()
    return tuple(size for size in wanted if all(prints_numbers(table, size) for table in spec.tables))


def _unprinted(spec: ComparisonSpec) -> tuple[CellSize, ...]:
    """Pitches without numbers; those of many cells are small from the start."""
    named = max(spec.shape) <= MOST_NAMED_COLUMNS
    return tuple(size for size in _UNPRINTED if named or size.width <= LARGEST_UNPRINTED)


def _three(items: Sequence[_Part]) -> tuple[_Part, _Part, _Part]:
    one, two, three = items
    return one, two, three
