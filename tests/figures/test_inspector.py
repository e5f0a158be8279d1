"""What one cell of a Jacobian says: its slope in letters and numbers, why, and what it carries."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.programs import ready
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive import derive
from tutor.derive.views import factor_jacobian, factors
from tutor.figures.entry_notation import number_typst
from tutor.figures.inspector import CellWords, inspect, inspect_result
from tutor.files.library import ready_made
from tutor.language.reader import read_program
from tutor.typeset import Formula, Typesetter


def cell(asked: Problem, key: str, row: int, column: int, joined: bool = False, path: int = 0) -> CellWords:
    evaluation, derivation = evaluate(asked), derive(asked.program, asked.wrt)
    (factor,) = (f for f in factors(derivation, derivation.paths[path], joined) if f.key == key)
    value = float(factor_jacobian(evaluation, factor)[row, column])
    return inspect(evaluation, derivation, factor, row, column, value)


def two(value: float) -> str:
    return f"{value:.2f}"


QUESTION = ready("backprop-5-3-5")


def test_the_cell_of_the_design() -> None:
    words = cell(QUESTION, "θ→h", 1, 2)
    weight = two(QUESTION.numbers["W2"][2, 1])
    assert words.formula == f"(partial theta_2) / (partial h_3) = W_2 [3, 2] = {weight}"
    assert words.cells == (("W2", 2, 1),)
    assert words.because.startswith("$h_3$ reaches $theta_2$ only through $W_2 [3, 2]$")
    gradients = evaluate(QUESTION).gradients
    arriving, total = gradients["θ"][0, 1], gradients["h"][0, 2]
    carried = arriving * QUESTION.numbers["W2"][2, 1]
    assert words.carries == (f"Its term in $partial L slash partial h_3 = {total:.3g}$: $delta_(theta_2)$ times it, "
                             f"${arriving:.3g} dot {float(weight):.3g} = {carried:.3g}$.")
    assert words.depends == "W_2 [3, 2]"


def test_an_exact_zero_says_that_nothing_goes_through() -> None:
    words = cell(QUESTION, "h→a", 0, 1)
    assert words.formula == "(partial h_1) / (partial a_2) = 0"
    assert words.because == "$a_2$ does not reach $h_1$: the entry is exactly 0."
    assert words.cells == ()
    diagonal = cell(QUESTION, "h→a", 1, 1)
    at = evaluate(QUESTION).values["h"][0, 1]
    assert diagonal.formula == (f"(partial h_2) / (partial a_2) = h_2 (1 - h_2) = {at:.3g} dot (1 - {at:.3g}) = "
                                f"{at * (1 - at):.3g}"), "letters, the numbers put in, the result"
    assert diagonal.depends == "h_2" and diagonal.words.endswith("It depends on h[2].")
    assert "does not reach" not in diagonal.because


def test_the_first_link_carries_nothing_yet() -> None:
    assert cell(QUESTION, "L→ŷ", 0, 0).carries == ""


def test_joined_links_have_letters_and_no_reason_of_one_link() -> None:
    words = cell(QUESTION, "L→θ", 0, 2, joined=True)
    assert words.formula.startswith("(partial L) / (partial theta_3) = hat(y)_3 - y_3 = ")
    assert words.because == ""
    assert words.cells == (("y", 0, 2),)


def test_minus_stands_in_brackets_as_a_factor() -> None:
    asked = QUESTION.with_numbers("W2", np.full((3, 5), -2.0))
    carries = cell(asked, "θ→h", 0, 0).carries
    assert " dot (-2) = " in carries


@pytest.mark.parametrize("key", ["ŷ→θ", "θ→h", "h→a", "a→x"])
def test_what_all_cells_of_a_column_carry_adds_up(key: str) -> None:
    output, source = key.split("→")
    evaluation = evaluate(QUESTION)
    rows, columns = evaluation.values[output].size, evaluation.values[source].size
    for column in range(columns):
        shares, total = [], evaluation.gradients[source].reshape(-1)[column]
        for row in range(rows):
            carries = cell(QUESTION, key, row, column).carries
            share = re.search(r"= (-?[\d.]+)\$: .*= (-?[\d.]+)\$\.$", carries)
            assert share is not None
            shares.append(float(share[2]))
            assert float(share[1]) == pytest.approx(total, abs=0.0051)
        assert sum(shares) == pytest.approx(total, abs=0.0051 * rows)


def test_a_product_with_a_diagonal_has_letters() -> None:
    asked = ready("deep-tanh")
    formula, h, w = cell(asked, "h2→h1", 1, 2).formula, evaluate(asked).values["h2"][0, 1], asked.numbers["W2"][2, 1]
    first, second = (f"({number:.3g})" if number < 0 else f"{number:.3g}" for number in (h, w))
    assert formula == ("(partial h_2 [2]) / (partial h_1 [3]) = (1 - h_2 [2]^2) thin W_2 [3, 2] = "
                       f"(1 - {first}^2) dot {second} = {(1 - h * h) * w:.3g}")


def test_the_gradient_of_a_number_in_the_shape_of_its_variable_has_letters() -> None:
    words = cell(ready("relu-network").with_wrt("X"), "L→P", 0, 2)
    assert " = P_(2 1) - Y_(2 1) = " in words.formula and words.depends == "P_(2 1) comma Y_(2 1)"


def test_a_negative_number_put_in_stands_in_brackets() -> None:
    asked = ready("deep-tanh").with_numbers("W2", np.full((3, 3), -0.5))
    assert "dot (-0.5) = " in cell(asked, "h2→h1", 1, 2).formula


def test_of_many_numbers_a_few_are_named() -> None:
    program = read_program("a : (1, 2)\nb : (1, 2)\nc : (1, 2)\nd : (1, 2)\nz = a * b * c * d")
    words = cell(Problem.drawn("", program, "a", {}), "z→a", 1, 1)
    assert sorted(words.depends.split(" comma ")) == ["b_2", "c_2", "d_2"]
    program = read_program("a : (1, 2)\nb : (1, 2)\nc : (1, 2)\nd : (1, 2)\ne : (1, 2)\nz = a * b * c * d * e")
    words = cell(Problem.drawn("", program, "a", {}), "z→a", 1, 1)
    assert words.depends.endswith("comma dots.h") and words.words.endswith(" and 1 more.")


def test_a_matrix_variable_has_two_indices() -> None:
    asked = QUESTION.with_wrt("W1")
    words = cell(asked, "a→W1", 1, 7)  # W1[3, 2]: row 2, column 1 of 5×3
    assert words.formula.startswith("(partial a_2) / (partial W_1 [3, 2]) = x_3 = ")
    assert words.cells == (("x", 0, 2),)


def test_a_link_without_a_short_form_still_has_its_number() -> None:
    asked = ready("logistic-regression").with_wrt("b")
    evaluation, derivation = evaluate(asked), derive(asked.program, "b")
    seen = 0
    for path in derivation.paths:
        for factor in factors(derivation, path):
            for row, column in np.ndindex(*factor_jacobian(evaluation, factor).shape):
                value = float(factor_jacobian(evaluation, factor)[row, column])
                words = inspect(evaluation, derivation, factor, row, column, value)
                assert words.formula.startswith("(partial ")
                assert f"{value:.3g}" in words.formula or words.formula.endswith(number_typst(value))
                seen += 1
    assert seen > 6


@pytest.mark.parametrize("name", [name for name, *_ in ready_made()])
def test_every_cell_can_be_typeset(name: str) -> None:
    asked = ready(name)
    evaluation = evaluate(asked)
    formulas, paragraphs = set(), set()
    for wrt in asked.program.targets[:2]:
        derivation = derive(asked.program, wrt)
        for path in derivation.paths:
            for factor in factors(derivation, path, joined=True):
                array = factor_jacobian(evaluation, factor)
                for row, column in list(np.ndindex(*array.shape))[::7]:
                    words = inspect(evaluation, derivation, factor, row, column, float(array[row, column]))
                    formulas.add(words.formula)
                    paragraphs.update(text for text in (words.because, words.carries) if text)
    typesetter = Typesetter()
    assert all(isinstance(f, Formula) for f in typesetter.formulas(sorted(formulas)))
    assert all(isinstance(f, Formula) for f in typesetter.paragraphs(sorted(paragraphs), 400.0))


@pytest.mark.parametrize(
    ("value", "source"),
    [(0.0, "0"), (-0.41, "-0.41"), (12.345, "12.3"), (12345.0, "1.2 dot 10^(4)"), (-2.5e17, "-2.5 dot 10^(17)"),
     (float("nan"), '"NaN"'), (float("-inf"), '"−inf"')],
)
def test_numbers_can_be_typeset(value: float, source: str) -> None:
    assert number_typst(value) == source
    assert isinstance(Typesetter().formulas([f"x = {source}"])[0], Formula)


def test_large_and_missing_numbers_are_said() -> None:
    program = read_program("x : (1, 2)\nW : (2, 2)\na = x W\nr = 1 / a\nL = sum(r)")
    asked = Problem.drawn("", program, "x", {}, given={"x": np.array([[1.0, 2.0]]),
                                                       "W": np.array([[2.0, 50000.0], [-1.0, 3.0]])})
    words = cell(asked, "a→x", 1, 0)
    assert words.formula.endswith("= 5.0 dot 10^(4)")
    pole = cell(asked, "r→a", 0, 0)
    assert pole.formula.endswith('= "−inf"')
    typesetter = Typesetter()
    assert all(isinstance(f, Formula) for f in typesetter.formulas([words.formula, pole.formula]))
    evaluation, derivation = evaluate(asked), derive(program, "x")
    whole = inspect_result(evaluation, derivation, ("L", "a", "x"), (0, 0), np.nan,
                           [(np.nan, 2.0), (np.inf, 5e4)])
    assert "NaN" not in whole.carries
    texts = [t for t in (words.carries, pole.carries) if t]
    assert texts and all(isinstance(f, Formula) for f in typesetter.paragraphs(texts, 300.0))
