"""From Typst source to glyphs, boxes of parts, and documents. No Qt, no SymPy, no matplotlib in here."""

from tutor.typeset.errors import TypesetError
from tutor.typeset.formula import Box, Formula, Glyph, Rule
from tutor.typeset.typesetter import Typesetter

__all__ = ["Box", "Formula", "Glyph", "Rule", "TypesetError", "Typesetter"]
