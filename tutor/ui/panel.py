"""What a panel is: it is shown values, and tells what a person wants changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from tutor.core.comparison import Check
from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation
from tutor.core.problem import Problem
from tutor.figures.lettering import typeset_with
from tutor.figures.palette import Theme
from tutor.files.document import AS_USUAL, Shown
from tutor.typeset import Typesetter

if TYPE_CHECKING:
    from tutor.derive import Derivation
    from tutor.derive.proof import Proof
    from tutor.marking import Marking


class Area(Enum):
    """Where in the window a panel starts; docks can be moved afterwards."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"
    BOTTOM = "bottom"


_MOST = {Area.LEFT: (0.26, 0.16), Area.CENTRE: (0.28, 0.25), Area.RIGHT: (0.38, 0.25), Area.BOTTOM: (0.6, 0.16)}
"""The most of a window's width and height that a panel asks for, whatever the zoom."""


@dataclass(frozen=True, eq=False)
class View:
    """Everything a panel may show, all of one moment.

    Attributes:
        problem: Program, sizes, numbers, what is asked.
        evaluation: Values, gradients and link Jacobians.
        check: The gradients against finite differences; None where there can be none, and until the first one is
            there.
        check_refusal: Why there is no check, in words to show; None, too, while the first one is on its way.
        derivation: The chain rule in symbols; None until the first one is there. ``stale`` says whether it belongs
            to this problem yet.
        refusal: Why there is no derivation, in words to show.
        stale: The derivation is that of the problem before; the new one is on its way.
        theme: The colours.
        zoom: What every px is multiplied by.
        ratio: Device pixels a px.
        scale: The end of the colour scale of every table and heatmap, so that equal colour means equal number.
        joined: Whether links that the derivation writes as one are shown as one factor.
        cancelled: Nobody waits for the derivation any more; it comes when it is asked for again.
        proofs: SymPy's answer for each link of the derivation, by (output, source); None while they are on their way.
        draft: The program's text while it is being typed and is no program; nothing where it is the problem's.
        reading: How the derivation is to be read, as ``Convention.words`` has it; empty for the usual way.
        shown: What a document keeps of how it is looked at, ``joined`` and ``reading`` among it.
        marking: What is said of the person's own formula; None while there is none, or it is on its way.
    """

    problem: Problem
    evaluation: Evaluation
    check: Check | None
    check_refusal: TutorError | None
    derivation: Derivation | None
    refusal: TutorError | None
    stale: bool
    theme: Theme
    zoom: float = 1.0
    ratio: float = 1.0
    scale: float = 1.0
    joined: bool = False
    cancelled: bool = False
    proofs: Mapping[tuple[str, str], Proof] | None = None
    draft: str = ""
    reading: str = ""
    shown: Shown = AS_USUAL
    marking: Marking | None = None

    def px(self, size: float) -> int:
        """A length at this zoom, in whole px."""
        return round(size * self.zoom)


class Spot(NamedTuple):
    """What the pointer or the keyboard is at; every panel marks what belongs to it.

    Attributes:
        link: The link of the chain: (output, source), as in ∂θ/∂h.
        entry: The entry of its Jacobian: row and column, counted from 0 along vec; of a name alone, the entry of the
            output's slope by it.
        name: A variable by itself.
        cells: The entries of declared variables it comes from: (name, row, column).
    """

    link: tuple[str, str] | None = None
    entry: tuple[int, int] | None = None
    name: str | None = None
    cells: tuple[tuple[str, int, int], ...] = ()


class Panel(QWidget):
    """One sheet of the window.

    A subclass sets ``key``, ``title`` and ``area``, and writes :meth:`draw`. It never holds the store, and it does
    not know the other panels. While it is hidden nothing in it is drawn or marked; when it is shown it catches up.

    Attributes:
        typesetter: Sets formulas and paragraphs.
        typeset: The same for many names at once; what is not Typst is shown as it is written.
        key: What settings and tests call it.
        title: What stands in its head and in the View menu.
        area: Where it starts.

    Signals:
        edited (str, Problem, int | None): What was done ("change n"), the problem after it, and the gesture: equal
            numbers one after the other make one step of undo.
        typed (str, Problem, int | None, str): The same of the program's text, and that text while it is no program.
        pointed (Spot | None): The pointer or the keyboard is at something, or at nothing.
        pinned (Spot | None): A click keeps something marked, or lets it go.
        check_wanted (str, float | None): Measure by another method and with another step; None is the method's own.
        joining_wanted (bool): Show links that the derivation writes as one as one factor, or apart.
        reading_wanted (str): Read the derivation in another convention, in its words.
        done (str): Something is done, in a few words for the status line.
        looked_otherwise (str, object): A choice it has made of itself, by the name :class:`Shown` has for it.
        problem_wanted (str, str, str): A ready-made problem by name, asked by a variable, with a formula to be marked.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    area: ClassVar[Area]
    needs_derivation: ClassVar[bool] = False
    """Whether what it shows is stale and waits while a derivation is on its way."""
    share: ClassVar[float] = 1.0
    """How many times the usual room of its side it is given while it is in front."""
    needs_proofs: ClassVar[bool] = False
    """Whether it shows what SymPy says of the derivation."""
    waits: ClassVar[bool] = False
    """Whether it keeps its picture until the next one is prepared: nothing of the program is changed in it."""

    edited = Signal(str, object, object)
    typed = Signal(str, object, object, str)
    pointed = Signal(object)
    pinned = Signal(object)
    check_wanted = Signal(str, object)
    joining_wanted = Signal(bool)
    reading_wanted = Signal(str)
    looked_otherwise = Signal(str, object)
    problem_wanted = Signal(str, str, str)
    done = Signal(str)

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.typesetter = typesetter
        self.typeset = typeset_with(typesetter)
        self.setProperty("ground", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.title)
        self._view: View | None = None
        self._last_spot: Spot | None = None
        self._spot_is_kept = False
        self._outdated = False
        self._veil = _Veil(self)

    @property
    def view(self) -> View | None:
        """What it was last told to show."""
        return self._view

    @property
    def spot(self) -> Spot | None:
        """What it was last told to mark."""
        return self._last_spot

    def options(self) -> Sequence[QWidget]:
        """What stands at the right of its head; made with the panel as parent, the head takes them over."""
        return ()

    def note(self) -> str:
        """A few quiet words beside its title."""
        return ""

    def show_view(self, view: View) -> None:
        """Show a view: at once if the panel can be seen, else when it can."""
        self._view = view
        self._outdated = True
        if self.isVisible():
            self._draw_now()

    def preparation(self, view: View) -> Callable[[], object] | None:
        """What takes long of showing a view and touches no widget, to be done in the background; None for nothing."""
        return None

    def show_prepared(self, view: View, found: object) -> None:
        """Show a view with what its preparation found; None where there was none."""
        self.show_view(view)

    @property
    def is_kept(self) -> bool:
        """Whether a click keeps marked what it marks, wherever it was made."""
        return self._spot_is_kept

    def show_spot(self, spot: Spot | None, kept: bool = False) -> None:
        """Mark what belongs to a spot, ``kept`` if a click keeps it; None releases it."""
        self._last_spot, self._spot_is_kept = spot, kept and spot is not None
        if self.isVisible() and not self._outdated:
            self.mark(spot)

    def offer_copies(self, menu: QMenu) -> None:
        """Add to a menu what can be copied of all that it shows; nothing while it shows nothing."""

    def let_go(self) -> bool:
        """Let go of what is pinned here and nowhere else; False where nothing is."""
        return False

    def set_waiting(self, waiting: bool) -> None:
        """Say that an answer takes long: a line along the upper edge."""
        self._veil.set_waiting(waiting)

    def take_keyboard(self, reason: Qt.FocusReason = Qt.FocusReason.ShortcutFocusReason) -> None:
        """Move the keyboard into the panel: to where it was, else to the first control."""
        last, first = self.focusWidget(), self.first_stop()
        inside = [w for w in self.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isEnabled()]
        target = last if last in inside else first or next((w for w in inside if w.isVisible()), self)
        target.setFocus(reason)

    def first_stop(self) -> QWidget | None:
        """Where the keyboard begins in the panel; None for its first control."""
        return None

    def draw(self, view: View) -> None:
        """Bring every widget of the panel up to date. Written by subclasses."""
        raise NotImplementedError

    def mark(self, spot: Spot | None) -> None:
        """Mark what belongs to a spot. Written by subclasses that have something to mark."""

    def _draw_now(self) -> None:
        if self._view is not None:
            self._outdated = False
            self._veil.set_stale(self.needs_derivation and self._view.stale, self._view.theme)
            self.draw(self._view)
            self.mark(self._last_spot)
            self._veil.raise_()

    def minimumSizeHint(self) -> QSize:
        # At a large zoom a panel is cut at its own edge, rather than lie over the next one.
        whole, (across, down) = self.window().size(), _MOST[self.area]
        return super().minimumSizeHint().boundedTo(QSize(round(across * whole.width()), round(down * whole.height())))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._outdated:
            self._draw_now()
        elif self._view is not None:
            self.mark(self._last_spot)  # it may have changed while nobody saw it

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._veil.setGeometry(self.rect())


class Later(NamedTuple):
    """A panel that is loaded and built once the window is painted; until then its sheet is blank.

    Attributes:
        module: Where its class is.
        name: The class.
        key: As in the class, and so are the others.
        title: What stands in its head and in the View menu.
        area: Where it starts.
        beside: The key of the panel it is tabbed with; it is hidden at first.
    """

    module: str
    name: str
    key: str
    title: str
    area: Area
    beside: str = ""

    def load(self) -> type[Panel]:
        """The panel itself."""
        found: type[Panel] = getattr(import_module(self.module), self.name)
        return found


class _Veil(QWidget):
    """Lies over a panel whose content is not of this moment; lets every click through."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._stale = False
        self._waiting = False
        self._sheet = QColor()
        self._accent = QColor()
        self.hide()

    def set_stale(self, stale: bool, theme: Theme) -> None:
        self._stale = stale
        self._sheet, self._accent = QColor(theme.sheet), QColor(theme.accent)
        self._sheet.setAlphaF(0.55)  # what lies under it shows at 45 %
        self._settle()

    def set_waiting(self, waiting: bool) -> None:
        self._waiting = waiting
        self._settle()

    def _settle(self) -> None:
        self.setVisible(self._stale or self._waiting)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self._stale:
                painter.fillRect(self.rect(), self._sheet)
            if self._waiting:
                painter.fillRect(QRect(0, 0, self.width(), 2), self._accent)
