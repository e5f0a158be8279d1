"""What a session refuses to open on, and what it leaves for the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from tutor.core.problem import Problem
from tutor.files import library
from tutor.files.document import SavedDocument
from tutor.language.reader import read_program
from tutor.typeset import Typesetter, shelf
from tutor.ui.prover import Prover
from tutor.ui.session import begin, keep_formulas, run
from tutor.ui.theme import Look
from tutor.ui.tour import CALLOUTS
from tutor.ui.window import MainWindow


@pytest.mark.parametrize(("n", "seed", "said"), [
    (65, 0, "x is 1×65; the window shows sizes up to 64, the command line up to 512."),
    (3, 10**10, "The seed is 10000000000; the window shows seeds up to 999999, the command line any."),
])
def test_what_is_too_large_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], n: int, seed: int, said: str
) -> None:
    program = read_program("x : (1, n)\nL = sum(x)")
    large = SavedDocument(Problem.drawn("Large", program, "x", {"n": n}, seed))
    monkeypatch.setattr(library, "document", lambda _: large)
    assert run(["large.toml"]) == 2
    assert capsys.readouterr().err == f"chain-rule-tutor: {said}\n"


def test_the_tour_of_the_first_start_leaves_no_panel_out(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem, prover: Prover, typesetter: Typesetter
) -> None:
    window = MainWindow(problem, look, settings, typesetter=typesetter, prover=prover)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    begin(window)
    qtbot.waitUntil(window.tour.isVisible)
    assert window.tour.accessibleName().startswith(f"Tour, 1 of {len(CALLOUTS)}: ")
    window.close()


def test_formulas_are_kept_where_that_can_be(tmp_path: Path) -> None:
    typesetter = Typesetter()
    typesetter.formulas(["x"], 15.0)
    kept = tmp_path / "cache" / "formulas.json"
    keep_formulas(typesetter, kept)
    assert shelf.read(kept).keys() == typesetter.asked.keys()
    keep_formulas(typesetter, kept / "beside.json")  # there is a file where its folder should be: no reason to stop
