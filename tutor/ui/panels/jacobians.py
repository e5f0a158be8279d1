"""The Jacobians in the order of the equation, and what one cell of them says."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from tutor.derive.views import factors, path_count
from tutor.figures.derivation_words import more_paths
from tutor.figures.equation_plan import Pitch
from tutor.figures.heatmap import EquationSpec
from tutor.figures.inspector import CellWords
from tutor.figures.jacobians import equation
from tutor.figures.palette import largest_size
from tutor.figures.places import HEAT, HEAT_SHORT
from tutor.figures.products import READINGS
from tutor.typeset import Typesetter
from tutor.ui.equation_spots import EquationSpots
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.spots import is_there
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.heat_view import EquationView
from tutor.ui.widgets.inspector_view import Explained, InspectorView
from tutor.ui.widgets.scale_legend import ScaleLegend

HINT = ("Point at a cell: its formula and what it carries stand here; a click pins it. "
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

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, parent)
        self.legend = ScaleLegend(self)
        self.legend.own_wanted.connect(self._choose_scales)
        self._own_scales = False
        self.reading = Choice(flat=True, parent=self)
        self.reading.setAccessibleName("What is multiplied")
        self.reading.setToolTip("Each link by itself, or the products: from the left, ∂L by each name on the way back; "
                                "from the right, each name by the variable")
        self.reading.addItems([_READ[reading] for reading in READINGS])
        self.reading.activated.connect(self._draw_again)
        self.path = Choice(flat=True, parent=self)
        self.path.setAccessibleName("Path of the chain")
        self.path.setToolTip("The variable is used in several places; each way to it has a chain of its own")
        self.path.activated.connect(self._draw_again)
        self.path.hide()
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
        self._offer_paths(["→".join(path) for path in derivation.paths], more)
        path = derivation.paths[self._path]
        reading = READINGS[self.reading.currentIndex()]
        spec = equation(view.evaluation, derivation, path, view.joined, view.scale, reading, self._own_scales)
        given = [view.evaluation.values[d.name] for d in view.problem.program.declarations]
        beyond = any(item.goes_beyond for item in spec.items) or largest_size(*given) > view.scale
        if not self._own_scales:
            self.legend.set_scale(view.scale, beyond)
        self.equation.set_spec(spec)
        chain = factors(derivation, path, view.joined)
        self._spots = EquationSpots(view.evaluation, derivation, chain, tuple(spec.items), reading)
        self._fit()

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

    def _offer_paths(self, names: Sequence[str], more: str) -> None:
        """Offer paths; ``more`` says at their end, where nobody can choose it, that there are others."""
        wanted = [*names, more] if more else list(names)
        if [self.path.itemText(i) for i in range(self.path.count())] != wanted:
            self.path.clear()
            self.path.addItems(wanted)
            model = self.path.model()
            if more and isinstance(model, QStandardItemModel):
                model.item(len(names)).setEnabled(False)
        self.path.setCurrentIndex(self._path)
        self.path.setVisible(len(names) > 1)

    def _draw_again(self) -> None:
        if self.view is not None:
            self.show_view(self.view)

    def _choose_scales(self, own: bool) -> None:
        self._own_scales = own
        self._draw_again()

    def _fit(self) -> None:
        """Cells as large as fit with words under them; what is still too high is scrolled, and keeps its numbers."""
        view, width, height = self.view, self.width(), self.height()  # what fits needs no room for a scroll bar
        place = width, height, None if view is None else view.zoom, self.equation.spec.frame
        if height < 2 or view is None or place == self._fitted:
            return
        self._fitted = place
        most = _MOST_SAID * height / view.zoom
        least, whole, roomy = (min(need, most) for need in self.inspector.needs(self._samples(), width / view.zoom))
        zoom, pitch = self._largest(width, height - whole * view.zoom, view.zoom)
        tight = self.equation.fitting(width, height - least * view.zoom, view.zoom)
        if tight is not None and (pitch is None or _prints_more(tight, pitch)):
            pitch, whole = tight, least  # numbers in the cells say more than what a cell carries
        self.equation.set_zoom(zoom)
        self.equation.set_pitch(pitch or Pitch(HEAT_SHORT))
        free = (height - self.equation.heightForWidth(width)) / view.zoom
        self.inspector.set_room(ceil(min(max(free, least if pitch is None else whole), roomy)), most)

    def _largest(self, width: int, height: float, zoom: float) -> tuple[float, Pitch | None]:
        """The zoom and the cells with which the picture fits: magnified only where it is, with all its numbers."""
        for larger in MAGNIFIED if width >= WIDE * zoom else ():
            pitch = self.equation.fitting(width, height, zoom * larger)
            if pitch is not None and not pitch.bare and pitch.cell == HEAT:
                return zoom * larger, pitch
        return zoom, self.equation.fitting(width, height, zoom)

    def _samples(self) -> list[CellWords]:
        """What is said of one cell of each matrix, the one that says most: words for all of them need no more room."""
        if self._spots is None:
            return []
        spots = []
        for item in self.equation.spec.items:
            if item.computed is None:
                row, column = np.unravel_index(np.argmax(np.abs(np.nan_to_num(item.values))), item.shape)
                spots.append(self._spot(item.key, int(row), int(column)))
        return [words for words in map(self._spots.explain, spots) if words is not None]

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


def _prints_more(one: Pitch, other: Pitch) -> bool:
    """Whether more matrices show their numbers at one pitch than at another."""
    return (one.cell.width, -len(one.bare)) > (other.cell.width, -len(other.bare))
