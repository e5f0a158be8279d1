"""Finding the marked pieces of a source, and giving each a colour.

Typst writes outlines, and an outline carries nothing but its colour. So every marked piece is set in a colour of
its own: piece number 3 in #000003. A colour changes no layout (a link would: it keeps an accent or a script from
seeing the letter it belongs to), and it tells exactly which glyphs are inside, the innermost piece winning.
"""

import re
from dataclasses import dataclass

from tutor.typeset.formula import Role
from tutor.typeset.source import CLOSED, MARK


@dataclass(frozen=True, slots=True)
class Mark:
    """What a colour means.

    Attributes:
        part: The innermost part, or None.
        role: The innermost role.
        outer: The ids of the parts around `part`, the outermost first.
        within: The numbers of the marks that are the part and the parts around it, the outermost first.
    """

    part: str | None = None
    role: Role = "ink"
    outer: tuple[str, ...] = ()
    within: tuple[int, ...] = ()


PLAIN = Mark()
"""The meaning of black: no part."""

_TOKEN = re.compile(
    re.escape(MARK) + r'"(?P<kind>part|role):(?P<name>(?:[^"\\]|\\.)*)",|' + re.escape(CLOSED),
)
_ESCAPE = re.compile(r"\\(u\{([0-9a-f]+)\}|.)")


def number(source: str) -> tuple[str, tuple[Mark, ...]]:
    """Replaces the label of each mark by the colour of its number.

    Returns:
        The source in which every label is a colour, of the same length, so that places in it stay what they were;
        and what each number means, number 0 being black.
    """
    marks = [PLAIN]
    open_marks = [PLAIN]

    def replace(token: re.Match[str]) -> str:
        if token["kind"] is None:
            if len(open_marks) > 1:
                open_marks.pop()
            return token[0]
        mark = _inside(open_marks[-1], token["kind"], _unquoted(token["name"]), len(marks))
        marks.append(mark)
        open_marks.append(mark)
        return f'{MARK}"{len(marks) - 1:06x}",'.ljust(len(token[0]))

    return _TOKEN.sub(replace, source), tuple(marks)


def _inside(around: Mark, kind: str, name: str, index: int) -> Mark:
    """The mark of a piece that stands inside another one."""
    if kind == "part":
        outer = around.outer if around.part is None else (*around.outer, around.part)
        return Mark(name, around.role, outer, (*around.within, index))
    role: Role = "muted" if name == "muted" else "ink"
    return Mark(around.part, role, around.outer, around.within)


def _unquoted(literal: str) -> str:
    """The text a Typst string literal stands for."""
    return _ESCAPE.sub(lambda found: chr(int(found[2], 16)) if found[2] else found[1], literal)
