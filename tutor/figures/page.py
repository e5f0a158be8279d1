"""The derivation on a page of its own, for lecture notes: the whole, or the chain alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tutor.figures.derivation import ChainSpec, DerivationSpec, Detail, StepSpec
from tutor.figures.derivation_details import Equality
from tutor.figures.derivation_layout import PATH, WHERE
from tutor.figures.palette import THEMES, Theme
from tutor.typeset import source
from tutor.typeset.fonts import INTER

PAGE_PANELS: Final = ("chain", "derivation")
"""What a page can show."""

_PRINTED: Final = ("rule", "because", "in detail", "promise")
"""What is printed of an opened step: the argument. How it was checked is for the screen."""
_PT: Final = 0.75
"""Points in a px: the page has the proportions of the screen."""
_LINK, _FORM, _EQUATION, _RULE, _TEXT, _SMALL = 20, 17, 17, 15, 13, 11
_GUTTER, _MARGIN, _APART = 84, 16, 24
_EMPTY: Final = '""'
_STRUT: Final = "#box(width: 0pt, hide($display(frac(hat(h), hat(h)_j))$))"
"""As high and as deep as any link, so that all bars and signs of a row stand on one line."""

# Paper does not scroll: a chain is broken before a sign, and what is still wider than the page is made smaller.
_DEFINITIONS: Final = """
#let maths(size, body) = box({
  show math.equation: set text(size: size)
  math.equation(block: true, body.body)
})
#let fit(body) = layout(room => {
  let wanted = measure(body).width
  if wanted > room.width { scale(room.width / wanted * 100%, origin: left + top, reflow: true, body) } else { body }
})
#let named(caption, body, at: horizon) = grid(
  columns: (gutter, 1fr), align: left + at, text(size: small, fill: ink3, caption), body,
)
#let hairline = line(length: 100%, stroke: 0.5pt + faint)
#let wide(cells) = calc.max(..cells.map(cell => measure(cell).width))
#let need(column) = wide(column.sign) + wide(column.cells) + 2 * gap
#let under(head, columns, body) = layout(room => {
  let whole = gutter + wide(head) + columns.map(need).sum()
  let smaller = if whole > 1.2 * (room.width + gutter) { 1 } else { calc.min(1, (room.width + gutter) / whole) }
  let start = smaller * (gutter + wide(head) + gap) - gutter
  if start + measure(body).width <= room.width { pad(left: start, body) } else { fit(body) }
})
#let chain(captions, head, columns) = layout(room => {
  let start = gutter + wide(head)
  let whole = start + columns.map(need).sum()
  let lines = ((),)
  let used = start
  for column in columns {
    if whole > 1.2 * room.width and lines.last().len() > 0 and used + need(column) > room.width {
      lines.push(())
      used = start
    }
    lines.last().push(column)
    used += need(column)
  }
  for (number, columns) in lines.enumerate() {
    let rows = range(3).map(row => {
      let first = if number == 0 { (captions.at(row), head.at(row)) } else { ([], []) }
      (..first, ..columns.map(column => (column.sign.at(row), column.cells.at(row))).flatten())
    })
    block(spacing: 2 * gap, fit(grid(
      columns: (gutter, wide(head), ..(auto,) * (2 * columns.len())), column-gutter: (0pt, gap), row-gutter: gap,
      align: (column, row) => (if column == 0 { left } else { center }) + horizon, ..rows.flatten(),
    )))
  }
})
"""


def page(
    spec: DerivationSpec,
    panel: str,
    theme: str = "print",
    width_mm: float = 160.0,
) -> str:
    """A Typst document of one page, as high as what it holds; :meth:`Typesetter.document` makes a file of it.

    Args:
        spec: What is said.
        panel: ``chain`` for the grid and the gradient, ``derivation`` for the steps too.
        theme: ``light``, ``dark`` or ``print``.
        width_mm: Width of the page.

    Raises:
        ValueError: the panel or the theme does not exist, or there is no width.
    """
    if panel not in PAGE_PANELS:
        raise ValueError(f"A page shows {' or '.join(PAGE_PANELS)}, not {panel}.")
    if theme not in THEMES:
        raise ValueError(f"A page has the colours {', '.join(THEMES)}, not {theme}.")
    if not width_mm > 0:
        raise ValueError(f"A page needs a width, not {width_mm:g} mm.")
    chains = [_chain(chain) for chain in spec.chains]
    parts = [_head(THEMES[theme], width_mm), *(f"#chain({captions}, {grid})" for captions, grid in chains)]
    if spec.more:
        parts.append(f"#named([])[{source.escape(spec.more)}]")
    if spec.blocks:
        parts.append(f"#named([])[#text(fill: ink3)[{spec.blocks}]]")
    if spec.lines:
        parts.append(f"#named([{PATH}], at: top)[{_equalities(spec.lines)}]")
    line = _maths(spec.equation, _LINK)
    placed = f"under({chains[0][1]}, {line})" if spec.equation.startswith("=") else f"fit({line})"
    parts.append(f"#named([in one line])[#{placed}]")
    if spec.meanings:
        meanings = f" #h({_pt(_APART)}) ".join(f"#box(fit({_maths(m.typst, _RULE)}))" for m in spec.meanings)
        parts.append(f"#named([{WHERE}], at: top)[{meanings}]")
    parts.extend(f"#named([])[#text(fill: ink3)[{note.typst}]]" for note in spec.notes)
    if panel == "derivation":
        for step in spec.steps:
            parts.extend(("#hairline", *_step(step)))
    return "\n".join(parts) + "\n"


def _pt(px: float) -> str:
    return f"{px * _PT:g}pt"


def _head(theme: Theme, width_mm: float) -> str:
    """Page, colours and letters."""
    inks = {"ink2": theme.ink2, "ink3": theme.ink3, "faint": theme.line, "bad": theme.wrong}
    lines = [
        # Without a date the same derivation is the same file.
        "#set document(date: none)",
        f'#set page(width: {width_mm:g}mm, height: auto, margin: {_pt(_MARGIN)}, fill: rgb("{theme.sheet}"))',
        f'#set text(font: "{INTER}", size: {_pt(_TEXT)}, fill: rgb("{theme.ink}"))',
        f"#set par(leading: {_pt(8)})",
        f"#set block(spacing: {_pt(11)})",
        f"#show math.equation: set text(size: {_pt(_TEXT * 1.18)})",
        *(f'#let {name} = rgb("{colour}")' for name, colour in inks.items()),
        f"#let gutter = {_pt(_GUTTER)}",
        f"#let small = {_pt(_SMALL)}",
        f"#let gap = {_pt(8)}",
    ]
    return "\n".join(lines) + _DEFINITIONS


def _maths(maths: str, px: float, display: bool = True) -> str:
    """Mathematics of a size, in code."""
    return f"maths({_pt(px)}, ${'display' if display else 'inline'}({maths})$)"


def _link(maths: str) -> str:
    """A link, or a sign between links, in code."""
    return _maths(f"{_STRUT}/**/{maths}", _LINK)


def _words(words: str, colour: str = "ink3") -> str:
    """Small words, in code."""
    return f"text(size: small, fill: {colour})[{source.escape(words)}]"


def _chain(chain: ChainSpec) -> tuple[str, str]:
    """A grid: its captions; and the result, then for each factor the sign before it and its column."""
    captions = ("links", "matrices", "shapes") if chain.result else ("", "", "")
    head = _three(_link(chain.result), _NOTHING, _words(chain.shape)) if chain.result else _three()
    columns = []
    for i, factor in enumerate(chain.factors):
        sign = "dot.c" if i else chain.sign
        signs = _three(_link(f'#math.class("normal", ${sign}$)'), _maths(sign, _FORM), _words("·") if i else _NOTHING)
        cells = _three(_link(factor.slope), _maths(factor.form, _FORM, display=False), _words(factor.shape))
        columns.append(f"(sign: {signs}, cells: {cells}),")
    return _three(*map(_words, captions)), f"{head}, ({' '.join(columns)})"


_NOTHING: Final = "[]"


def _three(*cells: str) -> str:
    """Three cells above each other."""
    return f"({', '.join(cells or (_NOTHING,) * 3)})"


def _step(step: StepSpec) -> Iterator[str]:
    """The row of a step, and what is printed of what it opens into."""
    equation = _maths(" ".join(step.equation), _EQUATION, display=False)
    said = (step.shape, "ink2") if step.certified else ("not certified", "bad")
    yield (
        f"#grid(columns: (gutter, 2fr, 1fr, auto), column-gutter: (0pt, {_pt(12)}), "
        "align: (left + horizon, left + horizon, right + horizon, left + horizon), "
        f"{_maths(step.way, _RULE, display=False)}, fit({equation}), "
        f"text(fill: ink2)[{source.escape(step.title)}], {_words(*said)})"
    )
    yield from (_detail(detail) for detail in step.details if detail.caption in _PRINTED)


def _detail(detail: Detail) -> str:
    """A row of a step."""
    pieces: Sequence[str] = [f"#fit({_maths(' '.join(detail.maths), _RULE)})"] if detail.maths else []
    if detail.lines:
        pieces = [*pieces, _equalities(detail.lines)]
    at = "horizon" if detail.maths and not detail.text else "top"
    body = "\n\n".join((*pieces, detail.text))
    return f"#named([{detail.caption}], at: {at})[{body}]"


def _equalities(lines: Sequence[Equality]) -> str:
    """A chain of equalities: their signs in one column, the reasons at the right edge."""
    cells = ", ".join(
        f"{_maths(line.left or _EMPTY, _RULE)}, fit({_maths(f'= {line.right}', _RULE)}), "
        f"text(size: small, fill: ink3)[{line.reason}]" for line in lines)
    return (f"#grid(columns: (auto, 2fr, 1fr), column-gutter: ({_pt(4)}, {_pt(12)}), row-gutter: {_pt(8)}, "
            f"align: (right + horizon, left + horizon, right + horizon), {cells})")

