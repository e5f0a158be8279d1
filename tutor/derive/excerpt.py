"""A derivation, its result or one of its steps as text to paste somewhere else."""

from __future__ import annotations

from typing import Final, Literal

from tutor.derive import export, markdown, reading_export
from tutor.derive.readings import Reading
from tutor.derive.report import Report
from tutor.derive.step import Step
from tutor.derive.words import Sentence
from tutor.language import printing
from tutor.language.names import name_latex

Format = Literal["latex", "text", "markdown"]

RESULT: Final = "="
"""What is asked for where it is the result; no name of a program is spelled so."""


def excerpt(given: Report, reading: Reading | None, what: str, format: Format) -> str:
    """A piece of a derivation.

    Args:
        given: The derivation, with what has to be said of it.
        reading: How it is read; None where only its own convention can be had.
        what: A name, for the step that gives its cotangent; :data:`RESULT`; nothing for the whole.
        format: As what.
    """
    if not what:
        return whole(given, reading, format)
    if reading is None:
        return _of_derivation(given, what, format)
    if what == RESULT:
        latex, text = reading_export.result_latex(reading), reading_export.result_text(reading)
        return _formula(latex, text, format)
    chosen = reading.about(what)
    match format:
        case "latex":
            return reading_export.passages_latex(reading, chosen)
        case "text":
            return "".join(f"{line}\n" for passage in chosen for line in reading_export.passage_text(reading, passage))
        case "markdown":
            return markdown.passages(reading, chosen)


def whole(given: Report, reading: Reading | None, format: str) -> str:
    """All of a derivation in any of :data:`tutor.derive.export.FORMATS`, code among them; arguments as above."""
    if reading is None:
        return export.FORMATS[format](given)
    broken = {(b.name, b.fact) for b in given.problem.broken}
    warnings = tuple(Sentence(f"The numbers of {{v}} break the promise {p.fact}, on which this rests.",
                              (("v", given.problem.program.variable(p.name)),))
                     for p in given.derivation.promises if (p.name, p.fact) in broken)
    return export.as_read(given, reading, format, warnings)


def _of_derivation(given: Report, what: str, format: Format) -> str:
    """The result or a step of a derivation that has no other reading."""
    derivation = given.derivation
    if what != RESULT:
        step: Step = derivation.step(what)
        symbol = derivation.cotangent(what).symbol
        return _formula(f"{name_latex(symbol.name)} = {printing.latex(step.after)}",
                        f"{symbol.name} = {printing.text(step.after)}", format)
    if given.result is not None:
        name = f"∂{derivation.program.output.name}/∂{derivation.wrt}"
        return _formula(f"{given.slope_latex} = {printing.latex(given.result)}",
                        f"{name} = {printing.text(given.result)}", format)
    assert given.pullback is not None
    arriving, action = given.pullback
    return _formula(rf"{name_latex(arriving.name)} \mapsto {printing.latex(action)}",
                    f"{arriving.name} ↦ {printing.text(action)}", format)


def _formula(latex: str, text: str, format: Format) -> str:
    match format:
        case "latex":
            return f"{latex}\n"
        case "text":
            return f"{text}\n"
        case "markdown":
            return markdown.display(latex)
