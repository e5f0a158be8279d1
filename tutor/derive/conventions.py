"""The conventions a derivation can be read in, and how formulas are written in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Final, Literal, TypeAlias

from tutor.core.expression import Apply, Expression, Variable, apply, nodes, variables
from tutor.core.layout import SCALAR
from tutor.core.program import Program, cotangent_name
from tutor.derive.algebra import Algebra, Facts
from tutor.derive.display import shown
from tutor.derive.nodes import Atom, Flip, Node
from tutor.language.names import differential_name
from tutor.ops import build, elementwise, forms, linear, losses, measures, reductions

Style = Literal["chain", "differential", "index"]
Vectors = Literal["row", "column"]
Layout = Literal["gradient", "numerator"]
STYLES: Final[tuple[Style, ...]] = ("chain", "differential", "index")
VECTORS: Final[tuple[Vectors, ...]] = ("row", "column")
LAYOUTS: Final[tuple[Layout, ...]] = ("gradient", "numerator")


@dataclass(frozen=True, slots=True)
class Convention:
    """How a derivation is read.

    Attributes:
        vectors: Whether what the program declares as rows is written as rows or as columns.
        style: Jacobian products, differentials with the Frobenius product, or index notation.
        layout: The derivative in the variable's shape; or transposed, as numerator layout has it.
        spelled: Whether every step is written with no cotangent abbreviated.
    """

    vectors: Vectors = "row"
    style: Style = "chain"
    layout: Layout = "gradient"
    spelled: bool = False

    @classmethod
    def named(cls, words: str) -> Convention:
        """The convention that :attr:`words` names; what is no word of it says nothing."""
        said = set(words.split())
        usual = cls()
        return cls(next((v for v in VECTORS if v in said), usual.vectors),
                   next((s for s in STYLES if s in said), usual.style),
                   next((y for y in LAYOUTS if y in said), usual.layout), _SPELLED in said)

    @property
    def words(self) -> str:
        """What it is called in settings and files: ``column differential gradient``."""
        return " ".join([self.vectors, self.style, self.layout, *([_SPELLED] if self.spelled else [])])

    @property
    def turned(self) -> bool:
        """Whether the product of Jacobians stands transposed, the variable's first."""
        return (self.vectors == "column") != (self.layout == "numerator")


Standing: TypeAlias = Literal["as it is", "transposed", "vec"]
"""How a gradient stands in a product of Jacobians, which is a row, or a column where it is turned."""


def standing(program: Program, name: str, convention: Convention) -> Standing:
    """How the gradient of a number by a name, in the shape that the layout gives it, stands in the product."""
    rows, columns = program.shapes[name]
    if rows == columns == 1:
        return "as it is"
    if 1 not in (rows, columns):
        return "vec"
    is_column = (columns == 1 or convention.vectors == "column") != (convention.layout == "numerator")
    return "transposed" if is_column != convention.turned else "as it is"


_SPELLED: Final = "spelled"
_FREE: Final = (reductions.Sum, measures.Mean, measures.Norm1, measures.Norm2, linear.Frobenius, losses.CrossEntropy,
                losses.BinaryCrossEntropy, losses.MeanSquaredError)
"""Operations to a number that ask only which entries stand beside each other, not whether in a row or a column."""


@dataclass(frozen=True)
class Notation:
    """How formulas of a program are written with rows, or with columns.

    Attributes:
        program: Whose names they have.
        vectors: Whether rows are written as rows or as columns.
    """

    program: Program
    vectors: Vectors

    @cached_property
    def rows(self) -> frozenset[str]:
        """The names that are rows and are written as columns, with their cotangents and differentials."""
        shapes = self.program.shapes if self.vectors == "column" else {}
        return frozenset(said for name, (rows, columns) in shapes.items() if rows == 1 and columns != 1
                         for said in (name, cotangent_name(name), differential_name(name)))

    @cached_property
    def _given(self) -> frozenset[str]:
        return frozenset(d.name for d in self.program.declarations)

    def written(self, formula: Expression, flipped: bool = False) -> Expression:
        """A formula with this notation's vectors; or its transpose."""
        if not flipped and not any(v.name in self.rows for v in variables(formula)):
            return formula
        if (formula, flipped) not in self._wholes:
            found = self._as_whole(formula, flipped)
            # A sum of products turned as a whole has more transposes than its terms turned one by one.
            self._wholes[formula, flipped] = found if not _is_transpose(found) else min(
                found, self.jacobian(formula, flipped), key=_transposes)
        return self._wholes[formula, flipped]

    @cached_property
    def _wholes(self) -> dict[tuple[Expression, bool], Expression]:
        """What was written as a whole before: the lines of a step end with what the next one begins with."""
        return {}

    def _as_whole(self, formula: Expression, flipped: bool) -> Expression:
        known: dict[Expression, Node] = {v: Flip(Atom(Variable(v.name, (v.shape[1], v.shape[0]))))
                                         for v in variables(formula) if v.name in self.rows}
        algebra = Algebra(Facts(), joins_diagonals=True)
        node = algebra.read(formula, known)
        return shown(algebra.flip(node) if flipped else node, self._given)

    def is_turned(self, e: Expression) -> bool:
        """Whether a formula that is a row in the program is a column here."""
        return bool(self.rows) and e.shape[0] == 1 != e.shape[1]

    def jacobian(self, e: Expression, flipped: bool) -> Expression:
        """A formula or its transpose, operation by operation, so that diag(s) W stays a product of matrices."""
        flipped = flipped and e.shape != SCALAR
        if not flipped and not self.rows:
            return e
        if (e, flipped) not in self._known:
            self._known[e, flipped] = self._step_by_step(e, flipped)
        return self._known[e, flipped]

    @cached_property
    def _known(self) -> dict[tuple[Expression, bool], Expression]:
        """What was written before: a formula and its transpose are made of those of its operands."""
        return {}

    def _step_by_step(self, e: Expression, flipped: bool) -> Expression:
        if isinstance(e, Variable):
            row = e.name in self.rows
            meant = Variable(e.name, (e.shape[1], e.shape[0])) if row else e
            return meant if row == flipped else build.transpose(meant)
        if not isinstance(e, Apply):
            return e
        operation, operands = e.operation, e.operands
        match operation:
            case linear.Transpose():
                return self.jacobian(operands[0], not flipped)
            case linear.MatMul():
                factors = [self.jacobian(factor, flipped) for factor in _factors(e)]
                return reduce(build.product, reversed(factors) if flipped else factors)
            case forms.Diag():  # of a row or of a column it is the same matrix
                return apply(operation, self.jacobian(operands[0], operands[0].shape[0] == 1 and bool(self.rows)))
            case forms.Identity():
                return e
            case _ if isinstance(operation, _FREE):
                return apply(operation, *(self.jacobian(o, self.is_turned(o)) for o in operands))
            case reductions.RowSum() | reductions.ColSum():
                other = reductions.ColSum() if isinstance(operation, reductions.RowSum) else reductions.RowSum()
                turned = self.is_turned(operands[0]) if 1 in operands[0].shape else flipped
                return apply(other if turned else operation, self.jacobian(operands[0], turned))
            case forms.Kronecker():
                return apply(operation, *(self.jacobian(o, flipped) for o in operands))
            case (linear.Add() | linear.Subtract() | linear.Negate() | linear.Scale() | linear.Hadamard()
                  | linear.Divide() | elementwise.Elementwise() | reductions.Broadcast()):
                inside, around = (self._entrywise(e, side) for side in (flipped, not flipped))
                around = build.transpose(around)
                return min(inside, around, key=_transposes)
        return self._as_whole(e, flipped)

    def _entrywise(self, e: Apply, flipped: bool) -> Expression:
        operands = [self.jacobian(o, flipped) for o in e.operands]
        if isinstance(e.operation, reductions.Broadcast):
            return reductions.spread(operands[0], (e.shape[1], e.shape[0]) if flipped else e.shape)
        return apply(e.operation, *operands)


def _is_transpose(e: Expression) -> bool:
    return isinstance(e, Apply) and isinstance(e.operation, linear.Transpose)


def _transposes(e: Expression) -> int:
    return sum(isinstance(node, Apply) and isinstance(node.operation, linear.Transpose) for node in nodes(e))


def _factors(e: Expression) -> Iterator[Expression]:
    """The factors of a matrix product, from left to right."""
    if isinstance(e, Apply) and isinstance(e.operation, linear.MatMul):
        for operand in e.operands:
            yield from _factors(operand)
    else:
        yield e
