"""What stands under a step: every line equal to the one before, every rule with its reason, every path."""

from __future__ import annotations

import pytest

from tests.programs import formula_value, lstm, network, residual
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.derive import derive
from tutor.derive.step import Derivation
from tutor.derive.working import Row, own_working, reasons, working
from tutor.language.reader import read_program


def rows(derivation: Derivation, name: str) -> list[str]:
    return [row.text(lambda formula: formula) for row in working(derivation, derivation.step(name))]


def titles(derivation: Derivation, name: str) -> list[str]:
    return [title for title, _ in reasons(derivation, derivation.step(name))]


def test_a_step_of_one_rule_needs_no_lines_and_no_name_for_its_reason() -> None:
    derivation = derive(network("onehot"), "x")
    assert rows(derivation, "h") == []
    assert titles(derivation, "h") == [""]


def test_every_rule_of_a_statement_is_said() -> None:
    derivation = derive(read_program("O : (n, m)\nY : (n, m)\nL = 0.5*norm2(O-Y)**2"), "O")
    assert rows(derivation, "O") == [
        "δ[norm2(O − Y)**2] = 0.5    [scalar multiple]",
        "δ[norm2(O − Y)] = 0.5 ∘ (2 norm2(O − Y)) = norm2(O − Y)    [power]",
        "δ[O − Y] = (norm2(O − Y) / norm2(O − Y)) (O − Y) = O − Y    [length]",
        "∂L/∂O = O − Y    [the rest has slope 1]",
    ]
    assert titles(derivation, "O") == ["scalar multiple", "power", "length"]


def test_a_step_that_writes_another_out_begins_with_it() -> None:
    program = read_program("W : (m, k)\nX : (n, m)\nT : (n, k)\nP = softmax(X W)\nL = xent(T, P)")
    derivation = derive(program, "W")
    found = rows(derivation, "W")
    assert found[0] == "δP = −T / P    [cross-entropy]"
    assert found[1].startswith("∂L/∂W = Xᵀ (P ∘ (δP − ") and found[-1].startswith("= Xᵀ (P ∘ rowsum(T) − T)")
    assert titles(derivation, "W") == ["cross-entropy", "softmax", "matrix product"]


def test_a_reason_is_said_once() -> None:
    derivation = derive(read_program("t : (1, n)\nL = sum(t * t)"), "t")
    assert titles(derivation, "t") == ["sum of all entries", "elementwise product"]


def test_each_path_says_what_it_brings() -> None:
    program = read_program("a : (1, n)\nV : (n, n)\nW : (n, n)\nh = a W\ng = h W\nL = sum(g V)")
    derivation = derive(program, "W")
    found = rows(derivation, "W")
    assert found[0].startswith("g → W: hᵀ δg") and found[1].startswith("h → W: aᵀ δh")
    assert titles(derivation, "W") == ["", "matrix product"]


def test_a_part_of_what_arrives_is_not_called_the_whole() -> None:
    derivation = derive(read_program("x : (n, 1)\nA : (n, n)\nL = xᵀ A x"), "x")
    assert [row.split(" = ")[0].split(":")[0] for row in rows(derivation, "x")] == [
        "∂L/∂x, way 1 of 2", "δ[xᵀ A]", "δ[xᵀ]", "∂L/∂x, way 2 of 2", "∂L/∂x", "= (A + Aᵀ) x    [common factor]"]


def test_a_way_that_changes_nothing_is_a_way() -> None:
    derivation = derive(read_program("h : (1, n)\nW : (n, n)\ng = h + tanh(h W)\nL = sum(g ** 2)"), "h")
    assert [row.split(" = ")[0] for row in rows(derivation, "h")] == [
        "∂L/∂h, way 1 of 2: δg    [sum]", "δ[h W]",
        "∂L/∂h, way 2 of 2: (δg ∘ (1 − tanh(h W)**2)) Wᵀ    [matrix product]", "∂L/∂h"]


@pytest.mark.parametrize("program", [network("distribution"), residual(2), lstm(2)], ids=["soft", "skips", "lstm"])
def test_the_lines_end_in_what_the_step_gives(program: Program) -> None:
    for declared in program.declarations:
        derivation = derive(program, declared.name)
        for step in derivation.steps:
            found = own_working(derivation, step)
            assert found[-1].formulas[-1] == step.after
            assert all(row.certified for row in found)


def test_lines_that_go_on_are_equal() -> None:
    program = network("distribution")
    problem = Problem.drawn("", program, "x", {"n": 4, "m": 3, "k": 2}, 3)
    derivation = derive(program, "θ")
    found = working(derivation, derivation.step("θ"))
    without_symbols: list[Row] = [row for row in found if row.left is None]
    assert len(without_symbols) == 3
    for row in without_symbols:
        (formula,) = row.formulas
        assert not isinstance(formula, tuple)
        assert abs(formula_value(formula, problem) - evaluate(problem).gradients["θ"]).max() < 1e-12
