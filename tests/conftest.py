"""What every test gets: no screen, no settings of the person who runs it, nothing left behind, nothing logged."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything imports Qt: tests never open a window on somebody's screen.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# The offscreen platform follows these as a desktop would; a test that wants dark says so itself.
os.environ.pop("QT_QPA_PLATFORMTHEME", None)
os.environ.pop("QT_STYLE_OVERRIDE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much the random user does; see test_random_user.py."""
    parser.addoption("--actions", type=int, default=60, help="what a random user does in the window, so many things")
    parser.addoption("--seeds", type=int, nargs="+", default=[1], help="random users, each from a seed")


@pytest.fixture(scope="session", autouse=True)
def isolated_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Settings and documents of the user are neither read nor written."""
    try:
        from PySide6.QtCore import QSettings, QStandardPaths
    except ImportError:  # a machine without Qt's libraries still tests the rest
        return
    QStandardPaths.setTestModeEnabled(True)
    folder = str(tmp_path_factory.mktemp("settings"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for kind in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, folder)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The arguments that the program itself gives to Qt."""
    from tutor.ui.session import STYLE

    return ["tests", *STYLE]


@pytest.fixture(autouse=True)
def nothing_left_on_screen(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that leaves a top-level widget alive fails: in the window it would be a leak.

    The usual cause is a connection to a ``functools.partial`` or a lambda that holds the widget.
    """
    yield
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return
    application = widgets.QApplication.instance()
    from PySide6.QtCore import QCoreApplication, QEvent

    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        application.processEvents()
    left = [w for w in application.topLevelWidgets() if not is_furniture(w)]
    described = [f"{w!r} {w.objectName()}" for w in left]
    for widget in left:
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not left, f"left on screen: {described}"


def is_furniture(widget: object) -> bool:
    """Whether Qt made the top-level widget for itself and keeps it: the container of a combo box, a tool tip."""
    name = type(widget).__name__
    return name in {"QComboBoxPrivateContainer", "QTipLabel"} or widget.objectName() == "qt_scrollarea_hcontainer"  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def nothing_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A record of WARNING or worse fails the test; one that is expected is checked and cleared by the test."""
    yield
    records = [r for phase in ("setup", "call") for r in caplog.get_records(phase) if r.levelno >= logging.WARNING]
    assert not records, f"logged: {[r.getMessage() for r in records]}"


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return Path(__file__).resolve().parents[1]
