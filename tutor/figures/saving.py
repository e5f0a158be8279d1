"""Writing a figure to a file: the same bytes on every machine and at every time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, Literal

import matplotlib
from matplotlib.figure import Figure

Format = Literal["svg", "pdf", "png"]
FORMATS: Final[tuple[Format, ...]] = ("svg", "pdf", "png")

_SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "path",  # opens the same where Inter is not installed
    "svg.hashsalt": "chain-rule-tutor",
    "svg.image_inline": True,
    "pdf.fonttype": 42,  # real fonts: text in the file can be selected and found
    "pdf.compression": 6,
    "path.simplify": False,
    "text.usetex": False,
    "text.hinting": "none",
    "savefig.bbox": None,
    "savefig.facecolor": "auto",
    "savefig.edgecolor": "auto",
    "savefig.transparent": False,
}
# Dates and names of programs would make every file another one.
_NO_TRACES: Final[dict[Format, dict[str, str | None]]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


@contextmanager
def own_settings() -> Iterator[None]:
    """Matplotlib's own defaults and ours on top, whatever the user has set elsewhere."""
    settings: dict[Any, Any] = {
        key: value for key, value in matplotlib.rcParamsDefault.items() if not key.startswith("backend")
    }
    with matplotlib.rc_context(settings | _SETTINGS):
        yield


def save(
    figure: Figure,
    target: str | os.PathLike[str] | IO[bytes],
    kind: Format,
    *,
    dpi: float = 300.0,
    title: str = "",
) -> None:
    """Writes a figure.

    Args:
        figure: What was drawn.
        target: A path, or something open for writing bytes.
        kind: ``svg``, ``pdf`` or ``png``.
        dpi: Dots per inch of a PNG.
        title: A title for those who read the file's properties, or have it read to them.
    """
    metadata = dict(_NO_TRACES[kind])
    if title:
        metadata["Title"] = title
    with own_settings():
        figure.savefig(target, format=kind, dpi=dpi, metadata=metadata)
