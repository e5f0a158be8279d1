"""Names that a program does not have, and what they mean: explained behind the formula, or plain from the letter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tutor.core.errors import NameUnknownError, TutorError, UnreadableError
from tutor.core.expression import Expression
from tutor.core.layout import SCALAR
from tutor.core.program import Program, cotangent_name
from tutor.language.lexer import tokens
from tutor.language.reader import read_formula, read_loosely
from tutor.language.source import Source
from tutor.marking.points import scope

_WHERE: Final = re.compile(r"[\s,;]*\b(?:where|with)\b\s*:?\s+(?=[^=]+=)", re.IGNORECASE)
_STEP: Final = re.compile(r"\s*(?:;|\n)\s*(?=\S)")
_DEFINED: Final = re.compile(r"\s*(?:;|,(?![^(\[{]*[)\]}])|\band\b)\s*")


def steps(text: str, program: Program) -> tuple[list[tuple[str, str]], str]:
    """The cotangents that somebody writes down on the way, ``δθ = ŷ − y; δa = …``, and the formula at the end.

    Returns:
        For each its name, without the δ, and its formula; and the rest.
    """
    names = {cotangent_name(statement.name): statement.name for statement in program.statements}
    text = text.rstrip("; \n")
    starts = [0, *(found.end() for found in _STEP.finditer(text))]
    ends = [*(found.start() for found in _STEP.finditer(text)), len(text)]
    found = []
    for start, end in zip(starts[:-1], ends[:-1], strict=True):
        left, sign, _ = text[start:end].partition("=")
        name = names.get(_name_in(left)) if sign else None
        if name is None:
            return [], text
        found.append((name, _blank(text[: start + len(left) + 1]) + text[start + len(left) + 1 : end]))
    return found, _blank(text[: starts[-1]]) + text[starts[-1] :]


def _blank(text: str) -> str:
    """White in the place of a text, so that what follows keeps its lines and columns."""
    return "".join(sign if sign == "\n" else " " for sign in text)


def _name_in(text: str) -> str:
    """The one name a text consists of; nothing where it is more."""
    try:
        found = tokens(Source(text))
    except UnreadableError:
        return ""
    return str(found[0]) if len(found) == 1 and found[0].type == "NAME" else ""


def apart(text: str) -> tuple[str, dict[str, str]]:
    """The formula, and the names that are explained behind it."""
    found = _WHERE.search(text)
    if found is None:
        return text, {}
    pairs = (part.partition("=") for part in _DEFINED.split(text[found.end() :]))
    return text[: found.start()], {name.strip(): meaning.strip() for name, sign, meaning in pairs if sign}


def explained(program: Program, text: str, where: Mapping[str, str]) -> tuple[dict[str, Expression], tuple[str, ...]]:
    """The names beyond the program's: those that are explained, and diag(h) for an H that is not."""
    shapes = scope(program)
    named = {_defined(name): read_formula(meaning, shapes, program.dimensions) for name, meaning in where.items()}
    notes = []
    for _ in range(8):
        known = {**shapes, **{name: formula.shape for name, formula in named.items()}}
        try:
            read_loosely(text, known, program.dimensions)
        except NameUnknownError as error:
            name = _missing(error, text)
            vector = name.lower()
            shape = known.get(vector, SCALAR)
            if len(name) != 1 or name == vector or 1 not in shape or shape == SCALAR:
                break
            named[name] = read_formula(f"diag({vector})", known, program.dimensions)
            notes.append(f"{name} is read as diag({vector}).")
        except TutorError:
            break
        else:
            break
    return named, tuple(notes)


def _defined(name: str) -> str:
    """The name that is explained.

    Raises:
        UnreadableError: it is none.
    """
    found = _name_in(name)
    if not found:
        raise UnreadableError(f"`{name[:40]}` is not a name. Behind where stand names with their meaning, as in "
                              "H = diag(h).")
    return found


def _missing(error: NameUnknownError, text: str) -> str:
    """The name that is not known, as it stands in the text."""
    if error.position is None:
        return ""
    line = text.splitlines()[error.position.line - 1]
    return line[error.position.column - 1 : error.position.column - 1 + error.position.length]
