"""A row of names of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from tutor.typeset.formula import Formula
from tutor.ui.widgets.formula_paint import FormulaColours, paint_formula
from tutor.ui.widgets.frames import RADIUS, paint_focus


@dataclass(frozen=True, slots=True)
class Segment:
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
        """Show names and which of them is chosen."""
        if tuple(segments) != self._segments or zoom != self._zoom:
            self._segments, self._zoom = tuple(segments), zoom
            for old in self._buttons:
                self._group.removeButton(old)
                self._row.removeWidget(old)
                old.hide()
                old.deleteLater()
            self._buttons = []
            for i, segment in enumerate(segments):
                button = _Button(segment, zoom, first=i == 0, last=i == len(segments) - 1)
                button.clicked.connect(self._tell)
                self._group.addButton(button)
                self._row.addWidget(button)
                self._buttons.append(button)
            self.updateGeometry()
        for button in self._buttons:
            if button.key == choice:
                button.setChecked(True)

    def button(self, key: str) -> QAbstractButton | None:
        """The control of one name."""
        return next((button for button in self._buttons if button.key == key), None)

    def _tell(self) -> None:
        self.chosen.emit(self.choice)


class _Button(QAbstractButton):
    """One segment."""

    def __init__(self, segment: Segment, zoom: float, first: bool, last: bool) -> None:
        super().__init__()
        self.key = segment.key
        self._name = segment.name
        self._zoom = zoom
        self._first, self._last = first, last
        self.setCheckable(True)
        self.setAccessibleName(segment.spoken)
        self.setToolTip(segment.tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(round(max(36.0, self._name.width + 20) * self._zoom) + (0 if self._last else 1),
                     round(28 * self._zoom))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
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
            focus = QColor(colours.color(QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Accent))
            paint_focus(painter, area.adjusted(2, 2, -2, -2), focus, self._zoom * 0.5)
        ink = colours.color(QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text)
        name = self._name
        origin = QPointF((self.width() - name.width * self._zoom) / 2, (self.height() - name.height * self._zoom) / 2)
        paint_formula(painter, name, origin, FormulaColours.from_palette(colours), zoom=self._zoom, ink=ink)


def _outline(area: QRectF, radius: float, left: bool, right: bool) -> QPainterPath:
    """A rectangle with round corners on the sides that are the ends of the row."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRoundedRect(area, radius, radius)
    if not left:
        path.addRect(area.adjusted(0, 0, -area.width() + radius + 1, 0))
    if not right:
        path.addRect(area.adjusted(area.width() - radius - 1, 0, 0, 0))
    return path.simplified()
