"""From the backward walk to a derivation a reader can follow: steps, links, certificates."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Final

from tutor.core.errors import TutorError
from tutor.core.expression import Apply, Expression, Variable, apply
from tutor.core.layout import SCALAR, shape_text
from tutor.core.program import Program
from tutor.derive.adjoint import Arrived, Backward, Contribution, Use, backward
from tutor.derive.algebra import ONE, Rewrite
from tutor.derive.certify import Draw
from tutor.derive.display import shown
from tutor.derive.equalities import Said, Way, written_out
from tutor.derive.identities import IDENTITIES
from tutor.derive.jacobian import jacobian_form
from tutor.derive.names import cotangent
from tutor.derive.nodes import Atom, Node
from tutor.derive.step import Certificate, Cotangent, Derivation, Line, Link, Promise, Step
from tutor.derive.words import ROW_BY_ROW, Sentence, blocks, filled
from tutor.ops import build
from tutor.ops.forms import Diag, Identity, Zeros

MOST_PATHS: Final = 64
"""Paths listed for a variable; a deep network with skips has more than anybody reads."""


def derive(program: Program, wrt: str, kinds: Mapping[str, str] | None = None) -> Derivation:
    """The gradient of a program's output by one of its names, step by step, each step certified.

    Args:
        program: Ends in a number.
        wrt: A declared variable, or an intermediate.
        kinds: How the certificates' numbers are drawn, for variables that need it.

    Raises:
        TutorError: the output is a matrix, ``wrt`` is the output or not in the program, or the program is nested too
            deeply.
    """
    variable = program.variable(wrt)
    output = program.output
    if output.shape != SCALAR:
        raise TutorError(f"{output.name} is a {shape_text(output.shape)} matrix. A gradient needs a program that ends "
                         "in a number.")
    if wrt == output.name:
        raise TutorError(f"{wrt} is the output itself; its slope by itself is 1.")
    try:
        return _derived(program, variable, tuple(sorted((kinds or {}).items())))
    except RecursionError:
        raise TutorError("The formulas of this program are nested too deeply to derive. Give parts of them names, or "
                         "make the program shorter.") from None


def _derived(program: Program, variable: Variable, kinds: tuple[tuple[str, str], ...]) -> Derivation:
    """The derivation, once it is certain that there is one."""
    wrt, output = variable.name, program.output
    draw = _draw(program, kinds)
    if wrt not in program.depends(output.name):
        nothing = apply(Zeros(variable.shape))
        return Derivation(program, wrt, nothing, draw.certificate(nothing, nothing), (), (), (), ())
    return _Assembly(backward(program), wrt, draw).derivation()


@lru_cache(maxsize=32)
def _draw(program: Program, kinds: tuple[tuple[str, str], ...]) -> Draw:
    return Draw(program, dict(kinds))


def paths(program: Program, wrt: str) -> tuple[tuple[str, ...], ...]:
    """The ways from the output to a variable, each as names, output first; at most :data:`MOST_PATHS`."""
    found: list[tuple[str, ...]] = []
    reached = program.depends(program.output.name)
    waiting: list[tuple[str, ...]] = [(wrt,)]
    while waiting and len(found) < MOST_PATHS:
        path = waiting.pop()
        if path[0] == program.output.name:
            found.append(path)
        else:
            waiting.extend((user, *path) for user in program.uses[path[0]] if user in reached)
    return tuple(found)


@dataclass(frozen=True)
class _Assembly:
    """What the steps of one derivation are made of."""

    walked: Backward
    wrt: str
    draw: Draw

    @property
    def program(self) -> Program:
        """The program."""
        return self.walked.program

    @property
    def given(self) -> Container[str]:
        """The declared names."""
        return {d.name for d in self.program.declarations}

    def derivation(self) -> Derivation:
        """Everything on the way from the output to the variable."""
        program, output = self.program, self.program.output.name
        names = [n for n in self.walked.arrived if n != output and self.wrt in program.depends(n)]
        arrived = [self.walked.arrived[n] for n in names]
        return Derivation(
            program, self.wrt, self.shown(self.walked.arrived[self.wrt].spelled),
            self.draw.against(self.wrt, self.shown(self.walked.arrived[self.wrt].spelled)),
            tuple(self._cotangent(a) for a in arrived), tuple(self._step(a) for a in arrived),
            tuple(self._link(a.name, c) for a in arrived for c in a.contributions), paths(program, self.wrt),
        )

    def shown(self, node: Node) -> Expression:
        """A node as a formula."""
        return shown(node, self.given)

    def _symbol(self, name: str) -> Variable:
        return cotangent(name, self.program.shapes[name])

    def _cotangent(self, arrived: Arrived) -> Cotangent:
        joined = tuple(c.statement for c in arrived.contributions if c.written_out)
        return Cotangent(arrived.name, self._symbol(arrived.name), self.shown(arrived.node),
                         self.shown(arrived.spelled), joined)

    # --- steps ---------------------------------------------------------------------------------------------------

    def _step(self, arrived: Arrived) -> Step:
        """The step that gives the cotangent of one name."""
        after = self.shown(arrived.node)
        parts = [self._part(arrived.name, c) for c in arrived.contributions]
        certificate = self.draw.against(arrived.name, after)
        if len(parts) == 1:
            (part,) = parts
            return Step(part.rule, part.title, part.before, after, part.because, certificate, arrived.name,
                        part.through, part.substeps, part.promises, part.lines)
        rewrites = tuple(self._rewrite(r) for r in arrived.log)
        before = reduce(build.add, [p.after for p in parts])
        promises = tuple(dict.fromkeys(p for s in (*parts, *rewrites) for p in s.promises))
        because = Sentence("{v} is read by " + _listed([f"{{s{i}}}" for i in range(len(parts))])
                           + ". Along a path the slopes multiply; between paths they *add*.",
                           (("v", self.program.variable(arrived.name)),
                            *((f"s{i}", self.program.variable(c.statement))
                              for i, c in enumerate(arrived.contributions))))
        title = f"sum of {len(parts)} paths"
        total = self.walked.algebra.fork().plus([(ONE, c.node) for c in arrived.contributions], after.shape)
        way = self._way(lambda formula: self.draw.against(arrived.name, formula))
        lines = way.lines([(before, (Sentence(title),))], total, arrived.log, after)
        return Step("paths", title, before, after, because, certificate, arrived.name,
                    tuple(t for p in parts for t in p.through), (*parts, *rewrites), promises, lines)

    def _part(self, name: str, contribution: Contribution) -> Step:
        """What one statement sends back to a name, as a step of its own."""
        statement = contribution.statement
        use = _telling(contribution)
        titles = _titles(contribution)
        through: tuple[tuple[str, str], ...] = ((statement, name),)
        if contribution.written_out:
            above = self.walked.arrived[statement].contributions
            through = (*((c.statement, statement) for c in above), *through)
            titles = tuple(dict.fromkeys((*titles, *(_titles(above[0]) if above else ()))))
        substeps = (*self._inner_rules(contribution), *(self._rewrite(r) for r in contribution.log))
        # The output's own cotangent is 1, so nothing is gained by writing it.
        first = contribution.node if statement == self.program.output.name else contribution.abbreviated
        before, after = self.shown(first), self.shown(contribution.node)
        promises = tuple(dict.fromkeys(p for s in substeps for p in s.promises))
        title = _named(titles, contribution.written_out)
        return Step(use.operation.name if use else "copy", title, before, after, self._because(statement, use),
                    self.draw.contribution(statement, name, after), name, through, substeps, promises,
                    self._lines(name, contribution, before, after))

    def _lines(self, name: str, contribution: Contribution, before: Expression, after: Expression) -> tuple[Line, ...]:
        """From the rules of a statement to what is sent back to a name, line by line."""
        if not (contribution.log or contribution.written_out):
            return ()
        statement, rules = contribution.statement, (Sentence(_named(_titles(contribution))),)
        said: list[Said]
        if not contribution.written_out:
            said = [(self.shown(contribution.pulled), rules)]
        else:
            symbol = self._symbol(statement)
            written = written_out(before, symbol, self.shown(self.walked.arrived[statement].node))
            built = tuple(map(self._identity, contribution.log[: contribution.built]))
            said = [(before, rules), (written, (Sentence("{s} written out", (("s", symbol),)),)),
                    (self.shown(contribution.pulled), built)]
        way = self._way(lambda formula: self.draw.contribution(statement, name, formula))
        return way.lines(said, contribution.pulled, contribution.log[contribution.built :], after)

    def _way(self, checked: Callable[[Expression], Certificate]) -> Way:
        return Way(self.walked.algebra, self.shown, self._identity, checked)

    def _identity(self, rewrite: Rewrite) -> Sentence:
        """What a reader calls an identity where it is used."""
        if rewrite.about:
            return Sentence("entries of {about} sum to 1", (("about", self.program.variable(rewrite.about)),))
        return Sentence(IDENTITIES[rewrite.identity].title)

    def _inner_rules(self, contribution: Contribution) -> tuple[Step, ...]:
        """The rules inside a statement of several operations: those that change what they pass on."""
        if len(contribution.uses) < 2:
            return ()
        steps = []
        for use in contribution.uses:
            if use.cotangent != use.arriving:
                arriving, after = self.shown(use.arriving), self.shown(use.cotangent)
                certificate = self.draw.through(use.operation, use.slot, list(use.places.values()), arriving, after)
                because = self._because(contribution.statement, use)
                declared = use.operation.adjoint(arriving, use.value, *use.places.values())[use.slot]
                steps.append(Step(use.operation.name, use.operation.title, declared, after, because, certificate,
                                  inner=use.places[use.slot]))
        return tuple(steps) if len(steps) > 1 else ()

    def _because(self, statement: str, use: Use | None) -> Sentence:
        if use is None:
            return Sentence("The statement is the name itself.")
        return filled(use.operation.because[use.slot], {**use.places, use.operation.output.name: use.result})

    def _rewrite(self, rewrite: Rewrite) -> Step:
        """An identity used on the way."""
        identity = IDENTITIES[rewrite.identity]
        parts = [self.shown(node) for node in rewrite.before]
        join = build.product if rewrite.identity == "diagonal" else build.multiply
        before, after = reduce(join, parts), self.shown(rewrite.after)
        because = Sentence(identity.because)
        if rewrite.about:
            because = Sentence(identity.because, (("about", self.program.variable(rewrite.about)),))
        return Step(identity.key, identity.title, before, after, because, self.draw.certificate(before, after),
                    promises=self._promises((rewrite,)))

    def _promises(self, log: Sequence[Rewrite]) -> tuple[Promise, ...]:
        """The declared facts that some identities use."""
        found: dict[Promise, None] = {}
        for name in (rewrite.about for rewrite in log if rewrite.about):
            declaration = self.program.declaration(name)
            if declaration is not None:
                found.update((Promise(name, fact), None) for fact in sorted(declaration.facts)
                             if fact in ("distribution", "onehot"))
        return tuple(found)

    # --- links ---------------------------------------------------------------------------------------------------

    def _link(self, source: str, contribution: Contribution) -> Link:
        """One factor of a chain."""
        output = contribution.statement
        use = _telling(contribution)
        form = jacobian_form(self.walked.algebra, contribution.abbreviated, Atom(self._symbol(output)))
        formula = None if form is None else self.shown(form)
        if formula is not None and not self.draw.is_jacobian(output, source, formula):
            formula = None
        return Link(output, source, use.operation.name if use else "copy", _named(_titles(contribution)),
                    self._because(output, use), self.shown(contribution.abbreviated), formula, _note(formula),
                    self._promises(contribution.own_log))


def _telling(contribution: Contribution) -> Use | None:
    """The rule that speaks for a step: the innermost that changes what it passes on, else the innermost."""
    found = _at_work(contribution)
    return found[-1] if found else None


def _at_work(contribution: Contribution) -> tuple[Use, ...]:
    """The rules of a statement that change what they pass on; where none does, the innermost."""
    changing = tuple(use for use in contribution.uses if use.cotangent != use.arriving)
    return changing or contribution.uses[-1:]


def _titles(contribution: Contribution) -> tuple[str, ...]:
    """What a reader calls the operations of a statement that matter, in the order they are computed."""
    titles = dict.fromkeys(use.operation.title for use in reversed(_at_work(contribution)))
    return tuple(titles) or ("same name",)


def _named(titles: Sequence[str], joined: bool = False) -> str:
    """The name of a step by its operations; ``joined`` where two links are written as one."""
    if joined and len(titles) == 2:
        return " with ".join(titles)
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])}, then {titles[-1]}"


def _note(form: Expression | None) -> str:
    """What a Jacobian's structure means, in a few words."""
    if not isinstance(form, Apply):
        return ""
    if isinstance(form.operation, Diag):
        return "diagonal: it acts as ∘"
    if isinstance(form.operation, Identity):
        return "identity: it changes nothing"
    said = blocks(form)
    return "" if said is None else f"{said.typst}; {ROW_BY_ROW}"


def _listed(words: Sequence[str]) -> str:
    """Words joined as in a sentence."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
