"""The words in the V-curve: what the slopes are and come from, the step in use, the names of the curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tutor.figures.cells import MINUS, tick_text
from tutor.figures.comparison import Slope
from tutor.figures.inter import text_width
from tutor.figures.places import Rect, Size

SWEEP_PX: Final = 11
LINE: Final = 14.0
ASCENT: Final = 11.0
USED_WORDS: Final = "step used"
_NOTHING: Final = ("no finite value", "to compare")

_EDGE: Final = 4.0
_CLEAR: Final = 7.0
_TRIANGLE_ROOM: Final = Size(360.0, 140.0)
_LEAST_LEG: Final = 32.0
Point = tuple[float, float]
_Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Note:
    """A few words in the picture.

    Attributes:
        lines: The lines of text.
        x: Their left edge, middle or right edge.
        top: The upper edge of the first line.
        align: What ``x`` is.
        quiet: How many of the lines, from the last, are spoken in the third ink.
    """

    lines: tuple[str, ...]
    x: float
    top: float
    align: Literal["left", "center", "right"] = "left"
    quiet: int = 0

    @property
    def place(self) -> Rect:
        """The room of the words."""
        width = max(text_width(line, SWEEP_PX) for line in self.lines)
        left = self.x - width * {"left": 0.0, "center": 0.5, "right": 1.0}[self.align]
        return Rect(left - 1, self.top, width + 2, len(self.lines) * LINE)

    def baseline(self, index: int) -> float:
        """The line on which one of its lines stands."""
        return self.top + index * LINE + ASCENT

    def is_quiet(self, index: int) -> bool:
        """Whether one of its lines is spoken in the third ink."""
        return index >= len(self.lines) - self.quiet


def height_at(curve: _Curve, x: float) -> float | None:
    """The height of a curve, (k, 2), at a place along the axis; None beyond its ends."""
    known = curve[np.isfinite(curve[:, 1])]
    if not len(known) or not known[0, 0] - 1e-6 <= x <= known[-1, 0] + 1e-6:
        return None
    return float(np.interp(x, known[:, 0], known[:, 1]))


def note_used(used: float | None, step: float, curve: _Curve, plot: Rect, large: bool) -> Note:
    """The words at the line of the step: above the curve, or at the foot where there is room beside it.

    A step beyond the axis has no line; the words say how large it is.
    """
    if used is None:
        return Note((f"step {tick_text(step)}",), plot.left + _EDGE, plot.top + 2)
    room = text_width(USED_WORDS, SWEEP_PX) + 2 * _EDGE
    foot = Note((USED_WORDS,), used + _EDGE, plot.bottom - LINE - 2)
    if large and plot.right - used > room and _is_free(foot, curve, None):
        return foot
    right = used - plot.left > room
    return Note((USED_WORDS,), used - _EDGE if right else used + _EDGE, plot.top + 2, "right" if right else "left")


def note_missing(curve: _Curve, plot: Rect) -> tuple[Note, ...]:
    """What is said where no step gives an error, so that an empty field is not taken for a perfect one."""
    if np.isfinite(curve[:, 1]).any():
        return ()
    return (Note(_NOTHING, plot.left + plot.width / 2, plot.top + plot.height / 2 - LINE, "center", quiet=2),)


def note_slopes(
    slopes: tuple[Slope | None, Slope | None], curve: _Curve, plot: Rect, used: float | None, decade: Size
) -> tuple[tuple[Note, ...], tuple[_Curve, ...]]:
    """What is said on the slopes: words in the lower corners, or right angles where there is room for them.

    Args:
        slopes: The slope on the left and on the right; None for nothing.
        curve: The curve in px, (k, 2).
        plot: The field.
        used: Where the step in use stands; None where it is beyond the axis.
        decade: How many px a factor of ten takes across and down.

    Returns:
        The words and the right angles.
    """
    if plot.width >= _TRIANGLE_ROOM.width and plot.height >= _TRIANGLE_ROOM.height:
        marked = _mark_slopes(slopes, curve, plot, used, decade)
        if marked is not None:
            return marked
    notes = []
    for slope, right in zip(slopes, (False, True), strict=True):
        if slope is not None:
            notes.append(_corner_note(slope, curve, plot, right))
    return tuple(note for note in notes if _is_free(note, curve, used)), ()


def _is_free(note: Note, curve: _Curve, used: float | None) -> bool:
    """Whether words lie neither on the curve nor on the line of the step."""
    place = note.place
    if used is not None and place.left - 2 <= used <= place.right + 2:
        return False
    xs = np.linspace(place.left, place.right, 9)
    return all(y is None or not place.top - 1 < y < place.bottom + 1 for y in (height_at(curve, float(x)) for x in xs))


def _corner_note(slope: Slope, curve: _Curve, plot: Rect, right: bool) -> Note:
    """Words in a lower corner, as high as the curve above them lets them stand."""
    lines = (f"slope {_number(slope.power)}", slope.word)
    room = max(text_width(line, SWEEP_PX) for line in lines) + 2 * _EDGE
    near = curve[:, 0] >= plot.right - room if right else curve[:, 0] <= plot.left + room
    above = curve[near & np.isfinite(curve[:, 1]), 1]
    top = float(above.max()) + _CLEAR if above.size else plot.top
    top = min(top, plot.bottom - len(lines) * LINE - 2)
    return Note(lines, plot.right - _EDGE if right else plot.left + _EDGE, top, "right" if right else "left", quiet=1)


def _mark_slopes(
    slopes: tuple[Slope | None, Slope | None], curve: _Curve, plot: Rect, used: float | None, decade: Size
) -> tuple[tuple[Note, ...], tuple[_Curve, ...]] | None:
    """A right angle under each side, one decade wide and as high as the slope; None where one does not fit."""
    notes: list[Note] = []
    triangles: list[_Curve] = []
    run = decade.width
    if run < _LEAST_LEG or used is None:
        return None
    for slope, middle in zip(slopes, ((plot.left + used) / 2, (used + plot.right) / 2), strict=True):
        if slope is None:
            continue
        left, right = middle - run / 2, middle + run / 2
        rise = slope.power * decade.height
        under = _under(curve, left, right, rise)
        start = under + (3 if slope.power < 0 else 2) * _CLEAR
        foot = max(start, start - rise)
        if foot + LINE > plot.bottom or foot - abs(rise) < plot.top or left < plot.left or right > plot.right:
            return None
        upright = left if slope.power < 0 else right
        corner = (upright, foot)
        across = (right, foot) if slope.power < 0 else (left, foot)
        triangles.append(np.array([(upright, foot - abs(rise)), corner, across]))
        beside = foot - abs(rise) / 2 - LINE / 2
        under = min(foot + 2, plot.bottom - LINE)
        notes.append(Note(("1",), middle, under, "center"))
        if slope.power < 0:
            notes.append(Note((_number(slope.power),), left - _EDGE, beside, "right"))
            notes.append(Note((slope.word,), middle + 3 * _EDGE, under, quiet=1))
        else:
            notes.append(Note((_number(slope.power),), right + _EDGE, beside))
            notes.append(Note((slope.word,), right + 4 * _EDGE, beside, quiet=1))
    return tuple(notes), tuple(triangles)


def _under(curve: _Curve, left: float, right: float, rise: float) -> float:
    """The height at ``left`` of the highest line with this rise that stays under the curve from left to right."""
    near = curve[(curve[:, 0] >= left) & (curve[:, 0] <= right) & np.isfinite(curve[:, 1])]
    ends = [(x, height_at(curve, x)) for x in (left, right)]
    points = [(float(x), float(y)) for x, y in near] + [(x, y) for x, y in ends if y is not None]
    return max((y + rise * (x - left) / (right - left) for x, y in points), default=0.0)


def _number(power: int) -> str:
    return str(power).replace("-", MINUS)
