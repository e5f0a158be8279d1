"""The row of a step: from where to where, its equation, its rule, its shape, whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from tutor.figures.derivation import StepSpec
from tutor.figures.derivation_layout import NAME, PADDING, gutter, is_narrow, step_equation
from tutor.figures.lettering import letter_sources
from tutor.figures.palette import Theme
from tutor.typeset import Formula, Typesetter
from tutor.ui.icons import pixmap
from tutor.ui.theme import CAPTION, TEXT, interface_font
from tutor.ui.widgets.formula_paint import FormulaColours, paint_formula
from tutor.ui.widgets.formula_view import PADDING_X, PADDING_Y, FormulaView
from tutor.ui.widgets.frames import paint_focus

HEIGHT: Final = 38.0
BAR: Final = 3.0
_CHEVRON, _TICK, _SHAPE, _TITLE = 6.0, 29.0, 45.0, 82.0
"""From the right edge: the middle of the chevron and of the tick, the right ends of the shape and of the title."""
_LEAST_TITLE: Final = 176.0
"""What a title wants beside its equation; a longer one stands there small, on two lines."""
_ICON, _DROP, _APART = 12.0, 6.0, 12.0


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and sizes of what paints itself.

    Attributes:
        theme: The colours.
        zoom: What px are multiplied by.
        ratio: Device pixels a px.
        width: The room from edge to edge, in px at 100 %.
    """

    theme: Theme
    zoom: float = 1.0
    ratio: float = 1.0
    width: float = 582.0

    @property
    def colours(self) -> FormulaColours:
        """The inks of formulas."""
        theme = self.theme
        return FormulaColours(QColor(theme.ink), QColor(theme.accent), QColor(theme.tint), QColor(theme.ink3))

    @property
    def warning(self) -> FormulaColours:
        """The inks of formulas that say what is wrong."""
        theme = self.theme
        return FormulaColours(QColor(theme.wrong), QColor(theme.wrong), QColor(theme.tint), QColor(theme.ink3))


class StepRow(QAbstractButton):
    """One step in one row; a click or Enter opens it.

    Signals:
        looked_at (bool): The pointer or the keyboard is on the row, or no longer.
        pinned (): Space was pressed.
    """

    looked_at = Signal(bool)
    pinned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._equation = FormulaView(self)
        self._step: StepSpec | None = None
        self._look: Look | None = None
        self._name: Formula | None = None
        self._titled = True
        self._title_room = 0.0
        self._broken = False
        self._linked = False
        self._by_key = False

    @property
    def step(self) -> StepSpec | None:
        """What it shows."""
        return self._step

    @property
    def equation(self) -> FormulaView:
        """The equation."""
        return self._equation

    @property
    def by_key(self) -> bool:
        """Whether it was the keyboard that last opened or closed it."""
        return self._by_key

    @property
    def holds(self) -> bool:
        """Whether it shows a tick: everything checked holds, and the numbers keep every promise."""
        return self._step is not None and self._step.certified and not self._broken

    def show_step(
        self, step: StepSpec, broken: bool, typesetter: Typesetter, look: Look, silent: frozenset[str] = frozenset()
    ) -> None:
        """Show a step.

        Args:
            step: What.
            broken: Whether the numbers break a promise it rests on.
            typesetter: Sets the formulas.
            look: Colours and sizes.
            silent: Parts of its equation that have no heatmap to be pinned: a click there opens the step, too.
        """
        self._equation.set_silent(silent)
        self._step, self._broken, self._look = step, broken, look
        right = look.width - PADDING - _SHAPE - self._breadth(step.shape, CAPTION) - _APART
        free = right - PADDING - gutter(look.width)
        title = self._breadth(step.title, TEXT)
        room = look.width - PADDING - _TITLE - _APART - PADDING - gutter(look.width)
        beside = room - min(title, _LEAST_TITLE)
        formula, self._titled = step_equation(typesetter, step, (0.0 if is_narrow(look.width) else beside, free))
        [self._name] = letter_sources(typesetter, [step.way], NAME, display=False)
        self._equation.set_zoom(look.zoom)
        self._equation.set_formula(formula, step.equation_words)
        self._equation.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the row stands for it
        self._title_room = room - formula.width
        whole = self._titled and not is_narrow(look.width) and title <= self._title_room
        self.setToolTip("" if whole else step.title)
        self.setFixedHeight(ceil(max(HEIGHT, formula.height + 8.0) * look.zoom))
        self._place()
        self.dress(look)

    def dress(self, look: Look) -> None:
        """Take other colours."""
        self._look = look
        self._equation.set_colours(look.colours)
        self._name_it()
        self.update()

    def set_open(self, opened: bool) -> None:
        """Show that the step is open."""
        self.setChecked(opened)
        self._name_it()

    def set_linked(self, linked: bool, parts: frozenset[str]) -> None:
        """Mark the row, and parts of its equation."""
        self._equation.set_highlight(parts)
        if linked != self._linked:
            self._linked = linked
            self.update()

    @property
    def linked(self) -> bool:
        """Whether the row is marked."""
        return self._linked

    def _name_it(self) -> None:
        if self._step is not None:
            broken = "; its numbers break a promise" if self._broken else ""
            self.setAccessibleName(self._step.words + broken)
            self.setAccessibleDescription("open" if self.isChecked() else "closed")

    def _breadth(self, words: str, size: int) -> float:
        return QFontMetricsF(interface_font(size, 1.0)).horizontalAdvance(words)

    @property
    def _baseline(self) -> float:
        """The line the formulas stand on, in px of the screen."""
        look, formula = self._look, self._equation.formula
        assert look is not None and formula is not None
        if formula.height + 8.0 > HEIGHT:
            return self.height() / 2 + (formula.baseline - formula.height / 2) * look.zoom
        return self.height() / 2 + _DROP * look.zoom

    def _place(self) -> None:
        if self._look is None or self._equation.formula is None:
            return
        zoom = self._look.zoom
        self._equation.resize(self._equation.sizeHint())
        left = (PADDING + gutter(self._look.width) - PADDING_X) * zoom
        top = self._baseline - (PADDING_Y + self._equation.formula.baseline) * zoom
        self._equation.move(round(left), round(top))

    def nextCheckState(self) -> None:
        """What is open is decided by the panel: one step at a time."""

    def sizeHint(self) -> QSize:
        return QSize(200, self.maximumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.maximumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.looked_at.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.looked_at.emit(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.looked_at.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.looked_at.emit(self.underMouse())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_key = False
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._by_key = True
                self.click()
            case Qt.Key.Key_Space:
                self.pinned.emit()
            case _:
                event.ignore()  # arrows go from step to step: the panel knows the next

    def paintEvent(self, event: QPaintEvent) -> None:
        look, step = self._look, self._step
        if look is None or step is None or self._name is None:
            return
        theme, zoom = look.theme, look.zoom
        right = self.width() - PADDING * zoom
        with QPainter(self) as painter:
            painter.fillRect(QRectF(PADDING * zoom, 0, right - PADDING * zoom, 1), QColor(theme.line))
            if self._linked:
                painter.fillRect(QRectF(0, 0, BAR * zoom, self.height()), QColor(theme.accent))
            room = (gutter(look.width) - 8.0) * zoom
            scale = min(zoom, room / self._name.width) if self._name.width else zoom
            origin = QPointF(PADDING * zoom, self._baseline - self._name.baseline * scale)
            ink = QColor(theme.accent if self._linked else theme.ink)
            paint_formula(painter, self._name, origin, look.colours, zoom=scale, ink=ink)
            self._paint_words(painter, step, look, right)
            if self.hasFocus():
                area = QRectF(self.rect()).adjusted(6 * zoom, 2, -6 * zoom, -1)
                paint_focus(painter, area, QColor(theme.accent), zoom)

    def _paint_words(self, painter: QPainter, step: StepSpec, look: Look, right: float) -> None:
        """Title, shape, tick or cross, and the chevron."""
        theme, zoom, height = look.theme, look.zoom, self.height()
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        edge = right - _SHAPE * zoom
        painter.setFont(interface_font(CAPTION, zoom, tabular=True))
        painter.setPen(QColor(theme.ink2))
        painter.drawText(QRectF(0, 0, edge, height), align, step.shape)
        if self._titled and not is_narrow(look.width):
            edge = min(right - _TITLE * zoom, edge - painter.fontMetrics().horizontalAdvance(step.shape) - 8 * zoom)
            painter.setPen(QColor(theme.ink if self.isChecked() else theme.ink2))
            # A px more than measured: rounding at other zooms must not break a title that fits.
            room = round(self._title_room * zoom) + 1
            whole = self._breadth(step.title, TEXT) <= self._title_room
            painter.setFont(interface_font(TEXT if whole else CAPTION, zoom))
            painter.drawText(QRectF(edge - room, 0, room, height), align | Qt.TextFlag.TextWordWrap, step.title)
        signs = ((_TICK, "tick", theme.ok) if self.holds else (_TICK, "cross", theme.wrong),
                 (_CHEVRON, "chevron-down" if self.isChecked() else "chevron-right", theme.ink2))
        for distance, name, colour in signs:
            # A picture that is copied has more dots a px than the screen.
            picture = pixmap(name, colour, zoom, painter.deviceTransform().m11(), size=_ICON)
            side = picture.width() / picture.devicePixelRatio()
            painter.drawPixmap(QPointF(round(right - distance * zoom - side / 2), round((height - side) / 2)), picture)
