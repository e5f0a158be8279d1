"""Writing Typst mathematics: the small pieces every printer needs.

All functions take and give text. Where a function takes `source`, it takes Typst maths as it stands between two
dollar signs. Arguments are handed over as maths of their own, so commas and semicolons in them do no harm, and
every result can be followed by anything, an opening bracket included.
"""

import re
from collections.abc import Sequence

MARK = "#mark("
"""How a marked piece of a source begins."""

CLOSED = "/*.*/"
"""How a marked piece of a source ends: a comment, so that finding the end needs no parser."""

_MEETINGS = re.compile(r'"(?:\\.|[^"\\])*"|\\.| [+-] |[()\[\]{}]')
"""What says where a sum can be parted: words and escaped signs, which are passed over, signs, and brackets."""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def part(part_id: str, source: str) -> str:
    r"""Makes a piece of a formula a part that can be pointed at; the layout does not change.

    Args:
        part_id: Any short text; the same id may be used several times in one formula.
        source: The maths of the part; it may hold further parts. To mark a letter together with its index and then
            put a script on it, write `part("W2", "W_2") + "^top"`: the scripts still stand above each other.

    Raises:
        ValueError: The id is empty or has a line break.
    """
    if not part_id or "\n" in part_id:
        raise ValueError(f"A part needs an id on one line, not {part_id!r}.")
    return _mark(f"part:{part_id}", source)


def muted(source: str) -> str:
    """Maths spoken quietly: the zeros of a diagonal matrix, an index that does not matter."""
    return _mark("role:muted", source)


def text(words: str) -> str:
    """Upright words inside maths, exactly as given."""
    return quoted(words) if words else '""'


def escape(words: str) -> str:
    r"""Words for the running text of a paragraph, exactly as given: no sign in them means anything to Typst.

    Spaces and line breaks stay, and a blank line still separates two paragraphs.
    """
    return _PUNCTUATION.sub(r"\\\1", words)


def operator(name: str) -> str:
    """The name of a function, upright and with the spacing of sin or log: `operator("diag")`."""
    return f"#math.op({quoted(name)})/**/"


def fraction(above: str, below: str) -> str:
    """A fraction with a bar."""
    return _call("math.frac", above, below)


def matrix(rows: Sequence[Sequence[str]]) -> str:
    """A matrix whose square brackets are as tall as its rows.

    Args:
        rows: The sources of the entries, (n, m).

    Raises:
        ValueError: There is no entry, or the rows have different lengths.
    """
    widths = {len(row) for row in rows}
    if len(widths) != 1 or widths == {0}:
        raise ValueError(f"A matrix needs rows of one length, not {sorted(widths)}.")
    cells = "".join("(" + "".join(f"${cell.strip()}$, " for cell in row) + "), " for row in rows)
    return f"#matrix(({cells}))/**/"


def terms(source: str) -> list[str]:
    """The terms of a sum, each but the first with the sign before it; in brackets and words nothing is parted.

    Put together again with a space between any two, they are the same formula.
    """
    found, start, depth = [], 0, 0
    for place in _MEETINGS.finditer(source):
        sign = place.group()
        if sign in ("(", "[", "{"):
            depth += 1
        elif sign in (")", "]", "}"):
            depth -= 1
        elif sign in (" + ", " - ") and depth == 0:
            found.append(source[start : place.start()])
            start = place.start() + 1
    return [*found, source[start:]]


def quoted(words: str) -> str:
    """A Typst string literal; a comment sign in it is written so that it cannot be taken for the end of a part."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    return '"' + escaped.replace("/*", "/\\u{2a}") + '"'


def _mark(label: str, source: str) -> str:
    """A piece with a label, in the form `marks.py` looks for."""
    return f"{MARK}{quoted(label)}, ${source.strip()}$){CLOSED}"


def _call(function: str, *arguments: str) -> str:
    """A call in code, closed by an empty comment: else a bracket after it would be taken for more arguments."""
    return f"#{function}({', '.join(f'${argument.strip()}$' for argument in arguments)})/**/"
