"""Where the rest of a derivation stands at a width: the gradient in one line, steps, and what they open into.

All lengths are px at 100 % zoom. What comes out are formulas, so that one painter and one pointer serve all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.figures.chain_layout import CAPTION, CAPTIONS, ChainPicture, chain_picture, chain_sources, words
from tutor.figures.composing import SIGN_GAP, aligned, captioned, flowed, quiet, stacked
from tutor.figures.derivation import DerivationSpec, Detail, StepSpec
from tutor.figures.derivation_details import Equality
from tutor.figures.lettering import letter_sources
from tutor.typeset import Formula, TypesetError, Typesetter, source

GUTTER, SMALL_GUTTER = 84.0, 64.0
NARROW: Final = 500.0
"""Panels below this width have no captions beside the chain and no words beside the steps."""

NAME: Final = 15.0
"""Size of the links' names."""

PADDING: Final = 16.0
"""White at both sides of a panel."""

WHERE: Final = "where"
"""Stands beside the meanings of what is abbreviated in one line."""

PATH: Final = "line by line"
"""Stands beside the formulas of differentials, from the first to the last."""

_IN_ONE_LINE: Final = "in one line"
_TEXT, _RULE = 13.0, 15.0
_LINE_SIZES: Final = (20.0, 17.0, 15.0, 13.0)
_ROW_SIZES: Final = (17.0, 15.0, 13.0)
_LINES_SIZES: Final = (15.0, 13.0)
_PIECE_GAP: Final = 24.0


def is_narrow(width: float) -> bool:
    """Whether a panel is too narrow for captions and words."""
    return width < NARROW


def gutter(width: float) -> float:
    """The room for the names of links and for captions in a panel of a width."""
    return SMALL_GUTTER if is_narrow(width) else GUTTER


def typeset_together(typesetter: Typesetter, spec: DerivationSpec, width: float, opened: str | None) -> None:
    """Typeset in a few calls, and so in half the time, what will be asked for piece by piece.

    Args:
        typesetter: Remembers it.
        spec: What is said.
        width: Of the panel.
        opened: The key of the step that is open.
    """
    chain = chain_sources(spec.chains)
    details = [detail for step in spec.steps if step.key == opened for detail in step.details]
    details += [Detail("", lines=spec.lines)] if spec.lines else []
    captions = [*CAPTIONS, _IN_ONE_LINE, *(d.caption for d in details if d.caption)]
    captions += [WHERE] if spec.meanings else []
    typesetter.formulas([*chain.links, spec.equation], chain.sizes[0])
    typesetter.formulas([*chain.forms, *map(_on_one_line, spec.steps)], _ROW_SIZES[0], display=False)
    typesetter.formulas([*chain.small, *map(words, captions)], CAPTION)
    typesetter.formulas([step.way for step in spec.steps], NAME, display=False)
    meanings = _apart(tuple(meaning.typst for meaning in spec.meanings))
    typesetter.formulas([*meanings, *(piece for detail in details for piece in _apart(detail.maths))], _RULE)
    room = width - 2 * PADDING - gutter(width)
    typesetter.paragraphs([detail.text for detail in details if detail.text], room, _TEXT)


def typeset_ahead(typesetter: Typesetter, spec: DerivationSpec, width: float, opened: str | None) -> None:
    """Typeset all that a page will ask for, in the sizes that fit: then to show it takes no typesetting.

    Args:
        typesetter: Remembers it.
        spec: What is said.
        width: Of the panel.
        opened: The key of the step that is open.
    """
    typeset_together(typesetter, spec, width, opened)
    room, left = width - 2 * PADDING, 0.0 if is_narrow(width) else gutter(width)
    picture = chain_picture(typesetter, spec.chains, room, left) if spec.chains else None
    one_line(typesetter, spec.equation, room, left, picture)
    said = [spec.more, spec.blocks, " ".join(remark.typst for remark in spec.remarks(frozenset()))]
    typesetter.paragraphs([text for text in said if text], room - left, _TEXT)
    if spec.lines:
        _equalities(typesetter, spec.lines, room - left)
    for step in spec.steps:
        for detail in step.details if step.key == opened else ():
            detail_row(typesetter, detail, room, gutter(width))


def one_line(
    typesetter: Typesetter, gradient: str, width: float, left: float, chain: ChainPicture | None = None
) -> Formula:
    """The gradient in one line: in the largest size that fits, its sign under that of the chain if there is room.

    What does not fit in the smallest size is broken before the signs of a sum, which stand under that of equality; a
    term that is still wider than the room scrolls in its row.

    Args:
        typesetter: Sets the formulas.
        gradient: The formula, from its sign of equality on, or with what stands before that.
        width: Room from left to right, the gutter included.
        left: The gutter; 0 for no caption.
        chain: The chain above it; it is set no larger.
    """
    caption = _caption(typesetter, _IN_ONE_LINE) if left else None
    equals, largest = (chain.equals, chain.size) if chain is not None else (left, _LINE_SIZES[0])
    equals = equals if gradient.startswith("=") else left
    for size in (size for size in _LINE_SIZES if size <= largest):
        [line] = letter_sources(typesetter, [gradient], size)
        for start in (equals, left):
            if start + line.width <= width:
                return captioned(caption, line, start)
    return captioned(caption, _in_lines(typesetter, gradient, width - left, largest), left)


def _in_lines(typesetter: Typesetter, gradient: str, room: float, largest: float) -> Formula:
    """The terms of a gradient in lines, in the largest size in which each has room, else in the smallest."""
    left = gradient[: max(0, gradient.find("= "))]
    pieces = [*([left] if left else []), *_apart(("", *source.terms(gradient[len(left) :])))[1:]]
    for size in (size for size in _LINE_SIZES if size <= largest):
        made = letter_sources(typesetter, pieces, size)
        indent = made[0].width if left else 0.0
        if indent + max(piece.width for piece in made[1 if left else 0 :]) <= room:
            break
    return flowed(made, room, indent=indent)


def step_equation(typesetter: Typesetter, step: StepSpec, widths: tuple[float, float]) -> tuple[Formula, bool]:
    """The equation of a step's row.

    Args:
        typesetter: Sets the formulas.
        step: Which.
        widths: Room beside the title, and room where the title gives way.

    Returns:
        The formula, and whether the title has room. An equation without any room is cut to its left side.
    """
    for with_title, width in ((True, widths[0]), (False, widths[1])):
        for size in _ROW_SIZES[: 1 if with_title else None]:
            [line] = letter_sources(typesetter, [_on_one_line(step)], size, display=False)
            if line.width <= width:
                return line, with_title
    return letter_sources(typesetter, [step.short], _ROW_SIZES[0])[0], True


def detail_row(typesetter: Typesetter, detail: Detail, width: float, left: float) -> Formula:
    """A row of an opened step with its caption.

    Args:
        typesetter: Sets the formulas.
        detail: What it says.
        width: Room from left to right, the gutter included.
        left: The gutter; 0 for no caption.
    """
    room = width - left
    pieces = []
    if detail.maths:
        gap = _PIECE_GAP if detail.caption in ("SymPy", WHERE) else 0.0
        pieces.append(flowed(letter_sources(typesetter, _apart(detail.maths), _RULE), room, gap, indent=0.0))
    if detail.lines:
        pieces.append(_equalities(typesetter, detail.lines, room))
    if detail.text:
        [paragraph] = typesetter.paragraphs([detail.text], room, _TEXT)
        if isinstance(paragraph, TypesetError):
            paragraph = typesetter.paragraph(source.escape(detail.words), room, _TEXT)
        pieces.append(quiet(paragraph) if detail.quiet else paragraph)
    caption = _caption(typesetter, detail.caption) if detail.caption and left else None
    return captioned(caption, stacked(pieces), left)


def named_row(typesetter: Typesetter, caption: str, formula: Formula, left: float) -> Formula:
    """A formula that is set already, with a caption in the gutter."""
    return captioned(_caption(typesetter, caption), formula, left)


def _equalities(typesetter: Typesetter, lines: Sequence[Equality], room: float) -> Formula:
    """A chain of equalities in the largest size that fits; what is wider than the room scrolls in its row."""
    reasons = [reason if reason.width <= room else typesetter.paragraph(line.reason, room, CAPTION)
               for line, reason in zip(lines, letter_sources(typesetter, [_said(line) for line in lines], CAPTION),
                                       strict=True)]
    for size in _LINES_SIZES:
        sources = [s for line in lines for s in (line.left, f"= {line.right}") if s]
        made = iter(letter_sources(typesetter, sources, size))
        rows = [(next(made) if line.left else None, next(made)) for line in lines]
        column = max((left.width + SIGN_GAP for left, _ in rows if left is not None), default=0.0)
        if column + max(right.width for _, right in rows) <= room:
            break
    return aligned([(*row, quiet(reason)) for row, reason in zip(rows, reasons, strict=True)], room)


def _said(line: Equality) -> str:
    """The reason of a line as one piece, as wide as its words."""
    return words(line.reason, escaped=True)


def _caption(typesetter: Typesetter, text: str) -> Formula:
    return quiet(typesetter.formula(words(text), CAPTION))


def _on_one_line(step: StepSpec) -> str:
    return " ".join(step.equation)


def _apart(pieces: tuple[str, ...]) -> list[str]:
    """Pieces of an equation on their own keep the space that stood around the sign they begin with."""
    return [f'"" {piece}' if i else piece for i, piece in enumerate(pieces)]
