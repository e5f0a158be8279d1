"""My formula, typed and pasted as a person does it."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.what_is_seen import panel_of
from tutor.files import library
from tutor.files.document import document_text, read_document
from tutor.marking.claims import claims
from tutor.typeset import Typesetter
from tutor.ui.documents import Ready
from tutor.ui.panels.formula import FormulaPanel
from tutor.ui.prover import Prover
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier
PUBLISHED = r"\Big(({\hat y}-y)W_2^T\Big)\circ\Big((h-h\circ h)W_1^T\Big)"
REPAIRED = "(((ŷ − y) W2ᵀ) ∘ (h − h ∘ h)) W1ᵀ"


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow) -> FormulaPanel:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL)
    found = panel_of(window, FormulaPanel)
    qtbot.waitUntil(found.line.hasFocus)
    return found


def paste(qtbot: QtBot, window: MainWindow, panel: FormulaPanel, text: str) -> None:
    panel.line.selectAll()
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(panel.line, Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: not window.busy and panel.view is not None and (panel.view.marking is not None or not text),
                    timeout=10_000)


def test_it_is_hidden_until_it_is_asked_for(qtbot: QtBot, window: MainWindow) -> None:
    panel = panel_of(window, FormulaPanel)
    assert not panel.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL)
    assert panel.isVisible() and panel.line.placeholderText()
    assert "wrong" not in panel.words.lower()
    window.reset_panels()
    assert not panel.isVisible()


def test_the_published_form_is_shown_back_judged_and_repaired(
    qtbot: QtBot, window: MainWindow, panel: FormulaPanel
) -> None:
    paste(qtbot, window, panel, PUBLISHED)
    assert panel.verdict.right is False
    assert "The two sides of ∘ have different shapes" in panel.words
    assert "you move the brackets" in panel.words and f"repaired {REPAIRED}" in panel.words
    qtbot.keyClick(panel.line, Qt.Key.Key_Return, CTRL)
    assert panel.line.text() == REPAIRED
    qtbot.waitUntil(lambda: panel.verdict.right is True, timeout=10_000)
    assert not panel.use.isVisible()


def test_what_is_typed_is_judged_as_it_is_typed(qtbot: QtBot, window: MainWindow, panel: FormulaPanel) -> None:
    QGuiApplication.clipboard().setText("δa")
    qtbot.keyClick(panel.line, Qt.Key.Key_V, CTRL)
    QTest.keyClicks(panel.line, " W1")
    qtbot.waitUntil(lambda: panel.verdict.right is False, timeout=10_000)
    QTest.keyClicks(panel.line, ".T")
    qtbot.waitUntil(lambda: panel.verdict.right is True, timeout=10_000)
    QTest.keyClicks(panel.line, " +")
    qtbot.waitUntil(lambda: panel.verdict.right is None and panel.verdict.isVisible(), timeout=10_000)
    assert "has to follow" in panel.words
    panel.line.selectAll()
    qtbot.keyClick(panel.line, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not panel.verdict.isVisible(), timeout=10_000)


def test_another_variable_is_another_question(qtbot: QtBot, window: MainWindow, panel: FormulaPanel) -> None:
    paste(qtbot, window, panel, "np.outer(h, ŷ - y)")
    assert panel.verdict.right is False
    window.ask("W2")
    qtbot.waitUntil(lambda: panel.verdict.right is True, timeout=20_000)
    assert panel.left.accessibleName() == "∂L/∂W2 ="


def test_the_first_misfit_is_marked(qtbot: QtBot, window: MainWindow, panel: FormulaPanel) -> None:
    paste(qtbot, window, panel, "(ŷ - y) W2 W1ᵀ")
    formula = panel._echo.view.formula
    assert formula is not None
    assert {box.part for box in formula.boxes} <= {"misfit"}
    assert any(glyph.part == "misfit" for glyph in formula.glyphs)


def test_what_is_new_in_a_repaired_formula_is_marked(qtbot: QtBot, window: MainWindow, panel: FormulaPanel) -> None:
    paste(qtbot, window, panel, "(((ŷ - y) W2ᵀ) ∘ h ∘ (1 - h)) W1")
    (strip,) = [row for row in panel._rows if not row.isHidden() and row.view.accessibleName().startswith("repaired")]
    formula = strip.view.formula
    assert formula is not None
    new = [box for box in formula.boxes if box.part == "changed"]
    assert len(new) == 1 and new[0].x > 0.7 * formula.width, "W1ᵀ at its end"


def test_the_numbers_stand_beside_the_right_ones(qtbot: QtBot, window: MainWindow, panel: FormulaPanel) -> None:
    window.resize(1440, 900)
    paste(qtbot, window, panel, "(((ŷ - y) W2ᵀ) ∘ h) W1ᵀ")
    assert panel.comparison.isVisible() and panel.comparison.spec.labels == ("mine", "right", "difference")
    right = window._view().evaluation.gradients["x"]
    np.testing.assert_allclose(panel.comparison.spec.numeric, right, rtol=1e-12)
    assert np.abs(panel.comparison.spec.difference).max() > 1e-3
    paste(qtbot, window, panel, PUBLISHED)
    assert panel.comparison.spec.shape == (1, 4), "at equal sizes it has numbers, and they are wrong"
    assert panel._about.words == "At 4-4-4 every shape would fit, and 4 of 4 entries differ"
    paste(qtbot, window, panel, REPAIRED)
    assert not panel.comparison.isVisible()


def test_it_is_kept_with_the_document(qtbot: QtBot, window: MainWindow, panel: FormulaPanel) -> None:
    paste(qtbot, window, panel, PUBLISHED)
    shown = window.documents.shown()
    assert shown.formula == PUBLISHED
    text = document_text(window.store.problem, shown)
    assert read_document(text).shown.formula == PUBLISHED


def test_sizes_and_zoom_move_the_answer_along(qtbot: QtBot, window: MainWindow, panel: FormulaPanel) -> None:
    paste(qtbot, window, panel, PUBLISHED)
    window.store.edit("change", window.store.problem.with_dims({"n": 4, "m": 4, "k": 4}))
    qtbot.waitUntil(lambda: "4-4-4 every shape fits by accident" in panel.words, timeout=20_000)
    window.zoom(2)
    QApplication.processEvents()
    assert panel.verdict.right is False
    window.zoom(0)


def test_a_published_formula_opens_its_problem_and_is_marked(
    qtbot: QtBot, look: Look, settings: QSettings, typesetter: Typesetter, prover: Prover
) -> None:
    gallery = [Ready(ready.title, partial(library.problem, ready.name), ready.name) for ready in library.ready_made()]
    window = MainWindow(library.problem(library.FIRST), look, settings, gallery, typesetter=typesetter, prover=prover,
                        document=library.FIRST)
    qtbot.addWidget(window)
    window.show()
    window.derive()
    window.docks.bring("formula")
    panel = panel_of(window, FormulaPanel)
    for place, claim in enumerate(claims()):
        panel.claims.setCurrentIndex(place)
        panel.claims.activated.emit(place)
        qtbot.waitUntil(lambda: not window.busy and panel.view is not None and panel.view.marking is not None,
                        timeout=20_000)
        assert window.store.document.name == claim.problem and window.store.problem.wrt == claim.wrt
        assert panel.line.text() == claim.formula and panel.claims.currentText() == claim.title
        assert panel.use.isVisible() is (panel.verdict.right is False)
    window.undo()
    window.store.keep("kept")
    window.close()
