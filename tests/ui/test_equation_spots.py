"""What a spot lights in an equation of Jacobians."""

from __future__ import annotations

import pytest

from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive import derive
from tutor.derive.views import factors
from tutor.figures.heatmap import Marks
from tutor.figures.jacobians import equation
from tutor.ui.equation_spots import EquationSpots
from tutor.ui.panel import Spot


def spots(problem: Problem, joined: bool) -> EquationSpots:
    evaluation, derivation = evaluate(problem), derive(problem.program, problem.wrt)
    (path,) = derivation.paths
    spec = equation(evaluation, derivation, path, joined, 2.0)
    return EquationSpots(evaluation, derivation, factors(derivation, path, joined), tuple(spec.items))


@pytest.mark.parametrize("link", [("L", "ŷ"), ("ŷ", "θ")])
def test_a_cell_of_a_link_that_is_joined_with_another_is_no_cell_of_both(
    problem: Problem, link: tuple[str, str]
) -> None:
    spot = Spot(link, (0, 3))
    assert len(spots(problem, joined=False).marks(spot)) > 1, "the cell, and what it meets"
    assert spots(problem, joined=True).marks(spot) == {"L→θ": Marks(whole=True)}
