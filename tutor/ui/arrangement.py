"""What is the person's and no document's: place and size of the window, its panels, how derivations are read."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from tutor.files.document import Shown
from tutor.ui.docks import Docks

_SWITCHES: Final = ("joined", "own_scales")
_TEXTS: Final = ("reading", "products")


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
    for key in _SWITCHES:
        settings.setValue(key, "true" if getattr(shown, key) else "false")
    for key in _TEXTS:
        settings.setValue(key, getattr(shown, key))
    if shown.step is None:
        settings.remove("step")
    else:
        settings.setValue("step", shown.step)


def first_shown(settings: QSettings, saved: Shown | None) -> Shown:
    """How what is opened first is looked at: as it was saved, else as the last session did."""
    texts = {key: str(settings.value(key, "")) for key in _TEXTS}
    if saved is not None:
        return replace(saved, reading=saved.reading or texts["reading"])
    joined, own_scales = (str(settings.value(key, "false")) == "true" for key in _SWITCHES)
    step = settings.value("step")
    return Shown(joined, texts["reading"], texts["products"], own_scales, None if step is None else str(step))
