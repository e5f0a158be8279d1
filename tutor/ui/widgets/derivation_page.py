"""A derivation on a page that scrolls: chain, gradient, steps of which one is open."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QRegion
from PySide6.QtWidgets import QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from tutor.figures.derivation import DerivationSpec
from tutor.figures.derivation_layout import typeset_together
from tutor.typeset import Typesetter
from tutor.ui.widgets.chain_block import ChainBlock
from tutor.ui.widgets.page_scroll import PageScroll
from tutor.ui.widgets.step_card import StepCard
from tutor.ui.widgets.step_row import Look

COPIED: Final = 2
"""Dots a px of a picture that is copied."""

_BY_KEY: Final = Qt.FocusReason.TabFocusReason
_STRETCH: Final = (QSizePolicy.Policy.Minimum, QSizePolicy.Policy.MinimumExpanding)


class DerivationPage(PageScroll):
    """Shows what a derivation says.

    Up and Down go from the chain to the gradient and on from step to step; Enter opens a step, one at a time.

    Attributes:
        block: Chain and gradient.
        sheet: All that scrolls.

    Signals:
        looked_at (tuple | str | None): The pointer or the keyboard is at a link, (output, source); at a variable
            where several ways meet; or at nothing.
        kept (tuple | str): A link or a variable was clicked, to be kept marked.
        turned (str): A step was opened, by its key, or closed: nothing.
    """

    looked_at = Signal(object)
    kept = Signal(object)
    turned = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        sheet = self.sheet = _Sheet()
        super().__init__(sheet, parent)
        self.block = ChainBlock()
        self._cards: list[StepCard] = []
        self._column = QVBoxLayout(sheet)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.block)
        self._tail = QSpacerItem(0, 0, *_STRETCH)
        self._column.addItem(self._tail)
        self._spec: DerivationSpec | None = None
        self._broken: frozenset[tuple[str, str]] = frozenset()
        self._typesetter: Typesetter | None = None
        self._look: Look | None = None
        self._chosen: str | None = None  # the step a person opened
        self._closed = False  # whether a person closed the step that was open
        self._mark: tuple[str, str] | str | None = None
        sheet.walked.connect(self._walk)
        self.block.part_hovered.connect(self._look_at_part)
        self.block.part_clicked.connect(self._keep_part)

    @property
    def cards(self) -> Sequence[StepCard]:
        """The steps that are shown."""
        return self._cards[: len(self._spec.steps)] if self._spec is not None else ()

    @property
    def open_step(self) -> str | None:
        """The step that is open: the one a person opened, else the one that says where ∘ comes from."""
        return None if self._spec is None else self.open_in(self._spec)

    def open_in(self, spec: DerivationSpec) -> str | None:
        """The step that would be open in a derivation."""
        if self._closed:
            return None
        return self._chosen if self._chosen in {step.key for step in spec.steps} else spec.first_open

    def open(self, key: str | None) -> None:
        """Open a step, or none for an empty key, when it is shown next; None is the usual one."""
        self._chosen, self._closed = key or None, key == ""

    def show_spec(
        self, spec: DerivationSpec, broken: frozenset[tuple[str, str]], typesetter: Typesetter, look: Look
    ) -> None:
        """Show a derivation.

        Args:
            spec: What is said.
            broken: The (name, fact) of promises that the numbers break.
            typesetter: Sets the formulas; what it has set before it remembers.
            look: Colours and sizes.
        """
        self._spec, self._broken, self._typesetter, self._look = spec, broken, typesetter, look
        typeset_together(typesetter, spec, look.width, self.open_step)
        self.block.show_spec(spec, broken, typesetter, look)
        while len(self._cards) < len(spec.steps):
            self._add_card()
        for card in self._cards[len(spec.steps) :]:
            card.hide()
        self._tail.changeSize(0, 0, *_STRETCH)
        self._show_steps()

    def dress(self, look: Look) -> None:
        """Take other colours; nothing is typeset again."""
        self._look = look
        self.block.dress(look)
        for card in self._cards:
            card.dress(look)

    def mark(self, what: tuple[str, str] | str | None) -> None:
        """Tint what belongs to a link, or bar the step of a variable."""
        self._mark = what
        spec = self._spec
        if spec is None:
            return
        link = what if isinstance(what, tuple) else None
        parts = spec.lit(link) if link is not None else frozenset()
        links = spec.links_of(link) if link is not None else frozenset()
        self.block.set_linked(parts)
        for card, step in zip(self._cards, spec.steps, strict=False):
            card.set_linked(step.key == what or bool(links.intersection(step.links)), parts)

    # --- to be copied ----------------------------------------------------------------------------------------------

    def piece_of(self, widget: QWidget | None) -> QWidget:
        """The piece that something stands in: a step's card, the gradient in one line, or the whole sheet."""
        while widget is not None and widget is not self.sheet:
            if isinstance(widget, StepCard) or widget is self.block.line:
                return widget
            widget = widget.parentWidget()
        return self.sheet

    def picture(self, piece: QWidget, ground: QColor) -> QImage:
        """A piece as it is seen, at two dots a px, without the marks of pointer and keyboard."""
        size = piece.size()
        if piece is self.sheet:
            size.setHeight(min(size.height(), self._column.sizeHint().height() - self._tail.sizeHint().height()))
        image = QImage(size * COPIED, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(COPIED)
        image.fill(ground)
        marked, focus = self._mark, self.focusWidget()
        was_blocked = self.blockSignals(True)  # nobody looks at anything else
        self.mark(None)
        if focus is not None:
            focus.clearFocus()
        piece.render(image, QPoint(), QRegion(QRect(QPoint(), size)), QWidget.RenderFlag.DrawChildren)
        if focus is not None:
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self.mark(marked)
        self.blockSignals(was_blocked)
        return image

    # --- steps -----------------------------------------------------------------------------------------------------

    def _add_card(self) -> None:
        card = StepCard()
        card.turned.connect(self._turn)
        card.opened.connect(self._end_opening)
        card.looked_at.connect(self._look_at_step)
        card.pinned.connect(self._keep_step)
        card.part_hovered.connect(self._look_at_part)
        card.part_clicked.connect(self._keep_part)
        self._cards.append(card)
        self._column.insertWidget(self._column.count() - 1, card)

    def _show_steps(self, moving: bool = False) -> None:
        if self._spec is None or self._typesetter is None or self._look is None:
            return
        opened = self.open_step
        for card, step in zip(self._cards, self._spec.steps, strict=False):
            card.show_step(step, self._broken, step.key == opened, self._typesetter, self._look, moving,
                           self._spec.undrawn)
            card.show()
        self.mark(self._mark)
        self.settle()

    def _turn(self, key: str) -> None:
        """Open a step, or close the one that is open."""
        was_open = self.open_step == key
        card = next(card for card in self.cards if card.key == key)
        before = self._top_of(card)
        self.open("" if was_open else key)
        self.turned.emit("" if was_open else key)
        self._show_steps(moving=True)
        # What was clicked stays under the pointer: a second click takes the first one back.
        moved = self._top_of(card) - before
        wanted = self.verticalScrollBar().value() + moved
        self._hold(wanted)
        self.verticalScrollBar().setValue(wanted)

    def _hold(self, place: int) -> None:
        """As much white under the last step as it takes to stay scrolled to a place, and no more."""
        steps = self._column.minimumSize().height() - self._tail.sizeHint().height()
        height = max(0, place + self.viewport().height() - steps) if place > 0 else 0
        if height != self._tail.sizeHint().height():
            self._tail.changeSize(0, height, *_STRETCH)
            self._column.invalidate()
            self.settle()

    def _end_opening(self, key: str) -> None:
        """The step has its whole height."""
        self._hold(self.verticalScrollBar().value())
        for card in self.cards:
            if card.key == key and card.row.by_key:
                self.ensureWidgetVisible(card, 0, 0)

    def _top_of(self, card: StepCard) -> int:
        """Where a step's row is seen."""
        return card.mapTo(self.viewport(), QPoint()).y()

    # --- what is pointed at ----------------------------------------------------------------------------------------

    def _look_at_part(self, part: str) -> None:
        self.looked_at.emit(_link(part) if part else None)

    def _look_at_step(self, key: str, looking: bool) -> None:
        self.looked_at.emit(self._about(key) if looking else None)

    def _keep_part(self, part: str) -> None:
        self.kept.emit(_link(part))

    def _keep_step(self, key: str) -> None:
        self.kept.emit(self._about(key))

    def _about(self, key: str) -> tuple[str, str] | str:
        """What a step is about: its link, or, where several ways meet, its variable."""
        links = next((card.row.step.links for card in self.cards if card.row.step and card.key == key), ())
        follow = links and all(a[1] == b[0] for a, b in pairwise(links))
        return (links[0][0], links[-1][1]) if follow else key

    def _walk(self, by: int) -> None:
        """Move the keyboard up or down."""
        stops: list[QWidget] = [self.block.chain.view, self.block.line.view]
        stops = [stop for stop in stops if stop.isVisible() and stop.focusPolicy() != Qt.FocusPolicy.NoFocus]
        held = [stop.hasFocus() for stop in stops]
        for card in self.cards:
            stops.append(card.row)
            held.append(card.has_keyboard)
        place = (held.index(True) if True in held else -1) + by
        if 0 <= place < len(stops):
            stops[place].setFocus(_BY_KEY)
            self.ensureWidgetVisible(stops[place], 0, 8)


class _Sheet(QWidget):
    """What scrolls.

    Signals:
        walked (int): An arrow was pressed that nothing inside wanted: up (−1) or down (1).
    """

    walked = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up:
                self.walked.emit(-1)
            case Qt.Key.Key_Down:
                self.walked.emit(1)
            case _:
                super().keyPressEvent(event)


def _link(part: str) -> tuple[str, str]:
    """The link a part belongs to, from its id."""
    output, _, source = part.partition("→")
    return output, source
