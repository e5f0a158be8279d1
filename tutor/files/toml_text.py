"""TOML with places: where a key stands in a file, and values written so that they read back exactly."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from tutor.core.errors import Position, UnreadableError
from tutor.core.layout import Array

_PLACE: Final = re.compile(r" \(at line (?P<line>\d+), column (?P<column>\d+)\)$| \(at end of document\)$")
_HEADER: Final = re.compile(r"\s*\[{1,2}(?P<path>[^\[\]]+)\]{1,2}\s*(?:#.*)?$")
_KEY: Final = re.compile(r"\s*(?P<path>[^=#\[]+?)\s*=")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_LITERAL: Final = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*")


class TomlText:
    """The tables of a TOML text, and where their keys stand.

    Raises:
        UnreadableError: the text is not TOML.
    """

    def __init__(self, text: str) -> None:
        try:
            self.table: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = _PLACE.search(str(error))
            words = str(error)[: place.start()] if place else str(error)
            position = Position(int(place["line"]), int(place["column"])) if place and place["line"] else None
            raise UnreadableError(f"This is not TOML: {words[:1].lower()}{words[1:]}.", position) from None
        except (ValueError, RecursionError):
            # A number with thousands of digits, brackets in brackets without end.
            raise UnreadableError("This is not TOML that can be read: a number or a nesting is too long.") from None
        self._lines = text.split("\n")

    @cached_property
    def _places(self) -> dict[tuple[str, ...], Position]:
        return _places(self._lines)

    def position(self, *path: str) -> Position | None:
        """Where a key or a table stands; the nearest table around it where it does not stand by itself."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._places:
                return self._places[path[:length]]
        return None

    def inside(self, place: Position, *path: str) -> Position | None:
        """The place in the file of a place in the text that a key holds; the key's where it is written with escapes."""
        start = self.position(*path)
        if start is None:
            return None
        opening = self._lines[start.line - 1]
        held = re.search(r"=\s*(\"{3}|'{3}|\"|')", opening)
        if held is None:
            return start
        below = self._lines[start.line :] if len(held[1]) == 3 else []
        written = "\n".join([opening[held.end() :], *below]).partition(held[1])[0]
        if held[1][0] == '"' and "\\" in written:
            return start
        if len(held[1]) == 3 and held.end() == len(opening.rstrip()):
            return Position(start.line + place.line, place.column, place.length)
        offset = held.end() if place.line == 1 else 0
        return Position(start.line + place.line - 1, place.column + offset, place.length)


def _places(lines: Sequence[str]) -> dict[tuple[str, ...], Position]:
    """Where each key and each table of a TOML text stands."""
    found: dict[tuple[str, ...], Position] = {}
    table: tuple[str, ...] = ()
    inside, nested = "", 0
    for number, line in enumerate(lines, 1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if nested > 0:
            # A row of an array may look like the header of a table.
            nested += _opened(line)
            continue
        if header := _HEADER.match(line):
            table = _path(header["path"])
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], Position(number, line.index("[") + 1, len(line.strip())))
        elif key := _KEY.match(line):
            column = len(line) - len(line.lstrip()) + 1
            found.setdefault((*table, *_path(key["path"])), Position(number, column, len(key["path"].strip())))
            value = line[key.end() :].lstrip()
            if value.startswith("["):
                nested = _opened(value)
            elif value[:3] in ('"""', "'''") and value.count(value[:3]) == 1:
                inside = value[:3]
    return found


def _opened(line: str) -> int:
    """How many brackets a line opens and does not close."""
    code = line.partition("#")[0]
    return code.count("[") - code.count("]")


def _path(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key."""
    return tuple(part[1] or part[2] or part[3] for part in re.finditer(r"\"([^\"]*)\"|'([^']*)'|([^.\s\"']+)", dotted))


def key(name: str) -> str:
    """A key as TOML writes it."""
    return name if _BARE.fullmatch(name) else string(name)


def string(text: str) -> str:
    """A text in one line."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def block(text: str) -> str:
    """A text of several lines, as it stands where TOML can hold it so."""
    if "'''" in text or text.endswith("'") or not _LITERAL.fullmatch(text):
        return string(text)
    return f"'''\n{text}'''"


def rows(array: Array) -> str:
    """A matrix, each number with all the digits it needs to read back as the same number."""
    lines = ["  [" + ", ".join(repr(float(number)) for number in row) + "]," for row in array]
    return "\n".join(["[", *lines, "]"]) if len(lines) > 1 else f"[{lines[0].strip(' ,')}]"
