"""The colours: three themes and the diverging map that gives every number its colour.

Equal colour means equal number, everywhere. So there is one function from a number to a colour, and the screen and
every export call it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAP_POSITIONS = np.linspace(-1.0, 1.0, 9)


@dataclass(frozen=True)
class Theme:
    """The colours of one look, as ``#RRGGBB``.

    Attributes:
        name: ``light``, ``dark`` or ``print``.
        desk: Ground of the window and of cells that hold no number.
        sheet: Ground of panels and figures.
        field: Ground of inputs.
        ink: Text, numbers, formulas.
        ink2: The second voice: names, notes.
        ink3: Captions and exact zeros.
        edge: Frames of inputs, arrows.
        edge2: Frames of buttons.
        line: Hairlines.
        accent: Chosen, linked, focused.
        on_accent: Text on accent.
        tint: Ground of what is linked or selected.
        ok: Ticks.
        wrong: Crosses, misfits, error text.
        wrong_tint: Ground of what is wrong.
        word: Words of the language in a program: functions and facts.
        off: Disabled.
        stops: The diverging map from -1 to 1, nine colours.
        hairline: Colour of a hairline round every cell, or None where a gap of sheet parts the cells.
    """

    name: str
    desk: str
    sheet: str
    field: str
    ink: str
    ink2: str
    ink3: str
    edge: str
    edge2: str
    line: str
    accent: str
    on_accent: str
    tint: str
    ok: str
    wrong: str
    wrong_tint: str
    word: str
    off: str
    stops: tuple[str, ...]
    hairline: str | None = None

    @cached_property
    def stop_table(self) -> NDArray[np.float64]:
        """The nine stops as numbers, (9, 3)."""
        table = np.array([channels(stop) for stop in self.stops], dtype=np.float64)
        table.setflags(write=False)
        return table


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#RRGGBB``, 0 to 255."""
    number = int(colour[1:], 16)
    return number >> 16 & 255, number >> 8 & 255, number & 255


_LIGHT_STOPS = ("#438DE8", "#6EA7F0", "#97C0F6", "#C1D9F9", "#F0F1F3", "#F2CFB7", "#EAAF85", "#DE8F52", "#CF6F07")
_DARK_STOPS = ("#2D69B5", "#2F5B96", "#2F4E77", "#2F4056", "#2B2F36", "#523829", "#6E4022", "#894717", "#A24E02")

LIGHT = Theme(
    name="light",
    desk="#E9EBEF",
    sheet="#FFFFFF",
    field="#FFFFFF",
    ink="#15171C",
    ink2="#474C57",
    ink3="#626874",
    edge="#80868F",
    edge2="#C2C7D0",
    line="#E0E3E8",
    accent="#5B3FD1",
    on_accent="#FFFFFF",
    tint="#E9E4FD",
    ok="#177343",
    wrong="#B8232B",
    wrong_tint="#FBE6E6",
    word="#0B6670",
    off="#A2A8B3",
    stops=_LIGHT_STOPS,
)

DARK = Theme(
    name="dark",
    desk="#121417",
    sheet="#1C1F24",
    field="#15171B",
    ink="#E9EBEE",
    ink2="#BCC1CA",
    ink3="#939AA6",
    edge="#747B87",
    edge2="#454B55",
    line="#31353C",
    accent="#B7A8FF",
    on_accent="#17122E",
    tint="#3A3166",
    ok="#62C690",
    wrong="#FF8F88",
    wrong_tint="#4B2528",
    word="#5FC4CF",
    off="#5F6672",
    stops=_DARK_STOPS,
)

PRINT = Theme(
    name="print",
    desk=LIGHT.desk,
    sheet=LIGHT.sheet,
    field=LIGHT.field,
    ink=LIGHT.ink,
    ink2=LIGHT.ink2,
    ink3=LIGHT.ink3,
    edge=LIGHT.edge,
    edge2=LIGHT.edge2,
    line=LIGHT.line,
    accent=LIGHT.accent,
    on_accent=LIGHT.on_accent,
    tint=LIGHT.tint,
    ok=LIGHT.ok,
    wrong=LIGHT.wrong,
    wrong_tint=LIGHT.wrong_tint,
    word=LIGHT.word,
    off=LIGHT.off,
    stops=(*_LIGHT_STOPS[:4], "#FFFFFF", *_LIGHT_STOPS[5:]),
    hairline="#A9AFB9",
)

THEMES: dict[str, Theme] = {theme.name: theme for theme in (LIGHT, DARK, PRINT)}


def nice_scale(max_abs: float) -> float:
    """The end of a colour scale: the largest size rounded up to 1, 2 or 5 times a power of ten.

    Args:
        max_abs: The largest absolute value to be shown. Zero, and what is no number, count as one.

    Returns:
        The smallest such number that is not below ``max_abs``.
    """
    if not math.isfinite(max_abs) or max_abs <= 0.0:
        return 1.0
    exponent = math.floor(math.log10(max_abs))
    for power in (exponent - 1, exponent, exponent + 1):
        for mantissa in (1, 2, 5):
            candidate = float(f"{mantissa}e{power}")  # reading the text gives 0.2, multiplying 0.20000000000000001
            if candidate >= max_abs:
                return candidate if math.isfinite(candidate) else max_abs
    raise AssertionError(f"no scale for {max_abs}")  # pragma: no cover


def largest_size(*arrays: ArrayLike) -> float:
    """The largest absolute value among all finite entries, 0 where there are none."""
    largest = 0.0
    for array in arrays:
        sizes = np.abs(np.asarray(array, dtype=np.float64))
        finite = sizes[np.isfinite(sizes)]
        if finite.size:
            largest = max(largest, float(finite.max()))
    return largest


OUTLYING: Final = 20.0
_USUAL: Final = 0.9
_MOST_SORTED: Final = 20_000


def usual_size(*arrays: ArrayLike) -> float:
    """The largest absolute value that is no outlier, 0 where there are none: one huge number must not grey out all.

    An outlier is more than twenty times as large as nine in ten of the finite numbers that are not 0.
    """
    absolute = [np.abs(np.asarray(array, dtype=np.float64)).ravel() for array in arrays]
    sizes = np.concatenate([a[np.isfinite(a) & (a > 0.0)] for a in absolute]) if absolute else np.empty(0)
    if not sizes.size:
        return 0.0
    some = sizes[:: math.ceil(sizes.size / _MOST_SORTED)]
    end = OUTLYING * float(np.quantile(some, _USUAL, method="lower"))
    largest = float(sizes.max())
    return largest if largest <= end else float(sizes[sizes <= end].max())


def colour_positions(values: ArrayLike, scale: float) -> NDArray[np.float64]:
    """Where numbers lie on the map, -1 to 1: the root of their share of the scale, with their sign.

    The root keeps small numbers apart from zero: 1 % of the scale lies at 0.1, visibly blue or orange.

    Args:
        values: Finite numbers of any shape.
        scale: The end of the colour scale, positive.
    """
    array = np.asarray(values, dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        positions = np.sqrt(np.minimum(np.abs(array) / scale, 1.0))
        return np.asarray(np.copysign(positions, array))


@lru_cache(maxsize=4096)
def cell_colour(theme: Theme, value: float, scale: float) -> str:
    """The ground of one cell as ``#RRGGBB``."""
    red, green, blue = (int(channel) for channel in cell_colours(theme, [value], scale)[0])
    return f"#{red:02X}{green:02X}{blue:02X}"


def cell_colours(theme: Theme, values: ArrayLike, scale: float) -> NDArray[np.uint8]:
    """The ground of every cell, (..., 3). A cell that holds no finite number gets the colour of the desk.

    Args:
        theme: The look.
        values: Numbers of any shape.
        scale: The end of the colour scale, positive; larger numbers get the colour of the end.
    """
    array = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(array)
    positions = colour_positions(np.where(finite, array, 0.0), scale)
    table = theme.stop_table
    colours = np.empty((*array.shape, 3), dtype=np.float64)
    for channel in range(3):
        colours[..., channel] = np.interp(positions, MAP_POSITIONS, table[:, channel])
    result = np.rint(colours).astype(np.uint8)
    if not finite.all():
        result[~finite] = channels(theme.desk)
    return result


def legend_ticks(scale: float) -> tuple[float, ...]:
    """The five numbers under a colour scale: its ends, nothing, and between them a round number near a quarter."""
    digits, _, power = f"{scale:e}".partition("e")
    inner = {"1": 0.2, "2": 0.5, "5": 1.0}.get(digits.rstrip("0").rstrip("."))
    between = scale / 4 if inner is None else float(f"{inner}e{power}")
    return (-scale, -between, 0.0, between, scale)


def legend_place(value: float, scale: float) -> float:
    """Where a number stands on a colour scale, 0 to 1: colours go with the square root of the size."""
    return (1.0 + math.copysign(math.sqrt(abs(value) / scale), value)) / 2 if scale else 0.5
