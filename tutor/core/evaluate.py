"""Numbers: the values of a program, the cotangents of all its names, the Jacobian of each link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
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


class Schedule:
    """Expressions with numeric shapes, flattened so that they run without looking at a tree again.

    Equal sub-expressions are computed once. A named result may be used by later expressions.

    Attributes:
        registers: name -> register, for what is given and what is defined.
        work: (register, operation or constant, registers of the operands), in order.
    """

    def __init__(self, given: Sequence[str], results: Sequence[tuple[str, Expression]]) -> None:
        self.registers: dict[str, int] = {name: i for i, name in enumerate(given)}
        self.work: list[tuple[int, Operation | Array, tuple[int, ...]]] = []
        self._places: dict[Expression, int] = {}
        self.size = len(given)
        for name, expression in results:
            self.registers[name] = self._enter(expression)

    def _enter(self, expression: Expression) -> int:
        for node in nodes(expression):
            match node:
                case Variable(name):
                    self._places[node] = self.registers[name]
                case Number(value) if node not in self._places:
                    self._add(node, np.array([[float(value)]]), ())
                case Apply() if node not in self._places:
                    self._add(node, node.operation, tuple(self._places[o] for o in node.operands))
                case Dimension(name):
                    raise UnusableNumbersError(f"The size {name} has no number.")
        return self._places[expression]

    def _add(self, node: Expression, what: Operation | Array, operands: tuple[int, ...]) -> None:
        self._places[node] = self.size
        self.work.append((self.size, what, operands))
        self.size += 1

    def place(self, expression: Expression) -> int:
        """The register of an expression that stands somewhere in the schedule."""
        return self._places[expression]

    def run(self, arrays: Sequence[Array]) -> list[Array]:
        """The value of every register; ``arrays`` are the given ones, leading batch axes allowed."""
        values: list[Array] = [*arrays, *([arrays[0]] * (self.size - len(arrays)) if arrays else [])]
        if not arrays:
            values = [np.empty(0)] * self.size
        with np.errstate(all="ignore"):
            for register, what, operands in self.work:
                values[register] = what if isinstance(what, np.ndarray) else what.value(*[values[o] for o in operands])
        return values

    def rerun(self, values: Sequence[Array], name: str, array: Array) -> list[Array]:
        """All registers when ``name`` has another value: only what depends on it is computed again."""
        start = self.registers[name]
        changed = {start}
        again = list(values)
        again[start] = array
        with np.errstate(all="ignore"):
            for register, what, operands in self.work:
                if register != start and not isinstance(what, np.ndarray) and not changed.isdisjoint(operands):
                    again[register] = what.value(*[again[o] for o in operands])
                    changed.add(register)
        return again


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


@lru_cache(maxsize=512)
def _pullback(operation: Operation, shapes: tuple[Shape, ...], out: Shape) -> tuple[Schedule, tuple[str, ...]]:
    """The operation's adjoint as a schedule on (cotangent, result, operands …), and the slots it serves."""
    operands = tuple(Variable(f"operand {i}", s) for i, s in enumerate(shapes))
    adjoint = operation.adjoint(Variable("cotangent", out), Variable("result", out), *operands)
    given = ["cotangent", "result", *(o.name for o in operands)]
    return Schedule(given, list(adjoint.items())), tuple(adjoint)


def pull_back(operation: Operation, cotangent: Array, result: Array, operands: Sequence[Array]) -> list[Array | None]:
    """The cotangents of the operands, by the operation's declared adjoint; None where it declares none."""
    flat, slots = _pullback(operation, tuple(o.shape for o in operands), cotangent.shape)
    values = flat.run([cotangent, result, *operands])
    return [values[flat.registers[s.name]] if s.name in slots else None for s in operation.inputs]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The numbers of a problem.

    Attributes:
        problem: What was evaluated.
        values: The (n, m) value of every name.
        gradients: For an output that is a number: the cotangent of every name the output depends on, in the name's
            shape. Empty for an output that is a matrix.
    """

    problem: Problem
    values: Mapping[str, Array]
    gradients: Mapping[str, Array]
    registers: Sequence[Array] = field(repr=False)
    _jacobians: dict[tuple[str, str], Array] = field(default_factory=dict, repr=False)

    @property
    def program(self) -> Program:
        """The program with numbers for sizes."""
        return resolved(self.problem.program, tuple(self.problem.dims.items()))

    def link_jacobian(self, output: str, source: str) -> Array:
        """The Jacobian of a statement by a name it reads: (entries of output, entries of source).

        Raises:
            UnusableNumbersError: it would pass :data:`LARGEST_JACOBIAN`.
        """
        if (output, source) not in self._jacobians:
            self._jacobians[output, source] = link_jacobian(self.program, self.registers, output, source)
        return self._jacobians[output, source]

    def jacobian(self, source: str, output: str | None = None) -> Array:
        """The Jacobian of the output (or another name) by a name, over all paths: (entries out, entries in)."""
        program = self.program
        end = output or program.output.name
        reached = {end: np.eye(self.values[end].size)}
        order = [s.name for s in program.statements]
        for name in reversed(order[: order.index(end) + 1]):
            if name in reached and name != source:
                for used in sorted({n.name for n in nodes(program.definitions[name]) if isinstance(n, Variable)}):
                    if source in program.depends(used):
                        along = reached[name] @ self.link_jacobian(name, used)
                        reached[used] = reached[used] + along if used in reached else along
        return reached.get(source, np.zeros((self.values[end].size, self.values[source].size)))


def evaluate(problem: Problem) -> Evaluation:
    """Values and cotangents of a problem; NaN and infinity where the numbers have no value."""
    program = resolved(problem.program, tuple(problem.dims.items()))
    flat = schedule(program)
    registers = flat.run([problem.numbers[d.name] for d in program.declarations])
    values = {name: registers[flat.registers[name]] for name in program.shapes}
    gradients: dict[str, Array] = {}
    if program.output.shape == (1, 1):
        found = cotangents(flat, registers, flat.registers[program.output.name])
        reached = program.depends(program.output.name)
        gradients = {name: found.get(flat.registers[name], np.zeros(values[name].shape))
                     for name in program.shapes if name in reached}
    return Evaluation(problem, values, gradients, registers)


def cotangents(flat: Schedule, registers: Sequence[Array], start: int) -> dict[int, Array]:
    """Walk a schedule backwards from a 1×1 register: register -> cotangent."""
    found: dict[int, Array] = {start: np.ones((1, 1))}
    with np.errstate(all="ignore"):
        for register, what, operands in reversed(flat.work):
            if register in found and not isinstance(what, np.ndarray) and operands:
                arrays = [registers[o] for o in operands]
                pulled = pull_back(what, found[register], registers[register], arrays)
                for operand, cotangent in zip(operands, pulled, strict=True):
                    if cotangent is not None:
                        found[operand] = found[operand] + cotangent if operand in found else cotangent
    return found


def link_jacobian(program: Program, registers: Sequence[Array], output: str, source: str) -> Array:
    """The Jacobian of one statement by one name it reads, from the operations' declared Jacobians."""
    flat = schedule(program)
    values = {name: registers[flat.registers[name]] for name in program.shapes}
    rows, columns = values[output].size, values[source].size
    if 8 * rows * columns > LARGEST_JACOBIAN:
        raise UnusableNumbersError(
            f"∂{output}/∂{source} has {rows} × {columns} entries; it is described, not built."
        )
    root = program.definitions[output]
    order = list(nodes(root))
    local = dict(zip(order, _values(order, values), strict=True))
    reached: dict[Expression, Array] = {root: np.eye(rows)}
    total = np.zeros((rows, columns))
    holds = _contains(order, source)
    with np.errstate(all="ignore"):
        for node in reversed(order):
            if node not in reached:
                continue
            if isinstance(node, Variable) and node.name == source:
                total = total + reached[node]
            elif isinstance(node, Apply):
                jacobians = node.operation.jacobian(*(local[o] for o in node.operands))
                for slot, operand in zip(node.operation.inputs, node.operands, strict=True):
                    if operand in holds:
                        along = reached[node] @ jacobians[slot.name]
                        reached[operand] = reached[operand] + along if operand in reached else along
    return total


def _values(order: Sequence[Expression], values: Mapping[str, Array]) -> list[Array]:
    flat = Schedule(list(values), [(f"node {i}", node) for i, node in enumerate(order)])
    registers = flat.run(list(values.values()))
    return [registers[flat.registers[f"node {i}"]] for i in range(len(order))]


def _contains(order: Sequence[Expression], source: str) -> set[Expression]:
    """The nodes that read a name, themselves or below."""
    found: set[Expression] = set()
    for node in order:
        if (isinstance(node, Variable) and node.name == source) or (
            isinstance(node, Apply) and any(o in found for o in node.operands)
        ):
            found.add(node)
    return found
