"""Two gradients and their difference as a widget: what agrees looks empty, what differs is ringed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.figures.comparison import ComparisonSpec
from tutor.figures.comparison_plan import CAPTION_PX, LABEL_PX, ComparisonPlan, plan_comparison
from tutor.figures.equation_plan import TITLE_PX
from tutor.figures.heatmap import Marks
from tutor.figures.inter import HALF_DIGIT
from tutor.figures.lettering import ItemLetters, Typeset, baseline_in, letter_matrices, typeset_all
from tutor.figures.places import MatrixPlace, prints_numbers
from tutor.typeset.formula import Formula
from tutor.ui.widgets.cell_painter import MatrixPainter, Pixels, paint_ring, paint_rings, same_cells
from tutor.ui.widgets.cell_view import CellView
from tutor.ui.widgets.formula_paint import paint_formula
from tutor.ui.widgets.inks import Inks, inks
from tutor.ui.widgets.letter_painter import paint_lit_names, paint_names, paint_words

_WIDTH = 370.0
_LEAST_WIDTH = 160.0
_BAR = 8.0
"""What the bar covers at the right where not all is seen at once."""
_EMPTY = ComparisonSpec(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1)))


class ComparisonView(CellView):
    """Shows a gradient by the chain rule, by differences, and the difference, on one colour scale.

    A row stands above the next, matrices stand side by side. Whichever cell is looked at is ringed in all three;
    the signals carry ``analytic``, ``numeric`` or ``difference`` as the key.
    """

    margin_x = 4.0

    def __init__(self, typeset: Typeset, parent: QWidget | None = None) -> None:
        """Starts with nothing to compare.

        Args:
            typeset: Turns Typst mathematics into formulas.
            parent: The widget it lies in.
        """
        super().__init__(parent)
        self._typeset = typeset
        self._spec = _EMPTY
        self._letters: tuple[ItemLetters, ...] = (ItemLetters(None, None, (), (), (), 0.0),) * 3
        self._titles: tuple[Formula, ...] = ()
        self._painters = [MatrixPainter() for _ in range(3)]
        self._high = math.inf
        self._plans: dict[object, ComparisonPlan] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def spec(self) -> ComparisonSpec:
        """What is shown."""
        return self._spec

    @property
    def plan(self) -> ComparisonPlan:
        """Where everything stands, in px of the layout from the margins on."""
        return self._plan_in(self.width())

    def set_spec(self, spec: ComparisonSpec) -> None:
        """Shows a comparison; where only its numbers are others, nothing is typeset again."""
        before, self._spec = self._spec, spec
        if spec.frame != before.frame:
            self._plans.clear()
            self._letters = letter_matrices(spec.tables, self._typeset)
            self._titles = typeset_all([spec.title] if spec.title else [], TITLE_PX, self._typeset)
            self.setAccessibleName(f"{spec.name}: {', '.join(spec.labels)}".lstrip(": "))
            self.forget_cells()
            self.updateGeometry()
            self.update()
            return
        self.keep_cells()
        if spec.differs == before.differs and all(map(same_cells, before.tables, spec.tables)):
            return
        high = self._plan_in(self.width()).size.height
        self._plans.clear()  # longer numbers may want wider cells
        if self._plan_in(self.width()).size.height != high:
            self.updateGeometry()
        self.update()

    def set_room(self, height: float) -> None:
        """Says how high the room is in which it is seen: digits yield before the whole has to be scrolled."""
        if height != self._high:
            self._high = height
            self.updateGeometry()
            self.update()

    def matrices(self) -> Sequence[tuple[str, MatrixPlace]]:
        """The key and the place of each of the three."""
        return [(table.key, place) for table, place in zip(self._spec.tables, self.plan.matrices, strict=True)]

    def cell_words(self, index: int, row: int, column: int) -> str:
        """What is said of an entry: all three numbers."""
        return self._spec.cell_words(row, column)

    def prints(self, index: int) -> bool:
        """Whether the numbers are printed."""
        return prints_numbers(self._spec.tables[index], self.plan.matrices[index].cell)

    def prints_in(self, width: float) -> bool:
        """Whether all three would print their numbers in a width: to choose what else has room beside them."""
        plan = self._plan_in(width)
        return all(prints_numbers(table, place.cell)
                   for table, place in zip(self._spec.tables, plan.matrices, strict=True))

    def fits_in(self, width: float) -> bool:
        """Whether all three would be seen at once in a width, and in the height they were told."""
        size = self.size_in(width)
        return size.width() <= width and size.height() <= self._high

    def size_in(self, width: float) -> QSize:
        """How large the whole would be in a width."""
        size = self._plan_in(width).size
        return QSize(math.ceil((size.width + 2 * self.margin_x) * self.zoom), self.heightForWidth(int(width)))

    def cell_in(self, width: float) -> float:
        """How wide a cell would be in a width."""
        return self._plan_in(width).matrices[0].cell.width

    def _plan_in(self, width: float) -> ComparisonPlan:
        room = max(width / self.zoom, _LEAST_WIDTH) - 2 * self.margin_x
        high = self._high / self.zoom - 2 * self.margin_y
        key = round(room, 3), round(high, 3)
        if key not in self._plans:
            if len(self._plans) > 16:
                self._plans.clear()
            measures = [letters.measures for letters in self._letters]
            plan = plan_comparison(self._spec, room, measures, high)
            if plan.size.height > high:
                plan = plan_comparison(self._spec, room - _BAR, measures, high)
            self._plans[key] = plan
        return self._plans[key]

    def _marks_here(self) -> Marks:
        cells = frozenset(cell for _, cell in self.looked_at())
        return Marks(cells=cells, rows=frozenset(row for row, _ in cells),
                     columns=frozenset(column for _, column in cells))

    def _paint_words(self, painter: QPainter, plan: ComparisonPlan, pixels: Pixels, colours: Inks) -> None:
        x, line = 0.0, plan.title.centre[1] + 0.3 * TITLE_PX
        for title in self._titles if plan.title.height else ():
            top = baseline_in(plan.title, title, TITLE_PX) - title.baseline
            paint_formula(painter, title, pixels.point(x, top), colours.second, zoom=pixels.scale)
            x += title.width + 8
        if self._spec.caption and plan.title.height:
            paint_words(painter, self._spec.caption, x, line, CAPTION_PX, pixels, colours.ink2)
        for label, word in zip(plan.labels, self._spec.labels, strict=True):
            x, below = label.left if plan.stacked else label.centre[0], label.centre[1] + HALF_DIGIT * LABEL_PX
            align: Literal["left", "center"] = "left" if plan.stacked else "center"
            paint_words(painter, word, x, below, LABEL_PX, pixels, colours.ink2, align)

    def _paint_rings(
        self, painter: QPainter, plan: ComparisonPlan, pixels: Pixels, marks: Marks, colours: Inks, ring: QColor
    ) -> None:
        """Paints a ring round a cell of each matrix; where rows are stacked, one ring round all three."""
        if not plan.stacked:
            for place in plan.matrices:
                paint_rings(painter, place, pixels, marks, colours, ring)
            return
        for row, column in marks.cells:
            if row == 0 and column < plan.matrices[0].columns:
                first, last = (pixels.cell(plan.matrices[index], row, column) for index in (0, 2))
                paint_ring(painter, first.united(last), pixels, colours.sheet, ring)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return math.ceil((self._plan_in(width).size.height + 2 * self.margin_y) * self.zoom)

    def sizeHint(self) -> QSize:
        width = round(_WIDTH * self.zoom)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(_LEAST_WIDTH * self.zoom), round(60 * self.zoom))

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.scale(1 / ratio, 1 / ratio)
            visible = painter.transform().inverted()[0].mapRect(event.rect())
            colours, plan, pixels, marks = inks(self.theme), self.plan, self.pixels(ratio), self._marks_here()
            painter.fillRect(visible, colours.sheet)
            self._paint_words(painter, plan, pixels, colours)
            for index, (table, place, letters) in enumerate(
                zip(self._spec.tables, plan.matrices, self._letters, strict=True)
            ):
                paint_names(painter, letters, place, pixels, colours)
                paint_lit_names(painter, letters, place, pixels, marks, colours)
                self._painters[index].show(table, self.theme)
                self._painters[index].paint(painter, place, pixels, visible, marks.cells)
            differs = frozenset() if self._spec.differs is None else frozenset({self._spec.differs})
            self._paint_rings(painter, plan, pixels, Marks(cells=differs), colours, colours.wrong)
            self._paint_rings(painter, plan, pixels, marks, colours, colours.accent)
