"""Conventions: their words, and how formulas are written in them."""

from __future__ import annotations

from itertools import product

import pytest

from tests.programs import network
from tutor.derive import derive
from tutor.derive.conventions import LAYOUTS, STYLES, VECTORS, Convention, Notation
from tutor.language import printing
from tutor.language.reader import read_program


@pytest.mark.parametrize("convention", [Convention(*each, spelled) for each in product(VECTORS, STYLES, LAYOUTS)
                                        for spelled in (False, True)], ids=lambda c: c.words)
def test_words_name_a_convention(convention: Convention) -> None:
    assert Convention.named(convention.words) == convention


@pytest.mark.parametrize("words", ["", "sideways", "chain row gradient nonsense"])
def test_what_is_no_word_says_nothing(words: str) -> None:
    assert Convention.named(words) == Convention()


@pytest.mark.parametrize(
    ("link", "wanted"),
    [(("θ", "h"), "W2"), (("h", "a"), "diag(h ∘ (1 − h))"), (("ŷ", "θ"), "diag(ŷ) − ŷ ŷᵀ"), (("L", "ŷ"), "−y / ŷ")],
)
def test_jacobians_turned_for_columns(link: tuple[str, str], wanted: str) -> None:
    derivation = derive(network("distribution"), "x")
    form = derivation.link(*link).form
    assert form is not None
    assert printing.text(Notation(derivation.program, "column").jacobian(form, True)) == wanted


def test_a_product_stays_a_product() -> None:
    program = read_program("x : (1, n)\nW : (n, m)\nh = relu(x W)\nL = sum(h)")
    form = derive(program, "x").link("h", "x").form
    assert form is not None
    rows, columns = Notation(program, "row"), Notation(program, "column")
    assert printing.text(columns.jacobian(form, True)) == "W diag(step(h))"
    assert printing.text(rows.jacobian(form, False)) == printing.text(form)


def test_a_quotient_of_rows_is_transposed_as_a_whole() -> None:
    derivation = derive(network("distribution"), "x")
    form = derivation.link("L", "ŷ").form
    assert form is not None
    assert printing.text(Notation(derivation.program, "row").jacobian(form, True)) in ("(−y / ŷ)ᵀ", "−(y / ŷ)ᵀ")
