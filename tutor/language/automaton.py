"""Runs the grammar's LALR(1) tables over tokens.

grammar.json holds them, made from grammar.lark by :mod:`tutor.language.tables`. The loop is the one of every textbook:
shift a token, or reduce by a rule and go on (Aho, Lam, Sethi and Ullman, Compilers, 4.5 and 4.7).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from tutor.language.source import Token

TABLES: Final = Path(__file__).with_name("grammar.json")
INLINE, PASS, END = "*", "", "$END"
"""What a rule of a repetition does, and one that only hands on its one part; what stands behind the last token."""


class UnexpectedTokenError(Exception):
    """A token that the grammar has no use for where it stands.

    Attributes:
        place: Its place among the tokens; their number where they end too early.
        expected: The kinds of token that could stand there.
    """

    def __init__(self, place: int, expected: frozenset[str]) -> None:
        super().__init__(place, expected)
        self.place = place
        self.expected = expected


class _Tables(NamedTuple):
    """The rules as (left side, length, act); for each state where a symbol leads, or -1 - the rule to reduce by."""

    rules: list[tuple[str, int, str]]
    states: list[dict[str, int]]
    starts: dict[str, int]
    ends: dict[str, int]


def run(start: str, tokens: Sequence[Token], builder: object) -> Any:
    """What the builder makes of tokens, rule by rule from the inside out.

    Args:
        start: What the tokens are to form: ``program`` or ``formula``.
        tokens: The tokens.
        builder: Has a method for every rule or its alias; it is given the parts of the rule.

    Raises:
        UnexpectedTokenError: the tokens do not form it.
    """
    tables = _tables()
    end = tables.ends[start]
    path = [tables.starts[start]]
    made: list[Any] = []
    for place in range(len(tokens) + 1):
        kind = tokens[place].type if place < len(tokens) else END
        while path[-1] != end:
            actions = tables.states[path[-1]]
            action = actions.get(kind)
            if action is None:
                raise UnexpectedTokenError(place, frozenset(symbol for symbol in actions if symbol.isupper()))
            if action >= 0:
                path.append(action)
                made.append(tokens[place])
                break
            left, length, act = tables.rules[-1 - action]
            if act == PASS and length == 1 and not isinstance(made[-1], _Parts):
                del path[-1]
                path.append(tables.states[path[-1]][left])
                continue
            first = len(made) - length
            parts = made[first:]
            del made[first:], path[first + 1 :]
            made.append(_reduced(act, parts, builder))
            path.append(tables.states[path[-1]][left])
    (whole,) = made
    return whole


class _Parts(list[Any]):
    """The parts of a repetition, on their way into the rule that holds it."""


def _reduced(act: str, parts: list[Any], builder: object) -> Any:
    if act == INLINE and parts and isinstance(parts[0], _Parts):
        # One more part of a repetition, put behind the others: to copy them each time would take quadratic time.
        longer, *more = parts
        longer.extend(part for given in more for part in (given if isinstance(given, _Parts) else (given,)))
        return longer
    flat = [part for given in parts for part in (given if isinstance(given, _Parts) else (given,))]
    if act == INLINE:
        return _Parts(flat)
    if act == PASS:
        (only,) = flat
        return only
    return getattr(builder, act)(*flat)


@cache
def _tables() -> _Tables:
    """The tables, read when they are first needed."""
    return _Tables(**json.loads(TABLES.read_text(encoding="utf-8")))
