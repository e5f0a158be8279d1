"""The parser's tables, made once and kept in grammar.json: loading them takes a tenth of the time of building them.

After a change of grammar.lark, and for another version of Lark, make them anew::

    python -m tutor.language.tables

Without tables that fit both, the parser is built from the grammar; nothing else is different.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any, Final

import lark
from lark import Lark, Transformer
from lark.grammar import Rule
from lark.lexer import Lexer, TerminalDef

GRAMMAR: Final = Path(__file__).with_name("grammar.lark")
TABLES: Final = Path(__file__).with_name("grammar.json")


def parser(lexer: type[Lexer], transformer: Transformer[Any, Any]) -> Lark:
    """The parser of programs and formulas, from the kept tables where they fit."""
    return _loaded(lexer, transformer) or _built(lexer, transformer)


def serialized(lexer: type[Lexer], transformer: Transformer[Any, Any]) -> str:
    """What grammar.json has to hold for this grammar and this version of Lark."""
    data, memo = _built(lexer, transformer).memo_serialize([TerminalDef, Rule])
    # Neither is data; both are given again when the tables are loaded.
    data["options"] |= {"lexer": None, "transformer": None}
    data["parser"]["lexer_conf"]["lexer_type"] = None
    data["parser"]["parser"] = _in_order(data["parser"]["parser"])
    whole = {"fits": _fits(GRAMMAR.read_text(encoding="utf-8")), "data": data, "memo": memo}
    return json.dumps(whole, separators=(",", ":")) + "\n"


def _built(lexer: type[Lexer], transformer: Transformer[Any, Any]) -> Lark:
    grammar = GRAMMAR.read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=lexer, start=["program", "formula"], transformer=transformer,
                maybe_placeholders=False)  # fmt: skip


def _in_order(table: dict[str, Any]) -> dict[str, Any]:
    """The same table, its tokens and states numbered in an order that is the same in every run."""
    names: dict[int, str] = table["tokens"]
    numbers = {name: place for place, name in enumerate(sorted(names.values()))}
    rows = {
        state: sorted((numbers[names[token]], action) for token, action in actions.items())
        for state, actions in table["states"].items()
    }
    order = list(table["start_states"].values())
    for state in order:  # grows while it is walked along
        order += [to for _, (reduce, to) in rows[state] if not reduce and to not in order]
    place_of = {state: place for place, state in enumerate(order)}
    return {
        "tokens": dict(enumerate(sorted(numbers))),
        "states": {
            place_of[state]: {token: (reduce, to if reduce else place_of[to]) for token, (reduce, to) in rows[state]}
            for state in order
        },
        "start_states": {start: place_of[state] for start, state in table["start_states"].items()},
        "end_states": {start: place_of[table["end_states"][start]] for start in table["start_states"]},
    }


def _loaded(lexer: type[Lexer], transformer: Transformer[Any, Any]) -> Lark | None:
    """The parser from grammar.json; None where that is not there, or of another grammar or another Lark."""
    try:
        whole = json.loads(TABLES.read_text(encoding="utf-8"))
        if whole["fits"] != _fits(GRAMMAR.read_text(encoding="utf-8")):
            return None
        data, table = whole["data"], whole["data"]["parser"]["parser"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    data["options"] |= {"lexer": lexer, "transformer": transformer}
    data["parser"]["lexer_conf"]["lexer_type"] = lexer
    # The keys of JSON are texts.
    table["tokens"] = _numbered(table["tokens"])
    table["states"] = {state: _numbered(actions) for state, actions in _numbered(table["states"]).items()}
    parser: Lark = Lark._load_from_dict(data, _numbered(whole["memo"]))  # type: ignore[no-untyped-call]
    return parser


def _numbered(table: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in table.items()}


def _fits(grammar: str) -> list[str | int]:
    """What tables belong to: a version of Lark, and a grammar."""
    return [lark.__version__, zlib.crc32(grammar.encode())]


if __name__ == "__main__":
    from tutor.language.parser import tables_now

    TABLES.write_text(tables_now(), encoding="utf-8")
