"""What leaves the program as text: reports, and what they say of facts and of doubts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.programs import (
    Writing,
    formula_value,
    measured,
    multiply,
    network,
    product,
    residual,
    tanh,
    total,
    transpose,
)
from tutor.core.errors import NameUnknownError
from tutor.core.expression import Expression, apply
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.derive import derive, export
from tutor.derive.export import Report, report
from tutor.derive.step import Certificate
from tutor.language.reader import read_program
from tutor.ops.linear import MatMul, Transpose

DIMS = {"n": 4, "m": 3, "k": 2}


class ForgetsTheTranspose(MatMul):
    """A matrix product that sends G B back where G Bᵀ belongs; shapes fit when B is square."""

    name = "forgetful"

    @staticmethod
    def adjoint(G: Expression, Y: Expression, A: Expression, B: Expression) -> dict[str, Expression]:
        return {"A": apply(MatMul(), G, B), "B": apply(MatMul(), apply(Transpose(), A), G)}


def forgetful() -> Program:
    w = Writing()
    x, W, V = w.given("x", 1, "n"), w.given("W", "n", "n"), w.given("V", "n", "n")
    a = w.let("a", apply(ForgetsTheTranspose(), x, W))
    h = w.let("h", product(tanh(a), V))
    w.let("L", total(multiply(h, h)))
    return w.program()


def asked(program: Program, wrt: str, seed: int = 3) -> Problem:
    return Problem.drawn("", program, wrt, {size: DIMS.get(size, 2) for size in program.dimensions}, seed)


def as_json(given: Report) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(export.as_json(given))
    return found


def test_a_sound_derivation_is_certified_and_says_what_it_rests_on() -> None:
    found = report(asked(network("onehot"), "x"), "x")
    assert found.certified
    assert found.dropped == ()
    assert found.notes == ("This uses that y is one-hot, as declared.",)
    assert set(found.proofs) == {("L", "ŷ"), ("ŷ", "θ"), ("θ", "h"), ("h", "a"), ("a", "x")}


def test_a_wrong_step_is_not_certified_in_any_format() -> None:
    found = report(asked(forgetful(), "x"), "x")
    assert not found.certified
    assert "NOT CERTIFIED" in export.as_text(found)
    data = as_json(found)
    assert data["certified"] is False
    assert [s["of"] for s in data["steps"] if not s["certified"]] == ["x"]
    assert "entries are wrong" in " ".join(data["steps"][-1]["proof"])
    good = report(asked(forgetful(), "V"), "V")
    assert good.certified and "NOT CERTIFIED" not in export.as_text(good)


def test_a_step_without_a_number_is_null_and_not_certified() -> None:
    found = report(asked(network("onehot"), "x"), "x")
    *steps, last = found.derivation.steps
    unknown = replace(last, certificate=Certificate(float("inf"), {}, 0))
    broken = replace(found, derivation=replace(found.derivation, steps=(*steps, unknown)))
    assert not broken.certified
    data = as_json(broken)
    assert (data["certified"], data["steps"][-1]["certified"], data["steps"][-1]["residual"]) == (False, False, None)


def test_a_promise_the_numbers_break_is_dropped_and_said() -> None:
    problem = asked(network("distribution"), "x").with_numbers("y", np.array([[0.9, 0.8]]))
    found = report(problem, "x")
    assert [(b.name, b.fact) for b in found.dropped] == [("y", "distribution")]
    assert found.certified and found.derivation.promises == ()
    (note,) = found.notes
    assert note == ("y is declared a distribution, but its numbers are not: It sums to 1.7, not to 1. "
                    "So the promise was not used.")
    assert note in export.as_text(found) and note in as_json(found)["notes"]
    np.testing.assert_allclose(formula_value(found.derivation.gradient, problem), measured(problem, "x"), atol=1e-7)


def test_a_promise_that_follows_is_dropped_with_it() -> None:
    problem = asked(network("onehot"), "x").with_numbers("y", np.array([[0.9, 0.8]]))
    found = report(problem, "x")
    assert found.derivation.promises == ()
    np.testing.assert_allclose(formula_value(found.derivation.gradient, problem), measured(problem, "x"), atol=1e-7)


def test_a_promise_not_needed_is_not_mentioned() -> None:
    assert report(asked(network("onehot"), "y"), "y").notes == ()


def test_nothing_to_derive_is_said() -> None:
    program = read_program("x : (1, n)\nz : (1, n)\nL = sum(x)")
    found = report(asked(program, "z"), "z")
    assert found.notes == ("z does not reach L: every entry is 0.",)
    assert export.as_text(found) == "∂L/∂z = zeros(1, n)\n\nz does not reach L: every entry is 0.\n"
    assert as_json(found)["steps"] == []


def test_text_counts_steps_and_proofs() -> None:
    text = export.as_text(report(asked(network("onehot"), "x"), "x"))
    # 2 + 4 + 6 + 9 + 12 entries of the five Jacobians at n = 4, m = 3, k = 2
    assert text.endswith("\n5 steps checked at random numbers; 33 entries of 5 links proved by SymPy.\n")
    program = read_program("s : scalar\nL = s * s")
    assert export.as_text(report(asked(program, "s"), "s")).endswith(
        "\n1 step checked at random numbers; 1 entry of 1 link proved by SymPy.\n")


def test_text_shows_the_way_and_the_names() -> None:
    lines = export.as_text(report(asked(network("onehot"), "x"), "x")).splitlines()
    assert [line.split("    [")[0].split() for line in lines if line.endswith("certified]")] == [
        "L → θ δθ = ŷ − y".split(), "θ → h δh = δθ W2ᵀ".split(), "h → a δa = δh ∘ h ∘ (1 − h)".split(),
        "a → x ∂L/∂x = δa W1ᵀ".split()]


def test_reasons_keep_their_powers() -> None:
    program = read_program("x : (1, n)\ns : scalar\nL = s * sum(x**2)")
    assert "weight sum(x**2)" in export.as_text(report(asked(program, "s"), "s"))


@pytest.mark.parametrize(("wrt", "shape"), [("s", []), ("x", [1, 1]), ("W", [3, 2])])
def test_shapes_in_json(wrt: str, shape: list[int]) -> None:
    program = read_program("s : scalar\nx : (1, n)\nW : (3, 2)\nL = s * sum(x) * sum(W)")
    problem = Problem.drawn("", program, wrt, {"n": 1})
    assert as_json(report(problem, wrt))["shape"] == shape


def test_json_names_every_cotangent_once() -> None:
    data = as_json(report(asked(residual(2), "x"), "x"))
    names = [c["of"] for c in data["cotangents"]]
    assert names == [s["of"] for s in data["steps"]] and len(set(names)) == len(names)
    assert names[-1] == "x"


def test_json_holds_no_word_that_json_does_not_know() -> None:
    text = export.as_json(report(asked(network("onehot"), "x"), "x"))
    assert not re.search(r"\b(NaN|Infinity)\b", text)
    assert "ŷ" in text, "people read it too"
    assert text.endswith("}\n")


def test_latex_has_a_row_for_each_cotangent() -> None:
    latex = export.as_latex(report(asked(network("onehot"), "x"), "x"))
    rows = latex.splitlines()[1:-1]
    assert len(rows) == 6
    assert rows[0].startswith(r"  \delta_{\hat{y}} = \frac{\partial L}{\partial \hat{y}} &= -\frac{y}{\hat{y}} && ")
    assert rows[-1] == (r"  \frac{\partial L}{\partial x} &= (((\hat{y} - y)\, W_2^{\top}) \circ h \circ (1 - h))\, "
                        r"W_1^{\top}")


@pytest.mark.parametrize("name", list(export.FORMATS))
def test_every_format_ends_in_one_line_break_and_is_the_same_twice(name: str) -> None:
    problem = asked(network("onehot"), "W1")
    first, second = (export.FORMATS[name](report(problem, "W1")) for _ in range(2))
    assert first == second
    assert first.endswith("\n") and not first.endswith("\n\n")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(NameUnknownError):
        report(asked(network(), "x"), "nope")


def test_the_report_is_of_the_numbers_it_was_given() -> None:
    problem = asked(network("onehot"), "x")
    assert report(problem, "x").problem is problem
    assert report(problem, "x").derivation.gradient == derive(problem.program, "x").gradient
    assert transpose(problem.program.variable("x")).shape == ("n", 1)
