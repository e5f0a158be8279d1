"""The controls that say how a derivation is read: the style, and how its formulas are written."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from tutor.derive.conventions import STYLES, Convention
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.menu_button import MenuButton

_STYLES: Final = {"chain": "Jacobian product", "differential": "differentials", "index": "index notation"}
_FORMS: Final[tuple[tuple[str, tuple[tuple[Any, str, str], ...]], ...]] = (
    ("vectors", (("row", "rows", "Vectors as rows"), ("column", "columns", "Vectors as columns"))),
    ("layout", (("gradient", "", "Gradient layout: the shape of the variable"),
                ("numerator", "numerator", "Numerator layout: the transposed shape"))),
    ("spelled", ((False, "", "Steps abbreviated with δ"), (True, "spelled out", "Steps spelled out"))),
)
"""What can be chosen of the form: an attribute of conventions, and for each value what button and menu say."""


class ReadingChoice(QObject):
    """Two controls in the head of the derivation.

    Attributes:
        style: Jacobian product, differentials or index notation.
        form: Rows or columns, layout, abbreviated or spelled out.

    Signals:
        chosen (str): A person chose another convention, as :attr:`Convention.words` names it.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._convention = Convention()
        self.style = Choice(flat=True, parent=parent)
        self.style.setAccessibleName("Style of the derivation")
        self.style.addItems([_STYLES[style] for style in STYLES])
        self.style.activated.connect(self._choose_style)
        self.form = MenuButton(parent)
        self.form.setAccessibleName("How formulas are written")
        self._actions: dict[tuple[str, object], QAction] = {}
        for attribute, values in _FORMS:
            group = QActionGroup(self)
            for value, _, words in values:
                action = self.form.menu.addAction(words)
                action.setCheckable(True)
                group.addAction(action)
                action.triggered.connect(partial(self._choose, attribute, value))
                self._actions[attribute, value] = action
            self.form.menu.addSeparator()
        self.show_convention(self._convention)

    def show_convention(self, convention: Convention) -> None:
        """Show what is chosen."""
        self._convention = convention
        self.style.setCurrentIndex(STYLES.index(convention.style))
        chosen = [(attribute, said, value) for attribute, values in _FORMS for value, said, _ in values
                  if getattr(convention, attribute) == value]
        self.form.say(", ".join(said for _, said, _ in chosen if said))
        for attribute, _, value in chosen:
            self._actions[attribute, value].setChecked(True)

    def set_zoom(self, zoom: float) -> None:
        """Draw at another size."""
        self.style.set_zoom(zoom)
        self.form.set_zoom(zoom)

    def _choose_style(self, place: int) -> None:
        self._tell(replace(self._convention, style=STYLES[place]))

    def _choose(self, attribute: str, value: object, _checked: bool = False) -> None:
        self._tell(replace(self._convention, **{attribute: value}))  # type: ignore[arg-type]

    def _tell(self, convention: Convention) -> None:
        if convention != self._convention:
            self.show_convention(convention)  # at once: what is chosen next is chosen besides
            self.chosen.emit(convention.words)
