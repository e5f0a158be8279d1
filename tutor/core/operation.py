"""What an operation declares: shapes, value, Jacobian, adjoint, definition by entries, words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from tutor.core.errors import ShapeError
from tutor.core.layout import Array, Shape, Size, shape_text

if TYPE_CHECKING:
    from tutor.core.expression import Expression


@dataclass(frozen=True, slots=True)
class Slot:
    """A named place for an operand or the result, with a letter (or a number) for each of its two sizes."""

    name: str
    rows: Size
    columns: Size

    @property
    def shape(self) -> Shape:
        """Rows and columns together."""
        return (self.rows, self.columns)


class Operation:
    """One operation: everything the program knows of it, on one screen.

    A subclass declares the class attributes and the static methods below. Operations with a parameter (a power's
    exponent, a broadcast's target) are frozen dataclasses; all are compared by value.

    Attributes:
        name: What the language calls it; unique in the registry.
        aliases: Other names a formula may call it by; plain text prints the one that is a sign, as in σ(a).
        called: Whether a formula calls it by name, as in ``xent(y, p)``; else it has a sign or a place of its own.
        title: What a reader calls the rule that differentiates it, as in "matrix product".
        inputs: One slot an operand; equal letters mean equal sizes.
        output: The slot of the result.
        latex: The operation on its slots' names, as LaTeX; the other formats print it from this.
        numpy: What NumPy calls it, with ``{}`` for each operand; empty where the code gets ``value`` as a function.
        because: For each operand's slot, sentences for a student: why the Jacobian looks as it does. ``{A}`` stands
            for what is in slot A, ``{A:i,k}`` for an entry of it, ``{A:ᵀ}`` for its transpose; ``{Y:i,j}``, the
            output slot, for the result.
            Asterisks mark what is said with emphasis.
        because_in: The same where a reading needs other words: ``column`` where the operand is a column, though the
            program has it as a row; ``differential``; ``index``. What is not said there is said as in ``because``.
        value: (arrays …) -> array. Leading batch axes are allowed and broadcast.
        jacobian: (arrays of two axes …) -> {slot: (outputs, inputs) array}, both sides row-major.
        adjoint: (cotangent, result, operands …) -> {slot: formula}: the cotangent of each operand.
        entry: (i, j, SymPy matrices …) -> the SymPy expression of one entry of the result.
        analytic: Whether ``value`` extends to complex numbers, so that the complex step works.
        cancels: Whether its slopes are computed with a difference, as 1 − h², so that rounding may be left of them.
        corners: At whose zeros the slope jumps: operands by number, −1 for the result.
        longest: The rows an operand may have before ``entry`` gets too long to be proved; None for any number.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    inputs: ClassVar[tuple[Slot, ...]]
    output: ClassVar[Slot]
    latex: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    called: ClassVar[bool] = True
    numpy: ClassVar[str] = ""
    because: ClassVar[Mapping[str, str]]
    because_in: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    value: ClassVar[Callable[..., Array]]
    jacobian: ClassVar[Callable[..., dict[str, Array]]]
    adjoint: ClassVar[Callable[..., dict[str, Expression]]]
    entry: ClassVar[Callable[..., Any]]
    analytic: ClassVar[bool] = True
    cancels: ClassVar[bool] = False
    corners: ClassVar[tuple[int, ...]] = ()
    longest: ClassVar[int | None] = None

    def __init_subclass__(cls, abstract: bool = False) -> None:
        """Say at import what a declaration lacks."""
        super().__init_subclass__()
        if abstract:
            return
        wanted = ("name", "title", "inputs", "output", "latex", "because", "value", "jacobian", "adjoint", "entry")
        missing = [name for name in wanted if not hasattr(cls, name)]
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")
        unexplained = {slot.name for slot in cls.inputs} - set(cls.because)
        if unexplained:
            raise TypeError(f"{cls.__name__} does not say why for {', '.join(sorted(unexplained))}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    def __repr__(self) -> str:
        return type(self).__name__

    def shape(self, *shapes: Shape) -> Shape:
        """The result's shape.

        Raises:
            ShapeError: the operands do not fit the slots.
        """
        return unify(self.name, self.inputs, self.output, shapes)

    @classmethod
    def examples(cls, rows: Size, columns: Size) -> tuple[Self, ...]:
        """The operation with a few different parameters, each fit for matrices of these sizes: what the laws try."""
        return (cls(),)

    def resolved(self, dims: Mapping[str, int]) -> Operation:
        """The operation with named sizes among its parameters replaced by numbers."""
        return self

    def written(self, *shapes: Shape) -> Operation:
        """The operation whose ``latex`` is printed where the operands have these shapes."""
        return self

    def fault(self, *operands: Array) -> str:
        """What keeps these numbers from having a value and a slope, as it is said behind an operand's name; or nothing.

        The operands have two axes. The value of such numbers, or else their slope, is NaN and never a wild guess.
        """
        return ""

    def sample(self, rng: np.random.Generator, slot: str, shape: tuple[int, int]) -> Array:
        """Random numbers for an operand, away from kinks and from where the value does not exist."""
        return rng.standard_normal(shape)


def unify(name: str, inputs: tuple[Slot, ...], output: Slot, shapes: tuple[Shape, ...]) -> Shape:
    """The output's shape once the slots' letters are bound to the operands' sizes.

    Raises:
        ShapeError: a letter would need two values, a fixed size is missed, or the number of operands is wrong.
    """
    check_count(name, inputs, len(shapes))
    bound: dict[str, Size] = {}
    for slot, shape in zip(inputs, shapes, strict=True):
        if slot.rows == slot.columns != 1 and shape[0] != shape[1]:
            raise ShapeError(f"{name} takes a square matrix, not one of shape {shape_text(shape)}.")
        for letter, size in zip(slot.shape, shape, strict=True):
            if isinstance(letter, int):
                if size != letter:
                    raise ShapeError(f"{name} needs {slot.name} of shape {slot.rows}×{slot.columns}, "
                                     f"and it is {shape_text(shape)}.")
            elif bound.setdefault(letter, size) != size:
                raise ShapeError(f"{name}: the shapes {' and '.join(shape_text(s) for s in shapes)} do not fit.")
    rows, columns = (bound[s] if isinstance(s, str) else s for s in output.shape)
    return (rows, columns)


def check_count(name: str, inputs: tuple[Slot, ...], given: int) -> None:
    """Whether an operation is given as many operands as it takes.

    Raises:
        ShapeError: it takes more or fewer.
    """
    if given != len(inputs):
        plural = "operand" if len(inputs) == 1 else "operands"
        raise ShapeError(f"{name} takes {len(inputs)} {plural}, not {given}.")


def away_from_zero(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Normal numbers pushed half a unit away from 0, for divisors and kinks."""
    draw = rng.standard_normal(shape)
    return np.asarray(draw + np.where(draw < 0, -0.5, 0.5))
