"""The status line: whether everything is certified, whether everything agrees, and with which numbers."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from tutor.core.differences import AGREES, CANNOT_TELL
from tutor.ui.panel import View
from tutor.ui.widgets.remark import Remark

HEIGHT = 22


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
        self.addWidget(self.certified)
        self.addWidget(self.agreement)
        self.addPermanentWidget(self._numbers)
        self.addPermanentWidget(self._precision)

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

    def set_look(self, zoom: float) -> None:
        """Take another size."""
        self.setFixedHeight(round(HEIGHT * zoom))
        self._start.setFixedWidth(round(8 * zoom))
        self.setContentsMargins(0, 0, round(12 * zoom), 0)
        for gap in (self.certified, self.agreement, self._numbers):
            gap.setContentsMargins(0, 0, round(16 * zoom), 0)


def certified(view: View) -> tuple[str, bool | None]:
    """A few words on the steps of the derivation, and whether all is well."""
    if view.refusal is not None:
        return "no derivation: see there why", False
    if view.stale or view.derivation is None:
        return "deriving", None
    steps = view.derivation.shown_steps() if view.joined else view.derivation.steps
    good = sum(step.certified for step in steps)
    return f"{good} of {len(steps)} steps certified", view.derivation.certified


def agreement(view: View) -> tuple[str, bool | None]:
    """A few words on the gradient check, and whether all is well."""
    if view.check is None:
        return "no gradient check: see there why", None
    agree, unsure = view.check.count(AGREES), view.check.count(CANNOT_TELL)
    total = view.check.total
    if agree == total:
        return f"gradient agrees in {agree} of {total} entries", True
    if agree + unsure == total:
        return f"gradient agrees in {agree} of {total} entries; the others cannot be told", None
    return f"gradient differs in {total - agree - unsure} of {total} entries", False


def _quiet(words: str = "") -> QLabel:
    label = QLabel(words)
    label.setProperty("voice", "note")
    return label
