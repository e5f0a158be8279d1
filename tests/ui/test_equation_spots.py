"""What a spot lights in an equation of Jacobians."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive import derive
from tutor.derive.views import factors
from tutor.figures.heatmap import Marks
from tutor.figures.jacobians import RESULT, equation
from tutor.figures.products import READINGS, Reading
from tutor.language.reader import read_program
from tutor.ui.equation_spots import EquationSpots
from tutor.ui.panel import Spot


def spots(problem: Problem, joined: bool = False, reading: Reading = "local") -> EquationSpots:
    evaluation, derivation = evaluate(problem), derive(problem.program, problem.wrt)
    (path,) = derivation.paths
    spec = equation(evaluation, derivation, path, joined, 2.0, reading)
    return EquationSpots(evaluation, derivation, factors(derivation, path, joined), tuple(spec.items), reading)


@pytest.mark.parametrize("link", [("L", "ŷ"), ("ŷ", "θ")])
def test_a_cell_of_a_link_that_is_joined_with_another_is_no_cell_of_both(
    problem: Problem, link: tuple[str, str]
) -> None:
    spot = Spot(link, (0, 3))
    assert len(spots(problem, joined=False).marks(spot)) > 1, "the cell, and what it meets"
    assert spots(problem, joined=True).marks(spot) == {"L→θ": Marks(whole=True)}


@pytest.mark.parametrize("reading", READINGS)
def test_every_cell_is_found_again_and_explained_with_its_own_number(problem: Problem, reading: Reading) -> None:
    shown = spots(problem, reading=reading)
    for item in shown.items:
        for row, column in np.ndindex(*item.shape):
            spot = shown.of_cell(item.key, row, column)
            assert (row, column) in shown.marks(spot)[item.key].cells
            words = shown.explain(spot)
            assert words is not None
            assert float(words.formula.split(" = ")[-1]) == pytest.approx(item.values[row, column], abs=0.00501)
            measured = float(words.measured.removeprefix("finite difference ").replace("−", "-"))
            assert measured == pytest.approx(item.values[row, column], abs=2e-7)
            assert words.words.endswith(f"{words.measured.capitalize()}.")


def test_products_from_the_left_are_what_comes_back_to_each_name(problem: Problem) -> None:
    shown = spots(problem, reading="left")
    assert shown.of_cell("L→h", 0, 1) == Spot(name="h", entry=(0, 1))
    assert shown.of_matrix("L→h") == Spot(name="h")
    marks = shown.marks(Spot(name="h", entry=(0, 1)))
    assert marks["L→h"].cells == {(0, 1)}
    assert marks["L→θ"].linked == {(0, j) for j in range(5)}
    words = shown.explain(Spot(name="h", entry=(0, 1)))
    assert words is not None and words.carries.startswith("Row times column")
    assert shown.explain(Spot(name="a")) is not None


def test_products_from_the_right_go_from_name_to_name(problem: Problem) -> None:
    shown = spots(problem, reading="right")
    assert shown.of_cell("θ→x", 2, 1) == Spot(("θ", "x"), (2, 1))
    marks = shown.marks(Spot(("θ", "x"), (2, 1)))
    assert marks["θ→x"].cells == {(2, 1)}
    assert marks["h→x"].linked == {(i, 1) for i in range(3)}
    words = shown.explain(Spot(("θ", "x"), (2, 1)))
    assert words is not None and "If $x_2$ grows by 0.01, $theta_3$" in words.carries


@pytest.mark.parametrize(("reading", "link", "key"), [
    ("left", ("θ", "h"), "L→h"), ("left", ("a", "x"), RESULT),
    ("right", ("θ", "h"), "θ→x"), ("right", ("L", "ŷ"), RESULT),
])
def test_a_link_marks_the_product_it_first_enters(
    problem: Problem, reading: Reading, link: tuple[str, str], key: str
) -> None:
    assert spots(problem, reading=reading).marks(Spot(link)) == {key: Marks(whole=True)}


@pytest.mark.parametrize("reading", READINGS)
def test_a_chain_of_one_link_has_no_products(reading: Reading) -> None:
    program = read_program("x : (1, 3)\nL = sum(x)")
    shown = spots(Problem.drawn("One", program, "x", {}), reading=reading)
    assert [item.key for item in shown.items] == ["L→x", RESULT]
    words = shown.explain(shown.of_cell(RESULT, 0, 1))
    assert words is not None and words.measured == "finite difference 1.0000000"
