"""The derivation: the chain as a grid, the gradient in one line, and the steps, each of them certified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.derive import Derivation
from tutor.figures.derivation import DerivationSpec, Proofs, derivation_spec
from tutor.figures.derivation_layout import PADDING
from tutor.typeset import Typesetter
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.spots import is_there
from tutor.ui.widgets.derivation_page import DerivationPage
from tutor.ui.widgets.step_row import Look

LinkNames = tuple[str, str]

STEP: Final = 8.0
"""Widths for which the page is laid out lie so many px apart."""


class DerivationPanel(Panel):
    """The chain rule, step by step.

    Hovering a factor anywhere points at its link, a click pins it. What SymPy says of a link is filled in when it is
    there.
    """

    key = "derivation"
    title = "Derivation"
    area = Area.CENTRE
    needs_derivation = True
    needs_proofs = True

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, parent)
        self.page = DerivationPage()
        self.page.hide()
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message.hide()
        self.join = QPushButton(self)
        self.join.setProperty("voice", "link")
        self.join.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.message)
        whole.addWidget(self.page, 1)
        whole.addStretch(0)
        self._derivation: Derivation | None = None
        self._dims: Mapping[str, int] = {}
        self._joined = False
        self._proofs: Proofs | None = None
        self._spec: DerivationSpec | None = None
        self._broken: frozenset[tuple[str, str]] = frozenset()
        self._look: Look | None = None
        self._pin: LinkNames | str | None = None
        self.page.looked_at.connect(self._look_at)
        self.page.kept.connect(self._keep)
        self.join.clicked.connect(self._ask_to_join)

    @property
    def spec(self) -> DerivationSpec | None:
        """What is shown."""
        return self._spec

    def options(self) -> Sequence[QWidget]:
        """The control that takes links together, or apart."""
        return (self.join,)

    # --- what is shown ---------------------------------------------------------------------------------------------

    def draw(self, view: View) -> None:
        """Show the derivation; if only numbers changed there is nothing to do but to look at the promises."""
        look = self._look_of(view)
        derivation, problem = view.derivation, view.problem
        if derivation is None:
            self._refuse(view.refusal, look)
            return
        current = derivation.program is problem.program and derivation.wrt == problem.wrt
        dims = dict(problem.dims) if current else self._dims
        other = (derivation, dims, view.joined) != (self._derivation, self._dims, self._joined)
        other = other or view.proofs is not self._proofs
        if other and not current:
            return  # one of the problem before that was never shown: there are no sizes to show it with
        if other:
            self._take(derivation, dims, view)
        broken = self._broken_promises(problem) if current else self._broken
        before, self._look = self._look, look
        if other or broken != self._broken or before is None or _places(before) != _places(look):
            self._broken = broken
            self._lay_out()
        elif look != before:
            self.page.dress(look)

    def _broken_promises(self, problem: Problem) -> frozenset[tuple[str, str]]:
        if self._spec is None or not self._spec.promises:
            return frozenset()
        return frozenset((b.name, b.fact) for b in problem.broken)

    def _take(self, derivation: Derivation, dims: Mapping[str, int], view: View) -> None:
        """Another derivation, or other sizes: say what can be said at once."""
        if self._derivation is None or derivation.program is not self._derivation.program:
            self.page.forget()
        self._derivation, self._dims = derivation, dims
        self._joined, self._proofs = view.joined, view.proofs
        self._spec = derivation_spec(derivation, view.proofs, dims, view.joined)

    def _refuse(self, error: TutorError | None, look: Look) -> None:
        """Say why there is no derivation; nothing while the first one is on its way."""
        sentence = error.sentence if error is not None else ""
        if self._derivation is not None:
            self._derivation = self._spec = None
        self._look = look
        self._lay_out()
        self._say(sentence)

    def _lay_out(self) -> None:
        """Bring everything to this width and zoom."""
        spec, look = self._spec, self._look
        self.page.setVisible(spec is not None)
        self.join.setVisible(spec is not None and bool(spec.join))
        if spec is None or look is None:
            return
        self._say("" if spec.steps else f"{spec.output} does not depend on {spec.wrt}, so every slope is 0.")
        self.join.setText("take apart" if spec.joined else spec.join)
        # Its focus frame needs room beside the words.
        self.join.setMinimumWidth(self.join.fontMetrics().horizontalAdvance(self.join.text()) + round(12 * look.zoom))
        self.page.show_spec(spec, self._broken, self.typesetter, look)

    def _say(self, sentence: str) -> None:
        """A sentence in place of the derivation, or above it."""
        if self._look is not None and sentence:
            edge = round(PADDING * self._look.zoom)
            self.message.setContentsMargins(edge, edge // 4, edge, edge // 2)
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def _ask_to_join(self) -> None:
        self.joining_wanted.emit(not self._joined)

    def show_view(self, view: View) -> None:
        """Show a view; what was pinned here and is no longer part of it is released."""
        super().show_view(view)
        if self._pin is not None and not view.stale and not is_there(_spot(self._pin), view):
            self._pin = None
            self.pinned.emit(None)

    # --- what is pointed at ----------------------------------------------------------------------------------------

    def mark(self, spot: Spot | None) -> None:
        """Tint the factor, bar its step."""
        what = None if spot is None else spot.link or spot.name
        if what != self._pin:
            self._pin = None
        self.page.mark(what)

    def _look_at(self, what: LinkNames | str | None) -> None:
        self.pointed.emit(_spot(what) if what is not None else None)

    def _keep(self, what: LinkNames | str) -> None:
        """Pin a link; once more lets it go."""
        again = self._pin == what
        self.pinned.emit(None if again else _spot(what))
        self._pin = None if again else what

    # --- Qt --------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        view = self.view
        if view is None:
            return
        before, self._look = self._look, self._look_of(view)
        if before is None or _places(before) != _places(self._look):
            self._lay_out()

    def _look_of(self, view: View) -> Look:
        """Colours and sizes; the width in steps, so that dragging an edge does not typeset for every pixel."""
        width = self.width() / view.zoom
        return Look(view.theme, view.zoom, view.ratio, max(STEP, width // STEP * STEP))


def _places(look: Look) -> tuple[float, float, float]:
    """What decides where everything stands."""
    return look.zoom, look.ratio, look.width


def _spot(what: LinkNames | str) -> Spot:
    """A link or a variable as what all panels mark."""
    return Spot(name=what) if isinstance(what, str) else Spot(link=what)
