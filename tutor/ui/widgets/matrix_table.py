"""A matrix of numbers that can be changed: typed, stepped, dragged, pasted."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from tutor.figures.cells import MINUS, NumberTextError, number_source
from tutor.figures.heatmap import Cell, HeatmapSpec
from tutor.figures.lettering import Typeset
from tutor.ui.gestures import new_gesture
from tutor.ui.widgets.cell_editor import CellEditor
from tutor.ui.widgets.table_selection import FINE, Selection, step_of, stepped
from tutor.ui.widgets.table_text import numbers_from_table, table_text
from tutor.ui.widgets.table_view import TableView

_WHEEL_PAUSE_MS = 600
_DRAG_START_PX = 4.0
_DRAG_STEP_PX = 5.0
_NOTCH = 120
_OPENING = frozenset("0123456789.,-+" + MINUS)
_COPY, _PASTE, _CUT = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Cut)
_ALL = QKeySequence.StandardKey.SelectAll


class MatrixTable(TableView):
    """Shows a matrix and lets it be changed.

    Typing replaces a number, Enter or F2 opens it, Tab takes it and goes on. Alt with Up and Down changes it by 0.1,
    with Shift by 1, with Ctrl by 0.01; so do dragging it, up or to the right for more, and the wheel on the cell with
    the keyboard, which is fine with Alt: with Ctrl it zooms. Del makes it 0. What is done to a cell is done to all
    chosen ones. Copying and pasting speaks to spreadsheets.

    Signals:
        edited (object, int): The new numbers, (n, m), each time a new array; and the number of the gesture. Edits of
            one gesture, such as one drag, have one number, and no other gesture has it.
        refused (str): Something typed or pasted is no number; the numbers stay as they are, the sentence says why.
    """

    edited = Signal(object, int)
    refused = Signal(str)

    def __init__(self, typeset: Typeset, parent: QWidget | None = None) -> None:
        """Starts with a single zero.

        Args:
            typeset: Turns Typst mathematics into formulas.
            parent: The widget it lies in.
        """
        super().__init__(typeset, parent)
        self._opened: Cell = (0, 0)
        self._multiplied: frozenset[Cell] | None = None  # while the line takes a factor: what it is for
        self._drag: _Drag | None = None
        self._stepping = 0  # the gesture of a held key or a turning wheel; 0 for none
        self._turned = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_WHEEL_PAUSE_MS)
        self._pause.timeout.connect(self._end_stepping)
        self._editor = CellEditor(self)
        self._editor.entered.connect(self._take_entered)
        self._editor.refused.connect(self.refused)
        self._editor.given_up.connect(self.let_go)

    @property
    def editor(self) -> CellEditor:
        """The line that opens over a cell."""
        return self._editor

    def set_spec(self, spec: HeatmapSpec) -> None:
        """Shows a matrix; what is being typed goes on, unless the matrix is another one. No signal is sent."""
        if spec.frame != self.spec.frame:
            self._editor.cancel()
            self._end_drag()
        super().set_spec(spec)

    def open_editor(self, text: str | None = None) -> None:
        """Opens the current cell: with its number, or with the beginning of another one."""
        row, column = self.current_cell
        self.select(Selection((row, column), (row, column)))
        self._opened, self._multiplied = (row, column), None
        given = text if text is not None else number_source(float(self.values[row, column]))
        self._editor.open(self.cell_area(row, column), given, text is None, self._painter.theme, self._zoom,
                          self.spec.cell_words(row, column))

    def open_factor(self) -> None:
        """Opens the line to take a factor, for the chosen cells, or for all where no more than one is chosen."""
        row, column = self.current_cell
        self._opened, self._multiplied = (row, column), self._many
        self._editor.open(self.cell_area(row, column), "", False, self._painter.theme, self._zoom,
                          f"Factor for {len(self._multiplied)} numbers of {self.spec.key}")
        self._editor.setPlaceholderText("factor")

    @property
    def _many(self) -> frozenset[Cell]:
        """The chosen cells, or all where no more than one is chosen."""
        return frozenset(np.ndindex(*self.spec.shape)) if self._selection.single else self.selected_cells

    def scale(self, factor: float, cells: frozenset[Cell] | None = None) -> None:
        """Multiplies cells by a factor; without cells the chosen ones, or all where no more than one is chosen."""
        chosen = self._many if cells is None else cells
        self._set_cells({cell: float(self.values[cell]) * factor + 0.0 for cell in chosen}, new_gesture())

    def has_keyboard(self) -> bool:
        """Whether keys go to a cell of this table, be it through the line over it."""
        return super().has_keyboard() or self._editor.is_open

    def _set_cells(self, changes: dict[Cell, float], gesture: int) -> None:
        """Makes the new matrix, shows it and says so; nothing happens where nothing is other than before."""
        values = self.values.copy()
        for cell, value in changes.items():
            values[cell] = value
        if np.array_equal(values, self.values, equal_nan=True):
            return
        self.set_values(values)
        self.edited.emit(values, gesture)

    def _step(self, times: int, step: float, gesture: int) -> None:
        self._set_cells(
            {cell: stepped(float(self.values[cell]), step, times) for cell in self.selected_cells
             if np.isfinite(self.values[cell])},
            gesture,
        )

    def _take_entered(self, value: float, onward: int) -> None:
        if self._multiplied is not None:
            self.scale(value, self._multiplied)
            return
        self._set_cells({self._opened: value}, new_gesture())
        if onward:
            rows, columns = self.spec.shape
            row, column = self._opened
            at = row * columns + column + onward
            if 0 <= at < rows * columns:
                cell = divmod(at, columns)
                self.select(Selection(cell, cell))
            else:
                self.focusNextPrevChild(onward > 0)

    def _end_drag(self) -> None:
        self._drag = None
        self.unsetCursor()

    def _end_stepping(self) -> None:
        self._stepping = self._turned = 0

    def copy(self) -> None:
        """Takes the chosen numbers to the clipboard, as spreadsheets write them."""
        top, left, bottom, right = self._selection.block
        QGuiApplication.clipboard().setText(table_text(self.values[top : bottom + 1, left : right + 1]))

    def paste(self) -> None:
        """Puts the numbers of the clipboard from the first chosen cell on."""
        try:
            block = numbers_from_table(QGuiApplication.clipboard().text())
            changes = self._placed(block)
        except NumberTextError as error:
            self.refused.emit(str(error))
            return
        self._set_cells(changes, new_gesture())

    def _placed(self, block: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> dict[Cell, float]:
        """Which cells pasted numbers go to: a single one to all chosen cells, a block from the first chosen on."""
        if block.size == 1:
            return dict.fromkeys(self.selected_cells, float(block[0, 0]))
        top, left, _, _ = self._selection.block
        free = self.spec.shape[0] - top, self.spec.shape[1] - left
        if block.shape[0] > free[0] or block.shape[1] > free[1]:
            raise NumberTextError(
                f"The clipboard holds {block.shape[0]}×{block.shape[1]} numbers; from this cell on there is room for "
                f"{free[0]}×{free[1]}. Choose another cell or copy fewer."
            )
        return {(top + i, left + j): float(value) for (i, j), value in np.ndenumerate(block)}

    def _press_editing_key(self, event: QKeyEvent) -> bool:
        """Does what a key says about numbers; False if it says nothing about them."""
        key, modifiers = event.key(), event.modifiers()
        if event.matches(_COPY):
            self.copy()
        elif event.matches(_ALL):
            self.select(Selection((self.spec.shape[0] - 1, self.spec.shape[1] - 1), (0, 0)))
        elif event.matches(_PASTE):
            self.paste()
        elif event.matches(_CUT):
            self.copy()
            self._set_cells(dict.fromkeys(self.selected_cells, 0.0), new_gesture())
        elif modifiers & Qt.KeyboardModifier.AltModifier and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if not event.isAutoRepeat() or not self._stepping:
                self._stepping = new_gesture()
            self._step(1 if key == Qt.Key.Key_Up else -1, step_of(modifiers), self._stepping)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not modifiers:
            self._set_cells(dict.fromkeys(self.selected_cells, 0.0), new_gesture())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and not _commanding(modifiers):
            self.open_editor()
        elif event.text() and event.text() in _OPENING and not _commanding(modifiers):
            self.open_editor(event.text())
        else:
            return False
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        cell = self.cell_at(event.position())
        plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and cell is not None and np.isfinite(self.values[cell]):
            self._drag = _Drag(cell, event.position(), float(self.values[cell]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = self._drag
        if drag is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        if not drag.gesture:
            gone = event.position() - drag.start
            if max(abs(gone.x()), abs(gone.y())) < _DRAG_START_PX:
                return
            drag.gesture = new_gesture()
            drag.across = abs(gone.x()) > abs(gone.y())
            drag.start = event.position()
            self.setCursor(Qt.CursorShape.SizeHorCursor if drag.across else Qt.CursorShape.SizeVerCursor)
        value = drag.value_at(event.position(), step_of(event.modifiers()), float(self.values[drag.cell]))
        self._set_cells({drag.cell: value}, drag.gesture)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._end_drag()
            super().mouseMoveEvent(event)
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.cell_at(event.position()) is not None:
            self._drag = None
            self.open_editor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        on_current = self.hasFocus() and self.cell_at(event.position()) == self.current_cell
        # With Ctrl the wheel zooms the window; beside the cell it scrolls the panel.
        if not on_current or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        self._stepping = self._stepping or new_gesture()
        self._pause.start()
        self._turned += event.angleDelta().y() or event.angleDelta().x()
        times = int(self._turned / _NOTCH)
        self._turned -= times * _NOTCH
        fine = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._step(times, FINE if fine else step_of(event.modifiers()), self._stepping)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._drag is not None and self._drag.gesture:
            drag = self._drag
            self._end_drag()
            self._set_cells({drag.cell: drag.first}, drag.gesture)
        elif not self._press_editing_key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat() and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._end_stepping()
        super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        # The window has its own Ctrl+C and Del; while a cell has the keyboard they mean the cell.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            ours = any(event.matches(key) for key in (_COPY, _PASTE, _CUT, _ALL)) or event.key() == Qt.Key.Key_Delete
            if ours:
                event.accept()
                return True
        return super().event(event)


class _Drag:
    """A cell being dragged: up or to the right for more, whichever way the pointer set out."""

    def __init__(self, cell: Cell, start: QPointF, value: float) -> None:
        self.cell = cell
        self.start = start
        self.first = value
        self.gesture = 0  # 0 until the pointer has gone far enough to mean it
        self.across = False
        self._base = value
        self._step = 0.0

    def value_at(self, at: QPointF, step: float, now: float) -> float:
        """The number the pointer has come to; where the step changes on the way, it counts on from here."""
        if step != self._step:
            self._base, self._step, self.start = (now, step, at) if self._step else (self.first, step, self.start)
        gone = at.x() - self.start.x() if self.across else self.start.y() - at.y()
        return stepped(self._base, step, round(gone / _DRAG_STEP_PX))


def _commanding(modifiers: Qt.KeyboardModifier) -> bool:
    return bool(modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
                             | Qt.KeyboardModifier.MetaModifier))
