"""What if it had looked elsewhere? A model whose attention is changed by hand.

The change is made where a person may make it: after the softmax. A window stands round the model's own and
forbids source slots before the softmax, or puts given weights in the place of a step's. Everything behind
it (the context, coverage, the next state) follows from the equations. The model itself is not touched.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import Tensor, nn

from entarte.attention.base import Attention
from entarte.decoder.recurrent import Recurrent
from entarte.decoder.transformer import Transformer
from entarte.errors import InputError
from entarte.memory import Memory
from entarte.model import Model
from entarte.window.base import Window

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class Edits:
    """Changes of where one source is looked at.

    forbidden  source slots that no step looks at
    weights    step (from 0) → the weight of each source slot, for every head; brought to a sum of 1
    heads      (step, layer, head), the last two from 1 → the same for one head alone; a recurrent decoder
               has one layer of heads
    """

    forbidden: frozenset[int] = frozenset()
    weights: Mapping[int, Sequence[float]] = field(default_factory=dict)
    heads: Mapping[tuple[int, int, int], Sequence[float]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.forbidden or self.weights or self.heads)

    def checked(self, slots: int, layers: int, heads: int) -> Edits:
        """The same with weights that sum to 1.

        Raises InputError where they do not fit a source of so many slots, EOS included, or so many heads.
        """
        for slot in sorted(self.forbidden):
            if not 0 <= slot < slots:
                raise InputError(
                    f"there is no source piece {slot} to forbid", advice=f"They go from 0 to {slots - 1}."
                )
        if len(self.forbidden) == slots:
            raise InputError("all of the source is forbidden", advice="Leave one piece to look at.")
        for _, layer, head in self.heads:
            if not (1 <= layer <= layers and 1 <= head <= heads):
                raise InputError(
                    f"there is no head {layer}.{head} to change",
                    advice=f"Layers go from 1 to {layers}, heads of each from 1 to {heads}.",
                )
        return Edits(
            self.forbidden,
            {step: evened(given, slots) for step, given in self.weights.items()},
            {place: evened(given, slots) for place, given in self.heads.items()},
        )


def evened(given: Sequence[float], slots: int) -> tuple[float, ...]:
    """Weights divided by their sum.

    >>> evened([3, 1, 0], 3)
    (0.75, 0.25, 0.0)
    """
    if len(given) != slots:
        raise InputError(f"{len(given)} weights are given for {slots} source pieces")
    total = sum(given)
    if not all(0 <= weight < math.inf for weight in given) or not 0 < total < math.inf:
        raise InputError("weights must be 0 or more, and not all 0")
    return tuple(weight / total for weight in given)


def stand_in(module: M, **parts: nn.Module) -> M:
    """A module with the same parameters and other parts; the module itself stays as it is."""
    twin = copy.copy(module)
    twin.__dict__["_modules"] = {**module._modules, **parts}
    return twin


def edited(model: Model, edits: Edits, slots: int) -> Model:
    """The model as it would be if it looked as the edits say, at a source of so many slots. In a Transformer
    every head of every layer does, unless the edits name one.

    Raises InputError where the edits make no sense, or the model looks at nothing.
    """
    if not edits:
        return model
    decoder = model.decoder
    if not isinstance(decoder, Recurrent | Transformer):
        raise InputError("weights can be changed of a recurrent decoder or a Transformer only")
    if decoder.looks_back:
        raise InputError(
            "this model looks back at its own words; only looks at a source can be changed by hand"
        )
    if not decoder.attention.looks:
        raise InputError(
            "this model looks at nothing, so there is no weight to change",
            advice="Its context is the encoder's last state at every step.",
        )
    edits = edits.checked(
        slots, 1 if isinstance(decoder, Recurrent) else decoder.layers, decoder.attention.heads
    )

    def changed(owner: M, attention: Attention, layer: int) -> M:
        return stand_in(owner, attention=stand_in(attention, window=Edited(attention.window, edits, layer)))

    if isinstance(decoder, Recurrent):
        return stand_in(model, decoder=changed(decoder, decoder.attention, 1))
    layers = [changed(layer, layer.attention, n) for n, layer in enumerate(decoder.layer_list, start=1)]
    return stand_in(model, decoder=stand_in(decoder, stack=nn.ModuleList(layers)))


class Edited(Window):
    """A window within the model's own one, and weights by hand.

    inner  the model's window
    edits  checked
    layer  whose window it is, from 1
    """

    def __init__(self, inner: Window, edits: Edits, layer: int = 1) -> None:
        super().__init__(inner.query_width)
        self.inner = inner
        self.edits = edits
        self.layer = layer
        self.sums_to_one = inner.sums_to_one

    def inside(self, query: Tensor, memory: Memory, position: Tensor) -> Tensor | None:
        """As the inner window, without the forbidden slots. Where it leaves none of the sentence, the whole
        sentence without them."""
        own = self.inner.inside(query, memory, position)
        if not self.edits.forbidden:
            return own
        allowed = memory.mask.clone()  # (B, S)
        allowed[:, sorted(self.edits.forbidden)] = False
        allowed = allowed.unsqueeze(1).expand(-1, query.size(1), -1)  # (B, T, S)
        if own is None:
            return allowed
        both = own & allowed
        return torch.where(both.any(-1, keepdim=True), both, allowed)

    def shape(self, weights: Tensor, query: Tensor, memory: Memory, position: Tensor) -> Tensor:
        weights = self.inner.shape(weights, query, memory, position)
        for step, given in self.edits.weights.items():
            hit = (position == step)[:, None, :, None]  # (B, 1, T, 1)
            weights = torch.where(hit, weights.new_tensor(given), weights)
        for (step, layer, head), given in self.edits.heads.items():
            if layer == self.layer:
                hit = (position == step)[:, None, :, None] & one_of(weights, head - 1)
                weights = torch.where(hit, weights.new_tensor(given), weights)
        return weights


def one_of(weights: Tensor, head: int) -> Tensor:
    """True at one head of (B, H, T, S): (1, H, 1, 1)."""
    return (torch.arange(weights.size(1), device=weights.device) == head)[None, :, None, None]
