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
    elementwise.Exp, elementwise.Log, elementwise.Sqrt, elementwise.Sigmoid, elementwise.Tanh, elementwise.Step,
    elementwise.Relu, elementwise.Softplus, elementwise.Power,
    normalising.Softmax,
    losses.CrossEntropy,
    forms.Ones, forms.Zeros, forms.Identity, forms.Diag,
)  # fmt: skip
"""Every operation a program may hold, in the order menus show them."""

FORMS: Final[tuple[type[Operation], ...]] = (forms.Kronecker,)
"""Operations that only derivations write."""

Builder = Callable[..., Expression]


def _builder(operation: type[Operation]) -> Builder:
    def build(*operands: Expression, position: Position | None = None) -> Apply:
        return apply(operation(), *operands, position=position)

    build.__name__ = operation.name
    return build


_CALLED: Final = {name: o for o in OPERATIONS if o.called for name in (o.name, *o.aliases)}

FUNCTIONS: Final[Mapping[str, Builder]] = MappingProxyType({name: _builder(o) for name, o in _CALLED.items()})
"""What a formula can call, by name and alias."""

ELEMENTWISE: Final[Mapping[str, elementwise.Elementwise]] = MappingProxyType(
    {name: o() for name, o in _CALLED.items() if issubclass(o, elementwise.Elementwise)}
)
"""The elementwise functions among them: the ones whose derivative can be written with a prime."""

SIZED: Final = frozenset(o.name for o in OPERATIONS if issubclass(o, forms.Constant))
"""What a formula writes as a function of sizes."""
