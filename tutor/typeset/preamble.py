"""The Typst definitions in front of every source: fonts, matrices, marks, pages."""

from tutor.typeset.fonts import INTER, MONO
from tutor.typeset.page import ASCENT, DESCENT

MATHS_IN_TEXT = 1.18
"""Size of mathematics in a line of Inter, in em: then the small letters of both faces are equally high."""

LINE = 20 / 13
"""Height of a line of running text, in em."""

_RISE = 0.735  # share of a line of text above its baseline, so that Inter stands in the middle of it

_COMMON = f"""
#let matrix(rows) = {{
  // The brackets `mat` draws itself are a tenth too tall from five rows on.
  let body = math.mat(..rows, delim: none, row-gap: 0.35em, column-gap: 0.8em)
  let air = h(0.18em)
  math.lr($[#air#body#air]$, size: 100% + 0.1em)
}}
#set text(lang: "en", hyphenate: false)
#set par(justify: false)
// Typst sets code at 0.8 em; JetBrains Mono is as tall as Inter at the full size.
#show raw: set text(font: ("{MONO}", "DejaVu Sans Mono"), size: 1.25em, ligatures: false, features: (calt: 0))
#show strong: set text(weight: 600)
#set strong(delta: 0)
"""

SCREEN = (
    _COMMON
    + f"""
#let mark(colour, body) = {{
  let tinted = text.with(fill: rgb("#" + colour))
  // A letter with scripts is coloured piece by piece, so that a script added later still finds the letter.
  let inner = if body.func() == math.equation {{ body.body }} else {{ body }}
  if inner.func() == math.attach {{
    let scripts = inner.fields()
    let base = scripts.remove("base")
    for (place, script) in scripts {{ scripts.insert(place, tinted(script)) }}
    math.attach(tinted(base), ..scripts)
  }} else {{ tinted(body) }}
}}
#let tick(number) = link("tick:" + str(number), box(width: 0pt, height: {ASCENT + DESCENT}em, baseline: {DESCENT}em))
#let formula(number, size, block, body) = page({{
  set text(size: size)
  tick(number)
  box(math.equation(block: block, body.body))
}})
#let paragraph(number, width, size, body) = page(width: width, {{
  set text(font: "{INTER}", size: size, number-width: "tabular")
  set text(top-edge: {_RISE * LINE} * size, bottom-edge: -{(1 - _RISE) * LINE} * size)
  set par(spacing: {LINE / 2} * size)
  show math.equation: set text(size: {MATHS_IN_TEXT} * size)
  tick(number)
  body
}})
#set par(leading: 0pt)
"""
)
"""In front of formulas and paragraphs for the screen."""

DOCUMENT = (
    _COMMON
    + f"""
#let mark(label, body) = if label == "role:muted" {{ text(fill: luma(40%), body) }} else {{ body }}
#set text(font: "{INTER}", size: 10pt)
#show math.equation: set text(size: {MATHS_IN_TEXT * 10}pt)
"""
)
"""In front of a document: marks leave no trace there, and text gets usual sizes for paper."""


def pages(margin: float) -> str:
    """The line that makes every page as large as its content, with white around it."""
    return f"#set page(width: auto, height: auto, margin: {margin}pt, fill: none)\n"
