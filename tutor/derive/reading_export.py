"""A reading as text, LaTeX and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.core.expression import Expression
from tutor.derive.differentials import differential
from tutor.derive.index_notation import Index
from tutor.derive.index_printing import LATEX, TEXT
from tutor.derive.names import cotangent_name
from tutor.derive.readings import Formula, Passage, Reading
from tutor.derive.report import NOT_CERTIFIED
from tutor.language import printing
from tutor.language.names import indexed_latex, name_latex


def as_text(reading: Reading) -> list[str]:
    """The lines of a reading as plain text."""
    lines = [f"{_slope(reading)} = {_text(reading.result)}", *reading.convention.notes, ""]
    for passage in reading.passages:
        tick = "certified" if passage.certificate.holds else "NOT CERTIFIED"
        way = " → ".join([*(output for output, _ in passage.through[:1]), passage.of])
        lines.append(f"{way:<12} {_found(reading, passage)}    [{passage.title}; {tick}]")
        if passage.change is not None and passage.change not in passage.chain:
            output = passage.through[-1][0]
            lines.append(f"{'':<12} {_change(reading, output)} = {printing.text(passage.change)}")
        if len(passage.chain) > 1:
            equal = f"\n{'':<15}= ".join(printing.text(member) for member in passage.chain)
            # Of several paths each gives a part.
            through = "" if passage.whole else f" through {passage.through[-1][0]}"
            lines.append(f"{'':<12} d{reading.derivation.program.output.name}{through} = {equal}")
        lines.append(f"{'':<12} {passage.because.text}")
    return lines


def as_latex(reading: Reading) -> str:
    """The passages and the result as an aligned display."""
    program = reading.derivation.program
    rows = []
    for passage in reading.passages:
        title = rf"&& \text{{{passage.title}}} \\"
        if len(passage.chain) > 1:
            first, *others = (printing.latex(member) for member in passage.chain)
            whole = rf"\mathrm{{d}}{name_latex(program.output.name)}"
            left = whole if passage.whole else rf"{whole}\big|_{{{name_latex(passage.through[-1][0])}}}"
            rows.append(rf"  {left} &= {first} {title}")
            rows.extend(rf"  &= {member} \\" for member in others)
        elif passage.whole:
            rows.append(rf"  {_left(passage.of, passage.found)} &= {_latex(passage.found)} {title}")
    output, wrt = name_latex(program.output.name), name_latex(reading.derivation.wrt)
    left = rf"\frac{{\partial {output}}}{{\partial {wrt}}}"
    if isinstance(reading.result, tuple):
        places = _letters(reading.result[1])
        left = rf"\frac{{\partial {output}}}{{\partial {indexed_latex(reading.derivation.wrt, places)}}}"
    if not reading.certified:
        rows.append(rf"  & \text{{{NOT_CERTIFIED.latex}}} \\")
    rows.append(rf"  {left} &= {_latex(reading.result)}")
    return "\n".join([r"\begin{align*}", *rows, r"\end{align*}"]) + "\n"


def as_data(reading: Reading) -> dict[str, Any]:
    """The reading as what JSON can hold."""
    return {
        "vectors": reading.convention.vectors,
        "style": reading.convention.style,
        "layout": reading.convention.layout,
        "text": _text(reading.result),
        "latex": _latex(reading.result),
        "passages": [
            {
                "of": p.of,
                "through": [list(link) for link in p.through],
                "rule": p.title,
                "whole": p.whole,
                "text": _text(p.found),
                "latex": _latex(p.found),
                "equal": [printing.text(member) for member in p.chain],
                "change": None if p.change is None else printing.text(p.change),
                "because": p.because.text,
                "certified": p.certificate.holds,
            }
            for p in reading.passages
        ],
        "certified": reading.certified,
        "notes": list(reading.convention.notes),
    }


def _text(formula: Formula) -> str:
    return TEXT.write(formula[0]) if isinstance(formula, tuple) else printing.text(formula)


def _latex(formula: Formula) -> str:
    return LATEX.write(formula[0]) if isinstance(formula, tuple) else printing.latex(formula)


def _letters(places: tuple[Index, Index]) -> Sequence[str]:
    return [letter for letter in places if letter is not None]


def _entry(name: str, formula: Formula) -> str:
    """A name, or its entry where the formula is of one."""
    letters = _letters(formula[1]) if isinstance(formula, tuple) else []
    return f"{name}[{', '.join(letters)}]" if letters else name


def _slope(reading: Reading) -> str:
    output, wrt = reading.derivation.program.output.name, reading.derivation.wrt
    return f"∂{output}/∂{_entry(wrt, reading.result)}"


def _found(reading: Reading, passage: Passage) -> str:
    """``δh = …``, or ``∂L/∂x = …`` at the end; of one of several paths, what it adds to that."""
    output, last = reading.derivation.program.output.name, passage.of == reading.derivation.wrt
    name = f"∂{output}/∂{passage.of}" if last else cotangent_name(passage.of)
    says = "=" if passage.whole else "gets"
    return f"{_entry(name, passage.found)} {says} {_text(passage.found)}"


def _left(of: str, found: Formula) -> str:
    letters = _letters(found[1]) if isinstance(found, tuple) else []
    return indexed_latex(cotangent_name(of), letters)


def _change(reading: Reading, name: str) -> str:
    formula: Expression = differential(name, reading.derivation.program.shapes[name])
    return printing.text(formula)
