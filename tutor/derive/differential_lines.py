"""The lines of a step in differentials: how its statement changes, and what stands before the change in dL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

from tutor.core.expression import Apply, Expression, Variable, apply
from tutor.core.layout import SCALAR
from tutor.derive.differentials import changes_of, differential, tangent_of
from tutor.derive.names import cotangent
from tutor.derive.reading_checks import Checks, Wanted
from tutor.derive.rows import Left, Row
from tutor.derive.step import Derivation, Line, Step
from tutor.derive.views import path_count
from tutor.derive.wording import Wording
from tutor.derive.words import Sentence
from tutor.derive.working import paths_of, told
from tutor.ops import build
from tutor.ops.forms import Zeros
from tutor.ops.linear import Frobenius, Scale

PUT_IN: Final = "{d} put in"
"""What a line comes by in which a differential was replaced by what it is."""

_ACROSS: Final = Sentence("across the :")
_AS_PAIRING: Final = Sentence("written with :")


@dataclass(frozen=True)
class DifferentialLines:
    """Writes the lines of steps in differentials, one step after the other; every line is checked.

    Attributes:
        wording: How formulas are written.
        checks: The numbers they are checked at.
        joined: Whether steps that a later one writes out are shown there.
    """

    wording: Wording
    checks: Checks
    joined: bool
    _opened: set[str] = field(default_factory=set, repr=False)

    @property
    def derivation(self) -> Derivation:
        """Whose steps."""
        return self.wording.derivation

    def lines(self, step: Step) -> Iterator[Row]:
        """The differential of the statement; then dL with it put in, until all but the change stands before the :."""
        output, source = step.through[-1]
        derivation, program = self.derivation, self.derivation.program
        ends = output == program.output.name
        absorbed = len(step.through) > 1 and output not in told(derivation, self.joined)
        if absorbed:
            yield from self._absorbed(derivation.step(output))
        yield from self._changes(output)
        links = [link for link in derivation.links if link.output == output]
        left = Left(program.output, "change", along=self._along(output, source))
        symbol = cotangent(output, program.shapes[output])
        part = self.wording.written(tangent_of(derivation, output, source), output)
        here = self._differential(source)
        wanted = self.checks.pairing(output, source)
        began = False
        if not ends:
            spelled = absorbed or self.wording.convention.spelled
            arriving = self.wording.written(self.wording.meaning(output) if spelled else symbol, output)
            put_in = Sentence(PUT_IN, (("d", differential(output, program.shapes[output])),))
            pairs = [(self._differential(output), ()), (part, (put_in,))]
            # Of several changes only this one goes on; and what was absorbed has just been said.
            for moved, reason in pairs[absorbed or len(links) > 1 :]:
                yield self._pair(None if began else left, left, (arriving, moved), reason, wanted)
                began = True
        elif len(links) > 1:
            yield Row(left, left, (part,), (), self.checks.pairs(part, wanted))
            began = True
        for formula, said in self._moved(step):
            yield self._pair(None if began or ends else left, left, (formula, here), said, wanted)
            began = True

    def summed(self, step: Step) -> Iterator[Row]:
        """What comes by several paths, added."""
        assert step.of is not None
        wording, paths = self.wording, paths_of(step)
        left = Left(self.derivation.program.output, "change",
                    along=() if self._is_on_all(step.of) else (step.of,))
        here = self._differential(step.of)
        along = [self.checks.pairing(*part.through[-1]) for part in paths]
        wanted = Wanted(sum(each.number for each in along), step.of, sum(each.share for each in along), {})
        parts = [_paired(wording.written(wording.spelled(part).after, step.of), here) for part in paths]
        total = reduce(build.add, parts)
        yield Row(left, left, (total,), (Sentence(step.title),), self.checks.pairs(total, wanted))
        lines = step.lines or (Line(step.before, (), step.certificate),)
        for place, line in enumerate(lines):
            formula = wording.line(wording.meant(line.formula))
            yield self._pair(None, left, (formula, here), line.reasons if place else (), wanted)
        yield self._pair(None, left, (wording.written(wording.spelled(step).after, step.of), here), (), wanted)

    def _absorbed(self, step: Step) -> Iterator[Row]:
        """The lines of a step that a later one writes out."""
        paths = paths_of(step)
        for part in paths or (step,):
            yield from self.lines(part)
        if paths:
            yield from self.summed(step)

    def _moved(self, step: Step) -> Iterator[tuple[Expression, tuple[Sentence, ...]]]:
        """What stands before the change of the name, as it comes across the : and made short."""
        assert step.of is not None
        output, source = step.through[-1]
        after = self.wording.written(self.wording.spelled(step).after, step.of)
        if output == self.derivation.program.output.name:
            yield after, (_AS_PAIRING,)
            return
        lines: Sequence[Line] = step.lines
        if len(step.through) > 1:
            lines = lines[1:]  # the first has what arrives by its name
        if _is_zero(tangent_of(self.derivation, output, source)) or not lines:
            lines = (Line(step.after, (), step.certificate),)
        for place, line in enumerate(lines):
            yield self.wording.line(self.wording.meant(line.formula)), line.reasons if place else (_ACROSS,)
        yield after, ()

    def _changes(self, output: str) -> Iterator[Row]:
        """The differential of a statement, with that of all names in it that change; said once."""
        if output in self._opened:
            return
        self._opened.add(output)
        wording, moves = self.wording, self.checks.moves(output)
        for change in changes_of(self.derivation, output):
            of = change.of if isinstance(change.of, Variable) else wording.line(change.of)
            left = Left(of, "change")
            turned = wording.notation.is_turned(change.node)
            for place, formula in enumerate(change.formulas):
                last = isinstance(change.of, Variable) and place == len(change.formulas) - 1
                written = (wording.written(formula, output) if last
                           else wording.notation.jacobian(formula, turned))
                yield Row(None if place else left, left, (written,), tuple(map(Sentence, change.reasons[place])),
                          self.checks.changes(written, moves[change.node], turned))

    def _differential(self, name: str) -> Expression:
        return self.wording.written(differential(name, self.derivation.program.shapes[name]), name)

    def _pair(self, left: Left | None, about: Left, pair: tuple[Expression, Expression],
              said: tuple[Sentence, ...], wanted: Wanted) -> Row:
        formula = _paired(*pair)
        return Row(left, about, (formula,), said, self.checks.pairs(formula, wanted))

    def _along(self, output: str, source: str) -> tuple[str, ...]:
        """The link, where there are ways from the output to the variable that do not go by it."""
        derivation = self.derivation
        ways = path_count(derivation, source=output) if output != derivation.program.output.name else 1
        ways *= path_count(derivation, output=source) if source != derivation.wrt else 1
        return () if ways == path_count(derivation) else (output, source)

    def _is_on_all(self, name: str) -> bool:
        derivation = self.derivation
        behind = path_count(derivation, output=name) if name != derivation.wrt else 1
        return path_count(derivation, source=name) * behind == path_count(derivation)


def _is_zero(formula: Expression) -> bool:
    """Whether a formula is 0 in every entry."""
    return isinstance(formula, Apply) and isinstance(formula.operation, Zeros)


def _paired(left: Expression, right: Expression) -> Expression:
    """What stands on both sides of a sign :, or of two numbers the product."""
    return apply(Scale() if left.shape == SCALAR else Frobenius(), left, right)
