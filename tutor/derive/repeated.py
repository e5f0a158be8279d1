"""What code computes twice, given a name of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

from tutor.core.expression import Apply, Expression, Variable, apply, variables

Line = tuple[str, Expression]
"""A name, and what it is set to."""

_CHEAP: Final = frozenset({"transpose", "broadcast", "negate", "scale", "ones", "zeros", "eye"})
"""Operations that are not worth a line: they cost next to nothing, or read better where they are."""


def named_parts(lines: Sequence[Line]) -> list[Line]:
    """The lines, with each part that stands in them more than once computed once; the largest first.

    A part is named before the line that needs it first. Parts called by a function, or of two operations, are worth a
    name.
    """
    found = list(lines)
    taken = {v.name for _, expression in lines for v in variables(expression)} | {name for name, _ in lines}
    free = (name for name in (f"t{i}" for i in count(1)) if name not in taken)
    while True:
        counts = Counter(part for _, expression in found for part in _parts(expression))
        repeated = [part for part, times in counts.items() if times > 1]
        if not repeated:
            return found
        part = max(repeated, key=_size)
        whole = next((name for name, expression in found[:-1] if expression == part), None)
        name = Variable(whole or next(free), part.shape)
        first = next(i for i, (_, expression) in enumerate(found) if part in set(_parts(expression)))
        found = [(line, expression if line == whole else _replaced(expression, part, name))
                 for line, expression in found]
        if whole is None:
            found.insert(first, (name.name, part))


def _parts(expression: Expression) -> Iterator[Apply]:
    """Every part worth a name, as often as it stands there; not what is inside a part twice over."""
    if not isinstance(expression, Apply):
        return
    if expression.operation.name not in _CHEAP and (expression.operation.called or _size(expression) > 1):
        yield expression
    for operand in expression.operands:
        yield from _parts(operand)


def _size(expression: Expression) -> int:
    """How many operations are worth counting."""
    if not isinstance(expression, Apply):
        return 0
    return (expression.operation.name not in _CHEAP) + sum(map(_size, expression.operands))


def _replaced(expression: Expression, part: Expression, name: Variable) -> Expression:
    if expression == part:
        return name
    if not isinstance(expression, Apply):
        return expression
    operands = [_replaced(operand, part, name) for operand in expression.operands]
    changed = any(new is not old for new, old in zip(operands, expression.operands, strict=True))
    return apply(expression.operation, *operands) if changed else expression
