"""Pictures as commands of TikZ: what they say, and that LaTeX takes them where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.figures.comparison import ComparisonSpec
from tutor.figures.drawing import FigureStyle, comparison_on
from tutor.figures.export import PANELS, THEMES, Order, save_panel
from tutor.figures.lettering import typeset_with
from tutor.figures.palette import DARK, LIGHT
from tutor.figures.places import Rect, Size
from tutor.figures.tikz import LatexLetters, TikzSheet
from tutor.files.library import problem, ready_made
from tutor.language.printing import latex_prose
from tutor.language.reader import read_program
from tutor.typeset import Typesetter

LETTERS = LatexLetters(typeset_with(Typesetter()), {"theta_2": r"\theta_{2}"})


def sheet(theme_name: str = "light") -> TikzSheet:
    return TikzSheet(LETTERS, Size(100.0, 50.0), 0.75, THEMES[theme_name], 7.0)


def commands(made: TikzSheet) -> list[str]:
    return [line.strip() for line in made.source.splitlines()[2:-1]]


def test_lengths_are_px_of_the_layout_downwards() -> None:
    made = sheet()
    made.line([(0, 0), (10, 20.5)], LIGHT.ink, 2.0, dashes=(3.0, 1.0))
    assert "x=0.75pt, y=-0.75pt" in made.source
    assert commands(made) == [
        r"\definecolor{tutor1}{HTML}{15171C}",
        r"\useasboundingbox (-7, -7) rectangle (93, 43);",
        r"\draw[tutor1, line width=1.5pt, dash pattern=on 2.25pt off 0.75pt] (0, 0) -- (10, 20.5);",
    ]


def test_each_colour_has_one_name() -> None:
    made = sheet()
    colours = np.array([[1, 2, 3], [1, 2, 3]], dtype=np.uint8)
    made.cells([Rect(0, 0, 5, 5), Rect(5, 0, 5, 5)], colours, "#A9AFB9", "cells")
    assert made.source.count(r"\definecolor") == 2
    assert made.source.count("fill=tutor2, draw=tutor1, line width=0.5pt") == 2


@pytest.mark.parametrize(("words", "written"), [
    ("−0.50", "$-0.50$"), ("0", "$0$"), ("5e−12", r"$5\mathrm{e}{-12}$"), ("−1.2e10", r"$-1.2\mathrm{e}{10}$"),
    ("step used", "step used"), ("> 0.5", "$>$ 0.5"), ("50 % & more_", r"50 \% \& more\_"), ("–", "--"),
])
def test_numbers_are_mathematics_and_words_are_plain(words: str, written: str) -> None:
    made = sheet()
    made.text(words, 1.0, 2.0, 11.0, LIGHT.ink, "right")
    assert commands(made)[-1] == rf"\node[anchor=base east, scale=0.825, text=tutor1] at (1, 2) {{{written}}};"


def test_formulas_are_the_latex_of_what_was_typeset() -> None:
    made = sheet()
    (formula,) = LETTERS(["theta_2"], 20.0)
    made.formula(formula, 10.0, 30.0, LIGHT.ink)
    middle = f"{10 + formula.width / 2:.2f}".rstrip("0").rstrip(".")
    assert commands(made)[-1] == rf"\node[anchor=base, scale=1.5, text=tutor1] at ({middle}, 30) {{$\theta_{{2}}$}};"


def test_a_dark_picture_has_its_ground() -> None:
    assert DARK.sheet[1:] in sheet("dark").source
    assert r"\fill" not in sheet("light").source


def test_dots_are_refused() -> None:
    with pytest.raises(TutorError, match="too many cells for TikZ"):
        sheet().image(Rect(0, 0, 5, 5), np.zeros((2, 2, 3), dtype=np.uint8), "cells")


def test_what_differs_is_ringed() -> None:
    one = np.eye(2)
    spec = ComparisonSpec(one, one + 1, -np.ones((2, 2)), differs=(0, 1))
    made = comparison_on(lambda *paper: TikzSheet(LETTERS, *paper), spec, LETTERS, FigureStyle(LIGHT))
    assert made.source.count("line join=miter") == 2 * 3


def test_signs_become_mathematics_and_names_keep_their_accents() -> None:
    assert latex_prose("A ∘ Bᵀ is 2×3, ŷ − θ") == r"A $\circ$ B$^{\top}$ is 2$\times$3, $\hat{y}$ $-$ $\theta$"


MATRIX = Problem.drawn("100 % of ŷ_1", read_program("A : (2, n)\nX : (n, m)\nY = A sin(X)"), "X", {"n": 3, "m": 2})
PATHS = Problem.drawn("Paths", read_program(
    "x : (1, n)\ny : (1, n) distribution\nS : (n, n) symmetric\nz = x S\nh = x * gelu(z)\np = softmax(h + x)\n"
    "L = xent(y, p) + norm2(h)**2"), "x", {"n": 3}, given={"y": np.array([[0.2, 0.9, 0.4]])})


def shortened(source: str) -> str:
    """A picture with every command that differs in more than digits, once: its cells and numbers are alike to LaTeX."""
    seen: set[str] = set()
    kept = []
    for line in source.splitlines():
        alike = re.sub(r"[\d.]+", "0", line)
        if alike not in seen or not line.lstrip().startswith((r"\path", r"\node", r"\draw", r"\fill")):
            kept.append(line)
        seen.add(alike)
    return "\n".join(kept)


def test_what_is_left_out_for_latex_is_digits() -> None:
    made = "\n".join([r"\definecolor{tutor1}{HTML}{000000}", r"\definecolor{tutor2}{HTML}{000001}",
                      r"\path[fill=tutor1] (0, 0) rectangle (1, 1);", r"\path[fill=tutor2] (1, 0) rectangle (2, 1.5);",
                      r"\node at (1, 2) {$0.5$};", r"\node at (3, 2) {$-0.5$};", r"\node at (5, 2) {$7.25$};"])
    assert shortened(made).splitlines() == [line for k, line in enumerate(made.splitlines()) if k not in (3, 6)]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="LaTeX is not installed")
def test_latex_takes_every_figure(tmp_path: Path) -> None:
    asked = {"matrix": MATRIX, "paths": PATHS, **{ready.name: problem(ready.name) for ready in ready_made()}}
    names = []
    for name, wanted in asked.items():
        for panel in PANELS:
            if wanted is MATRIX and panel in ("check", "sweep"):
                continue
            names.append(f"{name}-{panel}")
            out = tmp_path / f"{names[-1]}.tex"
            save_panel(panel, Order(wanted, out))
            if name not in ("matrix", "paths", "backprop-5-3-5"):
                out.write_text(shortened(out.read_text(encoding="utf-8")), encoding="utf-8")
    needed = {p for name in names for p in re.findall(r"\\usepackage\{(\w+)\}", (tmp_path / f"{name}.tex").read_text(
        encoding="utf-8").split("\\begin")[0])}
    assert needed == {"amsmath", "tikz"}
    pages = "\n\\newpage\n".join(rf"\input{{{name}}}" for name in names)
    (tmp_path / "all.tex").write_text(
        "\\documentclass{article}\n\\usepackage[margin=1cm, paperwidth=30cm, paperheight=80cm]{geometry}\n"
        f"\\usepackage{{{','.join(sorted(needed))}}}\n\\begin{{document}}\n{pages}\n\\end{{document}}\n",
        encoding="utf-8")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"], cwd=tmp_path,
                          capture_output=True, timeout=300)
    said = done.stdout.decode("latin-1")
    assert done.returncode == 0, said[-2000:]
    assert "Missing character" not in said and "Font Warning" not in said
    assert re.search(rf"\({len(names)} pages", said.replace("\n", "")), "one picture a page"
