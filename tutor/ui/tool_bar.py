"""The tool bar: which problem, back and forth, and by which variable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QWidget

from tutor.core.layout import SCALAR, shape_text
from tutor.figures.lettering import typeset_with
from tutor.language.names import name_typst
from tutor.typeset import Typesetter
from tutor.ui.actions import Actions
from tutor.ui.panel import View
from tutor.ui.theme import text_zoom
from tutor.ui.widgets.choice import Choice
from tutor.ui.widgets.formula_paint import FormulaColours
from tutor.ui.widgets.phrase import Phrase
from tutor.ui.widgets.segmented import Segment, Segmented

HEIGHT = 42
MANY = 9
"""With more variables than this the names are chosen from a list."""


class _Arrangement(NamedTuple):
    """How much of the tool bar is shown.

    Attributes:
        problems: How wide the list of problems is.
        worded: Whether words stand before the names.
        listed: Whether the names are a list.
        named: Whether the button at the right says what it does.
    """

    problems: int
    worded: bool = True
    listed: bool = False
    named: bool = False


_ARRANGEMENTS = (
    _Arrangement(204, named=True), _Arrangement(204), _Arrangement(132), _Arrangement(132, worded=False),
    _Arrangement(204, listed=True), _Arrangement(132, listed=True), _Arrangement(132, worded=False, listed=True),
    _Arrangement(90, worded=False, listed=True),
)
"""The first that fits is taken."""

_STYLES = (Qt.ToolButtonStyle.ToolButtonIconOnly, Qt.ToolButtonStyle.ToolButtonTextBesideIcon)


class ToolBar(QToolBar):
    """One row over the panels.

    Signals:
        problem_chosen (int): The place of a ready-made problem in the list.
        variable_chosen (str): The variable to differentiate by.
    """

    problem_chosen = Signal(int)
    variable_chosen = Signal(str)

    def __init__(self, actions: Actions, titles: Sequence[str], typesetter: Typesetter) -> None:
        super().__init__("Tool bar")
        self._typeset = typeset_with(typesetter)
        self.setObjectName("tool-bar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._row = QHBoxLayout()
        self._problems = Choice()
        self._problems.setAccessibleName("Problem")
        self._problems.setToolTip("A ready-made problem to start from")
        self._problems.addItems(list(titles))
        self._problems.activated.connect(self.problem_chosen)
        self._undo, self._redo = (self._button(actions, key) for key in ("undo", "redo"))
        self._question = Phrase()
        self._question.setProperty("voice", "second")
        self.variables = Segmented()
        self.variables.setAccessibleName("Gradient by")
        self.variables.chosen.connect(self.variable_chosen)
        self._many = Choice()
        self._many.setAccessibleName("Gradient by")
        self._many.textActivated.connect(self.variable_chosen)
        self._lines = [_line(), _line()]
        for widget in (self._problems, self._lines[0], self._undo, self._redo, self._lines[1], self._question,
                       self.variables, self._many):
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addStretch(1)
        self._export = self._button(actions, "export")
        self._row.addWidget(self._export, 0, Qt.AlignmentFlag.AlignVCenter)
        self._zoom = 1.0
        self._is_many = False
        holder = _Holder(self._fit)
        holder.setLayout(self._row)
        self._holder = holder
        self.addWidget(holder)

    def offer_problems(self) -> None:
        """Open the list of ready-made problems."""
        self._problems.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._problems.showPopup()

    def show_view(self, view: View, place: int, title: str) -> None:
        """Show what is asked, and of which problem.

        Args:
            view: What the panels show.
            place: Which of the ready-made problems it is of; -1 for none.
            title: What another is called.
        """
        self._problems.blockSignals(True)
        self._problems.setCurrentIndex(place)
        self._problems.setPlaceholderText(title)
        self._problems.blockSignals(False)
        program = view.problem.program
        names = list(program.targets)
        if view.problem.wrt not in names:
            names.append(view.problem.wrt)
        output = program.output.name
        output_name, *set_names = self._typeset([name_typst(name) for name in (output, *names)], 15.0)
        colours = FormulaColours.from_palette(self.palette())
        what = "Gradient" if program.output.shape == SCALAR else "Jacobian"
        self._question.say((f"{what} of  ", output_name, "  by"), f"{what} of {output} by", colours, view.zoom)
        self._is_many = len(names) > MANY
        self._many.clear()
        self._many.addItems(names)
        self._many.setCurrentText(view.problem.wrt)
        segments = [
            Segment(name, as_set, f"gradient by {name}", self._tip(view, name, place))
            for place, (name, as_set) in enumerate(zip(names[:MANY], set_names, strict=False), 1)
        ]
        self.variables.set_segments(segments, view.problem.wrt, text_zoom(view.zoom))
        self._fit()

    def set_look(self, zoom: float) -> None:
        """Take another size."""
        zoom = self._zoom = text_zoom(zoom)

        def px(size: float) -> int:
            return round(size * zoom)

        self.setFixedHeight(px(HEIGHT))
        self._row.setContentsMargins(px(16), 0, px(16), 0)
        self._row.setSpacing(px(8))
        self._problems.set_zoom(zoom)
        self._many.set_zoom(zoom)
        for line in self._lines:
            line.setFixedSize(px(16) + 1, px(20))
        for button in (self._undo, self._redo):
            button.setIconSize(QSize(px(16), px(16)))
            button.setFixedSize(px(28), px(28))
        self._export.setIconSize(QSize(px(16), px(16)))
        self._export.setFixedHeight(px(28))
        self._fit()

    def _fit(self) -> None:
        """Without room the list of problems gets narrower, the words go, and the names become a list."""
        room = self._holder.width()
        possible = [arrangement for arrangement in _ARRANGEMENTS if arrangement.listed or not self._is_many]
        chosen = next((arrangement for arrangement in possible if self._width(arrangement) <= room), possible[-1])
        self._problems.setFixedWidth(round(chosen.problems * self._zoom))
        for widget, shown in ((self._question, chosen.worded), (self._lines[1], chosen.worded),
                              (self.variables, not chosen.listed), (self._many, chosen.listed)):
            widget.setVisible(shown)
        self._export.setToolButtonStyle(_STYLES[chosen.named])

    def _width(self, arrangement: _Arrangement) -> int:
        """The room an arrangement needs."""
        parts = [round(arrangement.problems * self._zoom), self._lines[0].width(), self._undo.width(),
                 self._redo.width()]
        if arrangement.worded:
            parts += [self._lines[1].width(), self._question.sizeHint().width()]
        parts.append((self._many.minimumSizeHint() if arrangement.listed else self.variables.sizeHint()).width())
        self._export.setToolButtonStyle(_STYLES[arrangement.named])
        parts.append(self._export.sizeHint().width())
        margins = self._row.contentsMargins()
        return sum(parts) + self._row.spacing() * len(parts) + margins.left() + margins.right()

    @staticmethod
    def _tip(view: View, name: str, place: int) -> str:
        shape = shape_text(view.problem.shape(name))
        return f"Gradient by {name}, {shape} (Alt+{place})"

    @staticmethod
    def _button(actions: Actions, key: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(actions[key])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        return button


class _Holder(QWidget):
    """Holds the row, takes whatever room there is, and says when that is another."""

    def __init__(self, resized: Callable[[], None]) -> None:
        super().__init__()
        self._resized = resized
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized()


def _line() -> QFrame:
    """An upright hairline between groups."""
    line = QFrame()
    line.setFrameShape(QFrame.Shape.VLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    line.setForegroundRole(line.palette().ColorRole.Mid)
    return line
