"""Paper that writes down what is put on it, as commands of TikZ: pictures for LaTeX, in the document's own letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tutor.core.errors import TutorError
from tutor.figures.lettering import Typeset
from tutor.figures.palette import Theme, channels
from tutor.figures.places import Rect, Size
from tutor.figures.sheet import HAIRLINE, Align
from tutor.language.printing import latex_prose
from tutor.typeset.formula import Formula

_ANCHORS: Final[Mapping[Align, str]] = {"left": "base west", "center": "base", "right": "base east"}
_POINTS: Final = 10.0
"""The size that letters have before they are scaled: one that every font of LaTeX comes in."""
_NUMBER: Final = re.compile(r"(?P<sign>−?)(?P<digits>\d[\d.]*)(?:e(?P<minus>−?)(?P<power>\d+))?")
_WHITE: Final = "#FFFFFF"


class LatexLetters:
    """Typesets as the screen does, so that the layout is the same, and knows each formula in LaTeX too."""

    def __init__(self, typeset: Typeset, glossary: Mapping[str, str]) -> None:
        """Takes the typesetting, and the LaTeX of every Typst source that will be asked for."""
        self._typeset = typeset
        self._glossary = glossary
        self._sizes: dict[tuple[str, float, float], tuple[str, float]] = {}

    def __call__(self, sources: Sequence[str], px: float, /) -> Sequence[Formula]:
        """Typesets each source at a size in px at 100 % zoom."""
        formulas = self._typeset(sources, px)
        for source, formula in zip(sources, formulas, strict=True):
            self._sizes[formula.source, formula.width, formula.height] = (self._glossary[source], px)
        return formulas

    def of(self, formula: Formula) -> tuple[str, float]:
        """A formula in LaTeX, and its size in px."""
        return self._sizes[formula.source, formula.width, formula.height]


class TikzSheet:
    """A picture as TikZ commands, in px of the layout, y downwards.

    Attributes:
        theme: Its colours.
    """

    def __init__(self, letters: LatexLetters, size: Size, points: float, theme: Theme, margin: float) -> None:
        """Makes an empty picture.

        Args:
            letters: The formulas in LaTeX.
            size: Its size in px of the layout, margins included.
            points: How many points a px has.
            theme: Its colours.
            margin: What stays free on all sides; the origin lies inside it.
        """
        self.theme = theme
        self._letters = letters
        self._points = points
        self._colours: dict[str, str] = {}
        whole = Rect(-margin, -margin, size.width, size.height)
        self._commands = [rf"\useasboundingbox {_corners(whole)};"]
        if theme.sheet != _WHITE:
            self.ground(whole)

    @property
    def source(self) -> str:
        """The picture."""
        unit = f"{self._points:.4g}pt"
        named = [rf"\definecolor{{{name}}}{{HTML}}{{{colour[1:]}}}" for colour, name in self._colours.items()]
        return "\n".join((
            rf"\begin{{tikzpicture}}[x={unit}, y=-{unit}, line join=round,",
            r"    every node/.style={inner sep=0pt, outer sep=0pt, font=\fontsize{10}{12}\selectfont}]",
            *(f"  {line}" for line in (*named, *self._commands)), r"\end{tikzpicture}", "",
        ))

    def cells(self, rects: Sequence[Rect], colours: NDArray[np.uint8], hairline: str | None, name: str) -> None:
        """Paints rectangles, one after the other; their colours, (k, 3)."""
        edge = f", draw={self._colour(hairline)}, line width={HAIRLINE}pt" if hairline else ""
        for rect, (red, green, blue) in zip(rects, colours.tolist(), strict=True):
            fill = self._colour(f"#{red:02X}{green:02X}{blue:02X}")
            self._commands.append(rf"\path[fill={fill}{edge}] {_corners(rect)};")

    def image(self, place: Rect, colours: NDArray[np.uint8], name: str) -> None:
        """Refuses: dots are no commands."""
        raise TutorError("A matrix here has too many cells for TikZ to draw. End the file with .pdf, .svg or .png, and "
                         r"put it in with \includegraphics.")

    def text(
        self, words: str, x: float, baseline: float, px: float, colour: str, align: Align = "left", name: str = ""
    ) -> None:
        """Writes words, or a number."""
        self._node(_written(words), x, baseline, px, colour, align)

    def formula(self, formula: Formula, x: float, baseline: float, ink: str, name: str = "") -> None:
        """Writes mathematics where the screen has it; letters of another font are a little wider or narrower."""
        source, px = self._letters.of(formula)
        self._node(f"${source}$", x + formula.width / 2, baseline, px, ink, "center")

    def line(
        self, points: ArrayLike, colour: str, width: float, *, dashes: tuple[float, float] | None = None, name: str = ""
    ) -> None:
        """Draws a line through points, (k, 2); lengths in px of the layout."""
        through = " -- ".join(_point(x, y) for x, y in np.asarray(points, dtype=np.float64).tolist())
        pattern = ""
        if dashes is not None:
            on, off = (_number(length * self._points) for length in dashes)
            pattern = f", dash pattern=on {on}pt off {off}pt"
        self._commands.append(rf"\draw[{self._colour(colour)}, {self._width(width)}{pattern}] {through};")

    def ground(self, place: Rect) -> None:
        """Clears a place, so that words on it are not crossed by lines."""
        self._commands.append(rf"\fill[{self._colour(self.theme.sheet)}] {_corners(place)};")

    def circle(self, centre: tuple[float, float], radius: float, fill: str, edge: str, width: float) -> None:
        """Draws a circle; ``width`` is that of its edge, in px of the layout."""
        self._commands.append(
            rf"\path[fill={self._colour(fill)}, draw={self._colour(edge)}, {self._width(width)}] {_point(*centre)} "
            f"circle[radius={_number(radius * self._points)}pt];")

    def ring(self, place: Rect, colour: str) -> None:
        """Draws a ring round a place: 1 px of sheet, then 2 px of colour."""
        for out, width, shade in ((0.5, 1.0, self.theme.sheet), (2.0, 2.0, colour)):
            around = Rect(place.left - out, place.top - out, place.width + 2 * out, place.height + 2 * out)
            self._commands.append(
                rf"\draw[{self._colour(shade)}, {self._width(width)}, line join=miter] {_corners(around)};")

    def _node(self, source: str, x: float, baseline: float, px: float, colour: str, align: Align) -> None:
        scale = _number(px * self._points / _POINTS, 3)
        self._commands.append(
            rf"\node[anchor={_ANCHORS[align]}, scale={scale}, text={self._colour(colour)}] at {_point(x, baseline)} "
            f"{{{source}}};")

    def _width(self, px: float) -> str:
        return f"line width={_number(px * self._points)}pt"

    def _colour(self, colour: str) -> str:
        """The name of a colour, which it gets when it is first used."""
        red, green, blue = channels(colour)
        return self._colours.setdefault(f"#{red:02X}{green:02X}{blue:02X}", f"tutor{len(self._colours) + 1}")


def _written(words: str) -> str:
    """Words, or a number as mathematics: ``−0.5``, ``5e−12``."""
    found = _NUMBER.fullmatch(words)
    if found is None:
        return latex_prose(words)
    number = ("-" if found["sign"] else "") + found["digits"]
    power = rf"\mathrm{{e}}{{{'-' if found['minus'] else ''}{found['power']}}}" if found["power"] else ""
    return f"${number}{power}$"


def _point(x: float, y: float) -> str:
    return f"({_number(x)}, {_number(y)})"


def _corners(rect: Rect) -> str:
    return f"{_point(rect.left, rect.top)} rectangle {_point(rect.right, rect.bottom)}"


def _number(value: float, places: int = 2) -> str:
    """A length with few digits."""
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
