"""Laws every command obeys."""

from __future__ import annotations

from collections import Counter
from operator import attrgetter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from tutor.ui.actions import COMMANDS, MENUS, Command
from tutor.ui.icons import pixmap
from tutor.ui.window import MainWindow

each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)


@each_command
def test_command_is_described(command: Command) -> None:
    assert command.text and command.text[0].isupper() and not command.text.endswith(".")
    assert command.tip.endswith(".") and "!" not in command.tip
    assert command.menu in MENUS or (command.menu == "" and command.shortcuts)


def test_commands_can_be_done(window: MainWindow) -> None:
    for command in COMMANDS:
        assert callable(attrgetter(command.call)(window)), command.id
        for name in (command.enabled, command.checked):
            assert name is None or hasattr(MainWindow, name), command.id


@each_command
def test_keys_are_keys(command: Command) -> None:
    for keys in command.shortcuts:
        sequence = QKeySequence(keys)
        assert sequence.count() == 1
        assert sequence[0].key() != Qt.Key.Key_unknown


def test_no_two_commands_share_a_name_or_keys() -> None:
    ids = Counter(command.id for command in COMMANDS)
    keys = Counter(QKeySequence(k).toString() for command in COMMANDS for k in command.shortcuts)
    assert {key for counter in (ids, keys) for key, count in counter.items() if count > 1} == set()


def test_every_icon_is_drawn(qtbot: QtBot) -> None:
    for command in COMMANDS:
        if command.icon is not None:
            assert not pixmap(command.icon, "#000000").isNull()


def test_every_menu_has_commands() -> None:
    assert {command.menu for command in COMMANDS} - {""} == set(MENUS)


def test_menus_follow_the_table(window: MainWindow) -> None:
    menus = {action.text(): action.menu() for action in window.menus.actions()}
    assert tuple(menus) == MENUS
    for command in COMMANDS:
        if command.menu:
            assert command.id in {action.objectName() for action in menus[command.menu].actions()}
