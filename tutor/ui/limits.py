"""How large a problem the window shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tutor.core.errors import ShapeError, UnusableNumbersError
from tutor.core.expression import nodes
from tutor.core.layout import numeric_shape
from tutor.core.problem import Problem
from tutor.core.program import Program

LARGEST_SIZE: Final = 64
"""Rows and columns of a matrix; with more of them the tables are no longer read, and the window stands still."""
LARGEST_ELSEWHERE: Final = 512
"""What the command line is made for."""
LARGEST_RESULT: Final = 200_000
"""Entries of what is computed on the way; with more of them an edit is no longer answered at once."""
LARGEST_SHOWN_SEED: Final = 999_999
"""What the box of the seed has room for."""


def fitting(program: Program, dims: Mapping[str, int]) -> Program:
    """The program itself, if the window can show it at these sizes.

    Raises:
        ShapeError: a matrix in it is too large; says which, and where it can be had.
    """
    for name, shape in program.shapes.items():
        rows, columns = numeric_shape(shape, dims)
        if max(rows, columns) > LARGEST_SIZE:
            raise ShapeError(f"{name} is {rows}×{columns}; the window shows sizes up to {LARGEST_SIZE}, the command "
                             f"line up to {LARGEST_ELSEWHERE}.")
    for statement in program.statements:
        for node in nodes(statement.expression):
            rows, columns = numeric_shape(node.shape, dims)
            if rows * columns > LARGEST_RESULT:
                raise ShapeError(f"{statement.name} computes a matrix of {rows}×{columns} on the way; the window goes "
                                 f"up to {LARGEST_RESULT:,} entries.", statement.position)
    return program


def showable(problem: Problem) -> Problem:
    """The problem itself, if the window can show it.

    Raises:
        ShapeError: a matrix in it is too large; says which, and where it can be had.
        UnusableNumbersError: its seed is too large.
    """
    fitting(problem.program, problem.dims)
    if problem.seed > LARGEST_SHOWN_SEED:
        raise UnusableNumbersError(f"The seed is {problem.seed}; the window shows seeds up to {LARGEST_SHOWN_SEED}, "
                                   "the command line any.")
    return problem
