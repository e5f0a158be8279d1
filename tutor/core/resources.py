"""Where the data that comes with the program is."""

from __future__ import annotations

from pathlib import Path

import tutor


def resources() -> Path:
    """The folder of what comes with the program: inside the installed package, or beside it in a checkout."""
    package = Path(tutor.__file__).parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"
