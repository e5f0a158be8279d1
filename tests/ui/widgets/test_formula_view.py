from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QTransform
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tutor.typeset import Box, Formula, Typesetter, source
from tutor.typeset.source import part
from tutor.ui.widgets.formula_paint import FormulaColours, paint_formula
from tutor.ui.widgets.formula_view import PADDING_X, PADDING_Y, FormulaView

INK, ACCENT, TINT, MUTED = QColor("#000000"), QColor("#0000ff"), QColor("#ffff00"), QColor("#ff0000")
COLOURS = FormulaColours(INK, ACCENT, TINT, MUTED)
SHEET = QColor("#ffffff")

typesetter = Typesetter()
CHAIN = typesetter.formula(
    "delta_h = delta_theta " + part("W", "W_2^top") + " + " + part("sum", part("a", "a") + " + " + part("b", "b"))
)


def picture(formula: Formula, scale: float = 1.0, zoom: float = 1.0, ink: QColor | None = None, *lit: str) -> QImage:
    """The formula painted at (4, 4) on a white sheet."""
    size = QSize(round((formula.width * zoom + 8) * scale) + 1, round((formula.height * zoom + 8) * scale) + 1)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(SHEET)
    with QPainter(image) as painter:
        paint_formula(painter, formula, QPointF(4, 4), COLOURS, frozenset(lit), zoom, ink)
    return image


def count(image: QImage, colour: QColor, area: QRectF | None = None) -> int:
    """How many pixels have exactly the colour, in an area in device pixels or everywhere."""
    rect = area.toRect() if area is not None else image.rect()
    wanted = colour.rgb()
    return sum(
        image.pixel(x, y) == wanted
        for y in range(max(0, rect.top()), min(image.height(), rect.bottom() + 1))
        for x in range(max(0, rect.left()), min(image.width(), rect.right() + 1))
    )


def place(box: Box, scale: float = 1.0) -> QRectF:
    return QRectF((box.x + 4) * scale, (box.y + 4) * scale, box.w * scale, box.h * scale)


def box_of(formula: Formula, name: str) -> Box:
    return next(box for box in formula.boxes if box.part == name)


def middle(view: FormulaView, name: str, zoom: float = 1.0) -> QPoint:
    """The middle of a part, in the widget."""
    assert view.formula is not None
    box = box_of(view.formula, name)
    return QPointF((box.x + box.w / 2 + PADDING_X) * zoom, (box.y + box.h / 2 + PADDING_Y) * zoom).toPoint()


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[FormulaView]:
    view = FormulaView()
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.addWidget(QPushButton("somewhere else"))
    layout.addWidget(view, 0, Qt.AlignmentFlag.AlignLeft)
    view.set_colours(COLOURS)
    view.set_formula(CHAIN, "delta h is delta theta times W2 transposed", {"W": "second weights, transposed"})
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield view
    window.close()


@pytest.fixture
def hovered(view: FormulaView) -> list[str]:
    said: list[str] = []
    view.part_hovered.connect(said.append)
    return said


@pytest.fixture
def clicked(view: FormulaView) -> list[str]:
    said: list[str] = []
    view.part_clicked.connect(said.append)
    return said


# Painting


def test_a_highlighted_part_stands_in_accent_on_the_tint() -> None:
    area = place(box_of(CHAIN, "W"), 2)
    plain, lit = picture(CHAIN, 2), picture(CHAIN, 2, 1.0, None, "W")
    assert count(plain, INK, area) > 50
    assert count(plain, TINT) == count(plain, ACCENT) == 0
    assert count(lit, ACCENT, area) > 50
    assert count(lit, INK, area) == 0
    assert count(lit, TINT, area) > 200
    around = area.adjusted(-6, -4, 6, 4)
    assert count(lit, TINT) == count(lit, TINT, around)
    assert count(lit, ACCENT) == count(lit, ACCENT, around)
    assert count(lit, INK) > 100


def test_a_highlight_reaches_the_parts_inside() -> None:
    lit = picture(CHAIN, 2, 1.0, None, "sum")
    for name in ("a", "b"):
        assert count(lit, ACCENT, place(box_of(CHAIN, name), 2)) > 20
        assert count(lit, INK, place(box_of(CHAIN, name), 2)) == 0


def test_an_unknown_part_highlights_nothing() -> None:
    assert picture(CHAIN, 1.0, 1.0, None, "nothing") == picture(CHAIN)


def test_both_occurrences_of_a_part_are_highlighted() -> None:
    formula = typesetter.formula(part("h", "h") + " compose (1 - " + part("h", "h") + ")")
    lit = picture(formula, 2, 1.0, None, "h")
    assert all(count(lit, ACCENT, place(box, 2)) > 20 for box in formula.boxes)


def test_quiet_maths_is_muted_unless_the_painter_has_one_ink() -> None:
    formula = typesetter.formula("H " + source.muted("H"))
    assert count(picture(formula, 2), MUTED) > 20
    green = QColor("#00ff00")
    one_ink = picture(formula, 2, 1.0, green)
    assert count(one_ink, green) > 40
    assert count(one_ink, MUTED) == count(one_ink, INK) == 0


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("zoom", [1.0, 1.1])
def test_a_fraction_bar_covers_whole_device_pixels(scale: float, zoom: float) -> None:
    formula = typesetter.formula("frac(1, 2)")
    image = picture(formula, scale, zoom)
    [rule] = formula.rules
    x = round((4 + (rule.x + rule.w / 2) * zoom) * scale)
    y = round((4 + rule.y * zoom) * scale)
    column = [image.pixelColor(x, row) for row in range(y - 3, y + 5)]
    assert INK in column
    assert all(colour in (INK, SHEET) for colour in column)


def test_a_tall_bracket_has_no_nicks() -> None:
    formula = typesetter.formula(source.matrix([[str(i)] for i in range(7)]))
    image = picture(formula, 1.3)
    bracket = formula.glyphs[0]
    xs = [command[1] + bracket.x for command in bracket.path if len(command) > 1]
    left, right = int((4 + min(xs)) * 1.3), int((4 + max(xs)) * 1.3)
    top, bottom = int(8 * 1.3) + 4, int(formula.height * 1.3) - 4
    # Along its stem every row of the picture looks the same.
    rows = {tuple(image.pixel(x, y) for x in range(left, right)) for y in range(top, bottom)}
    assert len(rows) == 1


def test_formulas_meet_on_their_baselines() -> None:
    # The same letter, beside nothing and beside a fraction: the same pixels, once the baselines agree.
    alone, tall = typesetter.formula("h"), typesetter.formula("h frac(a, b)")
    image = QImage(60, 80, QImage.Format.Format_RGB32)
    image.fill(SHEET)
    with QPainter(image) as painter:
        paint_formula(painter, alone, QPointF(4.3, 50.4 - alone.baseline), COLOURS)
        paint_formula(painter, tall, QPointF(30.3, 50.4 - tall.baseline), COLOURS)
    assert image.copy(0, 0, 14, 80) == image.copy(26, 0, 14, 80)


def test_letters_come_out_alike_wherever_a_layout_puts_them() -> None:
    formula = typesetter.formula("W_2^top")
    pictures = []
    for x, y in ((5.0, 6.0), (5.3, 5.8), (4.7, 6.2)):
        image = QImage(50, 40, QImage.Format.Format_RGB32)
        image.fill(SHEET)
        with QPainter(image) as painter:
            paint_formula(painter, formula, QPointF(x, y - formula.baseline % 1), COLOURS)
        pictures.append(image)
    assert pictures[0] == pictures[1] == pictures[2]


def test_a_fraction_bar_does_not_vanish_when_small() -> None:
    [rule] = (formula := typesetter.formula("frac(1, 2)")).rules
    assert rule.h * 0.4 < 0.5
    assert count(picture(formula, 1.0, 0.4), INK) == 3  # the letters are too small to reach full ink


def test_the_painter_is_left_as_it_was(qtbot: QtBot) -> None:
    image = QImage(50, 50, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        painter.translate(3, 4)
        before, hints, brush = painter.transform(), painter.renderHints(), painter.brush()
        paint_formula(painter, CHAIN, QPointF(1.5, 2.5), COLOURS, frozenset({"W"}), 1.5)
        assert (painter.transform(), painter.renderHints(), painter.brush()) == (before, hints, brush)


def test_a_turned_painter_paints_too() -> None:
    formula = typesetter.formula("frac(1, 2) " + part("x", "x"))
    image = QImage(80, 80, QImage.Format.Format_RGB32)
    image.fill(SHEET)
    with QPainter(image) as painter:
        painter.setTransform(QTransform().translate(60, 5).rotate(90))
        paint_formula(painter, formula, QPointF(0, 0), COLOURS, frozenset({"x"}), 1.5)
    assert count(image, TINT) > 50
    assert sum(image.pixelColor(x, y).lightness() < 100 for x in range(80) for y in range(80)) > 50


# The widget


def grab(view: FormulaView) -> QImage:
    return view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def has(image: QImage, colour: QColor) -> bool:
    return count(image, colour) > 3


def test_the_size_follows_formula_and_zoom(view: FormulaView) -> None:
    hint = view.sizeHint()
    assert hint.width() >= CHAIN.width + 2 * PADDING_X
    assert hint.height() >= CHAIN.height + 2 * PADDING_Y
    view.set_zoom(2)
    assert abs(view.sizeHint().width() - 2 * hint.width()) <= 1
    assert view.minimumSizeHint() == view.sizeHint()
    with pytest.raises(ValueError, match="zoom"):
        view.set_zoom(0)


def test_without_a_formula_there_is_nothing(view: FormulaView) -> None:
    view.set_formula(None)
    assert view.formula is None
    assert view.sizeHint() == QSize(0, 0)
    assert not has(grab(view), INK)
    assert view.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_it_shows_what_it_was_given_in_the_colours_it_was_given(view: FormulaView) -> None:
    assert has(grab(view), INK)
    assert not has(grab(view), TINT)
    view.set_highlight(frozenset({"W"}))
    assert has(grab(view), TINT)
    assert has(grab(view), ACCENT)
    other = QColor("#00ff00")
    view.set_colours(FormulaColours(other, ACCENT, TINT, MUTED))
    assert has(grab(view), other)
    assert not has(grab(view), INK)
    assert view.accessibleName() == "delta h is delta theta times W2 transposed"


def test_without_colours_it_follows_the_palette(view: FormulaView) -> None:
    view.set_colours(None)
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.WindowText, MUTED)
    palette.setColor(QPalette.ColorRole.Accent, ACCENT)
    view.setPalette(palette)
    view.set_highlight(frozenset({"W"}))
    image = grab(view)
    assert has(image, MUTED)
    assert has(image, ACCENT)


def test_the_pointer_says_each_part_once(qtbot: QtBot, view: FormulaView, hovered: list[str]) -> None:
    for name in ("W", "W", "a", "b"):
        qtbot.mouseMove(view, middle(view, name))
        qtbot.mouseMove(view, middle(view, name) + QPoint(1, 0))
    qtbot.mouseMove(view, QPoint(1, 1))
    assert hovered == ["W", "a", "b", ""]


def test_leaving_says_so(qtbot: QtBot, view: FormulaView, hovered: list[str]) -> None:
    qtbot.mouseMove(view, middle(view, "W"))
    QCoreApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert hovered == ["W", ""]


def test_places_are_found_under_a_zoom(qtbot: QtBot, view: FormulaView, hovered: list[str]) -> None:
    view.set_zoom(2.5)
    view.resize(view.sizeHint())
    qtbot.mouseMove(view, middle(view, "b", 2.5))
    assert hovered == ["b"]


def test_a_part_that_goes_is_no_longer_hovered(qtbot: QtBot, view: FormulaView, hovered: list[str]) -> None:
    qtbot.mouseMove(view, middle(view, "W"))
    view.set_formula(typesetter.formula("x"))
    assert hovered == ["W", ""]
    assert not view.accessibleName()


def test_a_click_is_a_press_and_release_on_one_part(qtbot: QtBot, view: FormulaView, clicked: list[str]) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(view, left, pos=middle(view, "a"))
    qtbot.mousePress(view, left, pos=middle(view, "W"))
    qtbot.mouseRelease(view, left, pos=middle(view, "a"))
    qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=middle(view, "W"))
    assert clicked == ["a"]


def test_a_click_beside_all_parts_is_left_to_the_panel(qtbot: QtBot) -> None:
    class Panel(QWidget):
        pressed = 0

        def mousePressEvent(self, event: object) -> None:
            self.pressed += 1

    panel = Panel()
    qtbot.addWidget(panel)
    view = FormulaView()
    QVBoxLayout(panel).addWidget(view)
    view.set_formula(CHAIN)
    with qtbot.waitExposed(panel):
        panel.show()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert panel.pressed == 1
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, "W"))
    assert panel.pressed == 1


# The keyboard


def focus(view: FormulaView, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
    view.clearFocus()
    view.setFocus(reason)
    assert view.hasFocus()


def test_the_keyboard_goes_from_part_to_part_and_clicks(
    qtbot: QtBot, view: FormulaView, hovered: list[str], clicked: list[str]
) -> None:
    focus(view)
    assert hovered == ["W"]
    assert view.accessibleDescription() == "second weights, transposed"
    steps = [Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Up, Qt.Key.Key_Left]
    for key in steps:
        qtbot.keyClick(view, key)
    assert hovered == ["W", "sum", "a", "b", "sum", "W"]
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert clicked == ["b", "W"]


def test_the_focused_part_has_a_frame_in_accent_and_a_clicked_one_has_none(qtbot: QtBot, view: FormulaView) -> None:
    focus(view, Qt.FocusReason.MouseFocusReason)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, "sum"))
    assert not has(grab(view), ACCENT)
    qtbot.keyClick(view, Qt.Key.Key_Left)  # the keyboard goes on from the part that was clicked
    framed = grab(view)
    assert has(framed, ACCENT)
    box = box_of(CHAIN, "W")
    around = QRectF(box.x + PADDING_X, box.y + PADDING_Y, box.w, box.h).adjusted(-5, -4, 5, 4)
    assert count(framed, ACCENT, around) == count(framed, ACCENT)
    view.clearFocus()
    assert not has(grab(view), ACCENT)


def test_leaving_by_the_keyboard_lets_go(qtbot: QtBot, view: FormulaView, hovered: list[str]) -> None:
    focus(view)
    view.clearFocus()
    assert hovered == ["W", ""]


def test_keys_that_lead_nowhere_are_left_to_the_panel(qtbot: QtBot) -> None:
    class Panel(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.keys: list[int] = []

        def keyPressEvent(self, event: object) -> None:
            self.keys.append(event.key())  # type: ignore[attr-defined]

    panel = Panel()
    qtbot.addWidget(panel)
    view = FormulaView()
    layout = QVBoxLayout(panel)
    layout.addWidget(QPushButton("somewhere else"))
    layout.addWidget(view)
    view.set_formula(CHAIN)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    focus(view)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_F6):
        qtbot.keyClick(view, key)
    assert panel.keys == [Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_F6]


def test_the_keyboard_stays_on_its_part_when_the_numbers_change(
    qtbot: QtBot, view: FormulaView, hovered: list[str]
) -> None:
    focus(view)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    view.set_formula(typesetter.formula("x + " + part("sum", "b") + " " + part("W", "W")))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert hovered == ["W", "sum", "W"]


def test_a_formula_without_parts_takes_no_focus(view: FormulaView) -> None:
    view.set_formula(typesetter.formula("x + y"), "x plus y")
    assert view.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert view.accessibleName() == "x plus y"
