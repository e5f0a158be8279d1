from __future__ import annotations

import numpy as np
import pytest

from tutor.core.errors import UnusableNumbersError
from tutor.core.numbers import KINDS, default_kind, draw, find_fault, next_seed
from tutor.core.program import Declaration

ENTRYWISE = ("normal", "uniform", "positive", "small", "binary", "pm1")
SQUARE = ("sym", "spd", "spd_nonsym", "invertible", "eye")


@pytest.mark.parametrize("kind", KINDS)
def test_a_draw_is_the_same_for_the_same_seed_and_name(kind: str) -> None:
    shape = (4, 4)
    first = draw(kind, shape, 3, "W")
    assert first.shape == shape
    assert first.dtype == np.float64
    np.testing.assert_array_equal(first, draw(kind, shape, 3, "W"))
    if kind not in ("zeros", "ones", "eye"):
        assert any((draw(kind, shape, seed, "W") != first).any() for seed in (4, 5, 6))
        assert any((draw(kind, shape, 3, name) != first).any() for name in ("V", "U", "b"))


@pytest.mark.parametrize("kind", ENTRYWISE)
@pytest.mark.parametrize(("small", "large"), [((1, 5), (1, 9)), ((2, 3), (6, 3)), ((2, 3), (5, 7)), ((1, 1), (3, 8))])
def test_a_larger_matrix_keeps_the_numbers_of_the_smaller(
    kind: str, small: tuple[int, int], large: tuple[int, int]
) -> None:
    few, many = draw(kind, small, 11, "W1"), draw(kind, large, 11, "W1")
    np.testing.assert_array_equal(many[: small[0], : small[1]], few)


def test_rows_differ() -> None:
    drawn = draw("normal", (3, 4), 0, "W")
    assert len(np.unique(drawn)) == 12


@pytest.mark.parametrize("seed", range(5))
def test_every_kind_is_what_it_is_called(seed: int) -> None:
    def one(kind: str) -> np.ndarray:
        return draw(kind, (5, 5), seed, "M")

    assert np.abs(one("uniform")).max() <= 1
    assert one("positive").min() > 0
    assert np.abs(one("small")).max() < 1
    assert set(np.unique(one("binary"))) <= {0.0, 1.0}
    assert set(np.unique(one("pm1"))) <= {-1.0, 1.0}
    onehot = one("onehot")
    assert set(np.unique(onehot)) == {0.0, 1.0}
    np.testing.assert_array_equal(onehot.sum(axis=1), 1)
    simplex = one("simplex")
    assert simplex.min() > 0
    np.testing.assert_allclose(simplex.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_array_equal(one("sym"), one("sym").T)
    np.testing.assert_allclose(one("spd"), one("spd").T)
    assert np.linalg.eigvalsh(one("spd")).min() > 0
    lopsided = one("spd_nonsym")
    assert not np.allclose(lopsided, lopsided.T)
    assert np.linalg.eigvalsh(lopsided + lopsided.T).min() > 0
    assert np.linalg.cond(one("invertible")) < 1e3
    np.testing.assert_array_equal(one("eye"), np.eye(5))
    assert not one("zeros").any() and (one("ones") == 1).all()


@pytest.mark.parametrize("kind", SQUARE)
def test_square_kinds_need_a_square(kind: str) -> None:
    with pytest.raises(UnusableNumbersError, match=f"W is 2×3; only a square matrix can be drawn as {kind}"):
        draw(kind, (2, 3), 0, "W")


def test_an_unknown_kind_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnusableNumbersError, match=r"gaussian is not a way to draw numbers\. There are normal"):
        draw("gaussian", (1, 2), 0, "x")


@pytest.mark.parametrize(
    ("facts", "kind"),
    [((), "normal"), (("distribution",), "simplex"), (("onehot",), "onehot"), (("onehot", "distribution"), "onehot"),
     (("symmetric",), "sym"), (("spd",), "spd"), (("spd", "symmetric", "positive"), "spd"),
     (("positive",), "positive")],
)
def test_declared_facts_choose_the_kind_and_are_kept(facts: tuple[str, ...], kind: str) -> None:
    assert default_kind(Declaration("M", (4, 4), frozenset(facts))) == kind
    for fact in facts:
        if fact != "positive" or kind == "positive":
            assert find_fault(fact, draw(kind, (4, 4), 7, "M")) is None


@pytest.mark.parametrize(
    ("fact", "numbers", "says"),
    [
        ("distribution", [[0.2, 0.3], [0.5, 0.5]], "Row 1 sums to 0.5, not to 1."),
        ("distribution", [[1.0, 0.7]], "It sums to 1.7, not to 1."),
        ("distribution", [[1.5, -0.5]], "A distribution has no negative entry."),
        ("onehot", [[0.5, 0.5]], "A one-hot row has one 1, and 0 elsewhere."),
        ("onehot", [[1.0, 1.0]], "It sums to 2, not to 1."),
        ("positive", [[1.0, 0.0]], "Not every entry is positive."),
        ("symmetric", [[1.0, 2.0], [2.1, 1.0]], "It is not equal to its transpose."),
        ("spd", [[1.0, 2.0], [2.0, 1.0]], "Not every eigenvalue is positive."),
    ],
)
def test_a_broken_promise_is_told_in_words(fact: str, numbers: list[list[float]], says: str) -> None:
    fault = find_fault(fact, np.array(numbers))
    assert fault is not None and fault[0] == says


@pytest.mark.parametrize(
    ("fact", "numbers", "expected"),
    [
        ("distribution", [[0.5, 0.5], [0.5, 0.7]], [(1, 0), (1, 1)]),
        ("distribution", [[1.5, -0.5]], [(0, 1)]),
        ("onehot", [[1.0, 0.0]], []),
        ("positive", [[1.0, 0.0]], [(0, 1)]),
        ("symmetric", [[1.0, 2.0], [3.0, 4.0]], [(0, 1), (1, 0)]),
        ("spd", [[-1.0, 0.0], [0.0, 1.0]], []),
    ],
)
def test_cells_that_break_a_promise(fact: str, numbers: list[list[float]], expected: list[tuple[int, int]]) -> None:
    fault = find_fault(fact, np.array(numbers))
    assert list(fault[1] if fault is not None else ()) == expected


def test_seeds_are_counted_through_and_begin_anew() -> None:
    assert [next_seed(seed) for seed in (0, 33, 9998, 9999, 123_456)] == [1, 34, 9999, 0, 0]
