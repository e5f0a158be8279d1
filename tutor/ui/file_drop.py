"""A file that is dropped on the window is opened, wherever it falls."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from tutor.ui.wheel import viewports


class FileDrop(QObject):
    """Watches the window, and those of its parts that would take the file's name for a text.

    Args:
        window: Takes what no part of it takes.
        open_file: Opens a file, given its path.
    """

    _dropped = Signal(str)

    def __init__(self, window: QWidget, open_file: Callable[[str], object]) -> None:
        super().__init__(window)
        # Once the drop is over: where it comes from nothing must wait for an answer.
        self._dropped.connect(open_file, Qt.ConnectionType.QueuedConnection)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def watch(self, panel: QWidget) -> None:
        """Take files from what would take them in a panel."""
        for viewport in viewports(panel):
            if viewport.acceptDrops():
                viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            return False
        if not isinstance(event, QDropEvent) or (path := file_in(event.mimeData())) is None:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)  # whoever thinks the file was moved takes it away
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self._dropped.emit(path)
        return True


def file_in(dragged: QMimeData) -> str | None:
    """The one file that is dragged; None for several, a page of the web, a text."""
    urls = dragged.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return str(urls[0].toLocalFile())
