"""The kept tables of the parser, and what happens where they do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.language import parser, tables
from tutor.language.reader import read_program

PROGRAM = "x : (1, n)\nW : (n, m)\ny = sigmoid(x W)^2\nL = sum(y)"


def test_the_kept_tables_are_those_of_the_grammar() -> None:
    assert tables.TABLES.read_text(encoding="utf-8") == parser.tables_now(), "python -m tutor.language.tables"


def test_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_built", None)
    parser._parser.cache_clear()
    assert read_program(PROGRAM).output.name == "L"


@pytest.mark.parametrize(
    "kept", [None, "", "{", "[]", '{"fits": ["0.1", 0]}'], ids=["none", "empty", "cut", "list", "old"]
)
def test_without_tables_that_fit_the_parser_is_built(
    kept: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "grammar.json"
    if kept is not None:
        other.write_text(kept, encoding="utf-8")
    expected = read_program(PROGRAM)
    monkeypatch.setattr(tables, "TABLES", other)
    parser._parser.cache_clear()
    assert read_program(PROGRAM).statements == expected.statements
    parser._parser.cache_clear()


def test_another_grammar_or_another_lark_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = parser._Given, parser._Builder()
    assert tables._loaded(*given) is not None
    with monkeypatch.context() as patch:
        patch.setattr(tables.lark, "__version__", "0.0.0")
        assert tables._loaded(*given) is None
    changed = tmp_path / "grammar.lark"
    changed.write_text(tables.GRAMMAR.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    monkeypatch.setattr(tables, "GRAMMAR", changed)
    assert tables._loaded(*given) is None
