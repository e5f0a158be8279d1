import string

import pytest

from tutor.typeset import Formula, Typesetter, source
from tutor.typeset.marks import number


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


def places(formula: Formula) -> list[tuple[float, float]]:
    return [(glyph.x, glyph.y) for glyph in formula.glyphs]


@pytest.mark.parametrize("sign", string.punctuation)
def test_every_sign_can_stand_in_running_text(typesetter: Typesetter, sign: str) -> None:
    paragraph = typesetter.paragraph(source.escape(f"a{sign}b"), 100)
    assert len(paragraph.glyphs) == 3
    assert paragraph.height == pytest.approx(20)


@pytest.mark.parametrize("start", "= - + 1. / // /* https://a.b -- ... <x>".split())
def test_escaped_text_starts_no_list_heading_link_or_comment(typesetter: Typesetter, start: str) -> None:
    paragraph = typesetter.paragraph(source.escape(f"{start} a: end"), 400)
    assert len(paragraph.glyphs) == len(start) + len("a:end")
    assert paragraph.height == pytest.approx(20)


@pytest.mark.parametrize("words", ['say "no"', "back\\slash", "a$b#c", "/*.*/)", "*bold* _it_", "δ ŷ", "a,b;c"])
def test_words_in_maths_are_printed_as_they_are(typesetter: Typesetter, words: str) -> None:
    formula = typesetter.formula("x " + source.text(words) + " y")
    assert len(formula.glyphs) == 2 + len(words.replace(" ", ""))


def test_words_cannot_end_or_begin_a_part(typesetter: Typesetter) -> None:
    words = 'end/*.*/) #mark("part:fake", $'
    formula = typesetter.formula(source.part("p", source.text(words) + "x") + "y")
    assert formula.parts == ("p",)
    assert [glyph.part for glyph in formula.glyphs][-2:] == ["p", None]


@pytest.mark.parametrize("part_id", ["W2.T@3", 'say "no"', "back\\slash", "a b", "#", "δ", "$x$", "/*.*/"])
def test_any_short_text_is_an_id(typesetter: Typesetter, part_id: str) -> None:
    formula = typesetter.formula("a" + source.part(part_id, "b") + "c")
    assert [glyph.part for glyph in formula.glyphs] == [None, part_id, None]


@pytest.mark.parametrize("part_id", ["", "two\nlines"])
def test_an_id_is_one_line(part_id: str) -> None:
    with pytest.raises(ValueError, match="id"):
        source.part(part_id, "x")


def test_commas_and_brackets_stay_inside_what_they_are_given_to(typesetter: Typesetter) -> None:
    pieces = [
        source.part("p", "a, b; c"),
        source.fraction("a, b", "c; d"),
        source.operator("diag"),
        source.matrix([["a, b", "c; d"]]),
        source.muted("a, b"),
    ]
    for piece in pieces:
        alone, followed = typesetter.formulas([piece, piece + "(x, y)"])
        assert isinstance(alone, Formula), piece
        assert isinstance(followed, Formula), piece
        assert len(followed.glyphs) == len(alone.glyphs) + 5, piece
    assert len(typesetter.formula(pieces[0]).glyphs) == 5


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (source.fraction("a", "b"), "frac(a, b)"),
        (source.operator("diag") + "(x)", 'op("diag")(x)'),
    ],
)
def test_helpers_print_what_typst_would(typesetter: Typesetter, written: str, meant: str) -> None:
    assert places(typesetter.formula(written)) == places(typesetter.formula(meant))


def test_brackets_enclose_the_rows_of_a_matrix(typesetter: Typesetter) -> None:
    rows = [["1", "2"]] * 7
    formula = typesetter.formula(source.matrix(rows))
    assert [glyph.joined for glyph in formula.glyphs] == [True, *[False] * 14, True]
    bare = typesetter.formula("mat(delim: #none, row-gap: #0.35em, " + "; ".join(", ".join(row) for row in rows) + ")")
    assert bare.height < formula.height < bare.height + 0.35 * 17


@pytest.mark.parametrize("rows", [[], [[]], [["1", "2"], ["3"]]])
def test_a_matrix_needs_equal_rows(rows: list[list[str]]) -> None:
    with pytest.raises(ValueError, match="one length"):
        source.matrix(rows)


def test_numbering_moves_nothing_in_the_source() -> None:
    text = source.part("a", "x" + source.part("b", "y") + source.muted("z")) + source.part("a", "w")
    numbered, marks = number(text)
    assert len(numbered) == len(text)
    assert [(mark.part, mark.role, mark.outer) for mark in marks] == [
        (None, "ink", ()),
        ("a", "ink", ()),
        ("b", "ink", ("a",)),
        ("a", "muted", ()),
        ("a", "ink", ()),
    ]
    assert [mark.within for mark in marks] == [(), (1,), (1, 2), (1,), (4,)]


@pytest.mark.parametrize("written", [
    ["a"], ["a^top b", "+ (c + d) e", "- frac(f - g, 2)"], ["frac(partial L, partial W) = -a", "- b"],
    [source.part("W2", "a + b") + "^top", "+ c"], [source.text("if a + b ( then"), "- c"], ["a \\( b", "+ c"],
])
def test_a_sum_is_parted_before_its_own_signs(typesetter: Typesetter, written: list[str]) -> None:
    whole = " ".join(written)
    assert source.terms(whole) == written
    pieces = [f'"" {piece}' if number else piece for number, piece in enumerate(written)]
    apart = sum(len(typesetter.formula(piece, 15.0).glyphs) for piece in pieces)
    assert apart == len(typesetter.formula(whole, 15.0).glyphs)
