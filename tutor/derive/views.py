"""Readings of one derivation: the chain as a product of Jacobians."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tutor.core.evaluate import Evaluation
from tutor.core.expression import Expression
from tutor.core.layout import Array, numeric_shape
from tutor.core.problem import BrokenPromise, Problem
from tutor.derive.step import Derivation, Promise
from tutor.ops import build


@dataclass(frozen=True, slots=True)
class Factor:
    """One Jacobian of a chain.

    Attributes:
        output: What is differentiated; its entries are the rows.
        source: By what; its entries are the columns.
        through: The names in between, when several links were joined into one.
        form: The matrix formula, or None where it has no short one.
        note: What its structure means, in a few words, in Typst markup.
        promises: The declared facts that the form rests on.
    """

    output: str
    source: str
    form: Expression | None
    through: tuple[str, ...] = ()
    note: str = ""
    promises: tuple[Promise, ...] = ()

    def broken(self, problem: Problem) -> BrokenPromise | None:
        """A declared fact that the form rests on and that the problem's numbers do not keep."""
        rests = {(promise.name, promise.fact) for promise in self.promises}
        return next((b for b in problem.broken if (b.name, b.fact) in rests), None)

    @property
    def key(self) -> str:
        """What panels call this factor."""
        return f"{self.output}→{self.source}"


def factors(derivation: Derivation, path: tuple[str, ...], joined: bool = False) -> tuple[Factor, ...]:
    """The Jacobians along a path, output first; ``joined`` takes together the links that a step writes as one.

    Two links stay two: joined, nothing would be left of the chain.
    """
    found: list[Factor] = []
    joined = joined and len(path) > 3
    for output, source in itertools.pairwise(path):
        link = derivation.link(output, source)
        factor = Factor(output, source, link.form, note=link.note, promises=link.promises)
        if joined and found and found[-1].source == output and output in _joined(derivation, source):
            before = found.pop()
            form = _as_row(derivation.cotangent(source).expression)
            promises = derivation.step(source).promises
            factor = Factor(before.output, source, form, (*before.through, output), promises=promises)
        found.append(factor)
    return tuple(found)


def path_key(path: Sequence[str]) -> str:
    """What a path is called, output first: L→h→x."""
    return "→".join(path)


def path_at(derivation: Derivation, key: str = "") -> int:
    """The place of the path that is called so; of the one through the most links where there is no such path."""
    paths = derivation.paths
    keys = [path_key(path) for path in paths]
    return keys.index(key) if key in keys else max(range(len(paths)), key=lambda place: len(paths[place]))


def path_count(derivation: Derivation, output: str = "", source: str = "") -> int:
    """How many ways lead from one name to another; :attr:`Derivation.paths` lists the first of very many.

    Args:
        derivation: Whose links are counted.
        output: Where the ways begin; the output of the program if it is not said.
        source: Where they end; the variable of the derivation if it is not said.
    """
    ways = {output or derivation.program.output.name: 1}
    for link in derivation.links:
        ways[link.source] = ways.get(link.source, 0) + ways.get(link.output, 0)
    return ways.get(source or derivation.wrt, 0)


def can_join(derivation: Derivation) -> bool:
    """Whether any links of the derivation's paths can be taken together."""
    return any(factor.through for path in derivation.paths for factor in factors(derivation, path, joined=True))


def _joined(derivation: Derivation, source: str) -> tuple[str, ...]:
    """The names that vanish in a cotangent that comes by one way only, from the output."""
    step = derivation.step(source)
    cotangent = derivation.cotangent(source)
    single = len(derivation.program.uses[source]) == 1
    return cotangent.joined if single and step.through[0][0] == derivation.program.output.name else ()


def _as_row(form: Expression) -> Expression:
    return build.transpose(form) if form.shape[1] == 1 and form.shape[0] != 1 else form


def factor_jacobian(evaluation: Evaluation, factor: Factor) -> Array:
    """The numbers of a factor: (entries of output, entries of source).

    Raises:
        UnusableNumbersError: the Jacobian is too large to build.
    """
    names = (factor.output, *factor.through, factor.source)
    product = evaluation.link_jacobian(names[0], names[1])
    with np.errstate(all="ignore"):
        for output, source in itertools.pairwise(names[1:]):
            product = product @ evaluation.link_jacobian(output, source)
    return product


def jacobian_shape(derivation: Derivation, factor: Factor, dims: Mapping[str, int]) -> tuple[int, int]:
    """How many rows and columns a factor has at some sizes."""
    shapes = derivation.program.shapes
    (n, m), (p, q) = (numeric_shape(shapes[name], dims) for name in (factor.output, factor.source))
    return (n * m, p * q)
