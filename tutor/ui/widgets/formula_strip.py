"""A formula in a strip as wide as there is room; one that is wider is moved sideways in it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from tutor.typeset import Formula
from tutor.ui.widgets.formula_paint import FormulaColours
from tutor.ui.widgets.formula_view import PADDING_X, FormulaView

_NOTCH = 120
_STEPS = 3
"""So many steps the formula is moved by a notch of the wheel."""


class FormulaStrip(QWidget):
    """Shows one formula, never cut off.

    No scroll area: a page has dozens of strips, hardly one of them ever moves, and an area is seven widgets.

    Attributes:
        view: The formula itself, with its parts and signals.
        bar: What moves it sideways; None until a formula is wider than the strip.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = FormulaView(self)
        self.bar: QScrollBar | None = None
        self._step = 24
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.view.part_hovered.connect(self._follow)

    @property
    def moves(self) -> bool:
        """Whether the formula is wider than the strip."""
        return self.bar is not None and not self.bar.isHidden()

    def show_formula(
        self, formula: Formula, words: str, colours: FormulaColours, zoom: float, parts: dict[str, str] | None = None
    ) -> None:
        """Show a formula.

        Args:
            formula: What.
            words: The same as plain text.
            colours: The inks.
            zoom: The size.
            parts: What a screen reader says for a part.
        """
        self.view.set_zoom(zoom)
        self.view.set_colours(colours)
        self.view.set_formula(formula, words, parts)
        self.view.resize(self.view.sizeHint())
        self._step = round(24 * zoom)
        self.updateGeometry()
        self._settle()

    def _settle(self) -> None:
        hint, room = self.view.size(), self.width()
        wide = hint.width() - round(PADDING_X * 2) > room  # a little white may go
        if wide and self.bar is None:
            self.bar = QScrollBar(Qt.Orientation.Horizontal, self)
            self.bar.valueChanged.connect(self._move)
        high = 0
        if self.bar is not None:
            high = self.bar.sizeHint().height() if wide else 0
            self.bar.setSingleStep(self._step)
            self.bar.setPageStep(room)
            self.bar.setRange(0, max(0, hint.width() - room))
            self.bar.setGeometry(0, hint.height(), room, high)
            self.bar.setVisible(wide)
        if self.height() != hint.height() + high or self.minimumHeight() != self.maximumHeight():
            self.setFixedHeight(hint.height() + high)

    def _move(self, left: int) -> None:
        self.view.move(-left, 0)

    def _follow(self, part: str) -> None:
        """Bring the part the keyboard is on into sight."""
        formula = self.view.formula
        if not part or formula is None or self.bar is None or not self.view.hasFocus():
            return
        box = next(box for box in formula.boxes if box.part == part)
        scale = self.view.width() / (formula.width + 2 * PADDING_X)
        middle, around = round((box.x + PADDING_X + box.w / 2) * scale), round(box.w * scale / 2 + 12)
        if middle - around < self.bar.value():
            self.bar.setValue(middle - around)
        elif middle + around > self.bar.value() + self.width():
            self.bar.setValue(middle + around - self.width())

    def sizeHint(self) -> QSize:
        return QSize(self.view.sizeHint().width(), self.maximumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.maximumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        sideways = abs(delta.x()) > abs(delta.y()) or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if sideways and self.bar is not None:
            self.bar.setValue(self.bar.value() - round((delta.x() or delta.y()) / _NOTCH * _STEPS * self._step))
        else:
            event.ignore()  # the page moves, whatever is under the pointer
