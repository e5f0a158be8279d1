"""What is said between the window and SymPy's process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import network
from tutor.core.program import Program
from tutor.derive import Derivation, derive
from tutor.derive.proof import prove
from tutor.derive.proving import READY, answer, proof_of, question
from tutor.language.reader import read_program

DIMS = {"n": 2, "m": 3, "k": 2}
TEXT = """\
x : (1, n)
W : (n, k)  # weights
y : (1, k) onehot

p = softmax(x W)
L = xent(y, p)"""


@pytest.mark.parametrize("program", [network("onehot"), read_program(TEXT)], ids=["built", "read"])
def test_an_answer_is_the_proof(program: Program) -> None:
    derivation = derive(program, "x")
    for link in derivation.links:
        here = prove(program, link, DIMS)
        there = proof_of(answer(question(derivation, link, {}, DIMS)))
        assert there is not None and here.exact
        assert (there.exact, there.entries, there.sizes, there.equations, there.sentence) == (
            here.exact, here.entries, here.sizes, here.equations, here.sentence)


def changed(line: bytes, **other: object) -> bytes:
    return json.dumps({**json.loads(line), **other}).encode() + b"\n"


def test_nothing_is_said_of_another_formula_than_the_one_that_was_meant() -> None:
    derivation = derive(network(), "x")
    line = question(derivation, derivation.link("h", "a"), {}, DIMS)
    meant = json.loads(line)["meant"]
    with pytest.raises(RuntimeError, match="h → a reads differently here"):
        proof_of(answer(changed(line, meant=[meant[0], "δh ∘ h"])))


def test_a_program_that_cannot_be_derived_is_refused() -> None:
    derivation = derive(network(), "x")
    line = question(derivation, derivation.link("h", "a"), {}, DIMS)
    assert proof_of(answer(changed(line, program="x : (1, n)\nh = sigmoid("))) is None


def test_bugs_come_with_their_details() -> None:
    with pytest.raises(RuntimeError, match="JSONDecodeError"):
        proof_of(answer(b"hello\n"))


def process() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tutor.derive.proving"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])


def of_link(derivation: Derivation, output: str, source: str) -> bytes:
    return question(derivation, derivation.link(output, source), {}, DIMS)


def test_the_process_answers_line_by_line_and_ends_with_its_input() -> None:
    derivation = derive(read_program(TEXT), "x")
    lines = [of_link(derivation, "p", "x"), of_link(derivation, "L", "p")]
    with process() as running:
        assert running.stdin is not None and running.stdout is not None
        assert running.stdout.readline() == READY
        for line in lines:
            running.stdin.write(line)
            running.stdin.flush()
            proof = proof_of(running.stdout.readline())
            assert proof is not None and proof.exact
        running.stdin.close()
        assert running.wait(20) == 0


def test_the_process_ends_with_its_input_also_in_the_middle_of_a_proof() -> None:
    derivation = derive(network(rows="N"), "x")
    with process() as running:
        assert running.stdin is not None and running.stdout is not None
        assert running.stdout.readline() == READY
        line = question(derivation, derivation.link("ŷ", "θ"), {}, {"N": 5, "n": 5, "m": 5, "k": 5})
        running.stdin.write(line * 100)  # far more than it could prove before it is looked at
        running.stdin.close()
        assert running.wait(20) == 0
        assert running.stdout.read().count(b"\n") < 100
