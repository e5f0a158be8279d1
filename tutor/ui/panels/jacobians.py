"""The Jacobians in the order of the equation, and what one cell of them says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Final, NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from tutor.core.evaluate import Evaluation
from tutor.derive import Derivation
from tutor.derive.views import factors, path_count
from tutor.figures.derivation_words import more_paths
from tutor.figures.equation_plan import Pitch
from tutor.figures.heatmap import EquationSpec
from tutor.figures.inspector import CellWords
from tutor.figures.jacobians import equation
from tutor.figures.lettering import letter_equation
from tutor.figures.palette import largest_size
from tutor.figures.places import HEAT, HEAT_SHORT
from tutor.figures.products import READINGS
from tutor.files.document import Shown
from tutor.typeset import Typesetter
from tutor.ui.equation_spots import EquationSpots
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.path_choice import PathChoice
from tutor.ui.spots import is_there
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.heat_view import EquationView
from tutor.ui.widgets.inspector_view import Explained, InspectorView
from tutor.ui.widgets.scale_legend import ScaleLegend

HINT = ("Point at a cell: its letters, numbers and term in the gradient stand here; a click pins it. "
        "Each row is an output, each column an input.")

_READ: Final = {"local": "local", "left": "from the left", "right": "from the right"}

MAGNIFIED: Final = (2.0, 1.75, 1.5, 1.25)
WIDE: Final = 800
"""Width from which the picture is magnified: the panel is enlarged, and read from further away."""

_MOST_SAID: Final = 0.6
"""The share of the panel that the words may take."""


class JacobiansPanel(Panel):
    """One heatmap a factor, · and = between them; the cell that is looked at is explained at the foot."""

    key = "jacobians"
    title = "Jacobians"
    area = Area.RIGHT
    needs_derivation = True
    waits = True

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, parent)
        self.legend = ScaleLegend(self)
        self.legend.own_wanted.connect(self._choose_scales)
        self._own_scales = False
        self._kept = Shown()
        self.reading = Choice(flat=True, parent=self)
        self.reading.setAccessibleName("What is multiplied")
        self.reading.setToolTip("Each link by itself, or the products: from the left, ∂L by each name on the way back; "
                                "from the right, each name by the variable")
        self.reading.addItems([_READ[reading] for reading in READINGS])
        self.reading.activated.connect(self._choose_reading)
        self.path = PathChoice(self)
        self.path.activated.connect(self._draw_again)
        self.equation = EquationView(self.typeset)
        self.equation.cell_hovered.connect(self._look_at_cell)
        self.equation.cell_left.connect(self._look_away)
        self.equation.cell_clicked.connect(self._pin_cell)
        self.equation.released.connect(self._release)
        self.equation.matrix_hovered.connect(self._look_at_matrix)
        self.equation.matrix_left.connect(self._look_away)
        self.equation.matrix_clicked.connect(self._pin_matrix)
        self.inspector = InspectorView(typesetter)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setProperty("ground", "sheet")
        self._scroll.setWidget(self.equation)
        self._scroll.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.inspector)
        self._spots: EquationSpots | None = None
        self._path = 0
        self._pin: Spot | None = None
        self._fitted: object = None
        self._ahead: _Drawn | None = None

    def options(self) -> Sequence[QWidget]:
        """The path, where there are several, what is multiplied, and the colour scale."""
        return (self.path, self.reading, self.legend)

    def note(self) -> str:
        """How to read them."""
        return "rows: outputs, columns: inputs"

    @property
    def words(self) -> Explained | None:
        """What the inspector says."""
        return self.inspector.words

    def draw(self, view: View) -> None:
        """Bring heatmaps, scale and inspector up to date; without a derivation of this problem the old ones stay."""
        self.legend.set_theme(view.theme)
        self.legend.set_zoom(view.zoom)
        self.path.set_zoom(view.zoom)
        self.reading.set_zoom(view.zoom)
        self.equation.set_theme(view.theme)
        self.inspector.set_look(view.theme, view.zoom)
        self._look_as(view.shown)
        if view.stale:
            return
        derivation = view.derivation
        if derivation is None or not derivation.paths:
            self._spots = None
            self.equation.set_spec(EquationSpec(()))
            self.path.hide()
            self.inspector.say(None, self._why_empty(view))
            self._fit()
            return
        self._path = min(max(self.path.currentIndex(), 0), len(derivation.paths) - 1)
        more = more_paths(path_count(derivation) - len(derivation.paths))
        self.path.offer(derivation.paths, more, self._path)
        drawn = self._drawn(view, derivation)
        spec = drawn.spec
        given = [view.evaluation.values[d.name] for d in view.problem.program.declarations]
        beyond = any(item.goes_beyond for item in spec.items) or largest_size(*given) > view.scale
        if not self._own_scales:
            self.legend.set_scale(view.scale, beyond)
        self.equation.set_spec(spec)
        self._spots = drawn.spots
        self._fit()

    def _drawn(self, view: View, derivation: Derivation) -> _Drawn:
        """The equation of a view, prepared or not."""
        asked = _Asked(view.evaluation, derivation, self._path, view.joined, view.scale, self.reading.currentIndex(),
                       self._own_scales)
        return self._ahead if self._ahead is not None and self._ahead.asked == asked else _draw(asked)

    def preparation(self, view: View) -> Callable[[], object] | None:
        """The equation, its names, and what is said of its cells."""
        derivation = view.derivation
        if derivation is None or not derivation.paths:
            return None
        path = min(max(self.path.currentIndex(), 0), len(derivation.paths) - 1)
        asked = _Asked(view.evaluation, derivation, path, view.joined, view.scale, self.reading.currentIndex(),
                       self._own_scales)
        width = self.width() / view.zoom

        def prepare() -> _Drawn:
            drawn = _draw(asked)
            letter_equation(drawn.spec, self.typeset)
            return drawn._replace(width=width, needs=self.inspector.needs(_samples(drawn.spots), width))

        return prepare

    def show_prepared(self, view: View, found: object) -> None:
        """Show what was prepared."""
        self._ahead = found if isinstance(found, _Drawn) else None
        self.show_view(view)
        self._ahead = None

    def show_view(self, view: View) -> None:
        """Show a view; what was pinned here and is no longer part of it is released."""
        super().show_view(view)
        if self._pin is not None and not view.stale and not is_there(self._pin, view):
            self._keep(None)

    def mark(self, spot: Spot | None) -> None:
        """Light the matrix and the cell of a spot, the row and column they meet in the neighbours, and explain."""
        if spot != self._pin:
            self._pin = None
        pinned = self.equation.pinned_cell
        if pinned is not None and self._spot(*pinned) != spot:
            self.equation.set_pinned(None)  # released, or something else pinned, elsewhere
        self.equation.set_held(self.is_kept and self.equation.pinned_cell is None)
        marks = {} if self._spots is None else self._spots.marks(spot)
        self.equation.set_highlight(marks)
        if self._own_scales:
            whole = (item.colour_scale for item in self.equation.spec.items
                     if item.key in marks and marks[item.key].whole)
            self.legend.set_own(next(whole, 0.0))
        if self._spots is not None:
            self.inspector.say(self._spots.explain(spot), HINT, self.is_kept)

    # ---- what the pointer and the keyboard do -------------------------------------------------------------------

    def _look_at_cell(self, key: str, row: int, column: int) -> None:
        self.pointed.emit(self._spot(key, row, column))

    def _look_at_matrix(self, key: str) -> None:
        if self.equation.current_cell is None:
            self.pointed.emit(self._matrix_spot(key))

    def _spot(self, key: str, row: int, column: int) -> Spot | None:
        return None if self._spots is None else self._spots.of_cell(key, row, column)

    def _matrix_spot(self, key: str) -> Spot | None:
        return None if self._spots is None else self._spots.of_matrix(key)

    def _look_away(self) -> None:
        self.pointed.emit(None)

    def _pin_cell(self, key: str, row: int, column: int) -> None:
        if self.equation.pinned_cell is not None:
            self._keep(self._spot(key, row, column))

    def _pin_matrix(self, key: str) -> None:
        self._keep(self._matrix_spot(key))

    def _release(self) -> None:
        self._keep(None)

    def _keep(self, spot: Spot | None) -> None:
        self._pin = spot
        self.pinned.emit(spot)

    # ---- room ---------------------------------------------------------------------------------------------------

    def _draw_again(self) -> None:
        if self.view is not None:
            self.show_view(self.view)

    def _look_as(self, shown: Shown) -> None:
        """Take the choices of a document, where they are others than it had."""
        choices = shown.products, shown.own_scales
        if choices != (self._kept.products, self._kept.own_scales):
            products, self._own_scales = choices
            self.reading.setCurrentIndex(READINGS.index(products) if products in READINGS else 0)
        self._kept = shown

    def _choose_reading(self, place: int) -> None:
        self.looked_otherwise.emit("products", READINGS[place] if place else "")
        self._draw_again()

    def _choose_scales(self, own: bool) -> None:
        self._own_scales = own
        self.looked_otherwise.emit("own_scales", own)
        self._draw_again()

    def _fit(self) -> None:
        """Cells as large as fit with words under them; what is still too high is scrolled, and keeps its numbers."""
        view, width, height = self.view, self.width(), self.height()  # what fits needs no room for a scroll bar
        place = width, height, None if view is None else view.zoom, self.equation.spec.frame
        if height < 2 or view is None or place == self._fitted:
            return
        self._fitted = place
        most = _MOST_SAID * height / view.zoom
        bare, least, whole, roomy = (min(need, most) for need in self._needs(width / view.zoom))
        zoom, pitch = self._largest(width, height - whole * view.zoom, view.zoom)
        tight = self.equation.fitting(width, height - least * view.zoom, view.zoom)
        if tight is not None and (pitch is None or _prints_more(tight, pitch)):
            pitch, whole = tight, least  # numbers in the cells say more than a reason that the derivation gives too
        if pitch is None and (pitch := self.equation.fitting(width, height - bare * view.zoom, view.zoom)) is not None:
            whole = bare  # that all matrices are seen says more than what a cell carries
        self.equation.set_zoom(zoom)
        self.equation.set_pitch(pitch or Pitch(HEAT_SHORT))
        free = (height - self.equation.heightForWidth(width)) / view.zoom
        self.inspector.set_room(ceil(min(max(free, least if pitch is None else whole), roomy)), most)

    def _needs(self, width: float) -> tuple[float, ...]:
        """The heights of what is said in a width, prepared or not."""
        ahead = self._ahead
        if ahead is not None and ahead.needs and (ahead.spots, ahead.width) == (self._spots, width):
            return ahead.needs
        return self.inspector.needs(_samples(self._spots), width)

    def _largest(self, width: int, height: float, zoom: float) -> tuple[float, Pitch | None]:
        """The zoom and the cells with which the picture fits: magnified only where it is, with all its numbers."""
        for larger in MAGNIFIED if width >= WIDE * zoom else ():
            pitch = self.equation.fitting(width, height, zoom * larger)
            if pitch is not None and not pitch.bare and pitch.cell == HEAT:
                return zoom * larger, pitch
        return zoom, self.equation.fitting(width, height, zoom)

    @staticmethod
    def _why_empty(view: View) -> str:
        if view.refusal is not None:
            return view.refusal.sentence
        if view.derivation is None:
            return "The derivation is on its way."
        return f"{view.derivation.wrt} does not reach the output: every entry of its gradient is 0."

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class _Asked(NamedTuple):
    """What an equation is drawn from."""

    evaluation: Evaluation
    derivation: Derivation
    path: int
    joined: bool
    scale: float
    reading: int
    own_scales: bool


class _Drawn(NamedTuple):
    """An equation, what its cells stand for, and in some width the heights of what is said of them."""

    asked: _Asked
    spec: EquationSpec
    spots: EquationSpots
    width: float = 0.0
    needs: tuple[float, ...] = ()


def _draw(asked: _Asked) -> _Drawn:
    evaluation, derivation, place, joined, scale, read_as, own_scales = asked
    path, reading = derivation.paths[place], READINGS[read_as]
    spec = equation(evaluation, derivation, path, joined, scale, reading, own_scales)
    chain = factors(derivation, path, joined)
    return _Drawn(asked, spec, EquationSpots(evaluation, derivation, chain, tuple(spec.items), reading))


def _samples(spots: EquationSpots | None) -> list[CellWords]:
    """What is said of two cells of each matrix, the largest and the least: the others need no more room."""
    found: list[CellWords | None] = []
    if spots is None:
        return []
    for item in spots.items:
        if item.computed is None:
            sizes = np.abs(np.nan_to_num(item.values))
            for at in dict.fromkeys((int(sizes.argmax()), int(sizes.argmin()))):
                found.append(spots.explain(spots.of_cell(item.key, *divmod(at, item.shape[1]))))
    return [words for words in found if words is not None]


def _prints_more(one: Pitch, other: Pitch) -> bool:
    """Whether more matrices show their numbers at one pitch than at another."""
    return (one.cell.width, -len(one.bare)) > (other.cell.width, -len(other.bare))
