"""What is said of a marked formula, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tutor.marking.marks import Marking, Repair

_HEADS = {"wrong": "Wrong. ", "unreadable": "Not readable. "}


def as_data(marked: Marking) -> dict[str, Any]:
    """The marking as plain data, for JSON."""
    data: dict[str, Any] = {
        "verdict": marked.verdict, "reason": marked.reason, "message": marked.message, "read_as": marked.read_as,
        "repairs": [
            {"edits": [{"kind": edit.kind, "text": edit.text, "why": edit.why} for edit in repair.edits],
             "formula": repair.formula, "other_layout": repair.turned}
            for repair in marked.repairs
        ],
        "notes": list(marked.notes),
    }
    if marked.position is not None:
        data["position"] = {"line": marked.position.line, "column": marked.position.column}
    return data


def as_text(marked: Marking) -> Iterator[str]:
    """The marking as lines of text."""
    if marked.read_as:
        yield f"read as   {marked.read_as}"
    place = f"line {marked.position.line}, column {marked.position.column}: " if marked.position is not None else ""
    yield f"verdict   {_HEADS.get(marked.verdict, '')}{place}{marked.message}"
    if marked.repairs:
        yield from _repair(marked.repairs[0])
        for other in marked.repairs[1:]:
            yield f"or if     you {_edits(other)}"
    for note in marked.notes:
        yield f"note      {note}"


def _repair(repair: Repair) -> Iterator[str]:
    yield f"right if  you {_edits(repair)}"
    for why in dict.fromkeys(edit.why for edit in repair.edits):
        yield f"because   {why}"
    layout = ", in the other layout" if repair.turned else ""
    yield f"repaired  {repair.formula}{layout}"


def _edits(repair: Repair) -> str:
    return ", and ".join(edit.text for edit in repair.edits)
