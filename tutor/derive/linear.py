"""A formula of SymPy taken apart into what it is without some symbols, and its slope by each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sympy


class Linear:
    """Takes formulas apart that are linear in some symbols; what they have in common is looked at once.

    Args:
        symbols: The symbols.
    """

    def __init__(self, symbols: Iterable[sympy.Symbol]) -> None:
        self._symbols = tuple(symbols)
        self._slopes: dict[Any, Mapping[Any, Any] | None] = {symbol: {symbol: 1} for symbol in self._symbols}

    def apart(self, formula: sympy.Expr) -> tuple[sympy.Expr, Mapping[sympy.Symbol, sympy.Expr]]:
        """The formula with 0 for every symbol, and its derivative by each.

        Where it is seen to be linear the derivatives are read off; otherwise SymPy finds them.
        """
        import sympy

        slopes = self._read(formula)
        if slopes is None:
            slopes = {symbol: formula.diff(symbol) for symbol in self._symbols}
        rest = formula.xreplace(dict.fromkeys(self._symbols, sympy.S.Zero))
        return rest, {symbol: sympy.S.Zero + slopes.get(symbol, 0) for symbol in self._symbols}

    def _read(self, formula: Any) -> Mapping[Any, Any] | None:
        """The slope by each symbol that a formula has; None where it is not seen to be linear."""
        if formula not in self._slopes:
            self._slopes[formula] = self._reading(formula)
        return self._slopes[formula]

    def _reading(self, formula: Any) -> Mapping[Any, Any] | None:
        import sympy

        parts = [self._read(part) for part in formula.args]
        if not any(part is None or part for part in parts):
            return {}
        if formula.is_Add:
            found: dict[Any, list[Any]] = {}
            for part in parts:
                if part is None:
                    return None
                for symbol, slope in part.items():
                    found.setdefault(symbol, []).append(slope)
            return {symbol: sympy.Add(*slopes) for symbol, slopes in found.items()}
        holding = [place for place, part in enumerate(parts) if part is None or part]
        if not formula.is_Mul or len(holding) != 1 or (inner := parts[holding[0]]) is None:
            return None
        others = [part for place, part in enumerate(formula.args) if place != holding[0]]
        return {symbol: sympy.Mul(*others, slope) for symbol, slope in inner.items()}
