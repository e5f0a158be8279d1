"""What is looked at, and what is pinned: told to every panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from tutor.ui.panel import Panel, Spot, View


def is_there(spot: Spot, view: View) -> bool:
    """Whether what a spot speaks of is part of what a view shows: its link of a chain, its entry, its variable."""
    problem, derivation = view.problem, view.derivation
    if spot.link is None:
        return spot.name is None or spot.name in problem.program.shapes
    if derivation is None or any(name not in problem.program.shapes for name in spot.link):
        return False
    output, source = spot.link
    if not any(output in path and source in path[path.index(output) + 1 :] for path in derivation.paths):
        return False
    if spot.entry is None:
        return True
    sizes = [rows * columns for rows, columns in map(problem.shape, spot.link)]
    return all(0 <= at < size for at, size in zip(spot.entry, sizes, strict=True))


class Spots(QObject):
    """Passes on what one panel points at to all of them; while something is pinned, pointing changes nothing."""

    def __init__(self, panels: Sequence[Panel], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panels: tuple[Panel, ...] = ()
        self._pin: Spot | None = None
        for panel in panels:
            self.add(panel)

    def add(self, panel: Panel) -> None:
        """Pass on to one more panel, and from it; what is marked already it marks too."""
        self._panels = (*self._panels, panel)
        panel.pointed.connect(self.point)
        panel.pinned.connect(self.pin)
        if self._pin is not None:
            panel.show_spot(self._pin, kept=True)

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
            panel.show_spot(spot, kept=self._pin is not None)
