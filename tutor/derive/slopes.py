"""Second derivatives without the names that only the way to them has, where they are no longer for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from tutor.core.expression import Expression, Variable, variables
from tutor.core.program import Program, Statement
from tutor.derive.adjoint import backward
from tutor.derive.algebra import Algebra
from tutor.derive.derivation import drawn
from tutor.derive.display import shown
from tutor.derive.nodes import Node
from tutor.derive.simplify import cost, simplify
from tutor.derive.step import Derivation

LONGEST: Final = 60
"""Operations of a slope that is not written out any more."""


def in_names_of(program: Program, second: Derivation, slopes: Sequence[Statement],
                kinds: Mapping[str, str]) -> Derivation:
    """The second derivation with its result in the names of the program alone, where that is no longer.

    The name of a slope has to be read up, so what it stands for counts as well.

    Args:
        program: The program that was differentiated twice.
        second: The second of these derivations.
        slopes: What the first named, the gradient last.
        kinds: How the certificates' numbers are drawn.
    """
    is_matrix = second.ends_in_matrix
    result = second.jacobian if is_matrix else second.gradient
    if result is None or not _used(result, slopes):
        return second
    algebra = backward(program).algebra.fork(joins_diagonals=not is_matrix)
    best, least = None, _whole_cost(algebra, algebra.read(result), result, slopes)
    for gone in dict.fromkeys((tuple(slopes), tuple(slopes[-1:]))):
        known: dict[Expression, Node] = {}
        for slope in gone:
            node = algebra.read(slope.expression, known)
            if cost(node) <= LONGEST:
                known[Variable(slope.name, slope.expression.shape)] = node
        short = simplify(algebra.fork(), algebra.read(result, known))
        formula = shown(short, {d.name for d in program.declarations})
        whole = _whole_cost(algebra, short, formula, slopes)
        if whole <= least:
            best, least = formula, whole
    if best is None:
        return second
    draw = drawn(second.program, kinds)
    if is_matrix:
        return replace(second, jacobian=best) if draw.is_whole_jacobian(second.wrt, best) else second
    certificate = draw.against(second.wrt, best)
    return replace(second, gradient=best, certificate=certificate) if certificate.holds else second


def _used(formula: Expression, slopes: Sequence[Statement]) -> list[Statement]:
    """The slopes that a formula names, directly or in one another."""
    names = {v.name for v in variables(formula)}
    found = []
    for slope in reversed(slopes):
        if slope.name in names:
            found.append(slope)
            names.update(v.name for v in variables(slope.expression))
    return found


def _whole_cost(algebra: Algebra, node: Node, formula: Expression, slopes: Sequence[Statement]) -> float:
    """How long a formula is, with the slopes it names; of operations alone."""
    return round(cost(node) + sum(cost(algebra.read(s.expression)) for s in _used(formula, slopes)))
