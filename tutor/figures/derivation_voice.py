"""How the formulas of a reading are said: matrices, entries, slopes, and differentials line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tutor.core.expression import Expression
from tutor.derive.differential_lines import PUT_IN
from tutor.derive.passages import Passage
from tutor.derive.reading_export import left_of_passage
from tutor.derive.readings import Reading
from tutor.derive.rows import Formula, formula_text, formula_typst, letters_of
from tutor.derive.step import Link
from tutor.derive.views import Factor
from tutor.figures.derivation_details import Equality, equality
from tutor.figures.derivation_parts import Piece, finder, pieces
from tutor.figures.derivation_words import Maths, slope
from tutor.language import printing
from tutor.language.names import indexed_typst, name_typst
from tutor.typeset import source

Slope = Callable[[str, str], Maths]


@dataclass(frozen=True)
class Voice:
    """A reading as formulas.

    Attributes:
        reading: Which.
    """

    reading: Reading

    @property
    def output(self) -> str:
        """What is differentiated."""
        return self.reading.derivation.program.output.name

    def pieces_of(self, links: Sequence[Link] | None = None) -> tuple[Piece, ...]:
        """What the links bring into formulas, as this reading may write it."""
        known = pieces(self.reading.derivation, links)
        if self.reading.convention.vectors == "row" and self.reading.convention.layout == "gradient":
            return known
        write = self.reading.notation.written
        found = [Piece(write(p.expression, flipped), p.key, p.before != flipped)
                 for p in known for flipped in (True, False)]
        return tuple(dict.fromkeys(found))

    def formula(self, formula: Formula, parts: Sequence[Piece] = ()) -> Maths:
        """A matrix formula, with some of its pieces as parts; or an entry."""
        if isinstance(formula, tuple):
            return Maths(formula_typst(formula), formula_text(formula))
        return Maths(printing.typst(formula, part_of=finder(formula, parts)), printing.text(formula))

    def form(self, factor: Factor) -> Expression | None:
        """The matrix of a factor; the slope of a number by a matrix has the shape of that and is never turned."""
        if factor.form is None:
            return None
        derivation = self.reading.derivation
        is_matrix = factor.output == derivation.top and 1 not in derivation.program.shapes[factor.source]
        return self.reading.jacobian(factor.form, self.reading.convention.turned and not is_matrix)

    def written(self, formula: Expression, of: str) -> Expression:
        """A formula for something in the shape of a name."""
        return self.reading.notation.written(formula, of in self.reading.notation.rows)

    def left(self, passage: Passage) -> Maths:
        """δ of the name, or the gradient itself in the last step."""
        left = left_of_passage(self.reading, passage)
        return Maths(left.typst, left.text_bare)

    def slope(self, found: Formula, by: str, written: Slope) -> Maths:
        """∂L/∂x, or an entry of it."""
        letters = letters_of(found)
        if not letters:
            return written(self.output, by)
        below, above = indexed_typst(by, letters), name_typst(self.output)
        text = f"∂{self.output}/∂{by}[{', '.join(letters)}]"
        if written is slope:
            return Maths(source.fraction(f"partial {above}", f"partial {below}"), text)
        return Maths(f"partial {above} slash partial {below}", text)

    def page(self, passage: Passage, goes_on: bool) -> Iterator[Equality]:
        """In differentials: dL from the output to the change of a name; the rules stand beside what was put in.

        Args:
            passage: Which.
            goes_on: Whether it goes on from the passage before, which ended with what it begins with.
        """
        output = self.reading.derivation.program.output
        own = [row for row in passage.rows if row.about.of == output]
        rules = tuple(dict.fromkeys(reason for row in passage.rows if row.about.of != output for reason in row.reasons))
        shown = [row for row in own if row.reasons or not goes_on or row is not own[0]]
        for place, row in enumerate(shown):
            is_put_in = any(reason.template == PUT_IN for reason in row.reasons)
            said = rules if is_put_in and rules else row.reasons
            row = replace(row, left=None if goes_on or place else row.about, reasons=said)
            yield equality(row, lambda formula: self.formula(formula).typst)
