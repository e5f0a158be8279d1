"""Formulas that people give, from ``resources/claims.toml``: to be marked, repaired and explained on the spot."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import NamedTuple

from tutor.core.resources import resources


class Claim(NamedTuple):
    """A formula somebody gives.

    Attributes:
        title: What a menu calls it.
        where: Who writes it so, in a few words.
        problem: The ready-made problem it is about.
        wrt: The variable it is said to be the gradient by.
        formula: As it is written there.
    """

    title: str
    where: str
    problem: str
    wrt: str
    formula: str


@lru_cache(maxsize=1)
def claims() -> tuple[Claim, ...]:
    """All of them, the question's own first."""
    table = tomllib.loads((resources() / "claims.toml").read_text(encoding="utf-8"))
    return tuple(Claim(**entry) for entry in table["claim"])
