"""Text -> tokens: names brought to one spelling, LaTeX and plain text alike, every token with its place."""

from __future__ import annotations

import re
from collections.abc import Container
from fractions import Fraction
from typing import Final

from tutor.core.errors import Position, UnreadableError
from tutor.language.names import normalise
from tutor.language.signs import (
    CLOSING,
    COMMANDS,
    FONTS,
    FUNCTION_COMMANDS,
    FUNCTION_WORDS,
    HINTS,
    NORMS,
    OPERATORS,
    SPACING,
    SUPERSCRIPTS,
)
from tutor.language.source import Source, Span, Token
from tutor.language.spelling import name_at, split_name

LONGEST_LINE: Final = 2_000
"""Tokens a line may have; long before, a formula is nested too deeply."""

_LONGEST_RUN: Final = 24
_MOST_RUNS: Final = 60
"""Letters of a run, and runs of a text, that are taken apart: to try it takes time."""

_T: Final = r"(?:T|⊤|ᵀ|\\top(?![A-Za-z])|\\intercal(?![A-Za-z])|\\(?:mathsf|mathrm|text|rm|sf)\s*(?:\{\s*T\s*\}|T))"
_SIGNS: Final = re.escape("".join(sign for sign in OPERATORS if len(sign) == 1))
_INVISIBLE: Final = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
"""Signs without width that come along when a formula is copied from a page."""
_TOKEN: Final = re.compile(
    rf"""
      (?P<SPACE>  [^\S\n\r]+ | [~&$] | [{_INVISIBLE}]+ | \\[,;:!>\ ] | \\\\ | \\[()\[\]]
                | \\(?:begin|end)\s*\{{[a-z]+\*?\}} | \#[^\n\r]* )
    | (?P<NL>     \r\n | [\n\r;] )
    | (?P<NUMBER> (?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)? )
    | (?P<INVERTED> \^\s*[-−]\s*{_T} | \^\s*\{{\s*[-−]\s*{_T}\s*\}} )
    | (?P<TRANSPOSE> \.T(?![A-Za-z0-9_]) | ᵀ | ⊤ | \^\s*{_T} | \^\s*\{{\s*{_T}\s*\}} )
    | (?P<QUOTE>  ['′’] | \^\s*(?:\\prime(?![A-Za-z])|\{{\s*(?:\\prime|['′])\s*\}}) )
    | (?P<SUPER>  [{"".join(SUPERSCRIPTS)}]+ )
    | (?P<HADAMARD> \^\s*\{{\s*(?:\\circ|\\odot|∘|⊙)(?![A-Za-z]) )
    | (?P<NORM>   ‖ | \\\| | \\[lr]?Vert(?![A-Za-z]) )
    | (?P<OPEN>   [(\[{{] | \\\{{ )
    | (?P<CLOSE>  [)\]}}] | \\\}} )
    | (?P<SIGN>   \*\* | := | [{_SIGNS}] )
    | (?P<COMMAND> \\[A-Za-z]+\*? )
    """,
    re.VERBOSE,
)
_FRACTION_DIGITS: Final = re.compile(r"\s*([0-9])\s*([0-9])(?![0-9])")
_UNCLEAR_ROOT: Final = re.compile(r"\s*(?:\[|(?:[^\W_]|\\[A-Za-z]+)\s*\^)")
_BOLD_ONE: Final = re.compile(r"\s*(?:\{\s*1\s*\}|1)")
_NORM_INDEX: Final = re.compile(
    r"(?P<power>\s*\^\s*(?:[0-9]|\{\s*[0-9]\s*\})|)"
    r"(?P<index>\s*_\s*(?:([12F])(?![A-Za-z0-9])|\{\s*([12F])\s*\}|\{\s*\\(?:mathrm|text)\s*\{\s*(F)\s*\}\s*\}))"
)
r"""The index of double bars, before or behind a power: ``\|x\|_2^2``, ``\|x\|^2_2``."""
_SPACES: Final = re.compile(r"\s*")
_PASSED_OVER: Final = re.compile(r"\w+|.", re.DOTALL)

_ENDS_OPERAND: Final = frozenset({"NAME", "NUMBER", "RPAR", "TRANSPOSE", "QUOTE", "SUPER"})
_BINDS_TIGHTER: Final = frozenset({"POW", "CARET", "SUPER", "TRANSPOSE", "QUOTE"})


def tokens(source: Source, start: int = 0, lines: bool = False) -> list[Token]:
    """The tokens of a text from a place on; with ``lines`` an NL token stands between two lines that hold any.

    Raises:
        UnreadableError: a sign that the language does not have, or brackets that do not match.
    """
    return _with_fractions(_Lexer(source, start, lines).run(), source)


def readable_tokens(source: Source) -> list[Token]:
    """The tokens of a text as far as there are any: what cannot be read is passed over, a word as a whole."""
    found: list[Token] = []
    start = 0
    while start < len(source.text):
        lexer = _Lexer(source, start, lines=True)
        try:
            lexer.run()
        except UnreadableError:
            passed = _PASSED_OVER.match(source.text, lexer.place)
            start = passed.end() if passed else len(source.text)
        else:
            start = len(source.text)
        found += lexer.found
    return found


def with_names_split(found: list[Token], source: Source, known: Container[str]) -> list[Token]:
    r"""LaTeX sets ``xW_1`` as the product it is: a name that is not known is read as known names side by side.

    Only in a text with a LaTeX command; elsewhere a run of letters is one name.
    """
    if "\\" not in source.text:
        return found
    split: list[Token] = []
    tried: dict[str, list[str] | None] = {}
    for token in found:
        place, end = token.span
        raw = source.text[place:end]
        pieces = None
        if token.type == "NAME" and str(token) not in known and "\\" not in raw and len(raw) <= _LONGEST_RUN:
            if raw not in tried and len(tried) < _MOST_RUNS:
                tried[raw] = split_name(raw, known)
            pieces = tried.get(raw)
        for piece in pieces or ():
            split.append(Token("NAME", normalise(piece), place, place + len(piece)))
            place += len(piece)
        if not pieces:
            split.append(token)
    return split


def _with_fractions(found: list[Token], source: Source) -> list[Token]:
    """A quotient of two plain numbers is one number: 1/2 x is half of x."""
    kept: list[Token] = []
    place = 0
    taker = ""
    while place < len(found):
        kinds = tuple(token.type for token in found[place : place + 4])
        before = kept[-1].type if kept else ""
        # A sign in front makes no difference: x^-1/2 is half of x^-1, as x^1/2 is half of x^1.
        if before not in ("PLUS", "MINUS"):
            taker = before
        if (
            kinds[:3] == ("NUMBER", "SLASH", "NUMBER")
            and not (kinds[3:] and kinds[3] in _BINDS_TIGHTER)
            and before not in _ENDS_OPERAND
            and taker not in ("SLASH", "POW", "CARET", "FUNC")
        ):
            above, _, below = found[place : place + 3]
            span = Span(above.span.start, below.span.end)
            if Fraction(below) == 0:
                raise UnreadableError("This divides by 0.", source.position(span))
            value = str(Fraction(above) / Fraction(below))
            kept.append(Token("NUMBER", value, *span))
            place += 3
        else:
            kept.append(found[place])
            place += 1
    return kept


class _Lexer:
    """Walks along a text once."""

    def __init__(self, source: Source, start: int, lines: bool) -> None:
        self.source = source
        self.text = source.text
        self.place = start
        self.lines = lines
        self.line = 0  # the number of the first token of this line
        self.found: list[Token] = []
        self.open: list[tuple[str, Span]] = []
        self.norms: list[int] = []
        self.passed = (-1, -1)  # what lies behind a power and was read with what lies before it

    def run(self) -> list[Token]:
        while self.place < len(self.text):
            if self.place == self.passed[0]:
                self.place = self.passed[1]
                continue
            match = _TOKEN.match(self.text, self.place)
            if match is None or match.lastgroup in ("OPEN", "COMMAND"):
                # A name may start with a command, or with a brace: {W}_1.
                name = name_at(self.source, self.place)
                if name is not None:
                    canonical = normalise(name[0])
                    self._add("FUNC" if canonical in FUNCTION_WORDS else "NAME", canonical, name[1])
                    continue
            if match is None:
                raise self._unknown(self.text[self.place], self.place + 1)
            self._token(str(match.lastgroup), match.group(), match.end())
        self._all_closed()
        return self.found[:-1] if self.found and self.found[-1].type == "NL" else self.found

    def _add(self, kind: str, value: str, end: int) -> None:
        if kind == "NL":
            self.line = len(self.found) + 1
        elif len(self.found) - self.line >= LONGEST_LINE:
            raise UnreadableError(f"This line has more than {LONGEST_LINE:,} names, numbers and signs. "
                                  "Give a part of it a name of its own.", self._at(end))
        self.found.append(Token(kind, value, self.place, end))
        self.place = end

    def _token(self, kind: str, text: str, end: int) -> None:
        match kind:
            case "SPACE":
                self.place = end
            case "NL":
                self._line_end(text, end)
            case "NUMBER":
                self._add("NUMBER", self._number(text, end), end)
            case "SUPER":
                self._add("SUPER", "".join(SUPERSCRIPTS[c] for c in text), end)
            case "HADAMARD":
                # A power of ∘: the brace it opens closes behind the exponent.
                self._add("POW", text, self.place + 1)
                self._opened("{", end)
            case "INVERTED":
                # The inverse, and then the transpose.
                span = (self.place, end)
                self.found.extend((Token("CARET", "^", *span), Token("MINUS", "-", *span), Token("NUMBER", "1", *span)))
                self._add("TRANSPOSE", text, end)
            case "NORM":
                self._norm(text, end)
            case "OPEN":
                self._opened(text[-1], end)
            case "CLOSE":
                self._closed(text[-1], end)
            case "SIGN":
                self._add(OPERATORS[text], text, end)
            case "COMMAND":
                self._command(text.strip("\\*"), end)
            case _:
                self._add(kind, text, end)

    def _line_end(self, text: str, end: int) -> None:
        if self.lines:
            self._all_closed()
            if self.found and self.found[-1].type != "NL":
                self._add("NL", "\n", end)
        elif text == ";":
            raise self._unknown(text, end)
        self.place = end

    def _number(self, text: str, end: int) -> str:
        mantissa, _, exponent = text.lower().partition("e")
        if len(mantissa) > 40 or len(exponent) > 3 or abs(int(exponent or 0)) > 60:
            raise UnreadableError("This number is too long to be read exactly.", self._at(end))
        return str(Fraction(text))

    def _command(self, word: str, end: int) -> None:
        """A LaTeX command that starts no name."""
        if word in SPACING:
            spaces = _SPACES.match(self.text, end)
            self.place = spaces.end() if spaces else end
            if word in ("left", "right") and self.text[self.place : self.place + 1] == ".":
                self.place += 1
        elif word in FONTS:
            if _BOLD_ONE.match(self.text, end):
                raise UnreadableError("A matrix of ones is written ones(n, m).", self._at(end))
            # Its argument is more than a name: it is read as if the font were not there.
            self.place = end
        elif word == "sqrt" and _UNCLEAR_ROOT.match(self.text, end):
            raise UnreadableError(r"Write \sqrt{…} around all that is under the root, and another root as a power, "
                                  "as in a^{1/3}.", self._at(end))
        elif word in FUNCTION_COMMANDS:
            self._add("FUNC", word, end)
        elif word in COMMANDS:
            self._add(COMMANDS[word], f"\\{word}", end)
            if COMMANDS[word] == "FRAC" and (digits := _FRACTION_DIGITS.match(self.text, self.place)):
                for group in (1, 2):
                    self.place = digits.start(group)
                    self._add("NUMBER", digits[group], digits.end(group))
        else:
            raise self._unknown(word, end)

    def _opened(self, bracket: str, end: int) -> None:
        self.open.append((bracket, Span(self.place, end)))
        self._add("LPAR", bracket, end)

    def _norm(self, bars: str, end: int) -> None:
        """Double bars: they close when the innermost bracket is one of theirs, whichever way they are written."""
        inside = bool(self.open) and self.open[-1][0] == "‖"
        if "l" in bars or not (inside or "r" in bars.partition("V")[0]):
            self.found.append(Token("FUNC", NORMS[""], self.place, end))
            self.norms.append(len(self.found) - 1)
            self._opened("‖", end)
            return
        index = _NORM_INDEX.match(self.text, end)
        self._closed("‖", end)
        if index:
            function = self.found[self.norms[-1]]
            self.found[self.norms[-1]] = Token("FUNC", NORMS[index[3] or index[4] or index[5]], *function.span)
            if index["power"]:
                self.passed = index.span("index")
            else:
                self.place = index.end()
        self.norms.pop()

    def _closed(self, bracket: str, end: int) -> None:
        if not self.open:
            raise UnreadableError(f"This `{bracket}` closes nothing.", self._at(end))
        opening, _ = self.open.pop()
        if CLOSING[opening] != bracket:
            raise UnreadableError(f"This `{bracket}` cannot close the `{opening}` before it.", self._at(end))
        self._add("RPAR", bracket, end)

    def _all_closed(self) -> None:
        if self.open:
            bracket, span = self.open[-1]
            raise UnreadableError(f"This `{bracket}` is not closed.", self.source.position(span))

    def _unknown(self, sign: str, end: int) -> UnreadableError:
        shown = self.source.shown(Span(self.place, end))
        return UnreadableError(f"{shown} is not in the language. {HINTS.get(sign, '')}".strip(), self._at(end))

    def _at(self, end: int) -> Position:
        return self.source.position(Span(self.place, end))
