"""A derivation as values: steps, cotangents, links, and the certificates they carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tutor.core.expression import Expression, Variable, variables
from tutor.core.layout import SCALAR
from tutor.core.program import Program
from tutor.derive.words import Sentence

LIMIT: Final = 1e-9
"""The largest relative residual a certified step may have."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Both sides of a step at random numbers.

    Attributes:
        residual: The largest difference, relative to the larger side; infinity where it could not be computed.
        sizes: The sizes of the draw, pairwise different where the program names them.
        seed: What the numbers were drawn from.
    """

    residual: float
    sizes: Mapping[str, int]
    seed: int

    @property
    def holds(self) -> bool:
        """Whether both sides are equal up to rounding."""
        return self.residual <= LIMIT


@dataclass(frozen=True, slots=True)
class Promise:
    """A declared fact a step rests on."""

    name: str
    fact: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chain of equalities.

    Attributes:
        formula: Equal to the formulas of the lines around it.
        reasons: What a reader calls the rules and identities that turned the line before into this one.
        certificate: The numeric check of this very line.
    """

    formula: Expression
    reasons: tuple[Sentence, ...]
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``before`` and ``after`` are equal, by a rule.

    Attributes:
        rule: The rule's key: an operation's name, or an identity's.
        title: What a reader calls the rule.
        before: The formula before the step.
        after: The formula after it.
        because: Why, for a student; complete sentences.
        certificate: The numeric check of this very step.
        of: For a step that gives a cotangent: the name it belongs to.
        through: The links the step crosses, outermost first, as (output, source).
        substeps: The rules and identities inside, in order.
        promises: The declared facts it rests on, its substeps' included.
        lines: From the rule to ``after``, line by line, each of them certified; none where nothing lies between.
        inner: For a rule inside a statement: the formula whose cotangent it gives.
    """

    rule: str
    title: str
    before: Expression
    after: Expression
    because: Sentence
    certificate: Certificate
    of: str | None = None
    through: tuple[tuple[str, str], ...] = ()
    substeps: tuple[Step, ...] = ()
    promises: tuple[Promise, ...] = ()
    lines: tuple[Line, ...] = ()
    inner: Expression | None = None

    @property
    def certified(self) -> bool:
        """Whether this step and all inside it hold."""
        return self.certificate.holds and all(s.certified for s in self.substeps)


@dataclass(frozen=True, slots=True)
class Cotangent:
    """The derivative of the output by one name, in the name's shape.

    Attributes:
        of: The name.
        symbol: The variable that stands for it in later steps, such as δθ.
        expression: In terms of the program's names and earlier cotangents.
        spelled: With no cotangent abbreviated.
        joined: Names whose own cotangent was written out and vanished in this one.
    """

    of: str
    symbol: Variable
    expression: Expression
    spelled: Expression
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A statement and one name it reads: one factor of a chain.

    Attributes:
        output: The statement.
        source: The name it reads.
        rule: The name of the operation that reads it.
        title: What a reader calls that operation.
        because: Why the Jacobian looks as it does.
        adjoint: The cotangent of the source by the cotangent of the output.
        form: The Jacobian as a matrix formula, rows = outputs; None where it has no short one.
        note: What its structure means, in a few words, in Typst markup; empty where there is nothing to point out.
        promises: The declared facts that adjoint and form rest on.
    """

    output: str
    source: str
    rule: str
    title: str
    because: Sentence
    adjoint: Expression
    form: Expression | None
    note: str = ""
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True, eq=False)
class Derivation:
    """The chain rule carried out for one variable of a program.

    Attributes:
        program: What was differentiated.
        wrt: The variable.
        gradient: The result in the variable's shape, with nothing abbreviated unless it is very long. Of an output
            that is a matrix: the pullback, which says what a cotangent that arrives at the output becomes.
        certificate: The numeric check of that very formula.
        cotangents: Every named cotangent on the way, in order; the last belongs to ``wrt``.
        steps: One step a cotangent, in the same order.
        links: Every link on a path from the output to the variable, in the order of the program backwards.
        paths: The paths as names, output first.
        jacobian: Of an output that is a matrix: the Jacobian as a matrix formula, compared with the product of the
            declared Jacobians; None where it has no short one.
        rests_on: The declared facts that no step rests on, and without which ``gradient`` or ``jacobian`` would be
            wrong.
    """

    program: Program
    wrt: str
    gradient: Expression
    certificate: Certificate
    cotangents: tuple[Cotangent, ...]
    steps: tuple[Step, ...]
    links: tuple[Link, ...]
    paths: tuple[tuple[str, ...], ...]
    jacobian: Expression | None = None
    rests_on: tuple[Promise, ...] = ()

    @property
    def ends_in_matrix(self) -> bool:
        """Whether the output is a matrix, so that the derivative is a Jacobian."""
        return self.program.output.shape != SCALAR

    @property
    def top(self) -> str:
        """The output where it is a number, whose own cotangent is 1 and is not written; else no name."""
        return "" if self.ends_in_matrix else self.program.output.name

    def unconstrained(self, what: str) -> Sentence | None:
        """What has to be said of a derivative by a variable that is declared symmetric.

        Args:
            what: What the derivative is called.
        """
        declaration = self.program.declaration(self.wrt)
        if declaration is None or not declaration.promises("symmetric"):
            return None
        return Sentence(f"{{x}} is declared symmetric. This is the unconstrained {what}: each entry of {{x}} counts as "
                        "a variable of its own.", (("x", self.program.variable(self.wrt)),))

    @property
    def abbreviated(self) -> tuple[Cotangent, ...]:
        """The cotangents that stand by name in the result, directly or not, in the order they are computed."""
        by_name = {c.symbol: c for c in self.cotangents}
        wanted = set(variables(self.gradient))
        found: list[Cotangent] = []
        for cotangent in reversed(self.cotangents):
            if cotangent.symbol in wanted:
                found.append(cotangent)
                wanted.update(v for v in variables(cotangent.spelled) if v in by_name)
        return tuple(reversed(found))

    @cached_property
    def certified(self) -> bool:
        """Whether every step holds, and the result itself."""
        return self.certificate.holds and all(step.certified for step in self.steps)

    @property
    def promises(self) -> tuple[Promise, ...]:
        """The declared facts the result rests on."""
        return tuple(dict.fromkeys((*(p for step in self.steps for p in step.promises), *self.rests_on)))

    def link(self, output: str, source: str) -> Link:
        """One link by its two names."""
        return next(ln for ln in self.links if (ln.output, ln.source) == (output, source))

    def cotangent(self, name: str) -> Cotangent:
        """The cotangent of a name on the way."""
        return next(c for c in self.cotangents if c.of == name)

    def step(self, name: str) -> Step:
        """The step that gives the cotangent of a name."""
        return next(s for s in self.steps if s.of == name)

    def shown_steps(self) -> tuple[Step, ...]:
        """The steps a reader needs: without those that a later one writes out and absorbs."""
        absorbed = {name for c in self.cotangents for name in c.joined}
        used = {v for c in self.cotangents for v in variables(c.expression)}
        return tuple(s for s, c in zip(self.steps, self.cotangents, strict=True)
                     if c.of not in absorbed or c.symbol in used)

