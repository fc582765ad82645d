"""The continuations that a step of a beam chooses."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from entarte.search.trail import Leaf
from entarte.vocabulary import EOS


class Picks(NamedTuple):
    """n continuations for each beam, best first. There are B beams: one per source, or one per group.

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

    @property
    def ending(self) -> list[tuple[int, int]]:
        """Which (beam, place) say EOS."""
        return [(b, p) for b, p in (self.live & (self.token == EOS)).nonzero().tolist()]

    def first(self, n: int) -> Picks:
        """The n best of each beam."""
        return Picks(*(part[:, :n] for part in self))

    def beam(self, b: int) -> Picks:
        """One beam."""
        return Picks(*(part[b : b + 1] for part in self))

    def leaf(self, layer: int, b: int, p: int) -> Leaf:
        """One of them as the end of a path."""
        row, token = int(self.row[b, p]), int(self.token[b, p])
        return Leaf(layer, row, token, float(self.log_prob[b, p]), float(self.total[b, p]))

    def leaves(self, layer: int, b: int) -> list[Leaf]:
        """All of a beam as ends of paths."""
        return [self.leaf(layer, b, p) for p in self.live[b].nonzero().flatten().tolist()]

    def going_on(self) -> Picks:
        """Those that do not end, in order, in as many columns as the fullest beam needs (at least 1)."""
        on = self.live & (self.token != EOS)
        order = (~on).long().argsort(dim=1, stable=True)[:, : max(int(on.sum(dim=1).max()), 1)]
        total = self.total.masked_fill(~on, -torch.inf)
        return Picks(*(part.gather(1, order) for part in (total, self.row, self.token, self.log_prob)))

    def keep(self, beams: Tensor) -> Picks:
        """Only the given beams, with rows numbered as they were, in as few columns as they need."""
        live = self.live[beams].sum(dim=1).max()
        return Picks(*(part[beams, : int(live)] for part in self))


def join(beams: list[Picks]) -> Picks:
    """Several beams, each with n continuations, as one."""
    return Picks(*(torch.cat(parts) for parts in zip(*beams)))


def rank(totals: Tensor, values: Tensor, ids: Tensor, bonus: Tensor | None = None) -> Picks:
    """All m continuations of each beam's k rows, best first; among equals the lower token, then the
    lower row.

    totals       (B, k) log-probability of each prefix; -inf for dead rows
    values, ids  (B·k, m) next tokens of each row and their log-probabilities
    bonus        (B·k, m) counts in the order, and not in the totals
    """
    beams, k = totals.shape
    m = values.size(1)
    token = ids.reshape(beams, k * m)
    log_prob = values.reshape(beams, k * m)
    total = totals.repeat_interleave(m, dim=1) + log_prob
    merit = total if bonus is None else total + bonus.reshape(beams, k * m)
    by_token = token.argsort(dim=1, stable=True)
    order = merit.gather(1, by_token).argsort(dim=1, descending=True, stable=True)
    order = by_token.gather(1, order)
    row = torch.arange(beams).unsqueeze(1) * k + order // m
    return Picks(total.gather(1, order), row, token.gather(1, order), log_prob.gather(1, order))
