from __future__ import annotations

import itertools

import pytest

from tutor.core.evaluate import evaluate
from tutor.language.network import ACTIVATIONS, LOSSES, Layer, Network
from tutor.language.reader import read_program

OUTPUTS = [(output, loss) for output, losses in LOSSES.items() for loss in losses]
HIDDEN = [(), (Layer(),), (Layer(4, "relu"), Layer(2, "tanh"))]


@pytest.mark.parametrize(("ends", "hidden", "samples"), list(itertools.product(OUTPUTS, HIDDEN, (1, 6))))
def test_every_network_has_values(ends: tuple[str, str], hidden: tuple[Layer, ...], samples: int) -> None:
    problem = Network(5, hidden, 4, *ends, samples).problem(seed=3)
    assert not problem.broken, "labels are as they are promised"
    evaluation = evaluate(problem)
    assert evaluation.values["L"].shape == (1, 1) and evaluation.gradients["W1"].any()
    assert problem.shape("W1") == (5, hidden[0].size if hidden else 4)


def test_the_network_of_the_question() -> None:
    statements = Network().text.partition("\n\n")[2]
    assert statements == "a = x W1 + b1\nh = sigmoid(a)\nθ = h W2 + b2\nŷ = softmax(θ)\nL = xent(y, ŷ)\n"


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_are_functions_of_the_language(activation: str) -> None:
    read_program(Network(hidden=(Layer(2, activation),)).text)


def test_it_is_called_by_its_sizes() -> None:
    assert Network(3, (Layer(2), Layer(4)), 5, samples=7).title == "Network 3-2-4-5, 7 samples"
