"""Pairs as tensors: padded batches, batch first; in a mask True means real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from entarte.vocabulary import BOS, EOS, PAD


class Source(NamedTuple):
    """Source sentences. Each ends with EOS, so that there is always something to look at.

    ids       (B, S) long
    mask      (B, S) bool
    copy_ids  (B, S) long: the target id that copying each slot says; from V on those of words beyond the
              target's vocabulary (see `vocabulary.Beyond`). None where nothing is copied
    """

    ids: Tensor
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
        ids, mask, copies = self.source
        source = Source(
            torch.cat([ids, ids]),
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


def source(rows: Sequence[Sequence[int]], copies: Sequence[Sequence[int]] | None = None) -> Source:
    """Token ids of source sentences, without EOS → Source. copies: what copying each of them says."""
    ids, mask = pad([[*row, EOS] for row in rows])
    return Source(ids, mask, None if copies is None else pad([[*row, EOS] for row in copies])[0])


def target(rows: Sequence[Sequence[int]]) -> Target:
    """Token ids of target sentences, without BOS and EOS → Target."""
    inputs, mask = pad([[BOS, *row] for row in rows])
    outputs, _ = pad([[*row, EOS] for row in rows])
    return Target(inputs, outputs, mask)
