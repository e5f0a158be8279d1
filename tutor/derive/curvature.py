"""Second derivatives: the gradient as a program of its own, and the Jacobian of that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tutor.core.errors import TutorError
from tutor.core.expression import Expression, Variable
from tutor.core.layout import SCALAR, shape_text
from tutor.core.program import IMPLIED, Program, Statement
from tutor.derive.derivation import derive
from tutor.derive.equalities import written_out
from tutor.derive.names import cotangent
from tutor.derive.slopes import in_names_of
from tutor.derive.step import Derivation, Promise
from tutor.ops import build


@dataclass(frozen=True, eq=False)
class Curvature:
    """The second derivative of a program that ends in a number.

    Attributes:
        first: The gradient.
        second: The Jacobian of the gradient.
        hessian: The same as a matrix formula; None where it has no short one.
        direction: The variable that stands for a direction, in the shape of the one differentiated by.
        product: The Hessian times that direction, in that shape.
    """

    first: Derivation
    second: Derivation
    hessian: Expression | None
    direction: Variable
    product: Expression

    @property
    def certified(self) -> bool:
        """Whether every step of both derivations holds."""
        return self.first.certified and self.second.certified

    @property
    def promises(self) -> tuple[Promise, ...]:
        """The declared facts that either derivation rests on."""
        return tuple(dict.fromkeys((*self.first.promises, *self.second.promises)))

    @property
    def slopes(self) -> tuple[Statement, ...]:
        """The gradient, after the cotangents that it names: what was differentiated once more."""
        return self.second.program.statements[len(self.first.program.statements) :]

    def by_direction(self, formula: Expression) -> Expression:
        """A formula of the second derivation with the direction for what arrives."""
        arriving = cotangent(self.second.program.output.name, self.direction.shape)
        return written_out(formula, arriving, self.direction)


def curvature(program: Program, wrt: str, kinds: Mapping[str, str] | None = None) -> Curvature:
    """The Hessian of a program's output by one of its names, and what it does to a direction.

    Args:
        program: Ends in a number.
        wrt: A declared variable.
        kinds: How the certificates' numbers are drawn, for variables that need it.

    Raises:
        TutorError: the output is a matrix, ``wrt`` is no declared variable, or the formulas are nested too deeply.
    """
    variable, output = program.variable(wrt), program.output
    if output.shape != SCALAR:
        raise TutorError(f"{output.name} is a {shape_text(output.shape)} matrix. A Hessian needs a program that ends "
                         "in a number.")
    if program.declaration(wrt) is None:
        raise TutorError(f"{wrt} is computed. A Hessian is by a declared variable here.")
    return _curvature(program, variable, tuple(sorted((kinds or {}).items())))


@lru_cache(maxsize=8)
def _curvature(program: Program, variable: Variable, kinds: tuple[tuple[str, str], ...]) -> Curvature:
    first = derive(_without_facts(program, variable.name), variable.name, dict(kinds))
    slopes = _slopes(program, first)
    second = derive(Program(program.declarations, (*program.statements, *slopes)), variable.name, dict(kinds))
    second = in_names_of(program, second, slopes, dict(kinds))
    taken = {*second.program.shapes, *second.program.dimensions}
    direction = Variable(_free("v" if 1 in variable.shape else "V", taken), variable.shape)
    if variable.shape == SCALAR:
        return Curvature(first, second, second.gradient, direction, build.multiply(second.gradient, direction))
    # A Hessian is symmetric: what a direction becomes going back is the Hessian times it.
    arriving = cotangent(second.program.output.name, variable.shape)
    product = written_out(second.gradient, arriving, direction)
    return Curvature(first, second, second.jacobian, direction, product)


def _without_facts(program: Program, name: str) -> Program:
    """The program without what is promised of one variable.

    Such a fact holds where one stands and not beside it, so a gradient that uses it must not be differentiated again.
    """
    declaration = program.declaration(name)
    for fact in ("symmetric", "distribution"):
        for declared in sorted(declaration.facts) if declaration else ():
            if fact == declared or fact in IMPLIED.get(declared, ()):
                program = program.without_fact(name, declared)
    return program


def _slopes(program: Program, first: Derivation) -> tuple[Statement, ...]:
    """The gradient as the last of a few statements, each cotangent that it names before it."""
    taken = {*program.shapes, *program.dimensions}
    named: dict[Variable, Variable] = {}
    statements = []
    for name, symbol, formula in (*((c.of, c.symbol, c.spelled) for c in first.abbreviated),
                                  (first.wrt, Variable("", program.shapes[first.wrt]), first.gradient)):
        slope = Variable(_free(f"g_{name}", taken), symbol.shape)
        for other, chosen in named.items():
            formula = written_out(formula, other, chosen)
        taken.add(slope.name)
        named[symbol] = slope
        statements.append(Statement(slope.name, formula))
    return tuple(statements)


def _free(wanted: str, taken: Collection[str]) -> str:
    """A name like the wanted one that nothing has yet."""
    name, count = wanted, 2
    while name in taken:
        name, count = f"{wanted}{count}", count + 1
    return name
