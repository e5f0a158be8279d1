from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from tutor.core.errors import TutorError
from tutor.ui import jobs
from tutor.ui.jobs import Job


@pytest.fixture
def job(qtbot: QtBot) -> Iterator[Job]:
    job = Job()
    yield job
    job.close()


def test_answers_arrive(qtbot: QtBot, job: Job) -> None:
    with qtbot.waitSignal(job.answered) as answer:
        job.ask(lambda: 42)
        assert job.busy
    assert answer.args == [42]
    assert not job.busy


def test_late_answers_are_dropped(qtbot: QtBot, job: Job) -> None:
    may_end = threading.Event()
    answers: list[object] = []
    job.answered.connect(answers.append)
    has_begun = threading.Event()
    job.ask(lambda: (has_begun.set(), may_end.wait(10), "old")[2])
    qtbot.waitUntil(has_begun.is_set)
    job.ask(lambda: "new")
    may_end.set()
    qtbot.waitUntil(lambda: bool(answers))
    qtbot.waitUntil(lambda: not job.busy)
    assert answers == ["new"]


def test_a_question_that_has_not_begun_never_begins(qtbot: QtBot, job: Job) -> None:
    may_end, has_begun = threading.Event(), threading.Event()
    begun: list[str] = []
    job.ask(lambda: (has_begun.set(), may_end.wait(10)))
    qtbot.waitUntil(has_begun.is_set)
    job.ask(lambda: begun.append("second"))
    with qtbot.waitSignal(job.answered):
        job.ask(lambda: begun.append("third"))
        may_end.set()
    assert begun == ["third"]


def test_cancelled_answers_are_dropped(qtbot: QtBot, job: Job) -> None:
    may_end = threading.Event()
    answers: list[object] = []
    job.answered.connect(answers.append)
    has_begun = threading.Event()
    job.ask(lambda: (has_begun.set(), may_end.wait(10)))
    qtbot.waitUntil(has_begun.is_set)
    job.cancel()
    may_end.set()
    job.close()
    qtbot.wait(1)
    assert answers == []
    assert not job.busy


def test_what_was_cancelled_does_not_hold_up_the_next_question(qtbot: QtBot, job: Job) -> None:
    may_end = threading.Event()
    begun = threading.Event()
    job.ask(lambda: (begun.set(), may_end.wait(10)))
    qtbot.waitUntil(begun.is_set)
    job.cancel()
    with qtbot.waitSignal(job.answered) as answer:
        job.ask(lambda: may_end.is_set())
    assert answer.args == [False]
    may_end.set()


def test_closing_does_not_wait_for_work_that_goes_on(
    qtbot: QtBot, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOMENT", 1)
    begun, may_end = threading.Event(), threading.Event()
    ended: list[bool] = []
    job.ask(lambda: (begun.set(), ended.append(may_end.wait(10))))
    qtbot.waitUntil(begun.is_set)
    job.close()
    assert ended == []
    may_end.set()


UNENDING = """
from PySide6.QtCore import QCoreApplication, QTimer
from tutor.ui.jobs import Job

def work():
    QTimer.singleShot(0, application, end)
    while True:
        pass

def end():
    job.close()
    application.quit()

application = QCoreApplication([])
job = Job()
job.ask(work)
application.exec()
"""


def test_the_program_ends_also_while_it_works() -> None:
    ended = subprocess.run([sys.executable, "-c", UNENDING], cwd=Path(__file__).parents[2], timeout=60)
    assert ended.returncode == 0


def test_expected_errors_are_answers(qtbot: QtBot, job: Job) -> None:
    def refuse() -> None:
        raise TutorError("L is a matrix.")

    with qtbot.waitSignal(job.refused) as refusal:
        job.ask(refuse)
    assert str(refusal.args[0]) == "L is a matrix."


def test_bugs_are_raised_on_the_event_loop(qtbot: QtBot, job: Job) -> None:
    def fail() -> None:
        raise ZeroDivisionError("a bug")

    with capture_exceptions() as caught:
        job.ask(fail)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_long_waits_are_told_and_ended(qtbot: QtBot, job: Job) -> None:
    may_end = threading.Event()
    told: list[bool] = []
    job.waited.connect(told.append)
    with qtbot.waitSignal(job.waited):
        job.ask(lambda: may_end.wait(10))
    assert told == [True]
    may_end.set()
    qtbot.waitUntil(lambda: not job.busy)
    assert told == [True, False]
