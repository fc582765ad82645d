"""Which pairs go into which batch, in which order: a function of the seed and the epoch, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def batches(
    sources: Sequence[int],
    targets: Sequence[int],
    tokens: int,
    seed: int,
    epoch: int,
    numbers: Sequence[int] | NDArray[np.int64] | None = None,
    shard: int = 0,
) -> list[list[int]]:
    """One epoch: pairs in batches of like length, the batches in random order.

    Pairs are sorted by target length, then source length (chance decides between equals), and cut into
    runs of about `tokens` target tokens, counted with the padding. So a batch holds few padded slots,
    and an update always learns from about as many tokens.

    sources, targets  lengths in tokens, EOS counted
    tokens            target tokens of a batch; a longer pair has a batch to itself. The source side of a
                      batch, padding counted, is kept within four times as many
    numbers           the pairs of this epoch, if not every one once; a pair may come again
    shard             which part of the pairs these are; each has its own chance, the first that of a whole

    How many batches there are depends on the lengths alone, as chance decides between equals only.

    >>> sorted(sum(batches([3, 9, 4], [2, 8, 2], 4, seed=1, epoch=0), []))
    [0, 1, 2]
    >>> batches([3, 9, 4], [2, 8, 2], 4, seed=1, epoch=0) == batches([3, 9, 4], [2, 8, 2], 4, 1, 0)
    True
    """
    chance = np.random.default_rng([seed, epoch, shard] if shard else [seed, epoch])
    drawn = np.arange(len(targets)) if numbers is None else np.asarray(numbers)
    lots = chance.permutation(len(drawn))
    ranks = drawn[np.lexsort((lots, np.asarray(sources)[drawn], np.asarray(targets)[drawn]))]
    found: list[list[int]] = []
    batch: list[int] = []
    longest = 0
    for number in ranks.tolist():
        # sorted upwards, so the pair at hand has the longest target of its batch: padding fills up to it
        longest = max(longest, sources[number])
        rows = len(batch) + 1
        if batch and (rows * targets[number] > tokens or rows * longest > 4 * tokens):
            found.append(batch)
            batch, longest = [], sources[number]
        batch.append(number)
    if batch:
        found.append(batch)
    return [found[place] for place in chance.permutation(len(found)).tolist()]
