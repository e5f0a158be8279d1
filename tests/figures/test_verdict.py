"""What the check says in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.programs import relu_loss
from tutor.core.comparison import Check
from tutor.core.differences import check
from tutor.core.evaluate import Evaluation, evaluate
from tutor.core.problem import Problem
from tutor.figures.verdict import entry_text, place_text, table, verdict
from tutor.files.library import problem
from tutor.language.reader import read_program


def wrong(evaluation: Evaluation, name: str, *places: tuple[int, int]) -> Evaluation:
    """The same numbers with a mistake in some entries of one gradient, the first the worst."""
    spoilt = evaluation.gradients[name].copy()
    for place, size in zip(places, (9.0, 1.0, 1.0), strict=False):
        spoilt[place] *= 1 + size
    return replace(evaluation, gradients={**evaluation.gradients, name: spoilt})


def corner(*numbers: float) -> Check:
    asked = Problem.drawn("", relu_loss(), "x", {"n": len(numbers)}, given={"x": np.array([numbers])})
    return check(evaluate(asked), names=["x"])


def test_all_agree() -> None:
    found = check(evaluate(problem("backprop-5-3-5")))
    said = verdict(found)
    assert (said.right, said.headline) == (True, "All 59 entries agree")
    assert found.worst is not None and said.worst == found.worst.name
    assert said.remark.startswith("Worst relative error ") and said.remark.endswith("; the limit is 1e−5.")
    assert f"in {found.worst.name};" in said.remark


def test_some_differ() -> None:
    found = check(wrong(evaluate(problem("backprop-5-3-5")), "W2", (2, 1), (0, 0)))
    said = verdict(found)
    assert (said.right, said.headline, said.worst) == (False, "2 of 59 entries differ", "W2")
    assert said.remark.startswith("The worst is W2[3, 2], off by 0.9") or "W2[3, 2], off by 9.0e−1" in said.remark


@pytest.mark.parametrize(("name", "place", "text"), [("x", (0, 3), "x[4]"), ("b1", (0, 0), "b1[1]"),
                                                     ("W1", (4, 2), "W1[5, 3]")])
def test_the_worst_entry_has_a_name(name: str, place: tuple[int, int], text: str) -> None:
    found = check(wrong(evaluate(problem("backprop-5-3-5")), name, place))
    assert f"The worst is {text}, off by" in verdict(found).remark
    assert entry_text(found.variables[name]) == text


def test_names_of_places() -> None:
    assert place_text("s", (0, 0), (1, 1)) == "s"
    assert place_text("c", (2, 0), (3, 1)) == "c[3]"
    assert place_text("X", (0, 1), (2, 2)) == "X[1, 2]"


def test_at_a_corner_it_cannot_tell() -> None:
    said = verdict(corner(0.0, 1.0, -2.0))
    assert (said.right, said.headline) == (None, "2 of 3 agree, 1 cannot be told")
    assert said.remark == "Cannot tell at x[1]: it lies within one step of a corner."
    alone = verdict(corner(0.0, 0.0))
    assert (alone.right, alone.headline, alone.worst) == (None, "Cannot tell at this point", None)
    assert "corner" in alone.remark


def test_a_hair_beside_the_corner_is_no_corner() -> None:
    assert verdict(corner(1e-3, -1e-3)).headline == "All 2 entries agree"


def test_what_differs_outweighs_what_cannot_be_told() -> None:
    asked = Problem.drawn("", relu_loss(), "x", {"n": 3}, given={"x": np.array([[0.0, 1.0, 2.0]])})
    found = check(wrong(evaluate(asked), "x", (0, 1)), names=["x"])
    said = verdict(found)
    assert (said.right, said.headline) == (False, "1 of 3 entries differs")
    assert "x[2]" in said.remark


def test_where_there_is_no_finite_slope() -> None:
    asked = Problem.drawn("", read_program("x : (1, 2)\nL = sum(1 / x)"), "x", {}, given={"x": np.array([[0.0, 1.0]])})
    said = verdict(check(evaluate(asked), names=["x"]))
    assert not said.right or "cannot be told" in said.headline
    assert "finite" in said.remark


def test_a_single_entry_is_not_all_entries() -> None:
    asked = Problem.drawn("", read_program("s : scalar\nL = s * s"), "s", {}, 1)
    assert verdict(check(evaluate(asked), names=["s"])).headline == "The one entry agrees"


def test_a_very_large_matrix_says_how_many_were_measured() -> None:
    asked = Problem.drawn("", read_program("A : (n, n)\nL = sum(A)"), "A", {"n": 150}, 1)
    found = check(evaluate(asked), names=["A"])
    assert verdict(found).remark == "A is very large; 4000 of its 22500 entries were measured."


@pytest.mark.parametrize("name", ["relu-network", "backprop-5-3-5"])
def test_a_right_gradient_agrees_at_large_sizes_too(name: str) -> None:
    asked = problem(name)
    large = asked.with_dims(dict.fromkeys(asked.dims, 48))
    assert verdict(check(evaluate(large), names=[large.wrt, "W2"])).right is not False


def test_the_table_has_a_line_for_each_name() -> None:
    found = check(wrong(evaluate(problem("backprop-5-3-5")), "W2", (2, 1)))
    head, *rows, empty, last = table(found)
    assert head.split() == ["entries", "max", "abs", "max", "rel", "worst"]
    assert [row.split()[0] for row in rows] == list(found.variables)
    assert empty == ""
    assert last.startswith("1 of 59 entries differs. The worst is W2[3, 2]")
    verdicts = {row.split()[0]: row.split()[-1] for row in rows}
    assert verdicts.pop("W2") == "differs" and set(verdicts.values()) == {"agrees"}
    assert all(row == row.rstrip() for row in rows)
    ends = {row.index(row.split()[1]) + len(row.split()[1]) for row in rows}
    assert len(ends) == 1, "numbers end below each other"


def test_of_a_large_matrix_only_what_was_measured_is_counted() -> None:
    program = read_program("x : (1, n)\nW : (n, n)\nh = relu(x W)\nL = sum(h * h)")
    asked = Problem.drawn("", program, "x", {"n": 300}, 3, given={"x": np.zeros((1, 300))})
    found = check(evaluate(asked))
    assert found.total < sum(c.analytic.size for c in found.variables.values())
    agree = found.count("agrees")
    assert verdict(found).headline == f"{agree} of {found.total} agree, {found.total - agree} cannot be told"
