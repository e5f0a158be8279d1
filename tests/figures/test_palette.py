from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contrast import contrast
from tutor.figures.palette import (
    DARK,
    LIGHT,
    PRINT,
    THEMES,
    Theme,
    cell_colour,
    cell_colours,
    channels,
    colour_positions,
    largest_size,
    legend_place,
    legend_ticks,
    nice_scale,
)

SCREEN = (LIGHT, DARK)
finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=1e-300, max_value=1e300)

# The contrast each token is promised to have: on the sheet and on the desk.
PROMISED = {
    "light": {"ink": (17.9, 15.0), "ink2": (8.6, 7.2), "ink3": (5.6, 4.7), "edge": (3.7, 3.1), "accent": (6.8, 5.7),
              "ok": (5.9, 4.9), "wrong": (6.3, 5.3), "word": (6.7, 5.6)},
    "dark": {"ink": (13.8, 15.4), "ink2": (9.1, 10.2), "ink3": (5.8, 6.5), "edge": (3.9, 4.3), "accent": (7.9, 8.8),
             "ok": (7.9, 8.8), "wrong": (7.5, 8.4), "word": (8.1, 9.0)},
}


@pytest.mark.parametrize("theme", SCREEN, ids=lambda theme: theme.name)
@pytest.mark.parametrize("token", ["ink", "ink2", "ink3", "edge", "accent", "ok", "wrong", "word"])
def test_contrast_is_as_promised(theme: Theme, token: str) -> None:
    on_sheet, on_desk = PROMISED[theme.name][token]
    assert contrast(getattr(theme, token), theme.sheet) == pytest.approx(on_sheet, abs=0.06)
    assert contrast(getattr(theme, token), theme.desk) == pytest.approx(on_desk, abs=0.06)


@pytest.mark.parametrize(("theme", "least"), [(LIGHT, 5.1), (DARK, 4.6), (PRINT, 5.1)], ids=["light", "dark", "print"])
def test_ink_reads_on_every_colour_of_the_map(theme: Theme, least: float) -> None:
    values = np.linspace(-1.0, 1.0, 401)
    worst = min(contrast(theme.ink, cell_colour(theme, float(value), 1.0)) for value in values)
    assert worst >= least - 0.05
    assert worst >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_words_read_on_their_grounds(theme: Theme) -> None:
    assert contrast(theme.accent, theme.tint) >= 4.5
    assert contrast(theme.wrong, theme.wrong_tint) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.ink, theme.tint) >= 4.5
    assert contrast(theme.ink3, cell_colour(theme, 0.0, 1.0)) >= 4.5  # the exact zero


def test_zero_is_neutral_and_print_leaves_it_white() -> None:
    assert cell_colour(LIGHT, 0.0, 2.0) == "#F0F1F3"
    assert cell_colour(DARK, 0.0, 2.0) == "#2B2F36"
    assert cell_colour(PRINT, 0.0, 2.0) == "#FFFFFF"


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_stops_lie_at_eighths(theme: Theme) -> None:
    # The map is quadratic in the number: the stop half way up stands for a quarter of the scale.
    for position, stop in zip(np.linspace(-1, 1, 9), theme.stops, strict=True):
        value = math.copysign(position**2, position)
        assert channels(cell_colour(theme, value, 1.0)) == pytest.approx(channels(stop), abs=1)


@given(st.sampled_from(list(THEMES.values())), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_more_orange_means_larger(theme: Theme, one: float, other: float) -> None:
    low, high = sorted((one, other))
    warmth = [int(c[0]) - int(c[2]) for c in cell_colours(theme, [low, high], 1.0)]
    assert warmth[0] <= warmth[1] + 1


@given(finite, positive)
def test_positions_keep_the_sign_and_stay_on_the_map(value: float, scale: float) -> None:
    position = float(colour_positions([value], scale)[0])
    assert -1.0 <= position <= 1.0
    assert position == 0.0 or math.copysign(1.0, position) == math.copysign(1.0, value)


@given(positive)
def test_a_quarter_of_the_scale_lies_half_way(scale: float) -> None:
    assert colour_positions([scale / 4], scale) == pytest.approx(0.5)
    assert legend_place(scale / 4, scale) == pytest.approx(0.75)


@given(positive)
def test_the_numbers_of_a_scale_stand_at_their_colours(largest: float) -> None:
    scale = nice_scale(largest)
    ticks = legend_ticks(scale)
    assert ticks == tuple(-tick for tick in reversed(ticks)) and ticks[0] == -scale
    assert f"{ticks[3]:.6e}"[:8] in ("1.000000", "2.000000", "5.000000"), "a round number"
    for tick in ticks:
        assert 2 * legend_place(tick, scale) - 1 == pytest.approx(float(colour_positions([tick], scale)[0]))


@given(positive)
def test_a_nice_scale_is_one_two_or_five_and_just_large_enough(largest: float) -> None:
    scale = nice_scale(largest)
    assert largest <= scale <= largest * 2.5 * (1 + 1e-12)
    assert f"{scale:.6e}"[0] in "125"
    assert float(f"{scale:.0e}") == scale


@pytest.mark.parametrize(("largest", "scale"), [(1.94, 2.0), (2.0, 2.0), (2.01, 5.0), (0.2, 0.2), (0.0, 1.0),
                                                (math.nan, 1.0), (math.inf, 1.0), (7e-9, 1e-8), (51.0, 100.0)])
def test_nice_scales(largest: float, scale: float) -> None:
    assert nice_scale(largest) == scale


def test_a_scale_is_found_for_the_largest_and_the_smallest_numbers() -> None:
    assert nice_scale(1.7e308) >= 1.7e308
    assert nice_scale(5e-324) >= 5e-324


def test_the_largest_size_does_not_count_what_is_no_number() -> None:
    assert largest_size(np.array([1.0, -3.0, np.nan]), np.array([[np.inf, 2.0]])) == 3.0
    assert largest_size(np.array([np.nan])) == 0.0


def test_what_is_no_number_has_the_colour_of_the_desk() -> None:
    colours = cell_colours(LIGHT, np.array([[np.nan, np.inf, -np.inf, 0.0]]), 1.0)
    desk = channels(LIGHT.desk)
    assert [tuple(c) for c in colours[0, :3].tolist()] == [desk] * 3
    assert tuple(colours[0, 3].tolist()) != desk


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_one_by_one_and_all_at_once_are_the_same(values: list[float]) -> None:
    together = [tuple(c) for c in cell_colours(DARK, np.array(values), 3.0).tolist()]
    assert together == [channels(cell_colour(DARK, value, 3.0)) for value in values]


def test_both_sides_of_the_map_are_equally_light() -> None:
    for theme, index in itertools.product(SCREEN, range(4)):
        assert contrast(theme.stops[index], theme.stops[8 - index]) < 1.25
