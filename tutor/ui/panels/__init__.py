"""The panels of the window, in the order F6 goes through them. A new one is a file here and a line below.

What a person can edit at once stands here as a class; everything else is loaded after the first paint.
"""

from __future__ import annotations

from typing import Final

from tutor.ui.panel import Area, Later, Panel
from tutor.ui.panels.numbers import NumbersPanel
from tutor.ui.panels.program import ProgramPanel

PANELS: Final[tuple[type[Panel] | Later, ...]] = (
    ProgramPanel,
    NumbersPanel,
    Later(f"{__name__}.derivation", "DerivationPanel", "derivation", "Derivation", Area.CENTRE),
    Later(f"{__name__}.jacobians", "JacobiansPanel", "jacobians", "Jacobians", Area.RIGHT),
    Later(f"{__name__}.check", "CheckPanel", "check", "Gradient check", Area.BOTTOM),
    Later(f"{__name__}.formula", "FormulaPanel", "formula", "My formula", Area.BOTTOM, beside="check"),
)
