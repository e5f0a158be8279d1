"""Ctrl and the wheel: everything larger or smaller, a notch at a time."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

NOTCH = 120
"""What Qt calls one notch; touch pads tell of small parts of it."""
_VIEWPORT = "qt_scrollarea_viewport"


class ZoomWheel(QObject):
    """Filters the wheel of the widgets it is installed on.

    Signals:
        turned (int): A notch up (1) or down (-1).
    """

    turned = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._collected = 0

    def watch(self, panel: QWidget) -> None:
        """Take the wheel over a panel, and over what scrolls in it."""
        for widget in (panel, *viewports(panel)):
            widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or not isinstance(event, QWheelEvent):
            return False
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._collected = 0
            return False
        turn = event.angleDelta().y()
        if turn * self._collected < 0:
            self._collected = 0  # the other way round, at once
        self._collected += turn
        while abs(self._collected) >= NOTCH:
            step = 1 if self._collected > 0 else -1
            self._collected -= step * NOTCH
            self.turned.emit(step)
        return True


def viewports(panel: QWidget) -> Iterator[QWidget]:
    """What scrolls in a panel."""
    for area in panel.findChildren(QAbstractScrollArea):
        # viewport() would do, but the first one makes PySide load every widget class there is: 20 ms.
        found = area.findChild(QWidget, _VIEWPORT, Qt.FindChildOption.FindDirectChildrenOnly)
        yield found or area.viewport()
