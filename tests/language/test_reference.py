from __future__ import annotations

import re

import pytest

from tutor.core.layout import shape_text
from tutor.core.program import FACTS
from tutor.language.reader import read_program
from tutor.language.reference import Row, sections
from tutor.ops import OPERATIONS

SECTIONS = {section.title: section.rows for section in sections()}
FORMULAS = [*SECTIONS["Signs"], *SECTIONS["Functions of each entry"], *SECTIONS["Functions of matrices"]]


def given(row: Row) -> str:
    """The operands of an example with the shapes it says; square where it says nothing."""
    names = dict.fromkeys(re.findall(r"\b[ABSpytv]\b", row.written))
    shapes = row.shapes.partition(" → ")[0].split(", ") if row.shapes else ["3×3"] * len(names)
    lines = []
    for name, shape in zip(names, shapes, strict=False):
        rows, columns = re.sub("number", "1×1", shape).split("×")
        lines.append(f"{name} : ({'1' if name == 'v' else rows}, {columns})")
    return "\n".join(lines)


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.written)
def test_every_example_is_read_and_has_the_shape_it_says(row: Row) -> None:
    for written in row.written.split("  "):
        program = read_program(f"{given(row) or 'z : (n, 1)'}\nresult = {written}")
        if row.shapes:
            said = row.shapes.rpartition("→")[2].strip()
            assert shape_text(program.shapes["result"]) == ("number" if said == "number" else said)


def test_lines_are_read() -> None:
    lines = [row.written for row in SECTIONS["Lines"]]
    assert read_program("\n".join(["x : (1, n)", "b : (1, m)", *lines])).output.name == "a"


def test_nothing_is_left_out() -> None:
    written = " ".join(row.written for row in FORMULAS)
    for operation in OPERATIONS:
        if operation.called:
            assert all(f"{name}(" in written for name in (operation.name, *operation.aliases))
    assert tuple(row.written for row in SECTIONS["Promises"]) == FACTS
    for row in SECTIONS["Promises"]:
        assert read_program(f"A : (n, n) {row.written}\nL = sum(A)").declarations[0].promises(row.written)
