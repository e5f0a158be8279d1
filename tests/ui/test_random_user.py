"""A random user breaks nothing and leaves nothing stale. The run here is short; the long one is

    python -m pytest tests/ui/test_random_user.py --actions 10000 --seeds 1 2 3

What was done stands in ``actions.txt`` in the folder of the test, even if the process is gone.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings, QSize
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.exceptions import capture_exceptions, format_captured_exceptions
from pytestqt.qtbot import QtBot

from tests.ui.random_user import Person, RandomUser
from tests.ui.what_is_seen import panel_of, pictures, words
from tutor.core.evaluate import Evaluation
from tutor.core.problem import Problem
from tutor.derive import Derivation
from tutor.files import library
from tutor.ui.documents import Ready
from tutor.ui.panels.check import METHODS, CheckPanel
from tutor.ui.panels.numbers import NumbersPanel
from tutor.ui.prover import Prover
from tutor.ui.theme import Look
from tutor.ui.window import MainWindow

BETWEEN = 250
"""Actions after which everything is compared with a new window."""

COUNTED = (MainWindow, Problem, Evaluation, Derivation)
"""What must not become more and more."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("seed", metafunc.config.getoption("--seeds"))


@pytest.fixture
def open_on(qtbot: QtBot, look: Look, settings: QSettings, prover: Prover) -> Iterator[Callable[..., MainWindow]]:
    """Opens a window with everything there is."""
    windows: list[MainWindow] = []
    gallery = [Ready(title, partial(library.problem, name), name) for name, title, *_ in library.ready_made()]

    def open_on(problem: Problem, file: Path | None = None, **given: object) -> MainWindow:
        own = QSettings(str(file), QSettings.Format.IniFormat) if file is not None else settings
        window = MainWindow(problem, look, own, gallery, prover=prover, **given)  # type: ignore[arg-type]
        if file is None:  # the others go as soon as they were compared
            windows.append(window)
            qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        window.derive()
        qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
        return window

    yield open_on
    for window in windows:
        window.store.keep("kept")  # or closing it asks whether the edits are to be saved
        window.close()


def test_a_random_user(
    seed: int, request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path, open_on: Callable[..., MainWindow]
) -> None:
    person, actions = Person(), request.config.getoption("--actions")
    window = open_on(library.problem(library.FIRST), questions=person, document=library.FIRST)
    window.docks.bring("formula")  # what it is made of is there from the start
    window.docks.dock("formula").close()  # type: ignore[union-attr]
    with (tmp_path / "actions.txt").open("w", buffering=1) as log:
        user = RandomUser(window, person, tmp_path, seed, lambda what: log.write(f"{number}: {what}\n"))
        counts: list[Counter[str]] = []
        for number in range(1, actions + 1):
            watched(request, user.act)
            if number % BETWEEN == 0 or number == actions:
                watched(request, user.rest)
                compare(window, open_on, tmp_path / f"fresh-{number}.ini")
            if number in (actions // 3, actions):
                counts.append(population(window, user))
    before, after = counts
    for what, number in after.items():
        # Some memories are not full after the first third; they are bounded, and a long run would show it.
        assert number <= 1.02 * before[what] + 100, f"{what}: {before[what]} → {number}"


def watched(request: pytest.FixtureRequest, act: Callable[[], None]) -> None:
    """Do something, and fail at once if it is answered with an exception or a warning."""
    log = request.getfixturevalue("qtlog")
    with capture_exceptions() as caught:
        act()
    assert not caught, format_captured_exceptions(caught)
    warned = [record.message for record in log.records if record.log_type_name != "DEBUG" and not record.ignored]
    assert not warned


def compare(window: MainWindow, open_on: Callable[..., MainWindow], file: Path) -> None:
    """Every panel shows what a new window shows of the same document."""
    name, draft = window.store.document.name, window.store.document.draft
    fresh = open_on(window.store.problem, file, document=name, draft=draft, shown=window.documents.shown())
    try:
        look_alike(window, fresh)
        said, expected = words(window), words(fresh)
        different = [f"{key}:\n  {said.get(key)}\n  {expected.get(key)} in a new window"
                     for key in {**said, **expected} if said.get(key) != expected.get(key)]
        assert not different, "\n".join(different)
        shown, anew = pictures(window), pictures(fresh)
        assert shown.keys() == anew.keys()
        wrong = [key for key in shown if shown[key] != anew[key]]
        for key in wrong:
            for image, which in ((shown[key], "used"), (anew[key], "new")):
                image.save(str(file.with_name(f"{file.stem}-{key}-{which}.png")))
        assert not wrong, f"{wrong} look different, see {file.parent}"
    finally:
        fresh.close()
        fresh.deleteLater()


def look_alike(window: MainWindow, fresh: MainWindow) -> None:
    """Bring what belongs to no document from one window to the other."""
    used, new = panel_of(window, CheckPanel), panel_of(fresh, CheckPanel)
    check = used.view.check if used.view is not None else None
    new.method.setCurrentIndex(used.method.currentIndex())
    new.check_wanted.emit(METHODS[used.method.currentIndex()][0], check.step if check is not None else None)
    new.list.chosen.emit(used.list.current)
    numbers = panel_of(window, NumbersPanel)
    for part in (numbers, *map(numbers.table, window.store.problem.numbers)):
        part._refuse("")  # why something was not taken stands till the next edit
    size = window.size()
    for room in (size - QSize(40, 40), size):  # how large cells are is decided anew where the room is another
        for one in (window, fresh):
            one.resize(room)
            one.reset_panels()
        for _ in range(20):
            QApplication.processEvents()
    for area in (*window.findChildren(QScrollArea), *fresh.findChildren(QScrollArea)):
        for bar in (area.verticalScrollBar(), area.horizontalScrollBar()):
            bar.setValue(0)


def population(window: MainWindow, user: RandomUser) -> Counter[str]:
    """How many of everything there are, with the same problem open, nothing to undo and no window beside."""
    window.store.open(library.problem(library.FIRST), library.FIRST)
    window.store._done.clear()
    user.rest()
    window._answers._quiet.stop()
    end = time.monotonic() + 20
    while window._answers._ahead.busy and time.monotonic() < end:
        QApplication.processEvents()  # Python cannot count what another thread is just making
    for _ in range(3):
        QApplication.processEvents()
        gc.collect()
    counted = Counter(
        kind.__name__ for thing in gc.get_objects() for kind in COUNTED if isinstance(thing, kind))
    counted["objects of Qt"] = len(window.findChildren(QObject))
    counted["top-level widgets"] = len(QApplication.topLevelWidgets())
    return counted
