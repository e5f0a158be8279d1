"""The head of a panel: its title, a note, its options, and what can be done with its dock."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget

from tutor.figures.palette import Theme
from tutor.ui.icons import icon
from tutor.ui.theme import strengthen, text_zoom

HEIGHT = 32
_LEAST_TITLE = 40.0


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

    def __init__(self, title: str, movable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = title
        self._title = QLabel(title, self)
        strengthen(self._title)
        self._note = QLabel(self)
        self._note.setProperty("voice", "caption")
        self._note_first = False
        self._cancel = QToolButton(self)
        self._cancel.setText("Cancel")
        self._cancel.hide()
        self._cancel.clicked.connect(self.cancel_wanted)
        self._float = _QuietButton(self, f"Take {title} out of the window, or back")
        self._float.clicked.connect(self.float_wanted)
        self._close = _QuietButton(self, f"Hide {title}; the View menu brings it back")
        self._close.clicked.connect(self.close_wanted)
        self._movable = movable
        self._zoom = 1.0
        self._options: tuple[QWidget, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def title(self) -> str:
        """What the panel is called."""
        return self._name

    def take(self, options: Sequence[QWidget]) -> None:
        """Take the options of the panel over."""
        self._options = tuple(options)
        for option in options:
            is_wanted = not (option.isHidden() and option.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide))
            option.setParent(self)
            option.setVisible(is_wanted)  # what gets another parent goes out of sight
        self._place()

    def set_note(self, note: str, first: bool = False) -> None:
        """A few quiet words beside the title; what has to be said comes ``first``, before the options."""
        if (note, first) != (self._note.text(), self._note_first):
            self._note.setText(note)
            self._note_first = first
            self._place()

    def set_named(self, named: bool) -> None:
        """Show the title, or leave it to a tab; a head that has nothing else to show then takes no room."""
        if named == self._title.isHidden():
            self._title.setVisible(named)
            self._resize()

    def set_waiting(self, waiting: bool) -> None:
        """Offer to cancel what the panel waits for."""
        self._cancel.setVisible(waiting)
        self._place()

    def set_look(self, theme: Theme, zoom: float, ratio: float = 1.0) -> None:
        """Take colours and size."""
        self._zoom = text_zoom(zoom)
        side = self._px(12)
        for button, name in ((self._float, "float"), (self._close, "close")):
            button.setIcon(icon(name, theme, side / 16, ratio))
            button.setIconSize(QSize(side, side))
            button.setFixedSize(self._px(20), self._px(20))
        self._resize()

    def _px(self, size: float) -> int:
        return round(size * self._zoom)

    def _resize(self) -> None:
        shown = not self._title.isHidden() or any(not option.isHidden() for option in self._options)
        self.setFixedHeight(self._px(HEIGHT) if shown else 0)
        self.updateGeometry()
        self._place()

    def _place(self) -> None:
        """Title, note and buttons from the left, options from the right.

        Without room for all of it the note goes first if it may, then the two buttons; options shrink that can, the
        title is cut short with an ellipsis, and what still does not fit goes, the first option first.
        """
        gap = self._px(8)
        left, right = self._px(16), self.width() - self._px(12)
        title = 0 if self._title.isHidden() else self._text_width(self._title, self._name)
        cancel = 0 if self._cancel.isHidden() else self._cancel.sizeHint().width() + gap
        options = [option for option in self._options if not option.isHidden()]
        note = self._text_width(self._note, self._note.text())
        taken = left + cancel + gap + (note + gap if self._note_first else 0)
        least, ample = taken + (title if self._note_first else min(title, self._px(_LEAST_TITLE))), taken + title
        end = self._place_options(options, right, least, ample)
        at = left
        if title:
            room = max(0, min(title, end - cancel - at))
            words = self._title.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, room)
            self._title.setText(self._name if room == title else words)
            self._title.setToolTip("" if room == title else self._name)
            at = self._put(self._title, at, room) + gap
        self._note.setVisible(bool(note) and at + note + cancel <= end)
        if not self._note.isHidden():
            at = self._put(self._note, at, note) + gap
        if cancel:
            at = self._put(self._cancel, at, self._cancel.sizeHint().width()) + gap
        # They stand there all the time, so that nothing moves when they show.
        fits = self._movable and at + self._float.width() + self._close.width() <= end
        for button in (self._float, self._close):
            button.setVisible(fits)
            at = self._put(button, at, button.width())

    def _place_options(self, options: Sequence[QWidget], right: int, least: int, ample: int) -> int:
        """Put the options side by side up to the right edge. A caption goes rather than the title is cut short.

        Args:
            options: Those that are shown.
            right: Where they end.
            least: They never begin before this.
            ample: They shrink, those that can, rather than begin before this.

        Returns:
            Where what stands left of them ends.
        """
        gap = self._px(8)
        widths = [max(option.minimumWidth(), option.sizeHint().width()) for option in options]
        floors = [min(width, _least_width(option)) for option, width in zip(options, widths, strict=True)]
        start = right - sum(widths) - gap * len(options)
        for i, floor in enumerate(floors):
            spare = min(max(0, ample - gap - start), widths[i] - floor)
            widths[i] -= spare
            start += spare
        dropped = 0
        while dropped < len(options) and isinstance(options[dropped], QLabel) and start + gap < ample:
            start += widths[dropped] + gap  # a caption of the next option
            dropped += 1
        while dropped < len(options) and start + gap < least:
            start += widths[dropped] + gap
            dropped += 1
        at = start + gap
        for i, (option, width) in enumerate(zip(options, widths, strict=True)):
            if i < dropped:
                option.move(0, -option.height() - HEIGHT)  # out of sight; hiding it is the panel's own affair
            else:
                at = self._put(option, at, width) + gap
        return start

    def _put(self, widget: QWidget, at: int, width: int) -> int:
        """Put something into the middle of the line; says where it ends."""
        wanted = max(widget.minimumHeight(), min(widget.maximumHeight(), widget.sizeHint().height()))
        height = min(self.height(), wanted)
        widget.setGeometry(at, (self.height() - height) // 2, width, height)
        return at + width

    @staticmethod
    def _text_width(label: QLabel, text: str) -> int:
        label.ensurePolished()
        return label.fontMetrics().horizontalAdvance(text) + 1 if text else 0

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()  # an option says that it needs another width
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        # A dock asks its title bar for this and for nothing else.
        return QSize(0, self.maximumHeight())

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


def _least_width(option: QWidget) -> int:
    """How narrow an option can be."""
    return max(option.minimumWidth(), option.minimumSizeHint().width())
