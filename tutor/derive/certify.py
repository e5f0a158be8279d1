"""Certificates: every step's two sides at fresh random numbers of generic sizes.

The numbers of a cotangent come from the operations' declared Jacobians, multiplied link by link, and not from their
adjoints; and they in turn must agree with differences of the output in random directions. So a step is checked against
something it was not made from, and a rule that is wrong in both its declarations is found out too. Where declared
sizes are too large for that, cotangents are pulled back, and the differences alone vouch for them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Final

import numpy as np

from tutor.core.declared import declared_jacobian
from tutor.core.errors import TutorError
from tutor.core.evaluate import Evaluation, evaluate, link_cotangent, pull_back
from tutor.core.expression import Expression
from tutor.core.layout import SCALAR, Array, numeric_shape
from tutor.core.numbers import default_kind
from tutor.core.operation import Operation
from tutor.core.problem import Problem
from tutor.core.program import Program, cotangent_name
from tutor.derive.arriving import declared_jacobians, pulled_back
from tutor.derive.heights import heights, largest
from tutor.derive.row_times import row_times
from tutor.derive.shaking import SHAKE, Shaken, shaken
from tutor.derive.step import Certificate
from tutor.derive.values import Values
from tutor.derive.vouching import FLOOR, agrees

SIZES: Final = (4, 3, 2, 5, 6, 7, 8, 9)
"""Generic sizes: pairwise different, so that no product fits by accident."""

SMALL: Final = 400
"""Entries up to which declared Jacobians are multiplied out; larger declared sizes are pulled back instead."""

DEGENERATE: Final = frozenset({"zeros", "ones", "eye", "onehot", "simplex", "binary", "pm1"})
"""Ways to draw numbers that are too special to tell a wrong formula from a right one."""

ASYMMETRIC: Final[Mapping[str, str]] = {"sym": "normal", "spd": "spd_nonsym"}
"""How to draw instead of a matrix that happens to be symmetric where nothing promises that it is."""

ROUNDING: Final = 1e-14
"""What rounding leaves of large numbers that cancel, as a share of the largest: some units in the last place."""

_SHAKES: Final = 4
_TINY: Final = float(np.finfo(np.float64).tiny)
_SEEDS: Final = (20, 21, 22)
_MORE_SEEDS: Final = tuple(range(23, 32))
"""Where rows have to choose, of which some are to choose alike."""


class Draw:
    """One draw of numbers for a program, with the value and the cotangent of every name.

    Where the program ends in a matrix, what arrives at it is drawn too.

    Attributes:
        sizes: The number each named size got.
        seed: What the numbers were drawn from.
        arrays: Every name and every cotangent's name -> array.
        trusted: The names whose cotangent agrees with differences of the output.
        values: The values of formulas in these names.
    """

    def __init__(self, program: Program, kinds: Mapping[str, str]) -> None:
        self.program = program
        self.sizes = {name: SIZES[i] if i < len(SIZES) else SIZES[-1] + i - len(SIZES) + 1
                      for i, name in enumerate(program.dimensions)}
        self.seed = 0
        self.arrays: dict[str, Array] = {}
        self.trusted: frozenset[str] = frozenset()
        self.values = Values(self.arrays, self.sizes)
        self._take(kinds)

    def certificate(self, before: Expression, after: Expression) -> Certificate:
        """How far apart two formulas are."""
        (one, height), (other, other_height) = map(self._valued, (before, after))
        return self.compared(one, other, ROUNDING * max(height, other_height))

    def against(self, name: str, formula: Expression) -> Certificate:
        """How far a formula is from the cotangent of a name."""
        return self._certified("", name, formula, self.arrays[cotangent_name(name)] if name in self.trusted else None)

    def compared_with(self, name: str, one: Array | None, other: Array | None, share: float = 1.0) -> Certificate:
        """How far apart two arrays are that give the cotangent of a name, beyond what rounding may leave of it.

        Args:
            name: The name.
            one: An array.
            other: The same, made in another way.
            share: How many times as large as the cotangent they are.
        """
        back = share * self._noise.get(name, 0.0)
        found = self.compared(one, other, back)
        # Seldom is it less than what rounding does to the values of the program itself, which takes long to find out.
        return found if found.holds else self.compared(one, other, back + share * self._forward_noise("", name))

    def compared(self, one: Array | None, other: Array | None, rounding: float | None = None) -> Certificate:
        """How far apart two arrays are, beyond rounding; None stands for one that could not be computed.

        Args:
            one: An array.
            other: The same, made in another way.
            rounding: What rounding may leave between them; where it is not known, :data:`FLOOR` stands for it.
        """
        residual = float("inf")
        if one is not None and other is not None and one.shape == other.shape:
            with np.errstate(all="ignore"):
                apart = _size(one - other)
                scale = max(_size(one), _size(other), FLOOR if rounding is None else _TINY)
            # What is no number is equal to nothing, and every comparison with it is false.
            if np.isfinite(apart) and np.isfinite(scale):
                residual = max(0.0, apart - (rounding or 0.0)) / scale
        return Certificate(residual, self.sizes, self.seed)

    def local_jacobian(self, output: str, source: str) -> Array:
        """The Jacobian of one statement by one name it reads, from the operations' declared Jacobians."""
        return declared_jacobian(self._evaluation.program, self._evaluation.registers, output, source)

    def contribution(self, statement: str, name: str, formula: Expression) -> Certificate:
        """How far a formula is from what a statement sends back to a name it reads."""
        return self._certified(statement, name, formula, self._sent(statement, name))

    def _certified(self, statement: str, name: str, formula: Expression, wanted: Array | None) -> Certificate:
        """How far a formula is from what it has to be; the same is asked of a step, its last line and the result."""
        asked = (statement, name, formula)
        if asked not in self._certificates:
            back, value = self._noise.get(name, 0.0), self.value(formula)
            found = self.compared(wanted, value, back)
            if not found.holds and value is not None:
                forward = self._forward_noise(statement, name) + self._noise_of(value, (
                    draw.value(formula) for draw in self._moved))
                found = self.compared(wanted, value, back + forward)
            self._certificates[asked] = found
        return self._certificates[asked]

    def _sent(self, statement: str, name: str) -> Array | None:
        """What a statement sends back to a name it reads; every line of a step is compared with it."""
        if (statement, name) not in self._links:
            self._links[statement, name] = self._back(statement, name)
        return self._links[statement, name]

    def _back(self, statement: str, name: str) -> Array | None:
        arriving = self.arrays[cotangent_name(statement)]
        if self._is_small:
            with np.errstate(all="ignore"):
                sent = arriving.reshape(1, -1) @ self.local_jacobian(statement, name)
            return np.asarray(sent.reshape(self.arrays[name].shape))
        return link_cotangent(self._evaluation.program, self._evaluation.registers, statement, name, arriving)

    def _forward_noise(self, statement: str, name: str) -> float:
        """What rounding in the values of the program may do to a cotangent, or to what a statement sends back."""
        here = self._given_back(statement, name)
        return 0.0 if here is None else self._noise_of(here, (d._given_back(statement, name) for d in self._moved))

    def _given_back(self, statement: str, name: str) -> Array | None:
        """What a statement sends back to a name; the cotangent of the name, where there is no statement."""
        return self._sent(statement, name) if statement else self.arrays[cotangent_name(name)]

    def _noise_of(self, here: Array, moved: Iterable[Array | None]) -> float:
        """What rounding may leave of an array, by what becomes of it where all values are moved.

        They are moved by much more than rounding: where something jumps, like the direction of a vector that is 0,
        what is left of the jump is too little to excuse it.
        """
        with np.errstate(all="ignore"):
            return ROUNDING / SHAKE * max((largest(array - here) for array in moved if array is not None), default=0.0)

    @property
    def _moved(self) -> Sequence[Draw]:
        """The same draw with all values in it moved a little, in several ways."""
        if not self._shaken:
            rng = np.random.default_rng(self.seed)
            self._shaken.extend(self._shake(rng) for _ in range(_SHAKES))
        return self._shaken

    def _shake(self, rng: np.random.Generator) -> Draw:
        draw = copy.copy(self)
        draw._compute(self.seed, shaken(self._evaluation, rng))
        draw.values = Shaken(draw.arrays, self.sizes, rng=rng)
        return draw

    def is_jacobian(self, output: str, source: str, form: Expression) -> bool:
        """Whether a formula is a link's Jacobian; of a number by a matrix it has the rows side by side.

        At sizes too large to multiply out, what arrives times the formula is what the link sends back.
        """
        if self._is_small:
            local, value = self.local_jacobian(output, source), self.value(form)
            return value is not None and value.size == local.size and self.compared(
                local, value.reshape(local.shape)).holds
        arriving, sent = self.arrays[cotangent_name(output)].reshape(1, -1), self._sent(output, source)
        if arriving.size == 1:
            value = self.value(form)
            found = None if value is None or sent is None else (arriving * value).reshape(sent.shape)
        else:
            found = row_times(arriving, form, self.value, self.sizes)
            sent = None if sent is None else sent.reshape(1, -1)
        return self.compared(sent, found).holds

    def is_whole_jacobian(self, name: str, form: Expression) -> bool:
        """Whether a formula is the Jacobian of the output by a name: the product of the declared Jacobians.

        At sizes too large to multiply those out, the row that arrives times the formula is what arrives at the name.
        """
        rows, columns = self.arrays[self.program.output.name].size, self.arrays[name].size
        if name not in self.trusted or numeric_shape(form.shape, self.sizes) != (rows, columns):
            return False
        if self._is_small:
            return self.compared(self._jacobians[name], self.value(form)).holds
        arriving, wanted = (self.arrays[cotangent_name(n)].reshape(1, -1) for n in (self.program.output.name, name))
        return self.compared(wanted, row_times(arriving, form, self.value, self.sizes)).holds

    def breaking(self, name: str, fact: str) -> Draw:
        """The same draw but for one variable, which does not keep a fact: what rests on it is wrong there."""
        numbers = self.arrays[name]
        if fact == "symmetric":
            skew = np.random.default_rng(self.seed).uniform(0.5, 1.5, numbers.shape)
            change = np.triu(skew, 1) - np.triu(skew, 1).T
        else:
            change = numbers
        broken = copy.copy(self)
        for share in (0.3, 0.01):
            broken._use(self.seed, evaluate(self._evaluation.problem.with_numbers(name, numbers + share * change)))
            if len(broken.trusted) == len(self.trusted):
                break
        return broken

    def through(
        self, operation: Operation, slot: str, operands: Sequence[Expression], arriving: Expression, formula: Expression
    ) -> Certificate:
        """How far a formula is from what one operation sends back to an operand, given what arrives at its result."""
        asked = (operation, slot, operands, arriving)
        (one, height), other = self._through(*asked), self.value(formula)
        found = self.compared(one, other)
        # What cancels altogether leaves nothing but rounding.
        found = found if found.holds else self.compared(one, other, ROUNDING * height)
        if not found.holds and one is not None:
            noise = self._noise_of(one, (draw._through(*asked)[0] for draw in self._moved))
            found = self.compared(one, other, ROUNDING * height + noise)
        return found

    def _through(self, operation: Operation, slot: str, operands: Sequence[Expression], arriving: Expression
                 ) -> tuple[Array | None, float]:
        """What an operation sends back to an operand, and how large the numbers are that it is added up from."""
        row, arrays = self.value(arriving), [self.value(operand) for operand in operands]
        known = [array for array in arrays if array is not None]
        if row is None or len(known) != len(arrays):
            return None, 0.0
        place = [s.name for s in operation.inputs].index(slot)
        resolved = operation.resolved(self.sizes)
        height = 0.0
        with np.errstate(all="ignore"):
            if self._is_small:
                local = resolved.jacobian(*known)[slot]
                sent: Array | None = row.reshape(1, -1) @ local
                height = largest(np.abs(row.reshape(1, -1)) @ np.abs(local))
            else:
                sent = pull_back(resolved, row, resolved.value(*known), known)[place]
        return None if sent is None else sent.reshape(known[place].shape), height

    def value(self, formula: Expression) -> Array | None:
        """The formula's value at this draw, or None where it has none."""
        try:
            return self.values.of(formula)
        except TutorError:
            return None

    def _valued(self, formula: Expression) -> tuple[Array | None, float]:
        """A formula's value, and the largest number on the way to it: where large ones cancel, rounding is left."""
        try:
            inside = self.values.inside(formula)
        except TutorError:
            return None, 0.0
        return inside[formula], max(float(np.abs(array).max(initial=0.0)) for array in inside.values())

    # --- the numbers ---------------------------------------------------------------------------------------------

    def _take(self, kinds: Mapping[str, str]) -> None:
        """Numbers for which everything is finite and away from corners: as the problem draws them, else positive."""
        program = self.program
        # Zeros, ones and the like make many wrong formulas right; only a declared fact may ask for such numbers.
        wanted = {name: kind for name, kind in kinds.items() if kind not in DEGENERATE}
        symmetric = {d.name for d in program.declarations if d.promises("symmetric")}
        wanted |= {name: ASYMMETRIC[kind] for name, kind in wanted.items()
                   if kind in ASYMMETRIC and name not in symmetric}
        guess = {d.name: wanted.get(d.name, default_kind(d)) for d in program.declarations}
        guesses = [guess, *({name: other if kind == "normal" else kind for name, kind in guess.items()}
                            for other in ("positive", "fraction"))]
        chosen_rows = [d.name for d in program.declarations if d.promises("onehot") and d.shape[0] != 1]
        # A square matrix with a logarithm of its determinant.
        square = {d.name for d in program.declarations if d.shape[0] == d.shape[1] != 1}
        guesses.insert(1, {name: "invertible" if kind == "normal" and name in square else kind
                           for name, kind in guess.items()})
        # A Aᵀ is singular where A has more rows than columns, Aᵀ A where it has fewer.
        other_way = dict(zip(self.sizes, reversed(self.sizes.values()), strict=True))
        for sizes, chosen in product((self.sizes, other_way), guesses):
            for seed in _SEEDS if not chosen_rows else (*_SEEDS, *_MORE_SEEDS):
                problem = Problem.drawn("", program, program.output.name, sizes, seed, chosen)
                evaluation = evaluate(problem)
                # Rows that all choose differently make formulas right that take columns for rows.
                if seed != _MORE_SEEDS[-1] and any((evaluation.values[n].sum(axis=0) < 2).all() for n in chosen_rows):
                    continue
                if not self.arrays or all(np.isfinite(a).all() for a in evaluation.values.values()):
                    self._use(seed, evaluation)
                if len(self.trusted) == len(self._cotangents):
                    return

    def _compute(self, seed: int, evaluation: Evaluation) -> None:
        """The cotangents at some numbers; all that was found at others is forgotten."""
        self.sizes, self.seed, self._evaluation = dict(evaluation.problem.dims), seed, evaluation
        self._certificates: dict[tuple[str, str, Expression], Certificate] = {}
        self._links: dict[tuple[str, str], Array | None] = {}
        self._shaken: list[Draw] = []
        self._is_small = max(a.size for a in evaluation.registers) <= SMALL
        arriving = self._arriving(seed, evaluation)
        self._jacobians = declared_jacobians(evaluation) if self._is_small else {}
        if self._is_small:
            self._cotangents = {name: (arriving.reshape(1, -1) @ jacobian).reshape(evaluation.values[name].shape)
                                for name, jacobian in self._jacobians.items()}
        else:
            self._cotangents = pulled_back(evaluation, arriving)
        self.arrays = {**evaluation.values, **{cotangent_name(n): a for n, a in self._cotangents.items()}}
        self.values = Values(self.arrays, self.sizes)

    def _use(self, seed: int, evaluation: Evaluation) -> None:
        self._compute(seed, evaluation)
        arriving = self._arriving(seed, evaluation)
        found = heights(evaluation, arriving) if self._is_small else dict.fromkeys(
            self._cotangents, max(map(largest, self._cotangents.values())))
        self._noise = {name: ROUNDING * height for name, height in found.items()}
        self.trusted = frozenset(n for n, a in self._cotangents.items() if agrees(evaluation, n, a, seed, arriving))

    def _arriving(self, seed: int, evaluation: Evaluation) -> Array:
        """What arrives at the output: 1 at a number, anything at a matrix."""
        shape = evaluation.values[self.program.output.name].shape
        is_number = self.program.output.shape == SCALAR
        return np.ones(shape) if is_number else np.random.default_rng(seed).standard_normal(shape)


def _size(array: Array) -> float:
    """The largest number of an array without its sign, made without a copy; what is no number where one is in it."""
    return max(-float(array.min(initial=0.0)), float(array.max(initial=0.0)))
