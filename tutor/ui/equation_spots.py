"""What the cells of an equation of Jacobians stand for: from a spot to marks and words, and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np

from tutor.core.evaluate import Evaluation
from tutor.derive.step import Derivation
from tutor.derive.views import Factor
from tutor.figures.heatmap import Cell, HeatmapSpec, Marks
from tutor.figures.inspector import CellWords, inspect, inspect_factor, inspect_result
from tutor.figures.jacobians import RESULT, cell_sources
from tutor.ui.panel import Spot


@dataclass(frozen=True, eq=False)
class EquationSpots:
    """An equation as it is shown.

    Attributes:
        evaluation: Its numbers.
        derivation: Its symbols.
        chain: The factors, in order.
        items: The heatmaps, one a factor, and the result.
    """

    evaluation: Evaluation
    derivation: Derivation
    chain: tuple[Factor, ...]
    items: tuple[HeatmapSpec, ...]

    def marks(self, spot: Spot | None) -> dict[str, Marks]:
        """What a spot lights, by the heatmaps' keys."""
        marks: dict[str, Marks] = {}
        if spot is None:
            return marks
        place, result = self._place_of(spot), self._result_cell(spot)
        if result is not None:
            marks[RESULT] = Marks(True, frozenset({result}))
            last = self.items[-2]
            column = self._entry_of_result(*result)
            if last.computed is None:
                marks[last.key] = Marks(linked=frozenset((i, column) for i in range(last.shape[0])),
                                        columns=frozenset({column}))
        elif place is not None:
            factor = self.chain[place]
            marks[factor.key] = Marks(whole=True)
            if spot.entry is not None and spot.link == (factor.output, factor.source):
                self._mark_cell(marks, place, *spot.entry)
        elif spot.cells:
            for factor in self.chain:
                sources = cell_sources(self.evaluation, factor)
                cells = frozenset(at for cell in spot.cells for at in sources.get(cell, ()))
                if cells:
                    marks[factor.key] = Marks(False, cells, frozenset(), frozenset(r for r, _ in cells),
                                              frozenset(c for _, c in cells))
        return marks

    def _mark_cell(self, marks: dict[str, Marks], place: int, row: int, column: int) -> None:
        """A cell, the column it meets to its left and the row it meets to its right."""
        items = self.items
        marks[items[place].key] = Marks(True, frozenset({(row, column)}), frozenset(), frozenset({row}),
                                        frozenset({column}))
        if place > 0:
            height = items[place - 1].shape[0]
            marks[items[place - 1].key] = Marks(linked=frozenset((i, row) for i in range(height)),
                                                columns=frozenset({row}))
        if place + 1 < len(self.chain):
            width = items[place + 1].shape[1]
            marks[items[place + 1].key] = Marks(linked=frozenset((column, j) for j in range(width)),
                                                rows=frozenset({column}))

    def _place_of(self, spot: Spot) -> int | None:
        """Which factor a spot's link is, or is part of where links are joined."""
        for place, factor in enumerate(self.chain):
            names = (factor.output, *factor.through, factor.source)
            if spot.link in ((factor.output, factor.source), *pairwise(names)):
                return place
        return None

    def explain(self, spot: Spot | None) -> CellWords | None:
        """What is to be said of a spot: of a cell, of a whole factor, of an entry of the result."""
        if spot is None:
            return None
        if spot.link is None:
            at = self._result_cell(spot)
            return None if at is None else self._explain_result(*at)
        place = self._place_of(spot)
        if place is None:
            return None
        factor, item = self.chain[place], self.items[place]
        if spot.entry is None or (factor.output, factor.source) != spot.link:
            return inspect_factor(self.evaluation, self.derivation, factor)
        row, column = spot.entry
        if item.computed is not None or row >= item.shape[0] or column >= item.shape[1]:
            return None
        return inspect(self.evaluation, self.derivation, factor, row, column, float(item.values[row, column]))

    def _explain_result(self, row: int, column: int) -> CellWords | None:
        derivation = self.derivation
        *before, last, result = self.items
        value, entry = float(result.values[row, column]), self._entry_of_result(row, column)
        output = row if derivation.ends_in_matrix else 0
        if not before:
            return inspect(self.evaluation, derivation, self.chain[-1], output, entry, value)
        terms: list[tuple[float, float]] = []
        if all(item.computed is None for item in (*before, last)):
            arriving = reduce(np.matmul, [item.values for item in before])[output]
            terms = list(zip(arriving.tolist(), last.values[:, entry].tolist(), strict=True))
        place, of = (divmod(at, self.evaluation.values[name].shape[1])
                     for at, name in ((entry, derivation.wrt), (output, derivation.program.output.name)))
        return inspect_result(self.evaluation, derivation, self.chain[-1], place, value, terms, of)

    def _result_cell(self, spot: Spot) -> Cell | None:
        """The cell of the result that a spot speaks of."""
        result = self.items[-1]
        if result.computed is not None or spot.link is not None or spot.entry is None:
            return None
        if spot.name != self.derivation.wrt:
            return None
        if self.derivation.ends_in_matrix:
            return spot.entry if all(at < size for at, size in zip(spot.entry, result.shape, strict=True)) else None
        if spot.entry[1] >= result.values.size:
            return None
        row, column = divmod(spot.entry[1], result.shape[1])
        return row, column

    def _entry_of_result(self, row: int, column: int) -> int:
        """Which entry of the variable a cell of the result is, along vec; of a Jacobian, which its column is."""
        return column if self.derivation.ends_in_matrix else row * self.items[-1].shape[1] + column

    def of_cell(self, key: str, row: int, column: int) -> Spot:
        """The spot of a cell of a heatmap."""
        item = next(i for i in self.items if i.key == key)
        if key == RESULT:
            wrt = self.derivation.wrt
            if item.computed is not None:
                return Spot(name=wrt)
            entry = self._entry_of_result(row, column)
            declared = self.evaluation.program.declaration(wrt) is not None
            place = divmod(entry, self.evaluation.values[wrt].shape[1])
            output = row if self.derivation.ends_in_matrix else 0
            return Spot(name=wrt, entry=(output, entry), cells=((wrt, *place),) if declared else ())
        factor = next(f for f in self.chain if f.key == key)
        if item.computed is not None:  # too large to draw: there is only the matrix to speak of
            return Spot((factor.output, factor.source))
        value = float(item.values[row, column])
        words = inspect(self.evaluation, self.derivation, factor, row, column, value)
        return Spot((factor.output, factor.source), (row, column), cells=words.cells)

    def of_matrix(self, key: str) -> Spot | None:
        """The spot of a whole factor; the result has none."""
        factor = next((f for f in self.chain if f.key == key), None)
        return None if factor is None else Spot((factor.output, factor.source))
