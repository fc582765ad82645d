"""The learning rate over time."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sqrt


@dataclass
class Plateau:
    """How often the rate was lowered because validation stopped improving. Saved with a checkpoint."""

    waited: int = 0
    decays: int = 0

    def watch(self, improved: bool, patience: int) -> bool:
        """Note a validation; True when the rate is lowered now."""
        self.waited = 0 if improved else self.waited + 1
        if self.waited < patience:
            return False
        self.waited = 0
        self.decays += 1
        return True


def warm(update: int, warmup: int) -> float:
    """The share of the rate during warm-up: rises linearly to 1. `update` counts from 1."""
    return min(1.0, update / warmup) if warmup else 1.0


def halving(epoch: int, start: int, every: int, factor: float) -> float:
    """Luong et al. 2015, section 4.1: after `start` epochs, lower at the start of every `every`-th epoch.

    epoch  from 0

    >>> [halving(e, start=2, every=1, factor=0.5) for e in range(5)]
    [1.0, 1.0, 0.5, 0.25, 0.125]
    """
    return float(factor ** max(0, (epoch - start) // every + 1)) if epoch >= start else 1.0


def inverse_sqrt(update: int, warmup: int) -> float:
    """1 until the end of the warm-up, then √(warmup / update) (Vaswani et al. 2017, eq. 3, scaled)."""
    return sqrt(max(warmup, 1) / max(update, warmup, 1))


def cosine(progress: float) -> float:
    """Half a cosine from 1 down to 0 (Loshchilov and Hutter 2017, eq. 5 without restarts).

    >>> [round(cosine(p), 2) for p in (0, 0.5, 1)]
    [1.0, 0.5, 0.0]
    """
    return 0.5 * (1 + cos(pi * min(max(progress, 0.0), 1.0)))
