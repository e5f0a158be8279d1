"""SymPy's proofs in the window: they come, they never come late, they can be stopped, and nothing of them stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

import tutor.derive
from tests.ui.conftest import NETWORK
from tutor.core.problem import Problem
from tutor.derive import Derivation, derive
from tutor.derive.proof import Proof
from tutor.language.reader import read_program
from tutor.ui import prover as proving
from tutor.ui.panels.derivation import DerivationPanel
from tutor.ui.prover import Prover, Question
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"n": 2, "m": 2, "k": 2}

DEAF = "import sys, time; print('ready', flush=True); time.sleep(600)"
"""A process that never answers."""

GONE = "import sys; print('ready', flush=True); sys.stdin.readline(); sys.exit(1)"
"""A process that ends at the first question."""

WRONG = "import sys; print('ready', flush=True); sys.stdin.readline(); print('{\"bug\": \"a slip\"}', flush=True)"
"""A process that fails."""

AT_FIRST = """
import pathlib, sys
mark = pathlib.Path(sys.argv[1])
if mark.exists():
    from tutor.derive.proving import main
    main()
mark.touch()
{first}
"""
"""One that is like this at first, and right when it is started again."""


def question(**dims: int) -> Question:
    program = read_program(NETWORK)
    return Question(derive(program, "x"), {}, SMALL | dims)


class Heard:
    """What a prover answered."""

    def __init__(self, prover: Prover, qtbot: QtBot) -> None:
        self.prover, self.qtbot = prover, qtbot
        self.answers: list[tuple[Question, Mapping[tuple[str, str], Proof], bool]] = []
        prover.answered.connect(self.take)

    def take(self, asked: Question, proofs: Mapping[tuple[str, str], Proof], whole: bool) -> None:
        self.answers.append((asked, proofs, whole))

    def after(self, *asked: Question) -> tuple[Mapping[tuple[str, str], Proof], bool]:
        for one in asked:
            self.prover.ask(one)
        self.qtbot.waitUntil(lambda: not self.prover.busy, timeout=20_000)
        assert [one for one, *_ in self.answers] == [asked[-1]]
        return self.answers[-1][1:]

    def works(self) -> None:
        """Wait until the process works on a question."""
        self.qtbot.waitUntil(lambda: self.prover._asked is not None, timeout=20_000)

    def process(self) -> int:
        assert self.prover._process is not None
        return self.prover._process.processId()


@pytest.fixture
def heard(qtbot: QtBot, prover: Prover) -> Iterator[Heard]:
    """What the process of all tests answers."""
    heard = Heard(prover, qtbot)
    yield heard
    prover.answered.disconnect(heard.take)


@pytest.fixture
def made(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Heard]]:
    """A prover whose process is this program."""
    provers: list[Prover] = []

    def make(*command: str) -> Heard:
        monkeypatch.setattr(proving, "COMMAND", ("-c", *command))
        provers.append(Prover())
        return Heard(provers[-1], qtbot)

    yield make
    for one in provers:
        one.close()


def is_running(process: int) -> bool:
    """Whether a process of this number computes or waits; one that has ended and only is to be counted does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def test_every_link_is_proved(heard: Heard) -> None:
    asked = question()
    proofs, whole = heard.after(asked)
    assert whole
    assert set(proofs) == {(ln.output, ln.source) for ln in asked.derivation.links}
    assert all(proof.exact for proof in proofs.values())
    assert proofs["h", "a"].sizes == SMALL


def test_only_the_question_asked_last_is_answered(heard: Heard) -> None:
    heard.prover.ask(question(n=4, m=4))
    heard.works()
    proofs, whole = heard.after(question(n=3), question(n=5))
    assert whole and proofs["a", "x"].sizes == SMALL | {"n": 5}


def test_old_work_that_does_not_end_is_ended(
    made: Callable[..., Heard], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "GRACE", 50)
    heard = made(AT_FIRST.format(first=DEAF), str(tmp_path / "mark"))
    heard.prover.ask(question())
    heard.works()
    before = heard.process()
    proofs, whole = heard.after(question(n=3))
    assert whole and all(proof.exact for proof in proofs.values())
    assert heard.process() != before


def test_a_process_that_dies_is_started_again(made: Callable[..., Heard], tmp_path: Path) -> None:
    heard = made(AT_FIRST.format(first=GONE), str(tmp_path / "mark"))
    proofs, whole = heard.after(question())
    assert whole and len(proofs) == 5 and all(proof.exact for proof in proofs.values())


def test_a_process_that_was_ended_while_it_rested_is_started_again(made: Callable[..., Heard]) -> None:
    heard = made("from tutor.derive.proving import main; main()")
    heard.after(question())
    heard.answers.clear()
    os.kill(heard.process(), signal.SIGTERM)
    heard.qtbot.waitUntil(lambda: heard.prover._process is None, timeout=20_000)
    proofs, whole = heard.after(question(n=3))
    assert whole and all(proof.exact for proof in proofs.values())


def test_a_process_that_always_dies_is_a_sentence(made: Callable[..., Heard]) -> None:
    proofs, whole = made(GONE).after(question())
    assert not whole and len(proofs) == 5
    assert {(proof.exact, proof.entries, proof.equations, proof.sentence) for proof in proofs.values()} == {
        (None, 0, (), "SymPy's process ended, so there is no proof. Choose x again to try once more.")}


def test_a_process_that_cannot_start_is_a_sentence(
    made: Callable[..., Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(ROOT / "no python"))
    proofs, whole = made("").after(question())
    assert not whole and {proof.exact for proof in proofs.values()} == {None}


def test_a_bug_is_raised_and_is_no_proof(made: Callable[..., Heard]) -> None:
    heard = made(WRONG)
    with capture_exceptions() as caught:
        proofs, whole = heard.after(question())
    assert not whole and {proof.exact for proof in proofs.values()} == {None}
    assert caught[0][0] is RuntimeError and "a slip" in str(caught[0][1])


@on_linux
def test_a_cancelled_proof_ends_its_process_and_says_so(made: Callable[..., Heard]) -> None:
    heard = made(DEAF)
    heard.prover.ask(question())
    heard.works()
    process = heard.process()
    heard.prover.cancel()
    assert not is_running(process)
    [(_, proofs, whole)] = heard.answers
    assert not whole and {proof.sentence for proof in proofs.values()} == {
        "SymPy was stopped. Choose x again to let it go on."}


# --- in the window -------------------------------------------------------------------------------------------------


def said(window: MainWindow, caption: str) -> str:
    """What stands in a row of the step that is open."""
    panel = next(panel for panel in window.docks.panels if isinstance(panel, DerivationPanel))
    card = next(card for card in panel.page.cards if card.is_open)
    return " ".join(words.removeprefix(f"{caption}: ") for words in (s.view.accessibleName() for s in card.strips)
                    if words.startswith(caption))


def test_the_proofs_follow_the_sizes(qtbot: QtBot, window: MainWindow) -> None:
    assert said(window, "checked").startswith("Exact in all 9 entries.")
    shown: list[str] = []
    window._answers.changed.connect(lambda: shown.append(said(window, "checked")[:24]))
    problem = window.store.problem
    window.store.edit("change m", problem.with_dims({"n": 5, "m": 4, "k": 5}))
    qtbot.waitUntil(lambda: said(window, "SymPy") == "SymPy is looking …")
    window.store.edit("change m", problem.with_dims({"n": 5, "m": 2, "k": 5}))
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    assert said(window, "checked").startswith("Exact in all 4 entries.")
    assert not any("16 entries" in words for words in shown), "the sizes in between are never spoken of"


def cancel_button(window: MainWindow) -> QToolButton:
    head = window.docks.head("derivation")
    return next(button for button in head.findChildren(QToolButton) if button.text() == "Cancel")


def test_a_long_proof_can_be_cancelled_and_asked_for_again(
    qtbot: QtBot, look: Look, settings: QSettings, problem: Problem, made: Callable[..., Heard], prover: Prover,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:
    monkeypatch.setattr(proving, "PATIENCE", 200)
    heard = made(AT_FIRST.format(first=DEAF), str(tmp_path / "mark"))
    window = MainWindow(problem, look, settings, prover=heard.prover)
    qtbot.addWidget(window)
    window.show()
    window.derive()
    button = cancel_button(window)
    qtbot.waitUntil(button.isVisible, timeout=20_000)
    heard.works()
    qtbot.waitUntil(lambda: not window._showing.busy, timeout=20_000)
    assert said(window, "SymPy") == "SymPy is looking …"
    assert window.status.certified.right is True, "the derivation is there"
    button.click()
    assert not button.isVisible()
    qtbot.waitUntil(lambda: not window.busy)
    assert said(window, "SymPy") == "SymPy was stopped. Choose x again to let it go on."
    assert said(window, "checked").startswith("Residual ")
    chosen = window.tool_bar.variables.button("x")
    assert chosen is not None
    chosen.click()
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    assert said(window, "checked").startswith("Exact in all 9 entries.")
    window.close()


def test_an_edit_during_a_long_derivation_does_not_end_the_wait(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def derive_at_last(*asked: Any) -> Derivation:
        go.wait(20)
        return derive(*asked)

    monkeypatch.setattr(tutor.derive, "derive", derive_at_last)
    button = cancel_button(window)
    window.ask("W2")
    qtbot.waitUntil(button.isVisible)
    window.ask("b1")
    assert button.isVisible()
    go.set()
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    assert not button.isVisible()


WINDOW = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QSettings
from tutor.files.library import problem
from tutor.ui.session import application, make_window
app = application()
window = make_window(app, problem("backprop-5-3-5"), QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
window.derive()
prover, stay = window._answers._prover, sys.argv[2] == "stay"
while window.busy and not (stay and prover._asked):
    app.processEvents()
if stay:
    print(prover._process.processId(), flush=True)
    app.exec()
app.processEvents()
panel = next(panel for panel in window.docks.panels if panel.key == "derivation")
exact = [detail.words for step in panel.spec.steps for detail in step.details if detail.words.startswith("Exact in")]
print(prover._process.processId(), len(exact), "sympy" in sys.modules, flush=True)
window.close()
"""


def start(folder: Path, then: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WINDOW, str(folder / "settings.ini"), then], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@on_linux
def test_sympy_never_comes_into_the_windows_process(tmp_path: Path) -> None:
    with start(tmp_path, "close") as running:
        out, err = running.communicate(timeout=60)
    process, exact, loaded = out.split()
    assert (running.returncode, err, exact, loaded) == (0, "", "5", "False")
    assert not is_running(int(process))


@on_linux
def test_a_window_that_is_killed_takes_sympy_along(tmp_path: Path) -> None:
    with start(tmp_path, "stay") as running:
        assert running.stdout is not None
        process = int(running.stdout.readline())
        assert is_running(process)
        running.kill()
        running.wait(20)
    for _ in range(400):
        if not is_running(process):
            break
        time.sleep(0.05)
    assert not is_running(process)


def test_leaving_the_program_leaves_no_process(qapp: QApplication, made: Callable[..., Heard]) -> None:
    heard = made(DEAF)
    heard.prover.ask(question())
    heard.works()
    qapp.aboutToQuit.emit()
    assert heard.prover._process is None and not heard.prover.busy
