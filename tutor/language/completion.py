"""How a word that is being typed may go on: names, functions, sizes, facts, whichever fit its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from tutor.core.program import FACT_WORDS
from tutor.language.lexer import readable_tokens
from tutor.language.names import ACCENT_WORDS, WORDS
from tutor.language.signs import FUNCTION_WORDS
from tutor.language.source import Source

_WORD: Final = re.compile(r"(?<![\\\w])[^\W\d]\w*$")
_INSIDE_WORD: Final = re.compile(r"[\\\w]$")


class Candidate(NamedTuple):
    """A way to go on.

    Attributes:
        text: The whole word, with the bracket of a function.
        about: What it is: a shape, "function", "size", what a fact says.
    """

    text: str
    about: str


class Completion(NamedTuple):
    """How many signs of a word are there, and how it may go on."""

    typed: int
    candidates: tuple[Candidate, ...]


class _Given(NamedTuple):
    """A name at the start of a line, as it is written there."""

    written: str
    name: str
    line: int
    declared: bool


def completion(text: str, place: int, shapes: Mapping[str, str], sizes: Iterable[str]) -> Completion:
    """What fits the place behind a number of signs of a program, readable or not.

    Args:
        text: The program as it is typed.
        place: How many signs stand before the place.
        shapes: What is known of names, as words.
        sizes: The names of sizes.
    """
    line = text[text.rfind("\n", 0, place) + 1 : place]
    word = _WORD.search(line)
    begun = word.group() if word else ""
    if "#" in line or (not begun and _INSIDE_WORD.search(line)):
        return Completion(0, ())
    before = line[: len(line) - len(begun)].rpartition(";")[2]
    fitting = [c for c in _fitting(before, text, text.count("\n", 0, place), shapes, tuple(sizes))
               if _begins(c.text, begun)]
    fitting.sort(key=lambda c: not c.text.startswith(begun))  # the same case first
    if [c.text.rstrip("(") for c in fitting] == [begun]:
        fitting = []  # it is complete
    return Completion(len(begun), tuple(fitting))


def _fitting(
    before: str, text: str, line: int, shapes: Mapping[str, str], sizes: tuple[str, ...]
) -> Iterator[Candidate]:
    """All that can stand behind the beginning of a line."""
    if "=" in before or "≔" in before:
        for given in _given(text):
            if given.declared or given.line < line:
                yield Candidate(given.written, shapes.get(given.name, ""))
        yield from (Candidate(f"{name}(", "function") for name in sorted(FUNCTION_WORDS) if name.isascii())
        yield from (Candidate(name, "size") for name in sizes)
    elif ":" in before:
        shape = before.partition(":")[2]
        if ")" in shape or "scalar" in shape:
            yield from (Candidate(fact, said) for fact, said in FACT_WORDS.items())
        elif "(" in shape:
            yield from (Candidate(name, "size") for name in sizes)
        else:
            yield Candidate("scalar", "a number")


def _given(text: str) -> Iterator[_Given]:
    """The names that lines of a text declare or define, as far as they can be read."""
    for number, line in enumerate(text.split("\n")):
        code = line.partition("#")[0]
        head = readable_tokens(Source(re.split("[:=≔]", code, maxsplit=1)[0]))
        if len(head) == 1 and head[0].type == "NAME" and len(code) > head[0].span.end:
            span = head[0].span
            yield _Given(code[span.start : span.end], str(head[0]), number, ":" in code and "=" not in code)


def _begins(word: str, begun: str) -> bool:
    """Whether a word begins like that, in any case, a letter also by its name: th for θ, yh for ŷ."""
    typed = begun.casefold()
    return word.casefold().startswith(typed) or _spelled(word).casefold().startswith(typed)


def _spelled(word: str) -> str:
    """A word in plain letters: theta for θ, yhat for ŷ."""
    return "".join(WORDS.get(sign, ACCENT_WORDS.get(sign, sign)) for sign in unicodedata.normalize("NFD", word))
