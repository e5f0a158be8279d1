"""The mathematics of a picture, typeset: all its names, titles, forms and notes, and how large they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from tutor.figures.equation_plan import FORM_PX, NOTE_PX, TITLE_PX, Measures
from tutor.figures.heatmap import EquationSpec, HeatmapSpec
from tutor.figures.inter import text_width
from tutor.figures.places import NAME_PX, NO_SIZE, Rect, Size
from tutor.typeset import source as markup
from tutor.typeset.errors import TypesetError
from tutor.typeset.formula import Formula

if TYPE_CHECKING:
    from tutor.typeset.typesetter import Typesetter

NOTE_MATHS_PX: Final = NOTE_PX * 1.18
_ONE_LINE: Final = 1.6
_UNDER_MIDDLE: Final = 0.3
# The usual signs and their sizes: the dot of a product is as heavy as the numbers it stands between.
_SIGNS: Final = {"·": ("dot.c", 28.0), "=": ("=", 22.0)}
_SIGN_PX: Final = 20.0
_AXIS: Final = 0.25


class Typeset(Protocol):
    """Turns Typst mathematics into formulas."""

    def __call__(self, sources: Sequence[str], px: float, /) -> Sequence[Formula]:
        """Typesets each source at a size in px at 100 % zoom."""
        ...


class NotePiece(NamedTuple):
    """A piece of a note: text, or mathematics.

    Attributes:
        left: Where it begins, from the beginning of the note.
        text: The text; empty where it is mathematics.
        formula: The mathematics, or None.
    """

    left: float
    text: str
    formula: Formula | None


class ItemLetters(NamedTuple):
    """The mathematics of one matrix.

    Attributes:
        title: The title, or None.
        form: The matrix form, or None.
        row_names: The names of the rows.
        column_names: The names of the columns.
        note: The pieces of the note.
        note_width: The width of the note.
    """

    title: Formula | None
    form: Formula | None
    row_names: tuple[Formula, ...]
    column_names: tuple[Formula, ...]
    note: tuple[NotePiece, ...]
    note_width: float

    @property
    def measures(self) -> Measures:
        """What the layout has to know."""
        return Measures(
            _size(self.title),
            _size(self.form),
            self.note_width,
            max((name.width for name in self.row_names), default=0.0),
            max((name.width for name in self.column_names), default=0.0),
        )


class Sign(NamedTuple):
    """A sign between matrices.

    Attributes:
        formula: The sign.
        axis: How far above its line it is centred: that height goes on the axis of the matrices.
    """

    formula: Formula
    axis: float

    def corner(self, slot: Rect) -> tuple[float, float]:
        """Its upper left corner in its slot."""
        x, axis = slot.centre
        return x - self.formula.width / 2, axis + self.axis - self.formula.baseline


class EquationLetters(NamedTuple):
    """The mathematics of an equation: a set for each matrix, and the signs.

    Attributes:
        items: A set for each matrix.
        operators: The signs between matrices.
        equals: The sign between a title and a form on one line; None where there are none.
    """

    items: tuple[ItemLetters, ...]
    operators: tuple[Sign, ...]
    equals: Formula | None = None


def letter_equation(spec: EquationSpec, typeset: Typeset) -> EquationLetters:
    """Typesets all mathematics of an equation, in a few calls."""
    items = letter_matrices(spec.items, typeset)
    made: dict[str, Sign] = {}
    for sign in dict.fromkeys(spec.operators):
        source, px = _SIGNS.get(sign, (sign, _SIGN_PX))
        made[sign] = Sign(typeset([source], px)[0], _AXIS * px)
    (equals,) = typeset(["="], TITLE_PX) if spec.items else (None,)
    return EquationLetters(items, tuple(made[sign] for sign in spec.operators), equals)


def letter_matrices(matrices: Sequence[HeatmapSpec], typeset: Typeset) -> tuple[ItemLetters, ...]:
    """Typesets all mathematics of several matrices, each distinct source once per size.

    A title without a matrix form below it takes the size of the form: it is the name of a result.
    """
    wanted: dict[float, dict[str, None]] = {}
    notes = [note_parts(matrix.note) for matrix in matrices]
    for matrix, note in zip(matrices, notes, strict=True):
        for source, px in ((matrix.title, _title_px(matrix)), (matrix.matrix_form, FORM_PX)):
            if source:
                wanted.setdefault(px, {})[source] = None
        wanted.setdefault(NAME_PX, {}).update(dict.fromkeys(matrix.row_names + matrix.column_names))
        wanted.setdefault(NOTE_MATHS_PX, {}).update(dict.fromkeys(text for text, maths in note if maths))
    made: dict[tuple[str, float], Formula] = {}
    for px, sources in wanted.items():
        for source, formula in zip(sources, typeset_all(list(sources), px, typeset), strict=True):
            made[source, px] = formula

    items = []
    for matrix, note in zip(matrices, notes, strict=True):
        pieces, width = _set_note(note, made)
        items.append(ItemLetters(
            title=made[matrix.title, _title_px(matrix)] if matrix.title else None,
            form=made[matrix.matrix_form, FORM_PX] if matrix.matrix_form else None,
            row_names=tuple(made[name, NAME_PX] for name in matrix.row_names),
            column_names=tuple(made[name, NAME_PX] for name in matrix.column_names),
            note=pieces,
            note_width=width,
        ))
    return tuple(items)


def typeset_all(sources: Sequence[str], px: float, typeset: Typeset) -> tuple[Formula, ...]:
    """Typesets sources; asks for nothing where there are none."""
    return tuple(typeset(sources, px)) if sources else ()


def note_parts(note: str) -> list[tuple[str, bool]]:
    """Cuts ``diagonal: it acts as $compose$`` into text and mathematics.

    Returns:
        Pairs of a piece and whether it is mathematics.
    """
    return [(part, bool(index % 2)) for index, part in enumerate(note.split("$")) if part]


def _set_note(note: Sequence[tuple[str, bool]], made: dict[tuple[str, float], Formula]) -> tuple[tuple[NotePiece, ...],
                                                                                                   float]:
    pieces: list[NotePiece] = []
    x = 0.0
    for text, maths in note:
        formula = made[text, NOTE_MATHS_PX] if maths else None
        pieces.append(NotePiece(x, "" if maths else text, formula))
        x += text_width(text, NOTE_PX) if formula is None else formula.width
    return tuple(pieces), x


def _title_px(matrix: HeatmapSpec) -> float:
    return TITLE_PX if matrix.matrix_form else FORM_PX


def _size(formula: Formula | None) -> Size:
    return Size(formula.width, formula.height) if formula is not None else NO_SIZE


def baseline_in(place: Rect, formula: Formula, px: float) -> float:
    """The line on which a formula stands in its place.

    One line of mathematics stands where all its neighbours stand, whatever scripts it has; what is taller, a fraction,
    stands in the middle.
    """
    middle = place.top + place.height / 2
    if formula.height <= _ONE_LINE * px:
        return middle + _UNDER_MIDDLE * px
    return middle - formula.height / 2 + formula.baseline


def typeset_with(typesetter: Typesetter) -> Typeset:
    """The typesetting of a picture by a typesetter."""

    def typeset(sources: Sequence[str], px: float, /) -> Sequence[Formula]:
        return letter_sources(typesetter, sources, px, display=False)

    return typeset


def letter_sources(
    typesetter: Typesetter, sources: Sequence[str], size: float, display: bool = True
) -> list[Formula]:
    """Formulas; a source that is not Typst is shown as it is written, so that nothing is ever left out."""
    found = typesetter.formulas(sources, size, display)
    return [typesetter.formula(markup.text(given), size, display) if isinstance(formula, TypesetError) else formula
            for given, formula in zip(sources, found, strict=True)]
