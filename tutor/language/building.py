"""Syntax trees -> expressions: names get their shapes, signs their operations, misfits their sentence and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from tutor.core.errors import NameUnknownError, ShapeError, UnreadableError
from tutor.core.expression import Apply, Dimension, Expression, Number, Variable, nodes, operands_of
from tutor.core.layout import SCALAR, Shape, Size
from tutor.core.program import Remark
from tutor.language import printing
from tutor.language.calls import Calls, shown_operand
from tutor.language.signs import VECTOR_NORM
from tutor.language.source import Source, Span
from tutor.language.suggestions import unknown_name
from tutor.language.syntax import (
    COLUMNS,
    OUTER,
    ROWS,
    Call,
    Chain,
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
from tutor.ops import CALLED, SIZED, build
from tutor.ops.linear import Add, Divide, Frobenius, Hadamard, MatMul, Subtract

_LARGEST_EXPONENT: Final = 1000
_SHOWN_FACTORS: Final = 4
"""Factors of a matrix power that a remark writes out."""
_LONGEST: Final = 10_000
"""Signs and names a formula may have once its powers and derivatives are written out."""
_INFIX: Final[Mapping[Operator, tuple[Callable[..., Expression], str]]] = {
    "add": (build.add, "+"), "subtract": (build.subtract, "−"), "multiply": (build.multiply, "∘"),
    "divide": (build.divide, "/"), "product": (build.product, "@"), "frobenius": (build.frobenius, ":"),
}
_ARITHMETIC: Final[Mapping[str, Callable[[Fraction, Fraction], Fraction]]] = {
    "add": Fraction.__add__, "subtract": Fraction.__sub__, "multiply": Fraction.__mul__,
    "divide": Fraction.__truediv__,
}
_OPERATIONS: Final = {
    "add": Add, "subtract": Subtract, "multiply": Hadamard, "divide": Divide, "product": MatMul, "frobenius": Frobenius,
}


@dataclass(frozen=True)
class Scope:
    """What a formula may use.

    Attributes:
        shapes: The shape of every variable.
        sizes: The named sizes; a variable of the same name wins.
        later: Names that a later line defines, with that line.
        own: The name that the formula defines.
        place: How a sentence says where a name is missing.
    """

    shapes: Mapping[str, Shape]
    sizes: frozenset[str] = frozenset()
    later: Mapping[str, int] = field(default_factory=dict)
    own: str = ""
    place: str = "known here"


class Building:
    """Builds expressions from the trees of one text.

    Attributes:
        misfits: With ``loose``, the shape errors met; the operations they belong to are built all the same, in the
            shape that is most likely meant, so that a wrong formula can be shown and repaired.
        remarks: What was read in one of two ways.
    """

    def __init__(self, source: Source, scope: Scope, loose: bool = False) -> None:
        self.source = source
        self.scope = scope
        self.loose = loose
        self.calls = Calls(source, scope.sizes)
        self.misfits: list[tuple[Apply, ShapeError]] = []
        self.remarks: list[Remark] = []

    def formula(self, tree: Syntax) -> Expression:
        """The expression of a whole formula.

        Raises:
            TutorError: as :meth:`build`; or powers of powers, written out, have no end.
        """
        expression = self.build(tree)
        lengths: dict[Expression, int] = {}
        for node in nodes(expression):
            lengths[node] = 1 + sum(lengths[operand] for operand in operands_of(node))
        if lengths[expression] > _LONGEST:
            sentence = "Written out, this formula is too long. Give a part of it a name of its own."
            raise self._problem(sentence, tree.span)
        return expression

    def build(self, tree: Syntax, called: bool = False) -> Expression:
        """The expression of a tree; ``called`` when a bracket follows directly, as after a function.

        Raises:
            TutorError: a name is not known, shapes do not fit, an exponent is no number, …: always with its place.
        """
        match tree:
            case Name():
                return self._name(tree, called)
            case Constant(value=value):
                return Number(value)
            case Group(inner=inner):
                return self.build(inner)
            case Minus(inner=inner, sign=sign):
                return build.negate(self.build(inner), position=self.source.position(sign))
            case Infix():
                return self._infix(tree)
            case Chain():
                return self._chain(tree)
            case Turned(inner=Constant()):
                raise self._problem("A number has no transpose. A column of ones is written ones(n, 1).", tree.span)
            case Turned(inner=inner, sign=sign):
                return build.transpose(self.build(inner), position=self.source.position(sign))
            case Raised():
                return self._power(tree)
            case Call():
                return self._call(tree)

    def _problem(self, sentence: str, span: Span) -> UnreadableError:
        return UnreadableError(sentence, self.source.position(span))

    def _name(self, tree: Name, called: bool) -> Expression:
        if tree.name in self.scope.shapes:
            return Variable(tree.name, self.scope.shapes[tree.name])
        if tree.name in self.scope.sizes:
            return Dimension(tree.name)
        raw, position = self.source.text[tree.span.start : tree.span.end], self.source.position(tree.span)
        if tree.name == self.scope.own:
            raise NameUnknownError(f"`{raw}` cannot be used in its own definition.", position)
        raise unknown_name(tree.name, raw, self.scope.shapes, self.scope.later, self.scope.place, called).at(position)

    # --- signs ---------------------------------------------------------------------------------------------------

    def _infix(self, tree: Infix) -> Expression:
        divisor = tree.right
        while isinstance(divisor, Minus):
            divisor = divisor.inner
        if tree.operation == "divide" and isinstance(divisor, Chain):
            first, second = divisor.factors[:2]
            a, b, c = (self.source.shown(span).strip("`") for span in (
                tree.left.span, Span(tree.right.span.start, first.span.end), Span(second.span.start, divisor.span.end)))
            raise self._problem(f"Write brackets: this can be read as ({a}/{b}) {c} or as {a}/({b} {c}).", tree.sign)
        left, right = self.build(tree.left), self.build(tree.right)
        return self._combined(tree.operation, left, right, tree.left.span, tree.right.span, tree.sign)

    def _chain(self, tree: Chain) -> Expression:
        """Factors from left to right; numbers in front multiply all that follows: 2 A B is 2 (A B)."""
        late = next((factor for factor in tree.factors[1:] if isinstance(factor, Constant)), None)
        if late is not None:
            raise self._problem(f"A number stands in front of what it multiplies; {self.source.shown(late.span)} "
                                "stands behind. Write * between them if that is meant.", late.span)
        parts = [self.build(factor, called=isinstance(after, Group))
                 for factor, after in zip(tree.factors, (*tree.factors[1:], None), strict=True)]
        scalars = next((i for i, part in enumerate(parts) if part.shape != SCALAR), len(parts))
        front = self._side_by_side(tree, parts, 0, scalars)
        rest = self._side_by_side(tree, parts, scalars, len(parts))
        if front is None or rest is None:
            whole = front or rest
            assert whole is not None
            return whole
        return build.product(front, rest, position=self.source.position(self._gap(tree, scalars)))

    def _side_by_side(self, tree: Chain, parts: list[Expression], start: int, end: int) -> Expression | None:
        """The product of a stretch of factors; None of none."""
        if start == end:
            return None
        total = parts[start]
        for i in range(start + 1, end):
            left = Span(tree.factors[start].span.start, tree.factors[i - 1].span.end)
            total = self._combined("product", total, parts[i], left, tree.factors[i].span, self._gap(tree, i))
        return total

    @staticmethod
    def _gap(tree: Chain, i: int) -> Span:
        """The place between a factor and the one before it."""
        return Span(tree.factors[i - 1].span.end, tree.factors[i].span.start)

    def _combined(self, operation: Operator, a: Expression, b: Expression, left: Span, right: Span,
                  sign: Span) -> Expression:
        position = self.source.position(sign)
        if operation == "kron":
            return self.calls.function(operation, (a, b), (left, right), sign)
        if operation == "divide" and b == Number(Fraction(0)):
            raise self._problem("This divides by 0.", sign)
        builder, written = _INFIX[operation]
        try:
            return builder(a, b, position=position)
        except ShapeError:
            shown = f"{shown_operand(self.source, left, a)} and {shown_operand(self.source, right, b)}"
            if operation == "product":
                sentence = f"{shown}; a product needs {_rows(a.shape[1])} on the right."
            else:
                sentence = f"The two sides of {written} have different shapes: {shown}."
            shape = {"product": (a.shape[0], b.shape[1]), "frobenius": SCALAR}.get(operation, a.shape)
            return self._misfit(Apply(_OPERATIONS[operation](), (a, b), shape, position), sentence)

    def _misfit(self, node: Apply, sentence: str) -> Apply:
        error = ShapeError(sentence, node.position)
        if not self.loose:
            raise error
        self.misfits.append((node, error))
        return node

    # --- powers --------------------------------------------------------------------------------------------------

    def _power(self, tree: Raised) -> Expression:
        if isinstance(tree.base, Raised):
            raise self._problem("Write brackets: a power of a power can be read in two ways.", tree.sign)
        base, exponent = self.build(tree.base), self._exponent(tree.exponent)
        position = self.source.position(tree.sign)
        square = base.shape[0] == base.shape[1] != 1
        if tree.entrywise or exponent.denominator != 1 or not square:
            return build.power(base, exponent, position=position)
        whole = exponent.numerator
        factor = self.calls.function("inv", (base,), (tree.base.span,), tree.sign) if whole < 0 else base
        if whole == -1:
            return factor
        product = build.matrix_power(factor, abs(whole), position=position)
        if whole != 1:
            self._remark_power(tree, base, whole, factor)
        return product

    def _remark_power(self, tree: Raised, base: Expression, exponent: int, factor: Expression) -> None:
        """Say that a power of a square matrix is one of the matrix, and how to write that of every entry."""
        count = abs(exponent)
        whole = "{product}" if count <= _SHOWN_FACTORS else f"of {count} factors {{factor}}"
        meant = "square every entry" if exponent == 2 else "take that power of every entry"
        rest = f"is the matrix product {whole} here, as {{W}} is square; write {{entrywise}} to {meant}."
        places = (("W", base), ("factor", factor), ("product", build.matrix_power(factor, count)),
                  ("entrywise", build.power(base, Fraction(exponent))))
        texts = {slot: printing.text(formula) for slot, formula in places}
        written = texts["W"] if isinstance(base, Variable) else f"({texts['W']})"
        self.remarks.append(Remark(f"{written}^{exponent} {rest.format(**texts)}", self.source.position(tree.span),
                                   f"The power {exponent} of {{W}} {rest}", places))

    def _exponent(self, tree: Syntax) -> Fraction:
        value = self._constant(tree)
        if abs(value.numerator) > _LARGEST_EXPONENT or value.denominator > _LARGEST_EXPONENT:
            raise self._problem(f"An exponent lies between −{_LARGEST_EXPONENT} and {_LARGEST_EXPONENT}.", tree.span)
        return value

    def _constant(self, tree: Syntax) -> Fraction:
        """The number a formula without names stands for."""
        match tree:
            case Constant(value=value):
                return value
            case Group(inner=inner):
                return self._constant(inner)
            case Minus(inner=inner):
                return -self._constant(inner)
            case Infix(operation="add" | "subtract" | "multiply" | "divide" as operation, left=left, right=right):
                a, b = self._constant(left), self._constant(right)
                if operation == "divide" and b == 0:
                    raise self._problem("This divides by 0.", tree.sign)
                return _ARITHMETIC[operation](a, b)
        raise self._problem(f"An exponent is a number; {self.source.shown(tree.span)} is not.", tree.span)

    # --- functions -----------------------------------------------------------------------------------------------

    def _call(self, tree: Call) -> Expression:
        name = tree.function
        if name in SIZED:
            return self.calls.constant(name, tree)
        operands = [self.build(argument) for argument in tree.arguments]
        if name in (ROWS, COLUMNS):
            size = operands[0].shape[0 if name == ROWS else 1]
            return Dimension(size) if isinstance(size, str) else Number(Fraction(size))
        spans = [argument.span for argument in tree.arguments]
        if tree.primed:
            return self.calls.derivative(name, operands, tree)
        if name == "frobenius" and len(operands) == 2:
            return self._combined("frobenius", operands[0], operands[1], spans[0], spans[1], tree.sign)
        if name == OUTER:
            column, row = (a if a.shape[side] == 1 else build.transpose(a)
                           for a, side in zip(operands, (1, 0), strict=True))
            return self._combined("product", column, row, spans[0], spans[1], tree.sign)
        if name == VECTOR_NORM:
            if 1 not in operands[0].shape:
                shown = shown_operand(self.source, spans[0], operands[0])
                raise self._problem(f"{shown}, and a matrix has several norms. Write norm2(…) for the Frobenius norm, "
                                    r"or \lVert … \rVert_F.", tree.sign)
            name = "norm2"
        try:
            return self.calls.function(name, operands, spans, tree.sign)
        except ShapeError as error:
            operation = CALLED.get(name)
            if not self.loose or operation is None or len(operands) != len(operation.inputs):
                raise
            node = Apply(operation, tuple(operands), operands[0].shape, error.position)
            self.misfits.append((node, error))
            return node


def _rows(size: Size) -> str:
    return f"{size} row" if size == 1 else f"{size} rows"
