"""A formula in a strip as wide as there is room; one that is wider is moved sideways in it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from tutor.typeset import Formula
from tutor.ui.widgets.formula_paint import FormulaColours
from tutor.ui.widgets.formula_view import PADDING_X, FormulaView


class FormulaStrip(QScrollArea):
    """Shows one formula, never cut off.

    Attributes:
        view: The formula itself, with its parts and signals.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = FormulaView()
        self.view.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setWidget(self.view)
        self.view.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.view.part_hovered.connect(self._follow)

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
        self.horizontalScrollBar().setSingleStep(round(24 * zoom))
        self.updateGeometry()
        self._settle()

    def _settle(self) -> None:
        hint = self.view.sizeHint()
        wide = hint.width() - round(PADDING_X * 2) > self.width()  # a little white may go
        self.setHorizontalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn if wide else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        bar = self.horizontalScrollBar().sizeHint().height() if wide else 0
        if self.height() != hint.height() + bar or self.minimumHeight() != self.maximumHeight():
            self.setFixedHeight(hint.height() + bar)

    def _follow(self, part: str) -> None:
        """Bring the part the keyboard is on into sight."""
        formula = self.view.formula
        if not part or formula is None or not self.view.hasFocus():
            return
        box = next(box for box in formula.boxes if box.part == part)
        scale = self.view.sizeHint().width() / (formula.width + 2 * PADDING_X)
        middle = (box.x + PADDING_X + box.w / 2) * scale
        self.ensureVisible(round(middle), 0, round(box.w * scale / 2 + 12), 0)

    def sizeHint(self) -> QSize:
        return QSize(self.view.sizeHint().width(), self.maximumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.maximumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # arrows that lead to no part belong to the panel

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        sideways = abs(delta.x()) > abs(delta.y()) or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if sideways:
            super().wheelEvent(event)
        else:
            event.ignore()  # the page moves, whatever is under the pointer
