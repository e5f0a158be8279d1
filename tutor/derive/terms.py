"""Sums and elementwise products, kept canonical: the ground the matrix algebra stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from tutor.core.expression import Dimension
from tutor.core.layout import SCALAR, Shape, Size, named_factors, numeric_shape
from tutor.derive.nodes import Atom, Filled, Flip, Node, Plus, Times, common_size, is_zero
from tutor.derive.tried import Tried

ONE: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An identity used once.

    Attributes:
        identity: Its key in :data:`tutor.derive.identities.IDENTITIES`.
        before: One node; or several that the identity joins, elementwise or, for matrices in a row, as a product.
        after: What it became.
        about: The name whose declared or known fact was used.
        positive: Names that have to be positive for it.
    """

    identity: str
    before: tuple[Node, ...]
    after: Node
    about: str = ""
    positive: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a product is known to be.

    Attributes:
        value: What it is.
        identity: Why, by its key in :data:`tutor.derive.identities.IDENTITIES`.
    """

    value: Node
    identity: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be used of the names.

    Attributes:
        distributions: Names whose rows sum to 1.
        symmetric: Names equal to their transpose.
        skew: Names whose transpose is their negative.
        positive: Names with no entry at or below 0.
        onehot: Names with a single 1 in every row.
        exponentials: Those that the program computes, of exp(a) and exp(−a) the first.
        products: Products and sums that what the names stand for makes known.
    """

    distributions: frozenset[str] = frozenset()
    symmetric: frozenset[str] = frozenset()
    skew: frozenset[str] = frozenset()
    positive: frozenset[str] = frozenset()
    onehot: frozenset[str] = frozenset()
    exponentials: frozenset[Node] = frozenset()
    products: Mapping[Node, Known] = field(default_factory=dict, hash=False)

    def positive_name(self, node: Node) -> str:
        """The name of what is declared positive, turned or not; nothing for anything else."""
        inner = node.inner if isinstance(node, Flip) else node
        name = inner.expression.name if isinstance(inner, Atom) else ""
        return name if name in self.positive else ""


class TermAlgebra:
    """Builds canonical sums and elementwise products under some facts.

    Attributes:
        facts: What may be used of the names.
        names: Canonical formula -> the atom that already names it, or its transpose.
        meanings: Other forms of what has a name -> that name, or a multiple of it; and sums that are known.
        log: The identities used so far, in order.
        tried: What was tried on nodes, so that nobody tries it again.
        joins_diagonals: Whether a product with a diagonal matrix becomes ∘; a Jacobian keeps its diagonal matrices,
            and its Kronecker products meet instead.
    """

    def __init__(self, facts: Facts, names: dict[Node, Node] | None = None, joins_diagonals: bool = True,
                 meanings: dict[Node, Node] | None = None, tried: Tried | None = None) -> None:
        self.facts = facts
        self.joins_diagonals = joins_diagonals
        # Shared with every fork: names are entered once, before anything is derived.
        self.names: dict[Node, Node] = names if names is not None else {}
        self.meanings: dict[Node, Node] = meanings if meanings is not None else {}
        self.tried = tried if tried is not None else Tried()
        self.log: list[Rewrite] = []

    # --- numbers and sums ----------------------------------------------------------------------------------------

    def number(self, value: Fraction) -> Node:
        """A number."""
        return Times(value, (), SCALAR) if value else Plus((), SCALAR)

    def size(self, size: Size) -> Node:
        """A size as a number."""
        factors = [(Atom(Dimension(name)), ONE) for name in named_factors(size)]
        number = Fraction(numeric_shape((size, 1), dict.fromkeys(named_factors(size), 1))[0])
        return self.times([(self.number(number), ONE), *factors], SCALAR) if factors else self.number(number)

    def scaled(self, coefficient: Fraction, node: Node) -> Node:
        """A number times a node."""
        if coefficient is ONE or coefficient == 1:
            return node
        if not coefficient or is_zero(node):
            return Plus((), node.shape)
        if isinstance(node, Plus):
            return Plus(tuple((coefficient * c, term) for c, term in node.terms), node.shape)
        if isinstance(node, Times):
            return self._times(coefficient * node.coefficient, node.factors, node.shape)
        return Times(coefficient, ((node, ONE),), node.shape)

    def plus(self, terms: Iterable[tuple[Fraction, Node]], shape: Shape) -> Node:
        """A sum: nested sums opened, like terms added."""
        total: dict[Node, Fraction] = {}
        for coefficient, node in terms:
            for inner, part in self.terms(node):
                number = inner if coefficient is ONE else coefficient if inner is ONE else coefficient * inner
                known = total.get(part)
                total[part] = number if known is None else known + number
        kept = tuple((c, node) for node, c in total.items() if c)
        if len(kept) == 1:
            return self.scaled(*kept[0])
        return Plus(kept, shape)

    def terms(self, node: Node) -> tuple[tuple[Fraction, Node], ...]:
        """A node as terms of a sum, every coefficient in front."""
        if isinstance(node, Plus):
            return node.terms
        if isinstance(node, Times) and node.coefficient != 1:
            return ((node.coefficient, self._times(ONE, node.factors, node.shape)),)
        return ((ONE, node),)

    def times_each(self, factors: Iterable[tuple[Node, Fraction]], total: Node, shape: Shape
                   ) -> list[tuple[Fraction, Node]]:
        """The terms of a sum, each times some factors."""
        given = tuple(factors)
        return [(c, self.times([*given, (term, ONE)], shape)) for c, term in self.terms(total)]

    # --- elementwise products ------------------------------------------------------------------------------------

    def times(self, factors: Iterable[tuple[Node, Fraction]], shape: Shape) -> Node:
        """An elementwise product of powers, smaller factors repeated to the shape; equal bases meet."""
        coefficient = ONE
        powers: dict[Node, Fraction] = {}
        met = False
        given = tuple(factors)
        for node, exponent in given:
            if is_zero(node) and exponent > 0:
                return Plus((), shape)
            for base, power, number in self._opened(node, exponent):
                if number is not ONE:  # fractions are slow, and nearly all are 1
                    coefficient *= number
                if base is None:
                    continue
                if base in powers:
                    powers[base] += power
                    met = met or not powers[base]
                else:
                    powers[base] = power
        result = self._times(coefficient, tuple((b, p) for b, p in powers.items() if p), shape)
        if met:
            before = tuple(b if p == 1 else Times(ONE, ((b, p),), b.shape) for b, p in given)
            self.log.append(Rewrite("cancel", before, result))
        return result

    def _opened(self, node: Node, exponent: Fraction) -> Iterable[tuple[Node | None, Fraction, Fraction]]:
        """The factors of a power, as (base, exponent, coefficient)."""
        if isinstance(node, Filled):
            return ()
        if not isinstance(node, Times):
            if isinstance(node, Plus) and exponent.denominator == 1:
                content = common_size(node)
                if content != 1:
                    inner = Plus(tuple((c / content, n) for c, n in node.terms), node.shape)
                    return ((inner, exponent, content**exponent.numerator),)
            return ((node, exponent, ONE),)
        whole = exponent.denominator == 1 or (not node.factors and node.coefficient == 1)
        if not whole and (len(node.factors) != 1 or node.coefficient != 1 or node.factors[0][1].numerator % 2 == 0):
            # √(x²) is not x, √(−2x) is not √−2 √x, and √(x y) is not √x √y where both are negative.
            return ((node, exponent, ONE),)
        number = node.coefficient if exponent is ONE else (
            node.coefficient**exponent.numerator if exponent.denominator == 1 else ONE)
        return ((None, ONE, number), *((base, power if exponent is ONE else power * exponent, ONE)
                                       for base, power in node.factors if not isinstance(base, Filled)))

    def _times(self, coefficient: Fraction, factors: tuple[tuple[Node, Fraction], ...], shape: Shape) -> Node:
        """A product from factors that are already opened; ones fill a shape that nobody else has."""
        factors = tuple([(b, p) for b, p in factors if not isinstance(b, Filled)])
        for place, (base, power) in enumerate(factors):
            # What is repeated to a shape is not, where others have the shape.
            alone = _unspread(base) if isinstance(base, Plus) else None
            if alone is not None and _joined([alone.shape if b is base else b.shape for b, _ in factors]) == shape:
                factors = (*factors[:place], (alone, power), *factors[place + 1 :])
        carried = _joined([base.shape for base, _ in factors])
        if carried != shape:
            factors = ((Filled(shape), ONE), *factors)
        if coefficient == 1 and len(factors) == 1 and factors[0][1] == 1:
            return factors[0][0]
        return Times(coefficient, factors, shape)

    def spread(self, node: Node, shape: Shape) -> Node:
        """A node repeated to a shape."""
        if node.shape == shape:
            return node
        if isinstance(node, Plus):
            return Plus(tuple((c, self.spread(term, shape)) for c, term in node.terms), shape)
        return self.times([(node, ONE)], shape)


def _unspread(node: Plus) -> Node | None:
    """The smaller sum that a sum repeats: a number in every place, a row in every row."""
    if node.spread_from is None:
        node.spread_from = _spread_from(node)
    return None if node.spread_from is node else node.spread_from


def _spread_from(node: Plus) -> Node:
    """The same; the sum itself where it repeats none."""
    if not node.terms:
        return node
    opened = [(c, term.factors if isinstance(term, Times) else ((term, ONE),),
               term.coefficient if isinstance(term, Times) else ONE) for c, term in node.terms]
    kept = [(c * d, tuple(f for f in factors if not isinstance(f[0], Filled))) for c, factors, d in opened]
    thin = _joined(base.shape for _, factors in kept for base, _ in factors)
    if thin == node.shape:
        return node
    terms = []
    for c, factors in kept:
        if _joined(base.shape for base, _ in factors) != thin:
            factors = ((Filled(thin), ONE), *factors)
        alone = factors[0][0] if len(factors) == 1 and factors[0][1] == 1 else Times(ONE, factors, thin)
        terms.append((c, alone))
    return Plus(tuple(terms), thin)


def _joined(shapes: Iterable[Shape]) -> Shape:
    """The shape that operands broadcast to together."""
    rows: Size = 1
    columns: Size = 1
    for n, m in shapes:
        rows = n if n != 1 else rows
        columns = m if m != 1 else columns
    return (rows, columns)


def is_number(node: Node) -> bool:
    """Whether a node is a number other than 0, in one place or in many."""
    return isinstance(node, Times) and all(isinstance(base, Filled) for base, _ in node.factors)


def is_one(node: Node) -> bool:
    """Whether a node is the number 1, in one place or in many."""
    return isinstance(node, Times) and node.coefficient == 1 and is_number(node)
