"""Errors a person can cause, with the sentence to show and the place it belongs to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text: line and column count from 1, ``length`` is how many signs are meant."""

    line: int
    column: int
    length: int = 1


class TutorError(Exception):
    """A mistake of the input, worded for the person who made it.

    Attributes:
        sentence: What is wrong, what was expected; complete sentences.
        position: Where in the text it arises, if it arises in a text.
    """

    def __init__(self, sentence: str, position: Position | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.position = position

    def __str__(self) -> str:
        if self.position is None:
            return self.sentence
        return f"line {self.position.line}, column {self.position.column}: {self.sentence}"

    def at(self, position: Position) -> TutorError:
        """The same error at a place, unless it already has one."""
        return self if self.position is not None else type(self)(self.sentence, position)


class ShapeError(TutorError):
    """Two shapes do not fit each other."""


class NameUnknownError(TutorError):
    """A name that the program does not have."""


class UnreadableError(TutorError):
    """A text that is not in the language."""


class UnusableNumbersError(TutorError):
    """Numbers for which the program has no value: a singular matrix, a size that is not positive."""
