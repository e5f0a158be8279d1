"""The check as pictures, with a right gradient and with one made wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.programs import measured
from tutor.core.comparison import METHODS
from tutor.core.differences import check
from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation, evaluate
from tutor.core.problem import Problem
from tutor.figures.checks import comparison, step_sweep
from tutor.files.library import problem, ready_made
from tutor.language.reader import read_program


def wrong(evaluation: Evaluation, name: str, place: tuple[int, int], by: float = 0.5) -> Evaluation:
    """The same numbers with a mistake in one entry of one gradient."""
    spoilt = evaluation.gradients[name].copy()
    spoilt[place] += by
    return replace(evaluation, gradients={**evaluation.gradients, name: spoilt})


@pytest.mark.parametrize("name", [name for name, *_ in ready_made()])
def test_the_two_gradients_stand_side_by_side(name: str) -> None:
    asked = problem(name)
    evaluation = evaluate(asked)
    for wrt, compared in check(evaluation).variables.items():
        spec = comparison(evaluation.program, compared)
        np.testing.assert_array_equal(spec.analytic, evaluation.gradients[wrt])
        np.testing.assert_allclose(spec.numeric, spec.analytic, rtol=1e-4, atol=1e-7)
        np.testing.assert_array_equal(spec.difference, spec.analytic - spec.numeric)
        assert spec.differs is None
        assert spec.name == f"∂L by ∂{wrt}"
        rows, columns = spec.shape
        assert len(spec.row_names) in (0, rows) and len(spec.column_names) in (0, columns)
        if asked.program.declaration(wrt) is not None:
            np.testing.assert_allclose(spec.numeric, measured(asked, wrt), rtol=1e-4, atol=1e-7)


def test_names_of_rows_and_columns() -> None:
    evaluation = evaluate(problem("backprop-5-3-5"))
    found = check(evaluation).variables
    spec = comparison(evaluation.program, found["W2"])
    assert spec.row_names == ("h_1", "h_2", "h_3") and spec.column_names[4] == "theta_5"
    assert spec.title == "partial L slash partial W_2"
    row = comparison(evaluation.program, found["x"])
    assert row.row_names == () and row.column_names == tuple(f"x_{i}" for i in range(1, 6))
    logistic = evaluate(problem("logistic-regression"))
    column = comparison(logistic.program, check(logistic).variables["w"])
    assert column.row_names == ("w_1", "w_2", "w_3") and column.column_names == ()
    number = comparison(logistic.program, check(logistic).variables["b"])
    assert number.shape == (1, 1) and number.column_names == ("b",)


def test_a_wrong_entry_is_pointed_at() -> None:
    evaluation = wrong(evaluate(problem("backprop-5-3-5")), "W1", (3, 1))
    found = check(evaluation).variables
    assert comparison(evaluation.program, found["W1"]).differs == (3, 1)
    assert comparison(evaluation.program, found["W1"]).difference[3, 1] == pytest.approx(0.5, abs=1e-6)
    assert comparison(evaluation.program, found["W2"]).differs is None


def test_scale_and_caption_are_those_asked_for() -> None:
    evaluation = evaluate(problem("backprop-5-3-5"))
    spec = comparison(evaluation.program, check(evaluation).variables["x"], 3.0, "live")
    assert (spec.scale, spec.caption) == (3.0, "live")
    assert {table.colour_scale for table in spec.tables} == {3.0}


def test_infinities_are_shown_and_warn_nobody() -> None:
    asked = Problem.drawn("", read_program("x : (1, 2)\nL = sum(1 / x)"), "x", {}, given={"x": np.zeros((1, 2))})
    evaluation = evaluate(asked)
    found = check(evaluation).variables["x"]
    spec = comparison(evaluation.program, found)
    assert np.isinf(spec.analytic).all() and spec.differs is None
    assert spec.tables[0].texts == (("−inf", "−inf"),)


def test_the_curve_falls_with_rounding_and_rises_with_truncation() -> None:
    evaluation = evaluate(problem("backprop-5-3-5"))
    spec = step_sweep(evaluation, check(evaluation), "x")
    assert spec.used_step == 1e-5
    assert spec.slopes[0] is not None and spec.slopes[1] is not None
    assert (spec.slopes[0].power, spec.slopes[1].power) == (-1, 2)
    best = spec.steps[np.nanargmin(spec.errors)]
    assert 1e-7 < best < 1e-3
    steep = (spec.steps > 1e-3) & (spec.steps < 1e-1)
    assert np.polyfit(np.log10(spec.steps[steep]), np.log10(spec.errors[steep]), 1)[0] == pytest.approx(2, abs=0.2)
    rough = spec.steps < 1e-9
    assert np.polyfit(np.log10(spec.steps[rough]), np.log10(spec.errors[rough]), 1)[0] == pytest.approx(-1, abs=0.3)


@pytest.mark.parametrize(("method", "power"), [("central", 2), ("forward", 1), ("complex", 2)])
def test_the_slope_that_is_announced_is_the_slope_of_the_curve(method: str, power: int) -> None:
    assert method in METHODS
    evaluation = evaluate(problem("backprop-5-3-5"))
    spec = step_sweep(evaluation, check(evaluation, method), "W2")  # type: ignore[arg-type]
    right = spec.slopes[1]
    assert right is not None and right.power == power
    steep = (spec.steps > 1e-3) & (spec.steps < 1e-1)
    measured_slope = np.polyfit(np.log10(spec.steps[steep]), np.log10(spec.errors[steep]), 1)[0]
    assert measured_slope == pytest.approx(power, abs=0.2)
    # The complex step subtracts nothing, so nothing is lost to rounding on the left.
    assert (spec.slopes[0] is None) == (method == "complex")
    assert (spec.errors[0] < 1e-9) == (method == "complex")


def test_a_wrong_gradient_has_no_valley() -> None:
    evaluation = wrong(evaluate(problem("backprop-5-3-5")), "x", (0, 2))
    spec = step_sweep(evaluation, check(evaluation), "x")
    assert np.nanmin(spec.errors) > 1e-2


def test_what_has_no_gradient_has_no_curve() -> None:
    asked = Problem.drawn("", read_program("x : (1, 2)\nz : (1, 2)\nL = sum(x)"), "z", {})
    evaluation = evaluate(asked)
    with pytest.raises(TutorError):
        step_sweep(evaluation, check(evaluation, names=["z"]), "z")


def test_the_curve_at_a_pole_warns_nobody() -> None:
    asked = Problem.drawn("", read_program("x : (1, 2)\nL = sum(1 / x)"), "x", {}, given={"x": np.zeros((1, 2))})
    evaluation = evaluate(asked)
    spec = step_sweep(evaluation, check(evaluation), "x")
    assert len(spec.errors) == len(spec.steps)
