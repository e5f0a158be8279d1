"""What arrives at every name of a program, from its output backwards: by two ways."""

from __future__ import annotations

import numpy as np

from tutor.core.declared import declared_jacobian
from tutor.core.evaluate import Evaluation, cotangents
from tutor.core.layout import Array
from tutor.core.schedule import schedule


def declared_jacobians(evaluation: Evaluation) -> dict[str, Array]:
    """The Jacobian of the output by every name it depends on, from the product of declared Jacobians."""
    program = evaluation.program
    found: dict[str, Array] = {program.output.name: np.eye(evaluation.values[program.output.name].size)}
    with np.errstate(all="ignore"):
        for statement in reversed(program.statements):
            for name, users in program.uses.items() if statement.name in found else ():
                if statement.name in users:
                    local = declared_jacobian(program, evaluation.registers, statement.name, name)
                    along = found[statement.name] @ local
                    found[name] = found[name] + along if name in found else along
    return found


def pulled_back(evaluation: Evaluation, arriving: Array) -> dict[str, Array]:
    """The cotangent of every name the output depends on, by the operations' adjoints."""
    program = evaluation.program
    flat, reached = schedule(program), program.depends(program.output.name)
    found = cotangents(flat, evaluation.registers, flat.registers[program.output.name], arriving)
    return {name: np.broadcast_to(found.get(flat.registers[name], np.zeros(value.shape)), value.shape)
            for name, value in evaluation.values.items() if name in reached}
