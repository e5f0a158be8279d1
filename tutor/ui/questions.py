"""What the window asks a person: which file, and whether changes are to be saved."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

ENDING: Final = ".toml"
_FILTER: Final = f"Problems (*{ENDING});;All files (*)"


class Answer(Enum):
    """What is to become of changes that are in no file."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Questions(Protocol):
    """Whoever can be asked."""

    def to_open(self, folder: str) -> Path | None:
        """The file to open; None for none."""

    def to_save(self, suggested: Path) -> Path | None:
        """The file to save as; None for none. That it may be replaced is asked here."""

    def changes(self, title: str) -> Answer:
        """What is to become of the changes to a document."""


class Dialogs:
    """Asks in dialogs over a window; what they are made of is loaded for the first one."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def to_open(self, folder: str) -> Path | None:
        """The file to open; None for none."""
        from PySide6.QtWidgets import QFileDialog

        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open a problem", folder, _FILTER)
        return Path(chosen) if chosen else None

    def to_save(self, suggested: Path) -> Path | None:
        """The file to save as; None for none."""
        from PySide6.QtWidgets import QFileDialog

        kinds = _FILTER if suggested.suffix == ENDING else f"Figures (*{suggested.suffix})"
        dialog = QFileDialog(self._window, "Save as", str(suggested.parent), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suggested.suffix)  # before it is asked whether a file may be replaced, not after
        dialog.selectFile(suggested.name)
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        return Path(chosen[0]) if chosen else None

    def changes(self, title: str) -> Answer:
        """What is to become of the changes to a document."""
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(self._window)
        box.setWindowTitle("Save changes?")
        box.setText(f"Save the changes to {title}?")
        box.setInformativeText("Without saving they are lost.")
        answers = {
            QMessageBox.StandardButton.Save: Answer.SAVE,
            QMessageBox.StandardButton.Discard: Answer.DISCARD,
            QMessageBox.StandardButton.Cancel: Answer.CANCEL,
        }
        for button in answers:
            box.addButton(button).setIcon(QIcon())  # some desktops draw theirs, no other button here has one
        box.setDefaultButton(QMessageBox.StandardButton.Save)
        box.setEscapeButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        answer = answers.get(box.standardButton(box.clickedButton()), Answer.CANCEL)
        box.deleteLater()
        return answer
