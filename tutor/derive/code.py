"""A derivation as code: a module that needs only NumPy and computes the gradient."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tutor.core.expression import Expression, variables
from tutor.core.layout import SCALAR
from tutor.core.program import Program
from tutor.derive.step import Derivation
from tutor.language import printing
from tutor.language.names import identifiers


def numpy_module(derivation: Derivation) -> str:
    """Source of a module with ``gradient(NAME, NAME, …)``: the declared variables in order, the gradient returned."""
    program = derivation.program
    steps = _needed_steps(derivation)
    forward = _needed_statements(program, [expression for _, expression in steps])
    lines = [*forward, *steps]
    cotangents = [c.symbol.name for c in derivation.cotangents]
    spelled = identifiers([*(d.name for d in program.declarations), *(s.name for s in program.statements),
                           *cotangents, *program.dimensions])
    arguments = [spelled[d.name] for d in program.declarations]
    body = [f'"""The gradient of {spelled[program.output.name]} by {spelled[derivation.wrt]}."""']
    body += [f"{name} = np.asarray({name}, dtype=np.float64)" + (".reshape(1, 1)" if d.shape == SCALAR else "")
             for name, d in zip(arguments, program.declarations, strict=True)]
    *assigned, result = [printing.numpy(expression, spelled) for _, expression in lines]
    body += _sizes(program, " ".join([*assigned, result]), spelled)
    body += [f"{spelled[name]} = {source}" for (name, _), source in zip(lines, assigned, strict=False)]
    body.append(f"return ({result}).item()" if program.shapes[derivation.wrt] == SCALAR else f"return {result}")
    prelude = printing.numpy_prelude(expression for _, expression in lines)
    function = f"def gradient({', '.join(arguments)}):\n" + "\n".join(f"    {line}" for line in body)
    blocks = ["import numpy as np", *([prelude] if prelude else []), function]
    return "\n\n\n".join(blocks) + "\n"


def _needed_steps(derivation: Derivation) -> list[tuple[str, Expression]]:
    """The cotangents the result is made of, in order, the result last."""
    if not derivation.cotangents:
        return [("result", derivation.gradient)]
    by_symbol = {c.symbol.name: c for c in derivation.cotangents}
    needed: list[str] = []
    waiting = [derivation.cotangent(derivation.wrt).symbol.name]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.append(name)
            waiting.extend(v.name for v in variables(by_symbol[name].expression) if v.name in by_symbol)
    return [(name, c.expression) for name, c in by_symbol.items() if name in needed]


def _needed_statements(program: Program, expressions: list[Expression]) -> list[tuple[str, Expression]]:
    """The statements whose values the expressions read, directly or not, in the program's order."""
    read = {v.name for expression in expressions for v in variables(expression)}
    reached = {name for used in read if used in program.shapes for name in program.depends(used)}
    return [(s.name, s.expression) for s in program.statements if s.name in reached]


def _sizes(program: Program, source: str, spelled: Mapping[str, str]) -> list[str]:
    """A line for each named size that the code reads, from an argument's shape."""
    used = set(re.findall(r"\w+", source))
    sizes = [size for size in program.dimensions if spelled[size] in used]
    return [f"{spelled[size]} = {_place(program, size, spelled)}" for size in sizes]


def _place(program: Program, size: str, spelled: Mapping[str, str]) -> str:
    for declaration in program.declarations:
        if size in declaration.shape:
            return f"{spelled[declaration.name]}.shape[{declaration.shape.index(size)}]"
    raise AssertionError(f"{size} is no size of a declared variable")


