from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tutor.ui.app import NO_DISPLAY, NO_QT, has_display, main


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_has_display(environment: dict[str, str], platform: str, expected: bool) -> None:
    assert has_display(environment, platform) is expected


@pytest.mark.skipif(sys.platform != "linux", reason="only a Linux can be without a display")
def test_without_a_display_it_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == NO_DISPLAY + "\n"
    for command in ("derive", "check", "figure", "problems"):
        assert command in said.err


@pytest.mark.skipif(sys.platform != "linux", reason="only a Linux can be without a display")
def test_without_a_display_nothing_of_qt_is_loaded() -> None:
    code = "import sys; from tutor.ui.app import main; main([]); sys.exit('PySide6' in sys.modules)"
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=60)
    assert done.returncode == 0


class Failing:
    """An importer that cannot load the window."""

    def __init__(self, error: ImportError) -> None:
        self._error = error

    def find_spec(self, name: str, _path: object, _target: object = None) -> None:
        """Fail at the one, leave the others to the next importer."""
        if name == "tutor.ui.session":
            raise self._error


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[ImportError], None]]:
    def fail_with(error: ImportError) -> None:
        monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
        monkeypatch.delitem(sys.modules, "tutor.ui.session", raising=False)
        monkeypatch.setattr(sys, "meta_path", [Failing(error), *sys.meta_path])

    yield fail_with
    gc.enable()


@pytest.mark.parametrize("error", [
    ModuleNotFoundError("No module named 'PySide6'", name="PySide6"),
    ImportError("libEGL.so.1: cannot open shared object file", name="QtGui", path="/a/PySide6/QtGui.abi3.so"),
])
def test_where_qt_cannot_be_loaded_it_says_so_in_one_line(
    fail: Callable[[ImportError], None], capsys: pytest.CaptureFixture[str], error: ImportError
) -> None:
    fail(error)
    assert main([]) == 2
    assert capsys.readouterr().err == NO_QT.format(why=error) + "\n"


@pytest.mark.parametrize("error", [
    ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib"),
    ImportError("cannot import name 'f' from 'tutor' (/usr/lib/python3)", name="tutor", path="/usr/lib/python3/tutor"),
])
def test_another_module_that_cannot_be_loaded_is_not_called_qt(
    fail: Callable[[ImportError], None], error: ImportError
) -> None:
    fail(error)
    with pytest.raises(ImportError) as raised:
        main([])
    assert raised.value is error
