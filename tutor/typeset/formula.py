"""A typeset formula as a value: outlines, lines and the boxes of its parts.

Everything is measured in px at 100 % zoom. The origin is the top left corner of the formula, x grows to
the right and y grows downwards. Ink may overhang the box (0, 0, width, height) by a little: an italic
letter leans out of its own width. Colours are not part of the value; the painter chooses them.
"""

from collections.abc import Collection
from typing import Literal, NamedTuple

Command = (
    tuple[Literal["M"], float, float]
    | tuple[Literal["L"], float, float]
    | tuple[Literal["C"], float, float, float, float, float, float]
    | tuple[Literal["Z"]]
)
"""One step of an outline: move, line, cubic curve (two control points, then the end), close."""

Outline = tuple[Command, ...]
"""The closed curves of one glyph. Equal glyphs of all formulas share one such tuple."""

Role = Literal["ink", "muted"]
"""What a piece of a formula says by its colour: spoken at full strength, or quietly."""


class Glyph(NamedTuple):
    """One letter, sign or stretched bracket.

    Attributes:
        path: The outline, relative to (x, y); shared between equal glyphs, so it can key a cache by identity.
        x: Where the outline's origin stands.
        y: The line the glyph stands on.
        part: The id of the innermost part it belongs to, or None.
        role: Which of the painter's inks it takes.
        outer: The ids of the parts around `part`, the outermost first.
        joined: True if the outline is made of overlapping pieces, as tall brackets are; fill their union.
    """

    path: Outline
    x: float
    y: float
    part: str | None
    role: Role = "ink"
    outer: tuple[str, ...] = ()
    joined: bool = False


class Rule(NamedTuple):
    """A filled rectangle: a fraction bar, the line of a root.

    Attributes:
        x: Left edge.
        y: Upper edge.
        w: Width.
        h: Height.
        part: The id of the innermost part it belongs to, or None.
        role: Which of the painter's inks it takes.
        outer: The ids of the parts around `part`, the outermost first.
    """

    x: float
    y: float
    w: float
    h: float
    part: str | None
    role: Role = "ink"
    outer: tuple[str, ...] = ()


class Box(NamedTuple):
    """The place of one occurrence of a part: where the pointer meets it, and where its tint is painted.

    It holds the ink of everything inside the part, other parts included. A single low letter gets the height
    of a line, so that it can be hit. A part which a paragraph breaks over two lines has one box on each.

    Attributes:
        part: The id of the part.
        x: Left edge.
        y: Upper edge.
        w: Width.
        h: Height.
        outer: The ids of the parts around it, the outermost first; empty for a top-level part.
    """

    part: str
    x: float
    y: float
    w: float
    h: float
    outer: tuple[str, ...] = ()

    def contains(self, x: float, y: float) -> bool:
        """Whether the point (x, y) lies in the box or on its edge."""
        return self.x <= x <= self.x + self.w and self.y <= y <= self.y + self.h


class Formula(NamedTuple):
    """A formula or a paragraph, ready to be painted.

    Attributes:
        width: Advance width; the ink may overhang it slightly.
        height: Height of the line or lines; at least that of a line of text in this size.
        baseline: Distance from the top to the line the letters stand on (in a paragraph: the first line).
            Formulas beside each other look right when their baselines meet.
        glyphs: The letters and signs.
        rules: The lines.
        boxes: The boxes of the parts, outer ones before the ones inside them.
        source: The Typst source it was made from.
    """

    width: float
    height: float
    baseline: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    boxes: tuple[Box, ...]
    source: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The ids of all parts, each once, outer ones first."""
        return tuple(dict.fromkeys(box.part for box in self.boxes))

    def part_at(self, x: float, y: float) -> str | None:
        """The id of the innermost part at the point (x, y), or None."""
        return next((box.part for box in reversed(self.boxes) if box.contains(x, y)), None)


def belongs(piece: Glyph | Rule | Box, parts: Collection[str]) -> bool:
    """Whether a piece lies in one of the parts, directly or through a part inside it."""
    return piece.part in parts or any(part in parts for part in piece.outer)
