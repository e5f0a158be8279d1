"""The derivation: the chain as a grid, the gradient in one line, and the steps, each of them certified."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.derive import Derivation
from tutor.derive.conventions import Convention
from tutor.derive.excerpt import RESULT, Format, excerpt, whole
from tutor.derive.report import Report
from tutor.figures.derivation import DerivationSpec, Proofs, StepSpec
from tutor.figures.derivation_layout import PADDING, is_narrow, typeset_ahead
from tutor.typeset import Typesetter
from tutor.ui.derivation_copy import WHOLE, Copying, Source
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.reading_choice import ReadingChoice
from tutor.ui.sayings import Asked, Said, Sayings, say
from tutor.ui.spots import is_there
from tutor.ui.widgets.announcing import describe
from tutor.ui.widgets.derivation_page import DerivationPage
from tutor.ui.widgets.step_card import StepCard
from tutor.ui.widgets.step_row import Look

LinkNames = tuple[str, str]

STEP: Final = 8.0
"""Widths for which the page is laid out lie so many px apart."""


class DerivationPanel(Panel):
    """The chain rule, step by step, in the convention that is chosen in its head.

    Hovering a factor anywhere points at its link, a click pins it. What SymPy says of a link is filled in when it is
    there. What cannot be read in a convention stays as it was read last, and the reason stands above it.
    """

    key = "derivation"
    title = "Derivation"
    area = Area.CENTRE
    needs_derivation = True
    needs_proofs = True
    waits = True

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
        self.choice = ReadingChoice(self)
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
        self._reading = ""
        self._opened: str | None = None  # the step a person opened, or nothing for none
        self._told: str | None = None  # the one a document opened
        self._shown = Convention()
        self._sayings = Sayings()
        self._unread = ""
        self.choice.chosen.connect(self.reading_wanted)
        self.copying = Copying(self, Source(self._copied_here, self._called, self._as_text, self._as_picture))
        self.copying.copied.connect(partial(describe, self.page))
        self.copying.copied.connect(self.done)
        self.page.looked_at.connect(self._look_at)
        self.page.kept.connect(self._keep)
        self.page.turned.connect(self._keep_step)
        self.join.clicked.connect(self._ask_to_join)

    @property
    def spec(self) -> DerivationSpec | None:
        """What is shown."""
        return self._spec

    def options(self) -> Sequence[QWidget]:
        """What takes links together, or apart; the style; how formulas are written."""
        return self.join, self.choice.style, self.choice.form

    # --- what is shown ---------------------------------------------------------------------------------------------

    def draw(self, view: View) -> None:
        """Show the derivation; if only numbers changed there is nothing to do but to look at the promises."""
        look = self._look_of(view)
        derivation, problem = view.derivation, view.problem
        self.choice.set_zoom(view.zoom)
        self.choice.show_convention(Convention.named(view.reading))
        if derivation is None:
            self._refuse(view.refusal, look)
            return
        current = derivation.wrt == problem.wrt and derivation.program.says(problem.program)
        dims = dict(problem.dims) if current else self._dims
        other = (derivation, dims, view.joined) != (self._derivation, self._dims, self._joined)
        other = other or view.proofs is not self._proofs or view.reading != self._reading
        if other and not current:
            return  # one of the problem before that was never shown: there are no sizes to show it with
        opened = view.shown.step not in (self._told, self._opened)
        self._told = view.shown.step
        if other:
            self._take(derivation, dims, view)
        if opened:
            self._opened = self._told
            self.page.open(self._opened)
        broken = self._broken_promises(problem) if current else self._broken
        before, self._look = self._look, look
        if other or opened or broken != self._broken or before is None or _places(before) != _places(look):
            self._broken = broken
            self._lay_out()
        elif look != before:
            self.page.dress(look)

    def _broken_promises(self, problem: Problem) -> frozenset[tuple[str, str]]:
        if self._spec is None or not self._spec.promises:
            return frozenset()
        return frozenset((b.name, b.fact) for b in problem.broken)

    def _take(self, derivation: Derivation, dims: Mapping[str, int], view: View) -> None:
        """Another derivation, or another way to say it: say what can be said at once."""
        if self._derivation is None or derivation.program is not self._derivation.program:
            self.page.open(self._opened)
        if derivation is not self._derivation:
            self._shown = Convention()
        self._derivation, self._dims = derivation, dims
        self._joined, self._proofs, self._reading = view.joined, view.proofs, view.reading
        try:
            self._spec, self._unread = self._read(view, Convention.named(view.reading)), ""
        except TutorError as error:
            self._spec, self._unread = self._read(view, self._shown), error.sentence

    def _read(self, view: View, convention: Convention) -> DerivationSpec:
        """The derivation in a convention.

        Raises:
            TutorError: it cannot be read so, and why.
        """
        spec = self._sayings.of(self._asked(convention), view.problem.kinds)
        self._shown = convention
        return spec

    def _asked(self, convention: Convention) -> Asked:
        assert self._derivation is not None
        return Asked(self._derivation, self._proofs, self._dims, convention, self._joined)

    def preparation(self, view: View) -> Callable[[], object] | None:
        """Everything that is said, and its formulas."""
        derivation, convention = view.derivation, Convention.named(view.reading)
        if derivation is None:
            return None
        asked = Asked(derivation, view.proofs, dict(view.problem.dims), convention, view.joined)
        known = self._sayings.known(asked)
        chosen, width = self.page.open_in, self._look_of(view).width

        def prepare() -> Said | None:
            try:
                said = say(asked, view.problem.kinds, known)
            except TutorError:
                return None  # it is said when it is shown
            typeset_ahead(self.typesetter, said.spec, width, chosen(said.spec))
            return said

        return prepare

    def show_prepared(self, view: View, found: object) -> None:
        """Show what was prepared."""
        if isinstance(found, Said):
            self._sayings.keep(found)
        self.show_view(view)

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
        nothing = "" if spec.steps else f"{spec.output} does not depend on {spec.wrt}, so every slope is 0."
        self._say(self._unread or nothing)
        words = "take apart" if spec.joined else spec.join
        # In a narrow head the switches beside it come first.
        self.join.setText("join" if is_narrow(look.width) and not spec.joined else words)
        self.join.setToolTip(words if self.join.text() != words else "")
        self.join.setAccessibleName(words)
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

    # --- copying ---------------------------------------------------------------------------------------------------

    def _copied_here(self) -> str:
        """What the keyboard is on."""
        return self._name_of(self.focusWidget())

    def _name_of(self, widget: QWidget | None) -> str:
        """What is copied where a widget is: the key of a step, the result, or the whole."""
        piece = self.page.piece_of(widget if widget is not None and self.page.isAncestorOf(widget) else None)
        if isinstance(piece, StepCard):
            return piece.key
        return RESULT if piece is self.page.block.line else WHOLE

    def _called(self, what: str) -> str:
        if what in (WHOLE, RESULT):
            return "the result" if what else "the whole derivation"
        return f"the step {self._step(what).way_words}"

    def _card(self, key: str) -> StepCard:
        return next(card for card in self.page.cards if card.key == key)

    def _step(self, key: str) -> StepSpec:
        assert self._spec is not None
        return next(step for step in self._spec.steps if step.key == key)

    def _as_picture(self, what: str) -> QImage:
        pieces: dict[str, QWidget] = {WHOLE: self.page.sheet, RESULT: self.page.block.line}
        assert self._look is not None
        return self.page.picture(pieces[what] if what in pieces else self._card(what), QColor(self._look.theme.sheet))

    def _as_text(self, what: str, format: str) -> str:
        view, derivation = self.view, self._derivation
        assert view is not None and derivation is not None
        report = Report(view.problem, derivation, self._proofs or {}, ())
        reading = None
        if derivation.steps and not derivation.ends_in_matrix:
            reading = self._sayings.reading(self._asked(self._shown), view.problem.kinds)
        return excerpt(report, reading, what, cast(Format, format)) if what else whole(report, reading, format)

    def offer_copies(self, menu: QMenu) -> None:
        """The whole derivation in every format."""
        if self._spec is not None:
            self.copying.fill_whole(menu)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._spec is None:
            return
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        what = self._copied_here() if by_key else self._name_of(self.childAt(event.pos()))
        self.copying.menu(what, self).popup(event.globalPos())

    # --- what is pointed at ----------------------------------------------------------------------------------------

    def mark(self, spot: Spot | None) -> None:
        """Tint the factor, bar its step."""
        what = None if spot is None else spot.link or spot.name
        if what != self._pin:
            self._pin = None
        self.page.mark(what)

    def _keep_step(self, key: str) -> None:
        self._opened = key
        self.looked_otherwise.emit("step", key)

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
