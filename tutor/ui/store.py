"""The one mutable place: the current problem and how it became so."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Signal

from tutor.core.problem import Problem

STEPS: Final = 1000
"""So many steps can be taken back; older ones are forgotten, or a long session would take ever more memory."""


class Document(NamedTuple):
    """A problem, and what it was opened from.

    Attributes:
        problem: As it is, edited or not.
        name: The ready-made problem's name, or the path of the file; nothing where it comes from neither.
        draft: The text that is being typed while it is no program; nothing where it is the problem's.
    """

    problem: Problem
    name: str = ""
    draft: str = ""


class Step(NamedTuple):
    """One step of undo.

    Attributes:
        text: What was done, as it stands after "Undo".
        old: What was there before.
        new: What was there after.
        gesture: The movement of the hand it belongs to, which may lead on; None for none.
        opens: Whether it opened another document. Otherwise the document keeps the name it has by now.
    """

    text: str
    old: Document
    new: Document
    gesture: int | None = None
    opens: bool = False


class Store(QObject):
    """Holds the current document; every change goes through it and can be undone.

    What was done is kept as frozen values. Qt has a stack of commands for this, but PySide does not free what that
    merges, and frees twice what Python's collector finds first.

    Signals:
        changed (Document, Document): What was open before and after; emitted for edits, undo, redo and another
            document.
    """

    changed = Signal(object, object)

    def __init__(self, problem: Problem, parent: QObject | None = None, name: str = "", draft: str = "") -> None:
        super().__init__(parent)
        self._document = Document(problem, name, draft)
        self._saved = {name: self._document}
        self._done: deque[Step] = deque(maxlen=STEPS)
        self._undone: list[Step] = []

    @property
    def problem(self) -> Problem:
        """The problem as it is now; frozen."""
        return self._document.problem

    @property
    def document(self) -> Document:
        """The same with its name."""
        return self._document

    def edit(self, text: str, problem: Problem, gesture: int | None = None, draft: str | None = None) -> None:
        """Replace the problem, undoably.

        Args:
            text: What was done, as it stands after "Undo": ``change n``.
            problem: The problem after the change.
            gesture: Equal numbers one after the other make one step of undo, as in a drag; None never merges.
            draft: What is typed of the program while it cannot be read; None where the edit is not about the text, and
                what is being typed stays.
        """
        if draft is None:
            draft = carried(self._document.draft, self.problem.program.text, problem.program.text)
        new = self._document._replace(problem=problem, draft=draft)
        if _same_work(self._document, new):
            return
        last = self._done[-1] if self._done and not self._undone else None
        if last is None or gesture is None or last.gesture != gesture:
            self._do(Step(text, self._document, new, gesture))
            return
        self._done.pop()
        if not _same_work(last.old, new):  # a drag that comes back has changed nothing, so there is nothing to undo
            self._done.append(last._replace(new=new))
        self._set(new, opens=False)

    @property
    def undo_text(self) -> str | None:
        """What `undo` takes back; None where there is nothing."""
        return self._done[-1].text if self._done else None

    @property
    def redo_text(self) -> str | None:
        """What `redo` does again; None where there is nothing."""
        return self._undone[-1].text if self._undone else None

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        if self._done:
            step = self._done.pop()
            self._undone.append(step)
            self._set(step.old, step.opens)

    def redo(self) -> None:
        """Do the step again that was taken back last, if there is one."""
        if self._undone:
            step = self._undone.pop()
            self._done.append(step)
            self._set(step.new, step.opens)

    @property
    def modified(self) -> bool:
        """Whether there is work that is in no file. To ask for another gradient is none."""
        saved = self._saved.get(self._document.name)
        return saved is None or not _same_content(saved, self._document)

    @property
    def rewritten(self) -> bool:
        """Whether the program is another one than that of the document as it was opened or saved."""
        saved = self._saved.get(self._document.name)
        return saved is not None and not saved.problem.program.says(self.problem.program)

    def open(self, problem: Problem, name: str = "", draft: str = "") -> None:
        """Replace the problem by another document, undoably: undo brings back the one before as it was left.

        What has a name is as its file is; what has none was never saved.
        """
        new = Document(problem, name, draft)
        if name:
            self._saved[name] = new
        self._open(new)

    def take_over(self, document: Document) -> None:
        """The same for work that is in no file yet, whatever its name is."""
        self._open(document)

    def keep(self, name: str) -> None:
        """The document is now saved, under this name."""
        old, self._document = self._document, self._document._replace(name=name)
        self._saved[name] = self._document
        self.changed.emit(old, self._document)

    def _open(self, new: Document) -> None:
        old = self._document
        if new.name != old.name or new.draft != old.draft or not same_document(old.problem, new.problem):
            self._do(Step(f"open {new.problem.title}".strip(), old, new, opens=True))

    def _do(self, step: Step) -> None:
        self._done.append(step)
        self._undone.clear()
        self._set(step.new, step.opens)

    def _set(self, document: Document, opens: bool) -> None:
        old = self._document
        # An edit taken back is taken back in the file that the document is by now.
        self._document = document if opens else old._replace(problem=document.problem, draft=document.draft)
        self.changed.emit(old, self._document)


def same(one: Problem, other: Problem) -> bool:
    """Whether two problems say the same: nothing to draw anew, nothing to undo."""
    return one is other or (
        one.program.text == other.program.text and same_structure(one, other) and _same_setting(one, other)
    )


def _same_work(one: Document, other: Document) -> bool:
    return one.draft == other.draft and same(one.problem, other.problem)


def _same_content(one: Document, other: Document) -> bool:
    """Whether nothing would be lost by taking one for the other; what is asked for is no work."""
    return (one.problem is other.problem and one.draft == other.draft) or (
        (one.draft, one.problem.program.text) == (other.draft, other.problem.program.text)
        and one.problem.program.says(other.problem.program) and _same_setting(one.problem, other.problem)
    )


def carried(draft: str, before: str, after: str) -> str:
    """What is being typed, after another edit changed lines of the program: it changes them there too."""
    lines = draft.split("\n")
    for old, new in zip(before.split("\n"), after.split("\n"), strict=False):
        if old != new and old in lines:
            lines[lines.index(old)] = new
    return "\n".join(lines)


def same_document(one: Problem, other: Problem) -> bool:
    """Whether two problems say the same, read once or twice: nothing would be lost or gained by opening the other."""
    return one is other or (
        (one.program.text, one.wrt) == (other.program.text, other.wrt) and _same_setting(one, other)
    )


def _same_setting(one: Problem, other: Problem) -> bool:
    return (
        (one.title, one.dims, one.seed, one.kinds) == (other.title, other.dims, other.seed, other.kinds)
        and one.numbers.keys() == other.numbers.keys()
        and all(np.array_equal(one.numbers[name], other.numbers[name]) for name in one.numbers)
    )


def same_structure(one: Problem, other: Problem) -> bool:
    """Whether the same formulas are asked for, so that a derivation of one serves the other."""
    return one.wrt == other.wrt and one.program.says(other.program)
