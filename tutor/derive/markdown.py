"""A derivation as a page of Markdown, for a notebook or a README: formulas between dollar signs, as GitHub has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tutor.core.expression import Expression
from tutor.core.problem import Problem
from tutor.derive.reading_export import passage_formula, result_latex
from tutor.derive.readings import Passage, Reading
from tutor.derive.report import Report
from tutor.derive.rows import NOT_CERTIFIED as UNCHECKED
from tutor.derive.rows import Row
from tutor.derive.step import Certificate, Step
from tutor.derive.words import Sentence
from tutor.derive.working import reasons, working
from tutor.language import printing
from tutor.language.names import name_latex

_SPACES: Final = {r"\, ": r"\thinspace ", r"\; ": r"\thickspace "}
_NAME: Final = re.compile(r"\\operatorname\{([^{}]*)\}")


def page(given: Report) -> str:
    """A derivation as a page: the program, the result, every step, and what has to be said."""
    blocks = _head(given.problem)
    result = [f"{given.slope_latex} = {printing.latex(given.result)}"] if given.result is not None else []
    if given.pullback is not None:
        symbol, action = given.pullback
        result.append(rf"{name_latex(symbol.name)} \mapsto {printing.latex(action)}")
    blocks += _displays(result)
    if given.used:
        blocks += ["where", *_displays([f"{name_latex(v.name)} = {printing.latex(meaning)}"
                                        for v, meaning in given.used])]
    blocks += _displays([f"{name_latex(v.name)} = {left.latex} {printing.latex(meaning)}"
                         for left, v, meaning in given.slopes_of_steps])
    blocks += map(_sentence, given.legend)
    steps = given.derivation.shown_steps()
    blocks += ["## Steps"] if steps else []
    for number, step in enumerate(steps, 1):
        blocks += [_step_head(f"{number}. ", step.title, step.through, given.holds(step), step.certificate),
                   *_displays([_step_formula(step, given)]), *_working(step, given)]
    return _page(blocks, given.sentences)


def reading_page(problem: Problem, reading: Reading, sentences: Sequence[Sentence]) -> str:
    """A reading as a page.

    Args:
        problem: What was asked.
        reading: The derivation in a convention.
        sentences: What has to be said.
    """
    blocks = [*_head(problem), *_displays([result_latex(reading)]), *map(_sentence, reading.notes)]
    blocks += ["## Steps"] if reading.passages else []
    for number, passage in enumerate(reading.passages, 1):
        blocks += _passage(reading, passage, f"{number}. ")
    blocks += [_sentence(reading.back)] if reading.back else []
    return _page(blocks, sentences)


def passages(reading: Reading, chosen: Sequence[Passage]) -> str:
    """Some passages of a reading, to be put into a page."""
    return _page([block for passage in chosen for block in _passage(reading, passage)], ())


def display(formula: str) -> str:
    """One formula in LaTeX as a display of its own, to be put into a page."""
    return _page(list(_displays([formula])), ())


def _passage(reading: Reading, passage: Passage, number: str = "") -> list[str]:
    head = _step_head(number, passage.title, passage.through, passage.certificate.holds, passage.certificate)
    return [head, *_displays([passage_formula(reading, passage)]), *_lines(passage.rows), *_reasons(passage.reasons)]


def _head(problem: Problem) -> list[str]:
    program = problem.program.text.strip("\n") or printing.program_text(problem.program).strip("\n")
    # A fence is longer than any inside it.
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", program)), default=0))
    return [f"# {_plain(problem.title)}" if problem.title else "# Derivation", f"{fence}text\n{program}\n{fence}"]


def _page(blocks: Sequence[str], sentences: Sequence[Sentence]) -> str:
    notes = ["## Notes", "\n".join(f"- {_sentence(sentence)}" for sentence in sentences)] if sentences else []
    return "\n\n".join((*blocks, *notes)) + "\n"


def _step_head(number: str, title: str, through: Sequence[tuple[str, str]], holds: bool, certificate: Certificate
               ) -> str:
    """The rule, the links it crosses, and whether it was certified."""
    ways = dict.fromkeys(through)
    way = ", ".join(rf"${name_latex(output)} \to {name_latex(source)}$" for output, source in ways)
    tick = f"certified (residual {certificate.residual:.0e})" if holds else "**NOT CERTIFIED**"
    return f"**{number}{_plain(title)}**" + "".join(f" · {part}" for part in (github(way), tick) if part)


def _step_formula(step: Step, given: Report) -> str:
    derivation = given.derivation
    after = printing.latex(given.meant(step.after))
    cotangent = derivation.cotangent(step.of or derivation.wrt)
    if cotangent.of == derivation.wrt and not derivation.ends_in_matrix:
        return f"{given.slope_latex} = {after}"
    return f"{name_latex(cotangent.symbol.name)} = {after}"


def _working(step: Step, given: Report) -> Iterator[str]:
    """The lines that lead to a step, and why."""
    yield from _lines(working(given.derivation, step), given.meant)
    yield from _reasons(reasons(given.derivation, step))


def _lines(rows: Sequence[Row], meant: Callable[[Expression], Expression] | None = None) -> Iterator[str]:
    """The lines under a step as a list."""
    if rows:
        yield "\n".join(
            f"- {github(f'${row.latex(meant)}$')}"
            + "".join(f" · {part}" for part in (", ".join(map(_sentence, row.reasons)),
                                               "" if row.certified else f"**{UNCHECKED}**") if part) for row in rows)


def _reasons(said: Sequence[tuple[str, Sentence]]) -> Iterator[str]:
    """Why, each a paragraph."""
    for title, why in said:
        yield f"{f'*{_plain(title[:1].upper() + title[1:])}.* ' if title else ''}{_sentence(why)}"


def _displays(formulas: Sequence[str]) -> Iterator[str]:
    """Displays of their own lines, as every reader of Markdown wants them."""
    return (f"$$\n{github(formula)}\n$$" for formula in formulas)


def _sentence(sentence: Sentence) -> str:
    return github(sentence.markdown)


def _plain(words: str) -> str:
    """Words in which nothing is markup."""
    return re.sub(r"([\\`*_\[\]<>#$])", r"\\\1", words)


def github(latex: str) -> str:
    r"""LaTeX that survives GitHub: it takes away the backslash before a sign, and forbids ``\\operatorname``."""
    for space, word in _SPACES.items():
        latex = latex.replace(space, word)
    return _NAME.sub(lambda name: rf"\mathrm{{{name[1]}}}".replace(r"\_", r"\text{-}"), latex)
