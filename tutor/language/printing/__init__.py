"""Printing: expressions as Unicode text, Typst, LaTeX and NumPy."""

from tutor.language.printing.as_latex import latex
from tutor.language.printing.as_numpy import numpy, numpy_prelude
from tutor.language.printing.as_text import program_text, text
from tutor.language.printing.as_typst import typst
from tutor.language.printing.notation import PartOf, Path

__all__ = ["PartOf", "Path", "latex", "numpy", "numpy_prelude", "program_text", "text", "typst"]
