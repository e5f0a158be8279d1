"""The list of commands and keys, made from the table of commands."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from tutor.ui.actions import KEYS_IN_PLACE, Actions
from tutor.ui.row_list import RowList, plain, quiet
from tutor.ui.theme import strengthen


class KeyList(RowList):
    """A window beside the window with every command and its keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Keys", (plain, strengthen, quiet), parent)

    def show_commands(self, actions: Actions) -> None:
        """List the commands, and come to the front."""
        rows = [(_keys(action.shortcuts()), command.text, command.tip) for command, action in actions if command.menu]
        self.show_rows({"": [row for row in (*rows, *KEYS_IN_PLACE) if row[0]]})


def _keys(shortcuts: list[QKeySequence]) -> str:
    return "  ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in shortcuts)
