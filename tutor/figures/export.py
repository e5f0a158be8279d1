"""Pictures of a problem's panels as files, for lecture notes: the same specs the screen shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure

from tutor.core.comparison import AGREES, DIFFERS
from tutor.core.differences import check
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive.report import Report, report
from tutor.figures.checks import comparison, step_sweep
from tutor.figures.derivation import derivation_spec
from tutor.figures.drawing import FigureStyle, draw_comparison, draw_equation, draw_sweep
from tutor.figures.jacobians import equation
from tutor.figures.lettering import typeset_with
from tutor.figures.page import page
from tutor.figures.palette import DARK, LIGHT, PRINT, Theme
from tutor.figures.saving import FORMATS, Format, own_settings, save
from tutor.typeset import Typesetter

THEMES: Final[Mapping[str, Theme]] = {"light": LIGHT, "dark": DARK, "print": PRINT}
"""The colours a figure can have."""


@dataclass(frozen=True)
class Order:
    """What is wanted of a figure.

    Attributes:
        problem: Program, numbers, and the variable asked for.
        out: The file; its ending says the format.
        theme: The colours.
        width: In mm.
        dpi: Dots per inch of a PNG.
    """

    problem: Problem
    out: Path
    theme: Theme = LIGHT
    width: float = 160.0
    dpi: float = 200.0

    @property
    def format(self) -> Format:
        """The format by the file's ending.

        Raises:
            TutorError: it is none of those a figure can have.
        """
        suffix = self.out.suffix[1:].lower()
        for known in FORMATS:
            if suffix == known:
                return known
        raise TutorError(f"{self.out.name} does not say which format is meant. End it with .svg, .pdf or .png.")


@dataclass(frozen=True)
class Saved:
    """What has to be said about a figure that was saved.

    Attributes:
        notes: On promises that were not used, because the numbers break them; those used are in the figure.
        certified: Whether everything derived for it is certified, and what is compared in it agrees.
    """

    notes: tuple[str, ...] = ()
    certified: bool = True


def save_panel(panel: str, order: Order) -> Saved:
    """Draw a panel into a file, and say what has to be said about it.

    Raises:
        TutorError: the panel or the format does not exist, the problem cannot be derived, or the file cannot be
            written.
    """
    kind = order.format
    if panel not in PANELS:
        raise TutorError(f"{panel} is not a figure. Figures are {', '.join(PANELS)}.")
    if not 20 <= order.width <= 2000:
        raise TutorError(f"A figure is between 20 and 2000 mm wide, and {order.width:g} mm is not.")
    if not 20 <= order.dpi <= 2400:
        raise TutorError(f"A picture has between 20 and 2400 dots per inch, and {order.dpi:g} is not.")
    try:
        return PANELS[panel](order, kind)
    except OSError as error:
        raise TutorError(f"{order.out} cannot be written: {error.strerror or error}.") from error


def _saved(found: Report) -> Saved:
    return Saved(found.notes[: len(found.dropped)], found.certified)  # these come first


def _drawn(order: Order, kind: Format, draw: Callable[[FigureStyle], Figure]) -> None:
    with own_settings():
        figure = draw(FigureStyle(theme=order.theme, width_mm=order.width))
    save(figure, order.out, kind, dpi=order.dpi, title=order.problem.title)


def _jacobians(order: Order, kind: Format) -> Saved:
    found = report(order.problem, order.problem.wrt)
    derivation = found.derivation
    if not derivation.paths:
        raise TutorError(f"{order.problem.wrt} does not reach the output, so there is no chain to draw.")
    spec = equation(evaluate(order.problem), derivation, derivation.paths[0])
    _drawn(order, kind, lambda style: draw_equation(spec, typeset_with(Typesetter()), style))
    return _saved(found)


def _check(order: Order, kind: Format) -> Saved:
    evaluation = evaluate(order.problem)
    compared = check(evaluation, names=[order.problem.wrt]).variables[order.problem.wrt]
    spec = comparison(evaluation.program, compared)
    _drawn(order, kind, lambda style: draw_comparison(spec, typeset_with(Typesetter()), style))
    return Saved(certified=not compared.count(DIFFERS) and compared.count(AGREES) > 0)


def _sweep(order: Order, kind: Format) -> Saved:
    evaluation = evaluate(order.problem)
    name = order.problem.wrt
    spec = step_sweep(evaluation, check(evaluation, names=[name]), name)
    _drawn(order, kind, lambda style: draw_sweep(spec, style))
    return Saved()


def _typeset(panel: str) -> Callable[[Order, Format], Saved]:
    def write(order: Order, kind: Format) -> Saved:
        found = report(order.problem, order.problem.wrt)
        spec = derivation_spec(found.derivation, found.proofs, order.problem.dims)
        source = page(spec, panel, order.theme.name, order.width)
        order.out.write_bytes(Typesetter().document(source, kind, order.dpi))
        return _saved(found)

    return write


PANELS: Final[Mapping[str, Callable[[Order, Format], Saved]]] = {
    "chain": _typeset("chain"),
    "derivation": _typeset("derivation"),
    "jacobians": _jacobians,
    "check": _check,
    "sweep": _sweep,
}
"""Every figure that needs no window, by name."""
