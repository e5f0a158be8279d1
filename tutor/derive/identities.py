"""The identities a derivation may use, by name, with the sentence a reader gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Identity:
    """A named equality of matrix formulas.

    Attributes:
        key: What the algebra's log calls it.
        title: What a reader calls it.
        because: Why it holds; ``{about}`` stands for the name whose fact it uses.
    """

    key: str
    title: str
    because: str


IDENTITIES: Final[Mapping[str, Identity]] = MappingProxyType({
    identity.key: identity
    for identity in (
        Identity("cancel", "cancelling",
                 "Multiplying and dividing by the same entries gives back what was there."),
        Identity("distribution", "entries that sum to 1",
                 "The entries of a row of {about} sum to 1."),
        Identity("distribute", "multiplying out",
                 "A product with a sum is the sum of the products."),
        Identity("collect", "common factor",
                 "The terms share a factor, so it can be written once."),
        Identity("diagonal", "diagonal matrix",
                 "A product with a diagonal matrix multiplies entry by entry, so it is written ∘."),
    )
})
"""Every identity by its key."""
