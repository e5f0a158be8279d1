"""The one mutable place: the current problem and how it became so."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from tutor.core.problem import Problem


class Document(NamedTuple):
    """A problem, and what it was opened from.

    Attributes:
        problem: As it is, edited or not.
        name: The ready-made problem's name, or the path of the file; nothing where it comes from neither.
    """

    problem: Problem
    name: str = ""


class Store(QObject):
    """Holds the current document; every change goes through it and can be undone.

    Signals:
        changed (Document, Document): What was open before and after; emitted for edits, undo, redo and another
            document.
    """

    changed = Signal(object, object)

    def __init__(self, problem: Problem, parent: QObject | None = None, name: str = "") -> None:
        super().__init__(parent)
        self._document = Document(problem, name)
        self.stack = QUndoStack(self)

    @property
    def problem(self) -> Problem:
        """The problem as it is now; frozen."""
        return self._document.problem

    @property
    def document(self) -> Document:
        """The same with its name."""
        return self._document

    def edit(self, text: str, problem: Problem, gesture: int | None = None) -> None:
        """Replace the problem, undoably.

        Args:
            text: What was done, as it stands after "Undo": ``change n``.
            problem: The problem after the change.
            gesture: Equal numbers one after the other make one step of undo, as in a drag; None never merges.
        """
        if not same(self.problem, problem):
            new = self._document._replace(problem=problem)
            self.stack.push(SetDocument(self, text, self._document, new, gesture))

    def open(self, problem: Problem, name: str = "") -> None:
        """Replace the problem by another document, undoably: undo brings back the one before as it was left."""
        if name != self._document.name or not same_document(self.problem, problem):
            new = Document(problem, name)
            self.stack.push(SetDocument(self, f"open {problem.title}".strip(), self._document, new, None))

    def close(self) -> None:
        """Be silent from here on: a stack says "nothing to undo" while it is destroyed, when nobody can listen."""
        self.stack.blockSignals(True)

    def _set(self, document: Document) -> None:
        old, self._document = self._document, document
        self.changed.emit(old, document)


class SetDocument(QUndoCommand):
    """One step of undo: two frozen problems, and what each was opened from."""

    def __init__(self, store: Store, text: str, old: Document, new: Document, gesture: int | None) -> None:
        super().__init__(text)
        self._store = store
        self._gesture = -1 if gesture is None else gesture
        self.old = old
        self.new = new

    def id(self) -> int:
        return self._gesture

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, SetDocument):
            return False
        self.new = other.new
        # A drag that comes back to where it began has changed nothing, so there is nothing to undo.
        self.setObsolete(same(self.old.problem, self.new.problem))
        return True

    def redo(self) -> None:
        self._store._set(self.new)

    def undo(self) -> None:
        self._store._set(self.old)


def same(one: Problem, other: Problem) -> bool:
    """Whether two problems say the same: nothing to draw anew, nothing to undo."""
    return one is other or (same_structure(one, other) and _same_setting(one, other))


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
    return one.program is other.program and one.wrt == other.wrt
