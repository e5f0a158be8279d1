"""The program as it is written, with the shape of every line at its end."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tutor.core.errors import TutorError
from tutor.core.layout import shape_text
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.language.lexer import tokens, with_names_split
from tutor.language.source import Source
from tutor.typeset import Typesetter
from tutor.ui.panel import Area, Panel, Spot, View
from tutor.ui.widgets.listing import Fault, Listing, Place


class ProgramPanel(Panel):
    """The forward pass, line by line."""

    key = "program"
    title = "Program"
    area = Area.LEFT

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(typesetter, parent)
        self.listing = Listing()
        self.listing.setAccessibleName("Program text")
        self.listing.setAccessibleDescription("Read-only; it can be selected and copied.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.listing)

    def draw(self, view: View) -> None:
        """Show the text, the shapes at the current sizes, and what is wrong with a line."""
        problem = view.problem
        before = self.sizeHint()
        self.listing.show_text(
            problem.program.text.rstrip("\n"), line_shapes(problem), view.theme, view.zoom, line_fault(view.refusal)
        )
        self.listing.fit(self.height())
        if self.sizeHint() != before:
            self.updateGeometry()

    def mark(self, spot: Spot | None) -> None:
        """Tint the places where the linked variables are read."""
        view = self.view
        self.listing.mark(places(view.problem, spot) if view is not None and spot is not None else ())

    def sizeHint(self) -> QSize:
        return self.listing.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.listing.fit(self.height())
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # other lines go on under themselves


def line_shapes(problem: Problem) -> dict[int, str]:
    """For each line, counted from 0, that gives a name a shape: the shape at the current sizes."""
    program = problem.program
    places = [(d.name, d.position) for d in program.declarations] + [(s.name, s.position) for s in program.statements]
    return {place.line - 1: shape_text(problem.shape(name)) for name, place in places if place is not None}


def line_fault(error: TutorError | None) -> Fault | None:
    """An error that belongs to a place of the program, as the listing shows it."""
    if error is None or error.position is None:
        return None
    place = error.position
    return Fault(Place(place.line - 1, place.column - 1, place.length), error.sentence)


def places(problem: Problem, spot: Spot) -> tuple[Place, ...]:
    """Where the variables a spot comes from are read in the statement of its link."""
    names = {name for name, _, _ in spot.cells} or ({spot.name} if spot.name else set())
    return tuple(place for statement, name, place in _readings(problem.program)
                 if name in names and (spot.link is None or statement == spot.link[0]))


@lru_cache(maxsize=2)  # the same while numbers change
def _readings(program: Program) -> tuple[tuple[str, str, Place], ...]:
    """Each place where a statement reads a name, however that is spelled there: the statement, the name, the place."""
    source, known = Source(program.text), {*program.shapes, *program.dimensions}
    begun = {(p.line, p.column): s.name for s in program.statements if (p := s.position) is not None}
    begun |= {(p.line, p.column): "" for d in program.declarations if (p := d.position) is not None}
    statement = ""
    found: list[tuple[str, str, Place]] = []
    for token in with_names_split(tokens(source, lines=True), source, known):
        at = source.position(token.span)
        if (at.line, at.column) in begun:
            statement = begun[at.line, at.column]
        elif statement and token.type == "NAME":
            found.append((statement, str(token), Place(at.line - 1, at.column - 1, at.length)))
    return tuple(found)
