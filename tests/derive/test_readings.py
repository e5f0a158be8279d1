"""One derivation in several readings: each of them certified, and each what a textbook writes."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings

from tests.programs import deep, lstm, network, programs, regression, residual
from tutor.core.errors import TutorError
from tutor.core.program import Declaration, Program
from tutor.derive import derive, differentials
from tutor.derive.conventions import LAYOUTS, STYLES, VECTORS, Convention
from tutor.derive.index_notation import entry_of
from tutor.derive.index_printing import LATEX, TEXT, TYPST
from tutor.derive.reading_export import as_data, as_latex, as_text
from tutor.derive.readings import Reading, read
from tutor.language import printing
from tutor.language.reader import read_program
from tutor.ops import build
from tutor.typeset import Formula, Typesetter

CONVENTIONS = [Convention(*each) for each in product(VECTORS, STYLES, LAYOUTS)]
typesetter = Typesetter()


def reading(program: Program, wrt: str, **convention: str) -> Reading:
    return read(derive(program, wrt), Convention(**convention))  # type: ignore[arg-type]


def result(program: Program, wrt: str, **convention: str) -> str:
    found = reading(program, wrt, **convention).result
    return TEXT.write(found[0]) if isinstance(found, tuple) else printing.text(found)


ONEHOT = network("onehot")  # one for all readings, so that it is derived once


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda c: f"{c.vectors}-{c.style}-{c.layout}")
@pytest.mark.parametrize("wrt", ["x", "W1", "b1", "W2", "b2", "h"])
def test_the_question_in_every_reading(wrt: str, convention: Convention) -> None:
    found = read(derive(ONEHOT, wrt), convention)
    assert found.certified
    assert found.passages[-1].of == wrt
    assert as_data(found)["certified"]
    assert as_latex(found).count("{") == as_latex(found).count("}")
    assert not [line for line in as_text(found) if "NOT CERTIFIED" in line]


@pytest.mark.parametrize(
    ("convention", "wrt", "wanted"),
    [
        ({}, "x", "(((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)) W1ᵀ"),
        ({"vectors": "column"}, "x", "W1 ((W2 (ŷ − y)) ∘ h ∘ (1 − h))"),
        ({"vectors": "column"}, "W2", "h (ŷ − y)ᵀ"),
        ({"layout": "numerator"}, "W2", "(ŷ − y)ᵀ h"),
        ({"style": "index"}, "W2", "h[i] (ŷ[j] − y[j])"),
        ({"style": "index"}, "x", "Σ_j h[j] (1 − h[j]) W1[i, j] Σ_l (ŷ[l] − y[l]) W2[j, l]"),
    ],
)
def test_what_a_textbook_writes(convention: dict[str, str], wrt: str, wanted: str) -> None:
    assert result(network("onehot"), wrt, **convention) == wanted


def lines_of(found: Reading, name: str) -> list[str]:
    return [row.text() for passage in found.about(name) for row in passage.rows]


def test_the_published_path_with_columns_and_differentials() -> None:
    found = reading(network("distribution"), "x", vectors="column", style="differential")
    assert lines_of(found, "θ") == [
        "dL = −sum((dŷ ∘ y) / ŷ)    [cross-entropy]",
        "= (−y / ŷ) : dŷ    [written with :]",
        "dŷ = ŷ ∘ (dθ − ŷᵀ dθ)    [softmax]",
        "dL = (−y / ŷ) : ŷ ∘ (dθ − ŷᵀ dθ)    [dŷ put in]",
        "= ŷ ∘ (−y / ŷ − sum((−y / ŷ) ∘ ŷ)) : dθ    [across the :]",
        "= ŷ ∘ (1 − y / ŷ) : dθ    [cancelling, entries of y sum to 1]",
        "= (ŷ − y) : dθ    [multiplying out, cancelling]",
    ]
    assert lines_of(found, "h") == [
        "dθ = W2ᵀ dh    [matrix product]",
        "dL = δθ : dθ",
        "= δθ : W2ᵀ dh    [dθ put in]",
        "= W2 δθ : dh    [across the :]",
    ]
    assert lines_of(found, "x")[-1] == "= W1 δa : dx    [across the :]"
    assert [p.fact for p in found.passages[0].promises] == ["distribution"]
    assert found.back is not None
    assert found.back.text == "As a row again, as the program has x, the gradient is (((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)) W1ᵀ."


@pytest.mark.parametrize("vectors", ["row", "column"])
@pytest.mark.parametrize("name", ["x", "W2"])
def test_numerator_layout_says_how_the_last_cotangent_becomes_the_result(vectors: str, name: str) -> None:
    """The walk ends with a cotangent in the shape of its name; the result stands the other way."""
    found = reading(network(), name, vectors=vectors, layout="numerator")
    assert found.back is not None
    assert found.back.text.endswith(f"In this layout the derivative by {name} is δ{name}ᵀ.")


def test_a_differential_has_a_part_for_every_name_that_changes() -> None:
    program = read_program("h0 : (1, n)\nW : (n, n)\nh1 = h0 W\nh2 = h1 W + h1\nL = sum(tanh(h2))")
    found = reading(program, "W", style="differential")
    assert lines_of(found, "h1") == [
        "d[h1 W] = dh1 W + h1 dW    [matrix product]",
        "dh2 = dh1 W + h1 dW + dh1    [sum]",
        "dL along h2 → h1 = δh2 : (dh1 + dh1 W)    [dh2 put in]",
        "= (δh2 + δh2 Wᵀ) : dh1    [across the :]",
    ]
    assert lines_of(found, "W")[-2:] == [
        "dL = h1ᵀ δh2 : dW + h0ᵀ δh1 : dW    [sum of 2 paths]",
        "= (h1ᵀ δh2 + h0ᵀ δh1) : dW",
    ]


def test_a_change_that_passes_as_it_is_is_written_once() -> None:
    found = reading(network("distribution"), "b2", style="differential")
    assert lines_of(found, "b2") == ["dθ = db2    [sum]", "dL = δθ : dθ", "= δθ : db2    [dθ put in, across the :]"]


def test_the_words_are_those_of_the_reading() -> None:
    program = network("distribution")
    column = reading(program, "x", vectors="column").about("h")[0].reasons[0][1].text
    assert "so it is W2ᵀ" in column and column.endswith("from the left: through W2.")
    by_index = reading(program, "x", style="index").about("h")[0].reasons[0][1].text
    assert by_index == "h[i] reaches θ[j] only through W2[i, j], so that is the slope."
    differential = reading(program, "x", style="differential").about("h")[0].reasons[0][1].text
    assert differential.endswith("W2 moves to the other side of the :, *transposed*.".replace("*", ""))


def test_no_identity_speaks_of_rows_where_there_are_columns() -> None:
    found = reading(read_program("t : (1, n)\nl : (n, 1)\nL = softmax(t) l"), "t", vectors="column")
    said = [reason.text for passage in found.passages for row in passage.rows for reason in row.reasons]
    assert said == ["matrix product", "softmax", "sum of products"]


def test_index_notation_begins_with_the_chain_rule() -> None:
    assert lines_of(reading(network("distribution"), "x", style="index"), "h") == [
        "δh[i] = Σ_j δθ[j] ∂θ[j]/∂h[i]    [chain rule]", "= Σ_j δθ[j] W2[i, j]    [matrix product]"]


@pytest.mark.parametrize("program", [regression(), deep(2), residual(2), network(rows="N")],
                         ids=["regression", "deep", "residual", "batch"])
@pytest.mark.parametrize("style", STYLES)
def test_other_programs(program: Program, style: str) -> None:
    for wrt in program.targets:
        for vectors in VECTORS:
            assert reading(program, wrt, style=style, vectors=vectors).certified, (wrt, vectors)


def test_many_paths_with_differentials() -> None:
    assert reading(lstm(2), "Wf", style="differential").certified


@settings(max_examples=15, deadline=None, derandomize=True)
@given(program=programs())
def test_random_programs_in_every_reading(program: Program) -> None:
    for wrt in program.targets[:2]:
        try:
            derivation = derive(program, wrt)
        except TutorError:
            continue
        if not derivation.certified:
            continue
        for convention in CONVENTIONS:
            found = read(derivation, convention)
            assert found.certified, (program, wrt, convention, as_text(found))


def test_index_notation_can_be_typeset() -> None:
    for wrt in ("x", "W1", "b1", "W2"):
        term, _ = entry_of(derive(network(rows="N"), wrt).gradient)
        assert LATEX.write(term)
        assert isinstance(typesetter.formula(TYPST.write(term)), Formula)


def test_one_of_several_paths_is_not_the_whole_cotangent() -> None:
    found = reading(residual(1), "x", style="differential")
    assert found.passages[-1].whole
    text = as_text(reading(lstm(1), "x", style="differential"))
    assert [line for line in text if " gets " in line] and [line for line in text if "dL along " in line]
    assert sum("∂L/∂x = " in line for line in text) == 2  # at the top, and where the paths are added


def test_sizes_too_large_to_check_by_entries_are_refused() -> None:
    derivation = derive(network(sizes=(50, 30, 50)), "x")
    with pytest.raises(TutorError, match="Give the sizes names"):
        read(derivation, Convention(style="index"))
    assert read(derivation, Convention(vectors="column")).certified


def test_a_variable_that_plays_no_part_reads_as_zero() -> None:
    program = Program((*regression().declarations, Declaration("z", (1, "n"))), regression().statements)
    for convention in CONVENTIONS:
        found = read(derive(program, "z"), convention)
        assert found.certified and found.passages == ()


def test_a_name_may_begin_as_a_cotangent_does() -> None:
    program = read_program("δx : (1, n)\nW : (n, m)\na = δx W\nL = sum(a ** 2)")
    assert result(program, "δx", vectors="column") == "2 W a"
    for convention in CONVENTIONS:
        assert read(derive(program, "δx"), convention).certified


def test_sums_over_products_of_sizes() -> None:
    program = read_program("A : (n, m)\nB : (k, p)\nL = sum(kron(A, B) ** 2)")
    assert reading(program, "A", style="index").certified


def test_an_index_has_no_letter_that_is_a_name() -> None:
    assert result(read_program("i : (n, m)\nj : (m, p)\nL = sum((i j) ** 2)"), "i", style="index") == (
        "2 Σ_q j[l, q] Σ_r i[k, r] j[r, q]")


@pytest.mark.parametrize("style", STYLES)
def test_a_formula_without_a_value_is_not_certified_in_any_reading(style: str) -> None:
    assert not reading(read_program("y : (1, n) onehot\nx : (1, n)\nL = sum(x / y)"), "x", style=style).certified


@pytest.mark.parametrize("convention", [Convention(style=style) for style in STYLES] + [Convention("column")],
                         ids=lambda c: f"{c.vectors}-{c.style}")
def test_what_rounding_leaves_of_a_gradient_that_cancels_is_not_held_against_it(convention: Convention) -> None:
    program = read_program("z : (1, n)\nT : (n, n)\na = z T\np = softmax(a)\nq = p * 1000\n"
                           "L = sum(q) + sum(1000 * a) - sum(1000 * z T)")
    derivation = derive(program, "z")
    assert derivation.certified
    assert read(derivation, convention).certified


def test_what_is_read_in_differentials_was_worked_out_before(monkeypatch: pytest.MonkeyPatch) -> None:
    derivation = differentials.prepare(derive(read_program("v : (1, n)\nM : (n, n)\nu = tanh(v M)\nL = u uᵀ"), "v"))
    monkeypatch.setattr(differentials, "backward", None)  # what derives
    assert read(derivation, Convention(style="differential")).certified


def test_a_wrong_differential_of_a_number_is_not_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    derivation = derive(read_program("a : scalar\nb = a ** 2\nL = b + a"), "a")
    assert read(derivation, Convention(style="differential")).certified
    right = differentials.tangent
    monkeypatch.setattr(differentials, "tangent", lambda *given: build.negate(right(*given)))
    wrong = read(derivation, Convention(style="differential"))
    assert [p.certificate.holds for p in wrong.passages if not p.whole] == [False] * 2


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("vectors", VECTORS)
def test_spelled_out_nothing_is_abbreviated(style: str, vectors: str) -> None:
    found = reading(network("distribution"), "x", style=style, vectors=vectors, spelled=True)
    assert found.certified
    assert not [line for line in as_text(found) if "δθ :" in line or "= δ" in line]
    assert found.passages[-1].promises == found.passages[0].promises != ()


def test_apart_every_step_of_the_derivation_is_a_passage() -> None:
    derivation = derive(network("distribution"), "x")
    convention = Convention("column", "differential")
    together, apart = (read(derivation, convention, joined=joined) for joined in (True, False))
    assert [p.of for p in together.passages] == ["θ", "h", "a", "x"]
    assert [p.of for p in apart.passages] == ["ŷ", "θ", "h", "a", "x"]
    assert lines_of(apart, "θ")[1:3] == ["dL = δŷ : dŷ", "= δŷ : ŷ ∘ (dθ − ŷᵀ dθ)    [dŷ put in]"]
    assert apart.certified


def test_a_jacobian_has_no_reading() -> None:
    program = read_program("x : (1, n)\nW : (n, m)\nh = x W")
    with pytest.raises(TutorError, match="h is a 1×m matrix"):
        read(derive(program, "x"), Convention("column"))


def test_a_wrong_rewriting_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    found = reading(network("distribution"), "x", vectors="column")
    form = found.derivation.link("θ", "h").form
    assert form is not None and found.jacobian(form, True) is not None
    monkeypatch.setattr(type(found.notation), "jacobian", lambda self, e, flipped: build.add(e, e))
    assert found.jacobian(form, True) is None


def test_in_numerator_layout_the_last_step_is_not_called_the_result() -> None:
    found = reading(network("distribution"), "x", vectors="column", layout="numerator")
    assert any(line.startswith("a → x") and " δx = " in line for line in as_text(found))
