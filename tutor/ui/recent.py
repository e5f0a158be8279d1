"""The files that were open at last."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QMenu, QWidget

MOST: Final = 10
_KEY: Final = "recent"


class RecentFiles:
    """A short list of paths, the latest first; settings keep it from session to session."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def paths(self) -> tuple[str, ...]:
        """The files, the latest first."""
        self._settings.sync()  # another window may have opened one
        kept = self._settings.value(_KEY, [])
        return tuple(map(str, kept)) if isinstance(kept, list) else (str(kept),)  # Qt reads a list of one as a text

    def add(self, path: str) -> None:
        """A file was opened or saved."""
        self._keep([path, *(other for other in self.paths if other != path)][:MOST])

    def remove(self, path: str) -> None:
        """A file cannot be opened any more."""
        self._keep([other for other in self.paths if other != path])

    def clear(self) -> None:
        """Forget them all."""
        self._keep([])

    def _keep(self, paths: list[str]) -> None:
        if paths:
            self._settings.setValue(_KEY, paths)
        else:
            self._settings.remove(_KEY)


class RecentMenu(QMenu):
    """Offers the files that were open at last; they are looked up when it opens.

    Signals:
        chosen (str): The path of one of them.
    """

    chosen = Signal(str)

    def __init__(self, files: RecentFiles, parent: QWidget) -> None:
        super().__init__("Open recent", parent)
        self._files = files
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        paths = self._files.paths
        names = [Path(path).name for path in paths]
        for path, name in zip(paths, names, strict=True):
            said = name if names.count(name) == 1 else path  # two of one name: where they lie tells them apart
            action = self.addAction(said.replace("&", "&&"))
            action.setToolTip(path)
            action.triggered.connect(partial(self._choose, path))
        self.addSeparator()
        forget = self.addAction("Clear the list" if paths else "No file was open yet")
        forget.setEnabled(bool(paths))
        forget.triggered.connect(self._files.clear)

    def _choose(self, path: str, _checked: bool = False) -> None:
        self.chosen.emit(path)
