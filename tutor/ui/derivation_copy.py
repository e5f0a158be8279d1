"""Copying from the derivation: the whole, its result or one step, as LaTeX, text, Markdown, code or a picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage, QImageWriter, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QWidget, QWidgetAction

PICTURE: Final = "picture"
WHOLE: Final = ""

FORMATS: Final[tuple[tuple[str, str, str], ...]] = (
    (PICTURE, "Copy as picture", "Ctrl+C"),
    ("latex", "Copy as LaTeX", "Ctrl+Shift+C"),
    ("text", "Copy as text", "Ctrl+Alt+C"),
    ("markdown", "Copy as Markdown", "Ctrl+Alt+M"),
)
"""What there is to copy as, what the menu says, and the keys."""

CODE: Final[tuple[tuple[str, str, str], ...]] = (
    ("numpy", "Copy as NumPy code", "Ctrl+Alt+N"),
    ("torch", "Copy as PyTorch code", ""),
    ("jax", "Copy as JAX code", ""),
)
"""The same for the whole derivation alone: a module that computes the gradient."""


_COPY: Final = "Copy as "


class Source(NamedTuple):
    """Where copies come from.

    Attributes:
        here: What the keyboard is on: a step, the result, or the whole.
        said: What that is called in the menu.
        text: It in a format.
        picture: It as it is seen.
    """

    here: Callable[[], str]
    said: Callable[[str], str]
    text: Callable[[str, str], str]
    picture: Callable[[str], QImage]


class Copying(QObject):
    """The keys and the menu that copy.

    Args:
        panel: Where the keys are heard.
        source: What is copied.

    Signals:
        copied (str): Something is on the clipboard, and what, in words.
    """

    copied = Signal(str)

    def __init__(self, panel: QWidget, source: Source) -> None:
        super().__init__(panel)
        self._source = source
        self.actions: dict[str, QAction] = {}
        for format, words, keys in (*FORMATS, *CODE):
            action = QAction(words, panel)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(partial(self._copy_here, format))
            panel.addAction(action)
            self.actions[format] = action

    def menu(self, what: str, parent: QWidget) -> QMenu:
        """Builds the menu for a place; it deletes itself when it closes."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, what)
        if what != WHOLE:
            menu.addSeparator()
            self._fill(menu, WHOLE)
        return menu

    def fill_whole(self, menu: QMenu) -> None:
        """Offer the formats of the whole derivation."""
        for format, text, _ in (*FORMATS, *CODE):
            menu.addAction(text.removeprefix(_COPY)).triggered.connect(partial(self._copy, WHOLE, format))

    def copy(self, what: str, format: str) -> None:
        """Put something on the clipboard."""
        data = QMimeData()
        if format == PICTURE:
            image = self._source.picture(what)
            data.setImageData(image)
            data.setData("image/png", _png(image))
        else:
            data.setText(self._source.text(what, format))
        QGuiApplication.clipboard().setMimeData(data)
        words = self.actions[format].text().removeprefix(_COPY)
        self.copied.emit(f"{self._source.said(what)} copied as {words}")

    def _fill(self, menu: QMenu, what: str) -> None:
        said = self._source.said(what)
        head, words = QWidgetAction(menu), QLabel(said[:1].upper() + said[1:])
        words.setProperty("voice", "caption")
        words.setContentsMargins(12, 4, 12, 4)
        head.setText(words.text())
        head.setDefaultWidget(words)
        menu.addAction(head)
        for format, text, keys in (*FORMATS, *(() if what else CODE)):
            action = menu.addAction(text)
            if keys and what == self._source.here():
                action.setShortcut(QKeySequence(keys))  # shown; the panel's own action hears them
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(partial(self._copy, what, format))

    def _copy_here(self, format: str, _checked: bool = False) -> None:
        is_code = any(format == name for name, _, _ in CODE)
        self.copy(WHOLE if is_code else self._source.here(), format)

    def _copy(self, what: str, format: str, _checked: bool = False) -> None:
        self.copy(what, format)


def _png(image: QImage) -> QByteArray:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return data
