from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.figures.equation_fit import fitting_pitch
from tutor.figures.equation_plan import LINE_GAP, EquationPlan, ItemPlace, Measures, Pitch, plan_equation
from tutor.figures.heatmap import EquationSpec, HeatmapSpec
from tutor.figures.places import HEAT, HEAT_BRIEF, HEAT_LEAST, HEAT_SHORT, HEAT_SMALL, CellSize, Rect, Size

SMALL = 8.0
NAMED = Measures(Size(42, 15), Size(30, 17), 0.0, 11.0, 11.0)


def equation(*shapes: tuple[int, int]) -> EquationSpec:
    items = tuple(HeatmapSpec(str(index), np.zeros(shape)) for index, shape in enumerate(shapes))
    return EquationSpec(items, ("·",) * (len(items) - 1))


def plan(width: float, *shapes: tuple[int, int], measures: Measures = NAMED, cell: CellSize = HEAT) -> EquationPlan:
    spec = equation(*shapes)
    return plan_equation(spec, width, [measures] * len(shapes), [SMALL] * (len(shapes) - 1), Pitch(cell))


def axis(item: ItemPlace) -> float:
    return item.matrix.cells.centre[1]


def row_and_matrix() -> EquationPlan:
    spec = equation((1, 5), (5, 3))
    row = Measures(Size(42, 15), Size(30, 17), 0.0, 0.0, 11.0)
    return plan_equation(spec, 510.0, [row, NAMED], [SMALL])


def test_sizes_are_those_of_the_design() -> None:
    row, jacobian = row_and_matrix().items
    assert row.matrix.left == 0.0
    assert axis(row) == axis(jacobian)  # rows are centred on one axis
    assert jacobian.matrix.left == 190.0 + 20.0 + 26.0
    assert jacobian.matrix.top == 64.0  # title 20, form 20, gap 4, names 20
    assert (jacobian.title.height, jacobian.form.height) == (20.0, 20.0)
    assert jacobian.title.centre[0] == pytest.approx(jacobian.matrix.cells.centre[0] - 0.5)


def test_the_chain_of_the_question_breaks_as_in_the_design() -> None:
    spec = equation((1, 5), (5, 3), (3, 3), (3, 5), (1, 5))
    row = Measures(Size(42, 15), Size(30, 17), 0.0, 0.0, 11.0)
    measures = [row, NAMED, Measures(Size(35, 15), Size(120, 17), 106.0, 11.0, 11.0), NAMED, row]
    laid = plan_equation(spec, 510.0, measures, [SMALL, SMALL, SMALL, 17.1])
    axes = [axis(item) for item in laid.items]
    assert axes[0] == axes[1] == axes[2] < axes[3] == axes[4]
    assert laid.lines == 2
    assert laid.operators[2].left == 0.0  # the sign starts the next line
    assert laid.items[3].matrix.left == 20.0 + 26.0


def test_a_narrow_room_makes_more_lines_and_a_wide_one_fewer() -> None:
    shapes = ((1, 5), (5, 3), (3, 3), (3, 5), (1, 5))
    lines = [plan(width, *shapes).lines for width in (200.0, 300.0, 510.0, 2000.0)]
    assert lines == sorted(lines, reverse=True)
    assert lines[-1] == 1


def test_the_same_room_with_smaller_cells_needs_less() -> None:
    shapes = ((1, 5), (5, 3), (3, 3), (3, 5), (1, 5))
    heights = [plan(510.0, *shapes, cell=cell).size.height for cell in (HEAT, HEAT_SHORT, HEAT_SMALL)]
    assert heights == sorted(heights, reverse=True)


def test_a_wide_heading_makes_room_for_itself() -> None:
    heading = Measures(Size(200, 15), Size(0, 0), 0.0, 11.0, 11.0)
    item = plan(510.0, (2, 2), measures=heading).items[0]
    assert item.outer.width >= 180.0
    assert item.heading.centre[0] == pytest.approx(item.outer.centre[0], abs=1.0)


def test_a_tall_title_makes_room_for_itself() -> None:
    flat, tall = (plan(510.0, (2, 2), measures=Measures(Size(20, height), Size(20, 17))).items[0]
                  for height in (15.0, 40.0))
    assert tall.matrix.top - flat.matrix.top == 20.0


def test_a_point_finds_its_matrix_by_cell_and_by_heading() -> None:
    laid = row_and_matrix()
    assert laid.cell_at(*laid.items[1].matrix.cell_rect(4, 2).centre) == (1, (4, 2))
    assert laid.item_at(*laid.items[1].heading.centre) == 1
    assert laid.cell_at(*laid.items[1].heading.centre) is None
    assert laid.item_at(*laid.operators[0].centre) is None


def test_an_empty_equation_has_no_size() -> None:
    assert plan_equation(EquationSpec(()), 500.0, [], []).size == (0.0, 0.0)


measures = st.builds(
    Measures,
    st.builds(Size, st.floats(0, 150), st.floats(10, 40)),
    st.builds(Size, st.floats(0, 150), st.floats(10, 40)),
    st.floats(0, 150),
    st.sampled_from([0.0, 11.0, 40.0]),
    st.sampled_from([0.0, 11.0]),
)
chains = st.lists(st.tuples(st.tuples(st.integers(1, 30), st.integers(1, 30)), measures), min_size=1, max_size=6)


def overlap(one: Rect, other: Rect) -> bool:
    return (one.left < other.right - 1e-6 and other.left < one.right - 1e-6
            and one.top < other.bottom - 1e-6 and other.top < one.bottom - 1e-6)


@given(chains, st.floats(250.0, 1500.0), st.sampled_from([HEAT, HEAT_SHORT, HEAT_SMALL]), st.floats(1.0, 40.0),
       st.booleans())
def test_any_equation_is_laid_out_like_a_typeset_one(
    chain: list[tuple[tuple[int, int], Measures]], width: float, cell: CellSize, sign: float, dense: bool
) -> None:
    spec = equation(*(shape for shape, _ in chain))
    laid = plan_equation(spec, width, [measured for _, measured in chain], [sign] * (len(chain) - 1),
                         Pitch(cell, dense=dense))
    areas = [item.outer for item in laid.items]
    # Nothing covers anything else, and nothing leaves the picture.
    everything = [*areas, *laid.operators]
    for index, one in enumerate(everything):
        assert not any(overlap(one, other) for other in everything[index + 1 :])
        assert -1e-6 <= one.left
        assert one.right <= laid.size.width + 1e-6
        assert one.bottom <= laid.size.height + 1e-6
    # The order is the order of reading, and each sign stands on the axis of the matrix after it.
    for (before, after), slot in zip(pairwise(laid.items), laid.operators, strict=True):
        assert (axis(after), after.outer.left) > (axis(before), before.outer.left)
        assert slot.centre[1] == pytest.approx(axis(after))
        assert slot.right == pytest.approx(after.outer.left)
    # A line is as full as it can be: what starts the next one would not have fitted.
    for slot, before, after in zip(laid.operators, laid.items, laid.items[1:], strict=False):
        if slot.left == 0.0:
            assert before.outer.right + slot.width + after.outer.width > width
            assert after.outer.top >= before.outer.bottom - 1e-6 or axis(after) > axis(before)
        else:
            assert axis(after) == axis(before)
            assert after.outer.right <= width + 1e-6


@given(chains, st.floats(250.0, 1500.0))
def test_the_numbers_decide_nothing(chain: list[tuple[tuple[int, int], Measures]], width: float) -> None:
    shapes = [shape for shape, _ in chain]
    found = [measured for _, measured in chain]
    signs = [SMALL] * (len(chain) - 1)
    zeros = plan_equation(equation(*shapes), width, found, signs)
    items = tuple(HeatmapSpec(str(i), np.full(shape, 123.4)) for i, shape in enumerate(shapes))
    assert zeros == plan_equation(EquationSpec(items, ("·",) * len(signs)), width, found, signs)


def test_lines_are_apart() -> None:
    laid = plan(200.0, (2, 3), (2, 3))
    first, second = laid.items
    assert second.outer.top - first.matrix.cells.bottom == LINE_GAP


def test_in_the_smallest_cells_words_wider_than_their_matrix_give_way() -> None:
    wide = Measures(Size(35, 15), Size(120, 17), 106.0, 11.0, 11.0)
    for cell, height in ((HEAT_SMALL, 20.0), (HEAT_LEAST, 0.0)):
        first, second = plan_equation(equation((3, 3), (3, 5)), 600.0, [wide, NAMED], [SMALL], Pitch(cell)).items
        assert first.form.height == height
        assert bool(first.note.width) == bool(height)
        assert second.form.height == 20.0  # its own is short


def test_one_large_jacobian_does_not_take_the_numbers_from_all_others() -> None:
    spec = equation((1, 5), (5, 3), (3, 18), (5, 3))
    roomy, short, none = (fitting_pitch(spec, Size(510.0, height), [NAMED] * 4, [SMALL] * 3)
                          for height in (1000.0, 290.0, 60.0))
    assert none is None
    assert roomy == Pitch(HEAT, frozenset({2}), HEAT_SMALL), "it is too wide for numbers in any case"
    assert short is not None and short.bare == {2}


def test_before_a_matrix_loses_its_numbers_all_have_fewer_digits() -> None:
    spec = equation((1, 5), (5, 5), (5, 3), (3, 3), (3, 5), (1, 5))
    found = [fitting_pitch(spec, Size(354.0, height), [NAMED] * 6, [SMALL] * 5) for height in range(700, 200, -5)]
    ranks = [pitch.rank for pitch in found if pitch is not None]
    assert ranks == sorted(ranks, reverse=True)
    widths = [(len(pitch.bare), pitch.cell.width) for pitch in found if pitch is not None]
    assert (0, HEAT_BRIEF.width) in widths, "with fewer digits all are seen"
    assert {(0, HEAT.width)} < set(widths)


def test_equally_large_matrices_lose_their_numbers_one_by_one() -> None:
    spec = equation((1, 8), (8, 8), (8, 8), (8, 8), (1, 8))
    seen = {len(pitch.bare) for height in range(900, 300, -10)
            if (pitch := fitting_pitch(spec, Size(510.0, height), [NAMED] * 5, [SMALL] * 4)) is not None}
    assert {0, 1, 2} <= seen


def test_no_matrix_is_without_numbers_where_it_has_room_for_them() -> None:
    spec = equation((1, 6), (6, 4), (4, 2), (1, 2))
    found, signs = [NAMED] * 4, [SMALL] * 3
    for height in range(150, 500, 2):
        pitch = fitting_pitch(spec, Size(360.0, height), found, signs)
        if pitch is None or pitch.cell == pitch.bare_cell:
            continue
        for index in pitch.bare:
            lower = pitch._replace(cell=pitch.cell._replace(height=15), bare=pitch.bare - {index}, notes=False)
            assert plan_equation(spec, 360.0, found, signs, lower).size.height > height


def test_in_dense_lines_a_title_and_its_form_stand_beside_each_other() -> None:
    spec = equation((5, 3), (3, 3))
    usual, dense = (plan_equation(spec, 600.0, [NAMED] * 2, [SMALL], Pitch(HEAT, dense=dense))
                    for dense in (False, True))
    first = dense.items[0]
    assert first.title.right == first.equals.left and first.equals.right == first.form.left
    assert first.title.top == first.form.top
    assert dense.size.height <= usual.size.height - 20


@given(chains, st.floats(250.0, 1500.0), st.floats(100.0, 900.0))
def test_what_is_said_to_fit_fits_and_more_room_never_means_smaller_cells(
    chain: list[tuple[tuple[int, int], Measures]], width: float, height: float
) -> None:
    spec = equation(*(shape for shape, _ in chain))
    given = [measured for _, measured in chain], [SMALL] * (len(chain) - 1)
    pitch, larger = (fitting_pitch(spec, Size(width, room), *given) for room in (height, height + 50))
    if pitch is not None:
        assert plan_equation(spec, width, *given, pitch).size.height <= height
        assert larger is not None
        assert larger.rank >= pitch.rank


def test_a_note_that_yields_goes_before_numbers_do() -> None:
    noted = EquationSpec((HeatmapSpec("A", np.zeros((3, 3)), note="full", note_yields=True),))
    measures = [Measures(note=60.0)]
    roomy = fitting_pitch(noted, Size(300.0, 200.0), measures, [])
    tight = fitting_pitch(noted, Size(300.0, 3 * 16.0), measures, [])
    assert roomy is not None and roomy.notes
    assert tight is not None and not tight.notes and not tight.bare
    assert plan_equation(noted, 300.0, measures, [], tight).items[0].note.width == 0
    kept = EquationSpec((HeatmapSpec("A", np.zeros((3, 3)), note="diagonal"),))
    assert plan_equation(kept, 300.0, measures, [], tight).items[0].note.width == 60.0
