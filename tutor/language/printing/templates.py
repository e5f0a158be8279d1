r"""An operation's own LaTeX, filled in: ``\operatorname{xent}(y, p)`` with the operands where its slots stand.

So an operation that is added to the registry prints in every format without a word here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tutor.core.operation import Operation
from tutor.language.names import GREEK, OPERATORS
from tutor.language.printing.notation import Level, Written

_PIECE: Final = re.compile(r"\\operatorname\{([A-Za-z_\\]+)\}|\\text\{([^{}]*)\}|\\[A-Za-z]+|\\.|[A-Za-z]+|.")
_TYPST: Final[Mapping[str, str]] = {
    **{f"\\{word}": word for word in (*OPERATORS, *GREEK, "sqrt", "times", "top")},
    r"\otimes": "times.o", r"\circ": "compose", r"\odot": "dot.o", r"\cdot": "dot", r"\lVert": "norm(",
    r"\rVert": ")", r"\lvert": "abs(", r"\rvert": ")", r"\,": "thin", r"\;": "med", "{": "(", "}": ")",
}
_OPENING: Final = "([{|,"
_CLOSING: Final = ")]}|,"
_BARS: Final = re.compile(r"\\l[vV]ert\s*$")
_BARE: Final = re.compile(r"\\[a-z]+\\[a-z]+")
_APART: Final = " ()[]{}^_"


def latex_function(operation: Operation, operands: Sequence[Written], brackets: Callable[[str], str]) -> Written:
    """An operation in LaTeX."""
    tall = any(r"\frac" in operand.source for operand in operands)
    filled = _filled(operation, operands, brackets, lambda piece: piece.group())
    assert filled is not None
    if tall and operation.latex.startswith((r"\lVert", r"\lvert")):
        inside, bars, behind = filled.rpartition(r"\r")
        filled = rf"\left{inside}\right{bars}{behind}"
    elif tall and "(" in operation.latex:
        opening, closing = filled.index("("), filled.rindex(")")
        filled = rf"{filled[:opening]}\left({filled[opening + 1 : closing]}\right){filled[closing + 1 :]}"
    return Written(filled, _level(operation))


def typst_function(operation: Operation, operands: Sequence[Written], brackets: Callable[[str], str],
                   operator: Callable[[str], str]) -> Written:
    """An operation in Typst: its LaTeX translated, or its name with the operands in brackets."""

    def translate(piece: re.Match[str]) -> str | None:
        word = piece.group()
        if piece[1]:
            return operator(piece[1].replace("\\", ""))
        if piece[2]:
            return f'"{piece[2]}"'
        if word in _TYPST:
            # Spaces keep words apart; one before a bracket would move an argument away from its function.
            before, after = piece.string[: piece.start()][-1:], piece.string[piece.end() :][:1]
            apart = _TYPST[word][0].isalpha()
            left = " " if apart and before not in _APART else ""
            return left + _TYPST[word] + (" " if apart and after not in _APART else "")
        return None if word.startswith("\\") or (word.isalpha() and len(word) > 1) else word

    filled = _filled(operation, operands, brackets, translate)
    if filled is not None:
        return Written(filled.strip(), _level(operation))
    return Written(f"{operator(operation.name)}({', '.join(operand.source for operand in operands)})")


def _filled(operation: Operation, operands: Sequence[Written], brackets: Callable[[str], str],
            translate: Callable[[re.Match[str]], str | None]) -> str | None:
    """The template with operands for slots; None where a piece of it cannot be translated."""
    slots = {slot.name: operand for slot, operand in zip(operation.inputs, operands, strict=True)}
    template = operation.latex
    pieces: list[str] = []
    for piece in _PIECE.finditer(template):
        word = piece.group()
        if word in slots:
            before, after = template[: piece.start()].rstrip()[-1:], template[piece.end() :].lstrip()[:1]
            held = bool(before and after) and before in _OPENING and after in _CLOSING
            operand = slots[word]
            held = held or bool(_BARS.search(template[: piece.start()]))
            loose = not held and operand.level < (Level.ATOM if after == "^" else Level.BEHIND)
            pieces.append(brackets(operand.source) if loose else operand.source)
            continue
        translated = translate(piece)
        if translated is None:
            return None
        pieces.append(translated)
    return "".join(pieces)


def _level(operation: Operation) -> Level:
    """How tightly a template holds together: loosely where it starts or ends with an operand, or as log det A."""
    names = {slot.name for slot in operation.inputs}
    pieces = [piece.group() for piece in _PIECE.finditer(operation.latex) if piece.group().strip()]
    if pieces[-1] in names or _BARE.match(operation.latex):
        return Level.TIMES
    return Level.BEHIND if pieces[0] in names else Level.ATOM
