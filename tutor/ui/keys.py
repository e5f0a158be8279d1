"""The list of commands and keys, made from the table of commands."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from tutor.ui.actions import KEYS_IN_PLACE, Actions
from tutor.ui.theme import strengthen


class KeyList(QDialog):
    """A window beside the window; it stops nobody."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setModal(False)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)

    def show_commands(self, actions: Actions) -> None:
        """List the commands, and come to the front."""
        sheet = QWidget()
        sheet.setProperty("ground", "sheet")
        grid = QGridLayout(sheet)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(24)
        rows = [(_keys(action.shortcuts()), command.text, command.tip) for command, action in actions if command.menu]
        rows += KEYS_IN_PLACE
        for i, (keys, text, tip) in enumerate(row for row in rows if row[0]):
            grid.addWidget(QLabel(keys), i, 0, Qt.AlignmentFlag.AlignTop)
            title, explained = QLabel(text), QLabel(tip)
            strengthen(title)
            explained.setProperty("voice", "second")
            grid.addWidget(title, i, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(explained, i, 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        self._area.setWidget(sheet)
        wanted = sheet.sizeHint() + QSize(32, 16)
        self.resize(wanted.boundedTo(self.screen().availableSize() * 0.8))
        self.show()
        self.raise_()
        self.activateWindow()


def _keys(shortcuts: list[QKeySequence]) -> str:
    return "  ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in shortcuts)

