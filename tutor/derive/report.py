"""What is answered when a derivative is asked for: the derivation, its proofs, and the sentences that belong to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tutor.core.expression import Apply, Expression, Variable, apply, nodes, variables
from tutor.core.layout import SCALAR
from tutor.core.problem import BrokenPromise, Problem
from tutor.core.program import FACT_WORDS
from tutor.derive.code import spelled_names
from tutor.derive.curvature import Curvature, curvature
from tutor.derive.derivation import derive
from tutor.derive.names import cotangent
from tutor.derive.proof import Proof, prove
from tutor.derive.rows import Left
from tutor.derive.stacking import Commutation, Stacked
from tutor.derive.step import Derivation, Promise, Step
from tutor.derive.words import Sentence
from tutor.language.names import name_latex
from tutor.ops import build

NOT_CERTIFIED: Final = Sentence("NOT CERTIFIED: not every formula could be checked.")


@dataclass(frozen=True, eq=False)
class Report:
    """A derivation with its proofs and what had to be said about it.

    Attributes:
        problem: What was asked, without the promises its numbers break.
        derivation: The answer; of second order, the Jacobian of the gradient.
        proofs: (output, source) of a link -> SymPy's proof.
        dropped: Declared facts that were not used, because the numbers break them.
        curvature: Of second order: the Hessian.
    """

    problem: Problem
    derivation: Derivation
    proofs: Mapping[tuple[str, str], Proof]
    dropped: tuple[BrokenPromise, ...]
    curvature: Curvature | None = None

    @property
    def kind(self) -> str:
        """What the answer is: a gradient, a Jacobian or a Hessian."""
        if self.curvature is not None:
            return "hessian"
        return "jacobian" if self.derivation.ends_in_matrix else "gradient"

    @property
    def certified(self) -> bool:
        """Whether every step holds at random numbers and every link is proved."""
        checked = self.derivation if self.curvature is None else self.curvature
        return checked.certified and all(p.exact is not False for p in self.proofs.values())

    def holds(self, step: Step) -> bool:
        """Whether a step is certified, and no proof says otherwise of a link it crosses."""
        proofs = (self.proofs[link] for link in step.through if link in self.proofs)
        return step.certified and all(proof.exact is not False for proof in proofs)

    @property
    def result(self) -> Expression | None:
        """The answer as one formula; None where a Jacobian or Hessian has no short one."""
        if self.curvature is not None:
            return self.curvature.hessian
        return self.derivation.jacobian if self.derivation.ends_in_matrix else self.derivation.gradient

    @property
    def slope_latex(self) -> str:
        """What the answer is called, in LaTeX."""
        wrt = name_latex(self.derivation.wrt)
        if self.curvature is not None:
            first = name_latex(self.curvature.first.program.output.name)
            return rf"\frac{{\partial^2 {first}}}{{\partial {wrt}^2}}"
        return rf"\frac{{\partial {name_latex(self.derivation.program.output.name)}}}{{\partial {wrt}}}"

    @property
    def pullback(self) -> tuple[Variable, Expression] | None:
        """What stands for an arriving cotangent or a direction, and what the derivative makes of it."""
        if self.curvature is not None:
            return self.curvature.direction, self.curvature.product
        output = self.derivation.program.output
        return (cotangent(output.name, output.shape), self.derivation.gradient) if output.shape != SCALAR else None

    @property
    def definitions(self) -> tuple[tuple[Variable, Expression], ...]:
        """The names in the result and the steps that the program does not have, in the order they are computed."""
        return (*((symbol, meaning) for _, symbol, meaning in self.slopes),
                *((c.symbol, self.meant(c.spelled)) for c in self.derivation.abbreviated))

    @property
    def used(self) -> tuple[tuple[Variable, Expression], ...]:
        """Those of the definitions that the result names, directly or in one another."""
        shown = (self.result, self.pullback[1] if self.pullback is not None else None)
        names = {v for formula in shown if formula is not None for v in variables(formula)}
        found = []
        for symbol, meaning in reversed(self.definitions):
            if symbol in names:
                found.append((symbol, meaning))
                names.update(variables(meaning))
        return tuple(reversed(found))

    @property
    def slopes(self) -> tuple[tuple[Left, Variable, Expression], ...]:
        """Of second order: what was differentiated once more: which slope, its name in the steps, its formula."""
        if self.curvature is None:
            return ()
        first = self.curvature.first
        names = (*(c.of for c in first.abbreviated), first.wrt)
        return tuple((Left(first.program.variable(name), "gradient", first.program.output.name),
                      Variable(s.name, s.expression.shape), s.expression)
                     for name, s in zip(names, self.curvature.slopes, strict=True))

    @property
    def slopes_of_steps(self) -> tuple[tuple[Left, Variable, Expression], ...]:
        """Those of the slopes that only the steps name, and not the result."""
        return tuple(slope for slope in self.slopes if slope[1:] not in self.used)

    @property
    def identifiers(self) -> Mapping[str, str]:
        """The Python identifier of every name."""
        return spelled_names(self.derivation, *([self.curvature.direction] if self.curvature else []))

    def meant(self, formula: Expression) -> Expression:
        """A formula of a step, with the direction for what arrives."""
        return formula if self.curvature is None else self.curvature.by_direction(formula)

    @property
    def notes(self) -> tuple[str, ...]:
        """The sentences as plain text."""
        return tuple(sentence.text for sentence in self.sentences)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """On facts dropped and used, a variable that plays no part, conventions, and what was not certified."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[Sentence]:
        program, wrt = self.derivation.program, self.derivation.wrt
        variable, output = program.variable(wrt), program.output
        for b in self.dropped:
            yield Sentence(f"{{v}} is declared {FACT_WORDS[b.fact]}, but its numbers are not: {b.sentence} "
                           "So the promise was not used.", (("v", program.variable(b.name)),))
        asked = self.derivation if self.curvature is None else self.curvature.first
        yield from dict.fromkeys(Sentence(remark.template, remark.places) for remark in asked.program.remarks)
        if not self.derivation.cotangents:
            yield Sentence("{x} does not reach {y}: every entry is 0.", (("x", variable), ("y", output)))
        unconstrained = self.derivation.unconstrained(_KINDS[self.kind])
        if unconstrained is not None:
            yield unconstrained
        yield from (Sentence(f"This uses that {{v}} is {FACT_WORDS[p.fact]}, as declared.",
                             (("v", program.variable(p.name)),)) for p in self.promises)
        if self.derivation.ends_in_matrix:
            yield from self._stacking(variable, output)
        if not self.certified:
            yield NOT_CERTIFIED

    @property
    def legend(self) -> tuple[Sentence, ...]:
        """What has to be known to read the steps: what δ is."""
        derivation, output = self.derivation, ("y", self.derivation.program.output)
        if derivation.ends_in_matrix:
            return ()
        shown = derivation.shown_steps()
        inner = next((s.of for s in (*shown, *derivation.steps) if s.of and s.of != derivation.wrt), None)
        if inner is not None:
            return (Sentence("δ stands for the slope of {y} by what follows it: {d} = ∂{y}/∂{x}.",
                             (output, ("d", derivation.cotangent(inner).symbol),
                              ("x", derivation.program.variable(inner)))),)
        if any(rule.inner is not None for step in shown for rule in step.substeps):
            return (Sentence("δ stands for the slope of {y} by what is in the brackets after it.", (output,)),)
        return ()

    @property
    def promises(self) -> tuple[Promise, ...]:
        """The declared facts the answer rests on."""
        return self.derivation.promises if self.curvature is None else self.curvature.promises

    def _stacking(self, variable: Variable, output: Variable) -> Iterator[Sentence]:
        """What an arrow leads to, how the rows and columns stand, and what vec and K are."""
        assert self.pullback is not None
        symbol, _ = self.pullback
        said = ("{s} stands for a direction in the shape of {x}, and the arrow leads to the Hessian times it."
                if self.curvature is not None else
                "{s} stands for a cotangent that arrives at {y}, and the arrow leads to what it becomes at {x}.")
        yield Sentence(said, (("s", symbol), ("x", variable), ("y", output)))
        rows = variable if self.curvature is not None else output
        order = ", counted row by row" if any(1 not in v.shape for v in (variable, output)) else ""
        yield Sentence(f"The {_KINDS[self.kind]}'s rows are the entries of {{y}}, its columns those of {{x}}{order}.",
                       (("y", rows), ("x", variable)))
        result = self.result
        if result is None:
            yield Sentence(f"The {_KINDS[self.kind]} has no short matrix form here; the arrow says the same.")
            return
        inside = [node for node in nodes(result) if isinstance(node, Apply)]
        if any(isinstance(node.operation, Stacked) for node in inside):
            yield Sentence("{v} holds the entries of {y} in one column, row by row.",
                           (("v", apply(Stacked(), output)), ("y", output)))
        for node in inside:
            if isinstance(node.operation, Commutation):
                (Y,) = node.operands
                turned = build.product(node, apply(Stacked(), build.transpose(Y)))
                yield Sentence("{K} permutes entries: {a} = {b}, where vec counts row by row.",
                               (("K", node), ("a", apply(Stacked(), Y)), ("b", turned)))


_KINDS: Final[Mapping[str, str]] = {"gradient": "gradient", "jacobian": "Jacobian", "hessian": "Hessian"}


def report(problem: Problem, wrt: str, order: int = 1) -> Report:
    """Derive, certify and prove; promises that the numbers break are not used, and that is said.

    Args:
        problem: What is asked.
        wrt: By which name.
        order: 1 for the gradient or the Jacobian, 2 for the Hessian.

    Raises:
        TutorError: ``wrt`` is not in the program, or there is no Hessian of it.
    """
    dropped = problem.broken
    for promise in dropped:
        problem = problem.without_fact(promise.name, promise.fact)
    twice = curvature(problem.program, wrt, problem.kinds) if order == 2 else None
    derivation = twice.second if twice is not None else derive(problem.program, wrt, problem.kinds)
    if twice is not None:
        problem = replace(problem, program=derivation.program)
    links = [*(twice.first.links if twice is not None else ()), *derivation.links]
    proofs = {(ln.output, ln.source): prove(problem.program, ln, problem.dims) for ln in links}
    return Report(problem, derivation, proofs, dropped, twice)
