"""Pictures of a problem's panels as files, for lecture notes: the same specs the screen shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal, Protocol

from tutor.core.comparison import AGREES, DIFFERS
from tutor.core.differences import check
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate
from tutor.core.problem import Problem
from tutor.derive.conventions import Convention
from tutor.derive.readings import Reading, read
from tutor.derive.report import Report, report
from tutor.derive.views import factors, path_at
from tutor.figures.checks import comparison, step_sweep
from tutor.figures.derivation import derivation_spec
from tutor.figures.derivation_reading import reading_spec
from tutor.figures.drawing import FigureStyle, comparison_on, equation_on, sweep_on
from tutor.figures.glossary import comparison_glossary, equation_glossary
from tutor.figures.jacobians import equation
from tutor.figures.latex_page import latex_page
from tutor.figures.lettering import Typeset, typeset_with
from tutor.figures.page import page
from tutor.figures.palette import DARK, LIGHT, PRINT, Theme
from tutor.figures.paper import NewPaper, P
from tutor.figures.products import Reading as Products
from tutor.figures.saving import FORMATS, Format, own_settings, save
from tutor.figures.sheet import Sheet
from tutor.figures.tikz import LatexLetters, TikzSheet
from tutor.figures.turned import written_as
from tutor.typeset import Typesetter

Kind = Format | Literal["tex"]
KINDS: Final[tuple[Kind, ...]] = (*FORMATS, "tex")
"""The formats a figure can have; the last is LaTeX source."""

USUAL: Final = Convention()
"""The convention of figures that ask for no other."""

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
        convention: How a derivation is read.
        joined: Whether links that a derivation writes as one are shown as one.
        path: Which path the Jacobians lie along, as :func:`tutor.derive.views.path_key` calls it; where there is no
            such path, the one through the most links.
        products: What the Jacobians are multiplied to.
        own_scales: Whether each Jacobian has a colour scale of its own.
    """

    problem: Problem
    out: Path
    theme: Theme = LIGHT
    width: float = 160.0
    dpi: float = 200.0
    convention: Convention = USUAL
    joined: bool = False
    path: str = ""
    products: Products = "local"
    own_scales: bool = False

    @property
    def format(self) -> Kind:
        """The format by the file's ending.

        Raises:
            TutorError: it is none of those a figure can have.
        """
        suffix = self.out.suffix[1:].lower()
        for known in KINDS:
            if suffix == known:
                return known
        raise TutorError(f"{self.out.name} does not say which format is meant. End it with .svg, .pdf, .png or .tex.")


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


class _Draw(Protocol):
    """Puts a picture on paper of a kind, its mathematics typeset."""

    def __call__(self, paper: NewPaper[P], typeset: Typeset, style: FigureStyle, /) -> P:
        """The paper with the picture on it."""


def _drawn(order: Order, kind: Kind, draw: _Draw, glossary: Callable[[], Mapping[str, str]] = dict) -> None:
    """Draws a picture into the file; ``glossary`` gives its mathematics in LaTeX."""
    style = FigureStyle(theme=order.theme, width_mm=order.width)
    typeset = typeset_with(Typesetter())
    if kind == "tex":
        letters = LatexLetters(typeset, glossary())
        _write_latex(order, draw(partial(TikzSheet, letters), letters, style).source, "amsmath", "tikz")
        return
    with own_settings():
        figure = draw(Sheet, typeset, style).figure
    save(figure, order.out, kind, dpi=order.dpi, title=order.problem.title)


def _write_latex(order: Order, source: str, *packages: str) -> None:
    """Source for LaTeX, with a note on what it needs and how it is put in."""
    title = " ".join(order.problem.title.split())
    head = (f"% {title}\n% Needs " + " and ".join(rf"\usepackage{{{package}}}" for package in packages)
            + rf". Put it in with \input{{{order.out.stem}}}." + "\n")
    order.out.write_text(head + source, encoding="utf-8", newline="\n")


def _jacobians(order: Order, kind: Kind) -> Saved:
    found = report(order.problem, order.problem.wrt)
    derivation = found.derivation
    if not derivation.paths:
        raise TutorError(f"{order.problem.wrt} does not reach the output, so there is no chain to draw.")
    evaluation, path = evaluate(order.problem), derivation.paths[path_at(derivation, order.path)]
    chain, written = factors(derivation, path, order.joined), written_as(derivation, order.convention, order.problem)
    spec = equation(evaluation, derivation, path, order.joined, None, order.products, order.own_scales)
    shown = written.equation(spec, chain, order.products)
    _drawn(order, kind, lambda paper, typeset, style: equation_on(paper, shown, typeset, style),
           lambda: equation_glossary(evaluation.program, written, chain, order.products))
    return _saved(found)


def _check(order: Order, kind: Kind) -> Saved:
    evaluation = evaluate(order.problem)
    compared = check(evaluation, names=[order.problem.wrt]).variables[order.problem.wrt]
    spec = comparison(evaluation.program, compared)
    _drawn(order, kind, lambda paper, typeset, style: comparison_on(paper, spec, typeset, style),
           lambda: comparison_glossary(evaluation.program, order.problem.wrt))
    return Saved(certified=not compared.count(DIFFERS) and compared.count(AGREES) > 0)


def _sweep(order: Order, kind: Kind) -> Saved:
    evaluation = evaluate(order.problem)
    name = order.problem.wrt
    spec = step_sweep(evaluation, check(evaluation, names=[name]), name)
    _drawn(order, kind, lambda paper, typeset, style: sweep_on(paper, spec, style))
    return Saved()


def _typeset(panel: str) -> Callable[[Order, Kind], Saved]:
    def write(order: Order, kind: Kind) -> Saved:
        found = report(order.problem, order.problem.wrt)
        reading = _reading(order, found)
        if kind == "tex":
            _write_latex(order, latex_page(found, panel, reading, order.joined), "amsmath")
        else:
            dims = order.problem.dims
            spec = (derivation_spec(found.derivation, found.proofs, dims, order.joined) if reading is None
                    else reading_spec(reading, found.proofs, dims, order.joined))
            source = page(spec, panel, order.theme.name, order.width)
            order.out.write_bytes(Typesetter().document(source, kind, order.dpi))
        saved = _saved(found)
        return replace(saved, certified=saved.certified and (reading is None or reading.certified))

    return write


def _reading(order: Order, found: Report) -> Reading | None:
    """The derivation in the convention that is asked for; None where that is the usual one, or there is no other."""
    if order.convention == Convention() or not found.derivation.steps:
        return None
    return read(found.derivation, order.convention, found.problem.kinds, order.joined)


PANELS: Final[Mapping[str, Callable[[Order, Kind], Saved]]] = {
    "chain": _typeset("chain"),
    "derivation": _typeset("derivation"),
    "jacobians": _jacobians,
    "check": _check,
    "sweep": _sweep,
}
"""Every figure that needs no window, by name."""
