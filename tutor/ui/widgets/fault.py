"""What is wrong in a text, and where."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """Some signs of a line; line and column count from 0."""

    line: int
    column: int
    length: int = 1


class Fault(NamedTuple):
    """What is wrong at a place, as a sentence; a place of no length only says under which line it stands."""

    place: Place
    sentence: str
