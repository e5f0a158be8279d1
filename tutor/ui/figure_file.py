"""A figure of the problem as a file: what is wanted of it, the file itself, and the command that makes the same."""

from __future__ import annotations

import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from tutor.core.problem import Problem
from tutor.figures.products import READINGS, Reading
from tutor.files.document import AS_USUAL, Shown

if TYPE_CHECKING:
    from tutor.figures.export import Saved

READ: Final = ("derivation", "chain", "jacobians")
"""The pictures that follow how the derivation is read."""


class Figure(NamedTuple):
    """What is wanted of a file.

    Attributes:
        problem: What it shows.
        panel: Which picture of it, by the name the command line has for it.
        kind: The ending that says the format.
        theme: The colours.
        width: In mm.
        dpi: Dots per inch of a PNG.
        shown: How it is looked at.
    """

    problem: Problem
    panel: str = "jacobians"
    kind: str = "pdf"
    theme: str = "print"
    width: int = 160
    dpi: int = 200
    shown: Shown = AS_USUAL


def rendered(figure: Figure, stem: str, alone: Lock) -> tuple[bytes, Saved]:
    """What a file would hold, and what has to be said about it.

    Args:
        figure: What is wanted.
        stem: The file's name without its ending; LaTeX source says it.
        alone: Held while it is drawn.

    Raises:
        TutorError: there is no such picture.
    """
    from tutor.derive.conventions import Convention
    from tutor.figures import export

    with alone, TemporaryDirectory() as folder:
        out, shown = Path(folder) / f"{stem}.{figure.kind}", figure.shown
        saved = export.save_panel(figure.panel, export.Order(
            figure.problem, out, export.THEMES[figure.theme], figure.width, figure.dpi,
            Convention.named(shown.reading), shown.joined, shown.path, _products(shown), shown.own_scales))
        return out.read_bytes(), saved


def written(figure: Figure, path: Path, alone: Lock) -> tuple[Path, Saved]:
    """Writes the file, and says what has to be said about it.

    Args:
        figure: What is wanted.
        path: The file.
        alone: Held while it is drawn.

    Raises:
        TutorError: there is no such picture, or no such file.
    """
    from tutor.files.writing import write_whole

    data, saved = rendered(figure, path.stem, alone)
    write_whole(path, data)
    return path, saved


def command(figure: Figure, name: str) -> str:
    """What makes the same file without the window.

    Args:
        figure: What is wanted.
        name: The problem's file, or the name of a ready-made one.
    """
    words = ["chain-rule-tutor", "figure", name, "--panel", figure.panel, "--wrt", figure.problem.wrt,
             "--out", f"{figure.panel}.{figure.kind}", "--width", str(figure.width), "--theme", figure.theme]
    words += ["--dpi", str(figure.dpi)] if figure.kind == "png" else []
    return shlex.join([*words, *(_reading_options(figure) if figure.panel in READ else [])])


def remarks(saved: Saved) -> list[str]:
    """What has to be said about a picture, in sentences."""
    uncertified = [] if saved.certified else ["Not everything in it is certified, or agrees."]
    return [*saved.notes, *uncertified]


def _reading_options(figure: Figure) -> list[str]:
    """What the command line calls a reading that is not the usual one."""
    from tutor.derive.conventions import Convention
    from tutor.derive.derivation import paths
    from tutor.derive.views import path_key

    shown = figure.shown
    convention, usual = Convention.named(shown.reading), Convention()
    options = [(f"--{name}", getattr(convention, name)) for name in ("vectors", "style", "layout")
               if getattr(convention, name) != getattr(usual, name)]
    switches = [("--spelled", convention.spelled), ("--joined", shown.joined)]
    if figure.panel == "jacobians":
        known = map(path_key, paths(figure.problem.program, figure.problem.wrt))
        options += [("--path", shown.path)] if shown.path in known else []
        options += [("--products", shown.products)] if shown.products else []
        switches += [("--own-scales", shown.own_scales)]
    return [*(word for option in options for word in option), *(switch for switch, on in switches if on)]


def _products(shown: Shown) -> Reading:
    return next((reading for reading in READINGS if reading == shown.products), "local")
