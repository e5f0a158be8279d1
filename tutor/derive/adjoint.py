"""A program walked backwards, one rule at a time: the cotangent of every name, with the identities used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from tutor.core.expression import Apply, Expression, Variable, nodes
from tutor.core.layout import SCALAR
from tutor.core.operation import Operation
from tutor.core.program import Program, Statement
from tutor.derive.algebra import ONE, Algebra, Facts, Rewrite
from tutor.derive.growing import is_exponential
from tutor.derive.known import known_products
from tutor.derive.names import cotangent
from tutor.derive.nodes import Atom, Filled, Flip, Node, Unit, is_zero, walk
from tutor.derive.recognising import enter_meanings
from tutor.derive.simplify import cost, simplify
from tutor.derive.terms import is_number
from tutor.ops.normalising import Softmax

LONGEST: Final = 40
"""Operations above which a cotangent is not written out inside another any more."""

WORTH_WRITING_OUT: Final = frozenset({"moved factor"})
"""Identities that are only seen where what arrives is written out, and that end in a name the reader knows."""


@dataclass(frozen=True, slots=True)
class Use:
    """One rule used inside a statement: the cotangent of an operand from that of the result.

    Attributes:
        operation: The operation gone back through.
        slot: Which operand.
        places: What stands in each slot.
        result: What a reader calls the operation's result: the statement's name, or a formula inside it.
        value: The operation's result.
        arriving: What arrives at the result.
        cotangent: What arrives at the operand by this use.
    """

    operation: Operation
    slot: str
    places: Mapping[str, Expression]
    result: Expression
    value: Expression
    arriving: Node
    cotangent: Node


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one statement sends back to one name it reads.

    Attributes:
        statement: The statement.
        abbreviated: In terms of the statement's cotangent δ.
        node: The form that was kept: abbreviated, or with δ written out where that is shorter.
        written_out: Whether δ was written out.
        uses: The rules, from the statement's outermost operation inwards.
        log: The identities that made ``node`` short.
        own_log: The identities that made ``abbreviated`` short.
        pulled: ``node`` before it was made short.
        built: How many identities of ``log`` were used before that, in reading the rules.
    """

    statement: str
    abbreviated: Node
    node: Node
    written_out: bool
    uses: tuple[Use, ...]
    log: tuple[Rewrite, ...]
    own_log: tuple[Rewrite, ...]
    pulled: Node
    built: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """The whole cotangent of a name.

    Attributes:
        name: The name.
        contributions: From each statement that reads it, last statement first.
        node: Their sum, simplified.
        log: The identities used on the sum.
        spelled: With no cotangent abbreviated, but for those longer than :data:`LONGEST`.
    """

    name: str
    contributions: tuple[Contribution, ...]
    node: Node
    log: tuple[Rewrite, ...]
    spelled: Node


@dataclass(frozen=True, eq=False)
class Backward:
    """The cotangents of a program, from the output backwards.

    An output that is a number has the cotangent 1; what arrives at a matrix has a name, and all else depends on it.
    """

    program: Program
    algebra: Algebra
    arrived: Mapping[str, Arrived]


def facts_of(program: Program) -> Facts:
    """What may be used: declared facts, and that the rows of a softmax sum to 1."""
    softmaxes = frozenset(s.name for s in program.statements
                          if isinstance(s.expression, Apply) and isinstance(s.expression.operation, Softmax))

    def promised(fact: str) -> frozenset[str]:
        return frozenset(d.name for d in program.declarations if d.promises(fact))

    return Facts(softmaxes | promised("distribution"), promised("symmetric"), positive=promised("positive"),
                 onehot=promised("onehot"))


def algebra_of(program: Program) -> Algebra:
    """The algebra of a program: its facts, and its statements' names for their formulas."""
    algebra = Algebra(facts_of(program))
    for statement in program.statements:
        node = algebra.read(statement.expression)
        for inner in filter(is_exponential, walk(node)):
            if algebra.opposite_exponential(inner) not in algebra.facts.exponentials:
                algebra.facts = replace(algebra.facts, exponentials=algebra.facts.exponentials | {inner})
        if node.shape[0] == node.shape[1] != 1 and not is_zero(node):
            facts, turned = algebra.facts, algebra.flip(node)
            if turned == node:
                algebra.facts = replace(facts, symmetric=facts.symmetric | {statement.name})
            elif turned == algebra.scaled(-ONE, node):
                algebra.facts = replace(facts, skew=facts.skew | {statement.name})
        # Many statements may be zero, or the same number everywhere, without being each other.
        if not (isinstance(node, Atom | Filled | Unit) or is_zero(node) or is_number(node)):
            name = Atom(program.variable(statement.name))
            algebra.names.setdefault(node, name)
            if isinstance(node, Flip):
                algebra.names.setdefault(node.inner, Flip(name))  # of ŷ = softmax(θᵀ)ᵀ the softmax is ŷᵀ
    enter_meanings(algebra, program)
    algebra.facts = replace(algebra.facts, products=known_products(program, algebra))
    algebra.log.clear()
    return algebra


@lru_cache(maxsize=32)
def backward(program: Program) -> Backward:
    """Walk a program backwards from its output."""
    algebra = algebra_of(program)
    output = program.output
    reached = program.depends(output.name)
    first = algebra.number(ONE) if output.shape == SCALAR else Atom(cotangent(output.name, output.shape))
    arrived: dict[str, Arrived] = {output.name: Arrived(output.name, (), first, (), first)}
    waiting: dict[str, list[Contribution]] = {}
    spelled: dict[str, list[Node]] = {}

    def settle(name: str) -> None:
        fork = algebra.fork()
        shape = program.shapes[name]
        parts = waiting.get(name, [])
        total = fork.plus([(ONE, c.node) for c in parts], shape)
        total = simplify(fork, total) if len(parts) > 1 else total
        whole = total
        if sum(cost(n) for n in spelled.get(name, [])) <= 4 * LONGEST:
            quiet = algebra.fork()
            whole = simplify(quiet, quiet.plus([(ONE, n) for n in spelled.get(name, [])], shape))
        arrived[name] = Arrived(name, tuple(parts), total, tuple(fork.log), whole)

    for statement in reversed(program.statements):
        if statement.name not in reached:
            continue
        if statement.name != output.name:
            settle(statement.name)
        here = arrived[statement.name]
        for name, contribution in _contributions(algebra, program, statement, here).items():
            waiting.setdefault(name, []).append(contribution)
        quiet = algebra.fork()
        symbol = Atom(cotangent(statement.name, statement.expression.shape))
        # Where paths multiply, the formula with nothing abbreviated doubles with every layer: nobody reads that.
        arriving = here.spelled if cost(here.spelled) <= LONGEST else symbol
        for name, (node, _) in pulled_back(quiet, program, statement, arriving).items():
            spelled.setdefault(name, []).append(simplify(quiet, node))
    for declaration in program.declarations:
        if declaration.name in reached:
            settle(declaration.name)
    return Backward(program, algebra, arrived)


def _contributions(
    algebra: Algebra, program: Program, statement: Statement, here: Arrived
) -> dict[str, Contribution]:
    """What a statement sends back to each name: in the shorter of its two forms, or in the one that a name ends."""
    symbol = Atom(cotangent(statement.name, statement.expression.shape))
    is_output = statement.name == program.output.name
    found = {}
    by_symbol = pulled_back(algebra.fork(), program, statement, symbol)
    for name, (node, uses) in by_symbol.items():
        short = algebra.fork()
        abbreviated = simplify(short, node)
        own_log = tuple(dict.fromkeys(short.log))
        written = algebra.fork()
        pulled, written_uses = pulled_back(written, program, statement, here.node)[name]
        built = len(dict.fromkeys(written.log))
        whole = simplify(written, pulled)
        told = any(rewrite.identity in WORTH_WRITING_OUT for rewrite in written.log)
        if is_output or told or cost(whole) < cost(abbreviated) - 1e-9:
            found[name] = Contribution(statement.name, abbreviated, whole, not is_output, written_uses,
                                       tuple(dict.fromkeys(written.log)), own_log, pulled, built)
        else:
            found[name] = Contribution(statement.name, abbreviated, abbreviated, False, uses, own_log, own_log, node, 0)
    return found


def pulled_back(
    algebra: Algebra, program: Program, statement: Statement, arriving: Node
) -> dict[str, tuple[Node, tuple[Use, ...]]]:
    """The cotangent that one statement sends to each name it reads, given its own."""
    root = statement.expression
    order = list(nodes(root))
    reached: dict[Expression, list[Node]] = {root: [arriving]}
    trail: dict[Expression, tuple[Use, ...]] = {root: ()}
    result: dict[str, tuple[Node, tuple[Use, ...]]] = {}
    for node in reversed(order):
        if node not in reached:
            continue
        total = algebra.plus([(ONE, part) for part in reached[node]], node.shape) if len(
            reached[node]) > 1 else reached[node][0]
        if isinstance(node, Variable):
            result[node.name] = (total, trail[node])
        elif isinstance(node, Apply):
            value = program.variable(statement.name) if node is root else node
            # Behind sums alone, the statement's own name says it better: θ for the h W in h W + b.
            named = program.variable(statement.name) if total == arriving and node.shape == root.shape else value
            places = {slot.name: o for slot, o in zip(node.operation.inputs, node.operands, strict=True)}
            for slot, part in _operand_cotangents(algebra, node, value, total).items():
                operand = places[slot]
                reached.setdefault(operand, []).append(part)
                use = Use(node.operation, slot, places, named, value, total, part)
                # Where ways meet, the rules of all of them have been used.
                known = trail.get(operand, ())
                trail[operand] = (*known, *(u for u in trail[node] if all(u is not k for k in known)), use)
    return {name: result[name] for name in program.shapes if name in result}


def _operand_cotangents(algebra: Algebra, node: Apply, value: Expression, arriving: Node) -> dict[str, Node]:
    """The declared adjoint of one operation, on what arrives: slot -> cotangent."""
    symbol = Variable("arriving cotangent", node.shape)
    adjoint = node.operation.adjoint(symbol, value, *node.operands)
    return {slot: algebra.read(formula, {symbol: arriving}) for slot, formula in adjoint.items()}
