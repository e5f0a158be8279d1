"""A problem as a TOML file: read with an answer for every slip, written so that it reads back the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from tutor.core.errors import Position, TutorError, UnreadableError, UnusableNumbersError
from tutor.core.expression import nodes
from tutor.core.layout import Array, numeric_shape
from tutor.core.numbers import KINDS
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.files.toml_text import TomlText, block, key, rows, string
from tutor.language import printing
from tutor.language.names import normalise
from tutor.language.reader import read_program
from tutor.language.source import quoted
from tutor.language.suggestions import closest

LARGEST_MATRIX: Final = 1_000_000
"""Entries a variable may have."""
LARGEST_RESULT: Final = 20_000_000
"""Entries that anything computed on the way may have: 160 MB."""

_KEYS: Final = ("title", "program", "wrt", "look_for", "dims", "values")


def read_problem(text: str) -> Problem:
    """The problem that a TOML text describes.

    Raises:
        TutorError: the text is not TOML, a key is missing, unknown or of the wrong kind, the program cannot be read,
            or numbers do not fit it; with its place in the text where it has one.
    """
    return problem_in(TomlText(text))


def problem_in(toml: TomlText) -> Problem:
    """The problem in a TOML text that is read already.

    Raises:
        TutorError: as :func:`read_problem`.
    """
    return _Reading(toml).problem()


def to_toml(problem: Problem) -> str:
    """A problem as TOML, with all its numbers, so that it reads back bit by bit.

    Raises:
        UnusableNumbersError: a number is not finite, so that it would not read back.
    """
    program = problem.program
    for name, numbers in problem.numbers.items():
        if not np.all(np.isfinite(numbers)):
            raise UnusableNumbersError(f"{name} has an entry that is not a finite number.")
    lines = [f"title = {string(problem.title)}"]
    if problem.look_for:
        lines.append(f"look_for = {string(problem.look_for)}")
    lines += [f"wrt = {string(problem.wrt)}", f"program = {block(_current_text(program))}"]
    if problem.dims:
        lines += ["", "[dims]", *(f"{key(name)} = {size}" for name, size in problem.dims.items())]
    lines += ["", "[values]", f"seed = {problem.seed}"]
    for name, numbers in problem.numbers.items():
        lines += ["", f"[values.{key(name)}]"]
        if name in problem.kinds:
            lines.append(f"kind = {string(problem.kinds[name])}")
        lines.append(f"array = {rows(numbers)}")
    return "\n".join(lines) + "\n"


def _current_text(program: Program) -> str:
    """The program's text, unless the program was changed since it was read."""
    try:
        read = read_program(program.text)
    except TutorError:
        return printing.program_text(program)
    same = [(d.name, d.shape, d.facts) for d in read.declarations] == [
        (d.name, d.shape, d.facts) for d in program.declarations
    ] and read.definitions == program.definitions
    return program.text if same else printing.program_text(program)


class _Reading:
    """Checks one file, key by key."""

    def __init__(self, toml: TomlText) -> None:
        self.toml = toml
        self.table = toml.table

    def problem(self) -> Problem:
        self._only(self.table, _KEYS, "a problem")
        title, text, wrt = (self._string(name) for name in ("title", "program", "wrt"))
        look_for = self._string("look_for") if "look_for" in self.table else ""
        program = self._program(text)
        if normalise(wrt) not in program.shapes:
            raise self._unknown(wrt, program.shapes, "in the program", "wrt")
        dims = self._dims(program)
        seed, kinds, given = self._values(program, dims)
        try:
            return Problem.drawn(title, program, normalise(wrt), dims, seed, kinds, look_for, given)
        except TutorError as error:
            raise self._placed(error, kinds) from None

    def _error(self, sentence: str, *path: str) -> UnreadableError:
        return UnreadableError(sentence, self.toml.position(*path))

    def _unknown(self, name: str, known: Iterable[str], place: str, *path: str) -> UnreadableError:
        names = list(known)
        meant = closest(normalise(name), names)
        hint = f"Did you mean {meant}?" if meant else f"There is {', '.join(names)}." if names else ""
        return self._error(f"{quoted(name)} is not {place}. {hint}".strip(), *path)

    def _only(self, table: Mapping[str, Any], known: tuple[str, ...], what: str, *path: str) -> None:
        for name in table:
            if name not in known:
                meant = closest(name, known)
                hint = f"Did you mean {meant}?" if meant else f"Its keys are {', '.join(known)}."
                raise self._error(f"`{name}` is not a key of {what}. {hint}", *path, name)

    def _string(self, name: str) -> str:
        if name not in self.table:
            raise self._error(f"The key `{name}` is missing.")
        value = self.table[name]
        if not isinstance(value, str):
            raise self._error(f"`{name}` has to be a text in quotation marks.", name)
        if not value.strip() and name != "look_for":
            raise self._error(f"`{name}` is empty.", name)
        return value

    def _table(self, name: str) -> Mapping[str, Any]:
        value = self.table.get(name, {})
        if not isinstance(value, dict):
            raise self._error(f"`{name}` has to be a table: a line [{name}], and its keys below.", name)
        return value

    def _program(self, text: str) -> Program:
        try:
            return read_program(text)
        except TutorError as error:
            place = self.toml.inside(error.position, "program") if error.position else self.toml.position("program")
            raise type(error)(error.sentence, place) from None

    def _dims(self, program: Program) -> dict[str, int]:
        dims: dict[str, int] = {}
        for name, size in self._table("dims").items():
            path = ("dims", name)
            if normalise(name) not in program.dimensions:
                raise self._unknown(name, program.dimensions, "a size of the program", *path)
            if normalise(name) in dims:
                raise self._error(f"The size {normalise(name)} has a number already.", *path)
            if not isinstance(size, int) or isinstance(size, bool) or size < 1:
                raise self._error(f"The size {name} has to be a whole number from 1.", *path)
            dims[normalise(name)] = size
        for name in program.dimensions:
            if name not in dims:
                raise self._error(f"The size {name} has no number. Give it one under [dims].", "dims")
        for d in program.declarations:
            if math.prod(numeric_shape(d.shape, dims)) > LARGEST_MATRIX:
                raise self._error(f"{d.name} would have more than {LARGEST_MATRIX:,} entries.", "dims")
        for s in program.statements:
            for node in nodes(s.expression):
                if math.prod(numeric_shape(node.shape, dims)) > LARGEST_RESULT:
                    raise self._error(f"{s.name} computes a matrix of more than {LARGEST_RESULT:,} entries.", "dims")
        return dims

    def _values(self, program: Program, dims: Mapping[str, int]) -> tuple[int, dict[str, str], dict[str, Array]]:
        """The seed, the kinds and the given arrays."""
        seed, kinds, given, seen = 0, dict[str, str](), dict[str, Array](), set[str]()
        declared = {d.name: numeric_shape(d.shape, dims) for d in program.declarations}
        for raw, value in self._table("values").items():
            path, name = ("values", raw), normalise(raw)
            if raw == "seed" and not isinstance(value, dict):
                if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                    raise self._error("The seed has to be a whole number from 0.", *path)
                seed = value
                continue
            if name not in declared:
                raise self._unknown(raw, declared, "declared, so it cannot be given numbers", *path)
            if not isinstance(value, dict):
                raise self._error(f"Write a table [values.{raw}] with  array = [[…]]  or  kind = \"normal\".", *path)
            if name in seen:
                raise self._error(f"{name} has a table already.", *path)
            seen.add(name)
            self._only(value, ("kind", "array"), f"[values.{raw}]", *path)
            if "kind" in value:
                if value["kind"] not in KINDS:
                    raise self._unknown(str(value["kind"]), KINDS, "a way to draw numbers", *path, "kind")
                kinds[name] = value["kind"]
            if "array" in value:
                given[name] = self._array(value["array"], declared[name], *path, "array")
        return seed, kinds, given

    def _array(self, value: object, shape: tuple[int, int], *path: str) -> Array:
        """A matrix of finite numbers."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = [[value]]
        if not isinstance(value, list) or not value or not all(isinstance(row, list) and row for row in value):
            raise self._error("An array is a list of rows, as in [[1.0, 2.0], [3.0, 4.0]].", *path)
        if len({len(row) for row in value}) > 1:
            raise self._error("The rows of an array have to be of one length.", *path)
        numbers = [number for row in value for number in row]
        try:
            finite = all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in numbers)
            array = np.array(value, dtype=np.float64) if finite else None
        except OverflowError:
            array = None
        if array is None:
            raise self._error("An array holds finite numbers only.", *path)
        if array.shape != shape:
            rows_, columns = array.shape
            raise self._error(f"This array is {rows_}×{columns}; {normalise(path[1])} is declared "
                              f"{shape[0]}×{shape[1]}.", *path)
        return array

    def _placed(self, error: TutorError, kinds: Mapping[str, str]) -> TutorError:
        """An error met while drawing, at the kind it speaks of."""
        place: Position | None = None
        for raw in self._table("values"):
            if normalise(raw) in kinds and error.sentence.startswith(f"{normalise(raw)} "):
                place = self.toml.position("values", raw, "kind")
        return error if place is None else error.at(place)
