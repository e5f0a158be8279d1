"""A formula shown back as it was read: every bracket that precedence implies, the shape under each partial product.

The brackets under it are lines of the same formula, a row for each level, so that the shapes of a level stand on one
line. The first misfit is a part of its own, so that it can be shown in red: the sign, and the two shapes that do not
fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from tutor.core.expression import Apply, Expression, nodes
from tutor.core.layout import SCALAR, Shape, numeric_shape
from tutor.figures.chain_layout import CAPTION, words
from tutor.figures.composing import Placed, merged
from tutor.figures.lettering import letter_sources
from tutor.language.printing.as_typst import Typst
from tutor.language.printing.notation import INFIX, Path, Printer, Written
from tutor.typeset import Formula, Typesetter, source
from tutor.typeset.formula import Role, Rule

MISFIT: Final = "misfit"
"""The part that does not fit."""

SIZE: Final = 20.0
_SIZES: Final = (SIZE, 17.0, 15.0, 13.0)
_LEVEL: Final = 22.0
"""From one row of shapes to the next."""
_TICK, _THICK, _GAP, _INSET = 4.0, 1.0, 4.0, 1.0


@dataclass
class _Under:
    """A piece with its shape under it; ``level`` counts from the formula down."""

    part: str
    shape: Shape
    wrong: bool
    level: int


@dataclass
class _Echo(Printer):
    """Prints, and notes which pieces have their shape under them."""

    notation: Typst = field(default_factory=Typst)
    misfit: Expression | None = None
    found: list[_Under] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def _infix(self, expression: Apply, path: Path) -> Written:
        name = expression.operation.name
        wrong = expression is self.misfit
        if not (wrong or _is_told(expression)):
            return super()._infix(expression, path)
        sides = []
        for side, operand in enumerate(self._shown(expression)):
            before = len(self.found)
            part = self.write(operand, (*path, side))
            brackets = self.notation.needs_brackets(name, side, operand, part)
            body = self.notation.brackets(part.source) if brackets else part.source
            chained = not wrong and isinstance(operand, Apply) and operand.operation.name == name and not brackets
            sides.append(body if operand.shape == SCALAR or chained else self._told(body, operand, wrong, before))
        sign = self.notation.signs[name].strip()
        sign = source.part(MISFIT, sign) if wrong and sign else sign or "thin"
        return Written(f"{sides[0]} {sign} {sides[1]}", INFIX[name].level)

    def _told(self, body: str, operand: Expression, wrong: bool, before: int) -> str:
        level = 1 + max((under.level for under in self.found[before:]), default=-1)
        part = f"under {next(self.numbers)}"
        self.found.append(_Under(part, operand.shape, wrong, level))
        return source.part(part, body)


def _is_told(expression: Apply) -> bool:
    """A product says its shapes; an elementwise one does where it meets a product."""
    name = expression.operation.name
    return name == "matmul" or (name in ("hadamard", "frobenius") and any(
        isinstance(node, Apply) and node.operation.name == "matmul" for node in nodes(expression)))


def echo(typesetter: Typesetter, formula: Expression, dims: Mapping[str, int], misfit: Expression | None, width: float
         ) -> Formula:
    """A formula as it was read, in the largest size that has room.

    Args:
        typesetter: Sets it.
        formula: What was read.
        dims: Numbers for named sizes: the shapes are those of the present numbers.
        misfit: The first operation whose operands do not fit; None where all do.
        width: Room from left to right; what is wider in the smallest size is wider.
    """
    printer = _Echo(misfit=misfit)
    written = printer.write(formula).source
    for size in _SIZES:
        [line] = letter_sources(typesetter, [written], size)
        if line.width <= width:
            break
    labels = letter_sources(typesetter, [words(_shape(under.shape, dims)) for under in printer.found], CAPTION)
    boxes = {box.part: box for box in line.boxes}
    placed, rules = [Placed(line, 0.0, 0.0)], []
    for under, label in zip(printer.found, labels, strict=True):
        box = boxes.get(under.part)
        if box is None:
            continue
        top = line.height + _GAP + _LEVEL * under.level
        rules += _bracket(box.x + _INSET, top, box.w - 2 * _INSET, MISFIT if under.wrong else None)
        role = label._replace(glyphs=tuple(
            glyph._replace(part=MISFIT if under.wrong else None, role="ink" if under.wrong else "muted")
            for glyph in label.glyphs), boxes=())
        placed.append(Placed(role, box.x + (box.w - label.width) / 2, top + _TICK + 3.0))
    levels = 1 + max((under.level for under in printer.found), default=-1)
    whole = merged(placed, line.width, line.height + (_GAP + _LEVEL * levels if levels else 0.0), line.baseline)
    kept = tuple(box for box in whole.boxes if box.part == MISFIT)
    plain = tuple(glyph if glyph.part == MISFIT else glyph._replace(part=None, outer=()) for glyph in whole.glyphs)
    return whole._replace(glyphs=plain, boxes=kept, rules=(
        *(rule._replace(part=None, outer=()) for rule in whole.rules), *rules))


def _bracket(x: float, top: float, width: float, part: str | None) -> list[Rule]:
    """A bracket that opens upwards."""
    role: Role = "ink" if part else "muted"
    return [Rule(left, top, wide, high, part, role) for left, wide, high in (
        (x, _THICK, _TICK), (x + width - _THICK, _THICK, _TICK))] + [
        Rule(x, top + _TICK, width, _THICK, part, role)]


def _shape(shape: Shape, dims: Mapping[str, int]) -> str:
    rows, columns = numeric_shape(shape, dims)
    return f"{rows}×{columns}"
