"""Formulas of SymPy taken apart and put together again, as SymPy itself does it."""

from __future__ import annotations

import pytest
import sympy

from tutor.derive.linear import Linear
from tutor.derive.putting_in import PutIn

x, y, g, h = sympy.symbols("x y g h", real=True)
BRANCHES = sympy.Piecewise((x * g, x > 0), (y, True))

FORMULAS = [
    x * y, g, 3 * g - 2 * h, x * g + y * h + x, x * (g + y * (h - g)) / 2, sympy.exp(x) * (y + g * sympy.tanh(y)),
    (g + h) * (x + y) + 5, -(g - x), g * h, g**2 * x, sympy.exp(g), x / g, (x + g) * (y + h), g * g - g**2 + h,
    BRANCHES, y * BRANCHES + h, sympy.Integer(0), sympy.log(x + 1) * g - g / y,
]


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_slopes_are_the_derivatives(formula: sympy.Expr) -> None:
    rest, slopes = Linear([g, h]).apart(formula)
    assert rest == formula.xreplace({g: 0, h: 0})
    assert list(slopes) == [g, h]
    for symbol, slope in slopes.items():
        assert isinstance(slope, sympy.Basic)
        assert sympy.expand(slope - formula.diff(symbol)) == 0


def test_what_formulas_have_in_common_keeps_its_slopes() -> None:
    linear, shared = Linear([g]), x * (g + y)
    assert linear.apart(shared + y)[1] == {g: x}
    assert linear.apart(2 * shared * y - g)[1] == {g: 2 * x * y - 1}


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_putting_in_is_what_sympy_does(formula: sympy.Expr) -> None:
    of = {x: y + 1, y: sympy.Rational(1, 3), g: sympy.Integer(0)}
    put_in = PutIn(of)
    assert put_in.used(formula) == formula.free_symbols & of.keys()
    for asked in (formula, formula + h, formula):
        assert put_in[asked] == asked.xreplace(of)
