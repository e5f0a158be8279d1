"""Whatever is typed: a value, or a sentence with a place; never another error."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.core.errors import TutorError
from tutor.core.layout import Shape
from tutor.language.reader import read_formula, read_loosely, read_program

SHAPES: dict[str, Shape] = {"x": (1, "n"), "W": ("n", "m"), "y": (1, "m"), "s": (1, 1), "A": (3, 3), "ŷ": (1, "m")}

PIECES = [
    "x", "W", "y", "s", "A", "ŷ", "z", "n", "T", "_", "(", ")", "[", "]", "{", "}", "+", "-", "−", "*", "**", "^",
    "@", "/", ":", "=", ",", ";", "'", "ᵀ", "²", "⁻", "₁", "\u0302", "∘", " ", "\n", "\t", "#", "$", "\\", "\\hat",
    "\\frac", "\\mathbf", "\\sigma", "\\left", "\\right", "\\log", "\\operatorname", "\\delta_", "σ", "softmax",
    "xent", "ones", "eye", "sum", "log", "1", "0", "2", "0.5", ".", "1e", "e9", "1/2", "<", "|", '"', "\0", "🙂", "ﬁ",
    "\\|", "‖", "\\lVert", "\\rVert", "\\rVert_F", "^{-T}", "⊗", "inv", "kron", "norm2", "frobenius", "square", "diag",
    "Ⅻ", "٣", "½", "scalar", "distribution", "__class__", "lambda", ".T", "^T", "\u2028", "\r",
]

TRAPS = [
    "\\hat" * 300 + "y", "{" * 5000, "\\hat{" * 2000, "_" * 3000, "x_" * 2000, "x_{" * 2000, "\\mathbf{" * 1000,
    "'" * 3000, "^" * 2000, "-" * 3000, "1" * 3000, "1/" * 3000 + "1", "1." * 500, "x" * 20_000, "σ'" * 2000,
    "x:" * 2000, "\\" * 3000, "(" * 9000 + ")" * 9000, "A^16" * 30, "ones(9" + "9" * 30 + ", 1)", "x**" + "9" * 39,
    "1e60**1000", "²" * 2000, "\\frac" * 3000, "\\frac12" * 50, "((((x" * 20, "\\left" * 2000, "\u0302" * 100,
    "x\u0302" * 100, "‖" * 2000, "\\|" * 2001, "\\lVert" * 2000, "A^{-T}" * 60, "A^{-" * 2000,
    "xW" * 3000 + "\\circ x", "log " * 5000, "log(" * 5000,
]


def attempt(text: str) -> None:
    for read in (read_program, lambda t: read_formula(t, SHAPES), lambda t: read_loosely(t, SHAPES)):
        try:
            read(text)
        except TutorError as error:
            assert error.sentence.strip()
            if error.position is not None:
                lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
                assert 1 <= error.position.line <= len(lines)
                assert 1 <= error.position.column <= len(lines[error.position.line - 1]) + 1


@pytest.mark.parametrize("seed", range(8))
def test_random_pieces(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(150):
        attempt("".join(rng.choices(PIECES, k=rng.randint(1, 14))))


@pytest.mark.parametrize("seed", range(4))
def test_slightly_damaged_programs(seed: int) -> None:
    rng = random.Random(seed)
    program = "x : (1, n)\nW : (n, m)\ny : (1, m) distribution\na = x W + y\nL = xent(y, softmax(a))\n"
    for _ in range(100):
        place = rng.randrange(len(program))
        attempt(program[:place] + rng.choice(PIECES) + program[place + rng.randint(0, 3) :])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_any_text(text: str) -> None:
    attempt(text)


@pytest.mark.parametrize("text", TRAPS, ids=lambda text: text[:12])
def test_traps(text: str) -> None:
    attempt(text)
