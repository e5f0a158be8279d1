from __future__ import annotations

import pytest

from tests.programs import Writing, add, multiply, network, product, total
from tutor.core.errors import NameUnknownError, Position, ShapeError, TutorError
from tutor.core.expression import Dimension, Number, Variable, nodes
from tutor.core.program import Declaration, Program, Statement
from tutor.ops import build

X = Variable("x", (1, "n"))
AT = Position(3, 5, 2)


def test_a_program_needs_a_statement() -> None:
    with pytest.raises(TutorError, match="no statement"):
        Program((Declaration("x", (1, 1)),), ())


@pytest.mark.parametrize(
    ("declarations", "statements", "message"),
    [
        ((Declaration("x", (1, "n")), Declaration("x", (1, "n"), position=AT)), (Statement("L", X),),
         "x is declared twice"),
        ((Declaration("x", (1, "n")),), (Statement("x", X, AT),), "x already has a value"),
        ((Declaration("x", (1, "n")),), (Statement("L", Variable("z", (1, 1)), AT),), "z is not known here"),
        ((Declaration("x", (1, "n"), frozenset({"symmetric"}), AT),), (Statement("L", X),),
         "x is 1×n; only a square matrix can be symmetric"),
        ((Declaration("x", (1, "n"), frozenset({"round"}), AT),), (Statement("L", X),), "round is not a fact"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    declarations: tuple[Declaration, ...], statements: tuple[Statement, ...], message: str
) -> None:
    with pytest.raises(TutorError, match=message) as caught:
        Program(declarations, statements)
    assert caught.value.position == AT
    assert str(caught.value).startswith("line 3, column 5: ")


def test_a_name_is_known_only_after_its_statement() -> None:
    later = Variable("b", (1, "n"))
    with pytest.raises(NameUnknownError, match="b is not known here"):
        Program((Declaration("x", (1, "n")),), (Statement("a", later), Statement("b", X)))


def test_an_error_keeps_the_first_place_it_was_given() -> None:
    error = ShapeError("No.").at(AT)
    assert isinstance(error, ShapeError)
    assert error.at(Position(9, 9)).position == AT


def test_what_reads_what() -> None:
    program = network()
    assert program.uses["W2"] == ("θ",)
    assert program.uses["L"] == ()
    assert program.depends("h") == {"h", "a", "x", "W1", "b1"}
    assert program.output == Variable("L", (1, 1))
    assert program.dimensions == ("n", "m", "k")
    assert program.shapes["θ"] == (1, "k")
    assert program.declaration("h") is None


def test_a_label_is_not_a_target_once_it_is_a_distribution() -> None:
    assert network().targets == ("x", "W1", "b1", "W2", "b2", "y")
    assert network("distribution").targets == ("x", "W1", "b1", "W2", "b2")
    assert network("onehot").targets == ("x", "W1", "b1", "W2", "b2")


def test_what_the_output_does_not_need_is_no_target() -> None:
    w = Writing()
    x, spare = w.given("x", 1, "n"), w.given("z", 1, "n")
    w.let("unused", add(spare, spare))
    w.let("L", total(x))
    assert w.program().targets == ("x",)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NameUnknownError, match=r"W3 is not in the program\. It has x, W1"):
        network().variable("W3")


def test_dropping_a_fact_drops_what_implies_it() -> None:
    onehot = network("onehot")
    assert onehot.declaration("y").promises("distribution")
    assert not onehot.without_fact("y", "distribution").declaration("y").facts
    assert network("distribution", "positive").without_fact("y", "positive").declaration("y").facts == {"distribution"}
    w = Writing()
    w.let("L", total(w.given("S", "n", "n", "spd")))
    assert w.program().declaration("S").promises("symmetric")
    assert not w.program().without_fact("S", "symmetric").declaration("S").facts


def test_a_fact_is_dropped_once() -> None:
    onehot = network("onehot")
    assert onehot.without_fact("y", "onehot") is onehot.without_fact("y", "onehot")
    assert onehot.without_fact("y", "onehot", "distribution") is not onehot.without_fact("y", "onehot")


def test_resolving_puts_numbers_for_sizes_everywhere() -> None:
    w = Writing()
    X, b = w.given("X", "N", "n"), w.given("b", 1, "n")
    shifted = w.let("s", add(X, b))
    w.let("L", build.divide(total(shifted), Dimension("N")))
    found = w.program().resolved({"N": 4, "n": 3})
    assert found.shapes == {"X": (4, 3), "b": (1, 3), "s": (4, 3), "L": (1, 1)}
    assert found.dimensions == ()
    assert Number(4) in set(nodes(found.definitions["L"]))
    with pytest.raises(ShapeError, match="size N has no number"):
        w.program().resolved({"n": 3})


def test_resolving_lets_sizes_meet_that_were_different() -> None:
    w = Writing()
    w.let("L", total(multiply(product(w.given("A", "n", "m"), w.given("B", "m", "n")), w.given("C", "n", "n"))))
    assert w.program().resolved({"n": 2, "m": 2}).shapes["B"] == (2, 2)


def test_a_size_that_only_a_constant_has_is_a_size_of_the_program() -> None:
    w = Writing()
    w.let("L", total(product(w.given("x", 1, "n"), build.ones("n", "p"))))
    assert set(w.program().dimensions) == {"n", "p"}
