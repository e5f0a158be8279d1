"""Products that the statements of a program make known: of vectors of length 1, and of what least squares leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Final

from tutor.core.expression import Expression, Variable
from tutor.core.layout import SCALAR
from tutor.core.program import Program
from tutor.derive.algebra import ONE, Algebra, is_inverse
from tutor.derive.nodes import Atom, Call, Chain, Filled, Node, Plus, Times, Unit, is_zero, walk
from tutor.derive.terms import Known, is_number
from tutor.ops import elementwise, measures

MOST_TERMS: Final = 8
"""Terms of a statement, multiplied out, that is looked at."""

MOST_STATEMENTS: Final = 30
"""Statements of a program in which projections are looked for."""


def known_products(program: Program, algebra: Algebra) -> dict[Node, Known]:
    """Products and sums that are shorter than they look: formula -> what it is.

    Args:
        program: What the names mean.
        algebra: Its facts are used; its names are not.
    """
    plain = Algebra(algebra.facts)
    found: dict[Node, Known] = {}
    for key, value in _lengths(program, plain):
        found.setdefault(key, Known(value, "unit length"))
    if len(program.statements) <= MOST_STATEMENTS:
        for key, value in _equations(program, plain):
            found.setdefault(key, Known(value, "projection"))
        for key, value in _projections(program, plain):
            for left, right in ((key, value), (plain.flip(key), plain.flip(value))):
                found.setdefault(left, Known(right, "projection"))
    return found


# --- vectors of length 1 -----------------------------------------------------------------------------------------

def _lengths(program: Program, plain: Algebra) -> Iterator[tuple[Node, Node]]:
    """Of z = a / s, where s is the length of a: that Σ z² is 1; of rows row by row."""
    numbers: dict[Expression, Node] = {}
    thin: dict[Expression, Node] = {}
    for statement in program.statements:
        variable = program.variable(statement.name)
        if variable.shape == SCALAR:
            numbers[variable] = _with_roots(plain, plain.read(statement.expression, numbers))
        if 1 in variable.shape:
            thin[variable] = _with_roots(plain, plain.read(statement.expression, thin))
        known = numbers if 1 in variable.shape else thin
        node = plain.read(statement.expression)
        if not isinstance(node, Times) or variable.shape == SCALAR:
            continue
        below = [base for base, power in node.factors if power < 0]
        above = [base for base, power in node.factors if power > 0]
        if not below or len(above) != 1 or above[0].shape != variable.shape:
            continue
        whole, name = _with_roots(plain, plain.read(statement.expression, known)), Atom(variable)
        for shape in ((variable.shape[0], 1), (1, variable.shape[1]), SCALAR):
            if shape == variable.shape or (shape != SCALAR and 1 in variable.shape):
                continue
            total = plain.reduce(plain.times([(whole, Fraction(2))], variable.shape), shape)
            if not _is_size(total):
                continue
            squares = plain.times([(name, Fraction(2))], variable.shape)
            yield plain.sum_of(squares, shape), total
            if shape == SCALAR and 1 in variable.shape:
                ends = (name, plain.flip(name))
                yield plain.chain(ends if variable.shape[0] == 1 else ends[::-1]), total


def _with_roots(plain: Algebra, node: Node) -> Node:
    """A formula in which lengths are roots of sums."""
    match node:
        case Call(operation=measures.Norm2(), operands=(inner,)):
            squares = plain.times([(inner, Fraction(2))], inner.shape)
            return plain.build(elementwise.Sqrt(), [plain.reduce(squares, SCALAR)], SCALAR)
        case Times(coefficient=c, factors=factors):
            return plain.times([(plain.number(c), ONE), *((_with_roots(plain, b), p) for b, p in factors)], node.shape)
    return node


def _is_size(node: Node) -> bool:
    """Whether a node is a number, or a size, in one place or in many."""
    sizes = node.factors if isinstance(node, Times) else ((node, ONE),)
    return is_number(node) or all(isinstance(base, Filled) or (
        isinstance(base, Atom) and not isinstance(base.expression, Variable)) for base, _ in sizes)


# --- projections -------------------------------------------------------------------------------------------------

def _projections(program: Program, plain: Algebra) -> Iterator[tuple[Node, Node]]:
    """Of P = X (Xᵀ X)⁻¹ Xᵀ that P P = P and P X = X; of r = y − P y that Xᵀ r = 0, and P r = 0."""
    whole = _written_out(program, plain)
    if not whole:
        return
    inverses = {node for formula in whole.values() for node in walk(formula) if is_inverse(node)}
    ends = {name: node for name, node in whole.items() if not is_inverse(node)}
    given = {Atom(v): Atom(v) for v in map(program.variable, program.shapes) if v not in whole and SCALAR != v.shape}
    meant: dict[Node, Node] = {}
    for name, formula in (*((Atom(name), node) for name, node in whole.items()), *given.items()):
        factors, rest = _scalars(formula)
        if not factors:
            meant.setdefault(rest, name)
    fronts = [(front, front) for inverse in inverses for front in _fronts(plain, inverse.members[0])]
    squares = [(Atom(name), node) for name, node in ends.items() if name.shape[0] == name.shape[1] != 1]
    for left, meaning in dict.fromkeys((*fronts, *squares)):
        rights = [(Atom(name), node) for name, node in ends.items()]
        if (left, meaning) in squares:
            rights += list(given.items())
        for right, formula in rights:
            if left.shape[1] != right.shape[0] or SCALAR in (left.shape, right.shape):
                continue
            met = _multiplied(plain, meaning, formula)
            if met is None:
                continue
            factors, rest = _scalars(met)
            if is_zero(met):
                yield plain.chain([left, right]), met
            elif rest in meant and len(factors) <= 1:
                yield plain.chain([left, right]), plain.times([*factors, (meant[rest], ONE)], met.shape)


def normal_equations(algebra: Algebra, node: Node) -> Node | None:
    """Among the terms of a sum, multiplied out, Xᵀ X b + c b as Xᵀ y, where b is (Xᵀ X + c I)⁻¹ Xᵀ y."""
    assert isinstance(node, Plus)
    for left, known in algebra.facts.products.items():
        if not isinstance(left, Plus) or left.shape != node.shape:
            continue
        terms = {term: c for c, term in algebra.terms(_added_up(algebra, node))}
        ratios = {terms.get(term, Fraction(0)) / c for c, term in left.terms}
        ratio = ratios.pop() if len(ratios) == 1 else Fraction(0)
        if ratio:
            met = {term for _, term in left.terms}
            rest = [(c, term) for term, c in terms.items() if term not in met]
            return algebra.plus([*rest, (ratio, known.value)], node.shape)
    return None


def _equations(program: Program, plain: Algebra) -> Iterator[tuple[Node, Node]]:
    """Of b = K⁻¹ v that K b is v, where K is a sum."""
    for statement in program.statements:
        variable = program.variable(statement.name)
        node = plain.read(statement.expression)
        if not isinstance(node, Chain) or not is_inverse(node.factors[0]):
            continue
        inverted = plain.inverse(node.factors[0])
        if isinstance(inverted, Plus):
            terms = [(c, plain.times([*scalars, (plain.chain([rest, Atom(variable)]), ONE)], variable.shape))
                     for c, (scalars, rest) in ((c, _scalars(term)) for c, term in inverted.terms)]
            yield plain.plus(terms, variable.shape), plain.chain(node.factors[1:])


def _written_out(program: Program, plain: Algebra) -> Mapping[Variable, Node]:
    """The statements with an inverse in them, in names that have none."""
    known: dict[Expression, Node] = {}
    found: dict[Variable, Node] = {}
    for statement in program.statements:
        variable = program.variable(statement.name)
        node = plain.read(statement.expression, known)
        if variable.shape == SCALAR:
            continue
        node = _added_up(plain, node)
        if any(is_inverse(inner) for inner in walk(node)):
            if len(plain.terms(node)) <= MOST_TERMS:
                known[variable] = found[variable] = node
        elif variable.shape[0] == variable.shape[1] and isinstance(node, Plus | Chain):
            known[variable] = node  # what is inverted may have a name
    return found


def _added_up(plain: Algebra, node: Node) -> Node:
    """A formula with its products multiplied out."""
    if isinstance(node, Plus):
        return plain.plus([(c, _added_up(plain, term)) for c, term in node.terms], node.shape)
    if isinstance(node, Times) and _scalars(node)[0]:
        scalars, rest = _scalars(node)
        return plain.plus(plain.times_each(scalars, _added_up(plain, rest), node.shape), node.shape)
    if isinstance(node, Chain) and any(isinstance(factor, Plus) for factor in node.factors):
        parts = [plain.terms(factor) for factor in node.factors]
        if len(list(product(*parts))) <= MOST_TERMS:
            return plain.plus([_one(plain, chosen) for chosen in product(*parts)], node.shape)
    return node


def _one(plain: Algebra, chosen: tuple[tuple[Fraction, Node], ...]) -> tuple[Fraction, Node]:
    number = ONE
    for c, _ in chosen:
        number *= c
    return number, plain.chain([part for _, part in chosen])


def _multiplied(plain: Algebra, left: Node, right: Node) -> Node | None:
    """A product, multiplied out, in which a matrix beside the inverse of a sum that holds it is known."""
    terms = []
    for (c, a), (d, b) in product(plain.terms(left), plain.terms(right)):
        terms.append((c * d, _part_undone(plain, plain.chain([a, b]))))
    if len(terms) > MOST_TERMS:
        return None
    return plain.plus(terms, (left.shape[0], right.shape[1]))


def _part_undone(plain: Algebra, node: Node) -> Node:
    """Xᵀ X (Xᵀ X + c I)⁻¹ as I − c (Xᵀ X + c I)⁻¹, wherever it stands in a product."""
    scalars, rest = _scalars(node)
    if not isinstance(rest, Chain):
        return node
    for at, factor in enumerate(rest.factors):
        inner = factor.members[0] if is_inverse(factor) else None
        for c, term in inner.terms if isinstance(inner, Plus) else ():
            members = term.factors if isinstance(term, Chain) else (term,)
            start = at - len(members)
            if start < 0 or rest.factors[start:at] != members or not isinstance(inner, Plus):
                continue
            before, after = rest.factors[:start], rest.factors[at + 1 :]
            unit = Unit(inner.shape)
            parts = [(1 / c, plain.chain([*before, unit, *after]))]
            parts += [(-d / c, plain.chain([*before, other, factor, *after])) for d, other in inner.terms
                      if other != term]
            total = plain.plus(parts, rest.shape)
            return plain.plus(plain.times_each(scalars, total, node.shape), node.shape)
    return node


def _scalars(node: Node) -> tuple[list[tuple[Node, Fraction]], Node]:
    """The numbers in front of a matrix, and the matrix."""
    if not isinstance(node, Times) or SCALAR == node.shape:
        return [], node
    matrices = [base for base, power in node.factors if base.shape != SCALAR and power == 1]
    if len(matrices) != 1 or node.coefficient != 1:
        return [], node
    rest = [factor for factor in node.factors if factor[0] != matrices[0]]
    return (rest, matrices[0]) if all(base.shape == SCALAR for base, _ in rest) else ([], node)


def _fronts(plain: Algebra, inverted: Node) -> Iterator[Node]:
    """What the products that are added up in an inverted matrix begin with: Xᵀ of Xᵀ X + c I."""
    for _, term in plain.terms(inverted):
        factors = term.factors if isinstance(term, Chain) else ()
        yield from (plain.chain(factors[:at]) for at in range(1, len(factors)))
