"""From the backward walk to a derivation a reader can follow: steps, links, certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Final, NamedTuple

from tutor.core.errors import TutorError
from tutor.core.expression import Expression, Variable, apply
from tutor.core.layout import SCALAR, product_size
from tutor.core.program import FACTS, IMPLIED, Program
from tutor.derive.adjoint import Arrived, Backward, Contribution, Use, backward
from tutor.derive.algebra import ONE, Rewrite
from tutor.derive.certify import Draw
from tutor.derive.display import writing
from tutor.derive.equalities import Said, Way, written_out
from tutor.derive.identities import IDENTITIES
from tutor.derive.jacobian import jacobian_form, program_jacobian
from tutor.derive.names import cotangent
from tutor.derive.nodes import Node
from tutor.derive.step import Certificate, Cotangent, Derivation, Line, Link, Promise, Step
from tutor.derive.structure import note
from tutor.derive.telling import at_work, listed, named, telling, titles
from tutor.derive.words import Sentence, filled
from tutor.ops import build
from tutor.ops.forms import Zeros

MOST_PATHS: Final = 64
"""Paths listed for a variable; a deep network with skips has more than anybody reads."""


def derive(program: Program, wrt: str, kinds: Mapping[str, str] | None = None) -> Derivation:
    """The derivative of a program's output by one of its names, step by step, each step certified.

    Args:
        program: Ends in a number, and its gradient is derived; or in a matrix, and its Jacobian is.
        wrt: A declared variable, or an intermediate.
        kinds: How the certificates' numbers are drawn, for variables that need it.

    Raises:
        TutorError: ``wrt`` is the output or not in the program, or the program is nested too deeply.
    """
    variable = program.variable(wrt)
    output = program.output
    if wrt == output.name:
        itself = "slope by itself is 1" if output.shape == SCALAR else "Jacobian by itself is the identity"
        raise TutorError(f"{wrt} is the output itself; its {itself}.")
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
        whole = None if output.shape == SCALAR else apply(Zeros((product_size(*output.shape),
                                                                 product_size(*variable.shape))))
        return Derivation(program, wrt, nothing, draw.certificate(nothing, nothing), (), (), (), (), whole)
    return _assembly(program, kinds).derivation(wrt)


def drawn(program: Program, kinds: Mapping[str, str] | None = None) -> Draw:
    """The numbers that the certificates of a program rest on; see :func:`derive`."""
    return _draw(program, tuple(sorted((kinds or {}).items())))


@lru_cache(maxsize=32)
def _draw(program: Program, kinds: tuple[tuple[str, str], ...]) -> Draw:
    return Draw(program, dict(kinds))


@lru_cache(maxsize=32)
def _assembly(program: Program, kinds: tuple[tuple[str, str], ...]) -> _Assembly:
    return _Assembly(backward(program), _draw(program, kinds), _breaking(program, kinds))


@lru_cache(maxsize=32)
def _writing(program: Program) -> Callable[[Node], Expression]:
    return writing({d.name for d in program.declarations})


@lru_cache(maxsize=32)
def _breaking(program: Program, kinds: tuple[tuple[str, str], ...]) -> Mapping[Promise, Draw]:
    """For each declared fact that a formula may use: a draw whose numbers do not keep it."""
    draw = _draw(program, kinds)
    found = {}
    for d in program.declarations:
        for fact in ("symmetric", "distribution"):
            if d.promises(fact) and d.name in program.depends(program.output.name):
                said = next(f for f in FACTS if f in d.facts and fact in (f, *IMPLIED.get(f, ())))
                found[Promise(d.name, said)] = draw.breaking(d.name, fact)
    return found


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


class _Piece(NamedTuple):
    """What a derivation says of one name on the way; the same whichever variable it leads to."""

    cotangent: Cotangent
    step: Step
    links: tuple[Link, ...]


@dataclass(frozen=True)
class _Assembly:
    """What the steps of a program's derivations are made of.

    Attributes:
        walked: The program backwards.
        draw: The numbers of the certificates.
        breaking: For each declared fact a draw that does not keep it: a formula that fails there rests on it.
    """

    walked: Backward
    draw: Draw
    breaking: Mapping[Promise, Draw]
    _pieces: dict[str, _Piece] = field(default_factory=dict, repr=False)

    @property
    def program(self) -> Program:
        """The program."""
        return self.walked.program

    def derivation(self, wrt: str) -> Derivation:
        """Everything on the way from the output to a variable."""
        program, output = self.program, self.program.output.name
        result, whole = self.shown(self.walked.arrived[wrt].spelled), self._jacobian(wrt)
        pieces = [self._piece(n) for n in self.walked.arrived if n != output and wrt in program.depends(n)]
        steps = tuple(piece.step for piece in pieces)
        known = {p for step in steps for p in step.promises}
        rests_on = self._rests((p for p in self.breaking if p not in known), lambda draw: draw.against(
            wrt, result).holds and (whole is None or draw.is_whole_jacobian(wrt, whole)))
        return Derivation(
            program, wrt, result, self.draw.against(wrt, result), tuple(piece.cotangent for piece in pieces), steps,
            tuple(link for piece in pieces for link in piece.links), paths(program, wrt), whole, rests_on,
        )

    def _piece(self, name: str) -> _Piece:
        if name not in self._pieces:
            arrived = self.walked.arrived[name]
            links = tuple(self._link(name, contribution) for contribution in arrived.contributions)
            self._pieces[name] = _Piece(self._cotangent(arrived), self._step(arrived), links)
        return self._pieces[name]

    def _jacobian(self, wrt: str) -> Expression | None:
        """The Jacobian of an output that is a matrix, where it has a short form that stands the test."""
        if self.program.output.shape == SCALAR:
            return None
        form = program_jacobian(self.walked, wrt)
        formula = None if form is None else self.shown(form)
        return formula if formula is not None and self.draw.is_whole_jacobian(wrt, formula) else None

    def _rests(self, promises: Iterable[Promise], holds: Callable[[Draw], bool]) -> tuple[Promise, ...]:
        """Those of some declared facts without which something that holds does not."""
        found = tuple(promise for promise in promises if not holds(self.breaking[promise]))
        return found if found and holds(self.draw) else ()

    @property
    def _symmetric(self) -> tuple[Promise, ...]:
        """The promises that a matrix is its transpose; the log of the algebra does not say where they are used."""
        return tuple(p for p in self.breaking if p.fact in ("symmetric", "spd"))

    def shown(self, node: Node) -> Expression:
        """A node as a formula."""
        return _writing(self.walked.program)(node)

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
        symmetric = self._rests(self._symmetric, lambda draw: draw.against(arrived.name, after).holds)
        promises = tuple(dict.fromkeys((*(p for s in (*parts, *rewrites) for p in s.promises), *symmetric)))
        because = Sentence("{v} is read by " + listed([f"{{s{i}}}" for i in range(len(parts))])
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
        use = telling(contribution)
        called = titles(contribution)
        through: tuple[tuple[str, str], ...] = ((statement, name),)
        if contribution.written_out:
            above = self.walked.arrived[statement].contributions
            through = (*((c.statement, statement) for c in above), *through)
            called = tuple(dict.fromkeys((*called, *(titles(above[0]) if above else ()))))
        substeps = (*self._inner_rules(contribution), *(self._rewrite(r) for r in contribution.log))
        # The output's own cotangent is 1, so nothing is gained by writing it.
        first = contribution.node if statement == self.program.output.name else contribution.abbreviated
        before, after = self.shown(first), self.shown(contribution.node)
        symmetric = self._rests(self._symmetric, lambda draw: draw.contribution(statement, name, after).holds)
        promises = tuple(dict.fromkeys((*(p for s in substeps for p in s.promises), *symmetric)))
        title = named(called, contribution.written_out)
        return Step(use.operation.name if use else "copy", title, before, after, self._because(statement, use),
                    self.draw.contribution(statement, name, after), name, through, substeps, promises,
                    self._lines(name, contribution, before, after))

    def _lines(self, name: str, contribution: Contribution, before: Expression, after: Expression) -> tuple[Line, ...]:
        """From the rules of a statement to what is sent back to a name, line by line."""
        if not (contribution.log or contribution.written_out):
            return ()
        statement, rules = contribution.statement, (Sentence(named(titles(contribution))),)
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
        if rewrite.identity == "distribution":
            return Sentence("entries of {about} sum to 1", (("about", self.program.variable(rewrite.about)),))
        return Sentence(IDENTITIES[rewrite.identity].title)

    def _inner_rules(self, contribution: Contribution) -> tuple[Step, ...]:
        """The rules inside a statement of several operations: those that change what they pass on, and every way."""
        if len(contribution.uses) < 2:
            return ()
        ends = [use.places[use.slot] for use in contribution.uses]
        steps = []
        for use, end in zip(contribution.uses, ends, strict=True):
            if use.cotangent != use.arriving or ends.count(end) > 1:
                arriving, after = self.shown(use.arriving), self.shown(use.cotangent)
                certificate = self.draw.through(use.operation, use.slot, list(use.places.values()), arriving, after)
                because = self._because(contribution.statement, use)
                declared = use.operation.adjoint(arriving, use.value, *use.places.values())[use.slot]
                steps.append(Step(use.operation.name, use.operation.title, declared, after, because, certificate,
                                  inner=end))
        return tuple(steps) if len(steps) > 1 else ()

    def _because(self, statement: str, use: Use | None) -> Sentence:
        if use is None:
            return Sentence("The statement is the name itself.")
        program = self.program
        elsewhere = {reading: said[use.slot] for reading, said in use.operation.because_in.items() if use.slot in said}
        return filled(use.operation.because[use.slot], {**use.places, use.operation.output.name: use.result},
                      {*program.shapes, *program.dimensions}, elsewhere)

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
        found.update((Promise(name, "positive"), None) for rewrite in log for name in rewrite.positive)
        return tuple(found)

    # --- links ---------------------------------------------------------------------------------------------------

    def _link(self, source: str, contribution: Contribution) -> Link:
        """One factor of a chain."""
        output = contribution.statement
        use = telling(contribution)
        form = jacobian_form(self.walked.algebra, contribution.abbreviated, self.program.variable(output))
        formula = None if form is None else self.shown(form)
        if formula is not None and not self.draw.is_jacobian(output, source, formula):
            formula = None
        adjoint = self.shown(contribution.abbreviated)
        symmetric = self._rests(self._symmetric, lambda draw: draw.contribution(output, source, adjoint).holds and (
            formula is None or draw.is_jacobian(output, source, formula)))
        return Link(output, source, use.operation.name if use else "copy", named(titles(contribution)),
                    self._because(output, use), adjoint, formula,
                    note(formula, [use.operation for use in at_work(contribution)]),
                    (*self._promises(contribution.own_log), *symmetric))
