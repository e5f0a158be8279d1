"""Values of formulas at some numbers; what several formulas have in common is computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np

from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, nodes, operands_of
from tutor.core.layout import Array, numeric_shape

LARGEST: Final = 2_000
"""Entries up to which the value of a formula is kept for the next one it stands in."""

_NOTHING: Final[Mapping[str, Array]] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Values:
    """The values of formulas.

    Attributes:
        arrays: Name -> its value.
        sizes: The number each named size has.
    """

    arrays: Mapping[str, Array]
    sizes: Mapping[str, int]
    _known: dict[Expression, Array] = field(default_factory=dict, repr=False)

    def of(self, formula: Expression, instead: Mapping[str, Array] = _NOTHING) -> Array:
        """The value of a formula; ``instead`` has other values for some names."""
        if not instead and formula in self._known:
            return self._known[formula]
        return self.inside(formula, instead)[formula]

    def inside(self, formula: Expression, instead: Mapping[str, Array] = _NOTHING) -> Mapping[Expression, Array]:
        """The values of a formula and of every formula inside it."""
        found: dict[Expression, Array] = {}
        other: set[Expression] = set()
        with np.errstate(all="ignore"):
            for node in nodes(formula):
                if isinstance(node, Variable) and node.name in instead:
                    found[node] = instead[node.name]
                    other.add(node)
                elif other and not other.isdisjoint(operands_of(node)):
                    found[node] = self._value(node, found)
                    other.add(node)
                elif node in self._known:
                    found[node] = self._known[node]
                else:
                    found[node] = self._value(node, found)
                    if found[node].size <= LARGEST:
                        self._known[node] = found[node]
        return found

    def _value(self, node: Expression, found: Mapping[Expression, Array]) -> Array:
        match node:
            case Variable(name):
                return self.arrays[name]
            case Number(number):
                return np.array([[float(number)]])
            case Dimension(name):
                return np.array([[float(numeric_shape((name, 1), self.sizes)[0])]])
            case Apply(operation, operands):
                return operation.resolved(self.sizes).value(*[found[operand] for operand in operands])
