"""Phrases that must stand in an output: how far a prefix has come, and a beam that gets them said.

Grid beam search (Hokamp and Liu 2017) and dynamic beam allocation (Post and Vilar 2018): prefixes
compete only with those that have met equally much, and every bank has its share of the one beam.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import zip_longest

import torch
from torch import Tensor

from entarte.search.picks import Picks
from entarte.search.wish import Phrase
from entarte.vocabulary import EOS

Progress = tuple[tuple[int, int], ...]
"""For each phrase: how often it was said, and how many tokens of the next time."""


class Required:
    """The phrases of one source, each an automaton (Knuth, Morris and Pratt 1977).

    >>> both = Required([(4, 4, 5), (6,)])
    >>> progress = both.start
    >>> for token in (4, 4, 4, 5):  # 4 [4 4 5]
    ...     progress = both.next(progress, token)
    >>> progress, both.met(progress), both.wanted(progress)
    (((1, 0), (0, 0)), False, [6])
    """

    def __init__(
        self, phrases: Sequence[Phrase], inner: frozenset[int] = frozenset(), before: Phrase = ()
    ) -> None:
        """`inner`: tokens that go on with a word, so that a phrase before one was not said; `before`: what
        was said before the output."""
        self.inner, self.before = inner, before
        counted = Counter(phrases)
        self.phrases = tuple(counted)
        self.times = tuple(counted.values())
        self.borders = tuple(borders(phrase) for phrase in self.phrases)

    @property
    def start(self) -> Progress:
        """Nothing said yet."""
        return reduce(self.next, self.before, ((0, 0),) * len(self.phrases))

    def next(self, progress: Progress, token: int) -> Progress:
        """After one more token. The second time of a phrase begins after the end of the first."""
        after = []
        for phrase, border, times, (done, place) in zip(self.phrases, self.borders, self.times, progress):
            if place == len(phrase):  # said, unless this token goes on with its last word
                done, place = (done, border[-1]) if token in self.inner else (done + 1, 0)
            if done < times:
                while place and phrase[place] != token:
                    place = border[place - 1]
                place += phrase[place] == token
                if place == len(phrase) and not self.inner:
                    done, place = done + 1, 0
            after.append((done, place))
        return tuple(after)

    def met(self, progress: Progress) -> bool:
        """Whether all has been said, if the output ended here."""
        return all(
            done + (place == len(phrase)) >= times
            for phrase, times, (done, place) in zip(self.phrases, self.times, progress)
        )

    def waiting(self, progress: Progress) -> bool:
        """Whether a phrase has been said whose last word must not go on."""
        return any(place == len(phrase) for phrase, (_, place) in zip(self.phrases, progress))

    def count(self, progress: Progress) -> int:
        """How many tokens of the phrases have been said."""
        return sum(len(phrase) * done + place for phrase, (done, place) in zip(self.phrases, progress))

    def wanted(self, progress: Progress) -> list[int]:
        """The tokens that would bring it on."""
        open_ = zip(self.phrases, self.times, progress)
        return sorted(
            {phrase[place] for phrase, times, (done, place) in open_ if done < times and place < len(phrase)}
        )


def borders(phrase: Phrase) -> tuple[int, ...]:
    """For each n: the longest beginning of the phrase that also ends its first n + 1 tokens, shorter
    than those.

    >>> borders((4, 4, 5, 4, 4))
    (0, 1, 0, 1, 2)
    """
    found = [0]
    for n in range(1, len(phrase)):
        k = found[-1]
        while k and phrase[k] != phrase[n]:
            k = found[k - 1]
        found.append(k + (phrase[k] == phrase[n]))
    return tuple(found)


def apart(log_probs: Tensor, inner: frozenset[int]) -> int:
    """The most probable token (V,) besides EOS that does not go on with a word."""
    left = log_probs.clone()
    left[[EOS, *inner]] = -torch.inf
    return int(left.argmax())


def allocate(
    required: Required,
    progress: Mapping[int, Progress],
    totals: Tensor,
    log_probs: Tensor,
    ranked: Picks,
    n: int,
) -> Picks:
    """The n continuations of one beam that go on: turn by turn the best of each bank, fullest first.
    Those that end, which have met all, are a bank of their own, or a tight limit would come before it.

    progress   of each row of the batch
    totals     (k,) of the beam's rows, -inf for dead ones
    log_probs  (R, V) of what may follow each row of the batch
    ranked     (1, c) the continuations that a plain beam looks at, best first
    """
    candidates = {
        (row, token): (total, log_prob)
        for total, row, token, log_prob in zip(*(part[0].tolist() for part in ranked))
        if total > -torch.inf
    }
    k = totals.size(0)
    first = int(ranked.row[0, 0]) // k * k
    for row, total in enumerate(totals.tolist(), start=first):
        wanted: list[int] = []
        if total > -torch.inf:
            wanted = required.wanted(progress[row]) or [EOS]
            if required.waiting(progress[row]):
                wanted = [*wanted, EOS, apart(log_probs[row], required.inner)]
        for token in wanted:
            log_prob = float(log_probs[row, token])
            if log_prob > -torch.inf:
                candidates.setdefault((row, token), (total + log_prob, log_prob))
    banks: dict[int, list[tuple[float, int, int, float]]] = {}
    for (row, token), (total, log_prob) in candidates.items():
        met = required.count(required.next(progress[row], token)) + (token == EOS)
        banks.setdefault(met, []).append((-total, token, row, log_prob))
    turns = zip_longest(*(sorted(banks[met]) for met in sorted(banks, reverse=True)))
    chosen = [pick for turn in turns for pick in turn if pick is not None][:n]
    chosen += [(torch.inf, EOS, first, -torch.inf)] * (n - len(chosen))
    chosen.sort()
    return Picks(
        -torch.tensor([[pick[0] for pick in chosen]], dtype=torch.float64),
        torch.tensor([[pick[2] for pick in chosen]]),
        torch.tensor([[pick[1] for pick in chosen]]),
        torch.tensor([[pick[3] for pick in chosen]]),
    )
