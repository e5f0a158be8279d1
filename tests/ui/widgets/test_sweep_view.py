from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tutor.figures.comparison import SweepSpec
from tutor.figures.palette import DARK, LIGHT, Theme
from tutor.ui.theme import load_fonts
from tutor.ui.widgets.sweep_view import SweepView

STEPS = 10.0 ** np.arange(-12.0, 0.1, 0.5)
V_CURVE = np.maximum(1e-15 / STEPS, STEPS**2)


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> SweepView:
    load_fonts()
    shown = SweepView()
    qtbot.addWidget(shown)
    shown.resize(290, 160)
    shown.set_spec(SweepSpec(STEPS, V_CURVE, 1e-5))
    return shown


def picture(view: SweepView) -> QImage:
    return view.grab().toImage()


def has_near(image: QImage, x: float, y: float, colour: str, within: int = 2) -> bool:
    wanted = QColor(colour)
    return any(
        abs(image.pixelColor(round(x) + i, round(y) + j).lightness() - wanted.lightness()) < 60
        and abs(image.pixelColor(round(x) + i, round(y) + j).red() - wanted.red()) < 60
        for i in range(-within, within + 1) for j in range(-within, within + 1))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_curve_goes_through_its_points(view: SweepView, theme: Theme) -> None:
    view.set_theme(theme)
    image, plan = picture(view), view.plan
    assert plan is not None
    for x, y in plan.curves[0][1:-1]:
        assert has_near(image, x, y, theme.ink)


def test_the_dot_is_open_and_stands_at_the_step_in_use(view: SweepView) -> None:
    image, plan = picture(view), view.plan
    assert plan is not None
    assert plan.dot is not None
    x, y = plan.dot
    assert image.pixelColor(round(x), round(y)) == QColor(LIGHT.sheet)
    assert has_near(image, x + 4, y, LIGHT.ink, 1)


def test_grid_lines_run_across_at_the_powers_of_ten(view: SweepView) -> None:
    image, plan = picture(view), view.plan
    assert plan is not None
    x = round(plan.plot.right) - 2
    assert image.pixelColor(x, round(plan.y_ticks[0].at)) == QColor(LIGHT.line)


def test_it_is_said_in_a_sentence(view: SweepView) -> None:
    assert view.accessibleName() == "largest relative error against the step"
    assert view.accessibleDescription() == (
        "Smallest at a step of 1.0e−5, where it is 1.0e−10. The step in use is 1e−5.")
    view.set_spec(SweepSpec(STEPS, np.full(len(STEPS), np.nan), 1e-5))
    assert view.accessibleDescription() == "No error could be computed."
    view.set_spec(None)
    assert view.accessibleDescription() == ""
    assert view.plan is None
    assert picture(view).pixelColor(100, 80) == QColor(LIGHT.sheet)


def test_zoom_makes_everything_larger(view: SweepView) -> None:
    hint, plan = view.sizeHint(), view.plan
    view.set_zoom(2.0)
    view.resize(580, 320)
    assert view.sizeHint() == hint * 2
    image = picture(view)
    assert plan is not None
    for x, y in plan.curves[0][1:-1]:
        if abs(x - plan.used_x) > 6:  # there the dot covers it
            assert has_near(image, 2 * x, 2 * y, LIGHT.ink)
