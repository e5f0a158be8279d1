"""What the cells of an equation of Jacobians stand for: from a spot to marks and words, and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from tutor.core.evaluate import Evaluation
from tutor.derive.step import Derivation
from tutor.derive.views import Factor
from tutor.figures.heatmap import Cell, HeatmapSpec, Marks
from tutor.figures.inspector import CellWords, inspect, inspect_factor, inspect_result, with_measured
from tutor.figures.jacobians import RESULT, cell_sources, factor_numbers
from tutor.figures.products import Picture, Reading, multiplied, pictures, result_parts
from tutor.figures.turned import turned_marks
from tutor.ui.panel import Spot


@dataclass(frozen=True, eq=False)
class EquationSpots:
    """An equation as it is shown.

    Attributes:
        evaluation: Its numbers.
        derivation: Its symbols.
        chain: The factors, in order.
        items: The heatmaps, and the result, in the order and shape of the chain.
        reading: Whether the heatmaps are the factors, or their products from one end to the other.
        turned: The keys of those that are shown transposed.
    """

    evaluation: Evaluation
    derivation: Derivation
    chain: tuple[Factor, ...]
    items: tuple[HeatmapSpec, ...]
    reading: Reading = "local"
    turned: frozenset[str] = frozenset()

    @cached_property
    def pictures(self) -> tuple[Picture, ...]:
        """What the heatmaps are, the result left out."""
        return pictures(self.chain, self.reading)

    def marks(self, spot: Spot | None) -> dict[str, Marks]:
        """What a spot lights, by the heatmaps' keys."""
        return turned_marks(self._marks(spot), self.turned)

    def _marks(self, spot: Spot | None) -> dict[str, Marks]:
        marks: dict[str, Marks] = {}
        if spot is None:
            return marks
        place, result = self._place_of(spot), self._result_cell(spot)
        if result is not None:
            marks[RESULT] = Marks(True, frozenset({result}))
            self._mark_met(marks, len(self.items) - 1, result[0] if self.derivation.ends_in_matrix else 0,
                           self._entry_of_result(*result))
        elif place is not None:
            picture = self.pictures[place]
            marks[picture.factor.key] = Marks(whole=True)
            at = self._cell_of(spot, place)
            if at is not None:
                self._mark_cell(marks, place, *at)
        elif spot.link is not None and self._is_on_the_way(spot.link):
            marks[RESULT] = Marks(whole=True)
        elif spot.cells:
            for picture in self.pictures:
                sources = cell_sources(self.evaluation, picture.factor)
                cells = frozenset(at for cell in spot.cells for at in sources.get(cell, ()))
                if cells:
                    marks[picture.factor.key] = Marks(False, cells, frozenset(), frozenset(r for r, _ in cells),
                                                      frozenset(c for _, c in cells))
        return marks

    def _mark_cell(self, marks: dict[str, Marks], place: int, row: int, column: int) -> None:
        """A cell, and what it meets in its neighbours."""
        marks[self.items[place].key] = Marks(True, frozenset({(row, column)}), frozenset(), frozenset({row}),
                                             frozenset({column}))
        if self.reading != "local":
            self._mark_met(marks, place, row, column)
            return
        if place > 0:
            self._mark_column(marks, place - 1, row)
        if place + 1 < len(self.chain):
            self._mark_row(marks, place + 1, column)

    def _mark_met(self, marks: dict[str, Marks], place: int, row: int, column: int) -> None:
        """What the matrix before gives to a cell: of products from the left its row, else its column."""
        if place == 0 or self.items[place - 1].computed is not None:
            return
        if self.reading == "left":
            self._mark_row(marks, place - 1, row)
        else:
            self._mark_column(marks, place - 1, column)

    def _mark_column(self, marks: dict[str, Marks], place: int, column: int) -> None:
        height = self.items[place].shape[0]
        marks[self.items[place].key] = Marks(linked=frozenset((i, column) for i in range(height)),
                                             columns=frozenset({column}))

    def _mark_row(self, marks: dict[str, Marks], place: int, row: int) -> None:
        width = self.items[place].shape[1]
        marks[self.items[place].key] = Marks(linked=frozenset((row, j) for j in range(width)), rows=frozenset({row}))

    def _place_of(self, spot: Spot) -> int | None:
        """Which picture a spot is about: one with its ends, else the first that its link is a part of."""
        about = None
        for place, picture in enumerate(self.pictures):
            factor = picture.factor
            if self._is_slope(picture, spot) or spot.link == (factor.output, factor.source):
                return place
            if about is None and spot.link in [*pairwise((factor.output, *factor.through, factor.source))]:
                about = place
        return about

    def _is_slope(self, picture: Picture, spot: Spot) -> bool:
        """Whether a spot is about the output's slope by a name, and a product from the left is that slope."""
        return (spot.link is None and spot.name == picture.factor.source and picture.parts is not None
                and self.reading == "left")

    def _cell_of(self, spot: Spot, place: int) -> Cell | None:
        """The cell of a picture that a spot speaks of."""
        picture, (rows, columns) = self.pictures[place], self.items[place].shape
        ours = self._is_slope(picture, spot) or spot.link == (picture.factor.output, picture.factor.source)
        if spot.entry is None or not ours or self.items[place].computed is not None:
            return None
        return spot.entry if spot.entry[0] < rows and spot.entry[1] < columns else None

    def _is_on_the_way(self, link: tuple[str, str]) -> bool:
        """Whether a link is part of the chain, and so of what all of it gives."""
        names = [self.chain[0].output, *(name for factor in self.chain for name in (*factor.through, factor.source))]
        return link in [*pairwise(names)]

    def explain(self, spot: Spot | None) -> CellWords | None:
        """What is to be said of a spot: of a cell, of a whole factor, of an entry of the result."""
        if spot is None:
            return None
        at = self._result_cell(spot)
        if at is not None:
            return self._explain_result(*at)
        place = self._place_of(spot)
        if place is None:
            return None
        picture, item = self.pictures[place], self.items[place]
        about = spot.entry is not None and (self._is_slope(picture, spot)
                                            or spot.link == (picture.factor.output, picture.factor.source))
        if not about:
            return inspect_factor(self.evaluation, self.derivation, picture.factor, picture.parts)
        cell = self._cell_of(spot, place)
        if cell is None:
            return None
        value = float(item.values[cell])
        words = (inspect(self.evaluation, self.derivation, picture.factor, *cell, value) if picture.parts is None
                 else self._explain_product(picture.parts, *cell, value))
        return with_measured(words, self.evaluation, picture.factor, *cell)

    def _explain_product(self, parts: tuple[Factor, Factor], row: int, column: int, value: float) -> CellWords:
        """The words for an entry of a product: a row of the one times a column of the other."""
        left, right = (factor_numbers(self.evaluation, part) for part in parts)
        terms: list[tuple[float, float]] = []
        if left is not None and right is not None:
            terms = list(zip(left[row].tolist(), right[:, column].tolist(), strict=True))
        names = parts[0].output, parts[0].source, parts[1].source
        of, place = (divmod(at, self.evaluation.values[name].shape[1])
                     for at, name in ((row, names[0]), (column, names[2])))
        return inspect_result(self.evaluation, self.derivation, names, place, value, terms, of)

    def _explain_result(self, row: int, column: int) -> CellWords:
        value, entry = float(self.items[-1].values[row, column]), self._entry_of_result(row, column)
        output = row if self.derivation.ends_in_matrix else 0
        parts = result_parts(self.chain, self.reading)
        if parts is None:
            words = inspect(self.evaluation, self.derivation, self.chain[0], output, entry, value)
            return with_measured(words, self.evaluation, self.chain[0], output, entry)
        words = self._explain_product(parts, output, entry, value)
        return with_measured(words, self.evaluation, multiplied(*parts), output, entry)

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
        row, column = (column, row) if key in self.turned else (row, column)
        if key == RESULT:
            wrt = self.derivation.wrt
            if item.computed is not None:
                return Spot(name=wrt)
            entry = self._entry_of_result(row, column)
            declared = self.evaluation.program.declaration(wrt) is not None
            place = divmod(entry, self.evaluation.values[wrt].shape[1])
            output = row if self.derivation.ends_in_matrix else 0
            return Spot(name=wrt, entry=(output, entry), cells=((wrt, *place),) if declared else ())
        picture = next(picture for picture in self.pictures if picture.factor.key == key)
        factor = picture.factor
        if item.computed is not None:  # too large to draw: there is only the matrix to speak of
            return self._of_picture(picture)
        if picture.parts is not None:
            return self._of_picture(picture)._replace(entry=(row, column))
        value = float(item.values[row, column])
        words = inspect(self.evaluation, self.derivation, factor, row, column, value)
        return Spot((factor.output, factor.source), (row, column), cells=words.cells)

    def of_matrix(self, key: str) -> Spot | None:
        """The spot of a whole picture; the result has none."""
        picture = next((picture for picture in self.pictures if picture.factor.key == key), None)
        return None if picture is None else self._of_picture(picture)

    def _of_picture(self, picture: Picture) -> Spot:
        """A product from the left is what comes back to a name; all else goes from one name to another."""
        if picture.parts is not None and self.reading == "left":
            return Spot(name=picture.factor.source)
        return Spot((picture.factor.output, picture.factor.source))
