"""The house rules that a reader cannot see by looking at one file."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "tutor").rglob("*.py"))

UNSAFE_CALLS = {"eval", "exec", "compile", "sympify", "parse_expr", "parse_latex", "__import__"}
UNSAFE_ATTRIBUTES = {"sympify", "parse_expr", "parse_latex"}
UNSAFE_MODULES = {"pickle", "shelve", "marshal", "dill"}

BLOCKED = """
import importlib, pkgutil, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "superqt"}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
import tutor

for module in pkgutil.walk_packages(tutor.__path__, "tutor."):
    if module.name.startswith("tutor.ui") or module.name.endswith("__main__"):
        continue
    importlib.import_module(module.name)
"""

LIGHT = """
import sys
import {module}
heavy = {heavy!r} & {{name.split(".")[0] for name in sys.modules}}
print(*sorted(heavy))
"""


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_import_contracts_hold() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = run_python(code)
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_but_the_window_imports_without_qt() -> None:
    done = run_python(BLOCKED)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("tutor", {"PySide6", "matplotlib", "sympy", "typst"}),
        ("tutor.cli", {"PySide6", "matplotlib", "sympy"}),
        ("tutor.ui.app", {"matplotlib", "sympy"}),
    ],
)
def test_importing_is_cheap(module: str, heavy: set[str]) -> None:
    done = run_python(LIGHT.format(module=module, heavy=heavy))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], f"import {module} also loads {done.stdout}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_one_idea_and_evaluates_no_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 350, "a file this long is two ideas"
    assert not {"utils", "helpers", "manager"} & {path.stem, path.parent.name}
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                assert name not in UNSAFE_CALLS, f"line {node.lineno}: {name}"
            case ast.Call(func=ast.Attribute(attr=name)):
                assert name not in UNSAFE_ATTRIBUTES, f"line {node.lineno}: {name}"
            case ast.Import(names=names):
                assert not UNSAFE_MODULES & {alias.name for alias in names}, f"line {node.lineno}"
            case ast.ImportFrom(module=module):
                assert module not in UNSAFE_MODULES, f"line {node.lineno}"


@pytest.mark.parametrize("path", [path for path in SOURCES if "ui" in path.parts],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_every_painter_is_closed_also_by_an_error(path: Path) -> None:
    """A painter that an exception leaves open on a widget ends the process; ``with`` closes it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    managed = {id(item.context_expr) for node in ast.walk(tree) if isinstance(node, ast.With) for item in node.items}
    bare = [node.lineno for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "QPainter"
            and id(node) not in managed]
    assert not bare, f"lines {bare}: write with QPainter(…) as painter"
