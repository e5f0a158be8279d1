"""The variables that stand for cotangents."""

from __future__ import annotations

from tutor.core.expression import Variable
from tutor.core.layout import Shape
from tutor.core.program import cotangent_name

__all__ = ["cotangent", "cotangent_name"]


def cotangent(name: str, shape: Shape) -> Variable:
    """The variable that stands for the cotangent of a name."""
    return Variable(cotangent_name(name), shape)
