"""Differentials: what a small change of one name makes of the statement that reads it.

The rule is not declared a second time. What a statement sends back, δo ↦ δs, is linear; the differential is the same
map turned around, ds ↦ do, and both are held together by ⟨δo, do⟩ = ⟨δs, ds⟩. So it is the gradient of ⟨δs, ds⟩ by δo.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from tutor.core.expression import Expression, Variable, apply, variables
from tutor.core.layout import Shape
from tutor.core.program import Declaration, Program, Statement
from tutor.derive.adjoint import backward, facts_of
from tutor.derive.display import writing
from tutor.derive.equalities import written_out
from tutor.derive.names import cotangent
from tutor.derive.step import Derivation, Link
from tutor.language.names import differential_name
from tutor.ops.forms import Zeros
from tutor.ops.linear import Hadamard
from tutor.ops.reductions import Sum

_ARRIVING: Final = "arriving cotangent"
"""No name of the language has a space."""


def differential(name: str, shape: Shape) -> Variable:
    """The variable that stands for a small change of a name."""
    return Variable(differential_name(name), shape)


@lru_cache(maxsize=256)
def tangent(program: Program, link: Link, symbol: Variable) -> Expression:
    """What a change of a link's source makes of its output, in terms of the source's differential.

    Args:
        program: The forward pass.
        link: The statement and the name it reads.
        symbol: The cotangent of the statement, in which ``link.adjoint`` is written.
    """
    arriving = Variable(_ARRIVING, symbol.shape)
    sent = written_out(link.adjoint, symbol, arriving)
    change = differential(link.source, program.shapes[link.source])
    facts = facts_of(program)
    given = dict.fromkeys([arriving, change, *variables(sent)])
    turned = Program(
        tuple(Declaration(v.name, v.shape, frozenset({"distribution"} if v.name in facts.distributions else ()))
              for v in given),
        (Statement("paired", apply(Sum(), apply(Hadamard(), sent, change))),),
    )
    if arriving not in variables(sent):
        return apply(Zeros(symbol.shape))
    # Whoever uses it compares it with the declared Jacobian, so it needs no certificate here.
    return writing({v.name for v in given})(backward(turned).arrived[_ARRIVING].spelled)


def prepare(derivation: Derivation) -> Derivation:
    """Work out what a reading in differentials will ask for, where nobody waits; the derivation itself is the same."""
    program = derivation.program
    if not derivation.ends_in_matrix:
        for link in derivation.links:
            tangent(program, link, cotangent(link.output, program.shapes[link.output]))
    return derivation
