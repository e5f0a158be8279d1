"""What every picture of cells can do: point at a cell, walk through the cells by keyboard, pin one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from tutor.figures.heatmap import Cell
from tutor.figures.places import MatrixPlace
from tutor.ui.widgets.announcing import describe
from tutor.ui.widgets.cell_painter import Pixels
from tutor.ui.widgets.dressed import Dressed

Spot = tuple[int, Cell]
"""The number of a matrix in the picture, and a cell in it."""


class CellView(Dressed):
    """A picture of matrices whose cells can be pointed at.

    With the keyboard: arrows, Home and End go from cell to cell, Alt+Left and Alt+Right to the matrix before and
    after, Space pins the cell, Escape releases it. While a cell is pinned, the pointer moves nothing.

    Signals:
        cell_hovered (str, int, int): Key, row and column of the cell that is looked at now, by pointer or keyboard.
        cell_left (): No cell is looked at any more.
        cell_clicked (str, int, int): A cell was clicked, or Space pressed on it; it is now pinned, or was released.
        released (): Nothing is pinned any more.
    """

    cell_hovered = Signal(str, int, int)
    cell_left = Signal()
    cell_clicked = Signal(str, int, int)
    released = Signal()

    margin_x = 16.0
    margin_y = 4.0
    has_tips = True
    """Whether a tool tip says the numbers that are not printed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Starts with nothing to look at."""
        super().__init__(parent)
        self._pointed: Spot | None = None
        self._walked: Spot | None = None
        self._walking = False  # whether the keyboard looks at the cell it is on; Escape and the pointer end it
        self._pinned: Spot | None = None
        self._said: Spot | None = None
        self._held = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def current_cell(self) -> tuple[str, int, int] | None:
        """Key, row and column of the cell that is looked at; None for none."""
        spot = self._current()
        return None if spot is None else (self.matrices()[spot[0]][0], *spot[1])

    @property
    def pinned_cell(self) -> tuple[str, int, int] | None:
        """Key, row and column of the pinned cell; None for none."""
        return None if self._pinned is None else (self.matrices()[self._pinned[0]][0], *self._pinned[1])

    def set_pinned(self, cell: tuple[str, int, int] | None) -> None:
        """Pins a cell, or none, without a signal: the pin was set or released somewhere else."""
        self._pinned = None if cell is None else self._spot(*cell)
        if cell is None:
            self._pointed, self._walking = None, False
        self._said = self._current()
        self.update()

    def set_held(self, held: bool) -> None:
        """While something is pinned elsewhere, no other cell is ringed here; afterwards nothing is, till one points."""
        if held != self._held:
            self._held = held
            if not held and self._pinned is None:
                self._pointed, self._walking = None, False
                self._said = None
            self.update()

    def matrices(self) -> Sequence[tuple[str, MatrixPlace]]:
        """The key and the place of every matrix in the picture."""
        raise NotImplementedError

    def cell_words(self, index: int, row: int, column: int) -> str:
        """What is said of a cell."""
        raise NotImplementedError

    def prints(self, index: int) -> bool:
        """Whether the numbers of a matrix are printed; if not, the tool tip says them."""
        raise NotImplementedError

    def pixels(self, ratio: float) -> Pixels:
        """How px of the layout become device pixels."""
        scale = self._zoom * ratio
        return Pixels(scale, round(self.margin_x * scale), round(self.margin_y * scale))

    def layout_point(self, at: QPointF) -> tuple[float, float]:
        """A point of the widget in px of the layout."""
        return at.x() / self._zoom - self.margin_x, at.y() / self._zoom - self.margin_y

    def cell_area(self, key: str, row: int, column: int) -> QRect:
        """Where a cell is seen in the widget: to scroll to it, or to point at it in a test."""
        for known, place in self.matrices():
            if known == key:
                return self.pixels(1.0).cell(place, row, column)
        return QRect()

    def forget_cells(self) -> None:
        """Lets go of every cell, the pinned one too: the matrices are others now."""
        pinned = self._pinned is not None
        self._pointed = self._walked = self._pinned = None
        self._walking = False
        self._announce()
        if pinned:
            self.released.emit()

    def keep_cells(self) -> None:
        """Says the current cell again: its number may be another."""
        spot = self._current()
        if spot is not None:
            self._describe(spot)

    def looked_at(self) -> set[Spot]:
        """The one cell that is ringed: it is the one that is spoken of."""
        spot = self._pinned if self._held else self._current()
        return set() if spot is None else {spot}

    def cursor_cell(self) -> Spot | None:
        """Where the keyboard is, if another cell is looked at: it gets a thin frame."""
        return self._walked if self.hasFocus() and self._walking and self._walked != self._current() else None

    def _current(self) -> Spot | None:
        walked = self._walked if self.hasFocus() and self._walking else None
        return self._pinned or self._pointed or walked

    def _spot(self, key: str, row: int, column: int) -> Spot | None:
        for index, (known, place) in enumerate(self.matrices()):
            if known == key and 0 <= row < place.rows and 0 <= column < place.columns:
                return index, (row, column)
        return None

    def _spot_at(self, at: QPointF) -> Spot | None:
        x, y = self.layout_point(at)
        for index, (_, place) in enumerate(self.matrices()):
            cell = place.cell_at(x, y)
            if cell is not None:
                return index, cell
        return None

    def _announce(self, again: bool = False) -> None:
        """Says which cell is looked at, if that has changed, or if it was said while nobody listened."""
        spot = self._current()
        if spot == self._said and not (again and spot is not None):
            return
        self._said = spot
        self.update()
        if spot is None:
            self.setAccessibleDescription("")
            self.cell_left.emit()
            return
        self._describe(spot)
        self.cell_hovered.emit(self.matrices()[spot[0]][0], *spot[1])

    def _describe(self, spot: Spot) -> None:
        describe(self, self.cell_words(spot[0], *spot[1]))

    def _pin(self, spot: Spot) -> None:
        free = self._pinned == spot
        self._pinned = None if free else spot
        self.update()
        self.cell_clicked.emit(self.matrices()[spot[0]][0], *spot[1])
        if free:
            self.released.emit()
            self._announce(again=True)
        else:
            self._announce()

    def let_go(self) -> bool:
        """Looks at nothing, and pins nothing, till the pointer or a key moves; False if only the pointer was there."""
        pinned, walking = self._pinned is not None, self._walking
        self._pinned = self._pointed = None
        self._walking = False
        if pinned:
            self.released.emit()
        self._announce()
        self.update()
        return pinned or walking

    def _walk(self, key: Qt.Key) -> bool:
        """Goes one cell on; False if the key does not lead anywhere."""
        here = self._walked or self._current() or ((0, (0, 0)) if self.matrices() else None)
        if here is None:
            return False
        index, (row, column) = here
        place = self.matrices()[index][1]
        if self._walked is not None or self._current() is not None:
            row += {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
            column += {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
            column = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: place.columns - 1}.get(key, column)
        self._go_to(index, row, column)
        return True

    def _walk_matrix(self, by: int) -> bool:
        here = self._walked or self._current()
        if here is None or not 0 <= here[0] + by < len(self.matrices()):
            return False
        self._go_to(here[0] + by, *here[1])
        return True

    def _go_to(self, index: int, row: int, column: int) -> None:
        place = self.matrices()[index][1]
        self._walked = index, (min(max(row, 0), place.rows - 1), min(max(column, 0), place.columns - 1))
        self._pointed, self._walking = None, True
        self._announce()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointed = self._spot_at(event.position())
        self._announce()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = None
        self._announce()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self._spot_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or spot is None:
            event.ignore()
            return
        self._walked, self._walking = spot, False
        self._pin(spot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = Qt.Key(event.key()), event.modifiers() == Qt.KeyboardModifier.AltModifier
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        done = False
        if alt and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            done = self._walk_matrix(-1 if key == Qt.Key.Key_Left else 1)
        elif plain and key in _WALKING:
            done = self._walk(key)
        elif plain and key == Qt.Key.Key_Space:
            spot = self._walked or self._current()
            if spot is not None:
                self._pin(spot)
                done = True
        elif plain and key == Qt.Key.Key_Escape:
            done = self.let_go()
        if not done:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self._walked is None and self.matrices():
            self._walked = 0, (0, 0)
        self._walking = self._walking or by_key
        self._announce()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._announce()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        if self.has_tips and isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            spot = self._spot_at(QPointF(event.pos()))
            if spot is not None and not self.prints(spot[0]):
                QToolTip.showText(event.globalPos(), self.cell_words(spot[0], *spot[1]), self)
                return True
        return super().event(event)


_WALKING = frozenset({
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
})
