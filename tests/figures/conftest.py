"""Pictures to lay out and draw, with formulas that cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import settings

from tutor.figures.heatmap import EquationSpec, HeatmapSpec
from tutor.figures.lettering import Typeset
from tutor.typeset.formula import Formula, Glyph

# How long an example takes depends on what else the machine does.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def fake_typeset(sources: Sequence[str], px: float, /) -> list[Formula]:
    """Formulas as wide as their source is long: a box for each, without a typesetter."""
    square = (("M", 0.0, 0.0), ("L", px / 2, 0.0), ("L", px / 2, -px / 2), ("L", 0.0, -px / 2), ("Z",))
    return [
        Formula(0.3 * px * len(source), px, 0.75 * px, (Glyph(square, 0.0, 0.75 * px, None),), (), (), source)
        for source in sources
    ]


@pytest.fixture
def typeset() -> Typeset:
    """The cheap formulas."""
    return fake_typeset


def matrix(key: str, rows: int, columns: int, **more: object) -> HeatmapSpec:
    """A matrix of the numbers -1 to 1 with all its names."""
    values = np.linspace(-1.0, 1.0, rows * columns).reshape(rows, columns)
    names = {"row_names": tuple(f"r_{i}" for i in range(rows)), "column_names": tuple(f"c_{j}" for j in range(columns))}
    return HeatmapSpec(key, values, **{**names, "title": "partial h", "matrix_form": "W", **more})  # type: ignore[arg-type]


@pytest.fixture
def make_matrix() -> Callable[..., HeatmapSpec]:
    """Makes a matrix of the numbers -1 to 1."""
    return matrix


@pytest.fixture
def network() -> EquationSpec:
    """The chain of the 5-3-5 network in shapes: 1×5 · 5×3 · 3×3 · 3×5 = 1×5."""
    items = (
        matrix("dL/dθ", 1, 5, row_names=()),
        matrix("dθ/dh", 5, 3),
        matrix("dh/da", 3, 3, note="diagonal: it acts as $compose$"),
        matrix("da/dx", 3, 5),
        matrix("dL/dx", 1, 5, row_names=(), matrix_form=""),
    )
    return EquationSpec(items, ("·", "·", "·", "="), "The Jacobians")
