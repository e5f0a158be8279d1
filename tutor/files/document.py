"""A saved document: a problem with all its numbers, and how it was looked at, as one text file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from tutor.core.errors import TutorError, UnreadableError
from tutor.core.problem import Problem
from tutor.files.problem_file import problem_in, to_toml
from tutor.files.toml_text import TomlText, block, string
from tutor.language.suggestions import closest

LARGEST_FILE: Final = 20_000_000
"""Bytes a document may have."""

_BESIDE: Final = ("version", "draft", "view")
"""What a document has besides the problem."""
_TEXT: Final = (str, "a text in quotation marks")
_DRAFT: Final = {"draft": _TEXT}
_YES_OR_NO: Final = (bool, "true or false")
_VIEW: Final = {"joined": _YES_OR_NO, "reading": _TEXT, "products": _TEXT, "own_scales": _YES_OR_NO, "step": _TEXT,
                "path": _TEXT, "formula": _TEXT}

Table = dict[str, Any]
MIGRATIONS: Final[tuple[Callable[[Table], Table], ...]] = ()
"""What has to be done to the table of a file of version 1 to be one of version 2, and so on. When the format changes so
that older files would be misread, a migration is added at the end, and nothing else knows the older format."""


def version() -> int:
    """The version of the format that is written; a file that does not say which it has is of the first."""
    return 1 + len(MIGRATIONS)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a document keeps of the screen besides the variable asked for; zoom, colours and panels are the person's.

    Attributes:
        joined: Whether links that the derivation writes as one are shown as one factor.
        reading: The convention the derivation is read in, by its words; nothing for the usual one.
        products: What the Jacobians are multiplied to, ``left`` or ``right``; nothing for the links by themselves.
        own_scales: Whether each Jacobian has a colour scale of its own.
        step: The step of the derivation that is open, by its key; nothing for none, None for the usual one.
        path: The path that the Jacobians lie along, by its names from the output on; nothing for the usual one.
        formula: A person's own formula, as typed; nothing for none.
    """

    joined: bool = False
    reading: str = ""
    products: str = ""
    own_scales: bool = False
    step: str | None = None
    path: str = ""
    formula: str = ""


AS_USUAL: Final = Shown()
"""How a document is looked at that says nothing of it."""


class SavedDocument(NamedTuple):
    """What is in a file.

    Attributes:
        problem: The problem with its numbers.
        shown: How it was looked at.
        draft: The program's text as it was typed, while it is no program; nothing where it is the problem's.
        digest: What tells this content of the file from any other.
    """

    problem: Problem
    shown: Shown = Shown()
    draft: str = ""
    digest: str = ""


def load_document(path: Path) -> SavedDocument:
    """The document, or the problem, in a file.

    Raises:
        TutorError: the file cannot be read, or what is in it is no problem; says which file.
    """
    try:
        if path.exists() and not path.is_file():
            raise UnreadableError(f"{path} is not a file.")  # a device may have no end
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableError(f"{path.name} is larger than {LARGEST_FILE // 1_000_000} MB.")
        data = path.read_bytes()
        text = data.decode("utf-8-sig")  # some editors begin every file with a mark
    except UnicodeDecodeError:
        raise UnreadableError(f"{path.name} is not a text in UTF-8.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableError(f"{path} cannot be read: {reason}.") from None
    try:
        return read_document(text)._replace(digest=digest_of(data))
    except TutorError as error:
        raise type(error)(f"{path.name}: {error.sentence}", error.position) from None


def read_document(text: str) -> SavedDocument:
    """The document that a text holds; a problem without a view is one.

    Raises:
        TutorError: the text is of a later version or no problem, or its view cannot be used; with the place.
    """
    toml = TomlText(text)
    table = dict(toml.table)
    for migrate in MIGRATIONS[_version_in(toml) - 1 :]:
        table = migrate(table)
    toml.table = {key: value for key, value in table.items() if key not in _BESIDE}
    shown = Shown(**_values(toml, table.get("view", {}), _VIEW, "[view]", "view"))
    (draft,) = _values(toml, {"draft": table.get("draft", "")}, _DRAFT, "a document").values()
    return SavedDocument(problem_in(toml), shown, draft)


def document_text(problem: Problem, shown: Shown, draft: str = "") -> str:
    """A document as a text that reads back as the same one, every number bit by bit.

    Raises:
        UnusableNumbersError: a number is not finite, so that no file could give it back.
    """
    head = [f"version = {version()}"]
    if draft:
        head.append(f"draft = {block(draft)}")
    view = ["", "[view]", f"joined = {'true' if shown.joined else 'false'}"]
    texts = {"reading": shown.reading or None, "products": shown.products or None, "step": shown.step,
             "path": shown.path or None, "formula": shown.formula or None}
    for key, text in texts.items():
        if text is not None:
            view.append(f"{key} = {string(text)}")
    if shown.own_scales:
        view.append("own_scales = true")
    return "\n".join([*head, to_toml(problem).rstrip("\n"), *view]) + "\n"


def digest_of(data: bytes) -> str:
    """What tells this content of a file from any other."""
    return sha256(data).hexdigest()


def _version_in(toml: TomlText) -> int:
    found = toml.table.get("version", 1)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise UnreadableError("The version has to be a whole number from 1.", toml.position("version"))
    if found > version():
        raise UnreadableError(f"This document is of version {found}, from a later release of the program; this one "
                              f"reads up to version {version()}.", toml.position("version"))
    return found


def _values(
    toml: TomlText, table: object, known: Mapping[str, tuple[type, str]], what: str, *path: str
) -> dict[str, Any]:
    """The values of a table, each of the kind it has to be."""
    if not isinstance(table, Mapping):
        raise UnreadableError("`view` has to be a table: a line [view], and its keys below.", toml.position(*path))
    for name, value in table.items():
        place = toml.position(*path, name)
        if name not in known:
            meant = closest(name, known)
            hint = f"Did you mean {meant}?" if meant else f"Its keys are {', '.join(known)}."
            raise UnreadableError(f"`{name}` is not a key of {what}. {hint}", place)
        kind, wanted = known[name]
        if not isinstance(value, kind):
            raise UnreadableError(f"`{name}` has to be {wanted}.", place)
    return dict(table)
