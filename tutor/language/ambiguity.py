"""The other way in which a formula can be read: people mean A ∘ B C as (A ∘ B) C, too."""

from __future__ import annotations

from tutor.language.source import Span
from tutor.language.syntax import Call, Chain, Group, Infix, Minus, Raised, Syntax, Turned


def other_reading(tree: Syntax) -> Syntax | None:
    """The tree with every ∘ beside factors side by side read from left to right; None where there is none."""
    found = _read(tree)
    return None if found == tree else found


def _read(tree: Syntax) -> Syntax:
    match tree:
        case Infix(operation="multiply", left=left, right=Chain(factors=(first, *rest)) as right) if rest:
            start = Span(tree.span.start, first.span.end)
            product = Infix("multiply", _read(left), _read(first), tree.sign, start, tree.depth)
            group = Group(product, start, tree.depth)
            return Chain((group, *map(_read, rest)), Span(start.start, right.span.end), tree.depth)
        case Infix():
            return tree._replace(left=_read(tree.left), right=_read(tree.right))
        case Chain():
            return tree._replace(factors=tuple(map(_read, tree.factors)))
        case Group() | Minus() | Turned():
            return tree._replace(inner=_read(tree.inner))
        case Raised():
            return tree._replace(base=_read(tree.base))
        case Call():
            return tree._replace(arguments=tuple(map(_read, tree.arguments)))
    return tree
