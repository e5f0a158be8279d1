"""A program flattened: what runs forwards, and back, without looking at a tree again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from tutor.core.errors import UnusableNumbersError
from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, nodes
from tutor.core.layout import Array, Shape
from tutor.core.operation import Operation
from tutor.core.program import Program

_STACKED: Final = 2_000_000
"""Entries that one register may have when many experiments run at once."""


class Schedule:
    """Expressions with numeric shapes, flattened so that they run without looking at a tree again.

    Equal sub-expressions of one result are computed once. Every named result has a register of its own, also where
    it equals another one or is a mere copy: a name is a place of its own that can be varied and differentiated by.

    Attributes:
        registers: name -> register, for what is given and what is defined.
        work: (register, operation or None for a copy, registers of the operands), in order.
        size: How many registers there are.
    """

    def __init__(self, given: Sequence[str], results: Sequence[tuple[str, Expression]]) -> None:
        self.registers: dict[str, int] = {name: i for i, name in enumerate(given)}
        self.work: list[tuple[int, Operation | None, tuple[int, ...]]] = []
        self.size = len(given)
        self._calls: list[tuple[int, Callable[..., Array], tuple[int, ...]]] = []
        self._found: list[Array] = []  # the registers behind the given ones: constants, and what is yet to come
        self._places: dict[tuple[str, Expression], int] = {}
        self._walks: dict[tuple[int, int], Walk] = {}
        for name, expression in results:
            register = self._enter(name, expression)
            if isinstance(expression, Variable):
                register = self._add(None, (register,))
            self.registers[name] = register

    def place(self, name: str, expression: Expression) -> int:
        """The register of an expression inside the result of a name."""
        return self._places[name, expression]

    def _enter(self, name: str, expression: Expression) -> int:
        for node in nodes(expression):
            match node:
                case Variable(used):
                    self._places[name, node] = self.registers[used]
                case Number(value):
                    self._places[name, node] = self._reserve(np.array([[float(value)]]))
                case Apply():
                    operands = tuple(self._places[name, o] for o in node.operands)
                    self._places[name, node] = self._add(node.operation, operands)
                case Dimension(size):
                    raise UnusableNumbersError(f"The size {size} has no number.")
        return self._places[name, expression]

    def _add(self, operation: Operation | None, operands: tuple[int, ...]) -> int:
        register = self._reserve(_UNSET)
        self.work.append((register, operation, operands))
        self._calls.append((register, _same if operation is None else operation.value, operands))
        return register

    def _reserve(self, value: Array) -> int:
        self._found.append(value)
        self.size += 1
        return self.size - 1

    def run(self, arrays: Sequence[Array]) -> list[Array]:
        """The value of every register; ``arrays`` are the given ones, leading batch axes allowed."""
        with np.errstate(all="ignore"):
            return self.run_quietly(arrays)

    def run_quietly(self, arrays: Sequence[Array]) -> list[Array]:
        """The same where somebody around has already silenced NumPy's warnings."""
        values = [*arrays, *self._found]
        for register, value, operands in self._calls:
            values[register] = value(*[values[o] for o in operands])
        return values

    def walk(self, registers: Sequence[Array], start: int, stop: int) -> Walk:
        """The way back from a register; shapes never change, so it is looked up once.

        Returns:
            (register, its operation's adjoint or None for a copy, registers of its operands) of all above ``stop``
            that a cotangent reaches.
        """
        if (start, stop) not in self._walks:
            reached, walk = {start}, []
            for register, operation, operands in reversed(self.work):
                if register in reached and register > stop:
                    shapes = tuple(registers[o].shape for o in operands)
                    back = None if operation is None else pullback(operation, shapes, registers[register].shape)
                    walk.append((register, back, operands))
                    found = (register,) if back is None else back.found
                    reached.update(o for o, place in zip(operands, found, strict=True) if place is not None)
            self._walks[start, stop] = tuple(walk)
        return self._walks[start, stop]

    def moved(self, values: Sequence[Array], moves: Mapping[int, Array]) -> list[Array]:
        """All registers when something is added to some of them, each (k, n, m): k experiments at once.

        Registers that nothing was added to, directly or before them, keep their value of two axes.
        """
        changed = set(moves)
        with np.errstate(all="ignore"):
            again = list(values)
            for register, move in moves.items():
                again[register] = again[register] + move
            for register, value, operands in self._calls:
                if not changed.isdisjoint(operands):
                    result = value(*[again[o] for o in operands])
                    again[register] = result + moves[register] if register in moves else result
                    changed.add(register)
        return again

    def rerun(self, values: Sequence[Array], name: str, array: Array) -> list[Array]:
        """All registers when ``name`` has another value: only what depends on it is computed again."""
        start = self.registers[name]
        changed = {start}
        again = list(values)
        again[start] = array
        with np.errstate(all="ignore"):
            for register, value, operands in self._calls:
                if register != start and not changed.isdisjoint(operands):
                    again[register] = value(*[again[o] for o in operands])
                    changed.add(register)
        return again


Walk = tuple[tuple[int, "Pullback | None", tuple[int, ...]], ...]
_UNSET: Final = np.empty(0)


def at_once(program: Program) -> int:
    """How many experiments with a resolved program run as one stack, so that all on the way fits into memory too."""
    return max(1, _STACKED // _largest(program))


@lru_cache(maxsize=64)
def _largest(program: Program) -> int:
    """The entries of the largest matrix on the way."""
    shapes = {*program.shapes.values(), *(node.shape for s in program.statements for node in nodes(s.expression))}
    return max(int(rows) * int(columns) for rows, columns in shapes)


def _same(value: Array) -> Array:
    """The value of a copy."""
    return value


@lru_cache(maxsize=64)
def schedule(program: Program) -> Schedule:
    """The schedule of a resolved program."""
    return Schedule([d.name for d in program.declarations], [(s.name, s.expression) for s in program.statements])


@dataclass(frozen=True)
class Pullback:
    """An operation's adjoint, ready to run.

    Attributes:
        flat: A schedule on (cotangent, result, operands …).
        found: For each operand, the register with its cotangent; None where the operation declares none.
    """

    flat: Schedule
    found: tuple[int | None, ...]

    def run(self, cotangent: Array, result: Array, operands: Sequence[Array]) -> list[Array | None]:
        """The cotangents of the operands; somebody around has silenced NumPy's warnings."""
        values = self.flat.run_quietly([cotangent, result, *operands])
        return [None if register is None else values[register] for register in self.found]


@lru_cache(maxsize=512)
def pullback(operation: Operation, shapes: tuple[Shape, ...], out: Shape) -> Pullback:
    """The operation's adjoint for operands and a result of these shapes."""
    operands = tuple(Variable(f"operand {i}", s) for i, s in enumerate(shapes))
    adjoint = operation.adjoint(Variable("cotangent", out), Variable("result", out), *operands)
    given = ["cotangent", "result", *(o.name for o in operands)]
    flat = Schedule(given, list(adjoint.items()))
    return Pullback(flat, tuple(flat.registers[s.name] if s.name in adjoint else None for s in operation.inputs))
