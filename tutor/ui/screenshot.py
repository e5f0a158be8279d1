"""A picture of the real window, made without a display."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.core.errors import TutorError
from tutor.core.problem import Problem

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from tutor.ui.window import MainWindow

SMALLEST: Final = (1024, 640)
"""The window is never smaller."""

LARGEST: Final = 8192
"""Neither side of a picture is longer, in px of the window."""

PATIENCE: Final = 60.0
"""Seconds after which a window is photographed as it is, complete or not."""


def save_window(problem: Problem, out: Path, theme: str, size: str, ratio: float = 2.0) -> None:
    """Show a problem in the window, wait until every panel is complete, and save what is seen.

    Args:
        problem: What it opens on.
        out: The file; a picture of dots in all of .png, .svg and .pdf.
        theme: ``light`` or ``dark``; ``print`` is light.
        size: Width and height of the window, ``1440x900``.
        ratio: Dots of the picture a px of the window.

    Raises:
        TutorError: the size or the file's ending is not usable, or the file cannot be written.
    """
    width, height = _size(size)
    if out.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise TutorError(f"{out.name} does not say which format is meant. End it with .svg, .pdf or .png.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = f"{ratio:g}"
    from PySide6.QtCore import QSettings

    from tutor.ui.session import application, make_window

    app = application()
    with tempfile.TemporaryDirectory() as folder:
        # The picture must not depend on how this person last left the window, nor change it.
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        window = make_window(app, problem, settings)
        window.choose_theme("dark" if theme == "dark" else "light")
        window.resize(width, height)
        window.show()
        window.derive()
        _wait(window)
        if (focused := window.focusWidget()) is not None:
            focused.clearFocus()  # a picture has no caret
        picture = window.grab()
        window.close()
    _write(picture, out)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()) or not (
        SMALLEST[0] <= int(width) <= LARGEST and SMALLEST[1] <= int(height) <= LARGEST
    ):
        raise TutorError(f"{text} is not a size. Write it as 1440x900, between {SMALLEST[0]}x{SMALLEST[1]} and "
                         f"{LARGEST}x{LARGEST}.")
    return int(width), int(height)


def _wait(window: MainWindow) -> None:
    """Let the window work until nothing is on its way."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    end = time.monotonic() + PATIENCE
    while window.busy and time.monotonic() < end:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
    # What arrived last may still move what stands under it, and that what stands under that.
    settled = time.monotonic() + 0.2
    while time.monotonic() < settled:
        QCoreApplication.processEvents()


def _write(picture: QPixmap, out: Path) -> None:
    """The picture in the format of the file's ending; in a vector file it is one image."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
    from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

    kind = out.suffix.lower()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if kind == ".pdf":
        size = QSizeF(picture.deviceIndependentSize()) * 0.75
        writer = QPdfWriter(buffer)
        writer.setPageLayout(QPageLayout(QPageSize(size, QPageSize.Unit.Point, "window"),
                                         QPageLayout.Orientation.Portrait, QMarginsF()))
        with QPainter(writer) as painter:
            painter.drawPixmap(painter.viewport(), picture)
    else:
        picture.save(buffer, "PNG")
    try:
        if kind == ".svg":
            out.write_text(_svg(picture, bytes(data.toBase64().data()).decode("ascii")), encoding="utf-8")
        else:
            out.write_bytes(data.data())
    except OSError as error:
        raise TutorError(f"{out} cannot be written: {error.strerror or error}.") from error


def _svg(picture: QPixmap, encoded: str) -> str:
    size = picture.deviceIndependentSize()
    width, height = f"{size.width():g}", f"{size.height():g}"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}"><title>Chain Rule Tutor</title>'
            f'<image width="{width}" height="{height}" href="data:image/png;base64,{encoded}"/></svg>\n')
