"""What the numbers of a variable can be filled with, all of them or a chosen block."""

from __future__ import annotations

from typing import Final, NamedTuple

from tutor.core.layout import Array
from tutor.core.numbers import ENTRYWISE, default_kind, draw
from tutor.core.problem import Problem

Block = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""


class Fill(NamedTuple):
    """One entry of the menu.

    Attributes:
        text: What the menu says.
        kind: How the numbers are drawn; nothing for the variable's own way.
        done: What was done, as it stands after "Undo fill W1 with".
    """

    text: str
    kind: str
    done: str


RANDOM: Final = Fill("Random numbers", "", "random numbers")
FILLS: Final = (
    RANDOM,
    Fill("Zeros", "zeros", "zeros"),
    Fill("Ones", "ones", "ones"),
    Fill("Identity", "eye", "the identity"),
    Fill("One-hot rows", "onehot", "one-hot rows"),
    Fill("Distributions", "simplex", "distributions"),
)

FACTORS: Final = (2.0, 0.5, 10.0, 0.1, -1.0)
"""What the menu offers to multiply by; any other factor can be typed."""


def fits(fill: Fill, shape: tuple[int, int]) -> bool:
    """Whether a block of this shape can be filled so."""
    return fill.kind != "eye" or shape[0] == shape[1]


def filled(problem: Problem, name: str, fill: Fill, seed: int, block: Block | None = None) -> Array:
    """The numbers of a variable with a block of them drawn anew; without a block all of them.

    What is drawn entry by entry is the same for the same seed, whichever block is filled.
    """
    numbers, shape = problem.numbers[name].copy(), problem.shape(name)
    kind = fill.kind or _own_kind(problem, name)
    if block is None:
        return draw(kind, shape, seed, name)
    if not fill.kind and kind not in ENTRYWISE:
        kind = "normal"  # a part of a distribution is none
    top, left, bottom, right = block
    place = slice(top, bottom + 1), slice(left, right + 1)
    if kind in ENTRYWISE:
        numbers[place] = draw(kind, shape, seed, name)[place]
    else:
        numbers[place] = draw(kind, (bottom - top + 1, right - left + 1), seed, name)
    return numbers


def _own_kind(problem: Problem, name: str) -> str:
    """How the problem draws a variable."""
    declaration = problem.program.declaration(name)
    return problem.kinds.get(name) or ("normal" if declaration is None else default_kind(declaration))
