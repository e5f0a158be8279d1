"""From a view to the panels: numbers at once; what has to be set anew is prepared in the background, then shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer

from tutor.ui.docks import Docks
from tutor.ui.jobs import Job
from tutor.ui.panel import Panel, View

BEHIND = "of the last good program"
"""What the head of a panel says while the program that is typed cannot be read."""


class Showing(QObject):
    """Brings the newest view to every panel, and never holds up the window for long.

    Where only numbers or colours are others, every panel is drawn at once, so that all of them move together. Else
    the panels in which things are typed and turned are drawn at once; the others keep their picture until what takes
    long of the next one is prepared, and are then drawn one after the other, with a look at mouse and keys between.
    What comes meanwhile is shown next; of several views, the last.
    """

    def __init__(self, docks: Docks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._docks = docks
        self._newest: View | None = None
        self._shown: View | None = None
        self._preparing: tuple[View, list[Panel]] | None = None
        self._ready: list[tuple[Panel, object]] = []
        self._is_told = False
        self._job = Job(self)
        self._job.answered.connect(self._take)
        self._job.failed.connect(partial(self._take, ()))
        self._job.waited.connect(self._wait)
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._draw_next)

    @property
    def busy(self) -> bool:
        """Whether some panel does not show the newest view yet."""
        return self._preparing is not None

    def show(self, view: View) -> None:
        """Show a view, at once or soon."""
        self._newest = view
        for panel in self._docks.panels:
            is_behind = bool(view.draft) and panel.key != "program"
            self._docks.head(panel.key).set_note(BEHIND if is_behind else panel.note(), first=is_behind)
        if self._is_quick(view):
            self._stop()
            self._shown = view
            self._docks.show_view(view)
            return
        for panel in self._docks.panels:
            if not panel.waits:
                panel.show_view(view)
            elif panel.view is not None and not same_look(panel.view, view):
                panel.show_view(in_look_of(panel.view, view))
        if not self.busy:
            self._prepare(view)

    def _is_quick(self, view: View) -> bool:
        """Whether nothing in a view is set anew, or what is, is not of this problem."""
        if self._shown is None or view.stale or view.derivation is None:
            return True
        return not self.busy and same_frame(self._shown, view)

    def close(self) -> None:
        """Show nothing more."""
        self._stop()
        self._job.close()

    def _prepare(self, view: View) -> None:
        panels = [panel for panel in self._docks.panels if panel.waits]
        works = [panel.preparation(view) if panel.isVisible() else None for panel in panels]
        self._preparing = view, panels
        self._job.ask(partial(_done, works))

    def _take(self, found: tuple[object, ...]) -> None:
        if self._preparing is not None:
            _, panels = self._preparing
            self._ready = list(zip(panels, found or [None] * len(panels), strict=True))
            self._turn.start(0)

    def _draw_next(self) -> None:
        if self._preparing is None or self._newest is None:
            return
        view = self._preparing[0]
        # Numbers and colours may have changed meanwhile.
        view = self._newest if same_frame(view, self._newest) else in_look_of(view, self._newest)
        panel, found = self._ready.pop(0)
        try:
            panel.show_prepared(view, found)
        finally:  # a panel that meets a bug must not keep the next picture from all others
            if self._ready:
                self._turn.start(0)
            else:
                self._preparing, self._shown = None, view
                self.show(self._newest)

    def _stop(self) -> None:
        if self.busy:
            self._preparing = None
            self._ready = []
            self._turn.stop()
            self._job.cancel()

    def _wait(self, waiting: bool) -> None:
        """Say that the next picture takes long, and no more when it has come."""
        if waiting != self._is_told:
            self._is_told = waiting
            for panel in self._docks.panels:
                if panel.waits:
                    panel.set_waiting(waiting)


def in_look_of(view: View, other: View) -> View:
    """A view in the colours and sizes of another."""
    return view if same_look(view, other) else replace(view, theme=other.theme, zoom=other.zoom, ratio=other.ratio)


def same_look(one: View, other: View) -> bool:
    """Whether two views have the same colours and sizes."""
    return (one.theme, one.zoom, one.ratio) == (other.theme, other.zoom, other.ratio)


def same_frame(one: View, other: View) -> bool:
    """Whether two views differ in no more than numbers and colours: nothing is typeset or laid out anew."""
    return (
        one.derivation is other.derivation and one.proofs is other.proofs and one.refusal is other.refusal
        and (one.problem.dims, one.problem.wrt) == (other.problem.dims, other.problem.wrt)
        and (one.joined, one.reading, one.stale, one.cancelled)
        == (other.joined, other.reading, other.stale, other.cancelled)
    )


def _done(works: list[Callable[[], object] | None]) -> tuple[object, ...]:
    """The works, one after the other."""
    return tuple(None if work is None else work() for work in works)
