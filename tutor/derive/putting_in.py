"""Formulas of SymPy with their symbols replaced; what many of them have in common is gone through once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class PutIn(dict[Any, Any]):
    """A formula -> the same with symbols replaced by what they mean, as SymPy's ``xreplace`` does it.

    Attributes:
        of: Symbol -> what it means.
    """

    def __init__(self, of: Mapping[Any, Any]) -> None:
        super().__init__(of)
        self.of = of
        self._used = _Used(of)

    def used(self, formula: Any) -> frozenset[Any]:
        """Those of the symbols that are in a formula."""
        return self._used[formula]

    def __missing__(self, formula: Any) -> Any:
        found = formula
        if self._used[formula]:
            parts = [self[part] for part in formula.args]
            if any(new is not old for new, old in zip(parts, formula.args, strict=True)):
                found = formula.func(*parts)
        self[formula] = found
        return found


class _Used(dict[Any, frozenset[Any]]):
    """A formula -> those of some symbols that are in it."""

    def __init__(self, symbols: Mapping[Any, Any]) -> None:
        super().__init__({symbol: frozenset([symbol]) for symbol in symbols})

    def __missing__(self, formula: Any) -> frozenset[Any]:
        found = frozenset[Any]().union(*[self[part] for part in formula.args])
        self[formula] = found
        return found
