from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tutor.figures.palette import LIGHT
from tutor.ui.theme import Look
from tutor.ui.widgets.fault import Fault, Place
from tutor.ui.widgets.line_colours import units
from tutor.ui.widgets.listing import Listing

TEXT = "a = 1\nb = a\nc = b"


@pytest.fixture
def listing(qtbot: QtBot, look: Look) -> Listing:
    made = Listing()
    qtbot.addWidget(made)
    made.resize(240, 200)
    made.show_text(TEXT, {0: "1×1"}, LIGHT, 1.0)
    made.show()
    return made


def test_it_is_read_and_not_written(qtbot: QtBot, listing: Listing) -> None:
    qtbot.keyClicks(listing, "z = 1")
    assert listing.toPlainText() == TEXT
    assert listing.cursorWidth() == 0, "nothing looks as if one could write"
    listing.selectAll()
    assert listing.textCursor().selectedText()


@pytest.mark.parametrize(
    "text", ["a = 1\nb = 2 a\nc = b", "", "a = 1", "x\n" + TEXT, TEXT + "\nd = c", "aa\naa", TEXT * 2]
)
def test_another_text_takes_the_place_of_this_one(listing: Listing, text: str) -> None:
    listing.show_text(text, {}, LIGHT, 1.0)
    assert listing.toPlainText() == text
    listing.show_text(TEXT, {}, LIGHT, 1.0)
    assert listing.toPlainText() == TEXT


def test_a_sentence_takes_as_many_lines_as_it_needs(listing: Listing) -> None:
    before = listing.sizeHint().height()
    listing.show_text(TEXT, {}, LIGHT, 1.0, Fault(Place(1, 4, 1), "Short."))
    short = listing.sizeHint().height()
    listing.show_text(TEXT, {}, LIGHT, 1.0, Fault(Place(1, 4, 1), "A sentence of some length that says it all. " * 3))
    assert before < short < listing.sizeHint().height()
    room = listing.document().findBlockByNumber(1).blockFormat().bottomMargin()
    assert room > 20 and listing.document().findBlockByNumber(0).blockFormat().bottomMargin() == 0


def test_a_fault_of_a_line_that_is_gone_is_said_under_the_last(listing: Listing) -> None:
    listing.show_text("a", {}, LIGHT, 1.0, Fault(Place(7, 0, 0), "There is nothing."))
    assert listing.document().lastBlock().blockFormat().bottomMargin() > 0
    assert not listing.grab().isNull()


def test_pieces_have_their_colours(listing: Listing) -> None:
    listing.colour(lambda line: [(0, 1, "name"), (4, 1, "function")])
    formats = listing.document().firstBlock().layout().formats()
    assert [(f.start, f.format.foreground().color().name().upper()) for f in formats] == [
        (0, LIGHT.ink), (1, LIGHT.ink2), (4, LIGHT.word)
    ]


def test_signs_beyond_the_first_plane_count_twice_in_qt() -> None:
    assert (units("θ"), units("𝐖1"), units("")) == (1, 3, 0)


def test_what_stands_behind_such_a_sign_is_marked_where_it_stands(listing: Listing) -> None:
    listing.show_text("𝐖 = bb", {}, LIGHT, 1.0)
    listing.mark([Place(0, 4, 2)])
    assert [s.cursor.selectedText() for s in listing.extraSelections()] == ["bb"]
