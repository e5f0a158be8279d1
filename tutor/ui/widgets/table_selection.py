"""Which cells of a table are chosen, and how far a key or the pointer moves a number."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import Qt

from tutor.figures.heatmap import Cell

FINE: Final = 0.01
"""The smallest step."""


class Selection(NamedTuple):
    """A block of cells between the one it began at and the one the keyboard is at.

    Attributes:
        current: Where the keyboard is.
        anchor: Where the block began; the same for a single cell.
    """

    current: Cell = (0, 0)
    anchor: Cell = (0, 0)

    @property
    def block(self) -> tuple[int, int, int, int]:
        """First row, first column, last row, last column."""
        rows = sorted((self.current[0], self.anchor[0]))
        columns = sorted((self.current[1], self.anchor[1]))
        return rows[0], columns[0], rows[1], columns[1]

    @property
    def cells(self) -> frozenset[Cell]:
        """All its cells."""
        top, left, bottom, right = self.block
        return frozenset((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))

    @property
    def single(self) -> bool:
        """Whether it is one cell."""
        return self.current == self.anchor

    def to(self, cell: Cell, shape: tuple[int, int], extend: bool = False) -> Selection:
        """Goes to a cell, or the nearest there is; with ``extend`` everything on the way is chosen too."""
        row, column = min(max(cell[0], 0), shape[0] - 1), min(max(cell[1], 0), shape[1] - 1)
        return Selection((row, column), self.anchor if extend else (row, column))

    def within(self, shape: tuple[int, int]) -> Selection:
        """What remains of it in a table of another shape."""
        return self if self == (kept := self.to(self.current, shape)) or self._fits(shape) else kept

    def _fits(self, shape: tuple[int, int]) -> bool:
        _, _, bottom, right = self.block
        return bottom < shape[0] and right < shape[1]


def step_of(modifiers: Qt.KeyboardModifier) -> float:
    """How far one step goes: 0.1, with Shift 1, with Ctrl 0.01."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return 1.0
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return FINE
    return 0.1


def stepped(value: float, step: float, times: int) -> float:
    """A number some steps further, without the dust of binary fractions: 0.1 and 0.2 are 0.3."""
    return float(f"{value + step * times:.12g}") + 0.0
