"""What is said of one cell of a Jacobian: in letters, with its number, why, and what it carries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tutor.core.evaluate import Evaluation
from tutor.core.expression import Expression, variables
from tutor.core.layout import Shape
from tutor.core.program import Program, resolve
from tutor.derive.step import Derivation
from tutor.derive.views import Factor
from tutor.figures.cells import cell_text
from tutor.figures.entries import declared_entries, entry_of, entry_source
from tutor.figures.verdict import place_text
from tutor.language.names import entry_typst
from tutor.language.printing.as_text import Text
from tutor.language.printing.as_typst import Typst
from tutor.language.printing.notation import Printer, Written


@dataclass(frozen=True, slots=True)
class CellWords:
    """One cell in words.

    Attributes:
        formula: Typst mathematics: the slope, in letters where it has a short form, and its number.
        line: The same no higher than a line of text, for where room is short.
        because: Typst markup: why.
        carries: Typst markup: what this cell passes on of the gradient; may be empty.
        words: All of it in plain words, for people who do not see it.
        cells: The entries of declared variables it is made of, as (name, row, column).
    """

    formula: str
    line: str
    because: str
    carries: str
    words: str
    cells: tuple[tuple[str, int, int], ...]


class _Entries(Typst):
    """Writes the names of entries, ``W2[2,1]``, as mathematics."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        super().__init__()
        self._shapes = shapes

    def name(self, name: str) -> str:
        """An entry or a number by its name."""
        return entry_source(name, self._shapes[name.partition("[")[0]])


class _InlineEntries(_Entries):
    """The same within a line of text."""

    def quotient(self, above: Written, below: Written) -> Written | None:
        """Never a bar."""
        return None


class _PlainEntries(Text):
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


def inspect(evaluation: Evaluation, derivation: Derivation, factor: Factor, row: int, column: int, value: float
            ) -> CellWords:
    """The words for one cell of a factor.

    Args:
        evaluation: The numbers.
        derivation: Of the same problem.
        factor: Which Jacobian.
        row: Which output, counted from 0 along its rows.
        column: Which input, counted from 0.
        value: What stands in the cell.
    """
    program = evaluation.program
    output = _place(program, factor.output, row)
    source = _place(program, factor.source, column)
    ends = (f"partial {_entry(program, *output)}", f"partial {_entry(program, *source)}")
    entry = _letters(evaluation, factor, row, column)
    exact_number = entry is not None and not variables(entry)

    def said(slope: str, notation: _Entries) -> str:
        written = Printer(notation).write(entry).source if entry is not None else ""
        parts = (slope, written) if exact_number else (slope, written, number_typst(value))
        return " = ".join(part for part in parts if part)

    formula = said(f"({ends[0]}) / ({ends[1]})", _Entries(program.shapes))
    line = said(f"{ends[0]} slash {ends[1]}", _InlineEntries(program.shapes))
    because = ""
    if entry is not None and exact_number and value == 0:
        because = f"${_entry(program, *source)}$ does not reach ${_entry(program, *output)}$: the entry is exactly 0."
    elif not factor.through:
        places = {factor.output: output[1:], factor.source: source[1:]}
        because = derivation.link(factor.output, factor.source).because.typst_at(places)
    carries = _carries(evaluation, output, source, value, f"{ends[0]} slash {ends[1]}")
    words = _words(evaluation, derivation, factor, (output, source), entry, value)
    return CellWords(formula, line, because, carries, words, declared_entries(program, entry))


def _words(
    evaluation: Evaluation, derivation: Derivation, factor: Factor,
    ends: tuple[tuple[str, int, int], tuple[str, int, int]], entry: Expression | None, value: float,
) -> str:
    """The same in plain words: without mathematics, to be heard."""
    program, (output, source) = evaluation.program, ends
    result, variable = _plain(program, *output), _plain(program, *source)
    written = Printer(_PlainEntries(program.shapes)).write(entry).source if entry is not None else ""
    exact_number = entry is not None and not variables(entry)
    numbers = [written] if exact_number else [part for part in (written, cell_text(value)) if part]
    said = [" = ".join([f"∂{result} by ∂{variable}", *numbers]) + "."]
    if exact_number and value == 0:
        said.append(f"{variable} does not reach {result}: the entry is exactly 0.")
    elif not factor.through:
        said.append(derivation.link(factor.output, factor.source).because.text)
    if output[0] != program.output.name and evaluation.gradients:
        arriving, total = (float(evaluation.gradients[name][i, j]) for name, i, j in ends)
        said.append(f"It carries δ{result} · ∂{result} by ∂{variable} = {cell_text(arriving)} · {cell_text(value)} = "
                    f"{cell_text(arriving * value)} of ∂{program.output.name} by ∂{variable} = {cell_text(total)}.")
    return " ".join(said)


def _place(program: Program, name: str, at: int) -> tuple[str, int, int]:
    columns = int(program.shapes[name][1])
    return (name, *divmod(at, columns))


def _plain(program: Program, name: str, row: int, column: int) -> str:
    return place_text(name, (row, column), tuple(int(size) for size in program.shapes[name]))


def _entry(program: Program, name: str, row: int, column: int) -> str:
    return entry_typst(name, row, column, program.shapes[name])


def _letters(evaluation: Evaluation, factor: Factor, row: int, column: int) -> Expression | None:
    """The entry of the factor's matrix form, where it has one of the Jacobian's own shape."""
    if factor.form is None or factor.broken(evaluation.problem) is not None:
        return None
    form = resolve(factor.form, evaluation.problem.dims)
    sizes = tuple(evaluation.values[name].size for name in (factor.output, factor.source))
    return entry_of(form, row, column) if form.shape == sizes else None


def _carries(
    evaluation: Evaluation, output: tuple[str, int, int], source: tuple[str, int, int], value: float, slope: str
) -> str:
    """The share of the input's gradient that comes back through this cell."""
    program = evaluation.program
    if output[0] == program.output.name or not evaluation.gradients:
        return ""
    arriving = float(evaluation.gradients[output[0]][output[1], output[2]])
    total = float(evaluation.gradients[source[0]][source[1], source[2]])
    cotangent = f"delta_({_entry(program, *output)})"
    whole = f"partial {_Entries(program.shapes).name(program.output.name)} slash partial {_entry(program, *source)}"
    number = _three_digits(value)
    product = f"{_three_digits(arriving)} dot {f'({number})' if value < 0 else number}"
    return (f"It carries ${cotangent} dot {slope} = {product} = {_three_digits(arriving * value)}$ of "
            f"${whole} = {_three_digits(total)}$.")


def _three_digits(value: float) -> str:
    """A number to reckon with, as Typst mathematics: three digits, so that a product of two looks right."""
    if not math.isfinite(value) or value == 0:
        return number_typst(value)
    digits, _, power = f"{value:.3g}".partition("e")
    return f"{digits} dot 10^({int(power)})" if power else digits
