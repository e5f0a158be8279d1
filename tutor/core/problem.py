"""A problem: a program, its sizes, its numbers and the variable one asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np

from tutor.core.errors import NameUnknownError, ShapeError, UnusableNumbersError
from tutor.core.layout import Array, Shape, numeric_shape
from tutor.core.numbers import SQUARE_KINDS, default_kind, draw, find_fault, resized
from tutor.core.program import Declaration, Program

_NEW_SIZES: Final = (3, 4, 2, 5, 6, 7, 8)
"""What a size gets that is named for the first time, the first that no other has: equal ones would hide mistakes."""


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A declared fact that the numbers do not keep.

    Attributes:
        name: The variable.
        fact: What was promised of it.
        sentence: What is wrong.
        cells: The entries that are, as (row, column) counted from 0; none where only the whole is.
    """

    name: str
    fact: str
    sentence: str
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything the screen and the command line work on; frozen, every change gives a new one.

    Attributes:
        title: What the gallery calls it.
        program: The forward pass.
        wrt: The variable whose gradient is asked for.
        dims: A number for each named size.
        numbers: A read-only (n, m) array for each declared variable.
        seed: What the random numbers were drawn from.
        kinds: How each variable is drawn; by its declared facts where nothing is said.
        look_for: A sentence on what there is to see.
    """

    title: str
    program: Program
    wrt: str
    dims: Mapping[str, int]
    numbers: Mapping[str, Array] = field(repr=False)
    seed: int = 0
    kinds: Mapping[str, str] = field(default_factory=dict)
    look_for: str = ""

    @staticmethod
    def drawn(
        title: str,
        program: Program,
        wrt: str,
        dims: Mapping[str, int],
        seed: int = 0,
        kinds: Mapping[str, str] = MappingProxyType({}),
        look_for: str = "",
        given: Mapping[str, Array] = MappingProxyType({}),
    ) -> Problem:
        """The problem with its numbers drawn from the seed, but for those that are given.

        Raises:
            ShapeError: a size is missing or not positive, or given numbers have another shape.
            NameUnknownError: ``wrt`` or a given name is not in the program.
            UnusableNumbersError: a kind does not fit.
        """
        for name in (*given, *kinds):
            if program.declaration(name) is None:
                raise NameUnknownError(f"{name} is not declared, so it cannot be given numbers.")
        program.variable(wrt)
        _check_dims(program, dims)
        numbers = {}
        for d in program.declarations:
            shape = numeric_shape(d.shape, dims)
            array = given[d.name] if d.name in given else draw(kinds.get(d.name, default_kind(d)), shape, seed, d.name)
            if array.shape != shape:
                raise ShapeError(f"The numbers of {d.name} are {' × '.join(map(str, array.shape))}; "
                                 f"it is declared {shape[0]}×{shape[1]}.")
            if not np.all(np.isfinite(array)):
                raise UnusableNumbersError(f"{d.name} has an entry that is not a finite number.")
            numbers[d.name] = frozen(array)
        return Problem(title, program, wrt, MappingProxyType(dict(dims)), MappingProxyType(numbers), seed,
                       MappingProxyType(dict(kinds)), look_for)

    @cached_property
    def broken(self) -> tuple[BrokenPromise, ...]:
        """The declared facts that these numbers do not keep."""
        found = []
        for d in self.program.declarations:
            for fact in sorted(d.facts):
                fault = find_fault(fact, self.numbers[d.name])
                if fault is not None:
                    found.append(BrokenPromise(d.name, fact, *fault))
        return tuple(found)

    def shape(self, name: str) -> tuple[int, int]:
        """The shape of a name at these sizes."""
        return numeric_shape(self.program.shapes[name], self.dims)

    def drawn_numbers(self, name: str) -> Array:
        """What the seed gives for a declared variable at these sizes."""
        declaration = self.program.declaration(name)
        if declaration is None:
            raise NameUnknownError(f"{name} is not declared.")
        return draw(self.kinds.get(name, default_kind(declaration)), self.shape(name), self.seed, name)

    def with_numbers(self, name: str, array: Array) -> Problem:
        """One variable's numbers replaced.

        Raises:
            ShapeError: the array has another shape.
            UnusableNumbersError: an entry is not finite.
        """
        if array.shape != self.shape(name):
            raise ShapeError(f"{name} is {self.shape(name)[0]}×{self.shape(name)[1]}.")
        if not np.all(np.isfinite(array)):
            raise UnusableNumbersError("A number has to be finite.")
        return replace(self, numbers=MappingProxyType({**self.numbers, name: frozen(array)}))

    def with_dims(self, dims: Mapping[str, int]) -> Problem:
        """Other sizes: numbers are drawn again from the seed, and cells edited by hand keep their value."""
        bare = Problem.drawn(self.title, self.program, self.wrt, dims, self.seed, self.kinds, self.look_for)
        numbers = {
            d.name: frozen(resized(self.kinds.get(d.name, default_kind(d)), self.numbers[d.name],
                                   self.drawn_numbers(d.name), bare.numbers[d.name]))
            for d in self.program.declarations
        }
        return replace(bare, numbers=MappingProxyType(numbers))

    def with_seed(self, seed: int) -> Problem:
        """All numbers drawn anew from another seed."""
        return Problem.drawn(self.title, self.program, self.wrt, self.dims, seed, self.kinds, self.look_for)

    def with_wrt(self, name: str) -> Problem:
        """Asked by another variable.

        Raises:
            NameUnknownError: the program does not have it.
        """
        self.program.variable(name)
        return replace(self, wrt=name)

    def dims_for(self, program: Program) -> dict[str, int]:
        """The sizes of another program: those whose name stays, and a number for each new one."""
        dims = {name: self.dims[name] for name in program.dimensions if name in self.dims}
        for name in program.dimensions:
            if name not in dims:
                dims[name] = next((size for size in _NEW_SIZES if size not in dims.values()), _NEW_SIZES[0])
        return {name: dims[name] for name in program.dimensions}

    def with_program(self, program: Program) -> Problem:
        """Another program: what keeps its name keeps its size and its numbers, what is new is drawn from the seed.

        Of a variable in another shape the numbers that were set by hand stay where they still fit.

        Raises:
            UnusableNumbersError: numbers cannot be drawn.
        """
        dims = self.dims_for(program)
        declared = {d.name: d for d in program.declarations}
        # A way to draw that was named for one shape may not fit another: then the facts say how.
        kinds = {name: kind for name, kind in self.kinds.items()
                 if name in declared and (kind not in SQUARE_KINDS or _is_square(declared[name].shape, dims))
                 and not self._is_another(declared[name])}
        bare = Problem.drawn(self.title, program, _still_asked(program, self.wrt), dims, self.seed, kinds,
                             self.look_for)
        numbers = {d.name: self._kept(d, bare) for d in program.declarations}
        return replace(bare, numbers=MappingProxyType(numbers))

    def _is_another(self, declaration: Declaration) -> bool:
        """Whether a name is given to something else: in another shape, and less is promised of it."""
        before = self.program.declaration(declaration.name)
        return before is not None and before.shape != declaration.shape and not (
            set(before.facts) <= set(declaration.facts))

    def _kept(self, declaration: Declaration, bare: Problem) -> Array:
        """The numbers of a variable in another program, of which ``bare`` has all newly drawn."""
        name, drawn = declaration.name, bare.numbers[declaration.name]
        if name not in self.numbers:
            return drawn
        old, was_drawn = self.numbers[name], self.drawn_numbers(name)
        untouched = np.array_equal(old, was_drawn)
        if untouched and self._is_another(declaration):
            return drawn
        if untouched and any(find_fault(fact, old) for fact in declaration.facts if old.shape == drawn.shape):
            return drawn  # a promise that is new, and nobody's work to lose
        return frozen(resized(bare.kinds.get(name, default_kind(declaration)), old, was_drawn, drawn))

    def without_fact(self, name: str, fact: str) -> Problem:
        """One promise less; the numbers stay. What is no longer one-hot may still be a distribution."""
        kind = {name: self.kinds.get(name, default_kind(d))} if (d := self.program.declaration(name)) else {}
        sums_stay = fact == "onehot" and find_fault("distribution", self.numbers[name]) is None
        program = self.program.without_fact(name, fact, "distribution" if sums_stay else None)
        return replace(self, program=program,
                       kinds=MappingProxyType({**self.kinds, **kind}))


def _is_square(shape: Shape, dims: Mapping[str, int]) -> bool:
    rows, columns = numeric_shape(shape, dims)
    return rows == columns


def _still_asked(program: Program, wrt: str) -> str:
    """The variable whose gradient is asked for in another program: the same one, where the output depends on it."""
    output = program.output.name
    if wrt != output and wrt in program.depends(output):
        return wrt
    return next(iter((*program.targets, *program.shapes)))


def _check_dims(program: Program, dims: Mapping[str, int]) -> None:
    """Whether every named size has a positive number.

    Raises:
        ShapeError: one is missing or below 1.
    """
    for name in program.dimensions:
        if name not in dims:
            raise ShapeError(f"The size {name} has no number. Give it one under [dims].")
        if dims[name] < 1:
            raise ShapeError(f"The size {name} is {dims[name]}; a size is at least 1.")


def frozen(array: Array) -> Array:
    """A read-only float64 copy."""
    copy = np.array(array, dtype=np.float64)
    copy.flags.writeable = False
    return copy
