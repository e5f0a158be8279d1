"""Programs that several test files share, built by hand, and the plain oracles they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from unittest.mock import patch

import numpy as np
import sympy
from hypothesis import strategies as st

from tutor.core.errors import ShapeError
from tutor.core.evaluate import evaluate, value_of
from tutor.core.expression import Expression, Number, Variable, apply
from tutor.core.layout import Array, Size
from tutor.core.operation import Operation
from tutor.core.problem import Problem
from tutor.core.program import Declaration, Program, Statement, cotangent_name, resolve
from tutor.derive import adjoint, simplify
from tutor.derive.nodes import Node
from tutor.derive.putting_in import PutIn
from tutor.derive.simplify import cost
from tutor.derive.zero import Zero, differ
from tutor.files import library
from tutor.language.reader import read_program
from tutor.ops import FUNCTIONS, OPERATIONS, build
from tutor.ops.determinants import Invertible
from tutor.ops.linear import Add

sigmoid, tanh, relu, exp, log = (FUNCTIONS[name] for name in ("sigmoid", "tanh", "relu", "exp", "log"))
softmax, xent, total = FUNCTIONS["softmax"], FUNCTIONS["xent"], FUNCTIONS["sum"]
add, subtract, product, multiply, transpose = (
    build.add, build.subtract, build.product, build.multiply, build.transpose)


@cache
def ready(name: str) -> Problem:
    """A ready-made problem: one for all tests, so that what is found of it is found once."""
    return library.problem(name)


class Writing:
    """A program while it is written: ``given`` declares, ``let`` states."""

    def __init__(self) -> None:
        self.declarations: list[Declaration] = []
        self.statements: list[Statement] = []

    def given(self, name: str, rows: Size, columns: Size, *facts: str) -> Variable:
        self.declarations.append(Declaration(name, (rows, columns), frozenset(facts)))
        return Variable(name, (rows, columns))

    def let(self, name: str, expression: Expression) -> Variable:
        self.statements.append(Statement(name, expression))
        return Variable(name, expression.shape)

    def program(self) -> Program:
        return Program(tuple(self.declarations), tuple(self.statements))


def network(
    *facts: str,
    rows: Size = 1,
    activation: Callable[..., Expression] = sigmoid,
    sizes: tuple[Size, ...] = ("n", "m", "k"),
) -> Program:
    """a = x W1 + b1; h = σ(a); θ = h W2 + b2; ŷ = softmax(θ); L = xent(y, ŷ)."""
    w = Writing()
    n, m, k = sizes
    x, W1, b1 = w.given("x", rows, n), w.given("W1", n, m), w.given("b1", 1, m)
    W2, b2, y = w.given("W2", m, k), w.given("b2", 1, k), w.given("y", rows, k, *facts)
    a = w.let("a", add(product(x, W1), b1))
    h = w.let("h", activation(a))
    θ = w.let("θ", add(product(h, W2), b2))
    p = w.let("ŷ", softmax(θ))
    w.let("L", xent(y, p))
    return w.program()


def regression() -> Program:
    """r = A x − b; L = rᵀ r."""
    w = Writing()
    A, x, b = w.given("A", "n", "m"), w.given("x", "m", 1), w.given("b", "n", 1)
    r = w.let("r", subtract(product(A, x), b))
    w.let("L", product(transpose(r), r))
    return w.program()


def relu_loss() -> Program:
    """L = sum(relu(x))."""
    w = Writing()
    h = w.let("h", relu(w.given("x", 1, "n")))
    w.let("L", total(h))
    return w.program()


def deep(layers: int) -> Program:
    """Layers of h = tanh(h W) and a squared error."""
    w = Writing()
    h, y = w.given("x", 1, "n"), w.given("y", 1, "n")
    for i in range(1, layers + 1):
        h = w.let(f"h{i}", tanh(product(h, w.given(f"W{i}", "n", "n"))))
    e = w.let("e", subtract(h, y))
    w.let("L", total(build.power(e, Fraction(2))))
    return w.program()


def residual(layers: int) -> Program:
    """Layers of h = h + tanh(h W), and a squared norm."""
    w = Writing()
    h = w.given("x", 1, "n")
    for i in range(1, layers + 1):
        h = w.let(f"h{i}", add(h, tanh(product(h, w.given(f"W{i}", "n", "n")))))
    w.let("L", total(build.power(h, Fraction(2))))
    return w.program()


def skips(layers: int) -> Program:
    """Layers of h = tanh(h) and the layer before, and a sum: every layer doubles the ways, almost."""
    further = [f"h{i} = tanh(h{i - 1}) + {f'h{i - 2}' if i > 2 else 'x'}" for i in range(2, layers + 1)]
    return read_program("\n".join(["x : (1, n)", "h1 = tanh(x)", *further, f"L = sum(h{layers})"]))


def lstm(steps: int) -> Program:
    """A long short-term memory that reads the same row at every step, and a squared norm."""
    w = Writing()
    x, h, c = w.given("x", 1, "n"), w.given("h", 1, "m"), w.given("c", 1, "m")
    weights = {gate: (w.given(f"W{gate}", "n", "m"), w.given(f"U{gate}", "m", "m")) for gate in "ifog"}
    for t in range(1, steps + 1):
        gates = {gate: w.let(f"{gate}{t}", (tanh if gate == "g" else sigmoid)(add(product(x, W), product(h, U))))
                 for gate, (W, U) in weights.items()}
        c = w.let(f"c{t}", add(multiply(gates["f"], c), multiply(gates["i"], gates["g"])))
        h = w.let(f"h{t}", multiply(gates["o"], tanh(c)))
    w.let("L", total(build.power(h, Fraction(2))))
    return w.program()


def half(expression: Expression) -> Expression:
    """Half of a formula."""
    return multiply(Number(Fraction(1, 2)), expression)


# --- oracles -------------------------------------------------------------------------------------------------------


def formula_value(formula: Expression, problem: Problem) -> Array:
    """A formula in the names of a problem, at its numbers; a very long one may keep cotangents of names."""
    evaluation = evaluate(problem)
    known = {**evaluation.values, **{cotangent_name(name): array for name, array in evaluation.gradients.items()}}
    return value_of(resolve(formula, problem.dims), known)


def measured(problem: Problem, name: str, width: float = 1e-6) -> Array:
    """The slope of the output by a declared variable: one entry, one evaluation at a time."""
    numbers, output = problem.numbers[name], problem.program.output.name
    slopes = np.zeros(numbers.shape)
    for place in np.ndindex(*numbers.shape):
        ends = []
        for sign in (1, -1):
            moved = numbers.copy()
            moved[place] += sign * width
            ends.append(evaluate(problem.with_numbers(name, moved)).values[output].item())
        slopes[place] = (ends[0] - ends[1]) / (2 * width)
    return slopes


class TooMuchWorkError(Exception):
    """Simplifying looked at more nodes than a program of this size deserves."""


@contextmanager
def bounded_work(most: int = 300_000) -> Iterator[None]:
    """Stop a derivation that does not come to an end, by counting and not by the clock."""
    done = 0

    def counted(node: Node) -> float:
        nonlocal done
        done += 1
        if done > most:
            raise TooMuchWorkError(f"more than {most} nodes were looked at")
        return cost(node)

    with patch.object(simplify, "cost", counted), patch.object(adjoint, "cost", counted):
        yield


# --- random programs -----------------------------------------------------------------------------------------------


def guarded(operation: Operation, operand: Expression) -> Expression:
    """An operand inside (¼, ¾), for an operation that is not defined everywhere; a matrix far from singular."""
    if isinstance(operation, Invertible):
        return build.add(sigmoid(operand), multiply(Number(Fraction(5)), build.eye(operand.shape[0])))
    if type(operation).sample is Operation.sample or operation.corners:
        return operand
    return build.add(half(sigmoid(operand)), Number(Fraction(1, 4)))


SIZES: tuple[Size, ...] = ("n", "m", 1)


@st.composite
def formulas(draw: st.DrawFn, pool: tuple[Expression, ...], most: int = 4) -> Expression:
    """A formula of a few operations of the registry, on what is in the pool."""
    parts = list(pool)
    for _ in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(OPERATIONS))
        operation = draw(st.sampled_from(kind.examples(draw(st.sampled_from(SIZES)), draw(st.sampled_from(SIZES)))))
        operands: list[Expression] = []
        for slot in operation.inputs:
            # What was made last is used most, so that formulas grow deep and not only wide.
            fitting = [p for p in reversed(parts) if _fits(operation, [*operands, p])]
            if not fitting:
                break
            chosen = draw(st.sampled_from(fitting))
            operands.append(guarded(operation, chosen))
            del slot
        if len(operands) == len(operation.inputs):
            try:
                made = apply(operation, *operands)
            except ShapeError:
                continue
            if all(str(s).count("·") <= 1 for s in made.shape):
                parts.append(made)
    return parts[-1]


def _fits(operation: Operation, operands: list[Expression]) -> bool:
    """Whether some operands fit the first slots, as far as the letters tell."""
    bound: dict[str, Size] = {}
    for slot, operand in zip(operation.inputs, operands, strict=False):
        for letter, size in zip(slot.shape, operand.shape, strict=True):
            if (isinstance(letter, int) and letter != size) or (
                isinstance(letter, str) and bound.setdefault(letter, size) != size
            ):
                return False
    return True


@st.composite
def programs(draw: st.DrawFn, most: int = 4) -> Program:
    """A program of a few statements that ends in a number and reads every variable."""
    w = Writing()
    names = [w.given("x", 1, "n"), w.given("A", "n", "m"), w.given("B", "m", "n"), w.given("c", "n", 1),
             w.given("s", 1, 1), w.given("S", "n", "n")]
    pool: list[Variable] = list(names)
    for i in range(draw(st.integers(1, most))):
        pool.append(w.let(f"t{i}", draw(formulas(tuple(pool), 3))))
    last = pool[-1]
    weighted = multiply(last, tanh(last)) if draw(st.booleans()) else last
    w.let("L", total(weighted) if last.shape != (1, 1) else apply(Add(), weighted, names[4]))
    return w.program()


def dimensions(least: int = 1, most: int = 4) -> st.SearchStrategy[dict[str, int]]:
    """Sizes for the random programs."""
    return st.fixed_dictionaries({"n": st.integers(least, most), "m": st.integers(least, most)})


def is_zero(difference: sympy.Expr) -> bool | None:
    """Whether a formula of SymPy is exactly zero; None where that can be neither proved nor refuted."""
    if difference == 0:
        return True
    free = sorted(difference.free_symbols, key=str)
    values = {s: sympy.Rational(2 * i + 3, 7 + 3 * i) for i, s in enumerate(free)}
    if differ(difference, sympy.S.Zero, lambda digits: PutIn({s: value.n(digits) for s, value in values.items()})):
        return False
    return True if Zero().proves(difference) else None
