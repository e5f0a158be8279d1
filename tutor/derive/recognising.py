"""What is known of a program's names besides what they stand for: other forms of it, and what adds up to 0 or 1."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

from tutor.core.expression import Expression
from tutor.core.layout import SCALAR, Shape
from tutor.core.program import Program
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.exponentials import hyperbolic, logistic, softmax
from tutor.derive.naming import row_products
from tutor.derive.nodes import Atom, Call, Chain, Filled, Node, Plus, Times, is_zero
from tutor.derive.simplify import cost, simplify
from tutor.derive.terms import is_number
from tutor.ops.elementwise import Sqrt
from tutor.ops.measures import Norm2
from tutor.ops.reductions import ColSum, RowSum, Sum

RECOGNISED: Final = 15
"""Operations of the longest formula that is recognised by the name it has."""


def enter_meanings(algebra: Algebra, program: Program) -> None:
    """What else is known of the names: other forms of what they stand for, and which of them add up to 0."""
    plain = Algebra(algebra.facts)
    stands_for = {name.expression: node for node, name in algebra.names.items() if isinstance(name, Atom)}
    expanded: dict[Expression, Node] = {}
    means: dict[Expression, Node] = {}
    for statement in program.statements:
        variable = program.variable(statement.name)
        name, whole = Atom(variable), plain.read(statement.expression, expanded)
        for form in (stands_for[variable], whole) if variable in stands_for else ():
            (coefficient, part), *more = ((ONE, form),) if isinstance(form, Plus) else plain.terms(form)
            is_power = isinstance(part, Times) and len(part.factors) == 1 and isinstance(part.factors[0][0], Atom)
            if is_power and coefficient != 1:
                continue  # o² for L = o² / 2 is as short, and has a factor o to share
            if isinstance(part, Times | Plus | Chain | Call) and cost(part) <= RECOGNISED and not more:
                algebra.meanings.setdefault(part, algebra.scaled(1 / coefficient, name))
        _enter_complement(algebra, stands_for.get(variable), name)
        if statement.name in program.depends(program.output.name):  # else it may be no number where the output is one
            _enter_square(algebra, stands_for.get(variable), name)
        _enter_function(algebra, stands_for.get(variable), name)
        if cost(whole) <= RECOGNISED:
            expanded[variable] = whole
        if _is_mean(whole):
            means[variable] = whole
        apart = plain.read(statement.expression, means)
        rows = (variable.shape[0], 1)
        if variable.shape[1] != 1 and _sums_to_one(plain, apart, rows):
            for known in (algebra, plain):
                known.facts = replace(known.facts, distributions=known.facts.distributions | {statement.name})
        for shape in dict.fromkeys((rows, (1, variable.shape[1]), SCALAR)):
            if shape != variable.shape and is_zero(plain.reduce(apart, shape)):
                algebra.meanings[algebra.sum_of(name, shape)] = Plus((), shape)
                plain.meanings[algebra.sum_of(name, shape)] = Plus((), shape)
    for meant, value in tuple(algebra.meanings.items()):
        # A product u vᵀ alone is met as the sum of products that it is.
        is_met = isinstance(meant, Chain) and meant.factors[0] != algebra.flip(meant.factors[-1])
        for twin in () if is_met else row_products(algebra, meant):
            algebra.meanings.setdefault(twin, value)


def _enter_complement(algebra: Algebra, node: Node | None, name: Node) -> None:
    """Of p = 1 − exp(−u), that exp(−u) is 1 − p."""
    if not isinstance(node, Plus) or len(node.terms) != 2:
        return
    (c, number), (d, part) = sorted(node.terms, key=lambda term: isinstance(term[1], Call))
    if (isinstance(number, Filled) or is_number(number)) and isinstance(part, Call):
        rest = algebra.plus([(1 / d, name), (-c / d, number)], node.shape)
        algebra.meanings.setdefault(part, rest)


def _enter_function(algebra: Algebra, node: Node | None, name: Node) -> None:
    """Of p = exp(a) / (exp(a) + exp(b)) that σ(a − b) is p; and the same of tanh and softmax."""
    if not isinstance(node, Times):
        return
    for function in (logistic, hyperbolic, softmax):
        made = function(algebra.fork(), node)
        if isinstance(made, Call):
            algebra.names.setdefault(made, name)


def _enter_square(algebra: Algebra, node: Node | None, name: Node) -> None:
    """Of s = √a that a is s²; of r = ‖x‖ that Σ x² is r²."""
    match node:
        case Call(operation=Sqrt(), operands=(under,)):
            forms = [under]
        case Call(operation=Norm2(), operands=(inner,)):
            total = algebra.fork(joins_diagonals=False).reduce(
                algebra.fork().times([(inner, Fraction(2))], inner.shape), SCALAR)
            forms = [total, *([algebra.fork().chain([algebra.flip(inner), inner])] if inner.shape[1] == 1 else ())]
        case _:
            return
    for form in forms:
        match form:
            case Times(coefficient=1, factors=((base, power),)):
                if abs(power) == 1 or (abs(power) == 2 and _is_sum_of_squares(base)):
                    algebra.meanings.setdefault(base, algebra.times([(name, 2 / power)], base.shape))
            case Times() | Plus() | Chain() | Call() if cost(form) <= RECOGNISED:
                algebra.meanings.setdefault(form, algebra.times([(name, Fraction(2))], form.shape))


def _is_sum_of_squares(node: Node) -> bool:
    """Whether a node is never negative, so that it is the root of its square."""
    match node:
        case Call(operation=Sum() | RowSum() | ColSum(), operands=(Times(coefficient=c, factors=factors),)):
            return c > 0 and all(power.denominator == 1 and power.numerator % 2 == 0 for _, power in factors)
    return False


def _sums_to_one(plain: Algebra, node: Node, rows: Shape) -> bool:
    """Whether every row adds up to 1: as it stands, or multiplied out, as (1 − c) y + c / n does."""
    total, one = plain.reduce(node, rows), plain.spread(plain.number(ONE), rows)
    if isinstance(total, Plus) and cost(total) <= RECOGNISED:
        total = simplify(plain.fork(), total)
    return total == one


def _is_mean(node: Node) -> bool:
    """Whether a node is a sum along an axis, times a number."""
    parts = [base for base, _ in node.factors if base.shape != SCALAR] if isinstance(node, Times) else [node]
    return len(parts) == 1 and isinstance(parts[0], Call) and isinstance(
        parts[0].operation, Sum | RowSum | ColSum)
