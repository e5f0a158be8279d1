"""A matplotlib figure on which things are put in px of the layout, y downwards, as on the screen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from numpy.typing import ArrayLike, NDArray

from tutor.figures.inter import text_width
from tutor.figures.palette import Theme
from tutor.figures.places import Rect, Size
from tutor.typeset.fonts import inter_files
from tutor.typeset.formula import Formula

Align = Literal["left", "center", "right"]

POINTS_PER_INCH: Final = 72.0
HAIRLINE: Final = 0.5
_SHARE_BEFORE: Final = {"left": 0.0, "center": 0.5, "right": 1.0}
_CODES: Final = {"M": (Path.MOVETO,), "L": (Path.LINETO,), "C": (Path.CURVE4,) * 3, "Z": (Path.CLOSEPOLY,)}
_UNFIT: Final = re.compile(r"[^\w.-]+")  # what an id in an SVG must not have
_CORNERS: Final = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]


class Sheet:
    """A figure without axes, ticks or margins of matplotlib's own.

    Attributes:
        figure: The figure.
        theme: Its colours.
        points: How many points a px of the layout has.
    """

    def __init__(self, size: Size, points: float, theme: Theme, margin: float) -> None:
        """Makes an empty sheet.

        Args:
            size: Its size in px of the layout, margins included.
            points: How many points a px has.
            theme: Its colours.
            margin: What stays free on all sides; the origin lies inside it.
        """
        inches = (size.width * points / POINTS_PER_INCH, size.height * points / POINTS_PER_INCH)
        self.figure = Figure(figsize=inches, facecolor=theme.sheet, edgecolor="none")
        self.theme = theme
        self.points = points
        self._axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_axis_off()
        self._axes.set_xlim(-margin, size.width - margin)
        self._axes.set_ylim(size.height - margin, -margin)
        self._axes.set_autoscale_on(False)
        self._put = 0

    def cells(
        self, rects: Sequence[Rect], colours: NDArray[np.uint8], hairline: str | None, name: str
    ) -> None:
        """Paints rectangles, one after the other.

        Args:
            rects: k rectangles.
            colours: Their colours, (k, 3).
            hairline: Colour of the line round each, or None for no line.
            name: The id of the group in an SVG.
        """
        corners = [[(r.left, r.top), (r.right, r.top), (r.right, r.bottom), (r.left, r.bottom)] for r in rects]
        self._add(
            PolyCollection(
                corners,
                facecolors=colours / 255.0,
                edgecolors=hairline or "none",
                linewidths=HAIRLINE if hairline else 0.0,
                closed=True,
            ),
            name,
        )

    def image(self, place: Rect, colours: NDArray[np.uint8], name: str) -> None:
        """Paints a picture of dots, (n, m, 3), over a place: for matrices of too many cells to draw each."""
        picture = AxesImage(
            self._axes, extent=(place.left, place.right, place.bottom, place.top), interpolation="nearest",
            origin="upper",
        )
        picture.set_data(colours)
        self._add(picture, name)

    def text(
        self, words: str, x: float, baseline: float, px: float, colour: str, align: Align = "left", name: str = ""
    ) -> None:
        """Writes words in Inter with tabular figures.

        Args:
            words: One line.
            x: Its left edge, middle or right edge.
            baseline: The line it stands on.
            px: Its size.
            colour: Its colour.
            align: What ``x`` is.
            name: Its id in an SVG.
        """
        # Matplotlib measures text without its font features, so the left edge is reckoned here.
        left = x - _SHARE_BEFORE[align] * text_width(words, px)
        font = FontProperties(fname=str(inter_files()[0]), size=px * self.points)
        self._add(
            Text(
                left, baseline, words, color=colour, fontproperties=font, horizontalalignment="left",
                verticalalignment="baseline", parse_math=False, fontfeatures=("tnum",),
            ),
            name,
        )

    def formula(self, formula: Formula, x: float, baseline: float, ink: str, name: str = "") -> None:
        """Draws mathematics from the outlines the screen shows.

        Args:
            formula: The typeset formula.
            x: Its left edge.
            baseline: The line it stands on.
            ink: Its colour; what is muted in it takes the theme's third ink.
            name: Its id in an SVG.
        """
        top = baseline - formula.baseline
        for role, colour in (("ink", ink), ("muted", self.theme.ink3)):
            path = formula_path(formula, role, x, top)
            if path is not None:
                self._add(PathPatch(path, facecolor=colour, edgecolor="none", linewidth=0.0), name)

    def line(
        self, points: ArrayLike, colour: str, width: float, *, dashes: tuple[float, float] | None = None, name: str = ""
    ) -> None:
        """Draws a line through points, (k, 2).

        Args:
            points: Its points.
            colour: Its colour.
            width: Its width in px of the layout.
            dashes: Lengths of dash and gap in px, or None for a full line.
            name: Its id in an SVG.
        """
        xy = np.asarray(points, dtype=np.float64)
        width *= self.points
        line = Line2D(xy[:, 0], xy[:, 1], color=colour, linewidth=width, solid_joinstyle="round",
                      solid_capstyle="butt", dash_capstyle="butt")
        if dashes is not None:
            line.set_dashes([length * self.points / width for length in dashes])
        self._add(line, name)

    def ground(self, place: Rect) -> None:
        """Clears a place, so that words on it are not crossed by lines."""
        self._add(PathPatch(_rectangle(place, 0.0), facecolor=self.theme.sheet, edgecolor="none", linewidth=0.0), "")

    def circle(self, centre: tuple[float, float], radius: float, fill: str, edge: str, width: float) -> None:
        """Draws a circle; ``width`` is that of its edge, in px of the layout."""
        self._add(Ellipse(centre, 2 * radius, 2 * radius, facecolor=fill, edgecolor=edge,
                          linewidth=width * self.points), "")

    def ring(self, place: Rect, colour: str) -> None:
        """Draws a ring round a place: 1 px of sheet, then 2 px of colour."""
        for out, width, shade in ((0.5, 1.0, self.theme.sheet), (2.0, 2.0, colour)):
            self._add(PathPatch(_rectangle(place, out), facecolor="none", edgecolor=shade,
                                linewidth=width * self.points, joinstyle="miter"), "")

    def _add(self, artist: Artist, name: str) -> None:
        if name:
            artist.set_gid(_UNFIT.sub("-", name))
        self._put += 1
        artist.set_zorder(self._put)  # what is put later covers what was put before, whatever kind it is
        if isinstance(artist, PolyCollection):
            self._axes.add_collection(artist, autolim=False)
        elif isinstance(artist, AxesImage):
            self._axes.add_image(artist)
        else:
            self._axes.add_artist(artist)
        artist.set_clip_on(False)


def formula_path(formula: Formula, role: str, left: float, top: float) -> Path | None:
    """The outlines of one role of a formula as one path; None where there are none."""
    vertices: list[tuple[float, float]] = []
    codes: list[np.uint8] = []
    for glyph in formula.glyphs:
        if glyph.role != role:
            continue
        x, y = left + glyph.x, top + glyph.y
        for command in glyph.path:
            codes.extend(_CODES[command[0]])
            numbers = command[1:] or (0.0, 0.0)
            vertices.extend((x + a, y + b) for a, b in zip(numbers[::2], numbers[1::2], strict=True))
    for rule in formula.rules:
        if rule.role == role:
            corners = _corners(Rect(left + rule.x, top + rule.y, rule.w, rule.h), 0.0)
            vertices.extend(corners)
            codes.extend(_CORNERS)
    return Path(np.array(vertices), codes) if vertices else None


def _rectangle(place: Rect, out: float) -> Path:
    return Path(np.array(_corners(place, out)), _CORNERS)


def _corners(place: Rect, out: float) -> list[tuple[float, float]]:
    left, top, right, bottom = place.left - out, place.top - out, place.right + out, place.bottom + out
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
