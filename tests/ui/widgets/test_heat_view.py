from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QHelpEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QToolTip
from pytestqt.qtbot import QtBot

from tutor.figures.cells import CELL_PX, legend_labels
from tutor.figures.equation_plan import Pitch
from tutor.figures.heatmap import EquationSpec, HeatmapSpec, Marks
from tutor.figures.inter import text_width
from tutor.figures.palette import DARK, LIGHT, Theme, cell_colour
from tutor.figures.places import HEAT_SMALL
from tutor.typeset.formula import Formula, Rule
from tutor.ui.theme import load_fonts
from tutor.ui.widgets.heat_view import EquationView
from tutor.ui.widgets.scale_legend import ScaleLegend

SHAPES = {"row": (1, 5), "jacobian": (5, 3), "diagonal": (3, 3), "result": (1, 3)}


class CountingTypeset:
    """Formulas that are filled boxes, and how often they were asked for."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, sources: Sequence[str], px: float, /) -> list[Formula]:
        self.calls += 1
        box = Rule(0.0, 0.2 * px, 10.0, 0.6 * px, None)
        return [Formula(10.0, px, 0.75 * px, (), (box,), (), source) for source in sources]


def equation(factor: float = 1.0) -> EquationSpec:
    items = []
    for key, (rows, columns) in SHAPES.items():
        values = factor * np.linspace(-1.9, 1.9, rows * columns).reshape(rows, columns)
        if key == "diagonal":
            values = values * np.eye(3)
        items.append(HeatmapSpec(
            key, values, tuple(f"r_{i}" for i in range(rows)) if rows > 1 else (),
            tuple(f"c_{j}" for j in range(columns)), "partial h", "W" if key != "result" else "",
            "diagonal: it acts as $compose$" if key == "diagonal" else "", 2.0,
            describe=lambda i, j, key=key: f"{key} {i} {j}",  # type: ignore[misc]
        ))
    return EquationSpec(tuple(items), ("·", "·", "="), "The Jacobians of L by x")


@pytest.fixture
def typeset(qapp: QApplication) -> CountingTypeset:
    load_fonts()
    return CountingTypeset()


@pytest.fixture
def view(qtbot: QtBot, typeset: CountingTypeset) -> EquationView:
    shown = EquationView(typeset)
    qtbot.addWidget(shown)
    shown.set_spec(equation())
    shown.resize(542, shown.heightForWidth(542))
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    shown.clearFocus()
    return shown


def middle(view: EquationView, key: str, row: int, column: int) -> QPoint:
    return view.cell_area(key, row, column).center()


def hover(view: EquationView, at: QPoint) -> None:
    where = QPointF(at)
    QApplication.sendEvent(view, QMouseEvent(
        QEvent.Type.MouseMove, where, view.mapToGlobal(where), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier))


def leave(view: EquationView) -> None:
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))


def picture(view: EquationView) -> QImage:
    return view.grab().toImage()


def ground(image: QImage, view: EquationView, key: str, row: int, column: int) -> str:
    """The colour in the upper left corner of a cell, where no number stands."""
    area = view.cell_area(key, row, column)
    return image.pixelColor(area.topLeft() + QPoint(1, 1)).name().upper()


def count(image: QImage, colour: str, area: tuple[int, int, int, int] | None = None) -> int:
    wanted = QColor(colour).rgb()
    left, top, right, bottom = area or (0, 0, image.width(), image.height())
    return sum(image.pixel(x, y) == wanted for y in range(top, bottom) for x in range(left, right))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("zoom", [1.0, 1.25, 2.0])
def test_every_cell_has_the_colour_of_its_number(view: EquationView, theme: Theme, zoom: float) -> None:
    view.set_theme(theme)
    view.set_zoom(zoom)
    view.resize(round(542 * zoom), view.heightForWidth(round(542 * zoom)))
    image = picture(view)
    for item in view.spec.items:
        for (row, column), value in np.ndenumerate(item.values):
            assert ground(image, view, item.key, row, column) == cell_colour(theme, float(value), 2.0)


@pytest.mark.parametrize("zoom", [1.0, 1.25, 1.5, 2.0])
def test_gaps_between_cells_are_even_at_every_zoom(view: EquationView, zoom: float) -> None:
    view.set_zoom(zoom)
    view.resize(round(542 * zoom), view.heightForWidth(round(542 * zoom)))
    image = picture(view)
    sheet = QColor(LIGHT.sheet).rgb()
    cells = [view.cell_area("jacobian", 0, column) for column in range(3)]
    y = cells[0].top() + 1
    widths = [sum(image.pixel(x, y) == sheet for x in range(left.right() - 2, right.left() + 3))
              for left, right in pairwise(cells)]
    assert set(widths) == {round(zoom)}


def test_exact_zeros_are_quieter_than_numbers(view: EquationView) -> None:
    image = picture(view)
    zero, number = view.cell_area("diagonal", 0, 1), view.cell_area("row", 0, 2)
    assert view.spec.items[0].texts[0][2] == "0"

    def darkest(area: object) -> int:
        return min(image.pixelColor(x, y).lightness() for x in range(area.left() + 4, area.right() - 1)  # type: ignore[attr-defined]
                   for y in range(area.top() + 4, area.bottom() - 3))  # type: ignore[attr-defined]

    assert darkest(zero) > darkest(view.cell_area("row", 0, 4))
    assert darkest(number) == pytest.approx(darkest(zero), abs=12)


def test_looking_at_a_cell_says_so_once(qtbot: QtBot, view: EquationView) -> None:
    seen: list[tuple[str, int, int]] = []
    view.cell_hovered.connect(lambda *cell: seen.append(cell))
    hover(view, middle(view, "jacobian", 1, 2))
    hover(view, middle(view, "jacobian", 1, 2) + QPoint(2, 2))
    hover(view, middle(view, "diagonal", 2, 2))
    with qtbot.waitSignal(view.cell_left):
        leave(view)
    assert seen == [("jacobian", 1, 2), ("diagonal", 2, 2)]
    assert view.current_cell is None


def test_the_cell_under_the_pointer_is_ringed_and_its_names_are_lit(view: EquationView) -> None:
    before = picture(view)
    hover(view, middle(view, "jacobian", 1, 2))
    image = picture(view)
    assert count(before, LIGHT.accent) == 0
    area = view.cell_area("jacobian", 1, 2)
    x = area.center().x()
    assert [image.pixelColor(x, area.top() - 1 - out).name().upper() for out in range(3)] == [
        LIGHT.sheet, LIGHT.accent, LIGHT.accent]
    place = view.plan.items[1].matrix
    row, column = place.row_name_rect(1), place.column_name_rect(2)
    for rect in (row, column, view.plan.items[1].heading):
        corner = view.pixels(1.0).rect(rect).topLeft() + QPoint(4, 3)
        assert image.pixelColor(corner).name().upper() == LIGHT.tint
        assert before.pixelColor(corner).name().upper() != LIGHT.tint
    leave(view)
    assert picture(view) == before


def test_what_is_linked_elsewhere_is_lit(view: EquationView) -> None:
    before = picture(view)
    view.set_highlight({"diagonal": Marks(whole=True, linked=frozenset({(2, 0), (2, 1), (2, 2)}), rows=frozenset({2})),
                        "row": Marks(cells=frozenset({(0, 1)})), "unknown": Marks(whole=True)})
    image = picture(view)
    assert count(image, LIGHT.accent) > 100
    # One ring round the whole row: nothing is drawn between its cells.
    gap = view.cell_area("diagonal", 2, 0).right() + 1
    y = view.cell_area("diagonal", 2, 0).center().y()
    assert image.pixel(gap, y) == before.pixel(gap, y)
    view.set_highlight({})
    assert picture(view) == before


def test_marks_outside_a_matrix_are_not_shown(view: EquationView) -> None:
    before = picture(view)
    view.set_highlight({"row": Marks(cells=frozenset({(7, 7)}), rows=frozenset({9}), columns=frozenset({9}))})
    assert picture(view) == before


def test_keys_walk_from_cell_to_cell_and_from_matrix_to_matrix(qtbot: QtBot, view: EquationView) -> None:
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.current_cell == ("row", 0, 0)
    for key, where in (
        (Qt.Key.Key_Right, ("row", 0, 1)), (Qt.Key.Key_End, ("row", 0, 4)), (Qt.Key.Key_Right, ("row", 0, 4)),
        (Qt.Key.Key_Home, ("row", 0, 0)), (Qt.Key.Key_Left, ("row", 0, 0)),
    ):
        qtbot.keyClick(view, key)
        assert view.current_cell == where
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.current_cell == ("jacobian", 2, 0)
    qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert view.current_cell == ("row", 0, 0)
    view.clearFocus()
    assert view.current_cell is None


def test_the_cell_is_said_to_those_who_do_not_see_it(qtbot: QtBot, view: EquationView) -> None:
    assert view.accessibleName() == "The Jacobians of L by x"
    hover(view, middle(view, "jacobian", 1, 2))
    assert view.accessibleDescription() == "jacobian 1 2"
    leave(view)
    assert view.accessibleDescription() == ""


def test_a_click_pins_a_cell_and_escape_releases_it(qtbot: QtBot, view: EquationView) -> None:
    clicked: list[tuple[str, int, int]] = []
    seen: list[tuple[str, int, int]] = []
    view.cell_clicked.connect(lambda *cell: clicked.append(cell))
    hover(view, middle(view, "jacobian", 1, 2))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, "jacobian", 1, 2))
    assert clicked == [("jacobian", 1, 2)]
    assert view.pinned_cell == ("jacobian", 1, 2)
    view.cell_hovered.connect(lambda *cell: seen.append(cell))
    hover(view, middle(view, "row", 0, 0))
    leave(view)
    assert view.current_cell == ("jacobian", 1, 2)
    assert seen == []
    with qtbot.waitSignal(view.released):
        qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.pinned_cell is None


def test_space_pins_and_the_same_cell_again_releases(qtbot: QtBot, view: EquationView) -> None:
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.pinned_cell == ("row", 0, 1)
    with qtbot.waitSignal(view.released):
        qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.pinned_cell is None


def test_a_pin_set_elsewhere_says_nothing(qtbot: QtBot, view: EquationView) -> None:
    with qtbot.assertNotEmitted(view.cell_hovered), qtbot.assertNotEmitted(view.cell_clicked):
        view.set_pinned(("diagonal", 0, 0))
    assert view.current_cell == ("diagonal", 0, 0)
    view.set_pinned(("nowhere", 0, 0))
    assert view.pinned_cell is None


def test_coming_to_a_matrix_is_said_and_its_title_can_be_clicked(qtbot: QtBot, view: EquationView) -> None:
    seen: list[str] = []
    view.matrix_hovered.connect(seen.append)
    heading = view.pixels(1.0).rect(view.plan.items[1].heading).center()
    hover(view, heading)
    hover(view, middle(view, "jacobian", 0, 0))
    hover(view, middle(view, "row", 0, 0))
    assert seen == ["jacobian", "row"]
    with qtbot.waitSignal(view.matrix_left):
        leave(view)
    with qtbot.waitSignal(view.matrix_clicked) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=heading)
    assert clicked.args == ["jacobian"]


def test_other_numbers_are_neither_typeset_nor_laid_out_again(view: EquationView, typeset: CountingTypeset) -> None:
    calls, plan = typeset.calls, view.plan
    qpin = ("jacobian", 1, 2)
    view.set_pinned(qpin)
    view.set_spec(equation(0.5))
    image = picture(view)
    assert typeset.calls == calls
    assert view.plan is plan
    assert view.pinned_cell == qpin
    assert ground(image, view, "row", 0, 0) == cell_colour(LIGHT, -0.95, 2.0)


def test_another_equation_forgets_the_cells(qtbot: QtBot, view: EquationView) -> None:
    hover(view, middle(view, "jacobian", 1, 2))
    with qtbot.waitSignal(view.cell_left):
        view.set_spec(EquationSpec((HeatmapSpec("A", np.ones((2, 2))),)))
    assert view.current_cell is None
    view.set_spec(EquationSpec(()))
    assert picture(view).size() == view.size()


def test_small_cells_show_colours_only(view: EquationView) -> None:
    inks, before = count(picture(view), LIGHT.ink), view.heightForWidth(542)
    view.set_pitch(Pitch(HEAT_SMALL))
    assert view.cell_area("row", 0, 0).size() == QSize(23, 17)
    image = picture(view)
    area = view.cell_area("jacobian", 0, 0)
    colours = {image.pixel(x, y) for x in range(area.left(), area.right()) for y in range(area.top(), area.bottom())}
    assert len(colours) == 1
    assert count(image, LIGHT.ink) < inks
    assert view.heightForWidth(542) <= before


def test_it_grows_in_height_as_it_gets_narrow_and_scrolls(qtbot: QtBot, view: EquationView) -> None:
    heights = [view.heightForWidth(width) for width in (800, 542, 300)]
    assert heights == sorted(heights)
    scroll = QScrollArea()
    qtbot.addWidget(scroll)
    scroll.setWidgetResizable(True)
    scroll.setWidget(view)
    scroll.resize(300, 200)
    scroll.show()
    qtbot.waitExposed(scroll)
    assert view.height() >= view.heightForWidth(view.width())
    assert scroll.verticalScrollBar().maximum() > 0
    scroll.takeWidget()  # qtbot closes the view itself


def test_large_matrices_are_shown_whole(qtbot: QtBot, typeset: CountingTypeset) -> None:
    view = EquationView(typeset)
    qtbot.addWidget(view)
    values = np.eye(64, 600)
    view.set_spec(EquationSpec((HeatmapSpec("J", values, tuple(map(str, range(64))), tuple(map(str, range(600)))),)))
    view.resize(542, view.heightForWidth(542))
    image = picture(view)
    assert count(image, cell_colour(LIGHT, 1.0, 1.0)) >= 50  # the thin diagonal is there
    assert view.cell_area("J", 63, 599).right() <= 542 - 16


def test_a_cell_that_changes_on_the_screen_of_another_ratio_stays_sharp(view: EquationView) -> None:
    image = QImage(QSize(view.width() * 2, view.height() * 2), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    view.render(image)
    area = view.cell_area("jacobian", 0, 0)
    colour = cell_colour(LIGHT, -1.9, 2.0)
    assert image.pixelColor(2 * area.left(), 2 * area.top()).name().upper() == colour


def test_no_tool_tip_covers_what_the_inspector_says(view: EquationView) -> None:
    view.set_pitch(Pitch(HEAT_SMALL))
    assert not view.prints(1)
    at = middle(view, "jacobian", 0, 2)
    hover(view, at)
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert QToolTip.text() == ""
    assert view.accessibleDescription() == "jacobian 0 2"


def test_a_screen_reader_hears_the_cell(qtbot: QtBot, view: EquationView) -> None:
    was = QAccessible.isActive()
    QAccessible.setActive(True)
    try:
        view.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(view, Qt.Key.Key_Right)
        found = QAccessible.queryAccessibleInterface(view)
        assert found.text(QAccessible.Text.Name) == "The Jacobians of L by x"
        assert found.text(QAccessible.Text.Description) == "row 0 1"
    finally:
        QAccessible.setActive(was)


def test_an_equation_may_be_shown_before_it_has_a_size(qtbot: QtBot, typeset: CountingTypeset) -> None:
    view = EquationView(typeset)
    qtbot.addWidget(view)
    view.set_spec(equation())
    assert view.sizeHint().height() == view.heightForWidth(view.sizeHint().width())
    assert view.minimumSizeHint().width() < view.sizeHint().width()
    spec = replace(view.spec, description="Other words")
    view.set_spec(spec)
    assert view.accessibleName() == "Other words"


def test_the_legend_shows_the_map_and_its_numbers(qtbot: QtBot, qapp: QApplication) -> None:
    load_fonts()
    legend = ScaleLegend()
    qtbot.addWidget(legend)
    legend.set_scale(2.0)
    legend.resize(legend.sizeHint())
    image = legend.grab().toImage()
    assert legend.accessibleName() == "Colour scale from −2, blue, over 0 to 2, orange"
    for words in (legend.toolTip(), legend.accessibleDescription()):
        assert "square root" in words and "Equal" not in words and "each matrix" in words
    assert max(map(len, legend.toolTip().splitlines())) < 90, "a tip is not broken by Qt"
    y = 5
    bar = [x for x in range(image.width()) if image.pixelColor(x, y) not in (image.pixelColor(0, 0),)]
    ends = image.pixelColor(bar[1], y), image.pixelColor(bar[-2], y)
    assert ends[0].blue() > ends[0].red()
    assert ends[1].red() > ends[1].blue()
    wide = legend.sizeHint().width()
    legend.set_scale(5e-9)
    assert legend.sizeHint().width() > wide
    legend.set_zoom(2.0)
    assert legend.sizeHint().height() > 40


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize("scale", [2.0, 5e-9, 0.05, 1e300, 5000.0])
def test_the_numbers_of_the_legend_never_touch(scale: float, beyond: bool) -> None:
    labels = legend_labels(scale, 140.0, beyond)
    assert labels[0][0] == 0.0 and labels[-1][0] == 1.0 and (0.5, "0") in labels
    for (before, one), (after, other) in pairwise(labels):
        assert (after - before) * 140.0 > (text_width(one, CELL_PX) + text_width(other, CELL_PX)) / 2
    assert labels[-1][1].startswith("> ") == beyond


def test_a_legend_that_is_exceeded_says_so(qtbot: QtBot, qapp: QApplication) -> None:
    load_fonts()
    legend = ScaleLegend()
    qtbot.addWidget(legend)
    legend.set_scale(2.0)
    before = legend.grab().toImage()
    legend.set_scale(2.0, beyond=True)
    assert legend.grab().toImage() != before
    assert "larger numbers" in legend.accessibleName()


def test_blocks_are_parted_by_lines(qtbot: QtBot, view: EquationView) -> None:
    before = view.grab().toImage()
    (place,) = (place for item, place in zip(view.spec.items, view.plan.items, strict=True) if item.key == "diagonal")
    parted = [replace(item, blocks=(0, 2)) if item.key == "diagonal" else item for item in view.spec.items]
    view.set_spec(replace(view.spec, items=tuple(parted)))
    view.repaint()
    after = view.grab().toImage()
    ratio = after.devicePixelRatio()
    first, second = view.cell_area("diagonal", 0, 1), view.cell_area("diagonal", 0, 2)
    x, y = round((first.right() + second.left()) / 2 * ratio), round(first.center().y() * ratio)
    assert place.matrix.columns > 2
    changed = [x + d for d in (-1, 0, 1, 2) if before.pixel(x + d, y) != after.pixel(x + d, y)]
    assert changed and before.pixel(changed[0], y) == view.grab().toImage().pixel(2, 2)
