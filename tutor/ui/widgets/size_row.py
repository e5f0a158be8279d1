"""Named whole numbers side by side: n, m, k."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tutor.typeset.formula import Formula
from tutor.ui.theme import text_zoom
from tutor.ui.widgets.flow import Flow
from tutor.ui.widgets.formula_view import FormulaView
from tutor.ui.widgets.size_box import SizeBox


class NamedSize(NamedTuple):
    """One size.

    Attributes:
        key: What it is told as.
        name: The name as it is set.
        number: How large it is.
    """

    key: str
    name: Formula
    number: int


class SizeRow(QWidget):
    """A box for each size, on as many lines as it takes.

    Signals:
        edited (str, int, int): The key, the number, the gesture.
        refused (str): What was typed into a box cannot be had, and why; empty when something else is typed.
    """

    edited = Signal(str, int, int)
    refused = Signal(str)

    def __init__(self, least: int, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._most = least, most
        self._pairs: dict[str, QWidget] = {}
        self._boxes: dict[str, SizeBox] = {}
        self._names: dict[str, FormulaView] = {}
        self._shown: tuple[tuple[NamedSize, ...], float] | None = None
        self._flow = Flow()
        self._flow.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self._flow)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def numbers(self) -> dict[str, int]:
        """What the boxes show."""
        return {key: self._boxes[key].value() for key in self._pairs}

    def box(self, key: str) -> SizeBox:
        """The box of one size."""
        return self._boxes[key]

    def show_sizes(self, sizes: Sequence[NamedSize], zoom: float) -> None:
        """Show sizes; none of it counts as an edit."""
        if (shown := (tuple(sizes), zoom)) == self._shown and all(
            self._boxes[size.key].value() == size.number for size in sizes
        ):
            return
        self._shown = shown
        if [size.key for size in sizes] != list(self._pairs):
            self._build(sizes)
        zoom = text_zoom(zoom)
        self._flow.set_gaps(round(18 * zoom), round(4 * zoom))
        for size in sizes:
            box = self._boxes[size.key]
            box.set_zoom(zoom)
            box.show_number(size.number)
            name = self._names[size.key]
            name.set_zoom(zoom)
            name.set_formula(size.name, size.key)
        self.setVisible(bool(sizes))
        self.updateGeometry()

    def _build(self, sizes: Sequence[NamedSize]) -> None:
        """Other boxes; those of sizes that stay are kept, and with them the keyboard."""
        while self._flow.takeAt(0) is not None:
            pass
        known, self._pairs = self._pairs, {}
        for size in sizes:
            if size.key not in known:
                known[size.key] = self._pair(size.key)
            self._pairs[size.key] = known.pop(size.key)
            self._flow.addWidget(self._pairs[size.key])
        for key, old in known.items():
            del self._boxes[key], self._names[key]
            old.hide()
            old.deleteLater()

    def _pair(self, key: str) -> QWidget:
        """A name and its box, side by side."""
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        name, box = FormulaView(), SizeBox(self._least, self._most)
        box.setAccessibleName(f"Size {key}")
        box.edited.connect(partial(self.edited.emit, key))
        box.refused.connect(self.refused)
        row.addWidget(name)
        row.addWidget(box)
        self._boxes[key], self._names[key] = box, name
        return pair
