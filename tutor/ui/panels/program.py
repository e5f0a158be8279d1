"""The program: written here, with the shape of every line at its end and what is wrong with one under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tutor.core.errors import TutorError
from tutor.core.layout import shape_text
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.language.colouring import pieces
from tutor.language.lexer import tokens, with_names_split
from tutor.language.reader import read_program
from tutor.language.source import Source
from tutor.typeset import Typesetter
from tutor.ui.limits import fitting, showable
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.widgets.code_editor import CodeEditor
from tutor.ui.widgets.fault import Fault, Place


class ProgramPanel(Panel):
    """The forward pass, line by line. While it cannot be read, everything else stays with the last one that could."""

    key = "program"
    title = "Program"
    area = Area.LEFT

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, parent)
        self.listing = CodeEditor(self._complete)
        self.listing.setAccessibleName("Program text")
        self.listing.typed.connect(self._read)
        self.listing.hovered.connect(self._point)
        self._sizes: tuple[str, ...] | None = None
        self._base: Problem | None = None
        self._line = -1
        self._given: Problem | None = None
        self._pointed: str | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.listing)

    def draw(self, view: View) -> None:
        """Show the text, the shapes at the current sizes, and what is wrong with a line."""
        problem = view.problem
        before = self.sizeHint()
        if problem.program.dimensions != self._sizes:
            self._sizes = problem.program.dimensions
            self.listing.colour(partial(pieces, sizes=self._sizes))
        fault = self._draft_fault(view) if view.draft else line_fault(view.refusal)
        words = {place.line: shape for place, shape in
                 moved(((Place(line, 0), shape) for line, shape in line_shapes(problem).items()), view)}
        self.listing.show_text(shown(view.draft or problem.program.text), words, view.theme, view.zoom, fault)
        self.listing.fit(self.height())
        if self.sizeHint() != before:
            self.updateGeometry()

    def mark(self, spot: Spot | None) -> None:
        """Tint the places where the linked variables are read."""
        view = self.view
        found = places(view.problem, spot) if view is not None and spot is not None else ()
        self.listing.mark(place for place, _ in moved(((place, "") for place in found), view) if view is not None)

    def _read(self, text: str, gesture: int, line: int) -> None:
        """Take what is typed: as the program, or as a draft of it while it is none."""
        view = self.view
        if view is None:
            return
        if line != self._line or view.problem is not self._given or self._base is None:
            self._base = view.problem  # what is typed through on the way costs no numbers
        self._line = line
        written = f"{text}\n"
        try:
            problem, draft = rewritten(self._base, written), ""
        except TutorError:
            problem, draft = view.problem, written
        self._given = problem
        self.typed.emit("typing", problem, gesture, draft)

    def _draft_fault(self, view: View) -> Fault | None:
        """What is wrong with what is typed; where nothing is any more, it is taken."""
        try:
            rewritten(view.problem, view.draft)
        except TutorError as error:
            return line_fault(error) or Fault(Place(view.draft.count("\n"), 0, 0), error.sentence)
        QTimer.singleShot(0, self, self._take_draft)
        return None

    def _take_draft(self) -> None:
        """The draft can be read after all, at other sizes than those it was typed at."""
        if self.view is not None and self.view.draft:
            self.listing.end_gesture()
            self._read(self.listing.toPlainText(), -1, -1)

    def _complete(self, text: str, place: int) -> tuple[int, Sequence[tuple[str, str]]]:
        from tutor.language.completion import completion

        if self.view is None:
            return 0, ()
        problem = self.view.problem
        shapes = {name: shape_text(problem.shape(name)) for name in problem.program.shapes}
        return completion(text, place, shapes, problem.program.dimensions)

    def _point(self, line: int, column: int) -> None:
        """Link the name under the pointer."""
        view, name = self.view, None
        if view is not None and line >= 0:
            name = next((named for place, named in moved(names(view.problem.program), view)
                         if place.line == line and place.column <= column < place.column + place.length), None)
        if name != self._pointed:
            self._pointed = name
            self.pointed.emit(Spot(name=name) if name is not None else None)

    def sizeHint(self) -> QSize:
        return self.listing.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.listing.fit(self.height())
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # other lines go on under themselves


def rewritten(problem: Problem, text: str) -> Problem:
    """The problem with another text as its program; the problem itself where that is its text.

    Raises:
        TutorError: it is not a program, or one that the window cannot show.
    """
    if text == problem.program.text:
        return problem
    program = read_program(text)
    return showable(problem.with_program(fitting(program, problem.dims_for(program))))


def shown(text: str) -> str:
    """A program's text as the editor has it: without the end of the last line, each line ended in one way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").removesuffix("\n")


def line_shapes(problem: Problem) -> dict[int, str]:
    """For each line, counted from 0, that gives a name a shape: the shape at the current sizes."""
    program = problem.program
    places = [(d.name, d.position) for d in program.declarations] + [(s.name, s.position) for s in program.statements]
    return {place.line - 1: shape_text(problem.shape(name)) for name, place in places if place is not None}


def moved(found: Iterable[tuple[Place, str]], view: View | None) -> tuple[tuple[Place, str], ...]:
    """Where places of the program stand in what is being typed; those in lines that are changed are nowhere."""
    if view is None or not view.draft:
        return tuple(found)
    before, now = shown(view.problem.program.text).split("\n"), shown(view.draft).split("\n")
    lines: Mapping[str, int] = {line: number for number, line in reversed(list(enumerate(now)))}
    return tuple((place._replace(line=lines[before[place.line]]), what) for place, what in found
                 if before[place.line] in lines)


def line_fault(error: TutorError | None) -> Fault | None:
    """An error that belongs to a place of the program, as the listing shows it."""
    if error is None or error.position is None:
        return None
    place = error.position
    return Fault(Place(place.line - 1, place.column - 1, place.length), error.sentence)


def places(problem: Problem, spot: Spot) -> tuple[Place, ...]:
    """Where the variables a spot comes from are read in the statement of its link."""
    linked = {name for name, _, _ in spot.cells} or ({spot.name} if spot.name else set())
    return tuple(found.place for found in _occurrences(problem.program)
                 if found.is_read and found.name in linked and (spot.link is None or found.statement == spot.link[0]))


def names(program: Program) -> tuple[tuple[Place, str], ...]:
    """Each place where a variable stands, and its name."""
    return tuple((found.place, found.name) for found in _occurrences(program) if found.name in program.shapes)


class _Occurrence(NamedTuple):
    """A name in a text, however it is spelled there; the statement is empty in a declaration."""

    statement: str
    name: str
    place: Place
    is_read: bool


@lru_cache(maxsize=2)  # the same while numbers change
def _occurrences(program: Program) -> tuple[_Occurrence, ...]:
    source, known = Source(program.text), {*program.shapes, *program.dimensions}
    begun = {(p.line, p.column): s.name for s in program.statements if (p := s.position) is not None}
    begun |= {(p.line, p.column): "" for d in program.declarations if (p := d.position) is not None}
    statement = ""
    found: list[_Occurrence] = []
    for token in with_names_split(tokens(source, lines=True), source, known):
        at = source.position(token.span)
        place = Place(at.line - 1, at.column - 1, at.length)
        begins = (at.line, at.column) in begun
        if begins:
            statement = begun[at.line, at.column]
        if token.type == "NAME":
            found.append(_Occurrence(statement, str(token), place, bool(statement) and not begins))
    return tuple(found)
