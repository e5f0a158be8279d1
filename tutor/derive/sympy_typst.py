"""SymPy's entrywise results in Typst mathematics, as SymPy returned them.

A function is written by the name SymPy has for it, so a new operation needs no word here. What is no value of a
function, such as a derivative SymPy left undone, is refused, and then not shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tutor.core.errors import TutorError
from tutor.language.names import OPERATORS, indexed_typst, name_typst
from tutor.typeset.source import operator

if TYPE_CHECKING:
    import sympy

_SYMBOL: Final = re.compile(r"(?P<name>.+?)(?:_\{(?P<indices>[0-9a-z,]+)\})?")
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_RELATIONS: Final = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "==": "=", "!=": "!="}


def sympy_typst(expression: sympy.Expr) -> str:
    """A SymPy expression in Typst mathematics.

    Raises:
        TutorError: it holds something else than arithmetic, functions and cases.
    """
    return _write(expression)[0]


def _write(expression: sympy.Expr) -> tuple[str, int]:
    """The source and how tightly it binds."""
    import sympy

    match expression:
        case sympy.Symbol():
            return _symbol(expression.name), _ATOM
        case sympy.Rational():
            return _rational(expression)
        case sympy.Add():
            return _added(expression), _SUM
        case sympy.Mul():
            return _multiplied(expression)
        case sympy.exp():
            return f"e^({_write(expression.args[0])[0]})", _POWER
        case sympy.Pow():
            return _raised(expression.base, expression.exp)
        case sympy.Piecewise():
            rows = [f"{_write(value)[0]} & {_condition(when)}" for value, when in expression.args]
            return f"cases({', '.join(rows)})", _ATOM
        case sympy.Abs():
            return f"abs({_arguments(expression)})", _ATOM
        case sympy.core.function.Application():
            name = expression.func.__name__
            return f"{name if name in OPERATORS else operator(name)}({_arguments(expression)})", _ATOM
    if expression in (sympy.E, sympy.pi):
        return "e" if expression == sympy.E else "pi", _ATOM
    raise TutorError(f"There is no way to write SymPy's {type(expression).__name__} yet.")


def _arguments(call: sympy.Basic) -> str:
    return ", ".join(_write(argument)[0] for argument in call.args)


def _symbol(name: str) -> str:
    """A symbol such as ``W2_{3,2}``."""
    found = _SYMBOL.fullmatch(name)
    assert found is not None
    indices = found["indices"]
    return indexed_typst(found["name"], indices.split(",")) if indices else name_typst(found["name"])


def _rational(number: sympy.Rational) -> tuple[str, int]:
    sign = "-" if number < 0 else ""
    if number.q == 1:
        return f"{sign}{abs(number.p)}", _SUM if sign else _ATOM
    return f"{sign}{abs(number.p)}/{number.q}", _SUM if sign else _PRODUCT


def _bracketed(expression: sympy.Expr, at_least: int) -> str:
    source, binds = _write(expression)
    return source if binds >= at_least else f"({source})"


def _added(total: sympy.Add) -> str:
    """A sum, a positive term first where there is one."""
    terms = sorted(total.as_ordered_terms(), key=lambda term: term.could_extract_minus_sign())
    pieces = []
    for i, term in enumerate(terms):
        minus = term.could_extract_minus_sign()
        body = _bracketed(-term if minus else term, _PRODUCT)
        pieces.append((" - " if i else "-") + body if minus else (" + " if i else "") + body)
    return "".join(pieces)


def _multiplied(product: sympy.Mul) -> tuple[str, int]:
    """A product as one fraction; e⁻ᵃ stays where SymPy put it."""
    if product.could_extract_minus_sign():
        return "-" + _bracketed(-product, _PRODUCT), _SUM
    above, below = _fraction(product)
    if below != 1:
        return f"frac({_write(above)[0]}, {_write(below)[0]})", _PRODUCT
    factors = product.as_ordered_factors()
    return " ".join(_bracketed(factor, _POWER) for factor in factors), _PRODUCT


def _fraction(product: sympy.Mul) -> tuple[sympy.Expr, sympy.Expr]:
    """What stands above and below; SymPy's own way to tell takes seconds to look whether an exponent is a number."""
    import sympy

    above, below = list[sympy.Expr](), list[sympy.Expr]()
    for factor in product.args:
        base, exponent = factor.as_base_exp()
        if factor.is_Rational:
            above.append(sympy.Integer(factor.p))
            below.append(sympy.Integer(factor.q))
        elif exponent.is_Number and exponent < 0:
            below.append(base if exponent == -1 else sympy.Pow(base, -exponent))
        else:
            above.append(factor)
    over, under = ([part for part in parts if part != 1] for parts in (above, below))
    return sympy.Mul(*over, evaluate=False), sympy.Mul(*under, evaluate=False)


def _raised(base: sympy.Expr, exponent: sympy.Expr) -> tuple[str, int]:
    import sympy

    if exponent.could_extract_minus_sign():
        return f"frac(1, {_write(base ** -exponent)[0]})", _PRODUCT
    if exponent == 1:
        return _write(base)
    if exponent == sympy.S.Half:
        return f"sqrt({_write(base)[0]})", _ATOM
    return f"{_bracketed(base, _ATOM)}^({_write(exponent)[0]})", _POWER


def _condition(when: sympy.Basic) -> str:
    """When a case holds: comparisons, or otherwise."""
    import sympy

    return '"otherwise"' if when == sympy.true else f'"if" {_comparison(when)}'


def _comparison(when: sympy.Basic) -> str:
    import sympy

    match when:
        case sympy.core.relational.Relational():
            return f"{_write(when.lhs)[0]} {_RELATIONS[when.rel_op]} {_write(when.rhs)[0]}"
        case sympy.And() | sympy.Or():
            word = ' "and" ' if isinstance(when, sympy.And) else ' "or" '
            parts = [(_comparison(part), isinstance(part, sympy.And | sympy.Or)) for part in when.args]
            return word.join(f"({part})" if nested else part for part, nested in parts)
    raise TutorError("There is no way to write this condition yet.")
