"""Export figure: previewed, saved all or not at all, and told as a command."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from tutor.cli import main
from tutor.core.problem import Problem
from tutor.figures import export
from tutor.files import library
from tutor.files.document import Shown
from tutor.ui.figure_dialog import COARSEST, FINEST, FORMATS, NARROWEST, PICTURES, THEMES, WIDEST, FigureDialog
from tutor.ui.store import Document
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow


class Desk:
    """What the dialog works with."""

    def __init__(self) -> None:
        self.document = Document(library.problem("logistic-regression"), "logistic-regression")
        self.modified = False
        self.file: Path | None = None
        self.suggested: list[str] = []

    def now(self) -> tuple[Document, bool]:
        return self.document, self.modified

    def ask(self, suggested: Path) -> Path | None:
        self.suggested.append(suggested.name)
        return self.file


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def dialog(qtbot: QtBot, look: Look, desk: Desk) -> Iterator[FigureDialog]:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = FigureDialog(look, desk.now, desk.ask, parent)
    dialog.come()
    settle(qtbot, dialog)
    yield dialog
    dialog.close()


def settle(qtbot: QtBot, dialog: FigureDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.busy, timeout=30_000)


def test_it_offers_what_there_is() -> None:
    assert set(PICTURES.values()) == export.PANELS.keys()
    assert tuple(FORMATS.values()) == export.KINDS
    assert set(THEMES) == export.THEMES.keys()


@pytest.mark.parametrize(("width", "dpi"), [(NARROWEST, COARSEST), (NARROWEST, FINEST), (WIDEST, COARSEST)])
def test_every_number_it_takes_can_be_drawn(tmp_path: Path, width: int, dpi: int) -> None:
    problem = library.problem("logistic-regression")
    out = tmp_path / "x.png"
    export.save_panel("chain", export.Order(problem, out, export.THEMES["print"], width, dpi))
    assert out.stat().st_size > 0


def test_it_stops_nobody_and_previews(dialog: FigureDialog) -> None:
    assert not dialog.isModal() and dialog.preview.aspect > 0
    assert dialog.said.text() == f"160 × {round(160 * dialog.preview.aspect)} mm."
    assert not dialog.dpi_box.isVisible(), "a PDF has no dots"


@pytest.mark.parametrize(("name", "begins"), [
    ("SVG", b"<?xml"), ("PDF", b"%PDF"), ("PNG", b"\x89PNG"), ("LaTeX", b"% "),
])
def test_it_saves_what_the_command_it_tells_would(
    qtbot: QtBot, dialog: FigureDialog, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str,
    begins: bytes,
) -> None:
    monkeypatch.chdir(tmp_path)
    dialog.format.setCurrentText(name)
    dialog.format.activated.emit(0)
    ending = FORMATS[name]
    (tmp_path / "mine").mkdir()
    desk.file = tmp_path / "mine" / f"jacobians.{ending}"
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settle(qtbot, dialog)
    assert desk.suggested == [f"jacobians.{ending}"]
    assert desk.file.read_bytes().startswith(begins)
    settle(qtbot, dialog)
    program, *words = shlex.split(dialog.command.text())
    assert program == "chain-rule-tutor" and main(words) == 0
    assert (tmp_path / f"jacobians.{ending}").read_bytes() == desk.file.read_bytes()


def test_without_a_file_there_is_no_command(dialog: FigureDialog, desk: Desk) -> None:
    desk.modified = True
    dialog.refresh()
    assert dialog.command.text() == "Save the problem first: the command reads its file."


def test_what_cannot_be_written_is_said(qtbot: QtBot, dialog: FigureDialog, desk: Desk, tmp_path: Path) -> None:
    desk.file = tmp_path / "none" / "x.pdf"
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settle(qtbot, dialog)
    assert dialog.said.text() == f"{desk.file} cannot be written: No such file or directory."


def test_what_cannot_be_drawn_is_said_and_not_saved(qtbot: QtBot, dialog: FigureDialog, desk: Desk) -> None:
    desk.document = Document(library.problem("logistic-regression").with_wrt("L"))
    dialog.refresh()
    settle(qtbot, dialog)
    assert not dialog.save.isEnabled() and dialog.said.text().endswith(".")
    desk.document = Document(library.problem("logistic-regression"))
    dialog.refresh()
    settle(qtbot, dialog)
    assert dialog.save.isEnabled()


def test_the_window_opens_it_and_it_follows_the_problem(
    qtbot: QtBot, open_window: Callable[[Problem], MainWindow], problem: Problem
) -> None:
    window = open_window(problem)
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = (found for found in window.findChildren(FigureDialog) if found.isVisible())
    assert QApplication.activeModalWidget() is None and isinstance(dialog, QDialog)
    settle(qtbot, dialog)
    before = dialog.preview.grab().toImage()
    window.store.edit("change x", problem.with_numbers("x", np.full((1, 5), 0.5)))
    assert dialog.busy
    settle(qtbot, dialog)
    assert dialog.preview.grab().toImage() != before


@pytest.mark.parametrize(("picture", "options", "has"), [
    ("Derivation", "--spelled --joined", r"\mathrm{d}L"),
    ("Jacobians", "--path 'L→ŷ→θ→h→a→x' --products left --spelled --joined --own-scales",
     r"(\partial a / \partial x)^{\top}"),
])
def test_a_picture_is_drawn_and_commanded_as_it_is_looked_at(
    qtbot: QtBot, look: Look, desk: Desk, tmp_path: Path, picture: str, options: str, has: str
) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    desk.document = Document(library.problem(library.FIRST), library.FIRST)
    shown = Shown(True, "column differential gradient spelled", "left", True, path="L→ŷ→θ→h→a→x")
    dialog = FigureDialog(look, desk.now, desk.ask, parent, lambda: shown)
    dialog.picture.setCurrentText(picture)
    dialog.format.setCurrentText("LaTeX")
    dialog.come()
    settle(qtbot, dialog)
    words = dialog.command.text()
    assert words.endswith(f"--vectors column --style differential {options}")
    out, desk.file = tmp_path / "a.tex", tmp_path / "b.tex"
    assert main([*(str(out) if word == f"{picture.lower()}.tex" else word for word in shlex.split(words)[1:])]) == 0
    dialog.save.click()
    settle(qtbot, dialog)
    assert has in out.read_text(encoding="utf-8")
    assert desk.file.read_text(encoding="utf-8").split("\n", 2)[2] == out.read_text(encoding="utf-8").split("\n", 2)[2]
    dialog.close()
