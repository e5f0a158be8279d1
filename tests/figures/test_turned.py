"""The Jacobians where vectors are columns, or the derivative is transposed: the same numbers, the forms with them."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from tests.programs import ready
from tutor.core.evaluate import Evaluation, evaluate
from tutor.derive import derive
from tutor.derive.conventions import Convention
from tutor.derive.step import Derivation
from tutor.derive.views import factors
from tutor.figures.heatmap import EquationSpec, Marks
from tutor.figures.jacobians import RESULT, equation
from tutor.figures.turned import Written, transposed_marks

COLUMNS, NUMERATOR = Convention("column"), Convention(layout="numerator")


def written(name: str, convention: Convention) -> tuple[EquationSpec, EquationSpec]:
    """The equation of a ready-made problem as it is, and in a convention."""
    problem = ready(name)
    evaluation: Evaluation = evaluate(problem)
    derivation: Derivation = derive(problem.program, problem.wrt)
    path = derivation.paths[0]
    usual = equation(evaluation, derivation, path)
    return usual, Written(derivation, convention).equation(usual, factors(derivation, path), "local")


@pytest.mark.parametrize("name", ["backprop-5-3-5", "columns-of-the-question", "batch-of-the-question"])
@pytest.mark.parametrize("convention", [COLUMNS, NUMERATOR], ids=lambda convention: convention.words)
def test_the_product_of_what_is_shown_is_what_stands_behind_the_sign(name: str, convention: Convention) -> None:
    usual, turned = written(name, convention)
    assert [item.key for item in turned.items[:-1]] == [item.key for item in usual.items[-2::-1]]
    product = reduce(np.matmul, [item.values for item in turned.items[:-1]])
    given = turned.items[-1].values
    shaped = given.T if convention == NUMERATOR and 1 not in given.shape else given  # its entries along vec
    np.testing.assert_allclose(product.ravel(), shaped.ravel(), atol=1e-12)
    kept = {item.key: bool(item.matrix_form) for item in usual.items}
    assert {item.key: bool(item.matrix_form) for item in turned.items} == kept, "no form is lost"


def test_columns_lose_the_transposes_that_rows_need() -> None:
    usual, turned = written("columns-of-the-question", COLUMNS)
    forms = [{item.key: item.matrix_form for item in spec.items} for spec in (usual, turned)]
    assert [found["L→ŷ"] for found in forms] == ["-(y slash hat(y))^top", "-y slash hat(y)"]
    assert [found["a→x"] for found in forms] == ["W_1", "W_1^top"]


def test_a_note_on_blocks_is_one_on_the_blocks_that_are_shown() -> None:
    usual, turned = written("batch-of-the-question", COLUMNS)
    notes = [{item.key: item.note for item in spec.items} for spec in (usual, turned)]
    assert [found["A→W1"].partition(";")[0] for found in notes] == [
        "block i, j is $X_(i j)$ $I_(m)$", "block i, j is $(X^top)_(i j)$ $I_(m)$"]
    assert notes[0][RESULT] == notes[1][RESULT]


def test_the_usual_way_is_left_alone() -> None:
    usual, same = written("backprop-5-3-5", Convention())
    assert same is usual


def test_marks_go_with_their_cells() -> None:
    marks = Marks(True, frozenset({(1, 2)}), frozenset({(0, 4)}), frozenset({1}), frozenset({2}))
    turned = transposed_marks(marks)
    assert (turned.cells, turned.linked, turned.rows, turned.columns) == ({(2, 1)}, {(4, 0)}, {2}, {1})
    assert transposed_marks(turned) == marks
