"""What the gradient check shows: two gradients and their difference, and how the error goes with the step."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.figures.heatmap import Cell, HeatmapSpec, read_only
from tutor.figures.palette import largest_size, nice_scale

LABELS: Final[tuple[str, str, str]] = ("analytic", "numeric", "difference")
"""The words for the three matrices of a comparison, and their keys."""


@dataclass(frozen=True, eq=False)
class ComparisonSpec:
    """Two gradients of one variable and their difference, on one colour scale: agreement looks empty.

    Attributes:
        analytic: The gradient by the chain rule, (n, m).
        numeric: The gradient by differences, (n, m).
        difference: The first minus the second, (n, m).
        row_names: One for each row, or none; Typst mathematics.
        column_names: One for each column, or none; Typst mathematics.
        title: What is compared, Typst mathematics; may be empty.
        caption: A word on it, ``entry by entry``; may be empty.
        scale: The end of the colour scale; None for the largest of both gradients.
        differs: The worst entry, if it differs by more than it may; it is ringed. Otherwise None.
        name: What is compared in plain words, for people who do not see it.
        labels: What stands at the three; the keys stay.
    """

    analytic: NDArray[np.float64]
    numeric: NDArray[np.float64]
    difference: NDArray[np.float64]
    row_names: tuple[str, ...] = ()
    column_names: tuple[str, ...] = ()
    title: str = ""
    caption: str = ""
    scale: float | None = None
    differs: Cell | None = None
    name: str = ""
    labels: tuple[str, str, str] = LABELS

    def __post_init__(self) -> None:
        """Freezes the numbers and holds the three together."""
        for attribute in ("analytic", "numeric", "difference"):
            object.__setattr__(self, attribute, read_only(getattr(self, attribute)))
        if not self.analytic.shape == self.numeric.shape == self.difference.shape:
            raise ValueError("What is compared must have one shape.")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each of the three, (n, m)."""
        return self.analytic.shape[0], self.analytic.shape[1]

    @cached_property
    def tables(self) -> tuple[HeatmapSpec, HeatmapSpec, HeatmapSpec]:
        """The three as heatmaps; their keys are ``analytic``, ``numeric`` and ``difference``."""
        scale = self.scale if self.scale is not None else nice_scale(largest_size(self.analytic, self.numeric))
        analytic, numeric, difference = (
            HeatmapSpec(
                key, values, self.row_names if self.shape[0] > 1 else (), self.column_names, scale=scale, decimals=4,
                as_difference=key == "difference",
            )
            for key, values in zip(LABELS, (self.analytic, self.numeric, self.difference), strict=True)
        )
        return analytic, numeric, difference

    @property
    def frame(self) -> tuple[object, ...]:
        """All but the numbers."""
        return self.shape, self.row_names, self.column_names, self.title, self.caption, self.labels

    def cell_words(self, row: int, column: int) -> str:
        """One entry for someone who listens."""
        parts = [f"{label} {table.spoken(row, column)}" for label, table in zip(self.labels, self.tables, strict=True)]
        return f"{self.name} row {row + 1}, column {column + 1}: ".lstrip() + ", ".join(parts)


@dataclass(frozen=True)
class Slope:
    """How the error grows or falls along a side of the curve.

    Attributes:
        power: Its slope in the log-log picture: -1 where rounding rules, 2 where truncation does.
        word: Where it comes from.
    """

    power: int
    word: str


_RUN: Final = 2.0
"""Over how many decades a side has to have its slope."""
_BEND: Final = 0.3
"""How far a slope may be from the one it is said to be."""

ROUNDING: Final = Slope(-1, "rounding")
TRUNCATION: Final = Slope(2, "truncation")


@dataclass(frozen=True, eq=False)
class SweepSpec:
    """How the largest relative error goes with the step of the differences: the V-curve.

    Attributes:
        steps: The steps, (k,), positive and growing.
        errors: The error at each, (k,); zero is drawn at the foot, no number leaves a hole.
        used_step: The step in use.
        slopes: What is said on the left and on the right; None for nothing.
        caption: What the picture shows; may be empty.
    """

    steps: NDArray[np.float64]
    errors: NDArray[np.float64]
    used_step: float
    slopes: tuple[Slope | None, Slope | None] = field(default=(ROUNDING, TRUNCATION))
    caption: str = "largest relative error against the step"

    def __post_init__(self) -> None:
        """Freezes the numbers and holds them together."""
        for attribute in ("steps", "errors"):
            copy = np.array(getattr(self, attribute), dtype=np.float64)
            if copy.shape != (len(self.steps),):
                raise ValueError(f"There are {len(self.steps)} steps and {copy.size} errors.")
            copy.setflags(write=False)
            object.__setattr__(self, attribute, copy)
        if not (self.steps > 0).all() or not self.used_step > 0:
            raise ValueError("A step is a positive number.")

    @cached_property
    def seen_slopes(self) -> tuple[Slope | None, Slope | None]:
        """The slopes that the curve has: left and right of its lowest place, each along two decades at least."""
        known = np.isfinite(self.errors) & (self.errors > 0.0)
        x, y = np.log10(self.steps[known]), np.log10(self.errors[known])
        if not y.size:
            return None, None
        lowest = int(np.argmin(y))
        left, right = self.slopes
        sides = (left, x[: lowest + 1], y[: lowest + 1]), (right, x[lowest:], y[lowest:])
        one, other = (slope if slope is not None and _has_slope(x, y, slope.power) else None for slope, x, y in sides)
        return one, other


def _has_slope(x: NDArray[np.float64], y: NDArray[np.float64], power: int) -> bool:
    """Whether some stretch of a curve rises as a power of the step."""
    for start in range(len(x)):
        here = (x >= x[start] - 1e-9) & (x <= x[start] + _RUN + 1e-9)
        if x[-1] - x[start] < _RUN - 1e-9 or here.sum() < 3:
            continue
        slope, _ = np.polyfit(x[here], y[here], 1)
        if abs(slope - power) <= _BEND:
            return True
    return False
