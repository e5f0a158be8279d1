from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tutor.ui.notices import CRASHED, KEPT, Notices


@pytest.fixture
def notices(qtbot: QtBot) -> Iterator[Notices]:
    notices = Notices()
    notices.install()
    yield notices
    notices.uninstall()


def fail(what: str) -> None:
    try:
        raise ValueError(what)
    except ValueError:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]


def test_a_bug_becomes_a_sentence(qtbot: QtBot, notices: Notices, capsys: pytest.CaptureFixture[str]) -> None:
    with qtbot.waitSignal(notices.noticed) as notice:
        fail("a wrong index")
    sentence, details = notice.args
    assert "ValueError: a wrong index" in sentence
    assert "Traceback" in details
    assert "Traceback" in capsys.readouterr().err


def test_the_document_is_saved_before_anything_is_shown(qtbot: QtBot, notices: Notices) -> None:
    order: list[str] = []
    notices.rescue = lambda: order.append("saved")
    notices.noticed.connect(lambda *_: order.append("shown"))
    with qtbot.waitSignal(notices.noticed) as notice:
        fail("x")
    assert order == ["saved", "shown"]
    assert KEPT in notice.args[0]


def test_a_repeated_bug_is_told_once(notices: Notices) -> None:
    told: list[str] = []
    notices.noticed.connect(lambda sentence, _: told.append(sentence))
    for _ in range(3):
        fail("in every frame")
    assert len(told) == 1


def test_a_failing_rescue_does_not_hide_the_bug(notices: Notices, caplog: pytest.LogCaptureFixture) -> None:
    def rescue() -> None:
        raise OSError("the disk is full")

    told: list[str] = []
    notices.rescue = rescue
    notices.noticed.connect(lambda sentence, _: told.append(sentence))
    fail("x")
    assert len(told) == 1
    assert KEPT not in told[0], "nothing is claimed that is not so"
    assert [r.levelno for r in caplog.records] == [logging.ERROR]
    caplog.clear()


def test_bugs_of_other_threads_arrive(qtbot: QtBot, notices: Notices) -> None:
    with qtbot.waitSignal(notices.noticed) as notice:
        thread = threading.Thread(target=lambda: [][1])
        thread.start()
        thread.join()
    assert "IndexError" in notice.args[0]


def test_hooks_are_put_back(qtbot: QtBot) -> None:
    before = (sys.excepthook, threading.excepthook)
    notices = Notices()
    notices.install()
    assert sys.excepthook is not before[0]
    notices.uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def test_the_crash_of_an_earlier_session_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    crash = tmp_path / "data" / "crash.log"
    crash.parent.mkdir()
    crash.write_text("Fatal Python error: Segmentation fault")
    notices = Notices()
    with qtbot.waitSignal(notices.noticed) as notice:
        notices.install(crash)
    notices.uninstall()
    assert notice.args == [CRASHED, "Fatal Python error: Segmentation fault"]
    assert crash.read_text() == ""
