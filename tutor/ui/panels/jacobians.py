"""The Jacobians in the order of the equation, and what one cell of them says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tutor.derive import Derivation
from tutor.derive.conventions import Convention
from tutor.derive.views import path_at, path_count, path_key
from tutor.figures.derivation_words import more_paths
from tutor.figures.equation_plan import Pitch
from tutor.figures.heatmap import EquationSpec
from tutor.figures.lettering import letter_equation
from tutor.figures.palette import largest_size
from tutor.figures.places import HEAT, HEAT_SHORT
from tutor.figures.products import READINGS
from tutor.files.document import Shown
from tutor.typeset import Typesetter
from tutor.ui.drawn_equation import Asked, Drawn
from tutor.ui.equation_spots import EquationSpots
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.path_choice import PathChoice
from tutor.ui.spots import is_there
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.heat_view import EquationView
from tutor.ui.widgets.inspector_view import Explained, InspectorView
from tutor.ui.widgets.page_scroll import PageScroll
from tutor.ui.widgets.scale_legend import ScaleLegend

_POINT = "Point at a cell: its letters, numbers and term in the gradient stand here; a click pins it. "
HINT = f"{_POINT}Each row is an output, each column an input."
TURNED_HINT = f"{_POINT}Each row is an input, each column an output."
"""The same where vectors are columns."""

_READ: Final = ("local", "from the left", "from the right")
_TIP: Final = ("Each link by itself, or the products: {}, ∂L by each name on the way back; {}, each name by the "
               "variable")

MAGNIFIED: Final = (2.0, 1.75, 1.5, 1.25)
WIDE: Final = 800
"""Width from which the picture is magnified: the panel is enlarged, and read from further away."""

_MOST_SAID: Final = 0.6
"""The share of the panel that the words may take."""
_HAIR: Final = 0.01
"""Less than a pixel: what is rounded up stays in its room."""


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
        self.reading.addItems(_READ)
        self.reading.activated.connect(self._choose_reading)
        self.path = PathChoice(self)
        self.path.activated.connect(self._choose_path)
        self.equation = EquationView(self.typeset)
        self.equation.cell_hovered.connect(self._look_at_cell)
        self.equation.cell_left.connect(self._look_away)
        self.equation.cell_clicked.connect(self._pin_cell)
        self.equation.released.connect(self._release)
        self.equation.matrix_hovered.connect(self._look_at_matrix)
        self.equation.matrix_left.connect(self._look_away)
        self.equation.matrix_clicked.connect(self._pin_matrix)
        self.inspector = InspectorView(typesetter)
        self._scroll = PageScroll(self.equation)
        self._scroll.setProperty("ground", "sheet")
        self._scroll.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.inspector)
        self._spots: EquationSpots | None = None
        self._pin: Spot | None = None
        self._asked: Asked | None = None
        self._name_readings()
        self._fitted: object = None
        self._ahead: Drawn | None = None

    def options(self) -> Sequence[QWidget]:
        """The path, where there are several, what is multiplied, and the colour scale."""
        return (self.path, self.reading, self.legend)

    def note(self) -> str:
        """How to read them."""
        return "rows: inputs, columns: outputs" if self._turned else "rows: outputs, columns: inputs"

    @property
    def _turned(self) -> bool:
        """Whether vectors are columns, so that everything stands transposed and the output's factor last."""
        return self._asked is not None and self._asked.written.turned

    def _name_readings(self) -> None:
        """Name the products by the end of the equation that they start from."""
        local, *ends = _READ
        ends = ends[::-1] if self._turned else ends
        for place, words in enumerate((local, *ends)):
            if self.reading.itemText(place) != words:
                self.reading.setItemText(place, words)
        self.reading.setToolTip(_TIP.format(*ends))

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
            self._spots = self._asked = None
            self.equation.set_spec(EquationSpec(()))
            self.path.hide()
            self.inspector.say(None, self._why_empty(view))
            self._fit()
            return
        more = more_paths(path_count(derivation) - len(derivation.paths))
        asked = self._ask(view, derivation)
        self.path.offer(derivation.paths, more, asked.path)
        ahead = self._ahead
        spec, spots = (ahead.spec, ahead.spots) if ahead is not None and ahead.asked == asked else asked.drawn
        given = [view.evaluation.values[d.name] for d in view.problem.program.declarations]
        beyond = any(item.goes_beyond for item in spec.items) or largest_size(*given) > view.scale
        if not self._own_scales:
            self.legend.set_scale(view.scale, beyond)
        self.equation.set_spec(spec)
        self._spots, self._asked = spots, asked
        self._name_readings()
        self._fit()

    def _ask(self, view: View, derivation: Derivation) -> Asked:
        """What the equation of a view is drawn from."""
        said = Convention.named(view.reading)
        return Asked(view.evaluation, derivation, path_at(derivation, view.shown.path), view.joined, view.scale,
                     self.reading.currentIndex(), self._own_scales, Convention(said.vectors, layout=said.layout))

    def preparation(self, view: View) -> Callable[[], object] | None:
        """The equation, its names, and what is said of its cells."""
        derivation = view.derivation
        if derivation is None or not derivation.paths:
            return None
        asked, width = self._ask(view, derivation), self.width() / view.zoom

        def prepare() -> Drawn:
            spec, spots = asked.drawn
            letter_equation(spec, self.typeset)
            return Drawn(asked, spec, spots, width, self.inspector.needs(asked.usual_words(), width))

        return prepare

    def show_prepared(self, view: View, found: object) -> None:
        """Show what was prepared."""
        self._ahead = found if isinstance(found, Drawn) else None
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
            self.inspector.say(self._spots.explain(spot), TURNED_HINT if self._turned else HINT, self.is_kept)

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

    def _choose_path(self, place: int) -> None:
        derivation = self.view.derivation if self.view is not None else None
        if derivation is not None:
            self.looked_otherwise.emit("path", path_key(derivation.paths[place]))

    def _choose_reading(self, place: int) -> None:
        self.looked_otherwise.emit("products", READINGS[place] if place else "")
        self._draw_again()

    def _choose_scales(self, own: bool) -> None:
        self._own_scales = own
        self.looked_otherwise.emit("own_scales", own)
        self._draw_again()

    def _fit(self) -> None:
        """Cells as large as fit with words under them; what is still too high is scrolled, and keeps its numbers.

        Where everything stands depends on sizes and structure alone, never on the numbers, nor on what was shown
        before.
        """
        view, width, height = self.view, self.width(), self.height()  # what fits needs no room for a scroll bar
        if height < 2 or view is None:
            return
        place = width, height, view.zoom, self.equation.spec.frame, None if self._asked is None else self._asked.frame
        if place == self._fitted:
            return
        self._fitted = place
        most = _MOST_SAID * height / view.zoom
        bare, least, whole, roomy = (min(need, most) for need in self._needs(width / view.zoom))
        rooms = [height - ceil(need * view.zoom) for need in (bare, least, whole)]  # whole pixels, as Qt lays them out
        needed, (zoom, pitch) = whole, self._largest(width, rooms[2], view.zoom)
        tight = self.equation.fitting(width, rooms[1], view.zoom)
        if tight is not None and (pitch is None or tight.rank > pitch.rank):
            needed, pitch = least, tight  # numbers in the cells say more than a reason that the derivation gives too
        if lost := self.equation.yielding(width, view.zoom, pitch):
            most_seen = self.equation.fitting(width, rooms[0], view.zoom)
            still = self.equation.yielding(width, view.zoom, most_seen)
            if pitch is None or still < lost:
                needed, pitch = bare, most_seen  # and those of several matrices say more than what a cell carries
        self.equation.set_zoom(zoom)
        self.equation.set_pitch(pitch or Pitch(HEAT_SHORT))
        needed = least if pitch is None else needed
        free = (height - self.equation.heightForWidth(width) - _HAIR) / view.zoom
        self.inspector.set_room(max(min(free, roomy), needed), max(free, needed))  # more would scroll the picture

    def _needs(self, width: float) -> tuple[float, ...]:
        """The heights of what is said in a width, prepared or not."""
        ahead = self._ahead
        if ahead is not None and ahead.needs and (ahead.asked, ahead.width) == (self._asked, width):
            return ahead.needs
        return self.inspector.needs(() if self._asked is None else self._asked.usual_words(), width)

    def _largest(self, width: int, height: float, zoom: float) -> tuple[float, Pitch | None]:
        """The zoom and the cells with which the picture fits: magnified only where it is, with all its numbers."""
        for larger in MAGNIFIED if width >= WIDE * zoom else ():
            pitch = self.equation.fitting(width, height, zoom * larger)
            if pitch is not None and not pitch.bare and not pitch.dense and pitch.cell == HEAT:
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
