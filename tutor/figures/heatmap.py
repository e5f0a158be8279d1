"""What a heatmap says: a matrix with names, a title and colours; and an equation of such matrices."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tutor.figures.cells import (
    NOT_COMPUTED,
    below_one,
    brief_texts,
    cell_texts,
    difference_text,
    spoken,
    widest,
    without_zero,
)
from tutor.figures.palette import largest_size, nice_scale

Cell: TypeAlias = tuple[int, int]
"""Row and column, counted from 0."""


def read_only(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A copy of a matrix, (n, m), that nobody can change. One row or one number becomes a matrix with one row."""
    copy = np.array(values, dtype=np.float64, ndmin=2)
    if copy.ndim != 2:
        raise ValueError(f"A heatmap shows a matrix; this has {copy.ndim} dimensions.")
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True, eq=False)
class HeatmapSpec:
    """A matrix of coloured cells with the names of what its rows and columns stand for.

    Names, title and form are Typst mathematics (``theta_2``); the note is text, with mathematics between dollar signs.

    Attributes:
        key: What the matrix is called among others; signals carry it.
        values: The numbers, (n, m), read-only.
        row_names: One for each row, or none.
        column_names: One for each column, or none.
        title: What it is, ``(partial theta) / (partial h)``; may be empty.
        matrix_form: What it equals, ``W_2^top``; may be empty.
        note: One short line below, where it has a structure; may be empty.
        scale: The end of its colour scale; None for its own.
        decimals: Digits after the point.
        as_difference: Numbers too small for the decimals print as ``−5e−12``.
        description: The whole in words, for people who do not see it.
        describe: The words for one cell; None for row, column and number.
        computed: False where there is no number yet, (n, m); None where all are there.
        note_yields: Whether the note is left out rather than that numbers lack room.
        blocks: After how many rows, and after how many columns, a line parts the cells; 0 for none.
    """

    key: str
    values: NDArray[np.float64]
    row_names: tuple[str, ...] = ()
    column_names: tuple[str, ...] = ()
    title: str = ""
    matrix_form: str = ""
    note: str = ""
    scale: float | None = None
    decimals: int = 2
    as_difference: bool = False
    description: str = ""
    describe: Callable[[int, int], str] | None = None
    computed: NDArray[np.bool_] | None = None
    note_yields: bool = False
    blocks: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        """Freezes the numbers and holds names and numbers together."""
        object.__setattr__(self, "values", read_only(self.values))
        rows, columns = self.shape
        for names, count, what in ((self.row_names, rows, "rows"), (self.column_names, columns, "columns")):
            if names and len(names) != count:
                raise ValueError(f"{self.key} has {count} {what} and {len(names)} names for them.")
        if self.computed is not None and self.computed.shape != self.shape:
            raise ValueError(f"{self.key} is {rows}×{columns}, but what is computed has another shape.")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, (n, m)."""
        return self.values.shape[0], self.values.shape[1]

    @cached_property
    def shown(self) -> NDArray[np.float64]:
        """The numbers to colour, (n, m): what is not computed is no number, and gets the colour of the desk."""
        return self.values if self.computed is None else np.where(self.computed, self.values, np.nan)

    @cached_property
    def colour_scale(self) -> float:
        """The end of the colour scale: the given one, else that of its own numbers."""
        return self.scale if self.scale is not None else nice_scale(largest_size(self.shown))

    @cached_property
    def goes_beyond(self) -> bool:
        """Whether some of its numbers lie beyond the end of the colour scale."""
        return largest_size(self.shown) > self.colour_scale

    @cached_property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """What the cells print, a row of texts for each row."""
        if self.as_difference:
            return tuple(tuple(difference_text(value, self.decimals) for value in row) for row in self.values.tolist())
        return cell_texts(self.values, self.decimals, self.computed)

    @cached_property
    def brief_texts(self) -> tuple[tuple[str, ...], ...]:
        """What narrow cells print: without the 0 before the point, or with a decimal fewer."""
        if not self.as_difference:
            return brief_texts(self.values, self.decimals, self.computed)
        below = below_one(self.values, self.decimals)
        return tuple(tuple(without_zero(text) if below else text for text in row) for row in self.texts)

    @cached_property
    def widest_text(self) -> float:
        """The width of the widest number, in px at 100 % zoom."""
        return widest(self.texts)

    @cached_property
    def widest_brief_text(self) -> float:
        """The width of the widest number with fewer digits, in px at 100 % zoom."""
        return widest(self.brief_texts)

    @property
    def frame(self) -> tuple[object, ...]:
        """All but the numbers. Where it stays the same, nothing has to be typeset or laid out again."""
        return self.key, self.shape, self.row_names, self.column_names, self.title, self.matrix_form, self.note

    def cell_words(self, row: int, column: int) -> str:
        """The words for one cell, counted from 0."""
        if self.describe is not None:
            return self.describe(row, column)
        return f"row {row + 1}, column {column + 1}, {self.spoken(row, column)}"

    def spoken(self, row: int, column: int) -> str:
        """The number of one cell, counted from 0, for someone who listens."""
        if self.computed is not None and not self.computed[row, column]:
            return f"not computed ({NOT_COMPUTED})"
        value = float(self.values[row, column])
        if self.as_difference and math.isfinite(value):
            return difference_text(value, self.decimals)
        return spoken(value, self.decimals)


@dataclass(frozen=True, eq=False)
class EquationSpec:
    """Matrices with signs between them, in the order of the equation: ``A · B · C = D``.

    Attributes:
        items: The matrices, each with a key of its own.
        operators: The signs between them, one fewer than matrices: ``·``, ``=`` or any Typst mathematics.
        description: The whole in words, for people who do not see it.
    """

    items: tuple[HeatmapSpec, ...]
    operators: tuple[str, ...] = ()
    description: str = ""

    def __post_init__(self) -> None:
        """Holds matrices and signs together."""
        if self.items and len(self.operators) != len(self.items) - 1:
            raise ValueError(f"{len(self.items)} matrices need {len(self.items) - 1} signs between them.")
        if len({item.key for item in self.items}) != len(self.items):
            raise ValueError("Two matrices of an equation have the same key.")

    @property
    def frame(self) -> tuple[object, ...]:
        """All but the numbers."""
        return tuple(item.frame for item in self.items), self.operators


class Marks(NamedTuple):
    """What is lit in one matrix because it belongs together with something elsewhere. Cells count from 0.

    Attributes:
        whole: Its title stands on the tint.
        cells: The very cells: strong ring, number in semibold.
        linked: Cells that belong to them: thin ring, one ring round those that touch.
        rows: Names of rows on the tint.
        columns: Names of columns on the tint.
    """

    whole: bool = False
    cells: frozenset[Cell] = frozenset()
    linked: frozenset[Cell] = frozenset()
    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


NO_MARKS = Marks()


def ring_blocks(cells: Iterable[Cell]) -> list[tuple[int, int, int, int]]:
    """The fewest upright blocks that rows of touching cells make: a ring goes round each.

    Args:
        cells: Rows and columns, counted from 0.

    Returns:
        First row, first column, last row, last column of each block.
    """
    by_row: dict[int, list[int]] = {}
    for row, column in sorted(set(cells)):
        by_row.setdefault(row, []).append(column)
    runs: dict[tuple[int, int], list[int]] = {}
    for row, columns in by_row.items():
        start = columns[0]
        for here, after in zip(columns, [*columns[1:], -2], strict=True):
            if after != here + 1:
                runs.setdefault((start, here), []).append(row)
                start = after
    blocks: list[tuple[int, int, int, int]] = []
    for (first, last), rows in runs.items():
        start = rows[0]
        for here, after in zip(rows, [*rows[1:], -2], strict=True):
            if after != here + 1:
                blocks.append((start, first, here, last))
                start = after
    return blocks


def pooled(values: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """A matrix squeezed to at most (rows, columns); of what falls together the largest size is kept, with its sign.

    So a thin diagonal stays visible where a mean or a sample would lose it, and so does what is no number.
    """
    def squeeze(array: NDArray[np.float64], count: int) -> NDArray[np.float64]:
        if len(array) <= count:
            return array
        edges = np.linspace(0, len(array), count + 1).astype(int)
        picked = [array[a:b][np.abs(array[a:b]).argmax(axis=0), np.arange(array.shape[1])]
                  for a, b in pairwise(edges.tolist())]
        return np.array(picked)

    return squeeze(squeeze(values, max(1, rows)).T, max(1, columns)).T
