"""Random tables, and a judge that tries everything."""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections.abc import Callable, Mapping

import pytest
import torch

from entarte.search.score import Score
from entarte.search.table import Table
from entarte.vocabulary import EOS

WORDS = (4, 5, 6)
SLOTS = 4


@functools.cache
def distribution(prefix: tuple[int, ...], seed: int, words: tuple[int, ...] = WORDS) -> Mapping[int, float]:
    """A random distribution over words and EOS that depends on the whole prefix."""
    chance = random.Random(f"{seed} {prefix}")
    shares = [chance.expovariate(1.0) ** 2 for _ in (*words, EOS)]
    return {token: share / sum(shares) for token, share in zip((*words, EOS), shares)}


@functools.cache
def look(prefix: tuple[int, ...]) -> list[float]:
    """Attention that depends on the whole prefix."""
    chance = random.Random(f"look {prefix}")
    shares = [chance.expovariate(1.0) for _ in range(SLOTS)]
    return [share / sum(shares) for share in shares]


class Tools:
    """What the tests of searches share."""

    look = staticmethod(look)
    distribution = staticmethod(distribution)

    @staticmethod
    def table(*seeds: int, size: int = 128) -> Table:
        """One random source per seed; a vocabulary that is larger than any beam here."""
        return Table([lambda p, s=s: distribution(p, s) for s in seeds], size, look)  # type: ignore[misc]

    @staticmethod
    def everything(
        seed: int, limit: int, score: Score, allowed: Callable[[tuple[int, ...]], bool] = lambda said: True
    ) -> list[tuple[float, tuple[int, ...]]]:
        """Every allowed target of at most `limit` tokens that ends, with its score, best first."""
        found = []
        for length in range(limit):
            for said in itertools.product(WORDS, repeat=length):
                if not allowed(said):
                    continue
                tokens = (*said, EOS)
                total = sum(math.log(distribution(tokens[:t], seed)[tokens[t]]) for t in range(len(tokens)))
                weights = torch.tensor([[look(tokens[:t])] for t in range(len(tokens))])
                real = torch.ones(SLOTS, dtype=torch.bool)
                found.append((score.of(total, len(tokens), weights, real), tokens))
        return sorted(found, key=lambda pair: (-pair[0], pair[1]))


@pytest.fixture
def tools() -> type[Tools]:
    return Tools
