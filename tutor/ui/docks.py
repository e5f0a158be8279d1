"""Where the panels stand: docks with heads of their own, and how much room each gets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from tutor.ui.panel import Area, Panel, View
from tutor.ui.widgets.dock_head import HEIGHT, DockHead

_SIDES = {
    Area.LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
    Area.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
    Area.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea,
}
_NARROW, _WIDE = QSize(1100, 700), QSize(1440, 900)
_LEFT, _RIGHT, _BOTTOM = (262, 304), (386, 542), (126, 200)
"""Room at the narrow and at the wide size of the window."""
_FIRST_SHARE = 0.46
"""The most the first panel of the left side takes of its height."""
_SLACK = 3
LAYOUT = 1
"""Raised when docks are added or renamed, so that an older arrangement is not restored over them."""


class Docks(QObject):
    """The panels of a window: the central one, and docks around it.

    Attributes:
        panels: All of them, in the order of their registry.
    """

    def __init__(self, window: QMainWindow, panels: Sequence[Panel]) -> None:
        super().__init__(window)
        self._window = window
        self.panels = tuple(panels)
        self._heads: dict[str, DockHead] = {}
        self._docks: dict[str, QDockWidget] = {}
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.TopLeftCorner):
            window.setCorner(corner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for panel in panels:
            head = DockHead(panel.title, panel.options(), movable=panel.area is not Area.CENTRE)
            head.set_note(panel.note())
            self._heads[panel.key] = head
            if panel.area is Area.CENTRE:
                column.addWidget(head)
                column.addWidget(panel, 1)
            else:
                self._docks[panel.key] = self._dock(panel, head)
        window.setCentralWidget(centre)
        self._centre = centre
        self._first = self.state()
        self._before: QByteArray | None = None

    def dock(self, key: str) -> QDockWidget | None:
        """The dock of a panel; None for the central one."""
        return self._docks.get(key)

    def head(self, key: str) -> DockHead:
        """The head of a panel."""
        return self._heads[key]

    def state(self) -> QByteArray:
        """Where everything stands, to be kept."""
        return self._window.saveState(LAYOUT)

    def restore(self, state: QByteArray) -> bool:
        """Put everything where it stood; False for a state of an older arrangement."""
        return self._window.restoreState(state, LAYOUT)

    def show_view(self, view: View) -> None:
        """Show a view in every panel; hidden ones draw it when they are shown."""
        for panel in self.panels:
            panel.show_view(view)

    def set_look(self, view: View) -> None:
        """Give every head its colours and size."""
        for head in self._heads.values():
            head.set_look(view.theme, view.zoom, view.ratio)

    def reset(self, zoom: float) -> None:
        """Every panel where it was at the first start."""
        self.shrink()
        self.restore(self._first)
        self.share_room(zoom)

    def share_room(self, zoom: float) -> None:
        """Give every side the room it has in a window of this size."""
        left, right, bottom = self._wanted(self._window.size(), zoom)
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        for area, room, orientation in ((Area.LEFT, left, horizontal), (Area.RIGHT, right, horizontal),
                                        (Area.BOTTOM, bottom, vertical)):  # fmt: skip
            docks = self._at(area)
            self._window.resizeDocks(docks, [room] * len(docks), orientation)
        stacked = self._at(Area.LEFT)
        if len(stacked) > 1:
            whole = sum(dock.height() for dock in stacked)
            content = stacked[0].widget().sizeHint().height() + round(HEIGHT * zoom)
            first = min(content, round(_FIRST_SHARE * whole))
            rest = (whole - first) // (len(stacked) - 1)
            self._window.resizeDocks(stacked, [first] + [rest] * (len(stacked) - 1), vertical)

    def follow(self, before: QSize, zoom: float) -> None:
        """After the window changed its size: share the room anew, unless a person has moved the borders."""
        left, right, bottom = self._wanted(before, zoom)
        kept = all(
            abs(have - want) <= _SLACK
            for area, want in ((Area.LEFT, left), (Area.RIGHT, right), (Area.BOTTOM, bottom))
            for dock in self._at(area)
            for have in (dock.height() if area is Area.BOTTOM else dock.width(),)
        )
        if kept:
            self.share_room(zoom)

    def with_keyboard(self) -> Panel | None:
        """The panel in which the keyboard is."""
        widget = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, Panel):
            widget = widget.parentWidget()
        return widget

    def step(self, step: int) -> None:
        """Move the keyboard to the next or the previous panel that can be seen."""
        seen = [panel for panel in self.panels if panel.isVisible()]
        if seen:
            here = self.with_keyboard()
            place = seen.index(here) + step if here in seen else (0 if step > 0 else -1)
            seen[place % len(seen)].take_keyboard()

    @property
    def is_enlarged(self) -> bool:
        """Whether one panel has all the room."""
        return self._before is not None

    def enlarge(self, panel: Panel) -> None:
        """Give one panel all the room."""
        self._before = self.state()
        for key, dock in self._docks.items():
            dock.setVisible(key == panel.key)
        self._centre.setVisible(panel.key not in self._docks)
        panel.take_keyboard()

    def shrink(self) -> None:
        """Put back what :meth:`enlarge` hid."""
        before, self._before = self._before, None
        if before is not None:
            self._centre.show()
            self.restore(before)

    def _wanted(self, size: QSize, zoom: float) -> tuple[int, int, int]:
        """Width at the left and the right, height at the bottom."""
        wide = (size.width() / zoom - _NARROW.width()) / (_WIDE.width() - _NARROW.width())
        tall = (size.height() / zoom - _NARROW.height()) / (_WIDE.height() - _NARROW.height())

        def between(range_: tuple[int, int], share: float) -> int:
            least, most = range_
            return round(zoom * (least + (most - least) * min(1.4, max(-0.25, share))))

        return between(_LEFT, min(1.0, max(0.0, wide))), between(_RIGHT, wide), between(_BOTTOM, tall)

    def _at(self, area: Area) -> list[QDockWidget]:
        """The docks that stand at a side and can be seen."""
        return [
            dock
            for dock in self._docks.values()
            if dock.isVisible() and not dock.isFloating() and self._window.dockWidgetArea(dock) == _SIDES[area]
        ]

    def _name_once(self) -> None:
        """A dock among tabs bears its name there, and not in its head as well."""
        if not isValid(self._window):
            return  # docks say that they are hidden while the window goes
        for key, dock in self._docks.items():
            beside = [other for other in self._window.tabifiedDockWidgets(dock) if not other.isHidden()]
            self._heads[key].set_named(not beside or dock.isFloating())

    def _dock(self, panel: Panel, head: DockHead) -> QDockWidget:
        dock = QDockWidget(panel.title, self._window)
        dock.setObjectName(panel.key)
        dock.setTitleBarWidget(head)
        dock.setWidget(panel)
        head.float_wanted.connect(lambda: dock.setFloating(not dock.isFloating()))
        head.close_wanted.connect(dock.hide)
        dock.dockLocationChanged.connect(self._name_once)
        dock.visibilityChanged.connect(self._name_once)
        self._window.addDockWidget(_SIDES[panel.area], dock, Qt.Orientation.Vertical)
        return dock
