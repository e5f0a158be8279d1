"""Common factors of a sum: which there are, and the sum with one of them taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, TypeAlias

from tutor.derive.algebra import ONE, Algebra, Rewrite
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, Unit
from tutor.derive.tried import Form
from tutor.ops.forms import Kronecker

MOST_FACTORS: Final = 24
"""Different common factors of one sum that are tried."""

_Found: TypeAlias = tuple[Node, tuple[Rewrite, ...], tuple[Rewrite, ...]]
"""A sum with a factor taken out, and the identities used before and after the rest was made short."""


@dataclass(frozen=True, eq=False)
class Way:
    """A common factor taken out of the terms of a sum that have it.

    Attributes:
        node: The sum.
        side: Where the factor stands: "left", "right", "times", "⊗ left" or "⊗ right".
        factor: The factor.
        others: The terms without it.
        inner: What is left of the terms with it.
        log: The identities that ``inner`` used.
    """

    node: Plus
    side: str
    factor: Node
    others: tuple[tuple[Fraction, Node], ...]
    inner: Node
    log: tuple[Rewrite, ...]
    _found: dict[tuple[int, Node], _Found] = field(default_factory=dict, repr=False)

    def taken_out(self, algebra: Algebra, inner: Node, used: Iterable[Rewrite] = ()) -> Form:
        """The sum with the factor in front of the rest.

        Args:
            algebra: In which it is written.
            inner: The rest, or a shorter form of it.
            used: The identities that made it shorter.
        """
        key = (inner.exact, inner)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._taken_out(algebra.fork(), inner)
        after, before, log = found
        return after, (*before, *used, *log)

    def _taken_out(self, algebra: Algebra, inner: Node) -> _Found:
        match self.side:
            case "left":
                joined = algebra.chain([self.factor, inner])
            case "right":
                joined = algebra.chain([inner, self.factor])
            case "⊗ left":
                joined = algebra.kronecker(self.factor, inner)
            case "⊗ right":
                joined = algebra.kronecker(inner, self.factor)
            case _:
                joined = algebra.times([(self.factor, ONE), (inner, ONE)], self.node.shape)
        after = algebra.plus([*self.others, (ONE, joined)], self.node.shape) if self.others else joined
        return after, (Rewrite("collect", (self.node,), after), *self.log), tuple(algebra.log)


def ways(algebra: Algebra, node: Plus) -> Iterator[Way]:
    """The common factors of a sum."""
    found: dict[tuple[str, Node], list[int]] = {}
    for i, (_, term) in enumerate(node.terms):
        for taken in _given(algebra, term):
            found.setdefault(taken, []).append(i)
    shared = [(*taken, places) for taken, places in found.items() if len(places) > 1]
    for side, factor, places in shared[:MOST_FACTORS]:
        fork = algebra.fork()
        rest = [(c, _without(fork, term, side, factor)) for i, (c, term) in enumerate(node.terms) if i in places]
        shapes = {part.shape for _, part in rest}
        if len(shapes) > 1:
            if "⊗" in side:
                continue
            rest = [(c, fork.spread(part, node.shape)) for c, part in rest]
        inner = fork.plus(rest, rest[0][1].shape)
        others = tuple(t for i, t in enumerate(node.terms) if i not in places)
        yield Way(node, side, factor, others, inner, tuple(fork.log))


def _given(algebra: Algebra, term: Node) -> tuple[tuple[str, Node], ...]:
    """The different factors a term could give away, each with where it stands."""
    key, known = (term.exact, term), algebra.tried.given
    found = known.get(key)
    if found is None:
        found = known[key] = tuple(dict.fromkeys(
            (*_takeable(term), *(() if algebra.joins_diagonals else _of_jacobian(term)))))
    return found


def _takeable(term: Node) -> Iterable[tuple[str, Node]]:
    """The factors a term could give away: outermost members of a chain, members of a product, itself."""
    if isinstance(term, Chain):
        yield ("left", term.factors[0])
        yield ("right", term.factors[-1])
    elif isinstance(term, Times):
        for base, power in term.factors:
            if not isinstance(base, Filled):
                yield ("times", base if power == 1 else Times(ONE, ((base, power),), base.shape))
                if power > 1:
                    yield ("times", base)
                if power < -1:
                    yield ("times", Times(ONE, ((base, -ONE),), base.shape))
        chain = _giving_chain(term)
        if chain is not None:
            yield ("left", chain.factors[0])
            yield ("right", chain.factors[-1])
    elif not isinstance(term, Filled):
        yield ("times", term)


def _of_jacobian(term: Node) -> Iterable[tuple[str, Node]]:
    """What only a term of a Jacobian gives away: a factor of A ⊗ B; or itself, as D − D K is D (I − K)."""
    if isinstance(term, Call) and isinstance(term.operation, Kronecker):
        yield ("⊗ left", term.operands[0])
        yield ("⊗ right", term.operands[1])
    if isinstance(term, Atom | Flip | Call) and term.shape[0] == term.shape[1] != 1:
        yield ("left", term)
        yield ("right", term)


def _giving_chain(term: Times) -> Chain | None:
    """The one matrix product among numbers only, whose ends can be taken out of the term."""
    matrices = [(base, power) for base, power in term.factors if base.shape != (1, 1)]
    if len(matrices) == 1 and matrices[0][1] == 1 and isinstance(matrices[0][0], Chain):
        return matrices[0][0]
    return None


def _without(algebra: Algebra, term: Node, side: str, factor: Node) -> Node:
    """What is left of a term when a factor is taken out."""
    if side == "times":
        key, known = (term.exact, factor.exact, term, factor), algebra.tried.left
        rest = known.get(key)
        if rest is None:
            rest = known[key] = algebra.fork().times([(term, ONE), (factor, -ONE)], term.shape)
        return rest
    if "⊗" in side:
        assert isinstance(term, Call)
        return term.operands[1 if side == "⊗ left" else 0]
    if term == factor:
        return Unit(term.shape)
    if isinstance(term, Chain):
        return algebra.chain(term.factors[1:] if side == "left" else term.factors[:-1])
    assert isinstance(term, Times)
    chain = _giving_chain(term)
    assert chain is not None
    scalars = [(b, p) for b, p in term.factors if b is not chain]
    inner = algebra.chain(chain.factors[1:] if side == "left" else chain.factors[:-1])
    return algebra.times([(algebra.number(term.coefficient), ONE), *scalars, (inner, ONE)], inner.shape)
