from __future__ import annotations

from collections.abc import Sequence

import pytest

from tutor.figures.heatmap import EquationSpec
from tutor.figures.lettering import Typeset, baseline_in, letter_equation, note_parts, typeset_with
from tutor.figures.places import Rect
from tutor.typeset import Typesetter
from tutor.typeset.formula import Formula


def test_every_source_is_typeset_once_for_each_size(network: EquationSpec, typeset: Typeset) -> None:
    asked: list[tuple[str, float]] = []

    def counting(sources: Sequence[str], px: float, /) -> Sequence[Formula]:
        asked.extend((source, px) for source in sources)
        return typeset(sources, px)

    letters = letter_equation(network, counting)
    assert len(asked) == len(set(asked))
    assert [len(item.column_names) for item in letters.items] == [5, 3, 3, 5, 5]
    assert [item.source for item in letters.items[1].row_names] == ["r_0", "r_1", "r_2", "r_3", "r_4"]


def test_titles_are_smaller_than_forms_and_a_result_is_as_large_as_a_form(
    network: EquationSpec, typeset: Typeset
) -> None:
    first, *_, result = letter_equation(network, typeset).items
    assert first.title is not None
    assert first.form is not None
    assert result.title is not None
    assert result.form is None
    assert (first.title.height, first.form.height, result.title.height) == (15, 17, 17)


def test_a_note_is_words_and_mathematics_on_one_line(network: EquationSpec, typeset: Typeset) -> None:
    note = letter_equation(network, typeset).items[2].note
    assert [piece.text for piece in note] == ["diagonal: it acts as ", ""]
    assert note[1].formula is not None
    assert note[1].formula.source == "compose"
    assert note[1].left > 90.0


@pytest.mark.parametrize(("note", "parts"), [
    ("", []), ("only words", [("only words", False)]), ("$x$", [("x", True)]),
    ("a $b$ c", [("a ", False), ("b", True), (" c", False)]),
])
def test_notes_are_cut_at_dollar_signs(note: str, parts: list[tuple[str, bool]]) -> None:
    assert note_parts(note) == parts


def test_signs_are_centred_on_the_axis(network: EquationSpec, typeset: Typeset) -> None:
    signs = letter_equation(network, typeset).operators
    slot = Rect(100.0, 50.0, 20.0, 20.0)
    for sign in signs:
        left, top = sign.corner(slot)
        assert left + sign.formula.width / 2 == pytest.approx(110.0)
        assert top + sign.formula.baseline - sign.axis == pytest.approx(60.0)


def test_names_stand_on_one_line_and_fractions_in_the_middle() -> None:
    place = Rect(0.0, 0.0, 30.0, 20.0)
    flat = Formula(10, 13, 9.75, (), (), (), "x")
    with_script = Formula(10, 17, 11.0, (), (), (), "x_1")
    tall = Formula(10, 40, 25.0, (), (), (), "a/b")
    assert baseline_in(place, flat, 13) == baseline_in(place, with_script, 13)
    assert baseline_in(place, tall, 13) == 15.0


def test_a_source_that_is_not_typst_is_shown_as_written() -> None:
    typeset = typeset_with(Typesetter())
    good, bad, odd = typeset(["theta_2", "frac(", 'a"\\b('], 13.0)
    assert good.source == "theta_2"
    assert bad.width > good.width
    assert len(bad.glyphs) == len("frac(")
    assert odd.glyphs
