"""How large the numbers are that a cotangent is added up from: what rounding leaves in it is a share of them."""

from __future__ import annotations

import numpy as np

from tutor.core.evaluate import Evaluation
from tutor.core.expression import Apply, Expression, Variable, nodes
from tutor.core.layout import Array
from tutor.core.schedule import schedule


def heights(evaluation: Evaluation, arriving: Array) -> dict[str, float]:
    """How large the numbers are that add up to the cotangent of each name: rounding leaves a share of them.

    Only those on its own way back count: what is large elsewhere in the program excuses nothing here. An operation
    in whose slopes something cancels may leave as much rounding as what arrives at it has.
    """
    program, flat = evaluation.program, schedule(evaluation.program)
    found: dict[str, Array] = {program.output.name: np.abs(arriving).reshape(1, -1)}
    with np.errstate(all="ignore"):
        for statement in reversed(program.statements):
            reached: dict[Expression, Array] = {}
            if statement.name in found:
                reached[statement.expression] = found[statement.name]
            for node in reversed(list(nodes(statement.expression))):
                if node not in reached:
                    continue
                here = reached[node]
                if isinstance(node, Variable):
                    found[node.name] = found.get(node.name, 0.0) + here
                elif isinstance(node, Apply):
                    slopes = node.operation.jacobian(*(evaluation.registers[flat.place(statement.name, o)]
                                                       for o in node.operands))
                    least = here.max() if node.operation.cancels else 0.0
                    for slot, operand in zip(node.operation.inputs, node.operands, strict=True):
                        along = np.maximum(here @ np.abs(slopes[slot.name]), least)
                        reached[operand] = reached.get(operand, 0.0) + along
    return {name: largest(height) for name, height in found.items()}


def largest(array: Array) -> float:
    """The largest finite number of an array, without its sign."""
    most = max(float(array.max(initial=0.0)), -float(array.min(initial=0.0)))
    return most if np.isfinite(most) else float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
