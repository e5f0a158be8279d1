"""How large a problem the window shows."""

from __future__ import annotations

from typing import Final

from tutor.core.errors import ShapeError, UnusableNumbersError
from tutor.core.problem import Problem

LARGEST_SIZE: Final = 64
"""Rows and columns of a matrix; with more of them the tables are no longer read, and the window stands still."""
LARGEST_ELSEWHERE: Final = 512
"""What the command line is made for."""
LARGEST_SHOWN_SEED: Final = 999_999
"""What the box of the seed has room for."""


def showable(problem: Problem) -> Problem:
    """The problem itself, if the window can show it.

    Raises:
        ShapeError: a matrix in it is too large; says which, and where it can be had.
        UnusableNumbersError: its seed is too large.
    """
    for name in problem.program.shapes:
        rows, columns = problem.shape(name)
        if max(rows, columns) > LARGEST_SIZE:
            raise ShapeError(f"{name} is {rows}×{columns}; the window shows sizes up to {LARGEST_SIZE}, the command "
                             f"line up to {LARGEST_ELSEWHERE}.")
    if problem.seed > LARGEST_SHOWN_SEED:
        raise UnusableNumbersError(f"The seed is {problem.seed}; the window shows seeds up to {LARGEST_SHOWN_SEED}, "
                                   "the command line any.")
    return problem
