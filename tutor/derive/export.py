"""A report as text, LaTeX, Markdown, JSON and Python code: what the command line prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from tutor.core.expression import Expression
from tutor.core.layout import SCALAR, numeric_shape
from tutor.derive import markdown, reading_export
from tutor.derive.code import gradient_module, hessian_module
from tutor.derive.readings import Reading
from tutor.derive.report import NOT_CERTIFIED, Report
from tutor.derive.step import Step
from tutor.language import printing
from tutor.language.names import name_latex

# --- JSON ------------------------------------------------------------------------------------------------------------


def as_json(given: Report) -> str:
    """The whole derivation as JSON."""
    return _json(_data(given))


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _data(given: Report) -> dict[str, Any]:
    """A report as what JSON can hold."""
    derivation, spelled = given.derivation, given.identifiers

    def formula(expression: Expression | None) -> dict[str, str | None]:
        if expression is None:
            return {"text": None, "latex": None, "numpy": None}
        return {"text": printing.text(expression), "latex": printing.latex(expression),
                "numpy": printing.numpy(expression, spelled)}

    data: dict[str, Any] = {
        "wrt": derivation.wrt,
        "kind": given.kind,
        "shape": _shape(given),
        "gradient": formula(given.result),
    }
    if given.pullback is not None:
        symbol, action = given.pullback
        data["direction" if given.curvature else "pullback"] = {"of": symbol.name, **formula(action)}
    data |= {
        "definitions": [{"name": v.name, **formula(meaning)} for v, meaning in given.definitions],
        "identifiers": dict(spelled),
        "cotangents": [{"of": c.of, "text": printing.text(given.meant(c.expression)),
                        "latex": printing.latex(given.meant(c.expression))} for c in derivation.cotangents],
        "steps": [_step(s, given) for s in derivation.steps],
        "certified": given.certified,
        "notes": list(given.notes),
    }
    return data


def _shape(given: Report) -> list[int]:
    """The shape of the answer at the problem's sizes; of a number, none."""
    derivation = given.derivation
    program = derivation.program
    if derivation.ends_in_matrix:
        shapes = [numeric_shape(program.shapes[name], given.problem.dims)
                  for name in (program.output.name, derivation.wrt)]
        return [rows * columns for rows, columns in shapes]
    shape = program.shapes[derivation.wrt]
    return [] if shape == SCALAR else list(numeric_shape(shape, given.problem.dims))


def _step(step: Step, given: Report) -> dict[str, Any]:
    """One step and what is inside it."""
    proofs = [given.proofs[link] for link in step.through if link in given.proofs]
    residual = step.certificate.residual
    found: dict[str, Any] = {
        "rule": step.title,
        "before": printing.text(given.meant(step.before)),
        "after": printing.text(given.meant(step.after)),
        "because": step.because.text,
        "certified": given.holds(step),
        "residual": residual if residual < float("inf") else None,
    }
    if step.of:
        found["of"] = step.of
    if proofs:
        found["proof"] = [p.sentence for p in proofs]
    if step.substeps:
        found["substeps"] = [_step(s, given) for s in step.substeps]
    return found


# --- text and LaTeX --------------------------------------------------------------------------------------------------


def as_text(given: Report) -> str:
    """The derivation as a page of plain text."""
    derivation = given.derivation
    lines = []
    if given.result is not None:
        lines.append(f"{_slope_text(given)} = {printing.text(given.result)}")
    if given.pullback is not None:
        symbol, action = given.pullback
        lines.append(f"{symbol.name} ↦ {printing.text(action)}")
    lines.extend(f"  where {v.name} = {printing.text(meaning)}" for v, meaning in given.definitions)
    lines.extend([""] if derivation.steps else [])
    for step in derivation.shown_steps():
        last = step.of == derivation.wrt and not derivation.ends_in_matrix
        name = f"∂{derivation.program.output.name}/∂{step.of}" if last else f"δ{step.of}"
        tick = "certified" if given.holds(step) else "NOT CERTIFIED"
        after = printing.text(given.meant(step.after))
        lines.append(f"{_way(step):<12} {name} = {after}    [{step.title}; {tick}]")
        lines.append(f"{'':<12} {step.because.text}")
    lines.extend(["", *given.notes] if given.notes else [])
    proved = sum(p.entries for p in given.proofs.values() if p.exact)
    if derivation.steps:
        held = sum(step.certified for step in derivation.steps)
        lines.extend(["", f"{_counted(held, 'step')} certified at random numbers; "
                          f"{_counted(proved, 'entry', 'entries')} of {_counted(len(given.proofs), 'link')} proved by "
                          "SymPy."])
    return "\n".join(lines) + "\n"


def _slope_text(given: Report) -> str:
    """What the answer is called: ∂L/∂x, ∂²L/∂x²."""
    wrt = given.derivation.wrt
    if given.curvature is not None:
        return f"∂²{given.curvature.first.program.output.name}/∂{wrt}²"
    return f"∂{given.derivation.program.output.name}/∂{wrt}"


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
    for statement in given.curvature.slopes if given.curvature is not None else ():
        rows.append(f"{name_latex(statement.name)} &= {printing.latex(statement.expression)}")
    for step, c in ((derivation.step(c.of), c) for c in derivation.cotangents):
        slope = rf"\frac{{\partial {output}}}{{\partial {name_latex(c.of)}}}"
        name = name_latex(c.symbol.name)
        if not derivation.ends_in_matrix:
            name = slope if c.of == derivation.wrt else f"{name} = {slope}"
        title = printing.latex_prose(step.title) + ("" if given.holds(step) else "; NOT CERTIFIED")
        rows.append(rf"{name} &= {printing.latex(given.meant(c.expression))} && \text{{{title}}}")
    rows.extend(reading_export.said_rows(sentence.latex for sentence in given.sentences))
    if given.pullback is not None:
        symbol, action = given.pullback
        rows.append(rf"{name_latex(symbol.name)} &\mapsto {printing.latex(action)}")
    if given.result is not None:
        rows.append(f"{given.slope_latex} &= {printing.latex(given.result)}")
    return "\\begin{align*}\n" + " \\\\\n".join(f"  {row}" for row in rows) + "\n\\end{align*}\n"


def as_code(given: Report, library: printing.Library) -> str:
    """A Python module that needs one library and computes the answer; what it rests on is said above it."""
    module = (gradient_module(given.derivation, library) if given.curvature is None
              else hessian_module(given.curvature, library))
    return "".join(f"# {line}\n" for note in given.notes for line in note.splitlines()) + module


def as_read(given: Report, reading: Reading, format: str) -> str:
    """A derivation in another convention, in one of the formats; code has no conventions and stays as it is."""
    sentences = [*given.sentences, *([] if reading.certified or not given.certified else [NOT_CERTIFIED])]
    match format:
        case "text":
            notes = [sentence.text for sentence in sentences]
            return "\n".join([*reading_export.as_text(reading), *(["", *notes] if notes else [])]) + "\n"
        case "latex":
            return reading_export.as_latex(reading, sentences)
        case "markdown":
            return markdown.reading_page(given.problem, reading, sentences)
        case "json":
            return _json({**_data(given), "reading": reading_export.as_data(reading)})
    return FORMATS[format](given)


FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "text": as_text, "latex": as_latex, "markdown": markdown.page, "json": as_json,
    **{name: partial(as_code, library=library) for name, library in printing.LIBRARIES.items()},
}
"""What ``derive --format`` takes."""
