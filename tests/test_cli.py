"""The command line as a person types it: what it prints, what it writes, and its exit status."""

from __future__ import annotations

import builtins
import json
import os
import re
import struct
import subprocess
import sys
import tomllib
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tutor.cli import FORMATS, main
from tutor.files import problem_file
from tutor.language.reader import read_program

ROOT = Path(__file__).resolve().parents[1]
READY = sorted((ROOT / "resources" / "problems").glob("*.toml"))

Matrix = NDArray[np.float64]
Values = dict[str, Matrix]


# --- the oracle: each forward pass once more, by hand, in the order of its statements --------------------------------


def σ(a: Matrix) -> Matrix:
    return 1 / (1 + np.exp(-a))


def shares(a: Matrix) -> Matrix:
    return np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)


def xent(y: Matrix, p: Matrix) -> Matrix:
    return np.asarray(-(y * np.log(p)).sum()).reshape(1, 1)


def half_squares(e: Matrix) -> Matrix:
    return np.asarray((e * e).sum() / 2).reshape(1, 1)


def log_loss(y: Matrix, p: Matrix) -> Matrix:
    return np.asarray(-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()).reshape(1, 1)


FORWARD: Mapping[str, Mapping[str, Callable[[Values], Matrix]]] = {
    "backprop-5-3-5": {
        "a": lambda v: v["x"] @ v["W1"] + v["b1"],
        "h": lambda v: σ(v["a"]),
        "θ": lambda v: v["h"] @ v["W2"] + v["b2"],
        "ŷ": lambda v: shares(v["θ"]),
        "L": lambda v: xent(v["y"], v["ŷ"]),
    },
    "batch-of-the-question": {
        "A": lambda v: v["X"] @ v["W1"] + v["b1"],
        "H": lambda v: σ(v["A"]),
        "Θ": lambda v: v["H"] @ v["W2"] + v["b2"],
        "P": lambda v: shares(v["Θ"]),
        "L": lambda v: xent(v["Y"], v["P"]) / len(v["X"]),
    },
    "logistic-regression": {
        "p": lambda v: σ(v["X"] @ v["w"] + v["b"]),
        "L": lambda v: log_loss(v["y"], v["p"]),
    },
    "relu-network": {
        "A": lambda v: v["X"] @ v["W1"] + v["b1"],
        "H": lambda v: np.where(v["A"] > 0, v["A"], 0.0),
        "P": lambda v: v["H"] @ v["W2"] + v["b2"],
        "L": lambda v: half_squares(v["P"] - v["Y"]),
    },
    "softmax-regression": {
        "P": lambda v: shares(v["X"] @ v["W"] + v["b"]),
        "L": lambda v: xent(v["Y"], v["P"]),
    },
    "tanh-4-4-4": {
        "a": lambda v: v["x"] @ v["W1"] + v["b1"],
        "h": lambda v: np.tanh(v["a"]),
        "p": lambda v: v["h"] @ v["W2"] + v["b2"],
        "L": lambda v: half_squares(v["p"] - v["y"]),
    },
    "columns-of-the-question": {
        "a": lambda v: v["W1"] @ v["x"] + v["b1"],
        "h": lambda v: σ(v["a"]),
        "θ": lambda v: v["W2"] @ v["h"] + v["b2"],
        "ŷ": lambda v: shares(v["θ"].T).T,
        "L": lambda v: xent(v["y"], v["ŷ"]),
    },
    "deep-tanh": {
        "h1": lambda v: np.tanh(v["x"] @ v["W1"]),
        "h2": lambda v: np.tanh(v["h1"] @ v["W2"]),
        "h3": lambda v: np.tanh(v["h2"] @ v["W3"]),
        "L": lambda v: half_squares(v["h3"] - v["y"]),
    },
    "deep-relu": {
        "h1": lambda v: np.where(v["x"] @ v["W1"] > 0, v["x"] @ v["W1"], 0.0),
        "h2": lambda v: np.where(v["h1"] @ v["W2"] > 0, v["h1"] @ v["W2"], 0.0),
        "p": lambda v: v["h2"] @ v["W3"],
        "L": lambda v: half_squares(v["p"] - v["y"]),
    },
    "linear-regression": {
        "p": lambda v: v["X"] @ v["w"] + v["b"],
        "L": lambda v: 2 * half_squares(v["p"] - v["y"]) / len(v["X"]),
    },
    "residual-block": {
        "h": lambda v: np.tanh(v["x"] @ v["W1"]),
        "o": lambda v: v["x"] + v["h"] @ v["W2"],
        "L": lambda v: half_squares(v["o"] - v["y"]),
    },
    "autoencoder": {
        "H": lambda v: σ(v["X"] @ v["E"]),
        "R": lambda v: v["H"] @ v["D"] - v["X"],
        "L": lambda v: 2 * half_squares(v["R"]) / len(v["X"]),
    },
    "layer-norm": {
        "m": lambda v: v["X"].mean(axis=1, keepdims=True),
        "v": lambda v: ((v["X"] - v["m"]) ** 2).mean(axis=1, keepdims=True),
        "Z": lambda v: (v["X"] - v["m"]) / np.sqrt(v["v"] + 1e-5),
        "L": lambda v: (v["C"] * v["Z"]).sum(),
    },
    "attention": {
        "S": lambda v: v["Q"] @ v["K"].T / 2,
        "A": lambda v: shares(v["S"]),
        "O": lambda v: v["A"] @ v["V"],
        "L": lambda v: half_squares(v["O"] - v["Y"]),
    },
    "two-step-rnn": {
        "h1": lambda v: np.tanh(v["x1"] @ v["U"] + v["h0"] @ v["W"]),
        "h2": lambda v: np.tanh(v["x2"] @ v["U"] + v["h1"] @ v["W"]),
        "p": lambda v: v["h2"] @ v["V"],
        "L": lambda v: half_squares(v["p"] - v["y"]),
    },
    "ridge-regression": {
        "e": lambda v: v["X"] @ v["w"] - v["y"],
        "L": lambda v: half_squares(v["e"]) + v["λ"] * half_squares(v["w"]),
    },
    "quadratic-form": {
        "L": lambda v: v["x"].T @ v["A"] @ v["x"],
    },
    "log-determinant": {
        "L": lambda v: (np.log(np.linalg.det(v["S"])) + v["x"].T @ np.linalg.solve(v["S"], v["x"])) / 2,
    },
}

LABELS = {"backprop-5-3-5": "y", "batch-of-the-question": "Y", "softmax-regression": "Y"}
"""The variable of each problem that is declared a distribution."""

SCALARS = {("logistic-regression", "b"), ("linear-regression", "b"), ("ridge-regression", "λ")}
"""The variables that are numbers."""

DEFINITE = {"log-determinant": "S"}
"""The variable of each problem that is declared positive definite."""

IDENTIFIERS = {"θ": "theta", "ŷ": "yhat", "Θ": "Theta", "λ": "lambda_"}
"""What the names are called in code, where they are called otherwise."""


def forward(problem: str, given: Values) -> Values:
    """All values; a statement that is given is not computed."""
    values = dict(given)
    for name, rule in FORWARD[problem].items():
        if name not in given:
            values[name] = rule(values)
    return values


def measured(problem: str, declared: Values, name: str, width: float = 1e-6) -> Matrix:
    """Central differences of the last statement by a declared variable or an intermediate."""
    start = forward(problem, declared)[name]
    slopes = np.zeros(start.shape)
    for place in np.ndindex(*start.shape):
        ends = []
        for sign in (1, -1):
            moved = start.copy()
            moved[place] += sign * width
            ends.append(forward(problem, {**declared, name: moved})["L"].item())
        slopes[place] = (ends[0] - ends[1]) / (2 * width)
    return slopes


# --- problems at other sizes, with other numbers ------------------------------------------------------------------


def ready(problem: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "resources" / "problems" / f"{problem}.toml").read_text(encoding="utf-8"))


def declarations(program: str) -> dict[str, str]:
    """Declared name -> size as it is written."""
    return dict(re.findall(r"^(\w+)\s*:\s*(scalar|\([^)]*\))", program, re.MULTILINE))


def draw(problem: str, sizes: Mapping[str, int], seed: int, label: str = "distribution") -> Values:
    """Numbers of this test's own."""
    rng = np.random.default_rng(seed)
    values: Values = {}
    for name, written in declarations(ready(problem)["program"]).items():
        letters = ["1", "1"] if written == "scalar" else [part.strip() for part in written[1:-1].split(",")]
        rows, columns = (int(letter) if letter.isdigit() else sizes[letter] for letter in letters)
        if name == LABELS.get(problem) and label == "distribution":
            values[name] = rng.dirichlet(np.ones(columns), rows)
        elif name == LABELS.get(problem):
            values[name] = rng.uniform(0.2, 0.9, (rows, columns))
        else:
            values[name] = 0.6 * rng.normal(size=(rows, columns))
        if name == DEFINITE.get(problem):
            values[name] = values[name] @ values[name].T + np.eye(rows)
    return values


def write(folder: Path, problem: str, values: Values, sizes: Mapping[str, int], change: tuple[str, str] = ("", "")
          ) -> str:
    """The problem as a file with these numbers; ``change`` replaces a text in the program."""
    table = ready(problem)
    assert change[0] in table["program"]
    lines = ['title = "Other numbers"', f'wrt = "{table["wrt"]}"', "program = '''",
             table["program"].replace(*change), "'''", "[dims]", *(f"{n} = {size}" for n, size in sizes.items()),
             "[values]", "seed = 1"]
    for name, array in values.items():
        lines += [f'[values."{name}"]', f"array = {array.tolist()}"]
    path = folder / "other.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


SIZES = {"N": 3, "n": 4, "m": 2, "k": 5, "d": 6}


def other_sizes(problem: str) -> dict[str, int]:
    used = set(re.findall(r"\w+", " ".join(declarations(ready(problem)["program"]).values())))
    return {letter: size for letter, size in SIZES.items() if letter in used}


THOROUGH = {"backprop-5-3-5", "batch-of-the-question", "layer-norm", "logistic-regression", "relu-network",
            "softmax-regression", "tanh-4-4-4", "two-step-rnn"}

QUESTIONS = [(path.stem, name) for path in READY
             for name in (*declarations(ready(path.stem)["program"]), *list(FORWARD[path.stem])[:-1])
             if path.stem in THOROUGH or name == ready(path.stem)["wrt"] or (path.stem, name) in SCALARS]
"""Every ready-made problem by its own variable, and some by every variable and every intermediate."""

TARGETS = [(problem, name) for problem, name in QUESTIONS if name in declarations(ready(problem)["program"])]
"""The same, by declared variables only."""


# --- running --------------------------------------------------------------------------------------------------------


Run = Callable[..., tuple[int, str, str]]


# A text is one program for all commands here, so that what one of them derives and proves is known to the next.
read_once = cache(read_program)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process: exit status, what it prints, what it complains of."""
    monkeypatch.setattr(problem_file, "read_program", read_once)

    def run_main(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(arguments)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run_main


def process(*arguments: str, code: str = "", **more: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the program, or code, as a person does: without a display, with a plain locale, with the usual buffers."""
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONUTF8", "PYTHONIOENCODING",
                                "PYTHONUNBUFFERED")}
    return subprocess.run([sys.executable, *(("-c", code) if code else ("main.py",)), *arguments], cwd=ROOT,
                          env={**environment, "LC_ALL": "C", **more}, capture_output=True, timeout=120)


def refused(outcome: tuple[int, str, str]) -> str:
    """The sentence of a refusal: one line, nothing printed, no traceback."""
    status, out, err = outcome
    assert status == 2
    assert out == ""
    assert err.endswith("\n") and err.count("\n") == 1
    assert err.startswith("chain-rule-tutor: ") and "Traceback" not in err
    return err.removeprefix("chain-rule-tutor: ").strip()


def module_gradient(source: str) -> Callable[..., Any]:
    """The function of a printed module, which sees nothing but Python and NumPy."""
    assert re.findall(r"^(?:import|from) .*", source, re.MULTILINE) == ["import numpy as np"]
    namespace: dict[str, Any] = {"__builtins__": builtins}
    exec(compile(source, "printed", "exec"), namespace)
    function: Callable[..., Any] = namespace["gradient"]
    return function


# --- problems ---------------------------------------------------------------------------------------------------------


def test_problems_lists_each_with_its_title(run: Run) -> None:
    status, out, err = run("problems")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == len(READY) and lines[0].startswith("backprop-5-3-5 ")
    for path in READY:
        (line,) = (line for line in lines if line.split()[0] == path.stem)
        assert ready(path.stem)["title"] in line and ready(path.stem)["look_for"] in line


# --- derive -----------------------------------------------------------------------------------------------------------


def test_derive_shows_the_chain_of_the_question(run: Run) -> None:
    status, out, _ = run("derive", "backprop-5-3-5")
    assert status == 0
    assert out.splitlines()[0] == "∂L/∂x = (((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)) W1ᵀ"
    for step in ("δθ = ŷ − y", "δh = δθ W2ᵀ", "δa = δh ∘ h ∘ (1 − h)", "∂L/∂x = δa W1ᵀ"):
        assert step in out
    assert "This uses that y is a distribution, as declared." in out
    assert "NOT CERTIFIED" not in out
    assert out.count("certified]") == 4


@pytest.mark.parametrize(("problem", "name"), QUESTIONS)
def test_json_has_its_schema_certificates_and_a_right_formula(run: Run, problem: str, name: str) -> None:
    status, out, err = run("derive", problem, "--wrt", name, "--format", "json")
    assert (status, err) == (0, "")
    data = json.loads(out)
    assert {"wrt", "kind", "shape", "gradient", "cotangents", "steps", "certified"} <= data.keys()
    assert (data["wrt"], data["kind"], data["certified"]) == (name, "gradient", True)
    values = forward(problem, draw(problem, ready(problem)["dims"], 0))
    is_number = (problem, name) in SCALARS
    assert data["shape"] == ([] if is_number else list(values[name].shape))
    assert data["gradient"].keys() == {"text", "latex", "numpy"}
    assert all(c.keys() == {"of", "text", "latex"} for c in data["cotangents"])
    assert data["cotangents"][-1]["of"] == name
    assert len(data["steps"]) == len(data["cotangents"])
    waiting = list(data["steps"])
    while waiting:
        step = waiting.pop()
        assert {"rule", "before", "after", "because", "certified", "residual"} <= step.keys()
        assert step["certified"] is True and 0 <= step["residual"] < 1e-9
        assert step["because"].strip()[-1] in ".:" and "{" not in step["because"]
        assert all(sentence.startswith("Exact in ") for sentence in step.get("proof", ()))
        waiting += step.get("substeps", [])
    # The formula itself, at other sizes than the problem's.
    sizes = other_sizes(problem)
    declared = draw(problem, sizes, seed=9)
    known = {IDENTIFIERS.get(key, key): value for key, value in forward(problem, declared).items()}
    helpers = {"np": np, "step": lambda A: (A > 0) * 1.0, **sizes, "__builtins__": {}}
    found = eval(data["gradient"]["numpy"], {**helpers, **known})
    np.testing.assert_allclose(found, measured(problem, declared, name), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(("problem", "name"), [*TARGETS, ("backprop-5-3-5", "h"), ("relu-network", "H")])
def test_printed_code_computes_the_gradient_at_other_sizes(run: Run, tmp_path: Path, problem: str, name: str) -> None:
    sizes = other_sizes(problem)
    values = draw(problem, sizes, seed=len(name) + 5)
    path = write(tmp_path, problem, values, sizes)
    status, source, err = run("derive", path, "--wrt", name, "--format", "numpy")
    assert (status, err) == (0, "")
    expected = measured(problem, values, name)
    found = module_gradient(source)(*values.values())
    if (problem, name) in SCALARS:
        assert isinstance(found, float)  # the derivative by a number is a number
        expected = expected.item()
    else:
        assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(("problem", "name"), QUESTIONS[::4])
def test_latex_is_one_balanced_display(run: Run, problem: str, name: str) -> None:
    status, out, _ = run("derive", problem, "--wrt", name, "--format", "latex")
    assert status == 0
    assert out.startswith("\\begin{align*}\n") and out.endswith("\n\\end{align*}\n")
    assert out.count("{") == out.count("}")
    assert out.count("\\left") == out.count("\\right")
    assert out.isascii(), "LaTeX of old has no Greek letters"
    *rows, last = out.splitlines()[1:-1]
    assert all(row.endswith(r"\\") for row in rows) and not last.endswith(r"\\")
    _, data, _ = run("derive", problem, "--wrt", name, "--format", "json")
    assert last.endswith(json.loads(data)["gradient"]["latex"])


@pytest.mark.parametrize(("problem", "name"), [(p, n) for p, n in TARGETS if p in LABELS and n != LABELS[p]])
def test_a_label_that_breaks_its_promise_is_not_relied_on(run: Run, tmp_path: Path, problem: str, name: str) -> None:
    sizes = other_sizes(problem)
    values = draw(problem, sizes, 3, label="anything")
    label = LABELS[problem]
    assert np.abs(values[label].sum(axis=1) - 1).min() > 0.1
    path = write(tmp_path, problem, values, sizes)
    status, out, _ = run("derive", path, "--wrt", name, "--format", "json")
    data = json.loads(out)
    assert status == 0 and data["certified"] is True
    (note,) = data["notes"]
    assert note.startswith(f"{label} is declared a distribution, but its numbers are not:")
    assert note.endswith("So the promise was not used.")
    assert note in run("derive", path, "--wrt", name)[1]
    found = module_gradient(run("derive", path, "--wrt", name, "--format", "numpy")[1])(*values.values())
    np.testing.assert_allclose(found, measured(problem, values, name), rtol=1e-5, atol=1e-8)


def test_a_label_that_promises_nothing_keeps_its_sum(run: Run, tmp_path: Path) -> None:
    sizes = other_sizes("backprop-5-3-5")
    values = draw("backprop-5-3-5", sizes, 3, label="anything")
    path = write(tmp_path, "backprop-5-3-5", values, sizes, change=("distribution", ""))
    data = json.loads(run("derive", path, "--wrt", "θ", "--format", "json")[1])
    assert data["gradient"]["text"] == "sum(y) ŷ − y"
    assert data["notes"] == []
    found = module_gradient(run("derive", path, "--wrt", "θ", "--format", "numpy")[1])(*values.values())
    np.testing.assert_allclose(found, values["y"].sum() * forward("backprop-5-3-5", values)["ŷ"] - values["y"])


def test_a_name_is_found_however_it_is_spelled(run: Run) -> None:
    for spelling in ("theta", "θ"):
        assert run("derive", "backprop-5-3-5", "--wrt", spelling)[1].startswith("∂L/∂θ = ŷ − y\n")
    assert run("derive", "backprop-5-3-5", "--wrt", "W_1")[1].startswith("∂L/∂W1 = ")
    assert json.loads(run("check", "backprop-5-3-5", "--wrt", "yhat", "--json")[1]).keys() == {"ŷ"}


def test_a_variable_that_does_not_reach_the_output_has_no_slope(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "idle.toml"
    path.write_text('title = "Idle"\nwrt = "z"\nprogram = """\nx : (1, n)\nz : (2, n)\nL = sum(x * x)\n"""\n'
                    "[dims]\nn = 3\n", encoding="utf-8")
    status, out, _ = run("derive", str(path))
    assert status == 0
    assert "z does not reach L" in out
    source = run("derive", str(path), "--format", "numpy")[1]
    np.testing.assert_array_equal(module_gradient(source)(np.ones((1, 3)), np.ones((2, 3))), np.zeros((2, 3)))
    status, out, _ = run("check", str(path), "--wrt", "z", "--json")
    assert (status, json.loads(out)["z"]["verdict"]) == (0, "agrees")


# --- check ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", [path.stem for path in READY])
def test_check_agrees_everywhere(run: Run, problem: str) -> None:
    status, out, _ = run("check", problem)
    assert status == 0
    head, *rows = out.split("\n\n")[0].splitlines()
    assert head.split() == ["entries", "max", "abs", "max", "rel", "worst"]
    entries = sum(int(row.split()[1]) for row in rows)
    assert out.splitlines()[-1].startswith(f"All {entries} entries agree. Worst relative error ")
    names = {row.split()[0] for row in rows}
    declared = set(declarations(ready(problem)["program"])) - {LABELS.get(problem)}
    assert names == declared | set(list(FORWARD[problem])[:-1])


def test_check_as_json(run: Run) -> None:
    status, out, _ = run("check", "backprop-5-3-5", "--json")
    assert status == 0
    data = json.loads(out)
    assert list(data)[:5] == ["x", "W1", "b1", "W2", "b2"] and set(data) >= {"h", "θ"}
    for row in data.values():
        assert row.keys() == {"max_abs", "max_rel", "worst", "verdict"}
        assert row["verdict"] == "agrees" and row["max_rel"] < 1e-5 and min(row["worst"]) >= 1


def test_mark_says_what_is_wrong_and_what_repairs_it(run: Run) -> None:
    published = r"\Big(({\hat y}-y)W_2^T\Big)\circ\Big((h-h\circ h)W_1^T\Big)"
    status, out, _ = run("mark", "backprop-5-3-5", "--wrt", "x", "--formula", published)
    assert status == 1
    said = dict(line.split("  ", 1) for line in out.splitlines())
    assert said["read as"].strip() == "((ŷ − y) W2ᵀ) ∘ ((h − h ∘ h) W1ᵀ)"
    assert said["verdict"].strip().startswith("Wrong. line 1, column 28: The two sides of ∘ have different shapes")
    assert said["repaired"].strip() == "(((ŷ − y) W2ᵀ) ∘ (h − h ∘ h)) W1ᵀ"
    status, out, _ = run("mark", "backprop-5-3-5", "--wrt", "x", "--formula", published, "--json")
    data = json.loads(out)
    assert status == 1 and (data["verdict"], data["reason"]) == ("wrong", "shape_inside")
    assert data["read_as"] == "((ŷ − y) W2ᵀ) ∘ ((h − h ∘ h) W1ᵀ)"
    (repair,) = data["repairs"]
    assert [edit["kind"] for edit in repair["edits"]] == ["brackets"]
    assert repair["formula"] == "(((ŷ − y) W2ᵀ) ∘ (h − h ∘ h)) W1ᵀ"


@pytest.mark.parametrize(("formula", "more", "status", "verdict"), [
    ("(ŷ - y) @ W2.T * h * (1 - h) @ W1.T", (), 0, "right"),
    ("W_1(H-H^2)W_2(y-p)", ("--where", "y = ŷ", "--where", "p = y"), 0, "right_other_layout"),
    ("δa W1", (), 1, "wrong"),
    ("((", (), 2, "unreadable"),
    ("foo x", (), 2, "unreadable"),
])
def test_mark_ends_with_a_status(run: Run, formula: str, more: tuple[str, ...], status: int, verdict: str) -> None:
    code, out, _ = run("mark", "backprop-5-3-5", "--formula", formula, *more, "--json")
    data = json.loads(out)
    assert (code, data["verdict"]) == (status, verdict)
    assert data["message"] and ("position" in data) is (verdict in ("wrong", "unreadable"))


def test_mark_needs_names_with_their_meaning(run: Run) -> None:
    status, _, err = run("mark", "backprop-5-3-5", "--formula", "H", "--where", "H")
    assert status == 2 and "--where takes NAME=TEXT" in err


def test_check_of_one_variable(run: Run) -> None:
    assert list(json.loads(run("check", "backprop-5-3-5", "--wrt", "W2", "--json")[1])) == ["W2"]


@pytest.mark.parametrize(("method", "limit"), [("central", "1e−5"), ("forward", "0.001"), ("complex", "1e−9")])
def test_methods(run: Run, method: str, limit: str) -> None:
    status, out, _ = run("check", "backprop-5-3-5", "--method", method)
    assert status == 0
    assert out.splitlines()[-1].endswith(f"the limit is {limit}.")


def test_a_step_too_long_is_blamed_and_not_the_gradient(run: Run) -> None:
    status, out, _ = run("check", "backprop-5-3-5", "--step", "1", "--wrt", "x")
    assert status == 1  # nothing is said against the gradient, and nothing was verified
    assert re.search(r"^x .* cannot tell$", out, re.MULTILINE)
    assert "the output curves within one step; a smaller step tells more" in out
    status, out, _ = run("check", "backprop-5-3-5", "--step", "1", "--wrt", "x", "--json")
    assert (status, json.loads(out)["x"]["verdict"]) == (1, "cannot tell")


def test_check_at_a_corner_cannot_tell_and_is_not_a_no(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "corner.toml"
    path.write_text('title = "Corner"\nwrt = "x"\nprogram = """\nx : (1, 3)\nL = sum(relu(x))\n"""\n'
                    "[values.x]\narray = [[0.0, 1.0, -1.0]]\n", encoding="utf-8")
    status, out, _ = run("check", str(path))
    assert status == 0
    assert out.splitlines()[-1] == ("2 of 3 agree, 1 cannot be told. Cannot tell at x[1]: "
                                    "it lies within one step of a corner.")


def test_numbers_without_a_finite_slope_are_still_json(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "pole.toml"
    path.write_text('title = "Pole"\nwrt = "x"\nprogram = """\nx : (1, 2)\nL = sum(1 / x)\n"""\n'
                    "[values.x]\narray = [[0.0, 0.0]]\n", encoding="utf-8")
    status, out, _ = run("check", str(path), "--json")
    assert status == 1
    assert json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))["x"][
        "verdict"] == "cannot tell"


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_unknown_names_are_refused_in_one_line(run: Run) -> None:
    assert "Did you mean backprop-5-3-5?" in refused(run("derive", "backprop"))
    assert refused(run("check", "backprop-5-3-5", "--wrt", "nope")).startswith("nope is not in the program.")
    assert "W1" in refused(run("derive", "backprop-5-3-5", "--wrt", "nope"))
    assert "L is the output" in refused(run("derive", "backprop-5-3-5", "--wrt", "L"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml", "bad.toml: This is not TOML"),
        ('title = "t"\nwrt = "x"\nprogram = "x : (1, n)\\nL = sum(x)"\n', "bad.toml: The size n has no number"),
        ('title = "t"\nwrt = "x"\nprogram = "x : (1, n)\\nL = sum(x)"\n[dims]\nn = 0\n', "whole number from 1"),
        ('title = "t"\nwrt = "x"\nprogram = "x : (1, 2)\\nL = x x"\n', "bad.toml: "),
        ('title = "t"\nwrt = "q"\nprogram = "x : (1, 2)\\nL = sum(x)"\n', "`q` is not in the program"),
        ('title = "t"\nwrt = "x"\nprogram = "x : (1, 2)\\nL = __import__(x)"\n', "bad.toml: "),
    ],
)
@pytest.mark.parametrize("command", ["derive", "check"])
def test_bad_files_are_refused(run: Run, tmp_path: Path, command: str, text: str, said: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    assert said in refused(run(command, str(path)))


def test_what_is_no_readable_file_is_refused(run: Run, tmp_path: Path) -> None:
    refused(run("derive", str(tmp_path)))
    assert "There is no file" in refused(run("derive", str(tmp_path / "missing.toml")))
    (tmp_path / "latin.toml").write_bytes(b'title = "\xff"')
    assert "UTF-8" in refused(run("derive", str(tmp_path / "latin.toml")))
    refused(run("derive", "name\0with nothing behind"))


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0,
                    reason="somebody who may read everything")
def test_a_file_one_may_not_read_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "secret.toml"
    path.write_text("", encoding="utf-8")
    path.chmod(0)
    assert "cannot be read" in refused(run("derive", str(path)))


def test_a_program_that_ends_in_a_matrix_has_a_jacobian(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "matrix.toml"
    path.write_text('title = "t"\nwrt = "X"\nprogram = """\nA : (2, n)\nX : (n, m)\nY = A sin(X)\n"""\n'
                    "[dims]\nn = 3\nm = 4\n", encoding="utf-8")
    status, out, _ = run("derive", str(path), "--format", "json")
    data = json.loads(out)
    assert (status, data["kind"], data["shape"], data["certified"]) == (0, "jacobian", [8, 12], True)
    A, X = np.arange(6.0).reshape(2, 3), np.linspace(-1, 1, 12).reshape(3, 4)
    found = module_gradient(run("derive", str(path), "--format", "numpy")[1])(A, X)
    np.testing.assert_allclose(found, np.kron(A, np.eye(4)) @ np.diag(np.cos(X).reshape(-1)), atol=1e-12)
    assert "counted row by row" in run("derive", str(path))[1]
    status, out, _ = run("check", str(path))
    assert status == 0 and "All 144 entries agree" in out
    assert "A Hessian needs a program that ends in a number" in refused(run("derive", str(path), "--order", "2"))


def test_the_second_order_gives_the_hessian(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "quadratic.toml"
    path.write_text('title = "t"\nwrt = "x"\nprogram = """\nA : (n, n)\nx : (n, 1)\nL = x.T A x\n"""\n[dims]\nn = 3\n',
                    encoding="utf-8")
    status, out, _ = run("derive", str(path), "--order", "2")
    assert status == 0 and out.startswith("∂²L/∂x² = A + Aᵀ\nv ↦ (A + Aᵀ) v\n")
    assert json.loads(run("derive", str(path), "--order", "2", "--format", "json")[1])["kind"] == "hessian"
    scope: dict[str, Any] = {}
    exec(run("derive", str(path), "--order", "2", "--format", "numpy")[1], scope)
    A, x, v = np.arange(9.0).reshape(3, 3), np.ones((3, 1)), np.array([[1.0], [2], [3]])
    np.testing.assert_allclose(scope["hessian"](A, x), A + A.T)
    np.testing.assert_allclose(scope["hessian_vector"](A, x, v), (A + A.T) @ v)


@pytest.mark.parametrize("step", ["0", "-1e-5", "nan", "inf"])
def test_a_step_that_is_none_is_refused(run: Run, step: str) -> None:
    assert refused(run("check", "backprop-5-3-5", f"--step={step}")) == "A step is a positive number."


def test_the_complex_step_is_refused_at_corners(run: Run) -> None:
    assert "relu" in refused(run("check", "relu-network", "--method", "complex"))


@pytest.mark.parametrize(
    "arguments",
    [("derive",), ("derive", "backprop-5-3-5", "--format", "word"), ("check", "backprop-5-3-5", "--step", "small"),
     ("figure", "backprop-5-3-5", "--panel", "moon", "--out", "a.svg"), ("figure", "backprop-5-3-5"), ("--nonsense",)],
)
def test_unusable_options_end_with_2(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("usage: chain-rule-tutor")


def test_without_a_display_the_window_is_refused_in_one_line() -> None:
    for arguments in ((), ("backprop-5-3-5",)):
        done = process(*arguments)
        assert done.returncode == 2
        assert done.stdout == b"" and done.stderr.count(b"\n") == 1


# --- figures ----------------------------------------------------------------------------------------------------------

MM = 25.4
TYPESET = ("chain", "derivation")


def png_size(data: bytes) -> tuple[int, int]:
    """The size of a PNG in pixels; its picture must be there and whole."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, pixels = 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0]
        pixels += body if kind == b"IDAT" else b""
        at += 12 + length
    assert kind == b"IEND"
    assert len(set(zlib.decompress(pixels))) > 8, "a picture of nothing"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def svg_width(data: bytes) -> float:
    """The width of an SVG in mm, as it says itself."""
    head = re.search(rb"<svg[^>]*>", data)
    assert head is not None and data.rstrip().endswith(b"</svg>")
    found = re.search(rb'\swidth="([\d.]+)(pt|mm)?"', head.group())
    assert found is not None
    return float(found[1]) * {b"mm": 1.0, b"pt": MM / 72, None: MM / 96}[found[2]]


def pdf_width(data: bytes) -> float:
    """The width of the first page of a PDF in mm."""
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    found = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) [\d.]+\s*\]", data)
    if found is None:  # the page's dictionary is inside a compressed stream
        streams = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
        opened = b"".join(zlib.decompressobj().decompress(s) for s in streams if s[:1] == b"\x78")
        found = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) [\d.]+\s*\]", opened)
    assert found is not None
    return float(found[1]) * MM / 72


# Chain and derivation are written by Typst, the others by matplotlib; each writes every kind.
@pytest.mark.parametrize(("panel", "kind"), [("chain", "svg"), ("derivation", "png"), ("derivation", "pdf"),
                                             ("jacobians", "svg"), ("check", "pdf"), ("sweep", "png")])
def test_figures_have_the_asked_width(run: Run, tmp_path: Path, panel: str, kind: str) -> None:
    out = tmp_path / f"figure.{kind}"
    theme = "print" if kind == "pdf" else "light"
    arguments = ("figure", "backprop-5-3-5", "--panel", panel, "--out", str(out), "--theme", theme, "--width", "140",
                 "--dpi", "100")
    assert run(*arguments) == (0, "", "")
    data = out.read_bytes()
    match kind:
        case "png":
            assert png_size(data)[0] == pytest.approx(140 / MM * 100, abs=2)
        case "svg":
            assert svg_width(data) == pytest.approx(140, rel=0.01)
            assert b"<path" in data or b"<use" in data
        case _:
            assert pdf_width(data) == pytest.approx(140, rel=0.01)


@pytest.mark.parametrize("problem", [path.stem for path in READY if path.stem != "backprop-5-3-5"])
def test_every_problem_can_be_drawn(run: Run, tmp_path: Path, problem: str) -> None:
    # The Jacobians of all are laid out for LaTeX below, by the same lines; of these the most cells, columns, the widest
    # formulas and a number by itself are painted too.
    painted = problem in ("batch-of-the-question", "columns-of-the-question", "log-determinant", "ridge-regression")
    for panel in ("derivation", "jacobians") if painted else ("derivation",):
        out = tmp_path / f"{panel}.svg"
        assert run("figure", problem, "--panel", panel, "--out", str(out), "--theme", "dark") == (0, "", "")
        assert svg_width(out.read_bytes()) == pytest.approx(160, rel=0.01)


@pytest.mark.parametrize("problem", [path.stem for path in READY])
def test_figures_for_latex_are_plain_and_balanced(run: Run, tmp_path: Path, problem: str) -> None:
    for panel in ("chain", "derivation", "jacobians", "check", "sweep"):
        out = tmp_path / f"{panel}.tex"
        assert run("figure", problem, "--panel", panel, "--out", str(out), "--theme", "print") == (0, "", "")
        source = out.read_text(encoding="utf-8")
        head, needs, *body = source.splitlines()
        assert head.startswith("% ") and needs.startswith(r"% Needs \usepackage{amsmath}")
        assert "\n".join(body).isascii(), "LaTeX of old knows plain letters only"
        assert source.count("{") == source.count("}") and source.count("$") % 2 == 0
        for name in set(re.findall(r"\\(?:begin|end)\{([a-z*]+)\}", source)):
            assert source.count(rf"\begin{{{name}}}") == source.count(rf"\end{{{name}}}")
        assert (r"\usepackage{tikz}" in needs) == (r"\begin{tikzpicture}" in source)
        used = set(re.findall(r"(?:fill|draw|text)=(tutor\d+)", source))
        assert used <= set(re.findall(r"\\definecolor\{(tutor\d+)\}", source))


def test_a_path_for_the_jacobians_has_to_be_there(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "a.tex"
    arguments = ("figure", "two-step-rnn", "--panel", "jacobians", "--out", str(out), "--path")
    assert run(*arguments, "L->p, h_2 W") == (0, "", "")
    assert r"\partial h_2 / \partial h_1" not in out.read_text(encoding="utf-8")
    said = refused(run(*arguments, "L h2 W"))
    assert said.endswith("There is no path L→h2→W. There is L→p→h2→W, L→p→h2→h1→W.")


def test_a_figure_for_latex_says_what_the_picture_says(run: Run, tmp_path: Path) -> None:
    def figure(panel: str, *more: str) -> str:
        out = tmp_path / f"{panel}.tex"
        assert run("figure", "backprop-5-3-5", "--panel", panel, "--out", str(out), *more)[0] == 0
        return out.read_text(encoding="utf-8")

    jacobians = figure("jacobians", "--theme", "light")
    for label in (r"$\partial \theta / \partial h$", "$W_2^{\\top}$", r"$\hat{y}_{1}$", "$-1.83$",
                  "diagonal:", r"$\sigma$", " acts on each entry alone", r"$\partial L / \partial x$", "$-0.24$"):
        assert f"{{{label}}};" in jacobians or f"{{{label} }};" in jacobians, label
    assert jacobians.count(r"\path[fill=") == 5 + 25 + 15 + 9 + 15 + 5 + 70
    assert "HTML}{438DE8}" in jacobians, "the end of the colour scale"
    check = figure("check")
    assert all(f"{{{word}}};" in check for word in ("analytic", "numeric", "difference", "$x_{5}$"))
    sweep = figure("sweep")
    assert "{step used};" in sweep and r"dash pattern=on" in sweep and sweep.count(" -- ") > 20
    assert r"\frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial \theta}" in figure("chain")
    assert "That is where $\\circ$ comes from." in figure("derivation")
    assert "\\fill[tutor" not in figure("jacobians") and "\\fill[tutor" in figure("jacobians", "--theme", "dark")


def test_a_matrix_too_large_for_tikz_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_text('title = "t"\nwrt = "x"\nprogram = "x : (1, 92)\\ny = tanh(x)\\nL = sum(y * y)"\n',
                    encoding="utf-8")
    said = refused(run("figure", str(path), "--panel", "jacobians", "--out", str(tmp_path / "a.tex")))
    assert "too many cells for TikZ" in said and ".pdf" in said
    assert not (tmp_path / "a.tex").exists()


def test_a_figure_by_another_variable_is_another_figure(run: Run, tmp_path: Path) -> None:
    pictures = set()
    for name in ("x", "W2", "theta"):
        assert run("figure", "backprop-5-3-5", "--panel", "check", "--wrt", name, "--out", str(tmp_path / "a.svg")
                   )[0] == 0
        pictures.add((tmp_path / "a.svg").read_bytes())
    assert len(pictures) == 3


@pytest.mark.parametrize("panel", ["chain", "sweep", "window"])
def test_a_figure_that_cannot_be_is_refused(run: Run, tmp_path: Path, panel: str) -> None:
    def figure(*more: str, out: str = "a.png") -> str:
        return refused(run("figure", "backprop-5-3-5", "--panel", panel, "--out", str(tmp_path / out), *more))

    known = ".svg, .pdf or .png" if panel == "window" else ".svg, .pdf, .png or .tex"
    assert known in figure(out="a.jpeg")
    assert known in figure(out="a")
    if panel == "window":
        assert "has no LaTeX" in figure(out="a.tex")
        # The window is never smaller than 1024x640, so a smaller picture of it cannot be had.
        for size in ("800x600", "wide", "1440", "99999x900", "-5x5", "²000x900"):
            assert "is not a size" in figure(f"--size={size}")
    else:
        for out in ("no folder/a.svg", "no folder/a.pdf", "no folder/a.png") if panel == "sweep" else ("no/a.svg",):
            assert "cannot be written" in figure(out=out)
        (tmp_path / "folder.svg").mkdir()
        assert "cannot be written" in figure(out="folder.svg")
        for width in ("0", "nan", "1e9"):
            assert "mm" in figure(f"--width={width}")
        for dpi in ("0", "nan", "1e9"):
            assert "dots per inch" in figure(f"--dpi={dpi}")
    assert list(tmp_path.glob("*.png")) == []


def test_what_does_not_reach_the_output_has_no_figure(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "idle.toml"
    path.write_text('title = "Idle"\nwrt = "z"\nprogram = "x : (1, 2)\\nz : (1, 2)\\nL = sum(x * x)"\n',
                    encoding="utf-8")
    for panel, said in (("jacobians", "z does not reach the output"), ("sweep", "There is no gradient by z")):
        assert said in refused(run("figure", str(path), "--panel", panel, "--out", str(tmp_path / "a.svg")))


def test_the_window_is_photographed_without_a_display(tmp_path: Path) -> None:
    out = tmp_path / "window.svg"
    done = process("figure", "tanh-4-4-4", "--panel", "window", "--out", str(out), "--size", "1024x640",
                   XDG_CONFIG_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["window.svg"], "it leaves no settings behind"
    text = out.read_text(encoding="utf-8")
    assert '<svg xmlns="http://www.w3.org/2000/svg" width="1024" height="640"' in text
    encoded = re.search(r'base64,([^"]+)"', text)
    assert encoded is not None
    assert png_size(b64decode(encoded[1])) == (2048, 1280)  # two dots a px, as on a sharp screen


# --- as a process ----------------------------------------------------------------------------------------------------


def test_as_a_process_in_a_plain_locale(tmp_path: Path) -> None:
    done = process("derive", "backprop-5-3-5")
    assert done.returncode == 0
    assert done.stdout.decode("utf-8").startswith("∂L/∂x = (((ŷ − y) W2ᵀ) ∘ h ∘ (1 − h)) W1ᵀ")
    done = process("check", "ŷ")
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1 and done.stderr.decode("utf-8").startswith("chain-rule-tutor: ")


def test_a_printed_module_runs_where_only_numpy_is(run: Run, tmp_path: Path) -> None:
    module = tmp_path / "backward.py"
    module.write_text(run("derive", "batch-of-the-question", "--wrt", "X", "--format", "numpy")[1], encoding="utf-8")
    code = ("import sys; sys.path.insert(0, sys.argv[1]); import numpy as np; from backward import gradient; "
            "g = gradient(np.ones((2, 3)), np.ones((3, 4)), np.ones((1, 4)), np.eye(4, 2), np.ones((1, 2)), "
            "np.eye(2)); assert g.shape == (2, 3); assert 'tutor' not in sys.modules; print(g.shape)")
    done = subprocess.run([sys.executable, "-I", "-c", code, str(tmp_path)], cwd=tmp_path, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [["problems"], ["derive", "linear-regression", "--format", "json"]])
def test_a_reader_who_has_seen_enough_is_no_failure(command: list[str]) -> None:
    done = process(code="import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1); "
                        f"from tutor.cli import main; sys.exit(main({command!r}))")
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_name_that_is_no_text_is_answered_like_any_other() -> None:
    done = process(code=r"import sys; from tutor.cli import main; sys.exit(main(['derive', '\udcff.toml']))")
    assert (done.returncode, done.stderr) == (2, b"chain-rule-tutor: There is no file \\udcff.toml.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_answer_that_cannot_be_written_is_no_answer() -> None:
    done = process(code="import os, sys; os.dup2(os.open('/dev/full', os.O_WRONLY), 1); "
                        "from tutor.cli import main; sys.exit(main(['problems']))")
    assert (done.returncode, done.stderr) == (2, b"chain-rule-tutor: No space left on device.\n")


@pytest.mark.parametrize("command", ["derive", "check", "figure"])
def test_no_command_but_the_picture_of_the_window_loads_qt(tmp_path: Path, command: str) -> None:
    runs = {
        "derive": [["derive", "linear-regression", "--format", f] for f in FORMATS],
        "check": [["problems"], ["check", "linear-regression"], ["check", "linear-regression", "--json"]],
        "figure": [["figure", "linear-regression", "--panel", panel, "--out", str(tmp_path / f"{panel}.svg")]
                   for panel in ("chain", "derivation", "jacobians", "check", "sweep")],
    }[command]
    heavy = {"PySide6", "shiboken6"} | ({"matplotlib"} if command != "figure" else set())
    heavy |= {"sympy"} if command == "check" else set()
    done = process(code=f"import sys\nfrom tutor.cli import main\nfor run in {runs!r}:\n    assert main(run) == 0\n"
                        f"print(sorted({heavy!r} & {{name.split('.')[0] for name in sys.modules}}), file=sys.stderr)")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == b"[]", done.stderr


# --- readings ---------------------------------------------------------------------------------------------------------


def test_the_gradient_is_read_with_columns_and_differentials(run: Run) -> None:
    status, out, _ = run("derive", "backprop-5-3-5", "--vectors", "column", "--style", "differential")
    assert status == 0
    assert "∂L/∂x = W1 ((W2 (ŷ − y)) ∘ h ∘ (1 − h))" in out
    assert "= W2 δθ : dh" in out
    assert "This uses that y is a distribution" in out
    assert "NOT CERTIFIED" not in out


def test_a_reading_is_in_json_and_latex_too(run: Run) -> None:
    _, out, _ = run("derive", "backprop-5-3-5", "--style", "index", "--format", "json")
    found = json.loads(out)["reading"]
    assert found["certified"] and found["style"] == "index"
    _, out, _ = run("derive", "backprop-5-3-5", "--layout", "numerator", "--format", "latex")
    assert out.startswith("\\begin{align*}") and out.count("{") == out.count("}")


def test_every_format_can_be_asked_for(run: Run) -> None:
    from tutor.derive import export

    assert tuple(export.FORMATS) == FORMATS
    for name in FORMATS:
        status, out, err = run("derive", "backprop-5-3-5", "--format", name)
        assert (status, err) == (0, "") and "distribution, as declared." in out, name
        assert run("derive", "backprop-5-3-5", "--style", "index", "--format", name)[0] == 0


def test_a_page_of_markdown(run: Run) -> None:
    _, out, _ = run("derive", "backprop-5-3-5", "--format", "markdown")
    assert out.startswith("# Backprop 5-3-5\n\n```text\nx  : (1, n)\n")
    blocks = out.split("\n\n")
    displays = [block for block in blocks if block.startswith("$$")]
    assert len(displays) == 5 and all(block.startswith("$$\n") and block.endswith("\n$$") for block in displays)
    assert out.count("· certified (residual ") == 4 and "**1. softmax with cross-entropy**" in out
    assert blocks[-1] == "- This uses that $y$ is a distribution, as declared.\n"
    _, out, _ = run("derive", "backprop-5-3-5", "--format", "markdown", "--style", "differential")
    assert "\\mathrm{d}L = \\delta_{\\theta} : \\mathrm{d}\\theta" in out and "$A : B$ is the sum of" in out


@pytest.mark.parametrize(("problem", "name"), QUESTIONS[::5])
def test_markdown_holds_nothing_that_github_takes_away(run: Run, problem: str, name: str) -> None:
    for style in ("chain", "differential"):
        _, out, _ = run("derive", problem, "--wrt", name, "--format", "markdown", "--style", style)
        assert "\\operatorname" not in out, "a macro GitHub refuses"
        assert not re.search(r"\\\\[^a-zA-Z]", out), "a backslash before a sign is lost"
        assert out.count("$") % 2 == 0 and out.count("{") == out.count("}")


def test_latex_says_what_it_rests_on_in_every_reading(run: Run, tmp_path: Path) -> None:
    values = draw("backprop-5-3-5", other_sizes("backprop-5-3-5"), 3, label="anything")
    path = write(tmp_path, "backprop-5-3-5", values, other_sizes("backprop-5-3-5"))
    for more in ((), ("--style", "index"), ("--vectors", "column", "--style", "differential")):
        _, out, _ = run("derive", "backprop-5-3-5", "--format", "latex", *more)
        assert r"\text{This uses that $y$ is a distribution, as declared.}" in out and out.isascii()
        _, out, _ = run("derive", path, "--format", "latex", *more)
        assert r"\parbox{0.55\linewidth}{$y$ is declared a distribution, but its numbers are not:" in out


def test_a_jacobian_has_no_other_reading(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('title = "t"\nwrt = "x"\nprogram = """\nx : (1, 2)\nW : (2, 3)\ny = x W\n"""\n', encoding="utf-8")
    status, _, error = run("derive", str(file), "--style", "index")
    assert status == 2 and "this is a Jacobian" in error
