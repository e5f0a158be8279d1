"""What each piece of a line is, for colouring it: also while it is typed and cannot be read yet."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Literal, NamedTuple, TypeAlias

from tutor.core.program import FACTS
from tutor.language.lexer import readable_tokens
from tutor.language.source import LARGEST_TEXT, Source, Token

Kind: TypeAlias = Literal["name", "function", "size", "fact", "number", "comment"]


class Piece(NamedTuple):
    """A piece of a line: it begins behind ``start`` signs."""

    start: int
    length: int
    kind: Kind


def pieces(line: str, sizes: Container[str] = ()) -> tuple[Piece, ...]:
    """The pieces of one line that have a colour of their own, in order.

    Args:
        line: The line, readable or not.
        sizes: The names of sizes, which formulas may use as numbers.
    """
    code, hash_sign, _ = line[:LARGEST_TEXT].partition("#")
    found: list[Piece] = []
    statement: list[Token] = []
    for token in readable_tokens(Source(code)):
        if token.type == "NL":
            found += _coloured(statement, sizes)
            statement = []
        else:
            statement.append(token)
    found += _coloured(statement, sizes)
    if hash_sign:
        found.append(Piece(len(code), len(line) - len(code), "comment"))
    return tuple(found)


def _coloured(tokens: Sequence[Token], sizes: Container[str]) -> list[Piece]:
    declares = len(tokens) > 1 and tokens[1].type == "COLON"
    found = []
    behind = False  # the shape of a declaration
    for place, token in enumerate(tokens):
        kind = _kind(token, sizes)
        if declares and place > 1:
            kind = _kind_in_declaration(token, behind)
            behind = behind or token.type == "RPAR" or token == "scalar"
        if kind is not None:
            found.append(Piece(token.span.start, token.span.end - token.span.start, kind))
    return found


def _kind(token: Token, sizes: Container[str]) -> Kind | None:
    match token.type:
        case "NAME":
            return "size" if str(token) in sizes else "name"
        case "FUNC":
            return "function"
        case "NUMBER":
            return "number"
    return None


def _kind_in_declaration(token: Token, behind: bool) -> Kind | None:
    if token.type not in ("NAME", "NUMBER"):
        return None
    if behind:
        return "fact" if str(token) in FACTS else None
    return "size"
