"""The windows beside the window: each is made when it is asked for first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from tutor.ui.actions import Actions
from tutor.ui.documents import Documents
from tutor.ui.keys import KeyList
from tutor.ui.store import Store
from tutor.ui.theme import Look

if TYPE_CHECKING:
    from tutor.ui.figure_dialog import FigureDialog
    from tutor.ui.language_list import LanguageList
    from tutor.ui.network_form import NetworkForm


class Beside:
    """Opens them.

    Args:
        window: Whose they are.
        look: Theme and zoom.
        actions: The commands to list.
        documents: Where they open and save what they make.
        store: What they show.
    """

    def __init__(
        self, window: QWidget, look: Look, actions: Actions, documents: Documents, store: Store
    ) -> None:
        self._window, self._look, self._actions = window, look, actions
        self._documents, self._store = documents, store
        self._keys = KeyList(window)
        self._language: LanguageList | None = None
        self._form: NetworkForm | None = None
        self._figure: FigureDialog | None = None

    def show_keys(self) -> None:
        """List every command and its keys."""
        self._keys.show_commands(self._actions)

    def show_language(self) -> None:
        """List everything a program can hold."""
        from tutor.ui.language_list import LanguageList

        if self._language is None:
            self._language = LanguageList(self._look, self._window)
        self._language.come()

    def new_network(self) -> None:
        """Ask for the layers of a network, and open its program."""
        from tutor.ui.network_form import NetworkForm

        if self._form is None:
            self._form = NetworkForm(self._look, self._documents.open_new, self._window)
        self._form.come()

    def export_figure(self) -> None:
        """Ask which picture, preview it, and save it."""
        from tutor.ui.figure_dialog import FigureDialog

        if self._figure is None:
            self._figure = FigureDialog(self._look, self._documents.now, self._documents.place_for, self._window,
                                        self._documents.shown)
            self._store.changed.connect(self._figure.refresh_soon)
        self._figure.come()

    def close(self) -> None:
        """Close what is open."""
        opened: tuple[QDialog | None, ...] = (self._keys, self._form, self._figure)
        for dialog in opened:
            if dialog is not None:
                dialog.close()
