"""The colours of lines of text, by what their pieces are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextDocument

from tutor.figures.palette import Theme

Pieces: TypeAlias = Callable[[str], Sequence[tuple[int, int, str]]]
"""The pieces of a line that have a colour: how many signs stand before each, how long it is, what it is."""

_COLOURS: Final[Mapping[str, str]] = {
    "name": "ink", "function": "word", "fact": "word", "size": "ink2", "number": "ink2", "comment": "ink3",
}
"""The colour of each kind of piece; what is in none, signs and brackets, is in the second voice."""


def units(text: str) -> int:
    """How many places Qt counts in a text: two for a sign beyond the first 65,536."""
    return len(text) + sum(sign > "\uffff" for sign in text)


class LineColours(QSyntaxHighlighter):
    """Colours the lines that change, and only those."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._pieces: Pieces | None = None
        self._theme: Theme | None = None

    def take(self, pieces: Pieces) -> None:
        """Colour the pieces of every line from here on."""
        self._pieces = pieces
        self.rehighlight()

    def dress(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if self._theme is None:
            return
        self.setFormat(0, units(text), QColor(self._theme.ink if self._pieces is None else self._theme.ink2))
        for start, length, kind in self._pieces(text) if self._pieces is not None else ():
            colour = QColor(getattr(self._theme, _COLOURS[kind]))
            self.setFormat(units(text[:start]), units(text[start : start + length]), colour)
