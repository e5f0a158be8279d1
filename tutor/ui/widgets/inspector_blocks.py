"""What stands in the words on a cell: formulas, paragraphs and a line of facts, one under the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tutor.figures.inter import text_width
from tutor.typeset import Formula
from tutor.ui.theme import CAPTION

FACTS_LINE, FACTS_BASE = 15.0, 12.0
"""The height of the line of facts, and where its letters stand in it."""
_SPACE, _FOOT = 4.0, 4.0


class Block(NamedTuple):
    """A formula or a paragraph, and where it stands, in px at 100 % zoom from the left margin and the upper edge.

    Attributes:
        formula: What is painted.
        y: Its upper edge.
        voice: Which ink it is painted in: ``first``, ``second`` or ``hint``.
    """

    formula: Formula
    y: float
    voice: str = "first"

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.formula.height


class Facts(NamedTuple):
    """A line of small words, and letters behind them; places as in a block.

    Attributes:
        words: The words.
        letters: What stands behind them; None for nothing.
        x: Where the words begin.
        baseline: The line they stand on.
    """

    words: str
    letters: Formula | None
    x: float = 0.0
    baseline: float = 0.0

    @property
    def after(self) -> float:
        """Where the letters begin."""
        return self.x + text_width(self.words, CAPTION) + _SPACE

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.after + (self.letters.width if self.letters is not None else -_SPACE)

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.baseline + FACTS_LINE - FACTS_BASE


def stacked(
    over: Sequence[Block | Facts], formulas: Sequence[Formula], top: float, gap: float, voice: str = "first"
) -> list[Block | Facts]:
    """Blocks with others under them, the first of all at ``top``."""
    blocks = list(over)
    for formula in formulas:
        y = max(block.bottom for block in blocks) + gap if blocks else top
        blocks.append(Block(formula, y, voice))
    return blocks


def height_of(blocks: Sequence[Block | Facts]) -> float:
    """How high all of it is."""
    return max((block.bottom for block in blocks), default=0.0) + _FOOT
