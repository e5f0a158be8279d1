"""Painting an equation of matrices. Not a widget: whoever has a painter can paint one."""

from __future__ import annotations

from collections.abc import Mapping, Set

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap

from tutor.figures.equation_fit import fitting_pitch, yielding
from tutor.figures.equation_plan import (
    FORM_PX,
    TITLE_PX,
    EquationPlan,
    ItemPlace,
    Measures,
    Pitch,
    plan_equation,
)
from tutor.figures.heatmap import NO_MARKS, Cell, EquationSpec, Marks
from tutor.figures.lettering import EquationLetters, ItemLetters, Typeset, letter_equation
from tutor.figures.palette import LIGHT, Theme
from tutor.figures.places import Rect, Size
from tutor.ui.widgets.cell_painter import (
    MatrixPainter,
    Pixels,
    paint_block_lines,
    paint_frame,
    paint_rings,
    paint_tint,
)
from tutor.ui.widgets.formula_paint import paint_formula
from tutor.ui.widgets.inks import Inks, inks
from tutor.ui.widgets.letter_painter import paint_centred, paint_lit_names, paint_names, paint_note

_MOST_KEPT = 6_000_000  # device pixels of the kept ground; beyond it, what is scrolled into view is painted anew


class EquationPainter:
    """Paints an equation, and keeps what does not change from one set of numbers to the next.

    Attributes:
        spec: What is painted.
        theme: Its colours.
        pitch: How large its cells are wanted.
    """

    def __init__(self, typeset: Typeset) -> None:
        """Starts with an empty equation.

        Args:
            typeset: Turns Typst mathematics into formulas.
        """
        self.spec = EquationSpec(())
        self.theme: Theme = LIGHT
        self.pitch = Pitch()
        self._typeset = typeset
        self._letters = EquationLetters((), ())
        self._painters: list[MatrixPainter] = []
        self._plans: dict[tuple[float, Pitch], EquationPlan] = {}
        self._ground: tuple[EquationPlan, Pixels, str, QPixmap] | None = None

    def show(self, spec: EquationSpec) -> bool:
        """Takes another equation.

        Returns:
            Whether more than the numbers changed, so that everything may stand elsewhere.
        """
        changed = spec.frame != self.spec.frame
        # Whether numbers still fit in their cells is decided anew with every set of numbers, and moves nothing.
        self.spec = spec
        if changed:
            self._letters = letter_equation(spec, self._typeset)
            self._painters = [MatrixPainter() for _ in spec.items]
            self._plans.clear()
            self._ground = None
        return changed

    def plan(self, width: float) -> EquationPlan:
        """Where everything stands in a width, in px of the layout."""
        key = round(width, 3), self.pitch
        if key not in self._plans:
            if len(self._plans) > 8:
                self._plans.clear()
            self._plans[key] = plan_equation(self.spec, width, *self._measured, self.pitch)
        return self._plans[key]

    def fitting(self, size: Size) -> Pitch | None:
        """The largest cells with which the whole has room, in px of the layout; None where there are none."""
        return fitting_pitch(self.spec, size, *self._measured)

    def yielding(self, width: float, pitch: Pitch) -> int:
        """How many matrices lose their numbers to others in a width."""
        return yielding(self.spec, width, self._measured[0], pitch)

    @property
    def _measured(self) -> tuple[list[Measures], list[float]]:
        """The sizes of all words and signs."""
        return ([item.measures for item in self._letters.items],
                [sign.formula.width for sign in self._letters.operators])

    def paint(
        self,
        painter: QPainter,
        plan: EquationPlan,
        pixels: Pixels,
        visible: QRect,
        marks: Mapping[str, Marks],
        looked_at: Set[tuple[int, Cell]] = frozenset(),
        cursor: tuple[int, Cell] | None = None,
    ) -> None:
        """Paints the equation on the sheet.

        Args:
            painter: A painter in device pixels.
            plan: Where everything stands.
            pixels: How px become device pixels.
            visible: What has to be painted, in device pixels.
            marks: What is lit, by the keys of the matrices.
            looked_at: Matrices and cells under the pointer or the keyboard.
            cursor: Where the keyboard is while something else is looked at.
        """
        colours = inks(self.theme)
        painter.fillRect(visible, colours.sheet)
        self._paint_ground(painter, plan, pixels, visible, colours)
        lit = [self._marks_of(index, marks, looked_at) for index in range(len(self.spec.items))]
        for index, (item, place, marked) in enumerate(zip(self.spec.items, plan.items, lit, strict=True)):
            if not _area(place, pixels).intersects(visible):
                continue
            letters = self._letters.items[index]
            if marked.whole:
                self._paint_lit_heading(painter, place, letters, pixels, colours)
            paint_lit_names(painter, letters, place.matrix, pixels, marked, colours)
            self._painters[index].show(item, self.theme)
            self._painters[index].paint(painter, place.matrix, pixels, visible, marked.cells)
            paint_block_lines(painter, place.matrix, pixels, item.blocks, colours)
        for place, marked in zip(plan.items, lit, strict=True):
            paint_rings(painter, place.matrix, pixels, marked, colours)
        if cursor is not None:
            paint_frame(painter, pixels.cell(plan.items[cursor[0]].matrix, *cursor[1]), 0, pixels.width(1),
                        colours.edge)

    def _marks_of(self, index: int, marks: Mapping[str, Marks], looked_at: Set[tuple[int, Cell]]) -> Marks:
        """What is lit in a matrix: a cell under the pointer lights its names itself, at once."""
        marked = marks.get(self.spec.items[index].key, NO_MARKS)
        cells = {cell for at, cell in looked_at if at == index}
        if not cells:
            return marked
        return marked._replace(
            whole=True, cells=marked.cells | cells, rows=marked.rows | {row for row, _ in cells},
            columns=marked.columns | {column for _, column in cells},
        )

    def _paint_ground(
        self, painter: QPainter, plan: EquationPlan, pixels: Pixels, visible: QRect, colours: Inks
    ) -> None:
        """Everything but cells and lights. It is kept as a picture: forty formulas cost more than all cells."""
        right, bottom = pixels.x(plan.size.width) + pixels.width(8), pixels.y(plan.size.height) + pixels.width(8)
        if right * bottom > _MOST_KEPT or right <= 0 or bottom <= 0:
            self._paint_letters(painter, plan, pixels, visible, colours)
            return
        kept = self._ground
        if kept is None or kept[0] is not plan or kept[1:3] != (pixels, self.theme.name):
            picture = QPixmap(right, bottom)
            picture.fill(colours.sheet)
            with QPainter(picture) as brush:
                self._paint_letters(brush, plan, pixels, picture.rect(), colours)
            kept = self._ground = plan, pixels, self.theme.name, picture
        picture = kept[3]
        part = visible.intersected(picture.rect())
        painter.drawPixmap(part.topLeft(), picture, part)

    def _paint_letters(
        self, painter: QPainter, plan: EquationPlan, pixels: Pixels, visible: QRect, colours: Inks
    ) -> None:
        for place, letters in zip(plan.items, self._letters.items, strict=True):
            if not _area(place, pixels).intersects(visible):
                continue
            if letters.title is not None:
                paint_centred(painter, letters.title, place.title, _title_px(letters), pixels, colours.second)
            if letters.form is not None and place.form.height:
                paint_centred(painter, letters.form, place.form, FORM_PX, pixels, colours.first)
            if self._letters.equals is not None and place.equals.width:
                paint_centred(painter, self._letters.equals, place.equals, TITLE_PX, pixels, colours.second)
            paint_names(painter, letters, place.matrix, pixels, colours)
            if place.note.width:
                paint_note(painter, letters.note, place.note, pixels, colours)
        for sign, slot in zip(self._letters.operators, plan.operators, strict=True):
            paint_formula(painter, sign.formula, pixels.point(*sign.corner(slot)), colours.first, zoom=pixels.scale)

    def _paint_lit_heading(
        self, painter: QPainter, place: ItemPlace, letters: ItemLetters, pixels: Pixels, colours: Inks
    ) -> None:
        if letters.title is None and letters.form is None:
            return
        paint_tint(painter, pixels.rect(place.heading), pixels, colours)
        if letters.title is not None:
            paint_centred(painter, letters.title, place.title, _title_px(letters), pixels, colours.lit)
        if letters.form is not None and place.form.height:
            paint_centred(painter, letters.form, place.form, FORM_PX, pixels, colours.lit)
        if self._letters.equals is not None and place.equals.width:
            paint_centred(painter, self._letters.equals, place.equals, TITLE_PX, pixels, colours.lit)


def _title_px(letters: ItemLetters) -> float:
    return TITLE_PX if letters.form is not None else FORM_PX


def _area(place: ItemPlace, pixels: Pixels) -> QRect:
    """What a matrix may touch, its rings and tints included."""
    outer = place.outer
    return pixels.rect(Rect(outer.left - 8, outer.top - 8, outer.width + 16, outer.height + 16))
