"""Every way in which one derivation was said, kept so that to go back to one costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tutor.derive import Derivation
from tutor.derive.conventions import Convention
from tutor.derive.readings import Reading, read
from tutor.figures.derivation import DerivationSpec, Proofs, derivation_spec
from tutor.figures.derivation_reading import reading_spec


class Asked(NamedTuple):
    """What a derivation is said from.

    Attributes:
        derivation: What is said.
        proofs: What SymPy says of its links.
        dims: The sizes it has now.
        convention: How it is read.
        joined: Whether links that it writes as one are shown as one.
    """

    derivation: Derivation
    proofs: Proofs | None
    dims: Mapping[str, int]
    convention: Convention
    joined: bool

    @property
    def is_usual(self) -> bool:
        """Whether it is said as it was derived."""
        return self.convention == Convention() or not self.derivation.steps


class Said(NamedTuple):
    """What is said, and the reading it is said from; None for the usual one."""

    asked: Asked
    reading: Reading | None
    spec: DerivationSpec


def say(asked: Asked, kinds: Mapping[str, str], known: Reading | None = None) -> Said:
    """Says a derivation as it is asked for; in the usual convention nothing is read anew.

    Args:
        asked: What is said.
        kinds: How the numbers of a certificate are drawn.
        known: Its reading, if there is one already.

    Raises:
        TutorError: it cannot be read so, and why.
    """
    derivation, proofs, dims, convention, joined = asked
    if asked.is_usual:
        return Said(asked, None, derivation_spec(derivation, proofs, dims, joined))
    reading = known or read(derivation, convention, kinds, joined)
    return Said(asked, reading, reading_spec(reading, proofs, dims, joined))


class Sayings:
    """What was said of the newest derivation."""

    def __init__(self) -> None:
        self._derivation: Derivation | None = None
        self._readings: dict[tuple[Convention, bool], Reading] = {}
        self._said: list[Said] = []

    def of(self, asked: Asked, kinds: Mapping[str, str]) -> DerivationSpec:
        """What is said, made once.

        Raises:
            TutorError: it cannot be read so, and why.
        """
        found = next((said for said in self._said if said.asked == asked), None)
        if found is None:
            found = say(asked, kinds, self.known(asked))
            self.keep(found)
        return found.spec

    def reading(self, asked: Asked, kinds: Mapping[str, str]) -> Reading:
        """The derivation in a convention, the usual one too; certified, and made once.

        Raises:
            TutorError: it cannot be read so, and why.
        """
        reading = self.known(asked) or read(asked.derivation, asked.convention, kinds, asked.joined)
        self._begin(asked)
        self._readings[asked.convention, asked.joined] = reading
        return reading

    def known(self, asked: Asked) -> Reading | None:
        """The reading it is said from, if that was made already."""
        same = asked.derivation is self._derivation
        return self._readings.get((asked.convention, asked.joined)) if same else None

    def keep(self, said: Said) -> None:
        """Keep what was said, here or in the background; what has other sizes or proofs is of no use any more."""
        self._begin(said.asked)
        same = said.asked[:3]
        self._said = [*(old for old in self._said if old.asked[:3] == same), said]
        if said.reading is not None:
            self._readings[said.asked.convention, said.asked.joined] = said.reading

    def _begin(self, asked: Asked) -> None:
        """Forget what was said of another derivation."""
        if asked.derivation is not self._derivation:
            self._derivation, self._readings, self._said = asked.derivation, {}, []
