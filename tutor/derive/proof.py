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
from typing import TYPE_CHECKING, Any, Final

from tutor.core.expression import Apply, nodes
from tutor.core.layout import numeric_shape
from tutor.core.program import Program, resolve
from tutor.derive.entrywise import Entrywise, entries, symbols
from tutor.derive.names import cotangent_name
from tutor.derive.proof_typst import proof_typst
from tutor.derive.step import Link

if TYPE_CHECKING:
    import sympy

SMALL: Final = (2, 3, 2, 3, 2, 3)
"""Sizes of a proof where the user's own are larger than :data:`LARGEST`."""

LARGEST: Final = 25
"""Entries of an operand up to which a proof is made at the user's own sizes."""

MOST_OPERATIONS: Final = 400
"""Operations of one difference above which SymPy's slower ways are not tried."""

MOST_WORK: Final = 60_000
"""Operations of all entries, times how often each is differentiated, above which no proof is tried."""

MOST_ENTRIES: Final = 1024
"""Entries of a Jacobian above which, at sizes the program fixes, no proof is tried."""


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
    root = resolve(program.definitions[link.output], sizes)
    shapes = [numeric_shape(program.shapes[name], sizes) for name in (link.output, link.source)]
    count = math.prod(n * m for n, m in shapes)
    inside = sum(math.prod(numeric_shape(node.shape, sizes)) for node in nodes(root))
    if max(count, inside) > MOST_ENTRIES:
        return Proof(None, 0, sizes, (), "Checked numerically only: there are too many entries to prove one by one.")
    # No name of a program has a space in it.
    arriving = symbols("arriving cotangent", shapes[0])
    at = Entrywise(program, link, sizes)
    known = {**at.given, link.output: at.defined, cotangent_name(link.output): arriving}
    claimed = entries(resolve(link.adjoint, sizes), known)
    work = sum(entry.count_ops() for entry in [*claimed, *at.outputs]) * max(len(at.inputs), len(at.outputs))
    if work > MOST_WORK:
        return Proof(None, 0, sizes, (), "Checked numerically only: the entries are too long to prove.")
    equal = _mirrored(program, at.given)
    weights = list(arriving)
    found: list[bool | None] = []
    for k, claim in enumerate(list(claimed)):
        # The claim is linear in G: nothing is left without it, and its coefficient of each G is one derivative.
        if is_zero(claim.subs(dict.fromkeys(weights, 0)).subs(equal)) is False:
            found.append(False)
        found.extend(is_zero((claim.diff(g) - row[k]).subs(equal))
                     for g, row in zip(weights, at.derivatives, strict=True))
    wrong, open_ = found.count(False), found.count(None)
    written = proof_typst(program, link, sizes, at.derivatives)
    if wrong:
        return Proof(False, count, sizes, written, f"{wrong} of {count} entries are wrong.")
    if open_:
        return Proof(None, count, sizes, written, f"Checked numerically only: {open_} of {count} entries resist.")
    many = "the one entry" if count == 1 else f"all {count} entries"
    return Proof(True, count, sizes, written, f"Exact in {many}.")


def _mirrored(program: Program, given: Mapping[str, Any]) -> dict[Any, Any]:
    """For each matrix declared symmetric: its lower entries as the upper ones. Put in after differentiating."""
    found: dict[Any, Any] = {}
    for name, matrix in given.items():
        declaration = program.declaration(name)
        if declaration is not None and declaration.promises("symmetric"):
            size = matrix.shape[0]
            found.update({matrix[i, j]: matrix[j, i] for i in range(size) for j in range(i)})
    return found


def proof_sizes(program: Program, link: Link, dims: Mapping[str, int]) -> dict[str, int]:
    """The user's sizes where everything in the statement is small at them, else 2 and 3."""
    small = {name: SMALL[i % len(SMALL)] for i, name in enumerate(program.dimensions)}
    if not dims:
        return small
    shapes = {program.shapes[link.output], *(node.shape for node in nodes(program.definitions[link.output]))}
    inside = all(n * m <= LARGEST for n, m in (numeric_shape(s, dims) for s in shapes))
    # Functions of functions have entries that grow with the sizes; a single operation's stay short.
    single = sum(isinstance(node, Apply) for node in nodes(program.definitions[link.output])) <= 2
    return dict(dims) if inside and single else small


def is_zero(difference: sympy.Expr) -> bool | None:
    """Whether an entry is exactly zero; None where that can be neither proved nor refuted.

    First a number is put in for every symbol: what is not zero there needs no algebra. Then arithmetic, and SymPy's
    simplify on this one entry last, while it is short.
    """
    import sympy

    if difference == 0:
        return True
    free = sorted(difference.free_symbols, key=str)
    values = {s: sympy.Rational(2 * i + 3, 7 + 3 * i) for i, s in enumerate(free)}
    if abs(sympy.N(difference.subs(values), 30)) > sympy.Float("1e-20"):
        return False
    if sympy.expand(difference) == 0:
        return True
    if difference.count_ops() > MOST_OPERATIONS:
        return None
    together = sympy.cancel(sympy.together(difference.rewrite(sympy.exp)))
    return True if together == 0 or sympy.simplify(together) == 0 else None
