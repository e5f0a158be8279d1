"""Where the panels stand: docks with heads of their own, and how much room each gets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from tutor.ui import dock_frame as frame
from tutor.ui.panel import Area, Later, Panel, View
from tutor.ui.widgets.dock_head import DockHead

_SIDES = {
    Area.LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
    Area.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
    Area.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea,
}
_FEATURES = (
    QDockWidget.DockWidgetFeature.DockWidgetClosable
    | QDockWidget.DockWidgetFeature.DockWidgetMovable
    | QDockWidget.DockWidgetFeature.DockWidgetFloatable
)
_PASSES = 8
"""The most times the room is shared for one change of the window."""
_STILL = 2
"""So many times nothing may have moved before it is left at that: what is asked for is done a moment later."""
LAYOUT = 2
"""Raised when docks are added or renamed, so that an older arrangement is not restored over them."""


class Docks(QObject):
    """The panels of a window: the central one, and docks around it.

    Docks and heads are there from the start; a blank sheet keeps the place until :meth:`fill` brings the panel.

    Signals:
        enlarged (bool): One panel has all the room, or no longer.
    """

    enlarged = Signal(bool)

    def __init__(self, window: QMainWindow, places: Sequence[Panel | Later]) -> None:
        super().__init__(window)
        self._window = window
        self._order = [place.key for place in places]
        self._panels: dict[str, Panel] = {}
        self._blanks: dict[str, QWidget] = {}
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
        for place in places:
            head = self._heads[place.key] = frame.head_of(place)
            if isinstance(place, Panel):
                sheet: QWidget = place
                self._panels[place.key] = place
            else:
                sheet = self._blanks[place.key] = frame.blank_sheet()
            if place.area is Area.CENTRE:
                column.addWidget(head)
                column.addWidget(sheet, 1)
            else:
                self._docks[place.key] = self._dock(place, head, sheet)
        window.setCentralWidget(centre)
        for place in places:
            if isinstance(place, Later) and place.beside:
                window.tabifyDockWidget(self._docks[place.beside], self._docks[place.key])
                self._docks[place.key].hide()
        self._centre = centre
        self._first = self.state()
        self._before: QByteArray | None = None
        self._moved = False
        self._pressed: dict[str, QSize] | None = None
        self._chosen: dict[str, QSize] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._settle)
        self._settled: dict[str, QSize] = {}
        self._passes = self._still = 0
        self._zoom = 1.0
        self._last = self._order[0] if self._order else ""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._note_use)

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Those that are there, in the order of their registry."""
        return tuple(self._panels[key] for key in self._order if key in self._panels)

    def toggles(self) -> list[QAction]:
        """What shows and hides each dock, for a menu."""
        return [dock.toggleViewAction() for dock in self._docks.values()]

    def fill(self, panel: Panel) -> None:
        """Put a panel in the place that is kept for it; no border moves."""
        self._panels[panel.key] = panel
        frame.furnish(self._heads[panel.key], panel)
        blank = self._blanks.pop(panel.key)
        dock = self._docks.get(panel.key)
        column = self._centre.layout()
        if dock is not None:
            dock.setWidget(panel)
        elif column is not None:
            column.replaceWidget(blank, panel)
            panel.show()  # at once: what is not seen prepares nothing
        blank.hide()
        blank.deleteLater()

    def dock(self, key: str) -> QDockWidget | None:
        """The dock of a panel; None for the central one."""
        return self._docks.get(key)

    def head(self, key: str) -> DockHead:
        """The head of a panel."""
        return self._heads[key]

    def set_waiting(self, derivation: bool, proofs: bool) -> None:
        """Say at every panel that needs what takes long that it does, and offer to cancel it."""
        for panel in self.panels:
            waiting = (derivation and panel.needs_derivation) or (proofs and panel.needs_proofs)
            panel.set_waiting(waiting)
            self._heads[panel.key].set_waiting(waiting)

    def state(self) -> QByteArray:
        """Where everything stands, to be kept."""
        return self._window.saveState(LAYOUT)

    def restore(self, state: QByteArray) -> bool:
        """Put everything where it stood; False for a state of an older arrangement."""
        return self._window.restoreState(state, LAYOUT)

    def show_view(self, view: View) -> None:
        """Show a view in every panel that does not have it already; hidden ones draw it when they are shown."""
        for panel in self.panels:
            if panel.view is not view:
                panel.show_view(view)

    def set_look(self, view: View) -> None:
        """Give every head its colours and size."""
        for head in self._heads.values():
            head.set_look(view.theme, view.zoom, view.ratio)

    def reset(self, zoom: float) -> None:
        """Every panel where it was at the first start."""
        self.shrink()
        self.restore(self._first)
        self._moved = False
        self.share_room(zoom)

    def share_room(self, zoom: float) -> None:
        """Give every side the room it has in a window of this size."""
        left, right, bottom = frame.rooms(self._window.size(), zoom)
        seen = (self._panels[dock.objectName()] for dock in self._at(Area.BOTTOM) if dock.objectName() in self._panels)
        bottom = round(bottom * max((panel.share for panel in seen), default=1.0))
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        for area, room, orientation in ((Area.LEFT, left, horizontal), (Area.RIGHT, right, horizontal),
                                        (Area.BOTTOM, bottom, vertical)):
            docks = self._at(area)
            self._window.resizeDocks(docks, [room] * len(docks), orientation)
        frame.stack_left(self._window, self._at(Area.LEFT), zoom)

    @property
    def moved(self) -> bool:
        """Whether a person has moved a border; the sizes then stay as they are."""
        return self._moved

    def keep_borders(self, moved: bool) -> None:
        """Say that a person has moved a border, in this run or in the one before."""
        self._moved = moved

    def press(self) -> None:
        """The mouse was pressed on a border: what moves until it is let go, a person moves."""
        self._pressed = self._sizes()

    def release(self) -> None:
        """The mouse was let go."""
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pressed != self._sizes():
            self._moved, self._chosen = True, None

    def follow(self, zoom: float) -> None:
        """After the window or its zoom changed: share the room anew, unless a person has moved the borders.

        Again when the panels have said how small they can be, for a border cannot be moved beyond that, and until
        nothing moves: how tall a panel would like to be can depend on how wide it is.
        """
        if zoom == self._zoom:
            self._chosen = None  # the window is another
        elif self._moved and self._chosen is None:
            self._chosen = self._sizes()  # what large letters push aside comes back with the small ones
        self._zoom = zoom
        for panel in self.panels:
            panel.updateGeometry()  # how small it can be depends on the window
        self._share_soon()
        self._settled, self._passes, self._still = {}, _PASSES, 0
        self._soon.start(0)

    def close(self) -> None:
        """Move no border any more."""
        self._soon.stop()

    def _settle(self) -> None:
        self._share_soon()
        self._passes -= 1
        if not self._passes or not isValid(self._window):
            return
        sizes = self._sizes()
        self._still = self._still + 1 if sizes == self._settled else 0
        self._settled = sizes
        if self._still < _STILL:
            self._soon.start(0)

    def _share_soon(self) -> None:
        if self.is_enlarged or not isValid(self._window):
            return
        if not self._moved:
            self.share_room(self._zoom)
        elif self._chosen is not None:
            frame.give_sizes(self._window, [(self._docks[key], size) for key, size in self._chosen.items()])

    def _sizes(self) -> dict[str, QSize]:
        return {key: dock.size() for key, dock in self._docks.items() if not dock.isFloating() and dock.isVisible()}

    def meant(self) -> Panel | None:
        """The panel a command is about: with the keyboard, else under the pointer, else the last one used."""
        seen = [panel for panel in self.panels if panel.isVisible()]
        pointer = QCursor.pos()
        under = next((panel for panel in seen for part in (panel, self._heads[panel.key])
                      if part.rect().contains(part.mapFromGlobal(pointer))), None)
        last = self._panels.get(self._last)
        return self.with_keyboard() or under or (last if last in seen else None)

    def _note_use(self, _old: QWidget | None, _new: QWidget | None) -> None:
        """Remember the panel the keyboard goes to; a menu or a bar is no panel."""
        panel = self.with_keyboard()
        if panel is not None and self._panels.get(panel.key) is panel:
            self._last = panel.key

    def with_keyboard(self) -> Panel | None:
        """The panel in which the keyboard is."""
        widget = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, Panel):
            widget = widget.parentWidget()
        return widget

    def parts(self) -> list[QWidget]:
        """Heads and panels in the order of the window, without those that stand in a window of their own."""
        docked = [key for key in self._order if key not in self._docks or not self._docks[key].isFloating()]
        return [part for key in docked for part in (self._heads[key], self._panels.get(key)) if part is not None]

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
            dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)  # it is not dragged out of there
            dock.setVisible(key == panel.key)
            if key == panel.key:
                dock.setFloating(False)  # in a window of its own it would leave this one blank
        self._centre.setVisible(panel.key not in self._docks)
        panel.take_keyboard()
        self.enlarged.emit(True)

    def shrink(self) -> None:
        """Put back what :meth:`enlarge` hid."""
        before, self._before = self._before, None
        if before is not None:
            for dock in self._docks.values():
                dock.setFeatures(_FEATURES)
            self._centre.show()
            self.restore(before)
            self._share_soon()
            self.enlarged.emit(False)

    def _float(self, dock: QDockWidget) -> None:
        self.shrink()
        frame.float_dock(dock)

    def bring(self, key: str) -> None:
        """Show a panel before those it is tabbed with, and give it the keyboard."""
        dock, panel = self._docks[key], self._panels.get(key)
        self._show(dock, True)
        dock.raise_()
        if panel is not None and (stop := panel.first_stop()) is not None:
            stop.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show(self, dock: QDockWidget, shown: bool) -> None:
        """Show or hide a dock, beside the others; one that is shown comes before those it is tabbed with."""
        self.shrink()
        dock.setVisible(shown)
        if shown:
            dock.raise_()

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
        frame.name_once(self._window, [(dock, self._heads[key]) for key, dock in self._docks.items()])

    def _follow_tab(self) -> None:
        """Another tab is in front, and may want another share of the window."""
        if isValid(self._window) and self._window.isVisible() and any(panel.share != 1.0 for panel in self.panels):
            self._settled, self._passes, self._still = {}, _PASSES, 0
            self._soon.start(0)

    def _dock(self, place: Panel | Later, head: DockHead, sheet: QWidget) -> QDockWidget:
        dock = frame.FloatingDock(place.title, self._window)
        dock.setObjectName(place.key)
        dock.setTitleBarWidget(head)
        dock.setWidget(sheet)
        head.float_wanted.connect(lambda: self._float(dock))
        head.close_wanted.connect(lambda: self._show(dock, False))
        dock.toggleViewAction().triggered.connect(lambda shown: self._show(dock, shown))
        dock.dockLocationChanged.connect(self._name_once)
        dock.visibilityChanged.connect(self._name_once)
        dock.visibilityChanged.connect(self._follow_tab)
        self._window.addDockWidget(_SIDES[place.area], dock, Qt.Orientation.Vertical)
        return dock
