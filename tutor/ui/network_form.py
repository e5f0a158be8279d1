"""A form that writes the program of a network, and opens it as a new problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tutor.core.problem import Problem
from tutor.language.colouring import pieces
from tutor.language.network import ACTIVATIONS, LOSSES, Layer, Network
from tutor.ui.limits import LARGEST_SIZE
from tutor.ui.panels.program import line_shapes
from tutor.ui.theme import Look, strengthen
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.listing import LINE, Listing
from tutor.ui.widgets.size_box import SizeBox

_WIDTHS: Final = (3, 4, 2, 5, 3)
"""How wide the hidden layers are until somebody says; neighbours differ, for equal sizes would hide mistakes."""
MOST_LAYERS: Final = len(_WIDTHS)


class NetworkForm(QDialog):
    """A window beside the window; it stops nobody, and remembers what was chosen.

    Args:
        look: Theme and zoom.
        open_new: Opens a problem; False where that was not wanted after all.
        parent: The window it belongs to.
    """

    def __init__(self, look: Look, open_new: Callable[[Problem], bool], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("New network")
        self.setModal(False)
        self._look = look
        self._open_new = open_new
        self._network = Network()
        self.inputs, self.outputs = (self._box(1, LARGEST_SIZE, of) for of in ("Inputs", "Outputs"))
        self.samples = self._box(1, LARGEST_SIZE, "Samples at once")
        self.layer_count = self._box(0, MOST_LAYERS, "Hidden layers", "number of layers")
        self.layers = [(self._box(1, LARGEST_SIZE, f"Hidden layer {i}"), self._choice(ACTIVATIONS, f"Function {i}"))
                       for i in range(1, MOST_LAYERS + 1)]
        self.output, self.loss = self._choice(tuple(LOSSES), "Output"), self._choice((), "Loss")
        for (box, _), size in zip(self.layers, _WIDTHS, strict=True):
            box.show_number(size)
        self._names: dict[QWidget, QLabel] = {}
        self.refusal = QLabel()
        self.refusal.setProperty("voice", "wrong")
        self.refusal.setWordWrap(True)
        self.preview = Listing()
        self.preview.setAccessibleName("The program it makes")
        self._title = QLabel()
        strengthen(self._title)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.open_button = QPushButton("Open as a new problem")
        self.open_button.setDefault(True)
        self._buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self._open)
        self._buttons.rejected.connect(self.close)
        self._put_together()
        self._show_network()
        look.changed.connect(self._show_network)

    @property
    def network(self) -> Network:
        """What is chosen."""
        return self._network

    def come(self) -> None:
        """Come to the front, the keyboard in the first box."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.inputs.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_together(self) -> None:
        self._grid = QGridLayout()
        rows: list[tuple[str, tuple[QWidget, ...]]] = []
        rows += [("Inputs", (self.inputs,)), ("Hidden layers", (self.layer_count,))]
        rows += [(f"Layer {i}", layer) for i, layer in enumerate(self.layers, 1)]
        rows += [("Outputs", (self.outputs, self.output)), ("Loss", (self.loss,)), ("Samples", (self.samples,))]
        for row, (name, widgets) in enumerate(rows):
            label = QLabel(name)
            label.setProperty("voice", "second")
            self._grid.addWidget(label, row, 0)
            self._names[widgets[0]] = label
            for column, widget in enumerate(widgets, 1):
                only = len(widgets) == 1 and isinstance(widget, Choice)
                self._grid.addWidget(widget, row, column, 1, 2 if only else 1, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self.refusal, len(rows), 0, 1, 3)
        self._grid.setRowStretch(len(rows) + 1, 1)
        sheet = QWidget()
        sheet.setProperty("ground", "sheet")
        shown = QVBoxLayout(sheet)
        shown.addWidget(self._title)
        shown.addWidget(self.preview, 1)
        both = QHBoxLayout()
        both.addLayout(self._grid)
        both.addWidget(sheet, 1)
        whole = QVBoxLayout(self)
        whole.addLayout(both, 1)
        whole.addWidget(self._buttons)
        order = [widget for _, widgets in rows for widget in widgets]
        for before, after in pairwise([*order, self.preview, self.open_button]):
            self.setTabOrder(before, after)
        self._spaced = (self._grid, shown, both, whole)

    def _box(self, least: int, most: int, name: str, what: str = "size") -> SizeBox:
        box = SizeBox(least, most, what=what)
        box.setAccessibleName(name)
        box.edited.connect(self._choose)
        box.refused.connect(self._refuse)
        return box

    def _choice(self, options: tuple[str, ...], name: str) -> Choice:
        choice = Choice()
        choice.addItems(list(options))
        choice.setAccessibleName(name)
        choice.activated.connect(self._choose)
        return choice

    def _refuse(self, sentence: str) -> None:
        self.refusal.setText(sentence)

    def _choose(self) -> None:
        """Take what the boxes say; a loss that does not fit the output gives way to the usual one."""
        hidden = tuple(Layer(box.value(), choice.currentText())
                       for box, choice in self.layers[: self.layer_count.value()])
        output, loss = self.output.currentText(), self.loss.currentText()
        fitting = LOSSES[output]
        if output != self._network.output or loss not in fitting:
            loss = fitting[0]
        self._network = replace(self._network, inputs=self.inputs.value(), hidden=hidden, output=output, loss=loss,
                                outputs=self.outputs.value(), samples=self.samples.value())
        self._refuse("")
        self._show_network()

    def _show_network(self) -> None:
        """Bring boxes and preview to what is chosen, at this theme and zoom."""
        network, zoom = self._network, self._look.zoom
        for box, number in ((self.inputs, network.inputs), (self.outputs, network.outputs),
                            (self.samples, network.samples), (self.layer_count, len(network.hidden))):
            box.show_number(number)
            box.set_zoom(zoom)
        for i, (box, choice) in enumerate(self.layers):
            for widget in (box, choice, self._names[box]):
                widget.setVisible(i < len(network.hidden))
            if i < len(network.hidden):
                box.show_number(network.hidden[i].size)
                choice.setCurrentText(network.hidden[i].activation)
            box.set_zoom(zoom)
        self.output.setCurrentText(network.output)
        self.loss.clear()
        self.loss.addItems(list(LOSSES[network.output]))
        self.loss.setCurrentText(network.loss)
        for choice in (*(choice for _, choice in self.layers), self.output, self.loss):
            choice.set_zoom(zoom)
            choice.setMinimumWidth(choice.sizeHint().width())
        self._title.setText(network.title)
        self.preview.colour(partial(pieces, sizes=tuple(network.dims)))
        self.preview.show_text(network.text.rstrip("\n"), line_shapes(network.problem()), self._look.theme, zoom)
        self.preview.setMinimumSize(round(300 * zoom), round(LINE * zoom * (network.text.count("\n") + 1)))
        self._space(zoom)

    def _space(self, zoom: float) -> None:
        def px(size: float) -> int:
            return round(size * zoom)

        grid, shown, both, whole = self._spaced
        grid.setContentsMargins(px(16), px(12), px(16), px(12))
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(6))
        shown.setContentsMargins(0, px(10), 0, px(8))
        shown.setSpacing(px(6))
        both.setSpacing(px(6))
        whole.setContentsMargins(0, 0, 0, px(12))
        self._buttons.setContentsMargins(px(16), 0, px(16), 0)
        self._title.setContentsMargins(px(28), 0, 0, 0)

    def _open(self) -> None:
        if self._open_new(self._network.problem(seed=1)):
            self.close()
