"""A name that is not known, and what may have been meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from tutor.core.errors import NameUnknownError
from tutor.language.names import parts
from tutor.language.signs import FUNCTION_HINTS, NAME_HINTS
from tutor.language.spelling import split_name
from tutor.ops import FUNCTIONS

_KIN: Final[Mapping[str, tuple[str, ...]]] = {
    "z": ("θ", "a"), "p": ("ŷ",), "q": ("ŷ",), "o": ("ŷ", "θ"), "t": ("y", "θ"), "s": ("θ", "a"), "u": ("a",),
    "E": ("L",), "J": ("L",), "C": ("L",), "f": ("L",), "w": ("W", "W1"),
}
"""What else textbooks call the things this program calls θ, ŷ, a, L."""

_LATIN: Final = str.maketrans("АВСЕНІЈКМОРЅТХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧνο", "ABCEHIJKMOPSTXaeopcyxijsABEZHIKMNOPTYXvo")
"""Letters of other alphabets that look like Latin ones."""


def unknown_name(name: str, raw: str, known: Mapping[str, object], later: Mapping[str, int], place: str,
                 called: bool) -> NameUnknownError:
    """The sentence for a name that is not known.

    Args:
        name: The name.
        raw: How it was typed.
        known: The names that can be used here.
        later: Names that a later line defines, with that line.
        place: "known here" or "in the program".
        called: Whether a bracket follows, as after a function.
    """
    if name in later:
        return NameUnknownError(f"`{raw}` is not known yet: line {later[name]} defines it.")
    sentence = f"`{raw}` is not {place}."
    if alike := next((other for other in known if other.translate(_LATIN) == name.translate(_LATIN)), None):
        return NameUnknownError(f"{sentence} There is a name that looks like it, {alike}, with letters of another "
                                "alphabet.")
    if called and name in FUNCTION_HINTS:
        return NameUnknownError(unknown_function(name, raw))
    if called and (function := closest(name, FUNCTIONS)):
        return NameUnknownError(f"{sentence} Did you mean the function {function}?")
    pieces = split_name(raw, known)
    meant = " ".join(pieces) if pieces else closest(name, known)
    if meant:
        sentence += f" Did you mean {meant}?"
    elif name in NAME_HINTS:
        sentence += f" {NAME_HINTS[name]}"
    elif called:
        sentence += " There is no function of that name either."
    return NameUnknownError(sentence)


def unknown_function(name: str, raw: str) -> str:
    """The sentence for a function that the language does not have."""
    if name in FUNCTION_HINTS:
        hint = FUNCTION_HINTS[name]
    else:
        meant = closest(name, FUNCTIONS)
        hint = f"Did you mean {meant}?" if meant else ""
    return f"There is no function `{raw}`. {hint}".rstrip()


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name most likely meant: another case, another accent, another book's letter, a slip, another index."""
    names = list(known)
    letters = parts(name).letters.casefold()
    for alike in (lambda other: other.casefold() == name.casefold(),
                  lambda other: parts(other).letters.casefold() == letters and len(letters) == 1
                  and parts(other).below == parts(name).below):
        if found := next(filter(alike, names), None):
            return found
    if kin := next((other for other in _KIN.get(name, ()) if other in names), None):
        return kin
    if slip := next(iter(get_close_matches(name, names, 1, 0.6)), None):
        return slip
    return next((other for other in names if parts(other)[:2] == parts(name)[:2]), None)
