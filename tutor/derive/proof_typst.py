"""What SymPy returned for a link, as equations: the whole matrix where it is small, else entries that stand for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tutor.core.errors import TutorError
from tutor.core.expression import variables
from tutor.core.layout import numeric_shape
from tutor.core.program import Program, resolve
from tutor.derive.entrywise import entries, symbols
from tutor.derive.names import cotangent_name
from tutor.derive.step import Link
from tutor.derive.sympy_typst import sympy_typst
from tutor.language.names import entry_typst, name_typst
from tutor.typeset import source

if TYPE_CHECKING:
    import sympy

LARGEST: Final = 5
"""Rows and columns up to which a whole matrix is shown."""

_INDEXED: Final = re.compile(r"(?P<name>.+)_\{(?P<indices>[0-9,]+)\}")
_LETTERS: Final = ("i", "i,j")


Derivatives = tuple[tuple["sympy.Expr", ...], ...]
"""(outputs, inputs) derivatives of entries, as SymPy returns them."""


def proof_typst(program: Program, link: Link, sizes: Mapping[str, int], derivatives: Derivatives) -> tuple[str, ...]:
    """SymPy's derivatives of a link's entries, in Typst mathematics; what belongs on a line of its own is one source.

    Args:
        program: The program of the link.
        link: Which statement, by which name.
        sizes: At which they were taken.
        derivatives: (outputs, inputs) of them.

    Returns:
        Equations; none where SymPy's answer holds something that cannot be written.
    """
    try:
        return _Entries(program, link, sizes, derivatives).equations()
    except TutorError:
        return ()


class _Entries:
    """The derivatives of one link, ready to be written."""

    def __init__(self, program: Program, link: Link, sizes: Mapping[str, int], derivatives: Derivatives) -> None:
        self.program, self.link, self.sizes, self.derivatives = program, link, sizes, derivatives
        self.outputs = numeric_shape(program.shapes[link.output], self.sizes)
        self.inputs = numeric_shape(program.shapes[link.source], self.sizes)
        self.slope = source.fraction(f"partial {name_typst(link.output)}", f"partial {name_typst(link.source)}")

    def equations(self) -> tuple[str, ...]:
        """The way to show them that says most in least room."""
        rows, columns = len(self.derivatives), len(self.derivatives[0])
        flat = [entry for row in self.derivatives for entry in row]
        small = rows <= LARGEST and columns <= LARGEST
        if small and all(_is_plain(entry) for entry in flat):
            return (f"{self.slope} = {self._matrix(self._written())}",)
        if self._is_diagonal() and rows > 1:
            return self._diagonal()
        if rows == 1:
            rules = {self._general(self.derivatives[0][k], self.inputs, k) for k in range(columns)}
            if columns > 1 and len(rules) == 1:
                return (f"{self._entry_slope(None, None)} = {rules.pop()}",)
        return self._typical()

    # --- a diagonal matrix -----------------------------------------------------------------------------------------

    def _is_diagonal(self) -> bool:
        return self.outputs == self.inputs and all(
            (entry == 0) == (i != j) for i, row in enumerate(self.derivatives) for j, entry in enumerate(row)
        )

    def _diagonal(self) -> tuple[str, ...]:
        """Slopes s on the diagonal, and what s is: as SymPy says it, and as the matrix form says it."""
        count = len(self.derivatives)
        names = [f"s_({' '.join(_places(k, self.outputs))})" for k in range(count)]
        if count <= LARGEST:
            zero = source.muted("0")
            whole = source.matrix([[names[i] if i == j else zero for j in range(count)] for i in range(count)])
        else:
            whole = f"{source.operator('diag')}({names[0]}, dots.h, {names[-1]})"
        found = {self._general(self.derivatives[k][k], self.outputs, k) for k in range(count)}
        if len(found) > 1:
            return (f"{self.slope} = {whole}", f"{names[0]} = {sympy_typst(self.derivatives[0][0])}")
        letter = _letters(self.outputs).replace(",", " ")
        rule = found.pop()
        form = self._slope_by_form()
        tail = f" = {form}" if form and form != rule else ""
        return (f"{self.slope} = {whole}", f"s_({letter}) = {rule}{tail}")

    def _slope_by_form(self) -> str:
        """The first slope as the adjoint gives it, by letters; nothing where it cannot be written."""
        import sympy

        adjoint = resolve(self.link.adjoint, self.sizes)
        known = {v.name: symbols(v.name, numeric_shape(v.shape, self.sizes)) for v in variables(adjoint)}
        known[cotangent_name(self.link.output)] = sympy.ones(*self.outputs)
        try:
            return self._general(entries(adjoint, known)[0], self.outputs, 0)
        except TutorError:
            return ""

    # --- single entries --------------------------------------------------------------------------------------------

    def _typical(self) -> tuple[str, ...]:
        """The first entry that is not zero, and the next of another kind."""
        places = [(i, j) for i, row in enumerate(self.derivatives) for j in range(len(row))]
        first = next((p for p in places if self._at(p) != 0), places[0])
        plain = _is_plain(self._at(first))
        other = next((p for p in places if p[0] == first[0] and p != first and (self._at(p) == 0) == plain), None)
        chosen = [first] if other is None else [first, other]
        return tuple(f"{self._entry_slope(*p)} = {sympy_typst(self._at(p))}" for p in chosen)

    def _at(self, place: tuple[int, int]) -> sympy.Expr:
        return self.derivatives[place[0]][place[1]]

    def _entry_slope(self, output: int | None, column: int | None) -> str:
        """∂ of an output's entry by a source's; by letters where no place is given."""
        link = self.link
        above = name_typst(link.output) if output is None else _entry(link.output, output, self.outputs)
        letters = _letters(self.inputs).replace(",", " ")
        below = f"{name_typst(link.source)}_({letters})" if column is None else _entry(link.source, column, self.inputs)
        return source.fraction(f"partial {above}", f"partial {below}")

    def _written(self) -> list[list[str]]:
        zero = source.muted("0")
        return [[sympy_typst(entry) if entry != 0 else zero for entry in row] for row in self.derivatives]

    @staticmethod
    def _matrix(rows: Sequence[Sequence[str]]) -> str:
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else source.matrix(rows)

    @staticmethod
    def _general(entry: sympy.Expr, shape: tuple[int, int], place: int) -> str:
        """An entry with letters in place of its own indices; an index of another entry stays a number."""
        import sympy

        here = ",".join(_places(place, shape))
        letters = {}
        for symbol in entry.free_symbols:
            found = _INDEXED.fullmatch(symbol.name)
            if found is not None and found["indices"] == here:
                letters[symbol] = sympy.Symbol(f"{found['name']}_{{{_letters(shape)}}}", real=True)
        return sympy_typst(entry.xreplace(letters))


def _is_plain(entry: sympy.Expr) -> bool:
    """Whether an entry is a number or a symbol, perhaps with a minus."""
    return bool(entry.is_Symbol or entry.is_Number or (-entry).is_Symbol)


def _places(place: int, shape: tuple[int, int]) -> tuple[str, ...]:
    """The 1-based indices of an entry, counted row by row; a vector needs one, a number none."""
    pairs = zip(divmod(place, shape[1]), shape, strict=True)
    return tuple(str(k + 1) for k, size in pairs if size > 1)


def _letters(shape: tuple[int, int]) -> str:
    """The letters that stand for the indices of an entry."""
    return _LETTERS[1] if 1 not in shape else _LETTERS[0]


def _entry(name: str, place: int, shape: tuple[int, int]) -> str:
    return entry_typst(name, *divmod(place, shape[1]), shape)
