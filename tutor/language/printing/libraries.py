"""Array libraries whose Python is NumPy's but for a table of names: a new target is one :class:`Library` here.

Everything is written for NumPy, once: by the printer, and in the operations' own ``value``. A library says what is
called otherwise in it, and whatever has no name there is refused before it can be printed.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

_PLACE: Final = "operand_{}_"


class UnknownNameError(Exception):
    """A library has nothing that does what NumPy does under this name."""


@dataclass(frozen=True, eq=False)
class Library:
    """How Python that is written for NumPy is written for a library.

    Attributes:
        name: What ``--format`` calls it.
        title: What people call it.
        alias: The name its functions are reached by.
        opening: The first lines of a module: what is imported, and what has to be switched on.
        number: How a result that is a number leaves a function, with ``{}`` for an array of one entry.
        same: NumPy's names that mean the same behind ``alias``; None for all that ``others`` and ``lacks`` leave.
        others: NumPy's names that are written otherwise: as another name, or with ``{0}`` for each operand as a call.
        lacks: NumPy's names without a counterpart.
        keywords: What the arguments are called that NumPy names.
        methods: What the methods of arrays are called.
        both_axes: What names both axes where a sum of all entries has to; empty where none is needed.
    """

    name: str
    title: str
    alias: str
    opening: str
    number: str = "({}).item()"
    same: frozenset[str] | None = None
    others: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lacks: frozenset[str] = frozenset()
    keywords: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    methods: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    both_axes: str = ""

    def write(self, template: str, *sources: str) -> str:
        """A piece of NumPy's Python in this library, with ``{}`` for each operand.

        Raises:
            UnknownNameError: the library has no such function.
        """
        return _template(self, template).format(*sources)

    def knows(self, template: str) -> bool:
        """Whether the library has all that a piece of NumPy's Python calls."""
        try:
            _template(self, template)
        except UnknownNameError:
            return False
        return True

    def rewritten(self, tree: ast.AST) -> ast.AST:
        """A syntax tree in the names of this library; the given one is used up.

        Raises:
            UnknownNameError: the library has no such function.
        """
        found = _Rewriter(self).visit(tree)
        assert isinstance(found, ast.AST)
        return ast.fix_missing_locations(found)


@lru_cache(maxsize=256)
def _template(library: Library, template: str) -> str:
    """A template in the names of a library."""
    if library is NUMPY:
        return template
    count = template.count("{}")
    places = [_PLACE.format(i) for i in range(count)]
    source = ast.unparse(library.rewritten(ast.parse(template.format(*places), mode="eval")))
    for i, place in enumerate(places):
        source = source.replace(place, f"{{{i}}}")
    return source


class _Rewriter(ast.NodeTransformer):
    """Puts a library's names where NumPy's stand."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def visit_With(self, node: ast.With) -> ast.AST | list[ast.stmt]:
        """A library without warnings about numbers has nothing to silence."""
        names = {_numpy_name(item.context_expr.func) for item in node.items if isinstance(item.context_expr, ast.Call)}
        self.generic_visit(node)
        return node.body if names == {"errstate"} and "errstate" in self.library.lacks else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A name of NumPy's, or an attribute of an array."""
        name = _numpy_name(node)
        if name is None:
            self.generic_visit(node)
            return node
        return self._called(name)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A function of NumPy's, or a method of an array."""
        name = _numpy_name(node.func)
        if name == "errstate" and name in self.library.lacks:
            return node  # goes with its block
        for inner in node.keywords:
            inner.value = self.visit(inner.value)
        node.args = [self.visit(argument) for argument in node.args]
        given = {keyword.arg for keyword in node.keywords}
        node.keywords = [ast.keyword(self.library.keywords.get(k.arg or "", k.arg), k.value) for k in node.keywords]
        if name is None:
            if isinstance(node.func, ast.Attribute):
                node.func.attr = self.library.methods.get(node.func.attr, node.func.attr)
            node.func = self.visit(node.func)
            return node
        if "keepdims" in given and "axis" not in given and self.library.both_axes:
            axes = ast.parse(self.library.both_axes, mode="eval").body
            node.keywords.insert(0, ast.keyword(self.library.keywords.get("axis", "axis"), axes))
        template = self.library.others.get(name, "")
        if "{" not in template:
            node.func = self._called(name)
            return node
        return _filled(template, node)

    def _called(self, name: str) -> ast.expr:
        """What the library has for a name of NumPy's."""
        library = self.library
        if name in library.others and "{" not in library.others[name]:
            return ast.parse(library.others[name], mode="eval").body
        if name in library.lacks or name in library.others or (library.same is not None and name not in library.same):
            raise UnknownNameError(name)
        return ast.parse(f"{library.alias}.{name}", mode="eval").body


def _numpy_name(node: ast.expr) -> str | None:
    """``linalg.inv`` of ``np.linalg.inv``; None of anything else."""
    found: list[str] = []
    while isinstance(node, ast.Attribute):
        found.append(node.attr)
        node = node.value
    return ".".join(reversed(found)) if found and isinstance(node, ast.Name) and node.id == "np" else None


def _filled(template: str, node: ast.Call) -> ast.expr:
    """A call written by a template, with the operands and the named arguments of another."""
    places = {_PLACE.format(i): argument for i, argument in enumerate(node.args)}

    class Filling(ast.NodeTransformer):
        def visit_Name(self, inner: ast.Name) -> ast.expr:
            return places.get(inner.id, inner)

    call = ast.parse(template.format(*places), mode="eval").body
    if isinstance(call, ast.Call):
        call.keywords.extend(node.keywords)
    filled = Filling().visit(call)
    assert isinstance(filled, ast.expr)
    return filled


NUMPY: Final = Library("numpy", "NumPy", "np", "import numpy as np")

JAX: Final = Library(
    "jax", "JAX", "jnp",
    opening="import jax\nimport jax.numpy as jnp\n\n"
            "# JAX computes in float32 unless the whole process is told otherwise, as here.\n"
            "# Without this line everything runs just as well, in float32.\n"
            'jax.config.update("jax_enable_x64", True)',
    # The shape of one number: also where the function is traced, as under jax.jit, which .item() would stop.
    number="({}).reshape(())",
    # Python's float is the widest that is switched on.
    others=MappingProxyType({"float64": "float"}),
    lacks=frozenset({"errstate"}),
)

_F64: Final = "dtype=torch.float64"

TORCH: Final = Library(
    "torch", "PyTorch", "torch",
    opening="import torch",
    number="({}).reshape(())",
    # Without kron: torch.kron (2.13) refuses what is transposed or repeated, and so the operation's own value is used.
    same=frozenset({
        "abs", "arange", "asarray", "broadcast_to", "cos", "diag", "diagonal", "exp", "float64", "linalg.det",
        "linalg.inv", "linalg.norm", "linalg.slogdet", "log", "log1p", "matmul", "mean", "multiply", "pi", "reshape",
        "sign", "sin", "sqrt", "square", "stack", "subtract", "sum", "tanh", "trace", "where",
    }),
    others=MappingProxyType({
        # What torch makes of nothing but sizes and numbers is float32 unless it is told.
        "eye": f"torch.eye({{0}}, {_F64})",
        "ones": f"torch.ones({{0}}, {_F64})",
        "zeros": f"torch.zeros({{0}}, {_F64})",
        "linspace": f"torch.linspace({{0}}, {{1}}, {{2}}, {_F64})",
        "full": f"torch.full({{0}}, {{1}}, {_F64})",
        # Where NumPy takes two numbers, or an array and a number, torch takes tensors.
        "divide": f"torch.divide(torch.asarray({{0}}, {_F64}), {{1}})",
        "heaviside": f"torch.heaviside({{0}}, torch.asarray({{1}}, {_F64}))",
        "maximum": "torch.clamp({0}, min={1})",
        "swapaxes": "torch.transpose({0}, {1}, {2})",
    }),
    lacks=frozenset({"errstate"}),
    keywords=MappingProxyType({"axis": "dim", "keepdims": "keepdim", "axis1": "dim1", "axis2": "dim2"}),
    # Tensor.max by an axis gives the places too.
    methods=MappingProxyType({"max": "amax", "min": "amin"}),
    both_axes="(0, 1)",
)

LIBRARIES: Final[Mapping[str, Library]] = MappingProxyType({library.name: library for library in (NUMPY, TORCH, JAX)})
"""What ``--format`` can write a module for, by name."""
