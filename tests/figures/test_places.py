from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.figures.cells import CELL_PX
from tutor.figures.heatmap import HeatmapSpec
from tutor.figures.inter import text_width
from tutor.figures.places import (
    COMPARISON,
    HEAT,
    HEAT_SHORT,
    HEAT_SMALL,
    TABLE,
    TABLE_SMALL,
    CellSize,
    Rect,
    fitting_cell,
    name_step,
    number_inset,
    place_matrix,
    printed,
    prints_numbers,
)

sizes = st.sampled_from([HEAT, HEAT_SHORT, HEAT_SMALL, TABLE, TABLE_SMALL, CellSize(7, 5), CellSize(0.5, 3)])
shapes = st.tuples(st.integers(1, 30), st.integers(1, 30))


def spec_of(rows: int, columns: int, number: float = -0.88) -> HeatmapSpec:
    return HeatmapSpec("A", np.full((rows, columns), number))


def test_the_pitch_is_that_of_the_design() -> None:
    place = place_matrix((2, 3), HEAT, 100.0, 50.0, row_names=11.0, column_names=11.0)
    assert place.cell_rect(1, 2) == Rect(176.0, 74.0, 37.0, 23.0)  # painted 37×23: one px stays free
    assert place.row_name_rect(0) == Rect(74.0, 50.0, 21.0, 23.0)
    assert place.column_name_rect(1) == Rect(138.0, 30.0, 37.0, 16.0)
    assert place.outer == Rect(74.0, 30.0, 140.0, 68.0)


@given(shapes, sizes, st.data())
def test_a_point_finds_the_cell_painted_there(shape: tuple[int, int], cell: CellSize, data: st.DataObject) -> None:
    place = place_matrix(shape, cell, 10.0, 20.0)
    row, column = data.draw(st.integers(0, shape[0] - 1)), data.draw(st.integers(0, shape[1] - 1))
    assert place.cell_at(*place.cell_rect(row, column).centre) == (row, column)
    assert place.cell_at(9.0, 25.0) is None
    assert place.cell_at(place.cells.right + 1, 25.0) is None


@given(shapes, sizes)
def test_cells_do_not_overlap_and_fill_their_block(shape: tuple[int, int], cell: CellSize) -> None:
    place = place_matrix(shape, cell, 0.0, 0.0)
    last = place.cell_rect(shape[0] - 1, shape[1] - 1)
    assert last.right <= place.cells.right
    if shape[1] > 1:
        assert place.cell_rect(0, 0).right <= place.cell_rect(0, 1).left


@pytest.mark.parametrize(("count", "pitch", "room", "step"), [
    (5, 38.0, 13.0, 1), (24, 38.0, 13.0, 1), (25, 38.0, 13.0, 5), (10, 7.0, 13.0, 5), (10, 12.0, 13.0, 5),
    (4096, 0.12, 20.0, 320),
])
def test_many_or_small_cells_have_a_name_now_and_then(count: int, pitch: float, room: float, step: int) -> None:
    assert name_step(count, pitch, room) == step


@given(st.integers(1, 300), st.floats(0.5, 50.0), st.floats(1.0, 30.0))
def test_names_never_run_into_each_other(count: int, pitch: float, room: float) -> None:
    step = name_step(count, pitch, room)
    assert step >= count or room <= (pitch if step == 1 else (step - 1) * pitch)


@given(st.integers(1, 300), st.floats(0.5, 50.0), st.floats(1.0, 30.0), st.integers(2, 12))
def test_names_that_are_thinned_stand_where_rows_of_a_matrix_begin(
    count: int, pitch: float, room: float, block: int
) -> None:
    place = place_matrix((1, count), CellSize(pitch, 20.0), 0.0, 0.0, column_names=room, blocks=(0, block))
    named = [column for column in range(count) if place.names_column(column)]
    if place.column_step > 1:
        assert named == list(range(0, count, place.column_step)) and place.column_step % block == 0
    assert len(named) == 1 or room < place.column_step * pitch


def test_every_fifth_name_stands_and_the_first() -> None:
    place = place_matrix((30, 2), HEAT_SMALL, 30.0, 0.0, row_names=11.0)
    assert [row + 1 for row in range(30) if place.names_row(row)] == [1, 5, 10, 15, 20, 25, 30]
    assert not place.names_column(0)


@pytest.mark.parametrize(("cell", "seen"), [(HEAT, True), (HEAT_SHORT, True), (HEAT_SMALL, False), (TABLE, True),
                                               (CellSize(34, 16), True), (CellSize(29, 15), True),
                                               (CellSize(28, 15), True), (CellSize(27, 15), False),
                                               (CellSize(36, 14), False)])
def test_numbers_are_printed_where_the_widest_fits(cell: CellSize, seen: bool) -> None:
    assert prints_numbers(spec_of(2, 2), cell) is seen


def test_numbers_are_printed_all_or_none() -> None:
    assert not prints_numbers(HeatmapSpec("A", np.array([[0.1, -1234.5]])), HEAT)
    assert not prints_numbers(spec_of(1, 25), HEAT)
    assert prints_numbers(spec_of(1, 24), HEAT)
    assert prints_numbers(spec_of(3, 3, 0.5), HEAT_SMALL)  # without a minus it fits


def test_where_room_is_short_there_are_fewer_digits() -> None:
    spec = HeatmapSpec("A", np.array([[0.12, -0.08, 0.0]]))
    texts = [found.texts if (found := printed(spec, CellSize(width, 16))) else None for width in (38, 29, 24)]
    assert texts == [(("0.12", "−0.08", "0"),), ((".12", "−.08", "0"),), None]
    for width in (29, 34, 38, 50):
        found = printed(spec, CellSize(width, 16))
        assert found is not None
        widest = max(text_width(text, CELL_PX) for text in found.texts[0])
        assert widest + found.inset <= width - 1, "it starts in its own cell"


def test_numbers_stand_where_the_design_has_them() -> None:
    assert [number_inset(cell) for cell in (HEAT, TABLE, TABLE_SMALL)] == [3.0, 9.0, 5.0]
    assert number_inset(COMPARISON, 4) <= 10.0


@given(shapes, st.floats(60.0, 2000.0), st.sampled_from([HEAT, HEAT_SHORT, HEAT_SMALL]))
def test_a_matrix_is_made_to_fit(shape: tuple[int, int], width: float, wanted: CellSize) -> None:
    cell = fitting_cell(shape, width, wanted)
    assert shape[1] * cell.width <= width + 1e-9
    assert cell.width <= wanted.width
    assert cell.height <= wanted.height
    if shape[1] * wanted.width <= width and max(shape) <= 24:
        assert cell == wanted


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_even_a_giant_fits(rows: int, columns: int) -> None:
    cell = fitting_cell((rows, columns), 511.0, HEAT)
    assert columns * cell.width <= 511.0 + 1e-6
    assert rows * cell.height <= 576.0 + 1e-6


@pytest.mark.parametrize("cell", [HEAT, CellSize(7, 5)])
def test_lines_part_blocks_between_the_cells(cell: CellSize) -> None:
    place = place_matrix((4, 6), cell, 10.0, 20.0)
    lines = place.block_lines((2, 3))
    assert len(lines) == 2
    across, down = lines
    assert across.top + across.height == place.top + 2 * cell.height and across.width > 5 * cell.width
    assert down.left + down.width == place.left + 3 * cell.width and down.height > 3 * cell.height
    assert place.block_lines((0, 0)) == []
    assert place.block_lines((4, 6)) == []
