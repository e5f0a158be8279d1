"""How the numbers of a problem are drawn, and whether they keep what was promised of them."""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tutor.core.errors import UnusableNumbersError
from tutor.core.layout import Array
from tutor.core.program import Declaration

KINDS: Final = (
    "normal", "uniform", "positive", "fraction", "small", "onehot", "simplex", "binary", "pm1", "sym", "spd",
    "spd_nonsym", "invertible", "zeros", "ones", "eye",
)
"""The ways to draw a matrix."""

SQUARE_KINDS: Final = frozenset({"sym", "spd", "spd_nonsym", "invertible", "eye"})
"""Those that only a square matrix can be drawn as."""

LARGEST_SEED: Final = 9999
"""The last of the seeds that are counted through."""

_TOLERANCE: Final = 1e-9
"""How far sums may be from 1, and entries from their mirror images, before a promise counts as broken."""

ENTRYWISE: Final = frozenset({"normal", "uniform", "positive", "fraction", "small", "binary", "pm1"})
"""The ways that draw each entry by itself."""


def next_seed(seed: int) -> int:
    """The seed after this one; after the last one they begin anew."""
    return seed + 1 if 0 <= seed < LARGEST_SEED else 0


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
    if kind in SQUARE_KINDS and rows != columns:
        raise UnusableNumbersError(f"{name} is {rows}×{columns}; only a square matrix can be drawn as {kind}.")
    key = zlib.crc32(name.encode())
    if kind in ENTRYWISE:
        return np.stack([_row(kind, columns, np.random.default_rng((seed, key, i))) for i in range(rows)])
    rng = np.random.default_rng((seed, key))
    match kind:
        case "onehot":
            # The largest of random weights: with more or fewer classes a label stays, unless its class goes.
            labels = [int(np.random.default_rng((seed, key, i)).standard_normal(columns).argmax()) for i in range(rows)]
            return np.eye(columns)[labels]
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


def resized(kind: str, old: Array, was_drawn: Array, drawn: Array) -> Array:
    """The numbers of a variable at another size: what was edited by hand is kept where it still fits.

    Args:
        kind: How the variable is drawn.
        old: Its numbers so far.
        was_drawn: What the seed gave at the old size.
        drawn: What it gives at the new size.
    """
    if old.shape == drawn.shape:
        return old
    rows, columns = min(old.shape[0], drawn.shape[0]), min(old.shape[1], drawn.shape[1])
    kept = drawn.copy()
    if kind in ENTRYWISE:
        edited = (old != was_drawn)[:rows, :columns]
        kept[:rows, :columns][edited] = old[:rows, :columns][edited]
    elif kind == "onehot":
        # A label set by hand stays where it is while its class exists.
        for i in range(rows):
            label, edited = int(old[i].argmax()), not np.array_equal(old[i], was_drawn[i])
            if edited and np.array_equal(old[i], np.eye(old.shape[1])[label]) and label < drawn.shape[1]:
                kept[i] = np.eye(drawn.shape[1])[label]
    return kept


def _row(kind: str, columns: int, rng: np.random.Generator) -> Array:
    """One row of an entry-by-entry kind."""
    match kind:
        case "normal":
            return rng.standard_normal(columns)
        case "uniform":
            return rng.uniform(-1.0, 1.0, columns)
        case "positive":
            return rng.uniform(0.5, 2.0, columns)
        case "fraction":
            return rng.uniform(0.1, 0.9, columns)
        case "small":
            return 0.1 * rng.standard_normal(columns)
        case "binary":
            return (rng.random(columns) < 0.5).astype(np.float64)
    return np.where(rng.random(columns) < 0.5, -1.0, 1.0)


Fault = tuple[str, tuple[tuple[int, int], ...]]
"""How numbers break a declared fact: a sentence, and the entries it is about, as (row, column) counted from 0.

A row with a wrong sum is wrong with all of them, and where only the whole is wrong there are none.
"""


def find_fault(fact: str, numbers: Array) -> Fault | None:
    """How the numbers break a declared fact, or None when they keep it."""
    if fact in ("distribution", "onehot"):
        return _rows_fault(fact, numbers)
    if fact == "positive" and numbers.min() <= 0:
        return "Not every entry is positive.", _cells(numbers <= 0)
    if fact in ("symmetric", "spd"):
        apart = np.abs(numbers - numbers.T) > _TOLERANCE * np.abs(numbers).max(initial=0.0)
        if apart.any():
            return "It is not equal to its transpose.", _cells(apart)
        if fact == "spd" and np.linalg.eigvalsh(numbers).min() <= 0:
            return "Not every eigenvalue is positive.", ()
    return None


def _rows_fault(fact: str, numbers: Array) -> Fault | None:
    """What is wrong with rows that each have to sum to 1."""
    sums = numbers.sum(axis=1)
    uneven = np.abs(sums - 1) > _TOLERANCE
    odd = (numbers != 0) & (numbers != 1) if fact == "onehot" else numbers < 0
    cells = _cells(odd | uneven[:, None])
    if numbers.min() < 0:
        return "A distribution has no negative entry.", cells
    if uneven.any():
        worst = int(np.argmax(np.abs(sums - 1)))
        which = "It" if len(sums) == 1 else f"Row {worst + 1}"
        # As many digits as it takes to be another number than 1.
        said = next(text for digits in (4, 8, 12, 17) if (text := f"{sums[worst]:.{digits}g}") != "1")
        return f"{which} sums to {said}, not to 1.", cells
    if odd.any():
        return "A one-hot row has one 1, and 0 elsewhere.", cells
    return None


def _cells(wrong: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    return tuple((int(i), int(j)) for i, j in np.argwhere(wrong))
