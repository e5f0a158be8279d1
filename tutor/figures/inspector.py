"""What is said of one cell of a Jacobian: in letters, with its number, why, and what it carries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tutor.core.entry_difference import measured_entry
from tutor.core.evaluate import Evaluation
from tutor.core.expression import Apply, Expression, variables
from tutor.core.program import Program, resolve
from tutor.derive.step import Derivation
from tutor.derive.views import Factor, path_count
from tutor.derive.words import ROW_BY_ROW
from tutor.figures.cells import cell_text
from tutor.figures.entries import declared_entries, entry_of, entry_source
from tutor.figures.entry_notation import Entries, InlineEntries, Numbers, PlainEntries, number_typst, three_digits
from tutor.figures.verdict import place_text
from tutor.language import printing
from tutor.language.names import entry_typst, indexed_typst, name_typst
from tutor.language.printing.notation import Printer

MOST_SUMMED: Final = 4
"""Terms of a sum that are written with their numbers."""

MOST_NAMED: Final = 3
"""Numbers an entry depends on that are named."""

_SMALL_CHANGE: Final = 0.01


@dataclass(frozen=True, slots=True)
class CellWords:
    """One cell in words.

    Attributes:
        formula: Typst mathematics: the slope, in letters where it has a short form, and its number.
        line: The same no higher than a line of text, for where room is short.
        because: Typst markup: why.
        carries: Typst markup: what this cell passes on of the gradient, or what else there is to know; may be empty.
        words: All of it in plain words, for people who do not see it.
        cells: The entries of declared variables it is made of, as (name, row, column).
        measured: The same entry as a finite difference, in words; empty where there is none.
        depends: Typst mathematics: which numbers it depends on; empty where its letters do not say.
    """

    formula: str
    line: str
    because: str
    carries: str
    words: str
    cells: tuple[tuple[str, int, int], ...]
    measured: str = ""
    depends: str = ""

    @property
    def facts(self) -> tuple[str, str]:
        """What is known besides, on one line: words, and Typst mathematics behind them; both may be empty."""
        if not self.depends:
            return self.measured, ""
        return f"{f'{self.measured}, ' if self.measured else ''}depends on", self.depends


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

    put_in = ""
    if isinstance(entry, Apply) and not exact_number and math.isfinite(value):
        put_in = Printer(Numbers(evaluation)).write(entry).source

    def said(slope: str, notation: Entries) -> str:
        written = Printer(notation).write(entry).source if entry is not None else ""
        number = three_digits(value) if put_in or abs(value) < 0.1 else number_typst(value)
        parts = (slope, written) if exact_number else (slope, written, put_in, number)
        return " = ".join(part for part in parts if part)

    formula = said(f"({ends[0]}) / ({ends[1]})", Entries(program.shapes))
    line = said(f"{ends[0]} slash {ends[1]}", InlineEntries(program.shapes))
    because = ""
    if entry is not None and exact_number and value == 0:
        because = f"${_entry(program, *source)}$ does not reach ${_entry(program, *output)}$: the entry is exactly 0."
    elif not factor.through:
        places = {factor.output: output[1:], factor.source: source[1:]}
        because = derivation.link(factor.output, factor.source).because.typst_at(places)
    carries = _carries(evaluation, factor, (output, source), value)
    words = _words(evaluation, derivation, factor, (output, source), entry, value)
    depends, told = _depends(program, entry)
    return CellWords(formula, line, because, carries, " ".join(filter(None, (words, told))),
                     declared_entries(program, entry), depends=depends)


def with_measured(words: CellWords, evaluation: Evaluation, factor: Factor, row: int, column: int) -> CellWords:
    """The words with the same entry measured: all that is not on the way of the factor is held still."""
    path = (factor.output, *factor.through, factor.source)
    slope = measured_entry(evaluation, path, row, column)
    said = f"finite difference {cell_text(slope, 7)}" if math.isfinite(slope) else "a corner: no finite difference"
    return replace(words, measured=said, words=f"{words.words} {said.capitalize()}.")


def inspect_factor(
    evaluation: Evaluation, derivation: Derivation, factor: Factor, parts: tuple[Factor, Factor] | None = None
) -> CellWords:
    """The words for a whole factor: its name and matrix, why, and what its rows and columns are.

    Of a product of two others, ``parts``, they stand in the place of the matrix.
    """
    program = evaluation.program
    form = factor.form if factor.broken(evaluation.problem) is None else None
    ends = name_typst(factor.output), name_typst(factor.source)
    said = [f"(partial {ends[0]}) / (partial {ends[1]})", f"partial {ends[0]} slash partial {ends[1]}",
            f"∂{factor.output} by ∂{factor.source}"]
    if form is not None:
        written = printing.typst(form), printing.typst(form, inline=True), printing.text(form)
        said = [f"{name} = {matrix}" for name, matrix in zip(said, written, strict=True)]
    if parts is not None:
        each = [(name_typst(part.output), name_typst(part.source)) for part in parts]
        product = (" ".join(f"(partial {a}) / (partial {b})" for a, b in each),
                   " dot ".join(f"partial {a} slash partial {b}" for a, b in each),
                   " times ".join(f"∂{part.output} by ∂{part.source}" for part in parts))
        said = [f"{name} = {matrix}" for name, matrix in zip(said, product, strict=True)]
    because = None if factor.through else derivation.link(factor.output, factor.source).because
    sizes = [evaluation.values[name].size for name in (factor.output, factor.source)]
    counted = [f"{size} {what}{'s' if size > 1 else ''}" for size, what in zip(sizes, ("row", "column"), strict=True)]
    stacked = any(1 not in program.shapes[name] for name in (factor.output, factor.source))
    tail = f"; {ROW_BY_ROW}." if stacked else "."
    note = factor.note if form is not None and ROW_BY_ROW not in factor.note else ""
    notes = (f"{text[0].upper()}{text[1:]}. " if text else "" for text in (note, note.replace("$sigma$", "σ")))
    shape = [f"{said_note}{counted[0]}, the entries of {a}, and {counted[1]}, those of {b}{tail}"
             for said_note, (a, b) in zip(notes, ((f"${ends[0]}$", f"${ends[1]}$"), (factor.output, factor.source)),
                                          strict=True)]
    return CellWords(said[0], said[1], because.typst if because else "", shape[0],
                     f"{said[2]}. {f'{because.text} ' if because else ''}{shape[1]}", ())


def inspect_result(
    evaluation: Evaluation, derivation: Derivation, names: tuple[str, str, str], place: tuple[int, int], value: float,
    terms: Sequence[tuple[float, float]] = (), of: tuple[int, int] = (0, 0),
) -> CellWords:
    """The words for one entry of a product of two Jacobians: a sum over the entries of the name in between.

    Args:
        evaluation: The numbers.
        derivation: Of the same problem.
        names: What is differentiated, the name in between, and by what.
        place: Row and column of the entry of the last name, counted from 0.
        value: What stands in the cell.
        terms: What the two have where they meet, one after the other; none where they are too many to build.
        of: Row and column of the entry of the first name, counted from 0.
    """
    program, (top, between, wrt) = evaluation.program, names
    source, plain = _entry(program, wrt, *place), _plain(program, wrt, *place)
    output, name = _plain(program, top, *of), _entry(program, top, *of)
    ends = f"(partial {name}) / (partial {source})", f"partial {name} slash partial {source}"
    letters = _free_letters(program, evaluation.values[between].shape)
    middle = indexed_typst(between, letters)
    ways = path_count(derivation, top, wrt)
    several = ways > 1
    letters_below = f"sum_({' '.join(letters)}) " if letters else ""
    factors = ((f"(partial {name}) / (partial {middle})", f"(partial {middle}) / (partial {source})"),
               (f"partial {name} slash partial {middle}", f"dot partial {middle} slash partial {source}"))
    # Of one path among several only a part arrives in between, and there is no sign for that.
    products = ["" if several else f" = {letters_below}{' '.join(pair)}" for pair in factors]
    part = '"part of" ' if several else ""
    number = number_typst(value)
    used = [(arriving, slope) for arriving, slope in terms if arriving and slope]
    written = [f"{'-' if arriving < 0 else '+'} {three_digits(abs(arriving))} dot {_bracketed(slope)}"
               for arriving, slope in used[:MOST_SUMMED]]
    added = " ".join([*written, *(["+ dots.h.c"] if len(used) > MOST_SUMMED else [])]).removeprefix("+ ") or "0"
    row, column = (np.ravel_multi_index(at, evaluation.values[of_name].shape)
                   for of_name, at in ((top, of), (wrt, place)))
    total = value if not several else math.nan  # of a name on the way only the asked path is known
    if top == program.output.name:
        total = float(evaluation.jacobian(wrt)[row, column])
    finite = all(math.isfinite(number) for number in (value, *(n for term in terms for n in term)))
    adding = f"Row times column: ${added} = {three_digits(value)}$." if terms and finite else ""
    if several:
        adding = (f"Only what comes back along this path; all {ways} paths together give ${three_digits(total)}$."
                  if math.isfinite(total) else f"Only what goes along this path, one of {ways}.")
    change = total * _SMALL_CHANGE
    grows = "grows" if change >= 0 else "falls"
    carries = ""  # of what is no number nothing follows
    if math.isfinite(total):
        carries = (f"If ${source}$ grows by {_SMALL_CHANGE}, ${name}$ {grows} by about ${three_digits(abs(change))}$."
                   if total else f"A small change of ${source}$ does not move ${name}$.")
    said = f"∂{output} by ∂{plain}{', part of this path' if several else ''} = {cell_text(value)}."
    if total and math.isfinite(total):
        said += f" If {plain} grows by {_SMALL_CHANGE}, {output} {grows} by about {cell_text(abs(change), 4)}."
    declared = ((wrt, *place),) if program.declaration(wrt) is not None else ()
    formula, line = (f"{part}{end}{product} = {number}" for end, product in zip(ends, products, strict=True))
    return CellWords(formula, line, "", " ".join(filter(None, (adding, carries))), said, declared)


def _free_letters(program: Program, shape: tuple[int, ...]) -> tuple[str, ...]:
    """Letters to count the entries of a variable with, that are not names of the program; one for each long side."""
    free = [letter for letter in "ijpqrs" if letter not in program.shapes and letter not in program.dimensions]
    wanted = sum(size > 1 for size in shape)
    return tuple(free[:wanted])


def _bracketed(value: float) -> str:
    """A second factor: a negative one in brackets."""
    number = three_digits(value)
    return f"({number})" if value < 0 else number


def _words(
    evaluation: Evaluation, derivation: Derivation, factor: Factor,
    ends: tuple[tuple[str, int, int], tuple[str, int, int]], entry: Expression | None, value: float,
) -> str:
    """The same in plain words: without mathematics, to be heard."""
    program, (output, source) = evaluation.program, ends
    result, variable = _plain(program, *output), _plain(program, *source)
    written = Printer(PlainEntries(program.shapes)).write(entry).source if entry is not None else ""
    exact_number = entry is not None and not variables(entry)
    numbers = [written] if exact_number else [part for part in (written, cell_text(value)) if part]
    said = [" = ".join([f"∂{result} by ∂{variable}", *numbers]) + "."]
    if exact_number and value == 0:
        said.append(f"{variable} does not reach {result}: the entry is exactly 0.")
    elif not factor.through:
        said.append(derivation.link(factor.output, factor.source).because.text)
    if output[0] != program.output.name and evaluation.gradients:
        arriving, total = (float(evaluation.gradients[name][i, j]) for name, i, j in ends)
        said.append(f"Its term in ∂{program.output.name} by ∂{variable} = {cell_text(total)}: δ{result} times "
                    f"it, {cell_text(arriving)} · {cell_text(value)} = {cell_text(arriving * value)}.")
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
    if form.shape == sizes:
        return entry_of(form, row, column)
    # The gradient of a number is often written in the shape of the variable; its row has the entries row by row.
    shape = evaluation.values[factor.source].shape
    at: tuple[int, int] = divmod(column, int(shape[1]))
    return entry_of(form, *at) if sizes[0] == 1 and form.shape == shape else None


def _depends(program: Program, entry: Expression | None) -> tuple[str, str]:
    """Which numbers an entry depends on, in Typst mathematics and in plain words; nothing where it has no letters."""
    names = [variable.name for variable in variables(entry)] if entry is not None else []
    if not names:
        return "", ""
    seen, plain = names[:MOST_NAMED], PlainEntries(program.shapes)
    letters = [entry_source(name, program.shapes[name.partition("[")[0]]) for name in seen]
    more = len(names) - len(seen)
    spoken = f"It depends on {', '.join(map(plain.name, seen))}{f' and {more} more' if more else ''}."
    return " comma ".join([*letters, *(["dots.h"] if more else [])]), spoken


def _carries(
    evaluation: Evaluation, factor: Factor, ends: tuple[tuple[str, int, int], tuple[str, int, int]], value: float
) -> str:
    """The share of the input's gradient that comes back through this cell."""
    program, (output, source) = evaluation.program, ends
    if output[0] == program.output.name or not evaluation.gradients:
        return ""
    arriving, total = (float(evaluation.gradients[name][i, j]) for name, i, j in ends)
    whole = f"partial {name_typst(program.output.name)} slash partial {_entry(program, *source)}"
    product = f"{three_digits(arriving)} dot {_bracketed(value)} = {three_digits(arriving * value)}"
    return (f"Its term in ${whole} = {three_digits(total)}$: $delta_({_entry(program, *output)})$ times it, "
            f"${product}$.")
