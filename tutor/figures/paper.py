"""What a picture can be put on: a sheet of matplotlib's, or commands of TikZ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tutor.figures.palette import Theme
from tutor.figures.places import Rect, Size
from tutor.figures.sheet import Align
from tutor.typeset.formula import Formula


class Paper(Protocol):
    """What a picture is put on: a :class:`Sheet`, or something that takes the same in another format."""

    theme: Theme

    def cells(self, rects: Sequence[Rect], colours: NDArray[np.uint8], hairline: str | None, name: str) -> None:
        """Paints rectangles."""

    def image(self, place: Rect, colours: NDArray[np.uint8], name: str) -> None:
        """Paints a picture of dots."""

    def text(
        self, words: str, x: float, baseline: float, px: float, colour: str, align: Align = "left", name: str = ""
    ) -> None:
        """Writes words."""

    def formula(self, formula: Formula, x: float, baseline: float, ink: str, name: str = "") -> None:
        """Writes mathematics."""

    def line(
        self, points: ArrayLike, colour: str, width: float, *, dashes: tuple[float, float] | None = None, name: str = ""
    ) -> None:
        """Draws a line through points."""

    def ground(self, place: Rect) -> None:
        """Clears a place."""

    def circle(self, centre: tuple[float, float], radius: float, fill: str, edge: str, width: float) -> None:
        """Draws a circle."""

    def ring(self, place: Rect, colour: str) -> None:
        """Draws a ring round a place."""


P = TypeVar("P", bound=Paper)
NewPaper: TypeAlias = Callable[[Size, float, Theme, float], P]
"""Makes empty paper: its size, how many points a px has, its colours, its margin."""
