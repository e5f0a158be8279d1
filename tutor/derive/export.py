"""A derivation as text, LaTeX, JSON and Python code: what the command line prints and the window copies."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tutor.core.layout import SCALAR, numeric_shape
from tutor.core.problem import BrokenPromise, Problem
from tutor.core.program import FACT_WORDS
from tutor.derive.code import numpy_module
from tutor.derive.derivation import derive
from tutor.derive.proof import Proof, prove
from tutor.derive.step import Derivation, Step
from tutor.language import printing
from tutor.language.names import name_latex


@dataclass(frozen=True, eq=False)
class Report:
    """A derivation with its proofs and what had to be said about it.

    Attributes:
        problem: What was asked, without the promises its numbers break.
        derivation: The answer.
        proofs: (output, source) of a link -> SymPy's proof.
        dropped: Declared facts that were not used, because the numbers break them.
    """

    problem: Problem
    derivation: Derivation
    proofs: Mapping[tuple[str, str], Proof]
    dropped: tuple[BrokenPromise, ...]

    @property
    def certified(self) -> bool:
        """Whether every step holds at random numbers and every link is proved."""
        return self.derivation.certified and all(p.exact is not False for p in self.proofs.values())

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on facts used and facts dropped, and on a variable that plays no part."""
        dropped = [f"{b.name} is declared {FACT_WORDS[b.fact]}, but its numbers are not: {b.sentence} "
                   "So the promise was not used." for b in self.dropped]
        if not self.derivation.cotangents:
            idle = f"{self.derivation.wrt} does not reach {self.derivation.program.output.name}: every entry is 0."
            return (*dropped, idle)
        used = [f"This uses that {p.name} is {FACT_WORDS[p.fact]}, as declared." for p in self.derivation.promises]
        return (*dropped, *used)


def report(problem: Problem, wrt: str) -> Report:
    """Derive, certify and prove; promises that the numbers break are not used, and that is said.

    Raises:
        TutorError: ``wrt`` is not in the program, or the program does not end in a number.
    """
    dropped = problem.broken
    for promise in dropped:
        problem = problem.without_fact(promise.name, promise.fact)
    derivation = derive(problem.program, wrt, problem.kinds)
    proofs = {(ln.output, ln.source): prove(problem.program, ln, problem.dims) for ln in derivation.links}
    return Report(problem, derivation, proofs, dropped)


def as_json(given: Report) -> str:
    """The whole derivation as JSON."""
    derivation = given.derivation
    gradient = derivation.gradient
    shape = numeric_shape(derivation.program.shapes[derivation.wrt], given.problem.dims)
    data = {
        "wrt": derivation.wrt,
        "kind": "gradient",
        "shape": [] if derivation.program.shapes[derivation.wrt] == SCALAR else list(shape),
        "gradient": {"text": printing.text(gradient), "latex": printing.latex(gradient),
                     "numpy": printing.numpy(gradient)},
        "cotangents": [{"of": c.of, "text": printing.text(c.expression), "latex": printing.latex(c.expression)}
                       for c in derivation.cotangents],
        "steps": [_step(s, given) for s in derivation.steps],
        "certified": given.certified,
        "notes": list(given.notes),
    }
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _step(step: Step, given: Report) -> dict[str, Any]:
    """One step and what is inside it."""
    proofs = [given.proofs[link] for link in step.through if link in given.proofs]
    residual = step.certificate.residual
    found: dict[str, Any] = {
        "rule": step.title,
        "before": printing.text(step.before),
        "after": printing.text(step.after),
        "because": step.because.text,
        "certified": step.certified and all(p.exact is not False for p in proofs),
        "residual": residual if residual < float("inf") else None,
    }
    if step.of:
        found["of"] = step.of
    if proofs:
        found["proof"] = [p.sentence for p in proofs]
    if step.substeps:
        found["substeps"] = [_step(s, given) for s in step.substeps]
    return found


def as_text(given: Report) -> str:
    """The derivation as a page of plain text."""
    derivation = given.derivation
    output = derivation.program.output.name
    lines = [f"∂{output}/∂{derivation.wrt} = {printing.text(derivation.gradient)}"]
    lines.extend([""] if derivation.steps else [])
    for step in derivation.shown_steps():
        last = step.of == derivation.wrt
        name = f"∂{output}/∂{step.of}" if last else f"δ{step.of}"
        tick = "certified" if _step(step, given)["certified"] else "NOT CERTIFIED"
        lines.append(f"{_way(step):<12} {name} = {printing.text(step.after)}    [{step.title}; {tick}]")
        lines.append(f"{'':<12} {step.because.text}")
    lines.extend(["", *given.notes] if given.notes else [])
    proved = sum(p.entries for p in given.proofs.values() if p.exact)
    if derivation.steps:
        lines.extend(["", f"{_counted(len(derivation.steps), 'step')} checked at random numbers; "
                          f"{_counted(proved, 'entry', 'entries')} of {_counted(len(given.proofs), 'link')} proved by "
                          "SymPy."])
    return "\n".join(lines) + "\n"


def _counted(count: int, one: str, many: str = "") -> str:
    """So many of something: ``1 step``, ``5 steps``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _way(step: Step) -> str:
    """The link a step crosses: ``θ → h``."""
    return f"{step.through[0][0]} → {step.of}" if step.through else ""


def as_latex(given: Report) -> str:
    """The cotangents and the result as an aligned display."""
    derivation = given.derivation
    output = name_latex(derivation.program.output.name)
    rows = []
    for step, c in ((derivation.step(c.of), c) for c in derivation.cotangents):
        last = c.of == derivation.wrt
        of = name_latex(c.of)
        slope = rf"\frac{{\partial {output}}}{{\partial {of}}}"
        name = slope if last else rf"{name_latex(c.symbol.name)} = {slope}"
        rows.append(rf"  {name} &= {printing.latex(c.expression)} && \text{{{step.title}}} \\")
    of = name_latex(derivation.wrt)
    rows.append(rf"  \frac{{\partial {output}}}{{\partial {of}}} &= {printing.latex(derivation.gradient)}")
    return "\\begin{align*}\n" + "\n".join(rows) + "\n\\end{align*}\n"


def as_numpy(given: Report) -> str:
    """A Python module that needs only NumPy and computes the gradient."""
    return numpy_module(given.derivation)


FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "text": as_text, "latex": as_latex, "json": as_json, "numpy": as_numpy,
}
"""What ``derive --format`` takes."""
