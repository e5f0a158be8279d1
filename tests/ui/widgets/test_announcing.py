"""What is said aloud while arrow keys go from cell to cell and from line to line."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tutor.figures.heatmap import HeatmapSpec
from tutor.figures.lettering import typeset_with
from tutor.figures.palette import LIGHT
from tutor.typeset import Typesetter
from tutor.ui.theme import Look
from tutor.ui.widgets import check_list, table_view


class Heard:
    """Stands where a screen reader would listen."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def isActive(self) -> bool:
        return True

    def updateAccessibility(self, event: QAccessibleAnnouncementEvent) -> None:
        self.words.append(event.message())


def listened(monkeypatch: pytest.MonkeyPatch, widget: QWidget, qtbot: QtBot) -> Heard:
    heard = Heard()
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    widget.setFocus()
    monkeypatch.setattr(QtGui, "QAccessible", heard)
    return heard


def test_a_table_says_the_cell_the_keyboard_comes_to(
    qtbot: QtBot, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = table_view.TableView(typeset_with(Typesetter()))
    qtbot.addWidget(table)
    table.set_spec(HeatmapSpec("W", np.array([[1.0, -0.5]])))
    heard = listened(monkeypatch, table, qtbot)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(table, key)
    assert heard.words == ["row 1, column 2, −0.50", "row 1, column 1, 1.00"]


def test_a_list_says_the_line_the_keyboard_comes_to(qtbot: QtBot, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = check_list.CheckList()
    qtbot.addWidget(shown)
    formula = Typesetter().formula("x", 15)
    rows = [check_list.CheckRow(name, formula, "5", "3.7e−9", True) for name in ("x", "h")]
    shown.show_rows([rows], "x", LIGHT, 1.0)
    heard = listened(monkeypatch, shown, qtbot)
    qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert heard.words == ["h, 5 entries, worst relative error 3.7e−9, agrees"]
