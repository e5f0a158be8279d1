"""The panels of the window, in the order F6 goes through them. A new one is a file here and a line below."""

from __future__ import annotations

from typing import Final

from tutor.ui.panel import Panel
from tutor.ui.panels.check import CheckPanel
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.panels.jacobians import JacobiansPanel
from tutor.ui.panels.numbers import NumbersPanel
from tutor.ui.panels.program import ProgramPanel

PANELS: Final[tuple[type[Panel], ...]] = (ProgramPanel, NumbersPanel, DerivationPanel, JacobiansPanel, CheckPanel)
