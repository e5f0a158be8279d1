"""Printing: expressions as Unicode text, Typst, LaTeX, and Python for NumPy, PyTorch or JAX."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tutor.language.printing.as_latex import latex, latex_prose
    from tutor.language.printing.as_numpy import numpy, numpy_prelude
    from tutor.language.printing.as_text import program_text, text
    from tutor.language.printing.as_typst import typst
    from tutor.language.printing.libraries import JAX, LIBRARIES, NUMPY, TORCH, Library
    from tutor.language.printing.notation import PartOf, Path

__all__ = ["JAX", "LIBRARIES", "NUMPY", "TORCH", "Library", "PartOf", "Path", "latex", "latex_prose", "numpy",
           "numpy_prelude", "program_text", "text", "typst"]

_MODULES: Final = {
    "latex": "as_latex", "latex_prose": "as_latex", "numpy": "as_numpy", "numpy_prelude": "as_numpy",
    "program_text": "as_text", "text": "as_text", "typst": "as_typst", "JAX": "libraries", "LIBRARIES": "libraries",
    "NUMPY": "libraries", "TORCH": "libraries", "Library": "libraries", "PartOf": "notation", "Path": "notation",
}


def __getattr__(name: str) -> Any:
    """Load a printer when it is asked for: reading a program needs none but text."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return found
