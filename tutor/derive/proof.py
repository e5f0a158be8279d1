"""SymPy's proof of a link: the derivative of every entry, compared exactly with the matrix form.

Each link is proved by itself, at small sizes; the whole network is never expanded. The row of a link's Jacobian is
contracted with a symbolic cotangent G, so that the proof covers every shape: for each input entry,
``Σ G · ∂output/∂input`` from SymPy equals that entry of the adjoint in matrix form.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from tutor.core.expression import Apply, nodes, variables
from tutor.core.layout import numeric_shape
from tutor.core.program import Program, resolve
from tutor.derive.entrywise import Entrywise, entries, grows, symbols
from tutor.derive.linear import Linear
from tutor.derive.meanings import Comparison
from tutor.derive.names import cotangent_name
from tutor.derive.proof_typst import proof_typst
from tutor.derive.step import Link
from tutor.derive.zero import Lengths, TooLongError

SMALL: Final = (2, 3, 2, 3, 2, 3)
"""Sizes of a proof where the user's own are larger than :data:`LARGEST`."""

LARGEST: Final = 25
"""Entries of an operand up to which a proof is made at the user's own sizes."""

MOST_WORK: Final = 60_000
"""Operations of all entries, times how often each is differentiated, above which no proof is tried."""

MOST_LENGTH: Final = 6_000
"""Operations of the entries of one formula, above which no proof is tried."""

MOST_ENTRIES: Final = 1024
"""Entries of a Jacobian above which, at sizes the program fixes, no proof is tried."""

_TOO_LONG: Final = "Checked numerically only: the entries are too long to prove."


@dataclass(frozen=True, eq=False)
class Proof:
    """What SymPy found for one link: plain values, so that it can be found in one process and shown in another.

    Attributes:
        exact: Whether every entry is equal, exactly; None where no proof was tried, or none was found.
        entries: How many entries were compared.
        sizes: The sizes of the proof.
        equations: What SymPy returned, in Typst mathematics; none where that cannot be written.
        sentence: The result in words.
    """

    exact: bool | None
    entries: int
    sizes: Mapping[str, int]
    equations: tuple[str, ...]
    sentence: str


def prove(program: Program, link: Link, dims: Mapping[str, int] | None = None) -> Proof:
    """Compare a link's matrix form with SymPy's derivative of its entries.

    Args:
        program: The program of the link.
        link: Which statement, by which name.
        dims: The user's sizes, used while they are small.
    """
    return _prove(program, link, tuple(sorted((dims or {}).items())))


@lru_cache(maxsize=256)
def _prove(program: Program, link: Link, dims: tuple[tuple[str, int], ...]) -> Proof:
    sizes = proof_sizes(program, link, dict(dims))
    first = _proved(program, link, sizes)
    if first.exact is not None:
        return first
    # AᵀA is singular where A has fewer rows than columns, A Aᵀ where it has more: there is nothing to prove then.
    other = dict(zip(sizes, reversed(sizes.values()), strict=True))
    second = _proved(program, link, other) if other != sizes else first
    return second if second.exact is not None else first


def _proved(program: Program, link: Link, sizes: dict[str, int]) -> Proof:
    """The same at some sizes."""
    import sympy

    root = resolve(program.definitions[link.output], sizes)
    shapes = [numeric_shape(program.shapes[name], sizes) for name in (link.output, link.source)]
    count = math.prod(n * m for n, m in shapes)
    inside = sum(math.prod(numeric_shape(node.shape, sizes)) for node in nodes(root))
    if max(count, inside) > MOST_ENTRIES:
        return Proof(None, 0, sizes, (), "Checked numerically only: there are too many entries to prove one by one.")
    if grows(root, sizes):
        return Proof(None, 0, sizes, (), _TOO_LONG)
    # No name of a program has a space in it.
    arriving = symbols("arriving cotangent", shapes[0])
    at = Entrywise(program, link, sizes, MOST_LENGTH)
    adjoint = resolve(link.adjoint, sizes)
    read = {v.name: symbols(v.name, numeric_shape(v.shape, {})) for v in variables(adjoint)
            if v.name in program.shapes} | dict(at.given)
    try:
        known = {**read, link.output: at.defined, cotangent_name(link.output): arriving}
        claimed = entries(adjoint, known, MOST_LENGTH)
        written_out = [*claimed, *at.outputs]
        if any(entry.has(*_not_numbers()) and not entry.is_finite for entry in written_out):
            return Proof(None, 0, sizes, (), "There is no proof: at these sizes some entries are not numbers.")
        lengths = Lengths()
        if sum(lengths[entry] for entry in written_out) * max(len(at.inputs), len(at.outputs)) > MOST_WORK:
            return Proof(None, 0, sizes, (), _TOO_LONG)
    except TooLongError:
        return Proof(None, 0, sizes, (), _TOO_LONG)
    pairs = []
    linear = Linear(arriving)
    for k, claim in enumerate(claimed):
        # The claim is linear in G: nothing is left without it, and its coefficient of each G is one derivative.
        rest, slopes = linear.apart(claim)
        pairs.append((rest, sympy.S.Zero))
        pairs.extend((slopes[g], row[k]) for g, row in zip(arriving, at.derivatives, strict=True))
    found = Comparison(program, sizes, read, arriving).verdicts(pairs)
    wrong, open_ = found.count(False), found.count(None)
    written = proof_typst(program, link, sizes, at.derivatives)
    if wrong:
        return Proof(False, count, sizes, written, f"{min(wrong, count)} of {count} entries are wrong.")
    if open_:
        return Proof(None, count, sizes, written,
                     f"Checked numerically only: {min(open_, count)} of {count} entries resist.")
    many = "the one entry" if count == 1 else f"all {count} entries"
    return Proof(True, count, sizes, written, f"Exact in {many}.")


def _not_numbers() -> tuple[Any, ...]:
    import sympy

    return (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)


def proof_sizes(program: Program, link: Link, dims: Mapping[str, int]) -> dict[str, int]:
    """The user's sizes where everything in the statement is small at them, else 2 and 3."""
    small = {name: SMALL[i % len(SMALL)] for i, name in enumerate(program.dimensions)}
    if not dims:
        return small
    shapes = {program.shapes[link.output], *(node.shape for node in nodes(program.definitions[link.output]))}
    inside = all(n * m <= LARGEST for n, m in (numeric_shape(s, dims) for s in shapes)) and not grows(
        program.definitions[link.output], dims)
    # Functions of functions have entries that grow with the sizes; a single operation's stay short.
    single = sum(isinstance(node, Apply) for node in nodes(program.definitions[link.output])) <= 2
    return dict(dims) if inside and single else small
