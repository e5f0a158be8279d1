"""What the window refuses to open on."""

from __future__ import annotations

import pytest

from tutor.core.problem import Problem
from tutor.files import library
from tutor.language.reader import read_program
from tutor.ui.session import run


def test_what_is_too_large_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = read_program("x : (1, n)\nL = sum(x)")
    monkeypatch.setattr(library, "problem", lambda _: Problem.drawn("Large", program, "x", {"n": 65}))
    assert run(["large.toml"]) == 2
    assert capsys.readouterr().err == (
        "chain-rule-tutor: x is 1×65; the window shows sizes up to 64, the command line up to 512.\n"
    )
