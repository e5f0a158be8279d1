"""What the Derivation panel says in other conventions."""

from __future__ import annotations

from itertools import product

import pytest

from tests.programs import network
from tutor.core.program import Program
from tutor.derive import derive
from tutor.derive.conventions import LAYOUTS, STYLES, VECTORS, Convention
from tutor.derive.readings import read
from tutor.figures.derivation import DerivationSpec, derivation_spec
from tutor.figures.derivation_layout import detail_row, one_line, step_equation, typeset_together
from tutor.figures.derivation_reading import reading_spec
from tutor.language.reader import read_program
from tutor.typeset import Typesetter

SIZES = {"n": 5, "m": 3, "k": 4, "N": 2}
CONVENTIONS = [Convention(*each, spelled) for each in product(VECTORS, STYLES, LAYOUTS) for spelled in (False, True)]
typesetter = Typesetter()
QUESTION = network("distribution")  # one for all readings, so that it is derived once


def spec_of(convention: Convention, wrt: str = "x", joined: bool = True, program: Program | None = None
            ) -> DerivationSpec:
    derivation = derive(program or QUESTION, wrt)
    return reading_spec(read(derivation, convention, joined=joined), {}, SIZES, joined)


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda c: c.words)
@pytest.mark.parametrize("wrt", ["x", "W1"])
def test_every_reading_is_typeset(convention: Convention, wrt: str) -> None:
    spec = spec_of(convention, wrt)
    assert spec.steps and all(step.certified for step in spec.steps)
    typeset_together(typesetter, spec, 582.0, spec.steps[-1].key)
    assert one_line(typesetter, spec.equation, 550.0, 84.0).glyphs
    for step in spec.steps:
        assert step_equation(typesetter, step, (300.0, 400.0))[0].glyphs
        for detail in step.details:
            assert detail_row(typesetter, detail, 550.0, 84.0).glyphs


def test_the_published_answer_is_a_page() -> None:
    spec = spec_of(Convention("column", "differential", spelled=True))
    assert [line.words.rpartition(" (")[0] for line in spec.lines] == [
        "dL = −sum((dŷ ∘ y) / ŷ)",
        "= (−y / ŷ) : dŷ",
        "= (−y / ŷ) : ŷ ∘ (dθ − ŷᵀ dθ)",
        "= ŷ ∘ (−y / ŷ − sum((−y / ŷ) ∘ ŷ)) : dθ",
        "= ŷ ∘ (1 − y / ŷ) : dθ",
        "= (ŷ − y) : dθ",
        "= (ŷ − y) : W2ᵀ dh",
        "= W2 (ŷ − y) : dh",
        "= W2 (ŷ − y) : da ∘ h ∘ (1 − h)",
        "= (W2 (ŷ − y)) ∘ h ∘ (1 − h) : da",
        "= (W2 (ŷ − y)) ∘ h ∘ (1 − h) : W1ᵀ dx",
        "= W1 ((W2 (ŷ − y)) ∘ h ∘ (1 − h)) : dx",
    ]
    assert spec.left.text == "∂L/∂x"
    assert [note.text[:12] for note in spec.remarks(())] == [
        "Vectors are ", "A : B is the", "As a row aga", "Uses that y "]
    assert not spec.chains


def test_with_several_ways_the_lines_stand_in_the_steps() -> None:
    program = read_program("x : (1, n)\nW : (n, m)\nV : (m, n)\nh = tanh(x W)\no = h V + x\nL = sum(o * o)")
    spec = spec_of(Convention("column", "differential"), program=program)
    assert not spec.lines
    words = "; ".join(line.words for step in spec.steps for d in step.details for line in d.lines)
    assert "dL along h → x = δh : dh" in words and "dL along o → x = δo : dx" in words


def test_for_columns_the_chain_is_turned_and_its_parts_are_the_same() -> None:
    usual = derivation_spec(derive(network("distribution"), "x"), {}, SIZES, joined=True)
    spec = spec_of(Convention("column"))
    (rows,), (columns,) = usual.chains, spec.chains
    assert [f.key for f in columns.factors] == [f.key for f in reversed(rows.factors)]
    assert [f.words.split(", ")[1] for f in columns.factors] == ["W1", "diag(h ∘ (1 − h))", "W2", "ŷ − y"]
    assert [f.shape for f in columns.factors] == ["5×3", "3×3", "3×4", "4×1"]
    assert columns.shape == "5×1"
    assert all(f'"{f.key}"' in spec.gradient or f.key in spec.gradient for f in columns.factors), spec.gradient


def test_numerator_layout_of_columns_leaves_the_chain_as_it_is() -> None:
    spec = spec_of(Convention("column", layout="numerator"))
    assert [f.words.split(", ")[1] for f in spec.chains[0].factors] == [
        "(ŷ − y)ᵀ", "W2ᵀ", "diag(h ∘ (1 − h))", "W1ᵀ"]
    assert spec.steps[-1].equation_words.startswith("δx = ")


def test_spelled_out_a_step_rests_on_the_promises_before_it() -> None:
    short, spelled = (spec_of(Convention(spelled=each)).steps[-1] for each in (False, True))
    assert short.equation_words == "∂L/∂x = δa W1ᵀ" and not short.promises
    assert spelled.equation_words == "∂L/∂x = (((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)) W1ᵀ"
    assert [p.name for p in spelled.promises] == ["y"]


def test_index_notation_says_the_sum_over_what_reads_an_entry() -> None:
    spec = spec_of(Convention(style="index"))
    assert spec.left.text == "∂L/∂x[i]"
    step = next(step for step in spec.steps if step.key == "h")
    assert step.equation_words == "δh[i] = Σ_j δθ[j] W2[i, j]"
    assert step.details[0].words == "δh[i] = Σ_j δθ[j] ∂θ[j]/∂h[i] = Σ_j δθ[j] W2[i, j]"


def test_kept_promises_are_said_and_broken_ones_warned_of() -> None:
    spec = spec_of(Convention())
    assert [r.text for r in spec.remarks(())] == ["Uses that y is a distribution."]
    assert spec.remarks({("y", "distribution")}) == ()
