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

from tutor.core.errors import TutorError
from tutor.core.expression import Apply, Expression, Number, Variable, nodes, variables
from tutor.core.layout import numeric_shape
from tutor.core.program import Program, resolve
from tutor.derive.names import cotangent_name
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
    """What SymPy found for one link.

    Attributes:
        exact: Whether every entry is equal, exactly; None where no proof was tried.
        entries: How many entries were compared.
        sizes: The sizes of the proof.
        derivatives: (outputs, inputs) SymPy derivatives of the entries, as SymPy returned them.
        sentence: The result in words.
    """

    exact: bool | None
    entries: int
    sizes: Mapping[str, int]
    derivatives: tuple[tuple[sympy.Expr, ...], ...]
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
    given = {v.name: symbols(v.name, numeric_shape(v.shape, sizes)) for v in variables(root)}
    rows, columns = shapes[0]
    defined = entries(root, given)
    # No name of a program has a space in it.
    arriving = symbols("arriving cotangent", (rows, columns))
    known = {**given, link.output: defined, cotangent_name(link.output): arriving}
    claimed = entries(resolve(link.adjoint, sizes), known)
    outputs, inputs = [defined[i, j] for i in range(rows) for j in range(columns)], list(given[link.source])
    weights = [arriving[i, j] for i in range(rows) for j in range(columns)]
    work = sum(entry.count_ops() for entry in [*claimed, *outputs]) * max(len(inputs), len(outputs))
    if work > MOST_WORK:
        return Proof(None, 0, sizes, (), "Checked numerically only: the entries are too long to prove.")
    derivatives = tuple(tuple(out.diff(one) for one in inputs) for out in outputs)
    equal = _mirrored(program, given)
    found: list[bool | None] = []
    for k, claim in enumerate(list(claimed)):
        # The claim is linear in G: nothing is left without it, and its coefficient of each G is one derivative.
        if is_zero(claim.subs(dict.fromkeys(weights, 0)).subs(equal)) is False:
            found.append(False)
        found.extend(is_zero((claim.diff(g) - row[k]).subs(equal)) for g, row in zip(weights, derivatives, strict=True))
    wrong, open_ = found.count(False), found.count(None)
    if wrong:
        return Proof(False, count, sizes, derivatives, f"{wrong} of {count} entries are wrong.")
    if open_:
        return Proof(None, count, sizes, derivatives, f"Checked numerically only: {open_} of {count} entries resist.")
    many = "the one entry" if count == 1 else f"all {count} entries"
    return Proof(True, count, sizes, derivatives, f"Exact in {many}.")


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


def symbols(name: str, shape: tuple[int, int]) -> sympy.Matrix:
    """A matrix of real symbols, named by 1-based row and column as far as there are more than one."""
    import sympy

    rows, columns = shape

    def label(i: int, j: int) -> str:
        indices = [str(k + 1) for k, size in ((i, rows), (j, columns)) if size > 1]
        return f"{name}_{{{','.join(indices)}}}" if indices else name

    return sympy.Matrix(rows, columns, lambda i, j: sympy.Symbol(label(int(i), int(j)), real=True))


def entries(expression: Expression, known: Mapping[str, Any]) -> sympy.Matrix:
    """A formula entry by entry, from each operation's definition.

    Raises:
        TutorError: a name is not known.
    """
    import sympy

    done: dict[Expression, sympy.Matrix] = {}
    for node in nodes(expression):
        match node:
            case Variable(name):
                if name not in known:
                    raise TutorError(f"{name} is not known in this proof.")
                done[node] = known[name]
            case Number(value):
                done[node] = sympy.Matrix([[sympy.Rational(value.numerator, value.denominator)]])
            case Apply():
                operands = [done[o] for o in node.operands]
                entry, (rows, columns) = node.operation.entry, numeric_shape(node.shape, {})
                done[node] = sympy.Matrix(rows, columns, [entry(i, j, *operands)
                                                          for i in range(rows) for j in range(columns)])
    return done[expression]


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
