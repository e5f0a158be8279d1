from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tutor.core.errors import Position, TutorError
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.figures.palette import DARK, LIGHT, Theme
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui.panel import Spot, View
from tutor.ui.panels.program import ProgramPanel, line_fault, line_shapes, places
from tutor.ui.theme import Look
from tutor.ui.widgets.listing import Place


def view_of(problem: Problem, theme: Theme = LIGHT, refusal: TutorError | None = None) -> View:
    return View(problem, evaluate(problem), None, None, None, refusal, False, theme)


@pytest.fixture
def show(qtbot: QtBot, look: Look) -> Callable[[View], ProgramPanel]:
    def show_panel(view: View) -> ProgramPanel:
        panel = ProgramPanel(Typesetter())
        qtbot.addWidget(panel)
        panel.resize(300, 300)
        panel.show_view(view)
        panel.show()
        return panel

    return show_panel


def test_every_line_says_its_shape(problem: Problem) -> None:
    shapes = line_shapes(problem)
    assert shapes == {0: "1×5", 1: "5×3", 2: "1×3", 3: "3×5", 4: "1×5", 5: "1×5", 7: "1×3", 8: "1×3", 9: "1×5",
                      10: "1×5", 11: "number"}  # fmt: skip


def test_shapes_follow_the_sizes(show: Callable[[View], ProgramPanel], problem: Problem) -> None:
    panel = show(view_of(problem))
    panel.show_view(view_of(problem.with_dims({"n": 2, "m": 4, "k": 3})))
    assert panel.listing.words[1] == "2×4"
    assert panel.listing.toPlainText() == problem.program.text.rstrip()


def test_the_listing_is_read_and_not_written(
    qtbot: QtBot, show: Callable[[View], ProgramPanel], problem: Problem
) -> None:
    panel = show(view_of(problem))
    qtbot.keyClicks(panel.listing, "z = 1")
    assert panel.listing.toPlainText() == problem.program.text.rstrip()


def test_a_link_marks_where_its_weight_is_read(problem: Problem) -> None:
    spot = Spot(link=("θ", "h"), entry=(1, 2), cells=(("W2", 2, 1),))
    assert places(problem, spot) == (Place(9, 6, 2),)


def test_a_name_is_not_found_inside_a_longer_one(problem: Problem) -> None:
    # b1 also has a 1, and W1 and b1 share no place; x is not the x of softmax.
    assert places(problem, Spot(name="x")) == (Place(7, 4, 1),)
    assert places(problem, Spot(name="θ")) == (Place(10, 12, 1),)


def test_a_name_is_found_however_it_is_spelled() -> None:
    text = "W_1 : (2, 2)\nx : (2, 1)\nyhat = W_1 x; z = W1 W_{1} x  # W_1\nL = sum(yhat + z)"
    problem = Problem.drawn("Spelled", read_program(text), "x", {})
    assert places(problem, Spot(name="W1")) == (Place(2, 7, 3), Place(2, 18, 2), Place(2, 21, 5))
    assert places(problem, Spot(("z", "W1"))) == ()
    assert places(problem, Spot(("z", "x"), cells=(("W1", 0, 0),))) == (Place(2, 18, 2), Place(2, 21, 5))
    assert places(problem, Spot(name="ŷ")) == (Place(3, 8, 4),)


def test_an_error_stands_at_its_place(show: Callable[[View], ProgramPanel], problem: Problem) -> None:
    error = TutorError("W1 is 5×3 and h is 1×3; a product needs 3 rows on the right.", Position(10, 7, 2))
    panel = show(view_of(problem, refusal=error))
    fault = panel.listing.fault
    assert fault == line_fault(error)
    assert fault is not None and fault.place == Place(9, 6, 2)
    roomy = panel.listing.sizeHint().height()
    panel.show_view(view_of(problem))
    assert panel.listing.fault is None
    assert panel.listing.sizeHint().height() < roomy


def test_other_colours(show: Callable[[View], ProgramPanel], problem: Problem, look: Look) -> None:
    panel = show(view_of(problem))
    look.choose("dark")
    panel.show_view(view_of(problem, DARK))
    picture = panel.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, picture.height() - 30).name().upper() == DARK.sheet


def test_a_long_line_is_read_to_its_end(show: Callable[[View], ProgramPanel]) -> None:
    text = "y : (1, k)\np : (1, k)\n\nL = 0.5 * sum((p - y) * (p - y)) + 0.5 * sum((p - y) * (p - y))"
    panel = show(view_of(Problem.drawn("Long", read_program(text), "p", {"k": 3})))
    QApplication.processEvents()
    listing = panel.listing
    line = listing.document().findBlockByNumber(3)
    assert line.layout().lineCount() > 1 and listing.horizontalScrollBar().maximum() == 0
    parts = [line.layout().lineAt(i) for i in range(line.layout().lineCount())]
    word = listing.fontMetrics().horizontalAdvance("number")
    assert all(p.naturalTextRect().right() < listing.viewport().width() - 0.8 * word for p in parts)
    long = listing.sizeHint().height()
    panel.resize(900, 300)
    QApplication.processEvents()
    assert line.layout().lineCount() == 1 and listing.sizeHint().height() < long


def test_nothing_looks_as_if_one_could_write(show: Callable[[View], ProgramPanel], problem: Problem) -> None:
    panel = show(view_of(problem))
    listing = panel.listing
    assert listing.cursorWidth() == 0
    assert listing.accessibleDescription().startswith("Read-only")
    listing.selectAll()
    assert listing.textCursor().selectedText()
