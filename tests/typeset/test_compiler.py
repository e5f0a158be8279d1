import struct
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.typeset import Formula, TypesetError, Typesetter, source
from tutor.typeset.source import part

CHAIN = (
    r"frac(partial L, partial x) = (((hat(y) - y) W_2^top) compose h compose (1-h)) W_1^top",
    r"delta_a = delta_h compose h compose (1 - h)",
    r"hat(y) - y",
    "x",
)

shared = Typesetter()


@pytest.fixture
def typesetter() -> Typesetter:
    return Typesetter()


def layout(formula: Formula) -> object:
    glyphs = [(glyph.path, glyph.x, glyph.y) for glyph in formula.glyphs]
    rules = [(rule.x, rule.y, rule.w, rule.h) for rule in formula.rules]
    return formula.width, formula.height, formula.baseline, glyphs, rules


def ink(formula: Formula, index: int) -> tuple[float, float, float, float]:
    glyph = formula.glyphs[index]
    numbers = [value for command in glyph.path for value in command[1:]]
    xs, ys = [x + glyph.x for x in numbers[::2]], [y + glyph.y for y in numbers[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


# Lines and baselines


def test_letters_stand_on_the_baseline_and_a_fraction_bar_on_the_axis() -> None:
    letter, fraction, both = (shared.formula(s) for s in ("x", "frac(a, b)", "x frac(a, b)"))
    assert letter.glyphs[0].y == pytest.approx(letter.baseline)
    assert both.glyphs[0].y == pytest.approx(both.baseline)
    # The bar hangs at the same height over the baseline, with the letter and without.
    assert fraction.baseline - fraction.rules[0].y == pytest.approx(both.baseline - both.rules[0].y)
    axis = fraction.rules[0].y + fraction.rules[0].h / 2
    numerator, denominator = fraction.glyphs
    assert numerator.y < axis < denominator.y
    assert fraction.baseline - axis == pytest.approx(0.25 * 17, abs=0.03 * 17)


@pytest.mark.parametrize("size", [13.0, 15.0, 17.0, 20.0])
@pytest.mark.parametrize("display", [True, False])
def test_the_baseline_is_where_the_letters_stand(size: float, display: bool) -> None:
    for text in (*CHAIN[1:], "W_1^top h", "h (x)", "- x"):
        formula = shared.formula(text, size, display)
        assert any(glyph.y == pytest.approx(formula.baseline, abs=1e-3) for glyph in formula.glyphs), text


def test_low_and_high_letters_make_lines_of_equal_height() -> None:
    lines = [shared.formula(letter) for letter in ("x", "h", "-", "dot")]
    assert {(line.height, line.baseline) for line in lines} == {(17.0, 12.75)}


def test_display_style_is_taller_than_text_style() -> None:
    assert shared.formula("frac(a, b)", display=True).height > shared.formula("frac(a, b)", display=False).height


def test_a_formula_scales_with_its_size() -> None:
    small, large = shared.formula(CHAIN[0], 10), shared.formula(CHAIN[0], 20)
    assert large.width == pytest.approx(2 * small.width, rel=1e-3)
    assert large.baseline == pytest.approx(2 * small.baseline, rel=1e-3)


def test_a_leading_minus_is_a_sign_and_not_a_difference() -> None:
    alone, bracketed = shared.formula("- x"), shared.formula("(- x)")
    gap = alone.glyphs[1].x - alone.glyphs[0].x
    assert gap == pytest.approx(bracketed.glyphs[2].x - bracketed.glyphs[1].x)


def test_equal_letters_share_one_outline() -> None:
    first, second = shared.formulas(["h + h", "1 - h"])
    assert isinstance(first, Formula)
    assert isinstance(second, Formula)
    assert first.glyphs[0].path is first.glyphs[2].path is second.glyphs[2].path


def test_tall_brackets_are_one_glyph_and_small_ones_are_themselves() -> None:
    tall = shared.formula(source.matrix([["1"], ["2"], ["3"], ["4"]]))
    assert [glyph.joined for glyph in tall.glyphs] == [True, False, False, False, False, True]
    top, bottom = ink(tall, 0)[1], ink(tall, 0)[3]
    assert top < ink(tall, 1)[1] < ink(tall, 4)[3] < bottom
    assert not any(glyph.joined for glyph in shared.formula("(x + y)").glyphs)
    brace = shared.formula("underbrace(a + b + c + d + e + f + g, n)")
    assert sum(glyph.joined for glyph in brace.glyphs) == 1


def test_words_are_letters_and_not_brackets() -> None:
    assert not any(glyph.joined for glyph in shared.paragraph("AVATAR To fi ---", 300).glyphs)


def test_lines_over_under_and_through_are_drawn() -> None:
    assert len(shared.formula("overline(x y)").rules) == 1
    assert len(shared.formula("sqrt(x + 1)").rules) == 1
    assert len(shared.formula("cancel(x)").glyphs) == 2


def test_muted_and_chosen_colours() -> None:
    formula = shared.formula("a " + source.muted("b") + ' #text(fill: rgb("#ff0000"), $c$)')
    assert [glyph.role for glyph in formula.glyphs] == ["ink", "muted", "ink"]


# Parts


MARKED: list[tuple[str, Callable[[Callable[[str, str], str]], str]]] = [
    ("chain", lambda p: p("a", "frac(partial L, " + p("b", "partial x") + ")") + " dot.c " + p("c", "W_2^top")),
    ("letter with scripts added later", lambda p: p("W2", "W_2") + "^top h"),
    ("twice around scripts", lambda p: p("a", p("b", "W_2")) + "^top"),
    ("base only", lambda p: p("W", "W") + "_2^top"),
    ("script only", lambda p: "W_" + p("i", "2") + "^top"),
    ("under a hat", lambda p: "hat(" + p("y", "y") + ") - y"),
    ("a hat", lambda p: p("y", "hat(y)") + " - y"),
    ("operator", lambda p: p("d", 'op("diag")') + "(h)"),
    ("relation", lambda p: "x " + p("r", "=") + " y"),
    ("difference", lambda p: "x " + p("m", "- y")),
    ("sign", lambda p: p("m", "-") + " x"),
    ("sum with limits", lambda p: p("s", "sum") + "_(i=1)^n x_i"),
    ("brackets", lambda p: "lr((" + p("f", "frac(a, b)") + "))^2"),
    ("call", lambda p: "f(" + p("a", "a") + ", b)"),
    ("comma", lambda p: "a " + p("c", ",") + " b"),
    ("matrix", lambda p: source.matrix([[p("a", "s_1"), "0"], ["0", p("b", "s_2")]])),
    ("root", lambda p: p("r", "sqrt(" + p("x", "x") + ")")),
    ("muted", lambda p: "a " + source.muted(p("b", "b_1")) + "^2"),
]


@pytest.mark.parametrize(("name", "write"), MARKED, ids=[name for name, _ in MARKED])
def test_parts_do_not_change_the_layout(name: str, write: Callable[[Callable[[str, str], str]], str]) -> None:
    marked, plain = shared.formula(write(part)), shared.formula(write(lambda _, text: text))
    assert layout(marked) == layout(plain)
    assert marked.boxes
    assert not plain.boxes


letters = st.sampled_from(["x", "h", "W_2", "hat(y)", "b_1^top", "delta_theta"])
trees = st.recursive(
    letters,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from([" + ", " compose ", " ", " - ", " = "]), inner, inner).map(
            lambda t: f"{{{t[1]}}}{t[0]}{{{t[2]}}}"
        ),
        st.tuples(inner, inner).map(lambda t: f"frac({{{t[0]}}}, {{{t[1]}}})"),
        inner.map(lambda t: f"({{{t}}})^top"),
        inner.map(lambda t: f'op("diag")({{{t}}})'),
    ),
    max_leaves=6,
)


@settings(max_examples=30, deadline=None)
@given(trees)
def test_no_tree_is_laid_out_differently_with_parts(tree: str) -> None:
    opened = tree.replace("{", '#mark("part:p", $').replace("}", "$)/*.*/")
    marked, plain = shared.formulas([opened, tree.replace("{", "").replace("}", " ")])
    assert isinstance(marked, Formula)
    assert isinstance(plain, Formula)
    assert layout(marked) == layout(plain)


def test_boxes_hold_the_glyphs_of_their_part_and_no_others() -> None:
    formula = shared.formula("delta_theta " + part("W", "W_2^top") + " + " + part("h", "h"))
    assert [box.part for box in formula.boxes] == ["W", "h"]
    for i, glyph in enumerate(formula.glyphs):
        left, top, right, bottom = ink(formula, i)
        for box in formula.boxes:
            held = box.contains(left, top) and box.contains(right, bottom)
            assert held == (glyph.part == box.part)


def test_an_outer_box_holds_the_inner_ones_and_comes_first() -> None:
    formula = shared.formula(
        part("all", part("up", "frac(" + part("n", "a") + ", " + part("d", "b") + ")") + " + x") + part("z", "z")
    )
    assert [(box.part, box.outer) for box in formula.boxes] == [
        ("all", ()),
        ("z", ()),
        ("up", ("all",)),
        ("n", ("all", "up")),
        ("d", ("all", "up")),
    ]
    boxes = {box.part: box for box in formula.boxes}
    for inner in formula.boxes:
        for name in inner.outer:
            outer = boxes[name]
            assert outer.contains(inner.x, inner.y)
            assert outer.contains(inner.x + inner.w, inner.y + inner.h)
    assert formula.parts == ("all", "z", "up", "n", "d")
    assert formula.rules[0].part == "up"


def test_the_innermost_part_is_found_at_a_point() -> None:
    formula = shared.formula(part("out", "(" + part("in", "x") + ")") + " y")
    inner = next(box for box in formula.boxes if box.part == "in")
    outer = next(box for box in formula.boxes if box.part == "out")
    middle = inner.y + inner.h / 2
    assert formula.part_at(inner.x + inner.w / 2, middle) == "in"
    assert formula.part_at(outer.x + 1, middle) == "out"
    assert formula.part_at(formula.width - 1, middle) is None
    assert formula.part_at(-50, -50) is None


def test_two_occurrences_of_a_part_have_two_boxes() -> None:
    formula = shared.formula(part("h", "h") + " compose (1 - " + part("h", "h") + ")")
    first, second = formula.boxes
    assert first.part == second.part == "h"
    assert first.x + first.w < second.x


def test_a_low_letter_can_be_hit_over_the_height_of_its_line() -> None:
    low, high = shared.formula(part("x", "x")), shared.formula(part("h", "h"))
    assert low.boxes[0].h == high.boxes[0].h == pytest.approx(17)
    index = shared.formula("x_" + part("i", "i")).boxes[0]
    assert index.h == pytest.approx(0.7 * 17)


# Paragraphs


def test_a_paragraph_has_lines_of_twenty() -> None:
    text = "A row times a diagonal matrix is the row multiplied *entry by entry*, so $compose$ stands there. "
    for words, lines in ((text, 2), (text * 3, 4), ("one", 1), ("$delta_(theta)$ and $W_2^top$", 1)):
        paragraph = shared.paragraph(words, 450)
        assert paragraph.height == pytest.approx(20 * lines), words
        assert paragraph.width == pytest.approx(450)
        # All lines stand 20 apart, whatever mathematics is in them.
        assert paragraph.baseline == pytest.approx(14.7)


def test_bold_words_are_broader_and_still_inter() -> None:
    plain, bold = shared.paragraph("entry", 200), shared.paragraph("*entry*", 200)
    assert len(plain.glyphs) == len(bold.glyphs) == 5
    assert ink(bold, 4)[2] > ink(plain, 4)[2] + 0.5


def test_mathematics_in_text_is_larger_than_the_text() -> None:
    inline, alone = shared.paragraph("$h$", 100, 13), shared.formula("h", 13 * 1.18)
    assert ink(inline, 0)[3] - ink(inline, 0)[1] == pytest.approx(ink(alone, 0)[3] - ink(alone, 0)[1], abs=0.01)


def test_mathematics_made_of_parts_and_fractions_keeps_its_size_in_text() -> None:
    inline = shared.paragraph("$" + part("a", part("b", "h")) + "$", 100, 13)
    assert inline.glyphs[0].path == shared.paragraph("$h$", 100, 13).glyphs[0].path


def test_digits_are_equally_wide() -> None:
    ones, eights = shared.paragraph("111x", 100), shared.paragraph("888x", 100)
    assert ones.glyphs[3].x == pytest.approx(eights.glyphs[3].x)


def test_a_part_broken_over_two_lines_has_a_box_on_each() -> None:
    paragraph = shared.paragraph("word word $" + part("p", "a + b + c + d + e + f + g + h") + "$ end", 150)
    assert paragraph.height == pytest.approx(40)
    first, second = paragraph.boxes
    assert first.part == second.part == "p"
    assert first.y + first.h <= second.y + 1
    assert second.x < first.x


def test_a_tall_fraction_pushes_the_lines_apart() -> None:
    text = "word " * 20
    flat, tall = shared.paragraph(text, 200), shared.paragraph(text + "$display(frac(a, b))$ " + text, 200)
    assert tall.height > 2 * flat.height


def test_code_is_set_in_mono() -> None:
    narrow, wide = shared.paragraph("`iii.`", 100), shared.paragraph("`mmm.`", 100)
    assert narrow.glyphs[-1].x == pytest.approx(wide.glyphs[-1].x)


# What is wrong, and where


@pytest.mark.parametrize(
    ("bad", "line", "column", "says"),
    [
        ("x + foo", 1, 5, "foo"),
        ("a \n + foo", 2, 4, "foo"),
        ("δ + foo", 1, 5, "foo"),
        ("frac(a)", 1, 1, "denom"),
        ("mat(1, 2", 1, 4, "unclosed"),
        ('x "abc', 1, 3, "unclosed"),
    ],
)
def test_a_bad_source_says_where(bad: str, line: int, column: int, says: str) -> None:
    error = shared.formulas([bad])[0]
    assert isinstance(error, TypesetError)
    assert (error.line, error.column) == (line, column)
    assert says in error.message
    assert error.source == bad
    assert str(error) == f"Line {line}, column {column}: {error.message}."


@pytest.mark.parametrize(
    "bad",
    ["foo", "x $ y", "x ] #page[ y", "$) #formula(7, 17pt, true, $ c", '"abc', "/* abc", "mat(1, 2", "x_", "#panic()"],
)
def test_a_bad_source_does_not_spoil_its_neighbours(typesetter: Typesetter, bad: str) -> None:
    before, error, after = typesetter.formulas([CHAIN[0], bad, CHAIN[1]])
    assert isinstance(error, TypesetError)
    assert error.sentence.endswith(".")
    assert before == shared.formula(CHAIN[0])
    assert after == shared.formula(CHAIN[1])


def test_a_comment_ends_with_its_source() -> None:
    formula, next_one = shared.formulas(["x // y", "a"])
    assert isinstance(formula, Formula)
    assert isinstance(next_one, Formula)
    assert len(formula.glyphs) == len(next_one.glyphs) == 1


def test_one_source_alone_raises() -> None:
    for _ in range(2):  # the second time from the memory
        with pytest.raises(TypesetError, match="Line 1, column 1: unknown variable: foo"):
            shared.formula("foo")
        with pytest.raises(TypesetError, match="unclosed"):
            shared.paragraph("*bold", 100)


def test_nothing_is_typeset_of_nothing(typesetter: Typesetter) -> None:
    assert typesetter.formulas([]) == []
    empty = typesetter.formula("")
    assert (empty.width, empty.glyphs) == (0, ())


# Memory and threads


def test_results_come_in_order_and_are_remembered(typesetter: Typesetter) -> None:
    texts = ["x", "y", "x", *CHAIN, "y"]
    formulas = typesetter.formulas(texts)
    assert [formula.source for formula in formulas] == texts
    assert formulas[0] is formulas[2]
    assert all(a is b for a, b in zip(formulas, typesetter.formulas(texts), strict=True))


def test_size_and_style_are_told_apart(typesetter: Typesetter) -> None:
    kinds = [typesetter.formula("frac(a, b)", size, display) for size in (15, 17) for display in (True, False)]
    assert len({kind.height for kind in kinds}) == 4


def test_the_memory_is_bounded() -> None:
    typesetter = Typesetter(remembered=5)
    first = typesetter.formula("x_0")
    typesetter.formulas([f"x_{i}" for i in range(20)])
    assert typesetter.remembered == 5
    again = typesetter.formula("x_0")
    assert again == first
    assert again is not first


def test_the_fonts_of_the_machine_stay_out(typesetter: Typesetter) -> None:
    assert set(typesetter._press._fonts.families()) == {
        "DejaVu Sans Mono",
        "Inter",
        "JetBrains Mono",
        "Libertinus Serif",
        "New Computer Modern",
        "New Computer Modern Math",
    }


def test_two_threads_at_once(typesetter: Typesetter) -> None:
    start = threading.Barrier(2)
    found: dict[int, list[Formula | TypesetError]] = {}

    def work(thread: int) -> None:
        start.wait()
        found[thread] = [
            formula for i in range(15) for formula in typesetter.formulas([f"x_{i} + {thread}", CHAIN[0], f"foo {i}"])
        ]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in range(2):
        assert len(found[i]) == 45
        assert all(formula == shared.formula(CHAIN[0]) for formula in found[i][1::3])
        assert all(isinstance(error, TypesetError) for error in found[i][2::3])
        assert found[i][0] == shared.formula(f"x_0 + {i}")


# Documents


DOCUMENT = "#set page(width: 100pt, height: 50pt, margin: 5pt)\nGradient of $" + part("W", "W_2") + "^top$ and `code`"


def test_a_pdf_has_real_fonts() -> None:
    pdf = shared.document(DOCUMENT, "pdf")
    assert pdf.startswith(b"%PDF-")
    for font in (b"Inter", b"NewCMMath", b"JetBrainsMono"):
        assert font in pdf


def test_a_png_has_the_size_asked_for() -> None:
    png = shared.document(DOCUMENT, "png", ppi=144)
    assert struct.unpack(">II", png[16:24]) == (200, 100)


def test_an_svg_is_one_page() -> None:
    root = ET.fromstring(shared.document(DOCUMENT, "svg"))
    assert root.attrib["viewBox"] == "0 0 100 50"


def test_parts_leave_no_trace_in_a_document() -> None:
    plain = DOCUMENT.replace(part("W", "W_2"), "W_2")
    assert shared.document(DOCUMENT, "png") == shared.document(plain, "png")


def test_mathematics_keeps_its_size_inside_fractions_and_matrices_of_a_document() -> None:
    helper, plain = (
        shared.document("#set page(width: 100pt, height: 60pt, margin: 5pt)\n$ " + text + " $", "png")
        for text in (source.fraction(part("a", "a"), source.operator("b")), 'frac(a, op("b"))')
    )
    assert helper == plain


def test_errors_in_documents_are_located() -> None:
    with pytest.raises(TypesetError, match="Line 3, column 4: unknown variable: foo"):
        shared.document("= Title\n\n$x foo$")
    with pytest.raises(TypesetError, match="The document has 2 pages, and PNG holds one"):
        shared.document("a #pagebreak() b", "png")
