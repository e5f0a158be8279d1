"""A forward pass: declared variables and named statements, shapes checked when it is built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Final

from tutor.core.errors import NameUnknownError, Position, ShapeError, TutorError
from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, apply, nodes, variables
from tutor.core.layout import Shape, named_factors, numeric_shape, shape_text

FACT_WORDS: Final[Mapping[str, str]] = {
    "distribution": "a distribution",
    "onehot": "one-hot",
    "positive": "positive",
    "symmetric": "symmetric",
    "spd": "symmetric positive definite",
}
"""How a sentence says each fact: "y is one-hot"."""

FACTS: Final = tuple(FACT_WORDS)
"""What a declaration may promise of its numbers."""

IMPLIED: Final[Mapping[str, tuple[str, ...]]] = {"onehot": ("distribution",), "spd": ("symmetric",)}
"""Facts that follow from a fact."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A variable the program is given: name, shape, the facts promised of its numbers."""

    name: str
    shape: Shape
    facts: frozenset[str] = frozenset()
    position: Position | None = None

    def promises(self, fact: str) -> bool:
        """Whether a fact is declared or follows from a declared one."""
        return fact in self.facts or any(fact in IMPLIED.get(f, ()) for f in self.facts)


@dataclass(frozen=True, slots=True)
class Statement:
    """``name = expression``."""

    name: str
    expression: Expression
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """How something in the text was read that may have been meant otherwise.

    Attributes:
        sentence: What it is taken for and how to write the other, as plain text.
        position: Where it stands.
        template: The same with ``{W}`` where a formula is to be typeset.
        places: Those formulas.
    """

    sentence: str
    position: Position
    template: str
    places: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, eq=False)
class Program:
    """Declarations and statements in order; the last statement is the output.

    Programs are compared by identity: the same text read twice is two programs.

    Attributes:
        declarations: The variables it is given.
        statements: What it computes.
        text: As it was typed.
        remarks: What its reader ought to know of how it was read.

    Raises:
        TutorError: a name is used before it is known, given twice, or there is no statement.
        ShapeError: a fact does not fit its variable's shape.
    """

    declarations: tuple[Declaration, ...]
    statements: tuple[Statement, ...]
    text: str = field(default="", repr=False)
    remarks: tuple[Remark, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Check names and facts; shapes were checked when the expressions were built."""
        if not self.statements:
            last = self.declarations[-1].position if self.declarations else None
            raise TutorError("The program has no statement. Write one as  name = formula.", last)
        known: dict[str, Shape] = {}
        for declaration in self.declarations:
            if declaration.name in known:
                raise TutorError(f"{declaration.name} is declared twice.", declaration.position)
            check_facts(declaration)
            known[declaration.name] = declaration.shape
        for statement in self.statements:
            if statement.name in known:
                raise TutorError(f"{statement.name} already has a value.", statement.position)
            for variable in variables(statement.expression):
                if variable.name not in known:
                    raise NameUnknownError(f"{variable.name} is not known here.", statement.position)
            known[statement.name] = statement.expression.shape
        for name in self.dimensions:
            if name in known:
                raise TutorError(f"{name} is the name of a size and of a variable. Give one of them another name.",
                                 self._place(name))
        for name in known:
            if cotangent_name(name) in known:
                raise TutorError(f"{cotangent_name(name)} is what the cotangent of {name} is called. "
                                 "Give the variable another name.", self._place(cotangent_name(name)))

    def _place(self, name: str) -> Position | None:
        """Where a name is declared or defined."""
        declared = self.declaration(name)
        if declared is not None:
            return declared.position
        return next((s.position for s in self.statements if s.name == name), None)

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shape of every name, declared and defined, in order."""
        return {d.name: d.shape for d in self.declarations} | {s.name: s.expression.shape for s in self.statements}

    @cached_property
    def definitions(self) -> Mapping[str, Expression]:
        """The expression of every statement."""
        return {s.name: s.expression for s in self.statements}

    @cached_property
    def uses(self) -> Mapping[str, tuple[str, ...]]:
        """For every name the statements that read it directly, in order."""
        found: dict[str, tuple[str, ...]] = dict.fromkeys(self.shapes, ())
        for statement in self.statements:
            for variable in variables(statement.expression):
                found[variable.name] += (statement.name,)
        return found

    def says(self, other: Program) -> bool:
        """Whether both are the same formulas, whatever their texts look like."""
        return self is other or self._meaning == other._meaning

    @cached_property
    def _meaning(self) -> tuple[object, ...]:
        """All but places and text."""
        declared = tuple((d.name, d.shape, d.facts) for d in self.declarations)
        return declared, tuple((s.name, s.expression) for s in self.statements)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The named sizes, in the order they first appear."""
        found: dict[str, None] = {}
        for shape in self.shapes.values():
            found.update((name, None) for size in shape for name in named_factors(size))
        for statement in self.statements:
            for node in nodes(statement.expression):
                sizes = (node.name,) if isinstance(node, Dimension) else node.shape
                found.update((name, None) for size in sizes for name in named_factors(size))
        return tuple(found)

    @cached_property
    def output(self) -> Variable:
        """The last statement's variable."""
        return self.variable(self.statements[-1].name)

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The declared variables one differentiates by: all the output depends on, but labels."""
        reached = self.depends(self.output.name)
        return tuple(d.name for d in self.declarations if d.name in reached and not d.promises("distribution"))

    def variable(self, name: str) -> Variable:
        """The variable of a name.

        Raises:
            NameUnknownError: the program does not have it.
        """
        if name not in self.shapes:
            raise NameUnknownError(f"{name} is not in the program. It has {', '.join(self.shapes)}.")
        return Variable(name, self.shapes[name])

    def declaration(self, name: str) -> Declaration | None:
        """The declaration of a name, or None when a statement defines it."""
        return next((d for d in self.declarations if d.name == name), None)

    def depends(self, name: str) -> frozenset[str]:
        """All names a name's value depends on, itself included."""
        return self._ancestors[name]

    @cached_property
    def _ancestors(self) -> Mapping[str, frozenset[str]]:
        found = {d.name: frozenset({d.name}) for d in self.declarations}
        for s in self.statements:
            found[s.name] = frozenset({s.name}).union(*(found[v.name] for v in variables(s.expression)))
        return found

    def without_fact(self, name: str, fact: str, instead: str | None = None) -> Program:
        """The same program with one promise less, and another one in its place if there is one; its text follows.

        The same object for the same question, so that what is derived for it is derived once.
        """
        asked = (name, fact, instead)
        if asked not in self._fewer:
            self._fewer[asked] = self._without_fact(*asked)
        return self._fewer[asked]

    @cached_property
    def _fewer(self) -> dict[tuple[str, str, str | None], Program]:
        return {}

    def _without_fact(self, name: str, fact: str, instead: str | None) -> Program:
        changed = next((d for d in self.declarations if d.name == name), None)
        if changed is None:
            return self
        gone = {f for f in changed.facts if f == fact or fact in IMPLIED.get(f, ())}
        if not gone:
            return self
        facts = frozenset((changed.facts - gone) | ({instead} if instead else set()))
        lines, at, shorter = self.text.split("\n"), changed.position, 0
        if at is not None and at.line <= len(lines):
            line, end = lines[at.line - 1], at.column - 1 + at.length
            written = _with_facts(line[at.column - 1 : end], gone, None if instead in changed.facts - gone else instead)
            lines[at.line - 1] = line[: at.column - 1] + written + line[end:]
            shorter = at.length - len(written)

        def moved(position: Position | None) -> Position | None:
            """Where something on the same line stands now."""
            if at is None or position is None or position.line != at.line or position.column < at.column:
                return position
            if position == at:
                return Position(at.line, at.column, at.length - shorter)
            return Position(position.line, position.column - shorter, position.length)

        declarations = tuple(
            Declaration(d.name, d.shape, facts if d is changed else d.facts, moved(d.position))
            for d in self.declarations
        )
        statements = tuple(Statement(s.name, s.expression, moved(s.position)) for s in self.statements)
        remarks = tuple(replace(r, position=moved(r.position) or r.position) for r in self.remarks)
        return Program(declarations, statements, "\n".join(lines), remarks)

    def resolved(self, dims: Mapping[str, int]) -> Program:
        """The same program with every named size replaced by its number.

        Raises:
            ShapeError: a size has no number.
        """
        declarations = tuple(
            Declaration(d.name, numeric_shape(d.shape, dims), d.facts, d.position) for d in self.declarations
        )
        statements = tuple(Statement(s.name, resolve(s.expression, dims), s.position) for s in self.statements)
        return Program(declarations, statements, self.text, self.remarks)


def resolve(expression: Expression, dims: Mapping[str, int]) -> Expression:
    """The formula with every named size replaced by its number; shared parts stay shared."""
    done: dict[Expression, Expression] = {}
    for node in nodes(expression):
        match node:
            case Variable(name, shape):
                done[node] = Variable(name, numeric_shape(shape, dims))
            case Dimension(name):
                done[node] = Number(Fraction(numeric_shape((name, 1), dims)[0]))
            case Apply():
                operands = tuple(done[o] for o in node.operands)
                done[node] = apply(node.operation.resolved(dims), *operands, position=node.position)
            case _:
                done[node] = node
    return done[expression]


def _with_facts(declaration: str, gone: set[str], instead: str | None) -> str:
    """A declaration's text without some facts."""
    pattern = rf"[\s,]+({'|'.join(map(re.escape, sorted(gone)))})\b"
    *shape, facts = re.split(r"(?<=\))", declaration, maxsplit=1)  # a size may be called like a fact
    shorter = "".join([*shape, re.sub(pattern, "", facts)])
    return f"{shorter} {instead}" if instead else shorter


def cotangent_name(name: str) -> str:
    """What the cotangent of a name is called: δ in front."""
    return f"δ{name}"


def check_facts(declaration: Declaration) -> None:
    """Whether the promised facts make sense for the shape.

    Raises:
        ShapeError: symmetric or spd on a matrix that is not square.
        TutorError: a fact that does not exist.
    """
    for fact in sorted(declaration.facts):
        if fact not in FACTS:
            raise TutorError(f"{fact} is not a fact. Facts are {', '.join(FACTS)}.", declaration.position)
        if fact in ("symmetric", "spd") and declaration.shape[0] != declaration.shape[1]:
            raise ShapeError(f"{declaration.name} is {shape_text(declaration.shape)}; only a square matrix "
                             f"can be {fact}.", declaration.position)
