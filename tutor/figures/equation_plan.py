"""How an equation of matrices is broken into lines, as a typeset equation is, and where everything stands."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tutor.figures.heatmap import Cell, EquationSpec, HeatmapSpec
from tutor.figures.places import (
    HEAT,
    HEAT_LEAST,
    HEAT_SMALL,
    NAMES_HEIGHT,
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
_AROUND: Final = 1.0
_NOTE_GAP: Final = 3.0
_NOTE_HEIGHT: Final = 17.0
_OPERATOR_SLOT: Final = 20.0
_SMALL_OPERATOR: Final = 8.0
_OPERATOR_PADDING: Final = 7.5
# A heading stands above the axis, so it may reach a little over the signs beside its matrix.
_OVERHANG: Final = 6.0
_LEAST_CELLS: Final = 60.0
_HEIGHTS: Final = (24, 22, 20, 19, 18, 17, 16)
"""Heights of cells that still hold a number."""
_BARE: Final = (HEAT_SMALL, HEAT_LEAST, CellSize(14, 16))
"""Cells without numbers."""
_LOWEST: Final = CellSize(HEAT_LEAST.width, 16)


class Pitch(NamedTuple):
    """How large the cells of an equation are wanted.

    Attributes:
        cell: The pitch of cells.
        bare: The numbers of those matrices that make room for the others: smaller, and without numbers.
        bare_cell: Their pitch.
        notes: Whether notes that may yield have room.
    """

    cell: CellSize = HEAT
    bare: frozenset[int] = frozenset()
    bare_cell: CellSize = HEAT_SMALL
    notes: bool = True


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
        title: The line of the title.
        form: The line of the form; without height where it has no room.
        note: The line of the note; without width where it has no room.
    """

    matrix: MatrixPlace
    outer: Rect
    heading: Rect
    title: Rect
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
    slots = [_slot(sign) for sign in operator_widths]
    items = []
    for index, (matrix, measured) in enumerate(zip(spec.items, measures, strict=True)):
        sign = slots[index - 1] if index else 0.0
        cell = pitch.bare_cell if index in pitch.bare else pitch.cell
        if matrix.note_yields and not pitch.notes:
            measured = measured._replace(note=0.0)
        items.append(_measure_item(matrix, measured, max(width - sign, _LEAST_CELLS), cell))
    lines = _break_lines(items, slots, width)

    places: list[ItemPlace] = []
    operators: list[Rect] = []
    top = right = 0.0
    for line in lines:
        axis = top + max(items[index].above for index in line)
        x = 0.0
        for index in line:
            if index:
                slot = slots[index - 1]
                operators.append(Rect(x, axis - _OPERATOR_SLOT / 2, slot, _OPERATOR_SLOT))
                x += slot
            places.append(_place_item(items[index], x, axis))
            x += items[index].width
        right = max(right, x)
        top = axis + max(items[index].below for index in line) + LINE_GAP
    return EquationPlan(Size(right, max(top - LINE_GAP, 0.0)), tuple(places), tuple(operators), len(lines))


def fitting_pitch(
    spec: EquationSpec, size: Size, measures: Sequence[Measures], operator_widths: Sequence[float]
) -> Pitch | None:
    """The largest cells with which all of an equation is seen at once, with as many numbers as can be.

    Args:
        spec: The equation.
        size: The room.
        measures: What was measured of each matrix.
        operator_widths: Widths of the signs.

    Returns:
        None where no cells are small enough.
    """
    def fits(pitch: Pitch) -> bool:
        return plan_equation(spec, size.width, measures, operator_widths, pitch).size.height <= size.height

    # Lines are broken the same whatever the height of the cells: where the lowest have no room, no others have.
    wide = frozenset(index for index, (item, measured) in enumerate(zip(spec.items, measures, strict=True))
                     if item.shape[1] * HEAT.width + room_for_names(measured.row_names) + _OPERATOR_SLOT > size.width)
    for pitches in _pitches(spec, wide):
        if fits(pitches[-1]):
            return next(pitch for pitch in pitches if fits(pitch))
    return None


def _pitches(spec: EquationSpec, wide: frozenset[int]) -> Iterator[Sequence[Pitch]]:
    """From all numbers to none, each from high cells to low ones.

    The largest matrices lose their numbers first, equally large ones together; what the product gives, last of all.
    Those that are too wide for numbers never have any.
    """
    sizes = [item.values.size for item in spec.items[:-1]]
    for most in sorted({0, *sizes}, reverse=True):
        larger = frozenset(index for index, size in enumerate(sizes) if size > most)
        for bare in dict.fromkeys((wide | larger, larger)):
            for small in _BARE if bare else (HEAT_SMALL,):
                yield [Pitch(CellSize(HEAT.width, height), bare, small, notes)
                       for height in _HEIGHTS for notes in (True, False)]
    yield from ([Pitch(small, notes=notes) for notes in (True, False)] for small in (HEAT_SMALL, HEAT_LEAST, _LOWEST))


def _slot(sign: float) -> float:
    return _OPERATOR_SLOT if sign <= _SMALL_OPERATOR else math.ceil(sign) + 2 * _OPERATOR_PADDING


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


def _measure_item(matrix: HeatmapSpec, measured: Measures, room: float, wanted: CellSize) -> _Item:
    shape, names = matrix.shape, room_for_names(measured.row_names)
    cell = fitting_cell(shape, max(room - names, _LEAST_CELLS), wanted)
    across, down = shape[1] * cell.width, shape[0] * cell.height
    before, after, centre = names, across, across / 2
    measured = _without_wide_words(measured, names + across if wanted.width <= HEAT_LEAST.width else room)
    text = max(measured.title.width, measured.form.width, measured.note)
    if text > across:  # too wide to stand over the cells: over the names as well, and what still lacks on both sides
        centre = (across - names) / 2
        lack = max(0.0, text - names - across - 2 * _OVERHANG) / 2
        before, after = names + lack, across + lack
    heading = _heading_height(measured)
    head = (NAMES_HEIGHT if measured.column_names else 0.0) + (heading + _HEADING_GAP if heading else 0.0)
    note = _NOTE_GAP + _NOTE_HEIGHT if measured.note else 0.0
    return _Item(shape, matrix.blocks, cell, measured, before, after, centre, down / 2 + head, down / 2 + note)


def _without_wide_words(measured: Measures, room: float) -> Measures:
    """Only the words over and under a matrix that have room; what is pointed at is said at the foot in any case."""
    return measured._replace(form=measured.form if measured.form.width <= room else NO_SIZE,
                             note=measured.note if measured.note <= room else 0.0)


def _place_item(item: _Item, x: float, axis: float) -> ItemPlace:
    measured = item.measures
    left, top = x + item.before, axis - item.shape[0] * item.cell.height / 2
    matrix = place_matrix(
        item.shape, item.cell, left, top, row_names=measured.row_names, column_names=measured.column_names,
        blocks=item.blocks,
    )
    cells, centre = matrix.cells, left + item.centre
    form_height = max(_HEADING_LINE, measured.form.height) if measured.form.width else 0.0
    height = _heading_height(measured)
    heading_width = max(cells.width - matrix.gap, max(measured.title.width, measured.form.width) + 8)
    heading_top = matrix.outer.top - height - (_HEADING_GAP if height else 0.0)
    heading_left = centre - heading_width / 2
    if centre == left + cells.width / 2 and heading_width <= cells.width:
        heading_left = left
    heading = Rect(heading_left - _AROUND, heading_top - _AROUND, heading_width + 2 * _AROUND, height + 2 * _AROUND)
    return ItemPlace(
        matrix,
        outer=Rect(x, axis - item.above, item.width, item.above + item.below),
        heading=heading,
        title=Rect(heading_left, heading_top, heading_width, height - form_height),
        form=Rect(heading_left, heading_top + height - form_height, heading_width, form_height),
        note=Rect(centre - measured.note / 2, cells.bottom + _NOTE_GAP, measured.note, _NOTE_HEIGHT),
    )


def _heading_height(measured: Measures) -> float:
    title = max(_HEADING_LINE, measured.title.height) if measured.title.width else 0.0
    form = max(_HEADING_LINE, measured.form.height) if measured.form.width else 0.0
    return title + form
