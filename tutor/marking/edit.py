"""One change of a formula."""

from __future__ import annotations

from typing import NamedTuple

from tutor.marking.trees import Tree, make


class Edit(NamedTuple):
    """One change of a formula.

    Attributes:
        kind: What was wrong, one word of DESIGN section 11.
        before: The piece as it was.
        after: The piece that stands there instead.
        about: What is put in or left out, or the piece that the words are about; None for the two above.
        unlikely: How much less likely it is than others of its kind; what is, is not tried together with another edit.
        told: Which words of ``resources/mistakes.toml`` say it best; those of its kind where it is empty.
    """

    kind: str
    before: Tree
    after: Tree
    about: Tree | None = None
    unlikely: int = 0
    told: str = ""


def same(one: Tree, other: Tree) -> bool:
    """Whether two pieces have one value."""
    if one.print is None or other.print is None:
        return False
    return one.print[:2] == other.print[:2] and abs(one.print[2] - other.print[2]) <= 1e-9 * (1 + abs(other.print[2]))


def replaced(tree: Tree, name: str, by: Tree) -> Tree:
    """A formula with a name exchanged wherever it stands."""
    if tree.name == name:
        return by
    if not tree.parts:
        return tree
    parts = tuple(replaced(part, name, by) for part in tree.parts)
    return tree if parts == tree.parts else make(tree.kind, parts, tree.operation)
