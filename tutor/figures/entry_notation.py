"""How the entries of a Jacobian are written: by their names, with their numbers in place, or to be heard."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from tutor.core.evaluate import Evaluation
from tutor.core.layout import Shape
from tutor.figures.cells import cell_text
from tutor.figures.entries import entry_source
from tutor.figures.verdict import place_text
from tutor.language.printing.as_text import Text
from tutor.language.printing.as_typst import Typst
from tutor.language.printing.notation import Written


class Entries(Typst):
    """Writes the names of entries, ``W2[2,1]``, as mathematics."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        super().__init__()
        self._shapes = shapes

    def name(self, name: str) -> str:
        """An entry or a number by its name."""
        return entry_source(name, self._shapes[name.partition("[")[0]])


class InlineEntries(Entries):
    """The same within a line of text."""

    def quotient(self, above: Written, below: Written) -> Written | None:
        """Never a bar."""
        return None


class Numbers(InlineEntries):
    """Writes the numbers of the entries in their places, with a point between factors."""

    signs: ClassVar[Mapping[str, str]] = {**Typst.signs, "scale": " dot ", "matmul": " dot "}

    def __init__(self, evaluation: Evaluation) -> None:
        super().__init__(evaluation.program.shapes)
        self._values = evaluation.values

    def name(self, name: str) -> str:
        """The number of an entry; one that is more than digits stands in brackets."""
        whole, _, places = name.partition("[")
        at = tuple(int(place) for place in places[:-1].split(",")) if places else (0, 0)
        number = three_digits(float(self._values[whole][at]))
        return number if number.replace(".", "").isdigit() else f"({number})"

    def joined(self, operation: str, left: str, right: str) -> str:
        """Two numbers side by side would be read as one."""
        return left + self.signs[operation] + right


class PlainEntries(Text):
    """Writes the names of entries, ``W2[2,1]``, as they are said: counted from 1."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        super().__init__()
        self._shapes = shapes

    def name(self, name: str) -> str:
        """An entry or a number by its name."""
        whole, bracket, places = name.partition("[")
        if not bracket:
            return name
        row, column = (int(place) for place in places[:-1].split(","))
        return place_text(whole, (row, column), tuple(int(size) for size in self._shapes[whole]))


def number_typst(value: float) -> str:
    """A number as its cell prints it, as Typst mathematics."""
    text = cell_text(value)
    if not math.isfinite(value):
        return f'"{text}"'
    digits, _, power = text.replace("−", "-").partition("e")
    return f"{digits} dot 10^({power})" if power else digits


def three_digits(value: float) -> str:
    """A number to reckon with, as Typst mathematics: three digits, so that a product of two looks right."""
    if not math.isfinite(value) or value == 0:
        return number_typst(value)
    digits, _, power = f"{value:.3g}".partition("e")
    return f"{digits} dot 10^({int(power)})" if power else digits
