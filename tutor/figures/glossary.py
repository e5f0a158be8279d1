"""What a picture's mathematics is in LaTeX: the Typst source of each name, title and form, and its LaTeX beside it.

A picture is laid out with Typst. Both languages are printed from the same names and formulas, so nothing is translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tutor.core.program import Program
from tutor.derive.step import Derivation
from tutor.derive.views import factors
from tutor.derive.words import blocks
from tutor.figures.axes import axis_names
from tutor.figures.jacobians import slope_typst
from tutor.figures.lettering import note_parts
from tutor.language import printing
from tutor.language.names import entry_typst, indexed_latex, name_latex, name_typst

_SIGNS: Final = {"dot.c": r"\cdot", "=": "=", "compose": r"\circ"}

Pair = tuple[str, str]


def slope_latex(output: str, source: str) -> str:
    """∂output/∂source in LaTeX, on one line."""
    return rf"\partial {name_latex(output)} / \partial {name_latex(source)}"


def equation_glossary(program: Program, derivation: Derivation, path: tuple[str, ...]) -> dict[str, str]:
    """All mathematics of the Jacobians along a path.

    Args:
        program: With numbers for sizes.
        derivation: Of the same problem.
        path: One of its paths, output first.
    """
    found = {**_SIGNS, name_typst("σ"): name_latex("σ")}
    ends = [(path[0], path[-1])]
    for factor in factors(derivation, path):
        ends.append((factor.output, factor.source))
        if factor.form is not None:
            found[printing.typst(factor.form, inline=True)] = printing.latex(factor.form, inline=True)
            said = blocks(factor.form)
            if said is not None:
                found.update(zip(_maths(said.typst), _maths(said.latex), strict=True))
    for output, source in ends:
        slope = slope_latex(output, source)
        found |= {slope_typst(output, source): slope,
                  f'"part of" {slope_typst(output, source)}': rf"\text{{part of }} {slope}"}
    found.update(_entries(program, {*path, *_named(axis_names(program, path[-1]))}))
    found.update(_counts(program, path[-1]))
    return found


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
