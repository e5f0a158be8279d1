from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tutor.ui.app import NO_DISPLAY, has_display, main


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
