"""A second way to a statement's Jacobian, which asks no operation for its adjoint: for small sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tutor.core.expression import Apply, Expression, Variable, nodes
from tutor.core.layout import Array
from tutor.core.program import Program
from tutor.core.schedule import schedule


def declared_jacobian(program: Program, registers: Sequence[Array], output: str, source: str) -> Array:
    """The Jacobian of a statement by a name it reads, from the Jacobians that its operations declare, multiplied."""
    flat = schedule(program)
    rows, columns = (registers[flat.registers[name]].size for name in (output, source))
    root = program.definitions[output]
    order = list(nodes(root))
    reached: dict[Expression, Array] = {root: np.eye(rows)}
    total = np.zeros((rows, columns))
    with np.errstate(all="ignore"):
        for node in reversed(order):
            if node not in reached:
                continue
            if isinstance(node, Variable) and node.name == source:
                total = total + reached[node]
            elif isinstance(node, Apply):
                operands = [registers[flat.place(output, o)] for o in node.operands]
                jacobians = node.operation.jacobian(*operands)
                for slot, operand in zip(node.operation.inputs, node.operands, strict=True):
                    along = reached[node] @ jacobians[slot.name]
                    reached[operand] = reached[operand] + along if operand in reached else along
    return total
