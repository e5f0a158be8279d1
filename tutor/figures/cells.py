"""How numbers are written in cells, how wide that is, and how a typed number is read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.figures.inter import text_width
from tutor.figures.palette import largest_size, legend_place, legend_ticks

MINUS: Final = "\u2212"
NOT_COMPUTED: Final = "\u2013"
NO_NUMBER: Final = "NaN"
INFINITE: Final = "inf"

CELL_PX: Final = 11
"""Size of the numbers in cells, in px at 100 % zoom."""

_APART: Final = 4.0

LARGE: Final = 1e4
"""From here on a number is written with a power of ten: more digits would say nothing about its place in a matrix."""


def cell_text(value: float, decimals: int = 2) -> str:
    """The number as it is written in a cell.

    Two decimals (or ``decimals``), one less from 10 on, so that the width stays; an exact zero is ``0``, a number that
    rounds to zero ``0.00`` without a sign; the minus is U+2212.

    Args:
        value: Any number, also infinite or none.
        decimals: Digits after the point.
    """
    if value == 0.0:
        return "0"
    if not math.isfinite(value):
        return _word(value)
    size = abs(value)
    if size >= LARGE:
        return error_text(value, 2 if size < 1e100 else 1)  # three digits of the power leave room for one before it
    text = f"{size:.{decimals}f}"
    if decimals and float(text) >= 10.0:
        text = f"{size:.{decimals - 1}f}"
    return MINUS + text if value < 0.0 and float(text) != 0.0 else text


def cell_texts(
    values: NDArray[np.float64], decimals: int = 2, computed: NDArray[np.bool_] | None = None
) -> tuple[tuple[str, ...], ...]:
    """The texts of a whole matrix.

    A matrix of whole numbers (a label, an identity, counts) is written without decimals, so that it looks as exact as
    it is.

    Args:
        values: The numbers, (n, m).
        decimals: Digits after the point.
        computed: False where there is no number yet, (n, m); None where all are there.

    Returns:
        A row of texts for each row.
    """
    rows: list[list[float]] = values.tolist()
    if decimals == 2 and all(value.is_integer() for row in rows for value in row if math.isfinite(value)):
        decimals = 0
    if computed is None:
        return tuple(tuple(cell_text(value, decimals) for value in row) for row in rows)
    known: list[list[bool]] = computed.tolist()
    return tuple(
        tuple(cell_text(value, decimals) if there else NOT_COMPUTED for value, there in zip(row, seen, strict=True))
        for row, seen in zip(rows, known, strict=True)
    )


def brief_texts(
    values: NDArray[np.float64], decimals: int = 2, computed: NDArray[np.bool_] | None = None
) -> tuple[tuple[str, ...], ...]:
    """The texts of a whole matrix in narrow cells, all in one form so that points align.

    Where every number is below 1 they lose the 0 before the point, ``.12``; else a decimal, ``1.8``. A number that
    rounds to zero keeps its point, ``.00`` or ``0.0``: only an exact zero is ``0``.

    Args:
        values: The numbers, (n, m).
        decimals: Digits after the point where there is room.
        computed: False where there is no number yet, (n, m); None where all are there.

    Returns:
        A row of texts for each row.
    """
    texts = cell_texts(values, decimals, computed)
    if not any("." in text for row in texts for text in row):
        return texts  # whole numbers
    if below_one(values, decimals):
        return tuple(tuple(without_zero(text) for text in row) for row in texts)
    return cell_texts(values, decimals - 1, computed)


def below_one(values: NDArray[np.float64], decimals: int) -> bool:
    """Whether all numbers of a matrix are written with a 0 before the point."""
    return largest_size(values) < 1.0 - 0.5 * 10.0**-decimals


def without_zero(text: str) -> str:
    """A number below 1 without the 0 before its point: ``−.08``."""
    return text.replace("0.", ".", 1)


def error_text(value: float, digits: int = 2) -> str:
    """A number whose size matters more than its digits: ``5.6e−8``.

    Args:
        value: Any number.
        digits: Significant digits.
    """
    if value == 0.0:
        return "0"
    if not math.isfinite(value):
        return _word(value)
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    power = int(exponent)
    sign = MINUS if value < 0.0 else ""
    return f"{sign}{mantissa}e{MINUS if power < 0 else ''}{abs(power)}"


def relative_error_text(value: float) -> str:
    """A relative error: ``0.50`` where it is large enough to be read as a share, else ``5.6e−8``."""
    return f"{value:.2f}" if math.isfinite(value) and value >= 0.01 else error_text(value)


def difference_text(value: float, decimals: int = 4) -> str:
    """A difference beside what it compares: in the same decimals where it shows there, else ``−5e−12``."""
    visible = not math.isfinite(value) or value == 0.0 or round(abs(value), decimals) != 0.0
    return cell_text(value, decimals) if visible else error_text(value, 1)


def tick_text(value: float) -> str:
    """A number at an axis or a scale, as short as it can be: ``−0.5``, ``2``, ``1e−12``."""
    if value == 0.0:
        return "0"
    if not 1e-3 <= abs(value) < LARGE:
        mantissa, exponent = f"{value:.6e}".split("e")
        power = int(exponent)
        return f"{float(mantissa):g}e{power}".replace("-", MINUS)
    return f"{value:g}".replace("-", MINUS)


def legend_labels(scale: float, width: float, beyond: bool = False) -> tuple[tuple[float, str], ...]:
    """The numbers under a colour scale and where they stand, 0 to 1: five, or three where five would overlap.

    Args:
        scale: Its end.
        width: How long it is, in px at 100 % zoom.
        beyond: Whether there are larger numbers, all in the colours of the ends.
    """
    ticks = legend_ticks(scale)
    texts = [tick_text(tick) for tick in ticks]
    if beyond:
        texts[0], texts[-1] = f"< {texts[0]}", f"> {texts[-1]}"
    places = [legend_place(tick, scale) for tick in ticks]
    apart = all((after - before) * width >= (text_width(one, CELL_PX) + text_width(other, CELL_PX)) / 2 + _APART
                for before, after, one, other in zip(places, places[1:], texts, texts[1:], strict=False))
    step = 1 if apart else 2
    return tuple(zip(places[::step], texts[::step], strict=True))


def spoken(value: float, decimals: int = 2) -> str:
    """The number for someone who listens: as in the cell, but what is no number in full words."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "plus infinity" if value > 0 else "minus infinity"
    return cell_text(value, decimals)


def widest(texts: Iterable[Sequence[str]], px: float = CELL_PX) -> float:
    """The width of the widest text of a matrix, in px; 0 for none."""
    return max((text_width(text, px) for text in {text for row in texts for text in row}), default=0.0)


class NumberTextError(ValueError):
    """A text that is no number for a cell; the message is a sentence fit to be shown."""


_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})", re.ASCII)


def number_from_text(text: str) -> float:
    """Reads a number as people type it: ``-0.5``, ``−0.5``, ``1e-3``, and ``0,5`` where it can mean nothing else.

    Args:
        text: What was typed or pasted.

    Returns:
        The number.

    Raises:
        NumberTextError: If it is no number, or can be read in two ways, or is too large.
    """
    shown = text.strip()
    plain = shown.replace(MINUS, "-").replace(NOT_COMPUTED, "-")
    if not plain:
        raise NumberTextError("There is no number. Type one, for example 0.5.")
    if "," in plain:
        if _THOUSANDS.fullmatch(plain):
            raise NumberTextError(f"{shown} can be read in two ways. Type {shown.replace(',', '.', 1)} with a point, "
                                  f"or {shown.replace(',', '')} without a comma.")
        plain = plain.replace(",", ".", 1)
    if not _PLAIN.fullmatch(plain):
        raise NumberTextError(f"{shown} is not a number. Type one, for example 0.5.")
    value = float(plain)
    if not math.isfinite(value):
        raise NumberTextError(f"{shown} is too large. The largest number is about 1.8e308.")
    return value


def number_source(value: float) -> str:
    """The number with all its digits, as it stands in the editor of a cell; reading it gives the same number."""
    text = repr(float(value))
    return text.removesuffix(".0").replace("-", MINUS)


def _word(value: float) -> str:
    if math.isnan(value):
        return NO_NUMBER
    return INFINITE if value > 0 else MINUS + INFINITE
