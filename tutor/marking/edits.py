"""What can be wrong in one place of a formula, and the edit that mends it: one function for each kind of slip.

Here are the slips in how the pieces are put together; those in the pieces themselves are in
:mod:`tutor.marking.insertions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tutor.core.expression import Number
from tutor.marking.edit import Edit
from tutor.marking.insertions import functions, missing, names, numbers, paths
from tutor.marking.stock import Stock
from tutor.marking.trees import (
    ADD,
    BETWEEN,
    CALL,
    DIVIDE,
    HADAMARD,
    NEGATE,
    PRODUCT,
    SLOPE,
    SUBTRACT,
    TRANSPOSE,
    Tree,
    make,
)
from tutor.ops.elementwise import Power
from tutor.ops.measures import ColMean, Mean, RowMean
from tutor.ops.reductions import ColSum, RowSum, Sum

Edits = Callable[[Tree, Stock, bool], Iterator[Edit]]
"""Of a piece, what there is to put in, and whether the piece is the whole formula: the edits of that piece itself."""


def transposes(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A transpose too many, or one too few."""
    if tree.kind == TRANSPOSE:
        yield Edit("transpose", tree, tree.parts[0])
    elif tree.value is None or tree.value.shape != (1, 1):
        yield Edit("transpose", tree, make(TRANSPOSE, (tree,)))


def brackets(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A bracket that closes too early or too late."""
    if tree.kind in BETWEEN:
        left, right = tree.parts
        if left.kind in BETWEEN and _matters(left.kind, tree.kind):
            a, b = left.parts
            yield Edit("brackets", tree, make(left.kind, (a, make(tree.kind, (b, right)))), unlikely=_far(left, tree))
        if right.kind in BETWEEN and _matters(tree.kind, right.kind):
            b, c = right.parts
            yield Edit("brackets", tree, make(right.kind, (make(tree.kind, (left, b)), c)), unlikely=_far(right, tree))
        for place, part in enumerate(tree.parts):
            if part.kind in (TRANSPOSE, SLOPE) or (part.kind == CALL and len(part.parts) == 1):
                inner = tree.with_part(place, part.parts[0])
                yield Edit("brackets", tree, make(part.kind, (inner,), part.operation))
    elif tree.kind in (TRANSPOSE, CALL) and len(tree.parts) == 1 and tree.parts[0].kind in BETWEEN:
        inside = tree.parts[0]
        for place in (0, 1):
            part = make(tree.kind, (inside.parts[place],), tree.operation)
            yield Edit("brackets", tree, inside.with_part(place, part))


def _matters(inner: str, outer: str) -> bool:
    """Whether it matters which of two signs comes first."""
    return inner != outer or inner in (DIVIDE, SUBTRACT)


def _far(inner: Tree, outer: Tree) -> int:
    """A number in front of a sum or of its first term: more often it is the number that is wrong."""
    sums = {inner.kind, outer.kind} & {ADD, SUBTRACT}
    return 4 if sums and any(part.value is not None and part.value.shape == (1, 1)
                             for piece in (inner, outer) for part in piece.parts) else 0


def signs(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """Plus for minus, and a difference the wrong way round."""
    if tree.kind == ADD:
        yield Edit("sign", tree, make(SUBTRACT, tree.parts))
        yield Edit("sign", tree, make(SUBTRACT, tree.parts[::-1]))
    elif tree.kind == SUBTRACT:
        yield Edit("sign", tree, make(SUBTRACT, tree.parts[::-1]))
        yield Edit("sign", tree, make(ADD, tree.parts))
    elif tree.kind == NEGATE:
        yield Edit("sign", tree, tree.parts[0])
    elif whole:
        yield Edit("sign", tree, make(NEGATE, (tree,)))


def orders(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """Two factors the wrong way round; a factor of one layer in the next; numerator for denominator."""
    if tree.kind in (PRODUCT, DIVIDE):
        yield Edit("order", tree, make(tree.kind, tree.parts[::-1]))
    if tree.kind in (PRODUCT, HADAMARD) and tree.parts[0].kind in (PRODUCT, HADAMARD):
        (a, b), c, inner = tree.parts[0].parts, tree.parts[1], tree.parts[0].kind
        if (inner, tree.kind) != (HADAMARD, HADAMARD):
            yield Edit("order", tree, make(inner, (make(tree.kind, (a, c)), b)))


def products(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """The matrix product for the elementwise one, or the other way round."""
    if tree.kind in (PRODUCT, HADAMARD):
        yield Edit("matmul_elementwise", tree, make(HADAMARD if tree.kind == PRODUCT else PRODUCT, tree.parts))


def extras(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A factor, a term, a sum or a power too many."""
    if tree.kind in BETWEEN:
        left, right = tree.parts
        yield _without(tree, left, right, int(isinstance(left.leaf, Number)))
        if tree.kind == SUBTRACT:
            yield Edit("extra_factor", tree, make(NEGATE, (right,)), left)
        elif tree.kind != DIVIDE:
            yield _without(tree, right, left)
    elif tree.kind == CALL and len(tree.parts) == 1 and isinstance(
            tree.operation, Power | Sum | RowSum | ColSum | Mean | RowMean | ColMean):
        yield Edit("extra_factor", tree, tree.parts[0], tree)


def _without(tree: Tree, kept: Tree, dropped: Tree, unlikely: int = 0) -> Edit:
    """One of two pieces left out: a number is of another kind than a link."""
    number = dropped.value is not None and dropped.value.shape == (1, 1)
    return Edit("factor" if number else "extra_factor", tree, kept, dropped, unlikely,
                "extra_number" if number else "")


EDITS: Final[Sequence[Edits]] = (
    transposes, brackets, signs, products, orders, missing, extras, functions, names, numbers, paths,
)
"""Every kind of slip."""

LIKELY: Final = (
    "sign", "transpose", "brackets", "matmul_elementwise", "order", "evaluated_at", "missing_factor", "wrong_function",
    "extra_factor", "missing_path", "factor", "wrong_name",
)
"""The kinds, the likeliest first; of repairs that are as small the likelier is told first."""


def edits(tree: Tree, stock: Stock, whole: bool = False) -> Iterator[Edit]:
    """Every edit of a piece itself."""
    for find in EDITS:
        yield from find(tree, stock, whole)
