"""SymPy's results in Typst: read back as mathematics they are the same numbers, and Typst can set them."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.programs import Writing, log, multiply, network, relu, softmax, tanh, total
from tutor.core.errors import TutorError
from tutor.core.program import Program
from tutor.derive import derive
from tutor.derive.entrywise import Entrywise
from tutor.derive.proof import proof_sizes
from tutor.derive.sympy_typst import sympy_typst
from tutor.ops import FUNCTIONS, build
from tutor.typeset import Formula, Typesetter

x, y, z = sympy.symbols("x y z", real=True)
AT = {"x": 0.7, "y": -1.3, "z": 2.1}

_TOKEN = re.compile(r'\s*(?:(\d+)|#math.op\("(\w+)"\)/\*\*/|([a-z]+)|(.))')
_FUNCTIONS = {"frac": lambda a, b: a / b, "log": math.log, "tanh": math.tanh, "sin": math.sin, "cos": math.cos,
              "sinh": math.sinh, "sqrt": lambda a: a**0.5, "abs": abs, "erf": math.erf, "atan2": math.atan2}


class Reading:
    """Reads Typst mathematics as a person does: terms, factors side by side, powers."""

    def __init__(self, text: str) -> None:
        self.tokens = [(m[1] or m[2] or m[3] or m[4]) for m in _TOKEN.finditer(text)]
        self.at = 0

    def see(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.see()
        assert token and (not wanted or token == wanted), (self.tokens, self.at)
        self.at += 1
        return token

    def whole(self) -> complex:
        value = self.sum()
        assert self.see() == ""
        return value

    def sum(self) -> complex:
        sign = -1 if self.see() == "-" and self.take() else 1
        total_ = sign * self.product()
        while self.see() in ("+", "-"):
            total_ += self.product() if self.take() == "+" else -self.product()
        return total_

    def product(self) -> complex:
        value = self.power()
        while self.see() and self.see() not in "+-,)":
            value = value / self.power() if self.see() == "/" and self.take() else value * self.power()
        return value

    def power(self) -> complex:
        base = self.atom()
        if self.see() == "^":
            self.take()
            self.take("(")
            base **= self.sum()
            self.take(")")
        return base

    def atom(self) -> complex:
        token = self.take()
        if token.isdigit():
            return int(token)
        if token == "(":
            value = self.sum()
            self.take(")")
            return value
        if token in _FUNCTIONS:
            self.take("(")
            arguments = [self.sum()]
            while self.see() == ",":
                self.take()
                arguments.append(self.sum())
            self.take(")")
            return _FUNCTIONS[token](*arguments)
        return {"e": math.e, "pi": math.pi, **AT}[token]


def value(expression: sympy.Expr) -> complex:
    return complex(expression.subs({symbol: AT[symbol.name] for symbol in (x, y, z)}).evalf())


def same(expression: sympy.Expr) -> None:
    written = sympy_typst(expression)
    assert Reading(written).whole() == pytest.approx(value(expression), rel=1e-9), written


small = st.integers(-4, 4).map(sympy.Integer)
leaves = st.sampled_from([x, y, z]) | small | st.sampled_from([sympy.Rational(1, 2), sympy.Rational(-3, 4)])


def larger(parts: st.SearchStrategy[sympy.Expr]) -> st.SearchStrategy[sympy.Expr]:
    return st.one_of(
        st.tuples(parts, parts).map(lambda p: p[0] + p[1]),
        st.tuples(parts, parts).map(lambda p: p[0] - p[1]),
        st.tuples(parts, parts).map(lambda p: p[0] * p[1]),
        st.tuples(parts, parts).map(lambda p: p[0] / p[1] if p[1] != 0 else p[0]),
        st.tuples(parts, st.sampled_from([2, 3, -1, -2])).map(lambda p: p[0] ** p[1] if p[0] != 0 else p[0]),
        parts.map(sympy.exp),
        parts.map(sympy.tanh),
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.recursive(leaves, larger, max_leaves=6))
def test_what_is_written_is_what_was_meant(expression: sympy.Expr) -> None:
    found = value(expression) if expression.is_finite is not False else math.nan
    assume(math.isfinite(abs(found)) and 1e-6 < abs(found) < 1e6 and not expression.has(sympy.I))
    same(expression)


@pytest.mark.parametrize(
    "expression",
    [
        1 / (1 + sympy.exp(-x)), sympy.exp(-x) / (1 + sympy.exp(-x)) ** 2, (x + z) ** sympy.Rational(1, 2), -x / z,
        (x - y) * (y - x), -(x + y), 2 * (x + y), x - (y - z), sympy.Mul(2, x + y, evaluate=False), -2 * x**2 / (3 * z),
        sympy.log(z) / z, (x**2) ** 3, sympy.Rational(1, 2) ** x, sympy.Integer(-2) ** 3, z ** (-x), z ** (x - 1),
        sympy.sinh(x - y), sympy.sqrt(z) ** 3, 1 / sympy.sqrt(x + z), sympy.sqrt(x) * y, abs(y) * x, abs(x - z) ** 3,
        x * sympy.erf(z / sympy.sqrt(2)), sympy.sqrt(2 / sympy.pi) * sympy.exp(-(x**2) / 2), sympy.atan2(y, -x) ** 2,
    ],
    ids=str,
)
def test_brackets_where_they_belong(expression: sympy.Expr) -> None:
    same(expression)


def test_how_it_reads() -> None:
    assert sympy_typst(x - y) == "x - y"
    assert sympy_typst(-y + 1) == "1 - y"
    assert sympy_typst(sympy.Rational(-1, 2)) == "-1/2"
    assert sympy_typst(x / 2) == "frac(x, 2)"
    assert sympy_typst(sympy.exp(-x)) == "e^(-x)"
    assert sympy_typst(sympy.sqrt(x).diff(x)) == "frac(1, 2 sqrt(x))"
    assert sympy_typst(sympy.sinh(x)) == "sinh(x)"
    assert sympy_typst(sympy.erf(x)) == '#math.op("erf")/**/(x)'


def test_symbols_are_names_with_their_indices() -> None:
    entry = sympy.Symbol("W2_{3,2}", real=True) * sympy.Symbol("θ_{2}") + sympy.Symbol("ŷ_{j}") - sympy.Symbol("s")
    written = sympy_typst(entry)
    for part in ("W_2 [3, 2]", "theta_2", "hat(y)_j", "s"):
        assert part in written


@pytest.mark.parametrize(
    ("when", "written"),
    [
        (x > 0, "x > 0"), (x >= y, "x >= y"), (x < -1, "x < -1"), (x <= 2, "x <= 2"), (sympy.Eq(x, y), "x = y"),
        (sympy.Ne(x, 0), "x != 0"), (sympy.And(x > 0, y < z), 'x > 0 "and" y < z'),
        (sympy.Or(x > 0, sympy.And(y > 0, z > 0)), 'x > 0 "or" (y > 0 "and" z > 0)'),
    ],
    ids=str,
)
def test_cases_are_written_as_cases(when: sympy.Basic, written: str) -> None:
    source = sympy_typst(sympy.Piecewise((1, when), (0, True)))
    assert source == f'cases(1 & "if" {written}, 0 & "otherwise")'
    assert isinstance(Typesetter().formulas([source])[0], Formula)


@pytest.mark.parametrize(
    "expression",
    [sympy.Derivative(sympy.Function("f")(x), x), sympy.Integral(sympy.exp(x**2), x), sympy.I * x, sympy.oo,
     sympy.Piecewise((1, sympy.Xor(x > 0, y > 0)), (0, True))], ids=str)
def test_what_it_does_not_know_is_refused(expression: sympy.Expr) -> None:
    with pytest.raises(TutorError, match="no way to write"):
        sympy_typst(expression)


def many() -> Program:
    """Most elementwise functions in one program."""
    w = Writing()
    a = w.given("a", 1, "n")
    parts = [w.let(f"t{i}", FUNCTIONS[name](a)) for i, name in enumerate(("sigmoid", "tanh", "relu", "exp", "softmax"))]
    squares = w.let("q", build.power(a, Fraction(3)))
    w.let("L", total(multiply(squares, build.add(build.add(parts[0], parts[1]), build.add(parts[2], parts[3])))))
    return w.program()


def logs() -> Program:
    w = Writing()
    p = w.let("p", softmax(w.given("x", 1, "n")))
    w.let("L", total(multiply(log(p), w.given("y", 1, "n"))))
    return w.program()


@pytest.mark.parametrize("program", [network("onehot"), network(activation=tanh), network(activation=relu), many(),
                                     logs()], ids=["network", "tanh", "relu", "functions", "logs"])
def test_typst_can_set_every_derivative_of_a_proof(program: Program) -> None:
    written = {
        sympy_typst(entry)
        for declaration in program.declarations
        for link in derive(program, declaration.name).links
        for row in Entrywise(program, link, proof_sizes(program, link, {})).derivatives
        for entry in row
    }
    assert len(written) > 5
    set_ = Typesetter().formulas(sorted(written))
    assert [s for s, f in zip(sorted(written), set_, strict=True) if not isinstance(f, Formula)] == []
