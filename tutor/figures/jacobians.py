"""The Jacobians of a chain as an equation of heatmaps, from a derivation and its numbers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Final

import numpy as np

from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation
from tutor.core.layout import Array
from tutor.core.problem import BrokenPromise
from tutor.core.program import FACT_WORDS, Program, resolve
from tutor.derive.step import Derivation
from tutor.derive.structure import is_full
from tutor.derive.views import Factor, factor_jacobian, factors, path_count
from tutor.derive.words import ROW_BY_ROW
from tutor.figures.axes import axis_entry_names, entry_names
from tutor.figures.cells import spoken
from tutor.figures.entries import declared_entries, entry_of
from tutor.figures.heatmap import Cell, EquationSpec, HeatmapSpec
from tutor.figures.palette import nice_scale, usual_size
from tutor.figures.products import Reading, pictures, result_parts
from tutor.figures.verdict import place_text
from tutor.language import printing
from tutor.language.names import name_typst

LARGEST_SHOWN: Final = 512
"""Rows or columns above which a Jacobian is described and not drawn."""

MOST_LINKED: Final = 1024
"""Entries of a Jacobian up to which each is traced back to the numbers it is made of."""

IN_SHAPE: Final = "in the shape of the variable"
"""The note on a gradient by a matrix."""

RESULT: Final = "result"
"""The key of what the product gives."""


def shared_scale(evaluation: Evaluation, derivation: Derivation | None = None, joined: bool = False) -> float:
    """One end of the colour scale for all that is on the screen: numbers, the gradient, the Jacobians of the chain."""
    shown = [evaluation.values[d.name] for d in evaluation.program.declarations]
    wrt = evaluation.problem.wrt
    shown += [evaluation.gradients[wrt]] if wrt in evaluation.gradients else []
    if derivation is not None:
        chains = [factors(derivation, path, joined) for path in derivation.paths]
        # Paths share most of their factors, and each factor counts once.
        numbers = {factor: factor_numbers(evaluation, factor) for factor in dict.fromkeys(itertools.chain(*chains))}
        given = (_gives(evaluation, derivation, [numbers[factor] for factor in chain]) for chain in chains)
        shown += [array for array in (*numbers.values(), *given) if array is not None]
    return nice_scale(usual_size(*shown))


def equation(
    evaluation: Evaluation,
    derivation: Derivation,
    path: tuple[str, ...],
    joined: bool = False,
    scale: float | None = None,
    reading: Reading = "local",
    own_scales: bool = False,
) -> EquationSpec:
    """The Jacobians along one path, multiplied, and what they give.

    Args:
        evaluation: The numbers.
        derivation: Of the same problem.
        path: One of its paths, output first.
        joined: Whether links that the derivation writes as one are shown as one.
        scale: The end of the colour scale; None for one scale of all of them.
        reading: Whether the links are shown by themselves, or their products from one end to the other.
        own_scales: Whether each matrix has a colour scale of its own.

    Returns:
        One heatmap a factor or product, keyed by :attr:`Factor.key`, then the result, keyed :data:`RESULT`.
    """
    chain = factors(derivation, path, joined)
    shown, last = pictures(chain, reading), result_parts(chain, reading)
    numbers = [factor_numbers(evaluation, picture.factor) for picture in shown]
    program = evaluation.program
    links = numbers if len(shown) == len(chain) else [factor_numbers(evaluation, factor) for factor in chain]
    gives = _gives(evaluation, derivation, links)
    if scale is None:
        scale = nice_scale(usual_size(*(array for array in (*numbers, gives) if array is not None)))
    end = None if own_scales else scale
    items = [_factor(program, picture.factor, array, end, picture.factor.broken(evaluation.problem))
             if picture.parts is None else _product(program, derivation, picture.factor, picture.parts, array, end)
             for picture, array in zip(shown, numbers, strict=True)]
    given = (_jacobian_given if derivation.ends_in_matrix else _gradient_given)(program, derivation, path, gives, end)
    words = ", then ".join(f"∂{picture.factor.output} by ∂{picture.factor.source}" for picture in shown)
    part = "part of " if len(derivation.paths) > 1 else ""
    gave = f"{part}∂{path[0]} by ∂{path[-1]}"
    if reading == "local" or last is None:
        signs = [*("·" for _ in chain[1:]), "="]
        return EquationSpec((*items, given), tuple(signs), f"{words.replace(', then', ' times')} gives {gave}")
    note = given.note or _counted(program, last)
    given = replace(given, matrix_form=product_typst(last), note=note)
    return EquationSpec((*items, given), ("arrow.r",) * len(items), f"Products: {words}, then {gave}")


def _gives(evaluation: Evaluation, derivation: Derivation, numbers: Sequence[Array | None]) -> Array | None:
    """What the product along a path gives: the gradient or the Jacobian, or with several paths this path's part of it.

    None where it takes a factor that is too large.
    """
    if len(derivation.paths) == 1 and not derivation.ends_in_matrix:
        return evaluation.gradients[derivation.wrt]
    known = [array for array in numbers if array is not None]
    if len(known) < len(numbers):
        return None
    if len(derivation.paths) == 1:
        return evaluation.jacobian(derivation.wrt)
    with np.errstate(all="ignore"):
        return reduce(np.matmul, known)


def factor_numbers(evaluation: Evaluation, factor: Factor) -> Array | None:
    """The numbers of a factor, or None where they are too many to draw."""
    names = (factor.output, *factor.through, factor.source)
    if any(evaluation.values[name].size > LARGEST_SHOWN for name in names):
        return None
    try:
        return factor_jacobian(evaluation, factor)
    except TutorError:
        return None


def _factor(
    program: Program, factor: Factor, array: Array | None, scale: float | None, broken: BrokenPromise | None
) -> HeatmapSpec:
    """One Jacobian as a heatmap: rows named after outputs, columns after inputs."""
    title = slope_typst(factor.output, factor.source)
    form = printing.typst(factor.form, inline=True) if factor.form is not None else ""
    if array is None:
        return _described(factor.key, title, form, _too_large(program, factor.output, factor.source), scale)
    return HeatmapSpec(
        factor.key,
        array,
        entry_names(program, factor.output) if array.shape[0] > 1 else (),
        entry_names(program, factor.source),
        title,
        # A form that rests on a promise these numbers break does not stand over numbers it does not give.
        form if broken is None else "",
        (factor.note or _stacked(program, factor)) if broken is None else
        f"${form}$ needs {broken.name} to be {FACT_WORDS[broken.fact]}",
        scale,
        description=_described_as("Jacobian", factor.output, factor.source, array),
        describe=_describer(program, factor.output, factor.source, array),
        note_yields=broken is None and is_full(factor.form),
        blocks=_blocks(program, factor.output, factor.source),
    )


def _product(
    program: Program, derivation: Derivation, factor: Factor, parts: tuple[Factor, Factor], array: Array | None,
    scale: float | None,
) -> HeatmapSpec:
    """The product of two Jacobians as a heatmap; where there are other ways, it is only this one's part."""
    output, source = factor.output, factor.source
    several = path_count(derivation, output, source) > 1
    title, form = slope_typst(output, source), product_typst(parts)
    title = f'"part of" {title}' if several else title
    if array is None:
        return _described(factor.key, title, form, f"{_sizes(program, output, source)}, not computed", scale)
    return HeatmapSpec(
        factor.key,
        array,
        entry_names(program, output) if array.shape[0] > 1 else (),
        entry_names(program, source),
        title,
        form,
        _counted(program, parts),
        scale,
        description=_described_as("Part of the Jacobian" if several else "Jacobian", output, source, array),
        describe=_describer(program, output, source, array, several),
        note_yields=True,
        blocks=_blocks(program, output, source),
    )


def product_typst(parts: tuple[Factor, Factor]) -> str:
    """∂output/∂middle · ∂middle/∂source in Typst mathematics, on one line."""
    return " dot ".join(slope_typst(part.output, part.source) for part in parts)


def _counted(program: Program, parts: tuple[Factor, Factor]) -> str:
    """How many numbers are multiplied for a product: why one starts at the output."""
    names = parts[0].output, parts[0].source, parts[1].source
    rows, middle, columns = (_entries(program, name) for name in names)
    return f"{rows}×{middle} times {middle}×{columns}: {rows * middle * columns} multiplications"


def _entries(program: Program, name: str) -> int:
    return math.prod(int(size) for size in program.shapes[name])


def _blocks(program: Program, output: str, source: str) -> tuple[int, int]:
    """After how many rows and columns of a Jacobian another row of a matrix begins; 0 where there is none."""
    rows, columns = (0 if 1 in program.shapes[name] else int(program.shapes[name][1]) for name in (output, source))
    return rows, columns


def _described(key: str, title: str, form: str, note: str, scale: float | None) -> HeatmapSpec:
    """A matrix that is spoken of and not drawn: one cell without a number."""
    return HeatmapSpec(key, np.zeros((1, 1)), title=title, matrix_form=form, note=note, scale=scale,
                       computed=np.zeros((1, 1), dtype=bool))


def _gradient_given(
    program: Program, derivation: Derivation, path: Sequence[str], gives: Array | None, scale: float | None
) -> HeatmapSpec:
    """The gradient, or this path's part of it, in the shape of the variable."""
    output, wrt = path[0], path[-1]
    several = len(derivation.paths) > 1
    title, note = _headed(derivation, output, wrt)
    if gives is None:
        return _described(RESULT, title, "", f"{note}, not computed", scale)
    rows, columns = (int(size) for size in program.shapes[wrt])
    if max(rows, columns) > LARGEST_SHOWN:
        return _described(RESULT, title, "", f"{rows} × {columns}, too large to draw", scale)
    description = f"{'Part of the gradient' if several else 'Gradient'} of {output} by {wrt}"
    if 1 not in (rows, columns):
        return HeatmapSpec(RESULT, gives.reshape(rows, columns), *axis_entry_names(program, wrt), title=title,
                           note=note or IN_SHAPE, scale=scale, description=description)
    row = gives.reshape(1, -1)
    return HeatmapSpec(RESULT, row, (), entry_names(program, wrt), title, note=note, scale=scale,
                       description=description, describe=_describer(program, output, wrt, row, several))


def _headed(derivation: Derivation, output: str, wrt: str) -> tuple[str, str]:
    """The title of what the product gives, and the note that of several paths it is only this one's part."""
    title = slope_typst(output, wrt)
    if len(derivation.paths) == 1:
        return title, ""
    return f'"part of" {title}', f"only the part of this path, one of {path_count(derivation)}: the parts add up"


def _jacobian_given(
    program: Program, derivation: Derivation, path: Sequence[str], gives: Array | None, scale: float | None
) -> HeatmapSpec:
    """Where the program ends in a matrix: the Jacobian, or this path's part of it."""
    output, wrt = path[0], path[-1]
    several = len(derivation.paths) > 1
    title, note = _headed(derivation, output, wrt)
    if gives is None:
        return _described(RESULT, title, "", _too_large(program, output, wrt), scale)
    return HeatmapSpec(RESULT, gives, entry_names(program, output), entry_names(program, wrt), title,
                       note=note or _stacked(program, Factor(output, wrt, None)), scale=scale,
                       description=_described_as("Part of the Jacobian" if several else "Jacobian", output, wrt, gives),
                       describe=_describer(program, output, wrt, gives, several),
                       blocks=_blocks(program, output, wrt))


def _too_large(program: Program, output: str, source: str) -> str:
    """The note on a Jacobian that is not drawn."""
    return f"{_sizes(program, output, source)}, too large to draw"


def _sizes(program: Program, output: str, source: str) -> str:
    return f"{_entries(program, output)} × {_entries(program, source)}"


def _described_as(what: str, output: str, source: str, array: Array) -> str:
    """A Jacobian in words."""
    return f"{what} of {output} by {source}, {array.shape[0]} rows of outputs, {array.shape[1]} columns of inputs"


def slope_typst(output: str, source: str) -> str:
    """∂output/∂source in Typst mathematics, on one line."""
    return f"partial {name_typst(output)} slash partial {name_typst(source)}"


def _stacked(program: Program, factor: Factor) -> str:
    """How the rows and columns are ordered where both stand for matrices."""
    matrices = all(1 not in program.shapes[name] for name in (factor.output, factor.source))
    return ROW_BY_ROW if matrices else ""


def _describer(
    program: Program, output: str, source: str, array: Array, part: bool = False
) -> Callable[[int, int], str]:
    """The words for a cell: what by what, whether it is only a part of that, and how much."""
    of = "part of " if part else ""
    shapes = {name: tuple(int(s) for s in program.shapes[name]) for name in (output, source)}

    def entry(name: str, place: int) -> str:
        rows, columns = shapes[name]
        return place_text(name, divmod(place, columns), (rows, columns))

    def words(row: int, column: int) -> str:
        return f"{of}∂{entry(output, row)} by ∂{entry(source, column)}, {spoken(float(array[row, column]))}"

    return words


def cell_sources(evaluation: Evaluation, factor: Factor) -> Mapping[tuple[str, int, int], tuple[Cell, ...]]:
    """Which cells of a Jacobian are made of which entries of declared variables, read off its matrix form."""
    if factor.form is None:
        return {}
    form = resolve(factor.form, evaluation.problem.dims)
    rows, columns = (evaluation.values[name].size for name in (factor.output, factor.source))
    if form.shape != (rows, columns) or rows * columns > MOST_LINKED:
        return {}
    found: dict[tuple[str, int, int], list[Cell]] = {}
    for row in range(rows):
        for column in range(columns):
            for source in declared_entries(evaluation.program, entry_of(form, row, column)):
                found.setdefault(source, []).append((row, column))
    return {source: tuple(cells) for source, cells in found.items()}
