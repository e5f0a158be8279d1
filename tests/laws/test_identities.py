"""Every identity: true at random numbers wherever its example uses it, and said in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tutor.derive import derive
from tutor.derive.identities import IDENTITIES, Identity
from tutor.derive.rewrites import REWRITES
from tutor.derive.step import Step
from tutor.language.reader import read_program


def within(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from within(step.substeps)


@pytest.mark.parametrize("identity", IDENTITIES.values(), ids=lambda identity: identity.key)
def test_its_example_is_made_short_with_it_and_both_sides_are_equal(identity: Identity) -> None:
    program = read_program(identity.example)
    derivation = derive(program, program.declarations[0].name)
    assert derivation.certified
    used = [step for step in within(derivation.steps) if step.rule == identity.key]
    assert used
    for step in used:
        assert step.certificate.holds
        assert step.before != step.after
        assert "{" not in step.because.text


@pytest.mark.parametrize("identity", IDENTITIES.values(), ids=lambda identity: identity.key)
def test_it_is_said_in_a_sentence(identity: Identity) -> None:
    assert identity.title and identity.because[0].isupper() | (identity.because[0] in "[{e")
    assert identity.because.endswith(".")


def test_what_is_tried_is_declared() -> None:
    assert set(REWRITES) <= set(IDENTITIES)
