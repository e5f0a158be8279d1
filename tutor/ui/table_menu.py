"""The menu of a table of numbers: copy, fill, multiply, reset."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QWidget, QWidgetAction

from tutor.figures.cells import MINUS
from tutor.ui.table_fills import FACTORS, FILLS, Fill, fits


class Doings(NamedTuple):
    """What the entries of the menu do.

    Attributes:
        fill: Draws the numbers anew in some way.
        scale: Multiplies them.
        ask_factor: Lets a person type a factor.
        copy: Takes the chosen numbers to the clipboard.
        paste: Puts what is there from the chosen cell on.
        reset: Draws the variable from the problem's seed again.
        reset_all: Draws every variable from it again.
    """

    fill: Callable[[Fill], None]
    scale: Callable[[float], None]
    ask_factor: Callable[[], None]
    copy: Callable[[], None]
    paste: Callable[[], None]
    reset: Callable[[], None]
    reset_all: Callable[[], None]


class Asked(NamedTuple):
    """What the menu is about.

    Attributes:
        name: The variable.
        chosen: How many numbers are chosen; 0 where the menu is about all of them.
        shape: Rows and columns of what is filled.
        seed: The seed of the problem.
        next_seed: The one that new random numbers are drawn from.
    """

    name: str
    chosen: int
    shape: tuple[int, int]
    seed: int
    next_seed: int

    @property
    def title(self) -> str:
        """What is filled, in words."""
        return f"{self.chosen} chosen numbers of {self.name}" if self.chosen else f"All numbers of {self.name}"


def table_menu(asked: Asked, doings: Doings, parent: QWidget) -> QMenu:
    """Builds the menu; it deletes itself when it closes."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    head, words = QWidgetAction(menu), QLabel(asked.title)
    words.setProperty("voice", "caption")
    words.setContentsMargins(12, 4, 12, 4)
    head.setText(asked.title)
    head.setDefaultWidget(words)
    menu.addAction(head)
    for fill in FILLS:
        if fits(fill, asked.shape):
            text = fill.text if fill.kind else f"{fill.text}, seed {asked.next_seed}"
            menu.addAction(text).triggered.connect(partial(_done, doings.fill, fill))
    factors = menu.addMenu("Multiply by")
    for factor in FACTORS:
        text = f"{factor:g}".replace("-", MINUS)
        factors.addAction(text).triggered.connect(partial(_done, doings.scale, factor))
    factors.addAction("Another factor…").triggered.connect(partial(_done, doings.ask_factor))
    menu.addSeparator()
    menu.addAction("Copy").triggered.connect(partial(_done, doings.copy))
    menu.addAction("Paste").triggered.connect(partial(_done, doings.paste))
    menu.addSeparator()
    menu.addAction(f"Reset {asked.name} to seed {asked.seed}").triggered.connect(partial(_done, doings.reset))
    menu.addAction(f"Reset all numbers to seed {asked.seed}").triggered.connect(partial(_done, doings.reset_all))
    return menu


def _done(what: Callable[..., None], *given: object) -> None:
    """Does it; Qt adds whether the entry is ticked, which none is."""
    what(*(one for one in given if not isinstance(one, bool)))
