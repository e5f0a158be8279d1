"""The V-curve as a widget: how the error of the differences goes with the step."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from tutor.figures.cells import CELL_PX, error_text, tick_text
from tutor.figures.comparison import SweepSpec
from tutor.figures.inter import HALF_DIGIT
from tutor.figures.sweep_notes import SWEEP_PX
from tutor.figures.sweep_plan import DOT_RADIUS, SweepPlan, plan_sweep
from tutor.ui.widgets.cell_painter import Pixels
from tutor.ui.widgets.dressed import Dressed
from tutor.ui.widgets.inks import Inks, inks
from tutor.ui.widgets.letter_painter import paint_words

NAME = "largest relative error against the step"
"""What it is called where its caption has no room."""

_CURVE = 1.5
_HINT = QSize(290, 160)
_LEAST = QSize(140, 100)


class SweepView(Dressed):
    """Shows the largest error at every step, the step in use, and where the two slopes come from.

    Where there is room, the slopes are drawn as right angles; where there is little, they are said in words.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Starts empty, in a widget if one is given."""
        super().__init__(parent)
        self._spec: SweepSpec | None = None
        self._plan: tuple[object, SweepPlan] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def spec(self) -> SweepSpec | None:
        """What is shown; None for nothing."""
        return self._spec

    @property
    def plan(self) -> SweepPlan | None:
        """Where everything stands, in px of the layout; None where nothing is shown."""
        if self._spec is None:
            return None
        key = self._spec, self.width(), self.height(), self._zoom
        if self._plan is None or self._plan[0] != key:
            self._plan = key, plan_sweep(self._spec, self.width() / self._zoom, self.height() / self._zoom)
        return self._plan[1]

    def set_spec(self, spec: SweepSpec | None) -> None:
        """Shows a sweep, or nothing."""
        if spec is self._spec:
            return
        self._spec = spec
        self._plan = None
        if spec is None:
            self.setAccessibleName("")
            self.setAccessibleDescription("")
        else:
            self.setAccessibleName(spec.caption or NAME)
            self.setAccessibleDescription(_words(spec))
        self.update()

    def sizeHint(self) -> QSize:
        return _HINT * self._zoom

    def minimumSizeHint(self) -> QSize:
        return _LEAST * self._zoom

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.scale(1 / ratio, 1 / ratio)
            visible = painter.transform().inverted()[0].mapRect(event.rect())
            painter.fillRect(visible, inks(self._theme).sheet)
            plan = self.plan
            if self._spec is not None and plan is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                _SweepBrush(painter, plan, Pixels(self._zoom * ratio), inks(self._theme)).paint()


class _SweepBrush:
    """One painting of a sweep."""

    def __init__(self, painter: QPainter, plan: SweepPlan, pixels: Pixels, colours: Inks) -> None:
        self.painter = painter
        self.plan = plan
        self.pixels = pixels
        self.colours = colours

    def paint(self) -> None:
        plan, colours, plot = self.plan, self.colours, self.plan.plot
        if plan.caption:
            self._say(plan.caption, plot.left, plan.caption_baseline, colours.ink2, "left")
        left, right = self.pixels.x(plot.left), self.pixels.x(plot.right)
        for tick in plan.y_ticks:
            thick = self.pixels.width(1)
            self.painter.fillRect(left, self.pixels.y(tick.at) - thick // 2, right - left, thick, colours.line)
            self._say(tick.text, plot.left - 6, tick.at + HALF_DIGIT * CELL_PX, colours.ink3, "right")
        for tick in plan.x_ticks:
            self._say(tick.text, tick.at, plan.x_ticks_baseline, colours.ink3, "center")
        if plan.used_x is not None:
            self._draw_used_step(plan.used_x)
        for note in plan.notes:
            self.painter.fillRect(self.pixels.rect(note.place), colours.sheet)
        for piece in plan.curves:
            self._draw(piece, colours.ink, _CURVE)
        if plan.dot is not None:
            self.painter.setPen(QPen(colours.ink, _CURVE * self.pixels.scale))
            self.painter.setBrush(colours.sheet)
            radius = DOT_RADIUS * self.pixels.scale
            self.painter.drawEllipse(self.pixels.point(*plan.dot), radius, radius)
        for mark in plan.triangles:
            self._draw(mark, colours.edge, 1.0)
        for note in plan.notes:
            for index, line in enumerate(note.lines):
                ink = colours.ink3 if note.is_quiet(index) else colours.ink2
                self._say(line, note.x, note.baseline(index), ink, note.align)

    def _draw_used_step(self, at: float) -> None:
        plot, width = self.plan.plot, self.pixels.width(1)
        x = self.pixels.x(at) + (0.5 if width % 2 else 0.0)
        pen = QPen(self.colours.edge, width, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([3.0, 3.0])
        self.painter.setPen(pen)
        self.painter.drawLine(QPointF(x, self.pixels.y(plot.top)), QPointF(x, self.pixels.y(plot.bottom)))

    def _draw(self, points: NDArray[np.float64], colour: QColor, width: float) -> None:
        pen = QPen(colour, width * self.pixels.scale)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPolyline(QPolygonF([self.pixels.point(x, y) for x, y in points.tolist()]))

    def _say(
        self, words: str, x: float, baseline: float, colour: QColor, align: Literal["left", "center", "right"]
    ) -> None:
        paint_words(self.painter, words, x, baseline, SWEEP_PX, self.pixels, colour, align)


def _words(spec: SweepSpec) -> str:
    """The picture in a sentence, for people who do not see it."""
    known = np.isfinite(spec.errors)
    if not known.any():
        return "No error could be computed."
    best = int(np.nanargmin(spec.errors))
    return (f"Smallest at a step of {error_text(float(spec.steps[best]))}, where it is "
            f"{error_text(float(spec.errors[best]))}. The step in use is {tick_text(spec.used_step)}.")
