"""The small pieces a derivation is told in: slopes, cotangents, equations, promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tutor.derive.conventions import Standing
from tutor.derive.names import cotangent_name
from tutor.derive.step import Promise
from tutor.language.names import name_typst
from tutor.typeset import source

BROKEN: Final = "its numbers break this promise"

_FACTS: Final[Mapping[str, str]] = {
    "distribution": "a distribution",
    "onehot": "one-hot",
    "positive": "positive in every entry",
    "symmetric": "symmetric",
    "spd": "symmetric and positive definite",
}


@dataclass(frozen=True, slots=True)
class Maths:
    """A piece of an equation, to be typeset and to be read aloud."""

    typst: str
    text: str


EMPTY: Final = Maths("", "")
"""Nothing."""

Equation = tuple[Maths, ...]
"""Pieces from left to right; a line may be broken before each."""


def sources(equation: Equation) -> tuple[str, ...]:
    """The pieces in Typst mathematics."""
    return tuple(piece.typst for piece in equation)


def spoken(equation: Equation) -> str:
    """The whole as plain text."""
    return " ".join(piece.text for piece in equation)


def delta(name: str) -> Maths:
    """The cotangent of a name."""
    return Maths(name_typst(cotangent_name(name)), cotangent_name(name))


def slope(output: str, by: str) -> Maths:
    """∂output/∂by with a bar."""
    return Maths(
        source.fraction(f"partial {name_typst(output)}", f"partial {name_typst(by)}"), f"∂{output}/∂{by}"
    )


def slope_in_line(output: str, by: str) -> Maths:
    """∂output/∂by with a slash, for a line of text."""
    return Maths(f"partial {name_typst(output)} slash partial {name_typst(by)}", f"∂{output}/∂{by}")


def equals(piece: Maths) -> Maths:
    """A piece with a sign of equality before it."""
    return Maths(f"= {piece.typst}", f"= {piece.text}")


def beside(pieces: Iterable[Maths], sign: str = "thin", spoken_sign: str = "") -> Maths:
    """Pieces as a product, or with another sign between them."""
    parts = list(pieces)
    between = f" {spoken_sign} " if spoken_sign else " "
    return Maths(f" {sign} ".join(p.typst for p in parts), between.join(p.text for p in parts))


def transposed(piece: Maths) -> Maths:
    """A piece in brackets, transposed."""
    return Maths(f"({piece.typst})^top", f"({piece.text})ᵀ")


def standing_so(piece: Maths, stands: Standing, turned: bool) -> Maths:
    """A gradient as it stands in a product of Jacobians: transposed, or the entries of a matrix row by row.

    Args:
        piece: The gradient, or the matrix it is.
        stands: How it stands there.
        turned: Whether the product is a column.
    """
    if stands == "vec":
        stack = Maths(f'#math.op("vec")/**/({piece.typst})', f"vec({piece.text})")
        return stack if turned else Maths(f"{stack.typst}^top", f"{stack.text}ᵀ")
    return transposed(piece) if stands == "transposed" else piece


def more_paths(count: int) -> str:
    """A few words on the paths that are not shown; nothing where all are."""
    if count <= 0:
        return ""
    return f"and {count} more paths" if count > 1 else "and 1 more path"


def with_narrow_hyphens(markup: str) -> str:
    """A sentence whose hyphens stand close, as in one-hot and 4-3-2: figures of one width come with wide ones."""
    return f'#text(number-width: "proportional")[{markup}]'


@dataclass(frozen=True, slots=True)
class PromiseSpec:
    """A declared fact that something rests on, as a sentence.

    Attributes:
        name: The variable.
        fact: What is promised of it.
        text: That it is used, in Typst markup.
        words: The same as plain text.
        warning: That it is used and broken, in Typst markup.
        warning_words: The same as plain text.
    """

    name: str
    fact: str
    text: str
    words: str
    warning: str
    warning_words: str


def promise_specs(promises: Sequence[Promise]) -> tuple[PromiseSpec, ...]:
    """Sentences on declared facts."""
    found = []
    for promise in promises:
        fact = _FACTS.get(promise.fact, promise.fact)
        typst, words = (f"Uses that {name} is {fact}" for name in (f"${name_typst(promise.name)}$", promise.name))
        found.append(PromiseSpec(
            promise.name, promise.fact, with_narrow_hyphens(f"{typst}."), f"{words}.",
            with_narrow_hyphens(f"{typst}; {BROKEN}."), f"{words}; {BROKEN}.",
        ))
    return tuple(found)
