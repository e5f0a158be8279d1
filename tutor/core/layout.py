"""The conventions, once: what a shape is, how matrices are stacked, what a Jacobian's rows are.

* Everything is a matrix of two sizes; a number is 1×1.
* A size is a whole number or a name (``n``) that a problem gives a number.
* ``vec`` stacks **rows**: entry (i, j) of an (n, m) matrix is entry ``i·m + j`` of its vec. NumPy does the same.
* A Jacobian has one **row for each output** entry and one column for each input entry.
* A gradient has the **shape of the variable** it belongs to. The derivative of a scalar as a row, before it is
  folded back into that shape, is the Jacobian with one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy.typing as npt

from tutor.core.errors import ShapeError

Size: TypeAlias = int | str
Shape: TypeAlias = tuple[Size, Size]
Array: TypeAlias = npt.NDArray[Any]  # float64; complex128 during a complex step

SCALAR: Shape = (1, 1)

LARGEST_SIZE = 1_000_000_000
"""Rows or columns a matrix may have: more than any machine holds."""


def shape_text(shape: Shape) -> str:
    """A shape as people write it: ``1×5``, ``n×m``; ``number`` for 1×1."""
    return "number" if shape == SCALAR else f"{shape[0]}×{shape[1]}"


def vec(matrix: Array) -> Array:
    """The entries of an (…, n, m) matrix as one (…, n·m) vector, row by row."""
    return matrix.reshape(*matrix.shape[:-2], -1)


def product_size(a: Size, b: Size) -> Size:
    """The product of two sizes; of named ones a name such as ``n·m``, the same in either order."""
    factors = [factor for size in (a, b) for factor in str(size).split("·")]
    number = 1
    for factor in factors:
        number *= int(factor) if factor.isdigit() else 1
    names = sorted(factor for factor in factors if not factor.isdigit())
    if not names:
        return number
    return "·".join(names if number == 1 else [str(number), *names])


def named_factors(size: Size) -> tuple[str, ...]:
    """The names in a size: none in a number, itself in ``n``, both in ``n·m``."""
    return tuple(factor for factor in str(size).split("·") if not factor.isdigit())


def numeric_shape(shape: Shape, dims: Mapping[str, int]) -> tuple[int, int]:
    """The shape with every named size replaced by its number.

    Raises:
        ShapeError: a name has no number.
    """
    return (_numeric(shape[0], dims), _numeric(shape[1], dims))


def _numeric(size: Size, dims: Mapping[str, int]) -> int:
    """The number of a size; of a product of sizes (``n·m``) their product."""
    if isinstance(size, int):
        return size
    product = 1
    for factor in size.split("·"):
        if factor.isdigit():
            product *= int(factor)
        elif factor in dims:
            product *= dims[factor]
        else:
            raise ShapeError(f"The size {factor} has no number. Give it one under [dims].")
    return product
