"""Figures as files: what they hold, and what cannot be had."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tutor.derive.report
from tutor.core.errors import TutorError
from tutor.core.problem import Problem
from tutor.derive.conventions import Convention
from tutor.derive.proof import Proof
from tutor.figures.export import PANELS, THEMES, Order, Saved, save_panel
from tutor.figures.palette import DARK, LIGHT, PRINT
from tutor.files.library import problem
from tutor.language.reader import read_program

QUESTION = problem("backprop-5-3-5")


def order(folder: Path, name: str = "figure.svg", **more: object) -> Order:
    return replace(Order(QUESTION, folder / name), **more)  # type: ignore[arg-type]


def drawn(panel: str, wanted: Order) -> str:
    save_panel(panel, wanted)
    return wanted.out.read_text(encoding="utf-8")


@pytest.mark.parametrize("panel", list(PANELS))
def test_the_same_figure_twice_is_the_same_file(tmp_path: Path, panel: str) -> None:
    for kind in ("svg", "pdf") if panel == "chain" else ("svg",):
        save_panel(panel, order(tmp_path, f"one.{kind}"))
        save_panel(panel, order(tmp_path, f"two.{kind}"))
        first = (tmp_path / f"one.{kind}").read_bytes()
        assert first == (tmp_path / f"two.{kind}").read_bytes()
        assert len(first) > 3000


@pytest.mark.parametrize("panel", list(PANELS))
def test_themes_have_their_own_ground(tmp_path: Path, panel: str) -> None:
    assert (THEMES["light"], THEMES["dark"], THEMES["print"]) == (LIGHT, DARK, PRINT)
    for theme in (LIGHT, DARK):
        assert theme.sheet.lower() in drawn(panel, order(tmp_path, theme=theme)).lower()
    assert DARK.sheet.lower() not in drawn(panel, order(tmp_path, theme=PRINT)).lower()


@pytest.mark.parametrize("panel", list(PANELS))
def test_a_wider_figure_is_wider(tmp_path: Path, panel: str) -> None:
    widths = []
    for width in (120.0, 180.0):
        found = re.search(r'<svg[^>]*\bwidth="([\d.]+)', drawn(panel, order(tmp_path, width=width)))
        assert found is not None
        widths.append(float(found[1]))
    assert widths[1] / widths[0] == pytest.approx(1.5, rel=0.01)


@pytest.mark.parametrize("suffix", ["SVG", "Pdf", "png"])
def test_the_ending_says_the_format_in_any_case(tmp_path: Path, suffix: str) -> None:
    wanted = order(tmp_path, f"a.{suffix}")
    assert wanted.format == suffix.lower()
    save_panel("check", wanted)
    assert wanted.out.stat().st_size > 1000


@pytest.mark.parametrize("name", ["a", "a.tiff", "svg", ".svg"])
def test_other_endings_are_refused_before_any_work(tmp_path: Path, name: str) -> None:
    with pytest.raises(TutorError, match=r"End it with \.svg, \.pdf, \.png or \.tex"):
        save_panel("jacobians", order(tmp_path, name))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="moon is not a figure"):
        save_panel("moon", order(tmp_path))
    with pytest.raises(TutorError, match="between 20 and 2000 mm"):
        save_panel("check", order(tmp_path, width=float("nan")))
    with pytest.raises(TutorError, match="dots per inch"):
        save_panel("check", order(tmp_path, dpi=1.0))
    with pytest.raises(TutorError, match="cannot be written: No such file"):
        save_panel("check", order(tmp_path, "missing/a.svg"))
    with pytest.raises(TutorError, match="cannot be written"):
        save_panel("chain", order(tmp_path, "missing/a.svg"))


def test_another_number_is_another_picture_and_another_promise_another_formula(tmp_path: Path) -> None:
    plain = {panel: drawn(panel, order(tmp_path)) for panel in ("derivation", "jacobians", "check")}
    moved = QUESTION.with_numbers("W2", QUESTION.numbers["W2"] + 0.25)
    assert drawn("jacobians", order(tmp_path, problem=moved)) != plain["jacobians"]
    assert drawn("check", order(tmp_path, problem=moved)) != plain["check"]
    assert drawn("derivation", order(tmp_path, problem=moved)) == plain["derivation"]
    # With a label that does not sum to one, ŷ − y would be wrong: the figure must not say so.
    broken = QUESTION.with_numbers("y", np.full((1, 5), 0.34))
    assert drawn("derivation", order(tmp_path, problem=broken)) != plain["derivation"]
    for panel in ("chain", "derivation", "jacobians"):
        [note] = save_panel(panel, order(tmp_path, problem=broken)).notes
        assert note.startswith("y is declared a distribution, but its numbers are not: ")
        assert save_panel(panel, order(tmp_path)) == Saved((), True)


@pytest.mark.parametrize("convention", [Convention(), Convention("column", layout="numerator")])
def test_links_that_are_joined_are_one_in_latex_too(tmp_path: Path, convention: Convention) -> None:
    apart, joined = (
        drawn("chain", order(tmp_path, "figure.tex", convention=convention, joined=joined)) for joined in (False, True))
    assert apart.count(r"\cdot") == joined.count(r"\cdot") + 1
    assert r"\frac{\partial L}{\partial \theta}" in joined and r"\partial \hat{y}}" not in joined


def test_jacobians_are_drawn_as_they_are_looked_at(tmp_path: Path) -> None:
    def source(**wanted: object) -> str:
        return drawn("jacobians", order(tmp_path, "figure.tex", **wanted))

    columns = source(convention=Convention("column"))
    assert columns.index(r"(\partial a / \partial x)^{\top}") < columns.index(r"\partial L / \partial \hat{y}")
    assert r"\partial \hat{y} / \partial" not in source(joined=True)
    products = source(products="left")
    assert r"\to" in products and r"\partial L / \partial h \cdot \partial h / \partial a" in products
    recurrent = problem("two-step-rnn")
    assert r"\partial h_2 / \partial h_1" in source(problem=recurrent), "the path through the most links"
    short = source(problem=recurrent, path="L→p→h2→W")
    assert r"\partial h_2 / \partial W" in short and r"\partial h_2 / \partial h_1" not in short
    assert source(problem=recurrent, path="L→x") == source(problem=recurrent), "what is left of another variable"
    shared, own = (drawn("jacobians", order(tmp_path, own_scales=each)) for each in (False, True))
    assert shared != own


def test_a_figure_of_what_is_not_certified_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Proof(False, 1, {}, (), "1 of 1 entries are wrong.")
    monkeypatch.setattr(tutor.derive.report, "prove", lambda *_: wrong)
    wanted = order(tmp_path)
    assert not save_panel("derivation", wanted).certified


def test_every_panel_by_every_variable(tmp_path: Path) -> None:
    for wrt in ("W1", "θ"):
        for panel in PANELS:
            assert "</svg>" in drawn(panel, order(tmp_path, problem=QUESTION.with_wrt(wrt)))


def test_a_figure_of_a_check_that_tells_nothing_says_so(tmp_path: Path) -> None:
    program = read_program("x : (1, n)\nL = sum(relu(x))")
    corner = Problem.drawn("", program, "x", {"n": 2}, given={"x": np.zeros((1, 2))})
    slope = corner.with_numbers("x", np.array([[1.0, 0.0]]))
    assert not save_panel("check", order(tmp_path, problem=corner)).certified
    assert save_panel("check", order(tmp_path, problem=slope)).certified
