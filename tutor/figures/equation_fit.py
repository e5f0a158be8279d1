"""How large the cells of an equation can be, so that all of it is seen at once and most of its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tutor.figures.equation_plan import DENSE_SLOT, Measures, Pitch, extents, line_gap, lines_of, names_width
from tutor.figures.heatmap import EquationSpec, HeatmapSpec
from tutor.figures.places import HEAT, HEAT_BRIEF, HEAT_LEAST, HEAT_SMALL, MOST_NAMED_COLUMNS, CellSize, Size

_HEIGHTS: Final = (24, 22, 20, 19, 18, 17, 16, 15)
"""Heights of cells that still hold a number."""
_PRINTED: Final = ((HEAT.width, False), (HEAT.width, True), (HEAT_BRIEF.width, False), (HEAT_BRIEF.width, True))
"""Widths of cells that hold a usual number, and whether all else is dense; the best first."""
_BARE: Final = (HEAT_SMALL, HEAT_LEAST, CellSize(14, 16))
"""Cells without usual numbers."""
_LOWEST: Final = CellSize(HEAT_LEAST.width, 16)


def fitting_pitch(
    spec: EquationSpec, size: Size, measures: Sequence[Measures], operator_widths: Sequence[float]
) -> Pitch | None:
    """The largest cells with which all of an equation is seen at once, with as many numbers as can be.

    Args:
        spec: The equation.
        size: The room.
        measures: What was measured of each matrix.
        operator_widths: Widths of the signs.

    Returns:
        None where no cells are small enough.
    """
    def fits(pitch: Pitch) -> bool:
        items, _, lines = lines_of(spec, size.width, measures, operator_widths, pitch)
        high = sum(sum(extents(items, line)) for line in lines)
        return high + line_gap(pitch) * (len(lines) - 1) <= size.height

    wide = frozenset(index for index, (item, measured) in enumerate(zip(spec.items, measures, strict=True))
                     if _never_prints(item, measured, size.width))
    best: tuple[tuple[int, float, bool], list[Pitch], Pitch] | None = None
    for group in _pitches(spec, wide):
        # Lines are broken the same whatever the height of the cells: where the lowest have no room, no others have;
        # and where the narrowest have none, wider ones need not be tried.
        narrowest = {(pitches[-1].dense, pitches[-1].bare_cell): pitches[-1] for pitches in group}
        if not any(fits(pitch) for pitch in narrowest.values()):
            continue
        for pitches in group:
            if fits(pitches[-1]):
                lowest = _with_fewest_bare(pitches[-1], wide, fits)
                if best is None or lowest.rank > best[0]:
                    best = lowest.rank, pitches, lowest
        if best is not None and len(best[2].bare) == len(wide):
            break  # no others have more numbers, and these were tried with the most digits first
    if best is None:
        return None
    _, pitches, lowest = best
    return next(pitch for pitch in (p._replace(bare=lowest.bare) for p in pitches) if fits(pitch))


def _with_fewest_bare(pitch: Pitch, wide: frozenset[int], fits: Callable[[Pitch], bool]) -> Pitch:
    """The same, and every matrix that need not make room, as the lines are broken now, has its numbers."""
    before = None
    while pitch != before and pitch.cell != pitch.bare_cell:
        before = pitch  # once a line is broken elsewhere there may be room for one more
        for index in sorted(pitch.bare - wide):
            more = pitch._replace(bare=pitch.bare - {index})
            if fits(more):
                pitch = more
    return pitch


def yielding(spec: EquationSpec, width: float, measures: Sequence[Measures], pitch: Pitch) -> int:
    """How many matrices of an equation make room for others: not those that would have no numbers anywhere."""
    return sum(not _never_prints(spec.items[index], measures[index], width) for index in pitch.bare)


def _never_prints(matrix: HeatmapSpec, measured: Measures, width: float) -> bool:
    """Whether a matrix has no room for usual numbers on a line of its own."""
    names = names_width(measured, dense=True)
    return (max(matrix.shape) > MOST_NAMED_COLUMNS
            or matrix.shape[1] * HEAT_BRIEF.width + names + DENSE_SLOT > width)


def _pitches(spec: EquationSpec, wide: frozenset[int]) -> Iterator[list[list[Pitch]]]:
    """From all numbers to none: for each set of matrices that have them all pitches, each from high cells to low ones.

    Before a matrix loses its numbers, all have fewer digits. The largest loses them first, of equally large ones the
    last; what the product gives, last of all. Those that are too wide for numbers never have any.
    """
    others = [index for index in range(len(spec.items) - 1) if index not in wide]
    others.sort(key=lambda index: (spec.items[index].values.size, index), reverse=True)
    for count in range(len(others) + 1):
        bare = wide | frozenset(others[:count])
        yield [[Pitch(CellSize(wanted, height), bare, small, notes, dense)
                for height in _HEIGHTS for notes in ((False,) if dense else (True, False))]
               for wanted, dense in _PRINTED for small in (_BARE if bare else (HEAT_SMALL,))]
    every = frozenset(range(len(spec.items)))
    yield [[Pitch(small, every, small, notes) for notes in (True, False)]
           for small in (HEAT_SMALL, HEAT_LEAST, _LOWEST)]
