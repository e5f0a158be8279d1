"""Names that a program does not have, and what they mean: explained behind the formula, or plain from the letter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tutor.core.errors import NameUnknownError, TutorError
from tutor.core.expression import Expression
from tutor.core.layout import SCALAR
from tutor.core.program import Program
from tutor.language.names import normalise
from tutor.language.reader import read_formula, read_loosely
from tutor.marking.points import scope

_WHERE: Final = re.compile(r"[\s,;]*\b(?:where|with)\b\s*:?\s+(?=[^=]+=)", re.IGNORECASE)
_DEFINED: Final = re.compile(r"\s*(?:;|,(?![^(\[{]*[)\]}])|\band\b)\s*")


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
    named = {normalise(name): read_formula(meaning, shapes, program.dimensions) for name, meaning in where.items()}
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


def _missing(error: NameUnknownError, text: str) -> str:
    """The name that is not known, as it stands in the text."""
    if error.position is None:
        return ""
    line = text.splitlines()[error.position.line - 1]
    return line[error.position.column - 1 : error.position.column - 1 + error.position.length]
