"""A tour of the window: six short notes, each at what it is about. Nothing waits for it."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QLabel, QMainWindow, QPushButton, QWidget
from shiboken6 import isValid

from tutor.ui.docks import Docks
from tutor.ui.theme import Look, strengthen
from tutor.ui.widgets.announcing import describe


class Callout(NamedTuple):
    """One note.

    Attributes:
        key: The panel it is about; ``by`` is the tool bar.
        title: What it is about, in a few words.
        words: What is to be known of it.
    """

    key: str
    title: str
    words: str


CALLOUTS: Final = (
    Callout("program", "The program",
            "The forward pass, a statement a line. The shape of each stands at its end; a mistake is said in place."),
    Callout("numbers", "The numbers",
            "Sizes, seed, and every number. Drag a cell up or down, or type into it: all panels follow at once."),
    Callout("by", "The question",
            "Choose the problem, and by which variable the gradient is asked: here, or with Alt+1 to Alt+9."),
    Callout("derivation", "The derivation",
            "The chain rule in symbols. A click on a step opens its rule, its reason and SymPy's proof."),
    Callout("jacobians", "The Jacobians",
            "Each link as a matrix: rows are outputs, columns inputs. Point at a cell; a click pins it, Esc lets go."),
    Callout("check", "The gradient check",
            "The derived gradient beside finite differences, entry by entry. F1 lists all keys."),
)

_SEEN: Final = "tour"
_WIDTH, _PADDING, _GAP = 300, 16, 12


class Tour(QFrame):
    """Shows the notes one after the other: Enter and → go on, ← goes back, Esc ends it.

    Args:
        window: What is shown.
        docks: Its panels.
        bar: Its tool bar.
        look: Theme and zoom.
        settings: Where it is noted that it was seen.
    """

    def __init__(self, window: QMainWindow, docks: Docks, bar: QWidget, look: Look, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._docks, self._bar, self._look, self._settings = docks, bar, look, settings
        self._ring = _Ring(window)
        self._callouts: list[Callout] = []
        self._at = 0
        self._before: QWidget | None = None
        self.setProperty("ground", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title, self._words, self._count = QLabel(), QLabel(), QLabel()
        strengthen(self._title)
        self._count.setProperty("voice", "caption")
        self._words.setWordWrap(True)
        self._skip, self._back, self._next = (self._button(words) for words in ("Skip the tour", "Back", "Next"))
        self._skip.clicked.connect(self.end)
        self._back.clicked.connect(lambda: self._go(-1))
        self._next.clicked.connect(lambda: self._go(1))
        self._grid = QGridLayout(self)
        self._grid.addWidget(self._title, 0, 0, 1, 3)
        self._grid.addWidget(self._count, 0, 3, Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(self._words, 1, 0, 1, 4)
        self._grid.addWidget(self._skip, 2, 0)
        self._grid.addWidget(self._back, 2, 2)
        self._grid.addWidget(self._next, 2, 3, Qt.AlignmentFlag.AlignRight)
        self._grid.setColumnStretch(1, 1)
        window.installEventFilter(self)
        look.changed.connect(self._place)
        self.hide()

    @property
    def callout(self) -> Callout | None:
        """The note that is shown."""
        return self._callouts[self._at] if not self.isHidden() else None

    @property
    def ring(self) -> QWidget:
        """The frame round what the note is about."""
        return self._ring

    def begin_once(self) -> None:
        """Begin, unless it was seen or skipped before."""
        if str(self._settings.value(_SEEN, "")) != "seen":
            self.begin()

    def begin(self) -> None:
        """Begin at the first note; what cannot be seen in the window is left out."""
        self._callouts = [callout for callout in CALLOUTS if self._is_in_window(callout.key)]
        if self._callouts:
            self._at, self._before = 0, QApplication.focusWidget()
            self.show()
            self._show_callout()
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """End it, and note that it was seen; it can be begun again."""
        self._settings.setValue(_SEEN, "seen")
        held = self.isAncestorOf(QApplication.focusWidget() or self) or self.hasFocus()
        self.hide()
        self._ring.hide()
        if held:
            before = self._before
            stands = before is not None and isValid(before) and before.isVisible()  # tables go with their variables
            back = before if before is not None and stands else self._window
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None

    def _go(self, by: int) -> None:
        if self._at + by >= len(self._callouts):
            self.end()
        else:
            self._at = max(0, self._at + by)
            self._show_callout()

    def _show_callout(self) -> None:
        callout, last = self._callouts[self._at], self._at == len(self._callouts) - 1
        self._title.setText(callout.title)
        self._words.setText(callout.words)
        self._count.setText(f"{self._at + 1} of {len(self._callouts)}")
        self._back.setVisible(self._at > 0)
        self._skip.setVisible(not last)
        self._next.setText("Done" if last else "Next")
        for button in (self._skip, self._back, self._next):  # its frame, when it is focused, has room beside the words
            button.setMinimumWidth(button.fontMetrics().horizontalAdvance(button.text()) + 10)
        for part in self._parts(callout.key):
            part.installEventFilter(self)  # at the first start the borders still move
        self.setAccessibleName(f"Tour, {self._count.text()}: {callout.title}")
        describe(self, f"{callout.words} Enter goes on, Escape ends the tour.")
        self._place()

    def _is_in_window(self, key: str) -> bool:
        """Whether what a note is about has its place in the window; what it shows may come a moment later."""
        if key == "by":
            return True
        if all(panel.key != key for panel in self._docks.panels):
            return False
        holder = self._docks.head(key).parentWidget()
        return holder is not None and holder.isVisible() and holder.window() is self.window()

    def _parts(self, key: str) -> list[QWidget]:
        """What a note is about, as far as it is seen in the window."""
        if key == "by":
            return [self._bar]
        panel = next((panel for panel in self._docks.panels if panel.key == key), None)
        seen = panel is not None and panel.isVisible() and panel.window() is self.window()
        return [self._docks.head(key), panel] if panel is not None and seen else []

    def _place(self) -> None:
        """Put the note beside what it is about, and the ring round that."""
        if self.isHidden():
            return
        window, zoom = self._window, self._look.zoom
        parts = self._parts(self._callouts[self._at].key)
        if not parts:
            self.end()
            return
        about = QRect()
        for part in parts:
            about |= QRect(part.mapTo(window, QPoint()), part.size())
        padding = round(_PADDING * zoom)
        self._grid.setContentsMargins(padding, padding - round(4 * zoom), padding, padding - round(4 * zoom))
        self._grid.setVerticalSpacing(round(8 * zoom))
        width = min(round(_WIDTH * zoom), window.width() - 2 * padding)
        self.resize(QSize(width, self._grid.totalHeightForWidth(width)))
        self.move(_beside(about, self.size(), window.rect(), round(_GAP * zoom)))
        self._ring.setGeometry(about)
        self._ring.show()
        self._ring.raise_()
        self.raise_()

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("voice", "link")
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = QApplication.focusWidget()
        match event.key():
            case Qt.Key.Key_Escape:
                self.end()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if isinstance(focus, QPushButton):
                focus.click()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Right | Qt.Key.Key_Space:
                self._go(1)
            case Qt.Key.Key_Left:
                self._go(-1)
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint_edge(self)


class _Ring(QWidget):
    """The frame round what a note is about; it lets every click through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        _paint_edge(self)


def _paint_edge(widget: QWidget) -> None:
    """Paint the accent's frame, two px wide, just inside a widget."""
    colour, area = widget.palette().color(QPalette.ColorRole.Accent), widget.rect()
    with QPainter(widget) as painter:
        for side in (QRect(0, 0, area.width(), 2), QRect(0, area.height() - 2, area.width(), 2),
                     QRect(0, 0, 2, area.height()), QRect(area.width() - 2, 0, 2, area.height())):
            painter.fillRect(side, colour)


def _beside(about: QRect, size: QSize, room: QRect, gap: int) -> QPoint:
    """Where a note stands: right or left of what it is about, else under or over it, else within it."""
    level = min(about.top() + gap, room.bottom() - size.height() - gap)
    along = min(about.left() + gap, room.right() - size.width() - gap)
    for place in (QPoint(about.right() + gap, level), QPoint(about.left() - gap - size.width(), level),
                  QPoint(along, about.bottom() + gap), QPoint(along, about.top() - gap - size.height())):
        if room.contains(QRect(place, size)):
            return place
    return about.center() - QPoint(size.width(), size.height()) / 2
