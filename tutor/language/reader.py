"""Reading: from a text to a program or a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from tutor.core.errors import ShapeError, UnreadableError
from tutor.core.expression import Apply, Expression
from tutor.core.layout import LARGEST_SIZE, SCALAR, Shape, Size
from tutor.core.program import FACTS, Declaration, Program, Remark, Statement
from tutor.language.building import Building, Scope
from tutor.language.lexer import tokens, with_names_split
from tutor.language.parser import parse_formula, parse_program
from tutor.language.source import Source, Span, Token
from tutor.language.suggestions import closest
from tutor.language.syntax import DeclarationLine, StatementLine, Syntax, Word

_LEFT: Final = re.compile(r"[^=(]*[^=<>!(]=(?!=)")
"""The left side of an assignment in code."""
_SHAPE: Final = "After the colon a shape has to follow: two sizes, as in (1, n), or scalar."


class LooseReading(NamedTuple):
    """A formula that was read although shapes in it do not fit.

    Attributes:
        expression: The formula; where shapes do not fit, an operation has the shape that is most likely meant.
        misfits: Those operations, innermost and leftmost first, each with what is wrong.
        other: The same read from left to right, where the text allows it: (A ∘ B) C for A ∘ B C.
    """

    expression: Expression
    misfits: tuple[tuple[Apply, ShapeError], ...]
    other: LooseReading | None = None


def read_program(text: str) -> Program:
    """The program that a text stands for.

    Raises:
        TutorError: the text is not a program, a name is not known or shapes do not fit; always with its place.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # whoever counts its lines later splits at one sign
    source = Source(text)
    found = tokens(source, lines=True)
    if not found:
        raise UnreadableError("The program is empty. Declare a variable as  x : (1, n)  and write  y = formula.",
                              source.position(Span(0, 0)))
    lines = parse_program(source, with_names_split(found, source, _names_of_lines(found)))
    declarations = [_declaration(source, line) for line in lines if isinstance(line, DeclarationLine)]
    statements = [line for line in lines if isinstance(line, StatementLine)]
    sizes = frozenset(size for d in declarations for size in d.shape if isinstance(size, str))
    shapes: dict[str, Shape] = {d.name: d.shape for d in declarations}
    later = {line.name.text: source.position(line.name.span).line for line in reversed(statements)}
    read, remarks = [], list[Remark]()
    for line in statements:
        name = line.name.text
        building = Building(source, Scope(shapes, sizes, later, own=name))
        expression = building.formula(line.formula)
        remarks += building.remarks
        read.append(Statement(name, expression, source.position(line.name.span)))
        shapes[name] = expression.shape
        later.pop(name, None)
    return Program(tuple(declarations), tuple(read), text, tuple(remarks))


def read_formula(text: str, shapes: Mapping[str, Shape], sizes: Iterable[str] = ()) -> Expression:
    """The formula that a text stands for.

    A left side, as in ``∂L/∂x = …``, is skipped: only what stands behind the = is read.

    Args:
        text: As typed, or pasted from LaTeX or NumPy.
        shapes: The shape of every name that may occur.
        sizes: Named sizes beyond those that occur in the shapes.

    Raises:
        TutorError: the text is not a formula, a name is not known or shapes do not fit; always with its place.
    """
    building, tree = _formula(text, shapes, sizes, loose=False)
    return building.formula(tree)


def read_loosely(text: str, shapes: Mapping[str, Shape], sizes: Iterable[str] = ()) -> LooseReading:
    """The formula that a text stands for, also where shapes do not fit: to show it, and to look for a repair.

    Raises:
        TutorError: the text is not a formula, a name is not known, or the operands of a function do not fit it;
            always with its place.
    """
    from tutor.language.ambiguity import other_reading  # no program is read in two ways

    building, tree = _formula(text, shapes, sizes, loose=True)
    read = LooseReading(building.formula(tree), tuple(building.misfits))
    otherwise = other_reading(tree)
    if otherwise is None:
        return read
    again = Building(building.source, building.scope, loose=True)
    return read._replace(other=LooseReading(again.formula(otherwise), tuple(again.misfits)))


def _formula(text: str, shapes: Mapping[str, Shape], sizes: Iterable[str], loose: bool) -> tuple[Building, Syntax]:
    source = Source(text)
    known = frozenset(sizes) | {size for shape in shapes.values() for size in shape if isinstance(size, str)}
    from tutor.language.numpy_text import looks_like_code, parse_code  # no program has code

    if looks_like_code(text):
        left = _LEFT.match(text)
        tree = parse_code(source, left.end() if left else 0)
        return Building(source, Scope(shapes, known, place="in the program"), loose), tree
    start = text.find("=") + 1 if text.count("=") == 1 else 0
    found = tokens(source, start)
    if not found:
        raise UnreadableError("There is no formula to read.", source.position(Span(start, start)))
    tree = parse_formula(source, with_names_split(found, source, {*shapes, *known}))
    return Building(source, Scope(shapes, known, place="in the program"), loose), tree


def _names_of_lines(found: list[Token]) -> frozenset[str]:
    """All names that lines of a program declare or define, and the sizes in its declarations."""
    names: set[str] = set()
    starts = True
    declared = False
    for token, after in zip(found, [*found[1:], None], strict=True):
        if starts and token.type == "NAME":
            names.add(str(token))
            declared = after is not None and after.type == "COLON"
        elif declared and token.type == "NAME":
            names.add(str(token))
        starts = token.type == "NL"
        declared = declared and not starts
    return frozenset(names)


def _declaration(source: Source, line: DeclarationLine) -> Declaration:
    """A declaration, its sizes and facts checked."""
    if len(line.sizes) == 1:
        (word,) = line.sizes
        if word.text != "scalar":
            raise UnreadableError(_SHAPE, source.position(word.span))
        shape = SCALAR
    else:
        shape = (_size(source, line.sizes[0]), _size(source, line.sizes[1]))
    for fact in line.facts:
        if fact.text not in FACTS:
            meant = closest(fact.text, FACTS)
            hint = f"Did you mean {meant}?" if meant else f"Facts are {', '.join(FACTS)}."
            raise UnreadableError(f"{source.shown(fact.span)} is not a fact. {hint}", source.position(fact.span))
    last = (*line.sizes, *line.facts)[-1].span
    facts = frozenset(fact.text for fact in line.facts)
    return Declaration(line.name.text, shape, facts, source.position(Span(line.name.span.start, last.end)))


def _size(source: Source, word: Word) -> Size:
    """A size: a name, or a whole number from 1."""
    if word.text[0].isalpha():
        return word.text
    if not word.text.isdigit() or int(word.text) < 1:
        raise UnreadableError(f"{source.shown(word.span)} is not a size. A size is a whole number from 1, or a name.",
                            source.position(word.span))
    size = int(word.text)
    if size > LARGEST_SIZE:
        raise UnreadableError(f"A size is at most {LARGEST_SIZE:,}.", source.position(word.span))
    return size
