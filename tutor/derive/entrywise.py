"""A statement entry by entry, in SymPy: symbols for what it reads, entries from each operation's definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tutor.core.errors import TutorError
from tutor.core.expression import Apply, Expression, Number, Variable, nodes, variables
from tutor.core.layout import numeric_shape
from tutor.core.program import Program, resolve
from tutor.derive.step import Link
from tutor.derive.zero import Lengths, TooLongError

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True, eq=False)
class Entrywise:
    """The statement of a link at sizes that are numbers.

    Attributes:
        program: The program of the link.
        link: Which statement, by which name.
        sizes: The numbers.
        most: Operations that its entries may have; None for any number.
    """

    program: Program
    link: Link
    sizes: Mapping[str, int]
    most: int | None = None

    @cached_property
    def given(self) -> Mapping[str, sympy.Matrix]:
        """Symbols for every name the statement reads."""
        return {v.name: symbols(v.name, numeric_shape(v.shape, {})) for v in variables(self._statement)}

    @cached_property
    def defined(self) -> sympy.Matrix:
        """The statement's own entries."""
        return entries(self._statement, self.given, self.most)

    @property
    def outputs(self) -> list[sympy.Expr]:
        """The statement's own entries, row by row."""
        return list(self.defined)

    @property
    def inputs(self) -> list[sympy.Symbol]:
        """The entries of the link's source, row by row."""
        return list(self.given[self.link.source])

    @cached_property
    def derivatives(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """(outputs, inputs) derivatives of the entries, as SymPy returns them."""
        return tuple(tuple(_derivatives(output, self.inputs)) for output in self.outputs)

    @cached_property
    def _statement(self) -> Expression:
        return resolve(self.program.definitions[self.link.output], self.sizes)


def _derivatives(output: sympy.Expr, inputs: Iterable[sympy.Symbol]) -> Iterator[sympy.Expr]:
    """The derivatives of an entry; those by symbols that are not there SymPy would go through it for, one by one."""
    import sympy

    here = output.free_symbols
    yield from (output.diff(one) if one in here else sympy.S.Zero for one in inputs)


def symbols(name: str, shape: tuple[int, int]) -> sympy.Matrix:
    """A matrix of real symbols, named by 1-based row and column as far as there are more than one."""
    import sympy

    rows, columns = shape

    def label(i: int, j: int) -> str:
        indices = [str(k + 1) for k, size in ((i, rows), (j, columns)) if size > 1]
        return f"{name}_{{{','.join(indices)}}}" if indices else name

    return sympy.Matrix(rows, columns, lambda i, j: sympy.Symbol(label(int(i), int(j)), real=True))


def entries(expression: Expression, known: Mapping[str, Any], most: int | None = None) -> sympy.Matrix:
    """A formula entry by entry, from each operation's definition.

    Args:
        expression: The formula, with sizes that are numbers.
        known: The entries of every name in it.
        most: Operations that all the entries of a formula inside it may have; None for any number.

    Raises:
        TutorError: a name is not known.
        TooLongError: the entries have more operations.
    """
    return all_entries(expression, known, most)[expression]


def all_entries(
    expression: Expression, known: Mapping[str, Any], most: int | None = None, digits: int | None = None
) -> Mapping[Expression, sympy.Matrix]:
    """A formula and all formulas inside it, entry by entry; as :func:`entries` does it.

    Args:
        expression: The formula.
        known: The entries of every name.
        most: Operations of all entries above which it is given up.
        digits: Where the names are numbers: how many digits of each entry are kept. Otherwise √3 stays √3, and
            everything it stands in is worked out again and again.
    """
    import sympy

    done: dict[Expression, sympy.Matrix] = {}
    lengths = Lengths()
    for node in nodes(expression):
        match node:
            case Variable(name):
                if name not in known:
                    raise TutorError(f"{name} is not known in this proof.")
                done[node] = known[name]
            case Number(value):
                done[node] = sympy.Matrix([[sympy.Rational(value.numerator, value.denominator)]])
            case Apply():
                operands = [done[o] for o in node.operands]
                entry, (rows, columns) = node.operation.entry, numeric_shape(node.shape, {})
                done[node] = sympy.Matrix(rows, columns, [entry(i, j, *operands)
                                                          for i in range(rows) for j in range(columns)])
                if digits is not None:
                    done[node] = done[node].applyfunc(lambda entry: entry.n(digits))
                if most is not None and sum(lengths[one] for one in done[node]) > most:
                    raise TooLongError
    return done


def grows(expression: Expression, sizes: Mapping[str, int]) -> bool:
    """Whether an operation in a formula has entries too long to write out, as a large determinant has."""
    return any(numeric_shape(operand.shape, sizes)[0] > node.operation.longest
               for node in nodes(expression) if isinstance(node, Apply) and node.operation.longest is not None
               for operand in node.operands)
