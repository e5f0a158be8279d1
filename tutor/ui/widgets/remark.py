"""A few words with a tick or a cross before them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from tutor.figures.palette import Theme
from tutor.ui.icons import pixmap
from tutor.ui.theme import strengthen


class Remark(QWidget):
    """Right is quiet, wrong speaks: a small tick or a red cross, and the sentence.

    Args:
        voice: How it is said: as a note, or as a verdict.
    """

    def __init__(self, voice: str = "note", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = QLabel()
        self._words = QLabel()
        self._words.setProperty("voice", voice)
        self._size = 16 if voice == "verdict" else 12
        if voice == "verdict":
            strengthen(self._words)
        self._right: bool | None = None
        self._said: tuple[object, ...] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._sign)
        row.addWidget(self._words)
        if voice == "verdict":
            row.addStretch(1)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    @property
    def right(self) -> bool | None:
        """Tick, cross, or neither."""
        return self._right

    def say(self, words: str, right: bool | None, theme: Theme, zoom: float, ratio: float = 1.0) -> None:
        """Say something; no words hide it."""
        said = words, right, theme, zoom, ratio
        if said == self._said:
            return
        self._said = said
        self._right = right
        self._words.setText(words)
        spoken = {True: "right: ", False: "wrong: ", None: ""}[right]
        self.setAccessibleName(spoken + words)
        self._sign.setVisible(right is not None)
        if right is not None:
            name, colour = ("tick", theme.ok) if right else ("cross", theme.wrong)
            self._sign.setPixmap(pixmap(name, colour, zoom, ratio, size=self._size))
        self.setVisible(bool(words))
