"""Many spellings, one name; and how names are written."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.language.names import (
    GREEK,
    entry_typst,
    identifiers,
    name_latex,
    name_numpy,
    name_typst,
    normalise,
    parts,
)

SPELLINGS = {
    "W1": ["W1", "W_1", "W₁", "W_{1}", "𝐖₁", "𝑊_1"],
    "W12": ["W12", "W_12", "W₁₂", "W_{12}"],
    "ŷ": ["ŷ", "yhat", "y_hat", "y\u0302"],
    "ŷ1": ["ŷ1", "yhat1", "yhat_1", "y_hat_1", "ŷ₁"],
    "x̄": ["xbar", "x_bar", "x\u0304"],
    "θ": ["θ", "theta", "ϑ", "𝜃"],
    "θ1": ["θ1", "theta1", "theta_1", "θ₁"],
    "θ̂": ["thetahat", "theta_hat", "θhat"],
    "δθ": ["δθ", "δ_θ", "delta_theta", "δtheta", "δ_theta"],
    "δW1": ["δW1", "delta_W1", "delta_W_1", "δ_W₁", "δ_{W_1}"],
    "δŷ": ["δŷ", "delta_yhat", "delta_y_hat"],
    "δ1": ["δ1", "delta_1", "delta1"],
    "W_h": ["W_h", "Wₕ", "W_{h}"],
    "b_out": ["b_out", "b_{out}"],
    "φ": ["φ", "ϕ", "phi"],
    "ε": ["ε", "ϵ", "epsilon"],
    "μ": ["μ", "µ", "mu"],
    "log_softmax": ["log_softmax"],
    "lam": ["lam"],
    "pixel": ["pixel"],
}


@pytest.mark.parametrize(("name", "raw"), [(name, raw) for name, spellings in SPELLINGS.items() for raw in spellings])
def test_spellings_of_a_name(name: str, raw: str) -> None:
    assert normalise(raw) == name


@pytest.mark.parametrize("raw", ["δ" * 5000, "a_b" * 2000])
def test_what_is_too_long_for_a_name_stays_as_it_is(raw: str) -> None:
    assert normalise(raw) == raw


@pytest.mark.parametrize("name", SPELLINGS)
def test_python_spelling_reads_as_the_same_name(name: str) -> None:
    assert normalise(name_numpy(name)) == name


@given(st.text(st.sampled_from("abWxyhθδŷλ̂0123456789_₁ₕ{}"), min_size=1, max_size=10).filter(lambda s: s[0].isalpha()))
def test_normalising_twice_changes_nothing(raw: str) -> None:
    name = normalise(raw)
    assert normalise(name) == name
    assert name_typst(name) and name_latex(name)
    assert name_numpy(name).isidentifier() and name_numpy(name).isascii() and not keyword.iskeyword(name_numpy(name))


@pytest.mark.parametrize("word", GREEK)
def test_greek_by_name(word: str) -> None:
    letter = GREEK[word]
    assert normalise(word) == letter
    assert name_latex(letter) == f"\\{word}"
    assert name_typst(letter) == word


@pytest.mark.parametrize(
    ("name", "typst", "latex", "python"),
    [
        ("x", "x", "x", "x"),
        ("W1", "W_1", "W_1", "W1"),
        ("W12", "W_12", "W_{12}", "W12"),
        ("ŷ", "hat(y)", r"\hat{y}", "yhat"),
        ("ŷ1", "hat(y)_1", r"\hat{y}_1", "yhat1"),
        ("θ", "theta", r"\theta", "theta"),
        ("δθ", "delta_theta", r"\delta_{\theta}", "delta_theta"),
        ("δh", "delta_h", r"\delta_h", "delta_h"),
        ("δŷ", "delta_(hat(y))", r"\delta_{\hat{y}}", "delta_yhat"),
        ("δW1", "delta_(W_1)", r"\delta_{W_1}", "delta_W1"),
        ("x̄", "macron(x)", r"\bar{x}", "xbar"),
        ("W_h", "W_h", "W_h", "W_h"),
        ("b_out", 'b_(italic("out"))', r"b_{\mathit{out}}", "b_out"),
        ("lam", 'italic("lam")', r"\mathit{lam}", "lam"),
        ("λ", "lambda", r"\lambda", "lambda_"),
        ("np", 'italic("np")', r"\mathit{np}", "np_"),
    ],
)
def test_names_in_every_format(name: str, typst: str, latex: str, python: str) -> None:
    assert (name_typst(name), name_latex(name), name_numpy(name)) == (typst, latex, python)


def test_parts() -> None:
    assert parts("ŷ1") == ("y", "hat", "1")
    assert parts("δθ") == ("δ", "", "θ")
    assert parts("W_h") == ("W", "", "h")


def test_identifiers_differ_where_plain_letters_do_not() -> None:
    assert identifiers(["dθ", "dtheta", "é", "e"]) == {"dθ": "dtheta", "dtheta": "dtheta_2", "é": "e", "e": "e_2"}


@pytest.mark.parametrize(
    ("name", "shape", "shown"),
    [
        ("θ", (1, 5), "theta_2"),
        ("x", (5, 1), "x_4"),
        ("X", (5, 3), "X_(4 2)"),
        ("X", (5, 30), "X_(4 2)"),
        ("W2", (5, 3), "W_2 [4, 2]"),
        ("b1", (1, 3), "b_1 [2]"),
        ("δθ", (1, 5), "delta_(theta_2)"),
        ("δ1", (1, 5), "delta_1 [2]"),
        ("L", (1, 1), "L"),
    ],
)
def test_entries(name: str, shape: tuple[int, int], shown: str) -> None:
    assert entry_typst(name, 3, 1, shape) == shown


def test_entries_from_the_tenth_on_are_told_apart() -> None:
    assert entry_typst("X", 10, 1, (20, 20)) == "X_(11, 2)"
