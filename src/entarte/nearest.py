"""Which training examples put the decoder into a state like this one?

An index holds the decoder's state s_t for every token of some training pairs. Near means a high cosine. It
is kept in the model's folder, under its manifest, and belongs to the weights it was made with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from entarte import batch
from entarte.decoder.recurrent import Recurrent
from entarte.decoder.transformer import Transformer
from entarte.errors import DamagedError, InputError
from entarte.example import Example
from entarte.generate import Translator
from entarte.run import MODEL, Run
from entarte.tensors import pack, unpack
from entarte.vocabulary import EOS

STATES, TEXTS = "nearest.safetensors", "nearest.json"
ROWS = 64
"""Pairs that are forced together."""


@dataclass(frozen=True)
class Index:
    """States of a model while it says training targets.

    states  (N, W) of length 1, float32
    pair    (N,) long, which pair
    place   (N,) long, which token of its target is about to be said
    pairs   for each pair its source and the pieces of its target, the end included
    model   SHA-256 of the weights
    """

    states: Tensor
    pair: Tensor
    place: Tensor
    pairs: list[tuple[str, list[str]]]
    model: str

    def __len__(self) -> int:
        return len(self.pairs)

    def near(self, state: Tensor, count: int) -> list[dict[str, Any]]:
        """The pairs that came nearest to a state (W,), each at its nearest place, best first."""
        cosine = self.states @ unit(state.float())  # (N,)
        found: dict[int, dict[str, Any]] = {}
        for row in cosine.argsort(descending=True, stable=True).tolist():
            number, place = int(self.pair[row]), int(self.place[row])
            if number not in found:
                source, pieces = self.pairs[number]
                found[number] = {
                    "cosine": round(float(cosine[row]), 4),
                    "source": source,
                    "before": joined(pieces[:place]),
                    "said": pieces[place],
                    "after": joined(pieces[place + 1 :]),
                }
            if len(found) == count:
                break
        return list(found.values())

    def save(self, run: Run) -> None:
        """Keep it in a model's folder. The states are rounded to 16 bits."""
        tensors = {"states": self.states.half(), "pair": self.pair, "place": self.place}
        run.put(TEXTS, json.dumps({"model": self.model, "pairs": self.pairs}, ensure_ascii=False).encode())
        run.put(STATES, pack(tensors))


def load(run: Run) -> Index | None:
    """The index of a model; None where it has none, or one of other weights."""
    if STATES not in run.manifest.files:
        return None
    texts, tensors = json.loads(run.text(TEXTS)), unpack(run.path(STATES))
    if texts["model"] != digest(run):
        return None
    states = tensors["states"].float()
    if not len(states) == len(tensors["pair"]) == len(tensors["place"]):
        raise DamagedError(
            "its states and their places differ in number",
            file=run.path(STATES),
            advice="Make it again: entarte index.",
        )
    pairs = [(source, list(pieces)) for source, pieces in texts["pairs"]]
    return Index(states, tensors["pair"], tensors["place"], pairs, texts["model"])


def digest(run: Run) -> str:
    """What tells a model's weights from others. Raises InputError where there are none."""
    if MODEL not in run.manifest.files:
        raise InputError("holds no model yet", file=run.folder)
    return run.manifest.files[MODEL].sha256


@torch.inference_mode()
def build(
    translator: Translator,
    pairs: Sequence[Example],
    model: str,
    watch: Callable[[Sequence[list[int]]], Iterable[list[int]]] = iter,
) -> Index:
    """An index of some pairs.

    model  SHA-256 of the weights
    watch  goes through the batches, and may show how far it has come

    Raises InputError where no pair has text, or the decoder has no one state.
    """
    if not isinstance(translator.model.decoder, Recurrent | Transformer):
        raise InputError("an index is made of the states of a recurrent decoder or a Transformer")
    longest = translator.settings.generate.longest or None
    sources = [row[:longest] for row in translator.source.rows([pair.source for pair in pairs])]
    targets = translator.target.ids_many([pair.target or "" for pair in pairs])
    order = [n for n in range(len(pairs)) if len(sources[n]) and targets[n]]
    if not order:
        raise InputError("there is no training pair with text")
    order.sort(key=lambda n: len(targets[n]))
    states, pair, place = [], [], []
    at = 0
    for numbers in watch([order[n : n + ROWS] for n in range(0, len(order), ROWS)]):
        said = batch.target([targets[n] for n in numbers])
        reads = translator.read([pairs[n].source for n in numbers], longest or 0)
        tops = forced(translator, translator.sources(reads), said)  # (B, T, W)
        rows, steps = said.mask.nonzero(as_tuple=True)
        states.append(unit(tops[rows, steps].float()))
        pair.append(at + rows)
        place.append(steps)
        at += len(numbers)
    names = translator.target.vocabulary.pieces
    texts = [(pairs[n].source, [names[i] for i in [*targets[n], EOS]]) for n in order]
    return Index(torch.cat(states), torch.cat(pair), torch.cat(place), texts, model)


def forced(translator: Translator, source: batch.Source, target: batch.Target) -> Tensor:
    """(B, T, W): s_t, the top layer's output, at each step of saying the targets."""
    model = translator.model
    bound = model.bind(source)
    state, tops = bound.start(), []
    for tokens in target.inputs.unbind(1):
        state = bound.step(tokens, state).state
        tops.append(state.top)
    return torch.stack(tops, dim=1).cpu()


def unit(vectors: Tensor) -> Tensor:
    """Vectors brought to length 1."""
    return torch.nn.functional.normalize(vectors, dim=-1)


def joined(pieces: Sequence[str]) -> str:
    """Pieces as text, without the end."""
    return "".join(piece for piece in pieces if piece != "</s>").replace("▁", " ")
