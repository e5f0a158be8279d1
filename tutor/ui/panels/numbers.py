"""Sizes and numbers: everything a person can turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from tutor.core.errors import TutorError
from tutor.core.layout import Array
from tutor.core.numbers import LARGEST_SEED, next_seed
from tutor.core.problem import Problem
from tutor.figures.lettering import letter_matrices
from tutor.figures.palette import Theme
from tutor.figures.places import TABLE, TABLE_SMALL
from tutor.language.names import name_typst
from tutor.typeset import Typesetter
from tutor.ui.icons import icon
from tutor.ui.limits import LARGEST_SIZE, showable
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.variable_table import VariableTable, table_spec
from tutor.ui.widgets.size_box import SizeBox
from tutor.ui.widgets.size_row import NamedSize, SizeRow
from tutor.ui.widgets.table_painter import NAMES_WIDTH

_LEAST_CELL: Final = 36.0
"""A cell this wide holds −0.88."""


class NumbersPanel(Panel):
    """A box for each size, a table for each declared variable, in the order of the program."""

    key = "numbers"
    title = "Numbers"
    area = Area.LEFT

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, parent)
        self._seed_name = QLabel("seed", self)
        self._seed_name.setProperty("voice", "caption")
        self.seed = SizeBox(0, LARGEST_SEED, digits=4, what="seed", parent=self)
        self.seed.setAccessibleName("Seed of the random numbers")
        self.seed.setToolTip("The numbers that are not set by hand are drawn from this seed")
        self.seed.edited.connect(self._reseed)
        self.seed.refused.connect(self._refuse)
        self._redraw = QToolButton(self)
        self._redraw.setToolTip("Draw new numbers: take the next seed (Ctrl+R)")
        self._redraw.setAccessibleName("Draw new numbers")
        self._redraw.clicked.connect(self._draw_new)
        self.sizes = SizeRow(1, LARGEST_SIZE)
        self.sizes.edited.connect(self._resize)
        self.sizes.refused.connect(self._refuse)
        self._refusal = QLabel()
        self._refusal.setProperty("voice", "wrong")
        self._refusal.setWordWrap(True)
        self._refusal.hide()
        self._refused_of: Problem | None = None
        self._tables: dict[str, VariableTable] = {}
        self._look: tuple[Theme, float, float] | None = None
        self._sheet = QWidget()
        self._sheet.setProperty("ground", "sheet")
        self._stack = QVBoxLayout()
        everything = QVBoxLayout(self._sheet)
        everything.setContentsMargins(0, 0, 0, 0)
        everything.setSpacing(0)
        everything.addLayout(self._stack)
        everything.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setProperty("ground", "sheet")
        self._scroll.setWidget(self._sheet)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for widget in (self.sizes, self._refusal):
            self._column.addWidget(widget)
        self._column.addWidget(self._scroll, 1)

    @property
    def refusal(self) -> str:
        """What is said of sizes or a seed that cannot be had; nothing while all is well."""
        return "" if self._refusal.isHidden() else self._refusal.text()

    def table(self, name: str) -> VariableTable:
        """The table of a declared variable."""
        return self._tables[name]

    def note(self) -> str:
        """How to change them."""
        return "drag a cell"

    def options(self) -> Sequence[QWidget]:
        """The seed."""
        return (self._seed_name, self.seed, self._redraw)

    def draw(self, view: View) -> None:
        """Bring sizes, seed and tables up to date."""
        problem = view.problem
        self.seed.set_zoom(view.zoom)
        self.seed.show_number(problem.seed)
        self._dress(view)
        if problem is not self._refused_of:
            self._refuse("")
        names = problem.program.dimensions
        formulas = self.typeset([name_typst(name) for name in names], 15.0)
        self.sizes.show_sizes(
            [NamedSize(n, f, problem.dims[n]) for n, f in zip(names, formulas, strict=True)], view.zoom
        )
        declared = [d.name for d in problem.program.declarations]
        if declared != list(self._tables):
            self._build(declared)
        specs = [table_spec(view, name) for name in declared]
        letter_matrices(specs, self.typeset)  # all names at once; the tables then find them typeset
        for spec in specs:
            self._tables[spec.key].show_variable(view, spec)
        self._fit()

    def first_stop(self) -> QWidget | None:
        """The numbers, which are more often wanted than the sizes above them."""
        return next((table.table for table in self._tables.values()), None)

    def mark(self, spot: Spot | None) -> None:
        """Mark the numbers a spot comes from."""
        for name, table in self._tables.items():
            cells = [(i, j) for n, i, j in spot.cells if n == name] if spot is not None else []
            table.mark(cells, whole=spot is not None and spot.name == name, kept=self.is_kept)

    def _dress(self, view: View) -> None:
        look = view.theme, view.zoom, view.ratio
        if look != self._look:
            self._look = look
            self._redraw.setIcon(icon("redraw", view.theme, view.zoom, view.ratio))
            self._redraw.setIconSize(QSize(view.px(16), view.px(16)))
            self._redraw.setFixedSize(view.px(26), view.px(26))
            self.sizes.setContentsMargins(view.px(12), view.px(2), view.px(8), view.px(6))
            self._refusal.setContentsMargins(view.px(16), 0, view.px(8), view.px(6))
            self._stack.setSpacing(view.px(6))

    def _build(self, names: Sequence[str]) -> None:
        for old in self._tables.values():
            old.abandon()
            self._stack.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._tables = {}
        for place, name in enumerate(names):
            table = VariableTable(self.typeset)
            table.numbers_edited.connect(self._change)
            table.filled.connect(self._fill)
            table.reset_wanted.connect(self._reset)
            table.promise_dropped.connect(self._drop)
            table.pointed.connect(self.pointed)
            self._tables[name] = table
            self._stack.insertWidget(place, table)

    def _fit(self) -> None:
        """Large cells where every table fits beside the scroll bar, else smaller ones that still hold a number."""
        view = self.view
        if view is None:
            return
        # Those that are shown: a panel that was hidden is resized before it is drawn.
        columns = max((table.table.spec.shape[1] for table in self._tables.values()), default=0)
        room = self._scroll.viewport().width() / view.zoom - NAMES_WIDTH
        large = columns * TABLE.width <= room - 16
        small = min(TABLE_SMALL.width, max(_LEAST_CELL, (room - 12) // max(1, columns)))
        cell = TABLE if large else TABLE_SMALL._replace(width=small)
        self._stack.setContentsMargins(view.px(16 if large else 12), view.px(2), 0, view.px(8))
        for table in self._tables.values():
            table.set_cell(cell)
        fits = columns * cell.width <= room - 12
        bar = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self._scroll.setHorizontalScrollBarPolicy(bar)

    def _edit(
        self, text: str, change: Callable[[Problem], Problem], gesture: int | None = None, of: str | None = None
    ) -> None:
        """Tell of an edit, or say in place why it cannot be had.

        Args:
            text: What was done.
            change: What it makes of the problem.
            gesture: The movement of the hand it belongs to.
            of: The variable or the size it is about. Where the problem has none of that name the edit came too late,
                from a control of the problem before, and is dropped.
        """
        if self.view is None or not (of is None or of in self.view.problem.numbers or of in self.view.problem.dims):
            return
        try:
            changed = change(self.view.problem)
        except TutorError as error:
            self._draw_now()
            self._refuse(error.sentence)
        else:
            self.edited.emit(text, changed, gesture)

    def _refuse(self, sentence: str) -> None:
        """Say under the sizes what cannot be had, until something else is typed or the problem is another."""
        self._refused_of = self.view.problem if sentence and self.view is not None else None
        if sentence != self.refusal:
            self._refusal.setText(sentence)
            self._refusal.setVisible(bool(sentence))

    def _resize(self, name: str, number: int, gesture: int) -> None:
        self._edit(f"change {name}", lambda p: showable(p.with_dims({**p.dims, name: number})), gesture, of=name)

    def _reseed(self, seed: int, gesture: int) -> None:
        self._edit("change the seed", lambda p: p.with_seed(seed), gesture)

    def _draw_new(self) -> None:
        self._edit("draw new numbers", lambda p: p.with_seed(next_seed(p.seed)))

    def _change(self, name: str, numbers: Array, gesture: int) -> None:
        self._edit(f"change {name}", lambda p: p.with_numbers(name, numbers), gesture or None, of=name)

    def _fill(self, name: str, numbers: Array, done: str) -> None:
        self._edit(done, lambda p: p.with_numbers(name, numbers), of=name)

    def _reset(self, name: str) -> None:
        if name:
            self._edit(f"reset {name}", lambda p: p.with_numbers(name, p.drawn_numbers(name)), of=name)
        else:
            self._edit("reset all numbers", lambda p: p.with_seed(p.seed))

    def _drop(self, name: str, fact: str) -> None:
        self._edit(f"drop the promise on {name}", lambda p: p.without_fact(name, fact), of=name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
