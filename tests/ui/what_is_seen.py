"""What a window shows, so that two windows can be compared."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from tutor.figures.heatmap import HeatmapSpec
from tutor.ui.panel import Panel
from tutor.ui.panels.check import CheckPanel
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.panels.formula import FormulaPanel
from tutor.ui.panels.jacobians import JacobiansPanel
from tutor.ui.panels.numbers import NumbersPanel
from tutor.ui.panels.program import ProgramPanel
from tutor.ui.widgets.formula_view import FormulaView
from tutor.ui.window import MainWindow

P = TypeVar("P", bound=Panel)


def panel_of(window: MainWindow, kind: type[P]) -> P:
    """The panel of a kind."""
    return next(panel for panel in window.docks.panels if isinstance(panel, kind))


def at_first(window: MainWindow) -> list[Panel]:
    """The panels that are seen in a new window."""
    return [panel for panel in window.docks.panels if panel.key != "formula"]


def words(window: MainWindow) -> dict[str, object]:
    """Everything that is said and every number that is shown, by where it is."""
    program, numbers, derivation, jacobians, check = (
        panel_of(window, ProgramPanel), panel_of(window, NumbersPanel), panel_of(window, DerivationPanel),
        panel_of(window, JacobiansPanel), panel_of(window, CheckPanel))
    problem = window.store.problem
    seen: dict[str, object] = {
        "program": program.listing.toPlainText(), "shapes": program.listing.words, "fault": program.listing.fault,
        "seed": numbers.seed.value(), "sizes": list(numbers.sizes.numbers.items()),
        "style": derivation.choice.style.currentText(), "form": derivation.choice.form.text(),
        "join": derivation.join.text() if derivation.join.isVisible() else "", "message": _said(derivation.message),
        "chain": _formulas(derivation.page.block), "warning": derivation.page.block.warning,
        "legend": jacobians.legend.accessibleName(), "paths": jacobians.path.currentText() * jacobians.path.isVisible(),
        "matrices": [_matrix(item) for item in jacobians.equation.spec.items],
        "equation": jacobians.equation.accessibleName(),
        "inspector": "" if jacobians.words is None else jacobians.words.words,
        "hint": jacobians.inspector.accessibleDescription(),
        "verdict": (check.words, check.verdict.right), "method": check.method.currentText(),
        "step": check.step.currentText() * check.step.isVisible(),
        "rows": [(row.name, row.formula.source, row.count, row.error, row.right) for row in check.list.rows
                 if check.list.isVisible()],
        "chosen": check.list.current * check.list.isVisible(),
        "tool bar": (window.tool_bar.variables.keys, window.tool_bar.variables.choice),
        "certified": (window.status.certified.words, window.status.certified.right),
        "agreement": (window.status.agreement.words, window.status.agreement.right), "setting": window.status.numbers,
    }
    formula = panel_of(window, FormulaPanel)
    if formula.isVisible():
        seen["formula"] = formula.line.text(), formula.words, formula.verdict.right, formula.use.isVisible()
    if check.comparison.isVisible():
        seen["comparison"] = [_matrix(table) for table in check.comparison.spec.tables]
    for name in problem.numbers:
        table = numbers.table(name)
        seen[f"table {name}"] = _matrix(table.table.spec), table.broken
    for number, card in enumerate(derivation.page.cards if derivation.page.isVisible() else ()):
        seen[f"step {number}"] = card.key, card.row.holds, card.is_open, card.warning, _formulas(card)
    return seen


def pictures(window: MainWindow) -> dict[str, QImage]:
    """Every panel as it is painted."""
    return {panel.key: panel.grab().toImage() for panel in window.docks.panels if panel.isVisible()}


def _said(label: QLabel) -> str:
    return label.text() if label.isVisible() else ""


def _formulas(inside: QWidget) -> list[str]:
    views = [view for view in inside.findChildren(FormulaView) if view.isVisible() and view.formula is not None]
    return [f"{view.accessibleName()}: {view.formula.source}" for view in views if view.formula is not None]


def _matrix(spec: HeatmapSpec) -> tuple[object, ...]:
    values = np.round(np.asarray(spec.values, dtype=float), 12).tolist()
    return spec.key, str(values), spec.row_names, spec.column_names, spec.title, spec.scale
