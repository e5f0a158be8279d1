"""Where the three matrices of a comparison stand: rows under each other, matrices side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import Final, NamedTuple, TypeAlias, TypeVar

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
    NAMES_WIDTH,
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
_TIGHT_LABEL: Final = 15.0
_ROW_GAP: Final = 2.0
_LEAST_LINE: Final = 16.0
_WORD: Final = max(text_width(label, LABEL_PX) for label in LABELS)
"""So wide is the longest word above a matrix, however narrow that is."""
_SIDE_GAP: Final = 28.0
_NARROW_GAP: Final = 18.0
"""The same where the names of the rows stand at the first matrix alone."""
_TIGHT_GAP: Final = 12.0
_WORD_GAP: Final = 8.0
_STACK_GAP: Final = 12.0
# The pitches to try, the best first: wider where numbers are long, narrower and lower where room is short.
_ROW_SIZES: Final = (COMPARISON, CellSize(62, 24), CellSize(66, 24), COMPARISON_NARROW, CellSize(54, 18),
                     CellSize(47, 22), CellSize(47, 18))
_MATRIX_SIZES: Final = (
    CellSize(62, 24), CellSize(66, 24), COMPARISON, COMPARISON_NARROW, CellSize(62, 18), CellSize(54, 18),
    CellSize(54, 16),
)
_BRIEF_SIZES: Final = (CellSize(47, 18), CellSize(47, 16))
"""Pitches with the 0 before the point left out."""
_TIGHT_SIZES: Final = (CellSize(54, 15), CellSize(47, 15))
MOST_SCROLLED: Final = 12
"""Rows and columns up to which numbers are scrolled to; of more of them the colours say more, all seen at once."""
_UNPRINTED: Final = tuple(CellSize(side, min(side, 18)) for side in (24, 18, 15, 12, 10, 8, 6, 4, 3, 2))


class _Way(NamedTuple):
    """How matrices stand side by side.

    Attributes:
        beside: How many on a line.
        named_once: Whether only the first of a line has the names of its rows.
        tight: Whether words, names and matrices stand nearer, without a title.
    """

    beside: int
    named_once: bool = False
    tight: bool = False

    @property
    def names_width(self) -> float:
        """The least room for names of rows."""
        return 0.0 if self.tight else NAMES_WIDTH

    @property
    def label(self) -> float:
        """The height of the word above a matrix."""
        return _TIGHT_LABEL if self.tight else _LABEL_HEIGHT


_THREE: Final = (_Way(3), _Way(3, True), _Way(3, True, True))
_FEWER: Final = (_Way(2), _Way(2, True, True), _Way(1), _Way(1, True, True))



class _Draft(NamedTuple):
    """How large a comparison is in cells of a pitch, before anything has its place."""

    size: Size
    cell: CellSize
    title: Rect
    way: _Way = _THREE[0]


_Part = TypeVar("_Part")
_Drafts: TypeAlias = Iterator[_Draft]


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

    Where room is short cells get smaller, with fewer digits at last, and then the whole is higher, or at last wider,
    than the room. Only large matrices lose their numbers.

    Args:
        spec: The comparison.
        width: Room from left to right; what cannot become narrower goes beyond it.
        measures: What was measured of each of the three.
        height: Room from top to bottom.
    """
    stacked = spec.shape[0] == 1
    printed, bare = (_row_drafts if stacked else _matrix_drafts)(spec, width, measures)
    draft = _choose(printed, bare, Size(width, height), max(spec.shape) <= MOST_SCROLLED)
    return _plan_rows(spec, measures, draft) if stacked else _plan_matrices(spec, measures, draft)


def _choose(printed: _Drafts, bare: _Drafts, room: Size, scrolls: bool) -> _Draft:
    narrow: list[_Draft] = []
    for draft in printed:
        if draft.size.width <= room.width and draft.size.height <= room.height:
            return draft
        narrow.append(draft)
    if narrow and scrolls:  # as little as can be is out of sight; of what is as high, the widest cells
        return min(narrow, key=lambda found: (max(found.size.width, room.width), found.size.height, -found.size.width))
    scrolled = None
    for draft in bare:
        if draft.size.width <= room.width:
            if draft.size.height <= room.height:
                return draft
            scrolled = scrolled or draft
    return scrolled or draft


def _titles(spec: ComparisonSpec, width: float) -> tuple[Rect, ...]:
    """The line of the title; it goes where room is short."""
    titled = (Rect(0.0, 0.0, width, _TITLE_HEIGHT),) if spec.title or spec.caption else ()
    return *titled, Rect(0.0, 0.0, width, 0.0)


def _row_drafts(spec: ComparisonSpec, width: float, measures: Sequence[Measures]) -> tuple[_Drafts, _Drafts]:
    """Rows under each other, with numbers and without, the best first."""
    prints = cache(partial(_prints, spec))

    def in_cells(cells: Sequence[CellSize], printed: bool) -> _Drafts:
        for title in _titles(spec, width):
            for cell in cells:
                if not printed or prints(cell):
                    rows = 3 * _row_pitch(cell) - _ROW_GAP
                    size = Size(_LABEL_WIDTH + spec.shape[1] * cell.width,
                                title.bottom + (NAMES_HEIGHT if spec.column_names else 0.0) + rows)
                    yield _Draft(size, cell, title)

    least = fitting_cell(spec.shape, max(width - _LABEL_WIDTH, 1.0), _UNPRINTED[0])
    return in_cells(_ROW_SIZES, True), in_cells((*_unprinted(spec), least), False)


def _matrix_drafts(spec: ComparisonSpec, width: float, measures: Sequence[Measures]) -> tuple[_Drafts, _Drafts]:
    """Matrices side by side, with numbers and without, the best first."""
    prints = cache(partial(_prints, spec))

    def in_cells(way: _Way, cells: Sequence[CellSize], printed: bool) -> _Drafts:
        for title in _titles(spec, width)[-1 if way.tight else 0 :]:
            for cell in cells:
                if not printed or prints(cell):
                    yield _Draft(_side_by_side(spec, cell, measures[0], title, way).size, cell, title, way)

    third = (width - 2 * _SIDE_GAP) / 3 - room_for_names(measures[0].row_names)
    least = fitting_cell(spec.shape, max(third, 1.0), _UNPRINTED[0])
    tries = [*((way, sizes) for sizes in (_MATRIX_SIZES, _BRIEF_SIZES) for way in _THREE),
             *((way, (*_MATRIX_SIZES, *_BRIEF_SIZES)) for way in _FEWER)]
    printed = (in_cells(way, (*sizes, *_TIGHT_SIZES) if way.tight else sizes, True) for way, sizes in tries)
    return chain.from_iterable(printed), in_cells(_THREE[0], (*_unprinted(spec), least), False)


def _row_pitch(cell: CellSize) -> float:
    return max(cell.height, _LEAST_LINE) + _ROW_GAP


def _plan_rows(spec: ComparisonSpec, measures: Sequence[Measures], draft: _Draft) -> ComparisonPlan:
    cell = draft.cell
    y = draft.title.bottom + (NAMES_HEIGHT if spec.column_names else 0.0)
    matrices, labels = [], []
    for index, measured in enumerate(measures):
        names = measured.column_names if index == 0 else 0.0
        matrix = place_matrix(spec.shape, cell, _LABEL_WIDTH, y, column_names=names)
        matrices.append(matrix)
        labels.append(Rect(0.0, y, _LABEL_WIDTH, cell.height - matrix.gap))
        y += _row_pitch(cell)
    return ComparisonPlan(draft.size, draft.title, _three(matrices), _three(labels), stacked=True)


class _Sides(NamedTuple):
    """Where matrices stand side by side: the first one's left edge, the pitch, what is above each, and the whole."""

    left: float
    beyond: float
    pitch: float
    above: float
    down: float
    size: Size


def _side_by_side(spec: ComparisonSpec, cell: CellSize, measured: Measures, title: Rect, way: _Way) -> _Sides:
    wide = spec.shape[1] * cell.width
    beyond = max(0.0, (_WORD - wide) / 2)
    names = room_for_names(measured.row_names, way.names_width)
    gap = _TIGHT_GAP if way.tight else _NARROW_GAP
    pitch = max((wide + gap) if way.named_once else (names + wide + _SIDE_GAP), _WORD + _WORD_GAP)
    above = way.label + (0.0 if way.tight else _LABEL_GAP) + (NAMES_HEIGHT if spec.column_names else 0.0)
    left, down, lines = max(names, beyond), above + spec.shape[0] * cell.height + _STACK_GAP, math.ceil(3 / way.beside)
    size = Size(left + (way.beside - 1) * pitch + wide + beyond, title.bottom + lines * down - _STACK_GAP)
    return _Sides(left, beyond, pitch, above, down, size)


def _plan_matrices(spec: ComparisonSpec, measures: Sequence[Measures], draft: _Draft) -> ComparisonPlan:
    """Matrices side by side; where room is short the names of the rows stand at the first of a line alone."""
    way, cell = draft.way, draft.cell
    sides = _side_by_side(spec, cell, measures[0], draft.title, way)
    matrices, labels = [], []
    for index, measured in enumerate(measures):
        line, place = divmod(index, way.beside)
        left, top = sides.left + place * sides.pitch, draft.title.bottom + sides.above + line * sides.down
        row_names = 0.0 if way.named_once and place else measured.row_names
        matrix = place_matrix(spec.shape, cell, left, top, row_names=row_names, column_names=measured.column_names,
                              names_width=way.names_width)
        matrices.append(matrix)
        labels.append(Rect(left - sides.beyond, top - sides.above,
                           matrix.cells.width - matrix.gap + 2 * sides.beyond, way.label))
    return ComparisonPlan(draft.size, draft.title, _three(matrices), _three(labels), stacked=False)


def _prints(spec: ComparisonSpec, cell: CellSize) -> bool:
    """Whether a pitch prints all three."""
    return max(spec.shape) <= MOST_NAMED_COLUMNS and all(prints_numbers(table, cell) for table in spec.tables)


def _unprinted(spec: ComparisonSpec) -> tuple[CellSize, ...]:
    """Pitches without numbers; those of many cells are small from the start."""
    named = max(spec.shape) <= MOST_NAMED_COLUMNS
    return tuple(size for size in _UNPRINTED if named or size.width <= LARGEST_UNPRINTED)


def _three(items: Sequence[_Part]) -> tuple[_Part, _Part, _Part]:
    one, two, three = items
    return one, two, three
