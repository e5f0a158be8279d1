"""What the rows and columns of a matrix stand for: the answer to "why transposed".

In ``θ = h W + b`` row i of W belongs to h_i and column j to θ_j. Tables and heatmaps write these names, not indices.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor.core.expression import Apply, Expression, Variable, nodes
from tutor.core.program import Program, Statement
from tutor.language.names import entry_typst
from tutor.ops.elementwise import Elementwise
from tutor.ops.linear import Add, Divide, Hadamard, MatMul, Negate, Scale, Subtract, Transpose
from tutor.ops.normalising import Softmax

_KEEPS_PLACES = (Add, Subtract, Negate, Scale, Hadamard, Divide, Elementwise, Softmax)
"""Operations whose entry (i, j) still belongs to what entry (i, j) of the operand belongs to."""


def axis_names(program: Program, name: str) -> tuple[str | None, str | None]:
    """The vectors whose entries the rows and the columns of a matrix stand for.

    Args:
        program: The forward pass.
        name: A variable of it.

    Returns:
        A vector's name for the rows and one for the columns; None where nothing in the program names them, or where
        the variable is a vector itself.
    """
    if 1 in program.shapes[name]:
        return None, None
    rows = columns = None
    for product, statement in _products(program):
        left, right = product.operands
        if _is(right, name):
            first, second = _vector(left), _result(statement, product)
            if _turned(right):
                first, second = second, first
        elif _is(left, name):
            first, second = _result(statement, product), _vector(right)
            if _turned(left):
                first, second = second, first
        else:
            continue
        rows, columns = rows or first, columns or second
    return rows, columns


def entry_names(program: Program, name: str) -> tuple[str, ...]:
    """The entries of a variable, row by row, in Typst mathematics; the program has numbers for sizes."""
    shape = program.shapes[name]
    return tuple(entry_typst(name, i, j, shape) for i in range(int(shape[0])) for j in range(int(shape[1])))


def axis_entry_names(program: Program, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the rows and the columns of a matrix stand for, in Typst mathematics; numbers where nothing names them."""
    names = axis_names(program, name)
    found = []
    for vector, size in zip(names, program.shapes[name], strict=True):
        counted = tuple(str(i + 1) for i in range(int(size)))
        found.append(entry_names(program, vector) if vector else counted)
    return found[0], found[1]


def _products(program: Program) -> Iterator[tuple[Apply, Statement]]:
    """Every matrix product, with the statement it stands in."""
    for statement in program.statements:
        for node in nodes(statement.expression):
            if isinstance(node, Apply) and isinstance(node.operation, MatMul):
                yield node, statement


def _bare(expression: Expression) -> Expression:
    """A formula without the transposes around it."""
    while isinstance(expression, Apply) and isinstance(expression.operation, Transpose):
        expression = expression.operands[0]
    return expression


def _turned(expression: Expression) -> bool:
    """Whether an odd number of transposes stands around a formula."""
    turned = False
    while isinstance(expression, Apply) and isinstance(expression.operation, Transpose):
        expression, turned = expression.operands[0], not turned
    return turned


def _is(expression: Expression, name: str) -> bool:
    bare = _bare(expression)
    return isinstance(bare, Variable) and bare.name == name


def _vector(expression: Expression) -> str | None:
    """The name of a factor that is a vector with a name."""
    bare = _bare(expression)
    return bare.name if isinstance(bare, Variable) and 1 in bare.shape else None


def _result(statement: Statement, product: Apply) -> str | None:
    """The statement's name, if entry k of the product ends up in its entry k."""
    if 1 not in product.shape:
        return None
    waiting = [statement.expression]
    while waiting:
        node = waiting.pop()
        if node == product:
            return statement.name
        if isinstance(node, Apply) and isinstance(node.operation, _KEEPS_PLACES):
            waiting.extend(o for o in node.operands if o.shape == product.shape)
    return None
