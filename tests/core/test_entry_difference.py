"""One entry of a Jacobian, measured along a path."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.programs import ready, skips
from tutor.core.entry_difference import measured_entry
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive.derivation import paths
from tutor.files.library import ready_made
from tutor.language.reader import read_program

READY = [name for name, *_ in ready_made()]


@pytest.mark.parametrize("name", READY)
def test_every_link_is_measured_as_it_is_computed(name: str) -> None:
    found = evaluate(ready(name))
    for path in paths(found.program, found.problem.wrt)[:3]:
        for output, source in pairwise(path):
            jacobian = found.link_jacobian(output, source)
            rows, columns = jacobian.shape
            for row, column in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 2), (0, columns - 1)}:
                measured = measured_entry(found, (output, source), row, column)
                assert measured == pytest.approx(jacobian[row, column], rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", READY)
def test_a_whole_path_is_measured_as_the_product_of_its_links(name: str) -> None:
    found = evaluate(ready(name))
    for path in paths(found.program, found.problem.wrt)[:3]:
        product = np.linalg.multi_dot([np.eye(found.values[path[0]].size), np.eye(found.values[path[0]].size),
                                       *(found.link_jacobian(*link) for link in pairwise(path))])
        measured = measured_entry(found, path, 0, product.shape[1] - 1)
        assert measured == pytest.approx(product[0, -1], rel=1e-5, abs=1e-8)


def test_of_two_paths_only_the_asked_one_is_measured() -> None:
    found = evaluate(Problem.drawn("Skips", skips(3), "x", {"n": 2}))
    ways = paths(found.program, found.problem.wrt)
    assert len(ways) > 1
    parts = [measured_entry(found, path, 0, 0) for path in ways]
    total = found.gradients[found.problem.wrt].reshape(-1)[0]
    assert sum(parts) == pytest.approx(total, rel=1e-6)
    assert all(abs(part - total) > 1e-6 for part in parts)


def test_at_a_corner_there_is_nothing_to_measure() -> None:
    program = read_program("x : (1, 2)\nh = relu(x)\nL = sum(h)")
    at_corner = Problem.drawn("Corner", program, "x", {}, given={"x": np.array([[0.0, 2.0]])})
    found = evaluate(at_corner)
    assert np.isnan(measured_entry(found, ("h", "x"), 0, 0))
    assert measured_entry(found, ("h", "x"), 1, 1) == pytest.approx(1.0)
    assert measured_entry(found, ("h", "x"), 0, 1) == 0.0


def test_where_there_is_no_number_nothing_is_measured() -> None:
    program = read_program("x : scalar\nL = log(x)")
    found = evaluate(Problem.drawn("Log", program, "x", {}, given={"x": np.array([[-1.0]])}))
    assert np.isnan(measured_entry(found, ("L", "x"), 0, 0))
