"""What every operation must obey; a new one is tested by being registered."""

from __future__ import annotations

import re

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.programs import is_zero
from tutor.core.errors import ShapeError
from tutor.core.evaluate import value_of
from tutor.core.expression import Variable, apply
from tutor.core.layout import Array
from tutor.core.operation import Operation
from tutor.derive.entrywise import entries
from tutor.derive.sympy_typst import sympy_typst
from tutor.derive.words import filled
from tutor.language import printing
from tutor.language.reader import read_formula
from tutor.ops import ELEMENTWISE, OPERATIONS
from tutor.ops.elementwise import Elementwise
from tutor.typeset import Formula, Typesetter

TYPESETTER = Typesetter()
every_operation = pytest.mark.parametrize("kind", OPERATIONS, ids=lambda k: k.name)
quick = settings(max_examples=12, deadline=None, derandomize=True)
few = settings(max_examples=4, deadline=None, derandomize=True)


class Drawn:
    """An operation with operands of random sizes and numbers."""

    def __init__(self, kind: type[Operation], data: st.DataObject, most: int) -> None:
        rows, columns = data.draw(st.integers(1, most), "rows"), data.draw(st.integers(1, most), "columns")
        self.operation = data.draw(st.sampled_from(kind.examples(rows, columns)), "operation")
        letters = sorted({s for slot in self.operation.inputs for s in slot.shape if isinstance(s, str)})
        sizes = {letter: data.draw(st.sampled_from((rows, columns, 1)), letter) for letter in letters}
        self.shapes = [tuple(sizes.get(s, s) for s in slot.shape) for slot in self.operation.inputs]
        try:
            self.out = self.operation.shape(*self.shapes)
        except ShapeError:
            assume(False)
        self.rng = np.random.default_rng(data.draw(st.integers(0, 99), "seed"))
        self.slots = [slot.name for slot in self.operation.inputs]
        self.operands = self.sampled()

    def sampled(self) -> list[Array]:
        return [self.operation.sample(self.rng, slot, shape)
                for slot, shape in zip(self.slots, self.shapes, strict=True)]

    def value(self, operands: list[Array]) -> Array:
        return self.operation.value(*operands)

    def jacobian(self) -> dict[str, Array]:
        return self.operation.jacobian(*self.operands)

    def moved(self, at: int, entry: int, by: complex) -> Array:
        """The value with one entry of one operand moved."""
        operands = [o.astype(complex) if isinstance(by, complex) else o.copy() for o in self.operands]
        operands[at].reshape(-1)[entry] += by
        return self.value(operands)

    def symbols(self) -> list[sympy.Matrix]:
        return [sympy.Matrix(*shape, lambda i, j, s=slot: sympy.Symbol(f"{s}_{i}_{j}", real=True))
                for slot, shape in zip(self.slots, self.shapes, strict=True)]

    def definition(self, symbols: list[sympy.Matrix]) -> list[sympy.Expr]:
        rows, columns = self.out
        return [sympy.Integer(0) + self.operation.entry(i, j, *symbols) for i in range(rows) for j in range(columns)]


@every_operation
@quick
@given(data=st.data())
def test_value_and_jacobian_have_the_declared_shapes(kind: type[Operation], data: st.DataObject) -> None:
    drawn = Drawn(kind, data, 4)
    value = drawn.value(drawn.operands)
    assert value.shape == drawn.out
    assert value.dtype == np.float64
    found = drawn.jacobian()
    assert list(found) == drawn.slots
    for slot, operand in zip(drawn.slots, drawn.operands, strict=True):
        assert found[slot].shape == (value.size, operand.size)


@every_operation
@quick
@given(data=st.data())
def test_each_column_of_the_jacobian_is_the_central_difference(kind: type[Operation], data: st.DataObject) -> None:
    drawn = Drawn(kind, data, 4)
    found, width = drawn.jacobian(), 1e-6
    for at, (slot, operand) in enumerate(zip(drawn.slots, drawn.operands, strict=True)):
        for column in range(operand.size):
            gap = drawn.moved(at, column, width) - drawn.moved(at, column, -width)
            np.testing.assert_allclose(found[slot][:, column], gap.reshape(-1) / (2 * width), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", [k for k in OPERATIONS if k.analytic], ids=lambda k: k.name)
@quick
@given(data=st.data())
def test_the_complex_step_gives_the_jacobian_of_an_analytic_operation(
    kind: type[Operation], data: st.DataObject
) -> None:
    drawn = Drawn(kind, data, 4)
    found, width = drawn.jacobian(), 1e-30
    for at, (slot, operand) in enumerate(zip(drawn.slots, drawn.operands, strict=True)):
        for column in range(operand.size):
            slope = drawn.moved(at, column, 1j * width).imag.reshape(-1) / width
            np.testing.assert_allclose(found[slot][:, column], slope, rtol=1e-12, atol=1e-13)


@every_operation
@quick
@given(data=st.data())
def test_the_adjoint_is_the_jacobian_transposed_times_the_cotangent(
    kind: type[Operation], data: st.DataObject
) -> None:
    drawn = Drawn(kind, data, 4)
    arriving = drawn.rng.standard_normal(drawn.out)
    variables = [Variable(slot, shape) for slot, shape in zip(drawn.slots, drawn.shapes, strict=True)]
    adjoint = drawn.operation.adjoint(Variable("arriving", drawn.out), Variable("result", drawn.out), *variables)
    arrays = {"arriving": arriving, "result": drawn.value(drawn.operands),
              **dict(zip(drawn.slots, drawn.operands, strict=True))}
    found = drawn.jacobian()
    assert set(adjoint) == set(drawn.slots)
    for slot, shape in zip(drawn.slots, drawn.shapes, strict=True):
        assert adjoint[slot].shape == shape
        wanted = (found[slot].T @ arriving.reshape(-1)).reshape(shape)
        np.testing.assert_allclose(value_of(adjoint[slot], arrays), wanted, rtol=1e-10, atol=1e-12)


@every_operation
@quick
@given(data=st.data())
def test_a_stack_of_operands_gives_the_stack_of_values(kind: type[Operation], data: st.DataObject) -> None:
    drawn = Drawn(kind, data, 4)
    samples = [drawn.sampled() for _ in range(3)]
    wanted = np.stack([drawn.value(operands) for operands in samples])
    stacks = [np.stack(column) for column in zip(*samples, strict=True)]
    if stacks:
        np.testing.assert_allclose(drawn.value(stacks), wanted, rtol=1e-13)
    # Finite differences stack the one operand that moves and leave the others as they are.
    for at in range(len(stacks)):
        mixed = [stack if i == at else samples[0][i] for i, stack in enumerate(stacks)]
        alone = np.stack([drawn.value([samples[k][i] if i == at else samples[0][i] for i in range(len(stacks))])
                          for k in range(3)])
        np.testing.assert_allclose(drawn.value(mixed), alone, rtol=1e-13)


@every_operation
@few
@given(data=st.data())
def test_the_jacobian_and_the_value_are_those_of_the_definition(kind: type[Operation], data: st.DataObject) -> None:
    drawn = Drawn(kind, data, 3)
    symbols = drawn.symbols()
    definition = drawn.definition(symbols)
    numbers = {s: v for matrix, operand in zip(symbols, drawn.operands, strict=True)
               for s, v in zip(matrix, operand.reshape(-1).tolist(), strict=True)}
    value = [float(e.subs(numbers)) for e in definition]
    np.testing.assert_allclose(drawn.value(drawn.operands).reshape(-1), value, rtol=1e-12, atol=1e-14)
    for slot, matrix in zip(drawn.slots, symbols, strict=True):
        slopes = [[float(e.diff(s).subs(numbers)) for s in matrix] for e in definition]
        np.testing.assert_allclose(drawn.jacobian()[slot], slopes, rtol=1e-11, atol=1e-13)


@every_operation
@few
@given(data=st.data())
def test_the_adjoint_is_exactly_that_of_the_definition(kind: type[Operation], data: st.DataObject) -> None:
    drawn = Drawn(kind, data, 2)
    symbols = drawn.symbols()
    definition = drawn.definition(symbols)
    arriving = sympy.Matrix(*drawn.out, lambda i, j: sympy.Symbol(f"arriving_{i}_{j}", real=True))
    known = {**dict(zip(drawn.slots, symbols, strict=True)), "arriving": arriving,
             "result": sympy.Matrix(*drawn.out, definition)}
    variables = [Variable(slot, shape) for slot, shape in zip(drawn.slots, drawn.shapes, strict=True)]
    adjoint = drawn.operation.adjoint(Variable("arriving", drawn.out), Variable("result", drawn.out), *variables)
    for slot, matrix in zip(drawn.slots, symbols, strict=True):
        claimed = entries(adjoint[slot], known)
        for claim, symbol in zip(claimed, matrix, strict=True):
            wanted = sum(g * e.diff(symbol) for g, e in zip(arriving, definition, strict=True))
            assert is_zero(claim - wanted), (slot, symbol, claim, wanted)


def test_names_are_unique() -> None:
    names = [name for kind in OPERATIONS for name in (kind.name, *kind.aliases)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", [k for k in OPERATIONS if k.called], ids=lambda k: k.name)
def test_a_function_is_called_by_its_name_and_its_aliases(kind: type[Operation]) -> None:
    square = any(slot.rows == slot.columns for slot in kind.inputs)
    shape = (3, 3) if square else (1, 3)
    shapes = {slot.name: shape for slot in kind.inputs}
    for name in (kind.name, *kind.aliases):
        for written in (name, rf"\operatorname{{{name}}}"):
            read = read_formula(f"{written}({', '.join(shapes)})", shapes)
            assert read == apply(kind(), *(Variable(slot, shape) for slot in shapes))
            assert read_formula(printing.text(read), shapes) == read
    assert (kind.name in ELEMENTWISE) == issubclass(kind, Elementwise)


@every_operation
@few
@given(data=st.data())
def test_numpy_source_computes_the_value(kind: type[Operation], data: st.DataObject) -> None:
    drawn = Drawn(kind, data, 4)
    expression = apply(drawn.operation, *map(Variable, drawn.slots, drawn.shapes))
    source = f"{printing.numpy_prelude([expression])}\nresult = {printing.numpy(expression)}\n"
    space: dict[str, object] = {"np": np, **dict(zip(drawn.slots, drawn.operands, strict=True))}
    exec(source, space)
    np.testing.assert_allclose(np.asarray(space["result"]), drawn.value(drawn.operands), rtol=1e-13, err_msg=source)


@every_operation
@few
@given(data=st.data())
def test_typst_sets_the_operation_and_what_sympy_says_of_it(kind: type[Operation], data: st.DataObject) -> None:
    drawn = Drawn(kind, data, 2)
    symbols = drawn.symbols()
    definition = drawn.definition(symbols)
    slopes = [entry.diff(symbol) for entry in definition for matrix in symbols for symbol in matrix]
    printed = printing.typst(apply(drawn.operation, *map(Variable, drawn.slots, drawn.shapes)))
    sources = sorted({printed, *(sympy_typst(expression) for expression in (*definition, *slopes))})
    refused = [source for source, formula in zip(sources, TYPESETTER.formulas(sources), strict=True)
               if not isinstance(formula, Formula)]
    assert refused == []


@every_operation
def test_the_latex_speaks_of_the_slots(kind: type[Operation]) -> None:
    words = re.sub(r"\\[a-zA-Z]+(\{[a-z]+\})?", " ", kind.latex)
    for slot in kind.inputs:
        assert re.search(rf"(?<![A-Za-z]){slot.name}(?![A-Za-z])", words), kind.latex


@every_operation
def test_what_is_not_analytic_has_corners(kind: type[Operation]) -> None:
    assert kind.analytic or kind.corners


@every_operation
def test_operations_are_compared_by_what_they_are(kind: type[Operation]) -> None:
    some, same = kind.examples("n", "m"), kind.examples("n", "m")
    assert some == same
    assert len(set(some) | set(same)) == len(some)
    assert all(one != other for one in some for other in (k() for k in OPERATIONS[:2]) if type(one) is not type(other))
    for one in some:
        assert one.resolved({"n": 3, "m": 2}).resolved({}) == one.resolved({"n": 3, "m": 2})


@every_operation
def test_every_reason_is_made_of_full_sentences(kind: type[Operation]) -> None:
    operation = kind.examples(2, 3)[0]
    places = {slot.name: Variable(f"{slot.name}1", (2, 3)) for slot in (*operation.inputs, operation.output)}
    assert set(operation.because) == {slot.name for slot in operation.inputs}
    elsewhere = [said for reading in operation.because_in.values() for said in reading.items()]
    assert {slot for slot, _ in elsewhere} <= operation.because.keys()
    assert operation.because_in.keys() <= {"column", "differential", "index"}
    for template in (*operation.because.values(), *(said for _, said in elsewhere)):
        sentence = filled(template, places)
        assert re.fullmatch(r"[A-Z{].*\.", template), template
        assert template.count("*") % 2 == 0
        assert "{" not in sentence.text and "*" not in sentence.text
        assert sentence.typst.count("$") % 2 == 0
