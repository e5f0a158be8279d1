from __future__ import annotations

import numpy as np
import pytest

from tutor.core.errors import ShapeError
from tutor.core.layout import numeric_shape, shape_text, vec


def test_vec_stacks_rows() -> None:
    matrix = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert vec(matrix).tolist() == [1, 2, 3, 4, 5, 6]
    assert all(vec(matrix)[i * 3 + j] == matrix[i, j] for i in range(2) for j in range(3))


def test_vec_stacks_the_rows_of_each_matrix_of_a_stack() -> None:
    stack = np.arange(24.0).reshape(4, 2, 3)
    np.testing.assert_array_equal(vec(stack), np.stack([vec(matrix) for matrix in stack]))
    assert vec(stack).shape == (4, 6)


def test_named_sizes_get_their_numbers() -> None:
    assert numeric_shape(("n", 1), {"n": 5, "m": 3}) == (5, 1)
    with pytest.raises(ShapeError, match="size m has no number"):
        numeric_shape(("n", "m"), {"n": 5})


def test_shapes_are_written_as_people_write_them() -> None:
    assert [shape_text(s) for s in ((1, 1), (1, 5), ("n", "m"))] == ["number", "1×5", "n×m"]
