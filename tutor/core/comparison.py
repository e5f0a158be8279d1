"""What a gradient check found: two gradients, or Jacobians, side by side, and a verdict for every entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np

from tutor.core.layout import Array

Method = Literal["central", "forward", "complex"]
METHODS: Final[tuple[Method, ...]] = ("central", "forward", "complex")

FLOOR: Final = 1e-6
"""Smaller numbers are compared as if they were this large; as this share of the largest slope if that is below 1."""

AGREES, DIFFERS, CANNOT_TELL = "agrees", "differs", "cannot tell"


class Ends(NamedTuple):
    """The entries that are the rows and the columns of a Jacobian.

    Attributes:
        output: The output's name.
        outputs: Its shape.
        inputs: The shape of the name.
    """

    output: str
    outputs: tuple[int, ...]
    inputs: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Comparison:
    """The two gradients of one name, side by side; of an output that is a matrix the two Jacobians.

    Attributes:
        name: The variable or intermediate.
        analytic: (n, m) from the derivation: in the shape of the name, or a row for each entry of the output.
        numeric: (n, m) from differences; NaN where an entry was not measured.
        relative: (n, m) relative errors, |a − d| / max(|a|, |d|, :data:`FLOOR`).
        verdicts: (n, m) of :data:`AGREES`, :data:`DIFFERS`, :data:`CANNOT_TELL`.
        reasons: (row, column) -> why it cannot be told, for measured entries.
        measured: How many entries were measured; all of them unless the matrix is very large.
        ends: What the rows and columns of Jacobians are; None for gradients.
    """

    name: str
    analytic: Array
    numeric: Array
    relative: Array
    verdicts: Array
    reasons: Mapping[tuple[int, int], str]
    measured: int
    ends: Ends | None = None

    @property
    def worst(self) -> tuple[int, int]:
        """The entry with the largest relative error among those that can be told."""
        told = np.where((self.verdicts == CANNOT_TELL) | np.isnan(self.relative), -1.0, self.relative)
        row, column = np.unravel_index(int(np.argmax(told)), told.shape)
        return int(row), int(column)

    @property
    def max_rel(self) -> float:
        """The largest relative error among the entries that can be told; NaN where none can."""
        row, column = self.worst
        told = self.verdicts[row, column] != CANNOT_TELL
        return float(self.relative[row, column]) if told else float("nan")

    @property
    def max_abs(self) -> float:
        """The largest absolute difference among the measured entries."""
        with np.errstate(invalid="ignore"):  # infinity less infinity, at entries that cannot be told
            gaps = np.abs(self.analytic - self.numeric)[self.verdicts != CANNOT_TELL]
        return float(gaps.max()) if gaps.size else float("nan")

    @property
    def verdict(self) -> str:
        """The verdict on the whole: differs if any entry does, cannot tell if any cannot, else agrees."""
        if self.count(DIFFERS):
            return DIFFERS
        unclear = CANNOT_TELL if self.reasons else AGREES
        return unclear if self.count(AGREES) else CANNOT_TELL

    def count(self, verdict: str) -> int:
        """How many entries have a verdict."""
        return int((self.verdicts == verdict).sum())


@dataclass(frozen=True, eq=False)
class Check:
    """The gradient check of a problem: every variable and every intermediate.

    Attributes:
        method: How the slope was measured.
        step: The step before it is scaled with max(1, |x|).
        limit: The relative error up to which an entry agrees.
        variables: One comparison a name, declared variables first.
    """

    method: Method
    step: float
    limit: float
    variables: Mapping[str, Comparison]

    def count(self, verdict: str) -> int:
        """How many entries of all variables have a verdict."""
        return sum(c.count(verdict) for c in self.variables.values())

    @property
    def total(self) -> int:
        """How many entries were measured."""
        return sum(c.measured for c in self.variables.values())

    @property
    def worst(self) -> Comparison | None:
        """The comparison with the largest relative error."""
        return max(self.variables.values(), key=lambda c: -1.0 if np.isnan(c.max_rel) else c.max_rel, default=None)
