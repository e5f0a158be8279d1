"""What a picture's mathematics is in LaTeX: the Typst source of each name, title and form, and its LaTeX beside it.

A picture is laid out with Typst. Both languages are printed from the same names and formulas, so nothing is translated.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Final

from tutor.core.expression import Expression
from tutor.core.program import Program
from tutor.derive.views import Factor
from tutor.derive.words import blocks
from tutor.figures.axes import axis_names
from tutor.figures.jacobians import slope_typst
from tutor.figures.lettering import note_parts
from tutor.figures.products import Reading, multiplied, pictures, result_parts
from tutor.figures.turned import Written
from tutor.language import printing
from tutor.language.names import entry_typst, indexed_latex, name_latex, name_typst

_SIGNS: Final = {"dot.c": r"\cdot", "=": "=", "compose": r"\circ", "arrow.r": r"\to"}

Pair = tuple[str, str]


def slope_latex(output: str, source: str) -> str:
    """∂output/∂source in LaTeX, on one line."""
    return rf"\partial {name_latex(output)} / \partial {name_latex(source)}"


def equation_glossary(
    program: Program, written: Written, chain: Sequence[Factor], reading: Reading = "local"
) -> dict[str, str]:
    """All mathematics of the Jacobians along a path.

    Args:
        program: With numbers for sizes.
        written: How the equation is written.
        chain: The factors along the path, output first.
        reading: What is multiplied.
    """
    found = {**_SIGNS, name_typst("σ"): name_latex("σ")}
    shown, last = pictures(chain, reading), result_parts(chain, reading)
    products = [parts for parts in (*(picture.parts for picture in shown), last) if parts is not None]
    whole = reduce(multiplied, chain)
    for factor in (*chain, whole, *(picture.factor for picture in shown), *itertools.chain(*products)):
        for form in (factor.form, written.form(factor)):
            if form is not None:
                found |= _form(form)
        for slope, latex in _slopes(factor):
            found |= {slope: latex, f'"part of" {slope}': rf"\text{{part of }} {latex}"}
    for parts in products:
        sides = [_slopes(factor)[written.stands_turned(factor)] for factor in written.in_order(parts)]
        found[" dot ".join(slope for slope, _ in sides)] = r" \cdot ".join(latex for _, latex in sides)
    names = {whole.output, *itertools.chain(*((*factor.through, factor.source) for factor in chain))}
    found.update(_entries(program, {*names, *_named(axis_names(program, whole.source))}))
    found.update(_counts(program, whole.source))
    return found


def _form(form: Expression) -> dict[str, str]:
    """A matrix, and what is said of its blocks."""
    said = blocks(form)
    about = () if said is None else zip(_maths(said.typst), _maths(said.latex), strict=True)
    return {printing.typst(form, inline=True): printing.latex(form, inline=True), **dict(about)}


def _slopes(factor: Factor) -> tuple[Pair, Pair]:
    """A slope, and the same transposed."""
    typst, latex = slope_typst(factor.output, factor.source), slope_latex(factor.output, factor.source)
    return (typst, latex), (f"({typst})^top", rf"({latex})^{{\top}}")


def comparison_glossary(program: Program, name: str) -> dict[str, str]:
    """All mathematics of the gradient check of one variable; the program has numbers for sizes."""
    output = program.output.name
    return {slope_typst(output, name): slope_latex(output, name),
            **dict(_entries(program, {name, *_named(axis_names(program, name))})), **dict(_counts(program, name))}


def _maths(note: str) -> list[str]:
    return [piece for piece, maths in note_parts(note) if maths]


def _named(names: Iterable[str | None]) -> Iterator[str]:
    return (name for name in names if name is not None)


def _entries(program: Program, names: Iterable[str]) -> Iterator[Pair]:
    """The entries of variables."""
    for name in names:
        rows, columns = shape = program.shapes[name]
        for i in range(int(rows)):
            for j in range(int(columns)):
                places = [str(k + 1) for k, size in zip((i, j), shape, strict=True) if size != 1]
                yield entry_typst(name, i, j, shape), indexed_latex(name, places)


def _counts(program: Program, name: str) -> Iterator[Pair]:
    """Rows and columns that nothing names."""
    return ((str(i + 1), str(i + 1)) for i in range(max(int(size) for size in program.shapes[name])))
