"""Which edits are one movement of the hand, so that one undo takes them back."""

from __future__ import annotations

from itertools import count

_gestures = count(1)


def new_gesture() -> int:
    """A number no other gesture has: equal ones make one step of undo."""
    return next(_gestures)
