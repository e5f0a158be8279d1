"""The window as a person uses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QEvent, QPoint, QPointF, QRect, QSettings, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QToolButton, QWidget
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

import tutor.derive
from tests.ui.what_is_seen import at_first
from tutor.core.problem import Problem
from tutor.figures.palette import DARK, LIGHT
from tutor.language.reader import read_program
from tutor.typeset import Typesetter
from tutor.ui.actions import COMMANDS
from tutor.ui.dock_frame import keep_within
from tutor.ui.documents import Ready
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.panels.check import CheckPanel
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.panels.jacobians import JacobiansPanel
from tutor.ui.panels.numbers import NumbersPanel
from tutor.ui.panels.program import ProgramPanel
from tutor.ui.prover import Prover
from tutor.ui.theme import STEPS, Look
from tutor.ui.tool_bar import ToolBar
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.dock_head import DockHead
from tutor.ui.widgets.notice_bar import NoticeBar
from tutor.ui.widgets.remark import Remark
from tutor.ui.widgets.step_row import StepRow
from tutor.ui.window import MainWindow


def click(qtbot: QtBot, window: MainWindow, variable: str) -> None:
    button = window.tool_bar.variables.button(variable)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def test_it_opens_on_a_problem_and_says_how_it_stands(window: MainWindow) -> None:
    assert window.tool_bar.variables.choice == "x"
    assert window.tool_bar.variables.keys == ("x", "W1", "b1", "W2", "b2")
    assert window.status.numbers == "5-3-5, seed 33"
    assert window.status.agreement.right is True
    assert window.status.certified.right is True
    assert "steps certified" in window.status.certified.words


def test_asking_for_another_gradient(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, "W2")
    settle(qtbot, window)
    assert window.store.problem.wrt == "W2"
    assert window.tool_bar.variables.choice == "W2"
    assert window.status.certified.right is True
    window.undo()
    assert window.tool_bar.variables.choice == "x"


def test_asking_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert window.store.problem.wrt == "b1"
    qtbot.keyClick(window, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)
    assert window.store.problem.wrt == "b1"


def test_undo_and_redo_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert window.status.numbers == "5-3-5, seed 34"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.status.numbers == "5-3-5, seed 33"
    qtbot.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert window.status.numbers == "5-3-5, seed 34"


def test_the_menu_says_what_undo_undoes(window: MainWindow) -> None:
    action = next(a for a in window.actions() if a.objectName() == "undo")
    assert (action.text(), action.isEnabled()) == ("Undo", False)
    window.redraw()
    assert (action.text(), action.isEnabled()) == ("Undo draw new numbers", True)


def test_other_colours_reach_every_panel(window: MainWindow, look: Look) -> None:
    window.choose_theme("dark")
    assert {panel.view.theme for panel in window.docks.panels if panel.view} == {DARK}
    assert window.has_theme("dark") and not window.has_theme("light")
    ground = window.grab().toImage().pixelColor(window.width() // 2, window.menus.height() + 2)
    assert ground.name().upper() == DARK.desk
    window.choose_theme("light")
    assert look.theme is LIGHT


def test_ctrl_and_the_wheel_zoom(window: MainWindow, look: Look) -> None:
    panel = window.docks.panels[0]
    middle = QPointF(panel.rect().center())
    turned = QWheelEvent(
        middle, panel.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )
    QApplication.sendEvent(panel, turned)
    assert look.zoom == 1.1
    assert all(shown.view is not None and shown.view.zoom == 1.1 for shown in window.docks.panels)
    window.zoom(-1)
    assert look.zoom == 1.0


def test_f6_goes_through_the_panels(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    seen = []
    for _ in at_first(window):
        window.docks.step(1)
        widget = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, Panel):
            widget = widget.parentWidget()
        assert widget is not None
        seen.append(widget.key)
    assert seen == [panel.key for panel in at_first(window)]


def test_a_panel_is_enlarged_and_put_back(qtbot: QtBot, window: MainWindow) -> None:
    first, *others = at_first(window)
    first.take_keyboard()
    before = first.width()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.is_enlarged()
    assert first.isVisible() and not any(panel.isVisible() for panel in others)
    qtbot.waitUntil(lambda: first.width() > before)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.is_enlarged()
    assert all(panel.isVisible() for panel in at_first(window))


def test_without_the_keyboard_the_panel_under_the_pointer_or_the_last_one_is_enlarged(
    qtbot: QtBot, window: MainWindow
) -> None:
    first, *_, last = at_first(window)
    last.take_keyboard()
    qtbot.mouseMove(window.tool_bar, QPoint(4, 4))
    window.tool_bar.variables.setFocus()
    assert window.docks.with_keyboard() is None
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.is_enlarged() and [p for p in window.docks.panels if p.isVisible()] == [last]
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not window.is_enlarged()
    window.tool_bar.variables.setFocus()
    qtbot.mouseMove(first, QPoint(40, 40))
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert [p for p in window.docks.panels if p.isVisible()] == [first]


@pytest.mark.parametrize("room", [QRect(0, 0, 1100, 700), QRect(60, 30, 1400, 860), QRect(0, 0, 800, 600)])
def test_the_window_is_no_larger_than_its_screen(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem, typesetter: Typesetter, prover: Prover, room: QRect
) -> None:
    settings.setValue("geometry", _far_away(qtbot))
    window = MainWindow(problem, look, settings, typesetter=typesetter, prover=prover)
    qtbot.addWidget(window)
    keep_within(window, room)
    window.show()
    qtbot.waitExposed(window)
    keep_within(window, room)
    assert room.contains(window.frameGeometry())
    window.close()


def _far_away(qtbot: QtBot) -> QByteArray:
    """The geometry of a large window beyond the edge of the screen."""
    other = QWidget()
    qtbot.addWidget(other)
    other.setGeometry(900, 500, 2000, 1500)
    other.show()
    qtbot.waitExposed(other)
    return other.saveGeometry()


def test_f1_lists_every_command(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    (listed,) = (dialog for dialog in window.findChildren(QDialog) if dialog.isVisible())
    assert not listed.isModal()
    words = {label.text() for label in listed.findChildren(QLabel)}
    assert {command.tip for command in COMMANDS if command.shortcuts and command.menu} <= words
    assert "Alt+1 … Alt+9" in words, "the nine of them in one line"


def test_a_hidden_panel_is_drawn_when_it_comes_back(window: MainWindow) -> None:
    panel = window.docks.panels[0]
    dock = window.docks.dock(panel.key)
    assert dock is not None
    drawn: list[str] = []
    draw = panel.draw

    def noted(view: View) -> None:
        drawn.append(f"seed {view.problem.seed}")
        draw(view)

    panel.draw = noted  # type: ignore[method-assign]
    dock.hide()
    window.redraw()
    window.redraw()
    assert drawn == []
    dock.show()
    assert drawn == ["seed 35"]


def test_a_hidden_panel_marks_what_is_pinned_when_it_comes_back(window: MainWindow) -> None:
    panel = next(p for p in window.docks.panels if isinstance(p, JacobiansPanel))
    derivation = next(p for p in window.docks.panels if isinstance(p, DerivationPanel))
    window.docks.enlarge(derivation)
    derivation.pinned.emit(Spot(("h", "a")))
    window.docks.shrink()
    assert panel.words is not None
    window.docks.enlarge(derivation)
    derivation.pinned.emit(None)
    window.docks.shrink()
    assert panel.words is None


@pytest.mark.parametrize("key", ["program", "numbers", "jacobians", "check"])
def test_a_panel_that_comes_back_after_another_problem_was_opened(
    qtbot: QtBot, window: MainWindow, key: str
) -> None:
    dock = window.docks.dock(key)
    assert dock is not None
    dock.hide()
    program = read_program("A : (2, 2)\nb : (2, 1)\nL = sum(A b)")
    window.store.open(Problem.drawn("Other", program, "A", {}))
    settle(qtbot, window)
    window.resize(1100, 700)
    window.reset_panels()
    qtbot.waitUntil(dock.isVisible)
    panel = dock.widget()
    assert isinstance(panel, Panel) and panel.view is not None
    assert panel.view.problem is window.store.problem


def test_ready_made_problems_open(qtbot: QtBot, look: Look, settings: QSettings, problem: Problem) -> None:
    other = problem.with_dims({"n": 2, "m": 2, "k": 2})
    window = MainWindow(problem, look, settings, [Ready("Small", lambda: other, "small")])
    qtbot.addWidget(window)
    window.tool_bar.problem_chosen.emit(0)
    assert window.store.problem is other
    window.undo()
    assert window.store.problem is problem
    window.close()


def test_a_problem_that_is_too_large_leaves_the_one_that_is_open(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem
) -> None:
    large = problem.with_dims({"n": 65, "m": 3, "k": 5})
    ready = [Ready("Network", lambda: problem, "network"), Ready("Large", lambda: large, "large")]
    window = MainWindow(problem, look, settings, ready, document="network")
    qtbot.addWidget(window)
    window.show()
    (choice, *_) = window.tool_bar.findChildren(Choice)
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    choice.activated.emit(1)
    assert window.store.problem is problem and not window.can_undo
    (bar,) = window.findChildren(NoticeBar)
    assert bar.isVisible()
    assert bar.sentence == "x is 1×65; the window shows sizes up to 64, the command line up to 512."
    assert choice.currentText() == "Network"
    window.close()


def test_what_is_open_and_the_variable_are_kept(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem
) -> None:
    other = problem.with_dims({"n": 2, "m": 2, "k": 2}).with_wrt("b1")
    ready = [Ready("Small", lambda: replace(other, title="Small"), "small")]
    window = MainWindow(problem, look, settings, ready, document="/a/network.toml")
    qtbot.addWidget(window)
    window.tool_bar.problem_chosen.emit(0)
    window.ask("W2")
    window.close()
    assert (settings.value("document"), settings.value("wrt")) == ("small", "W2")
    again = MainWindow(problem, look, settings, ready, document="/a/network.toml")
    qtbot.addWidget(again)
    again.tool_bar.problem_chosen.emit(0)
    again.undo()
    again.close()
    assert (settings.value("document"), settings.value("wrt")) == ("/a/network.toml", "x")


def test_a_file_with_the_title_of_a_ready_made_problem_is_not_that_one(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem
) -> None:
    ready = [Ready("Network", lambda: problem, "network")]
    file = problem.with_seed(7)
    window = MainWindow(file, look, settings, ready, document="/a/network.toml")
    qtbot.addWidget(window)
    (choice, *_) = window.tool_bar.findChildren(Choice)
    assert (choice.currentIndex(), choice.placeholderText()) == (-1, "Network")
    window.tool_bar.problem_chosen.emit(0)
    assert (choice.currentIndex(), window.store.problem) == (0, problem)
    window.undo()
    assert (choice.currentIndex(), window.store.problem) == (-1, file)
    window.redo()
    window.close()
    assert settings.value("document") == "network"


def test_tab_goes_through_the_window_as_one_reads(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1440, 900)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    first = window.tool_bar.findChildren(Choice)[0]
    first.setFocus()
    stops: list[QWidget] = []
    while (stop := window.focusWidget()) not in stops:
        assert isinstance(stop, QWidget)
        stops.append(stop)
        qtbot.keyClick(stop, Qt.Key.Key_Tab)
    assert stop is first, "after the last comes the first"

    def part(widget: QWidget) -> str:
        here: QWidget | None = widget
        while here is not None and not isinstance(here, (Panel, DockHead, ToolBar)):
            here = here.parentWidget()
        return here.title if isinstance(here, (Panel, DockHead)) else "tool bar"

    assert [name for name, _ in groupby(map(part, stops))] == ["tool bar", *(p.title for p in at_first(window))]
    steps = [stop for stop in stops if isinstance(stop, StepRow)]
    assert len(steps) == 5
    assert steps == sorted(steps, key=lambda row: row.mapTo(window, QPoint()).y())
    back: list[QWidget] = []
    for _ in stops:
        here = window.focusWidget()
        assert isinstance(here, QWidget)
        back.append(here)
        qtbot.keyClick(here, Qt.Key.Key_Backtab)
    assert back == [stops[0], *reversed(stops[1:])]


def test_the_keyboard_is_seen_wherever_it_is(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1440, 900)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    first = window.tool_bar.findChildren(Choice)[0]
    first.setFocus(Qt.FocusReason.TabFocusReason)
    seen = 0
    while True:
        stop = window.focusWidget()
        assert stop is not None
        with_keyboard = stop.grab().toImage()
        qtbot.keyClick(stop, Qt.Key.Key_Tab)
        assert stop.grab().toImage() != with_keyboard, stop
        seen += 1
        if window.focusWidget() is first:
            break
    assert seen > 25


@pytest.mark.parametrize("size", [QSize(1440, 900), QSize(1100, 700)])
def test_nothing_in_the_bars_lies_over_another_at_any_size(
    qtbot: QtBot, window: MainWindow, look: Look, size: QSize
) -> None:
    window.resize(size)
    for zoom in STEPS:
        look.zoom_to(zoom)
        QApplication.processEvents()
        QApplication.processEvents()
        nothing_lies_over_another(window)


def nothing_lies_over_another(window: MainWindow) -> None:
    holders = [window.status, window.tool_bar.findChildren(Choice)[0].parentWidget(),
               *(window.docks.head(panel.key) for panel in at_first(window))]
    for holder in holders:
        assert holder is not None
        seen = [w for w in holder.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
                if w.isVisible() and w.geometry().intersects(holder.rect())]
        assert seen
        for place, one in enumerate(seen):
            assert holder.rect().contains(one.geometry()), (holder, one)
            assert not [two for two in seen[place + 1 :] if two.geometry().intersects(one.geometry())], (holder, one)
            if isinstance(one, (QLabel, Remark)):
                assert one.height() >= one.fontMetrics().height(), one
    parts = [QRect(panel.mapTo(window, QPoint()), panel.size()) for panel in at_first(window)]
    for place, area in enumerate(parts):
        assert window.rect().contains(area)
        assert not any(area.intersects(other) for other in parts[place + 1 :])


def test_on_a_screen_of_other_dots_everything_is_painted_anew(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(panel.view is not None and panel.view.ratio == 1 for panel in window.docks.panels)
    monkeypatch.setattr(window, "devicePixelRatioF", lambda: 2.0)
    QApplication.sendEvent(window, QEvent(QEvent.Type.DevicePixelRatioChange))
    assert all(panel.view is not None and panel.view.ratio == 2 for panel in window.docks.panels)


def test_the_keys_of_a_cell_are_listed(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    (listed,) = (dialog for dialog in window.findChildren(QDialog) if dialog.isVisible())
    keys = " ".join(label.text() for label in listed.findChildren(QLabel)).split()
    assert {"Enter", "F2", "Tab", "Esc", "Arrows", "Home", "Del", "Ctrl+A", "Ctrl+V", "Alt+↑", "Space"} <= set(keys)


def test_place_and_size_are_kept(
    open_window: Callable[[Problem], MainWindow], problem: Problem, look: Look, settings: QSettings, qtbot: QtBot
) -> None:
    window = open_window(problem)
    window.resize(1024, 700)  # the offscreen screen is smaller than most windows
    window.close()
    again = MainWindow(problem, look, settings)
    qtbot.addWidget(again)
    assert again.size() == QSize(1024, 700)
    again.close()


def test_a_notice_waits_and_can_be_closed(qtbot: QtBot, window: MainWindow) -> None:
    window.notice("The program made a mistake of its own.", "Traceback")
    assert QApplication.activeModalWidget() is None
    (bar,) = window.findChildren(NoticeBar)
    assert bar.isVisible() and "mistake" in bar.sentence
    (close,) = bar.findChildren(QToolButton)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_a_program_that_ends_in_a_matrix_has_a_jacobian_that_is_checked(
    open_window: Callable[[Problem], MainWindow]
) -> None:
    program = read_program("A : (n, n)\nx : (n, 1)\nz = A x")
    window = open_window(Problem.drawn("Map", program, "A", {"n": 3}))
    assert window.status.agreement.words == "Jacobian agrees in 36 of 36 entries"
    assert window.status.certified.right is True


class Looking(Panel):
    """A panel that marks nothing, and says what it was told."""

    key = "looking"
    title = "Looking"
    area = Area.CENTRE

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, parent)
        self.told: list[Spot | None] = []

    def draw(self, view: View) -> None:
        """Nothing to draw."""

    def mark(self, spot: Spot | None) -> None:
        """Note it."""
        self.told.append(spot)


def test_a_pin_stays_until_it_is_released(qtbot: QtBot, look: Look, settings: QSettings, problem: Problem) -> None:
    window = MainWindow(problem, look, settings, panels=(Looking, NumbersPanel))
    qtbot.addWidget(window)
    window.show()
    panel = window.docks.panels[0]
    assert isinstance(panel, Looking)
    pinned, passing = Spot(name="W1"), Spot(name="x")
    panel.told.clear()
    panel.pinned.emit(pinned)
    panel.pointed.emit(passing)
    assert panel.spot == pinned
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    panel.pointed.emit(passing)
    assert panel.told == [pinned, None, passing]
    window.close()


def test_another_way_to_measure(window: MainWindow) -> None:
    panel = window.docks.panels[0]
    panel.check_wanted.emit("forward", 1e-2)
    assert panel.view is not None and panel.view.check is not None
    assert (panel.view.check.method, panel.view.check.step) == ("forward", 1e-2)
    panel.check_wanted.emit("central", -1.0)
    assert panel.view.check is None
    assert panel.view.check_refusal is not None and "positive" in panel.view.check_refusal.sentence


def test_joining_links_is_kept(window: MainWindow, settings: QSettings, look: Look, problem: Problem) -> None:
    panel = window.docks.panels[0]
    panel.joining_wanted.emit(True)
    assert panel.view is not None and panel.view.joined
    window.close()
    again = MainWindow(problem, look, settings)
    view = again.docks.panels[0].view
    assert view is not None and view.joined
    again.close()
    again.deleteLater()


def by_hand(problem: Problem, name: str, step: float = 1e-6) -> NDArray[np.float64]:
    """The slopes of the loss of the network, written out here once more, by differences."""

    def loss(numbers: dict[str, NDArray[np.float64]]) -> float:
        h = 1 / (1 + np.exp(-(numbers["x"] @ numbers["W1"] + numbers["b1"])))
        theta = h @ numbers["W2"] + numbers["b2"]
        shares = np.exp(theta) / np.exp(theta).sum()
        return -float((numbers["y"] * np.log(shares)).sum())

    numbers = {key: np.array(array) for key, array in problem.numbers.items()}
    slopes = np.zeros_like(numbers[name])
    for place in np.ndindex(*slopes.shape):
        up, down = ({**numbers, name: numbers[name].copy()} for _ in range(2))
        up[name][place] += step
        down[name][place] -= step
        slopes[place] = (loss(up) - loss(down)) / (2 * step)
    return slopes


def test_a_walk_every_panel_is_right_at_every_step(
    qtbot: QtBot, window: MainWindow, open_window: Callable[[Problem], MainWindow]
) -> None:
    jacobians, check, derivation = (
        next(p for p in window.docks.panels if isinstance(p, kind))
        for kind in (JacobiansPanel, CheckPanel, DerivationPanel)
    )
    fresh = open_window(window.store.problem)

    def settled(shown: MainWindow) -> None:
        shown.setFocus()  # nothing is looked at
        settle(qtbot, shown)
        for _ in range(5):
            QApplication.processEvents()

    def look() -> None:
        settled(window)
        problem = window.store.problem
        wanted = by_hand(problem, problem.wrt)
        np.testing.assert_allclose(jacobians.equation.spec.items[-1].values, wanted, atol=1e-7)
        np.testing.assert_allclose(check.comparison.spec.analytic, wanted, atol=1e-7)
        np.testing.assert_allclose(check.comparison.spec.numeric, wanted, atol=1e-7)
        assert check.verdict.right is True and window.status.certified.right is True
        assert derivation.spec is not None and derivation.spec.wrt == problem.wrt
        fresh.store.open(problem)
        settled(fresh)
        for panel, other in zip(window.docks.panels, fresh.docks.panels, strict=True):
            other.resize(panel.size())
        QApplication.processEvents()
        for panel, other in zip(window.docks.panels, fresh.docks.panels, strict=True):
            assert panel.size() == other.size(), panel.key
            assert panel.grab().toImage() == other.grab().toImage(), (panel.key, problem.dims, problem.wrt)

    def resize(**dims: int) -> None:
        window.store.edit("change sizes", window.store.problem.with_dims(dims))

    look()
    resize(n=4, m=4, k=4)
    look()
    resize(n=2, m=7, k=3)
    look()
    weights = window.store.problem.numbers["W1"].copy()
    weights[1, 2] = 0.625
    window.store.edit("change W1", window.store.problem.with_numbers("W1", weights))
    look()
    click(qtbot, window, "W2")
    look()
    while window.can_undo:
        window.undo()
        look()
    assert (dict(window.store.problem.dims), window.store.problem.wrt) == ({"n": 5, "m": 3, "k": 5}, "x")


def turn(panel: Panel, delta: QPoint) -> None:
    middle = QPointF(panel.rect().center())
    QApplication.sendEvent(panel, QWheelEvent(
        middle, panel.mapToGlobal(middle), QPoint(), delta, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    ))


def test_a_touch_pad_zooms_a_notch_at_a_time(window: MainWindow, look: Look) -> None:
    panel = window.docks.panels[0]
    turn(panel, QPoint(240, 0))
    for _ in range(7):
        turn(panel, QPoint(0, 15))
    assert look.zoom == 1.0
    turn(panel, QPoint(0, 15))
    assert look.zoom == 1.1
    turn(panel, QPoint(0, -120))
    assert look.zoom == 1.0


def test_undo_goes_past_a_box_with_the_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    panel = next(p for p in window.docks.panels if isinstance(p, NumbersPanel))
    box = panel.sizes.box("n")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert window.store.problem.dims["n"] == 6
    qtbot.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (window.store.problem.dims["n"], box.value()) == (5, 5)
    qtbot.keyClick(box, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert (window.store.problem.dims["n"], box.value()) == (6, 6)


def test_the_seed_after_the_last_one_is_the_first(window: MainWindow) -> None:
    window.store.edit("change the seed", window.store.problem.with_seed(9999))
    window.redraw()
    assert window.store.problem.seed == 0


def test_what_was_cancelled_can_be_asked_for_again(qtbot: QtBot, window: MainWindow) -> None:
    window.ask("W2")
    assert window.busy
    window.docks.head("derivation").cancel_wanted.emit()
    assert (window.status.certified.words, window.status.certified.right) == ("derivation stopped", None)
    settle(qtbot, window)
    window.redraw()
    assert window.status.certified.words == "derivation stopped"
    window.ask("W2")
    assert window.status.certified.words == "deriving"
    settle(qtbot, window)
    assert window.status.certified.right is True
    window.ask("b1")
    window.docks.head("derivation").cancel_wanted.emit()
    window.undo()
    settle(qtbot, window)
    assert window.status.certified.right is True


def test_after_a_bug_it_can_be_asked_for_again(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch, capture_exceptions() as caught:
        patch.setattr(tutor.derive, "derive", break_down)
        window.ask("W2")
        settle(qtbot, window)
    assert [str(error) for _, error, _ in caught] == ["a bug"]
    assert (window.status.certified.words, window.status.certified.right) == ("derivation stopped", None)
    window.ask("W2")
    settle(qtbot, window)
    assert window.status.certified.right is True


def test_a_broken_promise_is_said_below(qtbot: QtBot, window: MainWindow) -> None:
    problem = window.store.problem
    window.store.edit("change y", problem.with_numbers("y", problem.numbers["y"] + 0.25))
    assert window.status.certified.right is False
    assert window.status.certified.words.endswith("on a broken promise")
    window.undo()
    assert window.status.certified.right is True


def test_the_program_says_that_a_promise_was_dropped(qtbot: QtBot, window: MainWindow) -> None:
    panel = next(p for p in window.docks.panels if isinstance(p, ProgramPanel))
    window.store.edit("drop the promise on y", window.store.problem.without_fact("y", "distribution"))
    assert "distribution" not in panel.listing.toPlainText()
    window.undo()
    assert "distribution" in panel.listing.toPlainText()
