"""A table of coloured numbers that can be looked at: pointer, keyboard, selection. What changes them stands above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tutor.figures.heatmap import NO_MARKS, Cell, HeatmapSpec, Marks
from tutor.figures.lettering import Typeset
from tutor.figures.palette import Theme
from tutor.figures.places import CellSize, prints_numbers
from tutor.ui.widgets.announcing import describe
from tutor.ui.widgets.cell_painter import Pixels, same_cells
from tutor.ui.widgets.table_painter import TablePainter
from tutor.ui.widgets.table_selection import Selection

_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class TableView(QWidget):
    """Shows a matrix with coloured cells, its name at the left.

    With the keyboard: arrows, Home and End go from cell to cell, with Shift they choose cells. Esc lets go of what the
    cell links to.

    Signals:
        cell_hovered (int, int): Row and column of the cell under the pointer, or the one the keyboard came to.
        cell_left (): No cell is looked at any more.
        name_clicked (QPoint): The name of the matrix was clicked.
    """

    cell_hovered = Signal(int, int)
    cell_left = Signal()
    name_clicked = Signal(QPoint)

    def __init__(self, typeset: Typeset, parent: QWidget | None = None) -> None:
        """Starts with a single zero.

        Args:
            typeset: Turns Typst mathematics into formulas.
            parent: The widget it lies in.
        """
        super().__init__(parent)
        self._painter = TablePainter(typeset)
        self._zoom = 1.0
        self._marks = NO_MARKS
        self._faults: dict[Cell, str] = {}
        self._pinned: frozenset[Cell] = frozenset()
        self._selection = Selection()
        self._released = False  # the cell with the keyboard was let go: it is framed, and links to nothing
        self._pointed: Cell | None = None
        self._said: Cell | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def spec(self) -> HeatmapSpec:
        """What is shown."""
        return self._painter.spec

    @property
    def values(self) -> NDArray[np.float64]:
        """The numbers, (n, m), read-only."""
        return self._painter.spec.values

    @property
    def current_cell(self) -> Cell:
        """Where the keyboard is."""
        return self._selection.current

    @property
    def selection(self) -> Selection:
        """The chosen block."""
        return self._selection

    @property
    def selected_cells(self) -> frozenset[Cell]:
        """The chosen cells; the current one at least."""
        return self._selection.cells

    def set_spec(self, spec: HeatmapSpec) -> None:
        """Shows a matrix; its title is the name at the left. No signal is sent."""
        before = self.spec
        changed = self._painter.show(spec)
        if changed:
            self._selection = self._selection.within(spec.shape)
            self._faults.clear()
            self._pointed = None
            self.updateGeometry()
        self.setAccessibleName(spec.description)
        self._describe()
        if changed or not same_cells(before, spec):
            self.update()

    def set_values(self, values: NDArray[np.float64]) -> None:
        """Shows other numbers of the same shape, (n, m). No signal is sent.

        Raises:
            ValueError: If the shape is another: names and sizes would not fit any more.
        """
        if np.shape(values) != self.spec.shape:
            raise ValueError(f"{self.spec.key} has the shape {self.spec.shape}, the numbers {np.shape(values)}.")
        self.set_spec(replace(self.spec, values=values))

    def set_theme(self, theme: Theme) -> None:
        """Shows the table in other colours."""
        if theme is not self._painter.theme:
            self._painter.theme = theme
            self.update()

    def set_zoom(self, zoom: float) -> None:
        """Shows the table larger or smaller."""
        if zoom != self._zoom:
            self._zoom = zoom
            self.updateGeometry()
            self.update()

    def set_cell(self, cell: CellSize) -> None:
        """Takes another pitch of cells: smaller where the window is small."""
        if cell != self._painter.cell:
            self._painter.cell = cell
            self.updateGeometry()
            self.update()

    def set_highlight(self, marks: Marks, kept: bool = False) -> None:
        """Lights what belongs together with something elsewhere; cells that a click keeps lit have a corner."""
        pinned = marks.cells if kept else frozenset()
        if (marks, pinned) != (self._marks, self._pinned):
            self._marks, self._pinned = marks, pinned
            self.update()

    def set_faults(self, faults: Mapping[Cell, str]) -> None:
        """Says of cells that they break a promise: a red wave under each, the sentence in its tool tip."""
        if faults != self._faults:
            self._faults = dict(faults)
            self._describe()
            self.update()

    def cell_area(self, row: int, column: int) -> QRect:
        """Where a cell is seen in the widget."""
        return self._pixels(1.0).cell(self._painter.place, row, column)

    def cell_at(self, at: QPointF) -> Cell | None:
        """The cell under a point of the widget."""
        return self._painter.place.cell_at(at.x() / self._zoom, at.y() / self._zoom)

    @property
    def name_area(self) -> QRect:
        """Where the name of the matrix is seen in the widget."""
        return self._pixels(1.0).rect(self._painter.name_place)

    def on_name(self, at: QPointF) -> bool:
        """Whether a point of the widget is on the name of the matrix."""
        return self.name_area.contains(at.toPoint())

    def has_keyboard(self) -> bool:
        """Whether keys go to a cell of this table."""
        return self.hasFocus()

    def select(self, selection: Selection) -> None:
        """Chooses cells; without the pointer on another cell, the current one is now looked at."""
        if selection != self._selection:
            self._selection = selection
            self._released = False
            self._pointed = None
            self._announce()
            self.update()

    def _pixels(self, ratio: float) -> Pixels:
        return Pixels(self._zoom * ratio)

    def _looked_at(self) -> Cell | None:
        return self._pointed or (self._selection.current if self.has_keyboard() and not self._released else None)

    def let_go(self) -> None:
        """The cell with the keyboard links to nothing any more, until the keyboard moves; it keeps its frame."""
        self._released = True
        self._announce()
        self.update()

    def _announce(self) -> None:
        cell = self._looked_at()
        self._describe()
        if cell == self._said:
            return
        self._said = cell
        self.update()
        if cell is None:
            self.cell_left.emit()
        else:
            self.cell_hovered.emit(*cell)

    def _describe(self) -> None:
        """The words of the cell, and what is wrong with it, for people who do not see it."""
        cell = self._looked_at()
        words = "" if cell is None else self.spec.cell_words(*cell)
        fault = self._faults.get(cell, "") if cell is not None else ""
        words = f"{words}. {fault}" if fault else words
        describe(self, words)

    def _all_marks(self) -> Marks:
        """What is lit from elsewhere, and what the pointer, the keyboard and the selection light here."""
        marks, here = self._marks, self._looked_at()
        cells, linked = set(marks.cells), set(marks.linked)
        if self.has_keyboard():
            cells.add(self._selection.current)
            if not self._selection.single:
                linked |= self._selection.cells
        if here is None:
            return marks._replace(cells=frozenset(cells), linked=frozenset(linked))
        return marks._replace(
            cells=frozenset(cells | {here}), linked=frozenset(linked), rows=marks.rows | {here[0]},
            columns=marks.columns | {here[1]},
        )

    def _move(self, event: QKeyEvent) -> bool:
        """Goes where a key says; False if it says nothing about going."""
        control = Qt.KeyboardModifier.ControlModifier
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier | control):
            return False
        (row, column), (rows, columns) = self._selection.current, self.spec.shape
        key, far = Qt.Key(event.key()), bool(event.modifiers() & control)
        if key in _MOVES:
            down, right = _MOVES[key]
            reach = max(rows, columns) if far else 1
            target = row + down * reach, column + right * reach
        elif key == Qt.Key.Key_Home:
            target = (0 if far else row), 0
        elif key == Qt.Key.Key_End:
            target = (rows - 1 if far else row), columns - 1
        else:
            return False
        self.select(self._selection.to(target, self.spec.shape, extend))
        self._pointed, self._released = None, False
        self._announce()
        return True

    def sizeHint(self) -> QSize:
        size = self._painter.size
        return QSize(round(size.width * self._zoom), round(size.height * self._zoom))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointed = self.cell_at(event.position())
        if self.on_name(event.position()):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()
        self._announce()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = None
        self._announce()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and self.on_name(event.position()):
            self.name_clicked.emit(event.position().toPoint())
            return
        if event.button() != Qt.MouseButton.LeftButton or cell is None:
            event.ignore()
            return
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.select(self._selection.to(cell, self.spec.shape, extend))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.let_go()
            event.ignore()  # the window lets go of what is pinned
        elif not self._move(event):
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._released = False
        self._announce()
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._announce()
        self.update()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            if self.on_name(QPointF(event.pos())):
                QToolTip.showText(event.globalPos(), f"Fill, multiply or reset {self.spec.key}", self)
                return True
            if cell is not None:
                words = self._faults.get(cell, "")
                if not words and not prints_numbers(self.spec, self._painter.place.cell):
                    words = self.spec.cell_words(*cell)
                if words:
                    QToolTip.showText(event.globalPos(), words, self)
                    return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.scale(1 / ratio, 1 / ratio)
            visible = painter.transform().inverted()[0].mapRect(event.rect())
            self._painter.paint(painter, self._pixels(ratio), visible, self._all_marks(), self._faults, self._pinned)
