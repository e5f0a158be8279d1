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
from tutor.core.program import Program
from tutor.derive import derivation, derive, proof
from tutor.derive.adjoint import backward
from tutor.derive.export import as_json
from tutor.derive.report import report
from tutor.files import library
from tutor.language.printing import latex

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
    for remembered in (derivation._assembly, derivation._draw, derivation._breaking, derivation._writing):
        remembered.cache_clear()


def derive_all(program: Program) -> None:
    """All five gradients with their certificates, and their LaTeX; only draws are left of an earlier one."""
    backward.cache_clear()
    derivation._assembly.cache_clear()
    for name in NAMES:
        latex(derive(program, name).gradient)


def derive_cold(program: Program) -> None:
    """The same, as the first derivation of a process."""
    forget()
    derive_all(program)


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
    ours, peer = best(lambda: derive_all(program)), best(sympy_entries, 1)
    print(f"five gradients, LaTeX included: {1000 * ours:.0f} ms warm; SymPy, by x, {peer / ours:.0f} times as long")
    assert peer >= 100 * ours


def test_a_cold_derivation_still_costs_little(benchmark) -> None:
    program = network("onehot")
    benchmark.pedantic(derive_cold, (program,), rounds=5)
    assert best(sympy_entries, 1) >= 10 * best(lambda: derive_cold(program))


def test_large_sizes_cost_what_small_ones_cost(benchmark) -> None:
    """From the problem to its JSON, proofs included: symbols and proofs do not grow with the sizes."""
    small = library.problem("backprop-5-3-5")
    large = small.with_dims({"n": 500, "m": 300, "k": 500})

    def reported(problem: Problem) -> None:
        backward.cache_clear()
        derivation._assembly.cache_clear()
        proof._prove.cache_clear()
        for name in NAMES:
            as_json(report(problem, name))

    reported(small)
    benchmark.pedantic(reported, (large,), rounds=3)
    ratio = best(lambda: reported(large), 3) / best(lambda: reported(small), 3)
    print(f"500-300-500 against 5-3-5, to JSON: {ratio:.2f}")
    assert ratio <= 1.5


def test_large_sizes_declared_as_numbers_only_cost_their_draws(benchmark) -> None:
    """There the certificates draw matrices of these sizes; that is arithmetic on some million entries."""
    small, large = network("onehot", sizes=(5, 3, 5)), network("onehot", sizes=(500, 300, 500))
    derive_all(small), derive_all(large)
    benchmark.pedantic(derive_all, (large,), rounds=3)
    ratio = best(lambda: derive_all(large)) / best(lambda: derive_all(small))
    cold = best(lambda: derive_cold(large)) / best(lambda: derive_cold(small))
    print(f"500-300-500 against 5-3-5, declared as numbers: {ratio:.2f} warm, {cold:.2f} cold")
    assert ratio <= 1.5


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


def live(problem: Problem) -> None:
    """What the window computes anew when a number is edited."""
    evaluation = evaluate(problem)
    for link in LINKS:
        evaluation.link_jacobian(*link)
    check(evaluation)


@pytest.mark.parametrize(("n", "m", "k", "times"), [(5, 3, 5, 1.0), (12, 10, 12, 4.0)])
def test_everything_live_costs_less_than_a_loop_over_the_entries(
    benchmark, n: int, m: int, k: int, times: float
) -> None:
    """The peer has no intermediates and no link Jacobians, and loses all the same."""
    problem = Problem.drawn("", network(), "x", {"n": n, "m": m, "k": k}, 33)
    live(problem)
    benchmark(live, problem)
    assert best(lambda: plain_gradient_check(dict(problem.numbers))) >= times * best(lambda: live(problem))


@pytest.mark.parametrize(("n", "m", "k"), [(5, 3, 5), (12, 10, 12)])
def test_everything_live_costs_a_tenth_of_torchs_gradcheck(n: int, m: int, k: int) -> None:
    """torch is no part of the tests' environment; where it is installed, it is the peer of the design."""
    torch = pytest.importorskip("torch")
    problem = Problem.drawn("", network(), "x", {"n": n, "m": m, "k": k}, 33)
    given = [torch.tensor(problem.numbers[name], requires_grad=name != "y") for name in (*NAMES, "y")]

    def loss(x, W1, b1, W2, b2, y):
        return -(y * torch.log_softmax(torch.sigmoid(x @ W1 + b1) @ W2 + b2, dim=1)).sum()

    def peer() -> None:
        assert torch.autograd.gradcheck(loss, given)

    peer(), live(problem)
    ours, theirs = best(lambda: live(problem)), best(peer)
    print(f"live at {n}-{m}-{k}: {1000 * ours:.1f} ms; torch's gradcheck {theirs / ours:.1f} times as long")
    assert theirs >= 10 * ours
