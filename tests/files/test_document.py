"""Saved documents: what is written reads back, and what cannot be read says where and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tutor.core.errors import TutorError, UnusableNumbersError
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.files import document, library
from tutor.files.document import Shown, document_text, load_document, read_document
from tutor.language.reader import read_program

SMALL = """\
title = "Small"
wrt = "W1"
program = '''
x  : (1, n)
W1 : (n, 2)
L = sum(x W1)
'''

[dims]
n = 3

[values]
seed = 4
"""
FINITE = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=True, width=64)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@pytest.fixture(scope="module")
def small() -> Problem:
    return read_document(SMALL).problem


def same_bits(one: Problem, other: Problem) -> bool:
    return one.numbers.keys() == other.numbers.keys() and all(
        one.numbers[name].tobytes() == other.numbers[name].tobytes() for name in one.numbers
    )


@given(x=arrays(np.float64, (1, 3), elements=FINITE), W1=arrays(np.float64, (3, 2), elements=FINITE))
def test_every_finite_number_reads_back_bit_for_bit(x: Array, W1: Array) -> None:
    problem = read_document(SMALL).problem.with_numbers("x", x).with_numbers("W1", W1)
    again = read_document(document_text(problem, Shown()))
    assert same_bits(again.problem, problem)


@given(seed=st.integers(0, 10**12), n=st.integers(1, 9))
def test_drawn_numbers_read_back_bit_for_bit(seed: int, n: int) -> None:
    problem = read_document(SMALL).problem.with_seed(seed).with_dims({"n": n})
    again = read_document(document_text(problem, Shown())).problem
    assert same_bits(again, problem) and (again.seed, dict(again.dims)) == (seed, {"n": n})


SHOWN = st.builds(Shown, st.booleans(), TEXTS, TEXTS, st.booleans(), st.none() | TEXTS)


@given(draft=TEXTS, shown=SHOWN, title=TEXTS.filter(str.strip))
def test_any_text_and_view_read_back(draft: str, shown: Shown, title: str) -> None:
    known = read_document(SMALL).problem
    problem = Problem(title, known.program, known.wrt, known.dims, known.numbers)
    found = read_document(document_text(problem, shown, draft))
    assert (found.problem.title, found.shown, found.draft) == (title, shown, draft)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_neither_saved_nor_read(small: Problem, number: float) -> None:
    broken = Problem(small.title, small.program, small.wrt, small.dims,
                     {**small.numbers, "x": np.array([[1.0, number, 2.0]])})
    with pytest.raises(UnusableNumbersError, match="x has an entry that is not a finite number"):
        document_text(broken, Shown())
    with pytest.raises(TutorError, match=r"line 16, column 1: An array holds finite numbers only\."):
        read_document(f"{SMALL}\n[values.x]\narray = [[1.0, {number}, 2.0]]\n")


@pytest.mark.parametrize("name", [entry.name for entry in library.ready_made()])
def test_every_ready_made_problem_can_be_saved_as_a_document(name: str) -> None:
    problem = library.problem(name)
    again = read_document(document_text(problem, Shown(True, "column", path="L→x")))
    assert same_bits(again.problem, problem) and again.shown == Shown(True, "column", path="L→x")
    assert again.problem.program.text == problem.program.text
    assert (again.problem.wrt, again.problem.look_for) == (problem.wrt, problem.look_for)


def test_a_problem_without_a_view_is_a_document(small: Problem) -> None:
    found = read_document(SMALL)
    assert (found.shown, found.draft) == (Shown(), "")


def test_a_program_that_was_edited_is_saved_as_it_is_now(small: Problem) -> None:
    edited = small.with_program(read_program("x : (1, n)\nL = sum(x)  # only x"))
    found = read_document(document_text(edited, Shown()))
    assert found.problem.program.text == "x : (1, n)\nL = sum(x)  # only x"
    assert list(found.problem.numbers) == ["x"]


@pytest.mark.parametrize(("added", "message"), [
    ("version = 0", "line 1, column 1: The version has to be a whole number from 1."),
    ("version = true", "line 1, column 1: The version has to be a whole number from 1."),
    ("version = 99", "line 1, column 1: This document is of version 99, from a later release of the program; this one "
                     "reads up to version 1."),
    ("draft = 3", "line 1, column 1: `draft` has to be a text in quotation marks."),
    ("view = 3", "line 1, column 1: `view` has to be a table: a line [view], and its keys below."),
    ("[view]\njoined = 1", "line 17, column 1: `joined` has to be true or false."),
    ("[view]\nreading = []", "line 17, column 1: `reading` has to be a text in quotation marks."),
    ("[view]\njoind = true", "line 17, column 1: `joind` is not a key of [view]. Did you mean joined?"),
    ("[view]\nzoom = 2", "line 17, column 1: `zoom` is not a key of [view]. "
     "Its keys are joined, reading, products, own_scales, step, path, formula."),
])
def test_what_is_wrong_and_where(added: str, message: str) -> None:
    with pytest.raises(TutorError) as caught:
        read_document(f"{SMALL}\n\n{added}\n" if added.startswith("[") else f"{added}\n{SMALL}")
    assert str(caught.value) == message


def test_an_older_document_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(table: dict[str, Any]) -> dict[str, Any]:
        return {"title": table.pop("name"), **table}

    def shouted(table: dict[str, Any]) -> dict[str, Any]:
        return {**table, "title": table["title"].upper()}

    monkeypatch.setattr(document, "MIGRATIONS", (renamed, shouted))
    first = SMALL.replace("title =", "name =")
    assert read_document(first).problem.title == "SMALL", "no version is the first"
    assert read_document(f"version = 1\n{first}").problem.title == "SMALL"
    assert read_document(f"version = 2\n{SMALL}").problem.title == "SMALL"
    found = read_document(f"version = 3\n{SMALL}").problem
    assert found.title == "Small"
    assert document_text(found, Shown()).startswith("version = 3\n")


def test_the_command_line_reads_saved_documents(tmp_path: Path, small: Problem) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(document_text(small, Shown(True), "x : ("), encoding="utf-8")
    assert same_bits(library.problem(str(file)), small)


def test_the_digest_tells_contents_apart(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    digests = []
    for text in (SMALL, SMALL + "\n", SMALL):
        file.write_text(text, encoding="utf-8")
        digests.append(load_document(file).digest)
    assert digests[0] == digests[2] != digests[1]


def test_a_file_of_an_editor_that_begins_it_with_a_mark(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(SMALL.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert load_document(file).problem.title == "Small"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=r"none\.toml cannot be read: No such file"):
        load_document(tmp_path / "none.toml")
    with pytest.raises(TutorError, match=r"is not a file"):
        load_document(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"title = '\xff\xfe'")
    with pytest.raises(TutorError, match=r"binary\.toml is not a text in UTF-8\."):
        load_document(binary)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(SMALL.replace("n = 3", "n = 0"), encoding="utf-8")
    with pytest.raises(TutorError) as caught:
        load_document(wrong)
    assert str(caught.value) == "line 10, column 1: wrong.toml: The size n has to be a whole number from 1."
