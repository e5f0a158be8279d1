"""A formula shown back: where its shapes stand."""

from __future__ import annotations

import itertools

import pytest

from tutor.figures.echo import MISFIT, echo
from tutor.files import library
from tutor.language.reader import read_loosely
from tutor.typeset import Formula, Typesetter

NETWORK = library.problem("backprop-5-3-5")


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


def shown(typesetter: Typesetter, text: str, width: float = 600.0) -> Formula:
    program = NETWORK.program
    read = read_loosely(text, program.shapes, program.dimensions)
    return echo(typesetter, read.expression, NETWORK.dims, read.misfits[0][0] if read.misfits else None, width)


def brackets(formula: Formula) -> list[tuple[float, float, float]]:
    """The long lines under it: where they begin and end, and how high they stand."""
    return sorted((r.y, r.x, r.x + r.w) for r in formula.rules if r.w > 6.0 and r.y > formula.baseline)


def test_every_side_of_a_product_has_its_bracket(typesetter: Typesetter) -> None:
    found = brackets(shown(typesetter, "((ŷ - y) W2ᵀ) ∘ ((h - h∘h) W1ᵀ)"))
    assert len(found) == 6
    heights = sorted({y for y, _, _ in found})
    assert len(heights) == 2, "the shapes of a level stand on one line"
    inner, outer = ([f for f in found if f[0] == y] for y in heights)
    assert (len(inner), len(outer)) == (4, 2)
    for line in (inner, outer):
        assert all(one[2] < two[1] for one, two in itertools.pairwise(line)), "none lies over another"
    assert all(any(o[1] <= i[1] and i[2] <= o[2] for o in outer) for i in inner)


def test_what_does_not_fit_is_a_part(typesetter: Typesetter) -> None:
    wrong, right = (shown(typesetter, text) for text in ("((ŷ - y) W2ᵀ) ∘ ((h - h∘h) W1ᵀ)", "(ŷ - y) W2ᵀ"))
    assert any(glyph.part == MISFIT for glyph in wrong.glyphs) and any(rule.part == MISFIT for rule in wrong.rules)
    assert not any(piece.part for piece in (*right.glyphs, *right.rules))


def test_without_a_product_nothing_stands_under_it(typesetter: Typesetter) -> None:
    for text in ("h ∘ (1 - h)", "x + x", "2 x"):
        assert not brackets(shown(typesetter, text))


def test_a_long_formula_is_set_smaller(typesetter: Typesetter) -> None:
    text = "(((ŷ - y) W2ᵀ) ∘ h ∘ (1 - h)) W1ᵀ"
    wide, narrow = shown(typesetter, text), shown(typesetter, text, 250.0)
    assert narrow.width <= 250.0 < wide.width
