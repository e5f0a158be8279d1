"""What is said aloud to people who do not see the window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def describe(widget: QWidget, words: str) -> None:
    """Say in words what a widget shows now: aloud at once while the keyboard is in it and a screen reader listens."""
    if words == widget.accessibleDescription():
        return
    widget.setAccessibleDescription(words)
    if words and widget.hasFocus():
        # It has so many names that loading it takes 2 ms, and the first painting needs none of them.
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
