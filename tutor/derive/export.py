"""A report as text, LaTeX, Markdown, JSON and Python code: what the command line prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from tutor.core.expression import Expression
from tutor.core.layout import SCALAR, numeric_shape
from tutor.derive import markdown, reading_export
from tutor.derive.code import gradient_module, hessian_module
from tutor.derive.readings import Reading
from tutor.derive.report import NOT_CERTIFIED, Report
from tutor.derive.rows import NOT_CERTIFIED as UNCHECKED
from tutor.derive.step import Derivation, Step
from tutor.derive.weighting import without_diagonals
from tutor.derive.words import Sentence
from tutor.derive.working import left_of, own_working, reasons, working
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
                "numpy": printing.numpy(without_diagonals(expression), spelled)}

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
    if step.lines:
        found["lines"] = [{"text": printing.text(given.meant(line.formula)),
                           "reasons": [reason.text for reason in line.reasons]} for line in step.lines]
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
    lines.extend(f"  where {v.name} = {printing.text(meaning)}" for v, meaning in given.used)
    lines.extend(f"{v.name} = {left.text} {printing.text(meaning)}" for left, v, meaning in given.slopes_of_steps)
    lines.extend(note.text for note in given.legend)
    lines.extend([""] if derivation.steps else [])
    for step in derivation.shown_steps():
        lines.extend(_step_text(step, given))
    lines.extend(["", *given.notes] if given.notes else [])
    lines.extend(["", *_counts(given)] if derivation.steps else [])
    return "\n".join(lines) + "\n"


def _step_text(step: Step, given: Report) -> Iterator[str]:
    """A step, the lines that lead to it, and why."""
    derivation = given.derivation
    tick = "certified" if given.holds(step) else UNCHECKED
    after = printing.text(given.meant(step.after))
    assert step.of is not None
    yield f"{_way(step):<12} {left_of(derivation, step.of).text} {after}    [{step.title}; {tick}]"
    yield from reading_export.working_text(working(derivation, step), given.meant)
    yield from reading_export.reasons_text(reasons(derivation, step))


def _counts(given: Report) -> Iterator[str]:
    """How many steps and links were checked, and why a link has no proof."""
    steps, proofs = given.derivation.shown_steps(), given.proofs
    held = sum(given.holds(step) for step in steps)
    many = _counted(held, "step") if held == len(steps) else f"{held} of {_counted(len(steps), 'step')}"
    proved = [proof for proof in proofs.values() if proof.exact]
    links = _counted(len(proved), "link") if len(proved) == len(proofs) else (
        f"{len(proved)} of {_counted(len(proofs), 'link')}")
    entries = sum(proof.entries for proof in proved)
    inside = f", {_counted(entries, 'entry', 'entries')} in all," if proved else ""
    yield f"{many} certified at random numbers; {links}{inside} proved by SymPy."
    yield from (f"{output} → {source}: {proof.sentence}" for (output, source), proof in proofs.items()
                if not proof.exact)


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
    """The links a step crosses: ``θ → h``; of several paths, from where each comes."""
    parts = [part for part in step.substeps if part.through] or ([step] if step.through else [])
    outputs = dict.fromkeys(part.through[0][0] for part in parts)
    return f"{', '.join(outputs)} → {step.of}" if outputs else ""


def as_latex(given: Report) -> str:
    """The cotangents and the result as an aligned display."""
    derivation = given.derivation
    rows = [f"{name_latex(v.name)} &= {left.latex} {printing.latex(meaning)}" for left, v, meaning in given.slopes]
    for step in derivation.steps:
        rows.extend(_step_latex(step, given))
    rows.extend(reading_export.said_rows(sentence.latex for sentence in given.sentences))
    if given.pullback is not None:
        symbol, action = given.pullback
        rows.append(rf"{name_latex(symbol.name)} &\mapsto {printing.latex(action)}")
    if given.result is not None:
        rows.append(f"{given.slope_latex} &= {printing.latex(given.result)}")
    return "\\begin{align*}\n" + " \\\\\n".join(f"  {row}" for row in rows) + "\n\\end{align*}\n"


def _step_latex(step: Step, given: Report) -> Iterator[str]:
    """The lines of a step; in the last of them stands what it gives."""
    derivation = given.derivation
    assert step.of is not None
    named = left_of(derivation, step.of).latex
    rows = own_working(derivation, step)
    for row in rows:
        left = _defined(derivation, step.of) if row.left and row.left.latex == named else None
        yield row.aligned(given.meant, left, row is not rows[-1] or given.holds(step))


def _defined(derivation: Derivation, name: str) -> str:
    """``δθ = ∂L/∂θ =``."""
    named = left_of(derivation, name).latex
    if derivation.ends_in_matrix or name == derivation.wrt:
        return named
    output = name_latex(derivation.program.output.name)
    return rf"{named} \frac{{\partial {output}}}{{\partial {name_latex(name)}}} ="


def as_code(given: Report, library: printing.Library, notes: Sequence[str] = ()) -> str:
    """A Python module that needs one library and computes the answer; what it rests on is said above it."""
    module = (gradient_module(given.derivation, library) if given.curvature is None
              else hessian_module(given.curvature, library))
    return "".join(f"# {line}\n" for note in (*given.notes, *notes) for line in note.splitlines()) + module


def as_read(given: Report, reading: Reading, format: str, warnings: Sequence[Sentence] = ()) -> str:
    """A derivation in another convention, in one of the formats; code has no conventions, and says so."""
    sentences = [*given.sentences, *warnings, *([] if reading.certified or not given.certified else [NOT_CERTIFIED])]
    match format:
        case "text":
            notes = [sentence.text for sentence in sentences]
            return "\n".join([*reading_export.as_text(reading), *(["", *notes] if notes else [])]) + "\n"
        case "latex":
            return reading_export.as_latex(reading, sentences)
        case "markdown":
            return markdown.reading_page(given.problem, reading, sentences)
        case "json":
            data = _data(given)
            note = _AS_DECLARED.format('"reading" is in the convention that was asked for; all else')
            return _json({**data, "notes": [*data["notes"], note], "reading": reading_export.as_data(reading)})
    return as_code(given, printing.LIBRARIES[format], [_AS_DECLARED.format("Code has no conventions: the gradient")])


_AS_DECLARED: Final = "{} is in the shapes that the program declares."


FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "text": as_text, "latex": as_latex, "markdown": markdown.page, "json": as_json,
    **{name: partial(as_code, library=library) for name, library in printing.LIBRARIES.items()},
}
"""What ``derive --format`` takes."""
