"""The menu that copies what the window shows of a derivation."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidget

from tutor.ui.docks import Docks


class CopyMenu(QMenu):
    """Offers what the panels that are shown offer: one that is hidden may show what was before."""

    def __init__(self, docks: Docks, parent: QWidget) -> None:
        super().__init__("Copy the derivation as", parent)
        self._docks = docks
        self.aboutToShow.connect(self._offer)

    def _offer(self) -> None:
        self.clear()
        for panel in self._docks.panels:
            if panel.isVisible():
                panel.offer_copies(self)
        if self.isEmpty():
            self.addAction("There is none in the window").setEnabled(False)
