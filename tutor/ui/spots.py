"""What is looked at, and what is pinned: told to every panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from tutor.ui.panel import Panel, Spot


class Spots(QObject):
    """Passes on what one panel points at to all of them; while something is pinned, pointing changes nothing."""

    def __init__(self, panels: Sequence[Panel], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panels = tuple(panels)
        self._pin: Spot | None = None
        for panel in self._panels:
            panel.pointed.connect(self.point)
            panel.pinned.connect(self.pin)

    @property
    def pinned(self) -> Spot | None:
        """What a click keeps marked."""
        return self._pin

    def point(self, spot: Spot | None) -> None:
        """Mark something for as long as it is looked at."""
        if self._pin is None:
            self._show(spot)

    def pin(self, spot: Spot | None) -> None:
        """Keep something marked; None releases it."""
        self._pin = spot
        self._show(spot)

    def _show(self, spot: Spot | None) -> None:
        for panel in self._panels:
            panel.show_spot(spot)
