"""A small memory that forgets what was not used for the longest time."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Keeps at most `limit` values; a new one pushes out the one unused for longest. Safe to share between threads."""

    def __init__(self, limit: int) -> None:
        """Starts empty.

        Raises:
            ValueError: The limit is below 1.
        """
        if limit < 1:
            raise ValueError("A memory needs room for at least one value.")
        self._limit = limit
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._kept)

    def get(self, key: Key) -> Value | None:
        """The value kept under the key, or None."""
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def items(self) -> list[tuple[Key, Value]]:
        """All that is kept, the oldest first."""
        with self._lock:
            return list(self._kept.items())

    def put(self, key: Key, value: Value) -> None:
        """Keeps a value, and forgets the oldest one if there is no more room."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
