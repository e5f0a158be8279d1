from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.figures.comparison import LABELS, ComparisonSpec
from tutor.figures.comparison_plan import LABEL_PX, plan_comparison
from tutor.figures.equation_plan import Measures
from tutor.figures.inter import text_width
from tutor.figures.places import prints_numbers

NAMED = Measures(row_names=11.0, column_names=11.0)


def comparison(rows: int, columns: int, error: float = 1e-11) -> ComparisonSpec:
    analytic = np.linspace(-0.7, 0.9, rows * columns).reshape(rows, columns)
    names = tuple(f"x_{i}" for i in range(columns))
    rows_named = tuple(f"r_{i}" for i in range(rows))
    difference = np.full_like(analytic, error)
    return ComparisonSpec(analytic, analytic - error, difference, rows_named, names, "W", name="∂L/∂W")


def test_all_three_have_one_scale_so_that_agreement_looks_empty() -> None:
    tables = comparison(2, 3).tables
    assert {table.colour_scale for table in tables} == {1.0}
    assert [table.key for table in tables] == ["analytic", "numeric", "difference"]


def test_differences_print_where_they_are_too_small_for_the_decimals() -> None:
    assert comparison(1, 2, -5e-12).tables[2].texts == (("−5e−12", "−5e−12"),)
    assert comparison(1, 2, 0.0578).tables[2].texts == (("0.0578", "0.0578"),)


def test_an_entry_in_words() -> None:
    words = comparison(1, 2).cell_words(0, 1)
    assert words == "∂L/∂W row 1, column 2: analytic 0.9000, numeric 0.9000, difference 1e−11"


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="one shape"):
        ComparisonSpec(np.zeros((1, 2)), np.zeros((2, 1)), np.zeros((1, 2)))


def test_rows_stand_under_each_other_with_their_words_at_the_left() -> None:
    laid = plan_comparison(comparison(1, 5), 376.0, [NAMED] * 3)
    assert laid.stacked
    assert [place.top for place in laid.matrices] == [40.0, 66.0, 92.0]  # title 20, names 20; 24 and 2 apart
    assert {place.left for place in laid.matrices} == {76.0}
    assert laid.matrices[0].cell == (58, 24)
    assert [place.column_names for place in laid.matrices] == [True, False, False]


def test_matrices_stand_side_by_side_with_their_words_above() -> None:
    laid = plan_comparison(comparison(5, 3), 720.0, [NAMED] * 3)
    assert not laid.stacked
    assert len({place.top for place in laid.matrices}) == 1
    assert laid.matrices[0].cell == (62, 24)
    for label, place in zip(laid.labels, laid.matrices, strict=True):
        assert label.bottom < place.top
        assert label.left == place.left


@pytest.mark.parametrize(("rows", "columns", "height"), [(14, 3, 60.0), (3, 1, 80.0), (4, 1, 60.0)])
def test_the_words_above_narrow_matrices_are_whole_and_apart(rows: int, columns: int, height: float) -> None:
    laid = plan_comparison(comparison(rows, columns), 250.0, [Measures()] * 3, height)
    assert laid.matrices[0].cells.width < 60, "narrower than a word"
    ends = [0.0]
    for label, word in zip(laid.labels, LABELS, strict=True):
        half = text_width(word, LABEL_PX) / 2
        assert label.centre[0] - half >= ends[-1]
        ends.append(label.centre[0] + half)
    assert ends[-1] <= laid.size.width


def test_where_the_room_is_narrow_the_names_of_the_rows_stand_once() -> None:
    spec = comparison(4, 3)
    roomy, narrow = (plan_comparison(spec, width, [NAMED] * 3, 118.0) for width in (720.0, 560.0))
    assert [bool(matrix.names_width) for matrix in roomy.matrices] == [True, True, True]
    assert [bool(matrix.names_width) for matrix in narrow.matrices] == [True, False, False]
    assert narrow.size.width <= 560.0
    assert all(prints_numbers(table, matrix.cell) for table, matrix in zip(spec.tables, narrow.matrices, strict=True))


@pytest.mark.parametrize(("rows", "columns", "width"), [(5, 3, 400.0), (3, 5, 560.0), (8, 8, 560.0), (1, 12, 400.0)])
def test_where_room_is_short_numbers_stay_and_the_rest_is_scrolled_to(rows: int, columns: int, width: float) -> None:
    spec = comparison(rows, columns)
    laid = plan_comparison(spec, width, [NAMED] * 3, 60.0)
    assert all(prints_numbers(table, matrix.cell) for table, matrix in zip(spec.tables, laid.matrices, strict=True))
    assert laid.size.height > 60.0
    assert laid.size.width <= width or rows == 1


def test_of_large_matrices_the_colours_say_more_than_numbers_that_are_out_of_sight() -> None:
    spec = comparison(13, 13)
    laid = plan_comparison(spec, 700.0, [NAMED] * 3, 160.0)
    assert not prints_numbers(spec.tables[0], laid.matrices[0].cell)
    assert laid.size.height <= 160.0 and laid.size.width <= 700.0


def test_digits_yield_before_anything_is_out_of_sight() -> None:
    spec = comparison(3, 4)
    roomy, narrow = (plan_comparison(spec, width, [NAMED] * 3, 118.0) for width in (800.0, 650.0))
    for laid in (roomy, narrow):
        assert laid.size.height <= 118.0 and laid.size.width <= 800.0
        assert prints_numbers(spec.tables[0], laid.matrices[0].cell)
    assert roomy.matrices[0].cell.width >= 54 > narrow.matrices[0].cell.width


@given(st.integers(1, 12), st.integers(1, 30), st.floats(300.0, 1600.0), st.floats(60.0, 900.0))
def test_nothing_overlaps(rows: int, columns: int, width: float, height: float) -> None:
    laid = plan_comparison(comparison(rows, columns), width, [NAMED] * 3, height)
    places = laid.matrices
    for index, one in enumerate(places):
        for other in places[index + 1 :]:
            a, b = one.outer, other.outer
            assert a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top
        assert one.cells.bottom <= laid.size.height
        assert laid.cell_at(*one.cell_rect(rows - 1, columns - 1).centre) == (index, (rows - 1, columns - 1))
