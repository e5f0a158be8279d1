"""Export figure: what a panel shows as a file for lecture notes, previewed as it will be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tutor.core.errors import TutorError
from tutor.files.document import Shown
from tutor.ui.figure_file import Figure, command, remarks, rendered, written
from tutor.ui.jobs import Job
from tutor.ui.store import Document
from tutor.ui.theme import Look, mono_font
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.size_box import SizeBox

if TYPE_CHECKING:
    from tutor.figures.export import Saved

PICTURES: Final = {"Jacobians": "jacobians", "Derivation": "derivation", "Chain": "chain", "Gradient check": "check",
                   "Step sweep": "sweep"}
FORMATS: Final = {"SVG": "svg", "PDF": "pdf", "PNG": "png", "LaTeX": "tex"}
THEMES: Final = ("light", "dark", "print")
NARROWEST, WIDEST = 20, 2000
COARSEST, FINEST = 20, 2400
PAUSE: Final = 250
"""Milliseconds without an edit before the preview follows: drawing it would slow down a drag."""
_PREVIEW: Final = QSize(620, 420)


class FigureDialog(QDialog):
    """A window beside the window; it stops nobody, and remembers what was chosen.

    Args:
        look: Theme and zoom.
        document: The document as it is now, and whether there is work in it that is in no file.
        ask: Asks for the file to save as.
        parent: The window it belongs to.
        shown: How the window looks at the document now.
    """

    def __init__(
        self, look: Look, document: Callable[[], tuple[Document, bool]], ask: Callable[[Path], Path | None],
        parent: QWidget, shown: Callable[[], Shown] = Shown,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export figure")
        self.setModal(False)
        self._look, self._document, self._ask, self._looked_at = look, document, ask, shown
        self._target = Path()
        self.said = QLabel()
        self.said.setProperty("voice", "second")
        self.said.setWordWrap(True)
        self.picture, self.format = self._choice("Picture", tuple(PICTURES)), self._choice("Format", tuple(FORMATS))
        self.theme = self._choice("Theme", THEMES)
        self.width_box = self._box("Width in mm", NARROWEST, WIDEST, "width", 160)
        self.dpi_box = self._box("Dots per inch", COARSEST, FINEST, "number of dots", 200)
        self.format.setCurrentText("PDF")
        self.theme.setCurrentText("print")
        self.preview = Preview()
        self.command = QLineEdit()
        self.command.setReadOnly(True)
        self.command.setAccessibleName("Command")
        self.save = QPushButton("Save as…")
        self._drawing, self._saving = Job(self), Job(self)
        self._alone = Lock()  # matplotlib has one set of settings for all threads
        self._drawing.answered.connect(self._show_picture)
        self._drawing.refused.connect(self._refuse)
        self._saving.answered.connect(self._tell_saved)
        self._saving.refused.connect(self._tell)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._soon.timeout.connect(self.refresh)
        self._put_together()
        look.changed.connect(self._dress)

    @property
    def busy(self) -> bool:
        """Whether a picture or a file is on its way."""
        return self._soon.isActive() or self._drawing.busy or self._saving.busy

    @property
    def figure(self) -> Figure:
        """What is chosen, of the problem as it is now."""
        return Figure(self._document()[0].problem, PICTURES[self.picture.currentText()],
                      FORMATS[self.format.currentText()], self.theme.currentText(), self.width_box.value(),
                      self.dpi_box.value(), self._looked_at())

    def come(self) -> None:
        """Come to the front, with the problem as it is now."""
        self._dress()
        self.show()
        self.raise_()
        self.activateWindow()
        self.picture.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()

    def refresh_soon(self) -> None:
        """Draw the preview anew once the problem has been left alone for a moment."""
        if self.isVisible():
            self._soon.start()

    def refresh(self) -> None:
        """Draw the preview anew, in the background, if anybody sees it."""
        if not self.isVisible():
            return
        figure = self.figure
        for widget in (self.dpi_box, *self._words[self.dpi_box]):
            widget.setVisible(figure.kind == "png")
        self.command.setText(self._as_command(figure))
        self.command.setCursorPosition(0)
        dots = self.preview.width() * self.preview.devicePixelRatioF() / figure.width * 25.4
        seen = figure._replace(kind="png", dpi=round(min(max(dots, COARSEST), FINEST)))
        self._drawing.ask(partial(rendered, seen, "preview", self._alone))

    # ---- putting together -------------------------------------------------------------------------------------

    def _put_together(self) -> None:
        self._grid = QGridLayout()
        self._words: dict[QWidget, list[QLabel]] = {}
        rows = {"Picture": (self.picture, ""), "Format": (self.format, ""), "Width": (self.width_box, "mm"),
                "Dots": (self.dpi_box, "per inch"), "Theme": (self.theme, "")}
        for row, (name, (widget, unit)) in enumerate(rows.items()):
            label = QLabel(name)
            label.setProperty("voice", "second")
            self._words[widget] = [label]
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(widget, row, 1, 1, 1 if unit else 2, Qt.AlignmentFlag.AlignLeft)
            if unit:
                self._words[widget].append(QLabel(unit))
                self._grid.addWidget(self._words[widget][-1], row, 2)
        self._grid.setRowStretch(len(rows), 1)
        sheet = QWidget()
        sheet.setProperty("ground", "sheet")
        self._shown = QVBoxLayout(sheet)
        self._shown.addWidget(self.preview, 1)
        self._shown.addWidget(self.said)
        self._both = QHBoxLayout()
        self._both.addLayout(self._grid)
        self._both.addWidget(sheet, 1)
        self._foot = QHBoxLayout()
        command = QLabel("Command")
        command.setProperty("voice", "second")
        self._foot.addWidget(command)
        self._foot.addWidget(self.command, 1)
        buttons = QDialogButtonBox()
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.close)
        self.save.setDefault(True)
        self._foot.addWidget(buttons)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._both, 1)
        self._column.addLayout(self._foot)

    def _choice(self, name: str, options: tuple[str, ...]) -> Choice:
        choice = Choice()
        choice.addItems(list(options))
        choice.setAccessibleName(name)
        choice.activated.connect(self.refresh)
        return choice

    def _box(self, name: str, least: int, most: int, what: str, number: int) -> SizeBox:
        box = SizeBox(least, most, digits=4, what=what)
        box.show_number(number)
        box.setAccessibleName(name)
        box.edited.connect(self.refresh)
        box.refused.connect(self.said.setText)
        return box

    def _dress(self) -> None:
        zoom = self._look.zoom

        def px(size: float) -> int:
            return round(size * zoom)

        for widget in (self.picture, self.format, self.theme):
            widget.set_zoom(zoom)
            widget.setMinimumWidth(widget.sizeHint().width())
        for box in (self.width_box, self.dpi_box):
            box.set_zoom(zoom)
        self._grid.setContentsMargins(px(16), px(12), px(16), px(12))
        self._grid.setHorizontalSpacing(px(8))
        for label, *_ in self._words.values():
            label.setMinimumWidth(label.sizeHint().width() + px(8))
        self._grid.setVerticalSpacing(px(8))
        self._shown.setContentsMargins(px(16), px(16), px(16), px(12))
        self._shown.setSpacing(px(12))
        self._both.setSpacing(0)
        self._foot.setContentsMargins(px(16), 0, px(16), 0)
        self._foot.setSpacing(px(12))
        self._column.setContentsMargins(0, 0, 0, px(12))
        self._column.setSpacing(px(12))
        self.command.setFont(mono_font(13, zoom))
        self.preview.setMinimumSize(_PREVIEW * zoom)

    # ---- drawing and saving -----------------------------------------------------------------------------------

    def _show_picture(self, answer: tuple[bytes, Saved]) -> None:
        data, saved = answer
        self.preview.show_picture(QImage.fromData(data))
        self.save.setEnabled(True)
        width = self.width_box.value()
        self.said.setText(" ".join([f"{width} × {round(width * self.preview.aspect)} mm.", *remarks(saved)]))

    def _refuse(self, error: TutorError) -> None:
        """There is no such picture."""
        self.preview.show_picture(QImage())
        self.save.setEnabled(False)
        self._tell(error)

    def _tell(self, error: TutorError) -> None:
        self.said.setText(error.sentence)

    def _save(self) -> None:
        figure = self.figure
        path = self._ask(self._target.parent / f"{figure.panel}.{figure.kind}")
        if path is not None:
            self._target = path
            self.said.setText("Saving…")
            self._saving.ask(partial(written, figure, path, self._alone))

    def _tell_saved(self, answer: tuple[Path, Saved]) -> None:
        path, saved = answer
        self.said.setText(" ".join([f"Saved as {path.name}.", *remarks(saved)]))

    def _as_command(self, figure: Figure) -> str:
        document, modified = self._document()
        if modified or not document.name:
            return "Save the problem first: the command reads its file."
        return command(figure, document.name)

    # ---- Qt ---------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        self._soon.stop()
        self._drawing.close()
        super().closeEvent(event)


class Preview(QWidget):
    """A picture, as large as fits."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QImage()
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def aspect(self) -> float:
        """Its height, in widths."""
        return self._picture.height() / max(self._picture.width(), 1)

    def show_picture(self, picture: QImage) -> None:
        """Show another."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawImage(QRectF(left, top, size.width(), size.height()), self._picture)
