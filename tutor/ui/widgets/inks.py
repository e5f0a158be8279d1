"""The colours of a theme as Qt wants them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtGui import QColor

from tutor.figures.palette import Theme
from tutor.ui.widgets.formula_paint import FormulaColours


class Inks(NamedTuple):
    """The colours of a theme as Qt wants them, and those of formulas in each voice."""

    sheet: QColor
    ink: QColor
    ink2: QColor
    ink3: QColor
    line: QColor
    edge: QColor
    accent: QColor
    tint: QColor
    wrong: QColor
    first: FormulaColours
    second: FormulaColours
    third: FormulaColours
    lit: FormulaColours
    bad: FormulaColours


@lru_cache(maxsize=8)
def inks(theme: Theme) -> Inks:
    """The colours of a theme, made once."""
    colour = {name: QColor(getattr(theme, name)) for name in
              ("sheet", "ink", "ink2", "ink3", "line", "edge", "accent", "tint", "wrong")}

    def voice(name: str) -> FormulaColours:
        return FormulaColours(colour[name], colour["accent"], colour["tint"], colour["ink3"])

    return Inks(**colour, first=voice("ink"), second=voice("ink2"), third=voice("ink3"), lit=voice("accent"),
                bad=voice("wrong"))
