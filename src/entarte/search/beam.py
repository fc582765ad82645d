"""Beam search: the K best prefixes of each length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from entarte.errors import InputError, did_you_mean
from entarte.search.base import checked, device, masks, positive, possible
from entarte.search.diverse import diverse
from entarte.search.ends import Ends
from entarte.search.hypothesis import Hypothesis
from entarte.search.picks import Picks, join, rank
from entarte.search.required import allocate
from entarte.search.rules import Rules
from entarte.search.score import Normalise, Score
from entarte.search.top import top
from entarte.search.trail import Leaf, Trail
from entarte.search.tree import Forest
from entarte.search.wish import Wish, wished
from entarte.state import select
from entarte.step import Stepper
from entarte.vocabulary import BOS

Stop = Literal["best", "count", "never"]
STOPS = ("best", "count", "never")


class Beam:
    """Of all continuations of the live prefixes, the K most probable go on; those that end are done.

    A step may so leave fewer than K live prefixes, and the next one fills the beam again. With K = 1
    it ends with its first EOS, and is greedy search.

    beam        K, how many prefixes go on at each step
    n_best      how many hypotheses are returned for each source, at most K
    normalise   how scores are made comparable between lengths: average, gnmt or none
    alpha       the exponent of gnmt
    coverage    weight of GNMT's coverage penalty in the score
    stop        when a source is done: best: when no live prefix can still come among its n best, which
                gives what never gives; count: when K hypotheses are finished; never: at its limit
    min_length  tokens that must be said before the end
    max_length  most tokens of an output besides EOS; 0: only the limit that its source sets
    no_repeat   no n-gram of this many tokens is said twice; 0: no such rule
    groups      diverse beam search: K is shared out among this many groups; 1: plain
    diversity   what a group pays for each time an earlier group chose the same token at the same step
    """

    def __init__(
        self,
        *,
        beam: int = 5,
        n_best: int = 1,
        normalise: Normalise = "average",
        alpha: float = 0.6,
        coverage: float = 0.0,
        stop: Stop = "best",
        min_length: int = 0,
        max_length: int = 0,
        no_repeat: int = 0,
        groups: int = 1,
        diversity: float = 0.5,
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
            advice = did_you_mean(str(stop), STOPS)
            raise InputError(f"there is no stopping rule '{stop}'", setting="generate.stop", advice=advice)
        positive(0, min_length=min_length, max_length=max_length, no_repeat=no_repeat)
        if groups < 1 or beam % groups:
            raise InputError(
                f"a beam of {beam} cannot be shared out among {groups} groups",
                setting="generate.groups",
                advice="Give a divisor of the beam.",
            )
        if not 0 <= diversity < float("inf"):
            raise InputError(f"diversity is {diversity}; it must be 0 or more", setting="generate.diversity")
        self.beam, self.n_best, self.stop = beam, n_best, stop
        self.score = Score(normalise, alpha, coverage)
        self.min_length, self.max_length, self.no_repeat = min_length, max_length, no_repeat
        self.groups, self.diversity = groups, diversity

    @torch.no_grad()
    def __call__(
        self,
        stepper: Stepper,
        limits: Sequence[int] | Tensor,
        wishes: Sequence[Wish] | None = None,
        forest: Forest | None = None,
    ) -> list[list[Hypothesis]]:
        """The n best of each source, best first.

        Where nothing finished within the limit, the best unfinished prefixes, and they say so.

        1. every live row reads its last token            log_probs (R, V), R = B·G·k
        2. each row's best, then each group's K / G best of those
        3. those that say EOS are finished; the rest are the rows of the next step
        4. sources that are done leave; state follows its rows

        forest  where given, records every candidate
        """
        room = checked(limits, stepper.sources, self.max_length)
        wishes = wished(wishes, room)
        if self.groups > 1 and any(wish.required for wish in wishes):
            raise InputError(
                "diverse groups cannot look for required phrases",
                setting="generate.groups",
                advice="Set it to 1.",
            )
        G = self.groups
        trail = Trail()
        ends = [Ends(trail, self.score, mask, self.n_best) for mask in masks(stepper, self.score)]
        found: list[list[Hypothesis]] = [[] for _ in room]
        sources = list(range(len(room)))  # those still bound, B
        state = stepper.start()
        where = device(state)
        if G > 1:
            state = select(state, torch.arange(len(room), device=where).repeat_interleave(G))
        totals = torch.zeros(len(room) * G, 1, dtype=torch.float64)  # (B·G, k); -inf marks a dead row
        tokens = torch.full((len(room) * G,), BOS, device=where)
        rules = Rules(self.min_length, self.no_repeat, wishes, room, G)
        if forest is not None:
            forest.begin(room, self.beam, G, self.score)
        for layer in range(max(room, default=0)):
            step = stepper.step(tokens, state)
            trail.look(step)
            live = (totals > -torch.inf).flatten()
            log_probs = rules.mask(
                possible(step.log_probs, None if bool(live.all()) else live.to(step.log_probs.device))
            )
            ranked, picks = self.choose(totals, log_probs, rules)
            if forest is not None:
                forest.grow(sources, ranked, picks)
            for v, place in picks.ending:
                leaf = picks.leaf(layer, v, place)
                score = ends[sources[v // G]].add(leaf)
                if forest is not None:
                    forest.end(leaf.parent, score)
            picks = picks.going_on()
            on = []
            for b, source in enumerate(sources):
                mine = range(b * G, (b + 1) * G)
                best = max(float(picks.total[v, 0]) for v in mine)
                if layer + 1 < room[source] and self.goes_on(best, ends[source], room[source]):
                    on.append(b)
                    continue
                leaves = [leaf for v in mine for leaf in picks.leaves(layer, v)]
                found[source] = ends[source].results(leaves or stuck(trail, layer, totals, mine))
                if forest is not None:
                    forest.choose(source, found[source])
            if not on:
                break
            if len(on) < len(sources):
                stepper = stepper.keep(torch.tensor(on, device=where))
                sources = [sources[b] for b in on]
                picks = picks.keep(torch.tensor([b * G + g for b in on for g in range(G)]))
            totals, rows, said = picks.total, picks.row.flatten(), picks.token.flatten()
            trail.grow(said, rows, picks.log_prob.flatten())
            each = G * totals.size(1)
            rules.follow(rows, said, [source for source in sources for _ in range(each)])
            if forest is not None:
                forest.follow(rows.tolist(), said.tolist())
            tokens, state = said.to(where), select(step.state, rows.to(where))
        return found

    def choose(self, totals: Tensor, log_probs: Tensor, rules: Rules) -> tuple[Picks, Picks]:
        """The continuations that were looked at, and those chosen."""
        if self.beam > log_probs.size(1):
            raise InputError(
                f"a beam of {self.beam} is larger than the vocabulary, which has {log_probs.size(1)} entries",
                setting="generate.beam",
                advice="Give a smaller one; 5 is usual.",
            )
        share = self.beam // self.groups
        if self.groups > 1:
            ranked = diverse(totals, log_probs, self.groups, self.diversity, share)
            return ranked, ranked.first(share)
        values, ids = top(log_probs, share)
        ranked = rank(totals, values.cpu(), ids.cpu())
        picks = ranked.first(share)
        if rules.required:
            picks = join([self.allocated(rules, totals, log_probs, ranked, b) for b in range(len(totals))])
        return ranked, picks

    def allocated(self, rules: Rules, totals: Tensor, log_probs: Tensor, ranked: Picks, b: int) -> Picks:
        """The continuations chosen for one source, which may require phrases."""
        required = rules.required.get(rules.owners[b * totals.size(1)])
        if required is None:
            return ranked.beam(b).first(self.beam)
        return allocate(required, rules.progress, totals[b], log_probs, ranked.beam(b), self.beam)

    def goes_on(self, total: float, ends: Ends, limit: int) -> bool:
        """Whether a source is not done: its best live prefix has log-probability `total`."""
        if total == -torch.inf:
            return False
        if self.stop == "count":
            return len(ends) < self.beam
        return self.stop == "never" or self.score.bound(total, limit) > ends.worst


def stuck(trail: Trail, layer: int, totals: Tensor, beams: Sequence[int]) -> list[Leaf]:
    """What was said before a step after which nothing is possible."""
    k = totals.size(1)
    return [
        trail.leaf(layer - 1, v * k + place, total)
        for v in beams
        for place, total in enumerate(totals[v].tolist())
        if total > -torch.inf
    ]
