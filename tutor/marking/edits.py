"""What can be wrong in one place of a formula, and the edit that mends it: one function for each kind of slip."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final, NamedTuple

from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, nodes
from tutor.core.operation import Operation
from tutor.core.program import Program, cotangent_name
from tutor.derive.step import Derivation
from tutor.marking.points import Point
from tutor.marking.trees import (
    ADD,
    BETWEEN,
    CALL,
    DIVIDE,
    HADAMARD,
    LEAF,
    NEGATE,
    PRODUCT,
    SLOPE,
    SUBTRACT,
    TRANSPOSE,
    Tree,
    make,
    tree_of,
)
from tutor.ops import ELEMENTWISE, build
from tutor.ops.elementwise import Elementwise, Power
from tutor.ops.measures import ColMean, Mean, RowMean
from tutor.ops.reductions import ColSum, RowSum, Sum

_MOST_NUMBERS: Final = 4
"""Numbers of a program that are tried in front of a formula."""
_SUMS: Final = (Sum(), RowSum(), ColSum())


class Edit(NamedTuple):
    """One change of a formula.

    Attributes:
        kind: What was wrong, as ``resources/mistakes.toml`` calls it.
        before: The piece as it was.
        after: The piece that stands there instead.
        about: What is put in or left out, or the piece that the words are about; None for the two above.
        unlikely: How much less likely it is than others of its kind; what is, is not tried together with another edit.
    """

    kind: str
    before: Tree
    after: Tree
    about: Tree | None = None
    unlikely: int = 0


class Slope(NamedTuple):
    """The slope of an elementwise link, as in h ∘ (1 − h) for h = σ(a)."""

    output: str
    source: str
    tree: Tree


@dataclass(frozen=True, eq=False)
class Stock:
    """What a repair may put in: the pieces that gradients of this program are made of.

    Attributes:
        point: Where the search is.
        program: The forward pass.
        derivation: The right answer.
        brief: Only what is tried together with another edit: what is likely.
    """

    point: Point
    program: Program
    derivation: Derivation
    brief: bool = False

    @cached_property
    def names(self) -> tuple[Tree, ...]:
        """Every name of the program but the output."""
        return tuple(self._tree(Variable(name, shape)) for name, shape in self.program.shapes.items()
                     if name != self.program.output.name)

    @cached_property
    def cotangents(self) -> Mapping[str, Tree]:
        """The cotangent of every statement on the way, by its name, but for what is asked for."""
        shapes = self.program.shapes
        found = {s.name: Variable(cotangent_name(s.name), shapes[s.name]) for s in self.program.statements
                 if s.name not in (self.derivation.wrt, self.program.output.name)}
        return {name: self._tree(v) for name, v in found.items() if v.name in self.point.values}

    @cached_property
    def slopes(self) -> tuple[Slope, ...]:
        """The slopes of the elementwise links on the way."""
        found = []
        for link in self.derivation.links:
            arriving = Variable(cotangent_name(link.output), self.program.shapes[link.output])
            slope = _factor_beside(link.adjoint, arriving)
            if slope is not None:
                found.append(Slope(link.output, link.source, self._tree(slope)))
        return tuple(found)

    @cached_property
    def functions(self) -> frozenset[Operation]:
        """The operations of the program."""
        return frozenset(node.operation for statement in self.program.statements
                         for node in nodes(statement.expression) if isinstance(node, Apply))

    @cached_property
    def parts(self) -> tuple[Tree, ...]:
        """What each way contributes to a gradient that several ways add to, and the terms of the answer."""
        links = self.derivation.links
        several = {link.source for link in links if sum(other.source == link.source for other in links) > 1}
        found = [self._tree(link.adjoint) for link in links if link.source in several]
        return (*found, *_terms(self._tree(self.derivation.gradient)))

    @cached_property
    def numbers(self) -> tuple[tuple[Tree, bool], ...]:
        """Numbers a gradient may lack or have too many of; whether to divide by it."""
        sizes: list[Expression] = [Dimension(size) for size in self.program.dimensions]
        scalars: list[Expression] = [Variable(d.name, d.shape) for d in self.program.declarations if d.shape == (1, 1)]
        written = {node for statement in self.program.statements for node in nodes(statement.expression)
                   if isinstance(node, Number) and abs(node.value) not in (0, 1, 2)}
        whole: list[Expression] = [Number(Fraction(2)), *sizes, *scalars,
                                   *sorted(written, key=lambda node: node.value)[:_MOST_NUMBERS]]
        return tuple((self._tree(number), divides) for number in whole for divides in (False, True))

    def _tree(self, expression: Expression) -> Tree:
        return tree_of(expression, self.point)


def _terms(tree: Tree) -> tuple[Tree, ...]:
    """The terms of a sum, multiplied out where a sum is a factor; nothing of what is no sum."""
    if tree.kind in (ADD, SUBTRACT):
        left, right = tree.parts
        last = right if tree.kind == ADD else make(NEGATE, (right,))
        return (*(_terms(left) or (left,)), last)
    for place, part in enumerate(tree.parts if tree.kind in (PRODUCT, HADAMARD, DIVIDE) else ()):
        if terms := _terms(part):
            return tuple(tree.with_part(place, term) for term in terms)
    return ()


def _factor_beside(adjoint: Expression, arriving: Variable) -> Expression | None:
    """What stands entry by entry beside the cotangent that arrives: of δ ∘ h ∘ (1 − h) the slope h ∘ (1 − h)."""
    if not (isinstance(adjoint, Apply) and adjoint.operation.name == "hadamard"):
        return None
    left, right = adjoint.operands
    if left == arriving:
        return right
    if right == arriving:
        return left
    inner = _factor_beside(left, arriving)
    return build.multiply(inner, right) if inner is not None and arriving not in set(nodes(right)) else None


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
        yield Edit(_number_or("extra_factor", right), tree, left, right, int(isinstance(left.leaf, Number)))
        if tree.kind == SUBTRACT:
            yield Edit("extra_factor", tree, make(NEGATE, (right,)), left)
        elif tree.kind != DIVIDE:
            yield Edit(_number_or("extra_factor", left), tree, right, left)
    elif tree.kind == CALL and len(tree.parts) == 1 and isinstance(
            tree.operation, Power | Sum | RowSum | ColSum | Mean | RowMean | ColMean):
        yield Edit("extra_factor", tree, tree.parts[0], tree)


def _number_or(kind: str, tree: Tree) -> str:
    """What a piece too many is called: a number is of another kind than a link."""
    return "factor" if tree.value is not None and tree.value.shape == (1, 1) else kind


def missing(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A factor that was left out: a slope, a weight, a mask, a sum over the batch."""
    value = tree.value
    if value is None or isinstance(tree.leaf, Number):
        return
    for slope in stock.slopes:
        if slope.tree.value is not None and slope.tree.value.shape == value.shape:
            yield Edit("missing_factor", tree, make(HADAMARD, (tree, slope.tree)), slope.tree)
    for known in stock.cotangents.values() if not stock.brief else ():
        if known.value is not None and known.value.shape == value.shape and tree.kind != LEAF:
            yield Edit("missing_factor", tree, make(HADAMARD, (known, tree)), known, 1)
    for name in stock.names:
        if name.value is None or name.value.shape == (1, 1):
            continue
        if name.value.shape == value.shape and tree.kind != LEAF and not stock.brief:
            yield Edit("missing_factor", tree, make(HADAMARD, (tree, name)), name, 1)
        for factor in (name, make(TRANSPOSE, (name,))):
            assert factor.value is not None
            vector = int(1 in factor.value.shape)
            if vector and stock.brief:
                continue
            if value.shape[1] == factor.value.shape[0]:
                yield Edit("missing_factor", tree, make(PRODUCT, (tree, factor)), factor, vector)
            if factor.value.shape[1] == value.shape[0]:
                yield Edit("missing_factor", tree, make(PRODUCT, (factor, tree)), factor, vector)
    rows, columns = value.shape
    for operation, sums in ((ColSum(), rows > 1), (RowSum(), columns > 1), (Sum(), rows > 1 and columns > 1)):
        if sums and not (rows == 1 and stock.brief):  # a batch is what has several rows
            summed = make(CALL, (tree,), operation)
            yield Edit("missing_factor", tree, summed, summed, int(rows == 1))


def numbers(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A number in front, of the whole or of a term, that is missing or wrong: 2, ½, the size of the batch."""
    if isinstance(tree.leaf, Number):
        for value in (tree.leaf.value * 2, tree.leaf.value / 2):
            yield Edit("factor", tree, tree_of(Number(value), stock.point))
    elif whole:
        for scaled, number in _scaled(tree, stock):
            yield Edit("factor", tree, scaled, number)
    if tree.kind in (ADD, SUBTRACT) and not stock.brief:
        for place, part in enumerate(tree.parts):
            for scaled, number in _scaled(part, stock):
                yield Edit("factor", part, tree.with_part(place, scaled), number, 1)


def _scaled(tree: Tree, stock: Stock) -> Iterator[tuple[Tree, Tree]]:
    for number, divides in stock.numbers:
        yield make(DIVIDE, (tree, number)) if divides else make(PRODUCT, (number, tree)), number


def paths(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A term that was left out: the way through another link, or a name that is added or taken away."""
    if tree.value is None:
        return
    for part in stock.parts:
        if part.value is not None and part.value.shape == tree.value.shape:
            yield Edit("missing_path", tree, make(ADD, (tree, part)), part)
    if whole or tree.kind in (LEAF, CALL):
        for name in stock.names:
            if name.value is not None and name.value.shape == tree.value.shape and name.name != tree.name:
                yield Edit("missing_path", tree, make(ADD, (tree, name)), name, 1)
                yield Edit("missing_path", tree, make(SUBTRACT, (tree, name)), name)


def functions(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """Another function than the program's; its height for its slope; a sum along the wrong way."""
    if tree.kind in (CALL, SLOPE) and len(tree.parts) == 1:
        if isinstance(tree.operation, Elementwise) and not isinstance(tree.operation, Power):
            for function in dict.fromkeys(ELEMENTWISE.values()):
                if function != tree.operation and (function in stock.functions or not stock.brief):
                    yield Edit("wrong_function", tree, make(tree.kind, tree.parts, function),
                               unlikely=int(function not in stock.functions))
            yield Edit("wrong_function", tree, make(SLOPE if tree.kind == CALL else CALL, tree.parts, tree.operation))
        if tree.kind == SLOPE and tree.parts[0].name:
            for name in stock.names:
                if name.value is not None and tree.value is not None and name.value.shape == tree.value.shape:
                    yield Edit("evaluated_at", tree, make(SLOPE, (name,), tree.operation))
        if tree.operation in _SUMS:
            for other in _SUMS:
                if other != tree.operation:
                    yield Edit("wrong_function", tree, make(CALL, tree.parts, other))
    if not whole:
        yield from _sloped(tree, stock)
    if tree.kind == HADAMARD and tree.parts[0].kind == HADAMARD:
        first, second = tree.parts[0].parts
        for edit in _sloped(make(HADAMARD, (second, tree.parts[1])), stock):  # g ∘ u ∘ (1 − u) is (g ∘ u) ∘ (1 − u)
            yield edit._replace(after=make(HADAMARD, (first, edit.after)))


def _sloped(tree: Tree, stock: Stock) -> Iterator[Edit]:
    """A piece made of the ends of an elementwise link alone, where its slope has to stand."""
    for slope in stock.slopes:
        value = slope.tree.value
        if value is not None and _is_made_of(tree, {slope.output, slope.source}) and (
                tree.value is None or tree.value.shape == value.shape):
            elsewhere = _elsewhere(tree, slope, stock)
            yield Edit("evaluated_at" if elsewhere else "wrong_function", tree, slope.tree, slope.tree)


def _is_made_of(tree: Tree, names: set[str]) -> bool:
    """Whether a piece has names, and no others."""
    found = {piece.name for piece in tree.pieces() if piece.name}
    return bool(found) and found <= names


def _elsewhere(tree: Tree, slope: Slope, stock: Stock) -> bool:
    """Whether a piece is the slope at another place: with every name exchanged for the other it is right."""
    known = {name.name: name for name in stock.names}
    return any(same(replaced(tree, old, known[new]), slope.tree)
               for old, new in ((slope.output, slope.source), (slope.source, slope.output)) if new in known)


def same(one: Tree, other: Tree) -> bool:
    """Whether two pieces have one value."""
    if one.print is None or other.print is None:
        return False
    return one.print[:2] == other.print[:2] and abs(one.print[2] - other.print[2]) <= 1e-9 * (1 + abs(other.print[2]))


def replaced(tree: Tree, name: str, by: Tree) -> Tree:
    """A formula with a name exchanged wherever it stands."""
    if tree.name == name:
        return by
    if not tree.parts:
        return tree
    parts = tuple(replaced(part, name, by) for part in tree.parts)
    return tree if parts == tree.parts else make(tree.kind, parts, tree.operation)


def names(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A name for another, here or in a whole piece; a cotangent of another place of the chain."""
    if tree.name:
        for name in stock.names:
            if name.name != tree.name:
                alike = name.value is not None and tree.value is not None and name.value.shape == tree.value.shape
                if alike or not stock.brief:
                    yield Edit("wrong_name", tree, name, unlikely=int(not alike))
                if not stock.brief:
                    yield Edit("wrong_name", tree, make(TRANSPOSE, (name,)), unlikely=1)
        for cotangent in stock.cotangents.values() if not stock.brief else ():
            if cotangent.name != tree.name:
                yield Edit("wrong_name", tree, cotangent, unlikely=2)
    elif tree.kind != LEAF:
        yield from _renamed(tree, stock)
    if whole and not stock.brief:
        yield from _exchanged(tree)
    if whole or tree.print is None or stock.brief:
        return
    here = next((of for of, known in stock.cotangents.items() if same(tree, known)), "")
    order = list(stock.program.shapes)
    for of, known in stock.cotangents.items() if here else ():
        if of != here:
            kind = "missing_factor" if order.index(of) < order.index(here) else "extra_factor"
            yield Edit(kind, tree, known, known, unlikely=2)


def _renamed(tree: Tree, stock: Stock) -> Iterator[Edit]:
    """A name for another wherever it stands in a piece, where that is more than once."""
    inside: dict[str, list[Tree]] = {}
    for piece in tree.pieces():
        if piece.name:
            inside.setdefault(piece.name, []).append(piece)
    ends = {frozenset((slope.output, slope.source)) for slope in stock.slopes}
    for old, found in inside.items():
        for new in stock.names if len(found) > 1 else ():
            if new.name != old and (not stock.brief or frozenset((old, new.name)) in ends):
                kind = "evaluated_at" if frozenset((old, new.name)) in ends else "wrong_name"
                yield Edit(kind, found[0], replaced(tree, old, new), new)


def _exchanged(tree: Tree) -> Iterator[Edit]:
    """Two names each in the place of the other, both as they are and both transposed."""
    inside = {piece.name: piece for piece in tree.pieces() if piece.name}
    for one, other in itertools.combinations(inside.values(), 2):
        for turned in (False, True):
            first, second = (make(TRANSPOSE, (piece,)) if turned else piece for piece in (one, other))
            yield Edit("wrong_name", tree, _both(tree, {one.name: second, other.name: first}), unlikely=1)


def _both(tree: Tree, by: Mapping[str, Tree]) -> Tree:
    """A formula with several names exchanged at once."""
    if tree.name:
        return by.get(tree.name, tree)
    parts = tuple(_both(part, by) for part in tree.parts)
    if tree.kind == TRANSPOSE and parts[0].kind == TRANSPOSE:
        return parts[0].parts[0]
    return make(tree.kind, parts, tree.operation) if parts else tree


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
