"""One entry of a Jacobian in letters: what stands in row i, column j of its matrix form."""

from __future__ import annotations

from fractions import Fraction

from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, variables
from tutor.core.layout import SCALAR, numeric_shape
from tutor.core.operation import Operation
from tutor.core.program import Program
from tutor.derive.stacking import Stacked
from tutor.language.names import entry_typst, name_typst
from tutor.ops import elementwise, forms, linear, reductions


def entry_of(form: Expression, row: int, column: int) -> Expression | None:
    """The entry of a formula as a formula of entries, each a 1×1 variable named by :func:`entry_name`.

    Args:
        form: With numbers for sizes.
        row: Counted from 0.
        column: Counted from 0.

    Returns:
        None where the entry is a sum over many others, which nobody reads.
    """
    match form:
        case Number() | Dimension():
            return form
        case Variable(name, shape):
            return Variable(entry_name(name, row, column, shape), SCALAR)
    assert isinstance(form, Apply)
    match form.operation, form.operands:
        case linear.Transpose(), (inner,):
            return entry_of(inner, column, row)
        case reductions.Broadcast(), (inner,):
            rows, columns = numeric_shape(inner.shape, {})
            return entry_of(inner, row if rows > 1 else 0, column if columns > 1 else 0)
        case forms.Identity(), ():
            return Number(Fraction(int(row == column)))
        case forms.Ones(), ():
            return Number(Fraction(1))
        case forms.Zeros(), ():
            return Number(Fraction(0))
        case forms.Diag(), (vector,):
            at = (0, column) if vector.shape[0] == 1 else (column, 0)
            return entry_of(vector, *at) if row == column else Number(Fraction(0))
        case Stacked(), (inner,):
            return entry_of(inner, *divmod(row, numeric_shape(inner.shape, {})[1]))
        case linear.MatMul(), (left, right) if left.shape[1] == 1:
            return _joined(linear.Scale(), entry_of(left, row, 0), entry_of(right, 0, column))
        case linear.MatMul(), (left, right) if _is_diagonal(left):
            return _joined(linear.Scale(), entry_of(left, row, row), entry_of(right, row, column))
        case linear.MatMul(), (left, right) if _is_diagonal(right):
            return _joined(linear.Scale(), entry_of(left, row, column), entry_of(right, column, column))
        case forms.Kronecker(), (left, right):
            height, width = numeric_shape(right.shape, {})
            outer = entry_of(left, row // height, column // width)
            return _joined(linear.Scale(), outer, entry_of(right, row % height, column % width))
        case linear.Scale(), (number, inner):
            return _joined(linear.Scale(), entry_of(number, 0, 0), entry_of(inner, row, column))
        case linear.Hadamard(), (left, right):
            return _joined(linear.Scale(), entry_of(left, row, column), entry_of(right, row, column))
        case (linear.Add() | linear.Subtract() | linear.Divide()), (left, right):
            return _joined(form.operation, entry_of(left, row, column), entry_of(right, row, column))
        case (linear.Negate() | elementwise.Elementwise()), (inner,):
            entry = entry_of(inner, row, column)
            if entry == Number(Fraction(0)) and isinstance(form.operation, linear.Negate):
                return entry
            return None if entry is None else Apply(form.operation, (entry,), SCALAR)
    return None


def _is_diagonal(form: Expression) -> bool:
    """Whether a factor has one entry in each row and column at most, so that a product with it is no sum."""
    return isinstance(form, Apply) and isinstance(form.operation, forms.Diag | forms.Identity)


def _joined(operation: Operation, left: Expression | None, right: Expression | None) -> Expression | None:
    """Two entries joined, with ones and zeros put in."""
    if left is None or right is None:
        return None
    zero, one = Number(Fraction(0)), Number(Fraction(1))
    match operation:
        case linear.Scale():
            if zero in (left, right):
                return zero
            if one in (left, right):
                return right if left == one else left
        case linear.Add() if zero in (left, right):
            return right if left == zero else left
        case linear.Subtract() if right == zero:
            return left
        case linear.Subtract() if left == zero:
            return Apply(linear.Negate(), (right,), SCALAR)
        case linear.Divide() if left == zero:
            return zero
    return Apply(operation, (left, right), SCALAR)


def entry_name(name: str, row: int, column: int, shape: tuple[int | str, int | str]) -> str:
    """What the entry of a variable is called among the formulas of :func:`entry_of`."""
    return name if shape == SCALAR else f"{name}[{row},{column}]"


def entry_source(name: str, shape: tuple[int | str, int | str]) -> str:
    """The Typst mathematics of a name of :func:`entry_name`."""
    base, bracket, places = name.partition("[")
    if not bracket:
        return name_typst(base)
    row, column = (int(k) for k in places[:-1].split(","))
    return entry_typst(base, row, column, shape)


def declared_entries(program: Program, entry: Expression | None) -> tuple[tuple[str, int, int], ...]:
    """The entries of declared variables in a formula of entries, as (name, row, column)."""
    if entry is None:
        return ()
    found = []
    for variable in variables(entry):
        name, bracket, places = variable.name.partition("[")
        if program.declaration(name) is not None:
            row, column = (int(k) for k in places[:-1].split(",")) if bracket else (0, 0)
            found.append((name, row, column))
    return tuple(found)
