"""Where the chain of a derivation stands at a width: a grid of links, matrices and shapes, a column a factor.

All lengths are px at 100 % zoom. What comes out is one formula, in which every column is a part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tutor.figures.composing import Placed, merged, quiet, whole_part
from tutor.figures.derivation import ChainSpec
from tutor.figures.lettering import letter_sources
from tutor.typeset import Box, Formula, Typesetter, source
from tutor.typeset.fonts import INTER

CAPTIONS: Final = ("links", "matrices", "shapes")
CAPTION: Final = 11.0

_SIZES: Final = ((20.0, 17.0), (17.0, 15.0), (15.0, 13.0))
"""Links and matrices, from the size that is wanted to the smallest."""
_BROKEN: Final = _SIZES[1]
_GAP: Final = (8.0, 20.0)
"""White on each side of a sign, at least and at most."""
_ROW_GAPS: Final = (5.0, 5.0)
_LINE_GAP, _CHAIN_GAP = 12.0, 14.0
_TINT: Final = 15.0
"""How far the ground of a column reaches beyond it to each side, at most."""
_CLEAR: Final = 4.0
"""White between that ground and the sign beside it."""

_Cells = tuple[Formula | None, Formula | None, Formula | None]
"""A link, a matrix and a shape above each other."""


@dataclass(frozen=True, slots=True)
class ChainPicture:
    """The grid as one formula.

    Attributes:
        formula: Everything; a column is a part with the key of its factor.
        equals: Where the left edge of the first sign stands.
        size: The font size of its links.
    """

    formula: Formula
    equals: float
    size: float


@dataclass(frozen=True, slots=True)
class _Column:
    """A factor with the sign before it."""

    sign: _Cells
    key: str
    cells: _Cells

    @property
    def width(self) -> float:
        return _width(self.cells)


@dataclass(frozen=True, slots=True)
class _Grid:
    """One chain: what it gives, and its factors."""

    head: _Cells
    columns: tuple[_Column, ...]


@dataclass
class _Canvas:
    """What has been placed so far."""

    placed: list[Placed] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    equals: float | None = None

    def put(self, cells: _Cells, centre: float, baselines: Sequence[float]) -> None:
        for cell, baseline in zip(cells, baselines, strict=True):
            if cell is not None:
                self.placed.append(Placed(cell, centre - cell.width / 2, baseline - cell.baseline))


def chain_picture(typesetter: Typesetter, chains: Sequence[ChainSpec], width: float, left: float) -> ChainPicture:
    """Chains as grids under each other, all in one size.

    They are set in the largest size in which each has room on one line; where even the smallest has not, in the
    middle size, and broken before a sign.

    Args:
        typesetter: Sets the formulas.
        chains: At least one.
        width: Room from left to right, the gutter included.
        left: The gutter in which the rows are named; 0 for none.
    """
    room = width - left
    for sizes in _SIZES:
        grids = _grids(typesetter, chains, *sizes)
        head = max(_width(grid.head) for grid in grids)
        if all(_needed(grid.columns, head) <= room for grid in grids):
            break
    else:
        sizes = _BROKEN
        grids = _grids(typesetter, chains, *sizes)
        head = max(_width(grid.head) for grid in grids)
    lines = [(line, grid.head if i == 0 else _NOTHING, i == 0)
             for grid in grids for i, line in enumerate(_lines(grid.columns, room, head))]
    gap = min(_fitting_gap(line, room, _indent(line, room, head)) for line, _, _ in lines)
    names = letter_sources(typesetter, [words(caption) for caption in CAPTIONS], CAPTION) if left else []
    canvas, top = _Canvas(), 0.0
    for number, (line, line_head, starts) in enumerate(lines):
        if number:
            top += _CHAIN_GAP if starts else _LINE_GAP
        baselines, bottom = _baselines([line_head, *(cells for c in line for cells in (c.sign, c.cells))], top)
        if not number:
            for name, baseline in zip(names, baselines, strict=False):
                canvas.placed.append(Placed(quiet(name), 0.0, baseline - name.baseline))
        _place(canvas, line, line_head, left, _indent(line, room, head), gap, baselines, (top, bottom))
        top = bottom
    right = max((p.x + p.formula.width for p in canvas.placed), default=0.0)
    formula = merged(canvas.placed, right, top, canvas.placed[0].baseline, canvas.boxes)
    return ChainPicture(formula, left if canvas.equals is None else canvas.equals, sizes[0])


_NOTHING: Final[_Cells] = (None, None, None)


def words(text: str, escaped: bool = False) -> str:
    """Words of the interface inside mathematics; ``escaped`` where they are Typst markup already."""
    return f'#text(font: "{INTER}", features: ("tnum",))[{text if escaped else source.escape(text)}]'


@dataclass(frozen=True, slots=True)
class ChainSources:
    """What chains are typeset from: links in display style, forms in line, small words; and in which sizes first."""

    links: tuple[str, ...]
    forms: tuple[str, ...]
    small: tuple[str, ...]
    sizes: tuple[float, float] = _SIZES[0]


def chain_sources(chains: Sequence[ChainSpec]) -> ChainSources:
    """Everything that is typeset for chains."""
    factors = [factor for chain in chains for factor in chain.factors]
    signs = ["dot.c", *(chain.sign for chain in chains)]
    return ChainSources(
        tuple(dict.fromkeys([*signs, *(c.result for c in chains if c.result), *(f.slope for f in factors)])),
        tuple(dict.fromkeys([*signs, *(f.form for f in factors)])),
        tuple(map(words, dict.fromkeys(["·", *(c.shape for c in chains if c.shape), *(f.shape for f in factors)]))),
    )


def _grids(typesetter: Typesetter, chains: Sequence[ChainSpec], links: float, forms: float) -> list[_Grid]:
    """The chains, typeset in one go a size."""
    wanted = chain_sources(chains)
    large = dict(zip(wanted.links, letter_sources(typesetter, wanted.links, links), strict=True))
    middle = dict(zip(wanted.forms, letter_sources(typesetter, wanted.forms, forms, display=False), strict=True))
    little = dict(zip(wanted.small, map(quiet, letter_sources(typesetter, wanted.small, CAPTION)), strict=True))
    dot: _Cells = (large["dot.c"], middle["dot.c"], little[words("·")])
    grids = []
    for chain in chains:
        head: _Cells = (large[chain.result], None, little[words(chain.shape)]) if chain.result else _NOTHING
        columns = []
        for i, factor in enumerate(chain.factors):
            sign: _Cells = dot if i else (large[chain.sign], middle[chain.sign], None)
            cells = (large[factor.slope], middle[factor.form], little[words(factor.shape)])
            link, form, shape = (whole_part(cell, factor.key) for cell in cells)
            columns.append(_Column(sign, factor.key, (link, form, shape)))
        grids.append(_Grid(head, tuple(columns)))
    return grids


def _width(cells: _Cells) -> float:
    return max((cell.width for cell in cells if cell is not None), default=0.0)


def _content(columns: Sequence[_Column], head: float) -> float:
    """What a line holds, without the white around its signs."""
    return head + sum(column.width + _width(column.sign) for column in columns)


def _needed(columns: Sequence[_Column], head: float) -> float:
    """The least room a line needs."""
    return _content(columns, head) + 2 * len(columns) * _GAP[0]


def _fitting_gap(columns: Sequence[_Column], room: float, head: float) -> float:
    """The white around signs that a line leaves room for."""
    return min(_GAP[1], max(_GAP[0], (room - _content(columns, head)) / (2 * len(columns))))


def _lines(columns: Sequence[_Column], room: float, head: float) -> Iterator[list[_Column]]:
    """The columns in lines that have room; a column that is wider than any line stands alone."""
    line: list[_Column] = []
    for column in columns:
        if line and _needed([*line, column], head) > room:
            yield line
            line = []
        line.append(column)
    if line:
        yield line


def _indent(line: Sequence[_Column], room: float, head: float) -> float:
    """How far in a line begins: behind what the chain gives, unless it has room only in front."""
    return head if len(line) > 1 or _needed(line, head) <= room else 0.0


def _baselines(cells: Sequence[_Cells], top: float) -> tuple[tuple[float, ...], float]:
    """The baselines of the three rows, and where the last one ends."""
    found = []
    for row, gap in enumerate((0.0, *_ROW_GAPS)):
        formulas = [column[row] for column in cells]
        above = max((f.baseline for f in formulas if f is not None), default=0.0)
        below = max((f.height - f.baseline for f in formulas if f is not None), default=0.0)
        found.append(top + gap + above)
        top += gap + above + below
    return tuple(found), top


def _place(
    canvas: _Canvas,
    line: Sequence[_Column],
    head_cells: _Cells,
    left: float,
    head: float,
    gap: float,
    baselines: Sequence[float],
    edges: tuple[float, float],
) -> None:
    """One line of the grid."""
    canvas.put(head_cells, left + head / 2, baselines)
    x, (top, bottom) = left + head, edges
    pad = min(_TINT, gap - _CLEAR)
    for column in line:
        sign = _width(column.sign)
        if canvas.equals is None:
            canvas.equals = x + gap
        canvas.put(column.sign, x + gap + sign / 2, baselines)
        x += sign + 2 * gap
        canvas.put(column.cells, x + column.width / 2, baselines)
        canvas.boxes.append(Box(column.key, x - pad, top, column.width + 2 * pad, bottom - top))
        x += column.width
