"""A text and the places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from tutor.core.errors import Position, UnreadableError

LARGEST_TEXT: Final = 20_000
"""Signs a text may have; a forward pass has a few hundred."""

MOST_LINES: Final = 1000
"""Lines a program may have: that many are read in a tenth of a second."""

_LINE_END: Final = re.compile(r"\r\n|[\n\r]")


class Span(NamedTuple):
    """A piece of a text: from ``start`` up to ``end``, counted in signs from 0."""

    start: int
    end: int


class Token(str):
    """A piece of the language: what was written, in its one spelling, with its kind and its place.

    Attributes:
        type: The grammar's name for it, as in ``NAME``.
        span: Where it stands.
    """

    __slots__ = ("span", "type")

    type: str
    span: Span

    def __new__(cls, type: str, text: str, start: int, end: int) -> Token:  # noqa: D102
        token = super().__new__(cls, text)
        token.type, token.span = type, Span(start, end)
        return token


class Source:
    """A text whose pieces can be shown and located.

    Raises:
        UnreadableError: the text is too long to be a program, or has too many lines.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text, 0, LARGEST_TEXT))]
        if len(text) > LARGEST_TEXT:
            raise UnreadableError(f"The text has {len(text):,} signs; at most {LARGEST_TEXT:,} are read.",
                                  self.position(Span(LARGEST_TEXT, LARGEST_TEXT + 1)))
        if len(self._starts) > MOST_LINES + 1:
            first = self._starts[MOST_LINES]
            raise UnreadableError(f"The text has {len(self._starts):,} lines; at most {MOST_LINES:,} are read.",
                                  self.position(Span(first, first + 1)))

    def position(self, span: Span) -> Position:
        """Line and column of a piece, both counted from 1."""
        line = bisect_right(self._starts, span.start)
        return Position(line, span.start - self._starts[line - 1] + 1, max(1, span.end - span.start))

    def shown(self, span: Span) -> str:
        """A piece as a sentence quotes it."""
        return quoted(self.text[span.start : span.end])


def quoted(piece: str, longest: int = 48) -> str:
    """A piece of text between grave accents, in one line, shortened in the middle."""
    line = " ".join(piece.split())
    if len(line) > longest:
        line = f"{line[: longest // 2].rstrip()} … {line[-longest // 2 + 3 :].lstrip()}"
    return f"`{line}`"
