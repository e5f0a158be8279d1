"""How an equation of matrices is broken into lines, as a typeset equation is, and where everything stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from tutor.figures.heatmap import Cell, EquationSpec
from tutor.figures.places import (
    HEAT,
    HEAT_LEAST,
    HEAT_SMALL,
    NAMES_HEIGHT,
    NAMES_WIDTH,
    NO_SIZE,
    CellSize,
    MatrixPlace,
    Rect,
    Size,
    fitting_cell,
    place_matrix,
    room_for_names,
)

TITLE_PX: Final = 15
FORM_PX: Final = 17
NOTE_PX: Final = 11

LINE_GAP: Final = 16.0
_HEADING_LINE: Final = 20.0
_HEADING_GAP: Final = 4.0
_DENSE_LINE_GAP: Final = 8.0
_DENSE_HEADING_GAP: Final = 2.0
_EQUALS: Final = 21.0
"""The room of the sign between a title and a form on one line."""
_AROUND: Final = 1.0
_NOTE_GAP: Final = 3.0
_NOTE_HEIGHT: Final = 17.0
_OPERATOR_SLOT: Final = 20.0
_SMALL_OPERATOR: Final = 8.0
_OPERATOR_PADDING: Final = 7.5
DENSE_SLOT: Final = 14.0
_DENSE_PADDING: Final = 5.0
# A heading stands above the axis, so it may reach a little over the signs beside its matrix.
_OVERHANG: Final = 6.0
_LEAST_CELLS: Final = 60.0


class Pitch(NamedTuple):
    """How large the cells of an equation are wanted.

    Attributes:
        cell: The pitch of cells.
        bare: Which matrices make room for the others: their cells are too small for usual numbers.
        bare_cell: Their pitch.
        notes: Whether notes that may yield have room.
        dense: Whether title and form share a line, and lines stand nearer, without notes.
    """

    cell: CellSize = HEAT
    bare: frozenset[int] = frozenset()
    bare_cell: CellSize = HEAT_SMALL
    notes: bool = True
    dense: bool = False

    @property
    def rank(self) -> tuple[int, float, bool]:
        """The more numbers are seen, and the more digits of them, the larger."""
        return -len(self.bare), self.cell.width, not self.dense


FULL: Final = Pitch()
"""Every cell as large as in the design, with its number."""


class Measures(NamedTuple):
    """What was measured of one matrix's texts, in px at 100 % zoom.

    Attributes:
        title: Size of the title; zero where there is none.
        form: Size of the matrix form; zero where there is none.
        note: Width of the note; 0 where there is none.
        row_names: Width of the widest name of a row; 0 where there are none.
        column_names: Width of the widest name of a column; 0 where there are none.
    """

    title: Size = NO_SIZE
    form: Size = NO_SIZE
    note: float = 0.0
    row_names: float = 0.0
    column_names: float = 0.0


class ItemPlace(NamedTuple):
    """Where one matrix of the equation stands with all that belongs to it.

    Attributes:
        matrix: Its cells and names.
        outer: Everything: heading, names, cells and note.
        heading: Title and form together, as far as the tint goes.
        title: The place of the title.
        equals: The place of a sign between title and form; without width where they stand on two lines.
        form: The place of the form; without height where it has no room.
        note: The line of the note; without width where it has no room.
    """

    matrix: MatrixPlace
    outer: Rect
    heading: Rect
    title: Rect
    equals: Rect
    form: Rect
    note: Rect


class EquationPlan(NamedTuple):
    """Where an equation stands.

    Attributes:
        size: The whole.
        items: A place for each matrix.
        operators: The slot of each sign, its middle on the axis of its line.
        lines: How many lines there are.
    """

    size: Size
    items: tuple[ItemPlace, ...]
    operators: tuple[Rect, ...]
    lines: int

    def cell_at(self, x: float, y: float) -> tuple[int, Cell] | None:
        """The number of the matrix and its cell under a point."""
        for index, item in enumerate(self.items):
            cell = item.matrix.cell_at(x, y)
            if cell is not None:
                return index, cell
        return None

    def item_at(self, x: float, y: float) -> int | None:
        """The number of the matrix under a point, its heading and names included."""
        return next((index for index, item in enumerate(self.items) if item.outer.contains(x, y)), None)


class _Item(NamedTuple):
    """A matrix before its place is known: extents from the left edge of its cells and from its axis."""

    shape: tuple[int, int]
    blocks: tuple[int, int]
    cell: CellSize
    measures: Measures
    before: float
    after: float
    centre: float
    above: float
    below: float
    dense: bool

    @property
    def width(self) -> float:
        return self.before + self.after


def plan_equation(
    spec: EquationSpec,
    width: float,
    measures: Sequence[Measures],
    operator_widths: Sequence[float],
    pitch: Pitch = FULL,
) -> EquationPlan:
    """Breaks an equation into lines and gives everything its place.

    A line is broken before a sign, which then starts the next line. All matrices of a line stand on one axis.

    Args:
        spec: The equation.
        width: Room from left to right. A single matrix that is wider stays on a line of its own.
        measures: What was measured of each matrix.
        operator_widths: Widths of the signs.
        pitch: What is wanted; a matrix too large for it gets smaller cells.
    """
    items, slots, lines = lines_of(spec, width, measures, operator_widths, pitch)
    gap = line_gap(pitch)
    places: list[ItemPlace] = []
    operators: list[Rect] = []
    top = right = 0.0
    for line in lines:
        above, below = extents(items, line)
        axis = top + above
        x = 0.0
        for index in line:
            if index:
                slot = slots[index - 1]
                operators.append(Rect(x, axis - _OPERATOR_SLOT / 2, slot, _OPERATOR_SLOT))
                x += slot
            places.append(_place_item(items[index], x, axis))
            x += items[index].width
        right = max(right, x)
        top = axis + below + gap
    return EquationPlan(Size(right, max(top - gap, 0.0)), tuple(places), tuple(operators), len(lines))


def lines_of(
    spec: EquationSpec, width: float, measures: Sequence[Measures], operator_widths: Sequence[float], pitch: Pitch
) -> tuple[list[_Item], list[float], list[list[int]]]:
    """All matrices measured, the widths of the signs, and which matrices stand on which line; arguments as above."""
    slots = [_slot(sign, pitch.dense) for sign in operator_widths]
    items = []
    for index, (matrix, measured) in enumerate(zip(spec.items, measures, strict=True)):
        sign = slots[index - 1] if index else 0.0
        cell = pitch.bare_cell if index in pitch.bare else pitch.cell
        if pitch.dense or (matrix.note_yields and not pitch.notes):
            measured = measured._replace(note=0.0)
        room = max(width - sign, _LEAST_CELLS)
        items.append(_measure_item(matrix.shape, matrix.blocks, measured, room, cell, pitch.dense))
    return items, slots, _break_lines(items, slots, width)


def extents(items: Sequence[_Item], line: Sequence[int]) -> tuple[float, float]:
    """How far a line reaches above and below its axis, its signs included."""
    sign = _OPERATOR_SLOT / 2 if line[-1] else 0.0  # the first matrix of all has none
    return max(sign, *(items[index].above for index in line)), max(sign, *(items[index].below for index in line))


def line_gap(pitch: Pitch) -> float:
    """The room between two lines."""
    return _DENSE_LINE_GAP if pitch.dense else LINE_GAP


def _slot(sign: float, dense: bool) -> float:
    if sign <= _SMALL_OPERATOR:
        return DENSE_SLOT if dense else _OPERATOR_SLOT
    return math.ceil(sign) + 2 * (_DENSE_PADDING if dense else _OPERATOR_PADDING)


def names_width(measured: Measures, dense: bool) -> float:
    """The room for the names of rows, left of the cells."""
    return room_for_names(measured.row_names, 0.0) if dense else room_for_names(measured.row_names)


def _break_lines(items: Sequence[_Item], slots: Sequence[float], width: float) -> list[list[int]]:
    lines: list[list[int]] = []
    used = 0.0
    for index, item in enumerate(items):
        needed = item.width + (slots[index - 1] if index else 0.0)
        if not lines or used + needed > width:
            lines.append([])
            used = 0.0
        lines[-1].append(index)
        used += needed
    return lines


@lru_cache(maxsize=4096)  # while a pitch is looked for, most of it is measured again and again
def _measure_item(
    shape: tuple[int, int], blocks: tuple[int, int], measured: Measures, room: float, wanted: CellSize, dense: bool
) -> _Item:
    names = names_width(measured, dense)
    cell = fitting_cell(shape, max(room - names, _LEAST_CELLS), wanted)
    across, down = shape[1] * cell.width, shape[0] * cell.height
    before, after, centre = names, across, across / 2
    measured = _without_wide_words(measured, names + across if wanted.width <= HEAT_LEAST.width else room, dense)
    text = max(_heading_width(measured, dense), measured.note)
    if text > across:  # too wide to stand over the cells: over the names as well, and what still lacks on both sides
        centre = (across - names) / 2
        lack = max(0.0, text - names - across - 2 * _OVERHANG) / 2
        before, after = names + lack, across + lack
    heading = _heading_height(measured, dense)
    heading += (_DENSE_HEADING_GAP if dense else _HEADING_GAP) if heading else 0.0
    head = (NAMES_HEIGHT if measured.column_names else 0.0) + heading
    note = _NOTE_GAP + _NOTE_HEIGHT if measured.note else 0.0
    return _Item(shape, blocks, cell, measured, before, after, centre, down / 2 + head, down / 2 + note, dense)


def _without_wide_words(measured: Measures, room: float, dense: bool) -> Measures:
    """Only the words over and under a matrix that have room; what is pointed at is said at the foot in any case."""
    beside = measured.title.width + _EQUALS if dense and measured.title.width else 0.0
    return measured._replace(form=measured.form if beside + measured.form.width <= room else NO_SIZE,
                             note=measured.note if measured.note <= room else 0.0)


def _place_item(item: _Item, x: float, axis: float) -> ItemPlace:
    measured, dense = item.measures, item.dense
    left, top = x + item.before, axis - item.shape[0] * item.cell.height / 2
    matrix = place_matrix(
        item.shape, item.cell, left, top, row_names=measured.row_names, column_names=measured.column_names,
        names_width=0.0 if dense else NAMES_WIDTH, blocks=item.blocks,
    )
    cells, centre = matrix.cells, left + item.centre
    height, text = _heading_height(measured, dense), _heading_width(measured, dense)
    heading_width = max(cells.width - matrix.gap, text + 8)
    heading_top = matrix.outer.top - height - ((_DENSE_HEADING_GAP if dense else _HEADING_GAP) if height else 0.0)
    heading_left = centre - heading_width / 2
    if centre == left + cells.width / 2 and heading_width <= cells.width:
        heading_left = left
    heading = Rect(heading_left - _AROUND, heading_top - _AROUND, heading_width + 2 * _AROUND, height + 2 * _AROUND)
    if dense and measured.title.width and measured.form.width:
        start = heading_left + (heading_width - text) / 2
        title = Rect(start, heading_top, measured.title.width, height)
        equals = Rect(title.right, heading_top, _EQUALS, height)
        form = Rect(equals.right, heading_top, measured.form.width, height)
    else:
        form_height = max(_HEADING_LINE, measured.form.height) if measured.form.width else 0.0
        title = Rect(heading_left, heading_top, heading_width, height - form_height)
        equals = Rect(title.right, heading_top, 0.0, 0.0)
        form = Rect(heading_left, title.bottom, heading_width, form_height)
    return ItemPlace(
        matrix,
        outer=Rect(x, axis - item.above, item.width, item.above + item.below),
        heading=heading,
        title=title,
        equals=equals,
        form=form,
        note=Rect(centre - measured.note / 2, cells.bottom + _NOTE_GAP, measured.note, _NOTE_HEIGHT),
    )


def _heading_width(measured: Measures, dense: bool) -> float:
    title, form = measured.title.width, measured.form.width
    return title + _EQUALS + form if dense and title and form else max(title, form)


def _heading_height(measured: Measures, dense: bool) -> float:
    title = max(_HEADING_LINE, measured.title.height) if measured.title.width else 0.0
    form = max(_HEADING_LINE, measured.form.height) if measured.form.width else 0.0
    return max(title, form) if dense else title + form
