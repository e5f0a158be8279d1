"""The Jacobians as a widget: an equation of heatmaps, each cell of which can be pointed at."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.figures.equation_plan import EquationPlan, Pitch
from tutor.figures.heatmap import EquationSpec, Marks
from tutor.figures.lettering import Typeset
from tutor.figures.palette import Theme
from tutor.figures.places import MatrixPlace, Size, prints_numbers
from tutor.ui.widgets.cell_painter import same_cells
from tutor.ui.widgets.cell_view import CellView
from tutor.ui.widgets.equation_painter import EquationPainter

_WIDTH = 510.0
_LEAST_WIDTH = 160.0


class EquationView(CellView):
    """Shows an equation of matrices, broken into lines to fit its width; its height follows.

    Other numbers in the same matrices cost little: nothing is typeset or laid out again.

    Signals:
        matrix_hovered (str): The key of the matrix whose cells, names or title the pointer has come to.
        matrix_left (): The pointer is over no matrix any more.
        matrix_clicked (str): The key of a matrix whose title or names were clicked.
    """

    has_tips = False  # the inspector says the same, and a tip would cover it
    matrix_hovered = Signal(str)
    matrix_left = Signal()
    matrix_clicked = Signal(str)

    def __init__(self, typeset: Typeset, parent: QWidget | None = None) -> None:
        """Starts empty.

        Args:
            typeset: Turns Typst mathematics into formulas.
            parent: The widget it lies in.
        """
        super().__init__(parent)
        self._painter = EquationPainter(typeset)
        self._marks: Mapping[str, Marks] = {}
        self._hovered: int | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def spec(self) -> EquationSpec:
        """What is shown."""
        return self._painter.spec

    @property
    def plan(self) -> EquationPlan:
        """Where everything stands, in px of the layout from the margins on."""
        return self._painter.plan(self._room(self.width()))

    def set_spec(self, spec: EquationSpec) -> None:
        """Shows an equation; where only its numbers are others, nothing moves and what is pinned stays pinned."""
        self.setAccessibleName(spec.description)
        before = self.spec.items
        if self._painter.show(spec):
            self.forget_cells()
            self._hovered = None
            self.updateGeometry()
            self.update()
            return
        self.keep_cells()
        if not all(map(same_cells, before, spec.items)):
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Shows the equation in other colours."""
        self._painter.theme = theme
        super().set_theme(theme)

    def set_pitch(self, pitch: Pitch) -> None:
        """Wants larger or smaller cells."""
        if pitch != self._painter.pitch:
            self._painter.pitch = pitch
            self.updateGeometry()
            self.update()

    def set_highlight(self, marks: Mapping[str, Marks]) -> None:
        """Lights what belongs together with something elsewhere, by the keys of the matrices."""
        if marks != self._marks:
            self._marks = dict(marks)
            self.update()

    def matrices(self) -> Sequence[tuple[str, MatrixPlace]]:
        """The key and the place of every matrix."""
        return [(item.key, place.matrix) for item, place in zip(self.spec.items, self.plan.items, strict=True)]

    def cell_words(self, index: int, row: int, column: int) -> str:
        """What is said of a cell."""
        return self.spec.items[index].cell_words(row, column)

    def prints(self, index: int) -> bool:
        """Whether the numbers of a matrix are printed."""
        return prints_numbers(self.spec.items[index], self.plan.items[index].matrix.cell)

    def fitting(self, width: float, height: float, zoom: float) -> Pitch | None:
        """The largest cells with which the whole is seen at a zoom in so many px; None where there are none."""
        return self._painter.fitting(Size(self._room(width, zoom), height / zoom - 2 * self.margin_y))

    def yielding(self, width: float, zoom: float, pitch: Pitch | None) -> int:
        """How many matrices lose their numbers to others at a zoom in a width; all where nothing fits."""
        return len(self.spec.items) if pitch is None else self._painter.yielding(self._room(width, zoom), pitch)

    def _room(self, width: float, zoom: float | None = None) -> float:
        return max(width / (zoom or self._zoom) - 2 * self.margin_x, _LEAST_WIDTH - 2 * self.margin_x)

    def _hover_matrix(self, index: int | None) -> None:
        if index == self._hovered:
            return
        self._hovered = index
        if index is None:
            self.matrix_left.emit()
        else:
            self.matrix_hovered.emit(self.spec.items[index].key)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        plan = self._painter.plan(self._room(width))
        return math.ceil((plan.size.height + 2 * self.margin_y) * self._zoom)

    def sizeHint(self) -> QSize:
        width = round((_WIDTH + 2 * self.margin_x) * self._zoom)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(_LEAST_WIDTH * self._zoom), round(60 * self._zoom))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_matrix(self.plan.item_at(*self.layout_point(event.position())))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_matrix(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.layout_point(event.position())
        index = self.plan.item_at(*at)
        if index is not None and self.plan.cell_at(*at) is None:
            self.matrix_clicked.emit(self.spec.items[index].key)
            return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.scale(1 / ratio, 1 / ratio)
            visible = painter.transform().inverted()[0].mapRect(event.rect())
            self._painter.paint(painter, self.plan, self.pixels(ratio), visible, self._marks, self.looked_at(),
                                self.cursor_cell())
