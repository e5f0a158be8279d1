"""Painting what stands around the cells: names of rows and columns, titles, notes, signs."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from tutor.figures.equation_plan import NOTE_PX
from tutor.figures.heatmap import Marks
from tutor.figures.inter import HALF_DIGIT
from tutor.figures.lettering import ItemLetters, NotePiece, baseline_in
from tutor.figures.places import NAME_PX, MatrixPlace, Rect
from tutor.typeset.formula import Formula
from tutor.ui.widgets.cell_painter import Pixels, paint_tint
from tutor.ui.widgets.formula_paint import FormulaColours, paint_formula
from tutor.ui.widgets.inks import Inks
from tutor.ui.widgets.number_glyphs import said_font

_SHARE_BEFORE: Final = {"left": 0.0, "center": 0.5, "right": 1.0}


def paint_centred(
    painter: QPainter, formula: Formula, place: Rect, px: float, pixels: Pixels, colours: FormulaColours
) -> None:
    """Paints a formula in the middle of its place, on the line all its neighbours stand on."""
    left = place.left + (place.width - formula.width) / 2
    top = baseline_in(place, formula, px) - formula.baseline
    paint_formula(painter, formula, pixels.point(left, top), colours, zoom=pixels.scale)


def paint_names(
    painter: QPainter, letters: ItemLetters, place: MatrixPlace, pixels: Pixels, colours: Inks
) -> None:
    """Paints the names of rows and columns in the second voice."""
    for row in range(min(place.rows, len(letters.row_names))):
        if place.names_row(row):
            paint_centred(painter, letters.row_names[row], place.row_name_rect(row), NAME_PX, pixels, colours.second)
    for column in range(min(place.columns, len(letters.column_names))):
        if place.names_column(column):
            paint_centred(painter, letters.column_names[column], place.column_name_rect(column), NAME_PX, pixels,
                          colours.second)


def paint_lit_names(
    painter: QPainter, letters: ItemLetters, place: MatrixPlace, pixels: Pixels, marks: Marks, colours: Inks
) -> None:
    """Paints the names that are lit over those that are not; a name that had no room before gets it."""
    lit = [(letters.row_names[row], place.row_name_rect(row))
           for row in marks.rows if row < min(place.rows, len(letters.row_names)) and place.names_width]
    lit += [(letters.column_names[column], place.column_name_rect(column))
            for column in marks.columns if column < min(place.columns, len(letters.column_names))
            and place.column_names]
    for formula, where in lit:
        paint_tint(painter, pixels.rect(_roomy(where, formula)), pixels, colours)
        paint_centred(painter, formula, where, NAME_PX, pixels, colours.lit)


def _roomy(place: Rect, formula: Formula) -> Rect:
    """The ground of a lit name: at least as large as the name, where cells are tiny."""
    lack = max(0.0, formula.width + 4 - place.width) / 2
    low = max(0.0, NAME_PX + 3 - place.height) / 2
    return Rect(place.left - lack, place.top - low, place.width + 2 * lack, place.height + 2 * low)


def paint_note(painter: QPainter, note: tuple[NotePiece, ...], place: Rect, pixels: Pixels, colours: Inks) -> None:
    """Paints the line below a matrix, words and mathematics, on one line."""
    baseline = place.top + place.height / 2 + HALF_DIGIT * NOTE_PX
    for piece in note:
        x = place.left + piece.left
        if piece.formula is not None:
            origin = pixels.point(x, baseline - piece.formula.baseline)
            paint_formula(painter, piece.formula, origin, colours.third, zoom=pixels.scale)
        else:
            paint_words(painter, piece.text, x, baseline, NOTE_PX, pixels, colours.ink3)


def paint_words(
    painter: QPainter, words: str, x: float, baseline: float, px: float, pixels: Pixels, colour: QColor,
    align: Literal["left", "center", "right"] = "left",
) -> None:
    """Paints words in Inter at ``x``, which is their left edge, their middle or their right edge."""
    size = px * pixels.scale
    font = said_font(size)
    exact = size / font.pixelSize()  # a font has whole pixels only, and a note must end where it was measured to end
    before = _SHARE_BEFORE[align] * QFontMetricsF(font).horizontalAdvance(words) * exact
    at = pixels.point(x, baseline)
    painter.save()
    painter.translate(at.x() - before, round(at.y()))
    painter.scale(exact, exact)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QPointF(), words)
    painter.restore()
