"""The ready-made problems, by name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from tutor.core.errors import TutorError, UnreadableError
from tutor.core.problem import Problem
from tutor.core.resources import resources
from tutor.files.document import SavedDocument, load_document
from tutor.files.toml_text import TomlText
from tutor.language.suggestions import closest

FIRST: Final = "backprop-5-3-5"
"""The problem that everything starts with."""


class ReadyMade(NamedTuple):
    """A ready-made problem as a menu shows it."""

    name: str
    title: str
    look_for: str


def problem(name_or_path: str) -> Problem:
    """A ready-made problem by its name, or the problem in a file.

    Raises:
        TutorError: there is neither, or the file cannot be used; says where and why.
    """
    return document(name_or_path).problem


def document(name_or_path: str) -> SavedDocument:
    """The same, with how it was looked at when it was saved.

    Raises:
        TutorError: there is neither, or the file cannot be used; says where and why.
    """
    files = _files()
    if name_or_path in files:
        return load_document(files[name_or_path])
    path = Path(name_or_path)
    with suppress(RuntimeError):  # nobody is called so, and it is a path like any other
        path = path.expanduser()
    if _exists(path):
        return load_document(path)
    if path.suffix or len(path.parts) > 1:
        raise UnreadableError(f"There is no file {name_or_path}.")
    meant = closest(name_or_path, files)
    hint = f"Did you mean {meant}?" if meant else f"There is {', '.join(files)}."
    raise UnreadableError(f"There is no ready-made problem and no file called {name_or_path}. {hint}")


def ready_made() -> tuple[ReadyMade, ...]:
    """All ready-made problems, the one of the question first.

    Raises:
        TutorError: a file of the library is damaged.
    """
    return tuple(_entry(name, path) for name, path in _files().items())


def is_ready_made(name: str) -> bool:
    """Whether a ready-made problem is called so."""
    return name in _files()


def _files() -> dict[str, Path]:
    """The files of the library by name."""
    found = sorted(resources().joinpath("problems").glob("*.toml"), key=lambda path: (path.stem != FIRST, path.stem))
    return {path.stem: path for path in found}


def _entry(name: str, path: Path) -> ReadyMade:
    """What a menu shows; the program is not read for it."""
    try:
        table = TomlText(path.read_text(encoding="utf-8")).table
    except (TutorError, OSError, ValueError) as error:
        sentence = error.sentence if isinstance(error, TutorError) else str(error)
        raise UnreadableError(f"{path.name}: {sentence}") from None
    title, look_for = table.get("title", name), table.get("look_for", "")
    return ReadyMade(name, str(title), str(look_for))


def _exists(path: Path) -> bool:
    """Whether there is something at a path; a text that can be no path is at none."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
