"""The window: panels, commands, and the way from an edit to what is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenuBar, QVBoxLayout, QWidget

from tutor.core.numbers import next_seed
from tutor.core.problem import Problem
from tutor.files.document import Shown
from tutor.typeset import Typesetter
from tutor.ui import arrangement
from tutor.ui.actions import Actions
from tutor.ui.answers import Answers
from tutor.ui.beside import Beside
from tutor.ui.copy_menu import CopyMenu
from tutor.ui.docks import Docks
from tutor.ui.documents import Documents, Ready
from tutor.ui.file_drop import FileDrop
from tutor.ui.icons import icon
from tutor.ui.panel import Later, Panel, View
from tutor.ui.panels import PANELS
from tutor.ui.prover import Prover
from tutor.ui.questions import Questions
from tutor.ui.reading_order import go
from tutor.ui.recent import RecentFiles
from tutor.ui.showing import Showing
from tutor.ui.spots import Spots
from tutor.ui.status_line import StatusLine
from tutor.ui.store import Document, Store
from tutor.ui.theme import Look, text_zoom
from tutor.ui.tool_bar import ToolBar
from tutor.ui.tour import Tour
from tutor.ui.wheel import ZoomWheel
from tutor.ui.widgets.notice_bar import NoticeBar

SMALLEST = QSize(1024, 640)
USUAL = QSize(1440, 900)


class MainWindow(QMainWindow):
    """Everything in one window.

    Args:
        problem: What it opens on.
        look: Theme and zoom.
        settings: Where its place and size are kept.
        gallery: The ready-made problems.
        panels: The panels to build; the registry's unless a test wants fewer.
        typesetter: Typesets its formulas; a new one where there is none to share.
        prover: Lets SymPy prove them; a new one where there is none to share.
        document: The file, or the name of the ready-made problem, that it opens on.
        shown: How that is looked at; as the last session did where it is None.
        draft: Its program as it was being typed.
        questions: Makes who is asked for files, and before changes are lost; without it they are.

    Signals:
        painted (): It has been painted for the first time, and can be used.
    """

    painted = Signal()

    def __init__(
        self,
        problem: Problem,
        look: Look,
        settings: QSettings,
        gallery: Sequence[Ready] = (),
        panels: Sequence[type[Panel] | Later] = PANELS,
        typesetter: Typesetter | None = None,
        prover: Prover | None = None,
        document: str = "",
        shown: Shown | None = None,
        draft: str = "",
        questions: Callable[[QWidget], Questions] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setMinimumSize(SMALLEST)
        self._look = look
        self._settings = settings
        self.store = Store(problem, self, document, draft)
        self._answers = Answers(problem, self, prover)
        self._answers.look_as(arrangement.first_shown(settings, shown))
        self._typesetter = typesetter or Typesetter()
        self._actions = Actions(self)
        self.menus = QMenuBar()  # not menuBar(): the menus share their place with the notice
        self._notice = NoticeBar()
        self.documents = Documents(gallery, self.store, self._notice, RecentFiles(settings), self._answers,
                                   questions(self) if questions is not None else None)
        self._drop = FileDrop(self, self.documents.open_file)
        self.beside = Beside(self, look, self._actions, self.documents, self.store)
        self.tool_bar = ToolBar(self._actions, self.documents.titles, self._typesetter)
        self.status = StatusLine()
        self._later = [panel for panel in panels if isinstance(panel, Later)]
        self._is_painted = False
        self._wheel = ZoomWheel(self)
        self._wheel.turned.connect(self.zoom)
        self.docks = Docks(self, [p if isinstance(p, Later) else p(self._typesetter) for p in panels])
        self._showing = Showing(self.docks, self)
        self._spots = Spots(self.docks.panels, self)
        self._put_together()
        self._connect()
        self._dress()
        self.resize(USUAL)
        arrangement.restore(settings, self, self.docks)

    # ---- what the commands call -------------------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self.store.undo_text is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return self.store.redo_text is not None

    @property
    def busy(self) -> bool:
        """Whether anything it shows is still on its way."""
        return bool(self._later) or self._answers.busy or self._showing.busy

    def undo(self) -> None:
        """Take the last change back."""
        self.store.undo()

    def redo(self) -> None:
        """Make the change again that was taken back."""
        self.store.redo()

    def has_theme(self, choice: str) -> bool:
        """Whether these colours were asked for."""
        return self._look.choice == choice

    def choose_theme(self, choice: str) -> None:
        """Take other colours."""
        self._look.choose(choice)

    def zoom(self, steps: int) -> None:
        """Larger, smaller, or (0) the usual size."""
        if steps:
            self._look.zoom_by(steps)
        else:
            self._look.zoom_back()

    def redraw(self) -> None:
        """Draw all numbers from the next seed."""
        problem = self.store.problem
        self.store.edit("draw new numbers", problem.with_seed(next_seed(problem.seed)))

    def ask(self, name: str) -> None:
        """Ask for the gradient by a variable; for the same one again after its derivation was cancelled."""
        if name == self.store.problem.wrt:
            self._answers.ask_again()
        self.store.edit(f"gradient by {name}", self.store.problem.with_wrt(name))

    def ask_by_place(self, place: int) -> None:
        """Ask for the gradient by the variable at a place of the tool bar, counted from 1."""
        names = self.store.problem.program.targets
        if place <= len(names):
            self.ask(names[place - 1])

    def is_enlarged(self) -> bool:
        """Whether one panel has the whole window."""
        return self.docks.is_enlarged

    def enlarge_panel(self) -> None:
        """Give one panel the whole window, or put everything back.

        It is the one with the keyboard, else the one under the pointer, else the last one that was used.
        """
        if self.docks.is_enlarged:
            self.docks.shrink()
        elif (panel := self.docks.meant()) is not None:
            self.docks.enlarge(panel)
        self._actions.refresh()

    def reset_panels(self) -> None:
        """Every panel where it was at the first start."""
        self.docks.reset(self._look.zoom)
        self._actions.refresh()

    def notice(self, sentence: str, details: str = "", wrong: bool = True) -> None:
        """Say something across the top of the window."""
        self._notice.notice(sentence, details, wrong)

    @cached_property
    def tour(self) -> Tour:
        """The tour of the window; made when it is asked for first."""
        return Tour(self, self.docks, self.tool_bar, self._look, self._settings)

    def derive(self) -> None:
        """Bring the panels that come later, and begin with the symbols; called once the window is painted."""
        self._answers.begin()
        if self._later:
            later, self._later = self._later, []
            for place in later:
                panel = place.load()(self._typesetter)
                self.docks.fill(panel)
                self._connect_panel(panel)
                self._spots.add(panel)
        self._show()

    # ---- putting together -------------------------------------------------------------------------------------

    def _put_together(self) -> None:
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.menus)
        column.addWidget(self._notice)
        self.setMenuWidget(top)
        self.addToolBar(self.tool_bar)
        self.setStatusBar(self.status)
        self._actions.fill(self.menus, self.docks.toggles(), {
            "open": self.documents.recent_menu(self.menus), "redo": CopyMenu(self.docks, self.menus)})
        self.addActions([action for _, action in self._actions])

    def _connect(self) -> None:
        self.store.changed.connect(self._take)
        self.documents.name_on(self)
        self.documents.opened.connect(self._answers.look_as)
        self._answers.changed.connect(self._show)
        self.docks.enlarged.connect(self._actions.refresh)
        self._answers.waited.connect(self.docks.set_waiting)
        self._look.changed.connect(self._dress)
        self.tool_bar.variable_chosen.connect(self.ask)
        self.tool_bar.problem_chosen.connect(self._open_ready)
        for panel in self.docks.panels:
            self._connect_panel(panel)

    def _connect_panel(self, panel: Panel) -> None:
        panel.edited.connect(self.store.edit)
        panel.typed.connect(self.store.edit)
        panel.check_wanted.connect(self._answers.measure)
        panel.joining_wanted.connect(self._answers.join)
        panel.reading_wanted.connect(self._answers.read_as)
        panel.looked_otherwise.connect(self._answers.look_at)
        panel.done.connect(self.status.tell)
        panel.problem_wanted.connect(self.documents.open_named)
        self.docks.head(panel.key).cancel_wanted.connect(self._answers.cancel)
        self._wheel.watch(panel)
        self._drop.watch(panel)

    # ---- from an edit to what is shown ------------------------------------------------------------------------

    def _view(self) -> View:
        draft = self.store.document.draft
        return self._answers.view(self._look.theme, self._look.zoom, self.devicePixelRatioF(), draft)

    def _take(self, old: Document, new: Document) -> None:
        for key, step in (("undo", self.store.undo_text), ("redo", self.store.redo_text)):
            self._actions[key].setText(f"{key.capitalize()} {step or ''}".strip())
        self._actions.refresh()
        self._answers.take(new.problem, other=(new.name, new.problem.title) != (old.name, old.problem.title))

    def _show(self) -> None:
        view = self._view()
        self._showing.show(view)
        self._show_tool_bar(view)
        self.status.show_view(view)
        self._actions.refresh()

    def _dress(self) -> None:
        view = self._view()
        for command, action in self._actions:
            if command.icon is not None:
                action.setIcon(icon(command.icon, view.theme, view.zoom, view.ratio))
        self.docks.set_look(view)
        if self.isVisible():
            self.docks.follow(view.zoom)
        self.tool_bar.set_look(view.zoom)
        self.status.set_look(view.zoom)
        self._notice.set_look(view.theme, view.zoom, view.ratio)
        self.menus.setFixedHeight(round(26 * text_zoom(view.zoom)))
        self._show()

    def _show_tool_bar(self, view: View) -> None:
        self.tool_bar.show_view(view, self.documents.shown_place, self.documents.problem_title)

    def _open_ready(self, place: int) -> None:
        self.documents.open_ready(place)
        self._show_tool_bar(self._view())  # the list names what is open

    # ---- Qt ---------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # What reaches the window itself is pressed on a border: panels and bars cover all the rest.
        if event.type() == QEvent.Type.MouseButtonPress:
            self.docks.press()
        done = super().event(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()  # on another screen a px has other dots
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self.docks.release()
        return done

    def focusNextPrevChild(self, forward: bool) -> bool:
        # Qt's own order is that in which things were made, and steps and tables are made anew all the time.
        shown = [self.tour] if "tour" in self.__dict__ else []
        parts = [self._notice, *shown, self.tool_bar, *self.docks.parts()]
        return go(parts, self.focusWidget(), forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self._spots.pinned is not None:
                self._spots.pin(None)
            elif not any(panel.let_go() for panel in self.docks.panels) and self.docks.is_enlarged:
                self.enlarge_panel()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_painted:
            self.docks.follow(self._look.zoom)
        if self.focusWidget() is None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # in the editor a stray key would change the program

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self.docks.follow(self._look.zoom)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.documents.may_leave():
            event.ignore()
            return
        arrangement.keep(self._settings, self, self.docks, self._answers.shown)
        self.documents.remember(self._settings)
        self._answers.close()
        self._showing.close()
        self.docks.close()
        self.status.tell("")
        self.beside.close()
        super().closeEvent(event)
