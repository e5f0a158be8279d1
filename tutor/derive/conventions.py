"""The conventions a derivation can be read in, and how formulas are written in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Final, Literal

from tutor.core.expression import Apply, Expression, Variable, apply, nodes, variables
from tutor.core.program import Program, cotangent_name
from tutor.derive.algebra import Algebra, Facts
from tutor.derive.display import shown
from tutor.derive.nodes import Atom, Flip, Node
from tutor.derive.words import Sentence
from tutor.language.names import differential_name
from tutor.ops import build, elementwise, forms, linear, reductions
from tutor.ops.determinants import Trace

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

    @property
    def notes(self) -> tuple[Sentence, ...]:
        """What a reader has to know of a convention that is not the usual one."""
        found = []
        if self.vectors == "column":
            found.append(Sentence("Vectors are columns here: what the program writes as a row stands transposed."))
        if self.style == "differential":
            found.append(Sentence("{AB} is the sum of the products of entries, {trace}. What stands before the : and a "
                                  "name's differential is the gradient by that name.", _PAIRING))
        if self.layout == "numerator" and self.style == "index":
            found.append(Sentence("Index notation names each entry, so the layout makes no difference."))
        elif self.layout == "numerator":
            found.append(Sentence("Numerator layout: the derivative {D} by {X} is the one with {trace}, so it has the "
                                  "transposed shape of {X}.", _NUMERATOR))
        return tuple(found)


_SPELLED: Final = "spelled"
_A, _B, _X = (Variable(name, ("n", "m")) for name in "ABX")
_D, _DX = Variable("D", ("m", "n")), Variable(differential_name("X"), ("n", "m"))
_PAIRING: Final = (("AB", apply(linear.Frobenius(), _A, _B)),
                   ("trace", apply(Trace(), build.product(build.transpose(_A), _B))))
_NUMERATOR: Final = (("D", _D), ("X", _X), ("trace", apply(Trace(), build.product(_D, _DX))))


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
        known: dict[Expression, Node] = {v: Flip(Atom(Variable(v.name, (v.shape[1], v.shape[0]))))
                                         for v in variables(formula) if v.name in self.rows}
        if not flipped and not known:
            return formula
        algebra = Algebra(Facts(), joins_diagonals=True)
        node = algebra.read(formula, known)
        return shown(algebra.flip(node) if flipped else node, self._given)

    def jacobian(self, e: Expression, flipped: bool) -> Expression:
        """A Jacobian or its transpose, operation by operation, so that diag(s) W stays a product of matrices."""
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
            case forms.Kronecker():
                return apply(operation, *(self.jacobian(o, flipped) for o in operands))
            case (linear.Add() | linear.Subtract() | linear.Negate() | linear.Scale() | linear.Hadamard()
                  | linear.Divide() | elementwise.Elementwise() | reductions.Broadcast()):
                inside, around = (self._entrywise(e, side) for side in (flipped, not flipped))
                around = build.transpose(around)
                return min(inside, around, key=_transposes)
        return self.written(e, flipped)

    def _entrywise(self, e: Apply, flipped: bool) -> Expression:
        operands = [self.jacobian(o, flipped) for o in e.operands]
        if isinstance(e.operation, reductions.Broadcast):
            return reductions.spread(operands[0], (e.shape[1], e.shape[0]) if flipped else e.shape)
        return apply(e.operation, *operands)


def _transposes(e: Expression) -> int:
    return sum(isinstance(node, Apply) and isinstance(node.operation, linear.Transpose) for node in nodes(e))


def _factors(e: Expression) -> Iterator[Expression]:
    """The factors of a matrix product, from left to right."""
    if isinstance(e, Apply) and isinstance(e.operation, linear.MatMul):
        for operand in e.operands:
            yield from _factors(operand)
    else:
        yield e
