"""An equation of Jacobians as it is drawn, and what is said of its cells at usual numbers."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from tutor.core.evaluate import Evaluation, evaluate
from tutor.derive import Derivation
from tutor.derive.conventions import Convention
from tutor.derive.views import factors
from tutor.figures.heatmap import EquationSpec
from tutor.figures.inspector import CellWords
from tutor.figures.jacobians import equation
from tutor.figures.products import READINGS
from tutor.figures.turned import Written, written_as
from tutor.ui.equation_spots import EquationSpots

_USUAL_SEED: Final = 1


class Asked(NamedTuple):
    """What an equation is drawn from.

    Attributes:
        evaluation: The numbers.
        derivation: The symbols.
        path: Which of its paths.
        joined: Whether links that the derivation writes as one are one.
        scale: The end of the colour scale.
        reading: What is multiplied, as a place in :data:`READINGS`.
        own_scales: Whether each matrix has a colour scale of its own.
        convention: Whether vectors are rows or columns, and which layout the derivative has.
    """

    evaluation: Evaluation
    derivation: Derivation
    path: int
    joined: bool
    scale: float
    reading: int
    own_scales: bool
    convention: Convention = Convention()

    @property
    def frame(self) -> tuple[object, ...]:
        """All but numbers and colours: where it stays the same, as much is said of a usual cell."""
        problem = self.evaluation.problem
        return (self.derivation, tuple(problem.dims.items()), tuple(problem.kinds.items()), self.path, self.joined,
                self.reading, self.convention)

    @property
    def written(self) -> Written:
        """How it is written."""
        return written_as(self.derivation, self.convention, self.evaluation.problem)

    @property
    def drawn(self) -> tuple[EquationSpec, EquationSpots]:
        """The equation, and what its cells stand for."""
        path, reading = self.derivation.paths[self.path], READINGS[self.reading]
        spec = equation(self.evaluation, self.derivation, path, self.joined, self.scale, reading, self.own_scales)
        chain = factors(self.derivation, path, self.joined)
        written = self.written
        turned = frozenset(item.key for item in spec.items if written.turns(item))
        spots = EquationSpots(self.evaluation, self.derivation, chain, tuple(spec.items), reading, turned)
        return written.equation(spec, chain, reading), spots

    def usual_words(self) -> tuple[CellWords, ...]:
        """What is said of two cells of each matrix, the largest and the least: the others need no more room.

        At numbers of a usual size, whatever the numbers are: the room for words must not depend on what was typed.
        """
        usual = self._replace(evaluation=evaluate(self.evaluation.problem.with_seed(_USUAL_SEED)))
        spec, spots = usual.drawn
        found: list[CellWords | None] = []
        for item in spec.items:
            if item.computed is None:
                sizes = np.abs(np.nan_to_num(item.values))
                for at in dict.fromkeys((int(sizes.argmax()), int(sizes.argmin()))):
                    found.append(spots.explain(spots.of_cell(item.key, *divmod(at, item.shape[1]))))
        return tuple(words for words in found if words is not None)


class Drawn(NamedTuple):
    """An equation, what its cells stand for, and in some width how high is what is said of them.

    Attributes:
        asked: What it is drawn from.
        spec: The equation.
        spots: What its cells stand for.
        width: A width, in px at 100 % zoom.
        needs: The heights of words in it, as ``InspectorView.needs`` has them.
    """

    asked: Asked
    spec: EquationSpec
    spots: EquationSpots
    width: float = 0.0
    needs: tuple[float, ...] = ()
