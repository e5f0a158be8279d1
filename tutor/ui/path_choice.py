"""Which path of the chain is shown, where there are several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QWidget

from tutor.derive.views import path_key
from tutor.ui.widgets.choice import BRIEF, Choice

_WHY: Final = "The variable is used in several places; each way to it has a chain of its own"


class PathChoice(Choice):
    """Offers the paths from the output to the variable; hidden where there is only one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(flat=True, parent=parent)
        self.setAccessibleName("Path of the chain")
        self.hide()

    def offer(self, paths: Sequence[Sequence[str]], more: str, place: int) -> None:
        """Offer paths; ``more`` says at their end, where nobody can choose it, that there are others."""
        names = [path_key(path) for path in paths]
        wanted = [*names, more] if more else names
        if [self.itemText(i) for i in range(self.count())] != wanted:
            self.clear()
            self.addItems(wanted)
            for number in range(len(names)):
                self.setItemData(number, f"{number + 1} of {len(names)}", BRIEF)
            model = self.model()
            if more and isinstance(model, QStandardItemModel):
                model.item(len(names)).setEnabled(False)
        self.setCurrentIndex(place)
        self.setToolTip("\n".join(filter(None, (self.currentText(), _WHY))))  # where room is short it shows its number
        self.setVisible(len(names) > 1)
