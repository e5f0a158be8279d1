from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.language.colouring import pieces


def kinds(line: str) -> list[tuple[str, str]]:
    return [(line[p.start : p.start + p.length], p.kind) for p in pieces(line, {"N"})]


def test_a_declaration() -> None:
    assert kinds("y : (1, k) distribution  # the label") == [
        ("y", "name"), ("1", "size"), ("k", "size"), ("distribution", "fact"), ("# the label", "comment")
    ]
    assert kinds("s : scalar, positive") == [("s", "name"), ("scalar", "size"), ("positive", "fact")]


def test_a_statement() -> None:
    assert kinds("L = 0.5 xent(Y, W_1) / N") == [
        ("L", "name"), ("0.5", "number"), ("xent", "function"), ("Y", "name"), ("W_1", "name"), ("N", "size")
    ]


@pytest.mark.parametrize("line", ["a = softmax(b", "a = ) softmax(b", "a = ! softmax ? b", "a = ((softmax b]"])
def test_what_is_broken_is_coloured_as_far_as_it_goes(line: str) -> None:
    assert {("a", "name"), ("softmax", "function"), ("b", "name")} <= set(kinds(line))


@given(st.text(alphabet="aWθŷ1.=:(){}[],;#\\_^'!é𝐖 ", max_size=60))
def test_pieces_of_anything_stand_in_order_inside_it(line: str) -> None:
    end = 0
    for piece in pieces(line):
        assert piece.start >= end and piece.length > 0
        end = piece.start + piece.length
    assert end <= len(line)
