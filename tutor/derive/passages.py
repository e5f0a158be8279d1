"""The steps of a derivation as a reading has them, and the lines that lead to each, every one of them checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from tutor.core.expression import Apply, Expression, Variable
from tutor.derive.differential_lines import DifferentialLines
from tutor.derive.index_notation import by_chain_rule
from tutor.derive.names import cotangent
from tutor.derive.reading_checks import Checks
from tutor.derive.rows import Formula, Left, Row, formula_text
from tutor.derive.step import Certificate, Derivation, Promise, Step
from tutor.derive.wording import Wording
from tutor.derive.words import Sentence
from tutor.derive.working import paths_of, whole_working

CHAIN_RULE: Final = Sentence("chain rule")
"""What a line with slopes of entries comes by."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One step of a reading.

    Attributes:
        of: The name whose cotangent it gives.
        through: The links it crosses, as (output, source).
        title: What a reader calls the rule.
        rows: The lines that lead to what it gives; none where one rule gives it at once.
        reasons: Why: the name of each rule with its sentences.
        found: The cotangent that was found; of one of several paths, its part of the cotangent.
        whole: Whether ``found`` is all of the cotangent.
        promises: The declared facts it rests on.
        certificate: The check of all its formulas at random numbers.
    """

    of: str
    through: tuple[tuple[str, str], ...]
    title: str
    rows: tuple[Row, ...]
    reasons: tuple[tuple[str, Sentence], ...]
    found: Formula
    whole: bool
    promises: tuple[Promise, ...]
    certificate: Certificate


@dataclass(frozen=True)
class Passages:
    """Rewrites the steps of a derivation into a convention, one after the other.

    Attributes:
        wording: How formulas and reasons are written.
        checks: The numbers they are checked at.
        joined: Whether steps that a later one writes out are shown there.
    """

    wording: Wording
    checks: Checks
    joined: bool

    def of(self, step: Step) -> Iterator[Passage]:
        """What a step becomes; with differentials each of several paths is a passage of its own, before their sum."""
        if self.wording.convention.style != "differential":
            yield self._passage(step, self._lines(step))
            return
        paths = paths_of(step)
        for part in paths or (step,):
            yield self._passage(part, self._differentials.lines(part), whole=not paths)
        if paths:
            yield self._passage(step, self._differentials.summed(step))

    @cached_property
    def _differentials(self) -> DifferentialLines:
        return DifferentialLines(self.wording, self.checks, self.joined)

    @property
    def _derivation(self) -> Derivation:
        return self.wording.derivation

    def _passage(self, step: Step, rows: Iterable[Row], whole: bool = True) -> Passage:
        assert step.of is not None
        step = self.wording.spelled(step)
        written = self.wording.written(step.after, step.of or "")
        found = self.wording.formula(written)
        rows = tuple(rows)
        kept = _merged(rows)
        # Where one rule gives it at once, the line would say again what stands above it.
        same = kept and (kept[-1].formulas, kept[-1].reasons) == ((found,), (Sentence(step.title),))
        kept = kept[:-1] if same and self.wording.convention.style == "chain" else kept
        certificate = self.checks.certificate(step.of or "", written, found) if whole else step.certificate
        if not all(row.certified for row in rows):
            certificate = replace(certificate, residual=float("inf"))
        return Passage(step.of or "", step.through, step.title, kept, self.wording.reasons(step, self.joined), found,
                       whole, step.promises, certificate)

    # --- products of Jacobians, and indices --------------------------------------------------------------------------

    def _lines(self, step: Step) -> Iterator[Row]:
        """The lines of the derivation in this reading's formulas."""
        assert step.of is not None
        wording = self.wording
        variable = self._derivation.program.variable(step.of)
        begun = inside = False
        for row in whole_working(self._derivation, step, self.joined):
            of = row.about.of
            formulas = tuple(self._checked(wording.meant(formula), of)
                             for formula in row.formulas if not isinstance(formula, tuple))
            known = tuple({formula_text(formula): formula for formula in formulas if formula is not None}.values())
            if not known:
                continue
            about = self._left(row.about, known[0])
            names_it = of == variable and not row.about.way and row.left is not None
            at_once = names_it and not begun and not inside and not row.about.along
            first = self._by_entries(step, about) if at_once else None
            inside = inside or isinstance(of, Apply)
            if first is not None:
                yield first
            begun = begun or names_it
            reasons = tuple(r for r in row.reasons if not (wording.convention.spelled and "written out" in r.template))
            yield Row(about if row.left and first is None else None, about, known, reasons,
                      row.certified and None not in formulas)
        found = wording.formula(wording.written(wording.spelled(step).after, step.of))
        about = Left(variable) if not begun else about
        yield Row(None, about, (found,), (), step.certificate.holds)

    def _left(self, left: Left, formula: Formula) -> Left:
        letters = tuple(letter for letter in formula[1] if letter) if isinstance(formula, tuple) else ()
        # The steps are written in the shape of the variable; in numerator layout only the result is turned.
        kind = "slope" if left.kind == "gradient" and self.wording.convention.layout == "numerator" else left.kind
        of = left.of if isinstance(left.of, Variable) else self.wording.line(left.of)
        return replace(left, kind=kind, of=of, letters=letters)

    def _by_entries(self, step: Step, about: Left) -> Row | None:
        """With indices: the slopes of everything that reads an entry, each times what arrives there."""
        output, source = step.through[-1]
        program = self._derivation.program
        if self.wording.convention.style != "index" or output == program.output.name:
            return None
        arriving = cotangent(output, program.shapes[output])
        return Row(about, about, (by_chain_rule(program.variable(output), arriving, program.variable(source),
                                                self.wording.taken),), (CHAIN_RULE,), True)

    def _checked(self, formula: Expression, of: Expression) -> Formula | None:
        """A formula of the derivation as this reading writes it; None where that does not stand the test.

        Args:
            formula: For the slope by something.
            of: By what: a name, or a formula inside a statement.
        """
        turned = self.wording.notation.is_turned(of)
        written = self.wording.notation.jacobian(formula, turned)
        found = self.wording.formula(written)
        name = of.name if isinstance(of, Variable) else ""
        return found if self.checks.rewritten(formula, turned, written, found, name) else None


def _merged(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows, without those that say the same as the one before; what those come by is said there."""
    found: list[Row] = []
    for row in rows:
        before = found[-1] if found else None
        if before is not None and row.left is None and _said(row)[-1] == _said(before)[-1]:
            reasons = tuple(dict.fromkeys((*before.reasons, *row.reasons)))
            found[-1] = replace(before, reasons=reasons, certified=before.certified and row.certified)
        else:
            found.append(row)
    return tuple(found)


def _said(row: Row) -> list[str]:
    return [formula_text(formula) for formula in row.formulas]
