"""Numbers: the values of a program, the cotangents of all its names, the Jacobian of each link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import numpy as np

from tutor.core.errors import UnusableNumbersError
from tutor.core.expression import Apply, Expression, Variable, nodes
from tutor.core.layout import Array
from tutor.core.operation import Operation
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.core.schedule import Schedule, at_once, pullback, schedule

LARGEST_JACOBIAN: Final = 200_000_000
"""Bytes above which a Jacobian is described and not built."""


@lru_cache(maxsize=64)
def resolved(program: Program, dims: tuple[tuple[str, int], ...]) -> Program:
    """The program at these sizes; the same object for the same question."""
    return program.resolved(dict(dims))


def value_of(expression: Expression, arrays: Mapping[str, Array]) -> Array:
    """The value of one formula with numeric shapes; the arrays may have leading batch axes."""
    flat = Schedule(list(arrays), [("", expression)])
    return flat.run(list(arrays.values()))[flat.registers[""]]


def pull_back(operation: Operation, cotangent: Array, result: Array, operands: Sequence[Array]) -> list[Array | None]:
    """The cotangents of the operands, by the operation's declared adjoint; None where it declares none."""
    with np.errstate(all="ignore"):
        return pullback(operation, tuple(o.shape for o in operands), result.shape).run(cotangent, result, operands)


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
        for register, back, operands in flat.walk(registers, start, stop):
            pulled: Sequence[Array | None] = [found[register]]
            if back is not None:
                pulled = back.run(found[register], registers[register], [registers[o] for o in operands])
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
