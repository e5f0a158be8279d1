"""Printed modules for other libraries than NumPy: the same numbers where the library is there, and sound Python anyhow.

PyTorch and JAX are no dependencies. What needs them is skipped without them; what they are called for is compared with
a list, so that a name they do not have is found here.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

from tests.programs import Writing, lstm, multiply, network, total
from tutor.core.errors import TutorError
from tutor.core.evaluate import evaluate
from tutor.core.expression import Variable, apply
from tutor.core.layout import Array, Shape, Size
from tutor.core.operation import Operation
from tutor.core.problem import Problem
from tutor.core.program import Program
from tutor.derive import derive
from tutor.derive.code import gradient_module, hessian_module
from tutor.derive.curvature import curvature
from tutor.files.library import problem, ready_made
from tutor.language.printing import JAX, LIBRARIES, NUMPY, TORCH, Library, numpy, numpy_prelude
from tutor.language.reader import read_program
from tutor.ops import FUNCTIONS, OPERATIONS, build
from tutor.ops.elementwise import Exp
from tutor.ops.forms import Diag
from tutor.ops.reductions import Broadcast

OTHERS = [library for library in LIBRARIES.values() if library is not NUMPY]
DIMS = {"n": 3, "m": 2, "p": 2, "q": 4, "N": 5, "M": 3, "k": 4}

TORCH_HAS = frozenset(
    "abs arange asarray broadcast_to clamp cos diag diagonal divide exp eye float64 full heaviside linalg.det "
    "linalg.inv linalg.norm linalg.slogdet linspace log log1p matmul mean multiply ones pi reshape sign sin sqrt "
    "square stack subtract sum tanh trace transpose where zeros".split()
)
"""The functions of torch that a module may call; each of them is looked up where torch is installed."""


def operand_shapes(operation: Operation) -> list[Shape]:
    """Shapes with names for sizes that an operation takes."""
    if isinstance(operation, Diag):
        return [(1, "k")]
    if isinstance(operation, Broadcast):
        return [(1, operation.target[1])]
    return [slot.shape for slot in operation.inputs]


def case(operation: Operation) -> tuple[Program, dict[str, Array]]:
    """L = sum(x) sum(sin(what the operation gives)), and numbers for it; x has the sizes that parameters name."""
    rng = np.random.default_rng(5)
    w = Writing()
    x = w.given("x", "n", "m")
    operands, given = [], {"x": rng.standard_normal((DIMS["n"], DIMS["m"]))}
    for slot, shape in zip(operation.inputs, operand_shapes(operation), strict=True):
        name = f"{slot.name}0"
        operands.append(w.given(name, *shape))
        given[name] = operation.sample(rng, slot.name, numbers(shape))
    w.let("L", multiply(total(x), total(FUNCTIONS["sin"](apply(operation, *operands)))))
    return w.program(), given


def numbers(shape: Shape) -> tuple[int, int]:
    rows, columns = (number(size) for size in shape)
    return rows, columns


def number(size: Size) -> int:
    return int(np.prod([DIMS[f] if f in DIMS else int(f) for f in str(size).split("·")]))


def operations() -> Iterator[Operation]:
    for kind in OPERATIONS:
        yield from kind.examples("n", "m")


EXAMPLES = [(f"{type(o).__name__}-{i}", o) for i, o in enumerate(operations())]


@cache
def modules() -> tuple[tuple[str, Problem, str, Callable[[Library], str]], ...]:
    """Every module that is compared: a name, its numbers, the function asked for, and how it is printed."""
    found: list[tuple[str, Problem, str, Callable[[Library], str]]] = []

    def gradient(label: str, asked: Problem) -> None:
        derivation = derive(asked.program, asked.wrt)
        found.append((label, asked, "gradient", partial(gradient_module, derivation)))

    for label, operation in EXAMPLES:
        program, given = case(operation)
        for name in given:
            gradient(f"{label} by {name}", Problem.drawn("", program, name, DIMS, 1, given=given))
    for ready in ready_made():
        asked = problem(ready.name)
        for declaration in asked.program.declarations:
            gradient(f"{ready.name} by {declaration.name}", asked.with_wrt(declaration.name))
    for text, wrt in (
        ("x : (1, n)\nW : (n, m)\np = softmax(x W)", "x"),
        ("X : (n, m)\nG = X.T X", "X"),
        ("X : (n, m)\nY = tanh(X).T", "X"),
        ("X : (n, n)\nD = diag(diagof(X))\nG = D X", "X"),
        ("x : (1, n)\nz : (2, m)\ny = x * x", "z"),
        ("torch : (1, n)\njnp : (1, n)\nL = sum(torch * torch * jnp)", "torch"),
        ("s : scalar\nx : (1, n)\nL = s**3 * sum(relu(x) * relu(x))", "s"),
        ("s : scalar\nx : (1, n)\nL = sum(step(x) * s) + sum(x) / 7 + s * sum(step(x) * relu(x) * step(-x))", "x"),
    ):
        gradient(text, Problem.drawn("", read_program(text), wrt, DIMS, 2))
    gradient("lstm", Problem.drawn("", lstm(2), "Ui", DIMS, 2))
    for program, wrt in ((network("onehot"), "x"), (read_program("x : (1, n)\nW : (n, m)\nL = sum(softmax(x W)**2)"),
                                                    "W")):
        twice = curvature(program, wrt)
        asked = Problem.drawn("", program, wrt, DIMS, 2)
        found.append((f"Hessian by {wrt}", asked, "hessian", partial(hessian_module, twice)))
    return tuple(found)


def printed(library: Library) -> Iterator[tuple[str, str]]:
    for label, _, _, write in modules():
        yield label, write(library)


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=list(LIBRARIES))
def test_modules_import_one_library_and_call_only_what_it_has(library: Library) -> None:
    imports = {"numpy": ["import numpy as np"], "torch": ["import torch"],
               "jax": ["import jax", "import jax.numpy as jnp"]}[library.name]
    for label, source in printed(library):
        tree = ast.parse(source)
        assert [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)] == imports, label
        names = called(source, library.alias)
        if library is TORCH:
            assert names <= TORCH_HAS, label
        else:  # what jax.numpy has is called as in NumPy
            assert all(_found(np, name) for name in names), label
        assert "errstate" not in names or library is NUMPY
        functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
        given = {library.alias, "jax", *dir(builtins), *(f.name for f in functions)}
        for function in functions:
            local = {a.arg for a in function.args.args} | {
                n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            used = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
            assert used <= given | local, label
        assert not any(word in source for word in ("backward", "autograd", "requires_grad", "jax.grad", "vjp")), label


def called(source: str, alias: str) -> set[str]:
    """What a module has of a library: ``linalg.inv`` of ``np.linalg.inv(A).T``."""
    whole = re.findall(rf"(?<![\w.]){alias}((?:\.\w+)+)", source)
    return {name[1:] for name in whole}


def _found(module: Any, dotted: str) -> bool:
    for name in dotted.split("."):
        if not hasattr(module, name):
            return False
        module = getattr(module, name)
    return True


def namespace(source: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__builtins__": builtins}
    exec(compile(source, "printed", "exec"), space)
    return space


@pytest.mark.parametrize("library", OTHERS, ids=lambda library: library.name)
def test_modules_give_the_numbers_of_numpy(library: Library) -> None:
    pytest.importorskip(library.name)
    tensors = importlib.import_module({"torch": "torch", "jax": "jax.numpy"}[library.name])
    for label, asked, name, write in modules():
        with np.errstate(all="ignore"):
            wanted = namespace(write(NUMPY))[name](*asked.numbers.values())
        found = namespace(write(library))[name](*(array.tolist() for array in asked.numbers.values()))
        assert isinstance(found, type(tensors.asarray([1.0]))), label
        assert "float64" in str(found.dtype), label
        assert tuple(found.shape) == np.shape(wanted), label
        np.testing.assert_allclose(np.asarray(found), wanted, rtol=1e-12, atol=1e-13, err_msg=label)


@pytest.mark.parametrize("library", OTHERS, ids=lambda library: library.name)
def test_the_library_has_what_is_listed(library: Library) -> None:
    pytest.importorskip(library.name)
    module = importlib.import_module({"torch": "torch", "jax": "jax.numpy"}[library.name])
    for name in TORCH_HAS if library is TORCH else {n for _, s in printed(JAX) for n in called(s, "jnp")}:
        assert _found(module, name), name


@pytest.mark.parametrize("library", OTHERS, ids=lambda library: library.name)
def test_lists_of_whole_numbers_go_in_and_other_shapes_do_not(library: Library) -> None:
    pytest.importorskip(library.name)
    run = namespace(gradient_module(derive(read_program("x : (1, n)\nW : (n, n)\nL = sum(x W * x)"), "x"), library))
    found = run["gradient"]([[1, 2]], [[1, 0], [3, 1]])
    np.testing.assert_array_equal(np.asarray(found), [[8, 7]])
    for wrong in (([[1], [2]], [[1, 0], [3, 1]]), ([[1, 2]], [[1, 0]])):
        with pytest.raises(ValueError, match=r"x is \(1, n\), W is \(n, n\)"):
            run["gradient"](*wrong)


def test_jax_can_trace_a_module() -> None:
    jax = pytest.importorskip("jax")
    asked = problem("logistic-regression").with_wrt("b")
    run = namespace(gradient_module(derive(asked.program, "b"), JAX))["gradient"]
    found = jax.jit(run)(*(array.tolist() for array in asked.numbers.values()))
    np.testing.assert_allclose(np.asarray(found), evaluate(asked).gradients["b"].item(), rtol=1e-12)


# --- the table -------------------------------------------------------------------------------------------------------


class Beta(Exp):
    """A function that torch has under no name of NumPy's."""

    name = "beta_of"
    numpy = ""

    @staticmethod
    def value(A: Array) -> Array:
        return np.i0(A)


def test_what_a_library_lacks_is_refused_with_its_name() -> None:
    expression = apply(Beta(), Variable("A", (2, 2)))
    assert "np.i0(A)" in numpy_prelude([expression])
    assert "jnp.i0(A)" in numpy_prelude([expression], JAX)
    with pytest.raises(TutorError, match=r"beta_of cannot be written for PyTorch yet: it needs i0\."):
        numpy_prelude([expression], TORCH)


def test_a_formula_reads_as_with_numpy() -> None:
    x, W, s = Variable("x", (2, 3)), Variable("W", (3, 3)), Variable("s", (1, 1))
    formula = build.multiply(build.product(build.subtract(x, s), build.transpose(W)), FUNCTIONS["rowsum"](x))
    assert numpy(formula) == "((x - s) @ W.T) * np.sum(x, axis=1, keepdims=True)"
    assert numpy(formula, library=TORCH) == "((x - s) @ W.T) * torch.sum(x, dim=1, keepdim=True)"
    assert numpy(formula, library=JAX) == "((x - s) @ W.T) * jnp.sum(x, axis=1, keepdims=True)"
    total_ = FUNCTIONS["sum"](x)
    assert numpy(total_, library=TORCH) == "torch.sum(x, dim=(0, 1), keepdim=True)"
    assert numpy(build.eye(3), library=TORCH) == "torch.eye(3, dtype=torch.float64)"
