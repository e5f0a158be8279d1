"""One declared variable: its table, and what its numbers were promised to be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tutor.core.errors import UnusableNumbersError
from tutor.core.layout import Array
from tutor.core.numbers import next_seed
from tutor.core.problem import BrokenPromise, Problem
from tutor.core.program import FACT_WORDS
from tutor.figures.axes import axis_entry_names, axis_names
from tutor.figures.cells import spoken
from tutor.figures.heatmap import Cell, HeatmapSpec, Marks
from tutor.figures.lettering import Typeset
from tutor.figures.places import CellSize
from tutor.figures.verdict import place_text
from tutor.language.names import name_typst
from tutor.ui.panel import Spot, View
from tutor.ui.table_fills import Fill, filled
from tutor.ui.table_menu import Asked, Doings, table_menu
from tutor.ui.widgets.matrix_table import MatrixTable


class VariableTable(QWidget):
    """The numbers of a variable, and under them the promises they break.

    Signals:
        numbers_edited (str, array, int): Name, new numbers, gesture.
        filled (str, array, str): Name, new numbers, and what was done to it, as it stands after "Undo".
        reset_wanted (str): Draw it from the problem's seed again; of an empty name, every variable.
        promise_dropped (str, str): Name and fact.
        pointed (Spot | None): A cell is looked at, or none.
    """

    numbers_edited = Signal(str, object, int)
    filled = Signal(str, object, str)
    reset_wanted = Signal(str)
    promise_dropped = Signal(str, str)
    pointed = Signal(object)

    def __init__(self, typeset: Typeset, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem: Problem | None = None
        self._name = ""
        self.table = MatrixTable(typeset)
        self.table.edited.connect(self._edited)
        self.table.cell_hovered.connect(self._point)
        self.table.cell_left.connect(partial(self.pointed.emit, None))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._offer_fills)
        self.table.name_clicked.connect(self._offer_fills)
        self._drawn_seed: tuple[int, int] | None = None
        self.table.refused.connect(self._refuse)
        self.table.editor.left.connect(partial(self._refuse, ""))
        self.table.editor.textEdited.connect(self._retype)
        self._refusal = QLabel()
        self._refusal.setProperty("voice", "wrong")
        self._refusal.setWordWrap(True)
        self._refusal.hide()
        self._promises: list[_Promise] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.table, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._refusal)

    @property
    def broken(self) -> tuple[str, ...]:
        """What is said of broken promises."""
        return tuple(promise.sentence for promise in self._promises)

    @property
    def refusal(self) -> str:
        """Why something typed or pasted was not taken; nothing from the next edit on."""
        return "" if self._refusal.isHidden() else self._refusal.text()

    def show_variable(self, view: View, spec: HeatmapSpec) -> None:
        """Show the numbers of a variable."""
        name = spec.key
        if name != self._name or self._problem is None or view.problem.numbers[name] is not self._problem.numbers[name]:
            self._refuse("")
        self._problem, self._name = view.problem, name
        self.table.set_theme(view.theme)
        self.table.set_zoom(view.zoom)
        self.table.set_spec(spec)
        broken = [promise for promise in view.problem.broken if promise.name == name]
        self.table.set_faults({cell: promise.sentence for promise in broken for cell in promise.cells})
        self._refusal.setContentsMargins(view.px(4), view.px(2), view.px(8), 0)
        self._show_broken(broken, view.zoom)

    def abandon(self) -> None:
        """Forget what is being typed: the variable is gone."""
        self.table.editor.cancel()

    def set_cell(self, cell: CellSize) -> None:
        """Take another pitch of cells."""
        self.table.set_cell(cell)

    def mark(self, cells: Sequence[Cell], whole: bool, kept: bool = False) -> None:
        """Mark cells and their names, or the variable itself; ``kept`` if a click keeps them marked."""
        found = frozenset(cells)
        self.table.set_highlight(
            Marks(whole, found, frozenset(), frozenset(i for i, _ in found), frozenset(j for _, j in found)), kept
        )

    def _show_broken(self, broken: Sequence[BrokenPromise], zoom: float) -> None:
        if [promise.broken for promise in self._promises] != list(broken):
            for old in self._promises:
                self._column.removeWidget(old)
                old.hide()
                old.deleteLater()
            self._promises = []
            for promise in broken:
                line = _Promise(promise)
                line.button.clicked.connect(partial(self.promise_dropped.emit, promise.name, promise.fact))
                self._column.addWidget(line)
                self._promises.append(line)
        for line in self._promises:
            line.setContentsMargins(round(4 * zoom), 0, round(8 * zoom), 0)

    def _refuse(self, sentence: str) -> None:
        """Say under the table why the numbers stay as they are."""
        if sentence != self.refusal:
            self._refusal.setText(sentence)
            self._refusal.setVisible(bool(sentence))

    def _retype(self, _text: str) -> None:
        self._refuse("")

    def _edited(self, numbers: Array, gesture: int) -> None:
        self._refuse("")
        self.numbers_edited.emit(self._name, numbers, gesture)

    def _point(self, row: int, column: int) -> None:
        self.pointed.emit(Spot(cells=((self._name, row, column),)))

    def _offer_fills(self, at: QPoint) -> None:
        problem, table = self._problem, self.table
        if problem is None:
            return
        several = not table.selection.single
        top, left, bottom, right = table.selection.block
        shape = (bottom - top + 1, right - left + 1) if several else problem.shape(self._name)
        asked = Asked(self._name, len(table.selected_cells) if several else 0, shape, problem.seed, self._next_seed)
        doings = Doings(self.fill, table.scale, table.open_factor, table.copy, table.paste,
                        partial(self.reset_wanted.emit, self._name), partial(self.reset_wanted.emit, ""))
        table_menu(asked, doings, self).popup(table.mapToGlobal(at))

    @property
    def _next_seed(self) -> int:
        """What new random numbers are drawn from: the seed after the one they were last drawn from."""
        seed = 0 if self._problem is None else self._problem.seed
        of, drawn = self._drawn_seed or (seed, seed)
        return next_seed(drawn if of == seed else seed)

    def fill(self, fill: Fill) -> None:
        """Draw the chosen block anew, or the whole variable where no more than a cell is chosen."""
        problem, seed = self._problem, self._next_seed
        if problem is None:
            return
        block = None if self.table.selection.single else self.table.selection.block
        try:
            numbers = filled(problem, self._name, fill, seed, block)
        except UnusableNumbersError:
            return  # the menu offers only what fits
        done = f"fill {self._name} with {fill.done}"
        if not fill.kind:
            self._drawn_seed, done = (problem.seed, seed), f"{done}, seed {seed}"
        self.filled.emit(self._name, numbers, done)


class _Promise(QWidget):
    """A broken promise: the sentence, and the offer to drop it."""

    def __init__(self, broken: BrokenPromise) -> None:
        super().__init__()
        self.broken = broken
        self.sentence = f"{broken.sentence} {broken.name} is declared {FACT_WORDS[broken.fact]}."
        words = QLabel(self.sentence)
        words.setProperty("voice", "wrong")
        words.setWordWrap(True)
        self.button = QPushButton("Drop the promise")
        self.button.setProperty("voice", "link")
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.setToolTip("The derivation then does without it")
        column = QVBoxLayout(self)
        column.setSpacing(2)
        column.addWidget(words)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        column.addLayout(row)


def table_spec(view: View, name: str) -> HeatmapSpec:
    """A declared variable as a table: rows and columns of a matrix carry what they stand for."""
    values = view.evaluation.values[name]
    vector = 1 in values.shape
    rows, columns = ((), ()) if vector else axis_entry_names(view.evaluation.program, name)
    shape = (values.shape[0], values.shape[1])

    def words(row: int, column: int) -> str:
        names = axis_names(view.evaluation.program, name)
        stands = [f"{what} {vector}[{at + 1}]" for what, vector, at in zip(("row", "column"), names, (row, column),
                                                                         strict=True) if vector]
        return ", ".join([place_text(name, (row, column), shape), *stands, spoken(float(values[row, column]))])

    return HeatmapSpec(
        name, values, rows, columns, name_typst(name), scale=view.scale,
        description=f"Numbers of {name}, {_counted(shape[0], 'row')}, {_counted(shape[1], 'column')}", describe=words,
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
