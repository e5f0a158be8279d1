"""The operations: one class each, by family; this registry is what everything else reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from tutor.core.errors import Position
from tutor.core.expression import Apply, Expression, apply
from tutor.core.operation import Operation
from tutor.ops import activations, determinants, elementwise, forms, linear, losses, measures, normalising, reductions

OPERATIONS: Final[tuple[type[Operation], ...]] = (
    linear.MatMul, linear.Transpose, linear.Add, linear.Subtract, linear.Negate, linear.Scale, linear.Hadamard,
    linear.Divide, linear.Frobenius,
    reductions.Sum, reductions.RowSum, reductions.ColSum, reductions.Broadcast,
    measures.Mean, measures.RowMean, measures.ColMean, measures.Norm1, measures.Norm2,
    elementwise.Exp, elementwise.Log, elementwise.Sqrt, elementwise.Sigmoid, elementwise.Tanh, activations.Step,
    activations.Relu, activations.Softplus, activations.Silu, activations.Gelu, activations.NormalShare,
    activations.NormalDensity, elementwise.Abs, elementwise.Sign, elementwise.Sin, elementwise.Cos, elementwise.Power,
    normalising.Softmax, normalising.LogSoftmax, normalising.LogSumExp,
    losses.CrossEntropy, losses.BinaryCrossEntropy, losses.MeanSquaredError,
    determinants.Trace, determinants.Det, determinants.LogDet, determinants.Inverse,
    forms.Ones, forms.Zeros, forms.Identity, forms.Diag, forms.DiagOf, forms.Kronecker,
)
"""Every operation a program may hold, in the order menus show them."""

Builder = Callable[..., Expression]


def _builder(operation: Operation) -> Builder:
    def build(*operands: Expression, position: Position | None = None) -> Apply:
        return apply(operation, *operands, position=position)

    build.__name__ = operation.name
    return build


CALLED: Final[Mapping[str, Operation]] = {
    **{name: o() for o in OPERATIONS if o.called for name in (o.name, *o.aliases)},
    "square": elementwise.Power(Fraction(2)),
}
"""What a formula calls by name and alias, as operations."""

FUNCTIONS: Final[Mapping[str, Builder]] = MappingProxyType({name: _builder(o) for name, o in CALLED.items()})
"""What a formula can call, by name and alias."""

ELEMENTWISE: Final[Mapping[str, elementwise.Elementwise]] = MappingProxyType(
    {name: o for name, o in CALLED.items() if isinstance(o, elementwise.Elementwise)}
)
"""The elementwise functions among them: the ones whose derivative can be written with a prime."""

SIZED: Final = frozenset(o.name for o in OPERATIONS if issubclass(o, forms.Constant))
"""What a formula writes as a function of sizes."""
