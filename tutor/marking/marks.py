"""Marking: a learner's formula read, judged by its meaning, and repaired.

What is asked is not whether a formula looks like the derived one but whether it is equal to it, at random numbers and
at sizes that are all different. Where it is not, the search looks for the slip that was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from tutor.core.errors import NameUnknownError, Position, TutorError
from tutor.core.expression import Expression
from tutor.core.layout import SCALAR, Shape, shape_text
from tutor.core.problem import Problem
from tutor.core.program import cotangent_name
from tutor.derive import Derivation, derive
from tutor.language import printing
from tutor.language.reader import LooseReading, read_loosely
from tutor.marking import hidden
from tutor.marking.edit import Edit
from tutor.marking.hidden import Compared, with_names
from tutor.marking.mistakes import with_formulas, words_of
from tutor.marking.naming import apart, explained, steps
from tutor.marking.points import Point, points, scope
from tutor.marking.search import Found, Search
from tutor.marking.stock import Stock
from tutor.marking.trees import tree_of

Verdict = Literal["right", "right_other_layout", "wrong", "unreadable"]

_RATIOS: Final = ((-1.0, "−1"), (2.0, "2"), (0.5, "½"), (-2.0, "−2"), (-0.5, "−½"))


@dataclass(frozen=True)
class Edited:
    """One edit of a repair.

    Attributes:
        kind: What was wrong: transpose, brackets, order, …
        text: What to do, in words.
        why: Why that is so.
        before: The piece as it was, in plain text.
        after: What stands there instead.
        typst: What to do, in Typst markup, with the formulas as mathematics.
    """

    kind: str
    text: str
    why: str
    before: str
    after: str
    typst: str = ""


@dataclass(frozen=True)
class Repair:
    """A smallest set of edits that makes a formula right.

    Attributes:
        edits: One or two.
        formula: The repaired formula in plain text.
        expression: The same.
        turned: Whether it is the answer in the other layout.
        changed: The pieces of it that are new.
    """

    edits: tuple[Edited, ...]
    formula: str
    expression: Expression
    turned: bool = False
    changed: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Marking:
    """What is said of a formula.

    Attributes:
        verdict: Right, right in the other layout, wrong, or not to be read.
        reason: The first thing that was found, one word of DESIGN section 11.
        message: The same in a sentence.
        read_as: How it was read, in plain text with every bracket that precedence implies; empty if it was not.
        repairs: The smallest, the likeliest first.
        notes: What else there is to know: another reading, what these sizes hide.
        position: Where the first thing stands in the text.
        expression: How it was read.
        misfit: The first operation in it whose operands do not fit.
        numbers: Of a wrong formula that has numbers, those and the right ones.
    """

    verdict: Verdict
    reason: str
    message: str
    read_as: str = ""
    repairs: tuple[Repair, ...] = ()
    notes: tuple[str, ...] = ()
    position: Position | None = None
    expression: Expression | None = None
    misfit: Expression | None = None
    numbers: Compared | None = None


def mark(problem: Problem, wrt: str, text: str, where: Mapping[str, str] = MappingProxyType({}),
         wanted: Callable[[], bool] = lambda: True) -> Marking:
    """Marks a formula.

    Args:
        problem: The forward pass; its numbers only say what the present point hides.
        wrt: The variable whose gradient the formula is to be.
        text: As typed or pasted; names that are not the program's can be explained behind ``where``. Cotangents can
            be written down before, ``δθ = ŷ − y; δθ W2ᵀ``: what follows is marked on those, and says so.
        where: Names that are not the program's, each with a formula of the program's names.
        wanted: Asked now and then while repairs are looked for; False ends the search.

    Raises:
        TutorError: the program has no such variable, or no gradient to compare with.
    """
    problem.program.variable(wrt)
    text, more = apart(text)
    try:
        named, notes = explained(problem.program, text, {**where, **more})
    except TutorError as error:
        return _unreadable(error)
    before, text = steps(text, problem.program)
    carried: list[tuple[str, Expression]] = []
    for name, formula in before:
        marker = _Marker(problem, name, named, wanted, carried)
        found = marker.mark(formula, ())
        if found.expression is None or found.misfit is not None or found.expression.shape != marker.shapes[name]:
            return replace(found, message=f"{cotangent_name(name)}: {found.message}", reason=found.reason)
        if found.verdict != "right":
            carried.append((name, found.expression))
            notes = (*notes, f"Marked on your {cotangent_name(name)}, which is wrong: {found.message}")
    found = _Marker(problem, wrt, named, wanted, carried).mark(text, notes)
    if carried and found.verdict == "right":
        mine = " and ".join(cotangent_name(name) for name, _ in carried)
        return replace(found, message=f"Right as it follows from your {mine}; what is wrong is there.")
    return found


def _carried(point: Point, carried: Sequence[tuple[str, Expression]], wrt: str) -> Point:
    """A point at which somebody goes on with their own cotangents."""
    for name, formula in carried:
        value = point.value(formula)
        if value is not None and value.shape == point.values[name].shape:
            point = point.carried(name, value, wrt)
    return point


def _unreadable(error: TutorError) -> Marking:
    reason = "unknown_name" if isinstance(error, NameUnknownError) else "syntax"
    return Marking("unreadable", reason, error.sentence, position=error.position)


class _Marker:
    """Marks formulas of one variable."""

    def __init__(self, problem: Problem, wrt: str, named: Mapping[str, Expression], wanted: Callable[[], bool],
                 carried: Sequence[tuple[str, Expression]]) -> None:
        self.problem, self.wrt, self.named, self.wanted = problem, wrt, named, wanted
        self.program = problem.program
        self.derivation: Derivation = derive(self.program, wrt)
        self.points = tuple(_carried(with_names(point, named), carried, wrt) for point in points(problem, wrt))
        self.shapes = {**scope(self.program), **{name: formula.shape for name, formula in named.items()}}

    # --- the order of section 10 ---------------------------------------------------------------------------------

    def mark(self, text: str, notes: tuple[str, ...]) -> Marking:
        try:
            read = read_loosely(text, self.shapes, self.program.dimensions)
        except TutorError as error:
            columns = self._in_columns(text, notes)
            return columns if columns is not None else _unreadable(error)
        if not read.misfits and (found := self._equal(read.expression, self.points)) is not None:
            return self._right(read.expression, found, notes)
        columns = self._in_columns(text, notes)
        if columns is not None:
            return columns
        return self._wrong(read, notes)

    def _equal(self, formula: Expression, at: Sequence[Point]) -> str | None:
        """Whether a formula is the answer, or the answer turned."""
        values = [point.value(formula) for point in at]
        if all(point.equal(value) for point, value in zip(at, values, strict=True)):
            return "equal"
        if all(point.equal(value, point.right.T) for point, value in zip(at, values, strict=True)):
            return "other_layout"
        return None

    def _right(self, formula: Expression, found: str, notes: tuple[str, ...]) -> Marking:
        if found == "equal":
            message = f"Right: equal to the derived gradient at {len(self.points)} random draws."
            return Marking("right", "equal", message, printing.text(formula), notes=notes, expression=formula)
        message = "Right in the other layout: it is the transpose of the gradient in the variable's own shape."
        return Marking("right_other_layout", "other_layout", message, printing.text(formula), notes=notes,
                       expression=formula)

    def _in_columns(self, text: str, notes: tuple[str, ...]) -> Marking | None:
        """Right where the program's rows are read as columns; None where that is no reading, or wrong."""
        rows = {name for name, shape in self.shapes.items() if shape[0] == 1 and shape != SCALAR}
        if not rows:
            return None
        shapes = {name: shape[::-1] if name in rows else shape for name, shape in self.shapes.items()}
        try:
            read = read_loosely(text, shapes, self.program.dimensions)
        except TutorError:
            return None
        turned = tuple(replace(p, values={n: np.ascontiguousarray(v.T) if n in rows else v
                                          for n, v in p.values.items()}) for p in self.points)
        if read.misfits or self._equal(read.expression, turned) is None:
            return None
        message = "Right in the other layout: with vectors as columns, it is the gradient as a column."
        more = (*notes, "Every row vector of the program is read as a column.")
        return Marking("right_other_layout", "other_layout", message, printing.text(read.expression), notes=more,
                       expression=read.expression)

    def _wrong(self, read: LooseReading, notes: tuple[str, ...]) -> Marking:
        formula = read.expression
        repairs, other = self._repaired(read)
        if read.other is not None:
            notes = (*notes, f"Read as {printing.text(formula)}, since what stands side by side binds tighter than ∘. "
                             f"From left to right it is {printing.text(read.other.expression)}{other}")
        reason, message, position = self._reason(read, repairs)
        numbers = hidden.compared(self.problem, self.wrt, formula, self.named)
        return Marking("wrong", reason, message, printing.text(formula), repairs,
                       (*notes, *hidden.notes(numbers, bool(read.misfits))), position, formula,
                       read.misfits[0][0] if read.misfits else None, numbers)

    def _reason(self, read: LooseReading, repairs: tuple[Repair, ...]) -> tuple[str, str, Position | None]:
        formula = read.expression
        if read.misfits:
            error = read.misfits[0][1]
            return "shape_inside", error.sentence, error.position
        wanted: Shape = self._shape()
        if formula.shape != wanted:
            said = f"It is {shape_text(formula.shape)}, and the gradient by {self.wrt} is {shape_text(wanted)}."
            known = self._known(formula)
            return "shape_result", f"{said} {known}".strip(), None
        if known := self._known(formula):
            return "other_quantity", known, None
        if ratio := self._ratio(formula):
            kind = "sign" if ratio == "−1" else "factor"
            return kind, f"It is {ratio} times the gradient, in every entry.", None
        if repairs:
            first = repairs[0].edits[0]
            return first.kind, f"Not equal to the gradient. Right if you {first.text}.", None
        return "different", "Not equal to the gradient; no one or two edits were found that make it so.", None

    def _shape(self) -> Shape:
        """The shape of the answer, with named sizes."""
        if self.program.output.shape == SCALAR:
            return self.program.shapes[self.wrt]
        jacobian = self.derivation.jacobian
        rows, columns = self.points[0].right.shape
        return (rows, columns) if jacobian is None else jacobian.shape

    def _known(self, formula: Expression) -> str:
        """What else of the program it is, in a sentence."""
        values = [point.value(formula) for point in self.points]
        for name in self.program.shapes:
            slope = cotangent_name(name)
            if name == self.wrt or not all(slope in point.values for point in self.points):
                continue
            if all(point.equal(value, point.values[slope])
                   for point, value in zip(self.points, values, strict=True)):
                output = self.program.output.name
                return f"That is ∂{output}/∂{name}; ∂{output}/∂{self.wrt} is asked for."
        return ""

    def _ratio(self, formula: Expression) -> str:
        """The number by which all entries are off; empty where there is none."""
        found: list[tuple[float, Point]] = []
        for point in self.points:
            value = point.value(formula)
            if value is None or value.shape != point.right.shape:
                return ""
            at = int(np.argmax(np.abs(point.right)))
            ratio = float(value.ravel()[at] / point.right.ravel()[at]) if point.right.any() else 0.0
            if not np.isfinite(ratio) or abs(ratio) < 1e-9 or not point.equal(value / ratio):
                return ""
            found.append((ratio, point))
        for number, words in _RATIOS:
            if all(abs(ratio - number) < 1e-6 for ratio, _ in found):
                return words
        for size in self.program.dimensions:
            for words, power in ((size, 1), (f"1/{size}", -1)):
                for front, scale in (("", 1.0), ("−", -1.0), ("2 ", 2.0), ("½ ", 0.5)):
                    if all(abs(ratio - scale * point.dims[size] ** power) < 1e-6 for ratio, point in found):
                        return f"{front}{words}"
        first = found[0][0]
        return f"{first:.4g}".replace("-", "−") if all(abs(r - first) < 1e-6 * abs(first) for r, _ in found) else ""

    # --- repairs -------------------------------------------------------------------------------------------------

    def _repaired(self, read: LooseReading) -> tuple[tuple[Repair, ...], str]:
        """The smallest repairs of either reading; and what is to be said of the other one."""
        here = self._search(read.expression)
        if read.other is None:
            return self._told(here), "."
        if not read.other.misfits and self._equal(read.other.expression, self.points) is not None:
            return self._told(here), ", which is right."
        there = self._search(read.other.expression)
        if there and (not here or len(there[0].edits) < len(here[0].edits)):
            return self._told(there), "; so read, fewer edits repair it." if here else "; so read, it can be repaired."
        return self._told(here), "."

    def _search(self, formula: Expression) -> tuple[Found, ...]:
        point = self.points[0]
        stock = Stock(point, self.program, self.derivation)
        with np.errstate(all="ignore"):
            return Search(stock, self.points, self.wanted).run(tree_of(formula, point))

    def _told(self, found: Sequence[Found]) -> tuple[Repair, ...]:
        return tuple(
            Repair(tuple(_edited(edit) for edit in each.edits),
                   printing.text(each.formula), each.formula, each.turned,
                   tuple((edit.about or edit.after).written() for edit in each.edits))
            for each in found
        )


def _edited(edit: Edit) -> Edited:
    pieces = {"before": edit.before, "after": edit.after, "about": edit.about or edit.after}
    text = {slot: printing.text(tree.written()) for slot, tree in pieces.items()}
    maths = {slot: f"${printing.typst(tree.written())}$" for slot, tree in pieces.items()}
    words = words_of(edit.told or edit.kind)
    return Edited(edit.kind, words.edit.format(**text), words.why.format(**text), text["before"], text["after"],
                  with_formulas(words.edit, maths))
