"""Diagonal matrices, columns of entries, and Kronecker products: the matrices that Jacobians are made of."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from fractions import Fraction

from tutor.core.layout import SCALAR, Shape, product_size
from tutor.derive.gates import GateAlgebra
from tutor.derive.nodes import Call, Chain, Filled, Flip, Node, Plus, Times, Unit, common_size, is_zero, plainer
from tutor.derive.stacking import Stacked
from tutor.derive.terms import ONE, Rewrite, is_one
from tutor.ops import forms


class BlockAlgebra(GateAlgebra):
    """Builds canonical block matrices, and lets those beside each other meet."""

    @abstractmethod
    def chain(self, factors: Iterable[Node]) -> Node:
        """A matrix product."""

    @abstractmethod
    def flip(self, node: Node) -> Node:
        """The transpose."""

    def row_product(self, left: Node, right: Node) -> Node:
        """Two rows as u vᵀ."""
        return self.chain([left, self.flip(right)])

    def times(self, factors: Iterable[tuple[Node, Fraction]], shape: Shape) -> Node:
        """An elementwise product; Kronecker products among its factors meet."""
        product = super().times(factors, shape)
        if not isinstance(product, Times):
            return product
        blocks = self._blocks(product) or self._blocks_of_sum(product)
        return product if blocks is None else blocks

    def _blocks_of_sum(self, product: Times) -> Node | None:
        """A sum of Kronecker products beside one, term by term, so that they meet."""
        first = next((base for base, power in product.factors if factors_of_kronecker(base) and power == 1), None)
        for base, power in product.factors if first is not None else ():
            if _is_sum_of_blocks(base) and power == 1 and isinstance(base, Plus):
                kept = [factor for factor in product.factors if factor[0] is not base]
                terms = [(c, self.times([*kept, (term, ONE)], product.shape)) for c, term in base.terms]
                return self.scaled(product.coefficient, self.plus(terms, product.shape))
        return None

    def plus(self, terms: Iterable[tuple[Fraction, Node]], shape: Shape) -> Node:
        """A sum; diagonal matrices among its terms are one."""
        total = super().plus(terms, shape)
        diagonals = [(c, term) for c, term in self.terms(total) if _is_diagonal(term)]
        if len(diagonals) < 2:
            return total
        vectors = [(c, term.members[0]) for c, term in diagonals]
        wanted = vectors[0][1].shape
        inner = self.plus([(c, v if v.shape == wanted else self.flip(v)) for c, v in vectors], wanted)
        others = [t for t in self.terms(total) if not _is_diagonal(t[1])]
        return super().plus([*others, (ONE, Plus((), shape) if is_zero(inner) else self.diagonal(inner))], shape)

    def _blocks(self, product: Times) -> Node | None:
        """(A ⊗ B) ∘ (C ⊗ D) = (A ∘ C) ⊗ (B ∘ D), where the blocks have equal shapes; I is I ⊗ I."""
        first = next((base for base, power in product.factors if factors_of_kronecker(base) and power > 0), None)
        if first is None:
            return None
        left, right = factors_of_kronecker(first)
        pairs, others = [], []
        for base, power in product.factors:
            pair = factors_of_kronecker(base) if power > 0 and power.denominator == 1 else ()
            square = left.shape[0] == left.shape[1] and right.shape[0] == right.shape[1]
            if isinstance(base, Unit) and base.shape == product.shape and square:
                pair = (Unit(left.shape), Unit(right.shape))
            if pair and (pair[0].shape, pair[1].shape) == (left.shape, right.shape):
                pairs.append((pair, power))
            else:
                others.append((base, power))
        if sum(power for _, power in pairs) < 2:
            return None
        sides = (self.times([(pair[side], power) for pair, power in pairs], (left, right)[side].shape)
                 for side in (0, 1))
        after = self.times([(self.number(product.coefficient), ONE), (self.kronecker(*sides), ONE), *others],
                           product.shape)
        self.log.append(Rewrite("blocks", (product,), after))
        return after

    def meet_known(self, factors: list[Node]) -> Node | None:
        """A matrix product with neighbours in it whose product the program makes known."""
        if not self.facts.products and not any(map(factors_of_kronecker, factors)):
            return None
        for length in (2, 3):
            for at in range(len(factors) - length + 1):
                part = factors[at : at + length]
                known = self.known(Chain(tuple(part), (part[0].shape[0], part[-1].shape[1]))) or (
                    self._known_partly(*part) if length == 2 else None)
                if known is not None:
                    return self.chain([*factors[:at], known, *factors[at + length :]])
        return None

    def _known_partly(self, left: Node, right: Node) -> Node | None:
        """A product with a sum, multiplied out where one of the products is known, or where blocks meet."""
        shape = (left.shape[0], right.shape[1])
        for total, other, first in ((left, right, True), (right, left, False)):
            terms = total.terms if isinstance(total, Plus) else ()
            pairs = [(c, (term, other) if first else (other, term)) for c, term in terms]
            blocks = self.joins_diagonals and _is_sum_of_blocks(total) and factors_of_kronecker(other)
            if blocks or any(Chain(pair, shape) in self.facts.products for _, pair in pairs):
                after = self.plus([(c, self.chain(pair)) for c, pair in pairs], shape)
                self.log.append(Rewrite("distribute", (Chain((left, right), shape),), after))
                return after
        return None

    def meet_blocks(self, left: Node, right: Node) -> Node | None:
        """(A ⊗ B) (C ⊗ D) = A C ⊗ B D, where the sizes fit; beside rows or columns a matrix M is 1 ⊗ M or M ⊗ 1."""
        of_left, of_right = factors_of_kronecker(left), factors_of_kronecker(right)
        one = self.number(ONE)
        pairs: list[tuple[tuple[Node, Node], tuple[Node, Node]]] = []
        if of_left and of_right:
            pairs.append(((of_left[0], of_right[0]), (of_left[1], of_right[1])))
        elif of_left:
            pairs += [((of_left[0], one), (of_left[1], right)), ((of_left[0], right), (of_left[1], one))]
        elif of_right:
            pairs += [((one, of_right[0]), (left, of_right[1])), ((left, of_right[0]), (one, of_right[1]))]
        for first, second in pairs:
            if all(a.shape[1] == b.shape[0] for a, b in (first, second)):
                return self.kronecker(self.chain(first), self.chain(second))
        return None

    def meet_stacked(self, left: Node, right: Node) -> Node | None:
        """(A ⊗ B) vec X = vec(A X Bᵀ), and (vec X)ᵀ (A ⊗ B) = (vec(Aᵀ X B))ᵀ."""
        if (pair := factors_of_kronecker(left)) and right.shape[1] == 1 and (X := unstacked(right)) is not None:
            A, B = pair
            if (A.shape[1], B.shape[1]) == X.shape:
                return self.stacked(self.chain([A, X, self.flip(B)]))
        if (pair := factors_of_kronecker(right)) and left.shape[0] == 1 and (X := unstacked(left)) is not None:
            A, B = pair
            if (A.shape[0], B.shape[0]) == X.shape:
                return self.flip(self.stacked(self.chain([self.flip(A), X, B])))
        return None

    def meet_sums(self, left: Node, middle: Node, right: Node) -> Node | None:
        """Sums of the entries of X, each with its own weight: (I ⊗ 1ᵀ) diag(vec X) (1 ⊗ I) is X."""
        X = unstacked(middle.members[0]) if _is_diagonal(middle) else None
        if X is None:
            return None
        rows, columns = X.shape
        match _kept(left, X.shape, 0), _kept(right, X.shape, 1):
            case ("rows", "columns"):
                return X
            case ("columns", "rows"):
                return self.flip(X)
            case ("rows", "rows"):
                return self.diagonal(self.reduce(X, (rows, 1)))
            case ("columns", "columns"):
                return self.diagonal(self.reduce(X, (1, columns)))
        return None

    def _numbers(self, factor: Node) -> tuple[list[tuple[Node, Fraction]], Node]:
        """The scalar factors of a member of a chain, and what is left."""
        if isinstance(factor, Plus) and factor.shape != SCALAR and (content := common_size(factor)) != 1:
            return [(self.number(content), ONE)], self.scaled(1 / content, factor)
        if not isinstance(factor, Times) or factor.shape == SCALAR:
            return ([(factor, ONE)], self.number(ONE)) if factor.shape == SCALAR else ([], factor)
        scalars = [(base, power) for base, power in factor.factors if base.shape == SCALAR]
        if not scalars and factor.coefficient == 1:
            return [], factor
        rest = self._times(ONE, tuple(f for f in factor.factors if f[0].shape != SCALAR), factor.shape)
        return [(self.number(factor.coefficient), ONE), *scalars], rest

    def diagonal(self, vector: Node) -> Node:
        """The diagonal matrix of a row or a column."""
        length = vector.shape[1] if vector.shape[0] == 1 else vector.shape[0]
        if is_one(vector) or isinstance(vector, Filled):
            return Unit((length, length))
        if isinstance(vector, Times):
            # A number stands in front, and stays where there is a fraction to take it in: 2 diag(h), diag(2 / h).
            fraction = any(power < 0 for _, power in vector.factors)
            front = Fraction(vector.coefficient.numerator) if fraction else vector.coefficient
            if all(power < 0 for base, power in vector.factors if not isinstance(base, Filled)):
                front = Fraction(1 if front > 0 else -1)
            if front != 1:
                rest = self._times(vector.coefficient / front, vector.factors, vector.shape)
                return self.scaled(front, self.diagonal(rest))
        return Call(forms.Diag(), (plainer(vector, self.flip(vector)),), (length, length))

    def stacked(self, matrix: Node) -> Node:
        """The entries of a matrix in one column, row by row; a number stays in front."""
        rows, columns = matrix.shape
        if 1 in matrix.shape:
            return matrix if columns == 1 else self.flip(matrix)
        shape = (product_size(rows, columns), 1)
        if isinstance(matrix, Filled) or is_zero(matrix):
            return Filled(shape) if isinstance(matrix, Filled) else Plus((), shape)
        if isinstance(matrix, Times) and matrix.coefficient != 1:
            rest = self._times(ONE, matrix.factors, matrix.shape)
            return self.scaled(matrix.coefficient, self.stacked(rest))
        return Call(Stacked(), (matrix,), shape)

    def kronecker(self, left: Node, right: Node) -> Node:
        """A ⊗ B; numbers in front, and left out where one of them is the number 1."""
        numbers: list[tuple[Node, Fraction]] = []
        factors: list[Node] = []
        for factor in (left, right):
            unit = isinstance(factor, Unit) and factor.shape == SCALAR
            outside, rest = self._numbers(self.number(ONE) if unit else factor)
            numbers.extend(outside)
            factors.append(rest)
        left, right = factors
        shape = (product_size(left.shape[0], right.shape[0]), product_size(left.shape[1], right.shape[1]))
        if is_zero(left) or is_zero(right):
            return Plus((), shape)
        if SCALAR in (left.shape, right.shape):
            product = right if left.shape == SCALAR else left
        elif isinstance(left, Unit) and isinstance(right, Unit):
            product = Unit(shape)
        elif isinstance(left, Filled) and isinstance(right, Filled):
            product = Filled(shape)
        else:
            product = Call(forms.Kronecker(), (left, right), shape)
        return self.times([*numbers, (product, ONE)], shape) if numbers else product


def _kept(side: Node, shape: Shape, axis: int) -> str:
    """Which index a factor of ones and an identity keeps: that of the rows of a matrix, or of its columns."""
    match factors_of_kronecker(side):
        case (Unit() as unit, Filled() as ones) if ones.shape[axis] == 1 and (
                unit.shape[0], ones.shape[1 - axis]) == shape:
            return "rows"
        case (Filled() as ones, Unit() as unit) if ones.shape[axis] == 1 and (
                ones.shape[1 - axis], unit.shape[0]) == shape:
            return "columns"
    return ""


def _is_diagonal(node: Node) -> bool:
    return isinstance(node, Call) and isinstance(node.operation, forms.Diag)


def factors_of_kronecker(node: Node) -> tuple[Node, ...]:
    """The two factors of A ⊗ B, nothing of any other node."""
    return node.operands if isinstance(node, Call) and isinstance(node.operation, forms.Kronecker) else ()


def _is_sum_of_blocks(node: Node) -> bool:
    """Whether a node is a sum of Kronecker products, or of numbers times them."""
    if not isinstance(node, Plus) or node.shape == SCALAR:
        return False
    matrices = [[base for base, _ in term.factors if base.shape != SCALAR] if isinstance(term, Times) else [term]
                for _, term in node.terms]
    return bool(matrices) and all(len(found) == 1 and factors_of_kronecker(found[0]) for found in matrices)


def unstacked(node: Node) -> Node | None:
    """The matrix whose entries stand in a column or, turned, in a row."""
    inner = node.inner if isinstance(node, Flip) else node
    return inner.operands[0] if isinstance(inner, Call) and isinstance(inner.operation, Stacked) else None
