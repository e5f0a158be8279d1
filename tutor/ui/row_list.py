"""A window beside the window that lists rows of three columns, under titles; it stops nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from tutor.ui.theme import strengthen

_WORDS: Final = 420
"""The least width of the last column; longer words are broken."""

Dress = Callable[[QLabel], None]
"""Gives the words of a column their look."""


class RowList(QDialog):
    """Rows to be read; the keyboard scrolls them.

    Args:
        title: What the window is called.
        dress: The look of each column.
        parent: The window it belongs to.
    """

    def __init__(self, title: str, dress: Sequence[Dress], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self._dress = tuple(dress)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)

    def show_rows(self, sections: Mapping[str, Sequence[tuple[str, str, str]]]) -> None:
        """List the rows of each section under its title, if it has one, and come to the front."""
        sheet = QWidget()
        sheet.setProperty("ground", "sheet")
        grid = QGridLayout(sheet)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(24)
        for title, rows in sections.items():
            if title:
                self._add_title(grid, title)
            for row in rows:
                at = grid.rowCount()
                for column, (words, dress) in enumerate(zip(row, self._dress, strict=True)):
                    label = QLabel(words)
                    label.setTextFormat(Qt.TextFormat.PlainText)
                    dress(label)
                    if column == len(row) - 1:
                        label.setWordWrap(True)
                        label.setMinimumWidth(_WORDS)
                    grid.addWidget(label, at, column, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        self._area.setWidget(sheet)
        wanted = sheet.sizeHint() + QSize(32, 16)
        self.resize(wanted.boundedTo(self.screen().availableSize() * 0.8))
        self.show()
        self.raise_()
        self.activateWindow()

    def _add_title(self, grid: QGridLayout, title: str) -> None:
        label = QLabel(title)
        strengthen(label)
        at = grid.rowCount()
        if at > 1:
            grid.setRowMinimumHeight(at, 8)
            at += 1
        grid.addWidget(label, at, 0, 1, 3)


def plain(label: QLabel) -> None:
    """As any text of the window."""


def quiet(label: QLabel) -> None:
    """In the second voice."""
    label.setProperty("voice", "second")
