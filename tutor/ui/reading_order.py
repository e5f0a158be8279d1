"""The order in which Tab goes through the window: as one reads, panel by panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cmp_to_key

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget


def go(parts: Iterable[QWidget], here: QWidget | None, forward: bool) -> bool:
    """Move the keyboard to the next control, or to the one before, and scroll there; after the last comes the first.

    Args:
        parts: What is gone through, in order.
        here: Where the keyboard is.
        forward: Whether to the next one.

    Returns:
        Whether there is any.
    """
    found = [stop for part in parts for stop in stops(part)]
    if not found:
        return False
    step = 1 if forward else -1
    at = found.index(here) + step if here in found else (0 if forward else -1)
    stop = found[at % len(found)]
    stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    holder = stop.parentWidget()
    while holder is not None and not isinstance(holder, QScrollArea):
        holder = holder.parentWidget()
    if holder is not None:
        holder.ensureWidgetVisible(stop)
    return True


def stops(part: QWidget) -> Iterator[QWidget]:
    """The controls in a widget, itself included, that Tab stops at."""
    if not part.isVisible() or not part.isEnabled():
        return
    if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.focusProxy() is None and _is_reachable(part):
        yield part
    children = [child for child in part.children() if isinstance(child, QWidget) and not child.isWindow()]
    for child in _as_read(children):
        yield from stops(child)


def _as_read(widgets: Sequence[QWidget]) -> list[QWidget]:
    """Line by line: what stands wholly above comes first, what stands beside comes from left to right."""

    def compare(one: QWidget, other: QWidget) -> int:
        a, b = one.geometry(), other.geometry()
        if a.bottom() < b.top() or b.bottom() < a.top():
            return a.top() - b.top()
        return a.left() - b.left() or a.top() - b.top()

    return sorted(widgets, key=cmp_to_key(compare))


def _is_reachable(widget: QWidget) -> bool:
    """Whether there is a place to see it at, be it by scrolling."""
    holder = widget.parentWidget()
    return holder is None or holder.rect().intersects(widget.geometry())
