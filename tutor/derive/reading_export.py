"""A reading as text, LaTeX, JSON, and what a page of Markdown says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from tutor.core.expression import Expression
from tutor.derive.differentials import differential
from tutor.derive.index_notation import Index
from tutor.derive.index_printing import LATEX, TEXT
from tutor.derive.names import cotangent_name
from tutor.derive.readings import Formula, Passage, Reading
from tutor.derive.words import Sentence
from tutor.language import printing
from tutor.language.names import indexed_latex, name_latex


def as_text(reading: Reading) -> list[str]:
    """The lines of a reading as plain text."""
    lines = [result_text(reading), *(note.text for note in reading.convention.notes), ""]
    for passage in reading.passages:
        lines.extend(passage_text(reading, passage))
    return lines


def passage_text(reading: Reading, passage: Passage) -> Iterator[str]:
    """The lines of one passage as plain text."""
    tick = "certified" if passage.certificate.holds else "NOT CERTIFIED"
    way = " → ".join([*(output for output, _ in passage.through[:1]), passage.of])
    yield f"{way:<12} {_found(reading, passage)}    [{passage.title}; {tick}]"
    if passage.change is not None and passage.change not in passage.chain:
        output = passage.through[-1][0]
        yield f"{'':<12} {_change(reading, output)} = {printing.text(passage.change)}"
    if len(passage.chain) > 1:
        equal = f"\n{'':<15}= ".join(printing.text(member) for member in passage.chain)
        # Of several paths each gives a part.
        through = "" if passage.whole else f" through {passage.through[-1][0]}"
        yield f"{'':<12} d{reading.derivation.program.output.name}{through} = {equal}"
    yield f"{'':<12} {passage.because.text}"


def as_latex(reading: Reading, notes: Sequence[Sentence] = ()) -> str:
    """The passages, what has to be said, and the result as an aligned display."""
    rows = [f"  {row}" for passage in reading.passages for row in _rows(reading, passage)]
    said = (sentence.latex for sentence in (*reading.convention.notes, *notes))
    rows.extend(rf"  {row} \\" for row in said_rows(said))
    rows.append(rf"  {_slope_latex(reading)} &= {_latex(reading.result)}")
    return _display(rows)


def passages_latex(reading: Reading, passages: Iterable[Passage]) -> str:
    """Some passages as an aligned display."""
    rows = [f"  {row}" for passage in passages for row in _rows(reading, passage)]
    rows[-1] = rows[-1].removesuffix(r" \\")
    return _display(rows)


def _rows(reading: Reading, passage: Passage) -> Iterator[str]:
    tick = "" if passage.certificate.holds else "; NOT CERTIFIED"
    title = rf"&& \text{{{printing.latex_prose(passage.title)}{tick}}} \\"
    if len(passage.chain) > 1:
        first, *others = (printing.latex(member) for member in passage.chain)
        yield rf"{_whole(reading, passage)} &= {first} {title}"
        yield from (rf"&= {member} \\" for member in others)
    elif passage.whole:
        yield rf"{_left(passage.of, passage.found)} &= {_latex(passage.found)} {title}"


def _display(rows: Sequence[str]) -> str:
    return "\n".join([r"\begin{align*}", *rows, r"\end{align*}"]) + "\n"


def said_rows(sentences: Iterable[str]) -> Iterator[str]:
    """Rows of an aligned display that hold sentences; a long one in a box, for a display breaks no lines by itself."""
    for sentence in sentences:
        yield rf"& \text{{{sentence}}}" if len(sentence) <= _LONGEST else rf"& \parbox{{0.55\linewidth}}{{{sentence}}}"


_LONGEST: Final = 60


def passage_formulas(reading: Reading, passage: Passage) -> list[str]:
    """The formulas of a passage in LaTeX, one display each."""
    formulas = []
    if len(passage.chain) > 1:
        first, *others = (printing.latex(member) for member in passage.chain)
        formulas = [f"{_whole(reading, passage)} = {first}", *(f"= {member}" for member in others)]
        if passage.change is not None and passage.change not in passage.chain:
            change = differential(passage.through[-1][0], reading.derivation.program.shapes[passage.through[-1][0]])
            formulas.insert(0, f"{printing.latex(change)} = {printing.latex(passage.change)}")
    says = "=" if passage.whole else r"\leftarrow"
    return [*formulas, f"{_left(passage.of, passage.found)} {says} {_latex(passage.found)}"]


def result_text(reading: Reading) -> str:
    """What the reading ends with, as plain text."""
    return f"{_slope(reading)} = {_text(reading.result)}"


def result_latex(reading: Reading) -> str:
    """What the reading ends with."""
    return f"{_slope_latex(reading)} = {_latex(reading.result)}"


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
        "notes": [note.text for note in reading.convention.notes],
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


def _whole(reading: Reading, passage: Passage) -> str:
    """The differential of the output; of one of several paths, by that path."""
    whole = rf"\mathrm{{d}}{name_latex(reading.derivation.program.output.name)}"
    return whole if passage.whole else rf"{whole}\big|_{{{name_latex(passage.through[-1][0])}}}"


def _slope_latex(reading: Reading) -> str:
    output, wrt = reading.derivation.program.output.name, reading.derivation.wrt
    places = _letters(reading.result[1]) if isinstance(reading.result, tuple) else []
    return rf"\frac{{\partial {name_latex(output)}}}{{\partial {indexed_latex(wrt, places)}}}"


def _slope(reading: Reading) -> str:
    output, wrt = reading.derivation.program.output.name, reading.derivation.wrt
    return f"∂{output}/∂{_entry(wrt, reading.result)}"


def _found(reading: Reading, passage: Passage) -> str:
    """``δh = …``, or ``∂L/∂x = …`` at the end; of one of several paths, what it adds to that."""
    output = reading.derivation.program.output.name
    # The steps are written in the shape of the variable; in numerator layout only the result is turned.
    last = passage.of == reading.derivation.wrt and reading.convention.layout == "gradient"
    name = f"∂{output}/∂{passage.of}" if last else cotangent_name(passage.of)
    says = "=" if passage.whole else "gets"
    return f"{_entry(name, passage.found)} {says} {_text(passage.found)}"


def _left(of: str, found: Formula) -> str:
    letters = _letters(found[1]) if isinstance(found, tuple) else []
    return indexed_latex(cotangent_name(of), letters)


def _change(reading: Reading, name: str) -> str:
    formula: Expression = differential(name, reading.derivation.program.shapes[name])
    return printing.text(formula)
