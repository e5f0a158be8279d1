"""The status line: whether everything is certified, whether everything agrees, and with which numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from tutor.core.comparison import AGREES, DIFFERS
from tutor.figures.verdict import rests_on_broken
from tutor.ui.panel import View
from tutor.ui.theme import CAPTION, text_zoom
from tutor.ui.widgets.remark import Remark

if TYPE_CHECKING:
    from tutor.derive.step import Step

HEIGHT = 22
_MOMENT: Final = 4000
"""Milliseconds for which it is said that something is done."""
_GAP = 6
"""What Qt leaves between two things on a status bar, and a little more."""


class StatusLine(QStatusBar):
    """Two verdicts at the left, the setting of the numbers at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._start = QWidget()
        self.certified = Remark()
        self.agreement = Remark()
        self._numbers = _quiet()
        self._precision = _quiet("float64")
        self.addWidget(self._start)
        self._done = _quiet()
        self._moment = QTimer(self)
        self._moment.setSingleShot(True)
        self._moment.setInterval(_MOMENT)
        self._moment.timeout.connect(partial(self.tell, ""))
        self.addWidget(self._done)
        self.addWidget(self.certified)
        self.addWidget(self.agreement)
        self.addPermanentWidget(self._numbers)
        self.addPermanentWidget(self._precision)

    @property
    def done(self) -> str:
        """What it says is done; nothing after a moment."""
        return self._done.text()

    @property
    def numbers(self) -> str:
        """What it says of sizes and seed."""
        return self._numbers.text()

    def show_view(self, view: View) -> None:
        """Say what holds at this moment."""
        for remark, (words, right) in ((self.certified, certified(view)), (self.agreement, agreement(view))):
            remark.say(words, right, view.theme, view.zoom, view.ratio)
        sizes = "-".join(str(size) for size in view.problem.dims.values())
        self._numbers.setText(f"{sizes}, seed {view.problem.seed}" if sizes else f"seed {view.problem.seed}")
        self._fit()

    def tell(self, words: str) -> None:
        """Say for a moment that something is done, in the place of the verdicts; no words end that."""
        self._done.setText(words)
        if words:
            self._moment.start()
        else:
            self._moment.stop()
        self._fit()

    def set_look(self, zoom: float) -> None:
        """Take another size."""
        zoom = text_zoom(zoom, CAPTION)
        self.setFixedHeight(round(HEIGHT * zoom))
        self._start.setFixedWidth(round(8 * zoom))
        self.setContentsMargins(0, 0, round(12 * zoom), 0)
        for gap in (self.certified, self.agreement, self._numbers):
            gap.setContentsMargins(0, 0, round(16 * zoom), 0)
        self._fit()

    def _fit(self) -> None:
        """What matters least goes where the line is too short: the precision, the setting, then the second verdict."""
        room = self.contentsRect().width() - self._start.width()
        told = bool(self._done.text())
        self._done.setVisible(told)
        places = (self.certified, self.agreement, self._numbers, self._precision)
        for place in places:
            wanted = not told and bool(place.words) if isinstance(place, Remark) else bool(place.text())
            room -= place.sizeHint().width() + _GAP if wanted else 0
            place.setVisible(wanted and (room >= 0 or place is self.certified))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def certified(view: View) -> tuple[str, bool | None]:
    """A few words on the steps of the derivation, and whether all is well."""
    if view.draft:
        return "shown: the last program that could be read", None  # a tick would seem to be of what is typed
    if view.refusal is not None:
        return "no derivation: see there why", False
    if view.cancelled:
        return "derivation stopped", None
    if view.stale or view.derivation is None:
        return "deriving", None
    derivation = view.derivation
    if not derivation.steps:
        return f"{derivation.wrt} does not reach {derivation.program.output.name}: every entry is 0", (
            derivation.certified)
    broken = {(promise.name, promise.fact) for promise in view.problem.broken}

    def rests(step: Step) -> bool:
        return any((promise.name, promise.fact) in broken for promise in step.promises)

    steps = derivation.shown_steps() if view.joined else derivation.steps
    if not any(map(rests, steps)) and any(map(rests, derivation.steps)):
        steps = derivation.steps  # the one at fault is written out in another
    if resting := sum(map(rests, steps)):
        return f"{resting} of {len(steps)} steps {'rests' if resting == 1 else 'rest'} on a broken promise", False
    from tutor.figures.derivation_steps import is_certified

    good = sum(is_certified(derivation, step, view.proofs, view.joined) for step in steps)
    refuted = any(proof.exact is False for proof in (view.proofs or {}).values())
    return f"{good} of {len(steps)} steps certified", derivation.certified and not refuted


def agreement(view: View) -> tuple[str, bool | None]:
    """A few words on the gradient check, and whether all is well; only entries that were measured count."""
    if view.draft:
        return "", None
    if view.check is None and view.check_refusal is None:
        return "checking", None
    if view.check is None:
        return "no gradient check: see there why", None
    check = view.check
    agree, differ, total = check.count(AGREES), check.count(DIFFERS), check.total
    # The formula beside a broken promise is another matter: the check is about the backward pass.
    resting = not view.stale and rests_on_broken(view.derivation, view.problem)
    whole = "Jacobian" if any(compared.ends for compared in check.variables.values()) else "gradient"
    what = "backward pass" if resting else whole
    if differ:
        return f"{what} differs in {differ} of {total} entries", False
    if not agree:
        return f"{what} cannot be told at this point", None
    if agree < total:
        return f"{what} agrees in {agree} of {total} entries, {total - agree} cannot be told", None
    if total < sum(comparison.analytic.size for comparison in check.variables.values()):
        return f"{what} agrees in all {total} entries that were measured", True
    return f"{what} agrees in {agree} of {total} entries", True


def _quiet(words: str = "") -> QLabel:
    label = QLabel(words)
    label.setProperty("voice", "note")
    return label
