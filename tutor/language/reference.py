"""What can be written in a program, by example: made from the registry of operations and of facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tutor.core.layout import Size
from tutor.core.operation import Operation, Slot
from tutor.core.program import FACT_WORDS
from tutor.ops import OPERATIONS, elementwise


class Row(NamedTuple):
    """One thing that can be written.

    Attributes:
        written: How.
        shapes: From which shapes to which; empty where there are none.
        about: What it means.
    """

    written: str
    shapes: str
    about: str


class Section(NamedTuple):
    """Some of them under a title."""

    title: str
    rows: tuple[Row, ...]


LINES: Final = (
    Row("W : (n, m)", "", "A variable that is given; its sizes are names or numbers."),
    Row("t : scalar", "", "A number that is given."),
    Row("y : (1, k) distribution", "", "The same with a promise about its numbers, see below."),
    Row("a = x W + b", "", "A new name for a formula; the last line is what is differentiated."),
    Row("# a remark", "", "To the end of the line."),
)
"""What a line of a program can be."""

SIGNS: Final = (
    Row("A B", "m×n, n×p → m×p", "Matrix product; also A @ B, and A·B for a product with a number."),
    Row("A + B", "m×n, m×n → m×n", "Sum, and A − B; a row is added to each row, a column to each column."),
    Row("A * A", "m×n, m×n → m×n", "Product entry by entry; also ∘ and ⊙."),
    Row("A / t", "m×n, number → m×n", "Quotient entry by entry."),
    Row("A**2", "m×n → m×n", "Power entry by entry."),
    Row("S^2", "n×n → n×n", "Matrix power of a square matrix; of anything else entry by entry."),
    Row("A.T", "m×n → n×m", "Transpose; also Aᵀ, A' and A^T."),
    Row("A : A", "m×n, m×n → number", "Sum of all products of entries, the Frobenius product."),
    Row("tanh'(A)", "m×n → m×n", "The derivative of a function that acts entry by entry."),
    Row("eye(n)", "n×n", "Identity; also ones(n, m) and zeros(n, m)."),
    Row(r"\frac{\sigma(A)}{2}", "m×n → m×n", "LaTeX is read as it is pasted."),
)
"""What stands between or behind names."""


def sections() -> tuple[Section, ...]:
    """All of the language, by example."""
    called = [operation for operation in OPERATIONS if operation.called]
    entrywise = [o for o in called if issubclass(o, elementwise.Elementwise)]
    others = [o for o in called if o not in entrywise]
    return (
        Section("Lines", LINES),
        Section("Signs", SIGNS),
        Section("Functions of each entry", tuple(map(_function, entrywise))),
        Section("Functions of matrices", tuple(map(_function, others))),
        Section("Promises", tuple(_facts())),
    )


def _function(operation: type[Operation]) -> Row:
    operands = ", ".join(slot.name for slot in operation.inputs)
    names = dict.fromkeys((operation.name, *operation.aliases))
    about = (operation.__doc__ or operation.title).partition("\n")[0].rstrip(".")
    given = {size for slot in operation.inputs for size in slot.shape}
    follows = all(size in given or not isinstance(size, str) or not size.isalpha() for size in operation.output.shape)
    shapes = f"{', '.join(map(_shape, operation.inputs))} → {_shape(operation.output)}" if follows else ""
    return Row("  ".join(f"{name}({operands})" for name in names), shapes, f"{about[0].upper()}{about[1:]}.")


def _shape(slot: Slot) -> str:
    return "number" if slot.shape == (1, 1) else "×".join(map(_size, slot.shape))


def _size(size: Size) -> str:
    return str(size)


def _facts() -> Iterator[Row]:
    for fact, said in FACT_WORDS.items():
        yield Row(fact, "", f"The numbers are {said}: {_MEANS[fact]}")


_MEANS: Final = {
    "distribution": "no entry is negative, and each row sums to 1.",
    "onehot": "a single 1 in each row, else 0.",
    "positive": "every entry is larger than 0.",
    "symmetric": "a square matrix that is its transpose.",
    "spd": "symmetric, and xᵀSx is larger than 0 for every x but 0.",
}
