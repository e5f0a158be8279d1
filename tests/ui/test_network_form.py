from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tutor.core.problem import Problem
from tutor.language.network import Layer
from tutor.ui.network_form import NetworkForm
from tutor.ui.window import MainWindow


@pytest.fixture
def form(qtbot: QtBot, window: MainWindow) -> NetworkForm:
    window.beside.new_network()
    (made,) = window.findChildren(NetworkForm)
    qtbot.waitExposed(made)
    return made


def test_it_stops_nobody(form: NetworkForm, window: MainWindow) -> None:
    assert isinstance(form, QDialog) and not form.isModal()
    window.beside.new_network()
    assert window.findChildren(NetworkForm) == [form], "asked for again, it comes to the front"


def test_layers_are_shown_as_they_are_chosen(qtbot: QtBot, form: NetworkForm) -> None:
    assert form.layers[0][0].isVisible() and not form.layers[1][0].isVisible()
    qtbot.keyClick(form.layer_count, Qt.Key.Key_Up)
    box, choice = form.layers[1]
    assert box.isVisible() and form.network.hidden == (Layer(3), Layer(4))
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert form.network.hidden[1] == Layer(4, "tanh")
    assert "h2 = tanh(a2)" in form.preview.toPlainText() and form.preview.words[3] == "3×4"
    qtbot.keyClick(form.layer_count, Qt.Key.Key_Down)
    qtbot.keyClick(form.layer_count, Qt.Key.Key_Up)
    assert form.network.hidden[1] == Layer(4, "tanh"), "what was chosen is remembered"


def test_the_loss_fits_the_output(qtbot: QtBot, form: NetworkForm) -> None:
    qtbot.keyClick(form.output, Qt.Key.Key_Down)
    assert (form.network.output, form.network.loss) == ("sigmoid", "binary cross-entropy")
    qtbot.keyClick(form.loss, Qt.Key.Key_Down)
    assert form.network.loss == "squared error"
    qtbot.keyClick(form.output, Qt.Key.Key_Up)
    assert form.network.loss == "cross-entropy" and "xent" in form.preview.toPlainText()


def test_a_size_that_cannot_be_had_is_said(qtbot: QtBot, form: NetworkForm) -> None:
    form.inputs.selectAll()
    qtbot.keyClicks(form.inputs, "99")
    qtbot.keyClick(form.inputs, Qt.Key.Key_Tab)
    assert form.refusal.text() == "A size is a whole number from 1 to 64." and form.network.inputs == 5


def test_it_opens_a_new_problem_that_undo_takes_back(
    qtbot: QtBot, form: NetworkForm, window: MainWindow, problem: Problem
) -> None:
    qtbot.keyClick(form.samples, Qt.Key.Key_Up)
    qtbot.mouseClick(form.open_button, Qt.MouseButton.LeftButton)
    assert not form.isVisible()
    assert window.store.problem.title == "Network 5-3-4, 2 samples" and window.store.document.name == ""
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    window.undo()
    assert window.store.problem is problem
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def test_boxes_are_gone_through_as_they_stand(qtbot: QtBot, form: NetworkForm) -> None:
    form.come()
    order = [form.inputs, form.layer_count, *form.layers[0], form.outputs, form.output, form.loss, form.samples]
    for before, after in pairwise(order):
        before.setFocus()
        form.focusNextChild()
        assert form.focusWidget() is after, after.accessibleName()
