"""How the numbers of a problem are drawn, and whether they keep what was promised of them."""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np

from tutor.core.errors import UnusableNumbersError
from tutor.core.layout import Array
from tutor.core.program import Declaration

KINDS: Final = (
    "normal", "uniform", "positive", "small", "onehot", "simplex", "binary", "pm1", "sym", "spd", "spd_nonsym",
    "invertible", "zeros", "ones", "eye",
)
"""The ways to draw a matrix."""

_ENTRYWISE: Final = frozenset({"normal", "uniform", "positive", "small", "binary", "pm1"})


def default_kind(declaration: Declaration) -> str:
    """How to draw a variable of which only the facts are known."""
    for fact, kind in (("onehot", "onehot"), ("distribution", "simplex"), ("spd", "spd"), ("symmetric", "sym"),
                       ("positive", "positive")):
        if fact in declaration.facts:
            return kind
    return "normal"


def draw(kind: str, shape: tuple[int, int], seed: int, name: str) -> Array:
    """Numbers for the variable ``name``: the same for the same seed, whatever else the program has.

    Kinds that draw entry by entry give a larger matrix the same numbers where it overlaps the smaller one.

    Raises:
        UnusableNumbersError: the kind does not exist or does not fit the shape.
    """
    rows, columns = shape
    if kind not in KINDS:
        raise UnusableNumbersError(f"{kind} is not a way to draw numbers. There are {', '.join(KINDS)}.")
    if kind in ("sym", "spd", "spd_nonsym", "invertible", "eye") and rows != columns:
        raise UnusableNumbersError(f"{name} is {rows}×{columns}; only a square matrix can be drawn as {kind}.")
    key = zlib.crc32(name.encode())
    if kind in _ENTRYWISE:
        return np.stack([_row(kind, columns, np.random.default_rng((seed, key, i))) for i in range(rows)])
    rng = np.random.default_rng((seed, key))
    match kind:
        case "onehot":
            return np.eye(columns)[rng.integers(columns, size=rows)]
        case "simplex":
            weights = rng.exponential(size=shape) + 0.05
            return np.asarray(weights / weights.sum(axis=1, keepdims=True))
        case "zeros":
            return np.zeros(shape)
        case "ones":
            return np.ones(shape)
        case "eye":
            return np.eye(rows)
    square = rng.standard_normal(shape)
    match kind:
        case "sym":
            return np.asarray((square + square.T) / 2)
        case "invertible":
            return np.asarray(square + 2 * np.sqrt(rows) * np.eye(rows))
    definite = square @ square.T / rows + np.eye(rows)
    if kind == "spd":
        return np.asarray(definite)
    skew = rng.standard_normal(shape)
    return np.asarray(definite + 0.3 * (skew - skew.T))


def _row(kind: str, columns: int, rng: np.random.Generator) -> Array:
    """One row of an entry-by-entry kind."""
    match kind:
        case "normal":
            return rng.standard_normal(columns)
        case "uniform":
            return rng.uniform(-1.0, 1.0, columns)
        case "positive":
            return rng.uniform(0.5, 2.0, columns)
        case "small":
            return 0.1 * rng.standard_normal(columns)
        case "binary":
            return (rng.random(columns) < 0.5).astype(np.float64)
    return np.where(rng.random(columns) < 0.5, -1.0, 1.0)


def broken_promise(fact: str, numbers: Array, tolerance: float = 1e-9) -> str | None:
    """A sentence that says how the numbers break a declared fact, or None when they keep it."""
    if fact in ("distribution", "onehot"):
        if numbers.min() < 0:
            return "A distribution has no negative entry."
        sums = numbers.sum(axis=1)
        worst = int(np.argmax(np.abs(sums - 1)))
        if abs(sums[worst] - 1) > tolerance:
            which = "It" if len(sums) == 1 else f"Row {worst + 1}"
            return f"{which} sums to {sums[worst]:.4g}, not to 1."
        if fact == "onehot" and not np.all((numbers == 0) | (numbers == 1)):
            return "A one-hot row has one 1, and 0 elsewhere."
    elif fact == "positive" and numbers.min() <= 0:
        return "Not every entry is positive."
    elif fact in ("symmetric", "spd"):
        if not np.allclose(numbers, numbers.T, rtol=0, atol=tolerance):
            return "It is not equal to its transpose."
        if fact == "spd" and np.linalg.eigvalsh(numbers).min() <= 0:
            return "Not every eigenvalue is positive."
    return None
