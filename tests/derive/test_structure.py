"""What is said of the structure of a Jacobian is true of its numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.programs import ready
from tutor.core.evaluate import evaluate
from tutor.derive import derive
from tutor.files.library import ready_made
from tutor.language.reader import read_program

Matrix = NDArray[np.float64]


def is_diagonal(J: Matrix) -> bool:
    return J.shape[0] == J.shape[1] and not (J - np.diag(np.diag(J))).any()


def is_full(J: Matrix) -> bool:
    """No single 0; a row may be 0 as a whole, where a corner function is flat."""
    alive = J[np.abs(J).any(axis=1)]
    return bool((alive != 0).all())


def is_repeated(J: Matrix) -> bool:
    return np.array_equal(J, np.tile(np.eye(J.shape[1]), (len(J) // J.shape[1], 1)))


TRUE: dict[str, Callable[[Matrix], bool]] = {
    "diagonal:": is_diagonal,
    "identity:": lambda J: np.array_equal(J, np.eye(len(J))),
    "minus the identity:": lambda J: np.array_equal(J, -np.eye(len(J))),
    "all ones:": lambda J: bool((J == 1).all()),
    "full and symmetric:": lambda J: is_full(J) and np.allclose(J, J.T, atol=1e-15),
    "full:": is_full,
    "blocks along the diagonal:": lambda J: not J[0, len(J) // 2 :].any() and not J[-1, : len(J) // 2].any(),
    " repeated: every row reads": is_repeated,
}
"""What a note says -> whether it is so."""



def says(note: str, said: str) -> bool:
    """Whether a note begins so, or, of what stands behind a formula, has it."""
    return said in note if said.startswith(" ") else note.startswith(said)


LINKS = [(name, wrt) for name, *_ in ready_made() for wrt in ready(name).program.targets]


@pytest.mark.parametrize(("name", "wrt"), LINKS)
def test_what_is_said_is_true_of_the_numbers(name: str, wrt: str) -> None:
    asked = ready(name)
    evaluation = evaluate(asked)
    for link in derive(asked.program, wrt).links:
        J = evaluation.link_jacobian(link.output, link.source)
        for said, is_so in TRUE.items():
            if says(link.note, said):
                assert is_so(J), f"∂{link.output}/∂{link.source}: {link.note}"


def test_every_kind_of_structure_is_met_among_the_ready_made_problems() -> None:
    notes = {link.note for name, wrt in LINKS for link in derive(ready(name).program, wrt).links}
    assert [said for said in TRUE if not any(says(note, said) for note in notes)] == []


@pytest.mark.parametrize(("line", "said"), [
    ("h = tanh(x)", "diagonal: tanh acts on each entry alone"),
    ("h = sigmoid(x)", "diagonal: $sigma$ acts on each entry alone"),
    ("h = tanh(sigmoid(x))", "diagonal: each entry acts alone"),
    ("h = x ∘ c", "diagonal: each entry acts alone"),
    ("h = -x", "minus the identity: only the sign changes"),
    ("h = x W", "full: every output reads every input"),
    ("h = 2 (x W)", "full: every output reads every input"),
    ("h = softmax(x)", "full and symmetric: each input moves every output"),
])
def test_a_statement_and_its_structure(line: str, said: str) -> None:
    program = read_program(f"x : (1, n)\nW : (n, m)\nc : (1, n)\n{line}\nL = sum(h ∘ h)")
    (link,) = (link for link in derive(program, "x").links if link.source == "x")
    assert link.note == said


def test_one_row_has_no_structure_to_point_out() -> None:
    program = read_program("x : (1, n)\nw : (n, 1)\nL = x w")
    assert [link.note for link in derive(program, "x").links] == [""]
