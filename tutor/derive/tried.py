"""What was tried on a formula: the same parts are met again in every pass, and inside one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tutor.derive.nodes import Node

if TYPE_CHECKING:
    from tutor.derive.collecting import Way
    from tutor.derive.terms import Facts, Rewrite

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
        under: What was known of the names then, and is copied for it; what is found depends on all of it.
        settled: Nodes that have no shorter form, so that nobody looks for one again.
        trials: Node -> its other forms.
        ways: Sum -> the common factors that can be taken out of it.
        given: Term of a sum -> the factors it could give away.
        left: Term of a sum, and a factor -> what is left of the term without it.
    """

    under: tuple[Facts, dict[Node, Node], dict[Node, Node]] | None = None
    settled: set[Node] = field(default_factory=set)
    trials: dict[tuple[int, Node], Trial] = field(default_factory=dict)
    ways: dict[tuple[int, Node], tuple[Way, ...]] = field(default_factory=dict)
    given: dict[tuple[int, Node], tuple[tuple[str, Node], ...]] = field(default_factory=dict)
    left: dict[tuple[int, int, Node, Node], Node] = field(default_factory=dict)

    def start(self, facts: Facts, names: Mapping[Node, Node], meanings: Mapping[Node, Node]) -> None:
        """Forget everything that was found when less, more or something else was known."""
        if self.under != (facts, names, meanings):
            self.under = (facts, dict(names), dict(meanings))
            for found in (self.settled, self.trials, self.ways, self.given, self.left):
                found.clear()
