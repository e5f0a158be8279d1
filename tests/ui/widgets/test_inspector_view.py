"""One cell explained: what is seen, what is said, and what gives way where room is short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tutor.figures.palette import DARK, LIGHT, Theme
from tutor.typeset import Typesetter
from tutor.ui.theme import load_fonts
from tutor.ui.widgets.inspector_view import LEAST_HEIGHT, InspectorView


@dataclass(frozen=True)
class Words:
    formula: str
    because: str = ""
    carries: str = ""
    words: str = ""
    facts: tuple[str, str] = ("", "")

    @property
    def line(self) -> str:
        return self.formula.replace(" / ", " slash ")


SLOPE = Words("(partial theta_2) / (partial h_3) = W_2 [3, 2] = -0.41",
              "$h_3$ reaches $theta_2$ through $W_2 [3, 2]$ and in no other way.",
              "It carries $delta_(theta_2) dot x = 0.1$ of $y = 0.3$.",
              "∂θ[2] by ∂h[3] = W2[3, 2] = −0.41. It carries a part.")


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication, typesetter: Typesetter) -> InspectorView:
    load_fonts()
    shown = InspectorView(typesetter)
    qtbot.addWidget(shown)
    shown.set_look(LIGHT, 1.0)
    shown.resize(420, shown.sizeHint().height())
    shown.show()
    return shown


def picture(view: InspectorView) -> QImage:
    return view.grab().toImage()


def inked(view: InspectorView) -> list[int]:
    """The rows of the picture on which something stands, below the line at its top."""
    image = picture(view)
    ground = image.pixel(2, image.height() - 2)
    ratio = image.devicePixelRatio()
    return [y for y in range(round(4 * ratio), image.height())
            if any(image.pixel(x, y) != ground for x in range(round(10 * ratio), image.width() - 2))]


def test_a_hint_stands_where_no_cell_is_looked_at(view: InspectorView) -> None:
    view.say(None, "Point at a cell.")
    assert view.words is None
    assert view.accessibleDescription() == "Point at a cell."
    assert inked(view)
    view.say(None, "")
    assert not inked(view)


def test_a_cell_is_said_with_all_its_words(view: InspectorView) -> None:
    view.say(SLOPE)
    assert view.words == SLOPE
    assert view.accessibleDescription() == SLOPE.words, "a screen reader would read Typst letter by letter"
    assert view.accessibleName() == "What the cell says"


def test_each_part_takes_room(view: InspectorView) -> None:
    feet = []
    for words in (Words(SLOPE.formula), Words(SLOPE.formula, SLOPE.because), SLOPE):
        view.say(words)
        feet.append(max(inked(view)))
    assert feet[0] < feet[1] < feet[2] < view.height()


def test_its_height_never_depends_on_what_it_says(view: InspectorView) -> None:
    heights = set()
    for words in (None, Words(SLOPE.formula), SLOPE):
        view.say(words, "hint")
        heights.add((view.sizeHint().height(), view.minimumSizeHint().height()))
    assert len(heights) == 1


def test_where_room_is_short_the_end_gives_way(view: InspectorView) -> None:
    view.say(SLOPE)
    whole = max(inked(view))
    view.set_room(20.0)
    assert view.sizeHint().height() == LEAST_HEIGHT
    view.resize(420, view.sizeHint().height())
    assert 0 < max(inked(view)) < whole
    view.set_room(1000.0)
    view.resize(420, view.sizeHint().height())
    assert max(inked(view)) == whole


def test_long_reasons_are_broken_to_the_width(view: InspectorView) -> None:
    view.say(Words("x", "A reason of many words, and of some more words, that does not fit on one line at all."))
    view.resize(600, view.height())
    broad = max(inked(view))
    view.resize(240, view.height())
    assert max(inked(view)) > broad
    image = picture(view)
    right = image.width() - round(8 * image.devicePixelRatio())
    ground = image.pixel(2, image.height() - 2)
    assert all(image.pixel(x, y) == ground for x in range(right, image.width()) for y in range(6, image.height()))


def test_signs_of_markup_in_a_hint_are_only_signs(view: InspectorView) -> None:
    view.say(None, "The sign # or $ or * is no *markup* here: #panic()")
    assert inked(view)


def test_a_formula_that_cannot_be_set_takes_nothing_else_with_it(view: InspectorView) -> None:
    view.say(Words("nonsense(", SLOPE.because))
    assert inked(view)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_colours_follow(view: InspectorView, theme: Theme) -> None:
    view.setAutoFillBackground(True)
    view.say(SLOPE)
    view.set_look(theme, 1.0)
    image = picture(view)
    assert QColor(image.pixel(round(40 * image.devicePixelRatio()), 0)).name().upper() == theme.line
    seen = {QColor(image.pixel(x, y)).name().upper() for x in range(image.width()) for y in range(4, image.height())}
    assert {theme.ink, theme.ink2} <= seen


def test_zoom(view: InspectorView) -> None:
    view.say(SLOPE)
    usual = view.sizeHint()
    low = max(inked(view))
    view.set_look(LIGHT, 2.0)
    assert view.sizeHint().height() == 2 * usual.height()
    view.resize(840, view.sizeHint().height())
    assert max(inked(view)) == pytest.approx(2 * low, rel=0.06)


def test_saying_the_same_again_costs_nothing(
    view: InspectorView, typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    formulas: Callable[..., object] = typesetter.formulas

    def counted(*arguments: object) -> object:
        asked.append(arguments)
        return formulas(*arguments)

    monkeypatch.setattr(typesetter, "formulas", counted)
    view.say(SLOPE)
    once = len(asked)
    view.say(Words(SLOPE.formula, SLOPE.because, SLOPE.carries, SLOPE.words))
    assert len(asked) == once > 0


def test_what_is_said_is_whole_however_little_room_there_is(view: InspectorView) -> None:
    """The reason, which the derivation gives too, is what goes; the numbers stay, and are never cut."""
    long = Words(SLOPE.formula, "A reason of many words that takes several lines. " * 5, SLOPE.carries,
                 facts=("finite difference −0.4100003", ""))
    view.set_room(20.0, 400.0)
    view.say(long)
    view.resize(420, view.sizeHint().height())
    bare, least, whole, roomy = view.needs([long, SLOPE], 420.0)
    assert bare < least <= whole - 60 < roomy
    assert view.sizeHint().height() == bare
    view.set_room(least, 400.0)
    view.resize(420, view.sizeHint().height())
    assert view.sizeHint().height() == least
    assert max(inked(view)) < view.height() - 2
    short = max(inked(view))
    view.set_room(whole + 1, 400.0)
    view.resize(420, view.sizeHint().height())
    view.say(long)
    assert max(inked(view)) > short + 60, "the reason has room now"


def test_a_difference_stands_beside_the_slope_and_covers_nothing(view: InspectorView) -> None:
    words = Words(SLOPE.formula, facts=("finite difference −0.4100003, depends on", "W_2 [3, 2]"))
    view.say(words)
    place = view.facts_place
    assert place is not None and view.rect().contains(place)
    plain = picture(view)
    view.say(Words(SLOPE.formula))
    assert view.facts_place is None
    assert picture(view).copy(place) != plain.copy(place)
    assert picture(view).copy(0, 0, place.left(), view.height()) == plain.copy(0, 0, place.left(), view.height())


def test_a_difference_that_has_no_room_beside_the_slope_stands_under_it(view: InspectorView) -> None:
    long = " + ".join(f"W_2 [{i}, {i}]" for i in range(1, 8))
    places = []
    for slope in ("x = 1", f"(partial theta_2) / (partial h_3) = {long}"):
        view.say(Words(slope, facts=("finite difference −0.4100003", "")))
        place = view.facts_place
        assert place is not None and view.rect().contains(place)
        places.append(place)
    assert places[0].left() > places[1].left() and places[0].bottom() < places[1].top()


def test_a_pin_never_covers_the_number(view: InspectorView) -> None:
    """Where the formula reaches under it, only the pin is there, without its words."""
    wide = Words("partial theta_2 slash partial h_3 = W_2 [3, 2] W_2 [3, 2] W_2 [3, 2] = -0.41")
    view.set_room(LEAST_HEIGHT)
    view.say(wide)
    free = picture(view)
    view.say(wide, pinned=True)
    pinned = picture(view)
    ratio = free.devicePixelRatio()
    end = max(x for x in range(free.width()) for y in range(round(6 * ratio), round(22 * ratio))
              if free.pixel(x, y) != free.pixel(2, free.height() - 2))
    assert end > free.width() - 120 * ratio, "it reaches under the words"
    assert pinned.copy(0, 0, end, free.height()) == free.copy(0, 0, end, free.height())
    assert pinned != free
