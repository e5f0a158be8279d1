"""From canonical form back to a formula as a person writes it: order, signs, fractions."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from fractions import Fraction
from functools import reduce
from types import MappingProxyType
from typing import Final

from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, apply, nodes
from tutor.core.layout import SCALAR
from tutor.core.operation import Operation
from tutor.derive.axes import averaged
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, Unit, common_size
from tutor.derive.simplify import cost
from tutor.derive.terms import is_one
from tutor.derive.turning import opposite, turned, turned_vector
from tutor.ops import build
from tutor.ops.elementwise import Power
from tutor.ops.forms import Diag, Identity, Ones, Zeros
from tutor.ops.linear import Scale, Transpose
from tutor.ops.measures import ColMean, RowMean
from tutor.ops.reductions import ColSum, RowSum, Sum, spread

_ACROSS: Final[Mapping[type[Operation], Operation]] = MappingProxyType({
    RowSum: ColSum(), ColSum: RowSum(), RowMean: ColMean(), ColMean: RowMean(),
})
"""What adds up along the other axis: the row sums of Aᵀ are the column sums of A, as a column."""


def shown(node: Node, given: Container[str] = ()) -> Expression:
    """The formula of a node; ``given`` are the declared names, so that a difference is computed minus given."""
    return writing(given)(node)


def writing(given: Container[str]) -> Callable[[Node], Expression]:
    """The same for many nodes, with what they have in common written once."""
    return _Writer(given).formula


class _Writer:
    """Writes nodes as a sign and a formula, so that a minus can move to where it reads best."""

    def __init__(self, given: Container[str]) -> None:
        self.given = given
        self._written: dict[Node, tuple[int, Expression]] = {}

    def formula(self, node: Node) -> Expression:
        """A node with its sign in front."""
        sign, body = self.write(node)
        return build.negate(body) if sign < 0 else body

    def write(self, node: Node) -> tuple[int, Expression]:
        """The sign of a node and the rest."""
        if node not in self._written:
            self._written[node] = self._write(node)
        return self._written[node]

    def _write(self, node: Node) -> tuple[int, Expression]:
        other = turned(node)
        if other is not None:
            sign, body = self.write(other)
            return sign, build.transpose(body)
        match node:
            case Atom(expression=expression):
                return 1, expression
            case Filled(shape=shape):
                return 1, spread(Number(Fraction(1)), shape) if shape == SCALAR else apply(Ones(shape))
            case Unit(shape=shape):
                return 1, apply(Identity(shape))
            case Flip(inner=inner):
                return 1, build.transpose(self.formula(inner))
            case Call(operation=Sum() | RowSum() | ColSum() as operation, operands=(inner,)):
                across = _ACROSS.get(type(operation)) if isinstance(inner, Flip) else None
                sign, body = self._oriented(inner.inner if isinstance(inner, Flip) and across else inner)
                return sign, build.transpose(apply(across, body)) if across else apply(operation, body)
            case Call(operation=RowMean() | ColMean() as operation, operands=(Flip(inner=inner),)):
                return 1, build.transpose(apply(_ACROSS[type(operation)], self.formula(inner)))
            case Call(operation=operation, operands=operands):
                return 1, apply(operation, *(self.formula(o) for o in operands))
            case Plus():
                return self._sum(node)
            case Chain(factors=factors):
                if (joined := turned_vector(node)) is not None:
                    return self.write(joined)
                signs, parts = zip(*(self._oriented(f) for f in factors), strict=True)
                sign, written = self._absorbed(_product(signs), list(factors), list(parts))
                return sign, reduce(build.product, written)
            case Times():
                return self._times(node)
        raise TypeError(type(node).__name__)

    # --- sums ----------------------------------------------------------------------------------------------------

    def _sum(self, node: Plus) -> tuple[int, Expression]:
        if not node.terms:
            return 1, Number(Fraction(0)) if node.shape == SCALAR else apply(Zeros(node.shape))
        common = common_size(node)
        if common != 1:
            inner = Plus(tuple((c / common, term) for c, term in node.terms), node.shape)
            return self._times(Times(common, ((inner, Fraction(1)),), node.shape))
        beside_matrix = any(isinstance(base, Unit) or (isinstance(base, Call) and isinstance(base.operation, Diag))
                            for _, term in node.terms for base in (term, *term.members))
        if (halves := _halves(node)) is not None:
            half = self.formula(halves)
            return 1, build.add(half, build.transpose(half))
        signed = [self._term(c, _with_ones(term) if beside_matrix else term) for c, term in node.terms]
        if all(sign < 0 for sign, _ in signed):
            negative = None if beside_matrix else self._one_negated(node, -1)
            return (-1, self._added([(1, body) for _, body in signed], node)) if negative is None else (1, negative)
        ordered = sorted(signed, key=lambda part: (part[0] < 0, _is_transpose(part[1])))
        return 1, self._added(_differences_kept(ordered), node)

    def _one_negated(self, node: Plus, written: int) -> Expression | None:
        """Minus what the terms of a sum are written as, where all have one sign and one of them can be turned round.

        So −((u − x) / s + f) is (x − u) / s − f.
        """
        products = [_unfilled(Times(c, ((term, Fraction(1)),), term.shape)) for c, term in node.terms]
        signed = [self._times(product, spreads=False, absorbs=False) for product in products]
        if any(sign != written for sign, _ in signed) or len(signed) < 2:
            return None
        for lone in (False, True):
            for i, product in enumerate(products):
                for base, power in product.factors:
                    if power.denominator != 1 or power.numerator % 2 == 0 or self._negated(base, lone) is None:
                        continue
                    sign, body = self._times(product, spreads=False, absorbs=False, turn=base)
                    if sign != signed[i][0]:
                        others = [(-1, other) for k, (_, other) in enumerate(signed) if k != i]
                        return self._added([(1, body), *others], node)
        return None

    def _added(self, parts: list[tuple[int, Expression]], node: Plus) -> Expression:
        total = parts[0][1]
        for sign, body in parts[1:]:
            total = build.add(total, body) if sign > 0 else build.subtract(total, body)
        return spread(total, node.shape)

    def _term(self, coefficient: Fraction, term: Node) -> tuple[int, Expression]:
        """A term of a sum; ones that only repeat it are left to the sum."""
        product = _unfilled(Times(coefficient, ((term, Fraction(1)),), term.shape))
        return self._times(product, spreads=False, absorbs=False)

    # --- products ------------------------------------------------------------------------------------------------

    def _times(
        self, node: Times, spreads: bool = True, absorbs: bool = True, turn: Node | None = None
    ) -> tuple[int, Expression]:
        """A product; ``turn`` is a factor to be written as its negative, ``absorbs`` whether a minus may go inside."""
        coefficient, factors = averaged(node.coefficient, node.factors)
        sign = 1 if coefficient > 0 else -1
        upper: list[Node] = []
        lower: list[Node] = []
        signs = [sign]
        above: list[Expression] = []
        below: list[Expression] = []
        for base, power in _name_first(factors):
            if isinstance(base, Filled):
                continue
            s, body = self._oriented(base)
            if base == turn and (negative := self._negated(base, lone=True)) is not None:
                s, body = -s, negative
            if power.denominator == 1 and power.numerator % 2:
                signs.append(s)
            elif s < 0:
                body = build.negate(body) if power.denominator != 1 else body
            raised = body if abs(power) == 1 else apply(Power(abs(power)), body)
            (above if power > 0 else below).append(raised)
            (upper if power > 0 else lower).append(base if power == 1 else Filled(base.shape))
        sign, above = self._absorbed(_product(signs), upper, above) if absorbs else (_product(signs), above)
        size = abs(coefficient)
        in_front = _decimal(size, 3) and size.numerator != 1 if above else _decimal(size, 12)
        if size.denominator != 1 and not below and in_front:
            total = self._multiplied(size, above)
        else:
            total = self._multiplied(Fraction(size.numerator), above)
            if size.denominator != 1:
                below.insert(0, Number(Fraction(size.denominator)))
        if below:
            total = build.divide(total, self._multiplied(Fraction(1), below))
        return sign, spread(total, node.shape) if spreads else total

    def _multiplied(self, number: Fraction, factors: list[Expression]) -> Expression:
        """Numbers in front, then the elementwise product of the rest in the order they came."""
        # Sizes stand in front, as other numbers do: N u.
        scalars = sorted((f for f in factors if f.shape == SCALAR), key=lambda f: not isinstance(f, Dimension))
        rest = [f for f in factors if f.shape != SCALAR]
        if number != 1 or not factors:
            scalars.insert(0, Number(number))
        total: Expression | None = reduce(build.multiply, rest) if rest else None
        if not scalars:
            assert total is not None
            return total
        front = reduce(lambda a, b: apply(Scale(), a, b), scalars)
        return front if total is None else apply(Scale(), front, total)

    # --- signs ---------------------------------------------------------------------------------------------------

    def _oriented(self, node: Node) -> tuple[int, Expression]:
        """A factor, turned so that a sum reads 1 − h, or computed minus given."""
        if isinstance(node, Plus) and self._reversed(node):
            sign, body = self.write(Plus(tuple((-c, term) for c, term in node.terms), node.shape))
            return -sign, body
        return self.write(node)

    def _reversed(self, node: Plus) -> bool:
        numbers = [c for c, term in node.terms if isinstance(term, Filled) or is_one(term)]
        if numbers:
            return sum(numbers) < 0
        positive = [term for c, term in node.terms if c > 0]
        negative = [term for c, term in node.terms if c < 0]
        return bool(negative) and all(map(self._is_given, positive)) and not all(map(self._is_given, negative))

    def _is_given(self, node: Node) -> bool:
        if isinstance(node, Times) and node.coefficient == 1:  # a name, repeated
            node, *others = [base for base, _ in node.factors if not isinstance(base, Filled)] or [node]
            if others:
                return False
        inner = node.inner if isinstance(node, Flip) else node
        return (isinstance(inner, Atom) and isinstance(inner.expression, Variable)
                and inner.expression.name in self.given)

    def _absorbed(self, sign: int, factors: list[Node], parts: list[Expression]) -> tuple[int, list[Expression]]:
        """A minus in front of a product taken into a difference among its factors, where there is one."""
        if sign > 0:
            return sign, parts
        for i, factor in enumerate(factors):
            long = isinstance(factor, Plus) and len(factor.terms) > 2
            negative = self._negated(factor, lone=len(factors) == 1 or long)
            if negative is not None:
                return 1, [*parts[:i], negative, *parts[i + 1 :]]
        return sign, parts

    def _negated(self, node: Node, lone: bool = False) -> Expression | None:
        """The negative of what a factor is written as, where a difference in it can be turned round for that.

        A number less something, 1 − h, is only turned where it stands alone.
        """
        if isinstance(node, Call) and isinstance(node.operation, Sum | RowSum | ColSum):
            inner = self._negated(node.operands[0])
            return None if inner is None else apply(node.operation, inner)
        if (other := turned(node)) is not None:
            inner = self._negated(other, lone)
            return None if inner is None else build.transpose(inner)
        if isinstance(node, Times):
            turns = [None, *(base for base, power in node.factors if power == 1 and self._negated(base) is not None)]
            written = (self._times(node, absorbs=False, turn=turn) for turn in turns)
            return next((body for sign, body in written if sign * self.write(node)[0] < 0), None)
        if isinstance(node, Chain):
            signs, bodies = zip(*(self._oriented(f) for f in node.factors), strict=True)
            for i, factor in enumerate(node.factors):
                negative = self._negated(factor)
                if negative is not None:
                    # Where the factors' signs make a minus, it is written by turning one already.
                    parts = [negative if k == i and _product(signs) > 0 else b for k, b in enumerate(bodies)]
                    return reduce(build.product, parts)
        if not isinstance(node, Plus):
            return None
        if len({c > 0 for c, _ in node.terms}) != 2:
            return self._one_negated(node, 1)
        if not lone and any(is_one(term) or isinstance(term, Filled) for _, term in node.terms):
            return None
        opposed = Plus(tuple((-c, term) for c, term in node.terms), node.shape)
        before, after = (opposed, node) if self._reversed(node) else (node, opposed)
        sign, body = self.write(after)
        return body if sign * self.write(before)[0] > 0 else None


def _name_first(factors: tuple[tuple[Node, Fraction], ...]) -> tuple[tuple[Node, Fraction], ...]:
    """A name before the sum of it and a number: h ∘ (1 − h), and not (1 − h) ∘ h."""
    ordered = list(factors)
    for factor in factors:
        base = factor[0]
        if isinstance(base, Plus) and len(base.terms) == 2 and any(isinstance(t, Filled) or is_one(t)
                                                                   for _, t in base.terms):
            last = max((i for i, (b, _) in enumerate(ordered) if b in base.members and isinstance(b, Atom)), default=-1)
            if last > (at := ordered.index(factor)):
                ordered.insert(last, ordered.pop(at))
    return tuple(ordered)


def _differences_kept(terms: list[tuple[int, Expression]]) -> list[tuple[int, Expression]]:
    """A term and what is taken from it side by side, where a third holds their difference: o − y + ((o − y) A) B."""
    if len(terms) < 3:
        return terms
    for taken in (term for term in terms if term[0] < 0):
        for first in (term for term in terms if term[0] > 0):
            others = [term for term in terms if term is not taken and term is not first]
            if taken[1].shape == first[1].shape and any(
                    build.subtract(first[1], taken[1]) in set(nodes(body)) for _, body in others):
                at = others[: terms.index(first)]
                return [*at, first, taken, *others[len(at) :]]
    return terms


def _halves(node: Plus) -> Plus | None:
    """A of A + Aᵀ, where A is a sum."""
    firsts: list[tuple[Fraction, Node]] = []
    waiting: dict[tuple[Fraction, Node], None] = dict.fromkeys(node.terms)
    if len(waiting) < 4 or len(waiting) % 2:
        return None
    while waiting:
        coefficient, term = first = next(iter(waiting))
        waiting.pop(first)
        other = (coefficient, opposite(term))
        if other not in waiting:
            return None
        waiting.pop(other)
        firsts.append(first if cost(term) <= cost(other[1]) else other)
    return Plus(tuple(firsts), node.shape)


def _product(signs: tuple[int, ...] | list[int]) -> int:
    return reduce(lambda a, b: a * b, signs, 1)


def _is_transpose(expression: Expression) -> bool:
    return isinstance(expression, Apply) and isinstance(expression.operation, Transpose)


def _unfilled(node: Times) -> Times:
    """The product in a term of a sum, opened, without ones."""
    factors: list[tuple[Node, Fraction]] = []
    coefficient = node.coefficient
    for base, power in node.factors:
        if isinstance(base, Times) and power == 1:
            coefficient *= base.coefficient
            factors.extend(f for f in base.factors if not isinstance(f[0], Filled))
        elif not isinstance(base, Filled):
            factors.append((base, power))
    return Times(coefficient, tuple(factors), node.shape)


def _with_ones(node: Node) -> Node:
    """A number in every place of a matrix, with its ones written: I − ones(n, n) / n."""
    if not isinstance(node, Times) or any(not isinstance(base, Filled) and base.shape != SCALAR
                                          for base, _ in node.factors):
        return node
    kept = tuple(factor for factor in node.factors if not isinstance(factor[0], Filled))
    return Times(node.coefficient, (*kept, (Call(Ones(node.shape), (), node.shape), Fraction(1))), node.shape)


def _decimal(value: Fraction, places: int) -> bool:
    """Whether a number has a decimal form of so many places."""
    return (value * Fraction(10) ** places).denominator == 1
