"""Which pairs of several tasks an epoch has: large tasks are cut, small ones repeated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def shares(counts: Sequence[int], temperature: float) -> NDArray[np.float64]:
    """p_i ∝ n_i^(1/T), the share of each task (Raffel et al. 2020, section 3.5.2; there with T = 2).

    >>> shares([900, 100], 1).tolist(), shares([900, 100], 2).tolist()
    ([0.9, 0.1], [0.75, 0.25])
    """
    weights = np.asarray(counts, dtype=np.float64) ** (1 / temperature)
    part: NDArray[np.float64] = weights / weights.sum()
    return part


def mixed(parts: Sequence[str], temperature: float, seed: int, epoch: int) -> NDArray[np.int64]:
    """The numbers of the pairs of one epoch, as many as there are pairs.

    Each task's pairs stand in an endless row, one shuffle of them after another, and each epoch takes up
    where the one before ended. So no pair is ever two times ahead of another of its task, and what an epoch
    holds depends on seed and epoch alone.

    parts        (N,) the task of each pair
    temperature  T; at 1 each pair comes once

    >>> [mixed("aaab", 1e9, seed=1, epoch=e).tolist() for e in (0, 1)]
    [[0, 1, 3, 3], [2, 2, 3, 3]]
    """
    names = list(dict.fromkeys(parts))
    members = [np.flatnonzero([part == name for part in parts]) for name in names]
    wanted = shares([len(own) for own in members], temperature) * len(parts)
    quotas = np.floor(wanted).astype(int)
    for at in np.argsort(quotas - wanted, kind="stable")[: len(parts) - quotas.sum()]:
        quotas[at] += 1  # those with the largest remainders
    return np.concatenate(
        [
            own[taken(len(own), int(quota), [seed, task], epoch)]
            for task, (own, quota) in enumerate(zip(members, quotas, strict=True))
        ]
    )


def taken(count: int, quota: int, seed: Sequence[int], epoch: int) -> NDArray[np.int64]:
    """Places [epoch · quota, (epoch + 1) · quota) in the endless row of shuffles of `count` things."""
    first, end = epoch * quota, (epoch + 1) * quota
    rounds = range(first // count, -(-end // count)) if quota else range(0)
    row = [np.random.default_rng([*seed, turn]).permutation(count) for turn in rounds]
    start = first - (rounds.start * count if row else 0)
    return np.concatenate([np.zeros(0, dtype=np.int64), *row])[start : start + quota]
