"""What was tried on a formula: the same parts are met again in every pass, and inside one another."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tutor.derive.nodes import Node

if TYPE_CHECKING:
    from tutor.derive.collecting import Way
    from tutor.derive.terms import Rewrite

Form: TypeAlias = "tuple[Node, tuple[Rewrite, ...]]"
"""Another form of a node, and the identities that lead to it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Other forms of one node.

    Attributes:
        rewritten: By one identity.
        ways: Of a sum: the common factors that can be taken out of it.
        spread: With products multiplied out.
        ways_after: Of each of these that is a sum, the same.
    """

    rewritten: tuple[Form, ...]
    ways: tuple[Way, ...]
    spread: tuple[Form, ...]
    ways_after: tuple[tuple[Way, ...], ...]


@dataclass
class Tried:
    """What was tried on nodes; those that are equal but stand in another order are kept apart.

    Attributes:
        under: What was known of the names then; what is found depends on it.
        trials: Node -> its other forms.
        ways: Sum -> the common factors that can be taken out of it.
        given: Term of a sum -> the factors it could give away.
        left: Term of a sum, and a factor -> what is left of the term without it.
    """

    under: Hashable = None
    trials: dict[tuple[int, Node], Trial] = field(default_factory=dict)
    ways: dict[tuple[int, Node], tuple[Way, ...]] = field(default_factory=dict)
    given: dict[tuple[int, Node], tuple[tuple[str, Node], ...]] = field(default_factory=dict)
    left: dict[tuple[int, int, Node, Node], Node] = field(default_factory=dict)

    def start(self, known: Hashable) -> None:
        """Forget everything that was found when less or more was known."""
        if self.under != known:
            self.under = known
            for found in (self.trials, self.ways, self.given, self.left):
                found.clear()
