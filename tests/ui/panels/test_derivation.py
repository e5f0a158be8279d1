from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.programs import skips
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive import derive
from tutor.derive.proof import Proof, prove
from tutor.figures.palette import DARK, LIGHT
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui.panel import Spot, View
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.theme import Look
from tutor.ui.widgets.formula_strip import FormulaStrip
from tutor.ui.widgets.formula_view import PADDING_X, PADDING_Y, FormulaView
from tutor.ui.widgets.step_card import StepCard
from tutor.ui.window import MainWindow

BATCH = """\
X : (N, n)
W : (n, m)
b : (1, m)
Y : (N, m)
H = σ(X W + b)
E = H - Y
L = sum(E * E)"""

TWICE = """\
x : (1, n)
W : (n, n)
h = tanh(x W)
g = h W + x
L = sum(g * g)"""


def drawn(text: str, wrt: str, **sizes: int) -> Problem:
    return Problem.drawn("", read_program(text), wrt, sizes, 3)


def view_of(problem: Problem, **more: object) -> View:
    derivation = derive(problem.program, problem.wrt, problem.kinds)
    if "proofs" not in more:
        more["proofs"] = {(ln.output, ln.source): proof_of(problem.program.text, problem.wrt, ln.output, ln.source,
                                                           tuple(problem.dims.items())) for ln in derivation.links}
    view = View(problem=problem, evaluation=evaluate(problem), check=None, check_refusal=None, derivation=derivation,
                refusal=None, stale=False, theme=LIGHT)
    return replace(view, **more)  # type: ignore[arg-type]


@lru_cache
def proof_of(text: str, wrt: str, output: str, source: str, dims: tuple[tuple[str, int], ...]) -> Proof:
    """By the text of the program, so that the same link is proved once for all tests."""
    program = read_program(text)
    return prove(program, derive(program, wrt).link(output, source), dict(dims))


class Shown:
    """A panel on a view, and what it said."""

    def __init__(self, panel: DerivationPanel, qtbot: QtBot) -> None:
        self.panel, self.qtbot = panel, qtbot
        self.pointed: list[Spot | None] = []
        self.pinned: list[Spot | None] = []
        self.joining: list[bool] = []
        panel.pointed.connect(self.pointed.append)
        panel.pinned.connect(self.pinned.append)
        panel.joining_wanted.connect(self.joining.append)

    def show(self, view: View) -> None:
        self.panel.show_view(view)
        QApplication.processEvents()

    @property
    def chain(self) -> FormulaView:
        return self.panel.page.block.chain.view

    @property
    def line(self) -> FormulaView:
        return self.panel.page.block.line.view

    def card(self, key: str) -> StepCard:
        return next(card for card in self.panel.page.cards if card.key == key)

    def opened(self) -> list[str]:
        return [card.key for card in self.panel.page.cards if card.is_open]

    def said(self, key: str) -> str:
        return "\n".join(strip.view.accessibleName() for strip in self.card(key).strips)

    def hover(self, view: FormulaView, part: str) -> None:
        move(view, place_of(view, part))

    def linked(self) -> list[str]:
        return [card.key for card in self.panel.page.cards if card.row.linked]


def place_of(view: FormulaView, part: str) -> QPoint:
    """The middle of the first place of a part."""
    assert view.formula is not None
    box = next(box for box in view.formula.boxes if box.part == part)
    scale = view.sizeHint().width() / (view.formula.width + 2 * PADDING_X)
    return QPointF((box.x + box.w / 2 + PADDING_X) * scale, (box.y + box.h / 2 + PADDING_Y) * scale).toPoint()


def move(widget: QWidget, place: QPoint) -> None:
    """The pointer moves: first somewhere else, so that it is a movement wherever it was."""
    QTest.mouseMove(widget, place + QPoint(1, 0))
    QTest.mouseMove(widget, place)
    QApplication.processEvents()


@pytest.fixture
def shown(qtbot: QtBot, look: Look, typesetter: Typesetter) -> Iterator[Callable[..., Shown]]:
    panels: list[DerivationPanel] = []

    def open_on(view: View, width: int = 582, height: int = 526) -> Shown:
        panel = DerivationPanel(typesetter)
        panels.append(panel)
        qtbot.addWidget(panel)
        panel.options()[0].setParent(panel)
        panel.resize(width, height)
        result = Shown(panel, qtbot)
        panel.show()
        qtbot.waitExposed(panel)
        panel.activateWindow()
        result.show(view)
        return result

    yield open_on
    for panel in panels:
        panel.close()


@pytest.fixture
def question(shown: Callable[..., Shown], problem: Problem) -> Shown:
    return shown(view_of(problem))


# --- what it shows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wrt", "last"), [("x", "a→x"), ("W1", "a→W1"), ("b1", "a→b1"), ("W2", "θ→W2"),
                                           ("b2", "θ→b2")])
def test_each_variable_has_its_chain(shown: Callable[..., Shown], problem: Problem, wrt: str, last: str) -> None:
    panel = shown(view_of(problem.with_wrt(wrt)))
    assert panel.chain.formula is not None
    assert panel.chain.formula.parts[-1] == last
    assert panel.panel.page.cards[-1].key == wrt
    assert all(card.row.holds for card in panel.panel.page.cards)


def test_a_batch_sums_over_its_rows(shown: Callable[..., Shown]) -> None:
    panel = shown(view_of(drawn(BATCH, "b", N=4, n=3, m=2)))
    assert "colsum" in panel.card("b").row.accessibleName()
    assert all(card.row.holds for card in panel.panel.page.cards)


def test_a_variable_used_twice_has_two_chains(shown: Callable[..., Shown]) -> None:
    panel = shown(view_of(drawn(TWICE, "W", n=3)))
    assert panel.chain.formula is not None
    assert [box.part for box in panel.chain.formula.boxes] == ["L→g", "g→W", "L→g", "g→h", "h→W"]
    assert panel.card("W").row.accessibleName().startswith("g and h → W:")


def test_switching_the_target_keeps_the_open_step(question: Shown, problem: Problem) -> None:
    question.qtbot.mouseClick(question.card("h").row, Qt.MouseButton.LeftButton)
    assert question.opened() == ["h"]
    question.show(view_of(problem.with_wrt("W1")))
    assert question.opened() == ["h"]
    question.show(view_of(problem.with_wrt("b2")))
    assert question.opened() == []
    question.show(view_of(problem))
    assert question.opened() == ["h"]


def test_what_is_abbreviated_is_told_under_the_line(shown: Callable[..., Shown]) -> None:
    problem = Problem.drawn("", skips(10), "x", {"n": 2}, 3)
    assert shown(view_of(problem, proofs=None)).line.accessibleName().endswith("= δh2 + δh1 ∘ (1 − h1**2)")
    for width in (582, 400):
        block = shown(view_of(problem, proofs=None), width).panel.page.block
        told = block.meanings.removeprefix("where ").split("; ")
        assert [meaning.split(" = ")[0] for meaning in told] == [f"δh{i}" for i in range(10, 0, -1)]


def test_what_is_not_abbreviated_is_not_told(question: Shown) -> None:
    assert question.panel.page.block.meanings == ""


def test_a_refusal_is_a_sentence(question: Shown, problem: Problem) -> None:
    question.show(view_of(problem, derivation=None, refusal=TutorError("L is a 1×5 matrix.")))
    assert question.panel.message.isVisible() and question.panel.message.text() == "L is a 1×5 matrix."
    assert not question.panel.page.isVisible()
    question.show(view_of(problem))
    assert not question.panel.message.isVisible() and question.panel.page.isVisible()


def test_what_the_output_does_not_read_is_said(shown: Callable[..., Shown]) -> None:
    panel = shown(view_of(drawn("x : (1, n)\nz : (1, n)\nL = sum(x)", "z", n=3)))
    assert panel.panel.message.text() == "L does not depend on z, so every slope is 0."
    assert not panel.chain.isVisible() and panel.line.isVisible()


def test_sympy_is_waited_for(question: Shown) -> None:
    view = question.panel.view
    assert view is not None
    question.show(replace(view, proofs=None))
    assert "SymPy: SymPy is looking …" in question.said("a")
    question.show(view)
    assert "SymPy is looking" not in question.said("a")
    assert "checked: Exact in all 9 entries." in question.said("a")


def test_dragging_an_edge_lays_out_in_steps(question: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[int] = []
    lay_out = question.panel._lay_out
    monkeypatch.setattr(question.panel, "_lay_out", lambda: (laid.append(question.panel.width()), lay_out()))
    for width in range(583, 623):
        question.panel.resize(width, 526)
    assert 4 <= len(laid) <= 6


def test_the_derivation_of_the_problem_before_stays_until_the_new_one_is_there(
    question: Shown, problem: Problem
) -> None:
    before = question.chain.formula
    other = drawn(TWICE, "W", n=3)
    question.panel.show_view(view_of(other, derivation=question.panel.view.derivation, stale=True))  # type: ignore[union-attr]
    assert question.chain.formula is before


# --- numbers and promises ------------------------------------------------------------------------------------------


def test_a_number_edit_costs_nothing_here(question: Shown, problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nothing is typeset for a number")

    view = question.panel.view
    assert view is not None
    for name in ("formulas", "paragraphs", "formula", "paragraph"):
        monkeypatch.setattr(Typesetter, name, never)
    chain = question.chain.formula
    edited = problem.with_numbers("x", np.zeros((1, 5)))
    question.panel.show_view(replace(view, problem=edited, evaluation=evaluate(edited)))
    assert question.chain.formula is chain


def test_a_broken_promise_is_said_at_the_step_and_at_the_result(question: Shown, problem: Problem) -> None:
    view = question.panel.view
    assert view is not None
    broken = problem.with_numbers("y", np.full((1, 5), 0.5))
    question.show(replace(view, problem=broken, evaluation=evaluate(broken)))
    assert question.card("θ").warning == "Uses that y is a distribution; its numbers break this promise."
    assert question.panel.page.block.warning == question.card("θ").warning
    assert not question.card("θ").row.holds and "its numbers break a promise" in question.card("θ").row.accessibleName()
    assert question.card("h").row.holds and question.card("h").warning == ""
    assert has_colour(question.card("θ"), LIGHT.wrong)
    question.show(view)
    assert question.card("θ").warning == "" and question.card("θ").row.holds
    assert question.panel.page.block.warning == ""


def has_colour(widget: QWidget, colour: str) -> bool:
    image, wanted = widget.grab().toImage(), QColor(colour).rgb()
    return any(image.pixel(x, y) == wanted for y in range(image.height()) for x in range(image.width()))


# --- pointing ------------------------------------------------------------------------------------------------------


def test_hovering_a_factor_points_at_its_link(question: Shown) -> None:
    question.hover(question.chain, "θ→h")
    assert question.pointed[-1] == Spot(link=("θ", "h"))
    question.hover(question.line, "h→a")
    assert question.pointed[-1] == Spot(link=("h", "a"))
    QApplication.sendEvent(question.line, QEvent(QEvent.Type.Leave))
    assert question.pointed[-1] is None


def test_hovering_a_row_points_at_its_link(question: Shown) -> None:
    row = question.card("h").row
    move(row, QPoint(row.width() // 2, row.height() // 2))
    assert question.pointed[-1] == Spot(link=("θ", "h"))
    QApplication.sendEvent(row, QEvent(QEvent.Type.Leave))
    assert question.pointed[-1] is None


def test_a_spot_from_elsewhere_lights_column_pieces_and_step(question: Shown) -> None:
    assert not has_colour(question.panel.page.block, LIGHT.tint)
    question.panel.show_spot(Spot(link=("θ", "h"), entry=(1, 2)))
    assert question.linked() == ["h"]
    assert has_colour(question.panel.page.block.chain, LIGHT.tint)
    assert has_colour(question.panel.page.block.line, LIGHT.tint)
    assert has_colour(question.card("h"), LIGHT.tint)
    question.panel.show_spot(None)
    assert question.linked() == [] and not has_colour(question.panel, LIGHT.tint)


def test_a_joined_link_lights_both_steps(question: Shown) -> None:
    question.panel.show_spot(Spot(link=("L", "θ")))
    assert question.linked() == ["ŷ", "θ"]


def test_where_paths_meet_the_step_is_about_its_variable(shown: Callable[..., Shown]) -> None:
    panel = shown(view_of(drawn(TWICE, "W", n=3)))
    row = panel.card("W").row
    move(row, QPoint(row.width() // 2, row.height() // 2))
    assert panel.pointed[-1] == Spot(name="W")
    panel.panel.show_spot(Spot(name="W"))
    assert panel.linked() == ["W"]
    panel.panel.show_spot(Spot(link=("h", "W")))
    assert panel.linked() == ["W"]


def test_a_click_pins_and_another_lets_go(question: Shown) -> None:
    place = place_of(question.chain, "θ→h")
    question.qtbot.mouseClick(question.chain, Qt.MouseButton.LeftButton, pos=place)
    assert question.pinned == [Spot(link=("θ", "h"))]
    question.panel.show_spot(question.pinned[-1])
    question.qtbot.mouseClick(question.chain, Qt.MouseButton.LeftButton, pos=place)
    assert question.pinned[-1] is None


def test_a_pin_released_elsewhere_can_be_set_again(question: Shown) -> None:
    place = place_of(question.chain, "θ→h")
    question.qtbot.mouseClick(question.chain, Qt.MouseButton.LeftButton, pos=place)
    question.panel.show_spot(None)
    question.qtbot.mouseClick(question.chain, Qt.MouseButton.LeftButton, pos=place)
    assert question.pinned == [Spot(link=("θ", "h"))] * 2


def test_a_part_of_an_opened_row_is_the_same_part(question: Shown) -> None:
    rule = question.card("a").strips[0].view
    question.hover(rule, "h→a")
    assert question.pointed[-1] == Spot(link=("h", "a"))


# --- opening -------------------------------------------------------------------------------------------------------


def test_the_step_with_the_circle_is_open_and_says_why(question: Shown) -> None:
    assert question.opened() == ["a"]
    said = question.said("a")
    assert "rule: δa = δh ∂h/∂a = δh diag(h ∘ (1 − h)) = δh ∘ h ∘ (1 − h)" in said
    assert "because: " in said and "entry by entry" in said
    assert "checked: Exact in all 9 entries." in said


def test_a_click_opens_one_step_at_a_time(question: Shown) -> None:
    question.qtbot.mouseClick(question.card("h").row, Qt.MouseButton.LeftButton)
    assert question.opened() == ["h"]
    assert "transposed" in question.said("h") and question.said("a") == ""
    assert question.card("h").row.isChecked() and not question.card("a").row.isChecked()
    question.qtbot.mouseClick(question.card("h").row, Qt.MouseButton.LeftButton)
    assert question.opened() == []


def test_an_opened_step_gets_its_height(question: Shown) -> None:
    card = question.card("h")
    closed = card.height()
    question.qtbot.mouseClick(card.row, Qt.MouseButton.LeftButton)
    question.qtbot.waitUntil(lambda: card.height() > closed + 100)
    lowest = max(strip.geometry().bottom() for strip in card.strips)
    question.qtbot.waitUntil(lambda: card.height() > lowest)


def test_the_promise_is_named_where_it_is_used(question: Shown) -> None:
    question.qtbot.mouseClick(question.card("θ").row, Qt.MouseButton.LeftButton)
    assert "promise: Uses that y is a distribution." in question.said("θ")
    assert "in detail: " in question.said("θ")


def test_what_sympy_says_is_laid_out_before_it_is_painted(shown: Callable[..., Shown], problem: Problem) -> None:
    view = view_of(problem)
    asked = shown(replace(view, proofs=None))
    asked.panel.show_view(view)  # and no event after it

    def places() -> list[tuple[int, int]]:
        page = asked.panel.page
        rows = [row for card in page.cards for row in (card.row, *card.strips)]
        return [(row.mapTo(page, QPoint(0, 0)).y(), row.height()) for row in rows]

    at_once = places()
    assert all(top + height <= after for (top, height), (after, _) in pairwise(at_once))
    QApplication.processEvents()
    assert places() == at_once


def test_everything_works_by_keyboard(question: Shown) -> None:
    question.chain.setFocus(Qt.FocusReason.TabFocusReason)
    question.qtbot.keyClick(question.chain, Qt.Key.Key_Right)
    assert question.pointed[-1] == Spot(link=("ŷ", "θ"))
    question.qtbot.keyClick(question.chain, Qt.Key.Key_Return)
    assert question.pinned == [Spot(link=("ŷ", "θ"))]
    question.qtbot.keyClick(question.chain, Qt.Key.Key_Down)
    assert question.line.hasFocus()
    question.qtbot.keyClick(question.line, Qt.Key.Key_Down)
    first = question.panel.page.cards[0].row
    assert first.hasFocus() and question.pointed[-1] == Spot(link=("L", "ŷ"))
    question.qtbot.keyClick(first, Qt.Key.Key_Down)
    row = question.card("θ").row
    assert row.hasFocus()
    question.qtbot.keyClick(row, Qt.Key.Key_Return)
    assert question.opened() == ["θ"] and "share" in question.said("θ")
    question.qtbot.keyClick(row, Qt.Key.Key_Space)
    assert question.pinned[-1] is None  # ŷ → θ was pinned already
    rule = question.card("θ").strips[0].view
    rule.setFocus(Qt.FocusReason.TabFocusReason)
    question.qtbot.keyClick(rule, Qt.Key.Key_Down)
    assert question.card("h").row.hasFocus()
    question.qtbot.keyClick(question.card("h").row, Qt.Key.Key_Up)
    assert row.hasFocus()


def test_the_last_step_can_be_reached_and_seen(shown: Callable[..., Shown], problem: Problem) -> None:
    panel = shown(view_of(problem), height=300)
    panel.panel.page.cards[0].row.setFocus(Qt.FocusReason.TabFocusReason)
    for card in list(panel.panel.page.cards)[:-1]:
        panel.qtbot.keyClick(card.row, Qt.Key.Key_Down)
    last = panel.panel.page.cards[-1].row
    assert last.hasFocus()
    seen = last.mapTo(panel.panel.page.viewport(), QPoint(0, last.height()))
    assert 0 < seen.y() <= panel.panel.page.viewport().height()


# --- joining -------------------------------------------------------------------------------------------------------


def test_links_are_joined_and_taken_apart(question: Shown, problem: Problem) -> None:
    button = question.panel.join
    assert button.isVisible() and button.text() == "join softmax with cross-entropy"
    question.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert question.joining == [True]
    view = question.panel.view
    assert view is not None
    question.show(replace(view, joined=True))
    assert [card.key for card in question.panel.page.cards] == ["θ", "h", "a", "x"]
    assert question.opened() == ["a"] and "Exact in all 9 entries." in question.said("a")
    assert button.text() == "take apart"
    question.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert question.joining == [True, False]


def test_where_there_is_nothing_to_join_there_is_no_button(shown: Callable[..., Shown]) -> None:
    assert not shown(view_of(drawn(TWICE, "x", n=3))).panel.join.isVisible()


# --- the look ------------------------------------------------------------------------------------------------------


def test_other_colours_typeset_nothing(question: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nothing is typeset for a colour")

    chain, view = question.chain.formula, question.panel.view
    assert view is not None
    monkeypatch.setattr(Typesetter, "formulas", never)
    question.panel.show_view(replace(view, theme=DARK))
    assert question.chain.formula is chain
    assert has_colour(question.panel.page.block.chain, DARK.ink)
    assert has_colour(question.card("a"), DARK.ink3)


def strips(panel: DerivationPanel) -> list[FormulaStrip]:
    return [strip for strip in panel.findChildren(FormulaStrip) if strip.isVisible()]


@pytest.mark.parametrize(("width", "zoom"), [(582, 1.0), (440, 1.0), (873, 1.5), (330, 1.0)])
def test_nothing_is_cut_off(shown: Callable[..., Shown], problem: Problem, width: int, zoom: float) -> None:
    panel = shown(view_of(problem, zoom=zoom), width=width)
    assert panel.panel.page.widget().width() == width
    for strip in strips(panel.panel):
        assert strip.geometry().right() <= strip.parentWidget().width()
        assert strip.moves or strip.view.width() <= strip.width() + 10 * zoom
    for card in panel.panel.page.cards:
        equation = card.row.equation
        assert equation.geometry().right() < card.row.width()


def test_narrow_panels_lose_captions_and_words(question: Shown) -> None:
    def captions() -> int:
        formula = question.chain.formula
        assert formula is not None
        return sum(glyph.role == "muted" for glyph in formula.glyphs)

    wide, left = captions(), question.card("a").row.equation.x()
    question.panel.resize(440, 526)
    QApplication.processEvents()
    assert captions() < wide
    assert question.card("a").row.equation.x() < left
    assert question.card("a").row.toolTip() == "elementwise function"


def test_a_long_gradient_scrolls_in_its_row(shown: Callable[..., Shown]) -> None:
    layers = "\n".join(f"h{i + 1} = tanh(h{i} W{i})" for i in range(6))
    weights = "\n".join(f"W{i} : (n, n)" for i in range(6))
    panel = shown(view_of(drawn(f"h0 : (1, n)\n{weights}\n{layers}\nL = sum(h6)", "h0", n=2)))
    line = panel.panel.page.block.line
    assert line.moves and line.bar is not None and line.bar.geometry().top() == line.view.height()
    panel.line.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(20):
        panel.qtbot.keyClick(panel.line, Qt.Key.Key_Right)
    assert line.bar.value() > 0 and line.view.x() == -line.bar.value()


def test_the_page_is_as_wide_with_its_bar_as_without(question: Shown) -> None:
    question.panel.resize(582, 900)
    QApplication.processEvents()
    wide = question.panel.page.widget().width()
    question.panel.resize(582, 200)
    QApplication.processEvents()
    assert question.panel.page.verticalScrollBar().maximum() > 0
    assert question.panel.page.widget().width() == wide


def test_a_click_anywhere_on_a_row_opens_it_but_on_a_factor_with_a_heatmap(question: Shown) -> None:
    row = question.card("h").row
    formula = row.equation
    inside, beside = place_of(formula, "θ→h"), QPoint(round(PADDING_X) + 3, formula.height() // 2)  # δ belongs to none
    for opened in (["h"], []):
        QTest.mouseClick(question.panel.window().windowHandle(), Qt.MouseButton.LeftButton,
                         Qt.KeyboardModifier.NoModifier, formula.mapTo(question.panel.window(), beside))
        assert question.opened() == opened
    assert not question.pinned
    move(formula, inside)
    assert formula.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(formula, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, inside)
    assert question.pinned == [Spot(("θ", "h"))] and question.opened() == []
    # ŷ − y belongs to two links that are shown apart: there is no heatmap of it to pin.
    apart = question.card("θ").row.equation
    move(apart, place_of(apart, "L→θ"))
    assert apart.cursor().shape() != Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(question.panel.window().windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
                     apart.mapTo(question.panel.window(), place_of(apart, "L→θ")))
    assert question.opened() == ["θ"] and len(question.pinned) == 1


def test_the_row_that_was_clicked_stays_where_it_is(shown: Callable[..., Shown], problem: Problem) -> None:
    panel = shown(view_of(problem), height=420)
    page = panel.panel.page

    def click(key: str) -> tuple[int, int]:
        card = panel.card(key)
        before = card.mapTo(page.viewport(), QPoint()).y()
        QTest.mouseClick(card.row, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 19))
        QTest.qWait(200)
        return before, card.mapTo(page.viewport(), QPoint()).y()

    for _ in range(2):  # a tall step opens, and closes
        before, after = click("h")
        assert before == after
    click("x")
    page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
    assert page.verticalScrollBar().value() > 0
    before, after = click("x")
    assert before == after and panel.opened() == []


def test_another_problem_does_not_open_joined(
    qtbot: QtBot, open_window: Callable[[Problem], MainWindow], problem: Problem
) -> None:
    window = open_window(problem)
    panel = next(panel for panel in window.docks.panels if isinstance(panel, DerivationPanel))
    panel.joining_wanted.emit(True)
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.joined)
    window.store.edit("change seed", problem.with_seed(4))
    assert panel.view is not None and panel.view.joined, "another seed is the same problem"
    window.store.open(replace(problem, title="Another"))
    qtbot.waitUntil(lambda: panel.view is not None and not panel.view.joined)
