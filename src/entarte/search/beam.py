"""Beam search: the K best prefixes of each length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from entarte.errors import InputError, did_you_mean
from entarte.search.base import checked, device, hypothesis, possible
from entarte.search.hypothesis import Hypothesis
from entarte.search.score import Normalise, Score
from entarte.search.top import top
from entarte.search.trail import Leaf, Trail
from entarte.state import select
from entarte.step import Stepper
from entarte.vocabulary import BOS, EOS

Stop = Literal["best", "count", "never"]
STOPS = ("best", "count", "never")


class Beam:
    """Of all continuations of the live prefixes, the K most probable go on; those that end are done.

    A step may so leave fewer than K live prefixes, and the next one fills the beam again. With K = 1
    it ends with its first EOS, and is greedy search.

    beam       K, how many prefixes go on at each step
    n_best     how many hypotheses are returned for each source, at most K
    normalise  how scores are made comparable between lengths: average, gnmt or none
    alpha      the exponent of gnmt
    stop       when a source is done: best: when no live prefix can still come among its n best, which
               gives what never gives; count: when K hypotheses are finished; never: at its limit
    """

    def __init__(
        self,
        *,
        beam: int = 5,
        n_best: int = 1,
        normalise: Normalise = "average",
        alpha: float = 0.6,
        stop: Stop = "best",
    ) -> None:
        if beam < 1:
            raise InputError(
                f"a beam of {beam} holds nothing", setting="generate.beam", advice="Give 1 or more."
            )
        if not 1 <= n_best <= beam:
            raise InputError(
                f"n_best is {n_best}, but a beam of {beam} has from 1 to {beam} hypotheses to return",
                setting="generate.n_best",
            )
        if stop not in STOPS:
            raise InputError(
                f"there is no stopping rule '{stop}'",
                setting="generate.stop",
                advice=did_you_mean(str(stop), STOPS),
            )
        self.beam = beam
        self.n_best = n_best
        self.score = Score(normalise, alpha)
        self.stop = stop

    @torch.no_grad()
    def __call__(self, stepper: Stepper, limits: Sequence[int] | Tensor) -> list[list[Hypothesis]]:
        """The n best of each source, best first.

        Where nothing finished within the limit, the best unfinished prefixes, and they say so.

        1. every live row reads its last token            log_probs (R, V), R = B·k
        2. each row's K best, each source's K best of those
        3. those that say EOS are finished; the rest are the rows of the next step
        4. sources that are done leave; state follows its rows
        """
        room = checked(limits, stepper.sources)
        ends: list[list[Leaf]] = [[] for _ in room]  # the finished, by source
        found: list[list[Hypothesis]] = [[] for _ in room]
        sources = list(range(len(room)))  # those still bound, B
        totals = torch.zeros(len(room), 1, dtype=torch.float64)  # (B, k); -inf marks a dead row
        state = stepper.start()
        where = device(state)
        tokens = torch.full((len(room),), BOS, device=where)
        trail = Trail()
        for layer in range(max(room, default=0)):
            step = stepper.step(tokens, state)
            trail.look(step.weights)
            live = (totals > -torch.inf).flatten()
            log_probs = possible(step.log_probs, None if bool(live.all()) else live.to(where))
            self.fits(log_probs.size(1))
            values, ids = (found.cpu() for found in top(log_probs, self.beam))
            picks = best(totals, values, ids, self.beam)
            for b, p in (picks.live & (picks.token == EOS)).nonzero().tolist():
                ends[sources[b]].append(picks.leaf(layer, b, p))
            picks = picks.going_on()
            on = []
            for b, source in enumerate(sources):
                if layer + 1 < room[source] and self.goes_on(picks.best(b), ends[source], room[source]):
                    on.append(b)
                    continue
                leaves = ends[source] or picks.leaves(layer, b)
                if not leaves:  # nothing more is possible: what was said so far
                    k = totals.size(1)
                    leaves = [
                        trail.leaf(layer - 1, b * k + j, total)
                        for j, total in enumerate(totals[b].tolist())
                        if total > -torch.inf
                    ]
                found[source] = self.ranked(trail, leaves)
            if not on:
                break
            if len(on) < len(sources):
                kept = torch.tensor(on)
                stepper = stepper.keep(kept.to(where))
                sources = [sources[b] for b in on]
                picks = picks.keep(kept)
            tokens, rows = picks.token.flatten().to(where), picks.row.flatten()
            trail.grow(tokens, rows, picks.log_prob.flatten())
            state = select(step.state, rows.to(where))
            totals = picks.total
        return found

    def fits(self, vocabulary: int) -> None:
        """InputError where the beam is larger than the vocabulary."""
        if self.beam > vocabulary:
            raise InputError(
                f"a beam of {self.beam} is larger than the vocabulary, which has {vocabulary} entries",
                setting="generate.beam",
                advice="Give a smaller one; 5 is usual.",
            )

    def goes_on(self, total: float, ends: list[Leaf], limit: int) -> bool:
        """Whether a source is not done yet: its best live prefix has log-probability `total`."""
        if total == -torch.inf:
            return False
        if self.stop == "count":
            return len(ends) < self.beam
        if self.stop == "never" or len(ends) < self.n_best:
            return True
        scores = sorted((self.score.of(end.total, end.layer + 1) for end in ends), reverse=True)
        return self.score.bound(total, limit) > scores[self.n_best - 1]

    def ranked(self, trail: Trail, leaves: list[Leaf]) -> list[Hypothesis]:
        """The n best, best first; among equals the one with the lower token ids."""
        leaves = sorted(leaves, key=lambda leaf: -self.score.of(leaf.total, leaf.layer + 1))
        found = [hypothesis(trail, leaf, self.score) for leaf in leaves[: self.n_best]]
        return sorted(found, key=lambda h: (-h.score, h.tokens))


class Picks(NamedTuple):
    """The continuations that a step chose: n for each source, best first.

    total     (B, n) log-probability of the whole prefix; -inf where there is none
    row       (B, n) the row that it continues, numbered through the whole batch
    token     (B, n)
    log_prob  (B, n) of the token
    """

    total: Tensor
    row: Tensor
    token: Tensor
    log_prob: Tensor

    @property
    def live(self) -> Tensor:
        """(B, n): whether there is one."""
        return self.total > -torch.inf

    def best(self, source: int) -> float:
        """The log-probability of a source's best one; -inf where it has none."""
        return float(self.total[source, 0])

    def leaf(self, layer: int, b: int, p: int) -> Leaf:
        """One of them as the end of a path."""
        row, token = int(self.row[b, p]), int(self.token[b, p])
        return Leaf(layer, row, token, float(self.log_prob[b, p]), float(self.total[b, p]))

    def leaves(self, layer: int, b: int) -> list[Leaf]:
        """All of a source as ends of paths."""
        return [self.leaf(layer, b, p) for p in self.live[b].nonzero().flatten().tolist()]

    def going_on(self) -> Picks:
        """Those that do not end, in order, in as many columns as the fullest source needs (at least 1)."""
        on = self.live & (self.token != EOS)
        order = (~on).long().argsort(dim=1, stable=True)[:, : max(int(on.sum(dim=1).max()), 1)]
        total = self.total.masked_fill(~on, -torch.inf)
        return Picks(*(part.gather(1, order) for part in (total, self.row, self.token, self.log_prob)))

    def keep(self, sources: Tensor) -> Picks:
        """Only the given sources, with rows as they were, in as few columns as they need."""
        live = self.live[sources].sum(dim=1).max()
        return Picks(*(part[sources, : int(live)] for part in self))


def best(totals: Tensor, values: Tensor, ids: Tensor, n: int) -> Picks:
    """The n best continuations of each source; among equals the lower token, then the lower row.

    totals       (B, k) log-probability of each prefix; -inf for dead rows
    values, ids  (B·k, m) the best next tokens of each row: more than n of one row are never needed
    """
    sources, k = totals.shape
    m = values.size(1)
    token = ids.reshape(sources, k * m)
    log_prob = values.reshape(sources, k * m)
    total = totals.repeat_interleave(m, dim=1) + log_prob
    by_token = token.argsort(dim=1, stable=True)
    order = total.gather(1, by_token).argsort(dim=1, descending=True, stable=True)[:, :n]
    order = by_token.gather(1, order)
    row = torch.arange(sources).unsqueeze(1) * k + order // m
    return Picks(total.gather(1, order), row, token.gather(1, order), log_prob.gather(1, order))
