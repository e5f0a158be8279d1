from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programs import dimensions, formulas
from tutor.core.evaluate import value_of
from tutor.core.expression import Expression, Variable, apply
from tutor.core.program import resolve
from tutor.derive import derive
from tutor.derive.code import gradient_module
from tutor.derive.repeated import named_parts
from tutor.language.reader import read_formula, read_program
from tutor.ops.linear import MatMul

SHAPES = {"x": (1, "n"), "A": ("n", "m"), "B": ("m", "n"), "c": ("n", 1), "s": (1, 1), "S": ("n", "n")}
POOL = tuple(Variable(name, shape) for name, shape in SHAPES.items())


def read(text: str) -> Expression:
    return read_formula(text, SHAPES, ["n", "m"])


def test_the_largest_part_is_named_before_the_line_that_needs_it() -> None:
    twice = read("sum(exp(S A) B) + trace(exp(S A) B) + sum(exp(S A))")
    lines = named_parts([("a", read("x S")), ("b", twice), ("r", read("exp(S A)"))])
    assert [name for name, _ in lines] == ["a", "t2", "t1", "b", "r"]
    assert dict(lines)["t1"] == apply(MatMul(), Variable("t2", ("n", "m")), POOL[2])
    assert dict(lines)["r"] == Variable("t2", ("n", "m"))


def test_a_line_that_is_such_a_part_is_used_itself() -> None:
    lines = named_parts([("e", read("exp(S S)")), ("r", read("exp(S S) c"))])
    assert [name for name, _ in lines] == ["e", "r"]
    assert "exp" not in str(lines[1])


def test_what_costs_nothing_is_written_again() -> None:
    lines = [("r", read("Aᵀ c + Aᵀ c + Aᵀ c"))]
    assert named_parts([("r", read("Aᵀ + Aᵀ + B"))]) == [("r", read("Aᵀ + Aᵀ + B"))]
    assert len(named_parts(lines)) == 1


def test_a_name_of_the_program_is_not_taken() -> None:
    program = read_program("t1 : (n, n)\nb : (n, 1)\nL = bᵀ inv(t1) b")
    source = gradient_module(derive(program, "t1"))
    assert source.count("np.linalg.inv") == 1
    space: dict[str, object] = {}
    exec(source, space)
    numbers, b = np.array([[3.0, 1.0], [0.5, 2.0]]), np.array([[1.0], [-2.0]])
    inverse = np.linalg.inv(numbers)
    np.testing.assert_allclose(space["gradient"](numbers, b), -inverse.T @ b @ b.T @ inverse.T)  # type: ignore[operator]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(first=formulas(POOL, 5), second=formulas(POOL, 5), dims=dimensions(), seed=st.integers(0, 9))
def test_named_or_not_the_values_are_the_same(
    first: Expression, second: Expression, dims: dict[str, int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    arrays = {v.name: rng.uniform(0.2, 0.8, [dims.get(k, k) for k in v.shape]) for v in POOL}
    wanted = value_of(resolve(second, dims), arrays)
    for name, part in named_parts([("first", first), ("second", second)]):
        arrays[name] = value_of(resolve(part, dims), arrays)
    np.testing.assert_array_equal(arrays["second"], wanted)
