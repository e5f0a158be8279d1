"""The operations: one class each, by family; this registry is what everything else reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from tutor.core.errors import Position
from tutor.core.expression import Apply, Expression, apply
from tutor.core.operation import Operation
from tutor.ops import elementwise, forms, linear, losses, normalising, reductions

OPERATIONS: Final[tuple[type[Operation], ...]] = (
    linear.MatMul, linear.Transpose, linear.Add, linear.Subtract, linear.Negate, linear.Scale, linear.Hadamard,
    linear.Divide,
    reductions.Sum, reductions.RowSum, reductions.ColSum, reductions.Broadcast,
    elementwise.Exp, elementwise.Log, elementwise.Sigmoid, elementwise.Tanh, elementwise.Step, elementwise.Relu,
    elementwise.Power,
    normalising.Softmax,
    losses.CrossEntropy,
    forms.Ones, forms.Zeros, forms.Identity, forms.Diag,
)  # fmt: skip
"""Every operation a program may hold, in the order menus show them."""

FORMS: Final[tuple[type[Operation], ...]] = (forms.Kronecker,)
"""Operations that only derivations write."""

TYPED: Final[tuple[type[Operation], ...]] = (
    reductions.Sum, reductions.RowSum, reductions.ColSum,
    elementwise.Exp, elementwise.Log, elementwise.Sigmoid, elementwise.Tanh, elementwise.Step, elementwise.Relu,
    normalising.Softmax, losses.CrossEntropy, forms.Diag,
)  # fmt: skip
"""Those that are written as a function of their operands."""

Builder = Callable[..., Expression]


def _builder(operation: type[Operation]) -> Builder:
    def build(*operands: Expression, position: Position | None = None) -> Apply:
        return apply(operation(), *operands, position=position)

    build.__name__ = operation.name
    return build


ALIASES: Final[Mapping[str, str]] = MappingProxyType({"σ": "sigmoid"})
"""Other names under which mathematics knows a function."""

FUNCTIONS: Final[Mapping[str, Builder]] = MappingProxyType(
    {o.name: _builder(o) for o in TYPED}
    | {alias: _builder(o) for alias, name in ALIASES.items() for o in TYPED if o.name == name}
)
"""The functions of the language by name and alias."""

ELEMENTWISE: Final[Mapping[str, elementwise.Elementwise]] = MappingProxyType(
    {o.name: o() for o in TYPED if issubclass(o, elementwise.Elementwise)}
)
"""The elementwise functions by name: the ones whose derivative can be written with a prime."""
