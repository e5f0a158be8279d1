"""Differentials: what a small change of one name makes of the statement that reads it.

The rule is not declared a second time. What a statement sends back, δo ↦ δs, is linear; the differential is the same
map turned around, ds ↦ do, and both are held together by ⟨δo, do⟩ = ⟨δs, ds⟩. So it is the gradient of ⟨δs, ds⟩ by δo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeGuard

from tutor.core.expression import Apply, Expression, Variable, apply, nodes, variables
from tutor.core.layout import Shape
from tutor.core.operation import Operation
from tutor.core.program import Declaration, Program, Statement
from tutor.derive.adjoint import backward, facts_of
from tutor.derive.algebra import Algebra
from tutor.derive.display import shown, writing
from tutor.derive.equalities import written_out
from tutor.derive.identities import IDENTITIES
from tutor.derive.names import cotangent
from tutor.derive.simplify import simplify
from tutor.derive.step import Derivation, Link
from tutor.language import printing
from tutor.language.names import differential_name
from tutor.ops import build
from tutor.ops.forms import Zeros
from tutor.ops.linear import Add, Hadamard, Negate
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
    if arriving not in variables(sent):
        return apply(Zeros(symbol.shape))
    return _gradient_of_pairing(arriving, sent, change, facts_of(program).distributions)


@dataclass(frozen=True, slots=True)
class Change:
    """The differential of a statement, or of a formula inside it.

    Attributes:
        of: The statement's name, or the formula.
        formulas: What it is by its rule, and made short; equal.
        reasons: What a reader calls the rule; and what made it short.
        node: The formula whose value changes.
    """

    of: Expression
    formulas: tuple[Expression, ...]
    reasons: tuple[tuple[str, ...], ...]
    node: Expression


def tangent_of(derivation: Derivation, output: str, source: str) -> Expression:
    """What a change of one name makes of a statement that reads it."""
    program = derivation.program
    return tangent(program, derivation.link(output, source), cotangent(output, program.shapes[output]))


def changes_of(derivation: Derivation, output: str) -> tuple[Change, ...]:
    """The differential of a statement, with the changes of all names in it on the way to the variable."""
    program = derivation.program
    known = {link.source for link in derivation.links if link.output == output}
    sources = tuple(v.name for v in variables(program.definitions[output]) if v.name in known)
    return changes(program, output, sources, added(tangent_of(derivation, output, source) for source in sources))


@lru_cache(maxsize=256)
def changes(program: Program, name: str, sources: tuple[str, ...], whole: Expression) -> tuple[Change, ...]:
    """The differential of a statement rule by rule, from the inside outwards.

    Args:
        program: The forward pass.
        name: The statement.
        sources: The names that change.
        whole: The statement's differential as it is known, to end in.
    """
    root, variable = program.definitions[name], program.variable(name)
    facts, given = facts_of(program), {d.name for d in program.declarations}
    known: dict[Expression, Expression] = {}
    found: list[Change] = []
    for node in nodes(root):
        if isinstance(node, Variable) and node.name in sources:
            known[node] = differential(node.name, node.shape)
        if not isinstance(node, Apply) or not any(operand in known for operand in node.operands):
            continue
        value = variable if node is root else node
        parts = [part for slot, operand in zip(node.operation.inputs, node.operands, strict=True)
                 if operand in known and (part := _by_rule(node, slot.name, value, known[operand])) is not None]
        raw = added(parts) if parts else apply(Zeros(node.shape))
        algebra = Algebra(facts)
        short = shown(simplify(algebra, algebra.read(raw)), given)
        short = whole if node is root else short
        said = tuple(dict.fromkeys(IDENTITIES[rewrite.identity].title for rewrite in algebra.log))
        if node is root and len(sources) > 1:
            said = said or (IDENTITIES["distribute"].title,)
        passes = len(parts) == 1 and raw in known.values()
        if not passes or (not found and node is root):
            is_same = _terms(raw) == _terms(short)
            found.append(Change(value, (raw,) if is_same else (raw, short),
                                ((node.operation.title,), said)[: 2 - is_same], node))
        elif node is root:
            found[-1] = replace(found[-1], of=variable, node=root, formulas=(*found[-1].formulas[:-1], short))
        known[node] = short
    return tuple(found)


def added(parts: Iterable[Expression]) -> Expression:
    """A sum of formulas, what is not negative first; zeros are left out unless there is nothing else."""
    first, *others = sorted((part for part in parts), key=_rank)
    total = first
    for part in others:
        if not _is(part, Zeros):
            total = build.subtract(total, part.operands[0]) if _is(part, Negate) else build.add(total, part)
    return total


def _terms(formula: Expression) -> list[str]:
    """The terms of a sum as text, in one order for all sums of the same."""
    if _is(formula, Add):
        return sorted(term for operand in formula.operands for term in _terms(operand))
    return [printing.text(formula)]


def _rank(part: Expression) -> int:
    return 2 if _is(part, Zeros) else int(_is(part, Negate))


def _is(formula: Expression, kind: type[Operation]) -> TypeGuard[Apply]:
    return isinstance(formula, Apply) and isinstance(formula.operation, kind)


def _by_rule(node: Apply, slot: str, value: Expression, change: Expression) -> Expression | None:
    """What a change of one operand makes of an operation, as its rule says it; None for nothing."""
    names = tuple(Variable(f"{_ARRIVING} {s.name}", o.shape)
                  for s, o in zip(node.operation.inputs, node.operands, strict=True))
    formula = _turned(node.operation, slot, names, node.shape)
    if formula is None:
        return None
    of = next(v for v, s in zip(names, node.operation.inputs, strict=True) if s.name == slot)
    meanings = [(differential(of.name, of.shape), change), *zip(names, node.operands, strict=True),
                (_result(node.shape), value)]
    for symbol, meaning in meanings:
        formula = written_out(formula, symbol, meaning)
    return formula


@lru_cache(maxsize=512)
def _turned(operation: Operation, slot: str, operands: tuple[Variable, ...], shape: Shape) -> Expression | None:
    """The adjoint of one operation by one operand, turned around, with placeholders for everything."""
    arriving, result = Variable(_ARRIVING, shape), _result(shape)
    sent = operation.adjoint(arriving, result, *operands).get(slot)
    if sent is None or arriving not in variables(sent):
        return None
    of = next(v for v, s in zip(operands, operation.inputs, strict=True) if s.name == slot)
    return _gradient_of_pairing(arriving, sent, differential(of.name, of.shape), frozenset())


def _result(shape: Shape) -> Variable:
    return Variable(f"{_ARRIVING} result", shape)


def _gradient_of_pairing(
    arriving: Variable, sent: Expression, change: Variable, distributions: frozenset[str]
) -> Expression:
    """The formula with which sent : change is arriving : formula."""
    given = dict.fromkeys([arriving, change, *variables(sent)])
    turned = Program(
        tuple(Declaration(v.name, v.shape, frozenset({"distribution"} if v.name in distributions else ()))
              for v in given),
        (Statement("paired", apply(Sum(), apply(Hadamard(), sent, change))),),
    )
    # Whoever uses it compares it with the declared Jacobian, so it needs no certificate here.
    return writing({v.name for v in given})(backward(turned).arrived[arriving.name].spelled)


def prepare(derivation: Derivation) -> Derivation:
    """Work out what a reading in differentials will ask for, where nobody waits; the derivation itself is the same."""
    if not derivation.ends_in_matrix:
        for output in dict.fromkeys(link.output for link in derivation.links):
            changes_of(derivation, output)
    return derivation
