"""Where the V-curve of a step sweep stands: its axes, its line and the words at its two sides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.figures.cells import MINUS
from tutor.figures.comparison import SweepSpec
from tutor.figures.inter import text_width
from tutor.figures.places import Rect, Size
from tutor.figures.sweep_notes import (
    ASCENT,
    LINE,
    SWEEP_PX,
    Note,
    Point,
    height_at,
    note_missing,
    note_slopes,
    note_used,
)

DOT_RADIUS: Final = 4.0

_CAPTION_HEIGHT: Final = 22.0
_TICKS_HEIGHT: Final = 24.0
_TICK_GAP: Final = 6.0
_TICK_ROOM: Final = Size(66.0, 34.0)
_THREE_TICKS: Final = 96.0
_ROOM_FOR_SLOPES: Final = 170.0
_MOST_INTERVALS: Final = 5
_EDGE: Final = 4.0
_INSET: Final = 5.0
_LOWEST: Final = 1e-17
_DECADES: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30)


@dataclass(frozen=True)
class Tick:
    """A line of the grid and its number.

    Attributes:
        at: Where it stands along its axis, in px.
        text: Its number.
    """

    at: float
    text: str


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """Where a sweep stands.

    Attributes:
        size: The whole.
        plot: The field of the curve.
        caption: What stands above it; empty where it has no room.
        x_ticks: Powers of ten under the field.
        y_ticks: Powers of ten left of it, each with a line across.
        curves: The pieces of the curve, each (k, 2); parted where there is no number.
        used_x: The step in use; None where it lies beyond the axis.
        dot: The curve at the step in use, or None where it has no number there.
        notes: The words in the field.
        triangles: Right angles that show a slope where there is room for them, each (3, 2).
    """

    size: Size
    plot: Rect
    caption: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    curves: tuple[NDArray[np.float64], ...]
    used_x: float | None
    dot: Point | None
    notes: tuple[Note, ...]
    triangles: tuple[NDArray[np.float64], ...]

    @property
    def caption_baseline(self) -> float:
        """The line on which the caption stands, above the field."""
        return self.plot.top - _CAPTION_HEIGHT + ASCENT

    @property
    def x_ticks_baseline(self) -> float:
        """The line on which the numbers under the field stand."""
        return self.plot.bottom + _TICKS_HEIGHT - 6.0


def plan_sweep(spec: SweepSpec, width: float, height: float) -> SweepPlan:
    """Puts a sweep in a given room.

    Args:
        spec: The sweep.
        width: Room from left to right.
        height: Room from top to bottom, caption and numbers included.
    """
    top = _CAPTION_HEIGHT if spec.caption else LINE / 2
    plot_height = max(height - top - _TICKS_HEIGHT, 10.0)
    low, high = _range(spec.errors)
    y_powers = _powers(low, high, plot_height / _TICK_ROOM.height)
    labels = max(text_width(_power_text(power), SWEEP_PX) for power in y_powers)
    plot = Rect(labels + _TICK_GAP, top, max(width - labels - _TICK_GAP - _EDGE, 10.0), plot_height)

    x_low, x_high = _range(spec.steps)
    # In little room the ends and the middle: numbers closer than usual rather than a curve pressed together.
    least = 2.0 if plot.width >= _THREE_TICKS else 1.0
    x_powers = _powers(x_low, x_high, max(plot.width / _TICK_ROOM.width, least))
    across = _Axis(x_powers[0], x_powers[-1], plot.left + _INSET, plot.right - _INSET)
    down = _Axis(y_powers[0], y_powers[-1], plot.bottom, plot.top)

    curve = _points(spec.steps, spec.errors, across, down)
    power = math.log10(spec.used_step)
    used = across.at(power) if across.low - 1e-9 <= power <= across.high + 1e-9 else None
    level = None if used is None else height_at(curve, used)
    slopes = spec.seen_slopes if plot.width >= _ROOM_FOR_SLOPES else (None, None)
    notes, triangles = note_slopes(slopes, curve, plot, used, Size(across.decade, down.decade))
    return SweepPlan(
        Size(width, height),
        plot,
        spec.caption if text_width(spec.caption, SWEEP_PX) <= width - plot.left else "",
        tuple(Tick(across.at(power), _power_text(power)) for power in x_powers),
        tuple(Tick(down.at(power), _power_text(power)) for power in y_powers),
        _pieces(curve),
        used,
        None if used is None or level is None else (used, level),
        (note_used(used, spec.used_step, curve, plot, bool(triangles)), *notes, *note_missing(curve, plot)),
        triangles,
    )


@dataclass(frozen=True)
class _Axis:
    """From powers of ten to px."""

    low: int
    high: int
    start: float
    end: float

    @property
    def decade(self) -> float:
        return abs(self.end - self.start) / (self.high - self.low)

    def at(self, power: float) -> float:
        share = (power - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)


def _range(values: NDArray[np.float64]) -> tuple[int, int]:
    """The powers of ten around all positive numbers."""
    sizes = values[np.isfinite(values) & (values > 0.0)]
    if not sizes.size:
        return -16, 0
    logs = np.log10(np.maximum(sizes, _LOWEST))
    return math.floor(logs.min() + 1e-9), math.ceil(logs.max() - 1e-9)


def _powers(low: int, high: int, room: float) -> tuple[int, ...]:
    """Evenly spaced powers from at or below ``low`` to at or above ``high``, no more than there is room for."""
    high = max(high, low + 1)
    for step in _DECADES:
        first, last = math.floor(low / step) * step, math.ceil(high / step) * step
        if (last - first) / step <= min(max(room, 1.0), _MOST_INTERVALS):
            return tuple(range(first, last + 1, step))
    return first, last


def _power_text(power: int) -> str:
    return "1" if power == 0 else f"1e{MINUS if power < 0 else ''}{abs(power)}"


def _points(
    steps: NDArray[np.float64], errors: NDArray[np.float64], across: _Axis, down: _Axis
) -> NDArray[np.float64]:
    """The curve in px, (k, 2); an error of zero lies at the foot."""
    points = np.full((len(steps), 2), np.nan)
    for index, (step, error) in enumerate(zip(steps.tolist(), errors.tolist(), strict=True)):
        if math.isfinite(error) and error >= 0.0:
            points[index] = across.at(math.log10(step)), down.at(math.log10(max(error, _LOWEST)))
    return points


def _pieces(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    known = np.isfinite(points[:, 1])
    cuts = np.flatnonzero(np.diff(known.astype(np.int8))) + 1
    return tuple(piece for piece in np.split(points, cuts) if len(piece) and np.isfinite(piece[0, 1]))
