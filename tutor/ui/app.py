"""Starts the window. Nothing of Qt is loaded before it is certain that there is a screen."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

NO_DISPLAY = "There is no display here. These commands need none: derive, check, figure, problems."
NO_QT = "Qt cannot be loaded here ({why}). These commands need none: derive, check, figure, problems."

BEFORE_QT = (
    "numpy.random", "tutor.files.library", "tutor.core.differences", "tutor.figures.axes", "tutor.figures.lettering",
    "tutor.figures.verdict", "tutor.language.colouring", "tutor.typeset.fonts", "tutor.typeset.shelf",
)
"""What the first painting needs of the program below Qt. PySide reads the source of every module that is loaded after
it, to see whether the module uses it: that is a twentieth of the start."""


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window, on a document or ready-made problem if one is named.

    Args:
        argv: At most one argument, the document; the command line's own where it is None.

    Returns:
        The exit status: 2 where no window can be opened.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not has_display():
        print(NO_DISPLAY, file=sys.stderr)
        return 2
    # The window's matrices are small: a second thread of the linear algebra gains nothing, and takes 60 ms to start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Until the window is painted nothing is thrown away, so there is nothing to look for; session turns it on again.
    gc.disable()
    for module in BEFORE_QT:
        import_module(module)
    try:
        from tutor.ui.session import run
    except ImportError as error:
        # A library under Qt that is missing is told by the path of what wanted it.
        if not any(name in f"{error.name} {error.path}" for name in ("PySide6", "shiboken6")):
            raise
        print(NO_QT.format(why=error), file=sys.stderr)
        return 2
    return run(arguments)


def has_display(environment: os._Environ[str] | dict[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window can appear somewhere: always but on a Linux without a desktop session."""
    if platform in ("win32", "cygwin", "darwin"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
