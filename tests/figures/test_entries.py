"""One entry of a matrix formula in letters: with numbers for the letters it is that entry's number."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.programs import Writing, formulas, ready, transpose
from tutor.core.evaluate import evaluate, value_of
from tutor.core.expression import Apply, Expression, Number, Variable, nodes
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.core.program import resolve
from tutor.derive import Link, derive
from tutor.figures.entries import declared_entries, entry_name, entry_of, entry_source
from tutor.files.library import ready_made
from tutor.language import printing
from tutor.language.reader import read_program
from tutor.ops.determinants import Inverse

READY = [name for name, *_ in ready_made()]


def letters(values: dict[str, Array]) -> dict[str, Array]:
    """Every entry of every variable as a number of its own."""
    return {entry_name(name, i, j, array.shape): array[i : i + 1, j : j + 1]
            for name, array in values.items() for i in range(array.shape[0]) for j in range(array.shape[1])}


def links(asked: Problem) -> dict[tuple[str, str], Link]:
    program = asked.program
    return {(ln.output, ln.source): ln for d in program.declarations for ln in derive(program, d.name).links}


def compare(form: Expression, values: dict[str, Array]) -> int:
    """Every entry against the same entry of the value; how many there are in letters."""
    whole, known, told = value_of(form, values), letters(values), 0
    for i, j in np.ndindex(*whole.shape):
        entry = entry_of(form, i, j)
        if entry is not None:
            told += 1
            assert entry.shape == (1, 1)
            found = value_of(entry, known).item()
            assert found == pytest.approx(whole[i, j], rel=1e-12, abs=1e-14), (printing.text(form), i, j)
    return told


@pytest.mark.parametrize("name", READY)
def test_every_cell_of_every_link_of_the_ready_made_problems(name: str) -> None:
    asked = ready(name)
    evaluation = evaluate(asked)
    told = 0
    for (output, source), link in links(asked).items():
        if link.form is None:
            continue
        form = resolve(link.form, asked.dims)
        told += compare(form, dict(evaluation.values))
        jacobian = evaluation.link_jacobian(output, source)
        if form.shape == jacobian.shape:
            np.testing.assert_allclose(value_of(form, evaluation.values), jacobian, rtol=1e-9, atol=1e-12)
    # Of an inverse no entry has a short formula.
    assert told > 10 or any(isinstance(node, Apply) and isinstance(node.operation, Inverse)
                            for statement in asked.program.statements for node in nodes(statement.expression))


def test_in_the_question_every_cell_has_letters() -> None:
    asked = ready("backprop-5-3-5")
    for link in links(asked).values():
        assert link.form is not None
        form = resolve(link.form, asked.dims)
        assert compare(form, dict(evaluate(asked).values)) == int(form.shape[0]) * int(form.shape[1])


def pool() -> tuple[Expression, ...]:
    w = Writing()
    return (w.given("x", 1, "n"), w.given("A", "n", "m"), w.given("B", "m", "n"), w.given("c", "n", 1),
            w.given("s", 1, 1), w.given("S", "n", "n"))


@given(formula=formulas(pool(), 4), n=st.integers(1, 4), m=st.integers(1, 3), seed=st.integers(0, 3))
def test_random_formulas(formula: Expression, n: int, m: int, seed: int) -> None:
    sizes = {"n": n, "m": m}
    rng = np.random.default_rng(seed)
    values = {v.name: rng.uniform(0.3, 1.2, tuple(sizes.get(size, size) for size in v.shape))
              for v in pool() if isinstance(v, Variable)}
    numeric = resolve(formula, sizes)
    if np.isfinite(value_of(numeric, values)).all():
        compare(numeric, values)


@pytest.mark.parametrize(
    ("form", "place", "expected"),
    [
        ("W^T", (1, 2), "W[2,1]"),
        ("diag(h)", (1, 1), "h[0,1]"),
        ("diag(h)", (0, 1), "0"),
        ("diag(h * (1 - h))", (2, 2), "h[0,2] (1 − h[0,2])"),
        ("diag(h) - h^T h", (0, 1), "−h[0,0] h[0,1]"),
        ("2 * h", (0, 1), "2 h[0,1]"),
        ("c h", (1, 2), "c[1,0] h[0,2]"),
        ("eye(3)", (1, 1), "1"),
        ("0 * h + ones(1, 3)", (0, 0), "1"),
    ],
)
def test_how_entries_read(form: str, place: tuple[int, int], expected: str) -> None:
    program = read_program(f"h : (1, 3)\nc : (2, 1)\nW : (3, 2)\nM = {form}\nL = sum(M)")
    entry = entry_of(program.definitions["M"], *place)
    assert entry is not None
    assert printing.text(entry) == expected


def test_a_sum_over_many_entries_has_no_letters() -> None:
    program = read_program("x : (1, 4)\nW : (4, 2)\nM = x W\nL = sum(M)")
    assert entry_of(program.definitions["M"], 0, 0) is None
    assert entry_of(program.definitions["L"], 0, 0) is None


def test_numbers_are_their_own_entry() -> None:
    assert entry_of(Number(Fraction(3)), 0, 0) == Number(Fraction(3))


def test_names_of_entries() -> None:
    assert entry_name("W2", 2, 1, (3, 5)) == "W2[2,1]"
    assert entry_name("s", 0, 0, (1, 1)) == "s"
    assert entry_source("W2[2,1]", (3, 5)) == "W_2 [3, 2]"
    assert entry_source("ŷ[0,1]", (1, 5)) == "hat(y)_2"
    assert entry_source("s", (1, 1)) == "s"


def test_where_a_cell_comes_from() -> None:
    asked = ready("backprop-5-3-5")
    program = asked.program.resolved(asked.dims)
    W2 = program.variable("W2")
    assert declared_entries(program, entry_of(transpose(W2), 1, 2)) == (("W2", 2, 1),)
    # An intermediate is not a number one can edit.
    assert declared_entries(program, entry_of(program.variable("h"), 0, 1)) == ()
    assert declared_entries(program, None) == ()
    scalar = read_program("s : scalar\nx : (1, 2)\nM = s * x\nL = sum(M)")
    assert declared_entries(scalar, entry_of(scalar.definitions["M"], 0, 1)) == (("s", 0, 0), ("x", 0, 1))


def test_no_entry_holds_a_matrix_operation() -> None:
    asked = ready("batch-of-the-question")
    for link in links(asked).values():
        if link.form is not None:
            entry = entry_of(resolve(link.form, asked.dims), 0, 0)
            if entry is not None:
                assert all(node.shape == (1, 1) for node in nodes(entry))
                assert not any(isinstance(node, Apply) and node.operation.name == "transpose" for node in nodes(entry))
