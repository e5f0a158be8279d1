"""Sentences as a student reads them: in plain text and as mathematics."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from tests.programs import add, multiply, network, product, transpose
from tutor.core.expression import Expression, Number, Variable, apply
from tutor.derive import derive
from tutor.derive.words import Sentence, entry_indices, filled, free_letters
from tutor.language.reader import read_program
from tutor.ops import build
from tutor.ops.reductions import Broadcast
from tutor.typeset import Formula, Typesetter

x, h = Variable("x", (1, "n")), Variable("h", (1, "m"))
W, s, column = Variable("W2", ("n", "m")), Variable("s", (1, 1)), Variable("c", ("n", 1))


def test_places_are_filled_with_formulas() -> None:
    sentence = filled("{A} meets {B}.", {"A": product(x, W), "B": h})
    assert sentence.text == "x W2 meets h."
    assert sentence.typst == "$x W_2$ meets $h$."


@pytest.mark.parametrize(
    ("formula", "indices"),
    [(x, ("j",)), (column, ("i",)), (W, ("i", "j")), (s, ()), (transpose(x), ("i",))],
)
def test_an_entry_has_as_many_indices_as_it_needs(formula: Expression, indices: tuple[str, ...]) -> None:
    assert entry_indices(formula, "i,j") == indices
    assert entry_indices(formula, "i, j") == indices


def test_entries_of_names_and_of_formulas() -> None:
    sentence = filled("{A:i,j}, {B:i,j}, {C:i,j}, {D:i,j}", {"A": W, "B": x, "C": s, "D": add(x, x)})
    assert sentence.text == "W2[i, j], x[j], s, (x + x)[j]"
    assert sentence.typst == "$W_2 [i, j]$, $x_j$, $s$, $(x + x)_(j)$"


def test_emphasis_goes_from_the_text_and_a_power_stays() -> None:
    squares = build.power(x, Fraction(2))
    sentence = filled("*Here* {A} is squared.", {"A": squares})
    assert sentence.text == "Here x**2 is squared."
    assert sentence.typst.startswith("*Here* $x^")


def test_a_ring_in_the_words_is_mathematics() -> None:
    sentence = filled("A ∘ in {A}.", {"A": multiply(x, x)})
    assert sentence.text == "A ∘ in x ∘ x."
    assert sentence.typst.startswith("A $compose$ in $")
    assert "∘" not in sentence.typst


def test_a_sentence_speaks_of_the_entries_it_is_asked_about() -> None:
    sentence = filled("{x:i,k} reaches {y:i,j} through {W:k,j}.", {
        "x": Variable("h", (1, 3)), "y": Variable("θ", (1, 5)), "W": Variable("W2", (3, 5))})
    assert sentence.typst == "$h_k$ reaches $theta_j$ through $W_2 [k, j]$."
    assert sentence.typst_at({"θ": (0, 1), "h": (0, 2)}) == "$h_3$ reaches $theta_2$ through $W_2 [3, 2]$."
    assert sentence.typst_at({"θ": (0, 1)}) == "$h_k$ reaches $theta_2$ through $W_2 [k, 2]$."
    assert sentence.text == "h[k] reaches θ[j] through W2[k, j]."


def test_letters_are_no_names_of_the_program() -> None:
    places = {"A": Variable("p", (1, "j")), "Y": Variable("o", (1, "k"))}
    sentence = filled("{A:i,p} reaches {Y:i,j}", places, {"p", "o", "j", "k"})
    assert sentence.text == "p[q] reaches o[l]"
    assert filled("{A:i,p} reaches {Y:i,j}", places).text == "p[p] reaches o[j]"


@pytest.mark.parametrize("taken", [(), ("p",), ("i", "j", "p"), tuple("ijklpqrstuvw")])
def test_free_letters_are_free_and_different(taken: tuple[str, ...]) -> None:
    free = free_letters(taken)
    assert len(set(free.values())) == 3 and not set(free.values()) & set(taken)
    assert all(letter == usual for usual, letter in free.items() if usual not in taken)


def test_letters_are_the_same_in_a_whole_derivation() -> None:
    program = read_program("x : (1, n)\nW : (n, j)\nV : (j, p)\no = tanh(x W)\nL = sum((o V)**2)")
    reasons = [link.because.text for link in derive(program, "W").links]
    letters = {letter for said in reasons for entry in re.findall(r"\[([\w, ]+)\]", said)
               for letter in entry.split(", ")}
    assert letters and not letters & {"j", "p", "n", "x", "W", "V", "o", "L"}
    assert len(letters) <= 3


def test_a_place_can_be_transposed() -> None:
    said = filled("{A:ᵀ} and {B:ᵀ}", {"A": W, "B": transpose(W)})
    assert said.text == "W2ᵀ and W2"
    assert said.typst_at({"W2": (0, 1)}) == "$W_2^top$ and $W_2$"


def test_an_entry_of_one_number_everywhere_is_the_number() -> None:
    assert filled("{A:i,j}", {"A": apply(Broadcast(("n", "m")), Number(Fraction(2)))}).text == "2"


def test_letters_that_nobody_says_stay_letters() -> None:
    sentence = Sentence("{A:i,j}", (("A", add(W, W)),))
    assert sentence.typst_at({"W2": (0, 1)}) == "$(W_2 + W_2)_(i j)$"


def test_every_reason_of_the_question_can_be_typeset() -> None:
    typesetter = Typesetter()
    for program in (network("distribution"), network(rows="N"), network(sizes=(5, 3, 5))):
        for name in ("x", "W1", "b1"):
            links = derive(program, name).links
            sentences = [link.because.typst for link in links]
            sentences += [link.because.typst_at({link.output: (0, 0), link.source: (0, 0)}) for link in links]
            assert all(isinstance(set_, Formula) for set_ in typesetter.paragraphs(sentences, 400.0))


def test_a_number_in_a_sentence() -> None:
    assert filled("{A}", {"A": Number(Fraction(1, 2))}).text == "0.5"
