"""Where the font files lie.

Inter (all said text) and JetBrains Mono (all typed text) come as Python packages, so Typst, Qt and matplotlib
read the same files on every machine. New Computer Modern (all mathematics) and DejaVu Sans Mono are inside Typst.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

INTER = "Inter"
"""Family name of the text face."""

MONO = "JetBrains Mono"
"""Family name of the face for what the user types."""


def inter_files() -> tuple[Path, ...]:
    """The files of Inter, upright first; each holds all weights."""
    return _font_files("fontpkg_inter")


def mono_files() -> tuple[Path, ...]:
    """The files of JetBrains Mono, upright first; each holds all weights."""
    return _font_files("fontpkg_jetbrains_mono")


@cache
def _font_files(package: str) -> tuple[Path, ...]:
    """The font files a font package carries.

    Raises:
        FileNotFoundError: The package is not there, or holds no font.
    """
    spec = find_spec(package)  # importlib.resources would do, and costs 10 ms at start
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The package {package.replace('_', '-')} is not installed.")
    folder = Path(spec.origin).parent / "files"
    found = sorted(
        (path for path in folder.iterdir() if path.suffix.lower() in {".ttf", ".otf"}),
        key=lambda path: ("Italic" in path.name, path.name),
    )
    if not found:
        raise FileNotFoundError(f"The package {package} holds no font files.")
    return tuple(found)
