"""Pictures of the real window, made on a machine without a display."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from tutor.core.errors import TutorError
from tutor.figures.palette import DARK
from tutor.files.library import problem
from tutor.ui.screenshot import save_window

ROOT = Path(__file__).resolve().parents[2]


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python without a display, and without this test's own settings."""
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("DISPLAY", "WAYLAND_DISPLAY") and not k.startswith("QT_")}
    return subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, capture_output=True,
                          text=True, timeout=120)


SAVE = """
import sys
from pathlib import Path
from tutor.files.library import problem
from tutor.ui.screenshot import save_window
folder = Path(sys.argv[1])
save_window(problem("backprop-5-3-5"), folder / "window.png", "dark", "1100x700", 1.0)
save_window(problem("relu-network"), folder / "window.pdf", "print", "1024x640", 1.0)
"""


PANEL_AREAS = {"program": (0, 110, 255, 250), "numbers": (0, 400, 255, 650), "derivation": (275, 110, 690, 500),
               "Jacobians": (720, 110, 1090, 480), "check": (275, 575, 1090, 670)}
"""Where the panels stand at 1100×700: left, top, right, bottom."""


def test_a_picture_of_dots_and_another_inside_pdf(tmp_path: Path) -> None:
    done = run(SAVE, str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    image = QImage(str(tmp_path / "window.png"))
    assert (image.width(), image.height()) == (1100, 700)
    desk, sheet = (QColor(colour).rgb() for colour in (DARK.desk, DARK.sheet))
    seen = [image.pixel(x, y) for x in range(0, 1100, 3) for y in range(0, 700, 3)]
    assert seen.count(sheet) > len(seen) / 4, "the sheets of the panels"
    assert seen.count(desk) > 50
    # Every panel is complete: none of their places is a blank sheet, and the matrices are there in colours.
    blank = {sheet, desk}
    for place, area in PANEL_AREAS.items():
        left, top, right, bottom = area
        dots = [image.pixel(x, y) for x in range(left, right, 2) for y in range(top, bottom, 2)]
        assert sum(dot not in blank for dot in dots) > len(dots) / 40, f"{place} is empty"
    for place in ("numbers", "Jacobians", "check"):
        left, top, right, bottom = PANEL_AREAS[place]
        found = Counter(image.pixel(x, y) for x in range(left, right, 2) for y in range(top, bottom, 2))
        coloured = [c for c, n in found.items() if n > 20 and QColor(c).hslSaturation() > 60]
        assert len(coloured) > 3, f"{place} has no coloured cells"
    # The other has the size of its window.
    data = (tmp_path / "window.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox \[0(?:\.0+)? 0(?:\.0+)? ([\d.]+) ([\d.]+)\]", data)
    assert box is not None
    assert (float(box[1]), float(box[2])) == pytest.approx((768, 480), abs=1)
    assert len(data) > 20_000, "the picture is in it"


WRITE = """
import os, sys
from pathlib import Path
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtGui import QPixmap
from tutor.core.errors import TutorError
from tutor.ui.screenshot import _write
from tutor.ui.session import application
app = application()
picture = QPixmap(30, 20)
for out in sys.argv[1:]:
    try:
        _write(picture, Path(out))
    except TutorError as error:
        print(error)
"""


def test_a_file_that_cannot_be_written_is_said_in_one_line_each(tmp_path: Path) -> None:
    done = run(WRITE, *(str(tmp_path / "missing" / f"window.{kind}") for kind in ("png", "svg", "pdf")))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert all("cannot be written: No such file or directory" in line for line in lines)


@pytest.mark.parametrize("size", ["", "x", "1440", "1440x", "900x900", "1440x500", "9000x900", "1440x900x2", "1e3x900",
                                  "-1440x900", "²000x900"])
def test_sizes_that_cannot_be_had(tmp_path: Path, size: str) -> None:
    with pytest.raises(TutorError, match="is not a size"):
        save_window(problem("backprop-5-3-5"), tmp_path / "a.png", "light", size)


@pytest.mark.parametrize("name", ["a", "a.jpg", "png"])
def test_endings_that_say_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(TutorError, match="does not say which format is meant"):
        save_window(problem("backprop-5-3-5"), tmp_path / name, "light", "1440x900")


def test_the_smallest_picture_is_the_smallest_window() -> None:
    from tutor.ui import screenshot, window

    assert (window.SMALLEST.width(), window.SMALLEST.height()) == screenshot.SMALLEST
