"""What docks are made of: their frames and heads, how much room each side gets, and where a window may stand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from tutor.ui.panel import Area, Later, Panel
from tutor.ui.widgets.dock_head import HEIGHT, DockHead

_NARROW, _WIDE = QSize(1100, 700), QSize(1440, 900)
_LEFT, _RIGHT, _BOTTOM = (262, 304), (386, 542), (156, 200)
"""Room at the narrow and at the wide size of the window."""
_MOST_LEFT, _MOST_RIGHT, _MOST_BOTTOM = 0.28, 0.4, 0.3
"""The most of the window's width or height that a side takes."""
_MOST_GROWN = 1.4
"""How far beyond the step from the narrow to the wide size the sides grow as they do between the two."""

_FIRST_SHARE = 0.46
"""The most the first panel of the left side takes of its height."""
_ASIDE = QPoint(32, 32)

_FRAME = QSize(4, 32)
"""About what the frame of a window takes; how much it is, is known once the window is shown."""


class FloatingDock(QDockWidget):
    """A dock with an edge of its own while it floats: no window manager gives it one."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isFloating():  # Qt leaves a frame free around what it holds
            with QPainter(self) as painter:
                painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Dark))


def rooms(size: QSize, zoom: float) -> tuple[int, int, int]:
    """Width at the left and the right, height at the bottom, in a window of a size."""
    wide = (size.width() / zoom - _NARROW.width()) / (_WIDE.width() - _NARROW.width())
    tall = (size.height() / zoom - _NARROW.height()) / (_WIDE.height() - _NARROW.height())

    def between(range_: tuple[int, int], share: float) -> int:
        least, most = range_
        return round(zoom * (least + (most - least) * min(_MOST_GROWN, max(-0.25, share))))

    # On a large screen the derivation and the Jacobians share what is more than both need.
    spare = max(0.0, size.width() - zoom * (_NARROW.width() + _MOST_GROWN * (_WIDE.width() - _NARROW.width()))) / 2
    # At a large zoom a panel has its share of the window, and not all of what it would like.
    left, right, bottom = (
        min(room, round(most * whole))
        for room, most, whole in (
            (between(_LEFT, min(1.0, max(0.0, wide))), _MOST_LEFT, size.width()),
            (between(_RIGHT, wide) + round(spare), _MOST_RIGHT, size.width()),
            (between(_BOTTOM, tall), _MOST_BOTTOM, size.height()),
        )
    )
    return left, right, bottom


def give_sizes(window: QMainWindow, wanted: Sequence[tuple[QDockWidget, QSize]]) -> None:
    """Bring every border to where a person has moved it, as far as the letters allow."""
    docks, sizes = [dock for dock, _ in wanted if dock.isVisible()], [size for dock, size in wanted if dock.isVisible()]
    window.resizeDocks(docks, [size.width() for size in sizes], Qt.Orientation.Horizontal)
    window.resizeDocks(docks, [size.height() for size in sizes], Qt.Orientation.Vertical)


def into(place: QRect, room: QRect) -> QRect:
    """A rectangle brought into a room, and made no larger than it."""
    fitted = QRect(place.topLeft(), place.size().boundedTo(room.size()))
    fitted.moveLeft(min(max(fitted.left(), room.left()), room.right() - fitted.width() + 1))
    fitted.moveTop(min(max(fitted.top(), room.top()), room.bottom() - fitted.height() + 1))
    return fitted


def keep_within(window: QWidget, room: QRect) -> None:
    """Make a window no larger than the room on a screen, its frame included, and bring it there."""
    if window.isMaximized() or window.isFullScreen():
        return
    frame = window.frameGeometry().size() - window.size() if window.isVisible() else _FRAME
    most = room.size() - frame
    window.setMinimumSize(window.minimumSize().boundedTo(most))
    window.resize(window.size().boundedTo(most))
    # One that has no place yet is given a good one when it is shown.
    if window.isVisible() or window.testAttribute(Qt.WidgetAttribute.WA_Moved):
        window.move(into(QRect(window.pos(), window.size() + frame), room).topLeft())


def head_of(place: Panel | Later) -> DockHead:
    """A head; that of a panel that is there has its note and its options."""
    head = DockHead(place.title, movable=place.area is not Area.CENTRE)
    if isinstance(place, Panel):
        furnish(head, place)
    return head


def furnish(head: DockHead, panel: Panel) -> None:
    """Give a head what its panel has for it."""
    head.take(panel.options())
    head.set_note(panel.note())


def blank_sheet() -> QWidget:
    """A sheet with nothing on it yet."""
    sheet = QWidget()
    sheet.setProperty("ground", "sheet")
    sheet.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return sheet


def float_dock(dock: QDockWidget) -> None:
    """Take a dock out of the window, or put it back."""
    dock.setFloating(not dock.isFloating())
    if dock.isFloating():
        # Where it stood nothing would seem to happen; and it must not lie beyond the edge of the screen.
        dock.setGeometry(into(dock.geometry().translated(_ASIDE), dock.screen().availableGeometry()))


def name_once(window: QMainWindow, docks: Sequence[tuple[QDockWidget, DockHead]]) -> None:
    """A dock among tabs bears its name there, and not in its head as well."""
    for dock, head in docks:
        beside = [other for other in window.tabifiedDockWidgets(dock) if not other.isHidden()]
        head.set_named(not beside or dock.isFloating())


def stack_left(window: QMainWindow, stacked: Sequence[QDockWidget], zoom: float) -> None:
    """Share the height of the left side: the first panel has what it holds, and no more than its share."""
    if len(stacked) > 1:
        whole = sum(dock.height() for dock in stacked)
        content = stacked[0].widget().sizeHint().height() + round(HEIGHT * zoom)
        first = min(content, round(_FIRST_SHARE * whole))
        rest = (whole - first) // (len(stacked) - 1)
        window.resizeDocks(stacked, [first] + [rest] * (len(stacked) - 1), Qt.Orientation.Vertical)
