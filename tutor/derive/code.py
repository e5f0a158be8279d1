"""A derivation as code: a module that needs one library alone and computes the gradient, the Jacobian or the Hessian.

The library differentiates nothing: what is computed is the formula that was derived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.core.expression import Variable, variables
from tutor.core.layout import SCALAR, Shape, product_size
from tutor.core.program import Program
from tutor.derive.curvature import Curvature
from tutor.derive.names import cotangent
from tutor.derive.repeated import Line, named_parts
from tutor.derive.step import Derivation
from tutor.derive.weighting import without_diagonals
from tutor.language import printing
from tutor.language.names import identifiers
from tutor.language.printing.as_numpy import Numpy
from tutor.language.printing.libraries import NUMPY, Library
from tutor.ops import build


def gradient_module(derivation: Derivation, library: Library = NUMPY) -> str:
    """Source of a module with ``gradient(NAME, NAME, …)``: the declared variables in order, the gradient returned.

    Of a program that ends in a matrix it returns the Jacobian: a row for each entry of the output.

    Args:
        derivation: What is computed.
        library: What the module needs.

    Raises:
        TutorError: an operation cannot be written for the library.
    """
    output = derivation.program.output.name
    what = "Jacobian" if derivation.ends_in_matrix else "gradient"
    of = f"The {what} of {{{output}}} by {{{derivation.wrt}}}."
    return _module(library, _whole(derivation, "gradient", of))


def hessian_module(given: Curvature, library: Library = NUMPY) -> str:
    """Source of a module with ``hessian(NAME, …)`` and, times one more argument, ``hessian_vector(NAME, …, V)``."""
    first, second, direction = given.first, given.second, given.direction
    of = f"of {{{first.program.output.name}}} by {{{first.wrt}}}"
    if second.ends_in_matrix:
        arriving = _arriving(second).name
        steps = [(arriving, direction), *_needed_steps(second)]
    else:
        *before, (_, slope) = _needed_steps(second)
        steps = [*before, ("product", build.multiply(slope, direction))]
    times = _Function(second, "hessian_vector", f"The Hessian {of}, times a direction in the shape of {{{first.wrt}}}.",
                      named_parts(_with_statements(second.program, steps)), direction)
    return _module(library, _whole(second, "hessian", f"The Hessian {of}."), times)


def spelled_names(derivation: Derivation, *more: Variable) -> dict[str, str]:
    """The Python identifier of every name that formulas of a derivation may hold."""
    program = derivation.program
    return identifiers([*program.shapes, *(c.symbol.name for c in derivation.cotangents), *program.dimensions,
                        _arriving(derivation).name, *(v.name for v in more)])


@dataclass(frozen=True)
class _Function:
    """A function of the declared variables.

    Attributes:
        derivation: Gives names and sizes.
        name: What it is called.
        summary: Its docstring, with names of the program in braces.
        lines: What it computes; the last is returned.
        direction: One more argument.
        row_by_row: The name of a cotangent that takes every place in turn; the results are the rows of what is
            returned.
    """

    derivation: Derivation
    name: str
    summary: str
    lines: Sequence[Line]
    direction: Variable | None = None
    row_by_row: str = ""

    def source(self, library: Library) -> str:
        """The function, for a library."""
        program = self.derivation.program
        given = [(d.name, d.shape) for d in program.declarations]
        if self.direction is not None:
            given.append((self.direction.name, self.direction.shape))
        others = [self.direction] if self.direction else []
        known = spelled_names(self.derivation, *others)
        others += [Variable(name, part.shape) for name, part in self.lines[:-1] if name not in known]
        spelled = spelled_names(self.derivation, *others)
        arguments = [spelled[name] for name, _ in given]
        body = [f'"""{self.summary.format(**spelled)}"""']
        body += [f"{spelled[name]} = {library.write('np.asarray({}, dtype=np.float64)', spelled[name])}"
                 + (".reshape(1, 1)" if shape == SCALAR else "") for name, shape in given]
        *assigned, result = [printing.numpy(expression, spelled, library) for _, expression in self.lines]
        body += [f"{spelled[size]} = {_place(program, size, spelled)}" for size in program.dimensions]
        body += _shape_check(given, spelled)
        written = [f"{spelled[name]} = {source}" for (name, _), source in zip(self.lines, assigned, strict=False)]
        if self.row_by_row:
            forward = sum(name in program.definitions for name, _ in self.lines)
            shape, size = program.output.shape, Numpy(spelled).size
            each = library.write("np.eye({})", size(product_size(*shape)))
            # No name of a program begins with an underscore.
            body += [*written[:forward], "_rows = []",
                     f"for {spelled[self.row_by_row]} in {each}.reshape(-1, {', '.join(map(size, shape))}):",
                     *(f"    {line}" for line in written[forward:]), f"    _rows.append(({result}).reshape(-1))",
                     f"return {library.write('np.stack({})', '_rows')}"]
        else:
            shapes = (self.lines[-1][1].shape, program.shapes[self.derivation.wrt])
            is_number = shapes == (SCALAR, SCALAR) and not self.derivation.ends_in_matrix
            body += [*written, f"return {library.number.format(result) if is_number else result}"]
        return f"def {self.name}({', '.join(arguments)}):\n" + "\n".join(f"    {line}" for line in body)


def _module(library: Library, *functions: _Function) -> str:
    """The functions, after the definitions of what they call."""
    prelude = printing.numpy_prelude((expression for f in functions for _, expression in f.lines), library)
    blocks = [library.opening, *([prelude] if prelude else []), *(f.source(library) for f in functions)]
    return "\n\n\n".join(blocks) + "\n"


def _whole(derivation: Derivation, name: str, summary: str) -> _Function:
    """The function that returns the gradient, or the Jacobian: its formula, or where it has none row by row."""
    program = derivation.program
    if not derivation.ends_in_matrix:
        lines = _with_statements(program, _needed_steps(derivation))
        return _Function(derivation, name, summary, named_parts(lines))
    if derivation.jacobian is not None:
        lines = _with_statements(program, [("Jacobian", derivation.jacobian)])
        return _Function(derivation, name, summary, named_parts(lines))
    lines = _with_statements(program, _needed_steps(derivation))
    return _Function(derivation, name, summary, lines, row_by_row=_arriving(derivation).name)


def _arriving(derivation: Derivation) -> Variable:
    output = derivation.program.output
    return cotangent(output.name, output.shape)


def _needed_steps(derivation: Derivation) -> list[Line]:
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


def _with_statements(program: Program, lines: Sequence[Line]) -> list[Line]:
    """The lines, after the statements whose values they need, in the program's order."""
    read = {v.name for _, expression in lines for v in variables(expression)}
    reached = {name for used in read if used in program.shapes for name in program.depends(used)}
    whole = [*((s.name, s.expression) for s in program.statements if s.name in reached), *lines]
    return [(name, without_diagonals(expression)) for name, expression in whole]


def _shape_check(given: Sequence[tuple[str, Shape]], spelled: Mapping[str, str]) -> list[str]:
    """Lines that refuse arguments of other shapes: NumPy would repeat a wrong one in silence."""
    shapes = {spelled[name]: ", ".join(spelled[s] if isinstance(s, str) else str(s) for s in shape)
              for name, shape in given if shape != SCALAR}
    if not shapes:
        return []
    found, wanted = ", ".join(f"{name}.shape" for name in shapes), ", ".join(f"({s})" for s in shapes.values())
    said = ", ".join(f"{name} is ({shape})" for name, shape in shapes.items())
    return [f"if [{found}] != [{wanted}]:", f'    raise ValueError("{said}")']


def _place(program: Program, size: str, spelled: Mapping[str, str]) -> str:
    for declaration in program.declarations:
        if size in declaration.shape:
            return f"{spelled[declaration.name]}.shape[{declaration.shape.index(size)}]"
    raise AssertionError(f"{size} is no size of a declared variable")
