"""What a reader calls the rules of a statement."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.derive.adjoint import Contribution, Use
from tutor.ops.linear import Transpose


def telling(contribution: Contribution) -> Use | None:
    """The rule that speaks for a step: the innermost that changes more than places, else the innermost."""
    found = at_work(contribution)
    more = [use for use in found if not isinstance(use.operation, Transpose)]
    return (more or found)[-1] if found else None


def at_work(contribution: Contribution) -> tuple[Use, ...]:
    """The rules of a statement that change what they pass on; where none does, the innermost."""
    changing = tuple(use for use in contribution.uses if use.cotangent != use.arriving)
    return changing or contribution.uses[-1:]


def titles(contribution: Contribution) -> tuple[str, ...]:
    """What a reader calls the operations of a statement that matter, in the order they are computed."""
    found = dict.fromkeys(use.operation.title for use in reversed(at_work(contribution)))
    return tuple(found) or ("same name",)


def named(titles: Sequence[str], joined: bool = False) -> str:
    """The name of a step by its operations; ``joined`` where two links are written as one."""
    if joined and len(titles) == 2:
        return " with ".join(titles)
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])}, then {titles[-1]}"


def listed(words: Sequence[str]) -> str:
    """Words joined as in a sentence."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
