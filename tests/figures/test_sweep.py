from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.figures.comparison import Slope, SweepSpec
from tutor.figures.inter import text_width
from tutor.figures.sweep_notes import SWEEP_PX
from tutor.figures.sweep_plan import plan_sweep

STEPS = 10.0 ** np.arange(-12.0, 0.1, 0.5)
V_CURVE = np.maximum(1e-15 / STEPS, STEPS**2)


def test_the_curve_is_straight_where_the_error_is_a_power_of_the_step() -> None:
    laid = plan_sweep(SweepSpec(STEPS, STEPS, 1e-5), 300.0, 160.0)
    (curve,) = laid.curves
    slopes = np.diff(curve[:, 1]) / np.diff(curve[:, 0])
    assert slopes == pytest.approx(slopes[0])
    assert slopes[0] < 0.0  # y grows downwards: the error grows with the step


def test_the_step_in_use_is_marked_on_the_curve() -> None:
    laid = plan_sweep(SweepSpec(STEPS, V_CURVE, 1e-5), 300.0, 160.0)
    assert laid.dot is not None
    (curve,) = laid.curves
    assert laid.dot == pytest.approx((laid.used_x, np.interp(laid.used_x, curve[:, 0], curve[:, 1])))


def test_axes_have_few_powers_of_ten() -> None:
    laid = plan_sweep(SweepSpec(STEPS, V_CURVE, 1e-5), 290.0, 156.0)
    assert [tick.text for tick in laid.x_ticks] == ["1e−12", "1e−8", "1e−4", "1"]
    assert [tick.text for tick in laid.y_ticks] == ["1e−12", "1e−8", "1e−4", "1"]


@pytest.mark.parametrize("width", [140.0, 176.0, 226.0, 290.0, 720.0])
def test_the_axis_begins_where_the_curve_begins(width: float) -> None:
    laid = plan_sweep(SweepSpec(STEPS, V_CURVE, 1e-5), width, 120.0)
    assert (laid.x_ticks[0].text, laid.x_ticks[-1].text) == ("1e−12", "1")
    edges = [(t.at - text_width(t.text, SWEEP_PX) / 2, t.at + text_width(t.text, SWEEP_PX) / 2) for t in laid.x_ticks]
    assert all(a[1] + 4 < b[0] for a, b in pairwise(edges))


def test_words_without_room_are_left_out() -> None:
    spec = SweepSpec(STEPS, V_CURVE, 1e-5)
    assert plan_sweep(spec, 290.0, 156.0).caption == spec.caption
    small = plan_sweep(spec, 180.0, 120.0)
    assert small.caption == "" and [note.lines for note in small.notes] == [("step used",)]


def test_slopes_are_words_in_little_room_and_right_angles_in_much() -> None:
    spec = SweepSpec(STEPS, V_CURVE, 1e-5)
    small, large = plan_sweep(spec, 290.0, 156.0), plan_sweep(spec, 720.0, 300.0)
    assert {line for note in small.notes for line in note.lines} == {
        "step used", "slope −1", "rounding", "slope 2", "truncation"}
    assert small.triangles == ()
    assert len(large.triangles) == 2
    assert {"−1", "2", "1"} <= {line for note in large.notes for line in note.lines}


def test_a_right_angle_shows_the_slope_it_names() -> None:
    laid = plan_sweep(SweepSpec(STEPS, V_CURVE, 1e-5), 720.0, 300.0)
    (curve,) = laid.curves
    measured = np.diff(curve[:, 1]) / np.diff(curve[:, 0])
    for triangle, slope in zip(laid.triangles, (measured[2], measured[-2]), strict=True):
        width, height = np.ptp(triangle[:, 0]), np.ptp(triangle[:, 1])
        assert height / width == pytest.approx(abs(slope))


def test_one_slope_or_none_may_be_named() -> None:
    laid = plan_sweep(SweepSpec(STEPS, STEPS, 1e-5, (None, Slope(1, "truncation"))), 290.0, 156.0)
    assert ["slope 1", "truncation"] in [list(note.lines) for note in laid.notes]


def test_a_slope_that_the_curve_does_not_have_is_not_named() -> None:
    flat = SweepSpec(STEPS, np.where(STEPS < 1e-5, 1e-15 / STEPS, 1e-10), 1e-5)
    jump = SweepSpec(STEPS, np.where(STEPS < 0.1, 1e-15 / STEPS, 1.0), 1e-5)
    for spec in (flat, jump):
        for size in ((290.0, 156.0), (720.0, 300.0)):
            laid = plan_sweep(spec, *size)
            assert not any({"slope 2", "truncation", "2"} & set(note.lines) for note in laid.notes)
    assert flat.seen_slopes[0] is not None and flat.seen_slopes[1] is None


@pytest.mark.parametrize("used", [1e-11, 1e-9, 1e-5, 1e-2, 0.1])
def test_no_words_on_a_slope_lie_under_the_line_of_the_step(used: float) -> None:
    laid = plan_sweep(SweepSpec(STEPS, V_CURVE, used), 290.0, 156.0)
    assert laid.used_x is not None
    assert not any(note.place.left <= laid.used_x <= note.place.right for note in laid.notes)


@pytest.mark.parametrize("lowest", [1e-6, 1e-5, 3e-5, 1e-4])
def test_the_words_at_the_step_do_not_lie_on_the_curve(lowest: float) -> None:
    errors = 10.0 * np.maximum(1e-10 * lowest / STEPS, 1e-10 * (STEPS / lowest) ** 2)
    laid = plan_sweep(SweepSpec(STEPS, errors, 1e-5), 720.0, 300.0)
    note = laid.notes[0]
    assert note.lines == ("step used",)
    (curve,) = laid.curves
    across = np.linspace(note.place.left, note.place.right, 50)
    heights = np.interp(across, curve[:, 0], curve[:, 1])
    assert not ((heights > note.place.top) & (heights < note.place.bottom)).any()


def test_a_step_beyond_the_axis_is_said_and_not_marked() -> None:
    for size in ((290.0, 156.0), (720.0, 300.0), (150.0, 100.0)):
        laid = plan_sweep(SweepSpec(STEPS, STEPS**2, 1e-30), *size)
        assert laid.used_x is None and laid.dot is None
        assert laid.notes[0].lines == ("step 1e−30",)


def test_nothing_is_said_of_slopes_nobody_named() -> None:
    assert len(plan_sweep(SweepSpec(STEPS, STEPS, 1e-5, (None, None)), 720.0, 300.0).notes) == 1


def test_what_is_no_number_leaves_a_hole_and_zero_lies_at_the_foot() -> None:
    errors = V_CURVE.copy()
    errors[5], errors[10] = np.nan, 0.0
    laid = plan_sweep(SweepSpec(STEPS, errors, 1e-5), 290.0, 156.0)
    assert [len(piece) for piece in laid.curves] == [5, len(STEPS) - 6]
    assert max(piece[:, 1].max() for piece in laid.curves) == pytest.approx(laid.plot.bottom)


def test_a_sweep_without_any_number_still_has_axes() -> None:
    laid = plan_sweep(SweepSpec(STEPS, np.full(len(STEPS), np.nan), 1e-5), 290.0, 156.0)
    assert laid.curves == ()
    assert laid.dot is None
    assert len(laid.y_ticks) >= 2


def test_steps_must_be_positive_and_match_the_errors() -> None:
    with pytest.raises(ValueError, match="positive"):
        SweepSpec(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0.5)
    with pytest.raises(ValueError, match="2 steps and 1 errors"):
        SweepSpec(np.array([0.1, 1.0]), np.array([1.0]), 0.5)


@given(
    st.lists(st.one_of(st.floats(0.0, 1e10), st.just(float("nan"))), min_size=3, max_size=40),
    st.floats(-14.0, 2.0), st.floats(140.0, 900.0), st.floats(90.0, 500.0),
)
def test_everything_stays_in_the_picture(errors: list[float], used: float, width: float, height: float) -> None:
    steps = np.logspace(-13, 1, len(errors))
    laid = plan_sweep(SweepSpec(steps, np.array(errors), 10.0**used), width, height)
    plot = laid.plot
    assert 0.0 <= plot.left < plot.right <= width
    assert 0.0 <= plot.top < plot.bottom <= height
    for piece in (*laid.curves, *laid.triangles):
        assert plot.left - 1e-6 <= piece[:, 0].min()
        assert piece[:, 0].max() <= plot.right + 1e-6
        assert plot.top - 1e-6 <= piece[:, 1].min()
        assert piece[:, 1].max() <= plot.bottom + 1e-6
    for ticks in (laid.x_ticks, laid.y_ticks):
        assert 2 <= len(ticks) <= 6
        gaps = np.abs(np.diff([tick.at for tick in ticks]))
        assert gaps == pytest.approx(gaps[0])
    assert laid.used_x is None or plot.left <= laid.used_x <= plot.right
    for note in laid.notes:
        assert note.place.bottom <= plot.bottom + 1e-6 or plot.height < 40
