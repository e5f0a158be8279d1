"""What can be written in a program, by example, as a window beside the window."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from tutor.language.reference import sections
from tutor.ui.row_list import RowList, plain, quiet
from tutor.ui.theme import TEXT, Look, mono_font


class LanguageList(RowList):
    """A window beside the window with everything a line can hold.

    Args:
        look: How large text is.
        parent: The window it belongs to.
    """

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__("Language", (self._typed, quiet, plain), parent)
        self._look = look

    def come(self) -> None:
        """List all of it, and come to the front."""
        self.show_rows({section.title: section.rows for section in sections()})

    def _typed(self, label: QLabel) -> None:
        label.setFont(mono_font(TEXT, self._look.zoom))
