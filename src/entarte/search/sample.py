"""Sampling: each token is drawn by its probability."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from entarte.errors import InputError
from entarte.search.base import alone, checked, device, hypothesis, masks, positive, possible
from entarte.search.hypothesis import Hypothesis
from entarte.search.rules import Rules
from entarte.search.score import Normalise, Score
from entarte.search.top import top
from entarte.search.trail import Leaf, Trail
from entarte.search.wish import Wish, wished
from entarte.state import select
from entarte.step import Stepper
from entarte.vocabulary import BOS, EOS

AHEAD = 64
"""How many of the nearest tokens are sorted at first; more where they do not make up the share."""
ROUNDING = 1e-6
"""A share that is missed by less than this is reached."""


class Sample:
    """Draws outputs. A source's draws depend on the seed and on its wish's `number` alone, never on its
    batch-mates: with the same number, the same source gives the same outputs.

    The log-probabilities of the results are the model's own, not those of the narrowed distribution.

    count        how many outputs are drawn for each source
    temperature  log-probabilities are divided by this; below 1: more of the probable
    top_k        draw from this many most probable tokens; 0: from all
    top_p        draw from the fewest most probable tokens that together have this share (nucleus); 1: all
    typical      draw from the fewest tokens that together have this share and whose surprise is nearest
                 to the entropy; 1: all
    seed         of the draws
    normalise    how scores are made comparable between lengths: average, gnmt or none
    alpha        the exponent of gnmt
    coverage     weight of GNMT's coverage penalty in the score
    min_length   tokens that must be said before the end
    max_length   most tokens of an output besides EOS; 0: only the limit that its source sets
    no_repeat    no n-gram of this many tokens is said twice; 0: no such rule
    """

    def __init__(
        self,
        *,
        count: int = 1,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        typical: float = 1.0,
        seed: int = 1,
        normalise: Normalise = "average",
        alpha: float = 0.6,
        coverage: float = 0.0,
        min_length: int = 0,
        max_length: int = 0,
        no_repeat: int = 0,
    ) -> None:
        positive(1, count=count)
        positive(0, top_k=top_k, seed=seed, min_length=min_length, max_length=max_length, no_repeat=no_repeat)
        if not 0 < temperature < float("inf"):
            raise InputError(
                f"temperature is {temperature}; it must be above 0",
                setting="generate.temperature",
                advice="The limit of 0 is kind = 'greedy'.",
            )
        for name, value in (("top_p", top_p), ("typical", typical)):
            if not 0 < value <= 1:
                raise InputError(
                    f"{name} is {value}; it is a share of the probability, above 0 and at most 1",
                    setting=f"generate.{name}",
                )
        self.count, self.seed = count, seed
        self.temperature, self.top_k, self.top_p, self.typical = temperature, top_k, top_p, typical
        self.score = Score(normalise, alpha, coverage)
        self.min_length, self.max_length, self.no_repeat = min_length, max_length, no_repeat

    @torch.no_grad()
    def __call__(
        self, stepper: Stepper, limits: Sequence[int] | Tensor, wishes: Sequence[Wish] | None = None
    ) -> list[list[Hypothesis]]:
        """`count` outputs for each source, best first; a limit may leave some unfinished."""
        room = checked(limits, stepper.sources, self.max_length)
        wishes = wished(wishes, room)
        alone(wishes, "sampling")
        mask = masks(stepper, self.score)
        rules = Rules(self.min_length, self.no_repeat, wishes, room, self.count)
        chance = [torch.Generator().manual_seed(mixed(self.seed, wish.number)) for wish in wishes]
        found: list[list[Hypothesis]] = [[] for _ in room]
        sources = list(range(len(room)))
        state = stepper.start()
        where = device(state)
        state = select(state, torch.arange(len(room), device=where).repeat_interleave(self.count))
        tokens = torch.full((len(room) * self.count,), BOS, device=where)
        totals = torch.zeros(len(room), self.count, dtype=torch.float64)
        over = torch.zeros(len(room), self.count, dtype=torch.bool)
        trail = Trail()
        for layer in range(max(room, default=0)):
            step = stepper.step(tokens, state)
            trail.look(step)
            log_probs = rules.mask(possible(step.log_probs, (~over).flatten().to(where)))
            points = torch.stack(
                [torch.rand(self.count, generator=chance[s], dtype=torch.float64) for s in sources]
            )
            tokens = draw(self.narrowed(log_probs), points.flatten().to(where))
            said = log_probs.gather(1, tokens.unsqueeze(1)).squeeze(1)
            drawn = said.cpu().view(over.shape)
            fresh = ~over & (drawn > -torch.inf)
            totals = torch.where(fresh, totals + drawn, totals)
            ends = fresh & (tokens.cpu().view(over.shape) == EOS)
            ends |= torch.tensor([[layer + 1 == room[s]] for s in sources]) & fresh
            for b, place in (ends | (~over & ~fresh)).nonzero().tolist():
                row, total = b * self.count + place, float(totals[b, place])
                if fresh[b, place]:
                    leaf = Leaf(layer, row, int(tokens[row]), float(drawn[b, place]), total)
                else:  # nothing more is possible: what was said so far
                    leaf = trail.leaf(layer - 1, row, total)
                found[sources[b]].append(hypothesis(trail, leaf, self.score, mask[sources[b]]))
            over = over | ends | ~fresh
            on = (~over.all(dim=1)).nonzero().flatten()
            if not on.numel():
                break
            rows = (on.unsqueeze(1) * self.count + torch.arange(self.count)).flatten()
            if len(on) < len(sources):
                stepper = stepper.keep(on.to(where))
                sources = [sources[b] for b in on.tolist()]
                totals, over = totals[on], over[on]
            tokens = tokens[rows.to(where)]
            trail.grow(tokens, rows, said[rows.to(where)])
            state = select(step.state, rows.to(where))
            rules.follow(rows, tokens, [s for s in sources for _ in range(self.count)])
        return [sorted(each, key=lambda h: (-h.score, h.tokens)) for each in found]

    def narrowed(self, log_probs: Tensor) -> Tensor:
        """The distribution that is drawn from, (R, V), up to a factor; rows where nothing is possible are
        0."""
        if self.top_k > log_probs.size(1):
            raise InputError(
                f"top_k is {self.top_k}, but the vocabulary has {log_probs.size(1)} entries",
                setting="generate.top_k",
                advice="Give fewer, or 0 for all.",
            )
        highest = log_probs.amax(dim=1, keepdim=True).clamp_min(-1e30)  # a dead row has -inf
        shares = normal(((log_probs - highest) / self.temperature).exp())
        if self.top_k:
            shares = normal(nearest(shares, -shares, top_k=self.top_k))
        if self.top_p < 1:
            shares = normal(nearest(shares, -shares, share=self.top_p))
        if self.typical < 1:
            surprise = -shares.log().clamp_min(-1e30)
            entropy = (shares * surprise).sum(dim=1, keepdim=True)
            shares = nearest(shares, (surprise - entropy).abs(), share=self.typical)
        return shares


def normal(shares: Tensor) -> Tensor:
    """(R, V) with rows that sum to 1; a row of zeros stays."""
    return shares / shares.sum(dim=1, keepdim=True).clamp_min(1e-30)


def nearest(shares: Tensor, distance: Tensor, *, share: float = 1.0, top_k: int = 0) -> Tensor:
    """The shares of the tokens with the least distance, others 0; as many as make up `share` of all, or
    the first top_k. Among equals the lower token.

    Nucleus sampling (Holtzman et al. 2020) with distance = -shares, typical sampling (Meister et al.
    2023) with distance = |surprise - entropy|.

    >>> shares = torch.tensor([[0.1, 0.6, 0.3]])
    >>> nearest(shares, -shares, share=0.7), nearest(shares, -shares, top_k=1)
    (tensor([[0.0000, 0.6000, 0.3000]]), tensor([[0.0000, 0.6000, 0.0000]]))
    """
    width = shares.size(1)
    needed = share * shares.sum(dim=1, keepdim=True) - ROUNDING
    k = min(top_k or AHEAD, width)
    while True:
        order = top(-distance, k)[1]
        placed = shares.gather(1, order)
        if top_k or k == width or bool((placed.sum(dim=1, keepdim=True) >= needed).all()):
            break
        k = min(8 * k, width)
    if not top_k:
        before = placed.cumsum(dim=1) - placed  # what the tokens ahead make up
        placed = placed.masked_fill(before >= needed, 0.0)
    return torch.zeros_like(shares).scatter(1, order, placed)


def draw(shares: Tensor, points: Tensor) -> Tensor:
    """The token into whose part of the line from 0 to the sum of the shares each point in [0, 1) falls.

    >>> draw(torch.tensor([[0.0, 1.0, 0.0, 3.0]] * 3), torch.tensor([0.0, 0.24, 0.26]))
    tensor([1, 1, 3])
    """
    line = shares.cumsum(dim=1)
    at = (points.unsqueeze(1) * line[:, -1:]).to(line)
    token = torch.searchsorted(line, at, right=True).squeeze(1)
    token = token.clamp_max(shares.size(1) - 1)
    missed = (shares.gather(1, token.unsqueeze(1)).squeeze(1) <= 0).nonzero().flatten()
    if missed.numel():  # rounding has gone beyond the last part, or the row is dead
        token[missed] = shares.size(1) - 1 - (shares[missed] > 0).flip(1).long().argmax(dim=1)
    return token


def mixed(seed: int, number: int) -> int:
    """One seed out of two numbers, below 2⁶³ (SplitMix64's finaliser; Steele et al. 2014)."""
    mask = (1 << 64) - 1
    z = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03 + 0x632BE59BD9B4E019) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return (z ^ (z >> 31)) >> 1
