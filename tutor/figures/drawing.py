"""Pictures for files: the same specs the screen shows, drawn with matplotlib as true vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from tutor.figures.cells import CELL_PX, NOT_COMPUTED, legend_labels
from tutor.figures.comparison import ComparisonSpec, SweepSpec
from tutor.figures.comparison_plan import CAPTION_PX, LABEL_PX, plan_comparison
from tutor.figures.equation_plan import FORM_PX, NOTE_PX, TITLE_PX, EquationPlan, Measures, plan_equation
from tutor.figures.heatmap import EquationSpec, HeatmapSpec, pooled
from tutor.figures.inter import HALF_DIGIT, text_width
from tutor.figures.lettering import (
    EquationLetters,
    ItemLetters,
    Typeset,
    baseline_in,
    letter_equation,
    letter_matrices,
    typeset_all,
)
from tutor.figures.palette import PRINT, Theme, cell_colours
from tutor.figures.paper import NewPaper, P, Paper
from tutor.figures.places import (
    HEAT,
    MOST_NAMED_COLUMNS,
    NAME_PX,
    MatrixPlace,
    Rect,
    Size,
    printed,
    prints_numbers,
    room_for_names,
)
from tutor.figures.sheet import POINTS_PER_INCH, Sheet
from tutor.figures.sweep_notes import SWEEP_PX
from tutor.figures.sweep_plan import DOT_RADIUS, plan_sweep
from tutor.typeset.formula import Formula

MM_PER_INCH: Final = 25.4
POINTS: Final = 9.0 / CELL_PX
"""How many points a px of the layout has, so that numbers are printed in 9 pt."""
MOST_DRAWN_CELLS: Final = 8192
"""Matrices with more cells are put in as a picture of dots: a file with a million rectangles opens nowhere."""

LEGEND: Final = Size(140.0, 7.0)
LEGEND_STEPS: Final = 70
_MARGIN: Final = 7.0
_LEGEND_GAP: Final = 18.0
_LEGEND_FOOT: Final = 20.0
_MOST_DOTS: Final = 4096
_OVERLAP: Final = 0.5
_SIGN: Final = 20.0
"""What a sign before a matrix takes."""
_MOST_SHRUNK: Final = 1.5
"""How much smaller than usual all of a picture may be for the sake of its numbers."""


@dataclass(frozen=True)
class FigureStyle:
    """How a picture is put on paper.

    Attributes:
        theme: The colours.
        width_mm: The width of the whole picture.
    """

    theme: Theme = PRINT
    width_mm: float = 160.0

    @property
    def room(self) -> float:
        """The width between the margins, in px of the layout."""
        return self.width_mm / MM_PER_INCH * POINTS_PER_INCH / POINTS - 2 * _MARGIN


PLAIN_STYLE: Final = FigureStyle()


def draw_equation(spec: EquationSpec, typeset: Typeset, style: FigureStyle = PLAIN_STYLE) -> Figure:
    """Draws an equation of matrices.

    Args:
        spec: The equation.
        typeset: Turns Typst mathematics into formulas.
        style: How it is put on paper.

    Returns:
        A figure of exactly the wanted width, and as high as it needs.
    """
    return equation_on(Sheet, spec, typeset, style).figure


def equation_on(paper: NewPaper[P], spec: EquationSpec, typeset: Typeset, style: FigureStyle) -> P:
    """Puts an equation of matrices on paper of any kind."""
    letters = letter_equation(spec, typeset)
    widths = [sign.formula.width for sign in letters.operators]
    room = _room_for_numbers(spec, [item.measures for item in letters.items], style)
    plan = plan_equation(spec, room, [item.measures for item in letters.items], widths)
    scales = {item.colour_scale for item in spec.items}
    legend = len(scales) == 1
    sheet = _open(paper, plan.size, style, legend)
    _put_equation(sheet, spec, plan, letters)
    if legend:
        beyond = any(item.goes_beyond for item in spec.items)
        _put_legend(sheet, scales.pop(), _sheet_width(plan.size, style), plan.size.height, beyond)
    return sheet


def _room_for_numbers(spec: EquationSpec, measures: Sequence[Measures], style: FigureStyle) -> float:
    """The room in px: a little more, and so all a little smaller, where else some matrices had no numbers."""
    needed = [item.shape[1] * HEAT.width + room_for_names(measured.row_names) + _SIGN
              for item, measured in zip(spec.items, measures, strict=True)
              if max(item.shape) <= MOST_NAMED_COLUMNS and prints_numbers(item, HEAT)]
    wanted = max([style.room, *needed])
    return wanted if wanted <= _MOST_SHRUNK * style.room else style.room


def draw_comparison(spec: ComparisonSpec, typeset: Typeset, style: FigureStyle = PLAIN_STYLE) -> Figure:
    """Draws two gradients and their difference; arguments and result as for :func:`draw_equation`."""
    return comparison_on(Sheet, spec, typeset, style).figure


def comparison_on(paper: NewPaper[P], spec: ComparisonSpec, typeset: Typeset, style: FigureStyle) -> P:
    """Puts two gradients and their difference on paper of any kind."""
    letters = letter_matrices(spec.tables, typeset)
    plan = plan_comparison(spec, style.room, [item.measures for item in letters])
    sheet = _open(paper, plan.size, style, True)
    theme = style.theme
    x, baseline = 0.0, plan.title.centre[1] + 0.3 * TITLE_PX
    for title in typeset_all([spec.title] if spec.title else [], TITLE_PX, typeset):
        sheet.formula(title, x, baseline_in(plan.title, title, TITLE_PX), theme.ink2, "title")
        x += title.width + 8
    if spec.caption:
        sheet.text(spec.caption, x, baseline, CAPTION_PX, theme.ink2)
    for table, place, item, label, word in zip(
        spec.tables, plan.matrices, letters, plan.labels, spec.labels, strict=True
    ):
        middle, line = label.centre[0], label.centre[1] + HALF_DIGIT * LABEL_PX
        sheet.text(word, label.left if plan.stacked else middle, line, LABEL_PX, theme.ink2,
                   "left" if plan.stacked else "center")
        _put_matrix(sheet, table, place, item)
    if spec.differs is not None:
        rings = [place.cell_rect(*spec.differs) for place in plan.matrices]
        if plan.stacked:  # one ring round the entry in all three rows
            first, last = rings[0], rings[2]
            rings = [Rect(first.left, first.top, first.width, last.bottom - first.top)]
        for ring in rings:
            sheet.ring(ring, theme.wrong)
    beyond = any(table.goes_beyond for table in spec.tables)
    _put_legend(sheet, spec.tables[0].colour_scale, _sheet_width(plan.size, style), plan.size.height, beyond)
    return sheet


def draw_sweep(spec: SweepSpec, style: FigureStyle = PLAIN_STYLE) -> Figure:
    """Draws the V-curve of a step sweep, half as high as it is wide."""
    return sweep_on(Sheet, spec, style).figure


def sweep_on(paper: NewPaper[P], spec: SweepSpec, style: FigureStyle) -> P:
    """Puts the V-curve of a step sweep on paper of any kind."""
    theme = style.theme
    height = (style.room + 2 * _MARGIN) / 2 - 2 * _MARGIN
    plan = plan_sweep(spec, style.room, height)
    sheet = _open(paper, plan.size, style, False)
    plot = plan.plot
    if plan.caption:
        sheet.text(plan.caption, plot.left, plan.caption_baseline, SWEEP_PX, theme.ink2)
    for tick in plan.y_ticks:
        sheet.line([(plot.left, tick.at), (plot.right, tick.at)], theme.line, 1.0)
        sheet.text(tick.text, plot.left - 6, tick.at + HALF_DIGIT * SWEEP_PX, SWEEP_PX, theme.ink3, "right")
    for tick in plan.x_ticks:
        sheet.text(tick.text, tick.at, plan.x_ticks_baseline, SWEEP_PX, theme.ink3, "center")
    if plan.used_x is not None:
        ends = [(plan.used_x, plot.top), (plan.used_x, plot.bottom)]
        sheet.line(ends, theme.edge, 1.0, dashes=(3.0, 3.0), name="used")
    for note in plan.notes:
        sheet.ground(note.place)
    for piece in plan.curves:
        sheet.line(piece, theme.ink, 1.5, name="curve")
    if plan.dot is not None:
        sheet.circle(plan.dot, DOT_RADIUS, theme.sheet, theme.ink, 1.5)
    for mark in plan.triangles:
        sheet.line(mark, theme.edge, 1.0)
    for note in plan.notes:
        for index, line in enumerate(note.lines):
            ink = theme.ink3 if note.is_quiet(index) else theme.ink2
            sheet.text(line, note.x, note.baseline(index), SWEEP_PX, ink, note.align)
    return sheet


def _open(paper: NewPaper[P], size: Size, style: FigureStyle, legend: bool) -> P:
    """Paper of the wanted width; what is wider than that is made smaller as a whole."""
    width = _sheet_width(size, style)
    foot = _LEGEND_GAP + LEGEND.height + _LEGEND_FOOT if legend else 0.0
    points = POINTS * (style.room + 2 * _MARGIN) / width
    return paper(Size(width, size.height + foot + 2 * _MARGIN), points, style.theme, _MARGIN)


def _sheet_width(size: Size, style: FigureStyle) -> float:
    return max(style.room, size.width) + 2 * _MARGIN


def _put_equation(sheet: Paper, spec: EquationSpec, plan: EquationPlan, letters: EquationLetters) -> None:
    theme = sheet.theme
    for item, place, set_ in zip(spec.items, plan.items, letters.items, strict=True):
        if set_.title is not None:
            px = TITLE_PX if set_.form is not None else FORM_PX
            _put_centred(sheet, set_.title, place.title, px, theme.ink2, f"{item.key}-title")
        if set_.form is not None:
            _put_centred(sheet, set_.form, place.form, FORM_PX, theme.ink, f"{item.key}-form")
        _put_matrix(sheet, item, place.matrix, set_)
        line = place.note.centre[1] + HALF_DIGIT * NOTE_PX
        for piece in set_.note:
            if piece.formula is not None:
                sheet.formula(piece.formula, place.note.left + piece.left, line, theme.ink3)
            else:
                sheet.text(piece.text, place.note.left + piece.left, line, NOTE_PX, theme.ink3)
    for sign, slot in zip(letters.operators, plan.operators, strict=True):
        left, upper = sign.corner(slot)
        sheet.formula(sign.formula, left, upper + sign.formula.baseline, theme.ink, "sign")


def _put_matrix(sheet: Paper, spec: HeatmapSpec, place: MatrixPlace, letters: ItemLetters) -> None:
    theme = sheet.theme
    if spec.values.size > MOST_DRAWN_CELLS:
        shown = pooled(spec.shown, _MOST_DOTS, _MOST_DOTS)
        sheet.image(place.cells, cell_colours(theme, shown, spec.colour_scale), f"{spec.key}-cells")
    else:
        colours = cell_colours(theme, spec.shown, spec.colour_scale).reshape(-1, 3)
        sheet.cells(_painted(place, theme), colours, theme.hairline if place.gap else None, f"{spec.key}-cells")
    for line in place.block_lines(spec.blocks):
        ends = [(line.left, line.top), (line.right, line.bottom)]
        across = line.width > line.height
        middle = line.centre[1] if across else line.centre[0]
        sheet.line([(x, middle) if across else (middle, y) for x, y in ends], theme.edge, 1.0, name=f"{spec.key}-block")
    for row, name in enumerate(letters.row_names):
        if place.names_row(row):
            _put_centred(sheet, name, place.row_name_rect(row), NAME_PX, theme.ink2)
    for column, name in enumerate(letters.column_names):
        if place.names_column(column):
            _put_centred(sheet, name, place.column_name_rect(column), NAME_PX, theme.ink2)
    numbers = printed(spec, place.cell)
    if numbers is None:
        return
    for row, texts in enumerate(numbers.texts):
        for column, text in enumerate(texts):
            cell = place.cell_rect(row, column)
            ink = theme.ink3 if text in ("0", NOT_COMPUTED) else theme.ink
            sheet.text(text, cell.right - numbers.inset, cell.centre[1] + HALF_DIGIT * CELL_PX, CELL_PX, ink, "right")


def _painted(place: MatrixPlace, theme: Theme) -> list[Rect]:
    """The cells as they are painted: parted by a gap, or touching where a hairline parts them.

    Tiny cells reach under the next ones: two edges that only meet show the ground between them in most viewers.
    """
    cells = place.cells
    out = _OVERLAP if not place.gap else place.gap if theme.hairline else 0.0
    rects = (place.cell_rect(row, column) for row in range(place.rows) for column in range(place.columns))
    return [
        Rect(rect.left, rect.top, min(rect.width + out, cells.right - rect.left),
             min(rect.height + out, cells.bottom - rect.top))
        for rect in rects
    ]


def _put_centred(sheet: Paper, formula: Formula, place: Rect, px: float, ink: str, name: str = "") -> None:
    x = place.centre[0] - formula.width / 2
    sheet.formula(formula, x, baseline_in(place, formula, px), ink, name)


def _put_legend(sheet: Paper, scale: float, width: float, top: float, beyond: bool = False) -> None:
    """The colour scale at the lower right."""
    labels = legend_labels(scale, LEGEND.width, beyond)
    end = width - 2 * _MARGIN - text_width(labels[-1][1], CELL_PX) / 2 - 2
    bar = Rect(end - LEGEND.width, top + _LEGEND_GAP, *LEGEND)
    edges = np.linspace(bar.left, bar.right, LEGEND_STEPS + 1)
    positions = np.linspace(-1.0, 1.0, LEGEND_STEPS)
    colours = cell_colours(sheet.theme, np.sign(positions) * positions**2, 1.0)
    rects = [Rect(edge, bar.top, bar.right - edge, bar.height) for edge in edges[:-1].tolist()]
    sheet.cells(rects, colours, None, "scale")
    for share, text in labels:
        sheet.text(text, bar.left + share * bar.width, bar.bottom + 14, CELL_PX, sheet.theme.ink3, "center")
