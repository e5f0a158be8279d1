"""The program of a network, written from its layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tutor.core.problem import Problem
from tutor.language.reader import read_program

ACTIVATIONS: Final = ("sigmoid", "tanh", "relu", "softplus", "gelu", "silu")
"""What a hidden layer may end with."""

LOSSES: Final[Mapping[str, tuple[str, ...]]] = {
    "softmax": ("cross-entropy", "squared error"),
    "sigmoid": ("binary cross-entropy", "squared error"),
    "linear": ("squared error",),
}
"""What the outputs may be, and the losses that fit each, the usual one first."""

_KINDS: Final[Mapping[str, str]] = {"softmax": "onehot", "sigmoid": "binary", "linear": "normal"}
"""How the labels of each kind of output are drawn."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A hidden layer: how wide it is, and what acts on each of its entries."""

    size: int = 3
    activation: str = "sigmoid"


@dataclass(frozen=True, slots=True)
class Network:
    """What a network is made of.

    Attributes:
        inputs: Entries of a sample.
        hidden: The layers between, in order.
        outputs: Entries of a prediction.
        output: What makes the prediction, a key of :data:`LOSSES`.
        loss: How it is compared with the label, one of those that fit.
        samples: Rows that go through at once.
    """

    inputs: int = 5
    hidden: tuple[Layer, ...] = (Layer(),)
    outputs: int = 4
    output: str = "softmax"
    loss: str = "cross-entropy"
    samples: int = 1

    @property
    def title(self) -> str:
        """What it is called: by its sizes."""
        sizes = (self.inputs, *(layer.size for layer in self.hidden), self.outputs)
        batch = f", {self.samples} samples" if self.samples > 1 else ""
        return f"Network {'-'.join(map(str, sizes))}{batch}"

    @property
    def dims(self) -> Mapping[str, int]:
        """The number of each named size."""
        hidden = dict(zip(self._widths, (layer.size for layer in self.hidden), strict=True))
        rows = {"N": self.samples} if self.samples > 1 else {}
        return {**rows, "n": self.inputs, **hidden, "k": self.outputs}

    @property
    def text(self) -> str:
        """The program: what is given, then the forward pass."""
        declared, passed = list(self._declarations()), list(self._statements())
        widest = max(len(name) for name, _ in declared)
        lines = [f"{name.ljust(widest)} : {shape}" for name, shape in declared]
        return "\n".join([*lines, "", *passed, ""])

    def problem(self, seed: int = 0) -> Problem:
        """The network as a problem, its numbers drawn from a seed; what is asked for is the first weights' gradient."""
        kinds = {self._cased("y"): _KINDS[self.output]}
        return Problem.drawn(self.title, read_program(self.text), "W1", self.dims, seed, kinds)

    @property
    def _widths(self) -> tuple[str, ...]:
        """The names of the hidden layers' sizes."""
        return ("m",) if len(self.hidden) == 1 else tuple(f"m{i}" for i in range(1, len(self.hidden) + 1))

    def _cased(self, name: str) -> str:
        """A name for one sample, or for several of them: a capital letter for a matrix."""
        return name.upper() if self.samples > 1 else name

    def _declarations(self) -> Iterator[tuple[str, str]]:
        rows = "N" if self.samples > 1 else "1"
        sizes = ("n", *self._widths, "k")
        yield self._cased("x"), f"({rows}, n)"
        for i, (before, after) in enumerate(pairwise(sizes), 1):
            yield f"W{i}", f"({before}, {after})"
            yield f"b{i}", f"(1, {after})"
        fact = " distribution" if self.output == "softmax" else ""
        yield self._cased("y"), f"({rows}, k){fact}"

    def _statements(self) -> Iterator[str]:
        below = self._cased("x")
        for i, layer in enumerate(self.hidden, 1):
            index = str(i) if len(self.hidden) > 1 else ""
            sums, acted = self._cased("a") + index, self._cased("h") + index
            yield f"{sums} = {below} W{i} + b{i}"
            yield f"{acted} = {layer.activation}({sums})"
            below = acted
        last, predicted = len(self.hidden) + 1, "P" if self.samples > 1 else "ŷ"
        if self.output == "linear":
            yield f"{predicted} = {below} W{last} + b{last}"
        else:
            scores = "Θ" if self.samples > 1 else "θ"
            yield f"{scores} = {below} W{last} + b{last}"
            yield f"{predicted} = {self.output}({scores})"
        compared = f"({self._cased('y')}, {predicted})"
        shared = " / N" if self.samples > 1 else ""  # mse is a mean already
        match self.loss:
            case "cross-entropy":
                yield f"L = xent{compared}{shared}"
            case "binary cross-entropy":
                yield f"L = bce{compared}{shared}"
            case _:
                yield f"L = mse{compared}"
