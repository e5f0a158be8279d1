"""How wide text stands in Inter with tabular figures, known without a font engine.

Layout needs widths where neither Qt nor matplotlib is loaded, and both must come to the same decision: do the numbers
fit, where does the line break. A test compares the table with the font file.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

UNITS_PER_EM: Final = 2048

# From space to tilde, as the characters follow each other in ASCII.
_ASCII: Final = (
    550, 589, 954, 1297, 1314, 2011, 1319, 614, 800, 800, 1328, 1328, 550, 1328, 550, 738, 1328, 1328, 1328, 1328, 1328,
    1328, 1328, 1328, 1328, 1328, 550, 550, 1328, 1328, 1328, 1047, 1978, 1413, 1340, 1496, 1478, 1231, 1209, 1528,
    1522, 550, 1169, 1376, 1158, 1850, 1543, 1566, 1308, 1566, 1318, 1314, 1322, 1524, 1413, 2018, 1397, 1390, 1288,
    800, 738, 800, 965, 934, 661, 1150, 1254, 1170, 1254, 1194, 758, 1256, 1211, 496, 496, 1124, 496, 1794, 1210, 1228,
    1254, 1254, 771, 1081, 670, 1211, 1151, 1676, 1118, 1151, 1131, 800, 681, 800, 1328,
)
WIDTHS: Final = {chr(32 + index): width for index, width in enumerate(_ASCII)} | {
    "\u2212": 1328,  # minus
    "\u2013": 1024,  # en dash
    "\u00b7": 590,  # middle dot
    "\u00d7": 1328,  # times
}
"""Advance widths of the upright regular face in units of the em."""

_OTHER: Final = 1328


@lru_cache(maxsize=8192)
def text_width(text: str, px: float) -> float:
    """The width of a text in px, without kerning; letters the table lacks count as a digit."""
    return sum(WIDTHS.get(letter, _OTHER) for letter in text) * px / UNITS_PER_EM

HALF_DIGIT: Final = 0.364
"""Half the height of a digit in em: so far under the middle of a cell stands the line of its number."""
