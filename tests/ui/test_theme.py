from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QFontDatabase, QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.contrast import contrast
from tutor.figures.palette import DARK, LIGHT, Theme
from tutor.ui.theme import (
    CAPTION,
    LARGEST,
    SMALLEST,
    STEPS,
    Look,
    interface_font,
    mono_font,
    palette,
    strengthen,
    text_zoom,
)


def test_the_choice_is_kept(qapp: QApplication, settings: QSettings, look: Look) -> None:
    look.choose("dark")
    look.zoom_to(1.5)
    again = Look(qapp, settings)
    assert (again.choice, again.theme, again.zoom) == ("dark", DARK, 1.5)


def test_nonsense_in_the_settings_is_passed_over(qapp: QApplication, settings: QSettings) -> None:
    settings.setValue("theme", "purple")
    settings.setValue("zoom", "very")
    look = Look(qapp, settings)
    assert look.choice == "system"
    assert SMALLEST <= look.zoom <= LARGEST


def test_zoom_has_ends(look: Look) -> None:
    for _ in range(30):
        look.zoom_by(1)
    assert look.zoom == LARGEST
    for _ in range(30):
        look.zoom_by(-1)
    assert look.zoom == SMALLEST


def test_choosing_colours_changes_the_palette(qapp: QApplication, look: Look, qtbot: QtBot) -> None:
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.desk
    with qtbot.waitSignal(look.changed):
        look.choose("dark")
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.desk


def test_the_system_is_followed_only_when_asked(qapp: QApplication, look: Look) -> None:
    hints = qapp.styleHints()
    try:
        look.choose("system")
        hints.setColorScheme(Qt.ColorScheme.Dark)
        followed = look.theme
        look.choose("light")
        assert look.theme is LIGHT
        # The offscreen platform may keep its own scheme; then there is nothing to follow.
        assert followed is (DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT)
    finally:
        hints.unsetColorScheme()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_text_roles_have_the_colours_of_the_theme(theme: Theme) -> None:
    role = QPalette.ColorRole
    colours = palette(theme)
    for key, wanted in ((role.Text, theme.ink), (role.Base, theme.field), (role.Accent, theme.accent)):
        assert colours.color(key).name().upper() == wanted


VOICES = {
    "ink": ("sheet", "desk", "field", "tint", "wrong_tint", "line"),
    "ink2": ("sheet", "desk", "field", "tint"),
    "ink3": ("sheet", "desk"),
    "accent": ("sheet", "desk", "field", "tint", "wrong_tint"),
    "on_accent": ("accent",),
    "ok": ("sheet", "desk"),
    "wrong": ("sheet", "desk", "field", "wrong_tint"),
}
"""Every colour that text has, and every ground it stands on."""


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("voice", "ground"), [(v, g) for v, grounds in VOICES.items() for g in grounds])
def test_text_is_legible(theme: Theme, voice: str, ground: str) -> None:
    assert contrast(getattr(theme, voice), getattr(theme, ground)) >= 4.5


def test_what_holds_text_is_never_smaller_than_the_text() -> None:
    for zoom in STEPS:
        assert 13 * text_zoom(zoom) >= 11 - 1e-9 and 11 * text_zoom(zoom, CAPTION) >= 11
        assert text_zoom(zoom) >= zoom


def test_packaged_fonts_are_used(look: Look) -> None:
    assert {"Inter", "JetBrains Mono"} <= set(QFontDatabase.families())
    tabular = QFontMetricsF(interface_font(13, 1.0, tabular=True))
    assert tabular.horizontalAdvance("1111") == tabular.horizontalAdvance("0000")
    mono = QFontMetricsF(mono_font(13, 1.0))
    assert mono.horizontalAdvance("->") == 2 * mono.horizontalAdvance("i")


def test_a_sentence_looks_the_same_on_any_widget(qtbot: QtBot, look: Look) -> None:
    class Sentence(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            painter = QPainter(self)
            painter.setFont(interface_font(12, 1.0))
            painter.drawText(2, 20, "as in (1, k)")

    pictures = []
    for font in (interface_font(12, 1.0), mono_font(13, 1.0)):
        widget = Sentence()
        qtbot.addWidget(widget)
        widget.setFont(font)
        widget.resize(100, 30)
        pictures.append(widget.grab().toImage())
    assert pictures[0] == pictures[1]


def test_titles_are_heavier(qtbot: QtBot, look: Look) -> None:
    plain, title = QLabel("Gradient check"), QLabel("Gradient check")
    strengthen(title)
    for label in (plain, title):
        qtbot.addWidget(label)
        label.show()
    assert title.sizeHint().width() > plain.sizeHint().width()


def test_no_text_is_smaller_than_eleven_px(look: Look) -> None:
    assert interface_font(11, SMALLEST).pixelSize() == 11
