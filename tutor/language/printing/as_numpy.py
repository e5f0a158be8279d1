"""Expressions as Python source that needs one library alone: ``((yhat - y) @ W2.T) * h * (1 - h)``.

The library is NumPy, or one that says in :mod:`tutor.language.printing.libraries` what it calls otherwise.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar, Final

from tutor.core.errors import TutorError
from tutor.core.expression import Apply, Dimension, Expression, Number
from tutor.core.layout import Shape, Size
from tutor.core.operation import Operation
from tutor.language.names import name_numpy
from tutor.language.printing.libraries import NUMPY, Library, UnknownNameError
from tutor.language.printing.notation import INFIX, Level, Notation, Path, Printer, Written, decimal, unrepeated
from tutor.ops.activations import Step
from tutor.ops.linear import Frobenius, Hadamard

_PLAIN: Final = frozenset({"add", "subtract", "scale", "hadamard", "divide", "negate"})
"""Operations that Python does on plain numbers as NumPy does them; it takes roots in its own way."""


def numpy(
    expression: Expression, identifiers: Mapping[str, str] | None = None, library: Library = NUMPY
) -> str:
    """The expression as Python source with ``np``; all arrays have two axes, a number is (1, 1).

    Args:
        expression: The formula.
        identifiers: Python names for variables and sizes, where :func:`name_numpy` would not do.
        library: What is called, where it is not NumPy.
    """
    return NumpyPrinter(Numpy(identifiers or {}, library)).whole(expression)


def numpy_prelude(expressions: Iterable[Expression], library: Library = NUMPY) -> str:
    """Definitions of the functions that the printed expressions call, from the operations' own source.

    Raises:
        TutorError: an operation's value cannot be written without the rest of this program.
    """
    waiting: list[type[Operation]] = []
    for expression in expressions:
        printer = NumpyPrinter(Numpy({}, library))
        printer.whole(expression)
        waiting.extend(printer.defined)
    definitions: dict[str, str] = {}
    while waiting:
        operation = waiting.pop()
        if operation.name not in definitions:
            definitions[operation.name], called = _definition(operation, library)
            waiting.extend(called)
    return "\n\n\n".join(definitions[name] for name in sorted(definitions))


def _definition(operation: type[Operation], library: Library) -> tuple[str, list[type[Operation]]]:
    """The ``value`` of an operation as a function of its own, and the operations whose values it calls."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(operation.value)))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.name, function.decorator_list, function.returns = operation.name, [], None
    called: list[type[Operation]] = []
    for inner in ast.walk(function):
        match inner:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="value")):
                called.append(operation.value.__globals__[name])
                inner.func = ast.Name(called[-1].name, ast.Load())
    for argument in function.args.args:
        argument.annotation = None
    for inner in ast.walk(function):
        # np.asarray(…) is there for the type checker alone.
        for name, value in ast.iter_fields(inner):
            if isinstance(value, ast.Call) and ast.unparse(value.func) == "np.asarray" and len(value.args) == 1:
                setattr(inner, name, value.args[0])
    used = {inner.id for inner in ast.walk(function) if isinstance(inner, ast.Name)}
    known = {"np", *dir(builtins), *(argument.arg for argument in function.args.args), *(c.name for c in called)} | {
        inner.id for inner in ast.walk(function) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }
    if used - known or "self" in known:
        raise TutorError(f"{operation.name} cannot be written as a NumPy function of its own yet.")
    if library is not NUMPY:
        try:
            library.rewritten(tree)
        except UnknownNameError as name:
            raise TutorError(f"{operation.name} cannot be written for {library.title} yet: it needs {name}.") from None
    summary = (operation.__doc__ or operation.title).strip().splitlines()[0]
    function.body.insert(0, ast.Expr(ast.Constant(summary)))
    return ast.unparse(ast.fix_missing_locations(tree)), called


class NumpyPrinter(Printer):
    """Leaves broadcasting to the library, and makes arrays of numbers where the library would not."""

    notation: Numpy

    @property
    def defined(self) -> tuple[type[Operation], ...]:
        """The operations among what was written that have to be defined above it."""
        return tuple(self.notation.defined)

    def whole(self, expression: Expression) -> str:
        """An expression as an array of two axes."""
        written = self.write(expression)
        return (self._filled(written) if _plain(expression) else written).source

    def _filled(self, written: Written) -> Written:
        """A plain Python number as an array."""
        return Written(self.notation.library.write("np.full((1, 1), float({}))", written.source))

    def _applied(self, expression: Apply, operands: list[Written]) -> Written:
        name = expression.operation.name
        if name != "negate":
            operands = [self._filled(written) if _plain(operand) else written
                        for operand, written in zip(expression.operands, operands, strict=True)]
        return super()._applied(expression, operands)

    def _infix(self, expression: Apply, path: Path) -> Written:
        if isinstance(expression.operation, Hadamard) and (compared := self._compared(expression, path)):
            return compared
        divisor = expression.operands[-1]
        if expression.operation.name != "divide" or not _plain(expression) or (
            isinstance(divisor, Number | Dimension) and divisor != Number(Fraction(0))
        ):
            return super()._infix(expression, path)
        # Python refuses to divide its own numbers by 0.
        sources = (self.write(operand).source for operand in expression.operands)
        return Written(self.notation.library.write("np.divide({}, {})", *sources))

    def _compared(self, expression: Apply, path: Path) -> Written | None:
        """A product with a step as a product with a comparison: multiplied with numbers, what is true counts as 1.

        The comparison is always the last factor, behind an array of numbers, so that the product is one of numbers
        too: what is true has no sign, no difference and no matrix product.
        """
        shown = self._shown(expression)
        for side in (1, 0):
            step, other = shown[side], shown[1 - side]
            if (isinstance(step, Apply) and isinstance(step.operation, Step)
                    and not _plain(step.operands[0]) and not _plain(other)):
                front = self.write(other, (*path, 1 - side))
                if self.notation.needs_brackets("hadamard", 0, other, front):
                    front = Written(self.notation.brackets(front.source))
                held = self.write(step.operands[0], (*path, side, 0))
                compared = f"({held.source} > 0)"
                return Written(self.notation.joined("hadamard", front.source, compared), INFIX["hadamard"].level)
        return None

    def _repeated(self, target: Shape, operand: Expression, written: Written) -> Written:
        library, sizes = self.notation.library, self.notation.sizes(target)
        if _plain(operand):
            return Written(library.write("np.full({}, float({}))", sizes, written.source))
        return Written(library.write("np.broadcast_to({}, {})", written.source, sizes))

    def _shown(self, expression: Apply) -> tuple[Expression, ...]:
        name = expression.operation.name
        a, b = expression.operands
        if name in ("add", "subtract", "hadamard", "divide"):
            # NumPy repeats one side by itself where the other has the full shape.
            if unrepeated(a) is a and not _plain(a):
                return (a, unrepeated(b))
            if unrepeated(b) is b and not _plain(b):
                return (unrepeated(a), b)
        return super()._shown(expression)


def _plain(expression: Expression) -> bool:
    """Whether an expression prints as a plain Python number."""
    match expression:
        case Number() | Dimension():
            return True
        case Apply(operation=operation, operands=operands) if operation.name in _PLAIN:
            return all(_plain(operand) for operand in operands)
    return False


class Numpy(Notation):
    """Python with NumPy, or with a library much like it."""

    signs: ClassVar[Mapping[str, str]] = {
        "add": " + ", "subtract": " - ", "hadamard": " * ", "divide": " / ", "matmul": " @ ", "scale": " * ",
    }
    transpose = ".T"

    def __init__(self, identifiers: Mapping[str, str], library: Library = NUMPY) -> None:
        self.identifiers = identifiers
        self.library = library
        self.defined: list[type[Operation]] = []

    def name(self, name: str) -> str:
        """An identifier."""
        return self.identifiers.get(name, name_numpy(name))

    def number(self, value: Fraction) -> Written:
        """A Python number."""
        short = decimal(value, 6)
        if short is None and value.denominator > 999:
            short = repr(float(value))
        if short is None:
            return Written(f"{value.numerator} / {value.denominator}", Level.SIGN if value < 0 else Level.TIMES)
        return Written(short, Level.SIGN if value < 0 else Level.ATOM)

    def raised(self, source: str, exponent: Fraction, shape: Shape) -> Written:
        """A power."""
        short = decimal(exponent)
        # A whole number to a negative power is no whole number: 2.0, not 2.
        base = f"{source}.0" if source.isdigit() else source
        return Written(f"{base}**{short or f'({exponent.numerator} / {exponent.denominator})'}", Level.BEHIND)

    def joined(self, operation: str, left: str, right: str) -> str:
        """The sign between, and the sum that A : B stands for."""
        if operation == "frobenius":
            return self.library.write(Frobenius.numpy, left, right)
        return super().joined(operation, left, right)

    def sizes(self, shape: Shape) -> str:
        """A shape as a tuple."""
        return f"({self.size(shape[0])}, {self.size(shape[1])})"

    def size(self, size: Size) -> str:
        """A size as a number, a name or a product of them."""
        return " * ".join(factor if factor.isdigit() else self.name(factor) for factor in str(size).split("·"))

    def constant(self, name: str, shape: Shape) -> str:
        """``np.ones`` and its like."""
        return self.library.write(f"np.{name}({{}})", self.size(shape[0]) if name == "eye" else self.sizes(shape))

    def function(self, operation: Operation, operands: Sequence[Written]) -> Written:
        """A function of the library's, or one that the prelude defines."""
        sources = [operand.source for operand in operands]
        if operation.numpy and self.library.knows(operation.numpy):
            return Written(self.library.write(operation.numpy, *sources))
        self.defined.append(type(operation))
        return Written(f"{operation.name}({', '.join(sources)})")
