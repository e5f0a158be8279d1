"""What there is to typeset."""

from typing import NamedTuple


class Job(NamedTuple):
    """One thing to typeset: the key of the memory.

    Attributes:
        source: Maths, or markup if there is a width.
        size: Font size.
        display: Whether the maths is set as if it stood on a line of its own.
        width: Width of a paragraph, or None for a formula.
    """

    source: str
    size: float
    display: bool
    width: float | None
