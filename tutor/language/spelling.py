r"""Finding the end of a name in a text: ``W_1``, ``\hat{\mathbf y}_1``, ``\operatorname{softmax}``."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from tutor.core.errors import UnreadableError
from tutor.language.names import LONGEST_NAME, SUBSCRIPTS, normalise, parts
from tutor.language.signs import ACCENT_COMMANDS, FONTS, GREEK_COMMANDS, NOT_IN_NAMES
from tutor.language.source import Source, Span

_LETTER: Final = rf"[^\W0-9_{NOT_IN_NAMES}][\u0300-\u036f]*"
_SIGN: Final = rf"[^\W_{NOT_IN_NAMES}]|[\u0300-\u036f]"
_WORD: Final = re.compile(rf"{_LETTER}(?:{_SIGN}){{0,{LONGEST_NAME}}}")
_ONE_LETTER: Final = re.compile(_LETTER)
_INDEX: Final = re.compile(
    rf"[{''.join(SUBSCRIPTS)}]+|_+(?:{_SIGN})(?:{_SIGN}|_(?![{{\\]))*|_+(?![{{\\])|_\s*(?=[{{\\])"
)
_INDEX_END: Final = re.compile(rf"[_{''.join(SUBSCRIPTS)}]")
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)\*?")
_SPACES: Final = re.compile(r"\s*")
_DIGITS: Final = re.compile("[0-9]+")
_FUNCTION: Final = re.compile(r"\{\s*([A-Za-z][A-Za-z0-9]*(?:\\?_[A-Za-z0-9]+)*)\s*\}")
_DEEPEST: Final = 8


def name_at(source: Source, place: int, depth: int = 0) -> tuple[str, int] | None:
    """The name that starts at a place, as :func:`normalise` takes it, and its end; None where none starts.

    Raises:
        UnreadableError: an accent or an index holds what cannot be part of a name, or the name is too long.
    """
    found = _base(source, place, depth)
    if found is None:
        return None
    raw, end = found
    while len(raw) <= LONGEST_NAME and (index := _INDEX.match(source.text, end)):
        raw, end = raw + index.group().rstrip(), index.end()
        if raw.endswith("_") and source.text[end : end + 1] in ("{", "\\"):
            held, end = _held_index(source, end, depth + 1)
            raw += held
    if len(raw) > LONGEST_NAME:
        raise UnreadableError(f"This name is too long; a name has at most {LONGEST_NAME} signs.",
                              source.position(Span(place, end)))
    return raw, end


def split_name(raw: str, known: Container[str]) -> list[str] | None:
    """The known names that a run of letters consists of, in few pieces; None where it is not made of known names.

    >>> split_name("xW_1", {"x", "W1"})
    ['x', 'W_1']
    """
    best: list[list[str] | None] = [[]]
    for end in range(1, len(raw) + 1):
        best.append(None)
        for start in range(end):
            before, piece = best[start], raw[start:end]
            if before is None or _WORD.match(piece) is None or normalise(piece) not in known:
                continue
            if end < len(raw) and not raw[end].isalpha():
                continue
            chosen = best[end]
            if chosen is None or len(before) + 1 < len(chosen):
                best[end] = [*before, piece]
    found = best[-1]
    return found if found and len(found) > 1 else None


def _base(source: Source, place: int, depth: int) -> tuple[str, int] | None:
    """A name without its index."""
    text = source.text
    if depth > _DEEPEST or place >= len(text):
        return None
    if text[place] == "{":
        # Only where an index follows: else the braces are brackets like any others.
        inner = _braced(source, place, depth)
        return inner if inner and _INDEX_END.match(text, inner[1]) else None
    command = _COMMAND.match(text, place)
    if command is None:
        word = _WORD.match(text, place)
        return (word.group(), word.end()) if word else None
    if command[1] in GREEK_COMMANDS:
        return GREEK_COMMANDS[command[1]], command.end()
    if command[1] in FONTS:
        return _argument(source, command.end(), depth + 1)
    if command[1] in ACCENT_COMMANDS:
        return _accented(source, command, depth)
    return None


def _accented(source: Source, command: re.Match[str], depth: int) -> tuple[str, int]:
    """The letter below an accent."""
    inner = _argument(source, command.end(), depth + 1)
    if inner is not None:
        letters, accent, index = parts(normalise(inner[0]))
        if len(letters) == 1 and not accent:
            return "_".join([letters, ACCENT_COMMANDS[command[1]], *([index] if index else [])]), inner[1]
    raise UnreadableError(f"`{command.group()}` stands above one letter.", source.position(Span(*command.span())))


def _argument(source: Source, place: int, depth: int) -> tuple[str, int] | None:
    """A name as the argument of a command: in braces, or the next letter or command."""
    place = _after_spaces(source, place)
    text = source.text
    if text[place : place + 1] == "{":
        function = _FUNCTION.match(text, place)
        return (function[1].replace("\\", ""), function.end()) if function else _braced(source, place, depth)
    if text[place : place + 1] == "\\":
        return _base(source, place, depth)
    letter = _ONE_LETTER.match(text, place)
    return (letter.group(), letter.end()) if letter else None


def _braced(source: Source, place: int, depth: int) -> tuple[str, int] | None:
    """A name between braces."""
    inner = name_at(source, _after_spaces(source, place + 1), depth + 1)
    if inner is None:
        return None
    end = _after_spaces(source, inner[1])
    return (inner[0], end + 1) if source.text[end : end + 1] == "}" else None


def _held_index(source: Source, place: int, depth: int) -> tuple[str, int]:
    """An index in braces, or a command."""
    text = source.text
    if text[place] == "\\":
        found = _base(source, place, depth)
        if found is not None:
            return found
        raise _bad_index(source, place)
    pieces: list[str] = []
    end = _after_spaces(source, place + 1)
    while text[end : end + 1] != "}":
        digits = _DIGITS.match(text, end)
        found = (digits.group(), digits.end()) if digits else name_at(source, end, depth + 1)
        if found is None and text[end : end + 1] == "," and pieces:
            found = ("_", end + 1)
        if found is None:
            raise _bad_index(source, place)
        pieces.append(found[0])
        end = _after_spaces(source, found[1])
    if not pieces:
        raise _bad_index(source, place)
    return "".join(pieces), end + 1


def _bad_index(source: Source, place: int) -> UnreadableError:
    return UnreadableError("An index is made of letters and digits, as in W_{12} or b_{out}.",
                         source.position(Span(place, place + 1)))


def _after_spaces(source: Source, place: int) -> int:
    found = _SPACES.match(source.text, place)
    return found.end() if found else place
