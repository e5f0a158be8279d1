"""Formulas in canonical form: sums, elementwise products and matrix chains with any number of members.

Two nodes are equal when they mean the same up to the order of terms and factors, so like terms meet by hashing. A
node knows its full shape: a row repeated over N rows is a product with a matrix of ones, never a silent broadcast.
Nodes are made by :class:`tutor.derive.algebra.Algebra`, which keeps them canonical; build none by hand.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction
from hashlib import sha256
from typing import Final

from tutor.core.expression import Dimension, Variable
from tutor.core.layout import Shape
from tutor.core.operation import Operation

_LONGEST: Final = 100
"""Letters of :attr:`Node.order` that are kept as they are; of the rest there is a digest."""


class Node:
    """A canonical formula.

    Attributes:
        shape: Rows and columns.
    """

    __slots__ = ("_exact", "_hash", "_key", "_order", "cost", "shape")
    shape: Shape
    cost: float | None
    """What :func:`tutor.derive.simplify.cost` found for it, remembered here because it is asked for so often."""

    def __init__(self, hashed: Hashable, shape: Shape) -> None:
        self.shape = shape
        self.cost = None
        self._order = ""
        self._exact: int | None = None
        self._key: Hashable = None
        self._hash = hash((type(self), hashed, shape))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (isinstance(other, Node) and self._hash == other._hash and type(self) is type(other)
                and self.shape == other.shape and self.key == other.key)

    @property
    def key(self) -> Hashable:
        """What decides equality of two nodes of a kind and a shape; few are ever asked, for all have a hash."""
        if self._key is None:
            self._key = self._parts()
        return self._key

    def _parts(self) -> Hashable:
        return ()

    @property
    def members(self) -> tuple[Node, ...]:
        """The nodes directly inside."""
        return ()

    @property
    def exact(self) -> int:
        """A number that differs between equal nodes whose terms or factors stand in another order."""
        if self._exact is None:
            self._exact = hash((self._hash, *[member.exact for member in self.members]))
        return self._exact

    @property
    def order(self) -> str:
        """A text that is the same for equal nodes, in every run: what to choose one of two forms by."""
        if not self._order:
            said = self._said()
            self._order = said if len(said) <= _LONGEST else said[:_LONGEST] + sha256(said.encode()).hexdigest()
        return self._order

    def _said(self) -> str:
        return f"{type(self).__name__}{self.shape}"


class Atom(Node):
    """A name: a variable, an intermediate, a cotangent, or a size used as a number."""

    __slots__ = ("expression",)

    def __init__(self, expression: Variable | Dimension) -> None:
        self.expression = expression
        super().__init__(expression, expression.shape)

    def _parts(self) -> Hashable:
        return self.expression

    def _said(self) -> str:
        return self.expression.name


class Filled(Node):
    """Ones in every place of a shape. Zero is the empty sum."""

    __slots__ = ()

    def __init__(self, shape: Shape) -> None:
        super().__init__((), shape)


class Unit(Node):
    """The identity matrix."""

    __slots__ = ()

    def __init__(self, shape: Shape) -> None:
        super().__init__((), shape)


class Call(Node):
    """An operation the algebra does not look into, on canonical operands."""

    __slots__ = ("operands", "operation")

    def __init__(self, operation: Operation, operands: tuple[Node, ...], shape: Shape) -> None:
        self.operation = operation
        self.operands = operands
        super().__init__((operation, *[operand._hash for operand in operands]), shape)

    @property
    def members(self) -> tuple[Node, ...]:
        """The operands."""
        return self.operands

    def _parts(self) -> Hashable:
        return self.operation, self.operands

    def _said(self) -> str:
        return f"{self.operation!r}({', '.join(operand.order for operand in self.operands)})"


class Flip(Node):
    """The transpose of an atom or a call; of everything else the transpose is pushed inside."""

    __slots__ = ("inner",)

    def __init__(self, inner: Node) -> None:
        self.inner = inner
        super().__init__(inner._hash, (inner.shape[1], inner.shape[0]))

    @property
    def members(self) -> tuple[Node, ...]:
        """What is transposed."""
        return (self.inner,)

    def _parts(self) -> Hashable:
        return self.inner

    def _said(self) -> str:
        return f"{self.inner.order}ᵀ"


class Plus(Node):
    """A sum of terms with coefficients; without terms it is zero, and still has a shape."""

    __slots__ = ("size", "spread_from", "terms")
    size: Fraction | None
    """Its :func:`common_size`, remembered."""
    spread_from: Node | None
    """What :mod:`tutor.derive.terms` found it to repeat, itself where it repeats nothing; remembered like a cost."""

    def __init__(self, terms: tuple[tuple[Fraction, Node], ...], shape: Shape) -> None:
        self.terms = terms
        self.spread_from = None
        self.size = None
        super().__init__(frozenset([(node._hash, c.as_integer_ratio()) for c, node in terms]), shape)

    @property
    def members(self) -> tuple[Node, ...]:
        """The terms without their coefficients."""
        return tuple(node for _, node in self.terms)

    def _parts(self) -> Hashable:
        return frozenset([(node, c.as_integer_ratio()) for c, node in self.terms])

    def _said(self) -> str:
        return f"({' + '.join(sorted(f'{node.order} {c}' for c, node in self.terms))}){self.shape}"


class Times(Node):
    """An elementwise product: a coefficient and powers of factors, smaller ones repeated to the shape."""

    __slots__ = ("coefficient", "factors")

    def __init__(self, coefficient: Fraction, factors: tuple[tuple[Node, Fraction], ...], shape: Shape) -> None:
        self.coefficient = coefficient
        self.factors = factors
        # Two whole numbers are looked at sooner than a fraction.
        powers = frozenset([(base._hash, p.as_integer_ratio()) for base, p in factors])
        super().__init__((coefficient.as_integer_ratio(), powers), shape)

    @property
    def members(self) -> tuple[Node, ...]:
        """The bases."""
        return tuple(node for node, _ in self.factors)

    def _parts(self) -> Hashable:
        return self.coefficient.as_integer_ratio(), frozenset([(b, p.as_integer_ratio()) for b, p in self.factors])

    def _said(self) -> str:
        return f"({' ∘ '.join(sorted(f'{node.order}^{p}' for node, p in self.factors))}) {self.coefficient}{self.shape}"


class Chain(Node):
    """A matrix product of two or more factors, none of them a number or a product itself."""

    __slots__ = ("factors",)

    def __init__(self, factors: tuple[Node, ...], shape: Shape) -> None:
        self.factors = factors
        super().__init__(tuple([factor._hash for factor in factors]), shape)

    @property
    def members(self) -> tuple[Node, ...]:
        """The factors in order."""
        return self.factors

    def _parts(self) -> Hashable:
        return self.factors

    def _said(self) -> str:
        return f"({' '.join(factor.order for factor in self.factors)})"


def walk(node: Node) -> Iterator[Node]:
    """Every different node inside, members before what uses them."""
    seen: set[Node] = set()
    stack = [(node, False)]
    while stack:
        current, ready = stack.pop()
        if ready:
            yield current
        elif current not in seen:
            seen.add(current)
            stack.append((current, True))
            stack.extend((member, False) for member in reversed(current.members))


def is_zero(node: Node) -> bool:
    """Whether a node is the empty sum."""
    return isinstance(node, Plus) and not node.terms


def common_size(node: Plus) -> Fraction:
    """The size that all coefficients of a sum share; 1 where they share none."""
    if node.size is None:
        sizes = {abs(c) for c, _ in node.terms}
        node.size = sizes.pop() if len(sizes) == 1 else Fraction(1)
    return node.size


def plainer(one: Node, other: Node) -> Node:
    """Of two forms of the same the one with fewer transposes; where they have as many, always the same one."""
    return min(one, other, key=lambda node: (sum(isinstance(inner, Flip) for inner in walk(node)), node.order))
