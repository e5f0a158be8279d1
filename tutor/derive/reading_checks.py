"""What every line of a reading has to equal, at the numbers that certified the derivation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tutor.core.expression import Apply, Expression, Variable, nodes
from tutor.core.layout import Array, numeric_shape, vec
from tutor.core.program import cotangent_name
from tutor.derive.certify import ROUNDING, Draw
from tutor.derive.conventions import Notation
from tutor.derive.heights import largest
from tutor.derive.index_notation import value
from tutor.derive.rows import Formula
from tutor.derive.step import Certificate, Derivation
from tutor.derive.values import Values
from tutor.language.names import differential_name


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the members of a chain of pairings are equal to.

    Attributes:
        number: Their value.
        source: The name whose cotangent it is a product with.
        share: How many times as large as that cotangent it may be.
        moved: The change of a statement that is not random but follows from another one.
    """

    number: float
    source: str
    share: float
    moved: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Moved:
    """How a formula changes.

    Attributes:
        by: The change.
        rounding: What rounding may leave of it.
    """

    by: Array
    rounding: float


@dataclass(frozen=True)
class Checks:
    """The lines of a reading against the cotangents and changes that the operations' declared Jacobians give.

    Attributes:
        derivation: What is read.
        notation: How its formulas are written.
        draw: The numbers that certified it.
    """

    derivation: Derivation
    notation: Notation
    draw: Draw

    @cached_property
    def _random(self) -> Mapping[str, Array]:
        """A random change of every name, in the shapes of the program."""
        rng = np.random.default_rng(self.draw.seed)
        return {name: rng.standard_normal(self.draw.arrays[name].shape) for name in self.derivation.program.shapes}

    @cached_property
    def _declared(self) -> Values:
        """The values of formulas in the shapes that the program declares."""
        return self.draw.values

    @cached_property
    def _here(self) -> Values:
        """The values of formulas as this notation writes them, and of random changes of every name."""
        arrays = self.draw.arrays | {differential_name(name): array for name, array in self._random.items()}
        return Values({name: array.T if name in self.notation.rows else array for name, array in arrays.items()},
                      self.draw.sizes)

    def rewritten(self, declared: Expression, turned: bool, written: Expression, found: Formula, of: str = "") -> bool:
        """Whether a formula is one of the derivation, written anew.

        Args:
            declared: That of the derivation.
            turned: Whether it is transposed here.
            written: The new one as a matrix formula.
            found: The same as it stands in the reading.
            of: The name whose cotangent or a part of it they give; nothing where they give something else.
        """
        wanted = self._declared.of(declared)
        one, other = wanted.T if turned else wanted, self._found(found, written)
        return (self.draw.compared_with(of, one, other) if of else self.draw.compared(one, other)).holds

    def certificate(self, of: str, written: Expression, found: Formula, turned: bool = False) -> Certificate:
        """A formula against the cotangent of a name."""
        wanted = self.draw.arrays[cotangent_name(of)] if of in self.draw.trusted else None
        if wanted is not None and (of in self.notation.rows) != turned:
            wanted = wanted.T
        return self.draw.compared_with(of, wanted, self._found(found, written))

    def _found(self, found: Formula, written: Expression) -> Array:
        """The value of a formula, or of all the entries that are written for one."""
        if not isinstance(found, tuple):
            return self._here.of(found)
        term, letters = found
        return value(term, letters, numeric_shape(written.shape, self.draw.sizes), self._here.of, self.draw.sizes)

    # --- differentials -----------------------------------------------------------------------------------------------

    def pairing(self, output: str, source: str) -> Wanted:
        """What a change of the source does to the output of the program by way of one link.

        The change of the statement is the link's declared Jacobian times that of the source, so that δo : do is not
        made from the formula it is compared with.
        """
        draw, change = self.draw, self._random[source]
        moved = (self._jacobian(output, source) @ vec(change)).reshape(draw.arrays[output].shape)
        top = output == self.derivation.program.output.name
        arriving = np.ones((1, 1)) if top else draw.arrays[cotangent_name(output)]
        here = moved.T if output in self.notation.rows else moved
        return Wanted(float((arriving * moved).sum()), source, float(np.abs(change).sum()),
                      {differential_name(output): here})

    def _jacobian(self, output: str, source: str) -> Array:
        """The declared Jacobian of a link; it is asked for along a path and again where the paths are added."""
        if (output, source) not in self._jacobians:
            self._jacobians[output, source] = self.draw.local_jacobian(output, source)
        return self._jacobians[output, source]

    @cached_property
    def _jacobians(self) -> dict[tuple[str, str], Array]:
        return {}

    def pairs(self, formula: Expression, wanted: Wanted) -> bool:
        """Whether a pairing has the value that is wanted."""
        found = self._here.of(formula, wanted.moved)
        return self.draw.compared_with(wanted.source, np.array([[wanted.number]]), found, wanted.share).holds

    def changes(self, formula: Expression, moved: Moved, turned: bool) -> bool:
        """Whether a formula is how another one changes; ``turned`` where it is written transposed here."""
        wanted = moved.by.T if turned else moved.by
        return self.draw.compared(wanted, self._here.of(formula), moved.rounding).holds

    def moves(self, output: str) -> Mapping[Expression, Moved]:
        """How every formula inside a statement changes, by the operations' declared Jacobians."""
        sizes, moved = self.draw.sizes, dict[Expression, Array]()
        heights: dict[Expression, Array] = {}  # how large the numbers are that a change is added up from
        sources = {link.source for link in self.derivation.links if link.output == output}
        for node in nodes(self.derivation.program.definitions[output]):
            if isinstance(node, Variable) and node.name in sources:
                moved[node] = self._random[node.name]
                heights[node] = np.abs(moved[node])
            if not isinstance(node, Apply) or not any(operand in moved for operand in node.operands):
                continue
            operation = node.operation.resolved(sizes)
            with np.errstate(all="ignore"):  # where a formula has no value, neither has its change
                jacobians = operation.jacobian(*map(self._declared.of, node.operands))
                ways = [(jacobians[slot.name], operand)
                        for slot, operand in zip(operation.inputs, node.operands, strict=True) if operand in moved]
                change = np.sum([slope @ vec(moved[operand]) for slope, operand in ways], axis=0)
                height = np.sum([np.abs(slope) @ vec(heights[operand]) for slope, operand in ways], axis=0)
            if operation.cancels:
                height = np.maximum(height, max(largest(heights[operand]) for _, operand in ways))
            shape = numeric_shape(node.shape, sizes)
            moved[node], heights[node] = change.reshape(shape), height.reshape(shape)
        return {node: Moved(change, ROUNDING * largest(heights[node])) for node, change in moved.items()}
