"""An equation of Jacobians as it stands where vectors are columns: transposed, the variable's factor first.

The numbers and the forms are those of the one derivation; a form is shown if it is equal to that at its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from tutor.core.expression import Expression
from tutor.core.problem import Problem
from tutor.derive.conventions import Convention, Notation
from tutor.derive.derivation import drawn
from tutor.derive.reading_checks import Checks
from tutor.derive.step import Derivation
from tutor.derive.views import Factor
from tutor.derive.words import blocks
from tutor.figures.heatmap import EquationSpec, HeatmapSpec, Marks
from tutor.figures.jacobians import IN_SHAPE, RESULT, slope_typst
from tutor.figures.products import Picture, Reading, pictures, result_parts
from tutor.language import printing


class Written(NamedTuple):
    """How the equation of a derivation is written.

    Attributes:
        derivation: What is written.
        convention: Whether vectors are rows or columns, and which layout the derivative has.
        kinds: How the numbers are drawn that its forms are checked at.
    """

    derivation: Derivation
    convention: Convention
    kinds: tuple[tuple[str, str], ...] = ()

    @property
    def turned(self) -> bool:
        """Whether the pictures stand transposed. What ends in a matrix is not read in another way."""
        return self.convention.turned and not self.derivation.ends_in_matrix

    def turns(self, item: HeatmapSpec) -> bool:
        """Whether a picture stands transposed; the gradient by a matrix has the shape that the layout gives it."""
        if item.key != RESULT or 1 in self.derivation.program.shapes[self.derivation.wrt]:
            return self.turned
        return self.convention.layout == "numerator" and not self.derivation.ends_in_matrix

    def equation(self, spec: EquationSpec, chain: Sequence[Factor], reading: Reading) -> EquationSpec:
        """An equation as :func:`tutor.figures.jacobians.equation` has it, written in this way."""
        if self.derivation.ends_in_matrix or self.convention == Convention():
            return spec
        shown = pictures(chain, reading)
        items = [self._item(item, picture) for item, picture in zip(spec.items, shown, strict=False)]
        given, last = spec.items[-1], result_parts(chain, reading)
        if given.matrix_form and last is not None:
            given = replace(given, matrix_form=self._product(last))
        if self.turns(given):
            given = transposed(replace(given, note=given.note.replace(IN_SHAPE, f"{IN_SHAPE}, transposed")))
        if reading == "local" and self.turned:
            items = items[::-1]
            words = ", then ".join(f"∂{factor.output} by ∂{factor.source}" for factor in reversed(chain))
            gave = spec.description.partition(" gives ")[2]
            spec = replace(spec, description=f"Transposed, {words.replace(', then', ' times')} gives {gave}")
        return replace(spec, items=(*items, given))

    def _item(self, item: HeatmapSpec, picture: Picture) -> HeatmapSpec:
        factor, parts = picture
        form = self.form(factor)
        source = "" if form is None else printing.typst(form, inline=True)
        source = source if parts is None else self._product(parts)
        title = item.title.replace(slope_typst(factor.output, factor.source), self._slope(factor))
        note = item.note
        if factor.form is not None and (before := blocks(factor.form)) is not None:
            # The blocks of a transposed matrix have other places.
            here = None if form is None else blocks(form)
            note = note.replace(before.typst, here.typst) if here is not None else ""
        item = replace(item, title=title, matrix_form=source if item.matrix_form else "", note=note)
        return transposed(item) if self.turned else item

    def stands_turned(self, factor: Factor) -> bool:
        """Whether a slope has a ᵀ; that of the output alone is written as the gradient it is."""
        return self.turned and factor.output != self.derivation.top

    def in_order(self, parts: tuple[Factor, Factor]) -> tuple[Factor, Factor]:
        """Two factors as they stand in a product."""
        return parts[::-1] if self.turned else parts

    def _slope(self, factor: Factor) -> str:
        slope = slope_typst(factor.output, factor.source)
        return f"({slope})^top" if self.stands_turned(factor) else slope

    def _product(self, parts: tuple[Factor, Factor]) -> str:
        return " dot ".join(map(self._slope, self.in_order(parts)))

    def form(self, factor: Factor) -> Expression | None:
        """The matrix of a factor; the slope of a number by a matrix has the shape of that and is never turned."""
        if factor.form is None:
            return None
        derivation = self.derivation
        is_matrix = factor.output == derivation.top and 1 not in derivation.program.shapes[factor.source]
        return _form(self, factor.form, self.turned and not is_matrix)


def written_as(derivation: Derivation, convention: Convention, problem: Problem) -> Written:
    """How an equation is written in a convention; of that, only where vectors and derivatives lie shows in it."""
    lies = Convention(convention.vectors, layout=convention.layout)
    return Written(derivation, lies, tuple(sorted(problem.kinds.items())))


@lru_cache(maxsize=256)  # numbers change, and forms do not
def _form(written: Written, form: Expression, flipped: bool) -> Expression | None:
    notation = Notation(written.derivation.program, written.convention.vectors)
    found = notation.jacobian(form, flipped)
    checks = Checks(written.derivation, notation, drawn(written.derivation.program, dict(written.kinds)))
    return found if checks.rewritten(form, flipped, found, found) else None


def transposed(item: HeatmapSpec) -> HeatmapSpec:
    """A picture with its columns as rows."""
    return replace(
        item,
        values=item.values.T,
        row_names=item.column_names,
        column_names=item.row_names,
        description=f"{item.description}, transposed",
        describe=None if item.describe is None else _swapped(item.describe),
        computed=None if item.computed is None else item.computed.T,
        blocks=item.blocks[::-1],
    )


def transposed_marks(marks: Marks) -> Marks:
    """What is lit in a picture with its columns as rows."""
    return Marks(marks.whole, frozenset((column, row) for row, column in marks.cells),
                 frozenset((column, row) for row, column in marks.linked), marks.columns, marks.rows)


def turned_marks(marks: Mapping[str, Marks], keys: frozenset[str]) -> dict[str, Marks]:
    """What is lit in pictures, some of which stand transposed."""
    return {key: transposed_marks(found) if key in keys else found for key, found in marks.items()}


def _swapped(describe: Callable[[int, int], str]) -> Callable[[int, int], str]:
    return lambda row, column: describe(column, row)
