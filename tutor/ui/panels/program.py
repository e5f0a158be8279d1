"""The program as it is written, with the shape of every line at its end."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tutor.core.errors import TutorError
from tutor.core.layout import shape_text
from tutor.core.problem import Problem
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
    lines = problem.program.text.split("\n")
    found: list[Place] = []
    for statement in problem.program.statements:
        if statement.position is None or (spot.link is not None and statement.name != spot.link[0]):
            continue
        number = statement.position.line - 1
        code = lines[number].partition("#")[0]
        for name in sorted(names):
            # A name is not a part of a longer one, and the one before the sign = is not read.
            spelled = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
            found += [Place(number, m.start(), len(name)) for m in spelled.finditer(code, code.find("=") + 1)]
    return tuple(found)
