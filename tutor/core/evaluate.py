"""Numbers: the values of a program, the cotangents of all its names, the Jacobian of each link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import numpy as np

from tutor.core.errors import UnusableNumbersError
from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, nodes
from tutor.core.layout import Array, Shape
from tutor.core.operation import Operation
from tutor.core.problem import Problem
from tutor.core.program import Program

LARGEST_JACOBIAN: Final = 200_000_000
"""Bytes above which a Jacobian is described and not built."""


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
                    pullback = None if operation is None else _pullback(operation, shapes, registers[register].shape)
                    walk.append((register, pullback, operands))
                    found = (register,) if pullback is None else pullback.found
                    reached.update(o for o, back in zip(operands, found, strict=True) if back is not None)
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


@lru_cache(maxsize=64)
def at_once(program: Program) -> int:
    """How many experiments with a resolved program run as one stack, so that all on the way fits into memory too."""
    shapes = {*program.shapes.values(), *(node.shape for s in program.statements for node in nodes(s.expression))}
    return max(1, _STACKED // max(int(rows) * int(columns) for rows, columns in shapes))


def _same(value: Array) -> Array:
    """The value of a copy."""
    return value


@lru_cache(maxsize=64)
def schedule(program: Program) -> Schedule:
    """The schedule of a resolved program."""
    return Schedule([d.name for d in program.declarations], [(s.name, s.expression) for s in program.statements])


@lru_cache(maxsize=64)
def resolved(program: Program, dims: tuple[tuple[str, int], ...]) -> Program:
    """The program at these sizes; the same object for the same question."""
    return program.resolved(dict(dims))


def value_of(expression: Expression, arrays: Mapping[str, Array]) -> Array:
    """The value of one formula with numeric shapes; the arrays may have leading batch axes."""
    flat = Schedule(list(arrays), [("", expression)])
    return flat.run(list(arrays.values()))[flat.registers[""]]


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
def _pullback(operation: Operation, shapes: tuple[Shape, ...], out: Shape) -> Pullback:
    """The operation's adjoint for operands and a result of these shapes."""
    operands = tuple(Variable(f"operand {i}", s) for i, s in enumerate(shapes))
    adjoint = operation.adjoint(Variable("cotangent", out), Variable("result", out), *operands)
    given = ["cotangent", "result", *(o.name for o in operands)]
    flat = Schedule(given, list(adjoint.items()))
    return Pullback(flat, tuple(flat.registers[s.name] if s.name in adjoint else None for s in operation.inputs))


def pull_back(operation: Operation, cotangent: Array, result: Array, operands: Sequence[Array]) -> list[Array | None]:
    """The cotangents of the operands, by the operation's declared adjoint; None where it declares none."""
    with np.errstate(all="ignore"):
        return _pullback(operation, tuple(o.shape for o in operands), result.shape).run(cotangent, result, operands)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The numbers of a problem.

    Attributes:
        problem: What was evaluated.
        program: Its program, with numbers for sizes.
        values: The (n, m) value of every name.
        gradients: For an output that is a number: the cotangent of every name the output depends on, in the name's
            shape. Empty for an output that is a matrix.
    """

    problem: Problem
    program: Program
    values: Mapping[str, Array]
    gradients: Mapping[str, Array]
    registers: Sequence[Array] = field(repr=False)
    _jacobians: dict[tuple[str, str], Array] = field(default_factory=dict, repr=False)

    def link_jacobian(self, output: str, source: str) -> Array:
        """The Jacobian of a statement by a name it reads: (entries of output, entries of source).

        Raises:
            UnusableNumbersError: it would pass :data:`LARGEST_JACOBIAN`.
        """
        if (output, source) not in self._jacobians:
            self._jacobians[output, source] = link_jacobian(self.program, self.registers, output, source)
        return self._jacobians[output, source]

    def jacobian(self, name: str) -> Array:
        """The Jacobian of the output by a name, along all paths: (entries of the output, entries of the name).

        Raises:
            UnusableNumbersError: it would pass :data:`LARGEST_JACOBIAN`.
        """
        if ("", name) not in self._jacobians:
            output = self.program.output.name
            self._jacobians["", name] = link_jacobian(self.program, self.registers, output, name, whole=True)
        return self._jacobians["", name]

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """Why operations on the way to the output have no value or no slope at these numbers, in sentences."""
        found = []
        for name, operation, subject, places in _refusing(self.program):
            operands = [self.registers[place] for place in places]
            said = operation.fault(*operands) if all(np.isfinite(a).all() for a in operands) else ""
            if said:
                what = (subject.name if isinstance(subject, Variable) else f"What {name} takes {operation.name} of")
                found.append(f"{what} {said}")
        return tuple(dict.fromkeys(found))


@lru_cache(maxsize=64)
def _refusing(program: Program) -> tuple[tuple[str, Operation, Expression, tuple[int, ...]], ...]:
    """What on the way to the output has no value or no slope at some numbers.

    Returns:
        For each: the statement it stands in, the operation, its first operand, the registers of all its operands.
    """
    flat, reached = schedule(program), program.depends(program.output.name)
    return tuple(
        (statement.name, node.operation, node.operands[0], tuple(flat.place(statement.name, o) for o in node.operands))
        for statement in program.statements if statement.name in reached
        for node in nodes(statement.expression)
        if isinstance(node, Apply) and type(node.operation).fault is not Operation.fault
    )


def evaluate(problem: Problem) -> Evaluation:
    """Values and cotangents of a problem; NaN and infinity where the numbers have no value."""
    program = resolved(problem.program, tuple(problem.dims.items()))
    flat = schedule(program)
    registers = flat.run([problem.numbers[d.name] for d in program.declarations])
    values = {name: registers[flat.registers[name]] for name in program.shapes}
    gradients: dict[str, Array] = {}
    if program.output.shape == (1, 1):
        found = cotangents(flat, registers, flat.registers[program.output.name], np.ones((1, 1)))
        reached = program.depends(program.output.name)
        gradients = {name: found[at] if (at := flat.registers[name]) in found else np.zeros(values[name].shape)
                     for name in program.shapes if name in reached}
    return Evaluation(problem, program, values, gradients, registers)


def cotangents(flat: Schedule, registers: Sequence[Array], start: int, seed: Array, stop: int = -1
               ) -> dict[int, Array]:
    """Walk a schedule backwards from a register: register -> cotangent.

    Args:
        flat: The schedule.
        registers: The value of each of its registers.
        start: Where to begin.
        seed: The cotangent there; leading batch axes go through.
        stop: Registers up to this one are reached and not gone through.
    """
    found: dict[int, Array] = {start: seed}
    with np.errstate(all="ignore"):
        for register, pullback, operands in flat.walk(registers, start, stop):
            pulled: Sequence[Array | None] = [found[register]]
            if pullback is not None:
                pulled = pullback.run(found[register], registers[register], [registers[o] for o in operands])
            for operand, cotangent in zip(operands, pulled, strict=True):
                if cotangent is not None:
                    found[operand] = found[operand] + cotangent if operand in found else cotangent
    return found


def link_jacobian(
    program: Program, registers: Sequence[Array], output: str, source: str, whole: bool = False
) -> Array:
    """The Jacobian of one statement by one name it reads: every output entry pulled back, many at once.

    With ``whole``, also along what lies between the two.
    """
    flat = schedule(program)
    start, stop = flat.registers[output], -1 if whole else _last_before(program, output)
    n, m = registers[start].shape
    rows, columns = n * m, registers[flat.registers[source]].size
    if 8 * rows * max(rows, columns) > LARGEST_JACOBIAN:
        raise UnusableNumbersError(f"∂{output}/∂{source} has {rows} × {columns} entries; it is described, not built.")
    step = at_once(program)
    jacobian = np.empty((rows, columns))
    for first in range(0, rows, step):
        part = jacobian[first : first + step]
        seed = np.eye(len(part), rows, first).reshape(-1, n, m)
        pulled = cotangents(flat, registers, start, seed, stop).get(flat.registers[source])
        part[:] = 0.0 if pulled is None else pulled.reshape(-1, columns)
    return jacobian


def link_cotangent(
    program: Program, registers: Sequence[Array], output: str, source: str, arriving: Array
) -> Array | None:
    """What one statement sends back to one name it reads, given its own cotangent."""
    flat = schedule(program)
    found = cotangents(flat, registers, flat.registers[output], arriving, _last_before(program, output))
    return found.get(flat.registers[source])


@lru_cache(maxsize=512)
def _last_before(program: Program, name: str) -> int:
    """The highest register of the names before a statement: what a single link stops at."""
    flat, before = schedule(program), -1
    for known in program.shapes:
        if known == name:
            break
        before = max(before, flat.registers[known])
    return before
