"""What the structure of a Jacobian means, in a few words."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.expression import Apply, Expression, Variable, apply
from tutor.core.operation import Operation
from tutor.derive.words import ROW_BY_ROW, blocks
from tutor.language import printing
from tutor.language.names import name_typst
from tutor.ops.elementwise import Elementwise
from tutor.ops.forms import Diag, Identity, Kronecker, Ones
from tutor.ops.linear import MatMul, Negate, Scale, Subtract, Transpose


def note(form: Expression | None, operations: Sequence[Operation] = ()) -> str:
    """The structure of a Jacobian and what it means, in Typst markup; empty where there is none to point out.

    Args:
        form: The Jacobian as a matrix formula.
        operations: What its statement does that matters.
    """
    if form is None or form.shape[0] == 1:
        return ""
    match form:
        case Apply(Diag()):
            only = operations[0] if len(operations) == 1 else None
            name = _function(only) if isinstance(only, Elementwise) else ""
            return f"diagonal: {name} acts on each entry alone" if name else "diagonal: each entry acts alone"
        case Apply(Identity()):
            return "identity: it changes nothing"
        case Apply(Negate(), (Apply(Identity()),)):
            return "minus the identity: only the sign changes"
        case Apply(Ones()):
            return "all ones: every output reads the same number"
        case Apply(Kronecker(), (Apply(Ones()), Apply(Identity()) as block)):
            return f"${printing.typst(block)}$ repeated: every row reads the same numbers"
    if is_softmax(form):
        return "full and symmetric: each input moves every output"
    if _is_by_rows(form):
        return "blocks along the diagonal: rows do not mix"
    if is_full(form):
        return "full: every output reads every input"
    said = blocks(form)
    return "" if said is None else f"{said.typst}; {ROW_BY_ROW}"


def _function(operation: Operation) -> str:
    """What a function is called, in Typst markup; nothing where it is not written before brackets."""
    name, bracket, _ = printing.text(apply(operation, Variable("x", ("n", "m")))).partition("(x)")
    if not bracket or not name.isalpha():
        return ""
    return name if name.isascii() else f"${name_typst(name)}$"


def is_softmax(form: Expression | None) -> bool:
    """Whether a Jacobian is diag(p) less p times itself: every entry by every entry."""
    match form:
        case Apply(Subtract(), (Apply(Diag(), (vector,)), Apply(MatMul(), (left, right)))):
            return vector in (left, right) and (_turned(left) == right or left == _turned(right))
    return False


def _is_by_rows(form: Expression) -> bool:
    """Whether a Jacobian is a diagonal less what the entries of the same row share."""
    match form:
        case Apply(Subtract(), (Apply(Diag()), shared)):
            return all(isinstance(part, Apply) and (isinstance(part.operation, Diag) or _is_shared(part))
                       for part in _multiplied(shared))
    return False


def _multiplied(form: Expression) -> list[Expression]:
    """The factors of a matrix product."""
    if isinstance(form, Apply) and isinstance(form.operation, MatMul):
        return [part for operand in form.operands for part in _multiplied(operand)]
    return [form]


def _is_shared(form: Apply) -> bool:
    match form:
        case Apply(Kronecker(), (Apply(Identity()), Apply(Ones()))):
            return True
    return False


def _turned(form: Expression) -> Expression | None:
    return form.operands[0] if isinstance(form, Apply) and isinstance(form.operation, Transpose) else None


def is_full(form: Expression | None) -> bool:
    """Whether no entry of a Jacobian is 0 by its structure, whatever the numbers."""
    if is_softmax(form):
        return True
    match form:
        case Variable():
            return True
        case Apply(Transpose() | Negate(), (inner,)) | Apply(Scale(), (_, inner)):
            return is_full(inner)
        case Apply(MatMul(), (Apply(Diag()), inner)):
            return is_full(inner)
    return False
