"""The head of a panel: its title, a note, its options, and what can be done with its dock."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from tutor.figures.palette import Theme
from tutor.ui.icons import icon
from tutor.ui.theme import strengthen

HEIGHT = 32


class DockHead(QWidget):
    """Title at the left, options at the right; float and close show while it is pointed at or focused.

    Signals:
        float_wanted (): Take the panel out of the window, or back.
        close_wanted (): Hide the panel.
        cancel_wanted (): Stop the work this panel waits for.
    """

    float_wanted = Signal()
    close_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(
        self, title: str, options: Sequence[QWidget] = (), movable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("ground", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = QLabel(title)
        strengthen(self._title)
        self._note = QLabel()
        self._note.setProperty("voice", "caption")
        self._cancel = QToolButton()
        self._cancel.setText("Cancel")
        self._cancel.hide()
        self._cancel.clicked.connect(self.cancel_wanted)
        self._float = _QuietButton(self, f"Take {title} out of the window, or back")
        self._float.clicked.connect(self.float_wanted)
        self._close = _QuietButton(self, f"Hide {title}; the View menu brings it back")
        self._close.clicked.connect(self.close_wanted)
        self._row = QHBoxLayout(self)
        for widget in (self._title, self._note, self._cancel):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._movable = movable
        self._height = HEIGHT
        self._options = tuple(options)
        for option in options:
            self._row.addWidget(option)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def title(self) -> str:
        """What the panel is called."""
        return self._title.text()

    def set_note(self, note: str) -> None:
        """A few quiet words beside the title."""
        self._note.setText(note)
        self._fit()

    def set_named(self, named: bool) -> None:
        """Show the title, or leave it to a tab; a head that has nothing else to show then takes no room."""
        if named == self._title.isHidden():
            self._title.setVisible(named)
            self._resize()

    def set_waiting(self, waiting: bool) -> None:
        """Offer to cancel what the panel waits for."""
        self._cancel.setVisible(waiting)

    def set_look(self, theme: Theme, zoom: float, ratio: float = 1.0) -> None:
        """Take colours and size."""
        self._row.setContentsMargins(round(16 * zoom), 0, round(12 * zoom), 0)
        self._row.setSpacing(round(8 * zoom))
        self._height = round(HEIGHT * zoom)
        self._resize()
        side = round(12 * zoom)
        for button, name in ((self._float, "float"), (self._close, "close")):
            button.setIcon(icon(name, theme, side / 16, ratio))
            button.setIconSize(QSize(side, side))
            button.setFixedSize(round(20 * zoom), round(20 * zoom))
        self._fit()

    def _resize(self) -> None:
        shown = not self._title.isHidden() or any(not option.isHidden() for option in self._options)
        self.setFixedHeight(self._height if shown else 0)
        self.updateGeometry()
        self._fit()

    def _fit(self) -> None:
        """A note that has no room goes; so do the buttons."""
        gap, margins = self._row.spacing(), self._row.contentsMargins()
        options = sum(option.sizeHint().width() + gap for option in self._options if not option.isHidden())
        title = 0 if self._title.isHidden() else self._title.sizeHint().width() + gap
        needed = margins.left() + title + self._note.sizeHint().width() + gap + options + margins.right()
        self._note.setVisible(bool(self._note.text()) and needed <= self.width())
        self._row.activate()
        self._place_buttons()

    def _place_buttons(self) -> None:
        """Float and close stand after the title, so that nothing moves when they show; without room they go."""
        shown = self._title if self._note.isHidden() else self._note
        x = shown.geometry().left() + shown.sizeHint().width() + self._row.spacing()
        end = min((option.x() for option in self._options if not option.isHidden()), default=self.width())
        fits = self._movable and x + self._float.width() + self._close.width() <= end
        for button in (self._float, self._close):
            button.setVisible(fits)
            button.move(x, (self.height() - button.height()) // 2)
            x += button.width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        # A dock asks its title bar for this and for nothing else.
        return QSize(super().sizeHint().width(), self.maximumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.maximumHeight())

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._repaint_buttons()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._repaint_buttons()

    def _repaint_buttons(self) -> None:
        self._float.update()
        self._close.update()


class _QuietButton(QToolButton):
    """A button that keeps its place and shows itself only when it is near at hand."""

    def __init__(self, head: DockHead, tip: str) -> None:
        super().__init__(head)
        self._head = head
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or self._head.underMouse():
            super().paintEvent(event)
