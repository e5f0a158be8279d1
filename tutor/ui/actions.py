"""Every command of the window in one table: menus, the tool bar and the list of keys are made from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Final, NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

MENUS: Final = ("File", "Edit", "View", "Problem", "Help")


class Command(NamedTuple):
    """One thing a person can tell the window to do.

    Attributes:
        id: What the program calls it.
        text: What the menu says.
        tip: What it does, a sentence.
        menu: Under which menu it stands; nothing for one that has only keys.
        call: The method of the window that does it, or of a part of it: ``documents.save``.
        argument: What the method is given, if anything.
        shortcuts: Its keys, the one to show first.
        icon: A drawing in ``resources/icons``.
        enabled: The property of the window that says whether it can be done now.
        checked: The method of the window that says, given the argument, whether it is on.
        group: Commands of a group exclude each other.
        ends_section: Whether a line follows in the menu.
    """

    id: str
    text: str
    tip: str
    menu: str
    call: str
    argument: str | int | None = None
    shortcuts: tuple[str, ...] = ()
    icon: str | None = None
    enabled: str | None = None
    checked: str | None = None
    group: str | None = None
    ends_section: bool = False


def _theme(choice: str, text: str, tip: str, last: bool = False) -> Command:
    return Command(f"theme-{choice}", text, tip, "View", "choose_theme", choice, checked="has_theme", group="theme",
                   ends_section=last)


COMMANDS: Final[tuple[Command, ...]] = (
    Command("new", "New from the gallery", "Choose a ready-made problem to start from.", "File",
            "tool_bar.offer_problems", shortcuts=("Ctrl+N",)),
    Command("new-network", "New network…", "Build a network from its layers and open it.", "File",
            "beside.new_network",
            shortcuts=("Ctrl+Shift+N",)),
    Command("open", "Open…", "Open a problem from a file; or drop the file on the window.", "File", "documents.open",
            shortcuts=("Ctrl+O",), ends_section=True),
    Command("save", "Save", "Save the problem, its numbers and how it is looked at.", "File", "documents.save",
            shortcuts=("Ctrl+S",)),
    Command("save-as", "Save as…", "Save in another file, and go on there.", "File", "documents.save_as",
            shortcuts=("Ctrl+Shift+S",), ends_section=True),
    Command("export", "Export figure…", "Save what a panel shows as SVG, PDF, PNG or LaTeX.", "File",
            "beside.export_figure", shortcuts=("Ctrl+E",), icon="export", ends_section=True),
    Command("quit", "Quit", "Close the window.", "File", "close", shortcuts=("Ctrl+Q",)),
    Command("undo", "Undo", "Take the last change back.", "Edit", "undo", shortcuts=("Ctrl+Z",), icon="undo",
            enabled="can_undo"),
    Command("redo", "Redo", "Make the change again that was taken back.", "Edit", "redo",
            shortcuts=("Ctrl+Y", "Ctrl+Shift+Z"), icon="redo", enabled="can_redo"),
    _theme("system", "Colours of the system", "Be light or dark as the system is."),
    _theme("light", "Light", "Dark on light."),
    _theme("dark", "Dark", "Light on dark.", last=True),
    Command("zoom-in", "Larger", "Make everything larger.", "View", "zoom", 1, ("Ctrl++", "Ctrl+=")),
    Command("zoom-out", "Smaller", "Make everything smaller.", "View", "zoom", -1, ("Ctrl+-",)),
    Command("zoom-back", "Usual size", "Go back to the size of the system's text.", "View", "zoom", 0, ("Ctrl+0",),
            ends_section=True),
    Command("enlarge", "Enlarge the panel", "Give the panel with the keyboard the whole window, or put it back.",
            "View", "enlarge_panel", shortcuts=("F11",), checked="is_enlarged"),
    Command("panels-back", "Put the panels back", "Put every panel where it was at the first start.", "View",
            "reset_panels", ends_section=True),
    Command("next-panel", "Next panel", "Move the keyboard to the next panel.", "View", "docks.step", 1, ("F6",)),
    Command("previous-panel", "Previous panel", "Move the keyboard to the panel before.", "View", "docks.step", -1,
            ("Shift+F6",), ends_section=True),
    Command("redraw", "Draw new numbers", "Take the next seed and draw all numbers from it.", "Problem", "redraw",
            shortcuts=("Ctrl+R",), icon="redraw"),
    Command("my-formula", "My formula", "Type or paste a gradient of your own, and learn what is wrong with it.",
            "Problem", "docks.bring", "formula", ("Ctrl+L",)),
    *(
        Command(f"by-{place}", f"Gradient by variable {place}", f"Ask for the gradient by variable {place}.", "",
                "ask_by_place", place, (f"Alt+{place}",))
        for place in range(1, 10)
    ),
    Command("tour", "Tour of the window", "Show in six short notes what stands where.", "Help", "tour.begin"),
    Command("language", "Language", "List everything a program can hold, by example.", "Help", "beside.show_language",
            shortcuts=("Shift+F1",)),
    Command("keys", "Keys", "List every command and its keys.", "Help", "beside.show_keys", shortcuts=("F1",)),
)

KEYS_IN_PLACE: Final[tuple[tuple[str, str, str], ...]] = (
    ("Tab  Shift+Tab", "Everywhere", "Go to the next control, or to the one before."),
    ("Esc", "Everywhere", "Let go of what is pinned, linked or enlarged."),
    ("Alt+1 … Alt+9", "Everywhere", "Ask for the gradient by the first … ninth variable."),
    ("Ctrl+Wheel", "Everywhere", "Make everything larger or smaller."),
    ("Tab", "Program", "Leave the editor; while completions are shown, take one."),
    ("Ctrl+Space", "Program", "Show how the word can go on; two letters of it do that too."),
    ("↑  ↓  Enter  Esc", "Completions", "Choose one; take it; go on without."),
    ("↑  ↓", "Sizes and seed", "Take the next number, or the one before."),
    ("Arrows", "Numbers", "Go from cell to cell; with Ctrl to the end, with Shift choose cells."),
    ("Home  End", "Numbers", "Go to the first or last cell of the row; with Ctrl to that of the table."),
    ("Enter  F2", "Numbers", "Open the cell; a digit begins another number."),
    ("Enter  Tab  Esc", "An open cell", "Take the number; take it and go to the next cell; leave it as it was."),
    ("Alt+↑  Alt+↓", "Numbers", "Change the chosen cells by 0.1; with Shift by 1, with Ctrl by 0.01."),
    ("Drag  Wheel", "Numbers", "Change the cell by 0.1 a step; with Shift by 1, with Ctrl (the wheel: Alt) by 0.01."),
    ("Del", "Numbers", "Make the chosen cells 0."),
    ("Ctrl+A", "Numbers", "Choose all cells of the table."),
    ("Ctrl+C  Ctrl+X  Ctrl+V", "Numbers", "Copy, cut and paste the chosen cells, as in a spreadsheet."),
    ("Menu", "Numbers", "Fill, multiply or reset the numbers, as a click on the name of the table."),
    ("Arrows", "Derivation", "Go from factor to factor, and from step to step."),
    ("Enter", "Derivation", "Open or close the step."),
    ("Ctrl+C  Ctrl+Shift+C", "Derivation", "Copy the step, the result or all of it as a picture, as LaTeX."),
    ("Ctrl+Alt+C  Ctrl+Alt+M", "Derivation", "The same as text, as Markdown; the menu key offers all of them."),
    ("Ctrl+Alt+N", "Derivation", "Copy the gradient as NumPy code; the menu key offers PyTorch and JAX too."),
    ("Arrows", "Jacobians", "Go from cell to cell."),
    ("Alt+←  Alt+→", "Jacobians", "Go to the previous or the next link."),
    ("Space", "Derivation, Jacobians", "Pin what the keyboard is at, or let it go."),
    ("↑  ↓", "Gradient check", "Go from variable to variable."),
    ("→  ←  Esc", "The tour", "Go on, go back, end it."),
)
"""Keys that belong to where the keyboard is, so no action holds them: the keys, where, and what they do."""


class Actions(QObject):
    """The commands of a window as Qt's actions."""

    def __init__(self, window: QObject, commands: tuple[Command, ...] = COMMANDS) -> None:
        super().__init__(window)
        self._window = window
        self._groups: dict[str, QActionGroup] = {}
        self.commands: Mapping[str, Command] = {command.id: command for command in commands}
        self._actions = {command.id: self._make(command) for command in commands}

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def __iter__(self) -> Iterator[tuple[Command, QAction]]:
        return ((command, self._actions[key]) for key, command in self.commands.items())

    def fill(self, bar: QMenuBar, toggles: Sequence[QAction], menus: Mapping[str, QMenu]) -> None:
        """Add the menus to a menu bar.

        Args:
            bar: Where they go.
            toggles: They show and hide panels, and lead the View menu.
            menus: Further menus, each by the command it follows.
        """
        for title in MENUS:
            menu = bar.addMenu(title)
            if title == "View":
                menu.addActions(list(toggles))
                menu.addSeparator()
            for command, action in self:
                if command.menu == title:
                    menu.addAction(action)
                    if command.id in menus:
                        menu.addMenu(menus[command.id])
                    if command.ends_section:
                        menu.addSeparator()

    def refresh(self) -> None:
        """Ask the window again what can be done and what is on."""
        for command, action in self:
            if command.enabled is not None:
                action.setEnabled(bool(getattr(self._window, command.enabled)))
            if command.checked is not None:
                given = () if command.argument is None else (command.argument,)
                action.setChecked(bool(getattr(self._window, command.checked)(*given)))

    def _make(self, command: Command) -> QAction:
        action = QAction(command.text, self._window)
        action.setObjectName(command.id)
        action.setIconText(command.text)  # Qt's own leaves the … out
        action.setShortcuts([QKeySequence(keys) for keys in command.shortcuts])
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{command.tip} ({keys})" if keys else command.tip)
        action.setCheckable(command.checked is not None)
        action.triggered.connect(partial(self._run, command))
        if command.group is not None:
            self._groups.setdefault(command.group, QActionGroup(self)).addAction(action)
        return action

    def _run(self, command: Command, _checked: bool = False) -> None:
        given = () if command.argument is None else (command.argument,)
        attrgetter(command.call)(self._window)(*given)
