"""Diverse beam search: groups that pay for saying what an earlier group says at the same step."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.search.picks import Picks, rank
from entarte.search.top import top


def diverse(totals: Tensor, log_probs: Tensor, groups: int, strength: float, n: int) -> Picks:
    """All continuations of each group that count, best first (Vijayakumar et al. 2018, algorithm 1,
    with Hamming diversity).

    A group ranks a token by its total minus strength × the number of times that the groups before it
    chose that token at this step. The penalty is not handed on to later steps.

    totals     (B·G, k)
    log_probs  (B·G·k, V)
    n          how many of each group will be chosen
    """
    beams, k = totals.shape
    width = log_probs.size(1)
    each = log_probs.view(beams // groups, groups, k, width)
    said = log_probs.new_zeros(beams // groups, width)  # how often each token was chosen at this step
    found = []
    for g in range(groups):
        rows = each[:, g].reshape(-1, width)  # (B·k, V)
        penalty = strength * said.repeat_interleave(k, dim=0)
        merit, ids = top(rows - penalty, n)
        values = rows.gather(1, ids)
        bonus = torch.where(values > -torch.inf, merit - values, 0.0)
        ranked = rank(totals[g::groups], values.cpu(), ids.cpu(), bonus.cpu())
        picks = ranked.first(n)
        said.scatter_add_(1, picks.token.to(said.device), picks.live.to(said))
        beam = torch.arange(beams // groups).unsqueeze(1)
        place = ranked.row - beam * k
        found.append(ranked._replace(row=(beam * groups + g) * k + place))
    parts = (torch.stack(group, dim=1).flatten(0, 1) for group in zip(*found))
    return Picks(*parts)
