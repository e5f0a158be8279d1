"""Marking by its results: what is right, what is wrong, and which slip is named."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.marking.bank import NETWORK, RIGHT, TANH, WRONG, Right, Wrong
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate, value_of
from tutor.core.expression import Variable, nodes
from tutor.core.problem import Problem
from tutor.core.program import resolve
from tutor.derive import derive
from tutor.files import library
from tutor.language import printing
from tutor.language.reader import read_formula, read_program
from tutor.marking import Marking, insertions, mark
from tutor.marking.claims import Claim, claims
from tutor.marking.mistakes import all_words
from tutor.marking.points import scope

ASKED = r"((\hat{\mathbf{y}}-\mathbf{y}) \mathbf{W}_{2}^{T})\circ\sigma'(a)\mathbf{W}_{1}"
PUBLISHED = r"\Big(({\hat y}-y)W_2^T\Big)\circ\Big((h-h\circ h)W_1^T\Big)"


@lru_cache(maxsize=32)
def problem(program: str, wrt: str) -> Problem:
    read = read_program(program)
    return Problem.drawn("", read, wrt, dict(zip(read.dimensions, (3, 4, 5, 6, 2), strict=False)), 1)


def marked(program: str, wrt: str, formula: str, **names: str) -> Marking:
    return mark(problem(program, wrt), wrt, formula, names)


def gradient_of(found: Problem, wrt: str, formula: str) -> tuple[np.ndarray, np.ndarray]:
    """A formula's value and the gradient at the problem's own numbers: nothing of the marking."""
    evaluation = evaluate(found)
    values = {**evaluation.values, **{f"δ{name}": slope for name, slope in evaluation.gradients.items()}}
    expression = read_formula(formula, scope(found.program), found.program.dimensions)
    used = {node.name: values[node.name] for node in nodes(expression) if isinstance(node, Variable)}
    return value_of(resolve(expression, found.dims), used), evaluation.gradients[wrt]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case.wrt}: {case.formula}")
def test_a_wrong_formula_is_found_out_and_its_slip_is_named(case: Wrong) -> None:
    found = marked(case.program, case.wrt, case.formula)
    assert found.verdict == "wrong"
    assert found.repairs, "an edit or two repair it"
    assert found.repairs[0].edits[0].kind == case.kind
    for repair in found.repairs:
        value, right = gradient_of(problem(case.program, case.wrt), case.wrt, repair.formula)
        np.testing.assert_allclose(value, right.T if repair.turned else right, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: f"{case.wrt}: {case.formula}")
def test_a_right_formula_is_right_in_whatever_form(case: Right) -> None:
    found = marked(case.program, case.wrt, case.formula)
    assert found.verdict == ("right" if case.layout == "equal" else "right_other_layout")
    assert found.reason == case.layout and not found.repairs


def test_the_published_row_forms_are_wrong_and_repaired() -> None:
    first, second = (mark(library.problem("backprop-5-3-5"), "x", form) for form in (ASKED, PUBLISHED))
    assert (first.verdict, second.verdict) == ("wrong", "wrong")
    assert [edit.kind for edit in first.repairs[0].edits] == ["transpose"]
    assert first.repairs[0].edits[0].text == "write W1ᵀ for W1"
    assert any("From left to right" in note for note in first.notes), "both readings are discussed"
    assert [edit.kind for edit in second.repairs[0].edits] == ["brackets"]
    assert second.repairs[0].formula == "(((ŷ − y) W2ᵀ) ∘ (h − h ∘ h)) W1ᵀ"


def test_at_equal_sizes_the_verdicts_stay_the_same() -> None:
    asked = library.problem("backprop-5-3-5").with_dims({"n": 4, "m": 4, "k": 4})
    for form, kind in ((ASKED, "transpose"), (PUBLISHED, "brackets")):
        found = mark(asked, "x", form)
        assert found.verdict == "wrong" and found.repairs[0].edits[0].kind == kind
        assert any("4-4-4 every shape fits by accident" in note for note in found.notes)


def test_the_published_column_form_is_right_with_its_names_explained() -> None:
    asked = library.problem("backprop-5-3-5")
    for formula in ("W_1(H-H^2)W_2(y-p) where y = ŷ, p = y", "W_1(H-H^2)W_2(y-p), where H = diag(h); y = ŷ; p = y"):
        found = mark(asked, "x", formula)
        assert found.verdict == "right_other_layout", found.message
    given = mark(asked, "x", "W_1(H-H^2)W_2(y-p)", {"y": "ŷ", "p": "y"})
    assert given.verdict == "right_other_layout" and "H is read as diag(h)." in given.notes


@pytest.mark.parametrize(("formula", "reason", "said"), [
    ("foo + 1", "unknown_name", "`foo` is not in the program."),
    ("Q W2", "unknown_name", "`Q` is not in the program."),
    ("((p - y) W2ᵀ", "syntax", "not closed"),
    ("H W2 where 2x = h", "syntax", "`2x` is not a name."),
    ("p W2", "shape_inside", "a product needs k rows on the right"),
    ("((p - y) W2ᵀ) ∘ h ∘ (1 - h)", "shape_result", "∂L/∂b1"),
    ("-3 (((p - y) W2ᵀ) ∘ h ∘ (1 - h)) W1ᵀ", "factor", "−3 times the gradient"),
    ("(((y - p) W2ᵀ) ∘ h ∘ (1 - h)) W1ᵀ", "sign", "−1 times the gradient"),
])
def test_the_first_thing_that_is_found_speaks(formula: str, reason: str, said: str) -> None:
    found = marked(NETWORK, "x", formula)
    assert found.reason == reason and said in found.message


def test_another_quantity_of_the_same_shape_is_named() -> None:
    found = marked(NETWORK, "h", "((p - y) W2ᵀ) ∘ h ∘ (1 - h)")
    assert found.reason == "other_quantity" and "∂L/∂b1" in found.message


def test_an_accident_of_the_present_numbers_is_told() -> None:
    flat = problem(TANH, "x")
    zero = flat.with_numbers("x", np.zeros_like(flat.numbers["x"]))
    found = mark(zero, "x", "(o - t) Vᵀ Uᵀ")
    assert found.verdict == "wrong"
    assert any("they cannot tell" in note for note in found.notes), "at x = 0 the slope of tanh is 1"


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.title)
def test_every_published_claim_is_told_apart_from_what_is_right(claim: Claim) -> None:
    asked = library.problem(claim.problem)
    found = mark(asked, claim.wrt, claim.formula)
    layouts = {"The published answer, as columns", "Outer product the wrong way round"}
    assert found.verdict == ("right_other_layout" if claim.title in layouts else "wrong")
    assert bool(found.repairs) is (found.verdict == "wrong")
    for repair in found.repairs[:1]:
        value, right = gradient_of(asked, claim.wrt, repair.formula)
        np.testing.assert_allclose(value, right, rtol=1e-9, atol=1e-12)


def test_what_follows_is_marked_on_what_comes_before() -> None:
    right = marked(NETWORK, "x", "δθ = p - y; δh = δθ W2ᵀ; δa = δh ∘ h ∘ (1 - h); δa W1ᵀ;")
    assert right.verdict == "right" and not right.notes
    follows = marked(NETWORK, "x", "δθ = p; δa = (δθ W2ᵀ) ∘ h ∘ (1 - h); δa W1ᵀ")
    assert follows.verdict == "right"
    assert follows.message == "Right as it follows from your δθ; what is wrong is there."
    (note,) = follows.notes
    assert note.startswith("Marked on your δθ, which is wrong:") and "p − y" in note
    again = marked(NETWORK, "x", "\\delta_\\theta = p\n\\delta_a = (\\delta_\\theta W2^T) * h * (1 - h)\n\\delta_a W1")
    assert again.verdict == "wrong" and [edit.kind for edit in again.repairs[0].edits] == ["transpose"]
    own = marked(NETWORK, "x", "δθ = p; ((p - y) W2ᵀ ∘ h ∘ (1 - h)) W1ᵀ")
    assert own.verdict == "wrong", "it does not follow from that"


def test_a_step_that_cannot_be_read_is_named_and_located() -> None:
    found = marked(NETWORK, "x", "δθ = p - y; δh = δθ W2ᵀ + foo; δh")
    assert (found.verdict, found.message) == ("unreadable", "δh: `foo` is not in the program.")
    assert found.position is not None and found.position.column == 27


def test_every_kind_has_its_words() -> None:
    from tutor.marking.edits import LIKELY

    assert set(all_words()) >= set(LIKELY)
    source = "".join(path.read_text(encoding="utf-8") for path in Path(insertions.__file__).parent.glob("*.py"))
    assert all(f'"{key}"' in source for key in set(all_words()) - set(LIKELY)), "no words that nothing says"
    for words in all_words().values():
        words.edit.format(before="A", after="B", about="C")
        assert words.why.endswith(".")


def test_a_search_nobody_waits_for_ends() -> None:
    twice = "(((y - p) W2ᵀ) ∘ h ∘ (1 - h)) W1"
    assert mark(problem(NETWORK, "x"), "x", twice, wanted=lambda: False).repairs == ()
    assert len(mark(problem(NETWORK, "x"), "x", twice).repairs[0].edits) == 2


@pytest.mark.parametrize("name", [ready.name for ready in library.ready_made()])
def test_every_derived_gradient_is_right_and_one_slip_in_it_is_not(name: str) -> None:
    asked = library.problem(name)
    for wrt in asked.program.targets:
        derivation = derive(asked.program, wrt)
        formula = printing.text(derivation.gradient)
        assert mark(asked, wrt, formula).verdict == "right", (wrt, formula)
        for place, sign in enumerate(formula):
            slipped = formula[:place] + {"ᵀ": "", "∘": "@", "−": "+"}.get(sign, sign) + formula[place + 1 :]
            if slipped == formula:
                continue
            found = mark(asked, wrt, slipped)
            try:
                value, right = gradient_of(asked, wrt, slipped)
            except TutorError:
                assert found.verdict in ("wrong", "unreadable"), slipped
            else:
                equal = value.shape == right.shape and np.allclose(value, right, rtol=1e-6, atol=1e-9)
                assert (found.verdict == "right") is equal, slipped
            break  # one for each variable


@pytest.mark.parametrize("formula", [" + ".join(["x"] * 90), "∘".join(["x"] * 60), "σ(" * 40 + "x" + ")" * 40])
def test_a_formula_too_long_to_be_searched_is_judged_all_the_same(formula: str) -> None:
    found = marked(NETWORK, "x", formula)
    assert found.verdict == "wrong" and found.reason == "different" and "were found" in found.message


_PIECES = st.sampled_from(["x", "W1", "W2", "p", "y", "h", "a", "(", ")", "ᵀ", " ", "∘", "@", "+", "-", "*", "/", "2",
                           "σ(", "np.", ".sum(", "axis=0", "\\frac{", "}", "__class__", "=", "where ", "H", "δθ", "'"])


@given(st.lists(_PIECES, max_size=14))
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_gets_an_answer(pieces: list[str]) -> None:
    found = marked(NETWORK, "x", "".join(pieces))
    assert found.verdict in ("right", "right_other_layout", "wrong", "unreadable") and found.message
