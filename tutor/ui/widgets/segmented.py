"""A row of names of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from tutor.typeset.formula import Formula
from tutor.ui.widgets.formula_paint import FormulaColours, paint_formula
from tutor.ui.widgets.frames import RADIUS, paint_focus


class Segment(NamedTuple):
    """One name to choose.

    Attributes:
        key: What the choice is told as.
        name: The name as it is set.
        spoken: What a screen reader says.
        tip: Said under the pointer.
    """

    key: str
    name: Formula
    spoken: str
    tip: str = ""


class Segmented(QWidget):
    """Typeset names side by side; Left and Right move the choice.

    Signals:
        chosen (str): The key a person chose.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zoom = 1.0
        self._segments: tuple[Segment, ...] = ()
        self._buttons: list[_Button] = []
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def keys(self) -> tuple[str, ...]:
        """What there is to choose from."""
        return tuple(segment.key for segment in self._segments)

    @property
    def choice(self) -> str:
        """The chosen key, or nothing."""
        return next((button.key for button in self._buttons if button.isChecked()), "")

    def set_segments(self, segments: Sequence[Segment], choice: str, zoom: float = 1.0) -> None:
        """Show names and which of them is chosen. A control keeps the keyboard while its key stays."""
        if tuple(segments) != self._segments or zoom != self._zoom:
            if [segment.key for segment in segments] != [button.key for button in self._buttons]:
                self._build(segments, choice)
            self._segments, self._zoom = tuple(segments), zoom
            for button, segment in zip(self._buttons, segments, strict=True):
                button.show_segment(segment, zoom)
            self.updateGeometry()
        for button in self._buttons:
            if button.key == choice:
                button.setChecked(True)

    def _build(self, segments: Sequence[Segment], choice: str) -> None:
        """Other controls; names that stay keep theirs, and the keyboard of one that goes is given to the chosen one."""
        known = {button.key: button for button in self._buttons}
        self._buttons = []
        for place, segment in enumerate(segments):
            button = known.pop(segment.key, None)
            if button is None:
                button = _Button(segment, self._zoom)
                button.clicked.connect(self._tell)
                self._group.addButton(button)
            button.set_ends(first=place == 0, last=place == len(segments) - 1)
            self._row.removeWidget(button)
            self._row.addWidget(button)
            button.show()  # at once: what is not seen cannot take the keyboard
            self._buttons.append(button)
        chosen = self.button(choice)
        if chosen is not None and any(old.hasFocus() for old in known.values()):
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)
        for old in known.values():
            self._group.removeButton(old)
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()

    def button(self, key: str) -> QAbstractButton | None:
        """The control of one name."""
        return next((button for button in self._buttons if button.key == key), None)

    def _tell(self) -> None:
        self.chosen.emit(self.choice)


class _Button(QAbstractButton):
    """One segment."""

    def __init__(self, segment: Segment, zoom: float) -> None:
        super().__init__()
        self.key = segment.key
        self._name = segment.name
        self._zoom = zoom
        self._first = self._last = True
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_ends(self, first: bool, last: bool) -> None:
        """Says which of its sides are the ends of the row."""
        if (first, last) != (self._first, self._last):
            self._first, self._last = first, last
            self.updateGeometry()
            self.update()

    def show_segment(self, segment: Segment, zoom: float) -> None:
        """Show a name."""
        self.setAccessibleName(segment.spoken)
        self.setToolTip(segment.tip)
        if segment.name is not self._name or zoom != self._zoom:
            self._name, self._zoom = segment.name, zoom
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(max(36.0, self._name.width + 20) * self._zoom) + (0 if self._last else 1),
                     round(28 * self._zoom))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colours = self.palette()
            chosen = self.isChecked()
            ground = colours.color(QPalette.ColorRole.Accent if chosen else QPalette.ColorRole.Base)
            if not chosen and self.underMouse():
                ground = colours.color(QPalette.ColorRole.Midlight)
            edge = colours.color(QPalette.ColorRole.Accent if chosen else QPalette.ColorRole.Mid)
            # A segment reaches 1 px over its right neighbour's edge, so that two frames make one line.
            area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5 if self._last else 0.5, -0.5)
            painter.setPen(QPen(edge, 1))
            painter.setBrush(ground)
            painter.drawPath(_outline(area, RADIUS * self._zoom, self._first, self._last))
            if self.hasFocus():
                focus = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Accent
                paint_focus(painter, area.adjusted(2, 2, -2, -2), colours.color(focus), self._zoom * 0.5)
            ink = colours.color(QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text)
            name, zoom = self._name, self._zoom
            origin = QPointF((self.width() - name.width * zoom) / 2, (self.height() - name.height * zoom) / 2)
            paint_formula(painter, name, origin, FormulaColours.from_palette(colours), zoom=zoom, ink=ink)


def _outline(area: QRectF, radius: float, left: bool, right: bool) -> QPainterPath:
    """A rectangle with round corners on the sides that are the ends of the row."""
    path = QPainterPath(area.topLeft() + QPointF(radius if left else 0.0, 0.0))
    corners = ((area.topRight(), right, 90), (area.bottomRight(), right, 0), (area.bottomLeft(), left, 270),
               (area.topLeft(), left, 180))
    for corner, is_round, start in corners:
        if is_round:
            circle = QRectF(0, 0, 2 * radius, 2 * radius)
            circle.moveCenter(corner + QPointF(radius if corner.x() == area.left() else -radius,
                                               radius if corner.y() == area.top() else -radius))
            path.arcTo(circle, start, -90)
        else:
            path.lineTo(corner)
    path.closeSubpath()
    return path
