"""What is said of a mistake, from the one table that has the words: ``resources/mistakes.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from typing import NamedTuple

from tutor.core.resources import resources
from tutor.typeset import source


class Words(NamedTuple):
    """The words for a kind of mistake; ``{before}``, ``{after}`` and ``{about}`` stand for pieces of the formula.

    Attributes:
        kind: Which.
        edit: What to do, as it stands behind "right if you".
        why: Why, in a sentence or two, for a student.
    """

    kind: str
    edit: str
    why: str


def with_formulas(template: str, formulas: Mapping[str, str]) -> str:
    """A sentence of the table as Typst markup, with markup in its places."""
    pieces = Formatter().parse(template)
    return "".join(source.escape(words) + (formulas[slot] if slot else "") for words, slot, _, _ in pieces)


def words_of(kind: str) -> Words:
    """The words for a kind of mistake."""
    return all_words()[kind]


@lru_cache(maxsize=1)
def all_words() -> dict[str, Words]:
    """Every kind of mistake with its words."""
    table = tomllib.loads((resources() / "mistakes.toml").read_text(encoding="utf-8"))
    return {kind: Words(kind, entry["edit"], entry["why"]) for kind, entry in table.items()}
