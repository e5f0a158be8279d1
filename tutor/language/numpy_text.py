"""Code as people paste it, ``np.sum(h.T @ d, axis=0)``: the same trees as of a formula.

Python's own parser reads the text; nothing of it is ever run.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from tutor.core.errors import UnreadableError
from tutor.language.names import normalise
from tutor.language.signs import FUNCTION_WORDS
from tutor.language.source import Source, Span
from tutor.language.syntax import (
    COLUMNS,
    DEEPEST,
    OUTER,
    ROWS,
    Call,
    Constant,
    Group,
    Infix,
    Minus,
    Name,
    Operator,
    Raised,
    Syntax,
    Turned,
)

_LIBRARIES: Final = frozenset({"np", "numpy", "jnp", "torch", "scipy"})
_CODE: Final = re.compile(
    rf"\b(?:{'|'.join(sorted(_LIBRARIES))})\s*\.|\.\s*(?:sum|mean|dot|transpose|astype|copy|shape)\b|\blen\s*\(|>"
)
"""What only code has."""

_LONGEST_NUMBER: Final = 40
_LARGEST_NUMBER: Final = 1e60
_SIGNS: Final[Mapping[type[ast.operator], Operator]] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.MatMult: "product",
}
_TWO_SIDED: Final[Mapping[str, Operator]] = {
    "dot": "product", "matmul": "product", "mm": "product", "multiply": "multiply", "mul": "multiply", "add": "add",
    "subtract": "subtract", "divide": "divide", "true_divide": "divide", "kron": "kron",
}
_ALONG: Final[Mapping[tuple[str, int | None], str]] = {
    ("sum", None): "sum", ("sum", 0): "colsum", ("sum", 1): "rowsum",
    ("mean", None): "mean", ("mean", 0): "colmean", ("mean", 1): "rowmean",
}
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "absolute": "abs", "slogdet": "logdet", "identity": "eye", "expit": "sigmoid",
}


def looks_like_code(text: str) -> bool:
    """Whether a text has what only code has."""
    return "\\" not in text and _CODE.search(text) is not None


def parse_code(source: Source, start: int = 0) -> Syntax:
    """The tree of an expression in Python.

    Args:
        source: The text.
        start: Where the expression begins.

    Raises:
        UnreadableError: it is no expression, or one that no formula stands for; with its place.
    """
    # What stands before it stays as white, on the same lines, so that every place is that of the text.
    text = "".join(sign if sign in "\r\n" else " " for sign in source.text[:start]) + source.text[start:]
    whole = Span(start, len(source.text))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of how the text is written, on the console
            tree = ast.parse(f"(\n{text}\n)", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UnreadableError("This cannot be read as a line of NumPy.", source.position(whole)) from None
    return _Translation(source, text).of(tree.body)


class _Translation:
    """Python's tree to ours; ``depth`` counts as it does there."""

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self._starts = [0, *(end.end() for end in re.finditer(r"\r\n|[\n\r]", text))]
        self._lines = re.split(r"\r\n|[\n\r]", text)

    def of(self, node: ast.expr) -> Syntax:
        """The tree of a node.

        Raises:
            UnreadableError: no formula stands for it.
        """
        span = self._span(node)
        match node:
            case ast.Name(id=name):
                return Name(normalise(name), span)
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                if span.end - span.start > _LONGEST_NUMBER or not abs(value) < _LARGEST_NUMBER:
                    raise self._problem("This number is too long to be read exactly.", span)
                return Constant(Fraction(str(value)), span)
            case ast.BinOp(op=ast.Pow(), left=left, right=right):
                base, exponent = self._closed(left), self._closed(right)
                return self._checked(Raised(base, exponent, True, span, span, 1 + max(base.depth, exponent.depth)))
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _SIGNS:
                return self._infix(_SIGNS[type(op)], left, right, span)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self._closed(operand)
                return self._checked(Minus(inner, Span(span.start, span.start + 1), span, inner.depth + 1))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.of(operand)
            case ast.Attribute(value=value, attr="T"):
                return self._turned(value, span)
            case ast.Compare(left=left, ops=[ast.Gt() | ast.GtE()], comparators=[ast.Constant(value=0 | 0.0)]):
                return self._call("step", [left], span)
            case ast.Subscript(value=ast.Attribute(value=ast.Name() as of, attr="shape"),
                               slice=ast.Constant(value=0 | 1 as axis)):
                return self._call(ROWS if axis == 0 else COLUMNS, [of], span)
            case ast.Call():
                return self._function(node, span)
        raise self._problem(f"{self.source.shown(span)} cannot be read as a formula.", span)

    # --- pieces --------------------------------------------------------------------------------------------------

    def _closed(self, node: ast.expr) -> Syntax:
        """An operand; what Python's tree groups without a sign of it keeps its brackets."""
        inner = self.of(node)
        if isinstance(inner, Infix | Minus | Raised):
            return Group(inner, inner.span, inner.depth + 1)
        return inner

    def _infix(self, operation: Operator, left: ast.expr, right: ast.expr, span: Span) -> Syntax:
        a, b = self._closed(left), self._closed(right)
        sign = Span(a.span.end, max(a.span.end + 1, b.span.start))
        return self._checked(Infix(operation, a, b, sign, span, 1 + max(a.depth, b.depth)))

    def _turned(self, node: ast.expr, span: Span) -> Syntax:
        inner = self._closed(node)
        return self._checked(Turned(inner, Span(span.end - 1, span.end), span, inner.depth + 1))

    def _call(self, name: str, arguments: Sequence[ast.expr], span: Span) -> Syntax:
        made = tuple(self.of(argument) for argument in arguments)
        depth = 1 + max((argument.depth for argument in made), default=0)
        return self._checked(Call(name, made, False, False, span, span, depth))

    def _checked(self, tree: Syntax) -> Syntax:
        if tree.depth > DEEPEST:
            raise self._problem(f"This is nested more than {DEEPEST} levels deep.", tree.span)
        return tree

    # --- functions -----------------------------------------------------------------------------------------------

    def _function(self, node: ast.Call, span: Span) -> Syntax:
        path, of = self._called(node.func)
        if not path:
            raise self._problem(f"{self.source.shown(self._span(node.func))} cannot be called.", span)
        arguments = [*([of] if of is not None else []), *node.args]
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        return self._named(path, arguments, options, span)

    def _called(self, function: ast.expr) -> tuple[str, ast.expr | None]:
        """The name of what is called, and what it is a method of."""
        match function:
            case ast.Name(id=name):
                return name, None
            case ast.Attribute(value=value, attr=name):
                inside = value
                while isinstance(inside, ast.Attribute):
                    inside = inside.value
                library = isinstance(inside, ast.Name) and inside.id in _LIBRARIES
                return name, None if library else value
        return "", None

    def _named(
        self, name: str, arguments: list[ast.expr], options: dict[str | None, ast.expr], span: Span
    ) -> Syntax:
        name = _OTHER_NAMES.get(name, name)
        count = len(arguments)
        match name:
            case "sum" | "mean" if count in (1, 2):
                return self._reduced(name, arguments, options, span)
            case "astype" | "copy" | "array" | "asarray" | "squeeze" | "float" if count:
                return self.of(arguments[0])
            case "transpose" | "t" if count == 1:
                return self._turned(arguments[0], span)
            case "maximum" | "clip" if count == 2 and self._is_zero(arguments[1]):
                return self._call("relu", arguments[:1], span)
            case "where" if count == 3 and self._is_one(arguments[1]) and self._is_zero(arguments[2]):
                return self.of(arguments[0])
            case "len" if count == 1 and isinstance(arguments[0], ast.Name):
                return self._call(ROWS, arguments, span)
            case "power" | "pow" if count == 2:
                return self.of(ast.copy_location(ast.BinOp(arguments[0], ast.Pow(), arguments[1]), arguments[0]))
            case "outer" if count == 2:
                return self._call(OUTER, arguments, span)
            case "ones" | "zeros" if count == 1 and isinstance(arguments[0], ast.Tuple):
                return self._call(name, arguments[0].elts, span)
        if name in _TWO_SIDED and count == 2:
            return self._infix(_TWO_SIDED[name], arguments[0], arguments[1], span)
        word = normalise(name)
        if word in FUNCTION_WORDS and not options:
            return self._call(word, arguments, span)
        raise self._problem(f"`{name}` cannot be read here as it is called.", span)

    def _reduced(
        self, name: str, arguments: list[ast.expr], options: dict[str | None, ast.expr], span: Span
    ) -> Syntax:
        axis = options.get("axis", options.get("dim", arguments[1] if len(arguments) == 2 else None))
        place = None if axis is None or (isinstance(axis, ast.Constant) and axis.value is None) else self._axis(axis)
        return self._call(_ALONG[name, place], arguments[:1], span)

    def _axis(self, node: ast.expr) -> int:
        value = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
        if isinstance(value, ast.Constant) and type(value.value) is int:
            place = -value.value if value is not node else value.value
            if -2 <= place <= 1:
                return place % 2
        span = self._span(node)
        raise self._problem(f"An axis is 0, the sum over the rows, or 1; not {self.source.shown(span)}.", span)

    @staticmethod
    def _is_zero(node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) and node.value == 0

    @staticmethod
    def _is_one(node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) and node.value == 1

    # --- places --------------------------------------------------------------------------------------------------

    def _span(self, node: ast.expr) -> Span:
        """Where it stands in the text; Python counts lines from 1, a line before ours, and columns in bytes."""
        return Span(self._place(node.lineno, node.col_offset),
                    self._place(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset))

    def _place(self, line: int, column: int) -> int:
        at = min(max(line - 2, 0), len(self._lines) - 1)
        before = self._lines[at].encode()[:column].decode(errors="ignore")
        return self._starts[at] + len(before)

    def _problem(self, sentence: str, span: Span) -> UnreadableError:
        return UnreadableError(sentence, self.source.position(span))


