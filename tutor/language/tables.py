"""Makes the parser's tables from the grammar: grammar.lark -> grammar.json, by Lark.

After a change of the grammar::

    python -m tutor.language.tables

The program itself only reads the tables, and so needs no Lark.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from lark import Lark
from lark.grammar import Rule
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Reduce

from tutor.language.automaton import INLINE, PASS, TABLES

GRAMMAR: Final = Path(__file__).with_name("grammar.lark")
STARTS: Final = ("formula", "program")


def serialized() -> str:
    """What grammar.json has to hold for this grammar; the same text in every run."""
    lark = Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer=_NoLexer, start=list(STARTS),
                maybe_placeholders=False)
    table: Any = lark.parser.parser._parse_table
    rules: list[Rule] = sorted(lark.rules, key=lambda r: (r.origin.name, [s.name for s in r.expansion]))
    rules += sorted({rule for actions in table.states.values() for action, rule in actions.values()
                     if action is Reduce} - set(rules), key=str)
    order = [table.start_states[start] for start in STARTS]
    for state in order:  # grows while it is walked along
        order += [to for _, (action, to) in sorted(table.states[state].items())
                  if action is not Reduce and to not in order]
    whole = {
        "rules": [[rule.origin.name, len(rule.expansion), _act(rule)] for rule in rules],
        "states": [
            {symbol: -1 - rules.index(to) if action is Reduce else order.index(to)
             for symbol, (action, to) in sorted(table.states[state].items())}
            for state in order
        ],
        "starts": {start: order.index(table.start_states[start]) for start in STARTS},
        "ends": {start: order.index(table.end_states[start]) for start in STARTS},
    }
    return json.dumps(whole, separators=(",", ":")) + "\n"


def _act(rule: Rule) -> str:
    """What is done with the parts of a rule: the builder's method, or no more than handing them on."""
    if rule.origin.name.startswith("__"):
        return INLINE  # Lark's own rule for a repetition
    return rule.alias or (PASS if rule.options.expand1 else rule.origin.name)


class _NoLexer(Lexer):
    """Stands where Lark wants a lexer: the tokens come from our own."""

    __future_interface__ = 1

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Any:
        raise NotImplementedError


if __name__ == "__main__":
    TABLES.write_text(serialized(), encoding="utf-8")
