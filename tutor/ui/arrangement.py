"""What is the person's and no document's: place and size of the window, its panels, how derivations are read."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from tutor.files.document import Shown
from tutor.ui.docks import Docks


def restore(settings: QSettings, window: QMainWindow, docks: Docks) -> None:
    """Put the window and its panels where they were at last."""
    geometry, state = settings.value("geometry"), settings.value("state")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    arranged = isinstance(state, QByteArray) and docks.restore(state)
    docks.keep_borders(arranged and settings.value("borders", "moved") == "moved")


def keep(settings: QSettings, window: QMainWindow, docks: Docks, shown: Shown) -> None:
    """Note it for the next session."""
    docks.shrink()
    settings.setValue("geometry", window.saveGeometry())
    settings.setValue("state", docks.state())
    settings.setValue("borders", "moved" if docks.moved else "shared")
    settings.setValue("joined", "true" if shown.joined else "false")
    settings.setValue("reading", shown.reading)


def first_shown(settings: QSettings, saved: Shown | None) -> Shown:
    """How what is opened first is looked at: as it was saved, else as the last session did."""
    reading = str(settings.value("reading", ""))
    if saved is not None:
        return Shown(saved.joined, saved.reading or reading)
    return Shown(str(settings.value("joined", "false")) == "true", reading)
