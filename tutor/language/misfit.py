"""What to say where a token does not fit: what stands there, and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.core.errors import UnreadableError
from tutor.language.automaton import END, UnexpectedTokenError
from tutor.language.source import Source, Token
from tutor.language.suggestions import unknown_function

_OPERATORS: Final = frozenset({"PLUS", "MINUS", "STAR", "AT", "KRON", "SLASH", "COLON", "POW", "CARET"})
_STARTS_OPERAND: Final = frozenset({"NAME", "NUMBER", "FUNC", "LPAR", "FRAC"})
_BEHIND: Final = frozenset({"TRANSPOSE", "QUOTE", "SUPER", "POW", "CARET"})
_POWERS: Final = frozenset({"POW", "CARET", "SUPER"})
_LINE: Final = "A line is  name = formula  or  name : (rows, columns)."
_SHAPE: Final = "A shape has two sizes, as in (1, n); a number is declared as scalar."
_SIZE: Final = "A size is a whole number or a name."


def misfit(source: Source, tokens: Sequence[Token], error: UnexpectedTokenError, program: bool) -> UnreadableError:
    """The sentence and the place for a token that the grammar has no use for."""
    return _Misfit(source, tokens, error, program).problem()


class _Misfit:
    """The token, what stands before it on its line, and what the grammar would take instead."""

    def __init__(self, source: Source, tokens: Sequence[Token], error: UnexpectedTokenError, program: bool) -> None:
        self.source = source
        self.program = program
        self.expected = error.expected
        place = error.place
        # At the text's end every sentence is about the token before.
        at_end = place == len(tokens)
        self.kind = END if at_end else tokens[place].type
        self.token = tokens[-1] if at_end else tokens[place]
        start = max((i + 1 for i in range(place) if tokens[i].type == "NL"), default=0)
        self.line = list(tokens[start:place])
        self.before = self.line[-1] if self.line else None
        self.after = tokens[place + 1] if place + 1 < len(tokens) else None
        self.ended = self.kind in (END, "NL")

    def problem(self) -> UnreadableError:
        """The sentence at its place."""
        declared = self.program and len(self.line) > 1 and self.line[1].type == "COLON"
        if self.program and not declared and len(self.line) < 2:
            return self._line_start()
        if declared:
            return self._declaration()
        return self._formula()

    def _says(self, sentence: str, token: Token | None = None) -> UnreadableError:
        return UnreadableError(sentence, self.source.position((token or self.token).span))

    def _shown(self, token: Token | None = None) -> str:
        return self.source.shown((token or self.token).span)

    def _power(self) -> str:
        """The power at the token, as far as it is a sign and a number."""
        if self.kind == "SUPER":
            return f"^{self.token}"
        return f"{self.token}{self.after if self.after is not None and self.after.type == 'NUMBER' else 2}"

    def _called(self) -> Token | None:
        """The name before the innermost open bracket, as of a function that is not there."""
        open_: list[Token | None] = []
        for token, before in zip(self.line, [None, *self.line], strict=False):
            if token.type == "LPAR":
                open_.append(before)
            elif token.type == "RPAR":
                open_.pop()
        called = open_[-1] if open_ else None
        return called if called is not None and called.type == "NAME" else None

    def _line_start(self) -> UnreadableError:
        if self.before is None:
            if self.kind == "FUNC":
                return self._says(f"{self._shown()} is a function of the language; give the variable another name.")
            return self._says(f"A line cannot start with {self._shown()}. {_LINE}")
        if self.ended:
            return self._says(f"After {self._shown(self.before)} there has to be = or a colon. {_LINE}", self.before)
        before, token = self._shown(self.before), self._shown()
        return self._says(f"After {before} there has to be = or a colon, not {token}. {_LINE}")

    def _declaration(self) -> UnreadableError:
        kinds = [token.type for token in self.line]
        inside = "LPAR" in kinds and "RPAR" not in kinds
        if inside and self.kind in ("COMMA", "RPAR") and kinds[-1] in ("NAME", "NUMBER"):
            return self._says(_SHAPE)
        if inside:
            return self._says(f"{self._shown()} cannot stand here. {_SIZE}")
        if kinds[-1] == "COLON":
            return self._says(f"After the colon a shape has to follow. {_SHAPE}", self.before if self.ended else None)
        if self.ended:
            return self._says("A fact has to follow the comma.", self.before)
        return self._says(f"{self._shown()} cannot stand behind a shape; only facts can, as in (1, k) distribution.")

    def _formula(self) -> UnreadableError:
        before, kind = self.before, self.kind
        if before is not None and before.type == "FUNC":
            name = self._shown(before).strip("`")
            if kind in _POWERS:
                return self._says(f"A power stands behind the brackets: write {name}(x){self._power()}.", before)
            return self._says(f"`{name}` needs an argument, as in {name}(x).", before)
        if before is not None and kind in _STARTS_OPERAND and "PLUS" in self.expected:
            bare = [t for t, behind in zip(self.line, self.line[1:], strict=False)
                    if t.type == "FUNC" and behind.type != "LPAR"]
            if bare:
                return self._says(f"Write brackets around what {self._shown(bare[-1])} applies to.", bare[-1])
        if kind == "COMMA" and "PLUS" in self.expected:
            if (called := self._called()) is not None:
                raw = self._shown(called).strip("`")
                return self._says(unknown_function(str(called), raw), called)
            return self._says("A comma separates the arguments of a function; nothing else has any.")
        if kind == "EQUALS":
            return self._says("A formula has no = inside.")
        if before is None or before.type == "EQUALS":
            if self.ended:
                return self._says("A formula has to follow the =.", before)
            return self._says(f"A formula cannot start with {self._shown()}.")
        if before.type == "LPAR" and kind == "RPAR":
            return self._says("There is nothing between these brackets.", before)
        if before.type in _OPERATORS | {"LPAR", "COMMA", "FRAC"}:
            if self.ended or kind == "RPAR":
                return self._says(f"After {self._shown(before)} a formula has to follow.", before)
            if kind in _BEHIND:
                return self._says(f"{self._shown()} belongs behind a matrix, not behind {self._shown(before)}.")
            return self._says(f"{self._shown()} cannot stand after {self._shown(before)}; "
                              "a name, a number or a bracket has to.")
        if self.ended:
            return self._says(f"The formula cannot end after {self._shown(before)}.", before)
        return self._says(f"{self._shown()} cannot stand after {self._shown(before)}.")

