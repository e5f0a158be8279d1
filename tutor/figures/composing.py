"""Putting typeset formulas beside and under each other, as one formula.

A formula made of others is a formula: it is painted, pointed at, read aloud and recoloured as one, and its pieces
share their lines and columns exactly. Everything is measured in px at 100 % zoom.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tutor.typeset import Box, Formula

LEADING: Final = 4.0
"""White between two lines of one formula."""

LINE_GAP: Final = 8.0
"""White between two equalities: fractions of one must not touch those of the next."""

SIGN_GAP: Final = 5.0
"""White between what is left of a sign and the sign."""

REASON_GAP: Final = 16.0
"""White between a line of an equation and the reason beside it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A formula and where its top left corner stands in a larger one."""

    formula: Formula
    x: float
    y: float

    @property
    def baseline(self) -> float:
        """The line its letters stand on."""
        return self.y + self.formula.baseline


def merged(
    pieces: Iterable[Placed], width: float, height: float, baseline: float, boxes: Iterable[Box] = ()
) -> Formula:
    """One formula out of several.

    Args:
        pieces: What stands where.
        width: Of the whole.
        height: Of the whole.
        baseline: Of the whole, from its top.
        boxes: Parts that hold more than one piece, outer ones first; they come before those of the pieces.
    """
    placed = list(pieces)
    return Formula(
        width,
        height,
        baseline,
        tuple(g._replace(x=g.x + p.x, y=g.y + p.y) for p in placed for g in p.formula.glyphs),
        tuple(r._replace(x=r.x + p.x, y=r.y + p.y) for p in placed for r in p.formula.rules),
        (*boxes, *(b._replace(x=b.x + p.x, y=b.y + p.y) for p in placed for b in p.formula.boxes)),
        "\n".join(p.formula.source for p in placed),
    )


def whole_part(formula: Formula, part: str) -> Formula:
    """A formula all of whose pieces belong to one part. It has no box yet: whoever places it gives it one."""
    return formula._replace(
        glyphs=tuple(g._replace(part=part, outer=()) for g in formula.glyphs),
        rules=tuple(r._replace(part=part, outer=()) for r in formula.rules),
        boxes=(),
    )


def quiet(formula: Formula) -> Formula:
    """A formula in the quiet ink: a caption."""
    return formula._replace(
        glyphs=tuple(g._replace(role="muted") for g in formula.glyphs),
        rules=tuple(r._replace(role="muted") for r in formula.rules),
    )


def flowed(pieces: Sequence[Formula], width: float, gap: float = 0.0, indent: float = 0.0) -> Formula:
    """Pieces one after the other on a common baseline, broken into lines before a piece that has no room left.

    Args:
        pieces: At least one. A piece wider than the room stays whole, on a line of its own.
        width: Room from left to right.
        gap: White between two pieces of a line.
        indent: Where the second line and those after it begin.
    """
    lines: list[list[tuple[Formula, float]]] = [[]]
    x = 0.0
    for piece in pieces:
        if lines[-1] and x + gap + piece.width > width:
            lines.append([])
        x = x + gap if lines[-1] else (indent if len(lines) > 1 else 0.0)
        lines[-1].append((piece, x))
        x += piece.width
    placed: list[Placed] = []
    top = first = 0.0
    for number, line in enumerate(lines):
        above = max(piece.baseline for piece, _ in line)
        below = max(piece.height - piece.baseline for piece, _ in line)
        first = first if number else above
        placed.extend(Placed(piece, start, top + above - piece.baseline) for piece, start in line)
        top += above + below + LEADING
    right = max(p.x + p.formula.width for p in placed)
    return merged(placed, right, top - LEADING, first)


def stacked(pieces: Sequence[Formula], gap: float = LEADING) -> Formula:
    """Pieces under each other, left edges in line; the baseline is that of the first."""
    placed: list[Placed] = []
    top = 0.0
    for piece in pieces:
        placed.append(Placed(piece, 0.0, top))
        top += piece.height + gap
    return merged(placed, max(p.formula.width for p in placed), top - gap, placed[0].baseline)


def aligned(lines: Sequence[tuple[Formula | None, Formula, Formula]], width: float) -> Formula:
    """Equalities under each other, their signs in one column, the reason at the right edge or, without room, below.

    Args:
        lines: For each its left side, the sign with what follows it, and the reason.
        width: Room from left to right.
    """
    column = max((left.width + SIGN_GAP for left, _, _ in lines if left is not None), default=0.0)
    placed: list[Placed] = []
    top = first = 0.0
    for number, (left, right, reason) in enumerate(lines):
        beside = column + right.width + REASON_GAP + reason.width <= width
        row = [(right, column), *([(left, column - SIGN_GAP - left.width)] if left is not None else [])]
        if beside:
            row.append((reason, width - reason.width))
        above = max(piece.baseline for piece, _ in row)
        first = first if number else above
        placed.extend(Placed(piece, x, top + above - piece.baseline) for piece, x in row)
        top += above + max(piece.height - piece.baseline for piece, _ in row)
        if not beside:
            placed.append(Placed(reason, max(0.0, width - reason.width), top + LEADING))
            top += LEADING + reason.height
        top += LINE_GAP
    return merged(placed, max(p.x + p.formula.width for p in placed), top - LINE_GAP, first)


def captioned(caption: Formula | None, content: Formula, gutter: float) -> Formula:
    """A content at the right of a gutter, in which its caption stands on the content's first line."""
    if caption is None:
        return merged([Placed(content, gutter, 0.0)], gutter + content.width, content.height, content.baseline)
    baseline = max(caption.baseline, content.baseline)
    below = max(caption.height - caption.baseline, content.height - content.baseline)
    pieces = [Placed(caption, 0.0, baseline - caption.baseline), Placed(content, gutter, baseline - content.baseline)]
    return merged(pieces, gutter + content.width, baseline + below, baseline)
