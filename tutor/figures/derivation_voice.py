"""How the formulas of a reading are said: matrices, entries, slopes, and differentials line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tutor.core.expression import Expression
from tutor.derive.differentials import differential
from tutor.derive.index_notation import Index
from tutor.derive.index_printing import TEXT, TYPST
from tutor.derive.names import cotangent_name
from tutor.derive.readings import Formula, Passage, Reading
from tutor.derive.step import Link
from tutor.figures.derivation_details import Equality, equality
from tutor.figures.derivation_parts import Piece, finder, pieces
from tutor.figures.derivation_words import Maths, beside, slope, slope_in_line
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
            return Maths(TYPST.write(formula[0]), TEXT.write(formula[0]))
        return Maths(printing.typst(formula, part_of=finder(formula, parts)), printing.text(formula))

    def written(self, formula: Expression, of: str) -> Expression:
        """A formula for something in the shape of a name."""
        return self.reading.notation.written(formula, of in self.reading.notation.rows)

    def left(self, passage: Passage) -> Maths:
        """δ of the name, or the gradient itself in the last step."""
        if passage.of == self.reading.derivation.wrt and self.reading.convention.layout == "gradient":
            return self.slope(passage.found, passage.of, slope_in_line)
        letters = letters_of(passage.found)
        said = f"[{', '.join(letters)}]" if letters else ""
        return Maths(indexed_typst(cotangent_name(passage.of), letters), f"{cotangent_name(passage.of)}{said}")

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

    def lines(self, passage: Passage, title: str, skip: int = 0) -> Iterator[Equality]:
        """In differentials: the formulas of a passage that are equal, each with what it comes by.

        Args:
            passage: Which.
            title: What its rule is called.
            skip: So many formulas are left out at the beginning.
        """
        last, output, gives = len(passage.chain) - 1, passage.through[-1][0], self.left(passage)
        # From the output itself nothing arrives: the statement's own differential comes first.
        rule = 0 if passage.chain[:1] == (passage.change,) else 1
        for place, member in enumerate(passage.chain):
            if place == last and place != rule:
                reason = (f"gives ${gives.typst}$", f"gives {gives.text}")
            elif place == rule:
                reason = (source.escape(title), title)
            else:
                reason = (f"a change of ${name_typst(output)}$", f"a change of {output}")
            if place >= skip:
                yield equality(self.change_of(passage), self.formula(member), reason, go_on=place > 0)

    def change_of(self, passage: Passage) -> Maths:
        """dL; of one of several paths, the part of it that comes by that."""
        whole = self.formula(differential(self.output, self.reading.derivation.program.output.shape))
        if passage.whole:
            return whole
        way = passage.through[-1][0]
        return beside([whole, Maths(f'"via" {name_typst(way)}', f"via {way}")])


def letters_of(found: Formula) -> list[str]:
    """The indices an entry has; none of a matrix."""
    places: tuple[Index, Index] = found[1] if isinstance(found, tuple) else (None, None)
    return [letter for letter in places if letter is not None]
