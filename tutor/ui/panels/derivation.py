"""The derivation: the chain as a grid, the gradient in one line, and the steps, each of them certified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from threading import Event
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.derive import Derivation
from tutor.derive.proof import Proof, prove
from tutor.derive.proof_typst import proof_typst
from tutor.figures.derivation import DerivationSpec, derivation_spec
from tutor.figures.derivation_layout import PADDING
from tutor.typeset import Typesetter
from tutor.ui.jobs import Job
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.spots import is_there
from tutor.ui.widgets.derivation_page import DerivationPage
from tutor.ui.widgets.step_row import Look

LinkNames = tuple[str, str]

STEP: Final = 8.0
"""Widths for which the page is laid out lie so many px apart."""

CALM: Final = 150
"""Milliseconds without a change after which SymPy is asked: it shares the processor with what is painted."""


class DerivationPanel(Panel):
    """The chain rule, step by step.

    Hovering a factor anywhere points at its link, a click pins it. What SymPy says of a link is asked for in the
    background and filled in when it is there.
    """

    key = "derivation"
    title = "Derivation"
    area = Area.CENTRE
    needs_derivation = True

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
        self._proofs: Mapping[LinkNames, Proof] | None = None
        self._spec: DerivationSpec | None = None
        self._broken: frozenset[tuple[str, str]] = frozenset()
        self._look: Look | None = None
        self._pin: LinkNames | str | None = None
        self._job = Job(self)
        self._job.answered.connect(self._take_proofs)
        self._stop = Event()
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM)
        self._calm.timeout.connect(self._ask_sympy)
        self.page.looked_at.connect(self._look_at)
        self.page.kept.connect(self._keep)
        self.join.clicked.connect(self._ask_to_join)
        application = QCoreApplication.instance()
        if application is not None:  # a proof that still runs would outlive the interpreter
            application.aboutToQuit.connect(self.stop)

    @property
    def spec(self) -> DerivationSpec | None:
        """What is shown."""
        return self._spec

    @property
    def busy(self) -> bool:
        """Whether SymPy is still looking."""
        return self._calm.isActive() or self._job.busy

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
        if other and not current:
            return  # one of the problem before that was never shown: there are no sizes to show it with
        if other:
            self._take(derivation, dims, view.joined)
        broken = self._broken_promises(problem) if current else self._broken
        before, self._look = self._look, look
        if other or broken != self._broken or before is None or _places(before) != _places(look):
            self._broken = broken
            self._lay_out()
        if other and self._proofs is None:
            self._forget_question()
            self._calm.start()
        elif look != before:
            self.page.dress(look)

    def _broken_promises(self, problem: Problem) -> frozenset[tuple[str, str]]:
        if self._spec is None or not self._spec.promises:
            return frozenset()
        return frozenset((b.name, b.fact) for b in problem.broken)

    def _take(self, derivation: Derivation, dims: Mapping[str, int], joined: bool) -> None:
        """Another derivation, or other sizes: say what can be said at once."""
        if self._derivation is None or derivation.program is not self._derivation.program:
            self.page.forget()
        if (derivation, dims) != (self._derivation, self._dims):
            self._proofs = None
        self._derivation, self._dims, self._joined = derivation, dims, joined
        self._spec = derivation_spec(derivation, self._proofs, dims, joined)

    def stop(self) -> None:
        """Ask SymPy nothing more, and wait until it rests."""
        self._forget_question()
        self._job.close()

    def _forget_question(self) -> None:
        self._stop.set()
        self._calm.stop()
        self._job.cancel()

    def _ask_sympy(self) -> None:
        if self._derivation is not None:
            self._stop = Event()
            self._job.ask(partial(_proved, self._derivation, self._dims, self._stop))

    def _take_proofs(self, proofs: Mapping[LinkNames, Proof]) -> None:
        if self._derivation is not None:
            self._proofs = proofs
            self._spec = derivation_spec(self._derivation, proofs, self._dims, self._joined)
            self._lay_out()

    def _refuse(self, error: TutorError | None, look: Look) -> None:
        """Say why there is no derivation; nothing while the first one is on its way."""
        sentence = error.sentence if error is not None else ""
        if self._derivation is not None:
            self._forget_question()
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

    def closeEvent(self, event: QCloseEvent) -> None:
        self.stop()
        super().closeEvent(event)


def _places(look: Look) -> tuple[float, float, float]:
    """What decides where everything stands."""
    return look.zoom, look.ratio, look.width


def _spot(what: LinkNames | str) -> Spot:
    """A link or a variable as what all panels mark."""
    return Spot(name=what) if isinstance(what, str) else Spot(link=what)


def _proved(derivation: Derivation, dims: Mapping[str, int], stop: Event) -> dict[LinkNames, Proof]:
    """SymPy's answer for every link, written too, so that the window has nothing left to compute."""
    found: dict[LinkNames, Proof] = {}
    for link in derivation.links:
        if stop.is_set():
            break  # nobody listens any more
        try:
            proof = prove(derivation.program, link, dims)
        except TutorError:  # what SymPy cannot say is not shown
            continue
        proof_typst(derivation.program, link, proof)
        found[link.output, link.source] = proof
    return found
