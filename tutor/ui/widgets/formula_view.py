"""A widget that shows one formula and says which part of it is pointed at."""

from collections.abc import Mapping, Sequence
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.typeset.formula import Box, Formula
from tutor.ui.widgets.formula_paint import (
    NOTHING,
    RADIUS,
    FormulaColours,
    enter_formula,
    paint_formula,
    tint_area,
)

PADDING_X, PADDING_Y = 4.0, 3.0
"""White around the formula, in px at 100 %: room for the tint, the focus frame and ink that leans out."""

_BY_KEY = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}


class FormulaView(QWidget):
    """Shows one formula, and says which of its parts is pointed at or clicked.

    With the keyboard: Left and Right go from part to part, Down into the parts of a part and Up out again; Enter or
    Space clicks. A key that leads nowhere, and a click beside all parts, is left to the panel.

    Signals:
        part_hovered: The id of the part under the pointer or under the keyboard focus; "" when there is none.
        part_clicked: The id of the part that was clicked.
    """

    part_hovered = Signal(str)
    part_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Starts empty."""
        super().__init__(parent)
        self._formula: Formula | None = None
        self._names: dict[str, str] = {}
        self._colours: FormulaColours | None = None
        self._highlight = NOTHING
        self._zoom = 1.0
        self._hovered = ""
        self._pressed = ""
        self._silent = NOTHING  # parts that a click goes through
        self._current: Box | None = None  # where the keyboard is
        self._by_key = False  # whether the focus came by the keyboard, and is to be seen
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    @property
    def formula(self) -> Formula | None:
        """The formula that is shown, or None."""
        return self._formula

    def set_formula(
        self, formula: Formula | None, accessible_text: str = "", part_names: Mapping[str, str] | None = None
    ) -> None:
        """Shows a formula, or nothing.

        Args:
            formula: What to show.
            accessible_text: What a screen reader says for it.
            part_names: What a screen reader says for a part when the keyboard reaches it.
        """
        self.setAccessibleName(accessible_text)
        self._names = dict(part_names or {})
        if formula is self._formula:
            return
        self._formula = formula
        self._pressed = ""
        here = self._current
        boxes = formula.boxes if formula and here else ()
        self._current = next((box for box in boxes if here and (box.part, box.outer) == (here.part, here.outer)), None)
        parts = formula.parts if formula else ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if parts else Qt.FocusPolicy.NoFocus)
        if self._hovered not in parts:
            self._hover("")
        self.updateGeometry()
        self.update()

    def set_highlight(self, parts: frozenset[str]) -> None:
        """Puts parts on the tint, in accent; parts inside them too."""
        if parts != self._highlight:
            self._highlight = parts
            self.update()

    def set_silent(self, parts: frozenset[str]) -> None:
        """Names parts that can be looked at and not clicked: a click there is left to what lies around."""
        self._silent = parts

    def set_colours(self, colours: FormulaColours | None) -> None:
        """Chooses the colours; None takes them from the palette."""
        if colours != self._colours:
            self._colours = colours
            self.update()

    def set_zoom(self, zoom: float) -> None:
        """Chooses the size, 1 being 100 %.

        Raises:
            ValueError: The zoom is not positive.
        """
        if not zoom > 0:
            raise ValueError(f"A zoom must be positive, not {zoom}.")
        if zoom != self._zoom:
            self._zoom = zoom
            self.updateGeometry()
            self.update()

    def _origin(self) -> QPointF:
        """The formula's top left corner in the widget."""
        return QPointF(PADDING_X * self._zoom, PADDING_Y * self._zoom)

    def _within(self, place: QPointF) -> QPointF:
        """A place in the widget in the formula's coordinates."""
        return (place - self._origin()) / self._zoom

    def _part_at(self, place: QPointF) -> str:
        """The id of the part at a place in the widget, or ""."""
        point = self._within(place)
        return (self._formula.part_at(point.x(), point.y()) if self._formula else None) or ""

    def _hover(self, part: str) -> None:
        """Says once that another part is pointed at."""
        if part != self._hovered:
            self._hovered = part
            if part and part not in self._silent:
                self.setCursor(Qt.CursorShape.PointingHandCursor)
            else:
                self.unsetCursor()
            self.part_hovered.emit(part)

    def _inside(self, around: Box | None) -> Sequence[Box]:
        """The parts directly inside a part; the top-level ones for None."""
        boxes = self._formula.boxes if self._formula else ()
        if around is None:
            return [box for box in boxes if not box.outer]
        outer = (*around.outer, around.part)
        return [b for b in boxes if b.outer == outer and around.contains(b.x + b.w / 2, b.y + b.h / 2)]

    def _around(self, box: Box) -> Box | None:
        """The part directly around a part, or None for a top-level one."""
        boxes = self._formula.boxes if self._formula else ()
        return next((other for other in boxes if box.outer and box in self._inside(other)), None)

    def _beside(self, step: int) -> Box | None:
        """The next part on the keyboard's level, to the right (1) or to the left (−1), or None at the end."""
        if self._current is None:
            row = self._inside(None)
            return (row[0] if step > 0 else row[-1]) if row else None
        row = self._inside(self._around(self._current))
        at = row.index(self._current) + step
        return row[at] if 0 <= at < len(row) else None

    def _go(self, box: Box) -> None:
        """Moves the keyboard to a part."""
        self._current = box
        self._by_key = True
        self.setAccessibleDescription(self._names.get(box.part, ""))
        self._hover(box.part)
        self.update()

    def sizeHint(self) -> QSize:
        """The size of the formula and the white around it; nothing without a formula."""
        if self._formula is None:
            return QSize(0, 0)
        width = (self._formula.width + 2 * PADDING_X) * self._zoom
        return QSize(ceil(width), ceil((self._formula.height + 2 * PADDING_Y) * self._zoom))

    def minimumSizeHint(self) -> QSize:
        """The same: half a formula would be another formula."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the formula, and the frame around the part the keyboard is on."""
        if self._formula is None:
            return
        colours = self._colours or FormulaColours.from_palette(self.palette())
        # An error while a painter is open on a widget ends the interpreter; closed by `with`, it is only an error.
        with QPainter(self) as painter:
            paint_formula(painter, self._formula, self._origin(), colours, self._highlight, self._zoom)
            if self._current is not None and self._by_key and self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                enter_formula(painter, self._formula, self._origin(), self._zoom)
                painter.setPen(QPen(colours.accent, 2.0))
                frame = tint_area(painter, self._current).adjusted(-0.5, -0.5, 0.5, 0.5)
                painter.drawRoundedRect(frame, RADIUS, RADIUS)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Says which part is under the pointer."""
        self._hover(self._part_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Says that the pointer left."""
        self._hover("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a click on a part."""
        part = self._part_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else ""
        self._pressed = "" if part in self._silent else part
        if self._pressed:
            point = self._within(event.position())
            self._current = next((box for box in self._inside(None) if box.contains(point.x(), point.y())), None)
        event.setAccepted(bool(self._pressed))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends a click, if the pointer is still on the part."""
        part, self._pressed = self._pressed, ""
        event.setAccepted(bool(part))  # else the row around it ends the click that it began
        if part and part == self._part_at(event.position()):
            self.part_clicked.emit(part)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves between parts, or clicks one."""
        current, target = self._current, None
        match event.key():
            case Qt.Key.Key_Left:
                target = self._beside(-1)
            case Qt.Key.Key_Right:
                target = self._beside(1)
            case Qt.Key.Key_Down if current is not None:
                target = next(iter(self._inside(current)), None)
            case Qt.Key.Key_Up if current is not None:
                target = self._around(current)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if current is not None:
                self.part_clicked.emit(current.part)
                return
        if target is None:
            super().keyPressEvent(event)
        else:
            self._go(target)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Takes up the part where the keyboard was, or the first one; a click shows no frame."""
        if event.reason() in _BY_KEY:
            self._by_key = True
        elif event.reason() == Qt.FocusReason.MouseFocusReason:
            self._by_key = False
        target = self._current or self._beside(1)
        if self._by_key and target is not None:
            self._go(target)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Lets go of the part."""
        if self._by_key:
            self._hover("")
        self.update()
