"""Functions in formulas: from a name and operands to an operation, and what to say where they do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.core.errors import ShapeError, TutorError, UnreadableError
from tutor.core.expression import Expression
from tutor.core.layout import LARGEST_SIZE, SCALAR, Size, product_size, shape_text
from tutor.language import printing
from tutor.language.source import Source, Span, quoted
from tutor.language.syntax import Call, Constant, Infix, Name, Syntax
from tutor.ops import ELEMENTWISE, FUNCTIONS, build


@dataclass(frozen=True)
class Calls:
    """Applies functions for one text.

    Attributes:
        source: The text, to point into.
        sizes: The named sizes.
    """

    source: Source
    sizes: frozenset[str]

    def function(self, name: str, operands: Sequence[Expression], spans: Sequence[Span], sign: Span) -> Expression:
        """A function of operands.

        Raises:
            ShapeError: the operands do not fit it, by number or by shape.
        """
        position = self.source.position(sign)
        try:
            return FUNCTIONS[name](*operands, position=position)
        except ShapeError as error:
            if not any(shape_text(operand.shape) in error.sentence for operand in operands):
                raise error.at(position) from None
            shown = [shown_operand(self.source, span, operand) for span, operand in zip(spans, operands, strict=True)]
            raise ShapeError(f"{error.sentence} Here {' and '.join(shown)}.", position) from None
        except TutorError as error:
            raise error.at(position) from None

    def derivative(self, name: str, operands: Sequence[Expression], tree: Call) -> Expression:
        """The derivative of an elementwise function.

        Raises:
            UnreadableError: the function does not act entry by entry, or not on one operand.
        """
        position = self.source.position(tree.sign)
        function = ELEMENTWISE.get(name)
        if function is None:
            raise UnreadableError(f"Only a function that acts on each entry by itself has a prime; `{name}` does not.",
                                  position)
        if len(operands) != 1:
            raise UnreadableError(f"`{name}'` takes 1 operand, not {len(operands)}.", position)
        return build.derivative(function, operands[0], position=position)

    def constant(self, name: str, tree: Call) -> Expression:
        """A matrix of ones, of zeros, or the identity.

        Raises:
            UnreadableError: its arguments are not sizes, or not as many as it takes.
        """
        position = self.source.position(tree.sign)
        sizes = [self._size(name, argument) for argument in tree.arguments]
        match name, sizes:
            case ("eye", [size]) if not tree.primed:
                return build.eye(size, position=position)
            case ("ones", [rows, columns]) if not tree.primed:
                return build.ones(rows, columns, position=position)
            case ("zeros", [rows, columns]) if not tree.primed:
                return build.zeros(rows, columns, position=position)
        wanted = "1 size, as in eye(n)" if name == "eye" else f"2 sizes, as in {name}(n, m)"
        raise UnreadableError(f"`{name}` takes {wanted}.", position)

    def _size(self, name: str, tree: Syntax) -> Size:
        match tree:
            case Constant(value=value) if value.denominator == 1 and value > LARGEST_SIZE:
                raise UnreadableError(f"A size is at most {LARGEST_SIZE:,}.", self.source.position(tree.span))
            case Constant(value=value) if value.denominator == 1 and value >= 1:
                return value.numerator
            case Name(name=size) if size in self.sizes:
                return size
            case Infix(operation="product" | "multiply", left=left, right=right):
                return product_size(self._size(name, left), self._size(name, right))
        known = f", or a name: {', '.join(sorted(self.sizes))}" if self.sizes else ""
        raise UnreadableError(f"{self.source.shown(tree.span)} is not a size. `{name}` takes whole numbers{known}.",
                              self.source.position(tree.span))


def shown_operand(source: Source, span: Span, expression: Expression) -> str:
    """An operand as it was typed, or as plain text where it was LaTeX, with its shape."""
    shown = quoted(printing.text(expression)) if "\\" in source.text else source.shown(span)
    return f"{shown} is {'a number' if expression.shape == SCALAR else shape_text(expression.shape)}"
