from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.figures.heatmap import EquationSpec, HeatmapSpec, pooled, ring_blocks

cells = st.frozensets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20)


def test_the_numbers_of_a_picture_never_change() -> None:
    numbers = np.array([[1.0, 2.0]])
    spec = HeatmapSpec("A", numbers)
    numbers[0, 0] = 9.0
    assert spec.values[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        spec.values[0, 0] = 5.0


def test_a_row_and_a_number_are_matrices_too() -> None:
    assert HeatmapSpec("x", np.array([1.0, 2.0])).shape == (1, 2)
    assert HeatmapSpec("L", np.array(3.0)).shape == (1, 1)
    with pytest.raises(ValueError, match="3 dimensions"):
        HeatmapSpec("T", np.zeros((2, 2, 2)))


def test_names_must_fit() -> None:
    with pytest.raises(ValueError, match="A has 2 columns and 1 names"):
        HeatmapSpec("A", np.zeros((1, 2)), column_names=("x",))
    with pytest.raises(ValueError, match="2 matrices need 1 signs"):
        EquationSpec((HeatmapSpec("A", np.zeros(1)), HeatmapSpec("B", np.zeros(1))))
    with pytest.raises(ValueError, match="same key"):
        EquationSpec((HeatmapSpec("A", np.zeros(1)), HeatmapSpec("A", np.zeros(1))), ("=",))


def test_the_scale_is_its_own_unless_given() -> None:
    assert HeatmapSpec("A", np.array([0.3, -1.94])).colour_scale == 2.0
    assert HeatmapSpec("A", np.array([0.3, np.nan, np.inf])).colour_scale == 0.5
    assert HeatmapSpec("A", np.array([0.3]), scale=5.0).colour_scale == 5.0


def test_what_is_not_computed_is_neither_coloured_nor_scaled_by() -> None:
    spec = HeatmapSpec("A", np.array([[1.0, 99.0]]), computed=np.array([[True, False]]))
    assert spec.texts == (("1", "–"),)
    assert np.isnan(spec.shown[0, 1])
    assert spec.colour_scale == 1.0
    assert "not computed" in spec.cell_words(0, 1)


def test_words_for_a_cell() -> None:
    assert HeatmapSpec("A", np.array([[0.5, -0.67]])).cell_words(0, 1) == "row 1, column 2, −0.67"
    named = HeatmapSpec("A", np.zeros((2, 3)), describe=lambda i, j: f"∂θ{i + 1} by ∂h{j + 1}")
    assert named.cell_words(1, 2) == "∂θ2 by ∂h3"


def test_the_frame_is_all_but_the_numbers() -> None:
    one = HeatmapSpec("A", np.zeros((2, 2)), ("a", "b"))
    other = HeatmapSpec("A", np.ones((2, 2)), ("a", "b"), scale=4.0)
    assert one.frame == other.frame
    assert one.frame != HeatmapSpec("A", np.zeros((2, 2)), ("a", "c")).frame
    assert EquationSpec((one,)).frame == EquationSpec((other,)).frame


@given(cells)
def test_rings_go_round_exactly_the_cells(chosen: frozenset[tuple[int, int]]) -> None:
    covered = [(row, column) for top, left, bottom, right in ring_blocks(chosen)
               for row in range(top, bottom + 1) for column in range(left, right + 1)]
    assert len(covered) == len(set(covered))
    assert set(covered) == chosen


def test_cells_that_touch_share_a_ring() -> None:
    assert ring_blocks({(2, 0), (2, 1), (2, 2)}) == [(2, 0, 2, 2)]
    assert ring_blocks({(0, 1), (1, 1), (0, 2), (1, 2)}) == [(0, 1, 1, 2)]
    assert ring_blocks(set()) == []


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(0, 9))
def test_squeezing_keeps_the_largest(rows: int, columns: int, down: int, across: int, seed: int) -> None:
    values = np.random.default_rng(seed).standard_normal((rows, columns))
    small = pooled(values, down, across)
    assert small.shape == (min(rows, down), min(columns, across))
    assert np.isin(small, values).all()
    assert np.abs(small).max() == np.abs(values).max()


def test_a_thin_diagonal_survives_squeezing() -> None:
    assert (np.diagonal(pooled(np.eye(1000), 100, 100)) == 1.0).all()


def test_what_is_no_number_is_not_squeezed_into_a_zero() -> None:
    values = np.ones((40, 40))
    values[17, 30] = np.nan
    assert np.argwhere(np.isnan(pooled(values, 4, 4))).tolist() == [[1, 3]]
