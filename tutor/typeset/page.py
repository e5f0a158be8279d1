"""Reading one page of the SVG that Typst writes into a formula.

Typst's SVG is machine-made and plain: nested groups with a transform, uses of glyph outlines, paths for lines, and
a link for the marker on the baseline. One regular expression reads it; whatever else it may hold (gradients,
images) is no part of a formula and is passed over.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tutor.typeset.formula import Box, Formula, Glyph, Rule
from tutor.typeset.marks import PLAIN, Mark
from tutor.typeset.outlines import Bounds, Shape, joined, points, shape, transformed

ASCENT, DESCENT = 0.75, 0.25
"""Height of a line of mathematics above and below its baseline, in em."""

_SCRIPT = 0.7  # size of an index beside the letter it belongs to
_TAG = re.compile(
    r'<g\b(?: transform="(?P<kind>\w+)\((?P<numbers>[^)]*)\)")?[^>]*?(?P<empty>/)?>'
    r"|(?P<end></g>)"
    r'|<use xlink:href="#(?P<glyph>\w+)" x="(?P<x>[^"]*)" y="(?P<y>[^"]*)" fill="#(?P<ink>\w{6})'
    r"|<path (?P<path>[^>]*)>"
    r'|<a\b(?: transform="translate\(\S+ (?P<down>[^)]*)\)")? href="tick:(?P<tick>\d+)"'
)
_SYMBOL = re.compile(r'<symbol id="(\w+)"[^>]*><path d="([^"]*)"')
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_SIZE = re.compile(r'viewBox="0 0 (\S+) ([^"]+)"')

Matrix = tuple[float, float, float, float, float, float]


class NotOneFormulaError(Exception):
    """A page is not that of one formula: a source closed what it did not open, and wrote beyond its own page."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page was laid out.

    Attributes:
        size: Font size of the mathematics on the page.
        strut: Font size at the marker; the marker is one em high and sits 0.25 em deep.
        margin: White around the content on all sides.
        wrapped: Whether the content is text broken into lines.
    """

    size: float
    strut: float
    margin: float
    wrapped: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """Something with ink: an outline standing at (x, y), or a rectangle of w × h; and the number of its mark."""

    ink: Shape
    x: float
    y: float
    mark: int
    w: float = 0.0
    h: float = 0.0

    @property
    def bounds(self) -> Bounds:
        """The box of the ink."""
        if self.h:
            return self.x, self.y, self.x + self.w, self.y + self.h
        left, top, right, bottom = self.ink.bounds
        return left + self.x, top + self.y, right + self.x, bottom + self.y


_NO_SHAPE = Shape((), (0.0, 0.0, 0.0, 0.0))


def read_page(svg: str, marks: Sequence[Mark], source: str, frame: Frame) -> tuple[int, Formula]:
    """Reads a page.

    Args:
        svg: The page.
        marks: What each colour means.
        source: The source the page was made from.
        frame: How it was laid out.

    Returns:
        The number on the page's marker, and the formula.

    Raises:
        NotOneFormulaError: The page does not have exactly one marker.
    """
    ticks: list[tuple[int, float]] = []
    pieces: list[_Piece] = []
    for found in _scan(svg, -frame.margin):
        if isinstance(found, _Piece):
            pieces.append(found)
        else:
            ticks.append(found)
    size = _SIZE.search(svg)
    if len(ticks) != 1 or size is None:
        raise NotOneFormulaError(f"The page has {len(ticks)} markers.")
    tick, top = ticks[0]
    baseline = top + ASCENT * frame.strut
    glyphs, rules = [], []
    for piece in pieces:
        mark = _meaning(marks, piece.mark)
        if piece.h:
            rules.append(Rule(piece.x, piece.y, piece.w, piece.h, mark.part, mark.role, mark.outer))
        else:
            ink = piece.ink
            glyphs.append(Glyph(ink.path, piece.x, piece.y, mark.part, mark.role, mark.outer, ink.joined))
    return tick, Formula(
        width=float(size[1]) - 2 * frame.margin,
        height=float(size[2]) - 2 * frame.margin,
        baseline=baseline,
        glyphs=tuple(glyphs),
        rules=tuple(rules),
        boxes=_boxes(pieces, marks, frame, baseline),
        source=source,
    )


def _meaning(marks: Sequence[Mark], number: int) -> Mark:
    """The mark of a colour; a colour nobody gave is a colour the source chose itself, and means nothing."""
    return marks[number] if number < len(marks) else PLAIN


def _scan(svg: str, shift: float) -> Iterator[_Piece | tuple[int, float]]:
    """The pieces of a page in the order they are painted, and its markers with their upper edges."""
    body, _, definitions = svg.partition("<defs")
    outlines = dict(_SYMBOL.findall(definitions))
    stack: list[Matrix] = [(1.0, 0.0, 0.0, 1.0, shift, shift)]
    run: list[tuple[str, float, float, int]] = []  # the glyphs of the group that is open
    for tag in _TAG.finditer(body):
        matrix = stack[-1]
        if tag["glyph"] is not None:
            run.append((outlines[tag["glyph"]], float(tag["x"]), float(tag["y"]), int(tag["ink"], 16)))
        elif tag["end"] is not None:
            yield from _run(run, matrix)
            run.clear()
            stack.pop()
        elif tag["path"] is not None:
            yield from _drawn(dict(_ATTRIBUTE.findall(tag["path"])), matrix)
        elif tag["tick"] is not None:
            yield int(tag["tick"]), matrix[5] + float(tag["down"] or 0.0)
        elif tag["empty"] is None:
            stack.append(_times(matrix, _matrix(tag["kind"], tag["numbers"])))


def _run(run: list[tuple[str, float, float, int]], matrix: Matrix) -> Iterator[_Piece]:
    """The glyphs of one group: a word, a letter, or the pieces of one stretched bracket."""
    a, b, c, d, e, f = matrix
    if (a, b, c, d) != (1.0, 0.0, 0.0, -1.0):  # slanted or scaled; Typst does so only where a source asks for it
        for data, x, y, ink in run:
            yield _Piece(transformed(data, a, b, c, d), e + a * x + c * y, f + b * x + d * y, ink)
    elif len(run) > 1 and _is_bracket(run):
        yield _Piece(joined(tuple((data, x, -y) for data, x, y, _ in run)), e, f, run[0][3])
    else:
        for data, x, y, ink in run:
            if (letter := shape(data, True)).path:
                yield _Piece(letter, e + x, f - y, ink)


def _is_bracket(run: list[tuple[str, float, float, int]]) -> bool:
    """Whether a group holds pieces that overlap: above each other, or beside each other as under a brace."""
    if any(y != run[0][2] for _, _, y, _ in run):
        return True
    edges = [(shape(data, True).bounds, x) for data, x, _, _ in run]
    flat = all(bounds[3] - bounds[1] < bounds[2] - bounds[0] for bounds, _ in edges)
    return flat and all(here[2] + x >= there[0] + next_x for (here, x), (there, next_x) in pairwise(edges))


def _drawn(attributes: dict[str, str], matrix: Matrix) -> Iterator[_Piece]:
    """A line (as a rectangle) or a filled figure."""
    kind, numbers = "", ""
    if "transform" in attributes:
        kind, _, numbers = attributes["transform"].rstrip(")").partition("(")
    a, b, c, d, e, f = _times(matrix, _matrix(kind, numbers))
    figure = transformed(attributes["d"], a, b, c, d)
    if not figure.path:
        return
    stroke = attributes.get("stroke", "none")
    colour = attributes.get("fill", "none") if stroke == "none" else stroke
    if not re.fullmatch(r"#\w{6}", colour):
        return
    ink = int(colour[1:], 16)
    if stroke == "none":
        yield _Piece(figure, e, f, ink)
        return
    half = float(attributes.get("stroke-width", "1")) / 2
    left, top, right, bottom = figure.bounds
    if top == bottom:
        yield _Piece(_NO_SHAPE, e + left, f + top - half, ink, right - left, 2 * half)
    elif left == right:
        yield _Piece(_NO_SHAPE, e + left - half, f + top, ink, 2 * half, bottom - top)
    elif [command[0] for command in figure.path] == ["M", "L"]:
        yield _Piece(_slanted(figure, half), e, f, ink)


def _slanted(line: Shape, half: float) -> Shape:
    """The outline of a slanted line with the given half width: the stroke through a cancelled term."""
    (x0, y0), (x1, y1) = (point for command in line.path for point in points(command))
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    nx, ny = -(y1 - y0) * half / length, (x1 - x0) * half / length
    corners = [(x0 + nx, y0 + ny), (x1 + nx, y1 + ny), (x1 - nx, y1 - ny), (x0 - nx, y0 - ny)]
    data = "M" + "L".join(f"{x} {y}" for x, y in corners) + "Z"
    return shape(data, False)


def _matrix(kind: str | None, numbers: str) -> Matrix:
    """A transform as six numbers."""
    values = [float(number) for number in numbers.split()] if kind else []
    if kind == "translate":
        return (1.0, 0.0, 0.0, 1.0, values[0], values[1])
    if kind == "matrix":
        a, b, c, d, e, f = values
        return (a, b, c, d, e, f)
    if kind == "scale":
        return (values[0], 0.0, 0.0, values[-1], 0.0, 0.0)
    return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(outer: Matrix, inner: Matrix) -> Matrix:
    """First the inner transform, then the outer one."""
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return (a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f)


def _boxes(pieces: Sequence[_Piece], marks: Sequence[Mark], frame: Frame, baseline: float) -> tuple[Box, ...]:
    """The boxes of all occurrences of parts, outer ones first."""
    members: dict[int, list[_Piece]] = {}
    for piece in pieces:
        for number in _meaning(marks, piece.mark).within:
            members.setdefault(number, []).append(piece)
    boxes: dict[int, list[Box]] = {}
    order = sorted(members, key=lambda number: (len(marks[number].outer), number))
    for number in reversed(order):  # inner boxes first: they may be higher than their ink, and the outer ones hold them
        lines = _lines(members[number]) if frame.wrapped else [members[number]]
        inner = [box for other, found in boxes.items() if number in marks[other].within for box in found]
        boxes[number] = [_around(_box(marks[number], line, frame, baseline), inner) for line in lines]
    return tuple(box for number in order for box in boxes[number])


def _around(box: Box, inner: Sequence[Box]) -> Box:
    """The box, enlarged to hold the inner ones on its line."""
    held = [box, *(other for other in inner if box.contains(other.x + other.w / 2, other.y + other.h / 2))]
    left, top = min(b.x for b in held), min(b.y for b in held)
    right, bottom = max(b.x + b.w for b in held), max(b.y + b.h for b in held)
    return box._replace(x=left, y=top, w=right - left, h=bottom - top)


def _lines(pieces: list[_Piece]) -> list[list[_Piece]]:
    """The pieces, line by line: a new line begins where a piece lies below all before it and further left."""
    lines: list[list[_Piece]] = []
    floor = right = float("-inf")
    for piece in pieces:
        x, top, end, bottom = piece.bounds
        if not lines or (top > floor and x < right):
            lines.append([])
            floor = right = float("-inf")
        lines[-1].append(piece)
        floor, right = max(floor, bottom), max(right, end)
    return lines


def _box(mark: Mark, pieces: Sequence[_Piece], frame: Frame, baseline: float) -> Box:
    """The box around pieces, at least as high as a line of letters in their size."""
    bounds = [piece.bounds for piece in pieces]
    left, top = min(b[0] for b in bounds), min(b[1] for b in bounds)
    right, bottom = max(b[2] for b in bounds), max(b[3] for b in bounds)
    foot = next((piece.y for piece in pieces if not piece.h), bottom)
    script = not frame.wrapped and abs(foot - baseline) > 0.01 * frame.size
    em = frame.size * (_SCRIPT if script else 1.0)
    if bottom - top < (ASCENT + DESCENT) * em:
        top, bottom = min(top, foot - ASCENT * em), max(bottom, foot + DESCENT * em)
    return Box(mark.part or "", left, top, right - left, bottom - top, mark.outer)
