"""The kept tables of the parser."""

from __future__ import annotations

import subprocess
import sys

from tutor.language import automaton, tables


def test_the_kept_tables_are_those_of_the_grammar() -> None:
    assert automaton.TABLES.read_text(encoding="utf-8") == tables.serialized(), "python -m tutor.language.tables"


def test_reading_needs_no_lark() -> None:
    code = ("import sys; sys.modules['lark'] = None; from tutor.language.reader import read_program; "
            "assert read_program('x : (1, n)\\nL = sum(x^2)').output.name == 'L'")
    subprocess.run([sys.executable, "-c", code], check=True)
