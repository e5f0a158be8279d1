from __future__ import annotations

import numpy as np
import pytest

from tutor.core.errors import ShapeError
from tutor.core.operation import Operation, Slot, away_from_zero, unify
from tutor.ops.elementwise import Elementwise


def test_an_operation_says_at_import_what_it_lacks() -> None:
    with pytest.raises(TypeError, match="Half lacks output, latex, because, value, jacobian, adjoint, entry"):
        type("Half", (Operation,), {"name": "half", "title": "half", "inputs": (Slot("A", "n", "m"),)})
    with pytest.raises(TypeError, match=r"Mute lacks .*scalar, slope"):
        type("Mute", (Elementwise,), {"name": "mute", "sign": "m", "value": lambda A: A})


def test_an_operation_has_to_give_a_reason_for_every_slot() -> None:
    members = dict.fromkeys(("value", "jacobian", "adjoint", "entry", "title", "latex", "name"), "")
    members |= {"inputs": (Slot("A", "n", "m"), Slot("B", "n", "m")), "output": Slot("Y", "n", "m"),
                "because": {"A": "So."}}
    with pytest.raises(TypeError, match="does not say why for B"):
        type("Curt", (Operation,), members)


def test_equal_letters_mean_equal_sizes() -> None:
    product = (Slot("A", "n", "m"), Slot("B", "m", "k"))
    assert unify("p", product, Slot("Y", "n", "k"), ((2, "r"), ("r", 4))) == (2, 4)
    with pytest.raises(ShapeError, match="do not fit"):
        unify("p", product, Slot("Y", "n", "k"), ((2, 3), (2, 3)))
    with pytest.raises(ShapeError, match="needs s of shape 1×1"):
        unify("p", (Slot("s", 1, 1),), Slot("Y", 1, 1), ((1, 2),))
    with pytest.raises(ShapeError, match="takes 1 operand, not 2"):
        unify("p", (Slot("A", "n", "m"),), Slot("Y", "n", "m"), ((1, 2), (1, 2)))


def test_samples_keep_away_from_kinks() -> None:
    drawn = away_from_zero(np.random.default_rng(1), (40, 40))
    assert np.abs(drawn).min() >= 0.5
    assert (drawn < 0).any() and (drawn > 0).any()
