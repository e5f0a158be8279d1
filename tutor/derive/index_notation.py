"""Index notation: a matrix formula written for one of its entries, with sums where products were.

``((ŷ − y) W2ᵀ) ∘ h`` becomes ``Σ_k (ŷ[k] − y[k]) W2[j, k] · h[j]``. What an operation does entry by entry is known here
for those that move indices; every other one keeps its matrix form and gets the indices behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, nodes
from tutor.core.layout import Array, Size, named_factors, numeric_shape
from tutor.ops import elementwise, forms, linear, reductions

LETTERS: Final = "ijklpqrstuvw"
"""Letters of indices, in the order they are given out."""

Index = str | None
"""A letter; None along a side of length 1."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a matrix: of a name, or of a formula in brackets."""

    of: Expression
    row: Index
    column: Index

    @property
    def indices(self) -> tuple[str, ...]:
        """The letters that are written."""
        return tuple(letter for letter in (self.row, self.column) if letter is not None)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number or a size."""

    value: Fraction | str


@dataclass(frozen=True, slots=True)
class Same:
    """1 where two indices are equal, 0 elsewhere: Kronecker's delta."""

    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of terms, each with whether it is subtracted."""

    terms: tuple[tuple[bool, Term], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors side by side."""

    factors: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """One term over another."""

    above: Term
    below: Term


@dataclass(frozen=True, slots=True)
class Raised:
    """A power."""

    base: Term
    exponent: Fraction


@dataclass(frozen=True, slots=True)
class Applied:
    """A function of one number."""

    operation: elementwise.Elementwise
    argument: Term


@dataclass(frozen=True, slots=True)
class Over:
    """A sum over an index; it reaches to the end of the product it stands before."""

    letter: str
    size: Size
    body: Term


@dataclass(frozen=True, slots=True)
class Slope:
    """The derivative of one entry by another: it is what is to be found, and has no value here."""

    output: Entry
    source: Entry


Term = Entry | Constant | Same | Total | Product | Quotient | Raised | Applied | Over | Slope


def entry_of(expression: Expression, taken: Collection[str] = ()) -> tuple[Term, tuple[Index, Index]]:
    """One entry of a formula, and the letters of its row and its column; ``taken`` are names that no letter has."""
    letters = _letters(expression, taken)
    row = next(letters) if expression.shape[0] != 1 else None
    column = next(letters) if expression.shape[1] != 1 else None
    return _Writing(letters).write(expression, row, column), (row, column)


def by_chain_rule(output: Variable, arriving: Variable, source: Variable, taken: Collection[str]
                  ) -> tuple[Term, tuple[Index, Index]]:
    """What arrives at an entry of a name: the slopes of everything that reads it, each times what arrives there."""
    letters = _letters(source, taken)
    here = tuple(next(letters) if size != 1 else None for size in source.shape)
    there = tuple(next(letters) if size != 1 else None for size in output.shape)
    slope = Slope(Entry(output, *there), Entry(source, *here))
    term: Term = Product((Entry(arriving, *there), slope))
    for letter, size in reversed([pair for pair in zip(there, output.shape, strict=True) if pair[0]]):
        assert letter is not None
        term = Over(letter, size, term)
    return term, (here[0], here[1])


def _letters(expression: Expression, names: Collection[str] = ()) -> Iterator[str]:
    """Letters that no size and no name of the formula has, then numbered ones."""
    taken = {name for node in nodes(expression) for size in node.shape for name in named_factors(size)}
    taken |= {node.name for node in nodes(expression) if isinstance(node, Variable)}
    taken.update(names)
    yield from (letter for letter in LETTERS if letter not in taken)
    count = 1
    while True:
        yield from (f"{letter}{count}" for letter in LETTERS)
        count += 1


class _Writing:
    """Writes entries of formulas, giving out letters as sums need them."""

    def __init__(self, letters: Iterator[str]) -> None:
        self.letters = letters

    def write(self, e: Expression, row: Index, column: Index) -> Term:
        """The entry of a formula at a row and a column."""
        match e:
            case Variable():
                return Entry(e, row if e.shape[0] != 1 else None, column if e.shape[1] != 1 else None)
            case Number(value):
                return Constant(value)
            case Dimension(size):
                return Constant(size)
        assert isinstance(e, Apply)
        operation, operands = e.operation, e.operands
        here: Callable[[Expression], Term] = lambda operand: self.write(operand, row, column)  # noqa: E731
        match operation:
            case linear.Add():
                return _total((False, here(operands[0])), (False, here(operands[1])))
            case linear.Subtract():
                return _total((False, here(operands[0])), (True, here(operands[1])))
            case linear.Negate():
                return _total((True, here(operands[0])))
            case linear.Hadamard():
                return _product(here(operands[0]), here(operands[1]))
            case linear.Scale():
                return _product(self.write(operands[0], None, None), here(operands[1]))
            case linear.Divide():
                return Quotient(here(operands[0]), here(operands[1]))
            case elementwise.Power(exponent):
                return Raised(here(operands[0]), exponent)
            case elementwise.Elementwise():
                return Applied(operation, here(operands[0]))
            case linear.Transpose():
                return self.write(operands[0], column, row)
            case linear.MatMul():
                return self._over(operands[0].shape[1], lambda k: _product(
                    self.write(operands[0], row, k), self.write(operands[1], k, column)))
            case reductions.Broadcast():
                rows, columns = operands[0].shape
                return self.write(operands[0], row if rows != 1 else None, column if columns != 1 else None)
            case reductions.Sum():
                return self._over(operands[0].shape[0], lambda i: self._over(
                    operands[0].shape[1], lambda j: self.write(operands[0], i, j)))
            case reductions.RowSum():
                return self._over(operands[0].shape[1], lambda j: self.write(operands[0], row, j))
            case reductions.ColSum():
                return self._over(operands[0].shape[0], lambda i: self.write(operands[0], i, column))
            case forms.Ones():
                return Constant(Fraction(1))
            case forms.Zeros():
                return Constant(Fraction(0))
            case forms.Identity() if row is not None and column is not None:
                return Same(row, column)
            case forms.Diag() if row is not None and column is not None:
                along = (None, column) if operands[0].shape[0] == 1 else (row, None)
                return _product(Same(row, column), self.write(operands[0], *along))
        return Entry(e, row, column)

    def _over(self, size: Size, body: Callable[[Index], Term]) -> Term:
        """A sum over a side, unless it has length 1."""
        if size == 1:
            return body(None)
        letter = next(self.letters)
        return Over(letter, size, body(letter))


def _total(*terms: tuple[bool, Term]) -> Term:
    flat: list[tuple[bool, Term]] = []
    for minus, term in terms:
        inner = term.terms if isinstance(term, Total) else ((False, term),)
        flat.extend((minus != other, part) for other, part in inner)
    return flat[0][1] if len(flat) == 1 and not flat[0][0] else Total(tuple(flat))


def _product(*factors: Term) -> Term:
    flat: list[Term] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Product) else (factor,))
    kept = [f for f in flat if f != Constant(Fraction(1))] or [Constant(Fraction(1))]
    # A sum reaches to the right, so what does not depend on its index stands to its left.
    kept.sort(key=lambda f: isinstance(f, Over))
    return kept[0] if len(kept) == 1 else Product(tuple(kept))


def value(term: Term, letters: tuple[Index, Index], shape: tuple[int, int], of: Callable[[Expression], Array],
          sizes: Mapping[str, int]) -> Array:
    """The matrix whose entries a term writes, (n, m): every index run through, one by one.

    Args:
        term: One entry.
        letters: Those of its row and its column.
        shape: That of the matrix.
        of: The value of a matrix that is in the term.
        sizes: The number each named size has.
    """
    found = np.empty(shape)

    # NumPy's own numbers: where a formula has no value, theirs is NaN or infinite, and fails its certificate.
    def at(term: Term, places: Mapping[str, int]) -> np.float64:
        match term:
            case Entry(of=matrix, row=row, column=column):
                return np.float64(of(matrix)[places[row] if row else 0, places[column] if column else 0])
            case Constant(value=number):
                return np.float64(sizes[number] if isinstance(number, str) else number)
            case Same(one=one, other=other):
                return np.float64(places[one] == places[other])
            case Total(terms=terms):
                return np.float64(sum(-at(part, places) if minus else at(part, places) for minus, part in terms))
            case Product(factors=factors):
                return np.float64(np.prod([at(factor, places) for factor in factors]))
            case Quotient(above=above, below=below):
                return np.float64(at(above, places) / at(below, places))
            case Raised(base=base, exponent=exponent):
                return np.float64(at(base, places) ** np.float64(exponent))
            case Applied(operation=operation, argument=argument):
                return np.float64(operation.value(np.array([[at(argument, places)]]))[0, 0])
            case Slope():
                return np.float64(np.nan)
            case Over(letter=letter, size=size, body=body):
                count, _ = numeric_shape((size, 1), sizes)
                return np.float64(sum(at(body, {**places, letter: i}) for i in range(count)))

    with np.errstate(all="ignore"):
        for i, j in np.ndindex(*shape):
            found[i, j] = at(term, {letter: k for letter, k in zip(letters, (i, j), strict=True) if letter})
    return found
