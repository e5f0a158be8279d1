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
    lstm,
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
from tutor.core.evaluate import evaluate
from tutor.core.expression import Expression, apply
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.derive import derive, export
from tutor.derive.conventions import Convention
from tutor.derive.proof import Proof
from tutor.derive.readings import read
from tutor.derive.report import Report, report
from tutor.derive.step import Certificate
from tutor.language import printing
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
    for name, write in export.FORMATS.items():
        assert "NOT CERTIFIED: not every formula could be checked." in write(found), name
    assert "\n2 of 3 steps certified at random numbers; 2 of 3 links, " in export.as_text(found)
    assert re.search(r"\na → x: \d+ of \d+ entries are wrong\.\n", export.as_text(found))
    data = as_json(found)
    assert data["certified"] is False
    assert [s["of"] for s in data["steps"] if not s["certified"]] == ["x"]
    assert "entries are wrong" in " ".join(data["steps"][-1]["proof"])
    good = report(asked(forgetful(), "V"), "V")
    assert good.certified and "NOT CERTIFIED" not in export.as_text(good)


def test_a_result_that_alone_is_wrong_is_said_in_every_reading() -> None:
    found = report(asked(network("onehot"), "x"), "x")
    right = read(found.derivation, Convention(vectors="column"))
    wrong = replace(right, certificate=Certificate(1.0, {}, 0))
    for name in ("text", "latex"):
        assert "NOT CERTIFIED" not in export.as_read(found, right, name)
        assert export.as_read(found, wrong, name).count("NOT CERTIFIED: not every formula could be checked.") == 1


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
    # Two links are crossed in one step; 2 + 4 + 6 + 9 + 12 entries of the five Jacobians at n = 4, m = 3, k = 2
    assert text.endswith("\n4 steps certified at random numbers; 5 links, 33 entries in all, proved by SymPy.\n")
    program = read_program("s : scalar\nL = s * s")
    assert export.as_text(report(asked(program, "s"), "s")).endswith(
        "\n1 step certified at random numbers; 1 link, 1 entry in all, proved by SymPy.\n")


def test_a_link_without_a_proof_says_so() -> None:
    found = report(asked(network("onehot"), "x"), "x")
    said = "Checked numerically only: the entries are too long to prove."
    unproved = replace(found, proofs={**found.proofs, ("h", "a"): Proof(None, 0, {}, (), said)})
    assert export.as_text(unproved).endswith(
        "\n4 steps certified at random numbers; 4 of 5 links, 24 entries in all, proved by SymPy.\n"
        f"h → a: {said}\n")
    none = replace(found, proofs=dict.fromkeys(found.proofs, Proof(None, 0, {}, (), said)))
    assert "\n4 steps certified at random numbers; 0 of 5 links proved by SymPy.\n" in export.as_text(none)


def test_text_and_markdown_say_what_delta_is() -> None:
    found = report(asked(network("onehot"), "x"), "x")
    assert export.as_text(found).splitlines()[1] == "δ stands for the slope of L by what follows it: δθ = ∂L/∂θ."
    page = export.FORMATS["markdown"](found)
    assert "δ stands for the slope of $L$ by what follows it: $\\delta_{\\theta}$ = " in page
    matrix = report(asked(read_program("x : (1, n)\nW : (n, m)\nh = tanh(x W)"), "W"), "W")
    assert "δ stands" not in export.as_text(matrix), "there it is what arrives"


def test_every_line_of_a_joined_step_is_shown_with_its_reason() -> None:
    found = report(asked(network("onehot"), "x"), "x")
    lines = [line.strip() for line in export.as_text(found).splitlines()]
    first = lines.index("δŷ = −y / ŷ    [cross-entropy]")
    assert lines[first + 1 : first + 5] == [
        "δθ = ŷ ∘ (δŷ − sum(δŷ ∘ ŷ))    [softmax]",
        "= ŷ ∘ (−y / ŷ − sum((−y / ŷ) ∘ ŷ))    [δŷ written out]",
        "= ŷ ∘ (1 − y / ŷ)    [cancelling, entries of y sum to 1]",
        "= ŷ − y    [multiplying out, cancelling]"]
    assert [line.split(":")[0] for line in lines[first + 5 : first + 7]] == ["Cross-entropy", "Softmax"]
    page = export.FORMATS["markdown"](found)
    assert r"- $= \hat{y} \circ \left(1 - \frac{y}{\hat{y}}\right)$ · cancelling, entries of $y$ sum to 1" in page
    assert "*Cross-entropy.* " in page and "*Softmax.* " in page
    assert as_json(found)["steps"][1]["lines"][0]["reasons"] == ["softmax"]


@pytest.mark.parametrize("name", list(printing.LIBRARIES))
def test_code_says_that_it_has_no_conventions(name: str) -> None:
    found = report(asked(network("onehot"), "x"), "x")
    code = export.as_read(found, read(found.derivation, Convention("column", layout="numerator")), name)
    usual = export.FORMATS[name](found)
    said = "# Code has no conventions: the gradient is in the shapes that the program declares.\n"
    assert code.replace(said, "") == usual and said in code


def test_json_says_what_is_in_another_convention() -> None:
    found = report(asked(network("onehot"), "x"), "x")
    data = json.loads(export.as_read(found, read(found.derivation, Convention(layout="numerator")), "json"))
    assert data["notes"][-1].endswith("all else is in the shapes that the program declares.")
    assert data["reading"]["layout"] == "numerator" and data["gradient"] == as_json(found)["gradient"]


def test_text_shows_the_way_and_the_names() -> None:
    lines = export.as_text(report(asked(network("onehot"), "x"), "x")).splitlines()
    assert [line.split("    [")[0].split() for line in lines if line.endswith("; certified]")] == [
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
    assert len(rows) == 10, "four of softmax with cross-entropy, one of each other cotangent, what was used, the result"
    assert rows[-2] == r"  & \text{This uses that $y$ is one-hot, as declared.} \\"
    assert rows[0].startswith(r"  \delta_{\hat{y}} = \frac{\partial L}{\partial \hat{y}} &= -\frac{y}{\hat{y}} && ")
    assert rows[1].startswith(r"  \delta_{\theta} = \frac{\partial L}{\partial \theta} &= \hat{y} \circ ")
    assert rows[4] == r"  &= \hat{y} - y && \text{multiplying out; cancelling} \\"
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


# --- what the formulas alone say -------------------------------------------------------------------------------------


def evaluated(data: dict[str, Any], problem: Problem, **more: Any) -> Any:
    """The formula of a JSON answer, from what stands in it and the problem's values."""
    values = {**evaluate(problem).values, **problem.dims, **more}
    known = {data["identifiers"][name]: value for name, value in values.items()}
    prelude = printing.numpy_prelude(s.expression for s in problem.program.statements)
    scope: dict[str, Any] = {"np": np}
    exec(prelude, scope)
    for line in data["definitions"]:
        known[data["identifiers"][line["name"]]] = eval(line["numpy"], scope, known)
    return eval(data["gradient"]["numpy"], scope, known)


@pytest.mark.parametrize(("program", "wrt", "is_long"), [
    (lstm(2), "Ui", True), (residual(4), "x", True), (network("onehot"), "x", False),
], ids=["lstm", "residual", "network"])
def test_the_formula_is_complete_with_its_definitions(program: Program, wrt: str, is_long: bool) -> None:
    problem = asked(program, wrt)
    found = report(problem, wrt)
    data = as_json(found)
    np.testing.assert_allclose(evaluated(data, problem), evaluate(problem).gradients[wrt], rtol=1e-9, atol=1e-12)
    names = [line["name"] for line in data["definitions"]]
    text = export.as_text(found)
    assert [line.split(" = ")[0].removeprefix("  where ") for line in text.splitlines() if "  where " in line] == names
    unknown = set(re.findall(r"δ\w+", data["gradient"]["text"])) - set(names)
    assert not unknown
    assert bool(names) == is_long


def test_names_that_look_alike_have_different_identifiers() -> None:
    program = read_program("é : (1, n)\ne : (1, n)\nL = sum(é * é * e)")
    problem = asked(program, "é")
    data = as_json(report(problem, "é"))
    assert len(set(data["identifiers"].values())) == len(data["identifiers"])
    np.testing.assert_allclose(evaluated(data, problem), 2 * problem.numbers["é"] * problem.numbers["e"])


@pytest.mark.parametrize("fact", ["symmetric", "spd"])
def test_a_gradient_by_a_symmetric_matrix_says_that_it_is_unconstrained(fact: str) -> None:
    program = read_program(f"S : (n, n) {fact}\nx : (n, 1)\nL = x.T S x")
    by_itself, by_x = (report(asked(program, name), name) for name in ("S", "x"))
    said = ("S is declared symmetric. This is the unconstrained gradient: each entry of S counts as a variable of its "
            "own.")
    assert by_itself.notes == (said,)
    assert said in export.as_text(by_itself) and said in as_json(by_itself)["notes"]
    assert said.replace("S ", "$S$ ") in export.as_latex(by_itself)
    used = {"symmetric": "symmetric", "spd": "symmetric positive definite"}[fact]
    assert by_x.notes == (f"This uses that S is {used}, as declared.",)


def test_a_broken_symmetry_is_not_used() -> None:
    program = read_program("S : (n, n) symmetric\nx : (n, 1)\nL = x.T S x")
    problem = asked(program, "x")
    problem = problem.with_numbers("S", problem.numbers["S"] + np.triu(np.ones((4, 4)), 1))
    found = report(problem, "x")
    assert found.certified and printing.text(found.derivation.gradient) == "(S + Sᵀ) x"
    (note,) = found.notes
    assert note.startswith("S is declared symmetric, but its numbers are not:")
    np.testing.assert_allclose(formula_value(found.derivation.gradient, problem), measured(problem, "x"), atol=1e-6)


# --- Jacobians and Hessians ------------------------------------------------------------------------------------------


def test_the_jacobian_in_json() -> None:
    program = read_program("x : (1, n)\nW : (n, m)\nh = tanh(x W)")
    problem = asked(program, "W")
    data = as_json(report(problem, "W"))
    assert (data["kind"], data["shape"], data["certified"]) == ("jacobian", [3, 12], True)
    assert data["gradient"]["text"] == "kron(x, diag(1 − h**2))"
    assert data["pullback"]["of"] == "δh" and data["pullback"]["text"] == "xᵀ (δh ∘ (1 − h**2))"
    assert "The Jacobian's rows are the entries of h, its columns those of W, counted row by row." in data["notes"]
    assert data["steps"] and all(step["certified"] for step in data["steps"])
    scope: dict[str, Any] = {"np": np, "diag": lambda v: np.diag(v.reshape(-1)), **evaluate(problem).values}
    np.testing.assert_allclose(eval(data["gradient"]["numpy"], scope), evaluate(problem).jacobian("W"))


def test_a_jacobian_without_a_form_says_so_and_gives_the_pullback() -> None:
    found = report(asked(read_program("X : (n, n)\nD = diag(diagof(X))\nG = D X"), "X"), "X")
    data = as_json(found)
    assert found.certified and data["shape"] == [16, 16]
    assert data["gradient"] == {"text": None, "latex": None, "numpy": None}
    assert data["pullback"]["text"] == "D δG + diag(diagof(X δGᵀ))"
    assert "The Jacobian has no short matrix form here; the arrow says the same." in data["notes"]
    text = export.as_text(found)
    assert text.startswith("δG ↦ D δG + diag") and "∂G/∂X" not in text
    assert export.as_latex(found).splitlines()[-2].startswith(r"  \delta_G &\mapsto ")


def test_what_vec_and_k_are_is_said_where_they_stand() -> None:
    notes = report(asked(read_program("X : (n, m)\nY = tanh(X).T"), "X"), "X").notes
    assert any(n.startswith("vec(") for n in notes) and any("permutes entries" in n for n in notes)
    plain = report(asked(read_program("x : (1, n)\ny = tanh(x)"), "x"), "x").notes
    assert not any("vec" in n or "permutes" in n for n in plain)


def test_a_jacobian_by_a_symmetric_matrix_is_unconstrained_too() -> None:
    notes = report(asked(read_program("S : (n, n) symmetric\nx : (n, 1)\ny = S x"), "S"), "S").notes
    assert any(note.startswith("S is declared symmetric. This is the unconstrained Jacobian: ") for note in notes)


def test_the_hessian_in_every_format() -> None:
    problem = asked(network("onehot"), "x")
    found = report(problem, "x", order=2)
    assert found.certified and found.kind == "hessian"
    assert "This uses that y is one-hot, as declared." in found.notes
    data = as_json(found)
    assert (data["kind"], data["shape"]) == ("hessian", [4, 4])
    assert data["direction"]["of"] == "v" and "δg_x" not in json.dumps({**data, "identifiers": {}}, ensure_ascii=False)
    text, latex = export.as_text(found), export.as_latex(found)
    assert text.startswith("∂²L/∂x² = W1 (") and "\nv ↦ " in text
    assert "\ng_x = ∂L/∂x = (((ŷ − y) W2ᵀ)" in text and r"g_x &= \frac{\partial L}{\partial x} = " in latex
    assert r"\frac{\partial^2 L}{\partial x^2} &= W_1" in latex and r"v &\mapsto" in latex
    for library in printing.LIBRARIES:
        code = export.FORMATS[library](found)
        assert "def hessian(" in code and "def hessian_vector(" in code
    page = export.FORMATS["markdown"](found)
    for said in ("$$\n\\frac{\\partial^2 L}{\\partial x^2} = W_1", "$$\nv \\mapsto ",
                 "$$\ng_x = \\frac{\\partial L}{\\partial x} = "):
        assert said in page
    # Only the steps name g_x: neither the Hessian nor its product does.
    assert "  where " not in text and "\nwhere\n" not in page
    # SymPy proves the links of the gradient, and those of what is differentiated once more.
    assert {("L", "ŷ"), ("g_x", "ŷ"), ("g_x", "h")} <= set(found.proofs)


def test_a_name_in_the_hessian_is_defined_under_it() -> None:
    found = report(asked(read_program("x : (1, n)\nf = sum(tanh(x))"), "x"), "x", order=2)
    # The matrix is said in the names of the program alone, as that is no longer; the product is shorter with g_x.
    assert export.as_text(found).startswith(
        "∂²f/∂x² = −2 diag(tanh(x) − tanh(x)**3)\nv ↦ −2 (v ∘ tanh(x) ∘ g_x)\n  where g_x = 1 − tanh(x)**2\n")
    assert "\nwhere\n\n$$\ng_x = 1 - " in export.FORMATS["markdown"](found)
