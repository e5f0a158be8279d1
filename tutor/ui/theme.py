"""The look of everything that is not a formula or a heatmap: colours, fonts, one short style sheet, zoom."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from tutor.figures.palette import DARK, LIGHT, Theme
from tutor.typeset.fonts import INTER, MONO, inter_files, mono_files

CHOICES: Final = ("system", "light", "dark")
SMALLEST, LARGEST = 0.75, 3.0
STEPS: Final = (0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
"""The stops of zooming in and out."""

CAPTION, TEXT, VERDICT = 11, 13, 15
"""The three sizes of interface text, px at 100 %."""


class Look(QObject):
    """Which colours and which size the whole window has; keeps both in the settings.

    Signals:
        changed (): Theme or zoom are different; what paints itself paints again.
    """

    changed = Signal()

    def __init__(self, application: QApplication, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._settings = settings
        choice = str(settings.value("theme", "system"))
        self._choice = choice if choice in CHOICES else "system"
        kept = settings.value("zoom")
        self._zoom = _bounded(_as_float(kept, 1.0)) if kept is not None else system_zoom()
        load_fonts()
        self._apply()
        application.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def choice(self) -> str:
        """What was asked for: ``system``, ``light`` or ``dark``."""
        return self._choice

    @property
    def theme(self) -> Theme:
        """The colours in force."""
        if self._choice == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if self._choice == "dark" else LIGHT

    @property
    def zoom(self) -> float:
        """What every px is multiplied by."""
        return self._zoom

    def choose(self, choice: str) -> None:
        """Take the system's colours, or the light or dark ones."""
        self._choice = choice
        self._settings.setValue("theme", choice)
        self._apply()

    def zoom_to(self, zoom: float) -> None:
        """Make everything larger or smaller."""
        zoom = _bounded(zoom)
        if zoom != self._zoom:
            self._zoom = zoom
            self._settings.setValue("zoom", zoom)
            self._apply()

    def zoom_by(self, steps: int) -> None:
        """Go up or down the stops."""
        if steps > 0:
            self.zoom_to(next((stop for stop in STEPS if stop > self._zoom + 1e-6), LARGEST))
        else:
            self.zoom_to(next((stop for stop in reversed(STEPS) if stop < self._zoom - 1e-6), SMALLEST))

    def zoom_back(self) -> None:
        """The zoom of a first start."""
        self.zoom_to(system_zoom())

    def _follow(self) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        theme = self.theme
        self._application.setFont(interface_font(TEXT, self._zoom))
        self._application.setPalette(palette(theme))
        self._application.setStyleSheet(style_sheet(theme, self._zoom))
        self.changed.emit()


def system_zoom() -> float:
    """The zoom that makes the window's text as large as the system's: 9 pt are 100 %."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    # In px, because a point is another length on another system: 9 pt are 12 px where an inch has 96. QFontInfo would
    # say it too, and loads the system's font for it, which nothing is written in.
    inch = QGuiApplication.primaryScreen().logicalDotsPerInchY()
    px = font.pixelSize() if font.pixelSize() > 0 else round(font.pointSizeF() * inch / 72.0)
    return _bounded(round(px / 12.0, 2))


@cache
def load_fonts() -> None:
    """Make the packaged faces known to Qt, once: whatever the system has, the ones tested are taken."""
    fallback = find_spec("matplotlib")  # found, not imported: importing it costs half a second
    files = [*inter_files(), *mono_files()]
    if fallback is not None and fallback.origin is not None:
        files.append(Path(fallback.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSansMono.ttf")
    for file in files:
        QFontDatabase.addApplicationFont(str(file))


def text_zoom(zoom: float, size: int = TEXT) -> float:
    """The zoom of what is drawn around text: letters are never smaller than captions, and so is what holds them."""
    return max(zoom, CAPTION / size)


def interface_font(px: int, zoom: float, *, tabular: bool = False) -> QFont:
    """Inter; with tabular figures where numbers stand under each other."""
    font = QFont(INTER)
    font.setPixelSize(max(CAPTION, round(px * zoom)))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("calt"), 1)  # said, or a painter takes it from the font of the widget it paints on
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def strengthen(widget: QWidget) -> None:
    """Make a title or a verdict semi-bold; size and family stay those of its voice.

    Inter is one file with an axis for the weight, and Qt moves along it only when told.
    """
    font = QFont()
    font.setWeight(QFont.Weight.DemiBold)
    font.setVariableAxis(QFont.Tag("wght"), 600)
    widget.setFont(font)


def mono_font(px: int, zoom: float) -> QFont:
    """JetBrains Mono for what is typed; DejaVu has the signs it lacks (ᵀ, ∇)."""
    font = QFont([MONO, "DejaVu Sans Mono"])
    font.setPixelSize(max(CAPTION, round(px * zoom)))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("calt"), 0)
    font.setFeature(QFont.Tag("liga"), 0)
    return font


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's palette."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.desk,
        role.WindowText: theme.ink,
        role.Base: theme.field,
        role.AlternateBase: theme.sheet,
        role.Text: theme.ink,
        role.Button: theme.sheet,
        role.ButtonText: theme.ink,
        role.BrightText: theme.on_accent,
        role.PlaceholderText: theme.ink3,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.sheet,
        role.ToolTipText: theme.ink,
        role.Light: theme.sheet,
        role.Midlight: theme.line,
        role.Mid: theme.edge2,
        role.Dark: theme.edge,
        role.Shadow: theme.edge,
    }
    result = QPalette()
    for key, colour in colours.items():
        result.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        result.setColor(QPalette.ColorGroup.Disabled, key, QColor(theme.off))
    return result


def style_sheet(theme: Theme, zoom: float) -> str:
    """What a palette cannot say. Widgets ask for a voice or a ground by a property of that name."""

    def px(size: float) -> str:
        return f"{max(1, round(size * zoom))}px"

    def letter(size: int) -> str:
        return f"{max(CAPTION, round(size * zoom))}px"

    return f"""
    QMainWindow::separator {{ width: {px(6)}; height: {px(6)}; background: {theme.desk}; }}
    QDockWidget {{ border: 2px solid {theme.edge2}; }}
    *[ground="sheet"] {{ background: {theme.sheet}; }}
    *[ground="none"] {{ background: transparent; }}
    *[voice="second"] {{ color: {theme.ink2}; }}
    *[voice="caption"] {{ color: {theme.ink3}; font-size: {letter(CAPTION)}; }}
    *[voice="note"] {{ color: {theme.ink2}; font-size: {letter(CAPTION)}; }}
    *[voice="verdict"] {{ font-size: {letter(VERDICT)}; }}
    *[voice="wrong"] {{ color: {theme.wrong}; }}
    *[voice="link"] {{ color: {theme.accent}; border: none; background: transparent; padding: 0; }}
    QMenuBar {{ background: {theme.desk}; padding: {px(1)} {px(2)}; }}
    QMenuBar::item {{ background: transparent; padding: {px(3)} {px(8)}; border-radius: {px(4)}; }}
    QMenuBar::item:selected {{ background: {theme.tint}; }}
    QMenu {{ background: {theme.sheet}; border: 1px solid {theme.edge2}; padding: {px(4)} 0; }}
    QMenu::item {{ padding: {px(5)} {px(24)} {px(5)} {px(12)}; }}
    QMenu::item:selected {{ background: {theme.tint}; color: {theme.ink}; }}
    QMenu::item:disabled {{ color: {theme.off}; }}
    QMenu::icon {{ padding-left: {px(10)}; }}
    QMenu::indicator {{ width: {px(13)}; height: {px(13)}; margin-left: {px(8)}; }}
    QComboBox QAbstractItemView {{ background: {theme.sheet}; border: 1px solid {theme.edge2}; outline: none;
        selection-background-color: {theme.tint}; selection-color: {theme.ink}; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: {px(4)} 0; }}
    QToolBar {{ background: {theme.desk}; border: none; padding: 0; spacing: 0; }}
    QToolButton {{ border: 2px solid transparent; border-radius: {px(4)}; padding: {px(3)}; background: transparent; }}
    QToolButton:hover {{ background: {theme.line}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {theme.tint}; }}
    QToolButton:focus {{ border-color: {theme.accent}; }}
    QPushButton[voice="link"]:hover {{ text-decoration: underline; }}
    QPushButton[voice="link"]:focus {{ border: 2px solid {theme.accent}; border-radius: {px(4)}; }}
    QStatusBar {{ background: {theme.desk}; }}
    QStatusBar::item {{ border: none; }}
    QTabBar {{ background: {theme.sheet}; qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: {theme.sheet}; color: {theme.ink2}; border: none; border-bottom: 2px solid transparent;
        margin: 0 0 0 {px(16)}; padding: {px(7)} 0 {px(5)} 0; }}
    QTabBar::tab:selected {{ color: {theme.ink}; border-bottom-color: {theme.accent}; }}
    QTabBar::tab:hover:!selected {{ color: {theme.ink}; border-bottom-color: {theme.edge2}; }}
    QToolTip {{ background: {theme.sheet}; color: {theme.ink}; border: 1px solid {theme.edge2}; padding: {px(4)}; }}
    QScrollArea, QAbstractScrollArea {{ border: none; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ width: {px(8)}; background: transparent; margin: 0; }}
    QScrollBar:horizontal {{ height: {px(8)}; background: transparent; margin: 0; }}
    QScrollBar::handle {{ background: {theme.edge2}; border-radius: {px(2)}; margin: {px(1)}; }}
    QScrollBar::handle:vertical {{ min-height: {px(28)}; }}
    QScrollBar::handle:horizontal {{ min-width: {px(28)}; }}
    QScrollBar::handle:hover {{ background: {theme.edge}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def _bounded(zoom: float) -> float:
    return min(LARGEST, max(SMALLEST, zoom))


def _as_float(value: object, otherwise: float) -> float:
    """A number from the settings, which keep text on some systems."""
    try:
        return float(str(value))
    except ValueError:
        return otherwise
