"""What a step of a derivation says in its one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from tutor.core.layout import numeric_shape, shape_text
from tutor.derive.step import Derivation, Link, Step
from tutor.figures.derivation_details import Detail, Details, Proofs, marked
from tutor.figures.derivation_parts import LinkNames, joined_factors
from tutor.figures.derivation_words import (
    Equation,
    Maths,
    PromiseSpec,
    delta,
    equals,
    promise_specs,
    slope_in_line,
    sources,
    spoken,
)
from tutor.language.names import name_typst
from tutor.ops import OPERATIONS
from tutor.ops.elementwise import Elementwise

_ELEMENTWISE: Final = frozenset(o.name for o in OPERATIONS if issubclass(o, Elementwise))
_MOST_NAMES: Final = 2


@dataclass(frozen=True, slots=True)
class StepSpec:
    """A step: one row, and what it opens into.

    Attributes:
        key: The name whose cotangent it gives.
        links: The links it crosses.
        way: The same as a formula, ``theta arrow.r h``.
        way_words: The same as plain text.
        equation: The cotangent; a line may be broken before each piece.
        equation_words: The same as plain text.
        short: Its left side and dots, for where the equation has no room.
        title: What the rule is called.
        shape: The cotangent's, in numbers.
        certified: Whether everything that was checked of it holds.
        elementwise: Whether it goes back through an elementwise function.
        details: The rows it opens into.
        promises: The declared facts it rests on.
    """

    key: str
    links: tuple[LinkNames, ...]
    way: str
    way_words: str
    equation: tuple[str, ...]
    equation_words: str
    short: str
    title: str
    shape: str
    certified: bool
    elementwise: bool
    details: tuple[Detail, ...] = field(repr=False)
    promises: tuple[PromiseSpec, ...] = ()

    @property
    def words(self) -> str:
        """The row as plain text."""
        certified = "certified" if self.certified else "not certified"
        return f"{self.way_words}: {self.equation_words}; {self.title}, {self.shape}, {certified}"


def step_spec(
    derivation: Derivation, step: Step, dims: Mapping[str, int], proofs: Proofs | None, joined: bool
) -> StepSpec:
    """A step as it is shown.

    Args:
        derivation: Which it is a step of.
        step: One that gives a cotangent.
        dims: The sizes.
        proofs: SymPy's answers; None while they are on their way.
        joined: Whether links that the step writes as one are shown as one.
    """
    assert step.of is not None
    through = _through(derivation, step, joined)
    links = tuple(derivation.link(*names) for names in through)
    left, equation = _equation(derivation, step, links)
    way = _way(links)
    return StepSpec(
        key=step.of,
        links=through,
        way=way.typst,
        way_words=way.text,
        equation=sources(equation),
        equation_words=spoken(equation),
        short=f"{left.typst} = dots.h.c",
        title=links[0].title if len(links) == 1 < len(step.through) else step.title,
        shape=shape_text(numeric_shape(derivation.program.shapes[step.of], dims)),
        certified=is_certified(derivation, step, proofs, joined),
        elementwise=step.rule in _ELEMENTWISE,
        details=Details(derivation, step, links, dims, proofs, joined).rows(),
        promises=promise_specs(step.promises),
    )


def is_certified(derivation: Derivation, step: Step, proofs: Proofs | None, joined: bool) -> bool:
    """Whether a step, as it is shown, holds at random numbers and none of its links is refuted by SymPy."""
    refuted = (names in (proofs or {}) and (proofs or {})[names].exact is False
               for names in _through(derivation, step, joined))
    return step.certified and not any(refuted)


def _through(derivation: Derivation, step: Step, joined: bool) -> tuple[LinkNames, ...]:
    """The links that are shown of a step: what those before its last give are steps of their own, unless joined."""
    if joined and any(factor.source == step.of for factor in joined_factors(derivation)):
        return step.through
    return tuple(link for link in step.through if link[1] == step.of)


def follow(links: Sequence[Link]) -> bool:
    """Whether the links are one way, and not several that meet."""
    return all(a.source == b.output for a, b in pairwise(links))


def _way(links: tuple[Link, ...]) -> Maths:
    """From where to where."""
    outputs = [links[0].output] if follow(links) else [link.output for link in links]
    shown = [name_typst(name) for name in outputs[:_MOST_NAMES]]
    if len(outputs) > _MOST_NAMES:
        shown[1:] = ["dots.h"]
    to = links[-1].source
    # A bare comma would part the arguments of a function around it.
    listed = r"\, ".join(shown)
    return Maths(f"{listed} arrow.r {name_typst(to)}", f"{' and '.join(outputs)} → {to}")


def _equation(derivation: Derivation, step: Step, links: tuple[Link, ...]) -> tuple[Maths, Equation]:
    """δ of the name, or the gradient itself in the last step; and what that is."""
    assert step.of is not None
    gradient = slope_in_line(derivation.program.output.name, step.of)
    after = equals(marked(derivation, step, step.after))
    if step.of == derivation.wrt and not derivation.ends_in_matrix:
        return gradient, (gradient, after)
    left = delta(step.of)
    if links[0].output == derivation.top and follow(links):
        return left, (left, equals(gradient), after)
    return left, (left, after)
