"""A reading as text, LaTeX, JSON, and what a page of Markdown says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from tutor.core.expression import Expression
from tutor.derive.readings import Passage, Reading
from tutor.derive.rows import NOT_CERTIFIED, Left, Row, formula_latex, formula_text, letters_of, named_entry
from tutor.derive.words import Sentence
from tutor.language import printing
from tutor.language.names import indexed_latex, name_latex


def as_text(reading: Reading) -> list[str]:
    """The lines of a reading as plain text."""
    lines = [result_text(reading), *(note.text for note in reading.notes), ""]
    for passage in reading.passages:
        lines.extend(passage_text(reading, passage))
    return [*lines, *(["", reading.back.text] if reading.back else [])]


def passage_text(reading: Reading, passage: Passage) -> Iterator[str]:
    """The lines of one passage as plain text."""
    tick = "certified" if passage.certificate.holds else NOT_CERTIFIED
    way = f"{', '.join(dict.fromkeys(_starts(passage)))} → {passage.of}"
    yield f"{way:<12} {_found(reading, passage)}    [{passage.title}; {tick}]"
    yield from working_text(passage.rows)
    yield from reasons_text(passage.reasons)


def _starts(passage: Passage) -> Iterator[str]:
    """Where the ways of a passage begin: a link that another goes on from is the beginning of one."""
    for place, (output, _) in enumerate(passage.through):
        if not place or passage.through[place - 1][1] != output:
            yield output


def working_text(rows: Iterable[Row], meant: Callable[[Expression], Expression] | None = None) -> Iterator[str]:
    """The lines under a step as plain text, with the signs under each other."""
    column = 0
    for row in rows:
        column = len(row.left_text) - 1 if row.left else column
        yield f"{'':<15}{'' if row.left else ' ' * column}{row.text(meant)}"


def reasons_text(reasons: Sequence[tuple[str, Sentence]]) -> Iterator[str]:
    """Why, as plain text."""
    for title, why in reasons:
        yield f"{'':<12} {f'{title[:1].upper()}{title[1:]}: ' if title else ''}{why.text}"


def as_latex(reading: Reading, notes: Sequence[Sentence] = ()) -> str:
    """The passages, what has to be said, and the result as an aligned display."""
    rows = [f"  {row}" for passage in reading.passages for row in _rows(reading, passage)]
    rows.extend(rf"  {row} \\" for row in said_rows(sentence.latex for sentence in (*reading.notes, *notes)))
    rows.append(rf"  {_slope_latex(reading)} &= {formula_latex(reading.result)}")
    if reading.back:
        rows[-1] += r" \\"
        rows.extend(f"  {row}" for row in said_rows([reading.back.latex]))
    return _display(rows)


def passages_latex(reading: Reading, passages: Iterable[Passage]) -> str:
    """Some passages as an aligned display."""
    rows = [f"  {row}" for passage in passages for row in _rows(reading, passage)]
    rows[-1] = rows[-1].removesuffix(r" \\")
    return _display(rows)


def _rows(reading: Reading, passage: Passage) -> Iterator[str]:
    """The lines of a passage; the last has what it gives."""
    tick = [] if passage.certificate.holds else [NOT_CERTIFIED]
    yield from (rf"{row.aligned()} \\" for row in passage.rows)
    ends_so = passage.rows and passage.rows[-1].formulas[-1:] == (passage.found,)
    if passage.whole and not ends_so:
        said = "; ".join([*([] if passage.rows else [printing.latex_prose(passage.title)]), *tick])
        aside = rf" && \text{{{said}}}" if said else ""
        yield rf"{_left(reading, passage)} &= {formula_latex(passage.found)}{aside} \\"


def _display(rows: Sequence[str]) -> str:
    return "\n".join([r"\begin{align*}", *rows, r"\end{align*}"]) + "\n"


def said_rows(sentences: Iterable[str]) -> Iterator[str]:
    """Rows of an aligned display that hold sentences; a long one in a box, for a display breaks no lines by itself."""
    for sentence in sentences:
        yield rf"& \text{{{sentence}}}" if len(sentence) <= _LONGEST else rf"& \parbox{{0.55\linewidth}}{{{sentence}}}"


_LONGEST: Final = 60


def passage_formula(reading: Reading, passage: Passage) -> str:
    """What a passage gives, in LaTeX."""
    says = "=" if passage.whole else r"\leftarrow"
    return f"{_left(reading, passage)} {says} {formula_latex(passage.found)}"


def result_text(reading: Reading) -> str:
    """What the reading ends with, as plain text."""
    return f"{_slope(reading)} = {formula_text(reading.result)}"


def result_latex(reading: Reading) -> str:
    """What the reading ends with."""
    return f"{_slope_latex(reading)} = {formula_latex(reading.result)}"


def as_data(reading: Reading) -> dict[str, Any]:
    """The reading as what JSON can hold."""
    return {
        "vectors": reading.convention.vectors,
        "style": reading.convention.style,
        "layout": reading.convention.layout,
        "text": formula_text(reading.result),
        "latex": formula_latex(reading.result),
        "passages": [
            {
                "of": p.of,
                "through": [list(link) for link in p.through],
                "rule": p.title,
                "whole": p.whole,
                "text": formula_text(p.found),
                "latex": formula_latex(p.found),
                "lines": [{"text": row.text(), "latex": row.latex(), "reasons": [reason.text for reason in row.reasons]}
                          for row in p.rows],
                "because": " ".join(why.text for _, why in p.reasons),
                "certified": p.certificate.holds,
            }
            for p in reading.passages
        ],
        "certified": reading.certified,
        "notes": [note.text for note in reading.notes],
    }


def _slope_latex(reading: Reading) -> str:
    output, wrt = reading.derivation.program.output.name, reading.derivation.wrt
    below = indexed_latex(wrt, letters_of(reading.result))
    return rf"\frac{{\partial {name_latex(output)}}}{{\partial {below}}}"


def _slope(reading: Reading) -> str:
    output, wrt = reading.derivation.program.output.name, reading.derivation.wrt
    return f"∂{output}/∂{named_entry(wrt, letters_of(reading.result))}"


def left_of_passage(reading: Reading, passage: Passage) -> Left:
    """``δh``, or ``∂L/∂x`` at the end; in numerator layout only the result is turned, and so the step is not it."""
    program = reading.derivation.program
    variable, letters = program.variable(passage.of), letters_of(passage.found)
    if passage.of == reading.derivation.wrt and reading.convention.layout == "gradient":
        return Left(variable, "gradient", program.output.name, letters=letters)
    return Left(variable, letters=letters)


def _found(reading: Reading, passage: Passage) -> str:
    """``δh = …``; of one of several paths, what it adds to that."""
    says = "=" if passage.whole else "gets"
    return f"{left_of_passage(reading, passage).text_bare} {says} {formula_text(passage.found)}"


def _left(reading: Reading, passage: Passage) -> str:
    return left_of_passage(reading, passage).latex.removesuffix(" =")
