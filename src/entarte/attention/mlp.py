"""A deeper network as score function."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from entarte.attention.base import Attention
from entarte.attention.concat import beside
from entarte.errors import InputError
from entarte.window.base import Window


class MLP(Attention):
    """score = a multilayer perceptron over [h_t; h_s], with biases and tanh between its layers.

    With one hidden layer and no biases this is `concat`. (No bias on the last layer: a constant added
    to every score changes no weight.)

    width   of each hidden layer; 0 means as wide as the query
    layers  hidden layers
    """

    def __init__(self, query: int, memory: int, window: Window, *, width: int = 0, layers: int = 2) -> None:
        super().__init__(query, memory, window)
        if layers < 1:
            raise InputError(f"must be at least 1, not {layers}", setting="attention.layers")
        sizes = [query + memory] + [width or query] * layers
        self.held = 2 * sum(sizes)
        parts: list[nn.Module] = []
        for wide, narrow in pairwise(sizes):
            parts += [nn.Linear(wide, narrow), nn.Tanh()]
        self.net = nn.Sequential(*parts, nn.Linear(sizes[-1], 1, bias=False))

    def score(self, query: Tensor, keys: Tensor, state: None) -> Tensor:
        scores: Tensor = self.net(beside(query, keys)).squeeze(-1)
        return scores
