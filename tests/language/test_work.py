"""Reading takes work in proportion to the text, whatever is typed; counted in lines of Python, not by the clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from tutor.core.errors import TutorError
from tutor.language.lexer import LONGEST_LINE, readable_tokens
from tutor.language.reader import read_program
from tutor.language.source import Source

RUNS = ["-", "+", "x ", "‖x‖", "1.5", "x+", "x'", "log ", "σ'", "x^2 ", "(", "-x", "sum(x)+", "x, ", "²", "1/"]
LINES = ["x = 1\n", "x\n", "b : (n, m)\n", "; "]
LOOSE = ["\\delta_", "x̂", "x_{", "\\hat", "{", "xy", "|"]


def steps(run: Callable[[str], object], text: str) -> int:
    """How many lines of Python a run goes through; every round of a loop counts, also where it is one line."""
    done = 0

    def counted(frame: FrameType, event: str, given: Any) -> Any:
        nonlocal done
        done += event == "line"
        return counted

    before = sys.gettrace()
    sys.settrace(counted)
    try:
        run(text)
    except TutorError:
        pass
    finally:
        sys.settrace(before)
    return done


@pytest.mark.parametrize("piece", RUNS)
def test_a_line_twice_as_long_takes_twice_the_work(piece: str) -> None:
    read_program("x : (1, n)\ny = x x'")
    one, two = (steps(read_program, "x : (1, n)\ny = " + piece * count) for count in (400, 800))
    assert two < 2.5 * one


@pytest.mark.parametrize("piece", LINES)
def test_twice_as_many_lines_take_twice_the_work(piece: str) -> None:
    read_program("x : (1, n)\ny = x x'")
    one, two = (steps(read_program, piece * count) for count in (300, 600))
    assert two < 2.5 * one


@pytest.mark.parametrize("piece", LOOSE)
def test_what_cannot_be_read_is_coloured_with_as_little_work(piece: str) -> None:
    one, two = (steps(lambda text: readable_tokens(Source(text)), piece * count) for count in (300, 600))
    assert two < 2.5 * one


def test_runs_of_letters_are_taken_apart_with_bounded_work() -> None:
    known = "".join(f"{letter} : (1, n)\n" for letter in "abcdefg")

    def text(count: int) -> str:
        runs = (f"{'abcdefg'[i % 7]}{'gfedcba'[i // 7 % 7]}{'bcadefg'[i // 49 % 7]}" * 12 for i in range(count))
        return f"{known}y = \\circ {' '.join(runs)}"

    one, two = (steps(read_program, text(count)) for count in (100, 300))
    assert two < 2.5 * one


def test_a_line_has_so_many_signs_and_no_more() -> None:
    for piece in ("-", "+", "x "):
        with pytest.raises(TutorError, match="This line has more than 2,000 names, numbers and signs") as caught:
            read_program("x : (1, n)\ny = " + piece * (LONGEST_LINE + 10))
        assert caught.value.position is not None and caught.value.position.line == 2
    assert len(readable_tokens(Source("x x x x\n" * 999))) == 5 * 999 > LONGEST_LINE
