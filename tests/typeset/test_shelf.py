"""Formulas kept from one run to the next."""

from __future__ import annotations

import json
from unittest.mock import patch

import pytest

from tutor.typeset import Typesetter, shelf
from tutor.typeset.source import part

SOURCES = ["W_1", "hat(y) - y", "frac(1, 1 + e^(-a))", "mat(1, 2; 3, 4)", part("f", "x") + " dot.c W_2^top", "sqrt(x)"]


def used() -> Typesetter:
    typesetter = Typesetter()
    typesetter.formulas(SOURCES, 15.0, False)
    typesetter.paragraphs(["Each entry by *itself*: $x_1$ alone."], 200.0)
    typesetter.formulas(["not Typst: #"])
    return typesetter


def test_what_was_asked_for_is_kept_as_it_was() -> None:
    asked = used().asked
    assert len(asked) == len(SOURCES) + 1
    assert shelf.unpacked(shelf.packed(asked)) == asked


def test_typst_is_not_needed_for_what_is_kept() -> None:
    kept = shelf.unpacked(shelf.packed(used().asked))
    with patch.object(Typesetter, "_press", None):
        later = Typesetter(shelf=kept)
        assert [f.source for f in later.formulas(SOURCES, 15.0, False)] == SOURCES
        with pytest.raises(AttributeError):
            later.formula("not_kept")
    assert set(later.asked) < set(kept)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"made_by": []}'])
def test_a_file_that_cannot_be_read_keeps_nothing(text: str) -> None:
    assert shelf.unpacked(text) == {}


def test_a_file_of_another_version_keeps_nothing() -> None:
    text = shelf.packed(used().asked)
    whole = json.loads(text)
    assert shelf.unpacked(text)
    whole["made_by"][-1][-1] += 1
    assert shelf.unpacked(json.dumps(whole)) == {}
    del whole["outlines"][-1]
    whole["made_by"][-1][-1] -= 1
    assert shelf.unpacked(json.dumps(whole)) == {}
