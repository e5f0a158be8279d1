"""Tokens -> syntax trees, by the grammar in grammar.lark; what does not fit it becomes a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final, Literal

from tutor.core.errors import UnreadableError
from tutor.language import automaton
from tutor.language.misfit import misfit
from tutor.language.source import Source, Span, Token
from tutor.language.syntax import (
    DEEPEST,
    Call,
    Chain,
    Constant,
    DeclarationLine,
    Group,
    Infix,
    Line,
    Minus,
    Name,
    Operator,
    Raised,
    StatementLine,
    Syntax,
    Turned,
    Word,
)

_OPERATORS: Final[dict[str, Operator]] = {
    "PLUS": "add", "MINUS": "subtract", "STAR": "multiply", "SLASH": "divide", "AT": "product", "COLON": "frobenius",
    "KRON": "kron",
}
_SUPERSCRIPT: Final = re.compile("-?[0-9]{1,6}")


def parse_program(source: Source, tokens: Sequence[Token]) -> list[Line]:
    """The lines of a program.

    Raises:
        UnreadableError: the tokens do not form one.
    """
    lines: list[Line] = _parse(source, tokens, "program")
    return lines


def parse_formula(source: Source, tokens: Sequence[Token]) -> Syntax:
    """The tree of a formula.

    Raises:
        UnreadableError: the tokens do not form one.
    """
    formula: Syntax = _parse(source, tokens, "formula")
    return formula


def _parse(source: Source, tokens: Sequence[Token], start: Literal["program", "formula"]) -> Any:
    try:
        return automaton.run(start, tokens, _BUILDER)
    except automaton.UnexpectedTokenError as error:
        raise misfit(source, tokens, error, start == "program") from None
    except _BadSuperscriptError as error:
        raise UnreadableError("This is no exponent.", source.position(error.span)) from None
    except _TooDeepError as error:
        raise UnreadableError(
            f"This is nested more than {DEEPEST} levels deep. Give a part of it a name of its own.",
            source.position(error.span),
        ) from None


class _RefusedError(Exception):
    """What the rules of the grammar let pass and the builder does not."""

    def __init__(self, span: Span) -> None:
        super().__init__(span)
        self.span = span


class _TooDeepError(_RefusedError):
    pass


class _BadSuperscriptError(_RefusedError):
    pass


def _over(*parts: Span) -> Span:
    return Span(parts[0].start, parts[-1].end)


def _depth(span: Span, *inner: Syntax, levels: int = 1) -> int:
    depth = max(part.depth for part in inner) + levels
    if depth > DEEPEST:
        raise _TooDeepError(span)
    return depth


class _Builder:
    """One method for each rule of the grammar."""

    def program(self, *items: Any) -> list[Line]:
        return [item for item in items if isinstance(item, DeclarationLine | StatementLine)]

    def formula(self, inner: Syntax) -> Syntax:
        return inner

    def declaration(self, name: Token, _: Token, sizes: tuple[Word, ...], facts: tuple[Word, ...]) -> DeclarationLine:
        return DeclarationLine(_word(name), sizes, facts)

    def statement(self, name: Token, _: Token, formula: Syntax) -> StatementLine:
        return StatementLine(_word(name), formula)

    def sizes(self, _: Token, rows: Token, comma: Token, columns: Token, end: Token) -> tuple[Word, ...]:
        return (_word(rows), _word(columns))

    def scalar(self, word: Token) -> tuple[Word, ...]:
        return (_word(word),)

    def facts(self, *words: Token) -> tuple[Word, ...]:
        return tuple(_word(word) for word in words if word.type == "NAME")

    def infix(self, left: Syntax, sign: Token, right: Syntax) -> Syntax:
        span = _over(left.span, right.span)
        return Infix(_OPERATORS[sign.type], left, right, sign.span, span, _depth(span, left, right))

    def minus(self, sign: Token, inner: Syntax | Token) -> Syntax:
        operand = self.number(inner) if isinstance(inner, Token) else inner
        span = _over(sign.span, operand.span)
        if isinstance(operand, Constant):
            return Constant(-operand.value, span)
        return Minus(operand, sign.span, span, _depth(span, operand))

    def plus(self, sign: Token, inner: Syntax) -> Syntax:
        return inner

    def chain(self, *factors: Syntax) -> Syntax:
        if len(factors) == 1:
            return factors[0]
        span = _over(factors[0].span, factors[-1].span)
        return Chain(factors, span, _depth(span, *factors, levels=len(factors) - 1))

    def bare(self, function: Token, *rest: Any) -> Syntax:
        *primes, argument = rest
        span = _over(function.span, argument.span)
        return Call(str(function), (argument,), bool(primes), True, function.span, span, _depth(span, argument))

    def call(self, function: Token, *rest: Any) -> Syntax:
        *primes, _, arguments, end = rest
        span = _over(function.span, end.span)
        return Call(str(function), arguments, bool(primes), False, function.span, span, _depth(span, *arguments))

    def arguments(self, *items: Any) -> tuple[Syntax, ...]:
        return items[::2]

    def fraction(self, sign: Token, above: Syntax, below: Syntax) -> Syntax:
        span = _over(sign.span, below.span)
        a, b = _plain(above), _plain(below)
        if a is not None and b:
            # As 1/2 is one number, so is \frac12.
            number = Constant(a / b, span)
            return Group(number, span, _depth(span, number))
        quotient = Infix("divide", above, below, sign.span, span, _depth(span, above, below))
        return Group(quotient, span, _depth(span, quotient))

    def group(self, opening: Token, inner: Syntax, closing: Token) -> Syntax:
        span = _over(opening.span, closing.span)
        return Group(inner, span, _depth(span, inner))

    def turned(self, inner: Syntax, sign: Token) -> Syntax:
        span = _over(inner.span, sign.span)
        return Turned(inner, sign.span, span, _depth(span, inner))

    def raised(self, base: Syntax, sign: Token, exponent: Syntax | None = None) -> Syntax:
        if exponent is None:
            if not _SUPERSCRIPT.fullmatch(sign):
                raise _BadSuperscriptError(sign.span)
            exponent = Constant(Fraction(sign), sign.span)
        span = _over(base.span, exponent.span)
        return Raised(base, exponent, sign.type == "POW", sign.span, span, _depth(span, base))

    def name(self, token: Token) -> Syntax:
        return Name(str(token), token.span)

    def number(self, token: Token) -> Constant:
        return Constant(Fraction(token), token.span)


def _plain(tree: Syntax) -> Fraction | None:
    """The number that a tree is, in brackets or not."""
    while isinstance(tree, Group):
        tree = tree.inner
    return tree.value if isinstance(tree, Constant) else None


def _word(token: Token) -> Word:
    return Word(str(token), token.span)


_BUILDER: Final = _Builder()
