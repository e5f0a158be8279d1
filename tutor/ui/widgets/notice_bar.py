"""A sentence across the top of the window; it waits, and stops nobody."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from tutor.figures.palette import Theme
from tutor.ui.icons import icon


class NoticeBar(QWidget):
    """Shows the latest notice until it is closed; its details can be copied, an offer taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._details = ""
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._copy = QPushButton("Copy the details")
        self._copy.setProperty("voice", "link")
        self._copy.clicked.connect(self._copy_details)
        self._offer = QPushButton()
        self._offer.setProperty("voice", "link")
        self._offer.clicked.connect(self._take_offer)
        self._offered: Callable[[], object] | None = None
        self._declined: Callable[[], object] | None = None
        self._is_wrong = False
        self._look: tuple[Theme, float, float] | None = None
        self._close = QToolButton()
        self._close.setToolTip("Close this notice")
        self._close.setAccessibleName("Close this notice")
        self._close.clicked.connect(self._decline)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._sentence, 1)
        self._row.addWidget(self._offer)
        self._row.addWidget(self._copy)
        self._row.addWidget(self._close)
        self.setAutoFillBackground(True)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def notice(self, sentence: str, details: str = "", wrong: bool = True) -> None:
        """Say a sentence; with details there is something to copy. What is not ``wrong`` is said more quietly."""
        self._details = details
        self._offered = self._declined = None
        self._is_wrong = wrong
        self._say(sentence)

    def withdraw(self, sentence: str) -> None:
        """Close the notice if it still says this and nothing else."""
        if sentence == self.sentence:
            self.hide()

    def offer(
        self, sentence: str, words: str, take: Callable[[], object], decline: Callable[[], object] | None = None
    ) -> None:
        """Offer something, after what is said already.

        Args:
            sentence: What is offered.
            words: What the button says.
            take: Called by the button.
            decline: Called when the notice is closed without taking it.
        """
        if self.isHidden():
            self._details, self._is_wrong = "", False
        else:
            sentence = f"{self.sentence} {sentence}"
        self._offered, self._declined = take, decline
        self._offer.setText(words)
        self._say(sentence)

    def set_look(self, theme: Theme, zoom: float, ratio: float = 1.0) -> None:
        """Take colours and size."""
        self._look = theme, zoom, ratio
        colours = self.palette()
        colours.setColor(colours.ColorRole.Window, theme.wrong_tint if self._is_wrong else theme.tint)
        self.setPalette(colours)
        self._row.setContentsMargins(round(16 * zoom), round(4 * zoom), round(10 * zoom), round(4 * zoom))
        self._close.setIcon(icon("close", theme, zoom * 0.75, ratio))
        self._close.setIconSize(QSize(round(12 * zoom), round(12 * zoom)))

    def _say(self, sentence: str) -> None:
        if self._look is not None:
            self.set_look(*self._look)
        self._sentence.setText(sentence)
        self._copy.setVisible(bool(self._details))
        self._offer.setVisible(self._offered is not None)
        self.setAccessibleName(sentence)
        self.show()

    def _take_offer(self) -> None:
        self._end(self._offered)

    def _decline(self) -> None:
        self._end(self._declined)

    def _end(self, answer: Callable[[], object] | None) -> None:
        self._offered = self._declined = None
        self.hide()
        if answer is not None:
            answer()

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence}\n\n{self._details}")
