"""The small widgets of the window's frame, moved as a person moves them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QPushButton,
    QSpinBox,
    QStyle,
    QStyleOptionSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tutor.figures.palette import LIGHT
from tutor.typeset import Typesetter
from tutor.ui.theme import LARGEST, SMALLEST, Look
from tutor.ui.widgets.choice import BRIEF, Choice
from tutor.ui.widgets.dock_head import DockHead
from tutor.ui.widgets.flow import Flow
from tutor.ui.widgets.formula_paint import FormulaColours
from tutor.ui.widgets.notice_bar import NoticeBar
from tutor.ui.widgets.phrase import Phrase
from tutor.ui.widgets.remark import Remark
from tutor.ui.widgets.segmented import Segment, Segmented
from tutor.ui.widgets.size_box import SizeBox
from tutor.ui.widgets.size_row import NamedSize, SizeRow


@pytest.fixture
def typesetter() -> Typesetter:
    return Typesetter()


def arrow(box: QSpinBox, part: QStyle.SubControl) -> QPoint:
    option = QStyleOptionSpinBox()
    box.initStyleOption(option)
    return box.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, part, box).center()


class TestSizeBox:
    @pytest.fixture
    def box(self, qtbot: QtBot, look: Look) -> SizeBox:
        box = SizeBox(1, 16)
        qtbot.addWidget(box)
        box.show_number(5)
        box.show()
        return box

    def test_each_press_is_a_gesture(self, qtbot: QtBot, box: SizeBox) -> None:
        told: list[tuple[int, int]] = []
        box.edited.connect(lambda number, gesture: told.append((number, gesture)))
        for _ in range(2):
            qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=arrow(box, QStyle.SubControl.SC_SpinBoxUp))
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=arrow(box, QStyle.SubControl.SC_SpinBoxDown))
        assert [number for number, _ in told] == [6, 7, 6]
        assert len({gesture for _, gesture in told}) == 3

    def test_a_typed_number_counts_when_it_is_finished(self, qtbot: QtBot, box: SizeBox) -> None:
        told: list[int] = []
        box.edited.connect(lambda number, _: told.append(number))
        box.selectAll()
        qtbot.keyClicks(box, "12")
        assert told == []
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert told == [12]

    @pytest.mark.parametrize("typed", ["40", "0", "17", "2.5", "1e3", "c", "-3", "4 5", "12345678"])
    def test_what_is_no_number_in_range_is_refused_when_finished(
        self, qtbot: QtBot, box: SizeBox, typed: str
    ) -> None:
        said: list[str] = []
        box.refused.connect(said.append)
        box.selectAll()
        with qtbot.assertNotEmitted(box.edited):
            qtbot.keyClicks(box, typed)
            assert not any(said) and box.text() == typed, "nothing is said of what is not finished"
            qtbot.keyClick(box, Qt.Key.Key_Return)
        assert (box.value(), box.text()) == (5, "5")
        assert said[-1] == "A size is a whole number from 1 to 16."
        box.selectAll()
        qtbot.keyClicks(box, "7")
        assert said[-1] == ""
        assert box.text() == "7"

    def test_what_is_pasted_and_no_number_is_refused_when_it_is_finished(self, qtbot: QtBot, box: SizeBox) -> None:
        said: list[str] = []
        box.refused.connect(said.append)
        QGuiApplication.clipboard().setText("five")
        qtbot.keyClick(box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert said[-1] == "A size is a whole number from 1 to 16."
        assert box.value() == 5

    @pytest.mark.parametrize("zoom", [SMALLEST, 1.0, 2.0, LARGEST])
    def test_its_digits_have_room_at_every_size(self, qtbot: QtBot, look: Look, zoom: float) -> None:
        look.zoom_to(zoom)
        seed = SizeBox(0, 9999, digits=4)
        qtbot.addWidget(seed)
        seed.set_zoom(zoom)
        seed.show_number(8888)
        seed.resize(seed.sizeHint())
        seed.show()
        line = seed.lineEdit()
        assert line.fontMetrics().horizontalAdvance("8888") <= line.contentsRect().width() - 4
        assert line.fontMetrics().height() <= seed.height()

    def test_the_wheel_turns_it_only_with_the_keyboard(self, qtbot: QtBot, box: SizeBox) -> None:
        def turn() -> None:
            middle = QPointF(box.rect().center())
            QApplication.sendEvent(box, QWheelEvent(
                middle, box.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            ))

        box.clearFocus()
        turn()
        assert box.value() == 5
        box.activateWindow()
        box.setFocus()
        qtbot.waitUntil(box.hasFocus)
        turn()
        assert box.value() == 6

    def test_showing_a_number_is_no_edit(self, qtbot: QtBot, box: SizeBox) -> None:
        with qtbot.assertNotEmitted(box.edited):
            box.show_number(9)
        assert box.value() == 9


class TestSegmented:
    @pytest.fixture
    def row(self, qtbot: QtBot, look: Look, typesetter: Typesetter) -> Segmented:
        row = Segmented()
        qtbot.addWidget(row)
        names = {"x": "x", "W1": "W_1", "b1": "b_1"}
        segments = [Segment(key, typesetter.formula(name, 15), f"gradient by {key}") for key, name in names.items()]
        row.set_segments(segments, "x")
        row.show()
        return row

    def test_a_click_chooses(self, qtbot: QtBot, row: Segmented) -> None:
        button = row.button("W1")
        assert button is not None
        with qtbot.waitSignal(row.chosen) as chosen:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert chosen.args == ["W1"]
        assert row.choice == "W1"

    def test_arrows_move_the_choice(self, qtbot: QtBot, row: Segmented) -> None:
        button = row.button("x")
        assert button is not None
        button.setFocus()
        with qtbot.waitSignal(row.chosen) as chosen:
            qtbot.keyClick(button, Qt.Key.Key_Right)
        assert chosen.args == ["W1"]

    def test_showing_a_choice_tells_nobody(self, qtbot: QtBot, row: Segmented, typesetter: Typesetter) -> None:
        with qtbot.assertNotEmitted(row.chosen):
            row.set_segments([Segment("z", typesetter.formula("z", 15), "gradient by z")], "z")
        assert row.keys == ("z",)
        assert row.choice == "z"

    def test_another_tip_keeps_the_keyboard(self, qtbot: QtBot, row: Segmented, typesetter: Typesetter) -> None:
        row.activateWindow()
        qtbot.waitUntil(row.isActiveWindow)
        button = row.button("W1")
        assert button is not None
        button.setFocus()

        def show(*keys: str, tip: str) -> None:
            row.set_segments([Segment(key, typesetter.formula("x", 15), key, tip) for key in keys], keys[0])

        show("x", "W1", "b1", tip="5×3")
        assert row.button("W1") is button and button.hasFocus() and button.toolTip() == "5×3"
        show("A", "W1", tip="2×2")
        assert row.button("W1") is button and button.hasFocus() and row.keys == ("A", "W1")
        show("A", "B", tip="2×2")
        chosen = row.button("A")
        assert chosen is not None and chosen.hasFocus(), "its own is gone"

    def test_names_are_spoken(self, row: Segmented) -> None:
        button = row.button("W1")
        assert button is not None and button.accessibleName() == "gradient by W1"


def test_a_flat_choice_is_as_wide_as_what_it_says(qtbot: QtBot, look: Look) -> None:
    choice = Choice(flat=True)
    qtbot.addWidget(choice)
    choice.addItems(["rows", "Jacobian product"])
    narrow = choice.sizeHint().width()
    choice.setCurrentIndex(1)
    assert choice.sizeHint().width() > narrow


def test_a_choice_without_room_says_it_in_brief(qtbot: QtBot, look: Look) -> None:
    choice = Choice(flat=True)
    qtbot.addWidget(choice)
    choice.addItems(["L→p→h2→h1→W", "local"])
    choice.setItemData(0, "1 of 2", BRIEF)
    choice.show()

    def looks_at(width: int) -> QImage:
        choice.resize(width, 24)
        return choice.grab().toImage()

    whole = choice.sizeHint().width()
    least = choice.minimumSizeHint().width()
    assert 60 <= least < whole
    brief = looks_at(least)
    choice.setItemText(0, "1 of 2")
    assert looks_at(least) == brief, "never an ellipsis where the brief words have room"
    choice.setCurrentIndex(1)
    assert choice.minimumSizeHint() == choice.sizeHint(), "a short word is never cut"


def test_the_wheel_does_not_change_a_choice_in_passing(qtbot: QtBot, look: Look) -> None:
    choice = Choice()
    qtbot.addWidget(choice)
    choice.addItems(["a", "b"])
    choice.show()
    turned = QWheelEvent(QPointF(4, 4), QPointF(4, 4), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
                         Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(choice, turned)
    assert choice.currentText() == "a"


def test_a_head_offers_what_its_dock_can_do(qtbot: QtBot, look: Look) -> None:
    head = DockHead("Numbers")
    head.take([QLabel("seed")])
    qtbot.addWidget(head)
    head.set_look(LIGHT, 1.0)
    head.show()
    assert head.title == "Numbers"
    assert head.sizeHint().height() == 32
    for signal, words in ((head.float_wanted, "Take Numbers"), (head.close_wanted, "Hide Numbers")):
        button = next(b for b in head.findChildren(QToolButton) if b.accessibleName().startswith(words))
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_remark_is_never_colour_alone(qtbot: QtBot, look: Look) -> None:
    remark = Remark()
    qtbot.addWidget(remark)
    remark.say("All 59 entries agree", True, LIGHT, 1.0)
    assert remark.accessibleName() == "right: All 59 entries agree"
    remark.say("26 of 59 entries differ", False, LIGHT, 1.0)
    assert remark.accessibleName() == "wrong: 26 of 59 entries differ"
    remark.say("", None, LIGHT, 1.0)
    assert not remark.isVisible()


def test_a_notice_can_be_copied_and_closed(qtbot: QtBot, look: Look) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.set_look(LIGHT, 1.0)
    bar.notice("The program made a mistake of its own.", "Traceback: here")
    copy = visible_button(bar, "Copy the details")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "Traceback: here" in QGuiApplication.clipboard().text()
    (close,) = bar.findChildren(QToolButton)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def visible_button(bar: NoticeBar, words: str) -> QPushButton:
    bar.show()
    (button,) = (b for b in bar.findChildren(QPushButton) if b.isVisible() and b.text() == words)
    return button


def test_an_offer_stands_beside_what_is_said_already(qtbot: QtBot, look: Look) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.set_look(LIGHT, 1.0)
    bar.notice("The last session ended in a crash.", "Traceback: here")
    taken: list[str] = []
    bar.offer("A copy was kept.", "Open the copy", lambda: taken.append("taken"))
    assert bar.sentence == "The last session ended in a crash. A copy was kept."
    assert visible_button(bar, "Copy the details")
    qtbot.mouseClick(visible_button(bar, "Open the copy"), Qt.MouseButton.LeftButton)
    assert taken == ["taken"] and bar.isHidden()
    bar.offer("Another copy was kept.", "Open the copy", lambda: taken.append("again"),
              lambda: taken.append("declined"))
    assert bar.sentence == "Another copy was kept."
    (close,) = bar.findChildren(QToolButton)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert taken == ["taken", "declined"]
    bar.notice("Something else.")
    assert not any(b.isVisible() for b in bar.findChildren(QPushButton))


def test_a_narrow_head_cuts_its_title_and_never_lays_one_thing_over_another(qtbot: QtBot, look: Look) -> None:
    caption, choice, button = QLabel("seed"), Choice(flat=True), QPushButton("redraw")
    choice.addItems(["central differences"])
    head = DockHead("Gradient check")
    head.take([caption, choice, button])
    qtbot.addWidget(head)
    head.set_note("a note")
    head.set_look(LIGHT, 1.0)
    head.show()
    shown = set()
    for width in range(700, 60, -10):
        head.resize(width, 32)
        seen = [w for w in head.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
                if w.isVisible() and head.rect().intersects(w.geometry())]
        for place, one in enumerate(seen):
            assert head.rect().contains(one.geometry()), (width, one)
            assert not any(one.geometry().intersects(other.geometry()) for other in seen[place + 1:]), width
        shown.add(next(label.text() for label in seen if isinstance(label, QLabel) and label is not caption))
    assert "Gradient check" in shown and any(title.endswith("…") for title in shown)


def test_what_has_to_be_said_comes_before_the_options(qtbot: QtBot, look: Look) -> None:
    first, last = QPushButton("first"), QPushButton("last")
    head = DockHead("Derivation")
    head.take([first, last])
    qtbot.addWidget(head)
    head.set_look(LIGHT, 1.0)
    head.show()
    (note,) = (label for label in head.findChildren(QLabel) if label.property("voice") == "caption")
    head.resize(330, 32)
    head.set_note("of the last good program")
    assert not note.isVisible() and first.geometry().top() >= 0
    head.set_note("of the last good program", first=True)
    assert note.isVisible() and first.geometry().bottom() < 0 and last.geometry().top() >= 0
    assert note.geometry().right() < last.geometry().left()


def test_a_phrase_is_as_wide_as_its_pieces(qtbot: QtBot, look: Look, typesetter: Typesetter) -> None:
    phrase = Phrase()
    qtbot.addWidget(phrase)
    colours = FormulaColours.from_palette(phrase.palette())
    formula = typesetter.formula("L", 15, display=False)
    phrase.say(["Gradient of ", formula], "Gradient of L", colours, 1.0)
    narrow = phrase.sizeHint().width()
    phrase.say(["Gradient of ", formula, " by"], "Gradient of L by", colours, 1.0)
    assert phrase.sizeHint().width() > narrow
    assert phrase.accessibleName() == "Gradient of L by"


def test_a_flow_breaks_like_words(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = Flow(gap=8, line_gap=4)
    holder.setLayout(flow)
    flow.setContentsMargins(0, 0, 0, 0)
    boxes = [QWidget() for _ in range(3)]
    for box in boxes:
        box.setFixedSize(40, 20)
        flow.addWidget(box)
    holder.resize(90, 60)
    holder.show()
    assert [box.pos().toTuple() for box in boxes] == [(0, 0), (48, 0), (0, 24)]
    assert flow.heightForWidth(200) == 20
    assert flow.heightForWidth(40) == 68


class TestSizeRow:
    def test_a_size_that_stays_keeps_its_box_and_the_keyboard(
        self, qtbot: QtBot, look: Look, typesetter: Typesetter
    ) -> None:
        row = SizeRow(1, 16)
        qtbot.addWidget(row)
        name = typesetter.formula("n", 15)
        row.show_sizes([NamedSize("n", name, 5), NamedSize("m", name, 3)], 1.0)
        row.show()
        row.activateWindow()
        qtbot.waitUntil(row.isActiveWindow)
        box = row.box("m")
        box.setFocus()
        row.show_sizes([NamedSize("k", name, 2), NamedSize("m", name, 4)], 1.0)
        assert row.box("m") is box and box.hasFocus()
        assert row.numbers == {"k": 2, "m": 4}
