"""Outlines of glyphs: from the path data Typst writes to shared tuples of commands.

Parsing is done once per outline; equal outlines are one object, so that a painter can keep its own form of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from tutor.typeset.formula import Command, Outline

Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_STEP = re.compile(r"([A-DF-Za-df-z])([^A-DF-Za-df-z]*)")  # without e, which may stand inside a number
_OPERANDS = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "Z": 0}


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline with the box of its ink.

    Attributes:
        path: The commands, y down; empty for a space.
        bounds: The box of the ink.
        joined: Whether the outline is made of overlapping pieces.
    """

    path: Outline
    bounds: Bounds
    joined: bool = False


@lru_cache(maxsize=4096)
def shape(data: str, flipped: bool) -> Shape:
    """The shape of SVG path data.

    Args:
        data: The `d` attribute; commands M L H V Q C Z in absolute or relative form.
        flipped: Whether y grows upwards in the data, as in fonts.

    Raises:
        ValueError: The data holds another command.
    """
    sign = -1.0 if flipped else 1.0
    return _shape(tuple(_commands(data, sign)), joined=False)


@lru_cache(maxsize=1024)
def joined(pieces: tuple[tuple[str, float, float], ...]) -> Shape:
    """One shape out of the pieces of a stretched bracket.

    Args:
        pieces: Path data of each piece, y up, and where it stands, y down.
    """
    path: list[Command] = []
    for data, x, y in pieces:
        path += (_moved(command, x, y) for command in shape(data, True).path)
    return _shape(tuple(path), joined=True)


@lru_cache(maxsize=1024)
def transformed(data: str, a: float, b: float, c: float, d: float) -> Shape:
    """A shape that is slanted, turned or scaled: x' = a x + c y, y' = b x + d y."""

    def moved(command: Command) -> Iterator[float]:
        for x, y in points(command):
            yield a * x + c * y
            yield b * x + d * y

    path = (cast(Command, (command[0], *moved(command))) for command in shape(data, False).path)
    return _shape(tuple(path), joined=False)


def _shape(path: Outline, joined: bool) -> Shape:
    """The shape of finished commands. Control points count as ink: fonts put a point at every extreme."""
    places = [place for command in path for place in points(command)]
    if not places:
        return Shape((), (0.0, 0.0, 0.0, 0.0))
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return Shape(path, (min(xs), min(ys), max(xs), max(ys)), joined)


def points(command: Command) -> Iterator[tuple[float, float]]:
    """The points of a command, control points first."""
    numbers = cast(tuple[float, ...], command[1:])
    return zip(numbers[::2], numbers[1::2], strict=True)


def _moved(command: Command, dx: float, dy: float) -> Command:
    """The command, shifted."""
    numbers = cast(tuple[float, ...], command[1:])
    return cast(Command, (command[0], *(value + (dy if i % 2 else dx) for i, value in enumerate(numbers))))


def _commands(data: str, sign: float) -> Iterator[Command]:
    """The absolute commands of path data; `sign` −1 turns the y axis over.

    Places are rounded, which takes off the dust of adding up relative moves.
    """
    x = y = start_x = start_y = 0.0
    moved = False  # a move is written only when something is drawn from it
    for letter, n in _steps(data):
        dx, dy = (x, y) if letter.islower() else (0.0, 0.0)
        name = letter.upper()
        if name == "Z":
            if not moved:
                yield ("Z",)
            x, y, moved = start_x, start_y, True  # what follows without a move starts at the same point
            continue
        if name == "M":
            x, y, moved = dx + n[0], dy + n[1], True
            start_x, start_y = x, y
            continue
        if moved:
            yield ("M", round(x, 4), round(sign * y, 4))
            moved = False
        if name in "CQ":
            a, b, c, d = dx + n[0], dy + n[1], dx + n[-4], dy + n[-3]
            end_x, end_y = dx + n[-2], dy + n[-1]
            if name == "Q":  # as a cubic curve, with both control points at two thirds of the way to the one it has
                a, b, c, d = _thirds(x, a), _thirds(y, b), _thirds(end_x, a), _thirds(end_y, b)
            x, y = end_x, end_y
            control = round(a, 4), round(sign * b, 4), round(c, 4), round(sign * d, 4)
            yield ("C", *control, round(x, 4), round(sign * y, 4))
        else:
            x = dx + n[0] if name in "LH" else x
            y = dy + n[-1] if name in "LV" else y
            yield ("L", round(x, 4), round(sign * y, 4))


def _thirds(start: float, goal: float) -> float:
    """Two thirds of the way."""
    return start + 2 / 3 * (goal - start)


def _steps(data: str) -> Iterator[tuple[str, list[float]]]:
    """The commands of path data as written, repeated operands split into commands of their own.

    Raises:
        ValueError: A letter is not one of the known commands, or has the wrong number of operands.
    """
    for letter, operands in _STEP.findall(data):
        numbers = [float(number) for number in operands.split()]
        count = _OPERANDS.get(letter.upper(), -1)
        if len(numbers) == count:
            yield letter, numbers
        elif count > 0 and numbers and len(numbers) % count == 0:
            for i in range(0, len(numbers), count):
                yield letter, numbers[i : i + count]
        else:
            raise ValueError(f"Path data with an unexpected command: {letter} with {len(numbers)} numbers.")
