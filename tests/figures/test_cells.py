from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.figures.cells import (
    NumberTextError,
    brief_texts,
    cell_text,
    cell_texts,
    difference_text,
    error_text,
    number_from_text,
    number_source,
    relative_error_text,
    spoken,
    tick_text,
    widest,
)
from tutor.figures.inter import UNITS_PER_EM, WIDTHS, text_width
from tutor.typeset.fonts import inter_files

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(("value", "text"), [
    (0.3, "0.30"), (-0.88, "−0.88"), (1.0, "1.00"), (0.0, "0"), (-0.0, "0"), (0.004, "0.00"), (-0.004, "0.00"),
    (-0.006, "−0.01"), (9.994, "9.99"), (9.996, "10.0"), (-12.34, "−12.3"), (123.45, "123.5"), (12345.0, "1.2e4"),
    (math.nan, "NaN"), (math.inf, "inf"), (-math.inf, "−inf"),
])
def test_numbers_in_cells(value: float, text: str) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.18561, "0.1856"), (-0.65994, "−0.6599"), (0.0, "0"), (1e-9, "0.0000"),
                                             (12.345678, "12.346")])
def test_comparisons_have_four_decimals(value: float, text: str) -> None:
    assert cell_text(value, 4) == text


@pytest.mark.parametrize(("value", "text"), [(5.6e-8, "5.6e−8"), (-3.14e-11, "−3.1e−11"), (0.0, "0"), (1.5e3, "1.5e3"),
                                             (math.inf, "inf")])
def test_errors(value: float, text: str) -> None:
    assert error_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.5, "0.50"), (0.06, "0.06"), (5.6e-8, "5.6e−8"), (0.0, "0"),
                                             (math.nan, "NaN")])
def test_relative_errors(value: float, text: str) -> None:
    assert relative_error_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(-5e-12, "−5e−12"), (0.0578, "0.0578"), (-0.0409, "−0.0409"), (0.0, "0")])
def test_differences(value: float, text: str) -> None:
    assert difference_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(-0.5, "−0.5"), (2.0, "2"), (1e-12, "1e−12"), (0.0, "0"), (2e5, "2e5"),
                                             (-1.25, "−1.25"), (2.5e-5, "2.5e−5")])
def test_ticks(value: float, text: str) -> None:
    assert tick_text(value) == text


def test_whole_numbers_look_exact_only_where_all_are() -> None:
    label = np.array([[0.0, 0.0, 1.0]])
    assert cell_texts(label) == (("0", "0", "1"),)
    assert cell_texts(np.array([[0.0, 1.0, 1.84]])) == (("0", "1.00", "1.84"),)


@pytest.mark.parametrize(("values", "texts"), [
    ((0.12, -0.08, 0.001, -0.004, 0.0), (".12", "−.08", ".00", ".00", "0")),
    ((-1.79, 0.04, -0.03, 0.0, 0.63), ("−1.8", "0.0", "0.0", "0", "0.6")),
    ((0.996, 0.1), ("1.0", "0.1")), ((-12.3, 0.5), ("−12", "0.5")), ((-123.4, 1.0), ("−123", "1.0")),
    ((1.0, 0.0, -3.0), ("1", "0", "−3")), ((math.nan, -0.5, math.inf), ("NaN", "−.50", "inf")),
    ((2e5, 0.5), ("2.0e5", "0.5")),
])
def test_in_narrow_cells_only_an_exact_zero_has_no_point(values: tuple[float, ...], texts: tuple[str, ...]) -> None:
    assert brief_texts(np.array([values])) == (texts,)


def test_four_decimals_stay_four_where_the_zero_before_them_goes() -> None:
    assert brief_texts(np.array([[0.20204, -0.2359]]), 4) == ((".2020", "−.2359"),)
    assert brief_texts(np.array([[1.20204, -0.2359]]), 4) == (("1.202", "−0.236"),)


def test_what_is_not_computed_is_a_dash() -> None:
    values, computed = np.array([[1.5, 2.5]]), np.array([[True, False]])
    assert cell_texts(values, computed=computed) == (("1.50", "–"),)


def test_words_for_someone_who_listens() -> None:
    assert [spoken(value) for value in (math.nan, math.inf, -math.inf, -0.67)] == [
        "not a number", "plus infinity", "minus infinity", "−0.67"]


@given(st.floats(-1e307, 1e307), st.sampled_from([2, 4]))
def test_a_cell_text_says_its_number(value: float, decimals: int) -> None:
    text = cell_text(value, decimals)
    read = number_from_text(text)
    assert "-" not in text
    share = 0.06 if abs(value) < 1e100 else 0.34
    assert abs(read - value) <= max(0.51 * 10.0 ** -(decimals - (abs(value) >= 9.99)), share * abs(value))
    assert (text == "0") == (value == 0.0)
    assert not re.fullmatch("−0?[.]?0*", text)


@given(st.floats(-9999.0, 9999.0))
def test_the_width_stays_from_ten_on(value: float) -> None:
    assert len(cell_text(value).lstrip("−")) <= (4 if abs(value) < 99.9 else 6)


@given(finite)
def test_the_source_of_a_number_reads_as_the_same_number(value: float) -> None:
    assert number_from_text(number_source(value)) == value


@pytest.mark.parametrize(("text", "value"), [
    ("0.5", 0.5), (" -0.5 ", -0.5), ("−0.5", -0.5), ("+2", 2.0), ("1e-3", 1e-3), ("1E−3", 1e-3), (".5", 0.5),
    ("5.", 5.0), ("0,5", 0.5), ("1,5", 1.5), ("-0,125", -0.125), ("12,5e2", 1250.0), ("1234,5", 1234.5),
])
def test_numbers_as_people_type_them(text: str, value: float) -> None:
    assert number_from_text(text) == value


@pytest.mark.parametrize("text", ["", "  ", "abc", "1,234", "1,234.5", "1.2.3", "nan", "inf", "1e999", "0x10", "1_000",
                                  "١", "1+1", "__import__('os')"])
def test_what_is_no_number_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(NumberTextError) as error:
        number_from_text(text)
    assert re.match(r"[^a-z].*\.$", str(error.value)) or text.strip() in str(error.value)
    assert "invalid" not in str(error.value)


def test_an_ambiguous_comma_is_explained() -> None:
    with pytest.raises(NumberTextError, match=r"two ways.*1\.234 with a point.*1234 without"):
        number_from_text("1,234")


def test_a_usual_number_is_as_wide_as_the_design_says() -> None:
    assert text_width("−0.88", 11) == pytest.approx(31.7, abs=0.3)
    assert widest([["0", "−0.88"], ["1.00"]]) == text_width("−0.88", 11)
    assert widest([]) == 0.0


def test_the_table_of_widths_is_that_of_the_font() -> None:
    from matplotlib.ft2font import FT2Font, LoadFlags

    font = FT2Font(str(inter_files()[0]))
    tabular = {str(digit): name for digit, name in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])}
    for letter, width in WIDTHS.items():
        named = font.get_glyph_name(font.get_char_index(ord(letter)))
        wide = f"{tabular.get(letter, named)}.tf"
        index = font.get_name_index(wide) or font.get_char_index(ord(letter))
        glyph = font.load_glyph(index, LoadFlags.NO_SCALE)
        assert glyph.horiAdvance == width, letter
    assert font.units_per_EM == UNITS_PER_EM
