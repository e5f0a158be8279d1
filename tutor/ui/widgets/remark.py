"""A few words with a tick or a cross before them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from tutor.figures.palette import Theme
from tutor.ui.icons import pixmap
from tutor.ui.theme import strengthen


class Remark(QWidget):
    """Right is quiet, wrong speaks: a small tick or a red cross, and the sentence.

    Args:
        voice: How it is said: as a note on one line, or as a verdict, which has a dash where nothing is decided and
            takes as many lines as it needs.
    """

    def __init__(self, voice: str = "note", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = QLabel()
        self._words = QLabel()
        self._words.setProperty("voice", voice)
        self._size = 16 if voice == "verdict" else 12
        if voice == "verdict":
            strengthen(self._words)
            self._words.setWordWrap(True)
        self._is_verdict = voice == "verdict"
        self._right: bool | None = None
        self._said: tuple[object, ...] | None = None
        across = QSizePolicy.Policy.Preferred if self._is_verdict else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop if self._is_verdict else Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1 if self._is_verdict else 0)

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
        name, colour = {True: ("tick", theme.ok), False: ("cross", theme.wrong), None: ("unsure", theme.ink3)}[right]
        self._sign.setVisible(right is not None or self._is_verdict)
        self._sign.setPixmap(pixmap(name, colour, zoom, ratio, size=self._size))
        if self._is_verdict:  # the sign stands in the middle of the first line
            self._sign.setFixedHeight(self._words.fontMetrics().height())
        self.setVisible(bool(words))
