"""A widget that paints itself: in the colours of a theme, at a size."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from tutor.figures.palette import LIGHT, Theme


class Dressed(QWidget):
    """Takes colours and size, and paints anew where they are others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._zoom = 1.0

    @property
    def theme(self) -> Theme:
        """The colours."""
        return self._theme

    @property
    def zoom(self) -> float:
        """The size, 1 being 100 %."""
        return self._zoom

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        if theme is not self._theme:
            self._theme = theme
            self.update()

    def set_zoom(self, zoom: float) -> None:
        """Becomes larger or smaller."""
        if zoom != self._zoom:
            self._zoom = zoom
            self.updateGeometry()
            self.update()
