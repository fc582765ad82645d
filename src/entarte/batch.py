"""Pairs as tensors: padded batches, batch first; in a mask True means real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from entarte.source.row import Frames, Row
from entarte.vocabulary import BOS, EOS, PAD


class Source(NamedTuple):
    """Source sentences. Each ends with EOS, so that there is always something to look at.

    inputs    (B, S) long: ids; or (B, S, F + 1) float: frames of F numbers, and one more that is 1 at the end
              and 0 elsewhere
    mask      (B, S) bool
    copy_ids  (B, S) long: the target id that copying each slot says; from V on those of words beyond the
              target's vocabulary (see `vocabulary.Beyond`). None where nothing is copied
    """

    inputs: Tensor
    mask: Tensor
    copy_ids: Tensor | None = None


class Target(NamedTuple):
    """Target sentences, shifted by one between what is read and what must be said.

    inputs   (B, T) long: BOS y_1 … y_n; an id beyond the vocabulary is read as unknown
    outputs  (B, T) long: y_1 … y_n EOS
    mask     (B, T) bool
    """

    inputs: Tensor
    outputs: Tensor
    mask: Tensor


class Batch(NamedTuple):
    """A training batch.

    numbers  (B,) long: which pair of the corpus each row is
    guide    (B, T, S) where each target piece should look, rows of zeros where nothing is known (see
             `entarte.guide`); None where the attention is not guided
    """

    source: Source
    target: Target
    numbers: Tensor
    guide: Tensor | None = None

    def twice(self) -> Batch:
        """Every pair twice: the whole batch, then the whole batch again."""
        inputs, mask, copies = self.source
        source = Source(
            torch.cat([inputs, inputs]),
            torch.cat([mask, mask]),
            None if copies is None else torch.cat([copies, copies]),
        )
        target = Target(*(torch.cat([each, each]) for each in self.target))
        guide = None if self.guide is None else torch.cat([self.guide, self.guide])
        return Batch(source, target, torch.cat([self.numbers, self.numbers]), guide)


def pad(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Rows of different lengths → ids (B, N) filled up with PAD, and the mask (B, N).

    >>> pad([[5, 6], [7]])
    (tensor([[5, 6],
            [7, 0]]), tensor([[ True,  True],
            [ True, False]]))
    """
    width = max(len(row) for row in rows)
    ids = torch.full((len(rows), width), PAD, dtype=torch.long)
    lengths = torch.tensor([len(row) for row in rows])
    for r, row in enumerate(rows):
        ids[r, : len(row)] = torch.as_tensor(row, dtype=torch.long)
    return ids, torch.arange(width) < lengths[:, None]


def stack(rows: Sequence[Frames]) -> tuple[Tensor, Tensor]:
    """Frames of different lengths, each with an end → (B, S, F + 1) filled up with 0, and the mask (B, S).

    >>> frames, mask = stack([np.ones((2, 1)), np.ones((1, 1))])
    >>> frames.tolist()
    [[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]
    """
    lengths = torch.tensor([len(row) + 1 for row in rows])
    frames = torch.zeros(len(rows), int(lengths.max()), rows[0].shape[1] + 1)
    for r, row in enumerate(rows):
        frames[r, : len(row), :-1] = torch.from_numpy(row)
        frames[r, len(row), -1] = 1.0
    return frames, torch.arange(frames.size(1)) < lengths[:, None]


def source(rows: Sequence[Row], copies: Sequence[Sequence[int]] | None = None) -> Source:
    """Source sentences without EOS, as ids or as frames → Source. copies: what copying each slot says."""
    frames = [row for row in rows if isinstance(row, np.ndarray)]
    if frames:
        return Source(*stack(frames))
    ids, mask = pad([[*row, EOS] for row in rows])
    return Source(ids, mask, None if copies is None else pad([[*row, EOS] for row in copies])[0])


def target(rows: Sequence[Sequence[int]], open: Sequence[bool] = ()) -> Target:
    """Token ids of target sentences, without BOS and EOS → Target.

    open  which of them are windows into longer texts, after which no EOS is said; by default none

    >>> target([[5, 6], [7, 8]], open=[True, False]).mask.tolist()
    [[True, True, False], [True, True, True]]
    """
    inputs, mask = pad([[BOS, *row] for row in rows])
    outputs, _ = pad([[*row, EOS] for row in rows])
    for r, window in enumerate(open):
        if window and rows[r]:
            mask[r, len(rows[r])] = False
    return Target(inputs, outputs, mask)
