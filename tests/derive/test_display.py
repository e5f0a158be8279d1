from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.programs import add, multiply, product, sigmoid, subtract, transpose
from tutor.core.evaluate import value_of
from tutor.core.expression import Apply, Expression, Number, Variable, apply, nodes
from tutor.core.program import resolve
from tutor.derive.algebra import Algebra, Facts
from tutor.derive.display import shown
from tutor.ops import build
from tutor.ops.linear import Negate, Scale, Subtract
from tutor.ops.reductions import Broadcast

h, p, y, x = (Variable(name, (1, "n")) for name in "hpyx")
W, A, B = Variable("W", ("n", "n")), Variable("A", ("n", "n")), Variable("B", ("n", "n"))
ONE = Number(Fraction(1))


def written(formula: Expression, given: set[str] = frozenset()) -> str:
    """A formula as people would write it, well enough to compare."""
    match formula:
        case Variable(name):
            return name
        case Number(value):
            return str(float(value)) if value.denominator != 1 else str(value)
        case Apply():
            inner = [written(o) for o in formula.operands]
            if isinstance(formula.operation, Broadcast):
                return inner[0]
            signs = {"add": "+", "subtract": "−", "hadamard": "∘", "divide": "/", "scale": "·", "matmul": "@"}
            if formula.operation.name in signs:
                return f"({inner[0]} {signs[formula.operation.name]} {inner[1]})"
            if formula.operation.name == "power":
                return f"{inner[0]}^{formula.operation.exponent}"
            return f"{formula.operation.name}({', '.join(inner)})"
    raise TypeError(formula)


def again(formula: Expression, *given: str) -> str:
    return written(shown(Algebra(Facts()).read(formula), set(given)))


def num(value: str) -> Number:
    return Number(Fraction(value))


@pytest.mark.parametrize(
    ("formula", "reads"),
    [
        pytest.param(subtract(ONE, h), "(1 − h)", id="one minus"),
        pytest.param(add(build.negate(h), ONE), "(1 − h)", id="one minus, the other way round"),
        pytest.param(multiply(h, subtract(ONE, h)), "(h ∘ (1 − h))", id="slope of σ"),
        pytest.param(subtract(p, y), "(p − y)", id="computed minus given"),
        pytest.param(add(p, subtract(product(subtract(p, y), W), y)), "((p − y) + ((p − y) @ W))",
                     id="a difference that stands in another term stays together"),
        pytest.param(build.negate(subtract(y, p)), "(p − y)", id="no minus in front of a difference"),
        pytest.param(build.negate(product(subtract(y, p), W)), "((p − y) @ W)", id="a minus goes into the difference"),
        pytest.param(product(build.negate(subtract(y, p)), W), "((p − y) @ W)", id="from inside too"),
        pytest.param(multiply(num("-2"), multiply(x, subtract(y, p))), "(2 · (x ∘ (p − y)))", id="with a number"),
        pytest.param(build.negate(build.divide(y, p)), "negate((y / p))", id="minus a quotient"),
        pytest.param(add(build.negate(x), h), "(h − x)", id="a minus does not lead"),
        pytest.param(build.negate(add(x, h)), "negate((x + h))", id="all minus"),
        pytest.param(multiply(num("1/2"), x), "(x / 2)", id="half"),
        pytest.param(multiply(num("3/2"), x), "(1.5 · x)", id="one and a half"),
        pytest.param(multiply(num("1/3"), multiply(x, h)), "((x ∘ h) / 3)", id="a third"),
        pytest.param(build.divide(h, multiply(num("2"), build.power(x, Fraction(1, 2)))), "(h / (2 · x^1/2))",
                     id="a number first below"),
        pytest.param(add(x, num("1/10")), "(x + 0.1)", id="a decimal by itself"),
        pytest.param(add(x, num("1/3")), "(x + (1 / 3))", id="a fraction by itself"),
        pytest.param(multiply(x, x), "x^2", id="square"),
        pytest.param(build.divide(ONE, build.power(x, Fraction(2))), "(1 / x^2)", id="negative power"),
        pytest.param(multiply(num("5"), build.ones(1, "n")), "5", id="a number everywhere"),
        pytest.param(add(x, num("-3")), "(x − 3)", id="minus a number"),
        pytest.param(transpose(product(A, B)), "(transpose(B) @ transpose(A))", id="transposes inside"),
        pytest.param(product(transpose(product(x, A)), h), "(transpose((x @ A)) @ h)", id="a vector turned as a whole"),
        pytest.param(subtract(multiply(h, subtract(y, p)), x), "((h ∘ (y − p)) − x)", id="all but one minus"),
        pytest.param(build.negate(add(multiply(h, subtract(p, y)), x)), "((h ∘ (y − p)) − x)", id="one of them turned"),
        pytest.param(subtract(add(W, transpose(W)), add(A, transpose(A))), "((W − A) + transpose((W − A)))",
                     id="a sum and its transpose"),
        pytest.param(build.divide(multiply(x, x), multiply(h, h)), "(x / h)^2", id="one power for two"),
    ],
)
def test_a_formula_reads_as_people_write_it(formula: Expression, reads: str) -> None:
    assert again(formula, "y", "x", "W", "A", "B") == reads


def test_a_difference_of_given_names_keeps_its_direction() -> None:
    assert again(subtract(x, y), "x", "y") == "(x − y)"
    assert again(subtract(y, p)) == "(y − p)"


def test_what_repeats_is_marked_once_at_the_top() -> None:
    node = Algebra(Facts()).read(add(add(W, x), transpose(x)))
    found = shown(node)
    assert found.shape == ("n", "n")
    zero = shown(Algebra(Facts()).read(subtract(W, W)))
    assert zero.shape == ("n", "n")


def test_a_number_is_never_written_as_minus_minus() -> None:
    found = shown(Algebra(Facts()).read(build.negate(build.negate(sigmoid(x)))))
    assert found == sigmoid(x)
    for formula in (multiply(num("-1"), x), multiply(num("-1/2"), x), product(build.negate(x), W)):
        back = shown(Algebra(Facts()).read(formula))
        assert isinstance(back, Apply) and isinstance(back.operation, Negate)
        assert sum(isinstance(n, Apply) and isinstance(n.operation, Negate) for n in nodes(back)) == 1


def test_a_difference_under_a_root_keeps_its_sign() -> None:
    formula = build.power(subtract(y, p), Fraction(1, 2))
    back = resolve(shown(Algebra(Facts()).read(formula), {"y"}), {"n": 2})
    found = value_of(back, {"y": np.array([[5.0, 10.0]]), "p": np.array([[1.0, 1.0]])})
    np.testing.assert_allclose(found, [[2.0, 3.0]])


def test_a_scalar_stands_in_front() -> None:
    s = Variable("s", (1, 1))
    found = shown(Algebra(Facts()).read(product(x, multiply(W, s))))
    assert found == apply(Scale(), s, product(x, W))


def test_one_minus_is_a_visible_broadcast() -> None:
    found = shown(Algebra(Facts()).read(subtract(ONE, h)))
    assert found == apply(Subtract(), apply(Broadcast((1, "n")), ONE), h)
