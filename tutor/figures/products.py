"""What is multiplied with what: the links of a chain by themselves, or their products from one end to the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final, Literal, NamedTuple

from tutor.derive.views import Factor

Reading = Literal["local", "left", "right"]
"""Each link by itself; what comes back to each name, from the output on; what each name does, from the variable on."""
READINGS: Final[tuple[Reading, ...]] = ("local", "left", "right")


class Picture(NamedTuple):
    """One matrix that is shown.

    Attributes:
        factor: What it is the Jacobian of.
        parts: The two that it is the product of; None for a link of the chain.
    """

    factor: Factor
    parts: tuple[Factor, Factor] | None = None


def pictures(chain: Sequence[Factor], reading: Reading) -> tuple[Picture, ...]:
    """The matrices of a chain in the order they are shown, the result left out."""
    if reading == "local" or len(chain) == 1:
        return tuple(Picture(factor) for factor in chain)
    found = [Picture(chain[0] if reading == "left" else chain[-1])]
    for factor in chain[1:-1] if reading == "left" else chain[-2:0:-1]:
        before = found[-1].factor
        pair = (before, factor) if reading == "left" else (factor, before)
        found.append(Picture(multiplied(*pair), pair))
    return tuple(found)


def result_parts(chain: Sequence[Factor], reading: Reading) -> tuple[Factor, Factor] | None:
    """The last product: the two that give what the whole chain gives; None for a chain of one link."""
    if len(chain) == 1:
        return None
    if reading == "right":
        return chain[0], reduce(multiplied, chain[1:])
    return reduce(multiplied, chain[:-1]), chain[-1]


def multiplied(left: Factor, right: Factor) -> Factor:
    """The product of two Jacobians that follow one another."""
    return Factor(left.output, right.source, None, (*left.through, left.source, *right.through))
