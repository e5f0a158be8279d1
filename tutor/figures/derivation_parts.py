"""Which pieces of a formula belong to which link of a chain: what one points at lights up wherever it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from tutor.core.expression import Apply, Expression, Variable, operands_of, variables
from tutor.derive.names import cotangent_name
from tutor.derive.step import Derivation, Link
from tutor.derive.views import Factor, factors
from tutor.language.printing import PartOf, Path
from tutor.ops.forms import Constant
from tutor.ops.reductions import Broadcast

LinkNames = tuple[str, str]
"""A link as (output, source)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sub-expression that a link brings into a formula.

    Attributes:
        expression: What to look for.
        key: The id of the part it becomes.
        before: Whether it stands in front of what arrives, as in Wᵀ δ, and not behind it.
    """

    expression: Expression
    key: str
    before: bool = False


def factor_key(output: str, source: str) -> str:
    """The id of a link's parts, as :attr:`Factor.key` has it."""
    return Factor(output, source, None).key


@lru_cache(maxsize=8)  # every formula of a derivation asks for them
def joined_factors(derivation: Derivation) -> tuple[Factor, ...]:
    """The factors that stand for several links at once, where a step writes them as one."""
    found = (f for path in derivation.paths for f in factors(derivation, path, joined=True) if f.through)
    return tuple(dict.fromkeys(found))


def covered(factor: Factor) -> tuple[LinkNames, ...]:
    """The links a factor is made of."""
    names = (factor.output, *factor.through, factor.source)
    return tuple(pairwise(names))


def pieces(derivation: Derivation, links: Iterable[Link] | None = None) -> tuple[Piece, ...]:
    """What the links of a derivation bring into its formulas, in the order of the program backwards.

    Args:
        derivation: Gives the forms.
        links: Only what these bring; None for all.
    """
    chosen = tuple(derivation.links if links is None else links)
    names = {(link.output, link.source) for link in chosen}
    program = derivation.program
    found: list[Piece] = []
    absorbed: set[LinkNames] = set()
    for factor in joined_factors(derivation):
        inside = set(covered(factor))
        if inside & names:
            found.append(Piece(derivation.cotangent(factor.source).expression, factor.key))
            absorbed |= inside
    for link in chosen:
        key = factor_key(link.output, link.source)
        if link.output == derivation.top and len(program.uses[link.source]) == 1:
            found.append(Piece(derivation.cotangent(link.source).expression, key))
        if (link.output, link.source) not in absorbed:
            found.extend(_of_adjoint(link, key))
    return tuple(piece for piece in dict.fromkeys(found) if _can_be_pointed_at(piece.expression))


def _of_adjoint(link: Link, key: str) -> Iterator[Piece]:
    """The largest pieces of an adjoint that do not hold what arrives."""
    arriving = cotangent_name(link.output)
    arrived = False
    for expression in _read(link.adjoint, arriving):
        if isinstance(expression, Variable) and expression.name == arriving:
            arrived = True
        else:
            yield Piece(expression, key, before=not arrived)


def _read(expression: Expression, arriving: str) -> Iterator[Expression]:
    """A formula from left to right, in the largest pieces without the arriving cotangent, and that cotangent."""
    if isinstance(expression, Apply) and any(v.name == arriving for v in variables(expression)):
        for operand in expression.operands:
            yield from _read(operand, arriving)
    else:
        yield _bare(expression)


def _bare(expression: Expression) -> Expression:
    """What a broadcast repeats: a broadcast that can be read off the shapes is not printed."""
    while isinstance(expression, Apply) and isinstance(expression.operation, Broadcast):
        expression = expression.operands[0]
    return expression


def _can_be_pointed_at(expression: Expression) -> bool:
    """Whether a piece says something of its own; a number or a matrix of ones stands everywhere."""
    return isinstance(expression, Variable) or (
        isinstance(expression, Apply) and not isinstance(expression.operation, Constant)
    )


def finder(root: Expression, candidates: Sequence[Piece]) -> PartOf:
    """Says for each sub-expression of a formula which link it belongs to; the outermost hit counts.

    A piece that several links bring, such as a weight used twice, is told apart by the order of the links; where the
    order does not tell, it belongs to none rather than to the wrong one.
    """
    keys: dict[Expression, list[Piece]] = {}
    for piece in candidates:
        keys.setdefault(piece.expression, []).append(piece)
    places: dict[Expression, list[Path]] = {}
    for expression, path in _hits(root, keys):
        places.setdefault(expression, []).append(path)
    parts: dict[Path, str] = {}
    for expression, paths in places.items():
        known = keys[expression]
        if len({piece.key for piece in known}) == 1:
            parts.update((path, known[0].key) for path in paths)
        elif len(known) == len(paths):
            ordered = reversed(known) if all(piece.before for piece in known) else known
            parts.update((path, piece.key) for path, piece in zip(paths, ordered, strict=True))
    return lambda _, path: parts.get(path)


def _hits(
    expression: Expression, wanted: Mapping[Expression, object], path: Path = ()
) -> Iterator[tuple[Expression, Path]]:
    """The outermost wanted sub-expressions, from left to right, with their places."""
    if expression in wanted:
        yield expression, path
        return
    for i, operand in enumerate(operands_of(expression)):
        yield from _hits(operand, wanted, (*path, i))
