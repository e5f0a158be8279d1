"""Pieces that are missing or stand in the place of others: a factor, a path, a function, a name, a number."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from tutor.core.expression import Dimension, Number
from tutor.marking.edit import Edit, replaced, same
from tutor.marking.stock import Slope, Stock
from tutor.marking.trees import (
    ADD,
    CALL,
    DIVIDE,
    HADAMARD,
    LEAF,
    PRODUCT,
    SLOPE,
    SUBTRACT,
    TRANSPOSE,
    Tree,
    make,
    tree_of,
)
from tutor.ops import ELEMENTWISE
from tutor.ops.elementwise import Elementwise, Power
from tutor.ops.reductions import ColSum, RowSum, Sum

_SUMS = (Sum(), RowSum(), ColSum())


def missing(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A factor that was left out: a slope, a weight, a mask, a sum over the batch."""
    value = tree.value
    if value is None or isinstance(tree.leaf, Number):
        return
    for slope in stock.slopes:
        if slope.tree.value is not None and slope.tree.value.shape == value.shape:
            yield Edit("missing_factor", tree, make(HADAMARD, (tree, slope.tree)), slope.tree, told="missing_slope")
    for known in stock.cotangents.values() if not stock.brief else ():
        if known.value is not None and known.value.shape == value.shape and tree.kind != LEAF:
            yield Edit("missing_factor", tree, make(HADAMARD, (known, tree)), known, 1, "upstream_dropped")
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
        batch = isinstance(operation, ColSum)  # what is left out is the sum over a batch, whose samples are rows
        if sums and (batch or not stock.brief):
            summed = make(CALL, (tree,), operation)
            yield Edit("missing_factor", tree, summed, summed, int(not batch), "missing_sum")


def numbers(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A number in front, of the whole or of a term, that is missing or wrong: 2, ½, the size of the batch."""
    if isinstance(tree.leaf, Number):
        for value in (tree.leaf.value * 2, tree.leaf.value / 2):
            yield Edit("factor", tree, tree_of(Number(value), stock.point))
    elif whole:
        for scaled, number in _scaled(tree, stock):
            yield Edit("factor", tree, scaled, number, told=_size(number))
    if tree.kind in (ADD, SUBTRACT) and not stock.brief:
        for place, part in enumerate(tree.parts):
            for scaled, number in _scaled(part, stock):
                yield Edit("factor", part, tree.with_part(place, scaled), number, 1, _size(number))


def _size(number: Tree) -> str:
    """A size is what a mean divides by."""
    return "mean_or_sum" if isinstance(number.leaf, Dimension) else ""


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
                yield Edit("missing_path", tree, make(ADD, (tree, name)), name, 1, "missing_term")
                yield Edit("missing_path", tree, make(SUBTRACT, (tree, name)), name, told="missing_term")


def functions(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """Another function than the program's; its height for its slope; a sum along the wrong way."""
    if tree.kind in (CALL, SLOPE) and len(tree.parts) == 1:
        if isinstance(tree.operation, Elementwise) and not isinstance(tree.operation, Power):
            for function in dict.fromkeys(ELEMENTWISE.values()):
                if function != tree.operation and (function in stock.functions or not stock.brief):
                    yield Edit("wrong_function", tree, make(tree.kind, tree.parts, function),
                               unlikely=int(function not in stock.functions))
            turned = make(SLOPE if tree.kind == CALL else CALL, tree.parts, tree.operation)
            yield Edit("wrong_function", tree, turned, told="height_or_slope")
        if tree.kind == SLOPE and tree.parts[0].name:
            for name in stock.names:
                if name.value is not None and tree.value is not None and name.value.shape == tree.value.shape:
                    yield Edit("evaluated_at", tree, make(SLOPE, (name,), tree.operation))
        if tree.operation in _SUMS:
            for other in _SUMS:
                if other != tree.operation:
                    yield Edit("wrong_function", tree, make(CALL, tree.parts, other), told="wrong_axis")
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
            yield Edit("evaluated_at" if elsewhere else "wrong_function", tree, slope.tree, slope.tree,
                       told="slope_elsewhere" if elsewhere else "height_or_slope" if tree.name else "other_slope")


def _is_made_of(tree: Tree, names: set[str]) -> bool:
    """Whether a piece has names, and no others."""
    found = {piece.name for piece in tree.pieces() if piece.name}
    return bool(found) and found <= names


def _elsewhere(tree: Tree, slope: Slope, stock: Stock) -> bool:
    """Whether a piece is the slope at another place: with every name exchanged for the other it is right."""
    known = {name.name: name for name in stock.names}
    return any(same(replaced(tree, old, known[new]), slope.tree)
               for old, new in ((slope.output, slope.source), (slope.source, slope.output)) if new in known)


def names(tree: Tree, stock: Stock, whole: bool) -> Iterator[Edit]:
    """A name for another, here or in a whole piece; a cotangent of another place of the chain."""
    if tree.name:
        for name in stock.names:
            if name.name != tree.name:
                alike = name.value is not None and tree.value is not None and name.value.shape == tree.value.shape
                if alike or not stock.brief:
                    yield Edit("wrong_name", tree, name, unlikely=int(not alike), told=_weight(tree))
                if not stock.brief:
                    yield Edit("wrong_name", tree, make(TRANSPOSE, (name,)), unlikely=1, told=_weight(tree))
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
            yield Edit(kind, tree, known, known, 2, "skipped_link" if kind == "missing_factor" else "link_too_many")


def _weight(tree: Tree) -> str:
    """A weight in the place of another has words of its own."""
    return "wrong_weight" if tree.value is not None and 1 not in tree.value.shape else ""


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
            exchanged = _both(tree, {one.name: second, other.name: first})
            yield Edit("wrong_name", one, exchanged, other, 1, "exchanged_transposed" if turned else "exchanged")


def _both(tree: Tree, by: Mapping[str, Tree]) -> Tree:
    """A formula with several names exchanged at once."""
    if tree.name:
        return by.get(tree.name, tree)
    parts = tuple(_both(part, by) for part in tree.parts)
    if tree.kind == TRANSPOSE and parts[0].kind == TRANSPOSE:
        return parts[0].parts[0]
    return make(tree.kind, parts, tree.operation) if parts else tree
