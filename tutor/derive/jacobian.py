"""A Jacobian as a matrix formula, read off what it does to a cotangent.

A cotangent goes back as a row times the Jacobian. So where what comes back can be written as ``G M``, with ``G`` the
row of the entries that arrived, ``M`` is the Jacobian, rows = outputs. With the entries of matrices row by row,

* ``L G R`` is that row times ``Lᵀ ⊗ R`` (Matrix Cookbook eq. 520, there for stacked columns),
* ``G ∘ W`` is that row times ``diag(vec(W))``, and ``diag(W)`` for a vector,
* ``Gᵀ`` is that row times the commutation matrix, and sums and repetitions are products with ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Final

from tutor.core.expression import Variable
from tutor.core.layout import SCALAR, Shape, Size, product_size
from tutor.derive.adjoint import Backward
from tutor.derive.algebra import ONE, Algebra
from tutor.derive.names import cotangent
from tutor.derive.nodes import Atom, Call, Chain, Filled, Flip, Node, Plus, Times, Unit, walk
from tutor.derive.simplify import cost, rebuilt, simplify
from tutor.derive.stacking import Commutation
from tutor.ops import determinants, forms, reductions

LONGEST: Final = 160
"""Operations above which the Jacobian of a whole program is not written as one formula."""


def jacobian_form(algebra: Algebra, adjoint: Node, output: Variable) -> Node | None:
    """The Jacobian of a link, or None where it has no matrix form.

    Args:
        algebra: Of the program.
        adjoint: What goes back, by the cotangent of ``output``.
        output: What is differentiated. Of a number by a matrix, the result has the rows side by side.
    """
    reading = _Reading(algebra.fork(joins_diagonals=False), output)
    return reading.by_number(adjoint) if output.shape == SCALAR else reading.matrix(adjoint)


def program_jacobian(walked: Backward, wrt: str) -> Node | None:
    """The Jacobian of a program's output, a matrix, by one of its names: links multiplied, paths added.

    None where one of them has no matrix form, or the whole would be too long to read.
    """
    program = walked.program
    algebra = walked.algebra.fork(joins_diagonals=False)
    size = _entries(program.output.shape)
    found: dict[str, Node] = {program.output.name: Unit((size, size))}
    for name, arrived in walked.arrived.items():
        if name == program.output.name or wrt not in program.depends(name):
            continue
        symbols = {Atom(cotangent(above, program.shapes[above])): above for above in found}
        held = [symbol for symbol in walk(arrived.node) if isinstance(symbol, Atom) and symbol in symbols]
        terms = []
        for symbol in held:
            one = _without(algebra, arrived.node, [other for other in held if other != symbol])
            form = _Reading(algebra, program.variable(symbols[symbol])).matrix(one)
            if form is None:
                return None
            terms.append((ONE, algebra.chain([found[symbols[symbol]], form])))
        whole = simplify(algebra, algebra.plus(terms, (size, _entries(program.shapes[name]))))
        if cost(whole) > LONGEST:
            return None
        found[name] = whole
    return found[wrt]


def _entries(shape: Shape) -> Size:
    """How many entries a matrix of a shape has."""
    return product_size(*shape)


def _without(algebra: Algebra, node: Node, gone: Collection[Node]) -> Node:
    """A formula with zero for some of its names."""
    if node in gone:
        return Plus((), node.shape)
    return rebuilt(algebra, node, lambda member: _without(algebra, member, gone)) if gone else node


class _Reading:
    """Reads the matrix off what one cotangent becomes."""

    def __init__(self, algebra: Algebra, output: Variable) -> None:
        self.algebra = algebra
        self.output = output
        self.symbol = Atom(cotangent(output.name, output.shape))

    def by_number(self, adjoint: Node) -> Node | None:
        """The derivative of a number: what multiplies its cotangent, as a row where it is a vector."""
        algebra = self.algebra
        slope = algebra.times([(adjoint, ONE), (self.symbol, -ONE)], adjoint.shape)
        if self._holds(slope):
            slope = algebra.plus([(c, algebra.times([(t, ONE), (self.symbol, -ONE)], adjoint.shape))
                                  for c, t in algebra.terms(adjoint)], adjoint.shape)
        if self._holds(slope):
            return None
        return algebra.flip(slope) if slope.shape[1] == 1 else slope

    def matrix(self, node: Node) -> Node | None:
        """M where the entries of ``node``, as a row, are those of the symbol times M."""
        algebra, symbol = self.algebra, self.symbol
        size = _entries(symbol.shape)
        match node:
            case Atom() if node == symbol:
                return algebra.number(ONE) if symbol.shape == SCALAR else Unit((size, size))
            case Flip(inner=inner) if inner == symbol:
                return Unit((size, size)) if 1 in symbol.shape else algebra.build(
                    Commutation(), [Atom(self.output)], (size, size))
            case Plus(terms=terms):
                parts = [(c, self.matrix(term)) for c, term in terms]
                known = [(c, part) for c, part in parts if part is not None]
                return algebra.plus(known, (size, _entries(node.shape))) if len(known) == len(parts) else None
            case Times():
                return self._product(node)
            case Chain(factors=factors):
                at = self._only(factors)
                if at is None:
                    return None
                left, right = factors[:at], factors[at + 1 :]
                rows, columns = factors[at].shape
                return self._then(factors[at], algebra.flip(algebra.chain(left)) if left else _unit(rows),
                                  algebra.chain(right) if right else _unit(columns))
            case Call(operation=reductions.Sum() | reductions.RowSum() | reductions.ColSum(), operands=(inner,)):
                return self._then(inner, *(_unit(size) if size == left else Filled((size, 1))
                                           for size, left in zip(inner.shape, node.shape, strict=True)))
            case Call(operation=forms.DiagOf(), operands=(inner,)):
                on_diagonal = Times(ONE, ((inner, ONE), (Unit(inner.shape), ONE)), inner.shape)
                return self.matrix(algebra.sum_of(on_diagonal, node.shape))
            case Call(operation=determinants.Trace(), operands=(inner,)):
                of_inner = self.matrix(inner)
                return None if of_inner is None else algebra.chain([of_inner, algebra.stacked(Unit(inner.shape))])
        return None

    def _product(self, node: Times) -> Node | None:
        """M for an elementwise product in which one factor holds the symbol."""
        algebra = self.algebra
        at = self._only([base for base, _ in node.factors])
        if at is None or node.factors[at][1] != 1:
            return None
        factor = node.factors[at][0]
        number = (algebra.number(node.coefficient), ONE)
        others = [number, *(f for i, f in enumerate(node.factors) if i != at)]
        if isinstance(factor, Plus):
            # Term by term: a number that holds the symbol makes an outer product, and no matrix of ones.
            return self.matrix(Plus(tuple((c, algebra.times([*others, (term, ONE)], node.shape))
                                          for c, term in factor.terms), node.shape))
        numbers = [f for f in others if f[0].shape == SCALAR]
        weights = [f for f in others if f[0].shape != SCALAR and not isinstance(f[0], Filled)]
        if factor.shape == SCALAR:
            inner = self.matrix(factor)
            row = algebra.flip(algebra.stacked(algebra.times(weights, node.shape)))
            product = None if inner is None else algebra.chain([inner, row])
        else:
            # Repeated along an axis, it is multiplied by a row of ones.
            product = self._then(factor, *(_unit(small) if small == large else Filled((1, large))
                                           for small, large in zip(factor.shape, node.shape, strict=True)))
            if product is not None and weights:
                # The coefficient goes with the weights, where a fraction may take it in: diag(1 / (2 h)).
                numbers.remove(number)
                product = algebra.chain([product, self._diagonal([number, *weights], node.shape)])
        return None if product is None else algebra.times([*numbers, (product, ONE)], product.shape)

    def _diagonal(self, weights: Iterable[tuple[Node, Fraction]], shape: Shape) -> Node:
        """The matrix that multiplies entry by entry: of a row I ⊗ diag, of a column diag ⊗ I."""
        algebra, factors = self.algebra, list(weights)
        rows, columns = shape
        if all(base.shape[0] == 1 for base, _ in factors):
            return algebra.kronecker(_unit(rows), algebra.diagonal(algebra.times(factors, (1, columns))))
        if all(base.shape[1] == 1 for base, _ in factors):
            return algebra.kronecker(algebra.diagonal(algebra.times(factors, (rows, 1))), _unit(columns))
        return algebra.diagonal(algebra.stacked(algebra.times(factors, shape)))

    def _then(self, inner: Node, left: Node, right: Node) -> Node | None:
        """What is read off ``inner``, times left ⊗ right."""
        of_inner = self.matrix(inner)
        return None if of_inner is None else self.algebra.chain([of_inner, self.algebra.kronecker(left, right)])

    def _only(self, members: Iterable[Node]) -> int | None:
        """Which one of some nodes holds the symbol; None where several do."""
        holding = [i for i, member in enumerate(members) if self._holds(member)]
        return holding[0] if len(holding) == 1 else None

    def _holds(self, node: Node) -> bool:
        return self.symbol in set(walk(node))


def _unit(size: Size) -> Node:
    return Unit((size, size))
