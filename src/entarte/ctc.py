"""The path of connectionist temporal classification: which slots of the memory say which piece.

CTC (Graves et al. 2006) says the target slot by slot and in order. Its best path is therefore an alignment of
another kind than the attention's: it cannot jump, and it was not made by looking. Where both agree, both have
reasons of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from entarte.alignment import Alignment
from entarte.errors import InputError
from entarte.generate import Output, Translator
from entarte.vocabulary import PAD

Floats = NDArray[np.float64]
BLANK = PAD


class Path(NamedTuple):
    """The best path of one target.

    spans     for each piece its first slot and the one behind its last
    log_prob  of this path alone
    """

    spans: tuple[tuple[int, int], ...]
    log_prob: float

    def alignment(self, like: Alignment) -> Alignment:
        """As an alignment, to be drawn or measured as any other: a piece looks at its slots alike, the end
        at none."""
        weights = np.zeros_like(like.weights)
        for row, (first, behind) in enumerate(self.spans):
            weights[row, first:behind] = 1 / (behind - first)
        notes = {**like.notes, "by": "ctc"}
        return Alignment(like.rows, like.columns, weights, like.source, like.target, like.level, notes=notes)


def best(log_probs: Floats, target: Sequence[int]) -> Path | None:
    """The likeliest path that says a target (Viterbi over blanks and pieces); None where slots are too few.

    log_probs  (S, V)
    target     U ids, without EOS

    >>> likely = np.array([[0.1, 0.8, 0.1], [0.2, 0.7, 0.1], [0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    >>> best(np.log(likely), [1, 2]).spans
    ((0, 2), (3, 4))
    >>> best(np.log(likely), [1, 1, 2, 2]) is None  # two blanks are needed as well
    True
    """
    slots = len(log_probs)
    states = np.full(2 * len(target) + 1, BLANK)
    states[1::2] = target
    skips = np.zeros(len(states), dtype=bool)  # a blank may be passed over between pieces that differ
    skips[3::2] = states[3::2] != states[1:-2:2]
    score = np.full(len(states), -np.inf)
    score[:2] = log_probs[0, states[:2]]
    came = np.zeros((slots, len(states)), dtype=np.int64)
    for slot in range(1, slots):
        stay = np.stack(
            [
                score,
                np.concatenate([[-np.inf], score[:-1]]),
                np.where(skips, np.concatenate([[-np.inf, -np.inf], score[:-2]])[: len(states)], -np.inf),
            ]
        )
        came[slot] = stay.argmax(0)
        score = stay.max(0) + log_probs[slot, states]
    state = len(states) - 1 if len(states) == 1 or score[-1] >= score[-2] else len(states) - 2
    if not np.isfinite(score[state]):
        return None
    total = float(score[state])
    says = np.empty(slots, dtype=np.int64)
    for slot in range(slots - 1, -1, -1):
        says[slot] = state
        state -= came[slot, state]
    spans = []
    for piece in range(len(target)):
        own = np.flatnonzero(says == 2 * piece + 1)
        spans.append((int(own[0]), int(own[-1]) + 1))
    return Path(tuple(spans), total)


@torch.inference_mode()
def paths(translator: Translator, outputs: Sequence[Output]) -> list[Path | None]:
    """The best path of what was said, or forced; None where it has too many pieces for the slots.

    Raises InputError for a model that was trained without CTC.
    """
    branch = translator.model.ctc
    if branch is None:
        raise InputError(
            f"'{translator.name}' was trained without CTC, so there is no path of it",
            setting="loss.ctc",
            advice="Train with loss.ctc=0.3.",
        )
    reads = translator.read([each.source for each in outputs], translator.settings.generate.longest)
    found: list[Path | None] = []
    for read, output in zip(reads, outputs, strict=True):
        if read.empty:
            found.append(None)
            continue
        memory = translator.model.encode(translator.sources([read]))
        said = torch.log_softmax(branch(memory.values[0]).double(), -1)
        pieces = [token.text for token in output.alignment.rows if token.kind != "eos"]
        found.append(best(said.cpu().numpy(), translator.target.vocabulary.ids(pieces)))
    return found


class Agreement(NamedTuple):
    """How far the attention's heaviest slots lie from those of the CTC path.

    distances  for each piece, in slots: 0 within its span
    """

    distances: tuple[int, ...]

    def share(self, reach: int) -> float:
        """Share of the pieces within so many slots; NaN where there is none."""
        return float(np.mean([far <= reach for far in self.distances])) if self.distances else float("nan")

    @property
    def mean(self) -> float:
        """Mean distance, in slots; NaN where there is none."""
        return float(np.mean(self.distances)) if self.distances else float("nan")


def agreement(outputs: Sequence[Output], paths: Sequence[Path | None]) -> Agreement:
    """Over all pieces of outputs that have a path; the end of the sentence is no piece."""
    distances = []
    for output, path in zip(outputs, paths, strict=True):
        if path is None:
            continue
        peaks = output.alignment.weights.argmax(1) if output.alignment.weights.size else ()
        for (first, behind), peak in zip(path.spans, peaks):
            distances.append(max(first - int(peak), int(peak) - behind + 1, 0))
    return Agreement(tuple(distances))
