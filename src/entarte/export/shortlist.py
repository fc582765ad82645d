"""Learning shortlists: which target pieces the model's attention links with each source piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from entarte.engine.shortlist import Shortlists
from entarte.errors import InputError
from entarte.generate import Translator
from entarte.vocabulary import BOS, EOS, PAD

COMMON, EACH, LEAST = 150, 40, 0.5
"""Target pieces for every sentence; most for each source piece; least weight that links must add up to."""
TOGETHER = 64


def learn(model: Translator, pairs: Iterable[tuple[str, str]]) -> Shortlists:
    """Lists from the weights of forced decoding: count(s, t) = Σ α over all places where t is said and s is
    looked at. The most frequent target pieces are on every list.

    Raises InputError where there is no pair.
    """
    read, said = len(model.source), len(model.target)
    linked: dict[int, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    often = np.zeros(said)
    rest = iter(pairs)
    while chunk := list(islice(rest, TOGETHER * 16)):
        for sources, targets, weights in forced(model, chunk):
            for t, token in enumerate(targets):
                often[token] += 1
                for s, piece in enumerate(sources):
                    if weights[t, s] > 0.01:
                        row = linked.setdefault(piece, np.zeros(said))
                        row[token] += weights[t, s]
    if not often.any():
        raise InputError("there are no pairs to learn a shortlist from")
    often[[PAD, BOS]] = 0
    often[EOS] = np.inf
    common = np.sort(np.argsort(-often, kind="stable")[: min(COMMON, int((often > 0).sum()))])
    begin, pieces = [0], list[int]()
    for piece in range(read):
        own = linked.get(piece, np.zeros(0))
        best = np.argsort(-own, kind="stable")[:EACH]
        pieces.extend(int(token) for token in best if own[token] >= LEAST and token not in (PAD, BOS))
        begin.append(len(pieces))
    return Shortlists(*(np.array(part, np.int64) for part in (common, begin, pieces)))


def forced(
    model: Translator, pairs: list[tuple[str, str]]
) -> Iterator[tuple[list[int], tuple[int, ...], np.ndarray[tuple[int, int], np.dtype[np.float32]]]]:
    """Source ids and EOS, target ids and EOS, weights (T, S) of each pair that has pieces on both sides."""
    reads = model.read([source for source, _ in pairs])
    targets = model.target.ids_many([target for _, target in pairs])
    order = sorted(
        (n for n in range(len(pairs)) if not reads[n].empty and targets[n]), key=lambda n: len(targets[n])
    )
    for at in range(0, len(order), TOGETHER):
        numbers = order[at : at + TOGETHER]
        found = model.forced([reads[n] for n in numbers], [targets[n] for n in numbers])
        for n, each in zip(numbers, found, strict=True):
            weights = model.looked(each).weights.mean(1).float().numpy()
            yield [*reads[n].ids[0], EOS], each.tokens, weights


def share(lists: Shortlists, model: Translator, pairs: Iterable[tuple[str, str]]) -> tuple[float, float]:
    """How many of the target pieces of some pairs are on the lists of their sources, from 0 to 1; and how
    long the lists are on average."""
    hits, total, longs = 0, 0, []
    for source, target in pairs:
        [ids], [said] = model.source.rows([source]), model.target.ids_many([target])
        own = set(lists.of([*ids, EOS]).tolist())
        hits += sum(token in own for token in said)
        total += len(said)
        longs.append(len(own))
    return hits / max(total, 1), float(np.mean(longs))
