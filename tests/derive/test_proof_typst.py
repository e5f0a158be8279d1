from __future__ import annotations

import pytest
import sympy

from tests.programs import Writing, network, product, regression, relu, softmax
from tutor.core.program import Program
from tutor.derive import derive
from tutor.derive.proof import prove
from tutor.derive.proof_typst import LARGEST, proof_typst
from tutor.typeset import Formula, Typesetter

SIZES = {"n": 5, "m": 3, "k": 5, "N": 2}


def shown(program: Program, wrt: str, output: str, source: str, **sizes: int) -> tuple[str, ...]:
    """What is shown of one link, typeset to be sure that it can be."""
    dims = {name: (SIZES | sizes)[name] for name in program.dimensions}
    link = derive(program, wrt).link(output, source)
    found = prove(program, link, dims).equations
    assert all(isinstance(formula, Formula) for formula in Typesetter().formulas(found))
    return found


def test_a_diagonal_is_shown_by_its_slopes_in_both_forms() -> None:
    whole, slope = shown(network(), "x", "h", "a")
    assert whole.count("role:muted") == 6 and "s_(3)" in whole
    assert slope == "s_(i) = frac(e^(-a_i), (1 + e^(-a_i))^(2)) = h_i (1 - h_i)"


def test_a_long_diagonal_is_abbreviated() -> None:
    whole, _ = shown(network(), "x", "h", "a", m=LARGEST + 2)
    assert "dots" in whole and "s_(7)" in whole and "role:muted" not in whole


def test_a_batch_has_two_indices() -> None:
    _, slope = shown(network(rows="N"), "x", "h", "a")
    assert slope.startswith("s_(i j) = ") and slope.endswith("= h_(i j) (1 - h_(i j))")


def test_plain_entries_stand_in_a_matrix() -> None:
    [whole] = shown(regression(), "x", "r", "x", n=2, m=3)
    assert "$A_(1 1)$, $A_(1 2)$, $A_(1 3)$" in whole and "$A_(2 1)$" in whole


def test_a_row_of_one_rule_is_shown_by_letters() -> None:
    assert shown(network(), "x", "L", "ŷ") == (
        "#math.frac($partial L$, $partial hat(y)_(i)$)/**/ = -frac(y_i, hat(y)_i)",
    )


def test_a_full_matrix_is_shown_by_two_entries() -> None:
    w = Writing()
    x, c = w.given("x", 1, "n"), w.given("c", "n", 1)
    w.let("L", product(w.let("p", softmax(x)), c))
    first, other = shown(w.program(), "x", "p", "x", n=2)
    assert "partial p_1$, $partial x_1$" in first
    assert other.endswith("= -frac(e^(x_1) e^(x_2), (e^(x_1) + e^(x_2))^(2))")


def test_a_large_sparse_matrix_is_shown_by_an_entry_and_a_zero() -> None:
    entry, zero = shown(network(), "W1", "a", "W1")
    assert entry.endswith("= x_1") and zero.endswith("= 0")


def test_a_slope_with_cases() -> None:
    _, slope = shown(network(activation=relu), "x", "h", "a")
    assert "cases(" in slope


def test_what_cannot_be_written_is_not_shown() -> None:
    program = network()
    link = derive(program, "x").link("h", "a")
    unknown = tuple(tuple(sympy.I * sympy.Symbol(f"a_{{{j}}}") for j in (1, 2)) for _ in (1, 2))
    assert proof_typst(program, link, {"n": 2, "m": 2, "k": 2}, unknown) == ()


@pytest.mark.parametrize("wrt", ["x", "W1", "b1", "W2", "b2"])
def test_every_link_of_the_question_can_be_shown(wrt: str) -> None:
    program = network("onehot")
    for link in derive(program, wrt).links:
        assert shown(program, wrt, link.output, link.source)
