from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tutor.figures.comparison import ComparisonSpec
from tutor.figures.palette import LIGHT, cell_colour
from tutor.typeset.formula import Formula, Rule
from tutor.ui.theme import load_fonts
from tutor.ui.widgets.comparison_view import ComparisonView

KEYS = ("analytic", "numeric", "difference")


def boxes(sources: Sequence[str], px: float, /) -> list[Formula]:
    box = Rule(0.0, 0.2 * px, 10.0, 0.6 * px, None)
    return [Formula(10.0, px, 0.75 * px, (), (box,), (), source) for source in sources]


def comparison(rows: int = 1, columns: int = 3, error: float = 1e-11) -> ComparisonSpec:
    analytic = np.linspace(-0.7, 0.9, rows * columns).reshape(rows, columns)
    return ComparisonSpec(
        analytic, analytic - error, np.full_like(analytic, error), tuple(f"r_{i}" for i in range(rows)),
        tuple(f"c_{j}" for j in range(columns)), "W", "entry by entry", scale=1.0, name="∂L/∂W",
    )


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> ComparisonView:
    load_fonts()
    shown = ComparisonView(boxes)
    qtbot.addWidget(shown)
    shown.set_spec(comparison())
    shown.resize(400, shown.heightForWidth(400))
    shown.show()
    return shown


def picture(view: ComparisonView) -> QImage:
    return view.grab().toImage()


def ring_colour(image: QImage, view: ComparisonView, key: str, row: int, column: int) -> QColor:
    """The colour at the left of a cell, where its ring stands."""
    area = view.cell_area(key, row, column)
    return image.pixelColor(area.left() - 3, area.center().y())


def hover(view: ComparisonView, at: QPoint) -> None:
    where = QPointF(at)
    QApplication.sendEvent(view, QMouseEvent(
        QEvent.Type.MouseMove, where, view.mapToGlobal(where), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier))


def test_all_three_have_one_scale_and_agreement_looks_empty(view: ComparisonView) -> None:
    image = picture(view)
    for column in range(3):
        analytic, numeric, difference = (
            image.pixelColor(view.cell_area(key, 0, column).topLeft() + QPoint(1, 1)) for key in KEYS)
        assert analytic == numeric == QColor(cell_colour(LIGHT, float(view.spec.analytic[0, column]), 1.0))
        assert difference == QColor(cell_colour(LIGHT, 0.0, 1.0))


def test_rows_are_stacked_and_matrices_are_not(view: ComparisonView) -> None:
    tops = [view.cell_area(key, 0, 0).top() for key in KEYS]
    assert [after - before for before, after in pairwise(tops)] == [26, 26]
    view.set_spec(comparison(4, 2))
    view.resize(700, view.heightForWidth(700))
    assert len({view.cell_area(key, 0, 0).top() for key in KEYS}) == 1


def test_what_differs_is_ringed_in_red_in_all_three(view: ComparisonView) -> None:
    calm = picture(view)
    view.set_spec(replace(comparison(error=0.2), differs=(0, 1)))
    image = picture(view)
    for key in KEYS:
        assert ring_colour(image, view, key, 0, 1) == QColor(LIGHT.wrong)
        assert ring_colour(calm, view, key, 0, 1) != QColor(LIGHT.wrong)
        assert ring_colour(image, view, key, 0, 0) != QColor(LIGHT.wrong)


def test_rows_share_one_ring_and_matrices_have_one_each(view: ComparisonView) -> None:
    view.set_pinned(("analytic", 0, 1))
    between = view.cell_area("analytic", 0, 1).bottomLeft() + QPoint(-3, 2)
    assert picture(view).pixelColor(between) == QColor(LIGHT.accent)
    inside = view.cell_area("analytic", 0, 1).bottomLeft() + QPoint(5, 2)
    assert picture(view).pixelColor(inside) == QColor(LIGHT.sheet)
    view.set_spec(comparison(2, 2))
    view.resize(700, view.heightForWidth(700))
    view.set_pinned(("analytic", 0, 1))
    assert all(ring_colour(picture(view), view, key, 0, 1) == QColor(LIGHT.accent) for key in KEYS)


def test_the_cell_looked_at_is_ringed_in_all_three(qtbot: QtBot, view: ComparisonView) -> None:
    with qtbot.waitSignal(view.cell_hovered) as seen:
        hover(view, view.cell_area("numeric", 0, 2).center())
    assert seen.args == ["numeric", 0, 2]
    image = picture(view)
    assert all(ring_colour(image, view, key, 0, 2) == QColor(LIGHT.accent) for key in KEYS)
    assert view.accessibleDescription().startswith("∂L/∂W row 1, column 3: analytic 0.9000, numeric")


def test_keys_walk_through_all_three(qtbot: QtBot, view: ComparisonView) -> None:
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert view.current_cell == ("numeric", 0, 1)


def test_where_room_is_low_the_numbers_stay_and_nothing_lies_under_the_bar(view: ComparisonView) -> None:
    view.set_spec(comparison(5, 3))
    high = view.heightForWidth(600)
    for width in range(380, 600, 7):
        view.set_room(100)
        view.resize(width, 300)
        assert view.prints(0) and view.heightForWidth(width) > 100
        assert view.plan.size.width + view.margin_x <= width - 8
    view.set_room(high)
    view.resize(600, high)
    assert view.prints(0) and view.heightForWidth(600) <= high


def test_longer_numbers_get_wider_cells(view: ComparisonView) -> None:
    narrow = view.cell_area("analytic", 0, 0).width()
    view.resize(800, 120)
    big = 7000.0 * comparison().analytic
    view.set_spec(replace(comparison(), analytic=-np.abs(big), numeric=big, difference=big))
    assert view.cell_area("analytic", 0, 0).width() > narrow


def test_dark_is_dark_and_large_is_large(view: ComparisonView) -> None:
    from tutor.figures.palette import DARK

    view.set_theme(DARK)
    assert picture(view).pixelColor(1, 1) == QColor(DARK.sheet)
    view.set_zoom(2.0)
    assert view.sizeHint().width() == 740
