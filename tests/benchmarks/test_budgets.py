"""How fast, against a peer in the same run. Not part of the normal run:

    python -m pytest tests/benchmarks --benchmark-enable
"""

from __future__ import annotations

import time
from collections.abc import Callable

import autograd.numpy as anp
import numpy as np
import pytest
import sympy
from autograd import grad

from tests.programs import network
from tutor.core.differences import check
from tutor.core.evaluate import evaluate
from tutor.core.layout import Array
from tutor.core.problem import Problem
from tutor.derive import derivation, derive
from tutor.derive.adjoint import backward

NAMES = ("x", "W1", "b1", "W2", "b2")
LINKS = (("L", "ŷ"), ("ŷ", "θ"), ("θ", "h"), ("h", "a"), ("a", "x"))


def best(act: Callable[[], object], rounds: int = 5) -> float:
    """The shortest of a few runs, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return min(times)


def forget() -> None:
    """Empty what a first derivation fills."""
    backward.cache_clear()
    derivation._draw.cache_clear()


def derive_all(program=None) -> None:
    program = program or network("onehot")
    for name in NAMES:
        derive(program, name)


def derive_cold() -> None:
    forget()
    derive_all()


def sympy_entries() -> None:
    """The gradient by x as SymPy gives it, entry by entry, at 5-3-5."""
    def matrix(name: str, rows: int, columns: int) -> sympy.Matrix:
        return sympy.Matrix(rows, columns, lambda i, j: sympy.Symbol(f"{name}_{i}_{j}"))

    x, W1, b1, W2, b2, y = (matrix(*spec) for spec in (("x", 1, 5), ("W1", 5, 3), ("b1", 1, 3), ("W2", 3, 5),
                                                       ("b2", 1, 5), ("y", 1, 5)))
    h = (x * W1 + b1).applyfunc(lambda a: 1 / (1 + sympy.exp(-a)))
    powers = (h * W2 + b2).applyfunc(sympy.exp)
    loss = -sum(t * sympy.log(p / sum(powers)) for t, p in zip(y, powers, strict=True))
    for entry in x:
        sympy.latex(loss.diff(entry))


def test_all_five_gradients_cost_a_hundredth_of_sympys_entries_by_x(benchmark) -> None:
    program = network("onehot")
    derive_all(program)
    benchmark(derive_all, program)
    assert best(sympy_entries, 1) >= 100 * best(lambda: derive_all(program))


def test_a_cold_derivation_still_costs_little(benchmark) -> None:
    benchmark.pedantic(derive_cold, rounds=5)
    assert best(sympy_entries, 1) >= 10 * best(derive_cold)


def test_large_sizes_cost_what_small_ones_cost(benchmark) -> None:
    """Symbols depend on structure: the sizes never reach them."""
    program = network("onehot")

    def derived_and_drawn(n: int, m: int, k: int) -> Callable[[], None]:
        problem = Problem.drawn("", program, "x", {"n": n, "m": m, "k": k})

        def act() -> None:
            forget()
            derive_all(problem.program)

        return act

    small, large = derived_and_drawn(5, 3, 5), derived_and_drawn(500, 300, 500)
    benchmark.pedantic(large, rounds=3)
    assert best(large) <= 1.5 * best(small)


def plain_network(x: Array, W1: Array, b1: Array, W2: Array, b2: Array, y: Array) -> Array:
    θ = 1 / (1 + anp.exp(-(x @ W1 + b1))) @ W2 + b2
    θ = θ - anp.max(θ)
    return -anp.sum(y * (θ - anp.log(anp.sum(anp.exp(θ)))))


def plain_gradient_check(numbers: dict[str, Array]) -> None:
    """What people do without this program: autograd's gradients, and a loop over every entry."""
    names, arrays = list(numbers), [np.array(a) for a in numbers.values()]
    slopes = grad(plain_network, argnum=tuple(range(len(names))))(*arrays)
    for array, slope in zip(arrays, slopes, strict=True):
        measured = np.empty(array.shape)
        for place in np.ndindex(*array.shape):
            kept = array[place]
            array[place] = kept + 1e-5
            up = plain_network(*arrays)
            array[place] = kept - 1e-5
            down = plain_network(*arrays)
            array[place] = kept
            measured[place] = (up - down) / 2e-5
        np.testing.assert_allclose(slope, measured, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(("n", "m", "k", "times"), [(5, 3, 5, 1.0), (12, 10, 12, 4.0)])
def test_everything_live_costs_less_than_a_loop_over_the_entries(
    benchmark, n: int, m: int, k: int, times: float
) -> None:
    """The peer has no intermediates and no link Jacobians, and loses all the same."""
    problem = Problem.drawn("", network(), "x", {"n": n, "m": m, "k": k}, 33)

    def live() -> None:
        evaluation = evaluate(problem)
        for link in LINKS:
            evaluation.link_jacobian(*link)
        check(evaluation)

    live()
    benchmark(live)
    assert best(lambda: plain_gradient_check(dict(problem.numbers))) >= times * best(live)
