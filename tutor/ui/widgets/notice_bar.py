"""A sentence across the top of the window; it waits, and stops nobody."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from tutor.figures.palette import Theme
from tutor.ui.icons import icon


class NoticeBar(QWidget):
    """Shows the latest notice until it is closed; its details can be copied."""

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
        self._close = QToolButton()
        self._close.setToolTip("Close this notice")
        self._close.setAccessibleName("Close this notice")
        self._close.clicked.connect(self.hide)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._sentence, 1)
        self._row.addWidget(self._copy)
        self._row.addWidget(self._close)
        self.setAutoFillBackground(True)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def notice(self, sentence: str, details: str = "") -> None:
        """Say a sentence; with details there is something to copy."""
        self._details = details
        self._sentence.setText(sentence)
        self._copy.setVisible(bool(details))
        self.setAccessibleName(sentence)
        self.show()

    def set_look(self, theme: Theme, zoom: float, ratio: float = 1.0) -> None:
        """Take colours and size."""
        colours = self.palette()
        colours.setColor(colours.ColorRole.Window, theme.wrong_tint)
        self.setPalette(colours)
        self._row.setContentsMargins(round(16 * zoom), round(4 * zoom), round(10 * zoom), round(4 * zoom))
        self._close.setIcon(icon("close", theme, zoom * 0.75, ratio))
        self._close.setIconSize(QSize(round(12 * zoom), round(12 * zoom)))

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence}\n\n{self._details}")
