"""Ctrl and the wheel: everything larger or smaller, a notch at a time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QWheelEvent

NOTCH = 120
"""What Qt calls one notch; touch pads tell of small parts of it."""


class ZoomWheel(QObject):
    """Filters the wheel of the widgets it is installed on.

    Signals:
        turned (int): A notch up (1) or down (-1).
    """

    turned = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._collected = 0

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
